//! The event of an invocation: a file or standard input, checked before anything runs.

use std::io::Read;
use std::path::Path;

use crate::diag::{Diagnostic, Sources, Span};

/// The largest event of a synchronous invocation, in bytes. Source: Lambda quotas, "Invocation payload".
const MAX_EVENT: usize = 6_291_456;

/// The event's text, checked to be JSON; `{}` without a file, standard input for `-`.
///
/// # Errors
/// When it cannot be read, is larger than Lambda takes, or is not one JSON value; the place is marked.
pub fn read(file: Option<&Path>, sources: &mut Sources) -> Result<String, Box<Diagnostic>> {
    let Some(file) = file else {
        return Ok("{}".into());
    };
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
            unreadable(format!("cannot read the event {name}: {}", reason(&error)))
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
        let error = read(Some(&file), &mut sources).unwrap_err();
        let position = sources.position(error.span().unwrap());
        assert_eq!((position.line, position.column), (2, 9));
    }
}
