//! The settings of a command: one folder a case under `tests/config`, run as `hoist config show`.
//!
//! `case.json` says the command, its arguments and its environment; `project` is where it runs; `expected.txt` is what it
//! prints (written anew with `HOIST_BLESS=1`); `sam.json` is what AWS's own SAM made of the same, recorded by
//! `tests/config/record.py`, and is compared value by value. Where the two differ on purpose, `differs` says why.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    command: String,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    differs: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config")
}

fn hoist(folder: &Path, environment: &BTreeMap<String, String>, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("HOIST_CACHE_DIR", "/cache")
        .envs(environment)
        .output()
        .expect("hoist starts")
}

fn show(folder: &Path, case: &Case, more: &[&str]) -> Output {
    let mut arguments = vec!["config", "show", &case.command];
    arguments.extend(more);
    arguments.extend(case.arguments.iter().map(String::as_str));
    hoist(folder, &case.environment, &arguments)
}

/// What is printed, with what depends on the machine taken out.
fn printed(output: &Output, project: &Path) -> String {
    let text = format!(
        "{}\nexit {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        output.status.code().expect("an exit code"),
        String::from_utf8_lossy(&output.stderr),
    );
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines
        .join("\n")
        .replace(project.to_str().expect("a path"), "PROJECT")
        + "\n"
}

/// What differs between Hoist's settings and what SAM made of the same.
fn differences(ours: &Output, sam: &Value, command: &str) -> Vec<String> {
    if let Some(error) = sam.get("error") {
        return match ours.status.code() {
            Some(0) => vec![format!("SAM fails with {error}")],
            _ => vec![],
        };
    }
    if !ours.status.success() {
        return vec!["SAM takes what Hoist refuses".into()];
    }
    let ours: Value = serde_json::from_slice(&ours.stdout).expect("JSON");
    let value = |name: &str| {
        let settings = ours["settings"].as_array().expect("a list");
        let setting = settings.iter().find(|setting| setting["name"] == name);
        setting.map_or(Value::Null, |setting| setting["value"].clone())
    };
    let of_deploy: &[&str] = match command {
        "deploy" => &[
            "stack_name",
            "s3_bucket",
            "s3_prefix",
            "capabilities",
            "tags",
            "confirm_changeset",
        ],
        _ => &[],
    };
    [
        "template_file",
        "parameter_overrides",
        "event",
        "env_vars",
        "function_logical_id",
        "region",
        "profile",
    ]
    .iter()
    .chain(of_deploy)
    .filter_map(|&name| {
        let theirs = sam.get(name).cloned().unwrap_or_default();
        let mut own = value(name);
        // To SAM no parameters are the same as none given.
        if own == serde_json::json!({}) {
            own = Value::Null;
        }
        (own != theirs).then(|| format!("{name}: {own}, and SAM has {theirs}"))
    })
    .collect()
}

#[test]
fn settings_come_from_where_they_are_said_to() {
    let bless = std::env::var_os("HOIST_BLESS").is_some();
    let mut wrong = Vec::new();
    let mut compared = 0;
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root())
        .expect("the cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("case.json").is_file())
        .collect();
    folders.sort();
    assert!(folders.len() > 40, "the cases were not found");
    for folder in folders {
        let name = folder
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(folder.join("case.json")).expect("a case");
        let case: Case = serde_json::from_str(&text).expect("a case");
        let project = folder.join("project");
        let text = printed(&show(&project, &case, &["--all"]), &project);
        let file = folder.join("expected.txt");
        if bless {
            std::fs::write(&file, &text).expect("written");
        } else if std::fs::read_to_string(&file).unwrap_or_default() != text {
            wrong.push(format!("{name} prints\n{text}"));
        }
        if let Ok(sam) = std::fs::read_to_string(folder.join("sam.json")) {
            compared += 1;
            let sam: Value = serde_json::from_str(&sam).expect("JSON");
            let found = differences(
                &show(&project, &case, &["--output", "json"]),
                &sam,
                &case.command,
            );
            match (&case.differs, found.as_slice()) {
                (None, []) | (Some(_), [_, ..]) => {}
                (Some(why), []) => wrong.push(format!("{name} no longer differs: {why}")),
                (None, found) => wrong.push(format!("{name}: {}", found.join("; "))),
            }
        }
    }
    assert!(compared > 30, "the answers of SAM were not found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A project with these files, in a folder of its own.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let template = ("template.yaml", "Resources: {}\n");
    for (name, text) in std::iter::once(&template).chain(files) {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// Runs `hoist config show`, which must end, not of a bug; gives its exit code and standard error.
fn errors(folder: &Path) -> (i32, String) {
    let output = hoist(folder, &BTreeMap::new(), &["config", "show"]);
    let code = output.status.code().expect("an exit code");
    (code, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn no_settings_file_is_too_large_or_too_deep() {
    let version = "version = 0.1\n";
    let deep_list = format!(
        "{version}x = {}{}\n",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let deep_key = format!("{version}{}x = 1\n", "a.".repeat(50_000));
    let deep_table = format!("{version}[{}a]\nx = 1\n", "a.".repeat(50_000));
    let deep_yaml = format!(
        "version: 0.1\nx: {}{}\n",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    let large = format!("{version}# {}\n", "x".repeat(1024 * 1024));
    let laughs = "version: 0.1\na: &a [1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n\
                  c: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n\
                  e: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\n\
                  g: [*f,*f,*f,*f,*f,*f,*f,*f]\n";
    for (name, text, code) in [
        ("samconfig.toml", deep_list.as_str(), "config/toml"),
        ("samconfig.toml", &deep_key, "config/toml"),
        ("samconfig.toml", &deep_table, "config/toml"),
        ("samconfig.yaml", &deep_yaml, "template/too-deep"),
        ("samconfig.yaml", laughs, "template/too-many-values"),
        ("samconfig.toml", &large, "config/unreadable-file"),
        ("hoist.toml", &large, "config/unreadable-file"),
    ] {
        let (exit, text) = errors(project(&[(name, text)]).path());
        assert_eq!(exit, 1, "{name}: {text:.300}");
        assert!(text.contains(code), "{code}: {text:.300}");
    }
}

#[test]
fn files_of_parameters_that_include_each_other_come_to_an_end() {
    let mut files = vec![(
        "samconfig.toml".to_owned(),
        "version = 0.1\n[default.global.parameters]\nparameter_overrides = 'file://0.yaml'\n"
            .to_owned(),
    )];
    for at in 0..40 {
        let next = at + 1;
        let text = format!("- file://{next}.yaml\n- file://{next}.yaml\n- A{at}=x\n");
        files.push((format!("{at}.yaml"), text));
    }
    files.push(("40.yaml".into(), "[B=last]\n".into()));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let (exit, text) = errors(project(&files).path());
    assert_eq!(exit, 1);
    assert!(text.contains("more than 100 files"), "{text:.300}");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_file_is_not_waited_for() {
    for name in ["samconfig.toml", "samconfig.yaml", "hoist.toml"] {
        let folder = project(&[]);
        let made = Command::new("mkfifo")
            .arg(folder.path().join(name))
            .status();
        if !made.is_ok_and(|status| status.success()) {
            println!("skipped: there is no mkfifo");
            return;
        }
        let (exit, text) = errors(folder.path());
        assert_eq!(exit, 1, "{text}");
        assert!(text.contains("it is not a regular file"), "{text}");
    }
}

#[test]
fn the_schema_of_hoist_toml_is_that_of_the_table() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/hoist.schema.json");
    let text = format!("{:#}\n", hoist::config::schema());
    if std::env::var_os("HOIST_BLESS").is_some() {
        std::fs::write(&file, &text).expect("written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == text,
        "schema/hoist.schema.json is out of date: run this with HOIST_BLESS=1"
    );
}

#[test]
fn an_invocation_takes_the_event_variables_region_and_parameters_of_the_file() {
    let folder = project(&[
        (
            "app.yaml",
            "Parameters: {Stage: {Type: String, Default: dev}}\n\
             Resources:\n  \
               Shout:\n    Type: AWS::Lambda::Function\n    Properties:\n      \
                 Role: arn:aws:iam::123456789012:role/x\n      Runtime: provided.al2023\n      \
                 Handler: bootstrap\n      Code: code\n      \
                 Environment: {Variables: {STAGE: !Ref Stage, NAME: !Ref AWS::StackName, OWN: none}}\n  \
               Other:\n    Type: AWS::Lambda::Function\n    Properties:\n      \
                 Role: arn:aws:iam::123456789012:role/x\n      Runtime: provided.al2023\n      \
                 Handler: bootstrap\n      Code: code\n",
        ),
        ("event.json", "{\"from\": \"file\"}"),
        ("other.json", "{\"from\": \"flag\"}"),
        ("env.json", "{\"Shout\": {\"OWN\": \"set\"}}"),
        (
            "samconfig.yaml",
            "version: 0.1\ndefault:\n  global:\n    parameters:\n      region: eu-west-3\n      \
               stack_name: app\n  local_invoke:\n    parameters:\n      template_file: app.yaml\n      \
               function_logical_id: Shout\n      event: event.json\n      env_vars: env.json\n      \
               parameter_overrides: {Stage: prod}\n",
        ),
        (
            "hoist.toml",
            "[invoke]\ntimeout = 9\n[function.Shout]\nprocess = true\n",
        ),
    ]);
    let code = folder.path().join("code");
    std::fs::create_dir(&code).expect("a folder");
    let bootstrap = code.join("bootstrap");
    std::fs::write(
        &bootstrap,
        "#!/bin/sh\nN=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation\n\
         H=$(mktemp)\nE=$(curl -s -D $H $N/next)\n\
         I=$(tr -d '\\r' < $H | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')\n\
         curl -s -d \"{\\\"event\\\": $E, \\\"said\\\": \\\"$STAGE $NAME $OWN $AWS_REGION\\\"}\" $N/$I/response > /dev/null\n",
    )
    .expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&bootstrap, mode).expect("set");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let found = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if !found("curl") || !found("sh") {
        println!("skipped: there is no curl or sh");
        return;
    }
    let environment = BTreeMap::from([("PATH".to_owned(), path.clone())]);
    for (more, from) in [(&[][..], "file"), (&["-e", "other.json"], "flag")] {
        let arguments = [&["invoke", "--local"], more].concat();
        let output = hoist(folder.path(), &environment, &arguments);
        let answer: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        let expected =
            serde_json::json!({"event": {"from": from}, "said": "prod app set eu-west-3"});
        assert_eq!(answer, expected);
    }
}
