//! The arguments that name a template, and loading it.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Exit, Stop};
use crate::config::{self, Environment, ParameterOverrides};
use crate::diag::{Diagnostics, Sources};
use crate::project::{self, Loaded, Transformed};
use crate::ui::{Format, Ui, diagnostic_json};

/// Where the template is and what its parameters are.
#[derive(Debug, Args)]
pub struct TemplateArguments {
    /// The template, or the folder it lies in [default: template.yaml, .yml or .json here]
    #[arg(short, long, value_name = "FILE")]
    template: Option<PathBuf>,

    /// Values for the template's parameters: `Name=value …` or
    /// `ParameterKey=Name,ParameterValue=value …`, or file://PATH to a JSON file
    #[arg(long, value_name = "NAME=VALUE", num_args = 1.., allow_hyphen_values = false)]
    parameter_overrides: Vec<String>,

    /// The AWS region the application is said to be in [default: AWS_REGION, your profile, us-east-1]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
}

/// A template with everything known about it.
#[derive(Debug)]
pub struct Project {
    /// What came of the template, with its diagnostics.
    pub loaded: Loaded,
    /// The region it is said to be in.
    pub region: String,
    /// What is wrong with the flags and the files they name, and those files.
    pub settings: (Sources, Diagnostics),
}

impl TemplateArguments {
    /// Reads the settings and loads the template.
    ///
    /// `file` is the template where the command takes it without a flag.
    pub fn load(&self, file: Option<&Path>, environment: &Environment) -> Project {
        let (options, settings) = self.options(environment);
        Project {
            loaded: project::load(self.path(file), &options),
            region: options.region,
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
        let (options, settings) = self.options(environment);
        (project::expand(self.path(file), &options), settings)
    }

    /// Whether --template names a template.
    pub fn is_named(&self) -> bool {
        self.template.is_some()
    }

    /// `--region`.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The template's path. Without a name it is looked for in the current folder.
    fn path<'a>(&'a self, file: Option<&'a Path>) -> &'a Path {
        file.or(self.template.as_deref()).unwrap_or(Path::new(""))
    }

    fn options(&self, environment: &Environment) -> (project::Options, (Sources, Diagnostics)) {
        let mut sources = Sources::new();
        let mut diagnostics = Diagnostics::new();
        let parameters =
            ParameterOverrides::parse(&self.parameter_overrides, &mut sources, &mut diagnostics);
        let region = config::region(self.region.as_deref(), environment, &mut diagnostics).value;
        let options = project::Options {
            parameters: parameters.to_map(),
            region,
            ..project::Options::default()
        };
        (options, (sources, diagnostics))
    }
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
