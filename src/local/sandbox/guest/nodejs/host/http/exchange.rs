//! One request and its response: the task on the host.

use std::error::Error as _;
use std::io;
use std::sync::Weak;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::ext::ReasonPhrase;
use hyper::header::HeaderMap;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::Marker;
use super::body::Body;
use super::pool::{Link, Pool, Target};
use crate::local::sandbox::network::{Fault, dial};

/// The largest piece of a response that waits on the host as one.
const FRAME: usize = 64 << 10;

/// The most header lines of a response. Source: Node's `maxHeadersCount`.
const MAX_HEADERS: usize = 2000;

/// The most bytes of a response's header that are taken. Node takes 16 KB; hyper needs more than it to hold
/// pieces of the body.
const MAX_BUFFER: usize = 256 << 10;

/// How long the end of a response waits for its connection to be ready for the next request: it is at once,
/// unless the request's body is still being sent.
const AT_ONCE: Duration = Duration::from_millis(5);

/// How long a connection may take to be ready for its next request.
const SETTLE: Duration = Duration::from_secs(1);

/// What happens to a request.
pub enum Event {
    /// It has a connection; JSON.
    Connected(Value),
    /// The head of the response; JSON.
    Response(Value),
    /// A piece of the response's body.
    Data(Bytes),
    /// Headers after the body.
    Trailers(HeaderMap),
    /// The response is complete.
    End,
    /// It failed.
    Failed(Fault),
}

impl Event {
    /// The event for the guest.
    pub fn to_json(&self) -> String {
        match self {
            Event::Connected(value) | Event::Response(value) => value.to_string(),
            Event::Data(_) => "data".to_owned(),
            Event::Trailers(headers) => {
                json!({"event": "trailers", "headers": pairs(headers)}).to_string()
            }
            Event::End => r#"{"event":"end"}"#.to_owned(),
            Event::Failed(fault) => json!({"event": "error", "fault": fault}).to_string(),
        }
    }
}

/// Tells the guest what happens, as fast as it takes it.
struct Reporter {
    sender: mpsc::Sender<Event>,
    marker: Marker,
}

impl Reporter {
    async fn tell(&self, event: Event) {
        // Nobody listens when the guest has closed the request; its task is ended then.
        if self.sender.send(event).await.is_ok() {
            self.marker.set();
        }
    }
}

/// Sends `request` to `target` and tells what comes back.
pub async fn run(
    target: Target,
    request: Request<Body>,
    keep: bool,
    pool: Weak<Pool>,
    sender: mpsc::Sender<Event>,
    marker: Marker,
) {
    let reporter = Reporter { sender, marker };
    match exchange(&target, request, keep, &pool, &reporter).await {
        Ok(link) if keep => {
            // The function's next request should find the connection.
            let unready = give_back(&target, link, &pool, AT_ONCE).await;
            reporter.tell(Event::End).await;
            if let Some(link) = unready {
                give_back(&target, link, &pool, SETTLE).await;
            }
        }
        Ok(_) => reporter.tell(Event::End).await,
        Err(fault) => reporter.tell(Event::Failed(fault)).await,
    }
}

async fn exchange(
    target: &Target,
    request: Request<Body>,
    keep: bool,
    pool: &Weak<Pool>,
    reporter: &Reporter,
) -> Result<Link, Fault> {
    let (link, response) = send(target, request, keep, pool, reporter).await?;
    let status = response.status();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Fault::new(
            "ERR_ACCESS_DENIED",
            "Hoist's sandbox speaks HTTP only and does not switch to another protocol; --process runs the function outside of it",
        ));
    }
    reporter.tell(Event::Response(head(&response))).await;
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&error))?;
        match frame.into_data() {
            Ok(mut data) => {
                while data.len() > FRAME {
                    reporter.tell(Event::Data(data.split_to(FRAME))).await;
                }
                if !data.is_empty() {
                    reporter.tell(Event::Data(data)).await;
                }
            }
            Err(frame) => {
                if let Ok(trailers) = frame.into_trailers() {
                    reporter.tell(Event::Trailers(trailers)).await;
                }
            }
        }
    }
    Ok(link)
}

/// Sends the request on a connection that waits, or on a new one.
async fn send(
    target: &Target,
    mut request: Request<Body>,
    keep: bool,
    pool: &Weak<Pool>,
    reporter: &Reporter,
) -> Result<(Link, Response<Incoming>), Fault> {
    while keep && let Some(mut link) = pool.upgrade().and_then(|pool| pool.take(target)) {
        reporter.tell(connected(&link.peer, true)).await;
        match link.sender.try_send_request(request).await {
            Ok(response) => return Ok((link, response)),
            Err(mut error) => match error.take_message() {
                // The server closed it meanwhile, and has seen nothing of this request.
                Some(unsent) => request = unsent,
                None => return Err(failed(&error.into_error())),
            },
        }
    }
    let mut link = connect(target).await?;
    reporter.tell(connected(&link.peer, false)).await;
    let response = link.sender.send_request(request).await;
    match response {
        Ok(response) => Ok((link, response)),
        Err(error) => Err(failed(&error)),
    }
}

async fn connect(target: &Target) -> Result<Link, Fault> {
    let (connection, peer) = dial(&target.host, target.port, target.tls.as_ref()).await?;
    let (sender, connection) = http1::Builder::new()
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_BUFFER)
        .handshake(TokioIo::new(connection))
        .await
        .map_err(|error| failed(&error))?;
    // Its errors reach the request that is on it.
    let driver = tokio::spawn(async move { drop(connection.await) });
    Ok(Link {
        sender,
        driver: driver.abort_handle(),
        peer: json!({
            "remoteAddress": peer.remote.ip().to_string(),
            "remotePort": peer.remote.port(),
            "remoteFamily": if peer.remote.is_ipv4() { "IPv4" } else { "IPv6" },
            "localAddress": peer.local.ip().to_string(),
            "localPort": peer.local.port(),
        })
        .to_string(),
    })
}

/// Puts the connection back as soon as it can send again; gives it if it cannot in that time.
async fn give_back(
    target: &Target,
    mut link: Link,
    pool: &Weak<Pool>,
    limit: Duration,
) -> Option<Link> {
    match tokio::time::timeout(limit, link.sender.ready()).await {
        Ok(Ok(())) => {
            if let Some(pool) = pool.upgrade() {
                pool.put(target.clone(), link);
            }
            None
        }
        Ok(Err(_)) => None,
        Err(_) => Some(link),
    }
}

fn connected(peer: &str, reused: bool) -> Event {
    let peer: Value = serde_json::from_str(peer).unwrap_or_default();
    Event::Connected(json!({"event": "connect", "reused": reused, "peer": peer}))
}

fn head(response: &Response<Incoming>) -> Value {
    let status = response.status();
    let reason = response.extensions().get::<ReasonPhrase>().map_or_else(
        || status.canonical_reason().unwrap_or_default().to_owned(),
        |reason| latin1(reason.as_bytes()),
    );
    json!({
        "event": "response",
        "status": status.as_u16(),
        "reason": reason,
        "minor": u8::from(response.version() != Version::HTTP_10),
        "headers": pairs(response.headers()),
    })
}

fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), latin1(value.as_bytes())))
        .collect()
}

/// Text from Latin-1, which is what Node reads headers in.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Why there is no response.
fn failed(error: &hyper::Error) -> Fault {
    if let Some(error) = io_error(error) {
        return match error.kind() {
            io::ErrorKind::UnexpectedEof => Fault::hang_up(),
            io::ErrorKind::BrokenPipe => Fault::of_system(error, "write"),
            _ => Fault::of_system(error, "read"),
        };
    }
    if error.is_parse_too_large() {
        return Fault::new("HPE_HEADER_OVERFLOW", "Parse Error: Header overflow");
    }
    if error.is_parse() {
        return Fault::new(
            "HPE_INVALID_CONSTANT",
            format!("Parse Error: Expected HTTP/ ({error})"),
        );
    }
    if error.is_user() {
        return Fault::new("ERR_HTTP_CONTENT_LENGTH_MISMATCH", error.to_string());
    }
    Fault::hang_up()
}

/// Why the response's body is not complete.
fn broken(error: &hyper::Error) -> Fault {
    match io_error(error) {
        Some(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
            Fault::of_system(error, "read")
        }
        _ if error.is_parse() => Fault::new(
            "HPE_INVALID_CHUNK_SIZE",
            "Parse Error: Invalid character in chunk size",
        ),
        _ => Fault::new("ECONNRESET", "aborted"),
    }
}

fn io_error(error: &hyper::Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(one) = source {
        if let Some(found) = one.downcast_ref::<io::Error>() {
            return Some(found);
        }
        source = one.source();
    }
    None
}
