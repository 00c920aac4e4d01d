//! YAML text → tree with spans. The parser is `saphyr-parser`; this builds the tree from its events without
//! recursion, so that no nesting can exhaust the stack.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use crate::diag::{Diagnostic, Diagnostics, SourceId, Span, nearest};

use super::entry::{insert, merge};
use super::indent::Padded;
use super::limit::{MAX_DEPTH, MAX_NODES};
use super::map::Map;
use super::offset::Offsets;
use super::scalar::{self, Plain};
use super::value::{Call, Function, Node, Value};

/// What is wrong with a text that cannot be read any further.
type Fault = Box<Diagnostic>;

/// Reads one YAML document. `Err` is the fault that ended the reading; slighter faults go to `diagnostics`.
pub(super) fn read(
    source: SourceId,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Node, Fault> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut padded = Padded::new(body);
    loop {
        let readable = padded.text();
        let offsets = Offsets::new(source, text, &readable, &padded);
        let mut found = Diagnostics::new();
        match build(&offsets, &mut found) {
            Ok(root) => {
                diagnostics.extend(found);
                return root.ok_or_else(|| Box::new(empty(&offsets)));
            }
            Err(Ended::Fault(fault)) => {
                diagnostics.extend(found);
                return Err(fault);
            }
            Err(Ended::Syntax(complaint, at)) => {
                let span = offsets.span(at, at);
                let in_body = at - (text.len() - body.len());
                let complaint = match padded.is_open_quote(&complaint, in_body) {
                    true => "this quote is never closed".to_owned(),
                    false => complaint,
                };
                if !padded.mend(&complaint, in_body) {
                    return Err(Box::new(syntax_fault(&complaint, span, text)));
                }
            }
        }
    }
}

/// Why a reading ended early.
enum Ended {
    Fault(Fault),
    /// The parser's complaint and its place in the text.
    Syntax(String, usize),
}

fn build(offsets: &Offsets<'_>, diagnostics: &mut Diagnostics) -> Result<Option<Node>, Ended> {
    let mut parser = Parser::new_from_str(offsets.readable);
    let mut builder = Builder::new(offsets, diagnostics);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|fault| {
            let at = offsets.byte(fault.marker().index());
            Ended::Syntax(fault.info().to_owned(), at)
        })?;
        builder.take(event, span).map_err(Ended::Fault)?;
    }
    Ok(builder.root)
}

fn empty(offsets: &Offsets<'_>) -> Diagnostic {
    Diagnostic::error("template/empty", "there is nothing in this file")
        .at(offsets.span(0, 0))
        .help("A template needs at least the section `Resources`.")
}

fn syntax_fault(complaint: &str, span: Span, text: &str) -> Diagnostic {
    // The scanner has a bound of its own, and it reads ahead.
    if complaint == "recursion limit exceeded" {
        return too_deep(span);
    }
    let summary = format!("this is not YAML: {complaint}");
    let fault = Diagnostic::error("template/yaml-syntax", summary);
    let at = span.start as usize;
    match tab_near(text, at) {
        Some(tab) => fault
            .at(Span::new(span.source, tab, tab + 1))
            .help("YAML is indented with spaces; this line is indented with a tab."),
        None if complaint.starts_with("invalid indentation") => fault
            .at(span)
            .help("Indent this line more than the line that opens its bracket or quote."),
        None => fault.at(span),
    }
}

/// A tab that indents the line of `at` or the next one, where the parser may have stumbled over it.
fn tab_near(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at).unwrap_or_default();
    let mut start = before.rfind('\n').map_or(0, |end| end + 1);
    for line in text.get(start..)?.split_inclusive('\n').take(2) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..indent).and_then(|indent| indent.find('\t')) {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

/// A finished value with what the limits need to know about it.
#[derive(Clone)]
struct Built {
    node: Node,
    /// Levels below and including this one.
    height: usize,
    /// Values in it, itself included.
    count: usize,
    /// Written as a plain scalar: only such a key can be `<<`.
    plain: bool,
}

/// A mapping or list not finished yet.
struct Frame {
    start: usize,
    anchor: usize,
    tag: Option<(String, bool)>,
    end: usize,
    height: usize,
    count: usize,
    kind: FrameKind,
}

enum FrameKind {
    List(Vec<Node>),
    Map {
        entries: Map,
        merged: Vec<Node>,
        key: Option<(String, Span, bool)>,
    },
}

struct Builder<'a, 'd> {
    offsets: &'a Offsets<'a>,
    diagnostics: &'d mut Diagnostics,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Built>,
    /// Values made so far, copies for aliases included.
    total: usize,
    root: Option<Node>,
}

impl<'a, 'd> Builder<'a, 'd> {
    fn new(offsets: &'a Offsets<'a>, diagnostics: &'d mut Diagnostics) -> Self {
        Builder {
            offsets,
            diagnostics,
            frames: Vec::new(),
            anchors: HashMap::new(),
            total: 0,
            root: None,
        }
    }

    fn take(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let built = self.scalar(&text, style, tag_of(tag), span);
                self.remember(anchor, &built)?;
                self.place(built)
            }
            Event::Alias(anchor) => {
                let place = self.offsets.scalar(span);
                let mut built = self.anchors.get(&anchor).cloned().ok_or_else(|| {
                    Box::new(
                        Diagnostic::error(
                            "template/alias",
                            "this alias stands inside what it names",
                        )
                        .at(place),
                    )
                })?;
                built.plain = false;
                self.place(built)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(span, anchor, tag_of(tag), FrameKind::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let kind = FrameKind::Map {
                    entries: Map::new(),
                    merged: Vec::new(),
                    key: None,
                };
                self.open(span, anchor, tag_of(tag), kind)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::DocumentStart(_) if self.root.is_some() => {
                let at = self.offsets.byte(span.start.index());
                Err(Box::new(
                    Diagnostic::error("template/documents", "a second document starts here")
                        .at(self.offsets.span(at, at))
                        .help(
                            "A template is one document: remove the line `---` or split the file.",
                        ),
                ))
            }
            _ => Ok(()),
        }
    }

    fn open(
        &mut self,
        span: saphyr_parser::Span,
        anchor: usize,
        tag: Option<(String, bool)>,
        kind: FrameKind,
    ) -> Result<(), Fault> {
        let start = self.offsets.byte(span.start.index());
        if self.frames.len() >= MAX_DEPTH {
            return Err(Box::new(too_deep(self.offsets.span(start, start))));
        }
        let start = match &tag {
            Some((name, _)) => self.offsets.tag_start(start, name),
            None => start,
        };
        self.frames.push(Frame {
            start,
            anchor,
            tag,
            end: start,
            height: 0,
            count: 0,
            kind,
        });
        Ok(())
    }

    fn close(&mut self, span: saphyr_parser::Span) -> Result<(), Fault> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        // A block collection's end event stands at the next token; only a flow collection's covers its bracket.
        let end = if span.is_empty() {
            frame.end
        } else {
            self.offsets.byte(span.end.index())
        };
        let place = self.offsets.span(frame.start, end);
        let value = match frame.kind {
            FrameKind::List(items) => Value::List(items),
            FrameKind::Map {
                entries, merged, ..
            } => Value::Map(merge(entries, merged)),
        };
        let node = self.tagged(Node::new(place, value), frame.tag);
        let built = Built {
            node,
            height: frame.height + 1,
            count: frame.count + 1,
            plain: false,
        };
        self.remember(frame.anchor, &built)?;
        self.place(built)
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<(String, bool)>,
        span: saphyr_parser::Span,
    ) -> Built {
        let place = self.offsets.scalar(span);
        let core = tag
            .as_ref()
            .filter(|(_, core)| *core)
            .map(|(name, _)| name.as_str());
        let is_text = style != ScalarStyle::Plain
            || matches!(core, Some("!!str" | "!"))
            || tag.as_ref().is_some_and(|(_, core)| !core);
        let value = if is_text {
            Value::String(text.to_owned())
        } else {
            self.plain(text, place)
        };
        let start = match &tag {
            Some((name, _)) => self.offsets.tag_start(place.start as usize, name),
            None => place.start as usize,
        };
        let whole = self.offsets.span(start, place.end as usize);
        let mut node = self.tagged(Node::new(place, value), tag);
        node.span = whole;
        Built {
            node,
            height: 1,
            count: 1,
            plain: style == ScalarStyle::Plain,
        }
    }

    fn plain(&mut self, text: &str, place: Span) -> Value {
        match scalar::resolve(text) {
            Plain::Value(value) => value,
            Plain::Octal(number) => {
                // A key keeps what was written, so only values are worth the warning.
                if !self.expects_key() {
                    self.diagnostics.push(
                        Diagnostic::warning(
                            "template/octal-number",
                            format!("`{text}` is an octal number in YAML: CloudFormation reads it as {number}"),
                        )
                        .at(place)
                        .help(format!("Write \"{text}\" in quotes to keep its digits.")),
                    );
                }
                Value::Number(number)
            }
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.frames.last(),
            Some(Frame {
                kind: FrameKind::Map { key: None, .. },
                ..
            })
        )
    }

    /// Applies a tag: a call for a function's, nothing for YAML's own, a diagnostic for any other.
    fn tagged(&mut self, node: Node, tag: Option<(String, bool)>) -> Node {
        let Some((name, core)) = tag else {
            return node;
        };
        let short = name.trim_start_matches('!');
        if core {
            if !matches!(
                short,
                "" | "str" | "int" | "float" | "bool" | "null" | "map" | "seq" | "timestamp"
            ) {
                self.diagnostics.push(
                    Diagnostic::error(
                        "template/unknown-tag",
                        format!("CloudFormation does not support YAML's tag `{name}`"),
                    )
                    .at(node.span),
                );
            }
            return node;
        }
        match Function::from_short_name(short) {
            Some(function) => Node::new(
                node.span,
                Value::Call(Box::new(Call {
                    function,
                    argument: node,
                })),
            ),
            None => {
                let fault = Diagnostic::error(
                    "template/unknown-tag",
                    format!("`{name}` is not a function of CloudFormation"),
                )
                .at(node.span);
                self.diagnostics
                    .push(match nearest(short, Function::short_names()) {
                        Some(near) => fault.help(format!("Did you mean `!{near}`?")),
                        None => fault.help("Quote the value if it is meant as text."),
                    });
                node
            }
        }
    }

    fn remember(&mut self, anchor: usize, built: &Built) -> Result<(), Fault> {
        if anchor > 0 {
            self.charge(built.count, built.node.span)?;
            self.anchors.insert(anchor, built.clone());
        }
        Ok(())
    }

    fn charge(&mut self, count: usize, span: Span) -> Result<(), Fault> {
        self.total = self.total.saturating_add(count);
        if self.total <= MAX_NODES {
            return Ok(());
        }
        Err(Box::new(
            Diagnostic::error(
                "template/too-many-values",
                format!("this file has more than {MAX_NODES} values, aliases counted as often as they are used"),
            )
            .at(span),
        ))
    }

    /// Puts a finished value where the events say it belongs.
    fn place(&mut self, built: Built) -> Result<(), Fault> {
        self.charge(built.count, built.node.span)?;
        if self.frames.len() + built.height > MAX_DEPTH {
            return Err(Box::new(too_deep(built.node.span)));
        }
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(built.node);
            return Ok(());
        };
        frame.end = frame.end.max(built.node.span.end as usize);
        frame.height = frame.height.max(built.height);
        frame.count += built.count;
        match &mut frame.kind {
            FrameKind::List(items) => items.push(built.node),
            FrameKind::Map {
                entries,
                merged,
                key,
            } => match key.take() {
                None => *key = Some(key_of(&built, self.offsets)?),
                Some((name, _, true)) if name == "<<" => merged.push(built.node),
                Some((name, key_span, _)) => {
                    insert(entries, name, key_span, built.node, self.diagnostics);
                }
            },
        }
        Ok(())
    }
}

fn too_deep(span: Span) -> Diagnostic {
    let summary = format!("values are nested more than {MAX_DEPTH} levels deep here");
    Diagnostic::error("template/too-deep", summary).at(span)
}

/// The tag as it is written (`!Ref`, `!!str`), and whether it is one of YAML's own.
fn tag_of(tag: Option<Cow<'_, Tag>>) -> Option<(String, bool)> {
    let tag = tag?;
    if tag.is_yaml_core_schema() {
        return Some((format!("!!{}", tag.suffix), true));
    }
    // The non-specific tag `!` means "as text".
    if tag.handle.is_empty() || tag.suffix.is_empty() {
        return Some((
            if tag.suffix.is_empty() || tag.suffix == "!" {
                "!".into()
            } else {
                tag.suffix.clone()
            },
            tag.suffix.is_empty() || tag.suffix == "!",
        ));
    }
    Some((format!("{}{}", tag.handle, tag.suffix), false))
}

/// A key keeps the text it was written with: `012`, `on` and `2010-09-09` are keys like any other.
fn key_of(built: &Built, offsets: &Offsets<'_>) -> Result<(String, Span, bool), Fault> {
    let span = built.node.span;
    let written = || {
        offsets
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
            .to_owned()
    };
    match &built.node.value {
        Value::String(text) => Ok((text.clone(), span, built.plain)),
        Value::Bool(_) | Value::Number(_) => Ok((written(), span, false)),
        Value::Null => Ok((
            if written().is_empty() {
                "null".into()
            } else {
                written()
            },
            span,
            false,
        )),
        _ => Err(Box::new(
            Diagnostic::error(
                "template/key",
                format!("a key must be text, and this is {}", built.node.kind()),
            )
            .at(span)
            .help("Quote a key that starts with `{`, `[` or `!`."),
        )),
    }
}
