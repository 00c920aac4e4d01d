//! A server between the program and ministack.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

/// What the server remembers.
#[derive(Default)]
struct Memory {
    /// Method and path of each call, in order.
    calls: Vec<String>,
    /// By `function:alias`: the second version, its part of the calls, and how much of a call it is owed.
    weights: HashMap<String, (String, f64, f64)>,
    /// By `function:alias:version`, for second versions: how often it ran, and how often it failed.
    ran: HashMap<String, (f64, f64)>,
    /// Alarms and whether they went off.
    alarms: HashMap<String, bool>,
    /// The call that is refused, as in `calls`.
    refused: Option<String>,
}

/// The server; it ends with the value's runtime.
pub struct Proxy {
    memory: Arc<Mutex<Memory>>,
    port: u16,
}

impl Proxy {
    /// A server in front of the one at `target`.
    pub async fn start(target: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let memory = Arc::<Mutex<Memory>>::default();
        let shared = Arc::clone(&memory);
        tokio::spawn(async move {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let (memory, client, target) =
                    (Arc::clone(&shared), client.clone(), target.clone());
                tokio::spawn(async move {
                    let answer = service_fn(move |request| {
                        let (memory, client, target) =
                            (Arc::clone(&memory), client.clone(), target.clone());
                        async move {
                            Ok::<_, Infallible>(answer(request, &memory, &client, &target).await)
                        }
                    });
                    let connection = http1::Builder::new();
                    // A connection that breaks off is the program's that was killed.
                    let _ = connection
                        .serve_connection(TokioIo::new(stream), answer)
                        .await;
                });
            }
        });
        Proxy { memory, port }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The calls since they were taken last.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.memory.lock().unwrap().calls)
    }

    /// The second version of `function:alias` and its part of the calls.
    pub fn weight(&self, alias: &str) -> Option<(String, f64)> {
        let memory = self.memory.lock().unwrap();
        let (version, weight, _) = memory.weights.get(alias)?;
        Some((version.clone(), *weight))
    }

    /// From now on this call is refused: `POST /2015-03-31/functions`.
    pub fn refuse(&self, call: &str) {
        self.memory.lock().unwrap().refused = Some(call.to_owned());
    }

    /// From now on there is this alarm.
    pub fn alarm(&self, name: &str, went_off: bool) {
        let alarms = &mut self.memory.lock().unwrap().alarms;
        alarms.insert(name.to_owned(), went_off);
    }
}

async fn answer(
    request: Request<Incoming>,
    memory: &Mutex<Memory>,
    client: &reqwest::Client,
    target: &str,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let path = head.uri.path().to_owned();
    let mut place = head
        .uri
        .path_and_query()
        .map_or(path.clone(), ToString::to_string);
    {
        let mut memory = memory.lock().unwrap();
        let call = format!("{} {path}", head.method);
        let is_refused = memory.refused.as_ref() == Some(&call);
        memory.calls.push(call);
        if is_refused {
            let text = r#"{"Type": "User", "message": "refused by the test"}"#;
            return Response::builder()
                .status(StatusCode::BAD_REQUEST)
                .header("x-amzn-errortype", "InvalidRequestContentException")
                .body(Full::new(Bytes::from(text)))
                .unwrap();
        }
    }
    if let Some(operation) = path.strip_prefix("/service/GraniteServiceVersion20100801/operation/")
    {
        return cloudwatch(operation, &body, &memory.lock().unwrap());
    }
    let mut invoked = None;
    if let Some(function) = path
        .strip_prefix("/2015-03-31/functions/")
        .and_then(|rest| rest.strip_suffix("/invocations"))
        && let Some(version) = second(function, &mut memory.lock().unwrap())
    {
        let name = function.split(':').next().unwrap_or(function);
        place = format!("/2015-03-31/functions/{name}/invocations?Qualifier={version}");
        invoked = Some(format!("{function}:{version}"));
    }
    let mut forwarded = client.request(head.method.clone(), format!("{target}{place}"));
    for (name, value) in &head.headers {
        if name != "host" && name != "content-length" && name != "transfer-encoding" {
            forwarded = forwarded.header(name, value);
        }
    }
    let answered = forwarded.body(body.to_vec()).send().await.unwrap();
    let status = answered.status();
    let headers = answered.headers().clone();
    let has_failed = headers.contains_key("x-amz-function-error") || !status.is_success();
    let bytes = answered.bytes().await.unwrap();
    {
        let mut memory = memory.lock().unwrap();
        if let Some(version) = invoked {
            let (ran, failed) = memory.ran.entry(version).or_default();
            *ran += 1.0;
            *failed += f64::from(u8::from(has_failed));
        }
        if head.method == "PUT" && path.contains("/aliases/") && status.is_success() {
            learn(&path, &body, &mut memory);
        }
    }
    let mut response = Response::builder().status(status);
    for (name, value) in &headers {
        if name != "transfer-encoding" && name != "content-length" {
            response = response.header(name, value);
        }
    }
    response.body(Full::new(bytes)).unwrap()
}

/// The version that the next call of `function:alias` goes to when it is not the first one.
fn second(alias: &str, memory: &mut Memory) -> Option<String> {
    let (version, weight, owed) = memory.weights.get_mut(alias)?;
    *owed += *weight;
    (*owed >= 1.0).then(|| {
        *owed -= 1.0;
        version.clone()
    })
}

/// Takes note of an alias's second version.
fn learn(path: &str, body: &[u8], memory: &mut Memory) {
    let parts: Vec<&str> = path.split('/').collect();
    let alias = format!("{}:{}", parts[3], parts[5]);
    let sent: Value = serde_json::from_slice(body).unwrap();
    let weights = sent["RoutingConfig"]["AdditionalVersionWeights"].as_object();
    match weights.and_then(|weights| weights.iter().next()) {
        Some((version, weight)) => {
            let weight = weight.as_f64().unwrap();
            memory.weights.insert(alias, (version.clone(), weight, 0.0));
        }
        None => drop(memory.weights.remove(&alias)),
    }
}

/// What CloudWatch answers. Requests are searched for the texts that matter, which CBOR has as they are.
fn cloudwatch(operation: &str, body: &[u8], memory: &Memory) -> Response<Full<Bytes>> {
    let has = |text: &str| {
        body.windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    let mut out = Vec::new();
    match operation {
        "GetMetricData" => {
            assert!(has("ExecutedVersion") && has("AWS/Lambda") && has("Sum"));
            let asked = memory.weights.iter().find(|(alias, _)| has(alias));
            let counts = asked
                .and_then(|(alias, (version, ..))| memory.ran.get(&format!("{alias}:{version}")));
            let (ran, failed) = counts.copied().unwrap_or_default();
            head(&mut out, 5, 1);
            text(&mut out, "MetricDataResults");
            head(&mut out, 4, 3);
            for (id, sum) in [
                ("invocations0", ran),
                ("errors0", failed),
                ("throttles0", 0.0),
            ] {
                assert!(has(id), "{id} is not asked for");
                head(&mut out, 5, 3);
                text(&mut out, "Id");
                text(&mut out, id);
                text(&mut out, "StatusCode");
                text(&mut out, "Complete");
                text(&mut out, "Values");
                head(&mut out, 4, 1);
                out.push(0xfb);
                out.extend(sum.to_be_bytes());
            }
        }
        "DescribeAlarms" => {
            let alarms: Vec<_> = memory.alarms.iter().filter(|(name, _)| has(name)).collect();
            head(&mut out, 5, 1);
            text(&mut out, "MetricAlarms");
            head(&mut out, 4, alarms.len());
            for (name, went_off) in alarms {
                head(&mut out, 5, 2);
                text(&mut out, "AlarmName");
                text(&mut out, name);
                text(&mut out, "StateValue");
                text(&mut out, if *went_off { "ALARM" } else { "OK" });
            }
        }
        other => panic!("nobody answers {other}"),
    }
    Response::builder()
        .status(StatusCode::OK)
        .header("smithy-protocol", "rpc-v2-cbor")
        .header("content-type", "application/cbor")
        .body(Full::new(Bytes::from(out)))
        .unwrap()
}

/// The beginning of a value in CBOR: its major type and its length, which is small here.
/// Source: RFC 8949, section 3.
fn head(out: &mut Vec<u8>, major: u8, length: usize) {
    match u8::try_from(length).unwrap() {
        length @ 0..24 => out.push(major << 5 | length),
        length => out.extend([major << 5 | 24, length]),
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    head(out, 3, text.len());
    out.extend(text.as_bytes());
}
