//! The arguments that name a template, and loading it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Exit, Stop};
use crate::config::{self, Environment, Given, ParameterOverrides, Setting, Settings, Value};
use crate::diag::{Diagnostics, Sources};
use crate::project::{self, Loaded, Scrutiny, Transformed, Validated};
use crate::ui::{Format, Ui, diagnostic_json};

/// Where the template is and what its parameters are.
#[derive(Debug, Args)]
pub struct TemplateArguments {
    /// The template, or the folder it lies in [default: template.yaml, .yml or .json here]
    #[arg(short, long, alias = "template-file", value_name = "FILE")]
    template: Option<PathBuf>,

    /// Values for the template's parameters: `Name=value …` or
    /// `ParameterKey=Name,ParameterValue=value …`, or file://PATH to a JSON file
    #[arg(long, value_name = "NAME=VALUE", num_args = 1.., allow_hyphen_values = false)]
    parameter_overrides: Vec<String>,

    /// The AWS region the application is said to be in [default: AWS_REGION, your profile, us-east-1]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// The profile of your AWS configuration [default: AWS_PROFILE, default]
    #[arg(long, value_name = "PROFILE")]
    profile: Option<String>,

    /// The file of SAM's settings, from the template's folder on
    /// [default: samconfig.toml, .yaml or .yml beside the template]
    #[arg(long, value_name = "FILE")]
    config_file: Option<PathBuf>,

    /// The environment of that file [default: default]
    #[arg(long, value_name = "NAME")]
    config_env: Option<String>,
}

/// A template with everything known about it.
#[derive(Debug)]
pub struct Project {
    /// What came of the template, with its diagnostics.
    pub loaded: Loaded,
    /// The command's settings, with where each came from.
    pub configured: Settings,
    /// What is wrong with the flags and the files they name, and those files.
    pub settings: (Sources, Diagnostics),
}

impl TemplateArguments {
    /// Reads the settings and loads the template, for a command that has no settings of its own.
    ///
    /// `file` is the template where the command takes it without a flag.
    pub fn load(&self, file: Option<&Path>, environment: &Environment) -> Project {
        self.load_for(
            config::Command::Validate,
            file,
            Given::default(),
            environment,
        )
    }

    /// Reads the settings of `command` and loads the template. `given` are the flags of the command itself.
    pub fn load_for(
        &self,
        command: config::Command,
        file: Option<&Path>,
        given: Given,
        environment: &Environment,
    ) -> Project {
        let (configured, mut settings) = self.settings(command, file, given, environment);
        let options = options(&configured);
        let path = configured.path(Setting::Template);
        let loaded = project::load(path.unwrap_or(Path::new("")), &options);
        if loaded.app.is_some() {
            let names = function_names(&loaded);
            settings.1.extend(configured.check_functions(&names));
        }
        Project {
            loaded,
            configured,
            settings,
        }
    }

    /// Reads the settings and runs SAM's transform over the template. Also gives what is wrong with the settings.
    ///
    /// `file` is the template where the command takes it without a flag.
    pub fn expand(
        &self,
        file: Option<&Path>,
        environment: &Environment,
    ) -> (Transformed, (Sources, Diagnostics)) {
        let command = config::Command::Expand;
        let (configured, settings) = self.settings(command, file, Given::default(), environment);
        let path = configured.path(Setting::Template).unwrap_or(Path::new(""));
        (project::expand(path, &options(&configured)), settings)
    }

    /// Reads the settings and looks for everything that is wrong with the template. Also gives what is wrong with the
    /// settings.
    ///
    /// `file` is the template where the command takes it without a flag.
    pub fn validate(
        &self,
        file: Option<&Path>,
        environment: &Environment,
        scrutiny: &Scrutiny,
    ) -> (Validated, (Sources, Diagnostics)) {
        let command = config::Command::Validate;
        let (configured, mut settings) =
            self.settings(command, file, Given::default(), environment);
        let path = configured.path(Setting::Template).unwrap_or(Path::new(""));
        let validated = project::validate(path, &options(&configured), scrutiny);
        let names: Vec<&str> = validated
            .function_names
            .iter()
            .map(String::as_str)
            .collect();
        settings.1.extend(configured.check_functions(&names));
        (validated, settings)
    }

    /// Whether --template names a template.
    pub fn is_named(&self) -> bool {
        self.template.is_some()
    }

    /// The settings of a command, and what is wrong with them.
    pub fn settings(
        &self,
        command: config::Command,
        file: Option<&Path>,
        mut given: Given,
        environment: &Environment,
    ) -> (Settings, (Sources, Diagnostics)) {
        let mut sources = Sources::new();
        let mut diagnostics = Diagnostics::new();
        let text = |value: &Option<String>| value.clone().map(Value::Text);
        let path = |value: Option<&Path>| value.map(|path| Value::Path(path.to_owned()));
        given.add(Setting::Template, path(file.or(self.template.as_deref())));
        given.add(Setting::ConfigFile, path(self.config_file.as_deref()));
        given.add(Setting::ConfigEnv, text(&self.config_env));
        given.add(Setting::Profile, text(&self.profile));
        given.add(Setting::Region, text(&self.region));
        if !self.parameter_overrides.is_empty() {
            let overrides = &self.parameter_overrides;
            let read = ParameterOverrides::parse(overrides, &mut sources, &mut diagnostics);
            given.add(Setting::ParameterOverrides, Some(Value::Parameters(read)));
        }
        let settings =
            Settings::resolve(command, &given, environment, &mut sources, &mut diagnostics);
        (settings, (sources, diagnostics))
    }
}

/// What the template is evaluated with.
pub fn options(settings: &Settings) -> project::Options {
    project::Options {
        parameters: settings
            .parameters()
            .map(ParameterOverrides::to_map)
            .unwrap_or_default(),
        region: settings.region().to_owned(),
        stack_name: settings.text(Setting::StackName).map(str::to_owned),
        ..project::Options::default()
    }
}

/// The ids and names of the template's functions.
fn function_names(loaded: &Loaded) -> Vec<&str> {
    let functions = loaded.app.iter().flat_map(|app| app.functions());
    functions
        .flat_map(|function| std::iter::once(function.id.as_str()).chain(function.known_name()))
        .collect()
}

/// Shows diagnostics to people; stops when one of them is an error. With `--output json` what stopped the
/// command is on standard output too, as `{"diagnostics": […]}`.
///
/// # Errors
/// When there is an error among them, or standard error cannot be written.
pub fn report(ui: &Ui, sources: &Sources, diagnostics: &Diagnostics) -> Result<(), Stop> {
    if !diagnostics.is_empty() {
        ui.explain(sources, diagnostics.iter())?;
    }
    if diagnostics.has_errors() {
        if ui.format() == Format::Json {
            let all: Vec<_> = diagnostics
                .iter()
                .map(|diagnostic| diagnostic_json(sources, diagnostic))
                .collect();
            ui.data_json(&json!({ "diagnostics": all }))?;
        }
        return Err(Stop::Said(Exit::Input));
    }
    Ok(())
}

/// Says what stopped the command, where that has no place in a file. With `--output json` it is on standard
/// output too, as `{"error": …}`.
///
/// # Errors
/// When an output cannot be written.
pub fn fail(ui: &Ui, text: &str) -> Result<(), Stop> {
    ui.error(text)?;
    if ui.format() == Format::Json {
        ui.data_json(&json!({ "error": text }))?;
    }
    Ok(())
}
