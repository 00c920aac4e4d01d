//! A proxy before the emulator that answers as slowly as AWS does, and lets what was made become ready as late.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::call::Call;
use crate::latency;

/// The proxy. It runs until the program ends.
pub struct Proxy {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    target: String,
    client: reqwest::Client,
    calls: Mutex<Vec<Call>>,
    /// Whether it was asked whose the credentials are.
    has_asked: AtomicBool,
    /// When roles, tables and functions were made.
    made: Mutex<HashMap<String, Instant>>,
}

impl Proxy {
    /// Starts one before `target` on a free port.
    pub async fn start(target: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            target: target.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            calls: Mutex::default(),
            has_asked: AtomicBool::new(false),
            made: Mutex::default(),
        });
        tokio::spawn(serve(listener, Arc::clone(&shared)));
        Proxy { url, shared }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The calls since they were forgotten last, in the order in which they came.
    pub fn calls(&self) -> Vec<Call> {
        let mut calls = self.shared.calls.lock().unwrap().clone();
        calls.sort_by_key(|call| call.begun);
        calls
    }

    /// Forgets the calls.
    pub fn forget(&self) {
        self.shared.calls.lock().unwrap().clear();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move { drop(connection.await) });
    }
}

async fn answer(
    request: Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut call = Call::read(head.method.as_str(), path, &head.headers, &body);
    let answered = match shared.refusal(&call, &body) {
        Some(refusal) => refusal,
        None => {
            let url = format!("{}{path}", shared.target);
            let request = shared
                .client
                .request(head.method, url)
                .headers(passed_on(&head.headers))
                .body(body);
            // A dead emulator ends the run with words of the program's.
            let answer = request.send().await.unwrap();
            let (status, headers) = (answer.status(), passed_on(answer.headers()));
            let body = shared.not_ready(&call, answer.bytes().await.unwrap());
            let mut response = Response::new(Full::new(body));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            response
        }
    };
    let latency = match shared.is_remembered(&call) {
        true => Duration::ZERO,
        false => latency::of(&call.service, &call.operation),
    };
    tokio::time::sleep(latency.saturating_sub(call.begun.elapsed())).await;
    call.took = call.begun.elapsed();
    if answered.status().is_success() && call.operation.starts_with("Create") {
        let mut made = shared.made.lock().unwrap();
        made.insert(call.subject.clone(), Instant::now());
    }
    shared.calls.lock().unwrap().push(call);
    Ok(answered)
}

impl Shared {
    /// Whether Hoist would not ask AWS this: it keeps on the machine whose an access key is, but for those of emulators.
    fn is_remembered(&self, call: &Call) -> bool {
        call.service == "sts" && self.has_asked.swap(true, Ordering::Relaxed)
    }

    fn is_young(&self, name: &str, age: Duration) -> bool {
        let made = self.made.lock().unwrap();
        made.get(name).is_some_and(|made| made.elapsed() < age)
    }

    /// Lambda does not see a role that was just made.
    fn refusal(&self, call: &Call, body: &[u8]) -> Option<Response<Full<Bytes>>> {
        if call.operation != "CreateFunction" {
            return None;
        }
        let body: Value = serde_json::from_slice(body).ok()?;
        let role = body["Role"].as_str()?.rsplit('/').next()?;
        if !self.is_young(role, latency::ROLE) {
            return None;
        }
        let text = r#"{"Type":"User","message":"The role defined for the function cannot be assumed by Lambda."}"#;
        let refused = Response::builder()
            .status(400)
            .header("x-amzn-errortype", "InvalidParameterValueException")
            .body(Full::new(Bytes::from(text)));
        refused.ok()
    }

    /// The answer as it is while what was made is not ready.
    fn not_ready(&self, call: &Call, body: Bytes) -> Bytes {
        let (young, ready, not_yet) = match call.service.as_str() {
            "dynamodb" => (latency::TABLE, "\"ACTIVE\"", "\"CREATING\""),
            "lambda" => (latency::FUNCTION, "\"Active\"", "\"Pending\""),
            _ => return body,
        };
        let is_new = call.operation.starts_with("Create");
        if !is_new && !self.is_young(&call.subject, young) {
            return body;
        }
        match std::str::from_utf8(&body) {
            Ok(text) => Bytes::from(text.replace(ready, not_yet)),
            Err(_) => body,
        }
    }
}

/// The headers but for those of the connection, and for a checksum that no longer fits.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let mut passed = headers.clone();
    for own in [
        header::HOST,
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::EXPECT,
    ] {
        passed.remove(own);
    }
    passed.remove("x-amz-crc32");
    passed
}
