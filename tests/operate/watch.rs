//! Deploying what is saved.

use std::fs;
use std::io::{BufRead, BufReader};
use std::sync::{Arc, Mutex};

use crate::site::{PATIENCE, Site};

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: one}
  Two:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: two}
Outputs:
  One: {Value: !Ref One}
";

fn handler(answer: &str) -> String {
    format!("def handler(event, context):\n    print('saw {answer}')\n    return '{answer}'\n")
}

async fn wait(what: &str, holds: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not come");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// What a stream says, as it says it.
fn read(stream: impl std::io::Read + Send + 'static) -> Arc<Mutex<String>> {
    let said = Arc::<Mutex<String>>::default();
    let shared = Arc::clone(&said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut said = shared.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
    said
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_is_deployed_and_a_template_asks_for_a_plan() {
    let Some(site) = Site::start().await else {
        return;
    };
    for folder in ["one", "two"] {
        fs::create_dir_all(site.path("app").join(folder)).unwrap();
        site.write(&format!("{folder}/app.py"), &handler("first"));
    }
    site.write("template.yaml", TEMPLATE);
    site.write(".hoistignore", "*.md\n");
    let mut run = site.begin("deploy --yes --watch --stack-name shop");
    let (out, err) = run.streams();
    let (out, err) = (read(out), read(err));
    let has = |said: &Arc<Mutex<String>>, text: &str| said.lock().unwrap().contains(text);
    wait("the first deployment", || has(&err, "Watching")).await;
    let name = site.good("outputs --stack-name shop --name-of One").await;
    let name = name.out.trim().to_owned();
    site.proxy.take();

    // A burst: the last of it runs, and nothing else is touched.
    for answer in ["a", "b", "second"] {
        site.write("one/app.py", &handler(answer));
    }
    wait("the new code", || has(&err, "One: the new code runs")).await;
    assert_eq!(site.invoke(&name).await.0, "\"second\"");
    let codes: Vec<String> = site
        .proxy
        .take()
        .into_iter()
        .filter(|call| call.starts_with("PUT /2015-03-31"))
        .collect();
    assert_eq!(codes, [format!("PUT /2015-03-31/functions/{name}/code")]);
    wait("the log", || has(&out, "saw second")).await;
    let lock = site.good("unlock --stack-name shop").await;
    assert!(lock.err.contains("Nobody has the lock"), "{lock:?}");

    // So do settings.
    let slower = TEMPLATE.replace("CodeUri: one", "CodeUri: one, Timeout: 7");
    site.write("template.yaml", &slower);
    wait("the new settings", || {
        has(&err, "One: the new settings hold")
    })
    .await;
    let calls = site.proxy.take();
    let is_code = |call: &String| call.starts_with("PUT /2015-03-31") && call.ends_with("/code");
    assert!(!calls.iter().any(is_code), "{calls:?}");

    // What is left out does nothing, and what cannot be understood is said.
    fs::create_dir_all(site.path("app/one/__pycache__")).unwrap();
    site.write("one/__pycache__/app.pyc", "x");
    site.write("one/notes.md", "x");
    site.write(
        "template.yaml",
        &slower.replace(
            "Handler: app.handler, CodeUri: one",
            "Handler: [, CodeUri: one",
        ),
    );
    wait("the fault", || has(&err, "error")).await;
    let calls = site.proxy.take();
    assert!(
        calls
            .iter()
            .all(|call| !call.starts_with("PUT /2015-03-31")),
        "{calls:?}"
    );

    // More than code is not deployed when nobody can be asked.
    site.write(
        "template.yaml",
        &format!("{slower}  Extra: {{Value: x}}\n")
            .replace("Outputs:", "  Queue: {Type: AWS::SQS::Queue}\nOutputs:"),
    );
    wait("the plan", || has(&err, "more than new code")).await;
    assert!(site.state()["resources"].get("Queue").is_none());
    run.interrupt();
    let ran = run.end().await;
    assert_eq!(ran.code, 0, "{}", err.lock().unwrap());
}
