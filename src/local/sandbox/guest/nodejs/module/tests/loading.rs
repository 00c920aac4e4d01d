//! Formats, and what the guest is told about a module.

use serde_json::{Value, json};

use super::super::error::ModuleError;
use super::super::format::Format;
use super::super::{Kind, Rules};
use super::layout::Layout;

fn format(layout: &Layout, path: &str, kind: Kind) -> Result<Format, String> {
    layout
        .load(path, kind)
        .map(|loaded| loaded.format)
        .map_err(|error| error.to_string())
}

#[test]
fn the_format_goes_by_name_then_package_then_syntax() {
    let layout = Layout::new(&[
        ("a.mjs", "export {}"),
        ("a.cjs", "exports.a = 1"),
        ("a.json", "{}"),
        ("script.js", "module.exports = 1"),
        ("module.js", "export const a = 1"),
        ("await.js", "const a = await 1"),
        ("meta.js", "console.log(import.meta.url)"),
        ("wrapper.js", "const require = 1"),
        ("await-name.js", "var await = 1; await + 1"),
        ("dynamic.js", "import('x')"),
        ("none", "export const a = 1"),
        ("text.txt", "exports.a = 1"),
        ("esm/package.json", r#"{"type":"module"}"#),
        ("esm/a.js", ""),
        ("esm/none", ""),
        ("esm/node_modules/p/a.js", ""),
        ("cjs/package.json", r#"{"type":"commonjs"}"#),
        ("cjs/a.js", "exports.a = 1"),
        ("cjs/deep/package.json", "{}"),
        ("cjs/deep/a.js", "export default 1"),
    ]);
    for (path, expected) in [
        ("a.mjs", Format::Module),
        ("a.cjs", Format::CommonJs),
        ("a.json", Format::Json),
        ("script.js", Format::CommonJs),
        ("module.js", Format::Module),
        ("await.js", Format::Module),
        ("meta.js", Format::Module),
        ("wrapper.js", Format::Module),
        ("await-name.js", Format::CommonJs),
        ("dynamic.js", Format::CommonJs),
        ("none", Format::Module),
        ("esm/a.js", Format::Module),
        ("esm/node_modules/p/a.js", Format::CommonJs),
        ("cjs/a.js", Format::CommonJs),
        ("cjs/deep/a.js", Format::Module),
    ] {
        for kind in [Kind::Require, Kind::Import] {
            assert_eq!(
                format(&layout, &format!("/var/task/{path}"), kind),
                Ok(expected),
                "{path}"
            );
        }
    }
    assert_eq!(
        format(&layout, "/var/task/esm/none", Kind::Import),
        Ok(Format::Module)
    );
    assert_eq!(
        format(&layout, "/var/task/esm/none", Kind::Require),
        Ok(Format::CommonJs)
    );
    assert_eq!(
        format(&layout, "/var/task/text.txt", Kind::Require),
        Ok(Format::CommonJs)
    );
    assert_eq!(
        format(&layout, "/var/task/text.txt", Kind::Import),
        Err("Unknown file extension \".txt\" for /var/task/text.txt".into())
    );
}

#[test]
fn older_runtimes_neither_detect_nor_require_modules() {
    let layout = Layout::new(&[
        ("a.js", "\nimport x from 'y'"),
        ("b.js", "export default 1"),
        ("c.mjs", ""),
    ]);
    let resolver = layout.resolver(Rules::new(22, None, None));
    let message = |path: &str, kind| match resolver.load(path, kind) {
        Err(error) => error.to_string(),
        Ok(loaded) => panic!("{loaded:?}"),
    };
    assert_eq!(
        message("/var/task/a.js", Kind::Require),
        "/var/task/a.js:2: SyntaxError: Cannot use import statement outside a module"
    );
    assert_eq!(
        message("/var/task/b.js", Kind::Require),
        "/var/task/b.js:1: SyntaxError: Unexpected token 'export'"
    );
    assert_eq!(
        message("/var/task/c.mjs", Kind::Require),
        "require() of ES Module /var/task/c.mjs not supported."
    );
    assert!(resolver.load("/var/task/c.mjs", Kind::Import).is_ok());
}

#[test]
fn metadata_tells_what_linking_needs() {
    let layout = Layout::new(&[(
        "a.mjs",
        "import d, { x } from './b.mjs'; import data from './d.json' with { type: 'json' }; export * \
         from './c.mjs'; export { y as z } from './b.mjs'; export const own = await d(x, data);",
    )]);
    let loaded = layout
        .load("/var/task/a.mjs", Kind::Import)
        .expect("a module");
    let metadata: Value = serde_json::from_str(&loaded.metadata()).expect("JSON");
    assert_eq!(
        metadata,
        json!({
            "kind": "module",
            "requests": ["./b.mjs", "./d.json", "./c.mjs"],
            "stars": [2],
            "async": true,
            "exports": ["z", "own"],
            "imports": [[0, "default"], [0, "x"], [1, "default"], [0, "y"]],
            "types": [null, "json", null],
        })
    );
}

#[test]
fn what_cannot_run_says_so() {
    let layout = Layout::new(&[
        ("a.node", ""),
        ("a.tsx", "<a/>"),
        ("node_modules/p/a.ts", ""),
        ("d/x", ""),
    ]);
    let message = |path: &str| match layout.load(path, Kind::Require) {
        Err(ModuleError::Coded { code, message }) => format!("{code}: {message}"),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        message("/var/task/a.node"),
        "ERR_DLOPEN_FAILED: native addons cannot run in the sandbox: /var/task/a.node"
    );
    assert_eq!(
        message("/var/task/a.tsx"),
        "ERR_UNKNOWN_FILE_EXTENSION: JSX cannot be run, compile it to JavaScript first: \
         /var/task/a.tsx"
    );
    assert_eq!(
        message("/var/task/b.tsx"),
        "ENOENT: ENOENT: no such file or directory, open '/var/task/b.tsx'"
    );
    assert_eq!(
        message("/var/task/node_modules/p/a.ts"),
        "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING: Stripping types is currently unsupported for \
         files under node_modules, for \"file:///var/task/node_modules/p/a.ts\""
    );
    assert_eq!(
        message("/var/task/gone.js"),
        "ENOENT: ENOENT: no such file or directory, open '/var/task/gone.js'"
    );
    assert!(message("/var/task/d").starts_with("EISDIR"));
}

#[test]
fn marks_and_broken_bytes_are_read_as_node_reads_them() {
    let layout = Layout::new(&[("a.json", "\u{feff}{}"), ("b.cjs", "\u{feff}exports.b = 1")]);
    std::fs::write(layout.task.path().join("c.cjs"), b"exports.c = '\xff\xfe'").expect("a file");
    let code = |path| layout.load(path, Kind::Require).expect("a module").code;
    assert_eq!(code("/var/task/a.json"), "{}");
    assert!(code("/var/task/b.cjs").ends_with("{exports.b = 1\n})"));
    assert!(code("/var/task/c.cjs").contains("'\u{fffd}\u{fffd}'"));
}

#[test]
fn syntax_errors_tell_the_guest_where() {
    let layout = Layout::new(&[("a.mjs", "let a = 1;\nlet é = foo(1 2)\n")]);
    let error = layout
        .load("/var/task/a.mjs", Kind::Import)
        .expect_err("an error");
    let error: Value = serde_json::from_str(&error.to_json()).expect("JSON");
    assert_eq!(
        error,
        json!({
            "name": "SyntaxError",
            "message": "missing ) after argument list",
            "path": "/var/task/a.mjs",
            "line": 2,
            "column": 15,
            "text": "let é = foo(1 2)",
        })
    );
}
