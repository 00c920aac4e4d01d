//! Node's world in the sandbox, one folder a case under `tests/node/`.
//!
//! | file | what |
//! |---|---|
//! | `index.js`, … | the function's code |
//! | `event.json` | the event; `{}` without it |
//! | `case.json` | `runtime` (nodejs24.x), `handler` (index.handler), `env`, `repeat` (1, in the same environment), `json_log` (levels `application` and `system`) |
//! | `expected.json` | the last answer |
//! | `expected.txt` | the last answer, where it is not JSON |
//! | `expected-error.json` | members that the last error must have |
//! | `expected-log.txt` | what was logged, times and request ids replaced |

#[path = "node_case/mod.rs"]
mod node_case;

use std::path::Path;
use std::time::Duration;

use hoist::local::sandbox::{Function, Runtime, Sandbox};
use node_case::{Case, faults};

/// The major version of Node.
fn major(case: &Case) -> u32 {
    let runtime = case.runtime();
    runtime
        .strip_prefix("nodejs")
        .and_then(|rest| rest.strip_suffix(".x"))
        .and_then(|major| major.parse().ok())
        .unwrap_or_else(|| panic!("{runtime} is no Node runtime"))
}

fn function(folder: &Path, case: &Case) -> Function {
    Function {
        timeout: Duration::from_secs(10),
        logging: node_case::logging(case),
        environment: case.environment(),
        ..Function::new("f", Runtime::Nodejs(major(case)), case.handler(), folder)
    }
}

#[tokio::test]
async fn every_case_behaves_as_in_node() {
    let folders = node_case::folders();
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
    let sandbox = Sandbox::new(&cache, |_| ()).unwrap();
    let mut wrong = Vec::new();
    for folder in &folders {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let case = Case::of(folder);
        let prepared = sandbox.prepare(function(folder, &case)).await.unwrap();
        let faults = faults(&prepared, folder, &case).await;
        wrong.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(
        wrong.is_empty(),
        "{} faults in {} cases:\n{}",
        wrong.len(),
        folders.len(),
        wrong.join("\n")
    );
}
