//! One run: text → template → expansion → application. Whatever the text is, nothing of it may panic.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::diag::{Diagnostics, Sources, Span};
use crate::eval::{self, Inputs, TemplateScope};
use crate::project::{self, Options, Scrutiny};
use crate::sam::{self, Context, LocalCode};
use crate::template::{self, Template};

/// How a text is read.
#[derive(Debug, Clone, Copy)]
pub enum Format {
    Yaml,
    Json,
}

const REGIONS: [&str; 3] = ["us-east-1", "cn-north-1", "us-gov-west-1"];

/// Reads, expands, evaluates and writes a template.
pub fn run(text: &str, format: Format) {
    let name = match format {
        Format::Yaml => "template.yaml",
        Format::Json => "template.json",
    };
    let region = REGIONS[text.len() % REGIONS.len()];
    expand(name, text, region);
    load(name, text, region);
}

fn expand(name: &str, text: &str, region: &str) {
    let mut sources = Sources::new();
    let (template, found) = template::parse(&mut sources, name, text);
    check(&found, &sources);
    let Some(template) = template else {
        return;
    };
    let parameters = BTreeMap::new();
    let scope = TemplateScope::new(region);
    let inputs = Inputs {
        parameters: &parameters,
        scope: &scope,
        loader: &eval::no_includes,
    };
    let (template, found) = eval::unroll(template, &inputs);
    check(&found, &sources);
    let context = Context {
        region,
        parameters: &parameters,
        local_code: match text.len() % 2 {
            0 => LocalCode::Refuse,
            _ => LocalCode::Keep,
        },
        now: 1_700_000_000,
    };
    let expanded = sam::expand(template, &context);
    check(&expanded.diagnostics, &sources);
    if expanded.faults.is_empty() {
        check_written(&expanded.template);
    }
    let (_, found) = eval::evaluate(expanded.template, &inputs);
    check(&found, &sources);
}

/// What is written can be read again and means the same.
fn check_written(template: &Template) {
    let text = template::to_yaml(&template.root, &|_| None);
    let (again, found) = template::read(&mut Sources::new(), "written.yaml", text.as_str());
    let Some(again) = again else {
        panic!("what was written cannot be read: {found:#?}\n{text}");
    };
    let (before, after) = (template.root.to_json(), again.to_json());
    if let Some((path, before, after)) = difference("", &before, &after) {
        panic!("what was written means something else at {path}: {before} became {after}");
    }
}

/// The first place where two values differ.
fn difference<'a>(
    path: &str,
    a: &'a Value,
    b: &'a Value,
) -> Option<(String, &'a Value, &'a Value)> {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if x.keys().eq(y.keys()) => x
            .iter()
            .find_map(|(key, value)| difference(&format!("{path}/{key}"), value, &y[key])),
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => x
            .iter()
            .zip(y)
            .find_map(|(x, y)| difference(&format!("{path}/#"), x, y)),
        _ => (a != b).then(|| (path.to_owned(), a, b)),
    }
}

thread_local! {
    static FOLDER: RefCell<Option<tempfile::TempDir>> = const { RefCell::new(None) };
}

/// The path of a file in a folder of this process's own.
fn file(name: &str) -> PathBuf {
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(|| {
            let memory = std::path::Path::new("/dev/shm");
            match memory.is_dir() {
                true => tempfile::tempdir_in(memory),
                false => tempfile::tempdir(),
            }
            .expect("a folder")
        });
        folder.path().join(name)
    })
}

fn load(name: &str, text: &str, region: &str) {
    let path = file(name);
    std::fs::write(&path, text).expect("a file");
    let options = Options {
        region: region.to_owned(),
        ..Options::default()
    };
    let loaded = project::load(&path, &options);
    check(&loaded.diagnostics, &loaded.sources);
    let scrutiny = Scrutiny {
        code: false,
        today: "2026-11-21".to_owned(),
    };
    let validated = project::validate(&path, &options, &scrutiny);
    check(&validated.diagnostics, &validated.sources);
}

/// Every diagnostic can be shown: its places are in its files, between letters.
fn check(diagnostics: &Diagnostics, sources: &Sources) {
    for diagnostic in diagnostics.iter() {
        for label in &diagnostic.labels {
            let text = &sources.file(label.span.source).text;
            let Span { start, end, .. } = label.span;
            assert!(
                text.get(start as usize..end as usize).is_some(),
                "no place {start}..{end} in a text of {} bytes: {diagnostic:#?}",
                text.len()
            );
        }
    }
}
