//! What a case gives, without what differs between any two runs.

use std::collections::BTreeMap;

use fancy_regex::Regex;

/// What a handler gave somewhere: the text of each check, and `log`.
pub type Given = BTreeMap<String, String>;

/// The checks of an answer.
pub fn of(answer: &str, log: &str) -> Given {
    let mut checks: Given = match serde_json::from_str::<serde_json::Value>(answer) {
        Ok(serde_json::Value::Object(checks)) => checks
            .into_iter()
            .map(|(name, value)| {
                let text = value.as_str().map(str::to_owned);
                (name, text.unwrap_or_else(|| value.to_string()))
            })
            .collect(),
        Ok(other) => [("answer".to_owned(), other.to_string())].into(),
        Err(_) => [("answer".to_owned(), answer.to_owned())].into(),
    };
    checks.insert("log".into(), log.to_owned());
    for text in checks.values_mut() {
        *text = redacted(text);
    }
    checks
}

/// A text without request ids, times and the frames of stacks (which name each engine's own files), and without
/// Lambda's own lines and the fields that it puts before what `console` writes.
fn redacted(text: &str) -> String {
    let replacements = [
        (
            r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t[-\w]*\t(TRACE|DEBUG|INFO|WARN|ERROR|FATAL)\t",
            "",
        ),
        (r"(?m)^(START|END|REPORT) RequestId: .*\n", ""),
        (r"\r", "\n"),
        (r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "<time>"),
        (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<id>"),
        (
            r#"(?i)((?:requestId|hostId)['"]?: ?['"])[a-z0-9+/=]+"#,
            "${1}<id>",
        ),
        (r"\(node:\d+\)", "(node)"),
    ];
    let mut text = text.to_owned();
    for (pattern, replacement) in replacements {
        let pattern = Regex::new(pattern).unwrap();
        text = pattern.replace_all(&text, replacement).into_owned();
    }
    without_frames(&text)
}

fn without_frames(text: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("at ") {
            // `util.inspect` opens the error's own members behind the last frame.
            if line.ends_with(" {")
                && let Some(last) = kept.last_mut()
            {
                last.push_str(" {");
            }
        } else {
            kept.push(line.to_owned());
        }
    }
    kept.join("\n")
}

/// Where the second differs from the first, a text for each check. A handler that failed has no checks.
pub fn differences(node: &Given, sandbox: &Given) -> BTreeMap<String, String> {
    if let Some(failure) = sandbox
        .get("errorMessage")
        .filter(|_| !node.contains_key("errorMessage"))
    {
        return [(
            "answer".to_owned(),
            format!("it failed: {failure}\n{}", sandbox["log"]),
        )]
        .into();
    }
    let names = node.keys().chain(sandbox.keys());
    names
        .filter(|name| node.get(*name) != sandbox.get(*name))
        .map(|name| {
            let shown = |given: &Given| given.get(name).cloned().unwrap_or("nothing".into());
            let text = format!("node\n{}\nsandbox\n{}\n", shown(node), shown(sandbox));
            (name.clone(), text)
        })
        .collect()
}
