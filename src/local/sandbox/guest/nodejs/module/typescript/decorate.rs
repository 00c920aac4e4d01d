//! Decorators as `experimentalDecorators` and `emitDecoratorMetadata` have them: those of members become static blocks
//! in their place, those of a class a list before it, so that no line moves.
//!
//! ```text
//! @A() export class C { constructor(@P() p: T) {}     @B() m(x: string): void {} }
//! const $_0=()=>[A(),…];export let C=class C { constructor(p) {}
//!     static{$_d(this.prototype,"m",null,[B(),…]);}m(x) {} };C=$_c($_0(),C);
//! ```

use std::collections::HashMap;

use oxc_ast::ast::{
    Class, ClassElement, ClassType, Decorator, FormalParameters, Function,
    ImportDeclarationSpecifier, ImportOrExportKind, MethodDefinition, MethodDefinitionKind,
    ModuleExportName, Program, PropertyDefinition, PropertyKey, Statement, TSLiteral, TSType,
    TSTypeAnnotation, TSTypeName, TSTypeReference,
};
use oxc_ast_visit::Visit;
use oxc_semantic::{Scoping, SymbolFlags, SymbolId};
use oxc_span::GetSpan;

use super::super::binding::range;
use super::super::rewrite::quoted;
use super::erase::Eraser;
use super::token;

/// What the decorated classes of one file share.
#[derive(Default)]
pub(super) struct Decoration {
    /// The start of every name that is added; empty as long as nothing is decorated.
    prefix: String,
    /// Lists of classes so far.
    lists: usize,
    /// Where imports come from that only types mention: their module and the name there.
    imports: HashMap<SymbolId, (String, Option<String>)>,
    /// Whether such an import is read.
    requires: bool,
}

/// A decorated member of a class.
struct Member<'m, 'a> {
    start: usize,
    decorators: &'m [Decorator<'a>],
    key: &'m PropertyKey<'a>,
    computed: bool,
    is_static: bool,
    /// What is known of its descriptor: `null` when it has one, `void 0` for a field.
    descriptor: &'static str,
}

impl Decoration {
    /// Notes the imports that may be types.
    pub(super) fn of(program: &Program<'_>) -> Self {
        let mut imports = HashMap::new();
        for statement in &program.body {
            let Statement::ImportDeclaration(it) = statement else {
                continue;
            };
            if it.import_kind == ImportOrExportKind::Type {
                continue;
            }
            for specifier in it.specifiers.iter().flatten() {
                let (local, name) = match specifier {
                    ImportDeclarationSpecifier::ImportSpecifier(one) => {
                        if one.import_kind == ImportOrExportKind::Type {
                            continue;
                        }
                        let name = match &one.imported {
                            ModuleExportName::IdentifierName(name) => name.name.as_str(),
                            ModuleExportName::IdentifierReference(name) => name.name.as_str(),
                            ModuleExportName::StringLiteral(name) => name.value.as_str(),
                        };
                        (&one.local, Some(name))
                    }
                    ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                        (&one.local, Some("default"))
                    }
                    ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (&one.local, None),
                };
                if let Some(symbol) = local.symbol_id.get() {
                    let source = it.source.value.to_string();
                    imports.insert(symbol, (source, name.map(str::to_owned)));
                }
            }
        }
        Self {
            imports,
            ..Self::default()
        }
    }

    /// The functions that the decorated classes call, for the end of the file.
    pub(super) fn helpers(&self, is_module: bool) -> String {
        let p = &self.prefix;
        if p.is_empty() {
            return String::new();
        }
        let mut text = format!(
            "\nfunction {p}_c(d,t){{if(typeof Reflect.decorate===\"function\")return Reflect.decorate(d,t);\
             for(let i=d.length-1;i>=0;i--)t=d[i](t)||t;return t}}\
             function {p}_d(t,k,e,d){{let r=e===null?Object.getOwnPropertyDescriptor(t,k):e;\
             if(typeof Reflect.decorate===\"function\")r=Reflect.decorate(d,t,k,r);\
             else for(let i=d.length-1;i>=0;i--)r=(e===null?d[i](t,k,r):d[i](t,k))||r;\
             if(e===null&&r)Object.defineProperty(t,k,r)}}\
             function {p}_p(i,d){{return(t,k)=>d(t,k,i)}}\
             function {p}_m(k,v){{return typeof Reflect.metadata===\"function\"?Reflect.metadata(k,v):()=>{{}}}}\
             function {p}_t(f){{try{{const v=f();return typeof v===\"function\"?v:Object}}catch{{return Object}}}}"
        );
        if self.requires {
            // An import that only a type mentions may not exist when the program runs: it is required when asked for.
            text.push_str(&match is_module {
                true => format!(
                    "import {{createRequire as {p}_r}} from \"node:module\";\
                     function {p}_i(m){{return {p}_r(import.meta.url)(m)}}"
                ),
                false => format!("function {p}_i(m){{return require(m)}}"),
            });
        }
        text
    }
}

impl<'s> Eraser<'s> {
    /// The start of every name that is added.
    fn prefix(&mut self) -> String {
        if self.decoration.prefix.is_empty() {
            self.decoration.prefix = super::super::transform::unused_name(self.source);
        }
        self.decoration.prefix.clone()
    }

    fn check_decorator(&mut self, at: usize) {
        if !self.decorates {
            self.unsupported(
                at,
                "decorators are run as `experimentalDecorators` only: set it to true under compilerOptions of a \
                 tsconfig.json in the function's code, or compile this file to JavaScript first",
            );
        }
    }

    /// The text of a decorator's expression that moves elsewhere, as JavaScript.
    fn moved(&mut self, it: &Decorator<'_>) -> String {
        self.check_decorator(it.span.start as usize);
        let mut inner = Eraser::new(self.source, self.names.0);
        inner.classes.clone_from(&self.classes);
        inner.visit_expression(&it.expression);
        self.error = self.error.take().or(inner.error);
        inner.edits.piece(self.source, range(&it.expression))
    }

    /// Where a member or a parameter begins behind its decorators.
    pub(super) fn behind(&self, start: usize, decorators: &[Decorator<'_>]) -> usize {
        let last = decorators.last().map(|it| range(it).end);
        last.map_or(start, |end| token::next(self.source, end.max(start)).0)
    }

    /// Turns `@a @b` into the beginning of a list, `open`, then `a,b`; the rest of it is for the caller.
    fn listed(&mut self, decorators: &[Decorator<'_>], open: &str) {
        for (index, it) in decorators.iter().enumerate() {
            let at = it.span.start as usize;
            self.check_decorator(at);
            let mark = if index == 0 { open } else { "," };
            self.edits.replace(at..at + 1, mark.to_owned());
            self.visit_expression(&it.expression);
        }
    }

    /// The decorators of a class, or of the parameters of its constructor.
    pub(super) fn decorated_class(&mut self, it: &Class<'_>) {
        let constructor = it.body.body.iter().find_map(|member| match member {
            ClassElement::MethodDefinition(it)
                if it.kind == MethodDefinitionKind::Constructor && it.value.body.is_some() =>
            {
                Some(&**it)
            }
            _ => None,
        });
        let parameters = constructor.map(|it| &*it.value.params);
        let has_parameters =
            parameters.is_some_and(|it| it.items.iter().any(|one| !one.decorators.is_empty()));
        if it.decorators.is_empty() && !has_parameters {
            return;
        }
        let start = it.span.start as usize;
        let (Some(id), ClassType::ClassDeclaration) = (&it.id, it.r#type) else {
            self.unsupported(start, "a decorated class must be a declaration with a name");
            return;
        };
        let p = self.prefix();
        let mut more = parameters.map_or_else(Vec::new, |it| self.parameter_decorators(it));
        if let Some(parameters) = parameters {
            let types = self.parameter_types(parameters);
            more.push(format!("{p}_m(\"design:paramtypes\",{types})"));
        }
        let more = more.join(",");
        let name = id.name.as_str();
        let class = self.class_word(it);
        let mut export = "";
        let mut after = String::new();
        if let Some((at, is_default)) = self.exported {
            let first = it
                .decorators
                .first()
                .map_or(usize::MAX, |it| range(it).start);
            if is_default || at < first {
                let word = at..at + "export".len();
                if is_default && let Some(at) = token::find(self.source, word.end..class, "default")
                {
                    self.blank(at..at + "default".len());
                }
                self.blank(word);
                export = if is_default { "" } else { "export " };
            }
            if is_default {
                after = format!("export{{{name} as default}};");
            }
        }
        let list = match it.decorators.last() {
            Some(last) => {
                let list = format!("{p}_{}", self.decoration.lists);
                self.decoration.lists += 1;
                self.listed(&it.decorators, &format!("const {list}=()=>["));
                let end = range(last).end;
                self.edits.insert(end, &format!(",{more}];"));
                format!("{list}()")
            }
            None => format!("[{more}]"),
        };
        self.edits.insert(class, &format!("{export}let {name}="));
        let end = format!(";{name}={p}_c({list},{name});{after}");
        self.edits.insert(range(it).end, &end);
    }

    /// Where the word `class` is.
    fn class_word(&self, it: &Class<'_>) -> usize {
        let from = self.behind(it.span.start as usize, &it.decorators);
        let end = it
            .id
            .as_ref()
            .map_or(range(&*it.body).start, |id| range(id).start);
        token::find(self.source, from..end, "class").unwrap_or(from)
    }

    /// A decorated method or accessor. Its decorators come after it, in a static block.
    pub(super) fn decorated_method(&mut self, it: &MethodDefinition<'_>) {
        if it.kind == MethodDefinitionKind::Constructor {
            return;
        }
        let parameters = self.parameter_decorators(&it.value.params);
        if it.decorators.is_empty() && parameters.is_empty() {
            return;
        }
        let p = self.prefix();
        let (types, value) = match it.kind {
            MethodDefinitionKind::Get => (
                String::new(),
                self.annotated(it.value.return_type.as_deref()),
            ),
            MethodDefinitionKind::Set => {
                let first = it.value.params.items.first();
                let types = first.and_then(|one| one.type_annotation.as_deref());
                (String::new(), self.annotated(types))
            }
            _ => (self.result(&it.value), "Function".to_owned()),
        };
        let mut more = parameters;
        more.push(format!("{p}_m(\"design:type\",{value})"));
        let all = self.parameter_types(&it.value.params);
        more.push(format!("{p}_m(\"design:paramtypes\",{all})"));
        if !types.is_empty() {
            more.push(format!("{p}_m(\"design:returntype\",{types})"));
        }
        let member = Member {
            start: range(it).start,
            decorators: &it.decorators,
            key: &it.key,
            computed: it.computed,
            is_static: it.r#static,
            descriptor: "null",
        };
        self.decorated_member(&member, &more);
    }

    /// A decorated field. Without a value it is none of its own, so that what a decorator puts on the prototype shows.
    pub(super) fn decorated_field(&mut self, it: &PropertyDefinition<'_>) {
        if it.decorators.is_empty() {
            return;
        }
        let p = self.prefix();
        let types = self.annotated(it.type_annotation.as_deref());
        let more = [format!("{p}_m(\"design:type\",{types})")];
        let member = Member {
            start: range(it).start,
            decorators: &it.decorators,
            key: &it.key,
            computed: it.computed,
            is_static: it.r#static,
            descriptor: "void 0",
        };
        self.decorated_member(&member, &more);
    }

    fn decorated_member(&mut self, it: &Member<'_, '_>, more: &[String]) {
        let p = self.prefix();
        let key_text = self.text(range(it.key));
        let key = match it.key {
            PropertyKey::StaticIdentifier(name) => quoted(name.name.as_str()),
            PropertyKey::StringLiteral(_) | PropertyKey::NumericLiteral(_) => key_text.to_owned(),
            _ if !it.computed => {
                self.unsupported(it.start, "a private member cannot be decorated");
                return;
            }
            // Evaluated once more: constants and symbols, which is what such keys are.
            _ => format!("({key_text})"),
        };
        let target = if it.is_static {
            "this"
        } else {
            "this.prototype"
        };
        let open = format!("static{{{p}_d({target},{key},{},[", it.descriptor);
        let close = format!("{}]);}}", more.join(","));
        match it.decorators.last() {
            Some(last) => {
                self.listed(it.decorators, &open);
                let end = range(last).end;
                self.edits.insert(end, &format!(",{close}"));
            }
            None => self.edits.insert(it.start, &format!("{open}{close}")),
        }
    }

    /// `$_p(0,P())` for each decorator of a parameter.
    fn parameter_decorators(&mut self, parameters: &FormalParameters<'_>) -> Vec<String> {
        let mut calls = Vec::new();
        for (index, parameter) in parameters.items.iter().enumerate() {
            for decorator in &parameter.decorators {
                let p = self.prefix();
                let text = self.moved(decorator);
                calls.push(format!("{p}_p({index},{text})"));
            }
        }
        calls
    }

    fn parameter_types(&mut self, parameters: &FormalParameters<'_>) -> String {
        let types = parameters.items.iter();
        let types: Vec<String> = types
            .map(|one| self.annotated(one.type_annotation.as_deref()))
            .collect();
        format!("[{}]", types.join(","))
    }

    fn result(&mut self, function: &Function<'_>) -> String {
        match &function.return_type {
            Some(types) => self.annotated(Some(types)),
            None if function.r#async => "Promise".to_owned(),
            None => "void 0".to_owned(),
        }
    }

    fn annotated(&mut self, types: Option<&TSTypeAnnotation<'_>>) -> String {
        types.map_or("Object".to_owned(), |it| {
            self.type_value(&it.type_annotation)
        })
    }

    /// The value that stands for a type, as tsc's `serializeTypeNode` chooses it.
    fn type_value(&mut self, it: &TSType<'_>) -> String {
        let name = match it {
            TSType::TSStringKeyword(_) | TSType::TSTemplateLiteralType(_) => "String",
            TSType::TSNumberKeyword(_) => "Number",
            TSType::TSBooleanKeyword(_) | TSType::TSTypePredicate(_) => "Boolean",
            TSType::TSBigIntKeyword(_) => "BigInt",
            TSType::TSSymbolKeyword(_) => "Symbol",
            TSType::TSArrayType(_) | TSType::TSTupleType(_) => "Array",
            TSType::TSFunctionType(_) | TSType::TSConstructorType(_) => "Function",
            TSType::TSVoidKeyword(_)
            | TSType::TSUndefinedKeyword(_)
            | TSType::TSNullKeyword(_)
            | TSType::TSNeverKeyword(_) => "void 0",
            TSType::TSLiteralType(it) => match &it.literal {
                TSLiteral::StringLiteral(_) | TSLiteral::TemplateLiteral(_) => "String",
                TSLiteral::BooleanLiteral(_) => "Boolean",
                TSLiteral::BigIntLiteral(_) => "BigInt",
                TSLiteral::NumericLiteral(_) | TSLiteral::UnaryExpression(_) => "Number",
            },
            TSType::TSParenthesizedType(it) => return self.type_value(&it.type_annotation),
            TSType::TSTypeOperatorType(it) => return self.type_value(&it.type_annotation),
            TSType::TSTypeReference(it) => return self.reference(it),
            TSType::TSUnionType(it) => {
                let mut values: Vec<String> =
                    it.types.iter().map(|one| self.type_value(one)).collect();
                values.retain(|value| value != "void 0");
                values.dedup();
                return match values.as_slice() {
                    [] => "void 0".to_owned(),
                    [one] => one.clone(),
                    _ => "Object".to_owned(),
                };
            }
            _ => "Object",
        };
        name.to_owned()
    }

    fn reference(&mut self, it: &TSTypeReference<'_>) -> String {
        let whole = self.text(range(&it.type_name));
        let mut first = &it.type_name;
        while let TSTypeName::QualifiedName(name) = first {
            first = &name.left;
        }
        let TSTypeName::IdentifierReference(name) = first else {
            return "Object".to_owned();
        };
        let p = self.prefix();
        let scoping: &Scoping = self.names.0;
        let reference = name.reference_id.get();
        let symbol = reference.and_then(|id| scoping.get_reference(id).symbol_id());
        let Some(symbol) = symbol else {
            return match whole {
                "ReadonlyArray" => "Array".to_owned(),
                _ => format!("{p}_t(()=>{whole})"),
            };
        };
        let flags = scoping.symbol_flags(symbol);
        let is_read = || {
            scoping
                .get_resolved_references(symbol)
                .any(oxc_semantic::Reference::is_value)
        };
        if flags.contains(SymbolFlags::Import) && !is_read() {
            let Some((module, name)) = self.decoration.imports.get(&symbol) else {
                return "Object".to_owned();
            };
            let local = first.span().end as usize - first.span().start as usize;
            let member = name
                .as_ref()
                .map(|name| format!("[{}]", quoted(name)))
                .unwrap_or_default();
            let value = format!("{p}_i({}){member}{}", quoted(module), &whole[local..]);
            self.decoration.requires = true;
            return format!("{p}_t(()=>{value})");
        }
        if flags.intersects(SymbolFlags::Enum) {
            return format!(
                "(Object.values({whole}).some(v=>typeof v===\"number\")?Number:String)"
            );
        }
        let value = SymbolFlags::Value | SymbolFlags::Import;
        if flags.intersects(value) && !flags.contains(SymbolFlags::Ambient) {
            format!("{p}_t(()=>{whole})")
        } else {
            "Object".to_owned()
        }
    }
}
