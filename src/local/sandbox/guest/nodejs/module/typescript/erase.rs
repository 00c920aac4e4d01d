//! Walks a program and puts white space where types are.

use std::ops::Range;

use oxc_ast::ast::{
    AccessorProperty, ArrowFunctionExpression, BlockStatement, Class, ClassElement, Declaration,
    Decorator, ExportDeclaration, ExportDefaultDeclaration, ExportFromDeclaration,
    ExportNamedDeclaration, Expression, FormalParameter, Function, ImportDeclaration,
    ImportOrExportKind, MethodDefinition, MethodDefinitionType, Program, PropertyDefinition,
    PropertyDefinitionType, PropertyKey, Statement, TSAsExpression, TSEnumDeclaration,
    TSExportAssignment, TSImportEqualsDeclaration, TSNamespaceDeclaration, TSNonNullExpression,
    TSSatisfiesExpression, TSThisParameter, TSTypeAnnotation, TSTypeAssertion,
    TSTypeParameterDeclaration, TSTypeParameterInstantiation, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::Scoping;
use oxc_span::GetSpan;
use oxc_syntax::scope::ScopeFlags;

use super::super::binding::range;
use super::super::edit::{Edits, blank};
use super::super::syntax::SyntaxError;
use super::binding::{Names, is_module_syntax};
use super::decorate::Decoration;
use super::token;

/// The modifiers that only TypeScript has.
const MODIFIERS: [&str; 7] = [
    "public",
    "private",
    "protected",
    "readonly",
    "override",
    "abstract",
    "declare",
];

/// A class around the place that is visited.
#[derive(Clone, Copy)]
pub(super) struct ClassAround {
    /// Whether it extends another.
    pub(super) derived: bool,
    /// Where its first member could stand.
    pub(super) first: usize,
}

/// Notes every edit that makes JavaScript of a program.
pub(super) struct Eraser<'s> {
    pub(super) source: &'s str,
    pub(super) names: Names<'s>,
    pub(super) edits: Edits,
    pub(super) error: Option<SyntaxError>,
    /// Whether the file imports or exports as a module does, types aside.
    pub(super) is_module: bool,
    /// Whether the statement being visited is in a block, where `var` would reach too far.
    pub(super) in_block: bool,
    /// Whether the statement being visited is in a namespace.
    pub(super) in_namespace: bool,
    /// The classes around.
    pub(super) classes: Vec<ClassAround>,
    /// The statement that exports what is visited: where its first word is, and whether it exports a default.
    pub(super) exported: Option<(usize, bool)>,
    pub(super) decoration: Decoration,
    /// Whether decorators are those of `experimentalDecorators`.
    pub(super) decorates: bool,
}

impl<'s> Eraser<'s> {
    pub(super) fn new(source: &'s str, scoping: &'s Scoping) -> Self {
        Self {
            source,
            names: Names(scoping),
            edits: Edits::default(),
            error: None,
            is_module: false,
            in_block: false,
            in_namespace: false,
            classes: Vec::new(),
            exported: None,
            decoration: Decoration::default(),
            decorates: false,
        }
    }

    pub(super) fn text(&self, range: Range<usize>) -> &'s str {
        self.source.get(range).unwrap_or_default()
    }

    pub(super) fn blank(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            let text = blank(self.text(range.clone()));
            self.edits.replace(range, text);
        }
    }

    /// Blank, but for `mark` in place of the first character.
    fn blank_after(&mut self, mark: char, range: Range<usize>) {
        let mut rest = self.text(range.clone()).chars();
        rest.next();
        self.edits
            .replace(range, format!("{mark}{}", blank(rest.as_str())));
    }

    /// Takes a statement or a member of a class away. The semicolon keeps its neighbours apart.
    fn erase(&mut self, node: &impl GetSpan) {
        self.blank_after(';', range(node));
    }

    pub(super) fn unsupported(&mut self, at: usize, what: &str) {
        let source = self.source;
        self.error
            .get_or_insert_with(|| SyntaxError::at(source, at, what));
    }

    /// What follows an expression: `as T`, `satisfies T`, `!`.
    fn erase_after(&mut self, expression: &Expression<'_>, whole: Range<usize>) {
        let after = range(expression).end..whole.end;
        let (at, new_line) = token::next(self.source, whole.end);
        let joins = self.text(at..at + 1).starts_with(['(', '[', '`']);
        // After a type these begin a statement of their own; after a value they would go on with it.
        if new_line && joins {
            self.blank_after(';', after);
        } else {
            self.blank(after);
        }
    }

    /// The modifiers before the name of a member or parameter, in `range`.
    fn modifiers(&mut self, range: Range<usize>) {
        for word in token::words(self.source, range.clone()) {
            if !MODIFIERS.contains(&self.text(word.clone())) {
                continue;
            }
            let next = self.text(word.end..self.source.len()).trim_start();
            // Without the word the member would go on with the value before it.
            if word.start == range.start && next.starts_with(['[', '*']) {
                self.blank_after(';', word);
            } else {
                self.blank(word);
            }
        }
    }

    /// The `?` or `!` that follows a name.
    fn mark(&mut self, after: usize, mark: char) {
        if let (at, Some(found)) = token::peek(self.source, after)
            && found == mark
        {
            self.blank(at..at + 1);
        }
    }

    /// The end of a member's name, with the bracket of a computed one.
    fn key_end(&self, key: &PropertyKey<'_>, computed: bool) -> usize {
        let end = range(key).end;
        match token::find(self.source, end..self.source.len(), "]") {
            Some(at) if computed => at + 1,
            _ => end,
        }
    }

    /// Where a member's name begins, at the bracket of a computed one.
    fn key_start(&self, whole: Range<usize>, key: &PropertyKey<'_>, computed: bool) -> usize {
        let start = range(key).start;
        match token::find(self.source, whole.start..start, "[") {
            Some(at) if computed => at,
            _ => start,
        }
    }

    fn class_head(&mut self, it: &Class<'_>) {
        let start = self.behind(it.span.start as usize, &it.decorators);
        let body = range(&*it.body).start;
        if it.r#abstract
            && let Some(at) = token::find(self.source, start..body, "abstract")
        {
            self.blank(at..at + "abstract".len());
        }
        let (Some(first), Some(last)) = (it.implements.first(), it.implements.last()) else {
            return;
        };
        let heritage = it.heritage.as_ref().map(|heritage| {
            let types = heritage.type_arguments.as_ref().map(|it| range(&**it).end);
            types.unwrap_or(range(&heritage.expression).end)
        });
        let parameters = it.type_parameters.as_ref().map(|it| range(&**it).end);
        let name = it.id.as_ref().map(|it| range(it).end);
        let from = heritage.or(parameters).or(name).unwrap_or(start);
        let word = token::find(self.source, from..range(first).start, "implements");
        self.blank(word.unwrap_or(from)..range(last).end);
    }

    /// Where the word `export` of a statement around a class is; decorators may come before it.
    fn export_word(
        &self,
        whole: Range<usize>,
        declaration: &impl GetSpan,
        is_default: bool,
    ) -> Option<(usize, bool)> {
        let end = range(declaration).end.max(whole.start);
        let at = token::find(self.source, whole.start..end, "export")?;
        Some((at, is_default))
    }

    /// A class's field, once it is known to stay.
    fn field(&mut self, it: &PropertyDefinition<'_>) {
        let whole = self.behind(range(it).start, &it.decorators)..range(it).end;
        let start = self.key_start(whole.clone(), &it.key, it.computed);
        self.modifiers(whole.start..start);
        let end = self.key_end(&it.key, it.computed);
        self.mark(end, '?');
        self.mark(end, '!');
        let Some(types) = &it.type_annotation else {
            return;
        };
        // A field of one of these names would become a modifier of the next member.
        let word = !it.computed
            && matches!(
                self.text(range(&it.key)),
                "get" | "set" | "static" | "async"
            );
        if it.value.is_none() && word {
            self.blank_after(';', range(&**types));
        } else {
            self.blank(range(&**types));
        }
    }
}

impl<'a> Visit<'a> for Eraser<'_> {
    fn visit_program(&mut self, it: &Program<'a>) {
        self.decoration = Decoration::of(it);
        self.is_module = it
            .body
            .iter()
            .any(|statement| is_module_syntax(statement) && !self.names.erases(statement));
        walk::walk_program(self, it);
        let helpers = self.decoration.helpers(self.is_module);
        if !helpers.is_empty() {
            self.edits.insert(self.source.len(), &helpers);
        }
    }

    fn visit_statement(&mut self, it: &Statement<'a>) {
        if self.names.erases(it) {
            self.erase(it);
        } else {
            walk::walk_statement(self, it);
        }
    }

    fn visit_block_statement(&mut self, it: &BlockStatement<'a>) {
        let outer = std::mem::replace(&mut self.in_block, true);
        walk::walk_block_statement(self, it);
        self.in_block = outer;
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.import(it);
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        self.export_names(it);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        for one in &it.specifiers {
            if one.export_kind == ImportOrExportKind::Type {
                self.blank_listed(range(one));
            }
        }
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.import_equals(it);
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        self.export_assignment(it);
        walk::walk_ts_export_assignment(self, it);
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        self.enumeration(it);
        walk::walk_ts_enum_declaration(self, it);
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        let outer = (self.in_block, self.in_namespace);
        (self.in_block, self.in_namespace) = (false, true);
        self.namespace(it);
        walk::walk_ts_namespace_declaration(self, it);
        (self.in_block, self.in_namespace) = outer;
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        let later = match &it.declaration {
            Declaration::TSEnumDeclaration(it) => !self.names.is_first(&it.id),
            Declaration::TSNamespaceDeclaration(it) => !self.names.is_first(&it.id),
            _ => false,
        };
        if self.in_namespace || later {
            self.blank(range(it).start..range(&it.declaration).start);
        }
        self.exported = self.export_word(range(it), &it.declaration, false);
        walk::walk_export_declaration(self, it);
        self.exported = None;
    }

    /// They are visited by what they decorate.
    fn visit_decorator(&mut self, _it: &Decorator<'a>) {}

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        self.exported = self.export_word(range(it), &it.declaration, true);
        walk::walk_export_default_declaration(self, it);
        self.exported = None;
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        self.unsupported(
            it.span.start as usize,
            "`accessor` fields are not supported: write a getter and a setter",
        );
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        let outer = std::mem::replace(&mut self.in_block, false);
        walk::walk_function(self, it, flags);
        self.in_block = outer;
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        let outer = std::mem::replace(&mut self.in_block, false);
        let params = range(&*it.params);
        if let Some(types) = &it.type_parameters {
            let types = range(&**types);
            // No line may end between `async` or `return` and the parenthesis.
            if self.text(types.start..params.start).contains('\n') {
                self.blank_after('(', types);
                self.blank(params.start..params.start + 1);
            } else {
                self.blank(types);
            }
        }
        self.visit_formal_parameters(&it.params);
        if let Some(types) = &it.return_type {
            let types = range(&**types);
            // No line may end between the parenthesis and the arrow.
            if self.text(params.end..types.end).contains('\n') {
                self.blank(params.end - 1..params.end);
                let (last, _) = self
                    .text(types.clone())
                    .char_indices()
                    .next_back()
                    .unwrap_or_default();
                self.blank(types.start..types.start + last);
                self.edits
                    .replace(types.start + last..types.end, ")".to_owned());
            } else {
                self.blank(types);
            }
        }
        self.visit_arrow_function_body(&it.body);
        self.in_block = outer;
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        self.class_head(it);
        self.decorated_class(it);
        self.exported = None;
        self.classes.push(ClassAround {
            derived: it.heritage.is_some(),
            first: range(&*it.body).start + 1,
        });
        if let Some(types) = &it.type_parameters {
            self.visit_ts_type_parameter_declaration(types);
        }
        if let Some(heritage) = &it.heritage {
            self.visit_class_heritage(heritage);
        }
        self.visit_class_body(&it.body);
        self.classes.pop();
    }

    fn visit_class_element(&mut self, it: &ClassElement<'a>) {
        let goes = match it {
            ClassElement::TSIndexSignature(_) => true,
            ClassElement::MethodDefinition(it) => {
                it.r#type == MethodDefinitionType::TSAbstractMethodDefinition
                    || it.value.body.is_none()
            }
            ClassElement::PropertyDefinition(it) => {
                it.declare || it.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition
            }
            _ => false,
        };
        if goes {
            self.erase(it);
        } else {
            walk::walk_class_element(self, it);
        }
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        self.decorated_method(it);
        let whole = self.behind(range(it).start, &it.decorators)..range(it).end;
        let start = self.key_start(whole.clone(), &it.key, it.computed);
        self.modifiers(whole.start..start);
        if it.optional {
            self.mark(self.key_end(&it.key, it.computed), '?');
        }
        self.parameter_properties(it);
        walk::walk_method_definition(self, it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        self.decorated_field(it);
        if !it.decorators.is_empty() && it.value.is_none() {
            let start = self.behind(range(it).start, &it.decorators);
            self.blank(start..range(it).end);
            return;
        }
        self.field(it);
        self.visit_property_key(&it.key);
        if let Some(value) = &it.value {
            self.visit_expression(value);
        }
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        let start = self.behind(range(it).start, &it.decorators);
        self.blank(range(it).start..start);
        self.modifiers(start..range(&it.pattern).start);
        if it.optional {
            self.mark(range(&it.pattern).end, '?');
        }
        walk::walk_formal_parameter(self, it);
    }

    fn visit_ts_this_parameter(&mut self, it: &TSThisParameter<'a>) {
        self.blank_listed(range(it));
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if it.definite {
            self.mark(range(&it.id).end, '!');
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_ts_type_annotation(&mut self, it: &TSTypeAnnotation<'a>) {
        self.blank(range(it));
    }

    fn visit_ts_type_parameter_declaration(&mut self, it: &TSTypeParameterDeclaration<'a>) {
        self.blank(range(it));
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.blank(range(it));
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        self.visit_expression(&it.expression);
        self.erase_after(&it.expression, range(it));
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        self.visit_expression(&it.expression);
        self.erase_after(&it.expression, range(it));
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.visit_expression(&it.expression);
        self.blank(range(&it.expression).end..range(it).end);
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        let (whole, value) = (range(it), range(&it.expression));
        let types = whole.start..value.start;
        let first = self.text(value);
        // `return <T>⏎x` must not end at the line, `() => <T>{}` must not become a block.
        let ambiguous = ["{", "function", "class", "let", "async"];
        if self.text(types.clone()).contains('\n')
            || ambiguous.iter().any(|it| first.starts_with(it))
        {
            self.blank_after('(', types);
            self.visit_expression(&it.expression);
            self.edits.insert(whole.end, ")");
        } else {
            self.blank(types);
            self.visit_expression(&it.expression);
        }
    }
}
