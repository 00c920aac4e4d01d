//! Parameters in TOML and YAML: `parameter_overrides` in a `samconfig` file, and the files that `file://` names.
//!
//! The rules are SAM's (`CfnParameterOverridesType` in `samcli/cli/types.py`): a table gives names and values, a list
//! any of them after each other, `$include` in a table more files. A value that is a list is joined with commas.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::{CODE, FLAG, ParameterOverrides, hide, unescape, unquote};
use crate::config::file::{self, Content, Item};
use crate::diag::{Diagnostic, Diagnostics, Sources, Span};

/// Files that one setting may read, those they include counted: no set of files can make it endless.
const MAX_FILES: usize = 100;

/// The key of a table that names more files.
const INCLUDE: &str = "$include";

/// Reads trees and the files they name into one map of values.
pub(super) struct Reader<'a> {
    sources: &'a mut Sources,
    diagnostics: &'a mut Diagnostics,
    /// The files being read, each included by the one before it.
    open: Vec<PathBuf>,
    files: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(sources: &'a mut Sources, diagnostics: &'a mut Diagnostics) -> Self {
        Reader {
            sources,
            diagnostics,
            open: Vec::new(),
            files: 0,
        }
    }

    /// A file that the user named.
    pub(super) fn file(&mut self, path: &Path, values: &mut IndexMap<String, String>) {
        self.include(path, None, values);
    }

    /// A value of any shape. `folder` is where relative paths in it start: the current folder when none is given.
    pub(super) fn item(
        &mut self,
        item: &Item,
        folder: Option<&Path>,
        values: &mut IndexMap<String, String>,
    ) {
        match &item.content {
            Content::Null => {}
            Content::Text(text) => self.text(text.trim(), item.span, folder, values),
            Content::List(items) => {
                for item in items {
                    self.item(item, folder, values);
                }
            }
            Content::Table(members) => {
                for (name, member) in members {
                    if name == INCLUDE {
                        self.item_of_include(&member.item, folder, values);
                    } else {
                        self.value(name, &member.item, values);
                    }
                }
            }
            _ => self.fault(
                format!("parameters cannot be {}", item.kind()),
                item.span,
                "write a table of names and values, or \"Name=value Name=value\"",
            ),
        }
    }

    fn text(
        &mut self,
        text: &str,
        at: Span,
        folder: Option<&Path>,
        values: &mut IndexMap<String, String>,
    ) {
        if let Some(path) = text.strip_prefix("file://") {
            let path = folder.map_or_else(|| PathBuf::from(path), |folder| folder.join(path));
            return self.include(&path, Some(at), values);
        }
        let mut read = ParameterOverrides::default();
        read.read_text(text, Some(at), self.diagnostics);
        values.extend(read.values);
    }

    fn item_of_include(
        &mut self,
        item: &Item,
        folder: Option<&Path>,
        values: &mut IndexMap<String, String>,
    ) {
        match &item.content {
            Content::Text(_) | Content::List(_) => self.item(item, folder, values),
            _ => self.fault(
                format!("`{INCLUDE}` must be text or a list, not {}", item.kind()),
                item.span,
                "for example `\"$include\" = \"file://parameters.yaml\"`",
            ),
        }
    }

    fn value(&mut self, name: &str, item: &Item, values: &mut IndexMap<String, String>) {
        let text = match &item.content {
            // SAM leaves empty elements out and the spaces around the others.
            Content::List(items) => items
                .iter()
                .map(Item::to_text)
                .collect::<Option<Vec<_>>>()
                .map(|all| {
                    let all: Vec<&str> = all
                        .iter()
                        .filter(|one| !one.is_empty())
                        .map(|one| one.trim())
                        .collect();
                    all.join(",")
                }),
            _ => item.to_text(),
        };
        match text {
            Some(text) => drop(values.insert(unescape(unquote(name)), unescape(unquote(&text)))),
            None => self.fault(
                format!("the value of `{name}` must be text, a number or a list of them"),
                item.span,
                "a template parameter holds text",
            ),
        }
    }

    fn include(&mut self, path: &Path, at: Option<Span>, values: &mut IndexMap<String, String>) {
        let identity = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.files += 1;
        if self.open.contains(&identity) {
            let summary = format!("{} includes itself", path.display());
            return self.push(Diagnostic::error(CODE, summary), at);
        }
        if self.files > MAX_FILES {
            if self.files == MAX_FILES + 1 {
                let summary = format!("more than {MAX_FILES} files of parameters are included");
                self.push(Diagnostic::error(CODE, summary), at);
            }
            return;
        }
        if path.extension().is_some_and(|ending| ending == "json") {
            let mut read = ParameterOverrides::default();
            read.read_file(path, self.sources, self.diagnostics);
            return values.extend(read.values);
        }
        let Some((source, root)) = file::read(path, FLAG, self.sources, self.diagnostics) else {
            return;
        };
        let Some(root) = root else {
            // Its values may be secrets, and where they stand is not known.
            let length = self.sources.file(source).text.len();
            return self.sources.mask(Span::new(source, 0, length));
        };
        self.open.push(identity);
        self.item(&root, path.parent(), values);
        self.open.pop();
        hide(&root, self.sources);
    }

    fn fault(&mut self, summary: String, at: Span, help: &str) {
        let diagnostic = Diagnostic::error(CODE, summary).help(help);
        self.push(diagnostic, Some(at));
    }

    fn push(&mut self, diagnostic: Diagnostic, at: Option<Span>) {
        self.diagnostics.push(match at {
            Some(at) => diagnostic.at(at),
            None => diagnostic,
        });
    }
}
