//! What a function's own modules ask for, read from their text.

use std::collections::{BTreeSet, HashSet, VecDeque};

use oxc_allocator::Allocator;
use oxc_ast::ast::{Argument, CallExpression, Expression};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;

use super::format::Format;
use super::request::package_name;
use super::resolve::{Kind, Resolver};
use super::rules::is_builtin;

/// A module that is asked for and not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// As it is written.
    pub specifier: String,
    /// The npm package it belongs to; none for a file.
    pub package: Option<String>,
    /// The module that asks: its path in the guest.
    pub from: String,
}

/// What a function's own modules ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Each package, and each file, once.
    pub absent: Vec<Absent>,
    /// Packages that are there, in the function's own `node_modules`.
    pub packages: Vec<String>,
}

/// Modules of its own that are read of one function at most.
const MOST_MODULES: usize = 2_000;

/// What the handler's module may be called after its name, in the order in which the guest tries them.
const ENDINGS: [&str; 6] = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];

impl Resolver {
    /// Follows the modules from the handler's on, through the function's own code. Files that cannot be read as
    /// JavaScript are passed over: running the function says what is wrong with them.
    pub fn needs(&self, handler: &str) -> Needs {
        let mut needs = Needs::default();
        let mut packages = BTreeSet::new();
        let mut said = HashSet::new();
        let mut waiting: VecDeque<String> = self.handler_module(handler).into_iter().collect();
        let mut seen: HashSet<String> = waiting.iter().cloned().collect();
        while let Some(path) = waiting.pop_front() {
            for (specifier, kind) in self.requests(&path) {
                let name = package_name(&specifier).map(|(name, _)| name.to_owned());
                if specifier.starts_with("node:") || is_builtin(&specifier) {
                    continue;
                }
                match self.resolve(&specifier, &path, kind) {
                    Ok(found) => {
                        if let Some(rest) = found.strip_prefix("/var/task/node_modules/") {
                            packages.extend(package_name(rest).map(|(name, _)| name.to_owned()));
                        }
                        let own = found.starts_with('/') && !found.contains("/node_modules/");
                        if own && seen.len() < MOST_MODULES && seen.insert(found.clone()) {
                            waiting.push_back(found);
                        }
                    }
                    Err(_) if said.insert(name.clone().unwrap_or_else(|| specifier.clone())) => {
                        needs.absent.push(Absent {
                            specifier,
                            package: name,
                            from: path.clone(),
                        });
                    }
                    Err(_) => (),
                }
            }
        }
        needs.packages = packages.into_iter().collect();
        needs
    }

    fn handler_module(&self, handler: &str) -> Option<String> {
        let name = handler.rfind('/').map_or(0, |slash| slash + 1);
        let dot = name + handler[name..].find('.')?;
        let module = format!("/var/task/{}", &handler[..dot]);
        ENDINGS
            .iter()
            .map(|ending| format!("{module}{ending}"))
            .find(|path| self.is_file(path))
    }

    /// What a module asks for, in the order of its text.
    fn requests(&self, path: &str) -> Vec<(String, Kind)> {
        // As TypeScript a module loses what it imports for its types only, so that is left to the loader.
        let Ok(loaded) = self.load(path, Kind::Import) else {
            return Vec::new();
        };
        match loaded.format {
            Format::Json => Vec::new(),
            Format::Module => loaded
                .requests()
                .iter()
                .map(|specifier| (specifier.clone(), Kind::Import))
                .collect(),
            Format::CommonJs => {
                let source = self.source(path).unwrap_or_default();
                required(&source)
                    .into_iter()
                    .map(|specifier| (specifier, Kind::Require))
                    .collect()
            }
        }
    }
}

/// The texts in calls of `require`, but for those in a `try`: such a module can do without.
fn required(source: &str) -> Vec<String> {
    let read = |source: &str| {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, source, SourceType::cjs()).parse();
        let mut calls = Calls::default();
        calls.visit_program(&parsed.program);
        calls.found
    };
    super::depth::guarded(source, read).unwrap_or_default()
}

#[derive(Default)]
struct Calls {
    found: Vec<String>,
    tries: usize,
}

impl<'a> Visit<'a> for Calls {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if self.tries == 0
            && let Expression::Identifier(name) = &call.callee
            && name.name == "require"
            && let [Argument::StringLiteral(text)] = call.arguments.as_slice()
        {
            self.found.push(text.value.to_string());
        }
        walk::walk_call_expression(self, call);
    }

    fn visit_try_statement(&mut self, statement: &oxc_ast::ast::TryStatement<'a>) {
        self.tries += 1;
        walk::walk_try_statement(self, statement);
        self.tries -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requires_are_found_but_for_those_a_module_can_do_without() {
        let source = "const a = require('a'), b = require(\"./b\");\n// require('c')\nfunction f() { return require('d/e'); }\ntry { require('f') } catch {}\nrequire(name); other.require('g');";
        assert_eq!(required(source), ["a", "./b", "d/e"]);
    }
}
