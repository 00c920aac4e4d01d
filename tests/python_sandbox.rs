//! Python functions that misbehave end as they would in Lambda, and what comes after them is unharmed.

#[path = "sandbox/bench.rs"]
mod bench;

use std::time::Duration;

use hoist::local::sandbox::{Environment, Function, Outcome, Runtime};
use serde_json::{Value, json};

use bench::{Bench, ID, answer, failure, invoke, next_is_unharmed};

/// A function of one file.
async fn python(code: &str) -> Bench {
    python_with(code, |_| ()).await
}

async fn python_with(code: &str, change: impl FnOnce(&mut Function)) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("app.py"), code).unwrap();
    let mut function = Function {
        timeout: Duration::from_secs(20),
        environment: [("AWS_LAMBDA_FUNCTION_NAME".to_owned(), "f".to_owned())]
            .into_iter()
            .collect(),
        ..Function::new("f", Runtime::Python(14), "app.handler", folder.path())
    };
    change(&mut function);
    Bench::prepare(folder, function).await
}

/// The handler of most tests: does what the event asks for.
const HANDLER: &str = r#"
calls = 0


def handler(event, context):
    global calls
    calls += 1
    names = {}
    exec(event.get("code", ""), names)
    return {"calls": calls, "value": names.get("value")}
"#;

async fn run(code: &str) -> (Outcome, Bench, Environment) {
    run_with(code, |_| ()).await
}

async fn run_with(code: &str, change: impl FnOnce(&mut Function)) -> (Outcome, Bench, Environment) {
    let bench = python_with(HANDLER, change).await;
    let mut environment = bench.environment().await;
    let outcome = invoke(&mut environment, json!({ "code": code })).await;
    (outcome, bench, environment)
}

fn one_second(function: &mut Function) {
    function.timeout = Duration::from_secs(1);
}

fn timed_out() -> Value {
    json!({
        "errorType": "Sandbox.Timedout",
        "errorMessage": format!("RequestId: {ID} Error: Task timed out after 1.00 seconds"),
    })
}

fn exited(reason: &str) -> Value {
    json!({
        "errorType": "Runtime.ExitError",
        "errorMessage": format!("RequestId: {ID} Error: {reason}"),
    })
}

#[tokio::test]
async fn what_is_raised_is_the_functions_error() {
    let (outcome, bench, environment) = run("raise TypeError('boom')").await;
    let error = failure(&outcome);
    assert_eq!(error["errorType"], "TypeError");
    assert_eq!(error["errorMessage"], "boom");
    assert!(bench.log().contains("[ERROR] TypeError: boom\n"));
    next_is_unharmed(&bench, environment, true).await;
}

#[tokio::test]
async fn a_handler_that_never_answers_times_out_at_its_limit() {
    for code in [
        "import time; time.sleep(60)",
        "import threading; threading.Event().wait()",
        "import asyncio; asyncio.run(asyncio.Event().wait())",
    ] {
        let (outcome, bench, environment) = run_with(code, one_second).await;
        assert_eq!(failure(&outcome), timed_out(), "{code}");
        assert!(bench.log().contains("Duration: 1000.00 ms"));
        next_is_unharmed(&bench, environment, false).await;
    }
}

#[tokio::test]
async fn an_endless_loop_times_out() {
    for code in [
        "while True: pass",
        "import re; re.match('(a|a)*$', 'a' * 40 + 'b')",
    ] {
        let (outcome, bench, environment) = run_with(code, one_second).await;
        assert_eq!(failure(&outcome), timed_out(), "{code}");
        next_is_unharmed(&bench, environment, false).await;
    }
}

#[tokio::test]
async fn what_was_printed_before_a_timeout_is_logged() {
    let code = "print('begun', end=''); import time; time.sleep(60)";
    let (_, bench, environment) = run_with(code, one_second).await;
    drop(environment);
    assert!(bench.log().contains("begun"), "{}", bench.log());
}

#[tokio::test]
async fn endless_allocation_is_killed_at_memory_size() {
    let code = "all = []\nwhile True: all.append(bytearray(1 << 20))";
    let (outcome, bench, environment) = run(code).await;
    assert_eq!(
        failure(&outcome),
        exited("Runtime exited with error: signal: killed")
    );
    assert!(
        bench
            .log()
            .contains("Memory Size: 128 MB\tMax Memory Used: 1")
    );
    next_is_unharmed(&bench, environment, false).await;
}

#[tokio::test]
async fn endless_recursion_is_a_recursion_error_that_can_be_caught() {
    let code = "def f(): return 1 + f()\nf()";
    let (outcome, bench, environment) = run(&format!("exec({code:?}, {{}})")).await;
    let error = failure(&outcome);
    assert_eq!(error["errorType"], "RecursionError");
    assert_eq!(error["errorMessage"], "maximum recursion depth exceeded");
    next_is_unharmed(&bench, environment, true).await;

    let code = "
class Endless:
    def __repr__(self): return repr(self)
try:
    repr(Endless())
except RecursionError:
    value = 'caught'
";
    let (outcome, bench, environment) = run(code).await;
    assert_eq!(answer(&outcome)["value"], "caught");
    next_is_unharmed(&bench, environment, true).await;
}

#[tokio::test]
async fn a_recursion_in_c_that_the_guest_cannot_stop_costs_the_environment_only() {
    let code = "
import json
deep = []
for _ in range(200_000): deep = [deep]
json.dumps(deep)
";
    let (outcome, bench, environment) = run(code).await;
    assert_eq!(failure(&outcome)["errorType"], "RecursionError");
    let survives = environment.is_usable();
    next_is_unharmed(&bench, environment, survives).await;
}

#[tokio::test]
async fn a_megabyte_of_output_arrives_whole() {
    let code = "for _ in range(1024): print('x' * 1000)";
    let (outcome, bench, environment) = run(code).await;
    assert_eq!(answer(&outcome)["calls"], 1);
    assert_eq!(bench.log().matches(&"x".repeat(1000)).count(), 1024);
    next_is_unharmed(&bench, environment, true).await;
}

#[tokio::test]
async fn an_answer_of_seven_megabytes_is_refused() {
    let (outcome, bench, environment) = run("value = 'x' * (7 << 20)").await;
    assert_eq!(
        failure(&outcome),
        json!({
            "errorType": "Function.ResponseSizeTooLarge",
            "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        })
    );
    next_is_unharmed(&bench, environment, true).await;
}

#[tokio::test]
async fn an_event_of_six_megabytes_arrives() {
    let bench = python("def handler(event, context): return len(event['text'])").await;
    let event = json!({ "text": "x".repeat(6 << 20) });
    let outcome = invoke(&mut bench.environment().await, event).await;
    assert_eq!(answer(&outcome), json!(6 << 20));
}

#[tokio::test]
async fn files_of_this_machine_are_not_there() {
    for path in [
        "/etc/passwd",
        "/var/task/../../etc/passwd",
        "/proc/self/environ",
    ] {
        let (outcome, bench, environment) = run(&format!("open({path:?})")).await;
        let error = failure(&outcome);
        let kind = error["errorType"].as_str().unwrap();
        assert!(
            ["FileNotFoundError", "PermissionError"].contains(&kind),
            "{error}"
        );
        next_is_unharmed(&bench, environment, true).await;
    }
}

#[tokio::test]
async fn a_link_out_of_the_functions_folder_leads_nowhere() {
    let bench = python(HANDLER).await;
    let task = bench.prepared.function().task.clone();
    std::os::unix::fs::symlink("/etc", task.join("etc")).unwrap();
    let mut environment = bench.environment().await;
    let code = "open('/var/task/etc/passwd')";
    failure(&invoke(&mut environment, json!({ "code": code })).await);
}

#[tokio::test]
async fn writing_outside_tmp_is_refused() {
    for path in [
        "/var/task/app.py",
        "/var/task/new.txt",
        "/opt/x",
        "/x",
        "/python-stdlib/os.py",
        "/usr/share/zoneinfo/UTC",
    ] {
        let (outcome, bench, environment) = run(&format!("open({path:?}, 'w')")).await;
        let error = failure(&outcome);
        let kind = error["errorType"].as_str().unwrap();
        assert!(
            ["FileNotFoundError", "PermissionError", "OSError"].contains(&kind),
            "{path}: {error}"
        );
        next_is_unharmed(&bench, environment, true).await;
    }
}

#[tokio::test]
async fn tmp_is_kept_for_the_environment_and_bounded() {
    let bench = python_with(HANDLER, |function| function.tmp_mb = 1).await;
    let mut environment = bench.environment().await;
    let write = json!({ "code": "open('/tmp/a', 'w').write('kept')" });
    answer(&invoke(&mut environment, write).await);
    let read = json!({ "code": "value = open('/tmp/a').read()" });
    assert_eq!(
        answer(&invoke(&mut environment, read.clone()).await)["value"],
        "kept"
    );
    let fill = "
import time
with open('/tmp/b', 'w') as file:
    file.write('x' * (2 << 20))
    file.flush()
    time.sleep(10)
";
    let outcome = invoke(&mut environment, json!({ "code": fill })).await;
    assert_eq!(
        failure(&outcome),
        exited("Runtime exited with error: signal: killed")
    );
    assert!(bench.log().contains("No space left on device"));
    let mut fresh = bench.environment().await;
    let error = failure(&invoke(&mut fresh, read).await);
    assert_eq!(error["errorType"], "FileNotFoundError");
}

#[tokio::test]
async fn exiting_ends_the_environment() {
    for (code, reason) in [
        (
            "import sys; sys.exit(3)",
            "Runtime exited with error: exit status 3",
        ),
        (
            "import sys; sys.exit('why')",
            "Runtime exited with error: exit status 1",
        ),
        (
            "import sys; sys.exit()",
            "Runtime exited without providing a reason",
        ),
        (
            "import os; os._exit(4)",
            "Runtime exited with error: exit status 4",
        ),
        (
            "raise KeyboardInterrupt",
            "Runtime exited with error: exit status 1",
        ),
        (
            "try:\n import os; os._exit(5)\nexcept BaseException: pass",
            "Runtime exited with error: exit status 5",
        ),
    ] {
        let (outcome, bench, environment) = run(code).await;
        assert_eq!(failure(&outcome), exited(reason), "{code}");
        next_is_unharmed(&bench, environment, false).await;
    }
}

#[tokio::test]
async fn a_handler_that_breaks_its_world_hurts_only_its_own_environment() {
    let code = "
import builtins, json, os, sys
json.loads = json.dumps = None
sys.modules.clear()
os.environ.clear()
builtins.len = None
";
    let (_, bench, _) = run(code).await;
    let mut fresh = bench.environment().await;
    assert_eq!(answer(&invoke(&mut fresh, json!({})).await)["calls"], 1);
}

#[tokio::test]
async fn code_that_fails_while_imported_is_reported_by_the_first_invocation() {
    let bench = python("raise ValueError('at import')").await;
    let mut environment = bench.environment().await;
    let error = failure(&invoke(&mut environment, json!({})).await);
    assert_eq!(error["errorMessage"], "at import");
    assert!(!environment.is_usable());

    let bench = python("import sys; sys.exit(2)").await;
    let error = failure(&invoke(&mut bench.environment().await, json!({})).await);
    assert_eq!(error["errorType"], "Runtime.ExitError");
}

#[tokio::test]
async fn what_was_random_in_the_image_differs_between_environments() {
    let code = "
import random, secrets, tempfile, time, uuid
value = [random.random(), str(uuid.uuid4()), str(uuid.uuid1()), secrets.token_hex(8), tempfile.mktemp()]
";
    let bench = python(HANDLER).await;
    let event = json!({ "code": code });
    let first = answer(&invoke(&mut bench.environment().await, event.clone()).await);
    let second = answer(&invoke(&mut bench.environment().await, event).await);
    for index in 0..5 {
        assert_ne!(first["value"][index], second["value"][index], "{index}");
    }
}

#[tokio::test]
async fn hosts_are_refused_with_how_to_allow_them() {
    let code = "
import urllib.request
for _ in range(2):
    try:
        urllib.request.urlopen('https://example.com/')
    except OSError as error:
        value = str(error)
";
    let (outcome, bench, environment) = run(code).await;
    let value = answer(&outcome)["value"].as_str().unwrap().to_owned();
    assert!(value.contains("--allow-net example.com:443"), "{value}");
    let line = "hoist: Hoist's sandbox does not reach example.com:443";
    assert_eq!(bench.log().matches(line).count(), 1, "{}", bench.log());
    next_is_unharmed(&bench, environment, true).await;
}
