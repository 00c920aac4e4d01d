use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;

const ID: &str = "79b5e81f-9cdd-4145-b1f6-7c50ef8a2a36";
const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:notifier";

/// What `write` puts into the log, with times replaced.
fn lines(logging: Logging, write: impl FnOnce(&Platform)) -> Vec<String> {
    let written: Arc<Mutex<Vec<u8>>> = Arc::default();
    let sink = Arc::clone(&written);
    let log = Log::new(move |bytes| sink.lock().unwrap().extend_from_slice(bytes));
    write(&Platform::new(log, logging, "notifier"));
    let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
    let time = fancy_regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z").unwrap();
    let text = time.replace_all(&text, "<time>");
    text.lines().map(str::to_owned).collect()
}

fn json(system: LogLevel) -> Logging {
    Logging {
        format: LogFormat::Json,
        system,
        ..Logging::default()
    }
}

fn report(init: Option<Duration>) -> Report {
    Report {
        duration: Duration::from_micros(1_233_960),
        init,
        memory_mb: 256,
        max_memory_mb: 123,
    }
}

/// The types of the lines that an invocation and its init phase leave.
fn types(system: LogLevel, outcome: &Outcome) -> Vec<String> {
    lines(json(system), |platform| {
        platform.init_started();
        platform.init_ended(&Status::Success, Duration::from_millis(1));
        platform.started(ID, ARN);
        platform.ended(ID, outcome, &report(None));
    })
    .iter()
    .map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["type"].as_str().unwrap().to_owned()
    })
    .collect()
}

#[test]
fn json_lines_are_those_recorded_from_lambda() {
    let init = Some(Duration::from_micros(463_512));
    let written = lines(json(LogLevel::Info), |platform| {
        platform.started(ID, ARN);
        platform.ended(ID, &Outcome::Answer(b"{}".to_vec()), &report(init));
    });
    assert_eq!(
        written,
        [
            format!(
                r#"{{"time":"<time>","type":"platform.start","record":{{"requestId":"{ID}","functionArn":"{ARN}","version":"$LATEST"}}}}"#
            ),
            format!(
                r#"{{"time":"<time>","type":"platform.report","record":{{"requestId":"{ID}","metrics":{{"durationMs":1233.96,"billedDurationMs":1698,"memorySizeMB":256,"maxMemoryUsedMB":123,"initDurationMs":463.512}},"status":"success"}}}}"#
            ),
        ]
    );
}

#[test]
fn the_level_decides_which_lines_of_a_success_are_written() {
    let answer = Outcome::Answer(b"1".to_vec());
    assert_eq!(
        types(LogLevel::Debug, &answer),
        [
            "platform.initStart",
            "platform.initRuntimeDone",
            "platform.initReport",
            "platform.start",
            "platform.runtimeDone",
            "platform.report",
        ]
    );
    assert_eq!(
        types(LogLevel::Info, &answer),
        ["platform.start", "platform.report"]
    );
    assert!(types(LogLevel::Warn, &answer).is_empty());
}

#[test]
fn a_failure_is_written_even_when_only_warnings_are_wanted() {
    let failure = Failure::of_function(r#"{"errorType":"Error","errorMessage":"no"}"#.into());
    let written = lines(json(LogLevel::Warn), |platform| {
        platform.started(ID, ARN);
        platform.ended(ID, &Outcome::Failure(failure), &report(None));
    });
    assert_eq!(
        written,
        [
            format!(
                r#"{{"time":"<time>","type":"platform.runtimeDone","record":{{"requestId":"{ID}","status":"error","errorType":"Error","metrics":{{"durationMs":1233.96}}}}}}"#
            ),
            format!(
                r#"{{"time":"<time>","type":"platform.report","record":{{"requestId":"{ID}","metrics":{{"durationMs":1233.96,"billedDurationMs":1234,"memorySizeMB":256,"maxMemoryUsedMB":123}},"status":"error","errorType":"Error"}}}}"#
            ),
        ]
    );
}

#[test]
fn a_timeout_has_a_status_of_its_own_and_no_error_type() {
    let failure = Failure::timed_out(ID, Duration::from_secs(1));
    let written = lines(json(LogLevel::Info), |platform| {
        platform.said(ID, failure.log.as_deref().unwrap());
        platform.ended(ID, &Outcome::Failure(failure), &report(None));
    });
    assert_eq!(
        written[0],
        format!(
            r#"{{"timestamp":"<time>","level":"ERROR","requestId":"{ID}","message":"Task timed out after 1.00 seconds"}}"#
        )
    );
    assert!(
        written[2].ends_with(r#""maxMemoryUsedMB":123},"status":"timeout"}}"#),
        "{}",
        written[2]
    );
}

#[test]
fn an_init_phase_that_fails_or_takes_too_long_is_a_warning() {
    let error = Status::Error(Some("Runtime.ImportModuleError".into()));
    let written = lines(json(LogLevel::Warn), |platform| {
        platform.init_started();
        platform.init_ended(&error, Duration::from_micros(10_500));
        platform.init_ended(&Status::Timeout, Duration::from_secs(10));
    });
    assert_eq!(
        written[1],
        r#"{"time":"<time>","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"error","errorType":"Runtime.ImportModuleError","metrics":{"durationMs":10.5}}}"#
    );
    assert!(
        written[2].contains(r#""status":"timeout""#),
        "{}",
        written[2]
    );
}

#[test]
fn text_lines_take_no_notice_of_levels() {
    let logging = Logging {
        system: LogLevel::Warn,
        ..Logging::default()
    };
    let written = lines(logging, |platform| {
        platform.init_started();
        platform.init_ended(&Status::Success, Duration::from_millis(1));
        platform.init_ended(&Status::Timeout, Duration::from_secs(10));
        platform.started(ID, ARN);
        platform.said(ID, "Task timed out after 1.00 seconds");
        platform.ended(ID, &Outcome::Answer(vec![]), &report(None));
    });
    assert_eq!(
        written,
        [
            "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout".to_owned(),
            format!("START RequestId: {ID} Version: $LATEST"),
            format!("<time> {ID} Task timed out after 1.00 seconds"),
            format!("END RequestId: {ID}"),
            format!(
                "REPORT RequestId: {ID}\tDuration: 1233.96 ms\tBilled Duration: 1234 ms\tMemory Size: 256 MB\tMax Memory Used: 123 MB\t"
            ),
        ]
    );
}
