//! What was built before: found again while it holds, never trusted when it does not.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use hoist::build::{self, Event};

use super::{ONE_FUNCTION, Project, copy};

fn plain() -> Project {
    Project::of(&[("template.yaml", ONE_FUNCTION), ("src/app.py", "one")])
}

/// A function that the tool standing in for npm builds.
fn with_npm() -> Project {
    let template = ONE_FUNCTION.replace("python3.13", "nodejs22.x");
    Project::of(&[
        ("template.yaml", &template),
        ("src/app.js", "one"),
        ("src/package.json", r#"{"dependencies": {"tiny": "1"}}"#),
        ("src/package-lock.json", "{}"),
    ])
}

fn touch(project: &Project, name: &str, ago: u64) {
    let time = SystemTime::now() - Duration::from_secs(ago);
    let file = File::options()
        .append(true)
        .open(project.app().join(name))
        .unwrap();
    file.set_modified(time).unwrap();
}

fn tools_ran(events: &[Event]) -> bool {
    events
        .iter()
        .any(|event| matches!(event, Event::Running { .. }))
}

#[tokio::test]
async fn unchanged_sources_are_not_built_again() {
    let project = with_npm();
    assert_eq!(project.fresh(), [None]);
    let first = project.build().await;
    assert!(tools_ran(&first.events) && !first.only().reused);
    let again = project.build().await;
    assert!(!tools_ran(&again.events) && again.only().reused);
    assert_eq!(first.only().digest, again.only().digest);
    assert_eq!(project.fresh()[0].as_ref(), Some(again.only()));
}

#[tokio::test]
async fn a_file_that_was_only_touched_counts_as_unchanged() {
    let project = with_npm();
    project.build().await.only();
    touch(&project, "src/app.js", 5000);
    assert!(project.fresh()[0].is_some());
    // A change that size and time do not show would need a clock that stands still.
    project.write("src/app.js", "two");
    assert_eq!(project.fresh(), [None]);
    project.write("src/app.js", "one");
    assert!(project.fresh()[0].is_some(), "the old state is remembered");
}

#[tokio::test]
async fn a_change_within_one_tick_of_the_clock_is_seen() {
    let project = plain();
    let path = project.app().join("src/app.py");
    let first = project.build().await.only().digest.clone();
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "two").unwrap();
    File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(time)
        .unwrap();
    assert_ne!(project.build().await.only().digest, first);
}

#[tokio::test]
async fn everything_that_the_artifact_depends_on_makes_it_stale() {
    type Change = fn(&Project);
    let changes: [(&str, Change); 6] = [
        ("a new file", |project| project.write("src/new.js", "")),
        ("a file that is gone", |project| {
            fs::remove_file(project.app().join("src/app.js")).unwrap()
        }),
        ("the lock file", |project| {
            project.write("src/package-lock.json", "{ }")
        }),
        ("a rule", |project| {
            project.write("src/.hoistignore", "node_modules/tiny")
        }),
        ("the architecture", |project| {
            let template = fs::read_to_string(project.app().join("template.yaml")).unwrap();
            let template = template.replace("CodeUri: src", "Architectures: [arm64], CodeUri: src");
            project.write("template.yaml", &template);
        }),
        ("a mode", |project| {
            use std::os::unix::fs::PermissionsExt;
            let path = project.app().join("src/app.js");
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }),
    ];
    for (what, change) in changes {
        let project = with_npm();
        let before = project.build().await.only().digest.clone();
        change(&project);
        assert_eq!(project.fresh(), [None], "{what}");
        let after = project.build().await;
        assert!(!after.only().reused, "{what}");
        assert_ne!(after.only().digest, before, "{what}");
    }
}

#[tokio::test]
async fn another_checkout_of_the_same_sources_finds_the_artifact() {
    let one = with_npm();
    let digest = one.build().await.only().digest.clone();
    let mut other = Project::of(&[]);
    copy(&one.app(), &other.app());
    other.settings.cache.clone_from(&one.settings.cache);
    let built = other.build().await;
    assert!(built.only().reused);
    assert_eq!(built.only().digest, digest);
}

#[tokio::test]
async fn a_damaged_or_missing_artifact_is_made_again() {
    let project = plain();
    let built = project.build().await.only().clone();
    for damage in ["shorter", "gone", "changed"] {
        match damage {
            "gone" => fs::remove_file(&built.path).unwrap(),
            "shorter" => fs::write(&built.path, "PK").unwrap(),
            _ => fs::write(&built.path, vec![0; built.size as usize]).unwrap(),
        }
        assert_eq!(project.fresh(), [None], "{damage}");
        let again = project.build().await;
        assert!(!again.only().reused, "{damage}");
        assert_eq!(again.only().digest, built.digest);
        assert!(
            fs::read(&built.path).unwrap().starts_with(b"PK\x03\x04"),
            "{damage}"
        );
    }
}

#[tokio::test]
async fn damaged_records_count_as_none() {
    let project = plain();
    let digest = project.build().await.only().digest.clone();
    for kind in ["sight", "make"] {
        for entry in fs::read_dir(project.settings.cache.join(kind)).unwrap() {
            fs::write(entry.unwrap().path(), "{\"files\": 3}").unwrap();
        }
        assert_eq!(project.build().await.only().digest, digest, "{kind}");
    }
}

#[tokio::test]
async fn building_is_repeated_when_it_is_asked_for() {
    let mut project = with_npm();
    let digest = project.build().await.only().digest.clone();
    project.settings.force = true;
    let built = project.build().await;
    assert!(tools_ran(&built.events) && !built.only().reused);
    assert_eq!(built.only().digest, digest);
}

#[tokio::test]
async fn functions_with_the_same_folder_share_one_build() {
    let project = with_npm();
    let one = fs::read_to_string(project.app().join("template.yaml")).unwrap();
    let second = one
        .split("Resources:\n")
        .nth(1)
        .unwrap()
        .replace("F:", "G:")
        .replace("app.handler", "app.other");
    project.write("template.yaml", &format!("{one}{second}"));
    let built = project.build().await;
    let ran = built
        .events
        .iter()
        .filter(|event| matches!(event, Event::Running { .. }))
        .count();
    assert_eq!(ran, 1);
    let ids: Vec<&str> = built
        .artifacts
        .iter()
        .map(|artifact| artifact.id.as_str())
        .collect();
    assert_eq!(ids, ["F", "G"]);
    assert_eq!(built.artifacts[0].digest, built.artifacts[1].digest);
}

#[tokio::test]
async fn a_file_outside_of_the_folder_that_went_into_a_bundle_makes_it_stale() {
    let template = ONE_FUNCTION.replace("python3.13", "nodejs22.x");
    let project = Project::of(&[
        ("template.yaml", &template),
        ("src/app.ts", "import \"../shared.ts\"\n"),
        ("shared.ts", "one"),
    ]);
    let before = project.build().await.only().digest.clone();
    assert!(project.fresh()[0].is_some());
    project.write("shared.ts", "two");
    assert_eq!(project.fresh(), [None]);
    assert_ne!(project.build().await.only().digest, before);
    fs::remove_file(project.app().join("shared.ts")).unwrap();
    assert_eq!(project.fresh(), [None]);
}

#[tokio::test]
async fn a_function_that_is_too_large_only_with_its_layers_is_refused() {
    let template = format!(
        "{}\x20 L:\n    Type: AWS::Serverless::LayerVersion\n    Properties: {{ContentUri: layer}}\n",
        ONE_FUNCTION.replace("CodeUri: src", "Layers: [!Ref L], CodeUri: src")
    );
    let project = Project::of(&[
        ("template.yaml", &template),
        ("src/app.py", ""),
        ("layer/x", ""),
    ]);
    for name in ["src/a.bin", "layer/b.bin"] {
        // Sparse, and quick to pack.
        File::create(project.app().join(name))
            .unwrap()
            .set_len(140 << 20)
            .unwrap();
    }
    let built = project.build().await;
    assert_eq!(built.artifacts.len(), 2);
    let said: Vec<&str> = built
        .diagnostics
        .iter()
        .map(|one| one.summary.as_str())
        .collect();
    assert_eq!(
        said,
        ["cannot build `F`: it is 280.0 MB unzipped, and Lambda takes 250.0 MB"]
    );
}

#[tokio::test]
async fn a_build_that_nobody_waits_for_ends_its_tools_and_leaves_nothing() {
    let project = with_npm();
    let tools = project.folder.path().join("tools");
    fs::create_dir(&tools).unwrap();
    let pid = project.folder.path().join("pid");
    let script = format!(
        "#!/bin/sh\necho $$ > {0}.new\nmv {0}.new {0}\nsleep 1000\n",
        pid.display()
    );
    fs::write(tools.join("npm"), script).unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(tools.join("npm"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut settings = project.settings.clone();
    settings.path = format!("{}:/usr/bin:/bin", tools.display());
    let (targets, _, _) = project.targets();
    let started = async {
        while !pid.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let mut tell = |_| ();
    tokio::select! {
        _ = build::build(&targets, &settings, &mut tell) => panic!("npm never ends"),
        () = started => {}
    }
    let pid: i32 = fs::read_to_string(&pid).unwrap().trim().parse().unwrap();
    let is_gone = || {
        let state = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        state.is_empty() || state.contains(") Z")
    };
    for _ in 0..1000 {
        if is_gone() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(
        !cfg!(target_os = "linux") || is_gone(),
        "npm is still running"
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let project = plain();
    project.write("src/secret", "x");
    let path = project.app().join("src/secret");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let built = project.build().await;
    let said: Vec<&str> = built.diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(said, ["build/unreadable"]);
}
