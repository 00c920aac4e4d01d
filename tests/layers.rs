//! The architecture as a test: which module may use which, and who may name the crates that reach outside.

use std::fs;
use std::path::{Path, PathBuf};

/// Every module of `src/` with the modules it may use. A module may always use itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("diag", &[]),
    ("template", &["diag"]),
    ("config", &["diag", "template"]),
    ("ui", &["diag"]),
    ("aws", &["config"]),
    ("schema", &[]),
    ("eval", &["diag", "template"]),
    ("sam", &["diag", "template", "eval"]),
    ("graph", &["diag", "template", "eval", "schema"]),
    ("check", &["diag", "template", "eval", "graph", "schema"]),
    ("editor", &["template", "graph", "schema"]),
    (
        "project",
        &[
            "diag", "template", "eval", "sam", "graph", "schema", "check", "config",
        ],
    ),
    ("build", &["diag", "template", "graph", "config"]),
    ("sample", &["diag"]),
    (
        "local",
        &["diag", "template", "config", "eval", "graph", "project"],
    ),
    (
        "deploy",
        &[
            "diag", "template", "schema", "eval", "graph", "project", "build", "aws",
        ],
    ),
    ("logs", &["aws"]),
    ("metrics", &["aws"]),
    ("scaffold", &[]),
    (
        "cli",
        &[
            "aws", "build", "deploy", "diag", "template", "schema", "eval", "sam", "graph",
            "check", "editor", "project", "config", "ui", "sample", "local", "logs", "metrics",
            "scaffold",
        ],
    ),
];

/// Words that only some modules may write.
const RESERVED: &[(&str, &[&str])] = &[
    ("clap::", &["cli", "main"]),
    ("wasmtime::", &["local"]),
    ("aws_sdk_", &["aws", "deploy", "logs", "metrics"]),
    ("aws_config::", &["aws"]),
    ("std::env::", &["config"]),
    ("dialoguer::", &["ui"]),
    ("include_dir::", &["scaffold"]),
    ("indicatif::", &["ui"]),
    ("annotate_snippets::", &["ui"]),
    (" println!(", &[]),
    (" eprintln!(", &["main"]),
];

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test(&path) {
            files.push(path);
        }
    }
}

/// Unit tests that have a file or folder of their own.
fn is_test(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs")
}

/// The file's code without its unit tests, which may reach wherever they need to.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn module(path: &Path) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let inside = path.strip_prefix(source).unwrap();
    let first = inside.components().next().unwrap().as_os_str();
    first.to_str().unwrap().trim_end_matches(".rs").to_owned()
}

#[test]
fn modules_use_only_the_layers_below_them() {
    let mut files = Vec::new();
    rust_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    assert!(files.len() > 50, "the sources were not found");
    let mut wrong = Vec::new();
    for path in &files {
        let module = module(path);
        if module == "main" || module == "lib" {
            continue;
        }
        let (_, allowed) = MAY_USE
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("src/{module} is not in the table of layers"));
        let code = code(path);
        for (other, _) in MAY_USE {
            let used = code.contains(&format!("crate::{other}::"))
                || code.contains(&format!("crate::{other};"));
            if used && *other != module && !allowed.contains(other) {
                wrong.push(format!("{} uses {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_reaches_outside_is_named_in_its_own_module_only() {
    let mut files = Vec::new();
    rust_files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut wrong = Vec::new();
    for path in &files {
        let module = module(path);
        let code = code(path);
        for (word, owners) in RESERVED {
            if code.contains(word) && !owners.contains(&module.as_str()) {
                wrong.push(format!("{} writes {word}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
