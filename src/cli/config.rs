//! `hoist config`: which settings hold, and where each comes from.

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value as Json, json};

use super::project::{Project, TemplateArguments};
use super::{Exit, Output, Stop};
use crate::config::{
    self, Definition, Environment, Given, Origin, Setting, Settings, Sourced, Value,
};
use crate::project::Loaded;
use crate::ui::{Align, Format, Table, Ui, diagnostic_json};

/// Show the settings of a command
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(Show),
}

/// Print every setting of a command, its value, and where that comes from
///
/// Settings come from flags, from environment variables, from samconfig.toml (or .yaml), from hoist.toml, and from the
/// profile of the AWS configuration. Values that are secret by their name or by NoEcho are hidden.
#[derive(Debug, Args)]
struct Show {
    /// Whose settings
    #[arg(value_enum, default_value_t, value_name = "COMMAND")]
    command: Named,

    #[command(flatten)]
    template: TemplateArguments,

    /// Also what is overridden, the nearest first
    #[arg(short = 'v', long)]
    all: bool,

    /// What to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

/// The commands that have settings.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Named {
    /// hoist invoke --local
    #[default]
    Invoke,
    /// hoist validate
    Validate,
    /// hoist expand
    Expand,
    /// hoist deploy
    Deploy,
}

impl Named {
    fn command(self) -> config::Command {
        match self {
            Named::Invoke => config::Command::Invoke,
            Named::Validate => config::Command::Validate,
            Named::Expand => config::Command::Expand,
            Named::Deploy => config::Command::Deploy,
        }
    }
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        let Command::Show(show) = &self.command;
        show.output
    }
}

/// Prints the settings. Ends with [`Exit::Input`] when something in them is wrong.
pub fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let Command::Show(show) = &arguments.command;
    let project =
        show.template
            .load_for(show.command.command(), None, Given::default(), environment);
    let (sources, diagnostics) = &project.settings;
    let rows = rows(&project, environment);
    if ui.format() == Format::Json {
        let diagnostics: Vec<Json> = diagnostics
            .iter()
            .map(|one| diagnostic_json(sources, one))
            .collect();
        let settings: Vec<Json> = rows.iter().map(Row::to_json).collect();
        ui.data_json(&json!({
            "command": project.configured.command().name(),
            "files": project.configured.files(),
            "settings": settings,
            "diagnostics": diagnostics,
        }))?;
    } else {
        ui.data(table(&rows, show.all).as_bytes())?;
        if !diagnostics.is_empty() {
            ui.explain(sources, diagnostics.iter())?;
        }
    }
    Ok(match diagnostics.has_errors() {
        true => Exit::Input,
        false => Exit::Ok,
    })
}

/// One setting as it is shown.
struct Row {
    name: String,
    /// None when nothing sets it.
    value: Option<Json>,
    /// What holds when nothing sets it, or how the value looks.
    shown: String,
    origin: Origin,
    overridden: Vec<(String, Json, Origin)>,
}

impl Row {
    fn of(name: impl Into<String>, default: &str, all: &[Sourced<Shown>]) -> Self {
        let mut rest = all.iter();
        let first = rest.next();
        Row {
            name: name.into(),
            value: first.map(|one| one.value.json.clone()),
            shown: first.map_or_else(|| default.to_owned(), |one| one.value.text.clone()),
            origin: first.map_or(Origin::Default, |one| one.origin.clone()),
            overridden: rest
                .map(|one| {
                    let Shown { text, json } = one.value.clone();
                    (text, json, one.origin.clone())
                })
                .collect(),
        }
    }

    fn to_json(&self) -> Json {
        let overridden: Vec<Json> = self
            .overridden
            .iter()
            .map(|(_, value, origin)| json!({"value": value, "origin": origin_json(origin)}))
            .collect();
        json!({
            "name": self.name,
            "value": self.value,
            "default": self.value.is_none().then_some(&self.shown),
            "origin": origin_json(&self.origin),
            "overridden": overridden,
        })
    }
}

/// A value made ready to be seen: secrets are hidden.
#[derive(Clone)]
struct Shown {
    text: String,
    json: Json,
}

/// What stands in place of a secret.
const HIDDEN: &str = "****";

fn rows(project: &Project, environment: &Environment) -> Vec<Row> {
    let settings = &project.configured;
    let mut rows: Vec<Row> = settings
        .iter()
        .map(|(definition, all)| {
            let all: Vec<Sourced<Shown>> = all
                .iter()
                .map(|sourced| {
                    let shown = shown(&sourced.value, &project.loaded);
                    Sourced::new(shown, sourced.origin.clone())
                })
                .collect();
            let default = default(definition, project, environment);
            Row::of(definition.name, &default, &all)
        })
        .collect();
    for (function, own) in settings.functions() {
        for (setting, sourced) in &own.values {
            let name = format!("function.{function}.{}", setting.definition().name);
            let shown = shown(&sourced.value, &project.loaded);
            rows.push(Row::of(
                name,
                "",
                &[Sourced::new(shown, sourced.origin.clone())],
            ));
        }
    }
    rows
}

/// What holds when nothing sets it: where that is a file, which one was found.
fn default(definition: &Definition, project: &Project, environment: &Environment) -> String {
    let found = match definition.setting {
        Setting::Template if project.loaded.template.is_some() => {
            Some(project.loaded.path.display().to_string())
        }
        Setting::ConfigFile => sam_file(&project.configured).map(|path| path.display().to_string()),
        Setting::StackName => Some(project.loaded.stack_name.clone()),
        Setting::CacheDir => {
            let folder = environment.cache_dir().ok();
            folder.map(|folder| folder.value.display().to_string())
        }
        _ => None,
    };
    match (found, definition.default) {
        (Some(found), _) => found,
        (None, "") => "none".into(),
        (None, default) => default.into(),
    }
}

fn sam_file(settings: &Settings) -> Option<&Path> {
    let files = settings.files().iter().map(std::path::PathBuf::as_path);
    files
        .into_iter()
        .find(|path| !path.ends_with(config::HOIST_FILE))
}

fn shown(value: &Value, loaded: &Loaded) -> Shown {
    let paths = |paths: &[std::path::PathBuf]| -> Vec<String> {
        paths
            .iter()
            .map(|path| path.display().to_string())
            .collect()
    };
    let list = |all: Vec<String>| Shown {
        text: all.join(", "),
        json: all.into(),
    };
    let text = |text: String| Shown {
        json: text.clone().into(),
        text,
    };
    match value {
        Value::Text(value) => text(value.clone()),
        Value::Path(path) => text(path.display().to_string()),
        Value::Paths(all) => list(paths(all)),
        Value::Texts(all) => list(all.clone()),
        Value::Switch(flag) => Shown {
            text: flag.to_string(),
            json: (*flag).into(),
        },
        Value::Seconds(seconds) => Shown {
            text: seconds.to_string(),
            json: (*seconds).into(),
        },
        Value::Parameters(parameters) => pairs(parameters.iter().map(
            |(name, value)| match is_secret(name, loaded) {
                true => (name, HIDDEN),
                false => (name, value),
            },
        )),
        Value::Tags(tags) => pairs(
            tags.iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        ),
    }
}

/// `Name=value Name=value`, in JSON an object.
fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Shown {
    let (texts, json): (Vec<String>, serde_json::Map<String, Json>) = pairs
        .map(|(name, value)| (format!("{name}={value}"), (name.to_owned(), value.into())))
        .unzip();
    Shown {
        text: texts.join(" "),
        json: json.into(),
    }
}

/// Whether a parameter's value is not for every eye: it is `NoEcho`, or called like a secret.
fn is_secret(name: &str, loaded: &Loaded) -> bool {
    let no_echo = loaded
        .template
        .as_ref()
        .and_then(|template| template.parameters.get(name))
        .is_some_and(|parameter| parameter.no_echo);
    let name = name.to_lowercase();
    let words = [
        "secret",
        "password",
        "passwd",
        "token",
        "apikey",
        "credential",
        "privatekey",
    ];
    no_echo || words.iter().any(|word| name.contains(word))
}

fn table(rows: &[Row], with_overridden: bool) -> String {
    let mut table = Table::new([
        ("SETTING", Align::Left),
        ("VALUE", Align::Left),
        ("FROM", Align::Left),
    ]);
    for row in rows {
        table.row([row.name.clone(), row.shown.clone(), from(&row.origin)]);
        for (value, _, origin) in row.overridden.iter().filter(|_| with_overridden) {
            table.row([
                String::new(),
                value.clone(),
                format!("{} (overridden)", from(origin)),
            ]);
        }
    }
    table.render()
}

fn from(origin: &Origin) -> String {
    match origin {
        Origin::Default => "default".into(),
        Origin::Variable(name) => (*name).into(),
        other => other.to_string(),
    }
}

fn origin_json(origin: &Origin) -> Json {
    match origin {
        Origin::Flag(flag) => json!({"kind": "flag", "flag": flag}),
        Origin::Variable(name) => json!({"kind": "variable", "variable": name}),
        Origin::Profile { profile, file } => {
            json!({"kind": "profile", "profile": profile, "file": file})
        }
        Origin::File(file) => json!({"kind": "file", "file": file}),
        Origin::Line {
            file,
            line,
            section,
        } => json!({"kind": "file", "file": file, "line": line, "section": section}),
        Origin::Template => json!({"kind": "template"}),
        Origin::Default => json!({"kind": "default"}),
    }
}
