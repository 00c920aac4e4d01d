//! Our own Runtime API clients for the machine's `node` and `python3`.
//!
//! Ours are used even where a project has AWS's own (`aws-lambda-ric`, `awslambdaric`) installed: those come in
//! versions of their own, some with native parts, and a function's answers must not depend on which one is there.

use std::fs;
use std::io;
use std::path::Path;

use super::program::Language;
use crate::local::provided::Sdk;
use crate::local::sandbox::PackageFolder;

/// The Node client. What it has in common with the sandbox's Node guest is the same file: errors, log lines, streams.
const NODE: [(&str, &str); 7] = [
    ("index.mjs", include_str!("bootstrap/node/index.mjs")),
    ("client.mjs", include_str!("bootstrap/node/client.mjs")),
    ("handler.mjs", include_str!("bootstrap/node/handler.mjs")),
    ("stdio.mjs", include_str!("bootstrap/node/stdio.mjs")),
    (
        "errors.mjs",
        include_str!("../sandbox/guest/nodejs/js/builtin/errors.js"),
    ),
    (
        "log.mjs",
        include_str!("../sandbox/guest/nodejs/js/builtin/log.js"),
    ),
    (
        "response_stream.mjs",
        include_str!("../sandbox/guest/nodejs/js/builtin/response_stream.js"),
    ),
];

/// The guest's names of modules, and Node's or ours.
const SPECIFIERS: [(&str, &str); 4] = [
    (
        "\"__wasm_rquickjs_builtin/internal/util/types\"",
        "\"node:util/types\"",
    ),
    (
        "\"__wasm_rquickjs_builtin/internal/util/inspect\"",
        "\"node:util\"",
    ),
    ("\"hoist:stdio\"", "\"./stdio.mjs\""),
    ("\"hoist:errors\"", "\"./errors.mjs\""),
];

const PYTHON: &str = include_str!("bootstrap/bootstrap.py");

/// Writes the client of a language into the folder seen as `/var/runtime`.
///
/// # Errors
/// When the folder cannot be written to.
pub fn write(language: Language, packages: &[PackageFolder], folder: &Path) -> io::Result<()> {
    match language {
        Language::Nodejs => {
            for (name, text) in NODE {
                fs::write(folder.join(name), for_node(text))?;
            }
            link_sdk(packages, &folder.join("node_modules"))
        }
        Language::Python => {
            fs::write(folder.join("bootstrap.py"), PYTHON)?;
            match packages.first() {
                Some(packages) => link(&packages.folder, &folder.join("site-packages")),
                None => Ok(()),
            }
        }
        Language::Provided | Language::Go | Language::Java | Language::Dotnet | Language::Ruby => {
            Ok(())
        }
    }
}

/// Shows the AWS SDK of the first folder that has a part of it, and nothing else of it: what Lambda does not bring
/// must not be found either.
fn link_sdk(packages: &[PackageFolder], to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for packages in packages {
        for entry in fs::read_dir(&packages.folder).into_iter().flatten() {
            let name = entry?.file_name();
            let Some(text) = name.to_str() else { continue };
            // A scope is the SDK's when its packages are.
            let is_sdk = Sdk::of(text).or(Sdk::of(&format!("{text}/any"))).is_some();
            if is_sdk && !to.join(&name).is_symlink() {
                link(&packages.folder.join(&name), &to.join(&name))?;
            }
        }
    }
    Ok(())
}

fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::canonicalize(from)?, to)
}

fn for_node(text: &str) -> String {
    SPECIFIERS
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_that_the_client_imports_is_there() {
        for (name, text) in NODE {
            let text = for_node(text);
            assert!(!text.contains("__wasm_rquickjs"), "{name}");
            let imports = text.split(" from \"").skip(1);
            for import in imports.filter_map(|rest| rest.split('"').next()) {
                let known = NODE.iter().any(|(file, _)| import == format!("./{file}"));
                assert!(import.starts_with("node:") || known, "{name}: {import}");
            }
        }
    }
}
