//! Gathering what `hoist doctor` shows.

use std::path::Path;
use std::time::Duration;

use tokio::net::TcpStream;

use super::{Arguments, Section};
use crate::cli::project::Project;
use crate::cli::{Stop, invoke};
use crate::config::{self, Environment, Given, Setting, Settings, Value};
use crate::diag::Severity;
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
    let flag = arguments.endpoint_url.as_ref().map(Endpoint::to_string);
    given.add(Setting::EndpointUrl, flag.map(Value::Text));
    let command = config::Command::Invoke;
    let project = arguments
        .template
        .load_for(command, None, given, environment);
    let endpoint = invoke::endpoint(&project.configured, ui)?;
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
    let (template, functions) = of_project(
        arguments,
        &project,
        environment,
        endpoint.as_ref(),
        sandbox.as_ref(),
    )
    .await;
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
        findings: of_aws(&project.configured, environment, endpoint.as_ref()).await,
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

/// The template, and its functions.
async fn of_project(
    arguments: &Arguments,
    project: &Project,
    environment: &Environment,
    endpoint: Option<&Endpoint>,
    sandbox: Option<&Sandbox>,
) -> (Vec<Finding>, Vec<Finding>) {
    let loaded = &project.loaded;
    let all = || project.settings.1.iter().chain(loaded.diagnostics.iter());
    let no_template =
        |diagnostic: &crate::diag::Diagnostic| diagnostic.code == "project/no-template";
    if !arguments.template.is_named() && all().any(no_template) {
        let finding = Finding::new(State::Note, "template", "there is none in this folder")
            .help("name one with -t FILE to have it looked at");
        return (vec![finding], Vec::new());
    }
    let errors = all().filter(|one| one.severity == Severity::Error).count();
    let warnings = all()
        .filter(|one| one.severity == Severity::Warning)
        .count();
    let path = loaded.path.display();
    let template = match (errors, warnings) {
        (0, 0) => Finding::new(State::Ok, "template", path.to_string()),
        (0, _) => Finding::new(
            State::Warning,
            "template",
            format!("{path} has {warnings} warnings"),
        ),
        _ => {
            let first = all().find(|one| one.severity == Severity::Error);
            let first = first.map_or(String::new(), |one| format!(": {}", one.summary));
            Finding::new(
                State::Missing,
                "template",
                format!("{path} has {errors} errors{first}"),
            )
        }
    };
    let template = match errors + warnings {
        0 => template,
        _ => template.help("`hoist validate` shows them"),
    };
    let Some(app) = &loaded.app else {
        return (vec![template], Vec::new());
    };
    let overrides = Overrides {
        // Values that a run would give are not known here, so nothing is said about them.
        variables: app
            .functions()
            .flat_map(|function| &function.environment)
            .map(|variable| (variable.name.clone(), String::new()))
            .collect(),
        region: project.configured.region().to_owned(),
        endpoint: endpoint.cloned(),
        library: Library::of(environment),
        search: environment.variable("PATH").unwrap_or_default().to_owned(),
        ..Overrides::default()
    };
    let functions = survey::functions(app, &loaded.base_dir, &overrides, sandbox).await;
    (vec![template], functions)
}

async fn of_aws(
    settings: &Settings,
    environment: &Environment,
    endpoint: Option<&Endpoint>,
) -> Vec<Finding> {
    let origin = settings.origin(Setting::Region);
    let mut findings = vec![Finding::new(
        State::Ok,
        "region",
        format!("{} ({origin})", settings.region()),
    )];
    let profile = settings.text(Setting::Profile);
    findings.push(match config::credentials(profile, environment) {
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
    if let Some(endpoint) = endpoint {
        findings.push(reach(endpoint).await);
    }
    findings
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
    .help("start the emulator of AWS that listens there, or unset AWS_ENDPOINT_URL")
}
