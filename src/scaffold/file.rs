//! One file of a new project, made from an embedded one.

use std::path::{Component, Path, PathBuf};

use super::name::Name;

/// What stands for the project's name in embedded files.
const NAME: &str = "{{name}}";

/// A file of a new project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it goes, from the project's folder.
    pub path: PathBuf,
    /// What is in it.
    pub content: Vec<u8>,
}

impl File {
    /// The file that an embedded one of the project `project` becomes.
    pub(super) fn of(source: &include_dir::File<'_>, project: &str, name: &Name) -> Self {
        let inside = source.path().strip_prefix(project).unwrap_or(source.path());
        let content = match source.contents_utf8() {
            Some(text) => text.replace(NAME, name.as_str()).into_bytes(),
            None => source.contents().to_vec(),
        };
        File {
            path: target(inside),
            content,
        }
    }
}

/// All files of an embedded folder and of those in it.
pub(super) fn all<'a>(folder: &'a include_dir::Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let mut files: Vec<_> = folder.files().collect();
    for inner in folder.dirs() {
        files.extend(all(inner));
    }
    files
}

/// The name that an embedded file has in a new project; see the module `scaffold` for why they differ.
fn target(path: &Path) -> PathBuf {
    path.components()
        .map(|component| match component {
            Component::Normal(name) => {
                let name = name.to_string_lossy();
                let name = name.strip_suffix(".in").unwrap_or(&name);
                match name.strip_prefix("dot-") {
                    Some(rest) => format!(".{rest}"),
                    None => name.to_owned(),
                }
            }
            other => other.as_os_str().to_string_lossy().into_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_source_tree_cannot_hold_are_put_right() {
        for (stored, written) in [
            ("dot-gitignore", ".gitignore"),
            ("dot-vscode/settings.json", ".vscode/settings.json"),
            ("Cargo.toml.in", "Cargo.toml"),
            ("src/main.rs.in", "src/main.rs"),
            ("src/notes.mjs", "src/notes.mjs"),
        ] {
            assert_eq!(target(Path::new(stored)), Path::new(written));
        }
    }
}
