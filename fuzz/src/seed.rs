//! The templates that mutation starts from: Hoist's examples, and the translator's cases when they are there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::diag::Sources;
use crate::template;

/// From the folder of this crate; the corpus stands beside the repository.
const FOLDERS: [&str; 4] = [
    "../examples",
    "../../shared/corpus/sam-translator/input",
    "../../../shared/corpus/sam-translator/input",
    "../../../shared/corpus/language-extensions",
];

/// A longer text is no word.
const LONGEST: usize = 60;

/// What mutation takes from.
pub struct Seeds {
    /// Every template of [`FOLDERS`] as JSON, in the order of the paths.
    pub templates: Vec<Value>,
    /// Their keys and short texts.
    words: Vec<String>,
}

impl Seeds {
    /// Reads them.
    ///
    /// # Panics
    /// When there is no template.
    pub fn read() -> Self {
        let templates = templates();
        let mut words = BTreeSet::new();
        templates.iter().for_each(|one| add_words(one, &mut words));
        Seeds {
            templates,
            words: words.into_iter().collect(),
        }
    }

    /// A word by its number, counted around.
    pub fn word(&self, number: usize) -> &str {
        pick(&self.words, number).map_or("", String::as_str)
    }
}

/// An item by its number, counted around.
pub fn pick<T>(items: &[T], number: usize) -> Option<&T> {
    items.get(number.checked_rem(items.len())?)
}

fn add_words(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.len() <= LONGEST => {
            words.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| add_words(item, words)),
        Value::Object(map) => {
            words.extend(map.keys().cloned());
            map.values().for_each(|item| add_words(item, words));
        }
        _ => {}
    }
}

fn templates() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in FOLDERS {
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).ok()?;
        let root = template::read(&mut Sources::new(), path, text).0?;
        Some(root.to_json()).filter(|json| json.get("Resources").is_some())
    };
    let templates: Vec<Value> = paths.iter().filter_map(read).collect();
    assert!(!templates.is_empty(), "there are no templates");
    templates
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_dir() {
            collect(&path, paths);
        } else if matches!(ending, Some("yaml" | "yml" | "json")) {
            paths.push(path);
        }
    }
}
