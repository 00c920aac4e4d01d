//! From an ES module to the text of a function, line for line.
//!
//! QuickJS loads modules only through its own loader, which the guest cannot use for files that
//! appear after the snapshot; so a module becomes a function expression that the guest calls:
//!
//! ```text
//! (function(__hoist){"use strict";const __hoist_0=__hoist.imports[0];__hoist.exports({a:()=>a});…
//! })
//! ```
//!
//! The text is edited in place instead of being printed anew: what was on line 7 stays on line 7, so
//! that stacks need no source map.

use std::fmt::Write;

use oxc_allocator::Allocator;
use oxc_ast_visit::Visit;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use super::binding::{Bindings, Request, Source};
use super::edit::Edits;
use super::rewrite::{Rewrite, quoted, read};
use super::syntax::{Goal, SyntaxError, faults, worded};

/// An ES module as the guest evaluates it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// The text of a function expression; an `async` function if `awaits`.
    pub code: String,
    /// The modules it imports, in the order of the text, each once.
    pub requests: Vec<String>,
    /// For each of `requests` the value of its import attribute `type`.
    pub types: Vec<Option<String>>,
    /// Those of `requests` whose names are all exported again (`export * from`).
    pub stars: Vec<usize>,
    /// The names it exports, without those of `stars`.
    pub exports: Vec<String>,
    /// The names that it takes from `requests`: linking fails when one is not exported there.
    pub imports: Vec<(usize, String)>,
    /// Those of `imports` that it only exports again.
    pub forwarded: Vec<(usize, String)>,
    /// Whether its top level awaits.
    pub awaits: bool,
}

/// Turns an ES module into the text of a function.
///
/// The function takes one argument with `imports` (a list of namespace objects in the order of
/// [`Module::requests`]), `exports(getters)` (called once, first), `meta` and `import(specifier)`.
///
/// # Errors
/// A [`SyntaxError`] when `source` is not a module.
pub fn module(source: &str) -> Result<Module, SyntaxError> {
    super::depth::guarded(source, parse_module)?
}

/// Turns a CommonJS module into the text of a function of `exports`, `require`, `module`,
/// `__filename`, `__dirname` and an object with `import(specifier)`.
///
/// # Errors
/// A [`SyntaxError`] when `source` is not the body of a sloppy function.
pub fn commonjs(source: &str) -> Result<String, SyntaxError> {
    super::depth::guarded(source, parse_commonjs)?
}

fn parse_module(source: &str) -> Result<Module, SyntaxError> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::mjs()).parse();
    let faults = faults!(parsed.diagnostics);
    if let Some(error) = worded(source, Goal::Module, faults) {
        return Err(error);
    }
    let program = &*allocator.alloc(parsed.program);
    let checked = SemanticBuilder::new_compiler().build(program);
    let faults = faults!(checked.diagnostics);
    if let Some(error) = worded(source, Goal::Module, faults) {
        return Err(error);
    }
    let scoping = checked.semantic.scoping();
    let bindings = Bindings::read(program, scoping)?;
    let hoist = unused_name(source);
    let mut rewrite = Rewrite::new(source, &hoist, Some((scoping, &bindings.imports)));
    rewrite.visit_program(program);
    if let Some(error) = rewrite.error {
        return Err(error);
    }
    let awaits = rewrite.awaits;
    let edits = std::mem::take(&mut rewrite.edits);
    let prologue = prologue(&hoist, &bindings, rewrite);
    let code = wrapped(&prologue, source, edits);
    let (requests, types) = bindings
        .requests
        .into_iter()
        .map(|Request { specifier, kind }| (specifier, kind))
        .unzip();
    Ok(Module {
        code,
        requests,
        types,
        stars: bindings.stars,
        exports: bindings.exports.into_iter().map(|(name, _)| name).collect(),
        imports: bindings.wanted,
        forwarded: bindings.forwarded,
        awaits,
    })
}

fn parse_commonjs(source: &str) -> Result<String, SyntaxError> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::cjs()).parse();
    let faults = faults!(parsed.diagnostics);
    if let Some(error) = worded(source, Goal::Script, faults) {
        return Err(error);
    }
    if let Some(error) = super::format::module_syntax(source, &parsed.program) {
        return Err(error);
    }
    let hoist = unused_name(source);
    let mut rewrite = Rewrite::new(source, &hoist, None);
    rewrite.visit_program(&parsed.program);
    if let Some(error) = rewrite.error {
        return Err(error);
    }
    let edits = std::mem::take(&mut rewrite.edits);
    let parameters = "exports,require,module,__filename,__dirname";
    Ok(wrapped(
        &format!("(function({parameters},{hoist}){{"),
        source,
        edits,
    ))
}

fn wrapped(prologue: &str, source: &str, edits: Edits) -> String {
    let mut code = String::with_capacity(prologue.len() + source.len() + source.len() / 4 + 8);
    code.push_str(prologue);
    edits.apply(source, &mut code);
    // The line feed ends a comment that may stand on the last line.
    code.push_str("\n})");
    code
}

/// What comes before the module's own text, on its first line.
fn prologue(hoist: &str, bindings: &Bindings, rewrite: Rewrite<'_>) -> String {
    let keyword = if rewrite.awaits {
        "async function"
    } else {
        "function"
    };
    let mut out = format!("({keyword}({hoist}){{\"use strict\";");
    let mut used = rewrite.used;
    let mut getters = String::new();
    for (name, source) in &bindings.exports {
        let value = match source {
            Source::Local(name) => name.clone(),
            Source::Default => format!("{hoist}_default"),
            Source::Import(import) => {
                used.insert(import.request);
                read(hoist, import)
            }
        };
        let _ = write!(getters, "{}:()=>{value},", key(name));
    }
    let mut used: Vec<usize> = used.into_iter().collect();
    used.sort_unstable();
    for (position, request) in used.iter().enumerate() {
        let start = if position == 0 { "const " } else { "," };
        let _ = write!(out, "{start}{hoist}_{request}={hoist}.imports[{request}]");
    }
    if !used.is_empty() {
        out.push(';');
    }
    let _ = write!(
        out,
        "{hoist}.exports({{{}}});",
        getters.trim_end_matches(',')
    );
    if rewrite.nameless_default {
        // `({}).constructor` is Object even where the module has an `Object` of its own.
        let _ = write!(
            out,
            "({{}}).constructor.defineProperty({hoist}_default,\"name\",{{value:\"default\",configurable:true}});"
        );
    }
    if !rewrite.assigned.is_empty() {
        let _ = write!(out, "const {hoist}_const={{");
        for (name, import) in &rewrite.assigned {
            let value = read(hoist, import);
            let message = "Assignment to constant variable.";
            let _ = write!(out, "get {name}(){{return {value}}},");
            let _ = write!(out, "set {name}(_){{throw new TypeError(\"{message}\")}},");
        }
        out.push_str("};");
    }
    out
}

/// `name` as the key of an object literal.
fn key(name: &str) -> String {
    if name == "__proto__" {
        // Written plainly it would set the prototype.
        "[\"__proto__\"]".to_owned()
    } else if oxc_syntax::identifier::is_identifier_name(name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A name that `source` does not use, not even as part of another.
pub(super) fn unused_name(source: &str) -> String {
    let mut name = "__hoist".to_owned();
    let mut number = 0_u32;
    while source.contains(&name) {
        number += 1;
        name = format!("__hoist{number}x");
    }
    name
}

/// How `source` can be understood when neither its name nor its package says what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// It has nothing that only a module may have.
    Script,
    /// It has `import`, `export`, `import.meta`, or awaits at its top level.
    Module,
}

/// Tells modules from scripts as Node does: by what only a module may hold.
///
/// # Errors
/// The [`SyntaxError`] of `source` as CommonJS, if it is neither.
pub(super) fn detect(source: &str) -> Result<Syntax, SyntaxError> {
    super::depth::guarded(source, parse_either)?
}

fn parse_either(source: &str) -> Result<Syntax, SyntaxError> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::cjs()).parse();
    if parsed.module_record.has_module_syntax {
        return Ok(Syntax::Module);
    }
    let faults = faults!(parsed.diagnostics);
    let redeclares = super::format::redeclares_wrapper(&parsed.program);
    let Some(error) = worded(source, Goal::Script, faults) else {
        return Ok(if redeclares {
            Syntax::Module
        } else {
            Syntax::Script
        });
    };
    // An `await` at the top level is an error in CommonJS, or a name.
    let options = ParseOptions {
        allow_return_outside_function: false,
        ..ParseOptions::default()
    };
    let again = Parser::new(&allocator, source, SourceType::mjs())
        .with_options(options)
        .parse();
    if again.panicked || !again.diagnostics.is_empty() {
        return Err(error);
    }
    Ok(Syntax::Module)
}

/// Checks that `source` can be the body of a CommonJS module and says whether it has `import()`.
#[cfg(test)]
pub(super) fn is_script(source: &str) -> bool {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::script()).parse();
    !parsed.panicked && parsed.diagnostics.is_empty()
}
