//! What ran here, as the program shows it.

use std::path::Path;
use std::process::{Command, Output};

use hoist::logs::store::Store;

const ID: &str = "11111111-1111-4111-8111-111111111111";

fn logs(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hoist"))
        .args(["logs", "--local"])
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("TZ", "UTC")
        .env("HOIST_CACHE_DIR", folder.join("cache"))
        .output()
        .unwrap()
}

fn out(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn what_ran_here_is_shown_in_the_same_form() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template.yaml");
    std::fs::write(&template, "Resources: {}\n").unwrap();
    let nothing = logs(folder.path(), &[]);
    assert!(nothing.status.success());
    let said = String::from_utf8(nothing.stderr).unwrap();
    assert!(said.contains("nothing ran here"), "{said}");
    let store = Store::of(&folder.path().join("cache"), &template);
    for (function, text) in [("Create", "made"), ("List", "ERROR boom\n  at f")] {
        let writer = store.writer(function);
        let sink = writer.sink();
        sink(format!("START RequestId: {ID} Version: $LATEST\n").as_bytes());
        sink(format!("{text}\n").as_bytes());
        sink(format!("END RequestId: {ID}\n").as_bytes());
        sink(format!("REPORT RequestId: {ID}\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t\n").as_bytes());
        writer.finish().unwrap();
    }
    let lines = out(&logs(folder.path(), &[]));
    let texts: Vec<&str> = lines.iter().map(|line| &line[13..]).collect();
    assert_eq!(
        texts,
        [
            "Create  made",
            "Create  3 ms, 36 of 128 MB",
            "List    ERROR boom",
            "          at f",
            "List    3 ms, 36 of 128 MB"
        ]
    );
    assert_eq!(out(&logs(folder.path(), &["-v"])).len(), 9);
    assert_eq!(out(&logs(folder.path(), &["List", "--errors"])).len(), 2);
    assert_eq!(out(&logs(folder.path(), &["--filter", "made"])).len(), 1);
    assert_eq!(out(&logs(folder.path(), &["--since", "now"])).len(), 0);
    let json = out(&logs(folder.path(), &["Create", "--output", "json"]));
    let record: serde_json::Value = serde_json::from_str(&json[1]).unwrap();
    assert_eq!(record["message"], "made");
    assert_eq!(record["requestId"], ID);
    assert_eq!(record["source"], "Create");
    let wrong = logs(folder.path(), &["Creat"]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = String::from_utf8(wrong.stderr).unwrap();
    assert!(said.contains("did you mean `Create`?"), "{said}");
    let wrong = logs(folder.path(), &["--since", "soon"]);
    assert_eq!(wrong.status.code(), Some(2));
}
