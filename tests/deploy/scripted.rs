//! A server that answers as a test says, for what the emulators do not do.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

/// One request: `POST CreateTable` for the JSON protocols, else the method and the address: `PUT /bucket?tagging`.
#[derive(Debug, Clone)]
pub struct Asked {
    pub what: String,
    pub body: String,
}

/// A status and a body.
pub type Reply = (u16, String);

pub struct Scripted {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    pub async fn start(reply: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let seen = Arc::clone(&asked);
        let reply = Arc::new(reply);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, reply) = (Arc::clone(&seen), Arc::clone(&reply));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (seen, reply) = (Arc::clone(&seen), Arc::clone(&reply));
                    async move {
                        let one = read(request).await;
                        let (status, body) = reply(&one);
                        seen.lock().unwrap().push(one);
                        let answer = Response::builder().status(status);
                        let answer = answer.body(Full::new(Bytes::from(body))).unwrap();
                        Ok::<_, Infallible>(answer)
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Scripted { url, asked }
    }

    /// What was asked so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The requests by what they are.
    pub fn whats(&self) -> Vec<String> {
        self.asked().into_iter().map(|one| one.what).collect()
    }
}

async fn read(request: Request<Incoming>) -> Asked {
    let target = request.headers().get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok()?.rsplit_once('.'));
    let what = match target {
        Some((_, operation)) => operation.to_owned(),
        None => {
            let address = request.uri().path_and_query().unwrap().as_str();
            let address = address.replace("/?", "?").replace('&', "?");
            format!("{} {}", request.method(), address.trim_end_matches('?'))
        }
    };
    let body = request.into_body().collect().await.unwrap().to_bytes();
    Asked {
        what,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}
