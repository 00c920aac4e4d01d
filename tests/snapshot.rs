//! Images with a function's packages in them: when they are made, and that nobody can tell the difference.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoist::local::sandbox::{Function, Invocation, Log, Outcome, Runtime, Sandbox, SnapshotJob};
use serde_json::Value;

/// What makes loading a package long enough to be worth an image.
const SLOW: &str = "const start = Date.now(); while (Date.now() < start + 40) {}\n";

struct Project {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
    function: Function,
}

impl Project {
    /// A function that answers what its package `p` exports; `package` is the package's text.
    fn new(package: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let installed = folder.path().join("node_modules/p");
        fs::create_dir_all(&installed).unwrap();
        fs::write(
            installed.join("package.json"),
            r#"{"name":"p","version":"1.0.0"}"#,
        )
        .unwrap();
        fs::write(installed.join("index.js"), format!("{SLOW}{package}")).unwrap();
        fs::write(
            folder.path().join("index.js"),
            "const p = require('p'); exports.handler = async () => p.answer();",
        )
        .unwrap();
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hoist-cache");
        Project {
            sandbox: Sandbox::new(&cache, |_| ()).unwrap(),
            function: Function {
                timeout: Duration::from_secs(10),

                environment: [("AWS_REGION".to_owned(), "eu-west-1".to_owned())].into(),
                ..Function::new("f", Runtime::Nodejs(22), "index.handler", folder.path())
            },
            folder,
        }
    }

    /// Runs the function in a new environment; gives its answer and what is to be made.
    async fn run(&self) -> (Value, Option<SnapshotJob>) {
        let prepared = self.sandbox.prepare(self.function.clone()).await.unwrap();
        let logged = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&logged);
        let log = Log::new(move |record| sink.lock().unwrap().extend_from_slice(record));
        let mut environment = prepared.environment(log).await.unwrap();
        let invocation = Invocation {
            request_id: "11111111-2222-4333-8444-555555555555".into(),
            event: "{}".into(),
            function_arn: "arn:aws:lambda:eu-west-1:123456789012:function:f".into(),
            client_context: None,
            trace_id: None,
        };
        match environment.invoke(&invocation).await.unwrap().outcome {
            Outcome::Answer(answer) => (
                serde_json::from_slice(&answer).unwrap(),
                environment.remember_packages().unwrap(),
            ),
            Outcome::Failure(failure) => panic!("{}", failure.payload),
        }
    }

    /// Runs twice and makes what is to be made then.
    async fn run_until_made(&self) {
        assert!(self.run().await.1.is_none(), "never on the first run");
        let job = self
            .run()
            .await
            .1
            .expect("the second run asks for an image");
        self.sandbox.make_snapshot(&job).unwrap();
    }
}

#[tokio::test]
async fn the_second_run_makes_an_image_and_the_third_starts_from_it() {
    let project = Project::new("const at = start; exports.answer = () => at;");
    project.run_until_made().await;
    let (one, job) = project.run().await;
    assert!(job.is_none(), "one image is enough");
    assert_eq!(
        project.run().await.0,
        one,
        "the package was loaded once, in the image"
    );

    // A change of the package is seen at once.
    let file = project.folder.path().join("node_modules/p/index.js");
    fs::write(file, "exports.answer = () => 'changed';").unwrap();
    assert_eq!(project.run().await.0, "changed");
}

#[tokio::test]
async fn without_snapshots_packages_are_loaded_anew() {
    let mut project = Project::new("const at = start; exports.answer = () => at;");
    project.run_until_made().await;
    let (kept, _) = project.run().await;
    project.sandbox = project.sandbox.without_snapshots();
    assert_ne!(project.run().await.0, kept);
}

#[tokio::test]
async fn an_image_is_used_only_with_the_variables_its_packages_read() {
    let mut project = Project::new(
        "const at = start; const region = process.env.AWS_REGION; exports.answer = () => [region, at];",
    );
    project.run_until_made().await;
    let (kept, _) = project.run().await;
    assert_eq!(project.run().await.0, kept);
    let set = |project: &mut Project, name: &str, value: &str| {
        project
            .function
            .environment
            .insert(name.into(), value.into());
    };
    // One that the package does not read changes nothing.
    set(&mut project, "AWS_OTHER", "x");
    assert_eq!(project.run().await.0, kept);
    set(&mut project, "AWS_REGION", "us-west-2");
    let (other, _) = project.run().await;
    assert_eq!(other[0], "us-west-2");
    assert_ne!(other[1], kept[1]);
}

#[tokio::test]
async fn a_variable_that_the_function_sets_before_it_asks_for_a_package_counts() {
    let project =
        Project::new("const region = process.env.AWS_REGION; exports.answer = () => region;");
    project.run_until_made().await;
    fs::write(
        project.folder.path().join("index.js"),
        "process.env.AWS_REGION = 'sa-east-1'; const p = require('p'); exports.handler = async () => p.answer();",
    )
    .unwrap();
    assert_eq!(project.run().await.0, "sa-east-1");
}

#[tokio::test]
async fn what_cannot_be_kept_is_loaded_anew() {
    for package in [
        "const id = require('crypto').randomUUID(); exports.answer = () => id;",
        "const id = Math.random(); exports.answer = () => id;",
        "const id = start; const all = { ...process.env }; exports.answer = () => id;",
        "const id = start; setInterval(() => {}, 1000); exports.answer = () => id;",
        "const id = start; process.env.AWS_X = 'x'; exports.answer = () => id;",
        "const id = start; require('fs').writeFileSync('/tmp/x', 'y'); exports.answer = () => id;",
        "const id = start; const key = process.env.MY_PASSWORD; exports.answer = () => [id, key];",
    ] {
        let mut project = Project::new(package);
        let secret = ("MY_PASSWORD".to_owned(), "hush-hush".to_owned());
        project.function.environment.extend([secret]);
        project.run_until_made().await;
        let (one, job) = project.run().await;
        assert!(job.is_none(), "it is not tried again and again: {package}");
        assert_ne!(project.run().await.0, one, "{package}");
    }
}
