//! What a Python function's own files ask for.

use std::fs;
use std::path::{Path, PathBuf};

/// Files of a function that are looked at, at most.
const MOST_FILES: usize = 20_000;

/// What the files of a Python function show.
#[derive(Debug, Default)]
pub struct Python {
    /// The first file that imports boto3 or botocore, from the function's folder on.
    pub asks_for_sdk: Option<PathBuf>,
    /// boto3 lies in the function's folder or in a layer.
    pub has_sdk: bool,
    /// The first native library, from its folder on.
    pub native: Option<PathBuf>,
}

/// Looks through a function's folder and its layers.
pub fn look(task: &Path, layers: &[PathBuf]) -> Python {
    let mut found = Python {
        has_sdk: task.join("boto3").is_dir()
            || layers
                .iter()
                .any(|layer| layer.join("python/boto3").is_dir() || in_site_packages(layer)),
        ..Python::default()
    };
    for root in std::iter::once(task).chain(layers.iter().map(PathBuf::as_path)) {
        walk(root, root == task, &mut found);
    }
    found
}

/// `python/lib/python3.14/site-packages/boto3`.
fn in_site_packages(layer: &Path) -> bool {
    let versions = fs::read_dir(layer.join("python/lib")).into_iter().flatten();
    versions
        .flatten()
        .any(|version| version.path().join("site-packages/boto3").is_dir())
}

fn walk(root: &Path, is_own: bool, found: &mut Python) {
    let mut folders = vec![root.to_owned()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<PathBuf> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            // Links are not followed: they could lead in circles.
            .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()))
            .map(|entry| entry.path())
            .collect();
        entries.sort();
        for path in entries {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                let skipped = name.starts_with('.') || name == "node_modules" || name == "venv";
                if !skipped {
                    folders.push(path);
                }
                continue;
            }
            files += 1;
            if files > MOST_FILES {
                return;
            }
            let inside = || path.strip_prefix(root).unwrap_or(&path).to_owned();
            if name.ends_with(".so") || name.ends_with(".pyd") {
                found.native.get_or_insert_with(inside);
            } else if is_own
                && name.ends_with(".py")
                && found.asks_for_sdk.is_none()
                && fs::read(&path).is_ok_and(|text| imports_sdk(&String::from_utf8_lossy(&text)))
            {
                found.asks_for_sdk = Some(inside());
            }
        }
    }
}

/// Whether a line imports the SDK: `import boto3`, `from botocore.config import Config`.
fn imports_sdk(text: &str) -> bool {
    text.lines().any(|line| {
        let mut words = line.split_whitespace();
        let verb = words.next();
        let module = words.next().unwrap_or_default();
        let module = module.split(['.', ',']).next().unwrap_or_default();
        matches!(verb, Some("import" | "from")) && matches!(module, "boto3" | "botocore")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_of_the_sdk_is_told_from_its_name() {
        for (text, expected) in [
            ("import boto3", true),
            ("def f():\n    import boto3 as b", true),
            ("from botocore.config import Config", true),
            ("import boto3, os", true),
            ("# import boto3", false),
            ("import boto3_stubs", false),
            ("x = 'boto3'", false),
        ] {
            assert_eq!(imports_sdk(text), expected, "{text}");
        }
    }
}
