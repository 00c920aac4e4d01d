//! A function ready to run, what it logs, and what it answers.

use std::path::Path;
use std::sync::{Arc, Mutex};

use hoist::local::sandbox::{Environment, Function, Invocation, Log, Outcome, Prepared, Sandbox};
use serde_json::{Value, json};

/// The request id of every invocation.
pub const ID: &str = "11111111-2222-4333-8444-555555555555";

/// A function in a folder, ready to run, and what it logs.
pub struct Bench {
    pub prepared: Prepared,
    log: Log,
    written: Arc<Mutex<Vec<u8>>>,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub async fn prepare(folder: tempfile::TempDir, function: Function) -> Self {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
        let sandbox = Sandbox::new(&cache, |_| ()).unwrap();
        let prepared = sandbox.prepare(function).await.unwrap();
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        Bench {
            prepared,
            log: Log::new(move |record| sink.lock().unwrap().extend_from_slice(record)),
            written,
            _folder: folder,
        }
    }

    pub async fn environment(&self) -> Environment {
        self.prepared.environment(self.log.clone()).await.unwrap()
    }

    pub fn log(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }
}

pub async fn invoke(environment: &mut Environment, event: Value) -> Outcome {
    let invocation = Invocation {
        request_id: ID.into(),
        event: event.to_string(),
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:f".into(),
        client_context: None,
        trace_id: None,
    };
    environment.invoke(&invocation).await.unwrap().outcome
}

pub fn failure(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Failure(failure) => serde_json::from_str(&failure.payload).unwrap(),
        Outcome::Answer(answer) => panic!(
            "expected a failure, got {}",
            String::from_utf8_lossy(&answer[..answer.len().min(200)])
        ),
    }
}

pub fn answer(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Answer(answer) => serde_json::from_slice(answer).unwrap(),
        Outcome::Failure(failure) => panic!("expected an answer, got {}", failure.payload),
    }
}

/// What comes next works: in the same environment where that lives on, else in a new one. The handler counts its calls.
pub async fn next_is_unharmed(bench: &Bench, mut environment: Environment, survives: bool) {
    assert_eq!(environment.is_usable(), survives);
    if survives {
        assert_eq!(
            answer(&invoke(&mut environment, json!({})).await)["calls"],
            2
        );
    }
    let mut fresh = bench.environment().await;
    assert_eq!(answer(&invoke(&mut fresh, json!({})).await)["calls"], 1);
}
