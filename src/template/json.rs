//! JSON text → tree with spans. The parser is `jsonc-parser` with every extension off.

use jsonc_parser::ast::{Object, Value as Json};
use jsonc_parser::common::Ranged;
use jsonc_parser::errors::ParseErrorKind;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::diag::{Diagnostic, Diagnostics, SourceId, Span};

use super::entry::insert;
use super::limit::{MAX_DEPTH, MAX_NODES};
use super::map::Map;
use super::scalar::json_number;
use super::value::{Node, Value};

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

/// Reads one JSON document. `Err` is the fault that ended the reading; slighter faults go to `diagnostics`.
pub(super) fn read(
    source: SourceId,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Node, Box<Diagnostic>> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let base = text.len() - body.len();
    check_limits(source, base, body)?;
    let parsed = parse_to_ast(body, &CollectOptions::default(), &STRICT).map_err(|fault| {
        let range = fault.range();
        let span = Span::new(
            source,
            base + range.start,
            base + range.end.max(range.start),
        );
        let diagnostic = Diagnostic::error(
            "template/json-syntax",
            format!(
                "this is not JSON: {}",
                lower_first(&fault.kind().to_string())
            ),
        )
        .at(span);
        Box::new(match next_step(fault.kind()) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        })
    })?;
    let Some(root) = parsed.value else {
        return Err(Box::new(
            Diagnostic::error("template/empty", "there is nothing in this file")
                .at(Span::new(source, 0, 0))
                .help("A template needs at least the section `Resources`."),
        ));
    };
    let mut reader = Reader {
        source,
        base,
        diagnostics,
    };
    Ok(reader.node(root))
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn next_step(kind: &ParseErrorKind) -> Option<&'static str> {
    match kind {
        ParseErrorKind::CommentsNotAllowed => {
            Some("Remove the comment, or write the template in YAML, which has comments.")
        }
        ParseErrorKind::TrailingCommasNotAllowed => {
            Some("Remove the comma after the last element.")
        }
        ParseErrorKind::ExpectedComma => Some("Put a comma between the two elements."),
        ParseErrorKind::UnexpectedWord | ParseErrorKind::ExpectedStringObjectProperty => Some(
            "Keys and text stand in double quotes; a YAML template needs a `.yaml` or `.yml` file.",
        ),
        _ => None,
    }
}

/// Checks depth and size before the parser, which is recursive, sees the text.
fn check_limits(source: SourceId, base: usize, body: &str) -> Result<(), Box<Diagnostic>> {
    let (mut depth, mut values) = (0usize, 1usize);
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in body.bytes().enumerate() {
        if quoted {
            (quoted, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => {
                depth += 1;
                values += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        let fault = if depth > MAX_DEPTH {
            (
                "template/too-deep",
                format!("values are nested more than {MAX_DEPTH} levels deep here"),
            )
        } else if values > MAX_NODES {
            (
                "template/too-many-values",
                format!("this file has more than {MAX_NODES} values"),
            )
        } else {
            continue;
        };
        let span = Span::new(source, base + at, base + at + 1);
        return Err(Box::new(Diagnostic::error(fault.0, fault.1).at(span)));
    }
    Ok(())
}

struct Reader<'d> {
    source: SourceId,
    base: usize,
    diagnostics: &'d mut Diagnostics,
}

impl Reader<'_> {
    fn span(&self, ranged: &impl Ranged) -> Span {
        let range = ranged.range();
        Span::new(self.source, self.base + range.start, self.base + range.end)
    }

    fn node(&mut self, json: Json<'_>) -> Node {
        let span = self.span(&json);
        let value = match json {
            Json::NullKeyword(_) => Value::Null,
            Json::BooleanLit(flag) => Value::Bool(flag.value),
            Json::NumberLit(number) => json_number(number.value),
            Json::StringLit(text) => Value::String(text.value.into_owned()),
            Json::Array(array) => Value::List(
                array
                    .elements
                    .into_iter()
                    .map(|element| self.node(element))
                    .collect(),
            ),
            Json::Object(object) => self.map(object),
        };
        Node::new(span, value)
    }

    fn map(&mut self, object: Object<'_>) -> Value {
        let mut entries = Map::new();
        for property in object.properties {
            let key_span = self.span(&property.name);
            let node = self.node(property.value);
            let name = property.name.into_string();
            insert(&mut entries, name, key_span, node, self.diagnostics);
        }
        Value::Map(entries)
    }
}
