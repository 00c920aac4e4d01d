//! A plan and the course of a deployment, for people and for scripts.

use anstyle::{AnsiColor, Style};
use serde_json::{Value as Json, json};

use crate::cli::stack::{fault_json, help};
use crate::deploy::apply::Outcome;
use crate::deploy::diff::Change;
use crate::deploy::event::Event;
use crate::deploy::plan::{Action, Plan, Step};
use crate::deploy::recover::Drift;
use crate::deploy::state::Counts;
use crate::deploy::value::{is_secret, unknown};
use crate::project::ARTIFACT_BUCKET;
use crate::ui::{Progress, Ui};

const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// The sign before a step, its verb and its colour.
fn look(action: Action) -> (&'static str, &'static str, Style) {
    match action {
        Action::Keep => (" ", "keep", DIM),
        Action::Create => ("+", "create", GREEN),
        Action::Update => ("~", "update", YELLOW),
        Action::Replace | Action::ReplaceDeleteFirst => ("±", "replace", YELLOW),
        Action::Delete => ("-", "delete", RED),
        Action::Retain => ("·", "let go", DIM),
    }
}

/// The plan as text, for standard output (`data`) or standard error.
pub fn plan(plan: &Plan, ui: &Ui, data: bool) -> String {
    let styled = |text: &str, style: Style| match data {
        true => ui.styled_data(text, style).into_owned(),
        false => ui.styled(text, style).into_owned(),
    };
    let mut out = format!(
        "Stack {} in {} (account {})\n",
        styled(&plan.stack, BOLD),
        plan.region,
        plan.account
    );
    for step in plan.work() {
        let (sign, verb, style) = look(step.action);
        out.push('\n');
        let head = format!("{sign} {verb:<8}{}", step.key.id);
        out.push_str(&format!(
            "{}  {}",
            styled(&head, style),
            styled(&step.resource_type, DIM)
        ));
        if let Some(note) = note(step) {
            out.push_str(&format!("  {note}"));
        }
        out.push('\n');
        for line in changes(step, ui.width().saturating_sub(4)) {
            out.push_str(&format!("    {line}\n"));
        }
    }
    if plan.is_empty() {
        out.push_str("\nNothing to change.\n");
    } else {
        out.push_str(&format!("\n{}.\n", sentence(plan)));
    }
    out
}

/// What is said behind a step's type.
fn note(step: &Step) -> Option<String> {
    if let Some(reason) = &step.reason {
        return Some(format!("({reason})"));
    }
    let mut forcing: Vec<&str> = step
        .changes
        .iter()
        .filter(|change| change.replaces)
        .map(|change| change.property())
        .collect();
    forcing.dedup();
    let first = match step.action {
        Action::ReplaceDeleteFirst => "; the old one is deleted first",
        _ => "",
    };
    match step.action {
        Action::Replace | Action::ReplaceDeleteFirst if !forcing.is_empty() => Some(format!(
            "({} cannot be changed in place{first})",
            forcing.join(", ")
        )),
        Action::Retain => Some("(its DeletionPolicy keeps it in AWS)".into()),
        _ if step.key.late => Some("(after what it refers to exists)".into()),
        _ => None,
    }
}

/// One line a property: a new resource's values, or what they were and become.
fn changes(step: &Step, width: usize) -> Vec<String> {
    if matches!(step.action, Action::Delete | Action::Retain) {
        return Vec::new();
    }
    let longest = step.changes.iter().map(|change| change.path.len()).max();
    let column = longest.unwrap_or(0).min(32);
    let line = |change: &Change| {
        let path = &change.path;
        let is_code = change
            .after
            .as_ref()
            .is_some_and(|after| code(path, after).is_some());
        let text = match (&change.before, &change.after) {
            (None, Some(after)) if step.action == Action::Create => shown(path, after),
            (None, Some(after)) => format!("(none) → {}", shown(path, after)),
            (Some(before), None) => format!("{} → (none)", shown(path, before)),
            (Some(_), Some(after)) if is_code => format!("changed → {}", shown(path, after)),
            (Some(before), Some(after)) => {
                format!("{} → {}", shown(path, before), shown(path, after))
            }
            (None, None) => String::new(),
        };
        let mark = match change.replaces {
            true => "  ! forces another",
            false => "",
        };
        let line = format!("{path:<column$}  {text}");
        format!("{}{mark}", cut(&line, width.saturating_sub(mark.len())))
    };
    step.changes.iter().map(line).collect()
}

/// A value on one line.
fn shown(path: &str, value: &Json) -> String {
    if is_secret(value) {
        return "(secret)".into();
    }
    if let Some(waits) = unknown(value) {
        return format!("(known once {waits} exists)");
    }
    if let Some(digest) = code(path, value) {
        return format!("contents {}", &digest[..digest.len().min(12)]);
    }
    match value {
        Json::String(text) => text.replace('\n', "⏎"),
        other => unmarked(other).to_string().replace('\n', "⏎"),
    }
}

/// A list or mapping with words in place of the marks inside it.
fn unmarked(value: &Json) -> Json {
    if is_secret(value) {
        return Json::from("(secret)");
    }
    if let Some(waits) = unknown(value) {
        return Json::from(format!("(known once {waits} exists)"));
    }
    match value {
        Json::Array(items) => items.iter().map(unmarked).collect(),
        Json::Object(map) => map
            .iter()
            .map(|(key, item)| (key.clone(), unmarked(item)))
            .collect(),
        other => other.clone(),
    }
}

/// The SHA-256 of code made from the user's files, when that is what a value is.
fn code<'a>(path: &str, value: &'a Json) -> Option<&'a str> {
    match value {
        Json::Object(map) => {
            let bucket = map.get("S3Bucket").or_else(|| map.get("Bucket"))?;
            let key = map.get("S3Key").or_else(|| map.get("Key"))?;
            (bucket.as_str()? == ARTIFACT_BUCKET)
                .then(|| key.as_str())
                .flatten()
        }
        Json::String(text) if path.ends_with(".S3Key") || path.ends_with(".Key") => {
            (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(text)
        }
        _ => None,
    }
}

fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// `3 to create, 1 to update`.
fn sentence(plan: &Plan) -> String {
    let count = |wanted: &[Action]| {
        plan.work()
            .filter(|step| wanted.contains(&step.action) && !(step.key.late && is_made(plan, step)))
            .count()
    };
    let parts = [
        (count(&[Action::Create]), "to create"),
        (count(&[Action::Update]), "to update"),
        (
            count(&[Action::Replace, Action::ReplaceDeleteFirst]),
            "to replace",
        ),
        (count(&[Action::Delete]), "to delete"),
        (count(&[Action::Retain]), "to let go"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    parts.join(", ")
}

/// Whether the first step of a resource's second step makes it: then it is counted once.
fn is_made(plan: &Plan, late: &Step) -> bool {
    plan.work()
        .any(|step| step.key.id == late.key.id && !step.key.late)
}

/// What others changed, as text.
pub fn drifts(drifts: &[Drift], ui: &Ui) -> String {
    let mut out = String::new();
    for drift in drifts {
        match drift {
            Drift::Gone(id) => out.push_str(&format!("{id} is no longer in AWS\n")),
            Drift::Changed(id, changes) => {
                out.push_str(&format!("{id} was changed outside of Hoist\n"));
                for change in changes {
                    let show = |value: &Option<Json>| match value {
                        Some(value) => shown(&change.path, value),
                        None => "(none)".into(),
                    };
                    let line = format!(
                        "    {}  {} → {}",
                        change.path,
                        show(&change.before),
                        show(&change.after)
                    );
                    out.push_str(&cut(&line, ui.width()));
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// What others changed, for scripts.
pub fn drifts_json(drifts: &[Drift]) -> Json {
    let each = drifts.iter().map(|drift| match drift {
        Drift::Gone(id) => json!({ "resource": id, "gone": true }),
        Drift::Changed(id, changes) => json!({ "resource": id, "changes": changes }),
    });
    each.collect()
}

/// Follows a deployment on standard error: a line for each step that is done, and what is under way where that can be redrawn.
pub struct Course<'a> {
    ui: &'a Ui,
    progress: Progress,
    under_way: Vec<String>,
    failed: usize,
}

impl<'a> Course<'a> {
    /// A course of `steps` steps.
    pub fn new(ui: &'a Ui, message: &str, steps: usize) -> Self {
        Course {
            ui,
            progress: ui.progress(message, u64::try_from(steps).ok()),
            under_way: Vec::new(),
            failed: 0,
        }
    }

    /// Takes in what happened. What cannot be written is not worth stopping for: the state has it.
    pub fn tell(&mut self, event: Event) {
        match event {
            Event::Started { key, .. } => {
                self.under_way.push(key.id);
                self.redraw();
            }
            Event::Waiting { key, fault } => {
                self.progress.message(&format!(
                    "{key}: not ready yet, trying again: {}",
                    fault.message
                ));
            }
            Event::Finished { key, action, took } => {
                self.done(&key.id);
                let (sign, verb, style) = match key.late {
                    true => ("~", "update", YELLOW),
                    false => look(action),
                };
                let line = format!("{sign} {} {}", past(verb), key.id);
                let line = format!(
                    "{}  {}",
                    self.ui.styled(&line, style),
                    self.ui.styled(&seconds(took), DIM)
                );
                let _ = self.ui.talk_line(&line);
            }
            Event::Failed {
                key,
                action,
                fault,
                blocked,
            } => {
                self.failed += 1;
                self.done(&key.id);
                let (_, verb, _) = look(action);
                let _ = self
                    .ui
                    .error(&format!("{} was not {}: {fault}", key.id, past(verb)));
                if let Some(help) = help(&fault) {
                    let _ = self.ui.help(&help);
                }
                if !blocked.is_empty() {
                    let ids: Vec<String> = blocked.iter().map(ToString::to_string).collect();
                    let _ = self
                        .ui
                        .talk_line(&format!("  not done because of it: {}", ids.join(", ")));
                }
            }
        }
    }

    fn done(&mut self, id: &str) {
        if let Some(at) = self.under_way.iter().position(|one| one == id) {
            self.under_way.remove(at);
        }
        self.progress.step();
        self.redraw();
    }

    fn redraw(&self) {
        const SHOWN: usize = 3;
        let some: Vec<&str> = self
            .under_way
            .iter()
            .take(SHOWN)
            .map(String::as_str)
            .collect();
        let more = match self.under_way.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        self.progress.message(&format!("{}{more}", some.join(", ")));
    }
}

fn past(verb: &str) -> &str {
    match verb {
        "create" => "created",
        "update" => "updated",
        "replace" => "replaced",
        "delete" => "deleted",
        "let go" => "let go of",
        other => other,
    }
}

/// `0.8 s`, `1 min 5 s`.
pub fn seconds(took: std::time::Duration) -> String {
    let whole = took.as_secs();
    match whole {
        0..=59 => format!("{:.1} s", took.as_secs_f64()),
        _ => format!("{} min {} s", whole / 60, whole % 60),
    }
}

/// `3 created, 1 updated`, or that nothing was.
pub fn counts(counts: Counts) -> String {
    let parts: Vec<String> = [
        (counts.created, "created"),
        (counts.updated, "updated"),
        (counts.replaced, "replaced"),
        (counts.deleted, "deleted"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    match parts.is_empty() {
        true => "nothing changed".into(),
        false => parts.join(", "),
    }
}

/// How a deployment ended, for scripts.
pub fn outcome_json(plan: &Plan, outcome: &Outcome, millis: u128) -> Json {
    let failed: Vec<Json> = outcome
        .failed
        .iter()
        .map(|(key, fault)| json!({ "resource": key.id, "fault": fault_json(fault) }))
        .collect();
    let blocked: Vec<&str> = outcome.blocked.iter().map(|key| key.id.as_str()).collect();
    json!({
        "stack": plan.stack,
        "region": plan.region,
        "account": plan.account,
        "complete": outcome.is_complete(),
        "counts": outcome.counts,
        "failed": failed,
        "blocked": blocked,
        "outputs": outcome.outputs,
        "millis": u64::try_from(millis).unwrap_or(u64::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_on_one_line_and_secrets_not_at_all() {
        assert_eq!(shown("A", &json!("a\nb")), "a⏎b");
        assert_eq!(shown("A", &json!({"Hoist::Secret": "12"})), "(secret)");
        assert_eq!(
            shown("A", &json!({"Hoist::Unknown": "Role"})),
            "(known once Role exists)"
        );
        let digest = "a".repeat(64);
        let code = json!({"S3Bucket": ARTIFACT_BUCKET, "S3Key": digest});
        assert_eq!(shown("Code", &code), "contents aaaaaaaaaaaa");
    }

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abcd", 4), "abcd");
    }
}
