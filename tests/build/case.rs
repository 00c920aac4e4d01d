//! Folders of cases: an application, and what comes of every function and layer of it. `HOIST_BLESS=1` writes what
//! came anew.

use std::fmt::Write;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use hoist::build::Artifact;
use zip::ZipArchive;

use super::{Built, Project, here};

#[tokio::test]
async fn folders_files_and_what_is_built_already_are_packed_as_they_are() {
    check("plain", &["tool"]).await;
}

#[tokio::test]
async fn node_functions_get_their_production_packages_in_a_copy() {
    check("node", &["tool"]).await;
}

#[tokio::test]
async fn python_functions_get_packages_for_lambdas_platform() {
    check("python", &["tool"]).await;
}

#[tokio::test]
async fn uv_is_taken_where_it_is_installed() {
    check("python-uv", &["tool-uv", "tool"]).await;
}

#[tokio::test]
async fn typescript_is_bundled() {
    check("bundle", &["tool"]).await;
}

#[tokio::test]
async fn compilers_and_make_are_run_as_sam_runs_them() {
    check("compiled", &["tool"]).await;
}

#[tokio::test]
async fn what_cannot_be_built_is_said_and_the_rest_is_built() {
    check("faults", &["tool"]).await;
}

#[tokio::test]
async fn a_tool_that_is_not_installed_is_named_with_how_to_get_it() {
    check("absent", &[]).await;
}

async fn check(name: &str, tools: &[&str]) {
    let case = here().join("case").join(name);
    let mut project = Project::copy_of(&case);
    // It is the answer, not a part of the application.
    let _ = fs::remove_file(project.app().join("expected.txt"));
    let mut folders: Vec<String> = tools
        .iter()
        .map(|tool| here().join(tool).display().to_string())
        .collect();
    if !tools.is_empty() {
        folders.extend(["/usr/bin".into(), "/bin".into()]);
    }
    project.settings.path = folders.join(":");
    let before = listing(&project.app());
    let built = project.build().await;
    assert_eq!(
        before,
        listing(&project.app()),
        "the user's files have changed"
    );
    let came = report(&built, &project);
    let expected = case.join("expected.txt");
    if std::env::var_os("HOIST_BLESS").is_some() {
        fs::write(&expected, &came).unwrap();
    }
    let expected = fs::read_to_string(&expected).unwrap_or_default();
    assert!(
        came == expected,
        "{name}: came\n{came}\nexpected\n{expected}"
    );
}

/// Every artifact with its files, then every diagnostic.
fn report(built: &Built, project: &Project) -> String {
    let mut text = String::new();
    for artifact in &built.artifacts {
        let target = built
            .targets
            .iter()
            .find(|target| target.id == artifact.id)
            .unwrap();
        let _ = writeln!(
            text,
            "{} {} ({})",
            target.noun,
            target.name,
            target.method.word()
        );
        text.push_str(&contents(artifact));
    }
    for diagnostic in built.diagnostics.iter() {
        let line = diagnostic
            .span()
            .map(|span| built.sources.position(span).line);
        let severity = diagnostic.severity.as_str();
        let _ = writeln!(
            text,
            "{severity}[{}] line {}: {}",
            diagnostic.code,
            line.unwrap_or(0),
            diagnostic.summary
        );
        for help in &diagnostic.help {
            let _ = writeln!(text, "  help: {}", help.replace('\n', "\n    "));
        }
    }
    plain(&text, project)
}

fn contents(artifact: &Artifact) -> String {
    let mut zip = ZipArchive::new(File::open(&artifact.path).unwrap()).unwrap();
    let mut text = String::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut inside = String::new();
        file.read_to_string(&mut inside).unwrap();
        let mode = file.unix_mode().unwrap();
        let _ = writeln!(text, "  {mode:06o} {}", file.name());
        for line in inside.lines() {
            let _ = writeln!(text, "    | {line}");
        }
    }
    text
}

/// Without what differs from run to run.
fn plain(text: &str, project: &Project) -> String {
    let text = text.replace(&project.app().display().to_string(), "$APP");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("hoist-build-") {
        let start = rest[..at]
            .rfind(['=', ' ', '\n'])
            .map_or(0, |start| start + 1);
        let end = rest[at..]
            .find(['/', ' ', '\n'])
            .map_or(rest.len(), |end| at + end);
        plain.push_str(&rest[..start]);
        plain.push_str("$SCRATCH");
        rest = &rest[end..];
    }
    plain + rest
}

/// Every file of a folder with its content.
fn listing(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let text = fs::read(&path).unwrap();
                found.push((path.display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}
