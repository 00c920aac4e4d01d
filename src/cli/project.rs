//! The arguments that name a template, and loading it.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, Stop};
use crate::config::{self, Environment, ParameterOverrides};
use crate::diag::{Diagnostics, Sources};
use crate::project::{self, Loaded};
use crate::ui::Ui;

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
    pub fn load(&self, environment: &Environment) -> Project {
        let mut sources = Sources::new();
        let mut diagnostics = Diagnostics::new();
        let parameters =
            ParameterOverrides::parse(&self.parameter_overrides, &mut sources, &mut diagnostics);
        let region = config::region(self.region.as_deref(), environment, &mut diagnostics).value;
        let options = project::Options {
            parameters: parameters.to_map(),
            region: region.clone(),
            ..project::Options::default()
        };
        // Without a name it is looked for in the current folder.
        let path = self.template.as_deref().unwrap_or(Path::new(""));
        Project {
            loaded: project::load(path, &options),
            region,
            settings: (sources, diagnostics),
        }
    }
}

impl Project {
    /// Shows everything that is wrong to people; stops when an error is among it.
    ///
    /// # Errors
    /// When there is an error, or standard error cannot be written.
    pub fn report(&self, ui: &Ui) -> Result<(), Stop> {
        report(ui, &self.settings.0, &self.settings.1)?;
        report(ui, &self.loaded.sources, &self.loaded.diagnostics)
    }
}

/// Shows diagnostics to people; stops when one of them is an error.
///
/// # Errors
/// When there is an error among them, or standard error cannot be written.
pub fn report(ui: &Ui, sources: &Sources, diagnostics: &Diagnostics) -> Result<(), Stop> {
    if !diagnostics.is_empty() {
        ui.explain(sources, diagnostics.iter())?;
    }
    if diagnostics.has_errors() {
        return Err(Stop::Said(Exit::Input));
    }
    Ok(())
}
