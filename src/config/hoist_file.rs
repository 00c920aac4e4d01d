//! `hoist.toml`: settings that SAM has no word for.
//!
//! `[invoke]` holds settings of the table in `setting`, `[function.NAME]` those of one function. Everything in it is
//! checked: unlike `samconfig.toml` no other program's settings are in it.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::file::{Item, Member, SettingsFile};
use super::origin::{Origin, Sourced};
use super::setting::{Definition, Kind, SETTINGS, Setting};
use super::value::{Value, wrong_type};
use crate::diag::{Diagnostic, Diagnostics, Sources, Span, did_you_mean};

/// What the file is called.
pub const HOIST_FILE: &str = "hoist.toml";

/// The table whose tables are settings of single functions.
pub(super) const FUNCTION: &str = "function";

/// The settings that a single function can have too.
pub(super) const OF_FUNCTIONS: [Setting; 2] = [Setting::Process, Setting::AllowNet];

/// What `hoist.toml` says.
#[derive(Debug, Default)]
pub(super) struct HoistFile {
    /// By setting.
    pub(super) values: Vec<(Setting, Sourced<Value>)>,
    /// By the name the file gives the function.
    pub(super) functions: IndexMap<String, FunctionSettings>,
}

/// The settings of one function.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    /// Where its name is written.
    pub span: Span,
    /// By setting.
    pub values: Vec<(Setting, Sourced<Value>)>,
}

impl FunctionSettings {
    /// Whether it is to run as a process, if the file says it.
    pub(super) fn process(&self) -> Option<bool> {
        self.values
            .iter()
            .find_map(|(_, sourced)| match sourced.value {
                Value::Switch(flag) => Some(flag),
                _ => None,
            })
    }

    /// Hosts it may reach, and where that is written.
    pub fn allow_net(&self) -> Option<(&[String], &Origin)> {
        self.values
            .iter()
            .find_map(|(_, sourced)| match &sourced.value {
                Value::Texts(hosts) => Some((hosts.as_slice(), &sourced.origin)),
                _ => None,
            })
    }
}

/// The file in a folder, if it is there.
pub(super) fn find(folder: &Path) -> Option<PathBuf> {
    Some(folder.join(HOIST_FILE)).filter(|path| path.exists())
}

/// Reads the file. What is wrong in it is added to `diagnostics` and left out.
pub(super) fn read(path: &Path, sources: &mut Sources, diagnostics: &mut Diagnostics) -> HoistFile {
    let mut found = HoistFile::default();
    let Some(file) = SettingsFile::read(path, "settings of Hoist", sources, diagnostics) else {
        return found;
    };
    let mut reader = Reader {
        path,
        folder: path.parent().unwrap_or(Path::new("")),
        sources,
        diagnostics,
    };
    for (name, member) in &file.members {
        if name == FUNCTION {
            found.functions = reader.functions(member);
        } else if let Some(section) = sections().find(|section| section == name) {
            let allowed: Vec<_> = of_section(section).collect();
            found.values.extend(reader.table(section, member, &allowed));
        } else {
            let known: Vec<&str> = sections().chain([FUNCTION]).collect();
            reader.unknown(&format!("the table `{name}`"), name, member.key, &known);
        }
    }
    found
}

/// The names of the tables, each once.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    let mut sections: Vec<&str> = SETTINGS.iter().filter_map(|one| one.hoist).collect();
    sections.dedup();
    sections.into_iter()
}

/// The settings in a table.
pub(super) fn of_section(section: &str) -> impl Iterator<Item = &'static Definition> {
    SETTINGS
        .iter()
        .filter(move |definition| definition.hoist == Some(section))
}

struct Reader<'a> {
    path: &'a Path,
    folder: &'a Path,
    sources: &'a Sources,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn functions(&mut self, member: &Member) -> IndexMap<String, FunctionSettings> {
        let allowed: Vec<_> = OF_FUNCTIONS.iter().map(|one| one.definition()).collect();
        let Some(functions) = self.members(FUNCTION, &member.item) else {
            return IndexMap::new();
        };
        functions
            .iter()
            .map(|(name, member)| {
                let section = format!("{FUNCTION}.{name}");
                let values = self.table(&section, member, &allowed);
                let span = member.key;
                (name.clone(), FunctionSettings { span, values })
            })
            .collect()
    }

    fn table(
        &mut self,
        section: &str,
        member: &Member,
        allowed: &[&'static Definition],
    ) -> Vec<(Setting, Sourced<Value>)> {
        let Some(members) = self.members(section, &member.item) else {
            return Vec::new();
        };
        let mut values = Vec::new();
        for (name, member) in members {
            let Some(definition) = allowed.iter().find(|one| one.name == name) else {
                let known: Vec<&str> = allowed.iter().map(|one| one.name).collect();
                let what = format!("the setting `{name}` in [{section}]");
                self.unknown(&what, name, member.key, &known);
                continue;
            };
            match Value::of_hoist(&member.item, definition.kind, self.folder) {
                Ok(value) => {
                    let origin = Origin::Line {
                        file: self.path.to_owned(),
                        line: self.sources.position(member.key).line,
                        section: section.to_owned(),
                    };
                    values.push((definition.setting, Sourced::new(value, origin)));
                }
                Err(expected) => {
                    let diagnostic = wrong_type(definition, &member.item, expected);
                    self.diagnostics.push(diagnostic);
                }
            }
        }
        values
    }

    fn members<'i>(
        &mut self,
        section: &str,
        item: &'i Item,
    ) -> Option<&'i IndexMap<String, Member>> {
        let found = item.table();
        if found.is_none() {
            let summary = format!("`{section}` must be a table, not {}", item.kind());
            self.diagnostics.push(
                Diagnostic::error("config/shape", summary)
                    .at(item.span)
                    .help(format!("write [{section}] on a line of its own")),
            );
        }
        found
    }

    fn unknown(&mut self, what: &str, name: &str, at: Span, known: &[&str]) {
        let sam = SETTINGS.iter().find(|one| {
            one.sam.contains(&name) || one.kind == Kind::Parameters && one.name == name
        });
        let help = match (sam, did_you_mean(name, known.iter().copied())) {
            (Some(_), _) => "SAM has a word for it: write it in samconfig.toml".to_owned(),
            (None, Some(near)) => near,
            (None, None) => format!("there are: {}", known.join(", ")),
        };
        let summary = format!("Hoist does not know {what}");
        let diagnostic = Diagnostic::error("config/unknown-setting", summary);
        self.diagnostics.push(diagnostic.at(at).help(help));
    }
}
