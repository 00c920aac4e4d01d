//! A server that stands in for AWS: it writes every call down and answers as the test says.
//!
//! What the test does not answer gets the least that the service could say ([`answer::usual`]), so that the code goes on.
//!
//! ```ignore
//! let recorder = Recorder::start(|call| match call.operation.as_str() {
//!     "GetQueueUrl" => Some(Answer::fault(call, 400, "QueueDoesNotExist", "no such queue")),
//!     "GET /2015-03-31/functions/f" => Some(Answer::json(json!({ "Configuration": { "State": "Active" } }))),
//!     "DescribeTable" if call.json()["TableName"] == "t" => Some(Answer::json(json!({ "Table": {} }))),
//!     _ => None,
//! });
//! let sqs = Sqs::new(&cloud(&recorder.url()));
//! sqs.create(&wanted).await.unwrap();
//! let calls = recorder.take();
//! assert_eq!(calls[0].operation, "CreateQueue");
//! assert_eq!(calls[0].json()["Attributes"]["DelaySeconds"], "5");
//! ```

#[path = "record/answer.rs"]
pub mod answer;
#[path = "record/essence.rs"]
pub mod essence;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

pub use answer::Answer;

/// One request of the SDK.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// What the request is signed for: `sqs`, `lambda`, `states`.
    pub service: String,
    /// Where it is signed for: `eu-central-1`.
    pub region: String,
    /// `CreateQueue`; for REST services the method and the path: `PUT /2015-03-31/functions/f/code`.
    pub operation: String,
    /// `PUT`.
    pub method: String,
    /// As it was sent, without the query.
    pub path: String,
    /// Decoded, in the order it was sent.
    pub query: Vec<(String, String)>,
    /// With names in lower case.
    pub headers: Vec<(String, String)>,
    /// As it was sent.
    pub body: Vec<u8>,
}

impl Call {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The parameters of a call in the query protocol, which are its body: `Action`, `Attributes.entry.1.key`.
    pub fn form(&self) -> Vec<(String, String)> {
        pairs(&self.body)
    }

    /// A parameter of the query protocol, or of the address.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut all = self.query.iter().cloned().chain(self.form());
        all.find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut all = self.headers.iter();
        all.find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the address has this name in its query, with or without a value: S3's `?policy`.
    pub fn asks(&self, name: &str) -> bool {
        self.query.iter().any(|(key, _)| key == name)
    }

    async fn read(request: Request<Incoming>) -> Self {
        let (head, body) = request.into_parts();
        let body = body
            .collect()
            .await
            .map_or_else(|_| Vec::new(), |body| body.to_bytes().to_vec());
        let headers: Vec<(String, String)> = head
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect();
        let mut call = Call {
            service: String::new(),
            region: String::new(),
            operation: String::new(),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers,
            body,
        };
        call.service = call.signed_for(3).unwrap_or_default();
        call.region = call.signed_for(2).unwrap_or_default();
        call.operation = call.asked_for();
        call
    }

    /// `Credential=KEY/20261121/eu-central-1/sqs/aws4_request, …`
    fn signed_for(&self, part: usize) -> Option<String> {
        let (_, scope) = self.header("authorization")?.split_once("Credential=")?;
        scope.split('/').nth(part).map(str::to_owned)
    }

    fn asked_for(&self) -> String {
        if let Some((_, operation)) = self
            .header("x-amz-target")
            .and_then(|target| target.rsplit_once('.'))
        {
            return operation.to_owned();
        }
        // Smithy's own protocol: `/service/CloudWatch/operation/DescribeAlarms`.
        if let Some((_, operation)) = self.path.split_once("/operation/") {
            return operation.to_owned();
        }
        self.parameter("Action")
            .filter(|_| self.path == "/")
            .unwrap_or_else(|| format!("{} {}", self.method, self.path))
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

type Answerer = Box<dyn Fn(&Call) -> Option<Answer> + Send + Sync>;

struct Shared {
    calls: Mutex<Vec<Call>>,
    answer: Answerer,
}

/// The server; it ends with the value.
pub struct Recorder {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl Recorder {
    /// Starts the server on a free port. `answer` says what a call gets; None means the usual.
    pub fn start(answer: impl Fn(&Call) -> Option<Answer> + Send + Sync + 'static) -> Self {
        // With a thread of its own it answers in every kind of test, also where time stands still.
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            calls: Mutex::default(),
            answer: Box::new(answer),
        });
        runtime.spawn(serve(listener, Arc::clone(&shared)));
        Recorder {
            address,
            shared,
            runtime: Some(runtime),
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The calls since the start, or since they were last taken.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.shared.calls.lock().unwrap())
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let listener = TcpListener::from_std(listener).unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        let service = service_fn(move |request| respond(Arc::clone(&shared), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let call = Call::read(request).await;
    let answer = (shared.answer)(&call).unwrap_or_else(|| answer::usual(&call));
    shared.calls.lock().unwrap().push(call);
    if answer.status == 0 {
        std::future::pending::<()>().await;
    }
    let mut response = Response::new(Full::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap();
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use hoist::deploy::provider::{Iam, Provider, Sqs};
    use serde_json::json;

    use super::*;
    use crate::cloud::{cloud, sought, wanted};

    #[tokio::test]
    async fn calls_are_written_down_and_answered_as_the_test_says_or_as_usual() {
        let recorder = Recorder::start(|call| match call.operation.as_str() {
            "GetQueueUrl" => Some(Answer::fault(call, 400, "QueueDoesNotExist", "no")),
            _ => None,
        });
        let sqs = Sqs::new(&cloud(&recorder.url()));
        let queue = wanted(&sqs, "AWS::SQS::Queue", "Q", json!({"DelaySeconds": 5}));
        let made = sqs.create(&queue).await.unwrap();
        assert!(made.reference.starts_with("http"), "{made:?}");
        let calls = recorder.take();
        let operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(operations, ["CreateQueue", "GetQueueAttributes"]);
        assert_eq!(calls[0].service, "sqs");
        assert_eq!(calls[0].json()["Attributes"]["DelaySeconds"], "5");
        assert_eq!(sqs.find(&sought(&queue)).await.unwrap(), None);
        assert_eq!(recorder.take().len(), 1, "what was taken is gone");

        let iam = Iam::new(&cloud(&recorder.url()));
        let role = json!({"AssumeRolePolicyDocument": {}, "Description": "a & b"});
        iam.create(&wanted(&iam, "AWS::IAM::Role", "R", role))
            .await
            .unwrap();
        let calls = recorder.take();
        assert_eq!(calls[0].operation, "CreateRole");
        assert_eq!(calls[0].parameter("Description").unwrap(), "a & b");
    }
}
