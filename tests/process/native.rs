//! A native `bootstrap`, compiled here from `bootstrap.rs`.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use hoist::local::process::Function;
use hoist::local::sandbox::Outcome;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Bench, ID, answer, complete, failure, invoke};

/// The folder with the compiled bootstrap; none where there is no compiler.
fn compiled() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let rustc = option_env!("RUSTC").unwrap_or("rustc");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("bootstrap-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/process/bootstrap.rs");
        let output = Command::new(rustc)
            .args(["--edition", "2024", "-A", "warnings", "-o"])
            .arg(folder.join("bootstrap"))
            .arg(source)
            .output();
        match output {
            Ok(output) if output.status.success() => Some(folder),
            Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => {
                eprintln!("skipped: rustc does not run: {error}");
                None
            }
        }
    });
    folder.as_deref()
}

async fn bench(change: impl FnOnce(&mut Function)) -> Option<Bench> {
    let mut function = super::function("provided.al2023", compiled()?);
    change(&mut function);
    Some(Bench::new(function).await)
}

fn mode(mode: &str) -> impl FnOnce(&mut Function) {
    |function| {
        function.environment.insert("MODE".into(), mode.into());
    }
}

fn message(outcome: &Outcome) -> String {
    failure(outcome)["errorMessage"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_native_runtime_answers_again_and_again() {
    let Some(bench) = bench(|_| ()).await else {
        return;
    };
    let mut environment = bench.environment().await;
    for event in ["{\"a\":1}", "[2]"] {
        let completion = complete(&mut environment, event).await;
        assert_eq!(completion.outcome, Outcome::Answer(event.into()));
        assert!(environment.is_usable());
    }
    let completion = complete(&mut environment, "1").await;
    if cfg!(target_os = "linux") {
        assert!((1..128).contains(&completion.report.max_memory_mb));
    }
    assert_eq!(completion.report.init, None);
    assert_eq!(
        bench.log().matches("Init Duration").count(),
        1,
        "{}",
        bench.log()
    );
}

#[tokio::test]
async fn the_headers_of_an_event_arrive() {
    let Some(bench) = bench(|_| ()).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let before = std::time::SystemTime::now();
    let values = answer(&invoke(&mut environment, "\"headers\"").await);
    let deadline: u128 = values[0].as_str().unwrap().parse().unwrap();
    let now = before
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis();
    assert!(
        (19_000..=21_000).contains(&(deadline - now)),
        "{deadline} {now}"
    );
    assert_eq!(
        values[1],
        "arn:aws:lambda:us-east-1:123456789012:function:f"
    );
    assert_eq!(values[2], "");
}

#[tokio::test]
async fn an_exit_and_a_crash_are_told_as_lambda_tells_them() {
    let Some(bench) = bench(|_| ()).await else {
        return;
    };
    for (event, reason) in [
        ("exit:0", "Runtime exited without providing a reason"),
        ("exit:127", "Runtime exited with error: exit status 127"),
        (
            "segfault",
            "Runtime exited with error: signal: segmentation fault",
        ),
        ("abort", "Runtime exited with error: signal: aborted"),
    ] {
        let mut environment = bench.environment().await;
        let outcome = invoke(&mut environment, &format!("\"{event}\"")).await;
        assert_eq!(failure(&outcome)["errorType"], "Runtime.ExitError");
        assert_eq!(
            message(&outcome),
            format!("RequestId: {ID} Error: {reason}")
        );
        assert!(!environment.is_usable());
        let text = format!("{ID} RequestId: {ID} Error: {reason}\nRuntime.ExitError\n");
        assert!(bench.log().contains(&text), "{}", bench.log());
    }
}

#[tokio::test]
async fn what_goes_wrong_while_it_starts_is_told_by_the_first_invocation() {
    for (how, reason) in [
        ("exit:0", "Runtime exited without providing a reason"),
        ("exit:3", "Runtime exited with error: exit status 3"),
        (
            "segfault",
            "Runtime exited with error: signal: segmentation fault",
        ),
    ] {
        let Some(bench) = bench(mode(how)).await else {
            return;
        };
        let outcome = invoke(&mut bench.environment().await, "{}").await;
        assert_eq!(
            message(&outcome),
            format!("RequestId: {ID} Error: {reason}")
        );
    }
    let Some(bench) = bench(mode("init-error")).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let outcome = invoke(&mut environment, "{}").await;
    let expected = json!({"errorType": "Runtime.Own", "errorMessage": "not today"});
    assert_eq!(failure(&outcome), expected);
    assert!(!environment.is_usable());
    assert!(bench.log().starts_with("cannot start\n"), "{}", bench.log());
}

/// Two times the init limit's worth of waiting: the slowest test here.
#[tokio::test]
async fn a_runtime_that_never_asks_is_started_again_within_the_first_invocation() {
    let change = |function: &mut Function| {
        mode("never-asks")(function);
        function.timeout = Duration::from_secs(1);
    };
    let Some(bench) = bench(change).await else {
        return;
    };
    let mut environment = bench.environment().await;
    assert!(
        bench.log().contains("Phase: init\tStatus: timeout"),
        "{}",
        bench.log()
    );
    let outcome = invoke(&mut environment, "{}").await;
    assert_eq!(failure(&outcome)["errorType"], "Sandbox.Timedout");
    assert!(!environment.is_usable());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_timeout_kills_the_process_and_all_it_started() {
    let change = |function: &mut Function| function.timeout = Duration::from_secs(1);
    let Some(bench) = bench(change).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let outcome = invoke(&mut environment, "\"children\"").await;
    assert_eq!(
        message(&outcome),
        format!("RequestId: {ID} Error: Task timed out after 1.00 seconds")
    );
    let log = bench.log();
    let line = log.lines().find(|line| line.starts_with('[')).unwrap();
    let ids: Vec<u64> = serde_json::from_str(line).unwrap();
    assert_eq!(ids.len(), 2);
    for id in ids {
        assert!(super::dies(id), "{id} is alive");
    }
    assert!(log.contains("Task timed out after 1.00 seconds"), "{log}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn children_in_the_background_end_with_the_environment() {
    let Some(bench) = bench(|_| ()).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let ids = answer(&invoke(&mut environment, "\"background\"").await);
    let ids: Vec<u64> = serde_json::from_value(ids).unwrap();
    assert!(environment.is_usable());
    assert!(!ids.iter().any(|id| super::is_dead(*id)), "{ids:?}");
    drop(environment);
    assert!(ids.iter().all(|id| super::dies(*id)), "{ids:?}");
}

#[tokio::test]
async fn wrong_answers_are_refused_and_right_ones_count() {
    let Some(bench) = bench(|_| ()).await else {
        return;
    };
    let mut environment = bench.environment().await;
    assert_eq!(answer(&invoke(&mut environment, "\"twice\"").await), 1);
    assert_eq!(answer(&invoke(&mut environment, "\"other-id\"").await), 2);
    let outcome = invoke(&mut environment, "\"huge\"").await;
    assert_eq!(
        failure(&outcome)["errorType"],
        "Function.ResponseSizeTooLarge"
    );
    assert!(environment.is_usable());
    let log = bench.log();
    for line in ["202 then 403\n", "\n400\n", "\n413\n"] {
        assert!(log.contains(line), "{line} is not in {log}");
    }
}

#[tokio::test]
async fn an_error_and_a_stream_are_handed_on() {
    let Some(bench) = bench(|_| ()).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let outcome = invoke(&mut environment, "\"error\"").await;
    assert_eq!(
        failure(&outcome),
        json!({"errorType": "Own", "errorMessage": "no"})
    );
    let outcome = invoke(&mut environment, "\"stream\"").await;
    assert_eq!(outcome, Outcome::Answer(b"hello world".to_vec()));
    let outcome = invoke(&mut environment, "\"stream:failed\"").await;
    assert_eq!(failure(&outcome), json!({"errorType": "Late"}));
    assert!(environment.is_usable());
}

#[tokio::test]
async fn a_runtime_that_closes_its_output_still_answers() {
    let Some(bench) = bench(|_| ()).await else {
        return;
    };
    let mut environment = bench.environment().await;
    assert_eq!(
        answer(&invoke(&mut environment, "\"close\"").await),
        "closed"
    );
    assert_eq!(answer(&invoke(&mut environment, "[1]").await), json!([1]));
    assert!(bench.log().contains("before\n"));
}

#[tokio::test]
async fn what_was_answered_counts_whatever_comes_after_it() {
    let change = |function: &mut Function| function.timeout = Duration::from_secs(1);
    let Some(bench) = bench(change).await else {
        return;
    };
    for (event, said) in [
        ("respond-then-exit", "exit status 5"),
        ("respond-without-waiting", "exit status 5"),
        ("respond-then-hang", "Task timed out after 1.00 seconds"),
    ] {
        let mut environment = bench.environment().await;
        let outcome = invoke(&mut environment, &format!("\"{event}\"")).await;
        assert_eq!(answer(&outcome), "done");
        assert!(!environment.is_usable());
        assert!(bench.log().contains(said), "{}", bench.log());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_that_uses_too_much_memory_is_killed() {
    let Some(bench) = bench(|_| ()).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let completion = complete(&mut environment, "\"memory\"").await;
    assert_eq!(
        message(&completion.outcome),
        format!("RequestId: {ID} Error: Runtime exited with error: signal: killed")
    );
    assert_eq!(completion.report.max_memory_mb, 256);
    assert!(!environment.is_usable());
}

#[tokio::test]
async fn a_process_that_fills_its_tmp_is_killed() {
    let change = |function: &mut Function| function.tmp_mb = 1;
    let Some(bench) = bench(change).await else {
        return;
    };
    let outcome = invoke(&mut bench.environment().await, "\"fill-tmp\"").await;
    assert!(message(&outcome).ends_with("signal: killed"));
    assert!(bench.log().contains("/tmp holds 1 MB"), "{}", bench.log());
}

#[tokio::test]
async fn a_process_has_only_its_own_variables_and_a_private_tmp() {
    let layer = TempDir::new().unwrap();
    std::fs::write(layer.path().join("shared.txt"), "").unwrap();
    let path = layer.path().to_owned();
    let change = |function: &mut Function| {
        function.layers.push(path);
        let value = "a \"quoted\" = value".to_owned();
        function.environment.insert("VALUE".into(), value);
    };
    let Some(bench) = bench(change).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let seen = answer(&invoke(&mut environment, "\"surroundings\"").await);
    let names: Vec<&str> = seen["names"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for name in [
        "CARGO_MANIFEST_DIR",
        "CARGO",
        "USER",
        "PWD",
        "_LAMBDA_TELEMETRY_LOG_FD",
    ] {
        assert!(!names.contains(&name), "{name} is there");
    }
    for name in ["AWS_LAMBDA_RUNTIME_API", "_HANDLER", "HOME", "PATH"] {
        assert!(names.contains(&name), "{name} is not there");
    }
    assert_eq!(seen["value"], "a \"quoted\" = value");
    assert_eq!(seen["inTmp"], json!(["kept"]));
    let rooted = !bench.prepared.limits().contains("folders stand in");
    if rooted {
        assert_eq!(seen["task"], "/var/task");
        assert_eq!(seen["folder"], "/var/task");
        assert_eq!(seen["tmp"], "/tmp");
        assert_eq!(seen["opt"], json!(["shared.txt"]));
        assert_eq!(seen["writable"], false);
    } else {
        eprintln!("skipped in part: {}", bench.prepared.limits());
    }
    // The environment keeps its /tmp, and another one has its own.
    let again = answer(&invoke(&mut environment, "\"surroundings\"").await);
    assert_eq!(again["inTmp"], json!(["kept"]));
}

/// A folder with a `bootstrap` of this text and mode.
fn folder(text: Option<&str>, mode: u32) -> TempDir {
    let folder = TempDir::new().unwrap();
    if let Some(text) = text {
        let path = folder.path().join("bootstrap");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    folder
}

#[tokio::test]
async fn a_bootstrap_that_cannot_be_started_is_an_invalid_entrypoint() {
    let start = "fork/exec /var/task/bootstrap:";
    for (text, mode, reason) in [
        (
            None,
            0,
            "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]".to_owned(),
        ),
        (
            Some("#!/bin/sh\n"),
            0o644,
            format!("{start} permission denied"),
        ),
        (
            Some("no program at all"),
            0o755,
            format!("{start} exec format error"),
        ),
        (
            Some("#!/no/such/shell\n"),
            0o755,
            format!("{start} no such file or directory"),
        ),
    ] {
        let folder = folder(text, mode);
        let bench = Bench::new(super::function("provided.al2023", folder.path())).await;
        let mut environment = bench.environment().await;
        let outcome = invoke(&mut environment, "{}").await;
        assert_eq!(failure(&outcome)["errorType"], "Runtime.InvalidEntrypoint");
        assert_eq!(
            message(&outcome),
            format!("RequestId: {ID} Error: {reason}")
        );
        assert!(!environment.is_usable());
    }
}

#[tokio::test]
async fn a_shell_script_is_a_runtime_too() {
    let script = "#!/bin/sh\necho starting\nexit 9\n";
    let folder = folder(Some(script), 0o755);
    let bench = Bench::new(super::function("provided.al2023", folder.path())).await;
    let outcome = invoke(&mut bench.environment().await, "{}").await;
    assert!(message(&outcome).ends_with("exit status 9"));
    assert!(bench.log().starts_with("starting\n"), "{}", bench.log());
}

#[tokio::test]
async fn nothing_is_left_in_the_folder_for_temporary_files() {
    let Some(task) = compiled() else { return };
    // Other tests make folders at the same time: only this one's are looked for, by what lies in them.
    let mark = format!("mark-{}", uuid::Uuid::new_v4());
    let layer = TempDir::new().unwrap();
    let other = TempDir::new().unwrap();
    std::fs::write(layer.path().join(&mark), "").unwrap();
    let mut function = super::function("provided.al2023", task);
    function.layers = vec![layer.path().to_owned(), other.path().to_owned()];
    let made = || -> Vec<PathBuf> {
        let folders = std::fs::read_dir(std::env::temp_dir()).unwrap();
        folders
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.join(&mark).exists() && path != layer.path())
            .collect()
    };
    let bench = Bench::new(function).await;
    let mut environment = bench.environment().await;
    let tmp = answer(&invoke(&mut environment, "\"surroundings\"").await);
    assert_eq!(tmp["inTmp"], json!(["kept"]));
    assert_eq!(made().len(), 1, "the layers were not merged");
    drop(environment);
    drop(bench);
    assert_eq!(made(), Vec::<PathBuf>::new());
}
