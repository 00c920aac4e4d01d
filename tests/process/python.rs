//! Python functions under the machine's own python3. What is expected was recorded from Lambda (`aws-behaviour.md`
//! §1 and §2) or is what AWS's own client, awslambdaric, writes.

use serde_json::{Value, json};
use tempfile::TempDir;

use hoist::graph::LogFormat;
use hoist::local::process::Function;
use hoist::local::sandbox::{Invocation, Outcome};

use super::{Bench, ID, answer, failure, invoke};

async fn bench_with(code: &str, change: impl FnOnce(&mut Function)) -> Option<(Bench, TempDir)> {
    if !super::is_here("python3") {
        return None;
    }
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("index.py"), code).unwrap();
    let mut function = super::function("python3.13", folder.path());
    change(&mut function);
    Some((Bench::new(function).await, folder))
}

async fn bench(code: &str) -> Option<(Bench, TempDir)> {
    bench_with(code, |_| ()).await
}

/// The log without Lambda's own lines, times and ids replaced.
fn redacted(bench: &Bench) -> String {
    let time = fancy_regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z?").unwrap();
    let log = bench.log();
    let log = time.replace_all(&log, "<time>").replace(ID, "<id>");
    let own = log.lines().filter(|line| {
        !["START ", "END ", "REPORT "]
            .iter()
            .any(|start| line.starts_with(start))
    });
    own.map(|line| format!("{line}\n")).collect()
}

#[tokio::test]
async fn a_handler_answers_and_keeps_its_globals() {
    let code = "
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return {'calls': calls, 'event': event, 'text': 'ü'}
";
    let Some((bench, _folder)) = bench(code).await else {
        return;
    };
    let mut environment = bench.environment().await;
    for calls in 1..=2 {
        let outcome = invoke(&mut environment, "{\"a\": [1, null, 2.5]}").await;
        let expected = json!({"calls": calls, "event": {"a": [1, null, 2.5]}, "text": "ü"});
        assert_eq!(answer(&outcome), expected);
        // Since 3.12 characters stay as they are.
        assert!(matches!(&outcome, Outcome::Answer(text) if text.ends_with("\"ü\"}".as_bytes())));
    }
}

#[tokio::test]
async fn nothing_returned_is_null_and_odd_values_are_written_as_in_lambda() {
    let code = "
import decimal
VALUES = [None, b'raw', decimal.Decimal('1.10'), float('inf'), (1, 2), 'x']
def handler(event, context):
    return VALUES[event]
";
    let Some((bench, _folder)) = bench(code).await else {
        return;
    };
    let mut environment = bench.environment().await;
    for (index, expected) in ["null", "raw", "1.10", "Infinity", "[1, 2]", "\"x\""]
        .iter()
        .enumerate()
    {
        let outcome = invoke(&mut environment, &index.to_string()).await;
        assert_eq!(outcome, Outcome::Answer(expected.as_bytes().to_vec()));
    }
}

#[tokio::test]
async fn an_exception_is_lambdas_payload_and_log() {
    let code = "
def inner():
    raise ValueError('no\\ngood')
def handler(event, context):
    inner()
";
    let Some((bench, _folder)) = bench(code).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let error = failure(&invoke(&mut environment, "{}").await);
    let place = bench.prepared.place("/var/task/index.py");
    assert_eq!(
        error,
        json!({
            "errorMessage": "no\ngood",
            "errorType": "ValueError",
            "requestId": ID,
            "stackTrace": [
                format!("  File \"{place}\", line 5, in handler\n    inner()\n"),
                format!("  File \"{place}\", line 3, in inner\n    raise ValueError('no\\ngood')\n"),
            ],
        })
    );
    let indent = '\u{a0}';
    let expected = format!(
        "[ERROR] ValueError: no
good
Traceback (most recent call last):
{indent}{indent}File \"{place}\", line 5, in handler
{indent}{indent}{indent}{indent}inner()
{indent}{indent}File \"{place}\", line 3, in inner
{indent}{indent}{indent}{indent}raise ValueError('no\\ngood')
"
    );
    assert_eq!(redacted(&bench), expected);
    assert!(environment.is_usable());
}

#[tokio::test]
async fn what_is_wrong_with_the_handler_is_named_as_in_lambda() {
    for (handler, code, kind, message) in [
        (
            "index",
            "",
            "MalformedHandlerName",
            "Bad handler 'index': not enough values to unpack (expected 2, got 1)",
        ),
        (
            "index.nope",
            "x = 1",
            "HandlerNotFound",
            "Handler 'nope' missing on module 'index'",
        ),
        (
            "absent.handler",
            "",
            "ImportModuleError",
            "Unable to import module 'absent': No module named 'absent'",
        ),
        (
            "index.handler",
            "import nothing_like_it",
            "ImportModuleError",
            "Unable to import module 'index': No module named 'nothing_like_it'",
        ),
        (
            "sys.exit",
            "",
            "BuiltInModuleConflict",
            "Cannot use built-in module sys as a handler module",
        ),
    ] {
        let change = |function: &mut Function| {
            function.handler = handler.into();
            function
                .environment
                .insert("_HANDLER".into(), handler.into());
        };
        let Some((bench, _folder)) = bench_with(code, change).await else {
            return;
        };
        let mut environment = bench.environment().await;
        let error = failure(&invoke(&mut environment, "{}").await);
        assert_eq!(error["errorType"], format!("Runtime.{kind}"));
        assert_eq!(error["errorMessage"], message);
        assert_eq!(error["requestId"], "");
        assert_eq!(error["stackTrace"], json!([]));
        assert!(!environment.is_usable());
        assert!(bench.log().contains(message), "{}", bench.log());
    }
}

#[tokio::test]
async fn code_that_does_not_parse_or_fails_while_it_loads_is_placed() {
    let Some((bench, _folder)) = bench("def handler(:\n  pass\n").await else {
        return;
    };
    let error = failure(&invoke(&mut bench.environment().await, "{}").await);
    assert_eq!(error["errorType"], "Runtime.UserCodeSyntaxError");
    let place = bench.prepared.place("/var/task/index.py");
    let trace = error["stackTrace"][0].as_str().unwrap();
    assert!(
        trace.starts_with(&format!("  File \"{place}\" Line 1\n")),
        "{trace}"
    );
    let Some((bench, _folder)) = super::python::bench("1 / 0\n").await else {
        return;
    };
    let error = failure(&invoke(&mut bench.environment().await, "{}").await);
    assert_eq!(error["errorType"], "ZeroDivisionError");
    let trace = error["stackTrace"].as_array().unwrap();
    assert!(
        !trace
            .iter()
            .any(|frame| frame.as_str().unwrap().contains("bootstrap.py")),
        "{trace:?}"
    );
    assert!(
        trace
            .last()
            .unwrap()
            .as_str()
            .unwrap()
            .contains("line 1, in <module>")
    );
}

#[tokio::test]
async fn prints_and_log_records_come_in_order() {
    let code = "
import logging, sys
logger = logging.getLogger()
def handler(event, context):
    logger.warning('two\\nlines %s', 1)
    logger.info('not shown')
    logger.setLevel('INFO')
    logger.info('shown')
    try:
        1 / 0
    except ZeroDivisionError:
        pass
    logging.getLogger('own').error('last')
";
    let Some((bench, _folder)) = bench(code).await else {
        return;
    };
    invoke(&mut bench.environment().await, "{}").await;
    assert_eq!(
        redacted(&bench),
        "[WARNING]\t<time>\t<id>\ttwo\nlines 1\n[INFO]\t<time>\t<id>\tshown\n[ERROR]\t<time>\t<id>\tlast\n"
    );
    let code = "
import sys
def handler(event, context):
    print('one')
    print('two', file=sys.stderr)
    print('three', end='')
    return 1
";
    let Some((bench, _folder)) = super::python::bench(code).await else {
        return;
    };
    let mut environment = bench.environment().await;
    invoke(&mut environment, "{}").await;
    assert_eq!(redacted(&bench), "one\ntwo\nthree\n");
}

#[tokio::test]
async fn the_json_log_format_is_lambdas() {
    let code = "
import logging
def handler(event, context):
    logging.info('hidden')
    logging.warning('words', extra={'order': 7})
    raise KeyError('k')
";
    let change = |function: &mut Function| {
        function.logging.format = LogFormat::Json;
        let variables = &mut function.environment;
        variables.insert("AWS_LAMBDA_LOG_FORMAT".into(), "JSON".into());
    };
    let Some((bench, _folder)) = bench_with(code, change).await else {
        return;
    };
    invoke(&mut bench.environment().await, "{}").await;
    let lines: Vec<Value> = bench
        .log()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}")))
        .filter(|line: &Value| line.get("type").is_none())
        .collect();
    assert_eq!(lines.len(), 2, "{}", bench.log());
    assert_eq!(lines[0]["level"], "WARNING");
    assert_eq!(lines[0]["message"], "words");
    assert_eq!(lines[0]["logger"], "root");
    assert_eq!(lines[0]["requestId"], ID);
    assert_eq!(lines[0]["order"], 7);
    assert_eq!(lines[1]["level"], "ERROR");
    assert_eq!(lines[1]["errorType"], "KeyError");
    assert_eq!(lines[1]["errorMessage"], "'k'");
}

#[tokio::test]
async fn the_context_is_lambdas() {
    let code = "
def handler(event, context):
    own = context.client_context
    return [context.function_name, context.function_version, context.invoked_function_arn,
            context.memory_limit_in_mb, context.aws_request_id, context.log_group_name,
            5000 < context.get_remaining_time_in_millis() <= 20000,
            context.identity.cognito_identity_id, own.custom, own.client.app_title, own.env, repr(own.client)]
";
    let Some((bench, _folder)) = bench(code).await else {
        return;
    };
    let mut environment = bench.environment().await;
    let invocation = Invocation {
        request_id: ID.into(),
        event: "{}".into(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        client_context: Some("{\"custom\":{\"a\":1},\"client\":{\"app_title\":\"t\"}}".into()),
        trace_id: None,
    };
    let seen = answer(&environment.invoke(&invocation).await.unwrap().outcome);
    assert_eq!(
        seen,
        json!(["f", "$LATEST", "arn:aws:lambda:us-east-1:123456789012:function:f", "128", ID, "/aws/lambda/f",
            true, null, {"a": 1}, "t", null,
            "Client([installation_id=None,app_title=t,app_version_name=None,app_version_code=None,app_package_name=None])"])
    );
}

#[tokio::test]
async fn layers_and_own_packages_are_found_and_the_machines_are_not() {
    let layer = TempDir::new().unwrap();
    std::fs::create_dir(layer.path().join("python")).unwrap();
    std::fs::write(layer.path().join("python/shared.py"), "NAME = 'layer'").unwrap();
    let code = "
import sys, shared, index
def handler(event, context):
    return [shared.NAME, sys.path[0], index.__name__, sys.argv[1:],
            any('site-packages' in path and 'opt' not in path and 'runtime' not in path for path in sys.path)]
";
    let path = layer.path().to_owned();
    let Some((bench, folder)) = bench_with(code, |function| function.layers.push(path)).await
    else {
        return;
    };
    let seen = answer(&invoke(&mut bench.environment().await, "{}").await);
    let task = bench.prepared.place("/var/task");
    // A folder that stands in for /opt has another name.
    if task == "/var/task" {
        assert_eq!(seen, json!(["layer", task, "index", [], false]));
    } else {
        assert_eq!(seen[0], "layer");
    }
    assert!(!folder.path().join("__pycache__").exists());
}

#[tokio::test]
async fn an_exit_in_a_handler_ends_the_environment() {
    let code = "
import os, sys
def handler(event, context):
    if event == 1:
        os._exit(7)
    sys.exit(event)
";
    let Some((bench, _folder)) = bench(code).await else {
        return;
    };
    for status in [1, 3] {
        let mut environment = bench.environment().await;
        let error = failure(&invoke(&mut environment, &status.to_string()).await);
        assert_eq!(error["errorType"], "Runtime.ExitError");
        let expected = if status == 1 { 7 } else { 3 };
        let message = error["errorMessage"].as_str().unwrap();
        assert!(
            message.ends_with(&format!("exit status {expected}")),
            "{message}"
        );
        assert!(!environment.is_usable());
    }
}

#[tokio::test]
async fn folders_stand_in_where_lambdas_places_are_not_possible() {
    if !super::is_here("python3") {
        return;
    }
    // A python that lies in /tmp would not be seen under a private one.
    let machine = TempDir::new_in("/tmp").unwrap();
    let made = std::process::Command::new("python3")
        .args(["-m", "venv", "--without-pip"])
        .arg(machine.path())
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: python3 makes no virtual environments here");
        return;
    }
    let layer = TempDir::new().unwrap();
    std::fs::create_dir(layer.path().join("python")).unwrap();
    std::fs::write(layer.path().join("python/shared.py"), "NAME = 'layer'").unwrap();
    let code = "
import os, tempfile, shared
def handler(event, context):
    open(os.path.join(tempfile.gettempdir(), 'kept'), 'w').close()
    return [shared.NAME, os.environ['LAMBDA_TASK_ROOT'], os.getcwd(), os.listdir(tempfile.gettempdir()),
            tempfile.gettempdir() == os.environ['HOME'] == os.environ['TMP']]
";
    let change = |function: &mut Function| {
        function.search = format!("{}/bin", machine.path().display());
        function.layers.push(layer.path().to_owned());
    };
    let Some((bench, folder)) = bench_with(code, change).await else {
        return;
    };
    let limits = bench.prepared.limits();
    assert!(
        limits.contains("folders stand in for /tmp, /var/task and /opt"),
        "{limits}"
    );
    let mut environment = bench.environment().await;
    let seen = answer(&invoke(&mut environment, "{}").await);
    let task = folder.path().to_str().unwrap();
    assert_eq!(seen, json!(["layer", task, task, ["kept"], true]));
    assert!(!folder.path().join("__pycache__").exists());
}
