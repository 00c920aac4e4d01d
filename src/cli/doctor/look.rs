//! Gathering what `hoist doctor` shows.

use std::path::Path;
use std::time::Duration;

use tokio::net::TcpStream;

use super::{Arguments, Section};
use crate::cli::{Stop, invoke};
use crate::config::{self, Environment, Given, Setting, Value};
use crate::diag::Severity;
use crate::graph::Function;
use crate::local::library::{Language, Library, Store};
use crate::local::prepare::Overrides;
use crate::local::sandbox::{Endpoint, Sandbox};
use crate::local::survey::{self, Finding, State};
use crate::ui::Ui;

/// How long a local endpoint may take to take a connection.
const PATIENCE: Duration = Duration::from_secs(2);

/// Everything, in the order in which it is shown.
pub(super) async fn sections(
    arguments: &Arguments,
    environment: &Environment,
    ui: &Ui,
) -> Result<Vec<Section>, Stop> {
    let mut given = Given::default();
    let url = arguments.endpoint_url.as_ref().map(Endpoint::to_string);
    given.add(Setting::EndpointUrl, url.map(Value::Text));
    let loaded = arguments
        .template
        .load_for(config::Command::Invoke, None, given, environment);
    let project = Project {
        endpoint: invoke::endpoint(&loaded.configured, ui)?,
        is_named: arguments.template.is_named(),
        loaded,
        environment,
    };
    let cache = environment.cache_dir().map(|cache| cache.value);
    let sandbox = match &cache {
        Ok(cache) => Some(Sandbox::new(cache, |_| ())),
        Err(_) => None,
    };
    let mut hoist = vec![Finding::new(
        State::Ok,
        "version",
        concat!("hoist ", env!("CARGO_PKG_VERSION")),
    )];
    match &cache {
        Ok(folder) => hoist.extend(of_cache(folder)),
        Err(error) => hoist.push(Finding::new(State::Warning, "cache", error.to_string())),
    }
    if let Some(Err(error)) = &sandbox {
        hoist.push(Finding::new(State::Missing, "sandbox", error.to_string()));
    }
    hoist.extend(of_library(environment));
    let sandbox = sandbox.and_then(Result::ok);
    let (template, functions) = project.look(sandbox.as_ref()).await;
    let mut sections = vec![
        Section {
            name: "Hoist",
            findings: hoist,
        },
        Section {
            name: "Project",
            findings: template,
        },
    ];
    if !functions.is_empty() {
        sections.push(Section {
            name: "Functions",
            findings: functions,
        });
    }
    sections.push(Section {
        name: "AWS",
        findings: project.aws().await,
    });
    Ok(sections)
}

fn of_cache(folder: &Path) -> Vec<Finding> {
    let (compiled, snapshots) = survey::kept(folder);
    let mb = |bytes: u64| format!("{} MB", bytes.div_ceil(1 << 20));
    let mut findings = vec![Finding::new(
        State::Ok,
        "cache",
        format!(
            "{}: {} compiled guests and functions ({}), records of {} functions' packages",
            folder.display(),
            compiled.entries,
            mb(compiled.bytes),
            snapshots.entries,
        ),
    )];
    if let Err(error) = writable(folder) {
        findings.push(
            Finding::new(
                State::Warning,
                "cache",
                format!("it cannot be written ({error}), so guests are made anew in every run"),
            )
            .help("set HOIST_CACHE_DIR to a folder that can be"),
        );
    }
    findings
}

/// Whether files can be made in a folder, or the folder itself where it is not there yet.
fn writable(folder: &Path) -> std::io::Result<()> {
    let there = folder.ancestors().find(|folder| folder.is_dir());
    tempfile::tempfile_in(there.unwrap_or(folder)).map(drop)
}

/// The packages that Lambda's runtimes bring along. Whether a project needs them is said at its functions.
fn of_library(environment: &Environment) -> Vec<Finding> {
    let Ok(store) = Store::of(environment) else {
        return Vec::new();
    };
    Language::ALL
        .into_iter()
        .map(|language| {
            let packages: Vec<String> = store
                .manifest(language)
                .packages
                .iter()
                .map(|package| format!("{} {}", package.name, package.version))
                .collect();
            let about = format!("{} packages", language.folder());
            match packages.is_empty() {
                true => Finding::new(State::Note, &about, "none of Lambda's runtime are kept"),
                false => Finding::new(State::Ok, &about, packages.join(", ")),
            }
        })
        .collect()
}

/// The project in the folder, or the one that was named.
struct Project<'a> {
    loaded: crate::cli::project::Project,
    endpoint: Option<Endpoint>,
    is_named: bool,
    environment: &'a Environment,
}

impl Project<'_> {
    /// The template, and its functions.
    async fn look(&self, sandbox: Option<&Sandbox>) -> (Vec<Finding>, Vec<Finding>) {
        let loaded = &self.loaded.loaded;
        let all = || {
            self.loaded
                .settings
                .1
                .iter()
                .chain(loaded.diagnostics.iter())
        };
        if !self.is_named && all().any(|one| one.code == "project/no-template") {
            let finding = Finding::new(State::Note, "template", "there is none in this folder")
                .help("name one with -t FILE to have it looked at");
            return (vec![finding], Vec::new());
        }
        let count = |severity| all().filter(|one| one.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        let path = loaded.path.display();
        let template = match (errors, warnings) {
            (0, 0) => Finding::new(State::Ok, "template", path.to_string()),
            (0, _) => Finding::new(
                State::Warning,
                "template",
                format!("{path}: {}", counted(warnings, "warning")),
            )
            .help("`hoist validate` shows them"),
            _ => {
                let first = all().find(|one| one.severity == Severity::Error);
                let first = first.map_or("", |one| one.summary.as_str());
                let text = format!("{path}: {}: {first}", counted(errors, "error"));
                Finding::new(State::Missing, "template", text).help("`hoist validate` shows them")
            }
        };
        let mut findings = vec![template];
        findings.extend(
            self.loaded
                .configured
                .files()
                .iter()
                .map(|file| Finding::new(State::Ok, "settings", file.display().to_string())),
        );
        let Some(app) = &loaded.app else {
            return (findings, Vec::new());
        };
        let overrides = |function: &Function| self.overrides(function);
        let functions = survey::functions(app, &loaded.base_dir, overrides, sandbox).await;
        (findings, functions)
    }

    /// What the settings say of a function.
    fn overrides(&self, function: &Function) -> Overrides {
        let configured = &self.loaded.configured;
        let own = configured.function(&function.id, function.known_name());
        Overrides {
            // Values that a run would be given are not known here, so nothing is said about them.
            variables: function
                .environment
                .iter()
                .map(|variable| (variable.name.clone(), String::new()))
                .collect(),
            region: configured.region().to_owned(),
            endpoint: self.endpoint.clone(),
            library: Library::of(self.environment),
            process: configured.process(own),
            search: self
                .environment
                .variable("PATH")
                .unwrap_or_default()
                .to_owned(),
            ..Overrides::default()
        }
    }

    async fn aws(&self) -> Vec<Finding> {
        let configured = &self.loaded.configured;
        let origin = configured.origin(Setting::Region);
        let mut findings = vec![Finding::new(
            State::Ok,
            "region",
            format!("{} ({origin})", configured.region()),
        )];
        let profile = configured.text(Setting::Profile);
        findings.push(match config::credentials(profile, self.environment) {
            Some(origin) => Finding::new(
                State::Ok,
                "credentials",
                format!("from {origin}; not tried"),
            ),
            None => Finding::new(
                State::Note,
                "credentials",
                "none; running functions here needs none",
            ),
        });
        if let Some(endpoint) = &self.endpoint {
            findings.push(reach(endpoint).await);
        }
        findings
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// Whether something listens where the local AWS endpoint is said to be.
async fn reach(endpoint: &Endpoint) -> Finding {
    let address = (endpoint.host.as_str(), endpoint.port);
    let fault = match tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await {
        Ok(Ok(_)) => {
            return Finding::new(
                State::Ok,
                "endpoint",
                format!("{endpoint} takes connections"),
            );
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} seconds", PATIENCE.as_secs()),
    };
    Finding::new(
        State::Missing,
        "endpoint",
        format!("{endpoint} cannot be reached: {fault}"),
    )
    .help("start the emulator of AWS that listens there, or name another with --endpoint-url")
}
