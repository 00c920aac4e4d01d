//! What Hoist itself keeps in the folder of a function's code is no part of the code.

use crate::site::Site;

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: .}
";

#[tokio::test(flavor = "multi_thread")]
async fn a_state_and_a_plan_beside_the_code_change_nothing() {
    let Some(site) = Site::start().await else {
        return;
    };
    site.write("template.yaml", TEMPLATE);
    site.write("app.py", "def handler(event, context):\n    return 1\n");
    let words = "--stack-name shop --state file:state.json";
    site.good(&format!("plan --out plan.json {words}")).await;
    site.good("deploy plan.json --yes --state file:state.json")
        .await;
    // One that is not named any more is a file as any other.
    std::fs::remove_file(site.path("app/plan.json")).unwrap();
    let again = site.good(&format!("deploy --yes {words}")).await;
    assert!(again.err.contains("shop is up to date"), "{again:?}");

    let none = site.hoist("deploy plan.json --yes").await;
    assert!(
        none.code == 1 && none.err.contains("there is no plan `plan.json`"),
        "{none:?}"
    );

    site.write("app.py", "def handler(event, context):\n    return 2\n");
    site.good(&format!("plan --out plan.json {words}")).await;
    let ran = site
        .good("deploy plan.json --yes --state file:state.json")
        .await;
    assert!(ran.err.contains("1 updated"), "{ran:?}");
}
