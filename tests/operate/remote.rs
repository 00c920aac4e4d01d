//! Invoking what is deployed, beside the same function here.

use std::fs;

use serde_json::{Value, json};

use crate::site::Site;

const TEMPLATE: &str = "Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Timeout: 10, Environment: {Variables: {COLOUR: red}}}
Resources:
  Python:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: python, Handler: app.handler, Runtime: python3.13}
  Node:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: node, Handler: index.handler, Runtime: nodejs22.x}
Outputs:
  Node: {Value: !GetAtt Node.Arn}
";

const PYTHON: &str = r#"import base64, hashlib, os
def handler(event, context):
    print("got", event["text"])
    if event.get("fail"):
        raise ValueError("as asked")
    return {
        "sum": sum(event["numbers"]), "colour": os.environ["COLOUR"], "text": event["text"][::-1],
        "hash": hashlib.sha256(event["text"].encode()).hexdigest(), "back": event,
        "bytes": base64.b64encode(bytes(range(8))).decode(), "arn": context.invoked_function_arn.split(":")[2],
    }
"#;

const NODE: &str = r#"const { createHash } = require('node:crypto')
exports.handler = async (event, context) => {
  console.log('got', event.text)
  if (event.fail) throw new TypeError('as asked')
  return {
    sum: event.numbers.reduce((a, b) => a + b, 0), colour: process.env.COLOUR, text: [...event.text].reverse().join(''),
    hash: createHash('sha256').update(event.text).digest('hex'), back: event,
    bytes: Buffer.from([0, 1, 2, 250]).toString('base64'), arn: context.invokedFunctionArn.split(':')[2],
  }
}
"#;

/// Both functions, deployed.
async fn deployed() -> Option<Site> {
    let site = Site::start().await?;
    for (folder, file, code) in [("python", "app.py", PYTHON), ("node", "index.js", NODE)] {
        fs::create_dir_all(site.path("app").join(folder)).unwrap();
        site.write(&format!("{folder}/{file}"), code);
    }
    site.write("template.yaml", TEMPLATE);
    site.good("deploy --yes --stack-name shop").await;
    Some(site)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployed_function_answers_as_it_does_here() {
    let Some(site) = deployed().await else {
        return;
    };
    let events = [
        json!({"text": "grüße 🎈", "numbers": [1, 2, 3.5]}),
        json!({"text": "", "numbers": [], "deep": [[{"a": null}], true, "\u{1}\"\\"], "big": 9_007_199_254_740_991i64}),
        json!({"text": "x".repeat(100_000), "numbers": [-1e-7, 1]}),
        json!({"text": "no", "fail": true}),
    ];
    for function in ["Python", "Node"] {
        for event in &events {
            site.write("event.json", &event.to_string());
            let here = site
                .hoist(&format!("invoke {function} --local -e event.json"))
                .await;
            let there = site
                .hoist(&format!(
                    "invoke {function} --stack-name shop -e event.json"
                ))
                .await;
            let fails = event.get("fail").is_some();
            assert_eq!(here.code, if fails { 4 } else { 0 }, "{here:?}");
            assert_eq!(there.code, here.code, "{there:?}");
            let (own, other) = (json(&here.out), json(&there.out));
            if fails {
                // The emulator names every fault `Runtime.HandlerError` and has no trace.
                assert_eq!(own["errorMessage"], "as asked");
                assert_eq!(other["errorMessage"], own["errorMessage"]);
            } else {
                assert_eq!(own, other);
                assert_eq!(own["back"], *event);
            }
            let line = format!("got {}", event["text"].as_str().unwrap());
            let in_both = here.err.contains(&line) && there.err.contains(&line);
            // Lambda gives the last 4 KB of a log.
            assert!(in_both || line.len() > 4000, "{function}: {there:?}");
        }
    }

    let ran = site.hoist("logs --local --output json").await;
    let local: Vec<Value> = ran.out.lines().map(json).collect();
    let traces = local.iter().filter(|record| {
        let text = record["message"].as_str().unwrap_or_default();
        text.contains("as asked")
    });
    assert!(traces.count() >= 2, "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_is_found_by_id_name_and_arn_and_may_only_be_asked() {
    let Some(site) = deployed().await else {
        return;
    };
    site.write("event.json", r#"{"text": "abc", "numbers": [2]}"#);
    let arn = site.good("outputs --stack-name shop --name-of Node").await;
    let arn = arn.out.trim();
    let name = arn.rsplit(':').next().unwrap();
    for function in ["Node", name, arn] {
        let ran = site
            .good(&format!(
                "invoke {function} --stack-name shop -e event.json --output json"
            ))
            .await;
        let answer = json(&ran.out);
        assert_eq!(answer["payload"]["text"], "cba", "{answer}");
        assert_eq!(answer["statusCode"], 200);
        assert!(answer["functionError"].is_null());
    }

    site.proxy.take();
    let ran = site
        .good("invoke Node --stack-name shop --async -e event.json")
        .await;
    assert_eq!(ran.out, "");
    assert!(ran.err.contains("Lambda took the event"), "{ran:?}");
    let ran = site.good("invoke Node --stack-name shop --dry-run").await;
    assert!(ran.err.contains("It can be invoked"), "{ran:?}");

    let ran = site
        .good("invoke Python --stack-name shop --compare -e event.json")
        .await;
    assert!(ran.out.starts_with("same answer: "), "{ran:?}");
    site.write("python/app.py", &PYTHON.replace("[::-1]", ""));
    let ran = site
        .hoist("invoke Python --stack-name shop --compare -e event.json --output json")
        .await;
    assert_eq!(ran.code, 4, "{ran:?}");
    let both = json(&ran.out);
    assert_eq!(both["same"], false);
    assert_eq!(both["here"]["payload"]["text"], "abc");
    assert_eq!(both["there"]["payload"]["text"], "cba");

    for (words, code, said) in [
        ("invoke Nod --stack-name shop", 3, "did you mean `Node`?"),
        (
            "invoke --stack-name shop",
            2,
            "functions of the stack `shop`: Node, Python",
        ),
        (
            "invoke Node --stack-name shop --qualifier 7",
            3,
            "ResourceNotFoundException",
        ),
        (
            "invoke arn:aws:lambda:eu-central-1:000000000000:function:nothing --stack-name shop",
            3,
            "ResourceNotFoundException",
        ),
    ] {
        let ran = site.hoist(words).await;
        assert_eq!(ran.code, code, "{words}: {ran:?}");
        assert!(ran.err.contains(said), "{words}: {ran:?}");
        assert_eq!(ran.out, "", "{words}");
    }
}
