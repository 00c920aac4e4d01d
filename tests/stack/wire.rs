//! A proxy before the emulator: it counts the program's requests, and lets happen to each what the test says.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::program::kill;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// It is sent on, and answered with what comes back.
    Pass,
    /// The program is killed: before the emulator has the request, or when it has done everything and has answered.
    Kill(Moment),
    /// It is refused with this status, and the service's own word for it.
    Refuse(u16),
    /// The connection is cut.
    Reset(Moment),
    /// No answer comes for so long, and then the connection is cut. The emulator has not seen the request.
    Hang(Duration),
    /// It waits until the test opens the gate, and then it is sent on.
    Hold,
}

/// When something happens to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment {
    /// The emulator has not seen it.
    Before,
    /// The emulator has answered, and nobody heard it.
    After,
}

/// A request as the test sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Counts from 1.
    pub number: u64,
    /// `SQS.CreateQueue`, or method and path.
    pub what: String,
    /// `lambda`: what it is signed for.
    pub signed_for: String,
    /// `PUT`.
    pub method: String,
    /// As it was sent, with the query.
    pub address: String,
    /// As it was sent.
    pub body: Bytes,
}

type Judge = Box<dyn Fn(&Seen) -> Fate + Send + Sync>;

struct Shared {
    target: String,
    client: reqwest::Client,
    judge: Judge,
    count: AtomicU64,
    seen: Mutex<Vec<Seen>>,
    /// How many requests the emulator is working on.
    busy: watch::Sender<usize>,
    victim: watch::Sender<Option<u32>>,
    gate: watch::Sender<bool>,
    held: watch::Sender<bool>,
}

/// The proxy; it ends with the value.
pub struct Proxy {
    address: std::net::SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Proxy {
    /// Starts one before `target` on a free port.
    pub async fn start(
        target: &str,
        judge: impl Fn(&Seen) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            target: target.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            judge: Box::new(judge),
            count: AtomicU64::new(0),
            seen: Mutex::default(),
            busy: watch::Sender::new(0),
            victim: watch::Sender::new(None),
            gate: watch::Sender::new(false),
            held: watch::Sender::new(false),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Proxy {
            address,
            shared,
            server,
        }
    }

    /// One that disturbs nothing.
    pub async fn calm(target: &str) -> Self {
        Proxy::start(target, |_| Fate::Pass).await
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Whom [`Fate::Kill`] kills: the process group of this number.
    pub fn aim(&self, group: Option<u32>) {
        self.shared.victim.send_replace(group);
    }

    /// The requests that came.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Waits until a request is held.
    pub async fn held(&self) {
        let mut held = self.shared.held.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(60), held.wait_for(|held| *held));
        waited.await.expect("a request is held").unwrap();
    }

    /// Lets go what is held.
    pub fn open(&self) {
        self.shared.gate.send_replace(true);
    }

    /// Waits until the emulator has answered everything that was sent on to it.
    pub async fn quiet(&self) {
        let mut busy = self.shared.busy.subscribe();
        let waited =
            tokio::time::timeout(Duration::from_secs(60), busy.wait_for(|busy| *busy == 0));
        waited.await.expect("the emulator answers").unwrap();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        // So that a connection which is cut is reset, as by a firewall, and not closed in order.
        let _ = stream.set_zero_linger();
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| respond(Arc::clone(&shared), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// The connection is to be cut.
#[derive(Debug, thiserror::Error)]
#[error("cut")]
struct Cut;

async fn respond(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Cut> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let seen = Seen {
        number: shared.count.fetch_add(1, Ordering::SeqCst) + 1,
        what: what(&head.method, head.uri.path(), &head.headers, &body),
        signed_for: signed_for(&head.headers).unwrap_or_default(),
        method: head.method.to_string(),
        address: head.uri.to_string(),
        body: body.clone(),
    };
    let fate = (shared.judge)(&seen);
    shared.seen.lock().unwrap().push(seen);
    let send = || forward(Arc::clone(&shared), &head, body);
    match fate {
        Fate::Pass => send().await,
        Fate::Kill(moment) => {
            if moment == Moment::After {
                let _ = send().await;
            }
            let mut victim = shared.victim.subscribe();
            let group = victim.wait_for(Option::is_some).await.unwrap();
            group.inspect(|group| kill(*group));
            Err(Cut)
        }
        Fate::Refuse(status) => Ok(refusal(status, &head.headers)),
        Fate::Reset(Moment::Before) => Err(Cut),
        Fate::Reset(Moment::After) => {
            let _ = send().await;
            Err(Cut)
        }
        Fate::Hang(time) => {
            tokio::time::sleep(time).await;
            Err(Cut)
        }
        Fate::Hold => {
            shared.held.send_replace(true);
            let mut gate = shared.gate.subscribe();
            let _ = gate.wait_for(|open| *open).await;
            send().await
        }
    }
}

/// Sends a request on. It is seen to its end even when whoever sent it is gone: so it would be at AWS.
fn forward(
    shared: Arc<Shared>,
    head: &hyper::http::request::Parts,
    body: Bytes,
) -> impl Future<Output = Result<Response<Full<Bytes>>, Cut>> + use<> {
    let url = format!("{}{}", shared.target, head.uri);
    let mut headers = head.headers.clone();
    for name in [
        header::HOST,
        header::CONNECTION,
        header::EXPECT,
        header::TRANSFER_ENCODING,
    ] {
        headers.remove(name);
    }
    let is_head = head.method == Method::HEAD;
    let request = shared
        .client
        .request(head.method.clone(), url)
        .headers(headers)
        .body(body);
    shared.busy.send_modify(|busy| *busy += 1);
    let answer = tokio::spawn(async move {
        let answer = async {
            let answer = request.send().await.map_err(|_| Cut)?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = answer.bytes().await.map_err(|_| Cut)?;
            let mut response = Response::new(Full::from(body));
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            let own = response.headers_mut();
            own.remove(header::CONNECTION);
            own.remove(header::TRANSFER_ENCODING);
            if !is_head {
                own.remove(header::CONTENT_LENGTH);
            }
            Ok(response)
        }
        .await;
        shared.busy.send_modify(|busy| *busy -= 1);
        answer
    });
    async move { answer.await.unwrap_or(Err(Cut)) }
}

/// `SQS.CreateQueue` as far as the request says it; else the method and the path.
fn what(method: &Method, path: &str, headers: &HeaderMap, body: &Bytes) -> String {
    if let Some(target) = headers.get("x-amz-target") {
        return String::from_utf8_lossy(target.as_bytes()).into_owned();
    }
    let action = form_urlencoded::parse(body).find(|(name, _)| name == "Action");
    match action.filter(|_| path == "/") {
        Some((_, action)) => action.into_owned(),
        None => format!("{method} {path}"),
    }
}

/// `Credential=KEY/20261121/eu-central-1/sqs/aws4_request, …`
fn signed_for(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (_, scope) = text.split_once("Credential=")?;
    scope.split('/').nth(3).map(str::to_owned)
}

/// How the service that the request is for refuses with this status.
fn refusal(status: u16, headers: &HeaderMap) -> Response<Full<Bytes>> {
    let text = |name| {
        let value = headers.get(name).map(|value| value.as_bytes());
        String::from_utf8_lossy(value.unwrap_or_default()).into_owned()
    };
    let is_s3 = text(header::AUTHORIZATION).contains("/s3/aws4_request");
    let is_query = text(header::CONTENT_TYPE).contains("x-www-form-urlencoded");
    // Source: "Common errors" of each service's API reference; the retry classes of the SDKs' reference guide.
    let code = match (status, is_s3, is_query) {
        (429, true, _) => "SlowDown",
        (429, _, true) => "Throttling",
        (429, ..) if headers.contains_key("x-amz-target") => "ThrottlingException",
        (429, ..) => "TooManyRequestsException",
        (_, true, _) => "InternalError",
        (_, _, true) => "InternalFailure",
        _ => "InternalServerError",
    };
    let body = match (is_s3, is_query) {
        (true, _) => format!("<Error><Code>{code}</Code><Message>no</Message></Error>"),
        (_, true) => format!(
            "<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        ),
        _ => format!(r#"{{"__type":"{code}","message":"no"}}"#),
    };
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let own = response.headers_mut();
    own.insert("x-amzn-errortype", code.parse().unwrap());
    own.insert("x-amzn-requestid", "00000000".parse().unwrap());
    response
}
