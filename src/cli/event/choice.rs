//! `SERVICE EVENT [--PARAMETER VALUE…]` as commands of clap, made from the catalogue: so help, completion and
//! "a similar command exists" know every sample.

use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};
use clap::error::{Error, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand};
use serde_json::Value;

use crate::sample::{self, Kind, Parameter, Sample, Values};

/// What help calls the service; the one command that has services below it is told by it.
pub(in crate::cli) const SERVICE: &str = "SERVICE";

/// The sample that was chosen, and the values that were given.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) sample: &'static Sample,
    pub(super) values: Values,
}

impl Subcommand for Choice {
    fn augment_subcommands(command: Command) -> Command {
        // The catalogue is read only when the command line leads here.
        command.defer(services)
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        sample::service(name).is_some()
    }
}

impl FromArgMatches for Choice {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let chosen = matches.subcommand().and_then(|(service, matches)| {
            let (event, matches) = matches.subcommand()?;
            let sample = sample::service(service)?.sample(event)?;
            Some((sample, matches))
        });
        let Some((sample, matches)) = chosen else {
            let message = "say which event: hoist event generate SERVICE EVENT\n";
            return Err(Error::raw(ErrorKind::MissingSubcommand, message));
        };
        let given = sample
            .parameters
            .keys()
            .filter(|name| matches.value_source(name.as_str()) == Some(ValueSource::CommandLine));
        let values = given.filter_map(|name| {
            let value = matches.get_one::<Value>(name)?;
            Some((name.clone(), value.clone()))
        });
        Ok(Choice {
            sample,
            values: values.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn services(command: Command) -> Command {
    let services = sample::catalogue().iter().map(|service| {
        Command::new(service.name)
            .about(service.about)
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommand_value_name("EVENT")
            .subcommand_help_heading("Events")
            .disable_help_subcommand(true)
            .subcommands(service.samples.iter().map(event))
    });
    command
        .subcommand_value_name(SERVICE)
        .subcommand_help_heading("Services")
        .disable_help_subcommand(true)
        .subcommands(services)
}

fn event(sample: &'static Sample) -> Command {
    let parameters = sample
        .parameters
        .iter()
        .map(|(name, parameter)| argument(sample, name, parameter));
    Command::new(sample.event)
        .about(sample.summary.as_str())
        // One line for each parameter, for `--help` too.
        .disable_help_flag(true)
        .arg(help_flag())
        .next_help_heading("Parameters")
        .args(parameters)
}

fn help_flag() -> Arg {
    Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::HelpShort)
        .help("Print help")
}

fn argument(sample: &Sample, name: &'static str, parameter: &'static Parameter) -> Arg {
    let mut help = capitalised(&parameter.about);
    let encodings: Vec<&str> = sample
        .encodings(name)
        .into_iter()
        .filter_map(told)
        .collect();
    if !encodings.is_empty() {
        help.push_str(&format!("; {} in the event", encodings.join(" and ")));
    }
    let argument = Arg::new(name)
        .long(name)
        .help(help)
        .value_name(value_name(parameter.kind))
        .allow_negative_numbers(true)
        .default_value(parameter.default_text.as_str())
        .value_parser(parser(parameter));
    match &parameter.alias {
        Some(alias) => argument.alias(alias.as_str()),
        None => argument,
    }
}

/// How an encoding is told in help; those that only follow from where the value stands are not worth a word.
fn told(encoding: &str) -> Option<&'static str> {
    match encoding {
        "base64" => Some("base64-encoded"),
        "url" => Some("percent-encoded"),
        "md5" => Some("with its MD5"),
        "query" => Some("also as an object"),
        _ => None,
    }
}

fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::String => "TEXT",
        Kind::Integer => "NUMBER",
        Kind::Boolean => "true|false",
        Kind::Object => "JSON",
        Kind::Json => "JSON",
    }
}

fn parser(parameter: &'static Parameter) -> ValueParser {
    if parameter.only.is_empty() {
        return ValueParser::new(move |text: &str| parameter.read(text));
    }
    PossibleValuesParser::new(parameter.only.iter().map(String::as_str))
        .map(Value::String)
        .into()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
