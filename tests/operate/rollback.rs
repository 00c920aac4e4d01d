//! Going back to an earlier deployment.

use std::fs;

use crate::site::Site;

fn template(visibility: u32) -> String {
    format!(
        "Transform: AWS::Serverless-2016-10-31
Parameters:
  Secret: {{Type: String, NoEcho: true}}
Globals:
  Function: {{Runtime: python3.12, Handler: app.handler, CodeUri: src}}
Resources:
  Live:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      Environment: {{Variables: {{SECRET: !Ref Secret}}}}
  Plain: {{Type: AWS::Serverless::Function}}
  Queue: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {visibility}}}}}
Outputs:
  Live: {{Value: !Ref Live}}
  Plain: {{Value: !Ref Plain}}
"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_goes_back_in_one_call_and_the_rest_by_a_plan() {
    let Some(site) = Site::start().await else {
        return;
    };
    let given = "--yes --stack-name shop --parameter-overrides Secret=abc";
    let none = site.hoist("rollback --yes --stack-name shop").await;
    assert!(
        none.code == 1 && none.err.contains("there is no stack"),
        "{none:?}"
    );
    site.write("template.yaml", &template(30));
    site.write("src/app.py", "def handler(event, context): return 'one'");
    site.good(&format!("deploy {given}")).await;
    let first = site.hoist(&format!("rollback {given}")).await;
    assert!(
        first.code == 1 && first.err.contains("no earlier deployment"),
        "{first:?}"
    );

    site.write("template.yaml", &template(60));
    site.write("src/app.py", "def handler(event, context): return 'two'");
    site.good(&format!("deploy {given}")).await;
    let live = site.good("outputs --stack-name shop --name-of Live").await;
    let live = live.out.trim().to_owned();
    let plain = site.good("outputs --stack-name shop --name-of Plain").await;
    let plain = plain.out.trim().to_owned();
    assert_eq!(site.invoke(&format!("{live}:live")).await.0, "\"two\"");

    let secret = site.hoist("rollback --yes --stack-name shop").await;
    assert!(
        secret.code == 1 && secret.err.contains("Secret"),
        "{secret:?}"
    );
    let asked = site
        .hoist("rollback --stack-name shop --parameter-overrides Secret=abc")
        .await;
    assert_eq!(asked.code, 2, "nobody can be asked: {asked:?}");

    site.proxy.take();
    let back = site.good(&format!("rollback {given}")).await;
    assert!(back.err.contains("FunctionVersion  2 → 1"), "{back:?}");
    let calls = site.proxy.take();
    let of_live: Vec<&String> = calls
        .iter()
        .filter(|call| call.contains(&live) && !call.starts_with("GET"))
        .collect();
    assert_eq!(
        of_live,
        [&format!("PUT /2015-03-31/functions/{live}/aliases/live")],
        "{calls:?}"
    );
    let sent_code = format!("PUT /2015-03-31/functions/{plain}/code");
    assert!(calls.contains(&sent_code), "{calls:?}");
    assert_eq!(site.invoke(&format!("{live}:live")).await.0, "\"one\"");
    assert_eq!(site.invoke(&plain).await.0, "\"one\"");
    let state = site.state();
    assert_eq!(
        state["resources"]["Queue"]["properties"]["VisibilityTimeout"],
        30
    );
    assert_eq!(state["deployments"][2]["back_to"], 1);

    // There is nothing before the deployment that it went back to; and the one it left is there still.
    let again = site.hoist(&format!("rollback {given}")).await;
    assert!(
        again.code == 1 && again.err.contains("no earlier deployment"),
        "{again:?}"
    );
    let forward = site.good(&format!("rollback --to 2 {given}")).await;
    assert!(
        forward.err.contains("FunctionVersion  1 → 2"),
        "{forward:?}"
    );
    assert_eq!(site.invoke(&format!("{live}:live")).await.0, "\"two\"");
    assert_eq!(site.invoke(&plain).await.0, "\"two\"");

    fs::remove_dir_all(site.cache()).unwrap();
    site.proxy.take();
    let gone = site.hoist(&format!("rollback --to 1 {given}")).await;
    assert!(gone.code == 1 && gone.err.contains("`Plain`"), "{gone:?}");
    assert!(
        !gone.err.contains("`Live`"),
        "its code is not needed: {gone:?}"
    );
    let changes = site.proxy.take();
    assert!(
        changes
            .iter()
            .all(|call| call.starts_with("GET") || call.starts_with("POST /")),
        "{changes:?}"
    );
    assert_eq!(site.invoke(&plain).await.0, "\"two\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_failed_deployment_left_goes_back_to_the_last_good_one() {
    let Some(site) = Site::start().await else {
        return;
    };
    let template = |queues: &str| {
        format!(
            "Resources:\n  Queue: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: 30}}}}\n{queues}"
        )
    };
    site.write("template.yaml", &template(""));
    site.good("deploy --yes --stack-name shop").await;
    site.proxy.refuse("POST /2015-03-31/functions");
    site.write(
        "template.yaml",
        &template("  Bad: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: a.b, Role: no-role, Code: {S3Bucket: none-such, S3Key: a}}}\n  Other: {Type: AWS::SQS::Queue}\n"),
    );
    let failed = site.hoist("deploy --yes --stack-name shop").await;
    assert_eq!(failed.code, 3, "{failed:?}");
    let back = site.good("rollback --yes --stack-name shop").await;
    assert!(back.err.contains("Other"), "{back:?}");
    let state = site.state();
    let left: Vec<&String> = state["resources"].as_object().unwrap().keys().collect();
    assert_eq!(left, ["Queue"]);
    assert!(state["journal"].is_null(), "{state}");
}
