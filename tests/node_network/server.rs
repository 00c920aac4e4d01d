//! A small HTTP server that does what the cases ask of it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Barrier, Notify};

type Body = BoxBody<Bytes, std::io::Error>;
type Answer = Result<Response<Body>, std::io::Error>;

/// A server on a free port of 127.0.0.1; it ends with the test.
pub struct Server {
    port: u16,
}

#[derive(Default)]
struct Shared {
    connections: AtomicU32,
    barrier: Mutex<HashMap<usize, Arc<Barrier>>>,
    gate: Notify,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared::default());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let _ = stream.set_nodelay(true);
                let number = shared.connections.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let shared = Arc::clone(&shared);
                        async move { answer(request, number, &shared).await }
                    });
                    // A client that breaks off is part of the cases.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .half_close(false)
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Server { port }
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }
}

/// A port where nobody listens.
pub async fn unused_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

async fn answer(request: Request<Incoming>, connection: u32, shared: &Shared) -> Answer {
    let path = request.uri().path().to_owned();
    let query = query(&request);
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
    match path.as_str() {
        _ if path.starts_with("/echo") => echo(request).await,
        "/pipe" => Ok(Response::new(
            request.into_body().map_err(std::io::Error::other).boxed(),
        )),
        "/count" => Ok(text(counted(request).await?.to_string())),
        "/big" => Ok(text(vec![1; number("n").unwrap_or(0)])),
        "/pieces" => Ok(pieces(number("n").unwrap_or(1))),
        "/start" => Ok(started(None)),
        "/half" => Ok(started(Some(100))),
        "/connection" => Ok(text(connection.to_string())),
        "/never" => std::future::pending().await,
        "/wait" => {
            tokio::time::sleep(Duration::from_millis(number("ms").unwrap_or(0) as u64)).await;
            Ok(text("waited"))
        }
        "/hangup" => Err(std::io::Error::other("the server hangs up")),
        "/together" => {
            let barrier = {
                let mut all = shared.barrier.lock().unwrap();
                let many = number("n").unwrap_or(1);
                Arc::clone(
                    all.entry(many)
                        .or_insert_with(|| Arc::new(Barrier::new(many))),
                )
            };
            barrier.wait().await;
            Ok(text(query.get("i").cloned().unwrap_or_default()))
        }
        "/gate" => {
            shared.gate.notified().await;
            Ok(text("through the gate"))
        }
        "/open" => {
            shared.gate.notify_one();
            Ok(text("opened"))
        }
        "/redirect" => redirect(number("status"), query.get("to").map_or("", String::as_str)),
        "/loop" => redirect(None, "/loop"),
        "/status" => status(number("code").unwrap_or(200) as u16),
        "/coded" => Ok(coded(query.get("coding").map_or("", String::as_str))),
        "/headers" => Ok(headers()),
        "/trailers" => Ok(trailers()),
        _ => status(404),
    }
}

fn query(request: &Request<Incoming>) -> HashMap<String, String> {
    form_urlencoded::parse(request.uri().query().unwrap_or("").as_bytes())
        .into_owned()
        .collect()
}

fn text(content: impl Into<Bytes>) -> Response<Body> {
    Response::new(Full::new(content.into()).map_err(never).boxed())
}

fn never(error: Infallible) -> std::io::Error {
    match error {}
}

/// What arrived; of the headers those that do not differ from client to client.
async fn echo(request: Request<Incoming>) -> Answer {
    const TOLD: [&str; 5] = [
        "authorization",
        "content-type",
        "content-length",
        "transfer-encoding",
        "cookie",
    ];
    let (parts, body) = request.into_parts();
    let mut told: std::collections::BTreeMap<String, String> = Default::default();
    for (name, value) in &parts.headers {
        let name = name.as_str();
        if name.starts_with("x-") || TOLD.contains(&name) {
            let value = value.as_bytes().iter().copied().map(char::from);
            let all = told.entry(name.to_owned()).or_default();
            if !all.is_empty() {
                all.push('|');
            }
            all.extend(value);
        }
    }
    let body = body.collect().await.map_err(std::io::Error::other)?;
    let host = parts
        .headers
        .get("host")
        .map(|host| host.to_str().unwrap_or("?"));
    let answer = json!({
        "method": parts.method.as_str(),
        "url": parts.uri.to_string(),
        "host": host.filter(|host| !host.starts_with("127.0.0.1") && !host.starts_with("localhost")),
        "headers": told,
        "body": String::from_utf8_lossy(&body.to_bytes()),
    });
    let mut response = text(answer.to_string());
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    Ok(response)
}

async fn counted(request: Request<Incoming>) -> Result<usize, std::io::Error> {
    let mut body = request.into_body();
    let mut count = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(std::io::Error::other)?;
        count += frame.data_ref().map_or(0, Bytes::len);
    }
    Ok(count)
}

type Piece = Result<Frame<Bytes>, std::io::Error>;

/// A body that another task writes.
struct Written(tokio::sync::mpsc::Receiver<Piece>);

impl hyper::body::Body for Written {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        self.0.poll_recv(context)
    }
}

fn written() -> (tokio::sync::mpsc::Sender<Piece>, Body) {
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    (sender, Written(receiver).boxed())
}

/// Pieces that arrive one by one.
fn pieces(count: usize) -> Response<Body> {
    let (sender, body) = written();
    tokio::spawn(async move {
        for index in 0..count {
            let piece = Frame::data(Bytes::from(format!("piece {index}")));
            if sender.send(Ok(piece)).await.is_err() {
                return;
            }
            // Two pieces at once could arrive as one.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    Response::new(body)
}

/// A body that begins and does not end, or breaks off before its length is reached.
fn started(length: Option<usize>) -> Response<Body> {
    let (sender, body) = written();
    let breaks = length.is_some();
    tokio::spawn(async move {
        let _ = sender.send(Ok(Frame::data(Bytes::from("half")))).await;
        if breaks {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let _ = sender.send(Err(std::io::Error::other("broken off"))).await;
        } else {
            sender.closed().await;
        }
    });
    let mut response = Response::new(body);
    if let Some(length) = length {
        response
            .headers_mut()
            .insert("content-length", length.into());
    }
    response
}

fn redirect(status: Option<usize>, to: &str) -> Answer {
    let mut response = text("");
    *response.status_mut() = StatusCode::from_u16(status.unwrap_or(302) as u16).unwrap();
    let to = HeaderValue::from_str(to).map_err(std::io::Error::other)?;
    response.headers_mut().insert("location", to);
    Ok(response)
}

fn status(code: u16) -> Answer {
    let mut response = text(if code == 204 { "" } else { "text" });
    *response.status_mut() = StatusCode::from_u16(code).map_err(std::io::Error::other)?;
    Ok(response)
}

fn coded(coding: &str) -> Response<Body> {
    use std::io::Write as _;
    let plain = "hello world, ".repeat(2000).into_bytes();
    let level = flate2::Compression::default();
    let content = match coding {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(&plain).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(&plain).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 22);
            encoder.write_all(&plain).unwrap();
            encoder.into_inner()
        }
        _ => plain,
    };
    let mut response = text(content);
    let named = if coding == "broken" { "gzip" } else { coding };
    if named != "identity" {
        let value = HeaderValue::from_str(named).unwrap();
        response.headers_mut().insert("content-encoding", value);
    }
    response
}

fn headers() -> Response<Body> {
    let mut response = text("x");
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-twice", "1"),
        ("set-cookie", "a=1; Path=/"),
        ("x-twice", "2"),
        ("set-cookie", "b=2"),
        ("content-type", "text/plain"),
        ("content-type", "text/html"),
        ("vary", "a"),
        ("vary", "b"),
        ("etag", "\"one\""),
        ("x-empty", ""),
    ] {
        headers.append(name, HeaderValue::from_static(value));
    }
    let latin = HeaderValue::from_bytes(b"caf\xe9").unwrap();
    headers.append("x-latin", latin);
    response
}

fn trailers() -> Response<Body> {
    let (sender, body) = written();
    tokio::spawn(async move {
        let _ = sender.send(Ok(Frame::data(Bytes::from("body")))).await;
        let mut trailers = HeaderMap::new();
        trailers.append("x-sum", HeaderValue::from_static("1"));
        trailers.append("x-sum", HeaderValue::from_static("2"));
        let _ = sender.send(Ok(Frame::trailers(trailers))).await;
    });
    let mut response = Response::new(body);
    let named = HeaderValue::from_static("x-sum");
    response.headers_mut().insert("trailer", named);
    response
}
