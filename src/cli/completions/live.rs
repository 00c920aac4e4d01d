//! What a shell's script asks at every press of the Tab key. It reads files of the project and nothing else, and says
//! nothing when they are faulty: a prompt is no place for messages.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, Command, CommandFactory, ValueEnum, ValueHint};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::Shell;
use super::script::{VARIABLE, completer};
use crate::cli::{Arguments, Exit};
use crate::config::{self, Environment};
use crate::project::{Named, outline};
use crate::sample::{catalogue, short_names};
use crate::ui::{ColorChoice, Format, Surroundings, Ui};

/// Answers a shell's question, when this process was started to be asked one.
pub fn complete(environment: &Environment) -> Option<Exit> {
    let shell = Shell::from_str(environment.variable(VARIABLE)?, true).ok()?;
    // The script puts `--` between its own call and the words of the command line.
    let words: Vec<OsString> = environment
        .words()
        .iter()
        .skip_while(|word| *word != "--")
        .skip(1)
        .cloned()
        .collect();
    if words.is_empty() {
        return Some(Exit::Usage);
    }
    let mut command = command(&words, environment);
    let mut answer = Vec::new();
    let ui = Ui::new(ColorChoice::Never, Format::Text, Surroundings::default());
    let said = completer(shell)
        .write_complete(&mut command, words, environment.folder(), &mut answer)
        .and_then(|()| ui.data(&answer));
    // A failure is the shell's cue to try its own completion.
    Some(said.map_or(Exit::Input, |()| Exit::Ok))
}

/// The command line with candidates for what only the project and the machine know.
pub(super) fn command(words: &[OsString], environment: &Environment) -> Command {
    let place = Arc::new(Place {
        template: template(words, environment),
        environment: environment.clone(),
    });
    with_candidates(Arguments::command(), &place)
}

/// Where candidates come from.
struct Place {
    /// The template or its folder.
    template: PathBuf,
    environment: Environment,
}

fn with_candidates(command: Command, place: &Arc<Place>) -> Command {
    command
        .mut_args(|argument| argument_with_candidates(argument, place))
        .mut_subcommands(|command| with_candidates(command, place))
}

/// What a value is called in the help says what it may be, in all commands.
fn argument_with_candidates(argument: Arg, place: &Arc<Place>) -> Arg {
    let name = argument.get_value_names().and_then(|names| names.first());
    let find: fn(&Place) -> Vec<CompletionCandidate> = match name.map(|name| name.as_str()) {
        Some("FUNCTION") => |place| candidates(outline(&place.template).functions),
        Some("RESOURCE") => |place| candidates(outline(&place.template).resources),
        Some("NAME=VALUE") => |place| {
            let mut parameters = outline(&place.template).parameters;
            parameters
                .iter_mut()
                .for_each(|parameter| parameter.name.push('='));
            candidates(parameters)
        },
        Some("EVENT_TYPE") => |_| event_types(),
        Some("PROFILE") => |place| {
            let profiles = config::profiles(&place.environment);
            profiles.into_iter().map(CompletionCandidate::new).collect()
        },
        Some("DIR") => return argument.value_hint(ValueHint::DirPath),
        _ => return argument,
    };
    let place = Arc::clone(place);
    argument.add(ArgValueCandidates::new(move || find(&place)))
}

/// Every sample event by its full name, and by the short name that is shown in lists.
fn event_types() -> Vec<CompletionCandidate> {
    let samples = catalogue().iter().flat_map(|service| &service.samples);
    let named = samples.flat_map(|sample| {
        let short = short_names(sample).take(1).map(str::to_owned);
        let names = short.chain([sample.name()]);
        names.map(|name| CompletionCandidate::new(name).help(Some(sample.summary.clone().into())))
    });
    named.collect()
}

fn candidates(names: Vec<Named>) -> Vec<CompletionCandidate> {
    names
        .into_iter()
        .map(|named| {
            let help = Some(named.note).filter(|note| !note.is_empty());
            CompletionCandidate::new(named.name).help(help.map(Into::into))
        })
        .collect()
}

/// The template that the words name so far; the current folder when they name none.
fn template(words: &[OsString], environment: &Environment) -> PathBuf {
    let mut named = None;
    let mut words = words.iter().map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        if word == "-t" || word == "--template" {
            named = words.next().or(named);
        } else if let Some(rest) = word
            .strip_prefix("--template=")
            .or_else(|| word.strip_prefix("-t").filter(|rest| !rest.is_empty()))
        {
            named = Some(rest.to_owned().into());
        }
    }
    // The words are as they were typed: quoted, and with a `~` that the shell has not replaced yet.
    let named = named.unwrap_or_default();
    let named = named.trim_matches(['"', '\'']);
    match (named.strip_prefix("~/"), environment.home()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(named),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(line: &str, environment: &Environment) -> Vec<String> {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let mut command = command(&words, environment);
        let index = words.len() - 1;
        clap_complete::engine::complete(&mut command, words, index, None)
            .unwrap()
            .iter()
            .map(|candidate| candidate.get_value().to_string_lossy().into_owned())
            .collect()
    }

    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let text = "\
Parameters:
  Stage: {Type: String}
Resources:
  GetFunction: {Type: AWS::Serverless::Function}
  PutFunction: {Type: AWS::Serverless::Function}
  Jobs: {Type: AWS::SQS::Queue}
";
        std::fs::write(folder.path().join("template.yaml"), text).unwrap();
        folder
    }

    #[test]
    fn functions_are_those_of_the_template_that_the_line_names() {
        let folder = project();
        let place = folder.path().display();
        let environment = Environment::default();
        let all = ["GetFunction", "PutFunction"];
        for line in [
            format!("hoist invoke -t {place} P"),
            format!("hoist invoke --local --template {place}/template.yaml P"),
            format!("hoist invoke --template={place} P"),
            format!("hoist invoke -t{place} P"),
            format!("hoist invoke -t \"{place}\" P"),
        ] {
            assert_eq!(completed(&line, &environment), all[1..], "{line}");
        }
        let home = Environment::from_pairs([("HOME", folder.path().to_str().unwrap())]);
        let found = completed("hoist invoke -t ~/template.yaml ", &home);
        assert_eq!(found[..2], all);
        assert!(found[2..].iter().all(|other| other.starts_with('-')));
    }

    #[test]
    fn parameters_are_completed_up_to_their_value() {
        let folder = project();
        let line = format!(
            "hoist invoke -t {} --parameter-overrides S",
            folder.path().display()
        );
        assert_eq!(completed(&line, &Environment::default()), ["Stage="]);
    }

    #[test]
    fn sample_events_are_completed_as_types_and_as_commands() {
        let nothing = Environment::default();
        let types = completed("hoist invoke --event-type s3/p", &nothing);
        assert_eq!(types, ["s3/put"]);
        let types = completed("hoist invoke --event-type sq", &nothing);
        assert!(types.contains(&"sqs".to_owned()), "{types:?}");
        assert_eq!(completed("hoist event generate s3 pu", &nothing), ["put"]);
        assert_eq!(
            completed("hoist event generate s3 put --buck", &nothing),
            ["--bucket"]
        );
        let sources = completed(
            "hoist event generate cognito pre-sign-up --trigger-source ",
            &nothing,
        );
        assert!(
            sources.contains(&"PreSignUp_SignUp".to_owned()),
            "{sources:?}"
        );
    }

    #[test]
    fn a_broken_template_has_no_functions() {
        let folder = project();
        std::fs::write(folder.path().join("template.yaml"), "Resources: [").unwrap();
        let line = format!("hoist invoke -t {} G", folder.path().display());
        assert!(completed(&line, &Environment::default()).is_empty());
    }

    #[test]
    fn profiles_are_those_of_both_files() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".aws");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("config"), "[default]\n[profile work]\n").unwrap();
        std::fs::write(folder.join("credentials"), "[work]\n[ci]\n").unwrap();
        let place = Arc::new(Place {
            template: PathBuf::new(),
            environment: Environment::from_pairs([("HOME", home.path().to_str().unwrap())]),
        });
        let mut command = with_candidates(
            Command::new("x").arg(Arg::new("profile").long("profile").value_name("PROFILE")),
            &place,
        );
        let words = ["x", "--profile", ""].map(OsString::from).to_vec();
        let found = clap_complete::engine::complete(&mut command, words, 2, None).unwrap();
        let names: Vec<_> = found.iter().map(|one| one.get_value()).collect();
        assert_eq!(names, ["ci", "default", "work"]);
    }
}
