//! Components with `wasi:http/incoming-handler`: the event becomes a request, the response an answer.

use std::convert::Infallible;

use anyhow::{Context, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use serde_json::{Map, Value, json};
use wasmtime::component::InstancePre;
use wasmtime::{Engine, Store};
use wasmtime_wasi_http::p2::WasiHttpView;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::bindings::{Proxy, ProxyPre};

use super::super::super::function::{Function, Invocation};
use super::super::super::limits::Limits;
use super::super::super::log::Log;
use super::super::super::outcome::{Failure, Outcome};
use super::super::super::state::State;
use super::stream::LogStream;
use super::{Folders, wasi};

/// A compiled HTTP component.
#[derive(Clone)]
pub struct HttpProgram {
    pre: ProxyPre<State>,
}

/// One environment of an HTTP component: its globals stay for the next invocation.
pub struct HttpInstance {
    store: Store<State>,
    proxy: Proxy,
}

impl HttpProgram {
    pub(super) fn new(pre: InstancePre<State>) -> wasmtime::Result<Self> {
        Ok(HttpProgram {
            pre: ProxyPre::new(pre)?,
        })
    }

    /// A new environment.
    ///
    /// # Errors
    /// When it does not fit into the function's memory or its start code traps.
    pub async fn instance(
        &self,
        engine: &Engine,
        function: &Function,
        folders: &Folders,
        log: Log,
    ) -> wasmtime::Result<HttpInstance> {
        let mut wasi = wasi(function, folders)?;
        wasi.stdout(LogStream::new(log.clone()))
            .stderr(LogStream::new(log));
        let state = State::new(wasi.build(), Limits::new(function.memory_mb), None);
        let mut store = super::super::store(engine, state);
        let proxy = self.pre.instantiate_async(&mut store).await?;
        Ok(HttpInstance { store, proxy })
    }
}

impl HttpInstance {
    /// Hands the request that the event describes to the component.
    ///
    /// # Errors
    /// When the event is not of an HTTP API, a REST API or a function URL, or the guest ends.
    pub async fn invoke(&mut self, invocation: &Invocation) -> Result<Outcome, Failure> {
        let (request, shape) = request(&invocation.event).map_err(|error| {
            let payload = json!({
                "errorType": "Runtime.UnmarshalError",
                "errorMessage": format!("{error:#}"),
            });
            Failure::of_function(payload.to_string())
        })?;
        self.call(request)
            .await
            .map_err(|error| super::super::failure(&error, &invocation.request_id))
            .map(|response| Outcome::Answer(answer(&response, shape).to_string().into_bytes()))
    }

    /// The most memory used so far, in MB.
    pub fn peak_memory_mb(&self) -> u32 {
        self.store.data().limits.peak_mb()
    }

    async fn call(
        &mut self,
        request: hyper::Request<Full<Bytes>>,
    ) -> wasmtime::Result<hyper::Response<Bytes>> {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let request = request.map(|body| body.map_err(|never: Infallible| match never {}));
        let mut view = self.store.data_mut().http();
        let request = view.new_incoming_request(Scheme::Http, request.map(BoxedBody))?;
        let response = view.new_response_outparam(sender)?;
        // The body is read while the component still writes it: it may wait for the reader.
        let collect = async {
            match receiver.await {
                Ok(Ok(response)) => {
                    let (parts, body) = response.into_parts();
                    let body = body.collect().await.map_err(|error| anyhow!("{error}"))?;
                    Ok(hyper::Response::from_parts(parts, body.to_bytes()))
                }
                Ok(Err(code)) => Err(anyhow!("the component answered with an error: {code}")),
                Err(_) => Err(anyhow!("the component gave no response")),
            }
        };
        let handle =
            self.proxy
                .wasi_http_incoming_handler()
                .call_handle(&mut self.store, request, response);
        let (handled, response) = tokio::join!(handle, collect);
        handled?;
        response.map_err(wasmtime::Error::from_anyhow)
    }
}

/// A request body that cannot fail, with the error type that WASI wants.
struct BoxedBody<B>(B);

impl<B> hyper::body::Body for BoxedBody<B>
where
    B: hyper::body::Body<Data = Bytes, Error = Infallible> + Unpin,
{
    type Data = Bytes;
    type Error = ErrorCode;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, ErrorCode>>> {
        std::pin::Pin::new(&mut self.0)
            .poll_frame(context)
            .map_err(|never| match never {})
    }
}

/// Which of API Gateway's formats the event has, and so the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// REST APIs: payload 1.0.
    V1,
    /// HTTP APIs and function URLs: payload 2.0.
    V2,
}

/// The HTTP request an event stands for.
fn request(event: &str) -> anyhow::Result<(hyper::Request<Full<Bytes>>, Shape)> {
    let event: Value = serde_json::from_str(event).context("the event is not JSON")?;
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let (shape, method, path, query) = if let Some(method) = text("/requestContext/http/method") {
        let path = text("/rawPath").unwrap_or("/").to_owned();
        let query = text("/rawQueryString").unwrap_or_default().to_owned();
        (Shape::V2, method, path, query)
    } else if let Some(method) = text("/httpMethod") {
        let path = text("/path").unwrap_or("/").to_owned();
        (Shape::V1, method, path, query_v1(&event))
    } else {
        bail!(
            "the event is not an HTTP request: a wasi:http component takes events of an HTTP API, a REST API or a function URL"
        );
    };
    let target = if query.is_empty() {
        path
    } else {
        format!("{path}?{query}")
    };
    let mut builder = hyper::Request::builder().method(method).uri(target);
    for (name, value) in headers(&event) {
        builder = builder.header(name, value);
    }
    let body = text("/body").unwrap_or_default();
    let body = if event["isBase64Encoded"].as_bool() == Some(true) {
        Bytes::from(STANDARD.decode(body).context("the body is not base64")?)
    } else {
        Bytes::from(body.to_owned())
    };
    let request = builder
        .body(Full::new(body))
        .context("the event is not a valid HTTP request")?;
    Ok((request, shape))
}

/// Header names and values, several values of one name each on its own; cookies joined again.
fn headers(event: &Value) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    if let Some(multi) = event["multiValueHeaders"].as_object() {
        for (name, values) in multi {
            for value in values.as_array().into_iter().flatten() {
                headers.extend(value.as_str().map(|value| (name.clone(), value.to_owned())));
            }
        }
    } else if let Some(single) = event["headers"].as_object() {
        for (name, value) in single {
            headers.extend(value.as_str().map(|value| (name.clone(), value.to_owned())));
        }
    }
    if let Some(cookies) = event["cookies"].as_array() {
        let cookies: Vec<_> = cookies.iter().filter_map(Value::as_str).collect();
        if !cookies.is_empty() && !headers.iter().any(|(name, _)| name == "cookie") {
            headers.push(("cookie".into(), cookies.join("; ")));
        }
    }
    // A request must name its host; events made by hand often leave it out.
    if !headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"))
    {
        headers.push(("host".into(), "localhost".into()));
    }
    headers
}

/// Payload 1.0 has no raw query string; its parameters are decoded.
fn query_v1(event: &Value) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    if let Some(multi) = event["multiValueQueryStringParameters"].as_object() {
        for (name, values) in multi {
            for value in values
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                pairs.append_pair(name, value);
            }
        }
    } else if let Some(single) = event["queryStringParameters"].as_object() {
        for (name, value) in single {
            pairs.append_pair(name, value.as_str().unwrap_or_default());
        }
    }
    pairs.finish()
}

/// The answer API Gateway reads as this response.
fn answer(response: &hyper::Response<Bytes>, shape: Shape) -> Value {
    let mut single = Map::new();
    let mut multi: Map<String, Value> = Map::new();
    let mut cookies = Vec::new();
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if shape == Shape::V2 && name == hyper::header::SET_COOKIE {
            cookies.push(value);
            continue;
        }
        let values = multi.entry(name.as_str()).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.push(json!(value));
        }
        let joined = match single.get(name.as_str()).and_then(Value::as_str) {
            Some(earlier) => format!("{earlier},{value}"),
            None => value,
        };
        single.insert(name.as_str().to_owned(), json!(joined));
    }
    let (body, encoded) = match std::str::from_utf8(response.body()) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (STANDARD.encode(response.body()), true),
    };
    let mut answer = json!({
        "statusCode": response.status().as_u16(),
        "headers": single,
        "body": body,
        "isBase64Encoded": encoded,
    });
    match shape {
        Shape::V1 => answer["multiValueHeaders"] = Value::Object(multi),
        Shape::V2 if !cookies.is_empty() => answer["cookies"] = json!(cookies),
        Shape::V2 => (),
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_2_event_becomes_its_request() {
        let event = json!({
            "version": "2.0",
            "rawPath": "/orders/7",
            "rawQueryString": "a=1&b=%20",
            "headers": {"content-type": "text/plain"},
            "cookies": ["x=1", "y=2"],
            "requestContext": {"http": {"method": "POST"}},
            "body": "aGk=",
            "isBase64Encoded": true,
        });
        let (request, shape) = request(&event.to_string()).unwrap();
        assert_eq!(shape, Shape::V2);
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "/orders/7?a=1&b=%20");
        assert_eq!(request.headers()["cookie"], "x=1; y=2");
        assert_eq!(request.headers()["host"], "localhost");
    }

    #[test]
    fn a_payload_1_event_becomes_its_request() {
        let event = json!({
            "httpMethod": "GET",
            "path": "/x",
            "multiValueQueryStringParameters": {"q": ["a b", "c"]},
            "multiValueHeaders": {"Accept": ["a", "b"]},
            "body": null,
        });
        let (request, shape) = request(&event.to_string()).unwrap();
        assert_eq!(shape, Shape::V1);
        assert_eq!(request.uri(), "/x?q=a+b&q=c");
        assert_eq!(request.headers().get_all("accept").iter().count(), 2);
    }

    #[test]
    fn an_event_that_is_no_request_is_refused() {
        let error = request(r#"{"Records":[]}"#).unwrap_err().to_string();
        assert!(error.contains("not an HTTP request"), "{error}");
    }

    #[test]
    fn cookies_and_bytes_come_out_as_payload_2_wants_them() {
        let response = hyper::Response::builder()
            .status(201)
            .header("set-cookie", "a=1")
            .header("x-a", "1")
            .header("x-a", "2")
            .body(Bytes::from_static(&[0xff, 0xfe]))
            .unwrap();
        assert_eq!(
            answer(&response, Shape::V2),
            json!({"statusCode": 201, "headers": {"x-a": "1,2"}, "body": "//4=", "isBase64Encoded": true, "cookies": ["a=1"]})
        );
    }
}
