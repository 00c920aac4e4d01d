//! `hoist new`: a new project from one of the built-in ones.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::project::fail;
use super::{Exit, Output, Stop};
use crate::diag::did_you_mean;
use crate::editor;
use crate::scaffold::{self, Name, PROJECTS, Project};
use crate::ui::{Align, AskError, Format, Table, Ui};

/// Make a new project from a built-in one
///
/// On a terminal it asks for what is not given. It writes into a new or an empty folder only.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Which project; --list names them
    #[arg(value_name = "TEMPLATE", conflicts_with = "list")]
    template: Option<String>,

    /// The folder to make [default: the project's name, here]
    #[arg(value_name = "DIR", conflicts_with = "list")]
    folder: Option<PathBuf>,

    /// The language, where the project comes in several
    #[arg(long, value_enum, conflicts_with = "list")]
    language: Option<Language>,

    /// The project's name [default: made from DIR's, else the template's]
    #[arg(long, conflicts_with = "list")]
    name: Option<String>,

    /// List the built-in projects
    #[arg(long)]
    list: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Language {
    #[value(alias = "js")]
    Javascript,
    #[value(alias = "ts")]
    Typescript,
    #[value(alias = "py")]
    Python,
    Rust,
}

impl From<Language> for scaffold::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Javascript => scaffold::Language::JavaScript,
            Language::Typescript => scaffold::Language::TypeScript,
            Language::Python => scaffold::Language::Python,
            Language::Rust => scaffold::Language::Rust,
        }
    }
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Makes the project and says what to type next. Ends with [`Exit::Usage`] when something has to be said that the
/// arguments do not say and nobody can be asked.
pub async fn run(arguments: &Arguments, ui: &Ui) -> Result<Exit, Stop> {
    if arguments.list {
        return list(ui);
    }
    let project = choose(arguments, ui).await?;
    let (name, folder) = place(arguments, project, ui).await?;
    let files = project.files(&name, &editor::text(&editor::template()).into_bytes());
    if let Err(error) = scaffold::write(&files, &folder) {
        fail(ui, &error.to_string())?;
        return Err(Stop::Said(Exit::Input));
    }
    let commands = commands(project, &folder);
    match ui.format() {
        Format::Json => ui.data_json(&json!({
            "project": project.name,
            "name": name.as_str(),
            "folder": folder,
            "files": files.iter().map(|file| &file.path).collect::<Vec<_>>(),
            "next": commands,
        }))?,
        Format::Text => {
            let (made, count) = (folder.display(), files.len());
            ui.talk_line(&format!("Made {name} in {made}: {count} files. Next:\n"))?;
            for command in commands {
                ui.talk_line(&format!("  {command}"))?;
            }
        }
    }
    Ok(Exit::Ok)
}

fn list(ui: &Ui) -> Result<Exit, Stop> {
    if ui.format() == Format::Json {
        let all: Vec<Value> = PROJECTS
            .iter()
            .map(|project| {
                json!({
                    "name": project.name,
                    "template": project.kind,
                    "language": project.language.name(),
                    "summary": project.summary,
                })
            })
            .collect();
        ui.data_json(&all)?;
        return Ok(Exit::Ok);
    }
    let mut table = Table::new([
        ("TEMPLATE", Align::Left),
        ("LANGUAGE", Align::Left),
        ("WHAT IT IS", Align::Left),
    ]);
    for kind in scaffold::kinds() {
        let projects = scaffold::of_kind(kind);
        table.row([kind, &languages(&projects, ", "), projects[0].summary]);
    }
    ui.data(table.render().as_bytes())?;
    Ok(Exit::Ok)
}

/// Says what is wrong with the command line, and what to do about it.
fn usage(ui: &Ui, text: &str) -> Result<Stop, Stop> {
    fail(ui, text)?;
    Ok(Stop::Said(Exit::Usage))
}

/// The languages of projects: `javascript, python`.
fn languages(projects: &[&Project], between: &str) -> String {
    let names: Vec<_> = projects
        .iter()
        .map(|project| project.language.name())
        .collect();
    names.join(between)
}

/// The project that is meant: by its own name, by its kind and language, or by asking.
async fn choose(arguments: &Arguments, ui: &Ui) -> Result<&'static Project, Stop> {
    let wanted = arguments.language.map(scaffold::Language::from);
    let kind = match &arguments.template {
        Some(name) => match PROJECTS.iter().find(|project| project.name == name) {
            Some(project) if project.kind != name => {
                return in_language(&[project], wanted, ui).await;
            }
            _ => known(name, ui)?,
        },
        None if ui.can_ask() => {
            let kinds = scaffold::kinds();
            let width = kinds.iter().map(|kind| kind.len()).max().unwrap_or(0);
            let items: Vec<String> = kinds
                .iter()
                .map(|kind| format!("{kind:width$}  {}", scaffold::of_kind(kind)[0].summary))
                .collect();
            let chosen = ui.choose("What is the project to be?", &items).await;
            kinds[chosen.map_err(stop)?]
        }
        None => {
            let text = "which project? Name one: `hoist new TEMPLATE [DIR]`; `hoist new --list` says which there \
                 are. (On a terminal Hoist would ask.)";
            return Err(usage(ui, text)?);
        }
    };
    in_language(&scaffold::of_kind(kind), wanted, ui).await
}

/// The kind with this name.
fn known(name: &str, ui: &Ui) -> Result<&'static str, Stop> {
    let kinds = scaffold::kinds();
    if let Some(kind) = kinds.iter().find(|kind| **kind == name) {
        return Ok(kind);
    }
    let candidates = kinds
        .into_iter()
        .chain(PROJECTS.iter().map(|project| project.name));
    let text = match did_you_mean(name, candidates) {
        Some(near) => format!("there is no project `{name}`; {near}"),
        None => format!("there is no project `{name}`"),
    };
    fail(ui, &text)?;
    ui.help("`hoist new --list` says which there are")?;
    Err(Stop::Said(Exit::Usage))
}

/// The one of the projects, all of a kind, that is in the wanted language. The only one needs none.
async fn in_language(
    projects: &[&'static Project],
    wanted: Option<scaffold::Language>,
    ui: &Ui,
) -> Result<&'static Project, Stop> {
    let kind = projects[0].kind;
    match (wanted, projects) {
        (Some(wanted), _) => match projects.iter().find(|project| project.language == wanted) {
            Some(project) => Ok(project),
            None => {
                let languages = languages(projects, " or ");
                let name = projects.first().filter(|_| projects.len() == 1);
                let name = name.map_or(kind, |project| project.name);
                let wanted = wanted.name();
                let text = format!("`{name}` is not there in {wanted}: it comes in {languages}");
                Err(usage(ui, &text)?)
            }
        },
        (None, [project]) => Ok(project),
        (None, _) if ui.can_ask() => {
            let items: Vec<String> = projects
                .iter()
                .map(|project| project.language.title().to_owned())
                .collect();
            let chosen = ui
                .choose("In which language?", &items)
                .await
                .map_err(stop)?;
            Ok(projects[chosen])
        }
        (None, _) => {
            let languages = languages(projects, "|");
            let text = format!(
                "`{kind}` comes in several languages: say which with --language {languages}"
            );
            Err(usage(ui, &text)?)
        }
    }
}

/// The project's name and folder. The folder is free.
async fn place(arguments: &Arguments, project: &Project, ui: &Ui) -> Result<(Name, PathBuf), Stop> {
    let given = match &arguments.name {
        Some(text) => match text.parse::<Name>() {
            Ok(name) => Some(name),
            Err(error) => {
                let near = Name::near(text).filter(|near| near.as_str() != text);
                let near = near.map_or(String::new(), |near| format!("; `{near}` would do"));
                return Err(usage(ui, &format!("{error}{near}"))?);
            }
        },
        None => None,
    };
    let (name, folder) = match (given, &arguments.folder) {
        (Some(name), Some(folder)) => (name, folder.clone()),
        (Some(name), None) => {
            let folder = PathBuf::from(name.as_str());
            (name, folder)
        }
        (None, Some(folder)) => (name_of(folder, project), folder.clone()),
        (None, None) if ui.can_ask() => {
            let check = |text: &str| match text.parse::<Name>() {
                Ok(name) => {
                    scaffold::check_folder(Path::new(name.as_str())).map_err(|e| e.to_string())
                }
                Err(error) => Err(error.to_string()),
            };
            let text = ui
                .ask("What is its name?", &free_name(project), check)
                .await;
            let text = text.map_err(stop)?;
            let name = text.parse().map_err(|_| Stop::Said(Exit::Bug))?;
            (name, PathBuf::from(text))
        }
        (None, None) => (default_name(project), PathBuf::from(project.kind)),
    };
    if let Err(error) = scaffold::check_folder(&folder) {
        fail(ui, &error.to_string())?;
        return Err(Stop::Said(Exit::Input));
    }
    Ok((name, folder))
}

/// The name of the template, for the project.
fn default_name(project: &Project) -> Name {
    Name::near(project.kind)
        .expect("names of built-in projects are good, as the tests of `scaffold` check")
}

/// A name that can be taken with the Enter key: there is nothing in a folder of this name yet.
fn free_name(project: &Project) -> String {
    let base = default_name(project);
    let numbered = (2..100).map(|number| format!("{base}-{number}"));
    std::iter::once(base.to_string())
        .chain(numbered)
        .find(|name| scaffold::check_folder(Path::new(name)).is_ok())
        .unwrap_or_else(|| base.to_string())
}

/// The name that a folder gives. One without usable letters gives the template's.
fn name_of(folder: &Path, project: &Project) -> Name {
    // `.` and `..` have their names only on the disk.
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let name = whole
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(Name::near);
    name.unwrap_or_else(|| default_name(project))
}

/// What to type until a function has answered.
fn commands(project: &Project, folder: &Path) -> Vec<String> {
    let text = folder.to_string_lossy();
    let here = matches!(text.as_ref(), "." | "./" | "");
    let enter = (!here).then(|| format!("cd {}", quoted(&text)));
    enter
        .into_iter()
        .chain(project.first.iter().map(|command| (*command).to_owned()))
        .collect()
}

/// A path as a shell reads it.
fn quoted(path: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./\\:".contains(letter);
    match path.chars().all(plain) && !path.starts_with('-') {
        true => path.to_owned(),
        false if cfg!(windows) => format!("\"{path}\""),
        false if path.starts_with('-') => format!("-- '{}'", path.replace('\'', r"'\''")),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

fn stop(error: AskError) -> Stop {
    match error {
        AskError::Interrupted => Stop::Said(Exit::Interrupted),
        AskError::Io(error) => Stop::Io(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_as_a_shell_reads_it() {
        for (path, command) in [
            ("notes", "cd notes"),
            ("../my notes", "cd '../my notes'"),
            ("it's", r"cd 'it'\''s'"),
            ("-x", "cd -- '-x'"),
        ] {
            if !cfg!(windows) {
                assert_eq!(commands(&PROJECTS[0], Path::new(path))[0], command);
            }
        }
        assert_eq!(commands(&PROJECTS[0], Path::new(".")).len(), 1);
    }
}
