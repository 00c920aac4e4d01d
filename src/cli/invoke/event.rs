//! The event of an invocation: a file, a saved event or standard input, checked before anything runs.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::event::EVENTS;
use crate::diag::{Diagnostic, Sources, Span, did_you_mean};

/// The largest event of a synchronous invocation, in bytes. Source: Lambda quotas, "Invocation payload".
pub(super) const MAX_EVENT: usize = 6_291_456;

/// What the function is invoked with.
#[derive(Debug, Args)]
pub struct EventArguments {
    /// The event: a JSON file, the NAME of events/NAME.json, or - for standard input [default: {}]
    #[arg(short, long, value_name = "FILE")]
    pub(super) event: Option<PathBuf>,

    /// Make the event: sqs, s3/delete, http-api, … (`hoist event list` shows all)
    #[arg(long, value_name = "EVENT_TYPE", conflicts_with = "event")]
    pub(super) event_type: Option<String>,

    /// With --event-type: a parameter of the event; may be given several times
    #[arg(long, value_name = "PARAMETER=VALUE", requires = "event_type", value_parser = parameter)]
    pub(super) event_param: Vec<(String, String)>,

    /// With --event-type: the message's body, the record's data, the event's detail
    #[arg(
        long,
        value_name = "TEXT",
        requires = "event_type",
        allow_hyphen_values = true
    )]
    pub(super) body: Option<String>,
}

fn parameter(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text
        .split_once('=')
        .ok_or("it is written PARAMETER=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// The event's text, checked to be JSON; `{}` without a file, standard input for `-`.
///
/// `base_dir` is the template's folder, beside which saved events lie.
///
/// # Errors
/// When it cannot be read, is larger than Lambda takes, or is not one JSON value; the place is marked.
pub fn read(
    given: Option<&Path>,
    base_dir: &Path,
    sources: &mut Sources,
) -> Result<String, Box<Diagnostic>> {
    let Some(given) = given else {
        return Ok("{}".into());
    };
    let saved = saved(given, base_dir);
    let file = saved.as_deref().unwrap_or(given);
    let unreadable = |what: String| Box::new(Diagnostic::error("invoke/event", what));
    let (name, bytes) = if file == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin()
            .take(MAX_EVENT as u64 + 1)
            .read_to_end(&mut bytes);
        read.map_err(|error| {
            unreadable(format!(
                "cannot read the event from standard input: {error}"
            ))
        })?;
        ("<standard input>".into(), bytes)
    } else {
        let open = std::fs::File::open(file).and_then(|open| {
            let mut bytes = Vec::new();
            open.take(MAX_EVENT as u64 + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        let bytes = open.map_err(|error| {
            let name = file.display().to_string();
            if name.starts_with(['{', '[', '"']) {
                let inline = unreadable("-e takes the name of a file, not the event itself".into());
                return Box::new(
                    inline.help("pipe it instead: `echo '{…}' | hoist invoke … -e -`"),
                );
            }
            let failed = unreadable(format!("cannot read the event {name}: {}", reason(&error)));
            match near(&name, base_dir) {
                Some(help) if error.kind() == std::io::ErrorKind::NotFound => {
                    Box::new(failed.help(help))
                }
                _ => failed,
            }
        })?;
        (file.display().to_string(), bytes)
    };
    if bytes.len() > MAX_EVENT {
        return Err(unreadable(format!(
            "the event {name} is larger than the 6 MB that Lambda takes"
        )));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| unreadable(format!("the event {name} is not valid UTF-8")))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        let empty = unreadable(format!("the event {name} is empty"));
        return Err(Box::new(
            empty.help("an event is one JSON value; without -e it is {}"),
        ));
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => {
            let source = sources.add(name, text);
            let at = offset(text, error.line(), error.column());
            let what = error.to_string();
            let what = what.split(" at line ").next().unwrap_or_default();
            Err(Box::new(
                Diagnostic::error("invoke/event", format!("the event is not JSON: {what}"))
                    .at(Span::new(source, at, at))
                    .help("an event is one JSON value; without -e it is {}"),
            ))
        }
    }
}

/// The saved event that is meant: a name without a folder that is no file here.
fn saved(given: &Path, base_dir: &Path) -> Option<PathBuf> {
    let name = given.to_str()?;
    let is_name = given.file_name() == Some(given.as_os_str()) && !given.exists();
    let folder = base_dir.join(EVENTS);
    let candidates = [format!("{name}.json"), name.to_owned()];
    let mut files = candidates.iter().map(|file| folder.join(file));
    files.find(|file| is_name && name != "-" && file.is_file())
}

/// The saved event that a mistyped name may mean.
fn near(name: &str, base_dir: &Path) -> Option<String> {
    let files = std::fs::read_dir(base_dir.join(EVENTS)).ok()?;
    let names: Vec<String> = files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .filter_map(|file| Some(file.strip_suffix(".json")?.to_owned()))
        .collect();
    let name = name.trim_end_matches(".json");
    did_you_mean(name, names.iter().map(String::as_str))
}

/// What the system said, in words.
fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a folder".into(),
        _ => error.to_string(),
    }
}

/// The byte that serde's line and column (in bytes, both from 1) mean.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_in_the_event_is_marked_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("event.json");
        std::fs::write(&file, "{\n  \"a\": nope\n}").unwrap();
        let mut sources = Sources::new();
        let error = read(Some(&file), folder.path(), &mut sources).unwrap_err();
        let position = sources.position(error.span().unwrap());
        assert_eq!((position.line, position.column), (2, 9));
    }

    #[test]
    fn a_saved_event_goes_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(EVENTS)).unwrap();
        std::fs::write(folder.path().join(EVENTS).join("order.json"), "{\"a\": 1}").unwrap();
        let read = |name: &str| {
            let mut sources = Sources::new();
            read(Some(Path::new(name)), folder.path(), &mut sources)
        };
        assert_eq!(read("order").unwrap(), "{\"a\": 1}");
        assert_eq!(read("order.json").unwrap(), "{\"a\": 1}");
        let error = read("ordr").unwrap_err();
        assert!(
            format!("{error:?}").contains("did you mean `order`?"),
            "{error:?}"
        );
        assert!(read("../order").is_err());
    }
}
