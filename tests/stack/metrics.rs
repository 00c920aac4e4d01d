//! `hoist metrics` and `hoist open` of a stack, with CloudWatch answering as AWS documents it.

use hoist::deploy::state::State;
use serde_json::{Value, json};

use crate::program::{Home, REGION};
use crate::record::{Answer, Call, Recorder};

/// The account that the recorder says it is.
const ACCOUNT: &str = "123456789012";

/// A home with the state of a stack that has one function.
fn home() -> Home {
    let home = Home::new();
    let mut state = State::new("shop", REGION, ACCOUNT);
    state.serial = 1;
    let function = json!({
        "type": "AWS::Lambda::Function",
        "reference": "shop-Work-1",
        "properties": { "MemorySize": 1024, "Architectures": ["arm64"] },
    });
    let function = serde_json::from_value(function).unwrap();
    state.resources.insert("Work".into(), function);
    home.write("template.yaml", "Resources: {}\n");
    home.write("state.json", &serde_json::to_string(&state).unwrap());
    home
}

/// The least of CBOR (RFC 8949) that an answer needs.
fn cbor(value: &Value, out: &mut Vec<u8>) {
    let head = |major: u8, length: usize, out: &mut Vec<u8>| {
        out.push(major << 5 | 25);
        out.extend(u16::try_from(length).unwrap().to_be_bytes());
    };
    match value {
        Value::Object(map) if map.contains_key("@moment") => {
            // Tag 1: seconds since 1970.
            out.push(0xC1);
            cbor(&map["@moment"], out);
        }
        Value::Object(map) => {
            head(5, map.len(), out);
            for (key, value) in map {
                cbor(&Value::from(key.as_str()), out);
                cbor(value, out);
            }
        }
        Value::Array(items) => {
            head(4, items.len(), out);
            items.iter().for_each(|item| cbor(item, out));
        }
        Value::String(text) => {
            head(3, text.len(), out);
            out.extend(text.as_bytes());
        }
        Value::Number(number) => {
            out.push(0xFB);
            out.extend(number.as_f64().unwrap().to_be_bytes());
        }
        other => panic!("no CBOR for {other}"),
    }
}

fn answer(value: &Value) -> Answer {
    let mut answer = Answer::empty(200)
        .with("content-type", "application/cbor")
        .with("smithy-protocol", "rpc-v2-cbor");
    cbor(value, &mut answer.body);
    answer
}

fn now() -> f64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs_f64().floor()
}

/// The results of the queries in the order in which they are asked: two pages.
fn page(call: &Call) -> Option<Answer> {
    if call.service != "monitoring" {
        return (call.service == "sts")
            .then(|| Answer::query(call, &format!("<Account>{ACCOUNT}</Account>")));
    }
    let recent = json!([{ "@moment": now() - 7200.0 }, { "@moment": now() - 60.0 }]);
    let result = |metric: u8, values: Value| {
        json!({
            "Id": format!("f0m{metric}"), "Label": "x", "StatusCode": "Complete",
            "Timestamps": recent, "Values": values,
        })
    };
    // The second page is asked for with the first one's token.
    let is_second = String::from_utf8_lossy(&call.body).contains("more-of-it");
    Some(answer(&match is_second {
        false => json!({
            "MetricDataResults": [
                result(0, json!([3000, 1000])),
                result(1, json!([7, 0])),
                result(3, json!([10, 30])),
            ],
            "NextToken": "more-of-it",
        }),
        true => json!({
            "MetricDataResults": [
                result(4, json!([250, 90])),
                result(5, json!([100_000, 20_000])),
                result(6, json!([4, 2])),
            ],
        }),
    }))
}

const WORDS: [&str; 5] = [
    "metrics",
    "--stack-name",
    "shop",
    "--state",
    "file:state.json",
];

#[tokio::test]
async fn metrics_of_all_pages_are_put_together() {
    let recorder = Recorder::start(page);
    let home = home();
    let words = [&WORDS[..], &["--output", "json"]].concat();
    let ended = home.run(&recorder.url(), &words).await.expect(0);
    let said: Value = serde_json::from_str(&ended.out).unwrap();
    let work = &said["functions"][0];
    assert_eq!(work["invocations"], 4000.0, "{said:#}");
    assert_eq!(work["errors"], 7.0);
    assert_eq!(work["throttles"], 0.0);
    assert_eq!(
        work["durationMs"],
        json!({"p50": 15.0, "p99": 250.0, "sum": 120_000.0})
    );
    assert_eq!(work["concurrentExecutions"], 4.0);
    assert_eq!(said["periodSeconds"], 3600);
    // 120 GB-seconds on arm64 and 4000 requests.
    let dollars = work["estimatedUsd"].as_f64().unwrap();
    assert!(
        (dollars - (120.0 * 0.000_013_333_4 + 0.000_8)).abs() < 1e-9,
        "{dollars}"
    );
    let asked = recorder.take();
    let asked = asked.iter().filter(|call| call.service == "monitoring");
    assert_eq!(asked.count(), 2, "one call a page");
}

#[tokio::test]
async fn metrics_are_a_table_where_there_is_no_terminal() {
    let recorder = Recorder::start(page);
    let ended = home().run(&recorder.url(), &WORDS).await.expect(0);
    let figures: Vec<&str> = ended
        .out
        .lines()
        .nth(1)
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(
        figures,
        [
            "Work",
            "4,000",
            "7",
            "0",
            "15",
            "ms",
            "250",
            "ms",
            "4",
            "$0.002400"
        ]
    );
    ended.says("list prices in us-east-1");
}

#[tokio::test]
async fn an_unknown_function_is_said_with_the_nearest() {
    let recorder = Recorder::start(page);
    let words = [&["metrics", "Wrok"], &WORDS[1..]].concat();
    let ended = home().run(&recorder.url(), &words).await.expect(1);
    ended
        .says("the stack `shop` has no function `Wrok`")
        .says("Work");
}

#[tokio::test]
async fn there_is_no_console_behind_an_address_of_the_users_own() {
    let recorder = Recorder::start(page);
    let words = [&["open", "Work"], &WORDS[1..]].concat();
    let ended = home().run(&recorder.url(), &words).await.expect(1);
    ended.says("there is no console").says("hoist open api");
}
