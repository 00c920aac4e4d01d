//! TypeScript files: which kind of module they are, and how they name each other.

use serde_json::{Value, json};

use super::super::format::Format;
use super::super::{Kind, Rules};
use super::layout::Layout;

#[test]
fn the_syntax_tells_modules_from_scripts_where_the_name_does_not() {
    let layout = Layout::new(&[
        ("module.ts", "import { a } from './a'; a()"),
        (
            "script.ts",
            "import type { A } from './a'; exports.handler = (a: A) => a",
        ),
        (
            "elided.ts",
            "import { A } from './a'; exports.handler = (a: A) => a",
        ),
        ("types.ts", "export interface A {}"),
        ("empty.ts", "export {}; type A = 1"),
        ("await.ts", "const a: number = await 1"),
        ("equals.ts", "import fs = require('fs'); export = fs"),
        ("a.mts", "const a: number = 1"),
        ("a.cts", "const a: number = 1"),
        ("imports.cts", "import a from './a'; a()"),
        ("cjs/package.json", r#"{"type":"commonjs"}"#),
        ("cjs/module.ts", "export const a: number = 1"),
        ("esm/package.json", r#"{"type":"module"}"#),
        ("esm/a.ts", "type A = 1"),
        ("esm/a.cts", "type A = 1"),
    ]);
    for (path, expected) in [
        ("module.ts", Format::Module),
        ("script.ts", Format::CommonJs),
        ("elided.ts", Format::CommonJs),
        ("types.ts", Format::CommonJs),
        ("empty.ts", Format::Module),
        ("await.ts", Format::Module),
        ("equals.ts", Format::CommonJs),
        ("a.mts", Format::Module),
        ("a.cts", Format::CommonJs),
        ("imports.cts", Format::Module),
        ("cjs/module.ts", Format::Module),
        ("esm/a.ts", Format::Module),
        ("esm/a.cts", Format::CommonJs),
    ] {
        for (major, kind) in [(24, Kind::Require), (24, Kind::Import), (22, Kind::Import)] {
            let resolver = layout.resolver(Rules::new(major, None, None));
            let loaded = resolver.load(&format!("/var/task/{path}"), kind);
            assert_eq!(
                loaded.map(|loaded| loaded.format),
                Ok(expected),
                "{path} {major}"
            );
        }
    }
}

#[test]
fn typescript_names_other_files_as_tsc_and_esbuild_let_it() {
    let layout = Layout::new(&[
        ("a.ts", ""),
        ("both.ts", ""),
        ("both.js", ""),
        ("m.mts", ""),
        ("c.cts", ""),
        ("plain.js", ""),
        ("data.json", "{}"),
        ("folder/index.ts", ""),
        ("folder.with.dots.ts", ""),
        ("node_modules/p/package.json", "{}"),
        ("node_modules/p/plugin/utc.js", ""),
        ("node_modules/p/plugin/utc.ts", ""),
    ]);
    for (specifier, found) in [
        ("./a", "a.ts"),
        ("./a.js", "a.ts"),
        ("./a.ts", "a.ts"),
        ("./both", "both.ts"),
        ("./both.js", "both.js"),
        ("./m", "m.mts"),
        ("./m.mjs", "m.mts"),
        ("./c.cjs", "c.cts"),
        ("./plain", "plain.js"),
        ("./data", "data.json"),
        ("./folder", "folder/index.ts"),
        ("./folder/", "folder/index.ts"),
        ("./folder.with.dots", "folder.with.dots.ts"),
        ("p/plugin/utc", "node_modules/p/plugin/utc.js"),
    ] {
        let found = Ok(format!("/var/task/{found}"));
        for kind in [Kind::Import, Kind::Require] {
            let from = "/var/task/index.ts";
            assert_eq!(layout.resolve(specifier, from, kind), found, "{specifier}");
        }
    }
    // JavaScript goes by Node's rules.
    for specifier in ["./a", "./a.js", "./folder", "p/plugin/utc"] {
        assert!(layout.import(specifier).is_err(), "{specifier}");
    }
    assert!(layout.require("./a").is_err());
    assert!(layout.require("./folder").is_err());
    let gone = layout.resolve("./gone", "/var/task/index.ts", Kind::Import);
    assert_eq!(
        gone,
        Err(
            "ERR_MODULE_NOT_FOUND: Cannot find module '/var/task/gone' imported from \
             /var/task/index.ts"
                .to_owned()
        )
    );
}

#[test]
fn linking_is_told_of_values_only() {
    let layout = Layout::new(&[(
        "a.ts",
        "import data from './d.json'; import { A, b } from './b'; export { C } from './c'; export const \
         e: A = b(data)",
    )]);
    let loaded = layout
        .load("/var/task/a.ts", Kind::Import)
        .expect("a module");
    let metadata: Value = serde_json::from_str(&loaded.metadata()).expect("JSON");
    // `C` may be a type.
    assert_eq!(
        metadata,
        json!({
            "kind": "module",
            "requests": ["./d.json", "./b", "./c"],
            "stars": [],
            "async": false,
            "exports": ["C", "e"],
            "imports": [[0, "default"], [1, "b"]],
            "types": ["json", null, null],
        })
    );
}

#[test]
fn syntax_errors_name_the_file_as_it_was_written() {
    let layout = Layout::new(&[
        ("a.ts", "type A = 1;\nlet a: A = 1 as;\n"),
        ("b.ts", "type A = 1;\nlet a: A = 1; delete a; export {}\n"),
    ]);
    for (path, line, column, text) in [
        ("/var/task/a.ts", 2, 16, "let a: A = 1 as;"),
        ("/var/task/b.ts", 2, 22, "let a: A = 1; delete a; export {}"),
    ] {
        let error = layout.load(path, Kind::Import).expect_err(path);
        let error: Value = serde_json::from_str(&error.to_json()).expect("JSON");
        assert_eq!(error["path"], path);
        assert_eq!(error["line"], line, "{error}");
        assert_eq!(error["column"], column, "{error}");
        assert_eq!(error["text"], text);
    }
}
