//! `hoist expand`: the CloudFormation template that a SAM template stands for.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::project::{TemplateArguments, report};
use super::{Exit, Output, Stop};
use crate::config::Environment;
use crate::project::Transformed;
use crate::template::{Template, to_yaml};
use crate::ui::Ui;

/// Print the CloudFormation template that SAM's transform makes of a template
///
/// What is printed can be handed to CloudFormation as it is. Code that is a path on this machine stays one: run
/// `aws cloudformation package` over it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The template, as with --template
    #[arg(value_name = "TEMPLATE", conflicts_with = "template")]
    file: Option<PathBuf>,

    #[command(flatten)]
    template: TemplateArguments,

    /// Print JSON instead of YAML
    #[arg(long)]
    json: bool,

    /// Say of each resource which one of the template it came from: as comments in YAML, in `Metadata` in JSON
    #[arg(long)]
    origin: bool,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        match self.json {
            true => Output::Json,
            false => Output::Text,
        }
    }
}

/// Prints the template. Ends with [`Exit::Input`] when something is wrong with it.
pub fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let (transformed, settings) = arguments
        .template
        .expand(arguments.file.as_deref(), environment);
    report(ui, &settings.0, &settings.1)?;
    report(ui, &transformed.sources, &transformed.diagnostics)?;
    let Some(template) = &transformed.template else {
        return Ok(Exit::Input);
    };
    if arguments.json {
        ui.data_json(&as_json(template, &transformed, arguments.origin))?;
    } else {
        let comment = |path: &[&str]| match path {
            ["Resources", id] if arguments.origin => {
                Some(format!("from {}", origin(&transformed, id)?))
            }
            _ => None,
        };
        ui.data(to_yaml(&template.root, &comment).as_bytes())?;
    }
    Ok(Exit::Ok)
}

/// `MyFunction (template.yaml:12)`. None for an id that is not in the template.
fn origin(transformed: &Transformed, id: &str) -> Option<String> {
    let origin = transformed.origins.get(id)?;
    let line = transformed.sources.position(origin.span).line;
    let path = transformed.sources.path(origin.span);
    Some(format!("{} ({}:{line})", origin.id, path.display()))
}

fn as_json(template: &Template, transformed: &Transformed, with_origin: bool) -> Value {
    let mut root = template.root.to_json();
    if with_origin && let Some(sections) = root.as_object_mut() {
        let origins: serde_json::Map<String, Value> = template
            .resources
            .keys()
            .filter_map(|id| Some((id.clone(), Value::from(origin(transformed, id)?))))
            .collect();
        let metadata = sections.entry("Metadata").or_insert_with(|| json!({}));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.insert("Hoist::Origin".into(), Value::Object(origins));
        }
    }
    root
}
