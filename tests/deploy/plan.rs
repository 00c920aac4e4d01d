//! Plans: one folder a case.
//!
//! `template.yaml` is what is wanted, without SAM; `state.json` what there is (by logical id, only what differs from an empty record);
//! `case.json` the parameters, the stack's tags, `--only` and `--exclude-code`. `plan.txt` is the plan and what was said about the template; `HOIST_BLESS=1`
//! writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use hoist::deploy::diff::{Change, may_be_none};
use hoist::deploy::plan::{Action, Plan, Request, Step, plan};
use hoist::deploy::provider::Providers;
use hoist::deploy::state::State;
use hoist::deploy::value::Secrets;
use hoist::diag::{Diagnostics, Sources};
use hoist::eval::{Inputs, TemplateScope, evaluate, no_includes};
use hoist::template;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cloud::{REGION, cloud};

const ACCOUNT: &str = "123456789012";
const STACK: &str = "shop";

/// How a case is run.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Case {
    parameters: BTreeMap<String, String>,
    only: Vec<String>,
    exclude_code: bool,
    tags: Option<BTreeMap<String, String>>,
}

fn folder() -> PathBuf {
    // From the light crate of a helper the manifest is elsewhere.
    let beside = Path::new(file!()).with_extension("");
    match beside.is_dir() {
        true => beside,
        false => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/deploy/plan"),
    }
}

/// The state with what the file says of each resource; what is left out is empty.
fn state(folder: &Path) -> State {
    let mut state = State::new(STACK, REGION, ACCOUNT);
    let Ok(text) = fs::read_to_string(folder.join("state.json")) else {
        return state;
    };
    let written: Value = serde_json::from_str(&text).unwrap();
    for (id, record) in written.as_object().unwrap() {
        let mut whole = json!({
            "reference": format!("{id}-reference"), "handle": null, "attributes": {}, "properties": {}
        });
        for (name, value) in record.as_object().unwrap() {
            whole[name] = value.clone();
        }
        let recorded = serde_json::from_value(whole).unwrap();
        state.resources.insert(id.clone(), recorded);
    }
    state
}

/// The plan of a case as text.
fn planned(folder: &Path) -> String {
    let case: Case = fs::read_to_string(folder.join("case.json"))
        .map(|text| serde_json::from_str(&text).unwrap())
        .unwrap_or_default();
    let mut sources = Sources::new();
    let text = fs::read_to_string(folder.join("template.yaml")).unwrap();
    let (read, faults) = template::parse(&mut sources, "template.yaml", text);
    assert!(!faults.has_errors(), "{faults:?}");
    let pseudo = TemplateScope::new(REGION)
        .account(ACCOUNT)
        .stack_name(STACK);
    let inputs = Inputs {
        parameters: &case.parameters,
        scope: &pseudo,
        loader: &no_includes,
    };
    let (evaluated, faults) = evaluate(read.unwrap(), &inputs);
    assert!(!faults.has_errors(), "{faults:?}");
    let state = state(folder);
    // Planning asks nobody: nothing listens there.
    let providers = Providers::of(&cloud("http://127.0.0.1:1"));
    let secrets = Secrets::new(&evaluated.parameters, "salt");
    let (plan, said) = plan(&Request {
        structure: &evaluated.template,
        parameters: &evaluated.parameters,
        pseudo: &pseudo,
        state: &state,
        providers: &providers,
        secrets: &secrets,
        only: &case.only,
        exclude_code: case.exclude_code,
        tags: case.tags.as_ref(),
    });
    let mut out = render(&plan);
    diagnostics(&said, &sources, &mut out);
    let written = serde_json::to_string(&plan).unwrap();
    let read: Plan = serde_json::from_str(&written).unwrap();
    assert_eq!(read, plan, "a plan comes back as it was written");
    out
}

fn render(plan: &Plan) -> String {
    let mut out = String::new();
    for step in &plan.steps {
        render_step(step, &mut out);
    }
    out
}

fn render_step(step: &Step, out: &mut String) {
    let action = serde_json::to_value(step.action).unwrap();
    let late = if step.key.late { " (late)" } else { "" };
    let _ = write!(
        out,
        "{} {}{late} {}",
        action.as_str().unwrap(),
        step.key,
        step.resource_type
    );
    if let Some(name) = &step.name {
        let _ = write!(out, " {name}");
    }
    if step.generation > 0 {
        let _ = write!(out, " generation {}", step.generation);
    }
    let _ = writeln!(out);
    if let Some(reason) = &step.reason {
        let _ = writeln!(out, "    because {reason}");
    }
    for change in &step.changes {
        let _ = writeln!(out, "    {}", render_change(change));
    }
    if !step.needs.is_empty() {
        let needs: Vec<String> = step
            .needs
            .iter()
            .map(|key| format!("{key}{}", if key.late { " (late)" } else { "" }))
            .collect();
        let word = match step.action {
            Action::Delete | Action::Retain => "after",
            _ => "needs",
        };
        let _ = writeln!(out, "    {word} {}", needs.join(", "));
    }
}

fn render_change(change: &Change) -> String {
    let path = &change.path;
    let mut text = match (&change.before, &change.after) {
        (None, Some(after)) => format!("+ {path}: {after}"),
        (Some(before), None) => format!("- {path}: {before}"),
        (Some(before), Some(after)) => format!("~ {path}: {before} → {after}"),
        (None, None) => panic!("{path} does not change"),
    };
    if change.replaces {
        text.push_str(" (replaces)");
    }
    if change.before.is_some() && may_be_none(change) {
        text.push_str(" (perhaps)");
    }
    text
}

fn diagnostics(said: &Diagnostics, sources: &Sources, out: &mut String) {
    for one in said.iter() {
        let _ = write!(out, "{} {}", one.severity.as_str(), one.code);
        if let Some(span) = one.span() {
            let at = sources.position(span);
            let _ = write!(out, " at {}:{}", at.line, at.column);
        }
        let _ = writeln!(out, ": {}", one.summary);
        for help in &one.help {
            let _ = writeln!(out, "    help: {help}");
        }
    }
}

#[test]
fn every_case_gives_its_plan() {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    assert!(cases.len() > 10, "the cases were not found");
    let mut wrong = Vec::new();
    for case in cases {
        let found = planned(&case);
        let file = case.join("plan.txt");
        if std::env::var_os("HOIST_BLESS").is_some() {
            fs::write(&file, &found).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if found != expected {
            wrong.push(format!(
                "{}\n{found}\ninstead of\n{expected}",
                case.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
