//! Syntax errors in the words of V8, which is what people see in Lambda and search for.

use serde::Serialize;

/// Why a text is not JavaScript, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyntaxError {
    /// The message without the error's name, as V8 words it where there is such a wording.
    pub message: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in UTF-16 units, counted from 1.
    pub column: usize,
    /// The text of that line; cut when it is very long.
    pub text: String,
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "SyntaxError: {} ({}:{})",
            self.message, self.line, self.column
        )
    }
}

impl std::error::Error for SyntaxError {}

/// Longest source line quoted in an error, in characters.
const LONGEST_QUOTE: usize = 200;

impl SyntaxError {
    /// An error at byte `at` of `source`.
    pub(super) fn at(source: &str, at: usize, message: impl Into<String>) -> Self {
        let mut at = at.min(source.len());
        while !source.is_char_boundary(at) {
            at -= 1;
        }
        let before = &source[..at];
        let start = before.rfind('\n').map_or(0, |index| index + 1);
        let text = source[start..].split('\n').next().unwrap_or_default();
        Self {
            message: message.into(),
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[start..].encode_utf16().count() + 1,
            text: text
                .trim_end_matches('\r')
                .chars()
                .take(LONGEST_QUOTE)
                .collect(),
        }
    }
}

/// What the parser found: its message and the bytes that it points at.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    /// The place of the error and, where the parser names a second one, that one.
    pub(super) places: Vec<usize>,
}

impl Fault {
    fn start(&self) -> usize {
        self.places.first().copied().unwrap_or_default()
    }
}

/// The parser's diagnostics in a form that can be named without depending on its crate.
macro_rules! faults {
    ($diagnostics:expr) => {
        $diagnostics
            .iter()
            .map(
                |diagnostic| $crate::local::sandbox::guest::nodejs::module::syntax::Fault {
                    message: diagnostic.message.to_string(),
                    places: diagnostic
                        .labels
                        .iter()
                        .map(|label| label.offset() as usize)
                        .collect(),
                },
            )
            .collect::<Vec<_>>()
    };
}
pub(super) use faults;

/// The goal of a parse: V8 words some errors differently in modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    Module,
    Script,
}

/// The first of `faults` as V8 would word it.
pub(super) fn worded(source: &str, goal: Goal, faults: Vec<Fault>) -> Option<SyntaxError> {
    let fault = faults.into_iter().min_by_key(Fault::start)?;
    let (at, message) = message(source, goal, &fault);
    Some(SyntaxError::at(source, at, message))
}

/// Where an `await` is not allowed, outside modules.
const AWAIT: &str = "await is only valid in async functions and the top level bodies of modules";
const IN_BLOCK: &str =
    "In strict mode code, functions can only be declared at top level or inside a block.";

/// Starts of the parser's messages, and V8's words for them.
const WORDS: &[(&str, &str)] = &[
    (
        "Unterminated multiline comment",
        "Invalid or unexpected token",
    ),
    (
        "Invalid characters after number",
        "Invalid or unexpected token",
    ),
    ("Invalid Character", "Invalid or unexpected token"),
    (
        "Unterminated regular expression",
        "Invalid regular expression: missing /",
    ),
    ("Unexpected end of file", "Unexpected end of input"),
    (
        "`for await` loops are only allowed",
        "Unexpected reserved word",
    ),
    (
        "Cannot use `await` as an identifier",
        "Unexpected reserved word",
    ),
    (
        "Cannot assign to this expression",
        "Invalid left-hand side in assignment",
    ),
    (
        "Unexpected import.meta",
        "Cannot use 'import.meta' outside a module",
    ),
    (
        "Unexpected new.target",
        "new.target expression is not allowed here",
    ),
    (
        "A rest parameter must be last",
        "Rest parameter must be last formal parameter",
    ),
    (
        "A rest element must be last",
        "Rest element must be last element",
    ),
    (
        "'super' can only be referenced",
        "'super' keyword unexpected here",
    ),
    (
        "Super calls are not permitted",
        "'super' keyword unexpected here",
    ),
    (
        "Delete of an unqualified",
        "Delete of an unqualified identifier in strict mode.",
    ),
    (
        "'with' statements are not allowed",
        "Strict mode code may not include a with statement",
    ),
    (
        "'0'-prefixed octal literals",
        "Octal literals are not allowed in strict mode.",
    ),
    (
        "Decimals with leading zeros",
        "Decimals with leading zeros are not allowed in strict mode.",
    ),
    (
        "A module cannot have multiple default",
        "Duplicate export of 'default'",
    ),
    (
        "A 'return' statement can only be used",
        "Illegal return statement",
    ),
    (
        "Multiple constructor implementations",
        "A class may only have one constructor",
    ),
    (
        "Invalid assignment in object literal",
        "Invalid shorthand property initializer",
    ),
    (
        "The keyword 'await' is reserved",
        "Unexpected reserved word",
    ),
    ("The keyword 'enum' is reserved", "Unexpected reserved word"),
    ("The keyword '", "Unexpected strict mode reserved word"),
    (
        "Cannot assign to '",
        "Unexpected eval or arguments in strict mode",
    ),
    (
        "Missing catch or finally",
        "Missing catch or finally after try",
    ),
    (
        "A 'default' clause cannot appear",
        "More than one default clause in switch statement",
    ),
    (
        "Expected function name",
        "Function statements require a function name",
    ),
    (
        "Line terminator not permitted before arrow",
        "Unexpected token '=>'",
    ),
    ("Generators can only be declared", IN_BLOCK),
    ("Invalid function declaration", IN_BLOCK),
    ("Invalid class declaration", "Unexpected token 'class'"),
    (
        "A 'get' accessor must not",
        "Getter must not have any formal parameters.",
    ),
    (
        "A 'set' accessor must have exactly",
        "Setter must have exactly one formal parameter.",
    ),
    (
        "Dynamic imports can only accept",
        "missing ) after argument list",
    ),
    (
        "A unary expression with the",
        "Unary operator used immediately before exponentiation expression. Parenthesis must be used \
         to disambiguate operator precedence",
    ),
];

/// Starts of messages that say no more than that this token cannot stand here.
const UNEXPECTED: &[&str] = &[
    "Expected `",
    "Unexpected token",
    "Unexpected JSX expression",
    "Identifier expected. '",
    "Only string literals are allowed as module attribute",
];

fn message(source: &str, goal: Goal, fault: &Fault) -> (usize, String) {
    let text = fault.message.as_str();
    let at = fault.start();
    let second = fault.places.get(1).copied();
    let name = || quoted(text).unwrap_or_default();
    let rest = source.get(at..).unwrap_or_default();
    if text.starts_with("Identifier `") || text.starts_with("Label `") {
        let at = second.unwrap_or(at);
        return match name() {
            "__proto__" => (
                at,
                "Duplicate __proto__ fields are not allowed in object literals".to_owned(),
            ),
            _ => (at, text.replace('`', "'")),
        };
    }
    if text.starts_with("Duplicated export '") {
        return (
            second.unwrap_or(at),
            format!("Duplicate export of '{}'", name()),
        );
    }
    if text.starts_with("Export '") && text.ends_with("is not defined") {
        return (at, format!("Export '{}' is not defined in module", name()));
    }
    if text.starts_with("Use of undefined label") {
        return (at, format!("Undefined label '{}'", first_word(rest)));
    }
    if text.starts_with("Private identifier '#") {
        let name = name();
        return (
            at,
            format!("Private field '{name}' must be declared in an enclosing class"),
        );
    }
    if text.starts_with("`await` is only allowed") {
        let words = if goal == Goal::Module {
            "Unexpected reserved word"
        } else {
            AWAIT
        };
        return (at, words.to_owned());
    }
    if text.starts_with("Unterminated string") {
        let template = rest.starts_with(['`', '}']);
        let words = if template {
            "Unexpected end of input"
        } else {
            "Invalid or unexpected token"
        };
        return (at, words.to_owned());
    }
    if UNEXPECTED.iter().any(|start| text.starts_with(start)) {
        let arguments = second.is_some_and(|open| opens_arguments(source, open));
        if arguments && text.contains("`)`") {
            return (at, "missing ) after argument list".to_owned());
        }
        return (at, unexpected(source, at));
    }
    if text.starts_with("Expected a semicolon") {
        return missing_semicolon(source, goal, at);
    }
    match WORDS.iter().find(|(start, _)| text.starts_with(start)) {
        Some((_, words)) => (at, (*words).to_owned()),
        // V8 ends few of its messages with a full stop.
        None if text.starts_with("for-") => (at, format!("{text}.")),
        None => (at, text.trim_end_matches('.').to_owned()),
    }
}

/// What stands between the first pair of quotes.
fn quoted(text: &str) -> Option<&str> {
    text.split(['\'', '`']).nth(1)
}

/// Where a statement should have ended: V8 complains about what stands there instead.
fn missing_semicolon(source: &str, goal: Goal, at: usize) -> (usize, String) {
    let rest = source.get(at..).unwrap_or_default();
    let at = at + (rest.len() - rest.trim_start().len());
    let before = source.get(..at).unwrap_or_default().trim_end();
    match last_word(before) {
        "await" if goal == Goal::Script => (before.len() - "await".len(), AWAIT.to_owned()),
        word if goal == Goal::Module && STRICT.contains(&word) => (
            before.len() - word.len(),
            "Unexpected strict mode reserved word".to_owned(),
        ),
        _ => (at, unexpected(source, at)),
    }
}

/// Whether the parenthesis at `open` follows something that can be called.
fn opens_arguments(source: &str, open: usize) -> bool {
    if !source.get(open..).is_some_and(|rest| rest.starts_with('(')) {
        return false;
    }
    let before = source[..open].trim_end();
    let word = last_word(before);
    const NOT_CALLED: [&str; 7] = ["if", "while", "for", "switch", "catch", "with", "function"];
    let declared = before[..before.len() - word.len()].trim_end();
    !NOT_CALLED.contains(&word)
        && last_word(declared.trim_end_matches('*').trim_end()) != "function"
        && before.ends_with(|c: char| is_word(c) || matches!(c, ')' | ']'))
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    &text[..end]
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn last_word(text: &str) -> &str {
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| is_word(*c))
        .last()
        .map_or(text.len(), |(index, _)| index);
    &text[start..]
}

/// V8's complaint about the token at `at`.
fn unexpected(source: &str, at: usize) -> String {
    let rest = source.get(at..).unwrap_or_default().trim_start();
    let Some(first) = rest.chars().next() else {
        return "Unexpected end of input".to_owned();
    };
    match first {
        '0'..='9' => "Unexpected number".to_owned(),
        '"' | '\'' => "Unexpected string".to_owned(),
        '`' => "Unexpected template string".to_owned(),
        '#' | '@' | '\\' => "Invalid or unexpected token".to_owned(),
        c if is_word(c) => word(first_word(rest)),
        _ => format!("Unexpected token '{}'", punctuator(rest)),
    }
}

/// Words that strict code reserves.
const STRICT: &[&str] = &[
    "implements",
    "interface",
    "let",
    "package",
    "private",
    "protected",
    "public",
    "static",
    "yield",
];

fn word(word: &str) -> String {
    const RESERVED: &[&str] = &[
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "import",
        "in",
        "instanceof",
        "new",
        "null",
        "return",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
    ];
    match word {
        "enum" | "await" => "Unexpected reserved word".to_owned(),
        word if RESERVED.contains(&word) => format!("Unexpected token '{word}'"),
        word if STRICT.contains(&word) => "Unexpected strict mode reserved word".to_owned(),
        word => format!("Unexpected identifier '{word}'"),
    }
}

/// The longest punctuator at the start of `text`.
fn punctuator(text: &str) -> &str {
    const LONG: &[&str] = &[
        ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==",
        "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=",
        "|=", "^=", "<<", ">>", "**",
    ];
    let long = LONG.iter().find(|long| text.starts_with(**long)).copied();
    long.unwrap_or_else(|| &text[..text.chars().next().map_or(0, char::len_utf8)])
}
