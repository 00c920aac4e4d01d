//! `hoist event list`: the sample events there are.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::project::fail;
use crate::cli::{Exit, Output, Stop};
use crate::diag::did_you_mean;
use crate::sample::{self, Sample, short_names};
use crate::ui::{Align, Format, Table, Ui};

/// List the sample events, of all services or of one
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only this service's events
    #[arg(value_name = "SERVICE")]
    service: Option<String>,

    /// What to print; as JSON with every event's parameters
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Output,
}

impl Arguments {
    pub(super) fn output(&self) -> Output {
        self.output
    }
}

/// Prints the list.
pub fn run(arguments: &Arguments, ui: &Ui) -> Result<Exit, Stop> {
    let services = sample::catalogue();
    let wanted = arguments.service.as_deref();
    if let Some(name) = wanted
        && sample::service(name).is_none()
    {
        fail(
            ui,
            &format!("there are no sample events of a service `{name}`"),
        )?;
        let near = did_you_mean(name, services.iter().map(|service| service.name));
        ui.help(&near.unwrap_or_else(|| "`hoist event list` shows all services".into()))?;
        return Err(Stop::Said(Exit::Usage));
    }
    let samples: Vec<&Sample> = services
        .iter()
        .filter(|service| wanted.is_none_or(|name| service.name == name))
        .flat_map(|service| &service.samples)
        .collect();
    if ui.format() == Format::Json {
        let all: Vec<Value> = samples.into_iter().map(as_json).collect();
        ui.data_json(&all)?;
        return Ok(Exit::Ok);
    }
    let mut table = Table::new([
        ("SERVICE", Align::Left),
        ("EVENT", Align::Left),
        ("SHORT NAME", Align::Left),
        ("WHAT HAPPENED", Align::Left),
    ]);
    for sample in samples {
        let short = short_names(sample).next().unwrap_or_default();
        table.row([sample.service, sample.event, short, &sample.summary]);
    }
    ui.data(table.render().as_bytes())?;
    Ok(Exit::Ok)
}

fn as_json(sample: &Sample) -> Value {
    let parameters: Vec<Value> = sample
        .parameters
        .iter()
        .map(|(name, parameter)| {
            json!({
                "name": name,
                "type": parameter.kind.name(),
                "default": parameter.default,
                "about": parameter.about,
                "encodings": sample.encodings(name),
                "values": parameter.only,
                "alias": parameter.alias,
            })
        })
        .collect();
    json!({
        "service": sample.service,
        "event": sample.event,
        "summary": sample.summary,
        "shortNames": short_names(sample).collect::<Vec<_>>(),
        "payload": sample.payload,
        "parameters": parameters,
    })
}
