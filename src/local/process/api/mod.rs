//! The Lambda Runtime API on a port of this machine: what a function's process asks for work and answers to.
//!
//! Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes"; the answers to wrong requests
//! follow AWS's own implementation, see `state`.

mod body;
mod state;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::local::sandbox::MAX_ANSWER;
use body::ERROR_TYPE;
use state::{Phase, Refusal, State};

pub use state::{Answer, Event};

/// How long the last words of a process are waited for.
const SETTLE_LIMIT: Duration = Duration::from_millis(500);

/// Where all of the API lies.
const ROOT: &str = "/2018-06-01/";

/// The Runtime API of one process. It ends with this value.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Taking connections; stopped when dropped.
    _task: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Changes the state and wakes whoever waits for that.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.notify_waiters();
        result
    }

    /// Waits until `look` finds what it looks for.
    async fn until<T>(&self, mut look: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = look(&mut self.lock()) {
                self.changed.notify_waiters();
                return found;
            }
            changed.await;
        }
    }
}

impl Server {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When the system gives no port.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let mut task = JoinSet::new();
        task.spawn(serve(listener, Arc::clone(&shared)));
        Ok(Server {
            address,
            shared,
            _task: task,
        })
    }

    /// For `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the runtime asks for an invocation.
    ///
    /// # Errors
    /// The payload that it posts when it cannot start.
    pub async fn ready(&self) -> Result<(), String> {
        self.shared
            .until(|state| match state.phase() {
                Phase::InitError => Some(Err(state.init_error().unwrap_or_default().to_owned())),
                Phase::Ready => Some(Ok(())),
                Phase::Started | Phase::Running | Phase::ResponseSent => None,
            })
            .await
    }

    /// Hands an event over and waits for the answer to it.
    pub async fn invoke(&self, event: Event) -> Answer {
        self.shared.change(|state| state.hand_over(event));
        self.shared.until(State::take_answer).await
    }

    /// What a process that is gone by now answered in the end, without waiting for that to be accepted.
    pub async fn answered(&self) -> Option<Answer> {
        self.settled().await;
        self.shared.lock().take_answer()
    }

    /// What a process that is gone by now said when it could not start, if it did.
    pub async fn init_error(&self) -> Option<String> {
        self.settled().await;
        self.shared.lock().init_error().map(str::to_owned)
    }

    /// Waits until everything that a process wrote before its end has been read. Its connections are closed by then,
    /// unless something that it started got hold of them.
    async fn settled(&self) {
        let closed = self
            .shared
            .until(|state| (state.connections == 0).then_some(()));
        let _ = tokio::time::timeout(SETTLE_LIMIT, closed).await;
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    // Out of descriptors, say: the next turn may fare better.
                    tokio::task::yield_now().await;
                    continue;
                };
                let shared = Arc::clone(&shared);
                shared.change(|state| state.connections += 1);
                connections.spawn(async move {
                    let service = service_fn(|request| route(&shared, request));
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                    shared.change(|state| state.connections -= 1);
                });
            }
            Some(_) = connections.join_next() => (),
        }
    }
}

type Reply = Response<Full<Bytes>>;

async fn route(shared: &Shared, request: Request<Incoming>) -> Result<Reply, Infallible> {
    let path = request.uri().path().to_owned();
    let Some(path) = path.strip_prefix(ROOT) else {
        return Ok(not_found());
    };
    let parts: Vec<&str> = path.split('/').collect();
    let method = match parts.as_slice() {
        ["ping"] | ["runtime", "invocation", "next"] => Method::GET,
        ["runtime", "init", "error"] | ["runtime", "invocation", _, "response" | "error"] => {
            Method::POST
        }
        _ => return Ok(not_found()),
    };
    if *request.method() != method {
        return Ok(reply(StatusCode::METHOD_NOT_ALLOWED, "text/plain", ""));
    }
    let result = match parts.as_slice() {
        ["ping"] => Ok(reply(StatusCode::OK, "text/plain", "pong")),
        ["runtime", "invocation", "next"] => next(shared).await,
        ["runtime", "invocation", id, "response"] => response(shared, id, request).await,
        ["runtime", "invocation", id, _] => error(shared, id, request).await,
        _ => init_error(shared, request).await,
    };
    Ok(result.unwrap_or_else(|refusal| refused(&refusal)))
}

async fn next(shared: &Shared) -> Result<Reply, Refusal> {
    shared.change(State::ask)?;
    let event = shared.until(State::take_event).await;
    let mut reply = Response::new(Full::new(event.body));
    let headers = reply.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        // A value that no header can carry is left away, as an empty one is.
        if let Ok(value) = HeaderValue::from_str(value)
            && !value.is_empty()
        {
            headers.insert(name, value);
        }
    };
    set("content-type", "application/json");
    set("lambda-runtime-aws-request-id", &event.request_id);
    set("lambda-runtime-deadline-ms", &event.deadline_ms.to_string());
    set("lambda-runtime-invoked-function-arn", &event.function_arn);
    set(
        "lambda-runtime-client-context",
        event.client_context.as_deref().unwrap_or_default(),
    );
    set(
        "lambda-runtime-trace-id",
        event.trace_id.as_deref().unwrap_or_default(),
    );
    Ok(reply)
}

const RESPONSE: &str = "InvocationResponse";
const ERROR_RESPONSE: &str = "InvocationErrorResponse";

async fn response(shared: &Shared, id: &str, request: Request<Incoming>) -> Result<Reply, Refusal> {
    shared.lock().may_answer(id, RESPONSE)?;
    let mode = request
        .headers()
        .get("lambda-runtime-function-response-mode");
    if mode.is_some_and(|mode| mode != "streaming") {
        let payload = body::error_payload(b"", Some("Runtime.InvalidResponseModeHeader"));
        shared.change(|state| state.answer(id, RESPONSE, Answer::Error(payload)))?;
        return Err(Refusal::invalid_response_mode());
    }
    let (answer, refusal) = match body::read(request.into_body(), MAX_ANSWER).await {
        Ok(body) => match body.error {
            Some(error) => (Answer::Error(error), None),
            None => (Answer::Response(body.bytes), None),
        },
        Err(unread @ body::Unread::TooLarge) => {
            (Answer::TooLarge, Some(unread.refusal(MAX_ANSWER)))
        }
        Err(unread @ body::Unread::Truncated) => (
            Answer::Error(body::error_payload(b"", Some("Runtime.TruncatedResponse"))),
            Some(unread.refusal(MAX_ANSWER)),
        ),
    };
    shared.change(|state| state.answer(id, RESPONSE, answer))?;
    refusal.map_or_else(|| Ok(accepted()), Err)
}

/// Reads an error's payload.
async fn posted_error(request: Request<Incoming>) -> Result<String, Refusal> {
    let error_type = request
        .headers()
        .get(ERROR_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = body::read(request.into_body(), MAX_ANSWER)
        .await
        .map_err(|unread| unread.refusal(MAX_ANSWER))?;
    Ok(body::error_payload(&body.bytes, error_type.as_deref()))
}

async fn error(shared: &Shared, id: &str, request: Request<Incoming>) -> Result<Reply, Refusal> {
    shared.lock().may_answer(id, ERROR_RESPONSE)?;
    let payload = posted_error(request).await?;
    shared.change(|state| state.answer(id, ERROR_RESPONSE, Answer::Error(payload)))?;
    Ok(accepted())
}

async fn init_error(shared: &Shared, request: Request<Incoming>) -> Result<Reply, Refusal> {
    let payload = posted_error(request).await?;
    shared.change(|state| state.fail_init(payload))?;
    Ok(accepted())
}

fn reply(status: StatusCode, content_type: &'static str, text: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(text.into()));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

fn accepted() -> Reply {
    let text = "{\"status\":\"OK\"}\n";
    reply(StatusCode::ACCEPTED, "application/json", text)
}

fn not_found() -> Reply {
    let text = "404 page not found\n";
    reply(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", text)
}

fn refused(refusal: &Refusal) -> Reply {
    let text = json!({"errorMessage": refusal.message, "errorType": refusal.error_type});
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    reply(status, "application/json", format!("{text}\n"))
}
