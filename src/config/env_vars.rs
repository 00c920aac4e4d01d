//! `--env-vars FILE`: environment variables in the JSON format of `sam local invoke`.
//!
//! `{"MyFunction": {"NAME": "value"}, "Parameters": {"NAME": "value"}}`: `Parameters` is for all
//! functions, the rest for the function with that logical id or `FunctionName`. ("Environment variable
//! file" in the AWS SAM developer guide.)

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::Ranged;

use super::assignment::Assignment;
use super::json::{JsonFile, scalar};
use crate::diag::{Diagnostic, Diagnostics, Sources, Span};

/// The member whose variables are for every function.
pub(super) const EVERY_FUNCTION: &str = "Parameters";

const SHAPE: &str = r#"the file looks like {"LogicalId": {"NAME": "value"}, "Parameters": {"NAME": "value"}}; `Parameters` is for all functions"#;

/// The file's contents.
#[derive(Debug, Clone)]
pub(super) struct EnvVars {
    pub(super) path: PathBuf,
    /// By logical id, `FunctionName` or `Parameters`.
    pub(super) sections: IndexMap<String, Section>,
}

/// The variables for one function, or for all.
#[derive(Debug, Clone)]
pub(super) struct Section {
    /// Its name in the file.
    pub(super) span: Span,
    pub(super) variables: IndexMap<String, Assignment>,
}

impl EnvVars {
    /// Reads the file. What is wrong in it is reported and left out.
    pub(super) fn read(
        path: &Path,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let file = JsonFile::read(path, "--env-vars", sources, diagnostics)?;
        Some(EnvVars {
            path: path.to_owned(),
            sections: sections(&file, diagnostics),
        })
    }
}

fn sections(file: &JsonFile, diagnostics: &mut Diagnostics) -> IndexMap<String, Section> {
    let object = match file.parse() {
        Ok(Value::Object(object)) => object,
        Ok(other) => {
            let diagnostic = shape("the file must hold an object", file.span(other.range()));
            diagnostics.push(diagnostic);
            return IndexMap::new();
        }
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            return IndexMap::new();
        }
    };
    let mut sections = IndexMap::new();
    for (name, member) in file.members(&object.properties, diagnostics) {
        let span = file.span(member.name.range());
        let Value::Object(inner) = &member.value else {
            let summary = format!("the variables of `{name}` must be an object");
            diagnostics.push(shape(summary, span));
            continue;
        };
        let variables = variables(file, &inner.properties, diagnostics);
        sections.insert(name, Section { span, variables });
    }
    sections
}

fn variables(
    file: &JsonFile,
    properties: &[ObjectProp],
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, Assignment> {
    let mut variables = IndexMap::new();
    for (name, member) in file.members(properties, diagnostics) {
        let span = file.span(member.name.range());
        match scalar(&member.value) {
            Some(value) => drop(variables.insert(name, Assignment { value, span })),
            None => diagnostics.push(
                Diagnostic::error(
                    "config/env-vars",
                    format!("the value of `{name}` must be a string, a number, or true or false"),
                )
                .at(span)
                .help("an environment variable holds text; write JSON into it as a string"),
            ),
        }
    }
    variables
}

fn shape(summary: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::error("config/env-vars", summary)
        .at(span)
        .help(SHAPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (EnvVars, Vec<(&'static str, usize, usize)>) {
        let mut sources = Sources::new();
        let mut diagnostics = Diagnostics::new();
        let path = Path::new("env.json");
        let file = JsonFile::new(path, text.to_owned(), &mut sources);
        let sections = sections(&file, &mut diagnostics);
        let faults = diagnostics
            .iter()
            .map(|fault| {
                let position = sources.position(fault.span().unwrap());
                (fault.code, position.line, position.column)
            })
            .collect();
        let path = path.to_owned();
        (EnvVars { path, sections }, faults)
    }

    #[test]
    fn values_become_text_as_written() {
        let text = r#"{"F": {"S": "a\nb", "I": 1.50, "T": true, "N": null}, "Parameters": {}}"#;
        let (file, faults) = read(text);
        assert!(faults.is_empty());
        let values: Vec<_> = file.sections["F"]
            .variables
            .iter()
            .map(|(name, variable)| (name.as_str(), variable.value.as_str()))
            .collect();
        assert_eq!(
            values,
            [("S", "a\nb"), ("I", "1.50"), ("T", "true"), ("N", "")]
        );
        assert!(file.sections["Parameters"].variables.is_empty());
    }

    #[test]
    fn every_wrong_shape_is_reported_where_it_is() {
        let all = "config/env-vars";
        for (text, expected) in [
            ("[]", vec![(all, 1, 1)]),
            (r#"{"K": "v", "L": 1}"#, vec![(all, 1, 2), (all, 1, 12)]),
            (
                "{\"F\": {\n \"K\": {\"a\": 1},\n \"L\": []}}",
                vec![(all, 2, 2), (all, 3, 2)],
            ),
            ("{\"F\": {\"K\": \"v\",}}", vec![("config/json", 1, 16)]),
            ("{\"F\": {}", vec![("config/json", 1, 1)]),
            ("", vec![("config/json", 1, 1)]),
            ("{'F': {}}", vec![("config/json", 1, 2)]),
            (
                "{\"F\": {\"K\": 1, \"K\": 2}}",
                vec![("config/duplicate-key", 1, 16)],
            ),
        ] {
            assert_eq!(read(text).1, expected, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read(&deep).1.len(), 1);
    }

    #[test]
    fn of_two_values_for_a_name_the_last_is_used() {
        let (file, _) = read(r#"{"F": {"K": 1, "K": 2}}"#);
        assert_eq!(file.sections["F"].variables["K"].value, "2");
    }
}
