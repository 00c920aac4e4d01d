//! The ES modules of the crate that Node's builtins come from: large, real sources.

use std::path::{Path, PathBuf};

use super::super::transform;

/// The folder of the crate's sources in cargo's registry, if it was ever downloaded.
fn folder() -> Option<PathBuf> {
    let home = match option_env!("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => Path::new(option_env!("HOME")?).join(".cargo"),
    };
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?;
    registries
        .filter_map(Result::ok)
        .map(|registry| {
            registry
                .path()
                .join("wasm-rquickjs-0.4.14/skeleton/src/builtin")
        })
        .find(|folder| folder.is_dir())
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
    {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "js") {
            found.push(path);
        }
    }
}

#[test]
fn every_vendored_module_becomes_a_function_on_the_same_lines() {
    let Some(folder) = folder() else {
        println!("skipped: wasm-rquickjs 0.4.14 is not in cargo's registry");
        return;
    };
    let mut paths = Vec::new();
    sources(&folder, &mut paths);
    assert!(
        paths.len() > 100,
        "only {} files in {}",
        paths.len(),
        folder.display()
    );
    for path in paths {
        let source = std::fs::read_to_string(&path).expect("a text");
        let module = match transform::module(&source) {
            Ok(module) => module,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        assert!(transform::is_script(&module.code), "{}", path.display());
        let lines = |text: &str| text.matches('\n').count();
        assert_eq!(
            lines(&module.code),
            lines(&source) + 1,
            "{}",
            path.display()
        );
        assert!(!module.awaits, "{}", path.display());
    }
}
