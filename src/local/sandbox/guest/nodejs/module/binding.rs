//! What a module imports and exports: read from its top-level declarations.

use std::collections::HashMap;

use oxc_ast::ast::{
    Declaration, ExportDefaultDeclarationKind, ImportDeclaration, ImportDeclarationSpecifier,
    ImportPhase, ModuleExportName, Program, Statement, WithClause,
};
use oxc_semantic::{Scoping, SymbolId};
use oxc_span::GetSpan;

use super::syntax::SyntaxError;

/// One module that is asked for, with the type its import attributes demand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Request {
    pub(super) specifier: String,
    pub(super) kind: Option<String>,
}

/// Where a local name that was imported comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// Index in [`Bindings::requests`].
    pub(super) request: usize,
    /// The name exported there; `None` for the whole namespace.
    pub(super) name: Option<String>,
}

/// What the getter of an export reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A variable of the module.
    Local(String),
    /// The value of `export default`, which has no name of its own.
    Default,
    /// Something of another module.
    Import(Import),
}

/// The imports and exports of one module.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    pub(super) requests: Vec<Request>,
    pub(super) imports: HashMap<SymbolId, Import>,
    pub(super) exports: Vec<(String, Source)>,
    /// Requests whose names are all exported again.
    pub(super) stars: Vec<usize>,
    /// Names taken from other modules (request and name), which linking must find there.
    pub(super) wanted: Vec<(usize, String)>,
    /// Those of `wanted` that the text only exports again (`export { a } from`).
    pub(super) forwarded: Vec<(usize, String)>,
}

impl Bindings {
    /// Reads the declarations of `program`.
    pub(super) fn read(program: &Program<'_>, scoping: &Scoping) -> Result<Self, SyntaxError> {
        let mut bindings = Self::default();
        // Imports first: they are hoisted, an export above may name them.
        for statement in &program.body {
            match statement {
                Statement::ImportDeclaration(it) => bindings.import(it, program.source_text)?,
                // These request modules too, and the order of requests is that of the text.
                Statement::ExportFromDeclaration(it) => {
                    bindings.request(&it.source.value, it.with_clause.as_deref());
                }
                Statement::ExportAllDeclaration(it) => {
                    bindings.request(&it.source.value, it.with_clause.as_deref());
                }
                _ => {}
            }
        }
        for statement in &program.body {
            bindings.export(statement, scoping);
        }
        Ok(bindings)
    }

    fn request(&mut self, specifier: &str, with: Option<&WithClause<'_>>) -> usize {
        let kind = with.and_then(|with| {
            let entry = with
                .with_entries
                .iter()
                .find(|entry| entry.key.as_arena_str() == "type");
            entry.map(|entry| entry.value.value.to_string())
        });
        let request = Request {
            specifier: specifier.to_owned(),
            kind,
        };
        if let Some(index) = self.requests.iter().position(|known| *known == request) {
            return index;
        }
        self.requests.push(request);
        self.requests.len() - 1
    }

    fn import(&mut self, it: &ImportDeclaration<'_>, source: &str) -> Result<(), SyntaxError> {
        if let Some(phase) = it.phase {
            return Err(phase_error(source, it.span.start as usize, phase));
        }
        let request = self.request(&it.source.value, it.with_clause.as_deref());
        for specifier in it.specifiers.iter().flatten() {
            let (local, name) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(it) => {
                    (&it.local, Some(it.imported.name().to_string()))
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => {
                    (&it.local, Some("default".to_owned()))
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => (&it.local, None),
            };
            if let Some(name) = &name {
                self.wanted.push((request, name.clone()));
            }
            if let Some(symbol) = local.symbol_id.get() {
                self.imports.insert(symbol, Import { request, name });
            }
        }
        Ok(())
    }

    fn export(&mut self, statement: &Statement<'_>, scoping: &Scoping) {
        match statement {
            Statement::ExportDeclaration(it) => self.export_declaration(&it.declaration),
            Statement::ExportNamedDeclaration(it) => {
                for specifier in &it.specifiers {
                    let source = self.source_of(&specifier.local, scoping);
                    self.exports
                        .push((specifier.exported.name().to_string(), source));
                }
            }
            Statement::ExportFromDeclaration(it) => {
                let request = self.request(&it.source.value, it.with_clause.as_deref());
                for specifier in &it.specifiers {
                    let name = specifier.local.name().to_string();
                    self.wanted.push((request, name.clone()));
                    self.forwarded.push((request, name.clone()));
                    let source = Source::Import(Import {
                        request,
                        name: Some(name),
                    });
                    self.exports
                        .push((specifier.exported.name().to_string(), source));
                }
            }
            Statement::ExportAllDeclaration(it) => {
                let request = self.request(&it.source.value, it.with_clause.as_deref());
                match &it.exported {
                    Some(name) => {
                        let source = Source::Import(Import {
                            request,
                            name: None,
                        });
                        self.exports.push((name.name().to_string(), source));
                    }
                    None if !self.stars.contains(&request) => self.stars.push(request),
                    None => {}
                }
            }
            Statement::ExportDefaultDeclaration(it) => {
                let name = match &it.declaration {
                    ExportDefaultDeclarationKind::FunctionDeclaration(it) => it.id.as_ref(),
                    ExportDefaultDeclarationKind::ClassDeclaration(it) => it.id.as_ref(),
                    _ => None,
                };
                let source =
                    name.map_or(Source::Default, |name| Source::Local(name.name.to_string()));
                self.exports.push(("default".to_owned(), source));
            }
            _ => {}
        }
    }

    fn export_declaration(&mut self, declaration: &Declaration<'_>) {
        let mut local = |name: &str| {
            self.exports
                .push((name.to_owned(), Source::Local(name.to_owned())));
        };
        match declaration {
            Declaration::VariableDeclaration(it) => {
                for declarator in &it.declarations {
                    for name in declarator.id.get_binding_identifiers() {
                        local(&name.name);
                    }
                }
            }
            Declaration::FunctionDeclaration(it) => {
                if let Some(name) = &it.id {
                    local(&name.name);
                }
            }
            Declaration::ClassDeclaration(it) => {
                if let Some(name) = &it.id {
                    local(&name.name);
                }
            }
            _ => {}
        }
    }

    /// `export { local }`: of this module, or something imported that goes on.
    fn source_of(&self, local: &ModuleExportName<'_>, scoping: &Scoping) -> Source {
        if let ModuleExportName::IdentifierReference(reference) = local
            && let Some(id) = reference.reference_id.get()
            && let Some(symbol) = scoping.get_reference(id).symbol_id()
            && let Some(import) = self.imports.get(&symbol)
        {
            return Source::Import(import.clone());
        }
        Source::Local(local.name().to_string())
    }
}

/// `import defer` and `import source` are proposals that Node 24 does not have either.
pub(super) fn phase_error(source: &str, at: usize, phase: ImportPhase) -> SyntaxError {
    let word = match phase {
        ImportPhase::Source => "source",
        ImportPhase::Defer => "defer",
    };
    SyntaxError::at(source, at, format!("`import {word}` is not supported"))
}

/// Whether `statement` is gone from the text of the module once its bindings were read.
pub(super) fn vanishes(statement: &Statement<'_>) -> bool {
    matches!(
        statement,
        Statement::ImportDeclaration(_)
            | Statement::ExportNamedDeclaration(_)
            | Statement::ExportFromDeclaration(_)
            | Statement::ExportAllDeclaration(_)
    )
}

/// The bytes of `node` in the text.
pub(super) fn range(node: &impl GetSpan) -> std::ops::Range<usize> {
    let span = node.span();
    span.start as usize..span.end as usize
}
