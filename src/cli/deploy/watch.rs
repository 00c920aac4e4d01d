//! `hoist deploy --watch`: what is saved is deployed.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{sleep, timeout};

use super::prepare::Prepared;
use super::{Arguments, render, said, show};
use crate::build;
use crate::cli::logs::beside::Beside;
use crate::cli::project::fail;
use crate::cli::stack::Configured;
use crate::cli::{Exit, Stop};
use crate::config::Environment;
use crate::deploy::plan::{Action, Plan, Step};
use crate::deploy::state::store::StoreError;
use crate::ui::{AskError, Format, Ui};

/// How long nothing may be saved until a burst counts as over: editors write a file in several steps.
const QUIET: Duration = Duration::from_millis(25);
/// After this a burst counts as over although more is saved: a tool writes without end.
const LONGEST_BURST: Duration = Duration::from_secs(2);
/// How soon the user's wish for an end is seen.
const TICK: Duration = Duration::from_millis(100);

/// What was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Saved {
    /// Nothing that a deployment is made from.
    Nothing,
    /// Source files of functions or layers.
    Code,
    /// The template, what it includes, or the settings.
    Template,
}

/// What wakes the loop.
enum Woken {
    /// Files were saved, the first of them at this moment.
    Files(BTreeSet<PathBuf>, Instant),
    /// The functions wrote something, or what they write cannot be read.
    Log(Result<crate::logs::tail::News, crate::aws::Fault>),
    /// The user wants an end.
    End,
}

/// Deploys whenever something is saved, until the user wants an end.
pub(super) async fn run(
    arguments: &Arguments,
    mut configured: Configured,
    mut prepared: Prepared,
    environment: &Environment,
    ui: &Ui,
    stop: Arc<AtomicBool>,
) -> Result<Exit, Stop> {
    let (sender, mut saved) = tokio::sync::mpsc::unbounded_channel();
    let watcher = notify::recommended_watcher(move |event| {
        // The loop has ended when nobody takes it.
        let _ = sender.send((event, Instant::now()));
    });
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => return Err(cannot_watch(&error, ui)?),
    };
    let mut watched = HashSet::new();
    watch(&mut watcher, &mut watched, &prepared, &configured, ui)?;
    let mut log = Beside::begin(&prepared.connected, &prepared.state, ui);
    let stack = prepared.plan.stack.clone();
    ui.talk_line(&format!("Watching the files of {stack}. Ctrl-C ends it."))?;
    loop {
        let (paths, begun) = match woken(&mut saved, &mut log, &stop).await {
            Woken::End => return Ok(Exit::Ok),
            Woken::Log(Ok(news)) => {
                log.show(news)?;
                continue;
            }
            Woken::Log(Err(fault)) => {
                ui.warning(&format!("the log is not shown any more: {fault}"))?;
                continue;
            }
            Woken::Files(paths, begun) => (paths, begun),
        };
        let what = paths
            .iter()
            .map(|path| sort(path, &prepared, &configured))
            .max();
        match what.unwrap_or(Saved::Nothing) {
            Saved::Nothing => continue,
            Saved::Code => {}
            Saved::Template => match configure(arguments, &configured, environment, ui) {
                Ok(new) => configured = new,
                Err(Stop::Io(error)) => return Err(error.into()),
                Err(Stop::Said(_)) => continue,
            },
        }
        let change = Change {
            arguments,
            configured: &configured,
            environment,
            ui,
            stop: &stop,
            begun,
        };
        match change.run(&mut prepared).await {
            Ok(Exit::Interrupted) => return Ok(Exit::Interrupted),
            Err(Stop::Io(error)) => return Err(error.into()),
            // What is wrong has been said; the next save may mend it.
            Ok(_) | Err(Stop::Said(_)) => {}
        }
        watch(&mut watcher, &mut watched, &prepared, &configured, ui)?;
    }
}

/// Waits for the next thing to do.
async fn woken(
    saved: &mut UnboundedReceiver<(notify::Result<notify::Event>, Instant)>,
    log: &mut Beside<'_>,
    stop: &AtomicBool,
) -> Woken {
    let ended = async {
        while !stop.load(Ordering::Relaxed) {
            sleep(TICK).await;
        }
    };
    let (first, begun) = tokio::select! {
        () = ended => return Woken::End,
        news = log.next() => return Woken::Log(news),
        first = saved.recv() => match first {
            Some(first) => first,
            None => return Woken::End,
        },
    };
    let mut paths = BTreeSet::new();
    take(first, &mut paths);
    while begun.elapsed() < LONGEST_BURST
        && !paths.is_empty()
        && let Ok(Some((event, _))) = timeout(QUIET, saved.recv()).await
    {
        take(event, &mut paths);
    }
    Woken::Files(paths, begun)
}

/// Takes note of the files of an event. That a file was read is none.
fn take(event: notify::Result<notify::Event>, paths: &mut BTreeSet<PathBuf>) {
    match event {
        Ok(event) if matches!(event.kind, EventKind::Access(_)) => {}
        Ok(event) => paths.extend(event.paths),
        // The system lost some: then any file may have been saved, and looking at all of them is cheap.
        Err(_) => drop(paths.insert(PathBuf::new())),
    }
}

/// What a file is to the deployment.
fn sort(path: &Path, prepared: &Prepared, configured: &Configured) -> Saved {
    let is_it = |other: &Path| fs::canonicalize(other).is_ok_and(|other| other == path);
    let documents = prepared.source.documents.iter().map(PathBuf::as_path);
    let settings = configured.settings.files().iter().map(PathBuf::as_path);
    let mut texts = prepared
        .source
        .sources
        .paths()
        .chain(documents)
        .chain(settings);
    if texts.any(is_it) {
        return Saved::Template;
    }
    let is_source = |target: &build::Target| build::is_source(target, path);
    match path == Path::new("") || prepared.targets.iter().any(is_source) {
        true => Saved::Code,
        false => Saved::Nothing,
    }
}

/// Watches the folders of everything that is deployed from.
fn watch(
    watcher: &mut RecommendedWatcher,
    watched: &mut HashSet<PathBuf>,
    prepared: &Prepared,
    configured: &Configured,
    ui: &Ui,
) -> Result<(), Stop> {
    let texts = prepared.source.sources.paths();
    let documents = prepared.source.documents.iter().map(PathBuf::as_path);
    let settings = configured.settings.files().iter().map(PathBuf::as_path);
    let single = texts.chain(documents).chain(settings);
    // A file that an editor writes anew is another one: only its folder sees that.
    let folders = single
        .filter_map(|path| Some(fs::canonicalize(path).ok()?.parent()?.to_owned()))
        .map(|folder| (folder, RecursiveMode::NonRecursive));
    let sources = prepared
        .targets
        .iter()
        .filter_map(|target| match target.source.is_dir() {
            true => Some((target.source.clone(), RecursiveMode::Recursive)),
            false => Some((
                target.source.parent()?.to_owned(),
                RecursiveMode::NonRecursive,
            )),
        });
    // Whole folders first: they take in what lies within them.
    let mut all: Vec<(PathBuf, RecursiveMode)> = sources.chain(folders).collect();
    all.sort_by_key(|(_, mode)| *mode == RecursiveMode::NonRecursive);
    for (folder, mode) in all {
        if watched.contains(&folder) {
            continue;
        }
        if let Err(error) = watcher.watch(&folder, mode) {
            return Err(cannot_watch(&error, ui)?);
        }
        watched.insert(folder);
    }
    Ok(())
}

fn cannot_watch(error: &notify::Error, ui: &Ui) -> Result<Stop, Stop> {
    fail(ui, &format!("the files cannot be watched: {error}"))?;
    if matches!(error.kind, notify::ErrorKind::MaxFilesWatch) {
        ui.help("the system allows too few: sysctl fs.inotify.max_user_watches")?;
    }
    Ok(Stop::Said(Exit::Input))
}

/// Reads the settings again. They cannot lead to another stack.
fn configure(
    arguments: &Arguments,
    old: &Configured,
    environment: &Environment,
    ui: &Ui,
) -> Result<Configured, Stop> {
    let stack = arguments.what.as_deref();
    let new = arguments.plan.configure(stack, environment, ui)?;
    let is_same = new.stack == old.stack
        && new.keeping == old.keeping
        && new.settings.region() == old.settings.region();
    if is_same {
        return Ok(new);
    }
    fail(
        ui,
        "the settings name another stack, region or place of the state now",
    )?;
    ui.help("end this with Ctrl-C and start it again")?;
    Err(Stop::Said(Exit::Input))
}

/// One change.
struct Change<'a> {
    arguments: &'a Arguments,
    configured: &'a Configured,
    environment: &'a Environment,
    ui: &'a Ui,
    stop: &'a Arc<AtomicBool>,
    /// When the first file was saved.
    begun: Instant,
}

impl Change<'_> {
    /// Deploys what was saved.
    async fn run(&self, prepared: &mut Prepared) -> Result<Exit, Stop> {
        let ui = self.ui;
        self.renew(prepared).await?;
        if prepared.plan.is_empty() && prepared.state.journal.is_none() {
            return Ok(Exit::Ok);
        }
        let what = code_only(&prepared.plan);
        if what.is_none() && !self.agreed(prepared).await? {
            return Ok(Exit::Ok);
        }
        let mut carried_out = prepared.carry_out(ui, Arc::clone(self.stop)).await;
        if matches!(carried_out, Err(StoreError::Moved)) {
            // Another run was here: what it did is taken in, and the plan made from that.
            prepared.state = prepared.connected.state(ui).await?;
            self.renew(prepared).await?;
            if code_only(&prepared.plan).is_none() && !self.agreed(prepared).await? {
                return Ok(Exit::Ok);
            }
            carried_out = prepared.carry_out(ui, Arc::clone(self.stop)).await;
        }
        let outcome = match carried_out {
            Ok(outcome) => outcome,
            Err(fault) => return Err(prepared.connected.store_refused(ui, &fault)?),
        };
        let took = self.begun.elapsed();
        prepared.end(&outcome, ui).await?;
        let Some(functions) = what.filter(|_| outcome.is_complete()) else {
            return said(&prepared.plan, &outcome, None, self.begun, ui);
        };
        match ui.format() {
            Format::Json => ui.data_json(&json!({
                "functions": functions,
                "millis": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            }))?,
            Format::Text => ui.talk_line(&format!(
                "{}: {}, {} after it was saved.",
                functions.join(", "),
                match changes_code(&prepared.plan) {
                    true => "the new code runs",
                    false => "the new settings hold",
                },
                render::seconds(took)
            ))?,
        }
        Ok(Exit::Ok)
    }

    async fn renew(&self, prepared: &mut Prepared) -> Result<(), Stop> {
        self.arguments
            .plan
            .renew(prepared, self.configured, self.environment, self.ui)
            .await
    }

    /// Shows a plan that is more than new code, and asks about it.
    async fn agreed(&self, prepared: &Prepared) -> Result<bool, Stop> {
        let ui = self.ui;
        show(prepared, ui)?;
        if !ui.can_ask() {
            ui.warning(
                "this is more than new code, and nobody can be asked here: nothing was deployed",
            )?;
            ui.help("`hoist plan` shows it, and `hoist deploy` in another terminal does it")?;
            return Ok(false);
        }
        let items = ["no".to_owned(), "yes".to_owned()];
        match ui.choose("Do this?", &items).await {
            Ok(1) => Ok(true),
            Ok(_) => Ok(false),
            Err(AskError::Interrupted) => {
                self.stop.store(true, Ordering::Relaxed);
                Ok(false)
            }
            Err(AskError::Io(error)) => Err(error.into()),
        }
    }
}

/// The functions and layers that get new code or settings, when that is all that the plan does. None when it does more.
fn code_only(plan: &Plan) -> Option<Vec<String>> {
    let mut changed = Vec::new();
    for step in plan.work() {
        let publishes = matches!(
            step.action,
            Action::Create | Action::Delete | Action::Retain
        );
        match step.resource_type.as_str() {
            "AWS::Lambda::Function" if step.action == Action::Update => {
                changed.push(step.key.id.clone());
            }
            "AWS::Lambda::Alias" if step.action == Action::Update => {}
            "AWS::Lambda::Version" | "AWS::Lambda::LayerVersion" if publishes => {}
            "AWS::Lambda::LayerVersion" if step.action == Action::Replace => {}
            _ => return None,
        }
    }
    (!changed.is_empty()).then_some(changed)
}

/// Whether any function gets other code, its own or a layer's.
fn changes_code(plan: &Plan) -> bool {
    let is_code = |step: &Step| {
        step.resource_type == "AWS::Lambda::LayerVersion"
            || step
                .changes
                .iter()
                .any(|change| change.property() == "Code")
    };
    plan.work().any(is_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_a_file_was_read_is_no_change_and_lost_events_are_one() {
        let mut paths = BTreeSet::new();
        let read = notify::Event::new(EventKind::Access(notify::event::AccessKind::Any));
        take(Ok(read.add_path("a".into())), &mut paths);
        assert!(paths.is_empty());
        let saved = notify::Event::new(EventKind::Modify(notify::event::ModifyKind::Any));
        take(Ok(saved.add_path("a".into())), &mut paths);
        take(Err(notify::Error::generic("lost")), &mut paths);
        assert_eq!(paths, BTreeSet::from(["a".into(), "".into()]));
    }
}
