//! What of TypeScript is more than types: enums, namespaces, parameter properties and `export =`, written out on the
//! lines where they are.

use std::collections::HashSet;

use oxc_ast::ast::{
    BindingIdentifier, BindingPattern, Declaration, Expression, FunctionBody, IdentifierReference,
    MethodDefinition, MethodDefinitionKind, Statement, TSEnumDeclaration, TSEnumMember,
    TSEnumMemberName, TSExportAssignment, TSModuleBlock, TSNamespaceDeclaration,
    TSNamespaceDeclarationBody,
};
use oxc_ast_visit::Visit;

use super::super::binding::range;
use super::super::edit::line_feeds;
use super::super::rewrite::quoted;
use super::erase::Eraser;
use super::token;

/// The names that initialisers of an enum read.
#[derive(Default)]
struct Reads(HashSet<String>);

impl<'a> Visit<'a> for Reads {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.0.insert(it.name.to_string());
    }
}

impl Eraser<'_> {
    /// `export = value`.
    pub(super) fn export_assignment(&mut self, it: &TSExportAssignment<'_>) {
        let start = it.span.start as usize;
        if self.is_module {
            self.unsupported(
                start,
                "`export =` cannot stand in a file with `import` or `export` declarations: use `export \
                 default`",
            );
            return;
        }
        let head = start..range(&it.expression).start;
        let lines = line_feeds(self.text(head.clone()));
        self.edits
            .replace(head, format!("module.exports ={lines} "));
    }

    /// An enum becomes a variable with the object that `tsc` would make:
    ///
    /// ```text
    /// var E=((E,$last,$)=>{$last=-1;$=($k,$v=$last+1)=>…;
    ///   $("A");
    ///   $("B", 2);
    /// return E})({});
    /// ```
    pub(super) fn enumeration(&mut self, it: &TSEnumDeclaration<'_>) {
        let name = it.id.name.as_str();
        let set = super::super::transform::unused_name(self.source);
        let body = range(&it.body);
        let head = it.span.start as usize..body.start + 1;
        let lines = line_feeds(self.text(head.clone()));
        let (open, close) = self.around(&it.id);
        self.edits.replace(
            head,
            format!(
                "{open}{lines}(({name},{set}_last,{set})=>{{{set}_last=-1;{set}=({set}_k,{set}_v={set}_last+1)=>\
                 ({name}[{set}_k]={set}_last={set}_v,typeof {set}_v===\"string\"||({name}[{set}_v]={set}_k),{set}_v);"
            ),
        );
        let mut reads = Reads::default();
        for member in &it.body.members {
            if let Some(value) = &member.initializer {
                reads.visit_expression(value);
            }
        }
        reads.0.remove(name);
        for member in &it.body.members {
            self.member(member, &set, &reads);
        }
        let end = body.end - 1..body.end;
        self.edits.replace(end, close);
    }

    /// What stands before and after the function that fills the object `id`. A later part of an enum or
    /// namespace adds to the object that is there, as it does to a function or a class.
    fn around(&self, id: &BindingIdentifier<'_>) -> (String, String) {
        let name = id.name.as_str();
        if !self.names.is_first(id) {
            return (";".to_owned(), format!("return {name}}})({name});"));
        }
        let word = if self.in_block { "let" } else { "var" };
        let close = format!("return {name}}})({{}});");
        (format!("{word} {name}="), close)
    }

    /// A namespace becomes a variable with an object whose members read the variables of its body.
    pub(super) fn namespace(&mut self, it: &TSNamespaceDeclaration<'_>) {
        let start = it.span.start as usize;
        let name = it.id.name.as_str();
        let TSNamespaceDeclarationBody::TSModuleBlock(block) = &it.body else {
            self.unsupported(
                start,
                "TypeScript namespaces with a dotted name are not supported: nest one in the other",
            );
            return;
        };
        let mut members = String::new();
        for member in exported(block) {
            if member == name {
                self.unsupported(
                    start,
                    "a namespace that exports its own name is not supported: rename the export",
                );
            }
            members.push_str(&format!(
                "{member}:{{get:()=>{member},enumerable:true,configurable:true}},"
            ));
        }
        let body = range(&**block);
        let head = start..body.start + 1;
        let lines = line_feeds(self.text(head.clone()));
        let (open, close) = self.around(&it.id);
        // `({}).constructor` is Object even where the module has an `Object` of its own.
        self.edits.replace(
            head,
            format!(
                "{open}{lines}({name}=>{{({{}}).constructor.defineProperties({name},{{{members}}});"
            ),
        );
        self.edits
            .replace(body.end - 1..body.end, format!(";{close}"));
    }

    fn member(&mut self, it: &TSEnumMember<'_>, set: &str, reads: &Reads) {
        let key = match &it.id {
            TSEnumMemberName::Identifier(name) => Some(name.name.as_str()),
            TSEnumMemberName::String(name) | TSEnumMemberName::ComputedString(name) => {
                Some(name.value.as_str())
            }
            TSEnumMemberName::ComputedTemplateString(name) => name
                .quasis
                .first()
                .and_then(|text| text.value.cooked.as_ref())
                .map(|text| text.as_str()),
        };
        let whole = range(it);
        let Some(key) = key else {
            self.unsupported(whole.start, "the name of an enum member must be a constant");
            return;
        };
        // Members that others read by their bare name are variables too.
        let variable = if reads.0.contains(key) {
            format!("const {key}=")
        } else {
            String::new()
        };
        let start = format!("{variable}{set}({}", quoted(key));
        match &it.initializer {
            Some(value) => {
                let head = whole.start..range(value).start;
                let lines = line_feeds(self.text(head.clone()));
                self.edits.replace(head, format!("{start},{lines}"));
                self.edits.insert(whole.end, ")");
            }
            None => self.edits.replace(whole.clone(), format!("{start})")),
        }
        if let (at, Some(',')) = token::peek(self.source, whole.end) {
            self.edits.replace(at..at + 1, ";".to_owned());
        } else {
            self.edits.insert(whole.end, ";");
        }
    }

    /// `constructor(private x: T)` assigns to `this.x` first of all, or right after `super(…)`.
    pub(super) fn parameter_properties(&mut self, it: &MethodDefinition<'_>) {
        if it.kind != MethodDefinitionKind::Constructor {
            return;
        }
        let (mut fields, mut assignments) = (String::new(), String::new());
        for parameter in &it.value.params.items {
            if parameter.accessibility.is_none() && !parameter.readonly && !parameter.r#override {
                continue;
            }
            match &parameter.pattern {
                BindingPattern::BindingIdentifier(name) => {
                    fields.push_str(&format!("{};", name.name));
                    assignments.push_str(&format!("this.{0}={0};", name.name));
                }
                _ => self.unsupported(
                    range(parameter).start,
                    "a parameter property may not be declared using a binding pattern",
                ),
            }
        }
        let Some(body) = it.value.body.as_ref().filter(|_| !assignments.is_empty()) else {
            return;
        };
        let Some(class) = self.classes.last().copied() else {
            return;
        };
        // They are fields as well, the first ones.
        self.edits.insert(class.first, &fields);
        if !class.derived {
            let start = body.directives.last().map(|it| range(it).end);
            let at = start.unwrap_or(range(&**body).start + 1);
            self.edits.insert(at, &self.parted(at, &assignments));
        } else if let Some(call) = super_call(body) {
            let at = range(call).end;
            self.edits.insert(at, &self.parted(at, &assignments));
        } else {
            self.unsupported(
                range(it).start,
                "a constructor with parameter properties must call `super(…)` as a statement of its \
                 own body",
            );
        }
    }

    /// `statements` so that they can follow what ends at `at`.
    fn parted(&self, at: usize, statements: &str) -> String {
        let ended = self.text(0..at).ends_with([';', '{']);
        format!("{}{statements}", if ended { "" } else { ";" })
    }
}

fn super_call<'b, 'a>(body: &'b FunctionBody<'a>) -> Option<&'b Statement<'a>> {
    body.statements.iter().find(|statement| match statement {
        Statement::ExpressionStatement(it) => match &it.expression {
            Expression::CallExpression(call) => matches!(call.callee, Expression::Super(_)),
            _ => false,
        },
        _ => false,
    })
}

/// The names of the values that a namespace exports.
fn exported(block: &TSModuleBlock<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for statement in &block.body {
        let Statement::ExportDeclaration(it) = statement else {
            continue;
        };
        let name = match &it.declaration {
            Declaration::VariableDeclaration(it) if !it.declare => {
                for declarator in &it.declarations {
                    let bound = declarator.id.get_binding_identifiers();
                    names.extend(bound.iter().map(|name| name.name.to_string()));
                }
                None
            }
            Declaration::FunctionDeclaration(it) if it.body.is_some() => it.id.as_ref(),
            Declaration::ClassDeclaration(it) if !it.declare => it.id.as_ref(),
            Declaration::TSEnumDeclaration(it) if !it.declare => Some(&it.id),
            Declaration::TSNamespaceDeclaration(it) if !it.declare => Some(&it.id),
            Declaration::TSImportEqualsDeclaration(it) => Some(&it.id),
            _ => None,
        };
        names.extend(name.map(|name| name.name.to_string()));
    }
    names.dedup();
    names
}
