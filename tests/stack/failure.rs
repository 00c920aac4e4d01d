//! Every kind of failure of AWS says which call it was, which permission is missing, and what to do next.

use crate::program::{Home, end};
use crate::record::{Answer, Call, Recorder};

const TEMPLATE: &str = "Resources: { Jobs: { Type: AWS::SQS::Queue } }\n";

fn home() -> Home {
    let home = Home::new();
    home.write("template.yaml", TEMPLATE);
    home
}

/// A server that refuses the calls of one service.
fn refusing(
    service: &'static str,
    status: u16,
    code: &'static str,
    text: &'static str,
) -> Recorder {
    let refuse = move |call: &Call| {
        let is_meant = call.service == service;
        is_meant.then(|| Answer::fault(call, status, code, text))
    };
    Recorder::start(refuse)
}

#[tokio::test]
async fn a_denied_call_names_the_permission_in_iams_words() {
    let recorder = refusing("s3", 403, "AccessDenied", "Access Denied");
    let home = home();
    for words in [&["status", "shop"], &["plan", "shop"]] {
        let ended = home.run(&recorder.url(), words).await.expect(3);
        ended
            .says("s3:GetObject AccessDenied")
            .says("the permission `s3:GetObject`")
            .says("`hoist policy`");
    }
}

#[tokio::test]
async fn a_denied_call_is_in_the_json_too() {
    let recorder = refusing("s3", 403, "AccessDenied", "Access Denied");
    let words = ["status", "shop", "--output", "json"];
    let ended = home().run(&recorder.url(), &words).await.expect(3);
    let said: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(said["error"]["operation"], "GetObject");
    assert_eq!(said["error"]["code"], "AccessDenied");
}

#[tokio::test]
async fn credentials_that_are_no_good_say_how_to_have_others() {
    for (code, next) in [
        ("ExpiredToken", "`aws sso login`"),
        ("InvalidClientTokenId", "--profile and --region name others"),
        ("OptInRequired", "`aws account enable-region`"),
        ("RequestTimeTooSkewed", "this machine's clock"),
    ] {
        let recorder = refusing("sts", 403, code, "no");
        let ended = home()
            .run(&recorder.url(), &["status", "shop"])
            .await
            .expect(3);
        let call = format!("sts:GetCallerIdentity {code}");
        ended.says(&call).says(next);
    }
}

#[tokio::test]
async fn without_credentials_it_says_where_they_come_from() {
    let recorder = Recorder::start(|_| None);
    let home = home();
    let mut command = home.command(&recorder.url(), &["status", "shop"]);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY");
    let ended = end(command.spawn().unwrap()).await.expect(3);
    ended.says("AWS_ACCESS_KEY_ID").says("`hoist doctor`");
}

#[tokio::test]
async fn a_bucket_of_another_region_says_so() {
    let recorder = refusing(
        "s3",
        400,
        "AuthorizationHeaderMalformed",
        "expecting 'us-west-2'",
    );
    let ended = home()
        .run(&recorder.url(), &["status", "shop"])
        .await
        .expect(3);
    ended
        .says("AuthorizationHeaderMalformed")
        .says("another region");
}

#[tokio::test]
async fn a_stack_that_is_not_there_says_where_it_was_looked_for() {
    let recorder = refusing(
        "s3",
        404,
        "NoSuchBucket",
        "The specified bucket does not exist",
    );
    let home = home();
    for words in [
        &["status", "shop"][..],
        &["metrics", "--stack-name", "shop"],
        &["open", "--stack-name", "shop"],
    ] {
        let ended = home.run(&recorder.url(), words).await.expect(1);
        ended
            .says("there is no stack `shop` in eu-central-1")
            .says("/stack/shop/state.json only")
            .says("--region");
    }
}
