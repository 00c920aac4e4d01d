//! Which imports and exports are of types only, and what remains of the statements that name them.

use oxc_ast::ast::{
    BindingIdentifier, Declaration, ExportDefaultDeclarationKind, ExportNamedDeclaration,
    Expression, IdentifierReference, ImportDeclaration, ImportDeclarationSpecifier,
    ImportOrExportKind, ModuleExportName, Statement, TSImportEqualsDeclaration, TSModuleBlock,
    TSModuleReference, TSNamespaceDeclaration, TSNamespaceDeclarationBody,
};
use oxc_semantic::{Scoping, SymbolFlags};

use super::super::binding::range;
use super::erase::Eraser;
use super::token;

/// What the program's names stand for.
#[derive(Clone, Copy)]
pub(super) struct Names<'s>(pub(super) &'s Scoping);

impl Names<'_> {
    /// Whether something reads or writes the variable `name`; a type's mention of it is neither.
    fn is_needed(self, name: &BindingIdentifier<'_>) -> bool {
        name.symbol_id.get().is_none_or(|symbol| {
            self.0
                .get_resolved_references(symbol)
                .any(oxc_semantic::Reference::is_value)
        })
    }

    /// Whether this is where the value `name` is declared, and not a later part of it: enums and
    /// namespaces can add to what is there.
    pub(super) fn is_first(self, name: &BindingIdentifier<'_>) -> bool {
        let Some(symbol) = name.symbol_id.get() else {
            return true;
        };
        let mut parts = self.0.symbol_redeclarations(symbol).iter();
        parts
            .find(|part| part.flags.intersects(SymbolFlags::Value))
            .is_none_or(|part| part.span == name.span)
    }

    /// Whether `name` stands for a type and for no value.
    fn is_type(self, name: &IdentifierReference<'_>) -> bool {
        let symbol = name
            .reference_id
            .get()
            .and_then(|id| self.0.get_reference(id).symbol_id());
        symbol.is_some_and(|symbol| {
            let flags = self.0.symbol_flags(symbol);
            let value = SymbolFlags::Value | SymbolFlags::Import;
            !flags.intersects(value) || flags.contains(SymbolFlags::Ambient)
        })
    }

    fn exports_type(self, local: &ModuleExportName<'_>) -> bool {
        matches!(local, ModuleExportName::IdentifierReference(name) if self.is_type(name))
    }

    fn drops(self, specifier: &ImportDeclarationSpecifier<'_>) -> bool {
        match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(it) => {
                it.import_kind == ImportOrExportKind::Type || !self.is_needed(&it.local)
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => !self.is_needed(&it.local),
            ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => !self.is_needed(&it.local),
        }
    }

    /// Whether nothing of `statement` is left when types are gone.
    pub(super) fn erases(self, statement: &Statement<'_>) -> bool {
        let is_type = |kind| kind == ImportOrExportKind::Type;
        match statement {
            Statement::ImportDeclaration(it) => {
                let all = |it: &ImportDeclaration<'_>| {
                    let specifiers = it.specifiers.as_ref();
                    specifiers
                        .is_some_and(|all| !all.is_empty() && all.iter().all(|one| self.drops(one)))
                };
                is_type(it.import_kind) || all(it)
            }
            Statement::ExportNamedDeclaration(it) => {
                // `export {}` is there to say that this is a module.
                let all = !it.specifiers.is_empty()
                    && it
                        .specifiers
                        .iter()
                        .all(|one| is_type(one.export_kind) || self.exports_type(&one.local));
                is_type(it.export_kind) || all
            }
            Statement::ExportFromDeclaration(it) => {
                let all = !it.specifiers.is_empty()
                    && it.specifiers.iter().all(|one| is_type(one.export_kind));
                is_type(it.export_kind) || all
            }
            Statement::ExportAllDeclaration(it) => is_type(it.export_kind),
            Statement::ExportDeclaration(it) => self.erases_declaration(&it.declaration, true),
            Statement::ExportDefaultDeclaration(it) => match &it.declaration {
                ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => true,
                ExportDefaultDeclarationKind::FunctionDeclaration(it) => it.body.is_none(),
                ExportDefaultDeclarationKind::Identifier(name) => self.is_type(name),
                _ => false,
            },
            Statement::TSExportAssignment(it) => {
                matches!(&it.expression, Expression::Identifier(name) if self.is_type(name))
            }
            Statement::TSNamespaceExportDeclaration(_) => true,
            other => other
                .as_declaration()
                .is_some_and(|declaration| self.erases_declaration(declaration, false)),
        }
    }

    fn erases_declaration(self, declaration: &Declaration<'_>, exported: bool) -> bool {
        match declaration {
            Declaration::TSTypeAliasDeclaration(_)
            | Declaration::TSInterfaceDeclaration(_)
            | Declaration::TSExternalModuleDeclaration(_)
            | Declaration::TSGlobalDeclaration(_) => true,
            Declaration::VariableDeclaration(it) => it.declare,
            Declaration::FunctionDeclaration(it) => it.declare || it.body.is_none(),
            Declaration::ClassDeclaration(it) => it.declare,
            Declaration::TSEnumDeclaration(it) => it.declare,
            Declaration::TSNamespaceDeclaration(it) => it.declare || !self.has_values(it),
            Declaration::TSImportEqualsDeclaration(it) => {
                it.import_kind == ImportOrExportKind::Type || !exported && !self.is_needed(&it.id)
            }
        }
    }

    fn has_values(self, namespace: &TSNamespaceDeclaration<'_>) -> bool {
        match &namespace.body {
            TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => self.has_values(inner),
            TSNamespaceDeclarationBody::TSModuleBlock(block) => self.block_has_values(block),
        }
    }

    fn block_has_values(self, block: &TSModuleBlock<'_>) -> bool {
        block.body.iter().any(|statement| !self.erases(statement))
    }
}

impl Eraser<'_> {
    /// Takes the names of types out of an import that stays.
    pub(super) fn import(&mut self, it: &ImportDeclaration<'_>) {
        let mut before = None;
        for specifier in it.specifiers.iter().flatten() {
            let span = range(specifier);
            if self.names.drops(specifier) {
                match (specifier, before) {
                    // `import d, * as ns`: the comma that goes away is the one before.
                    (ImportDeclarationSpecifier::ImportNamespaceSpecifier(_), Some(before)) => {
                        self.blank(before..span.end);
                    }
                    _ => self.blank_listed(span.start..span.end),
                }
            }
            before = Some(span.end);
        }
    }

    /// Takes the names of types out of an export that stays.
    pub(super) fn export_names(&mut self, it: &ExportNamedDeclaration<'_>) {
        for one in &it.specifiers {
            let is_type = one.export_kind == ImportOrExportKind::Type;
            if is_type || self.names.exports_type(&one.local) {
                self.blank_listed(range(one));
            }
        }
    }

    /// `import x = require("y")` and `import x = A.B`.
    pub(super) fn import_equals(&mut self, it: &TSImportEqualsDeclaration<'_>) {
        let start = it.span.start as usize;
        let word = start..start + "import".len();
        match &it.module_reference {
            TSModuleReference::ExternalModuleReference(module) if self.is_module => {
                // A module has no `require`; what CommonJS exports is the default of its module.
                let name = it.id.span.end as usize..module.expression.span.start as usize;
                let lines = super::super::edit::line_feeds(self.text(name.clone()));
                self.edits.replace(name, format!(" from {lines}"));
                self.blank_first(module.expression.span.end as usize..range(it).end, ")");
            }
            _ => self.edits.replace(word, "const ".to_owned()),
        }
    }

    fn blank_first(&mut self, within: std::ops::Range<usize>, wanted: &str) {
        if let Some(at) = token::find(self.source, within, wanted) {
            self.blank(at..at + wanted.len());
        }
    }

    /// Takes away one of a list, with the comma after it.
    pub(super) fn blank_listed(&mut self, span: std::ops::Range<usize>) {
        let (at, next) = token::peek(self.source, span.end);
        let end = if next == Some(',') { at + 1 } else { span.end };
        self.blank(span.start..end);
    }
}

/// Whether `statement` makes the file an ES module.
pub(super) fn is_module_syntax(statement: &Statement<'_>) -> bool {
    statement.is_module_declaration()
        && !matches!(
            statement,
            Statement::TSExportAssignment(_) | Statement::TSNamespaceExportDeclaration(_)
        )
}
