//! What to do about a package that is not found: said beside Node's own error, which stays as it is.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::request::{Request, package_name};
use super::resolve::{Kind, Resolver};
use crate::local::provided::Sdk;
use crate::local::sandbox::mount::{Entry, RUNTIME};

/// The packages that something was said about: once is enough.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<HashSet<String>>);

impl Said {
    fn first_time(&self, names: &[&str]) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // All of them are remembered, not just up to the first new one.
        let new = names.iter().filter(|name| said.insert((**name).to_owned()));
        new.count() > 0
    }
}

impl Resolver {
    /// What to say when the module `from` did not find `specifier`, if the reason is not in the code: the
    /// package is one that Lambda would bring, or a link leads to where the sandbox does not look.
    ///
    /// A package is spoken of once in an environment.
    pub fn hint(&self, specifier: &str, from: &str, kind: Kind) -> Option<String> {
        let (name, _) = package_name(specifier)?;
        let request = Request {
            files: self,
            specifier,
            from,
            kind,
        };
        if request.is_somewhere(name) {
            return None;
        }
        let brought = Sdk::of_node(self.rules.major);
        let sdk = Sdk::of(name);
        let lost = request.lost_link(name);
        let mut missing = vec![name];
        let text = match (sdk, &lost) {
            (Some(sdk), _) if sdk == brought => {
                let source = self.mounts.read(Path::new(from)).unwrap_or_default();
                let source = String::from_utf8_lossy(&source).into_owned();
                let others = self.missing(&source, from, kind);
                missing.extend(others.iter().map(String::as_str).filter(|other| *other != name));
                if !self.said.first_time(&missing) {
                    return None;
                }
                let link = lost.map_or(String::new(), |link| format!(" ({})", link.said()));
                return Some(format!(
                    "Lambda brings {} along, there is no copy on this machine{link}; get one with: \
                     hoist runtime add {}",
                    missing.join(", "),
                    missing.join(" ")
                ));
            }
            (Some(Sdk::V2), None) => "Lambda brings aws-sdk (version 2 of the AWS SDK) along up to \
                 nodejs16.x only; use @aws-sdk/client-… of version 3, or put aws-sdk into the function's \
                 package"
                .to_owned(),
            (Some(Sdk::V3), None) => format!(
                "Lambda brings {name} along from nodejs18.x on; put it into the function's package, or \
                 use a newer runtime"
            ),
            (_, Some(link)) => format!("{}; {}", link.said(), link.next_step(name)),
            (None, None) => return None,
        };
        self.said.first_time(&missing).then_some(text)
    }

    /// All packages of the runtime that the module's text names and that are not there.
    fn missing(&self, source: &str, from: &str, kind: Kind) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        // Whatever stands in quotes: reading the module's syntax would find the same names.
        for specifier in source.split(['"', '\'', '`']) {
            let Some((name, _)) = package_name(specifier) else {
                continue;
            };
            let plain = name.len() <= LONGEST_NAME
                && name.bytes().all(|byte| byte.is_ascii_graphic())
                && Sdk::of(name) == Some(Sdk::of_node(self.rules.major));
            if !plain || missing.iter().any(|known| known == name) {
                continue;
            }
            let request = Request {
                files: self,
                specifier: name,
                from,
                kind,
            };
            if !request.is_somewhere(name) {
                missing.push(name.to_owned());
            }
        }
        missing
    }
}

/// Bytes in the longest name of an npm package.
const LONGEST_NAME: usize = 214;

impl Request<'_> {
    /// Whether one of the folders has the package, whatever is wrong inside it.
    fn is_somewhere(&self, name: &str) -> bool {
        self.folders()
            .any(|folder| self.files.is_directory(&format!("{folder}/{name}")))
    }

    /// A link of the package's name that leads to nothing.
    fn lost_link(&self, name: &str) -> Option<LostLink> {
        self.folders().find_map(|folder| {
            let path = format!("{folder}/{name}");
            let mounts = &self.files.mounts;
            let entry = mounts.entry(Path::new(&path), false).ok()?;
            let target = mounts.read_link(Path::new(&path)).ok()?;
            (entry == Entry::Link).then(|| LostLink {
                path,
                target: target.display().to_string(),
            })
        })
    }
}

/// A link whose target the guest does not see.
struct LostLink {
    path: String,
    target: String,
}

impl LostLink {
    fn said(&self) -> String {
        let LostLink { path, target } = self;
        let of_runtime = path.starts_with(RUNTIME);
        let folder = if of_runtime {
            "node_modules"
        } else {
            "function's folder"
        };
        format!("{path} is a link to {target}, which is not in the {folder}")
    }

    fn next_step(&self, name: &str) -> String {
        if self.path.starts_with(RUNTIME) {
            return "install the packages of that folder again".to_owned();
        }
        format!(
            "Lambda would not find {name} either: bundle the function, or install its packages without \
             links (pnpm deploy, npm install --install-links)"
        )
    }
}
