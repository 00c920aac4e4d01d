//! `hoist logs --local`: what ran on this machine.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::Arguments;
use super::show::Display;
use crate::cli::project::{fail, report};
use crate::cli::{Exit, Stop};
use crate::config::{self, Environment, Given, Setting};
use crate::diag::{Sources, did_you_mean};
use crate::logs::merge::Merge;
use crate::logs::phrase::Phrases;
use crate::logs::record::{Group, Record};
use crate::logs::store::{Store, StoreReader};
use crate::project::locate;
use crate::ui::Ui;

/// Between two looks at the files.
const LOOK: Duration = Duration::from_millis(200);
/// How long records wait for earlier ones of another function, in milliseconds.
const HOLD: i64 = 200;

pub(super) async fn run(
    arguments: &Arguments,
    environment: &Environment,
    ui: &Ui,
) -> Result<Exit, Stop> {
    let filter = match arguments.filter.as_deref().map(Phrases::parse).transpose() {
        Ok(filter) => filter,
        Err(text) => {
            fail(ui, &text)?;
            return Err(Stop::Said(Exit::Usage));
        }
    };
    let store = store(arguments, environment, ui)?;
    let mut names = known(&store, ui)?;
    if !arguments.functions.is_empty() {
        check(arguments, &names, ui)?;
        names.clone_from(&arguments.functions);
    }
    let groups: Vec<Group> = names
        .iter()
        .map(|name| store.reader(name).group().clone())
        .collect();
    let display = Display::new(ui, arguments, &groups);
    let mut shown = Shown {
        readers: names.iter().map(|name| store.reader(name)).collect(),
        merge: Merge::new(HOLD),
        filter,
        display,
    };
    if !arguments.tail {
        let until = arguments.until.unwrap_or(i64::MAX);
        // What is kept is little: all of it is shown unless a time is given.
        shown.look(arguments.since.unwrap_or(0), until)?;
        shown.end()?;
        if shown.display.count() == 0 {
            ui.talk_line("hoist: nothing ran here in that time")?;
            ui.help("`hoist invoke FUNCTION --local` keeps what the function writes")?;
        }
        return Ok(Exit::Ok);
    }
    let from = arguments.from();
    while !shown.display.is_over() {
        if arguments.functions.is_empty() {
            for name in known(&store, ui)? {
                if !names.contains(&name) {
                    shown.readers.push(store.reader(&name));
                    names.push(name);
                }
            }
        }
        shown.look(from, i64::MAX)?;
        shown.release()?;
        tokio::time::sleep(LOOK).await;
    }
    Ok(Exit::Ok)
}

/// Records of the files, on their way to standard output.
struct Shown<'a> {
    readers: Vec<StoreReader>,
    merge: Merge,
    filter: Option<Phrases>,
    display: Display<'a>,
}

impl Shown<'_> {
    fn look(&mut self, from: i64, until: i64) -> Result<(), Stop> {
        let now = Timestamp::now().as_millisecond();
        for reader in &mut self.readers {
            let read = match reader.read() {
                Ok(read) => read,
                Err(error) => {
                    fail(
                        self.display.ui(),
                        &format!(
                            "cannot read what was kept of {}: {error}",
                            reader.group().label
                        ),
                    )?;
                    return Err(Stop::Said(Exit::Input));
                }
            };
            let filter = &self.filter;
            let is_wanted = |record: &Record| {
                (from..=until).contains(&record.time)
                    && filter
                        .as_ref()
                        .is_none_or(|filter| filter.matches(&record.message))
            };
            let wanted: Vec<Record> = read.into_iter().filter(is_wanted).collect();
            self.merge.take(wanted, now);
        }
        Ok(())
    }

    fn release(&mut self) -> Result<(), Stop> {
        let records = self.merge.release(Timestamp::now().as_millisecond());
        self.display.show(records)
    }

    fn end(&mut self) -> Result<(), Stop> {
        let rest = self.merge.rest();
        self.display.show(rest)
    }
}

impl Drop for Shown<'_> {
    /// Ctrl-C drops the whole run.
    fn drop(&mut self) {
        // Standard output may be what failed.
        let _ = self.end();
    }
}

/// What is kept of the template's functions.
fn store(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Store, Stop> {
    let (settings, (sources, diagnostics)) = arguments.stack.template.settings(
        config::Command::Invoke,
        None,
        Given::default(),
        environment,
    );
    report(ui, &sources, &diagnostics)?;
    let template = match locate(settings.path(Setting::Template).unwrap_or(Path::new(""))) {
        Ok(template) => template,
        Err(diagnostic) => {
            report(ui, &Sources::new(), &[*diagnostic].into_iter().collect())?;
            return Err(Stop::Said(Exit::Input));
        }
    };
    match environment.cache_dir() {
        Ok(cache) => Ok(Store::of(&cache.value, &template)),
        Err(error) => {
            fail(ui, &error.to_string())?;
            Err(Stop::Said(Exit::Input))
        }
    }
}

fn known(store: &Store, ui: &Ui) -> Result<Vec<String>, Stop> {
    store.functions().or_else(|error| {
        fail(ui, &format!("cannot read what was kept: {error}"))?;
        Err(Stop::Said(Exit::Input))
    })
}

/// A function that has never run is waited for, but said to be unknown otherwise.
fn check(arguments: &Arguments, known: &[String], ui: &Ui) -> Result<(), Stop> {
    for name in &arguments.functions {
        if !arguments.tail && !known.contains(name) {
            fail(ui, &format!("`{name}` has not run here"))?;
            let near = did_you_mean(name, known.iter().map(String::as_str));
            ui.help(&near.unwrap_or_else(|| match known {
                [] => "`hoist invoke FUNCTION --local` keeps what the function writes".into(),
                known => format!("these have, by their logical ids: {}", known.join(", ")),
            }))?;
            return Err(Stop::Said(Exit::Input));
        }
    }
    Ok(())
}
