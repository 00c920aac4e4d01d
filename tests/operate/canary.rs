//! Moving to new versions bit by bit.

use crate::site::{Begun, Site};

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: src, AutoPublishAlias: live}
Outputs:
  Shop: {Value: !Ref Shop}
";
const GOOD: &str = "def handler(event, context): return 'VERSION'";
/// Fails with each fifth call.
const BAD: &str = "calls = 0
def handler(event, context):
    global calls
    calls += 1
    if calls % 5 == 0:
        raise ValueError('each fifth')
    return 'VERSION'
";

/// The first version is deployed.
async fn deployed(template: &str) -> Option<(Site, String)> {
    let site = Site::start().await?;
    site.write("template.yaml", template);
    site.write("src/app.py", &GOOD.replace("VERSION", "one"));
    site.good("deploy --yes --stack-name shop").await;
    let name = site.good("outputs --stack-name shop --name-of Shop").await;
    Some((site, name.out.trim().to_owned()))
}

/// Calls the alias until the run has ended.
async fn call_until_ended(site: &Site, alias: &str, run: &mut Begun) -> usize {
    let mut calls = 0;
    let begun = std::time::Instant::now();
    while !run.has_ended() {
        assert!(
            begun.elapsed() < crate::site::PATIENCE,
            "the run did not end"
        );
        site.invoke(alias).await;
        calls += 1;
    }
    calls
}

async fn answers(site: &Site, alias: &str) -> String {
    assert_eq!(
        site.proxy.weight(alias),
        None,
        "nothing is divided any more"
    );
    site.invoke(alias).await.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_fails_every_fifth_time_is_taken_back_by_itself() {
    let Some((site, name)) = deployed(TEMPLATE).await else {
        return;
    };
    let alias = format!("{name}:live");
    site.write("src/app.py", &BAD.replace("VERSION", "two"));
    let mut run = site.begin("deploy --yes --stack-name shop --canary 50% --for 10m --output json");
    let calls = call_until_ended(&site, &alias, &mut run).await;
    let ran = run.end().await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        calls > 0 && ran.err.contains("old versions again"),
        "{ran:?}"
    );
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(said["canary"]["result"], "returned");
    let figures = &said["canary"]["aliases"][0];
    assert_eq!(
        (&figures["from"], &figures["to"]),
        (&"1".into(), &"2".into())
    );
    assert!(figures["errors"].as_f64() >= Some(1.0), "{said}");
    assert_eq!(answers(&site, &alias).await, "\"one\"");
    let state = site.state();
    assert!(state["canary"].is_null(), "{state}");
    assert_eq!(state["deployments"][1]["returned"], true);

    // One that does well comes to its end.
    site.write("src/app.py", &GOOD.replace("VERSION", "three"));
    let mut run = site.begin("deploy --yes --stack-name shop --linear 50% --every 2s");
    call_until_ended(&site, &alias, &mut run).await;
    let ran = run.end().await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("All calls go to version 3"), "{ran:?}");
    assert_eq!(answers(&site, &alias).await, "\"three\"");
    // What failed is no deployment to go back to.
    site.good("rollback --yes --stack-name shop").await;
    assert_eq!(answers(&site, &alias).await, "\"one\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_was_killed_is_seen_by_the_next_command_and_ended_either_way() {
    let Some((site, name)) = deployed(TEMPLATE).await else {
        return;
    };
    let alias = format!("{name}:live");
    let kill_half_way = async |version: &str, to: &str| {
        site.write("src/app.py", &GOOD.replace("VERSION", version));
        let run = site.begin("deploy --yes --stack-name shop --canary 25% --for 10m");
        site.until("the canary", |site| {
            site.proxy.weight(&alias) == Some((to.to_owned(), 0.25))
        })
        .await;
        run.kill();
        assert_eq!(site.state()["canary"]["moves"][0]["to"], to);
        let status = site.hoist("status --stack-name shop").await;
        assert_eq!(status.code, 3, "{status:?}");
        assert!(status.err.contains("25% of the calls"), "{status:?}");
    };
    kill_half_way("two", "2").await;
    let asked = site.hoist("deploy --stack-name shop").await;
    assert_eq!(asked.code, 2, "nobody can be asked: {asked:?}");
    site.good("deploy --finish-canary --stack-name shop").await;
    assert_eq!(answers(&site, &alias).await, "\"two\"");
    site.good("status --stack-name shop").await;
    let none = site.hoist("deploy --finish-canary --stack-name shop").await;
    assert_eq!(none.code, 1, "{none:?}");

    kill_half_way("three", "3").await;
    site.good("rollback --yes --stack-name shop").await;
    assert_eq!(answers(&site, &alias).await, "\"two\"");

    kill_half_way("four", "4").await;
    // Takes it back, and then deploys all at once.
    let deployed = site.good("deploy --yes --stack-name shop").await;
    assert!(
        deployed.err.contains("All calls go to version 2"),
        "{deployed:?}"
    );
    assert_eq!(answers(&site, &alias).await, "\"four\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_takes_the_version_back_and_a_missing_one_is_said_before_anything_is_done() {
    let Some((site, name)) = deployed(TEMPLATE).await else {
        return;
    };
    let alias = format!("{name}:live");
    site.write("src/app.py", &GOOD.replace("VERSION", "two"));
    let command = "deploy --yes --stack-name shop --canary 10% --for 10m --alarm too-slow";
    site.proxy.take();
    let missing = site.hoist(command).await;
    assert!(
        missing.code == 1 && missing.err.contains("too-slow"),
        "{missing:?}"
    );
    let calls = site.proxy.take();
    assert!(
        calls.iter().all(|call| !call.contains("/code")),
        "{calls:?}"
    );
    site.proxy.alarm("too-slow", false);
    let run = site.begin(command);
    site.until("the canary", |site| site.proxy.weight(&alias).is_some())
        .await;
    site.proxy.alarm("too-slow", true);
    let ran = run.end().await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("the alarm too-slow went off"), "{ran:?}");
    assert_eq!(answers(&site, &alias).await, "\"one\"");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_the_user_wants_takes_the_version_back() {
    let Some((site, name)) = deployed(TEMPLATE).await else {
        return;
    };
    let alias = format!("{name}:live");
    site.write("src/app.py", &GOOD.replace("VERSION", "two"));
    let run = site.begin("deploy --yes --stack-name shop --canary 10% --for 10m");
    site.until("the canary", |site| site.proxy.weight(&alias).is_some())
        .await;
    run.interrupt();
    let ran = run.end().await;
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(site.state()["canary"].is_null());
    assert_eq!(answers(&site, &alias).await, "\"one\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_without_an_alias_cannot_move_bit_by_bit() {
    let template = TEMPLATE.replace(", AutoPublishAlias: live", "");
    let Some((site, name)) = deployed(&template).await else {
        return;
    };
    site.write("src/app.py", &GOOD.replace("VERSION", "two"));
    let refused = site
        .hoist("deploy --yes --stack-name shop --canary 10%")
        .await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.contains("`Shop`") && refused.err.contains("AutoPublishAlias: live"),
        "{refused:?}"
    );
    assert_eq!(site.invoke(&name).await.0, "\"one\"");
    let alone = site.hoist("deploy --yes --stack-name shop --alarm a").await;
    assert_eq!(alone.code, 2, "{alone:?}");
}
