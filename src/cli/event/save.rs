//! Keeping an event beside the template.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::EVENTS;

/// Why an event was not saved, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) what: String,
    pub(super) help: String,
}

/// Where the event of that name goes: `events/NAME.json` beside the template, or in this folder without one.
///
/// # Errors
/// When the name is not a plain file name, or the template is not there.
pub(super) fn place(template: Option<&Path>, name: &str) -> Result<PathBuf, Problem> {
    let plain = |letter: char| letter.is_alphanumeric() || "-_. ".contains(letter);
    if name.is_empty() || name.starts_with(['.', ' ']) || !name.chars().all(plain) {
        return Err(Problem {
            what: format!("`{name}` cannot be the name of an event"),
            help: "a name has letters, digits, `-`, `_` and `.`; it is saved as events/NAME.json"
                .into(),
        });
    }
    let file = format!("{name}.json");
    let folder = match template {
        None => PathBuf::new(),
        Some(folder) if folder.is_dir() => folder.to_path_buf(),
        Some(template) if template.is_file() => {
            template.parent().unwrap_or(Path::new("")).to_path_buf()
        }
        Some(template) => {
            return Err(Problem {
                what: format!("there is no template {}", template.display()),
                help: "leave out --template to save the event in this folder".into(),
            });
        }
    };
    Ok(folder.join(EVENTS).join(file))
}

/// Writes the file and the folder it lies in. What is there already is replaced only with `force`.
///
/// # Errors
/// When it is there already, or cannot be written.
pub(super) fn write(path: &Path, text: &str, force: bool) -> Result<(), Problem> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => Problem {
            what: format!("{} is there already", path.display()),
            help: "add --force to replace it, or choose another name: `--save NAME`".into(),
        },
        _ => Problem {
            what: format!("cannot write {}: {error}", path.display()),
            help: "without --save the event is printed: redirect it to where you can write".into(),
        },
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| match folder.is_file() {
            true => Problem {
                what: format!("{} is a file, not a folder", folder.display()),
                help: "saved events lie in a folder of that name; move the file away".into(),
            },
            false => failed(error),
        })?;
    }
    let mut options = OpenOptions::new();
    options.write(true);
    match force {
        true => options.create(true).truncate(true),
        false => options.create_new(true),
    };
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_goes_beside_the_template() {
        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join("template.yaml");
        fs::write(&template, "").unwrap();
        let wanted = folder.path().join("events/a.json");
        assert_eq!(place(Some(&template), "a").as_ref(), Ok(&wanted));
        assert_eq!(place(Some(folder.path()), "a").as_ref(), Ok(&wanted));
        assert_eq!(place(None, "a"), Ok("events/a.json".into()));
        let missing = folder.path().join("none.yaml");
        assert!(
            place(Some(&missing), "a")
                .unwrap_err()
                .what
                .contains("none.yaml")
        );
    }

    #[test]
    fn a_name_cannot_lead_out_of_the_folder() {
        for name in [
            "", "..", "../a", "a/b", "/a", "a\\b", ".hidden", "a\n", "C:a",
        ] {
            assert!(place(None, name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_saved_event_is_replaced_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events/a.json");
        write(&path, "1", false).unwrap();
        let problem = write(&path, "2", false).unwrap_err();
        assert!(problem.help.contains("--force"), "{problem:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "1");
        write(&path, "2", true).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "2");
    }

    #[test]
    fn a_file_where_the_folder_would_be_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("events"), "").unwrap();
        let problem = write(&folder.path().join("events/a.json"), "1", false).unwrap_err();
        assert!(problem.what.contains("is a file"), "{problem:?}");
    }
}
