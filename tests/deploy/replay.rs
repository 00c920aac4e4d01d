//! A server that answers REST calls as API Gateway's reference says it does, and writes them down. For what no emulator can do.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;

/// A call as it came: `PUT /v2/apis/a?failOnWarnings=true`, and its body.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub line: String,
    pub body: Value,
}

type Answer = dyn Fn(&Call) -> (u16, Value) + Send + Sync;

/// The server; it ends with the test's runtime.
pub struct Replay {
    port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Replay {
    /// Starts answering with a status and a body each.
    pub async fn start(answer: impl Fn(&Call) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Answer> = Arc::new(answer);
        let seen = Arc::clone(&calls);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                let service = service_fn(move |request| {
                    reply(request, Arc::clone(&answer), Arc::clone(&seen))
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Replay { port, calls }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The calls since the last time.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    /// The first lines of the calls since the last time.
    pub fn lines(&self) -> Vec<String> {
        self.take().into_iter().map(|call| call.line).collect()
    }
}

async fn reply(
    request: Request<Incoming>,
    answer: Arc<Answer>,
    seen: Arc<Mutex<Vec<Call>>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let line = format!("{} {}", request.method(), request.uri());
    let bytes = request.into_body().collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let call = Call { line, body };
    // Whose account it is, is asked with STS.
    if call.line == "POST /" {
        let xml = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>\
            </GetCallerIdentityResult></GetCallerIdentityResponse>";
        return Ok(Response::new(Full::new(Bytes::from_static(xml.as_bytes()))));
    }
    let (status, value) = answer(&call);
    seen.lock().unwrap().push(call);
    let mut response = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    if let Some(kind) = value.get("__type").and_then(Value::as_str) {
        response = response.header("x-amzn-errortype", kind);
    }
    let body = match value {
        Value::Null => Bytes::new(),
        value => Bytes::from(value.to_string()),
    };
    Ok(response.body(Full::new(body)).unwrap())
}
