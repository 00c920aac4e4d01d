//! The settings of one command: every place that sets one, the place that wins first.
//!
//! The order is SAM's, checked against it by `tests/config`: a flag; a variable meant for this program (`SAM_…`,
//! `HOIST_…`); the settings file, a command's own parameters before those of `global`; a variable of the AWS SDKs; the
//! profile (for the region); the default. So `region` in `samconfig.toml` beats `AWS_REGION`, as it does when SAM
//! deploys. A setting is taken whole: `--parameter-overrides` replaces the file's.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::environment::Environment;
use super::hoist_file::{self, FunctionSettings};
use super::origin::{Origin, Sourced};
use super::parameter::{self, ParameterOverrides};
use super::region;
use super::samconfig::{self, SamConfig};
use super::setting::{Command, Definition, Kind, SETTINGS, Setting};
use super::value::{Value, wrong_type};
use crate::diag::{Diagnostic, Diagnostics, Sources, did_you_mean};

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Given {
    values: Vec<(Setting, Sourced<Value>)>,
}

impl Given {
    /// Adds a flag's value, if it was given.
    pub fn add(&mut self, setting: Setting, value: Option<Value>) {
        let flag = setting.definition().flag;
        if let (Some(value), Some(flag)) = (value, flag) {
            self.values
                .push((setting, Sourced::new(value, Origin::Flag(flag))));
        }
    }

    /// Adds a list's values, if there are any.
    pub fn add_paths(&mut self, setting: Setting, paths: &[PathBuf]) {
        let some = (!paths.is_empty()).then(|| Value::Paths(paths.to_vec()));
        self.add(setting, some);
    }

    fn value(&self, setting: Setting) -> Option<&Sourced<Value>> {
        self.values
            .iter()
            .find(|(other, _)| *other == setting)
            .map(|(_, sourced)| sourced)
    }
}

/// All settings of a command with where they come from.
#[derive(Debug, Clone)]
pub struct Settings {
    command: Command,
    candidates: IndexMap<Setting, Vec<Sourced<Value>>>,
    functions: IndexMap<String, FunctionSettings>,
    files: Vec<PathBuf>,
}

impl Settings {
    /// Reads the files and the environment. What is wrong is added to `diagnostics`.
    pub fn resolve(
        command: Command,
        given: &Given,
        environment: &Environment,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let mut reading = Reading {
            given,
            environment,
            sources,
            diagnostics,
        };
        let folder = reading.folder();
        let sam = reading.sam(command, &folder);
        let hoist_path = hoist_file::find(&folder);
        let hoist = hoist_path
            .as_deref()
            .map(|path| hoist_file::read(path, reading.sources, reading.diagnostics))
            .unwrap_or_default();
        let mut candidates: IndexMap<Setting, Vec<Sourced<Value>>> = SETTINGS
            .iter()
            .filter(|definition| definition.is_of(command))
            .map(|definition| {
                let mut all = reading.before_files(definition);
                all.extend(sam.iter().flat_map(|sam| reading.of_sam(definition, sam)));
                let of_hoist = hoist.values.iter();
                all.extend(
                    of_hoist
                        .filter(|(setting, _)| *setting == definition.setting)
                        .map(|(_, sourced)| sourced.clone()),
                );
                all.extend(reading.variables(definition, definition.sdk));
                (definition.setting, all)
            })
            .collect();
        reading.regions(&mut candidates);
        Settings {
            command,
            candidates,
            functions: hoist.functions,
            files: sam
                .map(|sam| sam.path)
                .into_iter()
                .chain(hoist_path)
                .collect(),
        }
    }

    /// The command they are for.
    pub fn command(&self) -> Command {
        self.command
    }

    /// The settings files that were read.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Every setting of the command with its values, the one that holds first.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Definition, &[Sourced<Value>])> {
        self.candidates
            .iter()
            .map(|(setting, all)| (setting.definition(), all.as_slice()))
    }

    /// The settings of single functions, by the name the file gives them.
    pub fn functions(&self) -> impl Iterator<Item = (&str, &FunctionSettings)> {
        self.functions
            .iter()
            .map(|(name, settings)| (name.as_str(), settings))
    }

    /// The settings of the function with this logical id or `FunctionName`.
    pub fn function(&self, id: &str, name: Option<&str>) -> Option<&FunctionSettings> {
        let own = self.functions.get(id);
        own.or_else(|| self.functions.get(name?))
    }

    /// Warns of functions in `hoist.toml` that the template does not have. `names` are their ids and names.
    pub fn check_functions(&self, names: &[&str]) -> Vec<Diagnostic> {
        self.functions
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()))
            .map(|(name, settings)| {
                let summary = format!("no function in the template is called `{name}`");
                let help = did_you_mean(name, names.iter().copied())
                    .unwrap_or_else(|| "use a function's logical id or `FunctionName`".into());
                Diagnostic::warning("config/unknown-function", summary)
                    .at(settings.span)
                    .help(help)
            })
            .collect()
    }

    /// The value that holds. None when nothing sets it, or the command does not have it.
    pub fn value(&self, setting: Setting) -> Option<&Sourced<Value>> {
        self.candidates.get(&setting)?.first()
    }

    /// Where the value that holds comes from.
    pub fn origin(&self, setting: Setting) -> &Origin {
        self.value(setting)
            .map_or(&Origin::Default, |sourced| &sourced.origin)
    }

    /// The value of a setting that holds text.
    pub fn text(&self, setting: Setting) -> Option<&str> {
        match &self.value(setting)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a setting that holds a path.
    pub fn path(&self, setting: Setting) -> Option<&Path> {
        match &self.value(setting)?.value {
            Value::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The value of a setting that holds paths.
    pub fn paths(&self, setting: Setting) -> &[PathBuf] {
        match self.value(setting).map(|sourced| &sourced.value) {
            Some(Value::Paths(paths)) => paths,
            _ => &[],
        }
    }

    /// The value of a setting that holds texts.
    pub fn texts(&self, setting: Setting) -> &[String] {
        match self.value(setting).map(|sourced| &sourced.value) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// The value of a switch.
    pub fn switch(&self, setting: Setting) -> Option<bool> {
        match self.value(setting)?.value {
            Value::Switch(flag) => Some(flag),
            _ => None,
        }
    }

    /// The value of a setting in seconds.
    pub fn seconds(&self, setting: Setting) -> Option<u64> {
        match self.value(setting)?.value {
            Value::Seconds(seconds) => Some(seconds),
            _ => None,
        }
    }

    /// Whether a function runs as a process: what the command line or a variable says, else what `own` (its own part of
    /// `hoist.toml`) says, else what is said for all.
    pub fn process(&self, own: Option<&FunctionSettings>) -> bool {
        let nearer = matches!(
            self.origin(Setting::Process),
            Origin::Flag(_) | Origin::Variable(_)
        );
        let own = own.filter(|_| !nearer).and_then(FunctionSettings::process);
        own.or(self.switch(Setting::Process)).unwrap_or(false)
    }

    /// Values for template parameters.
    pub fn parameters(&self) -> Option<&ParameterOverrides> {
        match &self.value(Setting::ParameterOverrides)?.value {
            Value::Parameters(parameters) => Some(parameters),
            _ => None,
        }
    }

    /// Tags, by name.
    pub fn tags(&self) -> Option<&IndexMap<String, String>> {
        match &self.value(Setting::Tags)?.value {
            Value::Tags(tags) => Some(tags),
            _ => None,
        }
    }

    /// The region: never missing.
    pub fn region(&self) -> &str {
        self.text(Setting::Region).unwrap_or(region::DEFAULT_REGION)
    }
}

/// What all steps of reading need.
struct Reading<'a> {
    given: &'a Given,
    environment: &'a Environment,
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
}

impl Reading<'_> {
    /// Where settings files lie: beside the template when the command line names it, else in the current folder. As in
    /// SAM, a template named by a variable or by the file itself moves nothing.
    fn folder(&self) -> PathBuf {
        let named = self.given.value(Setting::Template);
        let Some(Value::Path(template)) = named.map(|sourced| &sourced.value) else {
            return PathBuf::new();
        };
        if template.is_dir() {
            return template.clone();
        }
        template.parent().unwrap_or(Path::new("")).to_owned()
    }

    fn sam(&mut self, command: Command, folder: &Path) -> Option<SamConfig> {
        let named = self
            .before_files(Setting::ConfigFile.definition())
            .into_iter()
            .next();
        let path = match named {
            Some(Sourced {
                value: Value::Path(path),
                origin,
            }) => {
                // `join` leaves an absolute path alone.
                let path = folder.join(path);
                if !path.exists() {
                    let summary = format!(
                        "the settings file {} ({origin}) does not exist",
                        path.display()
                    );
                    self.diagnostics.push(
                        Diagnostic::error("config/no-file", summary)
                            .help("the path starts at the template's folder, as for SAM"),
                    );
                    return None;
                }
                path
            }
            _ => samconfig::find(folder, self.diagnostics)?,
        };
        let environment = self
            .before_files(Setting::ConfigEnv.definition())
            .into_iter()
            .find_map(|sourced| match sourced.value {
                Value::Text(name) => Some(Sourced::new(name, sourced.origin)),
                _ => None,
            })
            .unwrap_or_else(|| Sourced::new("default".to_owned(), Origin::Default));
        SamConfig::read(
            &path,
            &environment,
            command.of_sam(),
            self.sources,
            self.diagnostics,
        )
    }

    /// The flag, then the variables that beat the files.
    fn before_files(&mut self, definition: &Definition) -> Vec<Sourced<Value>> {
        let flag = self.given.value(definition.setting).cloned();
        flag.into_iter()
            .chain(self.variables(definition, definition.variables))
            .collect()
    }

    fn variables(
        &mut self,
        definition: &Definition,
        names: &[&'static str],
    ) -> Vec<Sourced<Value>> {
        let mut found = Vec::new();
        for name in names {
            let Some(text) = self.environment.variable(name) else {
                continue;
            };
            match Value::of_variable(text, definition.kind) {
                Ok(value) => found.push(Sourced::new(value, Origin::Variable(name))),
                Err(expected) => {
                    let summary = format!("the environment variable {name} must be {expected}");
                    self.diagnostics
                        .push(Diagnostic::error("config/variable", summary));
                }
            }
        }
        found
    }

    fn of_sam(&mut self, definition: &Definition, sam: &SamConfig) -> Vec<Sourced<Value>> {
        let found: Vec<_> = sam
            .values(definition.sam, self.sources)
            .map(|(item, origin)| (item.clone(), origin))
            .collect();
        let mut values = Vec::new();
        for (item, origin) in found {
            if definition.kind == Kind::Parameters {
                let parameters = ParameterOverrides::of_item(&item, self.sources, self.diagnostics);
                values.push(Sourced::new(Value::Parameters(parameters), origin));
                continue;
            }
            if definition.kind == Kind::Tags {
                let tags = parameter::tags(&item, self.diagnostics);
                values.extend(tags.map(|tags| Sourced::new(Value::Tags(tags), origin)));
                continue;
            }
            match Value::of_sam(&item, definition.kind) {
                Ok(value) => {
                    values.extend(value.map(|value| Sourced::new(value, origin)));
                }
                Err(expected) => {
                    self.diagnostics
                        .push(wrong_type(definition, &item, expected));
                }
            }
        }
        values
    }

    /// Drops what cannot be a region's name, and adds the region of the profile in use.
    fn regions(&mut self, candidates: &mut IndexMap<Setting, Vec<Sourced<Value>>>) {
        let text = |sourced: &Sourced<Value>| match &sourced.value {
            Value::Text(text) => Some(Sourced::new(text.clone(), sourced.origin.clone())),
            _ => None,
        };
        let profile = candidates
            .get(&Setting::Profile)
            .and_then(|all| text(all.first()?));
        let named = candidates
            .get(&Setting::Region)
            .cloned()
            .unwrap_or_default();
        let mut regions: Vec<Sourced<String>> = named.iter().filter_map(text).collect();
        // A profile that is not there matters to nobody when something nearer names the region.
        let quiet = &mut Diagnostics::new();
        let found = match regions.is_empty() {
            true => region::of_profile(profile.as_ref(), self.environment, self.diagnostics),
            false => region::of_profile(profile.as_ref(), self.environment, quiet),
        };
        regions.extend(found);
        regions.retain(|sourced| match region::fault(sourced) {
            None => true,
            Some(fault) => {
                self.diagnostics.push(fault);
                false
            }
        });
        let regions = regions
            .into_iter()
            .map(|sourced| Sourced::new(Value::Text(sourced.value), sourced.origin))
            .collect();
        candidates.insert(Setting::Region, regions);
    }
}
