//! `samconfig.toml` and `samconfig.yaml`: the settings of the AWS SAM CLI, read as it reads them.
//!
//! Compared with version 1.170.0: `samcli/lib/config/samconfig.py`, `samcli/cli/cli_config_file.py`. A file is a table of
//! environments; each has tables for commands, by their words joined with `_`, and one for all, `global`; the settings
//! themselves are in the table `parameters` of a command, and there beat those of `global` one by one.

mod known;

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::file::{Content, ENDINGS, Item, Member, SettingsFile};
use super::origin::{Origin, Sourced};
use crate::diag::{Diagnostic, Diagnostics, Sources, Span, did_you_mean, nearest};

use super::setting::SETTINGS;

/// The command whose parameters are for all.
const GLOBAL: &str = "global";

/// The table of a command that holds its settings.
const PARAMETERS: &str = "parameters";

/// What the file is called, without its ending.
const NAME: &str = "samconfig";

/// The settings of one command in one environment.
#[derive(Debug)]
pub(super) struct SamConfig {
    /// The file.
    pub(super) path: PathBuf,
    /// `[ENV.COMMAND.parameters]`, then `[ENV.global.parameters]`.
    tables: Vec<(String, IndexMap<String, Member>)>,
}

/// The file of that name in a folder, the one SAM prefers where there are several.
pub(super) fn find(folder: &Path, diagnostics: &mut Diagnostics) -> Option<PathBuf> {
    let found: Vec<PathBuf> = ENDINGS
        .iter()
        .map(|ending| folder.join(format!("{NAME}.{ending}")))
        .filter(|path| path.exists())
        .collect();
    let first = found.first()?.clone();
    if let Some(second) = found.get(1) {
        let summary = format!(
            "both {} and {} are there; as in SAM the first is used",
            first.display(),
            second.display()
        );
        diagnostics.push(
            Diagnostic::warning("config/several-files", summary)
                .help("remove one of them, or name the one you mean with `--config-file`"),
        );
    }
    Some(first)
}

impl SamConfig {
    /// Reads what the file says of `command` (SAM's name for it) in an environment. What is wrong is added to
    /// `diagnostics`.
    pub(super) fn read(
        path: &Path,
        environment: &Sourced<String>,
        command: &str,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let file = SettingsFile::read(path, "settings of SAM", sources, diagnostics)?;
        if file.members.is_empty() {
            return None;
        }
        check_version(&file, diagnostics);
        let name = environment.value.as_str();
        let mut config = SamConfig {
            path: path.to_owned(),
            tables: Vec::new(),
        };
        let Some(member) = file.members.get(name) else {
            if environment.origin != Origin::Default {
                diagnostics.push(unknown_environment(&file, environment));
            }
            return Some(config);
        };
        let commands = table(member, &format!("[{name}]"), diagnostics)?;
        check_commands(name, commands, diagnostics);
        for command in [command, GLOBAL] {
            let section = format!("{name}.{command}.{PARAMETERS}");
            if let Some(parameters) = parameters(commands, name, command, diagnostics) {
                check_parameters(command, &section, &parameters, diagnostics);
                config.tables.push((section, parameters));
            }
        }
        Some(config)
    }

    /// The values for a setting, the one that wins first. `names` are its names, the one that wins first.
    pub(super) fn values<'a>(
        &'a self,
        names: &'a [&'static str],
        sources: &'a Sources,
    ) -> impl Iterator<Item = (&'a Item, Origin)> {
        names.iter().flat_map(move |name| {
            self.tables.iter().filter_map(move |(section, table)| {
                let member = table.get(*name)?;
                Some((&member.item, self.origin(section, member.key, sources)))
            })
        })
    }

    fn origin(&self, section: &str, key: Span, sources: &Sources) -> Origin {
        Origin::Line {
            file: self.path.clone(),
            line: sources.position(key).line,
            section: section.to_owned(),
        }
    }
}

/// SAM reads no file without a version, and only takes it as a number with a point.
fn check_version(file: &SettingsFile, diagnostics: &mut Diagnostics) {
    let (summary, span) = match file.members.get("version") {
        Some(Member { item, .. }) if matches!(item.content, Content::Other(_)) => return,
        Some(member) => ("`version` must be a number with a point", member.item.span),
        None => (
            "the file does not say its `version`",
            Span::new(file.source, 0, 0),
        ),
    };
    diagnostics.push(
        Diagnostic::error("config/samconfig-version", summary)
            .at(span)
            .help(match file.path.extension().is_some_and(|e| e == "toml") {
                true => "write `version = 0.1` at the top, as SAM wants it",
                false => "write `version: 0.1` at the top, as SAM wants it",
            }),
    );
}

fn unknown_environment(file: &SettingsFile, environment: &Sourced<String>) -> Diagnostic {
    let Sourced { value, origin } = environment;
    let known: Vec<&str> = file
        .members
        .iter()
        .filter(|(_, member)| member.item.table().is_some())
        .map(|(name, _)| name.as_str())
        .collect();
    let summary = format!(
        "{} has no environment `{value}` ({origin}), so none of its settings are used",
        file.path.display()
    );
    let help = did_you_mean(value, known.iter().copied())
        .unwrap_or_else(|| format!("its environments are: {}", known.join(", ")));
    Diagnostic::warning("config/unknown-environment", summary).help(help)
}

/// The table behind a key; an error when there is something else.
fn table<'a>(
    member: &'a Member,
    shown: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a IndexMap<String, Member>> {
    let found = member.item.table();
    if found.is_none() && !matches!(member.item.content, Content::Null) {
        let summary = format!("{shown} must be a table, not {}", member.item.kind());
        diagnostics.push(Diagnostic::error("config/shape", summary).at(member.key));
    }
    found
}

/// `[ENV.COMMAND.parameters]`.
fn parameters(
    commands: &IndexMap<String, Member>,
    environment: &str,
    command: &str,
    diagnostics: &mut Diagnostics,
) -> Option<IndexMap<String, Member>> {
    let member = commands.get(command)?;
    let sections = table(member, &format!("[{environment}.{command}]"), diagnostics)?;
    for (name, member) in sections {
        if name != PARAMETERS {
            let summary = format!("SAM reads nothing from [{environment}.{command}.{name}]");
            let help = match member.item.table() {
                Some(_) => format!("settings belong in [{environment}.{command}.{PARAMETERS}]"),
                None => format!("move `{name}` into [{environment}.{command}.{PARAMETERS}]"),
            };
            diagnostics.push(
                Diagnostic::warning("config/unknown-section", summary)
                    .at(member.key)
                    .help(help),
            );
        }
    }
    let shown = format!("[{environment}.{command}.{PARAMETERS}]");
    table(sections.get(PARAMETERS)?, &shown, diagnostics).cloned()
}

/// Warns of tables that no command of SAM reads.
fn check_commands(
    environment: &str,
    commands: &IndexMap<String, Member>,
    diagnostics: &mut Diagnostics,
) {
    for (name, member) in commands {
        if name == GLOBAL || known::is_command(name) {
            continue;
        }
        let summary =
            format!("SAM has no command `{name}`, so [{environment}.{name}] has no effect");
        let help = did_you_mean(name, known::commands().chain([GLOBAL])).unwrap_or_else(|| {
            "a command's table is its words with `_` between them: `local_invoke`".into()
        });
        diagnostics.push(
            Diagnostic::warning("config/unknown-command", summary)
                .at(member.key)
                .help(help),
        );
    }
}

/// Warns of parameters that SAM does not have.
fn check_parameters(
    command: &str,
    section: &str,
    parameters: &IndexMap<String, Member>,
    diagnostics: &mut Diagnostics,
) {
    for (name, member) in parameters {
        if known::is_parameter(name) {
            continue;
        }
        let summary = format!("SAM has no parameter `{name}`, so it has no effect in [{section}]");
        let own = known::parameters(command).unwrap_or_default();
        let near = nearest(name, own.iter().copied()).or_else(|| nearest(name, known::all()));
        let hoist = SETTINGS
            .iter()
            .find(|one| one.name == name)
            .and_then(|one| one.hoist);
        let diagnostic = Diagnostic::warning("config/unknown-parameter", summary).at(member.key);
        diagnostics.push(match (hoist, near) {
            (Some(table), _) => diagnostic.help(format!(
                "this setting is Hoist's: write it in hoist.toml, under [{table}]"
            )),
            (None, Some(near)) => diagnostic.help(format!("did you mean `{near}`?")),
            (None, None) => {
                diagnostic.help("a parameter is the long flag of SAM with `_` instead of dashes")
            }
        });
    }
}
