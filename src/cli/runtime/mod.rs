//! `hoist runtime`: copies of the packages that Lambda's runtimes bring along.

mod arguments;

use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::json;

use arguments::{Add, Command, Installer, Remove};

pub use arguments::Arguments;

use super::project::fail;
use super::{Exit, Stop};
use crate::config::Environment;
use crate::diag::Diagnostics;
use crate::local::library::{
    Change, Changed, Language, Library, LibraryError, Sources, Step, Store, Wanted,
};
use crate::ui::{Align, Format, Progress, Table, Ui};

/// Adds, lists or removes packages.
pub async fn run(arguments: Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let store = match Store::of(environment) {
        Ok(store) => store,
        Err(error) => {
            fail(ui, &error.to_string())?;
            return Err(Stop::Said(Exit::Input));
        }
    };
    let sources = Sources::of(environment);
    let desk = Desk {
        ui,
        store: &store,
        sources: &sources,
    };
    match arguments.command {
        Command::Add(arguments) => desk.add(&arguments).await,
        Command::List(_) => desk.list(&Library::of(environment)),
        Command::Remove(arguments) => desk.remove(&arguments).await,
    }
}

/// What all commands need.
struct Desk<'a> {
    ui: &'a Ui,
    store: &'a Store,
    sources: &'a Sources,
}

impl Desk<'_> {
    async fn add(&self, arguments: &Add) -> Result<Exit, Stop> {
        let wanted = self.read(&arguments.packages)?;
        let mut all = Vec::new();
        for language in Language::ALL {
            let of_it: Vec<Wanted> = wanted
                .iter()
                .filter(|wanted| wanted.language == language)
                .cloned()
                .collect();
            if of_it.is_empty() {
                continue;
            }
            let names: Vec<String> = of_it.iter().map(|wanted| wanted.name.clone()).collect();
            let notify = steps(self.ui.clone());
            let change = self.change(arguments.how.installer, &notify);
            let changed = self.said(change.add(language, &of_it).await)?;
            // The spinner goes before the result is said.
            drop(notify);
            self.show("added", language, &changed, &names)?;
            all.push((language, changed));
        }
        self.json(&all)
    }

    async fn remove(&self, arguments: &Remove) -> Result<Exit, Stop> {
        let known = |language| {
            let packages = self.store.manifest(language).packages;
            packages
                .into_iter()
                .map(move |package| (language, package.name))
        };
        let known: Vec<(Language, String)> = Language::ALL.into_iter().flat_map(known).collect();
        let mut going = known.clone();
        if !arguments.all {
            let wanted = self.read(&arguments.packages)?;
            for one in &wanted {
                if !known.contains(&(one.language, one.name.clone())) {
                    fail(self.ui, &format!("{} is not there", one.name))?;
                    self.ui.help(
                        "`hoist runtime list` shows what is; a package that came along with \
                                  another goes with it",
                    )?;
                    return Err(Stop::Said(Exit::Input));
                }
            }
            going.retain(|(language, name)| {
                wanted
                    .iter()
                    .any(|one| one.language == *language && one.name == *name)
            });
            // Without boto3 the others are of no use.
            if wanted.iter().any(|one| one.name == "boto3") {
                going.extend(
                    known
                        .iter()
                        .filter(|(of, _)| *of == Language::Python)
                        .cloned(),
                );
            }
        }
        let mut all = Vec::new();
        for language in Language::ALL {
            let names: Vec<&str> = going
                .iter()
                .filter(|(of, _)| *of == language)
                .map(|(_, name)| name.as_str())
                .collect();
            if names.is_empty() {
                continue;
            }
            let notify = steps(self.ui.clone());
            let change = self.change(arguments.how.installer, &notify);
            let changed = self.said(change.remove(language, &names).await)?;
            drop(notify);
            self.ui
                .talk_line(&format!("removed {}", names.join(", ")))?;
            all.push((language, changed));
        }
        self.json(&all)
    }

    fn list(&self, library: &Library) -> Result<Exit, Stop> {
        let mut table = Table::new([
            ("LANGUAGE", Align::Left),
            ("PACKAGE", Align::Left),
            ("VERSION", Align::Left),
            ("ASKED FOR", Align::Left),
        ]);
        let mut all = Vec::new();
        for language in Language::ALL {
            let manifest = self.store.manifest(language);
            for package in &manifest.packages {
                table.row([
                    language.folder(),
                    &package.name,
                    &package.version,
                    package.wanted.as_deref().unwrap_or("newest"),
                ]);
            }
            let folder = self.store.current(language);
            all.push((language, Changed { manifest, folder }));
        }
        if self.ui.format() == Format::Json {
            return self.json(&all);
        }
        if all
            .iter()
            .all(|(_, held)| held.manifest.packages.is_empty())
        {
            self.ui
                .talk_line("no packages of Lambda's runtimes are there")?;
            self.ui.help(
                "`hoist runtime add @aws-sdk/client-s3` or `hoist runtime add boto3` gets some",
            )?;
        } else {
            self.ui.data(table.render().as_bytes())?;
        }
        // Not in the store, but found before it.
        let environment = library.environment(Path::new(""), &mut Diagnostics::new());
        if let Some(environment) = environment {
            self.ui.talk_line(&format!(
                "Python functions of this folder get boto3 {} of the virtual environment {}",
                environment.boto3,
                environment.folder.display()
            ))?;
        }
        Ok(Exit::Ok)
    }

    fn change<'c>(
        &'c self,
        installer: Installer,
        notify: &'c (dyn Fn(Step) + Send + Sync),
    ) -> Change<'c> {
        Change {
            store: self.store,
            sources: self.sources,
            choice: installer.into(),
            notify,
        }
    }

    /// Reads all names; shows what is wrong with any of them.
    fn read(&self, texts: &[String]) -> Result<Vec<Wanted>, Stop> {
        let mut all: Vec<Wanted> = Vec::new();
        let mut wrong = false;
        for text in texts {
            match text.parse::<Wanted>() {
                Ok(wanted) => {
                    // The last of two versions counts, as with npm.
                    all.retain(|other| other.name != wanted.name);
                    all.push(wanted);
                }
                Err(error) => {
                    wrong = true;
                    fail(self.ui, &error.to_string())?;
                    self.ui.help(&error.help())?;
                }
            }
        }
        if wrong {
            return Err(Stop::Said(Exit::Usage));
        }
        Ok(all)
    }

    fn show(
        &self,
        verb: &str,
        language: Language,
        changed: &Changed,
        names: &[String],
    ) -> Result<(), Stop> {
        let packages = changed.manifest.packages.iter();
        for package in packages.filter(|package| names.contains(&package.name)) {
            self.ui.talk_line(&format!(
                "{verb} {} {} for {}, with {}",
                package.name,
                package.version,
                match language {
                    Language::Nodejs => "Node.js functions",
                    Language::Python => "Python functions",
                },
                match changed.manifest.installer.as_str() {
                    "registry" => "Hoist itself",
                    tool => tool,
                }
            ))?;
        }
        Ok(())
    }

    /// The whole of what is there, for programs.
    fn json(&self, all: &[(Language, Changed)]) -> Result<Exit, Stop> {
        if self.ui.format() == Format::Json {
            let packages: Vec<_> = all
                .iter()
                .flat_map(|(language, held)| {
                    held.manifest.packages.iter().map(move |package| {
                        json!({
                            "language": language,
                            "name": package.name,
                            "version": package.version,
                            "wanted": package.wanted,
                            "installer": held.manifest.installer,
                            "folder": held.folder.as_ref().map(|folder| {
                                folder.join(language.packages_folder()).display().to_string()
                            }),
                        })
                    })
                })
                .collect();
            self.ui.data_json(&json!({ "packages": packages }))?;
        }
        Ok(Exit::Ok)
    }

    fn said<T>(&self, result: Result<T, LibraryError>) -> Result<T, Stop> {
        result.or_else(|error| {
            fail(self.ui, &error.to_string())?;
            self.ui.help(&error.help())?;
            Err(Stop::Said(Exit::Input))
        })
    }
}

/// Shows what is going on.
fn steps(ui: Ui) -> impl Fn(Step) + Send + Sync {
    let shown: Arc<Mutex<Option<(&'static str, Progress)>>> = Arc::default();
    move |step| {
        let (kind, text) = match step {
            Step::Waiting => ("waiting", "Waiting for another hoist to finish".to_owned()),
            Step::Running(tool) => ("running", format!("Installing with {tool}")),
            Step::Resolving(found) => ("resolving", format!("Finding out what is needed: {found}")),
            Step::Fetching { done, total } => {
                ("fetching", format!("Fetching packages: {done} of {total}"))
            }
        };
        let mut shown = shown
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        // Where nothing can be redrawn, every new display is one more line.
        match shown.as_ref() {
            Some((before, progress)) if *before == kind => progress.message(&text),
            _ => *shown = Some((kind, ui.progress(&text, None))),
        }
    }
}
