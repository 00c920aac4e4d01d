//! The real npm and pip, where they are installed and their registries answer.

use std::path::Path;
use std::process::Command;

use super::{Built, ONE_FUNCTION, Project};

/// The search path of this process, if it has the program and its registry answers.
fn with(program: &str, probe: &[&str]) -> Option<String> {
    let asked = std::env::var_os("HOIST_TEST_NETWORK").is_some();
    let answers = asked
        && Command::new(program)
            .args(probe)
            .output()
            .is_ok_and(|output| output.status.success());
    if !answers {
        println!(
            "skipped: HOIST_TEST_NETWORK is not set, or {program} is not installed or reaches no registry"
        );
        return None;
    }
    std::env::var("PATH").ok()
}

fn names(built: &Built) -> Vec<String> {
    let file = std::fs::File::open(&built.only().path).unwrap();
    zip::ZipArchive::new(file)
        .unwrap()
        .file_names()
        .map(str::to_owned)
        .collect()
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|one| Path::new(one) == Path::new(name))
}

#[tokio::test]
async fn npm_installs_for_production_and_twice_the_same() {
    let Some(path) = with("npm", &["view", "is-number@7.0.0", "name"]) else {
        return;
    };
    let template = ONE_FUNCTION.replace("python3.13", "nodejs22.x");
    let mut project = Project::of(&[
        ("template.yaml", &template),
        (
            "src/app.js",
            "exports.handler = async () => require('is-number')(1)",
        ),
        (
            "src/package.json",
            r#"{"dependencies": {"is-number": "7.0.0"}, "devDependencies": {"is-odd": "3.0.1"}}"#,
        ),
    ]);
    project.settings.path = path;
    let built = project.build().await;
    let all = names(&built);
    assert!(has(&all, "node_modules/is-number/index.js"), "{all:?}");
    assert!(!all.iter().any(|name| name.contains("is-odd")), "{all:?}");
    project.settings.force = true;
    assert_eq!(project.build().await.only().digest, built.only().digest);
}

#[tokio::test]
async fn pip_installs_wheels_for_the_functions_processor() {
    let Some(path) = with(
        "python3",
        &[
            "-m",
            "pip",
            "download",
            "--no-deps",
            "-d",
            "/tmp/hoist-pip-probe",
            "six",
        ],
    ) else {
        return;
    };
    let template = ONE_FUNCTION.replace("CodeUri: src", "Architectures: [arm64], CodeUri: src");
    let mut project = Project::of(&[
        ("template.yaml", &template),
        ("src/app.py", "import markupsafe, six"),
        ("src/requirements.txt", "MarkupSafe==3.0.2\nsix==1.17.0\n"),
    ]);
    project.settings.path = path;
    let built = project.build().await;
    let all = names(&built);
    assert!(
        has(
            &all,
            "markupsafe/_speedups.cpython-313-aarch64-linux-gnu.so"
        ),
        "{all:?}"
    );
    assert!(has(&all, "six.py") && has(&all, "app.py"), "{all:?}");
    project.settings.force = true;
    assert_eq!(project.build().await.only().digest, built.only().digest);
}
