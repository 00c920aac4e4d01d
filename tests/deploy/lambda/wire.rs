//! A server that writes calls down and answers as a test says, for what no emulator does.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// `PUT /2015-03-31/functions/f/code`.
    pub line: String,
    /// Null when it is no JSON.
    pub body: Value,
    /// In bytes.
    pub size: usize,
}

type Answer = Box<dyn Fn(&Call, usize) -> (u16, Value) + Send + Sync>;

/// The server; it ends with the value.
pub struct Wire {
    url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    runtime: Option<Runtime>,
}

impl Wire {
    /// Answers each call with a status and JSON; `answer` is also told how many calls there were before.
    pub fn start(answer: impl Fn(&Call, usize) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(Mutex::new(Vec::new()));
        runtime.spawn(serve(
            listener,
            Arc::clone(&calls),
            Arc::new(Box::new(answer)),
        ));
        Wire {
            url,
            calls,
            runtime: Some(runtime),
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The calls since they were last taken.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    /// The same, their first lines only.
    pub fn lines(&self) -> Vec<String> {
        self.take().into_iter().map(|call| call.line).collect()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A refusal.
pub fn refused(status: u16, code: &str, message: &str) -> (u16, Value) {
    (
        status,
        json!({"__type": code, "code": code, "Message": message, "message": message}),
    )
}

async fn serve(listener: std::net::TcpListener, calls: Arc<Mutex<Vec<Call>>>, answer: Arc<Answer>) {
    let listener = TcpListener::from_std(listener).unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        let (calls, answer) = (Arc::clone(&calls), Arc::clone(&answer));
        let service =
            service_fn(move |request| respond(request, Arc::clone(&calls), Arc::clone(&answer)));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(
    request: Request<Incoming>,
    calls: Arc<Mutex<Vec<Call>>>,
    answer: Arc<Answer>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let line = format!("{} {}", request.method(), request.uri().path());
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let call = Call {
        line,
        body: serde_json::from_slice(&body).unwrap_or_default(),
        size: body.len(),
    };
    let before = calls.lock().unwrap().len();
    let (status, value) = answer(&call, before);
    calls.lock().unwrap().push(call);
    let text = match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let code = "application/json".parse().unwrap();
    response.headers_mut().insert("content-type", code);
    Ok(response)
}
