//! The text of transformed modules. What they do when run was compared with Node on 31 programs.

use super::super::transform::{Module, commonjs, is_script, module};

/// The module, whose text must be a script with the same lines.
fn transformed(source: &str) -> Module {
    let module = module(source).expect("a module");
    assert!(is_script(&module.code), "{}", module.code);
    assert_eq!(
        module.code.matches('\n').count(),
        source.matches('\n').count() + 1
    );
    module
}

/// What follows the prologue.
fn body(source: &str) -> String {
    let code = transformed(source).code;
    let (_, body) = code.split_once("__hoist.exports(").expect("a prologue");
    let (_, body) = body.split_once("});").expect("a prologue");
    body.strip_suffix("\n})").expect("an end").to_owned()
}

#[test]
fn an_empty_module_is_an_empty_function() {
    assert_eq!(
        transformed("").code,
        "(function(__hoist){\"use strict\";__hoist.exports({});\n})"
    );
}

#[test]
fn imports_become_reads_of_namespaces() {
    let module = transformed(
        "import d, { a, b as c, \"x y\" as e } from 'one'; import * as ns from \"two\"; import 'three';\n\
         d; a; c; e; ns; ns.x;",
    );
    assert_eq!(
        module.code,
        "(function(__hoist){\"use strict\";const __hoist_0=__hoist.imports[0],__hoist_1=__hoist.imports[1];\
         __hoist.exports({});; ; ;\n\
         __hoist_0.default; __hoist_0.a; __hoist_0.b; __hoist_0[\"x y\"]; __hoist_1; __hoist_1.x;\n})"
    );
    assert_eq!(module.requests, ["one", "two", "three"]);
    let imports = [(0, "default"), (0, "a"), (0, "b"), (0, "x y")];
    assert_eq!(
        module.imports,
        imports.map(|(index, name)| (index, name.to_owned()))
    );
}

#[test]
fn imported_functions_are_called_without_this() {
    assert_eq!(
        body("import { f } from 'm'; f(1); (f)(); f?.(); f`x`; new f(); f.g(); (() => f())();"),
        "; (0,__hoist_0.f)(1); ((0,__hoist_0.f))(); (0,__hoist_0.f)?.(); (0,__hoist_0.f)`x`; new \
         __hoist_0.f(); __hoist_0.f.g(); (() => (0,__hoist_0.f)())();"
    );
    assert_eq!(body("import * as f from 'm'; f()"), "; __hoist_0()");
}

#[test]
fn a_call_does_not_join_the_line_before() {
    assert_eq!(
        body("import { f } from 'm'\nlet a = 1\nf()\na;\nf()\nif (a) f()\nelse f()"),
        ";\nlet a = 1\n;(0,__hoist_0.f)()\na;\n(0,__hoist_0.f)()\nif (a) (0,__hoist_0.f)()\nelse \
         (0,__hoist_0.f)()"
    );
    // The statement between them goes away.
    assert_eq!(
        body("a\nimport { f } from 'm'\nf()"),
        "a\n;\n;(0,__hoist_0.f)()"
    );
}

#[test]
fn local_names_hide_imports() {
    assert_eq!(
        body(
            "import { a } from 'm'; { let a = 1; a } (a => a)(a); function f(a, b = a) {} try {} catch (a) { a }"
        ),
        "; { let a = 1; a } (a => a)(__hoist_0.a); function f(a, b = a) {} try {} catch (a) { a }"
    );
}

#[test]
fn shorthand_properties_keep_their_name() {
    assert_eq!(
        body("import { a, b as c } from 'm'; ({ a, c, d: a, a() {}, [a]: 1 })"),
        "; ({ a:__hoist_0.a, c:__hoist_0.b, d: __hoist_0.a, a() {}, [__hoist_0.a]: 1 })"
    );
}

#[test]
fn imports_cannot_be_assigned_to() {
    let code = transformed("import { a } from 'm'; a = 1; ({ a } = {}); a++").code;
    assert!(code.contains(
        "const __hoist_const={get a(){return __hoist_0.a},set a(_){throw new TypeError(\"Assignment \
         to constant variable.\")},};"
    ));
    assert!(
        code.contains("; __hoist_const.a = 1; ({ a:__hoist_const.a } = {}); __hoist_const.a++\n")
    );
}

#[test]
fn exports_are_getters() {
    let module = transformed(
        "export const a = 1, { b, c: [d = 2, ...e], ...f } = {}; export let g; export function h() {} \
         export class I {} let j; export { j, j as k, j as \"l m\", j as __proto__ }; export async \
         function* n() {}",
    );
    assert!(module.code.contains(
        "__hoist.exports({a:()=>a,b:()=>b,d:()=>d,e:()=>e,f:()=>f,g:()=>g,h:()=>h,I:()=>I,j:()=>j,\
         k:()=>j,\"l m\":()=>j,[\"__proto__\"]:()=>j,n:()=>n});       const a = 1"
    ));
    assert!(
        module
            .code
            .contains("let j; ;        async function* n() {}")
    );
    assert_eq!(
        module.exports,
        [
            "a",
            "b",
            "d",
            "e",
            "f",
            "g",
            "h",
            "I",
            "j",
            "k",
            "l m",
            "__proto__",
            "n"
        ]
    );
}

#[test]
fn what_was_imported_can_be_exported_again() {
    let module = transformed(
        "export { a as b, default as c, default } from 'one'; export * from 'two'; export * as d from \
         'two'; export { x as y, ns }; import { x } from 'three'; import * as ns from 'one'",
    );
    assert!(module.code.contains(
        "__hoist.exports({b:()=>__hoist_0.a,c:()=>__hoist_0.default,default:()=>__hoist_0.default,\
         d:()=>__hoist_1,y:()=>__hoist_2.x,ns:()=>__hoist_0});"
    ));
    assert_eq!(module.requests, ["one", "two", "three"]);
    assert_eq!(module.stars, [1]);
}

#[test]
fn default_exports_have_their_name() {
    let code = |source| transformed(source).code;
    assert!(code("export default 1 + 1").ends_with("const __hoist_default=1 + 1;\n})"));
    assert!(code("export default () => 1").ends_with(
        "__hoist.exports({default:()=>__hoist_default});const __hoist_default={default:() => 1}.default;\n})"
    ));
    assert!(
        code("export default (class {});")
            .ends_with("const __hoist_default={default:(class {})}.default;;\n})")
    );
    assert!(
        code("export default class {}")
            .ends_with("const __hoist_default={default:class {}}.default;\n})")
    );
    let named = code("export default async function f() {} f()");
    assert!(named.contains("__hoist.exports({default:()=>f});"));
    assert!(named.contains("               async function f() {} f()"));
    let nameless = code("export default function* () {}");
    assert!(nameless.contains(
        "({}).constructor.defineProperty(__hoist_default,\"name\",{value:\"default\",configurable:true});"
    ));
    assert!(nameless.contains("function*  __hoist_default() {}"));
}

#[test]
fn lines_are_kept_whatever_goes_away() {
    assert_eq!(
        body(
            "#!/usr/bin/env node\nimport {\n  a\n} from\n  'm'\nexport\n  default\n  a\nexport {\n}\nimport\n.meta"
        ),
        "///usr/bin/env node\n;\n\n\n\n\n\nconst __hoist_default=__hoist_0.a;\n;\n\n\n__hoist.meta"
    );
}

#[test]
fn awaits_at_the_top_level_make_the_function_asynchronous() {
    for source in [
        "await 1",
        "for await (const a of b) {}",
        "if (a) { await b }",
        "class A { [await 1] = 1 }",
    ] {
        let module = transformed(source);
        assert!(module.awaits, "{source}");
        assert!(
            module.code.starts_with("(async function(__hoist){"),
            "{source}"
        );
    }
    for source in [
        "async () => await 1",
        "async function f() { for await (const a of b) {} }",
        "({ async m() { await 1 } })",
    ] {
        assert!(!transformed(source).awaits, "{source}");
    }
}

#[test]
fn dynamic_imports_and_meta_are_the_hosts() {
    assert_eq!(
        body("import('x').then(f, import.meta.url); import(\"y\", { with: {} })"),
        "__hoist.import('x').then(f, __hoist.meta.url); __hoist.import(\"y\", { with: {} })"
    );
}

#[test]
fn a_module_has_no_arguments() {
    assert_eq!(
        body("typeof arguments; () => arguments; function f() { arguments }"),
        "typeof __hoist_arguments; () => __hoist_arguments; function f() { arguments }"
    );
}

#[test]
fn names_of_the_program_are_not_taken() {
    let code =
        transformed("const __hoist = 1, __hoist_0 = 2; import { a } from 'm'; a + __hoist_0").code;
    assert!(code.starts_with(
        "(function(__hoist1x){\"use strict\";const __hoist1x_0=__hoist1x.imports[0];"
    ));
    assert!(code.contains("__hoist1x_0.a + __hoist_0"));
}

#[test]
fn commonjs_keeps_its_text_but_for_dynamic_imports() {
    let open = "(function(exports,require,module,__filename,__dirname,__hoist){";
    assert_eq!(
        commonjs("#!/bin/node\nreturn import('x') // end").as_deref(),
        Ok(format!("{open}///bin/node\nreturn __hoist.import('x') // end\n}})").as_str())
    );
    assert_eq!(
        commonjs("var await = 1; with (a) b = arguments").as_deref(),
        Ok(format!("{open}var await = 1; with (a) b = arguments\n}})").as_str())
    );
    for source in [
        "}); evil(); (function() {",
        "import a from 'b'",
        "export {}",
        "import.meta",
        "await x",
    ] {
        assert!(commonjs(source).is_err(), "{source}");
    }
}

#[test]
fn syntax_errors_are_worded_as_v8_words_them() {
    for (source, line, message) in [
        ("let x = ;", 1, "Unexpected token ';'"),
        ("\nfoo(1 2)", 2, "missing ) after argument list"),
        (
            "let a;\nlet a",
            2,
            "Identifier 'a' has already been declared",
        ),
        (
            "import a from 'b'; let a",
            1,
            "Identifier 'a' has already been declared",
        ),
        (
            "export { nope }",
            1,
            "Export 'nope' is not defined in module",
        ),
        (
            "export const a = 1; export { a }",
            1,
            "Duplicate export of 'a'",
        ),
        (
            "export default 1; export default 2",
            1,
            "Duplicate export of 'default'",
        ),
        ("{", 1, "Unexpected end of input"),
        ("a b", 1, "Unexpected identifier 'b'"),
        ("'abc", 1, "Invalid or unexpected token"),
        ("return 1", 1, "Illegal return statement"),
        ("const a", 1, "Missing initializer in const declaration"),
        ("let await", 1, "Unexpected reserved word"),
        (
            "with (a) {}",
            1,
            "Strict mode code may not include a with statement",
        ),
        (
            "delete a",
            1,
            "Delete of an unqualified identifier in strict mode.",
        ),
        (
            "import defer * as a from 'b'",
            1,
            "`import defer` is not supported",
        ),
        (
            "import source a from 'b'",
            1,
            "`import source` is not supported",
        ),
    ] {
        let error = module(source).expect_err(source);
        assert_eq!(
            (error.line, error.message.as_str()),
            (line, message),
            "{source}"
        );
    }
    assert_eq!(
        commonjs("function f() { await x }")
            .expect_err("an error")
            .message,
        "await is only valid in async functions and the top level bodies of modules"
    );
}

#[test]
fn hostile_texts_are_errors_and_not_crashes() {
    let deep = |open: &str, close: &str, count: usize| {
        format!("{}1{}", open.repeat(count), close.repeat(count))
    };
    for source in [
        deep("(", ")", 1_000_000),
        deep("[", "]", 3_000),
        deep("!", "", 30_000),
        deep("a=>", "", 3_000),
        format!("x = {}1", "a + ".repeat(20_000)),
        "import{".repeat(1000),
        "`${".repeat(1000),
        "\u{0}\u{feff}\u{2028}".to_owned(),
        "export {".to_owned(),
        "import \"\\u{".to_owned(),
    ] {
        let _ = module(&source);
        let _ = commonjs(&source);
    }
}
