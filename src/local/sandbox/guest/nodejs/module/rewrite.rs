//! Finds the places of a module's text that change, and how.

use std::collections::{HashMap, HashSet};

use oxc_allocator::ArenaVec;
use oxc_ast::ast::{
    ArrowFunctionExpression, AssignmentTargetPropertyIdentifier, AwaitExpression, CallExpression,
    ExportDeclaration, ExportDefaultDeclaration, ExportDefaultDeclarationKind,
    ExportNamedDeclaration, Expression, ForOfStatement, Function, IdentifierReference,
    ImportExpression, ImportMeta, ObjectProperty, Program, PropertyKey, Statement,
    TaggedTemplateExpression, VariableDeclaration, VariableDeclarationKind,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::{Scoping, SymbolId};
use oxc_span::GetSpan;
use oxc_syntax::scope::ScopeFlags;

use super::binding::{Import, phase_error, range, vanishes};
use super::edit::{Edits, blank, line_feeds};
use super::syntax::SyntaxError;

/// Walks a program once and notes every edit.
pub(super) struct Rewrite<'s> {
    source: &'s str,
    /// The name of the function's parameter, unique in the text.
    hoist: &'s str,
    /// Absent for CommonJS, which has no bindings to follow.
    scope: Option<(&'s Scoping, &'s HashMap<SymbolId, Import>)>,
    pub(super) edits: Edits,
    /// Functions around the place being visited: 0 at the top level of the module.
    depth: usize,
    /// Functions with an `arguments` of their own around it.
    own_arguments: usize,
    /// Starts of references that are called: their `this` must stay undefined.
    called: HashSet<u32>,
    /// Starts of references written as `{ name }`.
    shorthand: HashSet<u32>,
    /// Starts of statements that a parenthesis would join to the statement before.
    exposed: HashSet<u32>,
    /// Imports that are assigned to, by local name.
    pub(super) assigned: Vec<(String, Import)>,
    /// Requests whose namespace the text reads.
    pub(super) used: HashSet<usize>,
    /// Whether the top level awaits.
    pub(super) awaits: bool,
    /// Whether the default export is a function declaration without a name.
    pub(super) nameless_default: bool,
    pub(super) error: Option<SyntaxError>,
}

impl<'s> Rewrite<'s> {
    /// A visitor for `source`. `scope` is given for ES modules only.
    pub(super) fn new(
        source: &'s str,
        hoist: &'s str,
        scope: Option<(&'s Scoping, &'s HashMap<SymbolId, Import>)>,
    ) -> Self {
        Self {
            source,
            hoist,
            scope,
            edits: Edits::default(),
            depth: 0,
            own_arguments: 0,
            called: HashSet::new(),
            shorthand: HashSet::new(),
            exposed: HashSet::new(),
            assigned: Vec::new(),
            used: HashSet::new(),
            awaits: false,
            nameless_default: false,
            error: None,
        }
    }

    /// The text that reads `import`.
    pub(super) fn read(&self, import: &Import) -> String {
        read(self.hoist, import)
    }

    fn import_of(&self, it: &IdentifierReference<'_>) -> Option<(&'s Import, bool)> {
        let (scoping, imports) = self.scope?;
        let reference = scoping.get_reference(it.reference_id.get()?);
        let import = imports.get(&reference.symbol_id()?)?;
        Some((import, reference.is_write()))
    }

    fn text(&self, range: std::ops::Range<usize>) -> &'s str {
        self.source.get(range).unwrap_or_default()
    }

    /// A call's callee, through parentheses: `(f)()` calls `f` without `this` as well.
    fn call(&mut self, callee: &Expression<'_>) {
        let mut callee = callee;
        while let Expression::ParenthesizedExpression(inner) = callee {
            callee = &inner.expression;
        }
        if let Expression::Identifier(name) = callee {
            self.called.insert(name.span.start);
        }
    }

    fn reference(&mut self, it: &IdentifierReference<'_>) {
        let Some((import, written)) = self.import_of(it) else {
            if it.name == "arguments" && self.own_arguments == 0 && self.scope.is_some() {
                // A module has no `arguments`, the function it becomes has: read a name that is
                // nowhere defined instead.
                self.edits
                    .replace(range(it), format!("{}_arguments", self.hoist));
            }
            return;
        };
        self.used.insert(import.request);
        let value = if written {
            let name = it.name.as_str();
            if !self.assigned.iter().any(|(known, _)| known == name) {
                self.assigned.push((name.to_owned(), import.clone()));
            }
            format!("{}_const.{name}", self.hoist)
        } else {
            self.read(import)
        };
        let start = it.span.start;
        let text = if self.shorthand.contains(&start) {
            format!("{}:{value}", it.name)
        } else if self.called.contains(&start) && import.name.is_some() {
            let guard = if self.exposed.contains(&start) {
                ";"
            } else {
                ""
            };
            format!("{guard}(0,{value})")
        } else {
            value
        };
        self.edits.replace(range(it), text);
    }

    /// Notes which statements of a list begin where the one before has no semicolon.
    fn expose(&mut self, statements: &[Statement<'_>]) {
        let mut open = true;
        for statement in statements {
            if open && matches!(statement, Statement::ExpressionStatement(_)) {
                self.exposed.insert(statement.span().start);
            }
            open = !self.text(range(statement)).ends_with(';');
        }
    }

    fn export_default(&mut self, it: &ExportDefaultDeclaration<'_>) {
        let start = it.span.start as usize;
        let declaration = range(&it.declaration);
        let hoist = self.hoist;
        match &it.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                self.edits.replace(
                    start..declaration.start,
                    blank(self.text(start..declaration.start)),
                );
                if function.id.is_none() {
                    self.nameless_default = true;
                    let at = function.params.span.start as usize;
                    self.edits.insert(at, &format!(" {hoist}_default"));
                }
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) if class.id.is_some() => {
                self.edits.replace(
                    start..declaration.start,
                    blank(self.text(start..declaration.start)),
                );
            }
            other => {
                let lines = line_feeds(self.text(start..declaration.start));
                // A function or class without a name is called "default", as a property would be.
                let (open, close) = if other.as_expression().is_none_or(is_nameless) {
                    (format!("const {hoist}_default={{default:"), "}.default;")
                } else {
                    (format!("const {hoist}_default="), ";")
                };
                self.edits
                    .replace(start..declaration.start, format!("{lines}{open}"));
                self.edits.insert(declaration.end, close);
            }
        }
    }
}

/// The text that reads `import` in a module whose parameter is called `hoist`.
pub(super) fn read(hoist: &str, import: &Import) -> String {
    let request = import.request;
    match &import.name {
        None => format!("{hoist}_{request}"),
        Some(name) if oxc_syntax::identifier::is_identifier_name(name) => {
            format!("{hoist}_{request}.{name}")
        }
        Some(name) => format!("{hoist}_{request}[{}]", quoted(name)),
    }
}

/// `name` as a JavaScript string literal.
pub(super) fn quoted(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

/// IsAnonymousFunctionDefinition of the language: what takes the name of what it is assigned to.
fn is_nameless(expression: &Expression<'_>) -> bool {
    match expression {
        Expression::ParenthesizedExpression(inner) => is_nameless(&inner.expression),
        Expression::ArrowFunctionExpression(_) => true,
        Expression::FunctionExpression(function) => function.id.is_none(),
        Expression::ClassExpression(class) => class.id.is_none(),
        _ => false,
    }
}

impl<'a> Visit<'a> for Rewrite<'_> {
    fn visit_program(&mut self, it: &Program<'a>) {
        if let Some(hashbang) = &it.hashbang {
            let start = hashbang.span.start as usize;
            self.edits.replace(start..start + 2, "//".to_owned());
        }
        walk::walk_program(self, it);
    }

    fn visit_statements(&mut self, it: &ArenaVec<'a, Statement<'a>>) {
        self.expose(it);
        walk::walk_statements(self, it);
    }

    fn visit_statement(&mut self, it: &Statement<'a>) {
        if vanishes(it) {
            // The semicolon parts the statements around it.
            let range = range(it);
            let text = format!(";{}", line_feeds(self.text(range.clone())));
            self.edits.replace(range, text);
        } else {
            walk::walk_statement(self, it);
        }
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        let start = it.span.start as usize;
        let end = it.declaration.span().start as usize;
        self.edits.replace(start..end, blank(self.text(start..end)));
        walk::walk_export_declaration(self, it);
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        self.export_default(it);
        walk::walk_export_default_declaration(self, it);
    }

    // Its names are references to nothing but the bindings that were read before.
    fn visit_export_named_declaration(&mut self, _: &ExportNamedDeclaration<'a>) {}

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        self.depth += 1;
        self.own_arguments += 1;
        walk::walk_function(self, it, flags);
        self.own_arguments -= 1;
        self.depth -= 1;
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.depth += 1;
        walk::walk_arrow_function_expression(self, it);
        self.depth -= 1;
    }

    fn visit_await_expression(&mut self, it: &AwaitExpression<'a>) {
        self.awaits |= self.depth == 0;
        walk::walk_await_expression(self, it);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.awaits |= it.r#await && self.depth == 0;
        walk::walk_for_of_statement(self, it);
    }

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        self.awaits |= it.kind == VariableDeclarationKind::AwaitUsing && self.depth == 0;
        walk::walk_variable_declaration(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.call(&it.callee);
        walk::walk_call_expression(self, it);
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        self.call(&it.tag);
        walk::walk_tagged_template_expression(self, it);
    }

    fn visit_object_property(&mut self, it: &ObjectProperty<'a>) {
        if it.shorthand && matches!(it.key, PropertyKey::StaticIdentifier(_)) {
            self.shorthand.insert(it.value.span().start);
        }
        walk::walk_object_property(self, it);
    }

    fn visit_assignment_target_property_identifier(
        &mut self,
        it: &AssignmentTargetPropertyIdentifier<'a>,
    ) {
        self.shorthand.insert(it.binding.span.start);
        walk::walk_assignment_target_property_identifier(self, it);
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.reference(it);
    }

    fn visit_import_meta(&mut self, it: &ImportMeta) {
        let range = it.span.start as usize..it.span.end as usize;
        let lines = line_feeds(self.text(range.clone()));
        self.edits
            .replace(range, format!("{lines}{}.meta", self.hoist));
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        let start = it.span.start as usize;
        match it.phase {
            Some(phase) => {
                self.error
                    .get_or_insert_with(|| phase_error(self.source, start, phase));
            }
            None => self.edits.replace(
                start..start + "import".len(),
                format!("{}.import", self.hoist),
            ),
        }
        walk::walk_import_expression(self, it);
    }
}
