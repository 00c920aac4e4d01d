//! A tree → YAML text that CloudFormation and this reader take for the same tree: short tags, quotes where YAML 1.1
//! would read something else than text, literal blocks for text of several lines.

use super::map::Map;
use super::value::{Call, Function, Node, Value};

/// Characters that a key may have before YAML wants it marked as one. Source: YAML 1.2, "Implicit Keys".
const MAX_KEY: usize = 1000;

/// Writes a template. `comment` may give a line to stand before an entry, which it is told by its path.
pub fn to_yaml(root: &Node, comment: &dyn Fn(&[&str]) -> Option<String>) -> String {
    let mut writer = Writer {
        out: String::new(),
        comment,
    };
    match block(root) {
        Some(_) => writer.entries(root, 0, &mut Vec::new()),
        None => writer.scalar_line(root, 0),
    }
    writer.out
}

struct Writer<'a> {
    out: String,
    comment: &'a dyn Fn(&[&str]) -> Option<String>,
}

/// What stands on lines of its own below its key or dash.
enum Block<'a> {
    Map(&'a Map),
    List(&'a [Node]),
    /// A function whose tag cannot stand here: it is written as a mapping.
    Long(&'a Call),
}

/// The block a value is written as, behind its tag; none for what stands on the line of its key.
fn block(node: &Node) -> Option<Block<'_>> {
    match &node.value {
        Value::Map(map) if !map.is_empty() => Some(Block::Map(map)),
        Value::List(items) if !items.is_empty() => Some(Block::List(items)),
        Value::Call(call) => call_block(call),
        Value::Unknown(unknown) => call_block(&unknown.call),
        _ => None,
    }
}

fn call_block(call: &Call) -> Option<Block<'_>> {
    if tag(call).is_none() {
        return Some(Block::Long(call));
    }
    match dotted(call) {
        Some(_) => None,
        None => block(&call.argument),
    }
}

/// The short tag of a call. Two tags cannot stand on one value, so a call whose argument is a call has none; nor has one
/// whose argument is a number or the like, because what stands behind a tag is read as text.
fn tag(call: &Call) -> Option<String> {
    let is_long = matches!(
        call.function,
        Function::Transform | Function::Length | Function::ToJsonString | Function::Rule(_)
    );
    let is_taken = !matches!(
        call.argument.value,
        Value::String(_) | Value::List(_) | Value::Map(_)
    );
    (!is_long && !is_taken).then(|| format!("!{}", call.function.short_name()))
}

/// `Fn::GetAtt` with its two parts joined by a dot, where that is read as the same.
fn dotted(call: &Call) -> Option<String> {
    let (Function::GetAtt, Some([resource, attribute])) = (&call.function, call.argument.as_list())
    else {
        return None;
    };
    let (resource, attribute) = (resource.as_str()?, attribute.as_str()?);
    let text = format!("{resource}.{attribute}");
    let is_plain = !resource.is_empty() && !resource.contains('.') && is_plain(&text);
    is_plain.then_some(text)
}

fn call_of(node: &Node) -> Option<&Call> {
    match &node.value {
        Value::Call(call) => Some(call),
        Value::Unknown(unknown) => Some(&unknown.call),
        _ => None,
    }
}

impl Writer<'_> {
    fn indent(&mut self, depth: usize) {
        self.out.extend(std::iter::repeat_n("  ", depth));
    }

    /// The lines of a block, at this depth.
    fn entries<'n>(&mut self, node: &'n Node, depth: usize, path: &mut Vec<&'n str>) {
        match block(node) {
            Some(Block::Map(map)) => {
                for (key, item) in map.iter() {
                    path.push(key);
                    self.comment(depth, path);
                    self.indent(depth);
                    self.entry(key, item, depth, path);
                    path.pop();
                }
            }
            Some(Block::List(items)) => {
                for item in items {
                    self.indent(depth);
                    self.item(item, depth, path);
                }
            }
            Some(Block::Long(call)) => {
                self.indent(depth);
                self.long(call, depth, path);
            }
            None => {}
        }
    }

    fn comment(&mut self, depth: usize, path: &[&str]) {
        if let Some(comment) = (self.comment)(path) {
            self.indent(depth);
            let line: String = comment
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            self.out.push_str(&format!("# {line}\n"));
        }
    }

    /// `key: value`, the key's indentation being written.
    fn entry<'n>(&mut self, key: &str, node: &'n Node, depth: usize, path: &mut Vec<&'n str>) {
        let written = match is_plain(key) {
            true => key.to_owned(),
            false => quoted(key),
        };
        if written.len() > MAX_KEY {
            self.out.push_str("? ");
            self.out.push_str(&written);
            self.out.push('\n');
            self.indent(depth);
        } else {
            self.out.push_str(&written);
        }
        self.out.push(':');
        self.value(node, depth, path);
    }

    fn long<'n>(&mut self, call: &'n Call, depth: usize, path: &mut Vec<&'n str>) {
        self.entry(&call.function.long_name(), &call.argument, depth, path);
    }

    /// What stands behind `key:`, from the blank on.
    fn value<'n>(&mut self, node: &'n Node, depth: usize, path: &mut Vec<&'n str>) {
        if block(node).is_some() {
            if let Some(tag) = call_of(node).and_then(tag) {
                self.out.push(' ');
                self.out.push_str(&tag);
            }
            self.out.push('\n');
            self.entries(node, depth + 1, path);
        } else {
            self.out.push(' ');
            self.scalar_line(node, depth + 1);
        }
    }

    /// `- value`, the dash's indentation being written.
    fn item<'n>(&mut self, node: &'n Node, depth: usize, path: &mut Vec<&'n str>) {
        self.out.push('-');
        let tag = call_of(node).and_then(tag);
        match (block(node), tag) {
            (None, _) => {
                self.out.push(' ');
                self.scalar_line(node, depth + 1);
            }
            (Some(_), Some(tag)) => {
                self.out.push_str(&format!(" {tag}\n"));
                self.entries(node, depth + 1, path);
            }
            // The first entry stands on the line of the dash.
            (Some(_), None) => {
                let start = self.out.len();
                self.entries(node, depth + 1, path);
                let indent = 2 * (depth + 1);
                self.out.replace_range(start..start + indent, " ");
            }
        }
    }

    /// A value that needs no lines of its own, or text of several lines.
    fn scalar_line(&mut self, node: &Node, depth: usize) {
        match call_of(node) {
            Some(call) => {
                self.out.push_str(&tag(call).unwrap_or_default());
                self.out.push(' ');
                match dotted(call) {
                    Some(text) => self.out.push_str(&text),
                    None => self.scalar(&call.argument, depth),
                }
            }
            None => self.scalar(node, depth),
        }
        self.out.push('\n');
    }

    fn scalar(&mut self, node: &Node, depth: usize) {
        match &node.value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(flag) => self.out.push_str(&flag.to_string()),
            Value::Number(number) => self.out.push_str(&written_number(number)),
            Value::String(text) if is_plain(text) => self.out.push_str(text),
            Value::String(text) if is_literal(text) => self.literal(text, depth),
            Value::String(text) => self.out.push_str(&quoted(text)),
            Value::List(_) => self.out.push_str("[]"),
            Value::Map(_) => self.out.push_str("{}"),
            // Blocks and calls never come here.
            Value::Call(_) | Value::Unknown(_) => self.out.push_str("null"),
        }
    }

    /// `|` and the lines of a text. The last line's end is written by the caller.
    fn literal(&mut self, text: &str, depth: usize) {
        let body = text.trim_end_matches('\n');
        let ends = text.len() - body.len();
        self.out.push_str(match ends {
            0 => "|-",
            1 => "|",
            _ => "|+",
        });
        for line in body.split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.indent(depth);
                self.out.push_str(line);
            }
        }
        self.out
            .extend(std::iter::repeat_n('\n', ends.saturating_sub(1)));
    }
}

/// A number so that it is read as one again: one with an exponent needs a point and a sign in YAML 1.1.
fn written_number(number: &serde_json::Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return text;
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) {
        ""
    } else {
        "+"
    };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// Whether a text needs no quotes: nobody reads it as anything but this text.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    let is_safe = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '_' | '-' | '.' | '/' | ':' | '$' | '+' | '(' | ')')
            || c == ' '
    };
    let starts = first.is_ascii_alphabetic()
        || matches!(first, '/' | '$' | '_')
        || text.starts_with("./")
        || text.starts_with("../");
    starts
        && text.chars().all(is_safe)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains("  ")
        && !is_word(text)
        && text.len() < 200
}

/// Words that are no text to some reader of YAML.
fn is_word(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
    )
}

/// Whether a text of several lines can be a literal block: its lines come back as they are.
fn is_literal(text: &str) -> bool {
    let is_printable = |c: char| c == '\n' || c == '\t' || !(c.is_control() || is_special(c));
    let body = text.trim_end_matches('\n');
    body.contains('\n')
        && !body.starts_with([' ', '\n', '\t'])
        && text.chars().all(is_printable)
        && body
            .split('\n')
            .all(|line| !line.ends_with([' ', '\t']) && !line.starts_with('\t'))
}

/// Line ends that only some readers know, and the mark of the byte order.
fn is_special(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Text in quotes: single ones, or double ones when something has to be escaped.
fn quoted(text: &str) -> String {
    if !text.chars().any(|c| c.is_control() || is_special(c)) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_special(c) => {
                out.push_str(&match u32::from(c) {
                    code @ 0..=0xff => format!("\\x{code:02x}"),
                    code => format!("\\u{code:04x}"),
                });
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;

    fn read(yaml: &str) -> Node {
        let mut sources = Sources::new();
        let (root, found) = crate::template::read(&mut sources, "t.yaml", yaml);
        root.unwrap_or_else(|| panic!("{found:?}\n{yaml}"))
    }

    fn written(yaml: &str) -> String {
        to_yaml(&read(yaml), &|_| None)
    }

    #[test]
    fn functions_have_short_tags() {
        let yaml = "A: !Ref X\nB: !GetAtt X.Arn\nC: !Sub 'a ${B}'\nD: !Join\n  - ''\n  - - a\n    - !Ref B\n";
        let expected = "A: !Ref X\nB: !GetAtt X.Arn\nC: !Sub 'a ${B}'\nD: !Join\n  - ''\n  - - a\n    - !Ref B\n";
        assert_eq!(written(yaml), expected);
    }

    #[test]
    fn a_function_of_a_function_has_one_tag() {
        let yaml =
            "A:\n  Fn::Base64: !Sub 'x ${Y}'\nB:\n  - Fn::Base64: !Ref C\n  - D: 1\n    E: 2\n";
        assert_eq!(written(yaml), yaml);
    }

    #[test]
    fn what_looks_like_something_else_is_quoted() {
        for text in [
            "yes",
            "012",
            "1e3",
            "2012-10-17",
            "12:30",
            "~",
            "",
            " a",
            "a: b",
            "a #b",
            "*",
            "null",
            "- a",
        ] {
            let node = Node::string(read("a: 1").span, text);
            let mut map = Map::new();
            map.insert("K", node.span, node.clone());
            let root = Node::new(node.span, Value::Map(map));
            let yaml = to_yaml(&root, &|_| None);
            assert_eq!(read(&yaml).to_json(), root.to_json(), "{yaml}");
        }
    }

    #[test]
    fn text_of_several_lines_is_a_block() {
        let yaml = "A: |\n  one\n    two\n\n  three\nB: |-\n  x\n  y\nC: !Sub |\n  a\n  ${B}\n";
        assert_eq!(written(yaml), yaml);
        let odd = "A: \"a \\n b\\n\"\nB: \"\\n\\nx\\n\"\nC: \"x\\n\\ty\\n\\n\\n\"\nD: \"a\\rb\"\n";
        assert_eq!(read(&written(odd)).to_json(), read(odd).to_json());
    }

    #[test]
    fn comments_stand_before_their_entry() {
        let root = read("R:\n  A: 1\n  B: 2\n");
        let yaml = to_yaml(&root, &|path| (path == ["R", "B"]).then(|| "from X".into()));
        assert_eq!(yaml, "R:\n  A: 1\n  # from X\n  B: 2\n");
    }
}
