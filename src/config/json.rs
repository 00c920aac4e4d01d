//! Settings files in JSON, with the place of everything in them.

use std::path::Path;

use indexmap::IndexMap;
use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{mask, source};
use crate::diag::{Diagnostic, Diagnostics, SourceId, Sources, Span};

/// JSON as the standard has it, because AWS's tools read the same files and allow no more.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// A file's text, registered for display with its values hidden.
pub(super) struct JsonFile {
    text: String,
    id: SourceId,
}

impl JsonFile {
    /// Reads a file that a flag names.
    pub(super) fn read(
        path: &Path,
        flag: &str,
        sources: &mut Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let text = source::read(path, flag, diagnostics)?;
        Some(Self::new(path, text, sources))
    }

    pub(super) fn new(path: &Path, text: String, sources: &mut Sources) -> Self {
        let id = sources.add(path, mask::json(&text));
        JsonFile { text, id }
    }

    /// The value in the file.
    pub(super) fn parse(&self) -> Result<Value<'_>, Box<Diagnostic>> {
        let fault = |range: Range, message: &str| {
            let summary = format!("this is not JSON: {message}");
            Box::new(Diagnostic::error("config/json", summary).at(self.span(range)))
        };
        match parse_to_ast(&self.text, &CollectOptions::default(), &STRICT) {
            Ok(result) => result
                .value
                .ok_or_else(|| fault(Range::new(0, 0), "the file is empty")),
            Err(error) => {
                let message = error.kind().to_string();
                let mut letters = message.chars();
                let first = letters.next().map(|c| c.to_ascii_lowercase());
                let message: String = first.into_iter().chain(letters).collect();
                Err(fault(error.range(), &message))
            }
        }
    }

    /// Where something is.
    pub(super) fn span(&self, at: impl Ranged) -> Span {
        let range = at.range();
        Span::new(self.id, range.start, range.end.max(range.start))
    }

    /// The members of an object; of two with the same name the last, with a warning about the first.
    pub(super) fn members<'a, 'b>(
        &self,
        properties: &'b [ObjectProp<'a>],
        diagnostics: &mut Diagnostics,
    ) -> IndexMap<String, &'b ObjectProp<'a>> {
        let mut members = IndexMap::new();
        for property in properties {
            let name = property.name.clone().into_string();
            let summary = format!("`{name}` is given twice");
            if let Some(earlier) = members.insert(name, property) {
                diagnostics.push(
                    Diagnostic::warning("config/duplicate-key", summary)
                        .label(self.span(property.name.range()), "this one is used")
                        .label(self.span(earlier.name.range()), "this one is not"),
                );
            }
        }
        members
    }
}

/// The text an environment variable or a parameter gets: strings as they are, numbers as written,
/// `true` and `false`, nothing for `null`. None for lists and objects.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::StringLit(string) => Some(string.value.clone().into_owned()),
        Value::NumberLit(number) => Some(number.value.to_owned()),
        Value::BooleanLit(boolean) => Some(boolean.value.to_string()),
        Value::NullKeyword(_) => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}
