//! `hoist logs` against emulated AWS, with a state as a deployment leaves it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cloud::{REGION, emulated};
use crate::emulator::Kind;
use crate::writer::{burst, client, group, make, now, put};

const DEADLINE: Duration = Duration::from_secs(120);
const LINES: usize = 5_000;

fn hoist(folder: &Path, url: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
    command
        .arg("logs")
        .args(arguments)
        .args(["--stack-name", "orders", "--state", "file:state.json"])
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("TZ", "UTC")
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_REGION", REGION);
    command
}

/// A stack with the functions Create and List.
fn deployed(folder: &Path, account: &str) {
    let function = |id: &str| {
        json!({
            "type": "AWS::Lambda::Function",
            "reference": format!("orders-{id}"),
            "properties": {},
        })
    };
    let state = json!({
        "format": 1, "stack": "orders", "region": REGION, "account": account, "serial": 1,
        "resources": {"Create": function("Create"), "List": function("List")},
    });
    std::fs::write(folder.join("state.json"), state.to_string()).unwrap();
}

#[tokio::test]
async fn records_are_listed_filtered_and_told_apart() {
    let Some((emulator, cloud)) = emulated(Kind::Ministack).await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    deployed(folder.path(), "000000000000");
    let writer = client(&cloud);
    let (create, list) = (group("orders-Create"), group("orders-List"));
    make(&writer, &create, &["s"]).await;
    let id = "11111111-1111-4111-8111-111111111111";
    let begin = now() - 5000;
    let lines = vec![
        (begin, format!("START RequestId: {id} Version: $LATEST\n")),
        (begin + 2, "printed\n".to_owned()),
        (begin + 4, "ERROR boom\n".to_owned()),
        (
            begin + 5,
            format!(
                "REPORT RequestId: {id}\tDuration: 3.01 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t\n"
            ),
        ),
    ];
    put(&writer, &create, "s", lines).await;
    let run = |arguments: &[&str]| {
        let output = hoist(folder.path(), &emulator.url(), arguments)
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let lines: Vec<String> = out.lines().map(str::to_owned).collect();
        (output.status.code().unwrap(), lines, err)
    };
    let (code, lines, err) = run(&[]);
    assert_eq!((code, lines.len()), (0, 3), "{lines:?} {err}");
    assert!(lines[0].ends_with("Create  printed"), "{lines:?}");
    assert!(
        lines[2].ends_with("Create  3 ms, 36 of 128 MB"),
        "{lines:?}"
    );
    assert!(err.contains("List has no log group yet"), "{err}");
    make(&writer, &list, &["s"]).await;
    put(&writer, &list, "s", vec![(begin + 1, "between".into())]).await;
    let (_, lines, err) = run(&[]);
    assert!(lines[0].ends_with("List    between"), "{lines:?}");
    assert!(err.is_empty(), "{err}");
    assert_eq!(run(&["List"]).1.len(), 1);
    assert_eq!(run(&["orders-List", "Create"]).1.len(), 4);
    assert_eq!(run(&["--group", "/aws/lambda/orders-List"]).1.len(), 1);
    assert_eq!(run(&["--errors"]).1.len(), 1);
    assert_eq!(run(&["--filter", "printed"]).1.len(), 1);
    assert_eq!(run(&["--request", id]).1.len(), 3);
    assert_eq!(run(&["--since", "1s"]).1.len(), 0);
    assert_eq!(run(&["--until", "1m"]).1.len(), 0);
    let (_, json, _) = run(&["Create", "--output", "json"]);
    let record: Value = serde_json::from_str(&json[1]).unwrap();
    assert_eq!(record["requestId"], id);
    assert_eq!(record["source"], "Create");
    let (code, _, err) = run(&["Nothing"]);
    assert!(
        code == 1 && err.contains("`Nothing`") && err.contains("Create, List"),
        "{err}"
    );
    let (code, _, err) = run(&["--group", "nope"]);
    assert!(code == 1 && err.contains("no log group `nope`"), "{err}");
    std::fs::remove_file(folder.path().join("state.json")).unwrap();
    let (code, _, err) = run(&[]);
    assert!(code == 1 && err.contains("no stack `orders`"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_follows_two_functions_and_ends_cleanly() {
    for (kind, account) in [
        (Kind::Ministack, "000000000000"),
        (Kind::Moto, "123456789012"),
    ] {
        let Some((emulator, cloud)) = emulated(kind).await else {
            continue;
        };
        let folder = tempfile::tempdir().unwrap();
        deployed(folder.path(), account);
        let writer = client(&cloud);
        let groups = [group("orders-Create"), group("orders-List")];
        make(&writer, &groups[0], &["s"]).await;
        make(&writer, &groups[1], &["s"]).await;
        let mut tail = hoist(
            folder.path(),
            &emulator.url(),
            &["--tail", "--output", "json"],
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        let mut err = BufReader::new(tail.stderr.take().unwrap());
        let mut said = String::new();
        // It says so when it begins.
        err.read_line(&mut said).unwrap();
        err.read_line(&mut said).unwrap();
        assert!(said.contains("following 2 log groups"), "{said}");
        let out = BufReader::new(tail.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines() {
                let _ = sender.send(line.unwrap());
            }
        });
        tokio::join!(
            burst(&writer, &groups[0], "s", 0..LINES),
            burst(&writer, &groups[1], "s", 0..LINES),
        );
        let began = Instant::now();
        let mut shown: Vec<Value> = Vec::new();
        while shown.len() < 2 * LINES {
            match lines.recv_timeout(DEADLINE.saturating_sub(began.elapsed())) {
                Ok(line) => shown.push(serde_json::from_str(&line).unwrap()),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        assert_eq!(shown.len(), 2 * LINES, "{kind:?}");
        let times: Vec<&str> = shown
            .iter()
            .map(|it| it["time"].as_str().unwrap())
            .collect();
        assert!(times.is_sorted(), "{kind:?}");
        for (group, label) in groups.iter().zip(["Create", "List"]) {
            let of_group = shown.iter().filter(|it| it["source"] == label);
            let texts: Vec<&str> = of_group.map(|it| it["message"].as_str().unwrap()).collect();
            let expected: Vec<String> = (0..LINES)
                .map(|number| format!("{} {number}", group.label))
                .collect();
            assert!(texts == expected, "{kind:?} {label}");
        }
        // What is still held is shown when it ends.
        burst(&writer, &groups[0], "s", 0..1).await;
        interrupt(&tail);
        let code = tail.wait().unwrap().code();
        assert_eq!(code, Some(130));
        assert!(lines.iter().count() <= 1);
    }
}

#[cfg(unix)]
fn interrupt(program: &std::process::Child) {
    use nix::sys::signal::{Signal, kill};
    let id = nix::unistd::Pid::from_raw(program.id() as i32);
    kill(id, Signal::SIGINT).unwrap();
}

#[cfg(not(unix))]
fn interrupt(_: &std::process::Child) {}
