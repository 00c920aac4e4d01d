//! From TypeScript to JavaScript by edits of the text: types become white space, so that every line and
//! (but for enums, namespaces and parameter properties) every column stays, and stacks need no source map.
//!
//! Node strips types in the same way and refuses the rest; people who had esbuild or tsc before may use
//! enums, namespaces, parameter properties, decorators, `import x = require(…)` and `export =`, so those are written out. As with
//! these two, and unlike with Node, an import that no value needs goes away without the word `type`.
//! Class fields are those of JavaScript (`useDefineForClassFields`).

mod binding;
mod decorate;
mod erase;
mod lower;
#[cfg(test)]
mod tests;
mod token;

use oxc_allocator::Allocator;
use oxc_ast_visit::Visit;
use oxc_parser::Parser;
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use super::syntax::{Goal, SyntaxError, faults, worded};
use erase::Eraser;

/// The JavaScript that `source` is without its types. Its decorators are those of `experimentalDecorators`, if it may have
/// any.
///
/// # Errors
/// A [`SyntaxError`] when `source` is not TypeScript, or has what cannot be written out: `accessor`,
/// namespaces with a dotted name.
pub(super) fn strip(source: &str, experimental_decorators: bool) -> Result<String, SyntaxError> {
    if let Some(at) = token::too_deep(source) {
        let message = "Maximum call stack size exceeded";
        return Err(SyntaxError::at(source, at, message));
    }
    let parse: fn(&str) -> _ = match experimental_decorators {
        true => |source| parse(source, true),
        false => |source| parse(source, false),
    };
    super::depth::guarded(source, parse)?
}

/// An error in the stripped text, with the line as it is in `source`.
pub(super) fn quoting(source: &str, error: SyntaxError) -> SyntaxError {
    let before = source.split_inclusive('\n').take(error.line - 1);
    let start = before.map(str::len).sum();
    let SyntaxError { line, column, .. } = error;
    SyntaxError {
        line,
        column,
        ..SyntaxError::at(source, start, error.message)
    }
}

fn parse(source: &str, experimental_decorators: bool) -> Result<String, SyntaxError> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::ts()).parse();
    if let Some(error) = worded(source, Goal::Module, faults!(parsed.diagnostics)) {
        return Err(error);
    }
    let program = &*allocator.alloc(parsed.program);
    let checked = SemanticBuilder::new_compiler().build(program);
    if let Some(error) = worded(source, Goal::Module, faults!(checked.diagnostics)) {
        return Err(error);
    }
    let mut eraser = Eraser::new(source, checked.semantic.scoping());
    eraser.decorates = experimental_decorators;
    eraser.visit_program(program);
    if let Some(error) = eraser.error {
        return Err(error);
    }
    let mut out = String::with_capacity(source.len() + 256);
    eraser.edits.apply(source, &mut out);
    Ok(out)
}
