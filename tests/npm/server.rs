//! The server that cases talk to: it tells what it was asked.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION, SET_COOKIE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Starts it on a port of its own, for as long as the test's runtime lives.
pub async fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection =
                http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
            // A client that goes away is no fault of the server.
            tokio::spawn(async move { drop(connection.await) });
        }
    });
    address
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes());
    let body = body.unwrap_or_default();
    let path = head.uri.path().to_owned();
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let (first, rest) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let number = rest.parse::<u16>().unwrap_or(200);
    let target = head.headers.get("x-amz-target");
    let response = Response::builder();
    let response = match (target.and_then(|name| name.to_str().ok()), first) {
        (Some(target), _) => aws(target, &body),
        (None, "status") => response
            .status(number)
            .header(CONTENT_TYPE, "application/json")
            .body(format!("{{\"status\":{number}}}").into()),
        (None, "redirect") => {
            let next = match number {
                0 | 1 => "/echo?redirected=yes".to_owned(),
                more => format!("/redirect/{}", more - 1),
            };
            response
                .status(302)
                .header(LOCATION, next)
                .body(Full::default())
        }
        (None, "gzip") => response
            .header(CONTENT_ENCODING, "gzip")
            .header(CONTENT_TYPE, "application/json")
            .body(gzipped(br#"{"compressed":true}"#).into()),
        (None, "bytes") => {
            let bytes: Vec<u8> = (0..usize::from(number)).map(|at| at as u8).collect();
            response
                .header(CONTENT_TYPE, "application/octet-stream")
                .body(bytes.into())
        }
        (None, "text") => response
            .header(CONTENT_TYPE, "text/plain; charset=utf-8")
            .header(SET_COOKIE, "a=1; Path=/")
            .header(SET_COOKIE, "b=2")
            .body("grüße 😀".into()),
        (None, "never") => std::future::pending().await,
        _ => response
            .header(CONTENT_TYPE, "application/json")
            .body(told(&head, &body).to_string().into()),
    };
    Ok(response.unwrap())
}

/// What was asked, but for headers that name a version or an address.
fn told(head: &hyper::http::request::Parts, body: &[u8]) -> Value {
    let hidden = [
        "host",
        "user-agent",
        "connection",
        "accept-encoding",
        "accept-language",
        "sec-fetch-mode",
    ];
    let headers: BTreeMap<String, String> = head
        .headers
        .iter()
        .filter(|(name, _)| !hidden.contains(&name.as_str()))
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect();
    json!({
        "method": head.method.as_str(),
        "path": head.uri.path(),
        "query": head.uri.query(),
        "headers": headers,
        "body": String::from_utf8_lossy(body),
    })
}

fn gzipped(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// As much of AWS's JSON services as the cases ask for, in their formats.
fn aws(target: &str, body: &[u8]) -> hyper::http::Result<Response<Full<Bytes>>> {
    let asked: Value = serde_json::from_slice(body).unwrap_or_default();
    let name = asked["Name"].as_str().unwrap_or_default();
    let parameter = |name: &str, value: &str| json!({ "Name": name, "Type": "String", "Value": value, "Version": 1, "LastModifiedDate": 1700000000.5 });
    let (status, answer) = match target {
        "AmazonSSM.GetParameter" if name.contains("missing") => (
            400,
            json!({ "__type": "ParameterNotFound", "message": format!("{name} was not found") }),
        ),
        "AmazonSSM.GetParameter" => (
            200,
            json!({ "Parameter": parameter(name, &format!("{{\"decrypted\":{}}}", asked["WithDecryption"])) }),
        ),
        "AmazonSSM.GetParametersByPath" if asked["NextToken"].is_null() => (
            200,
            json!({ "Parameters": [parameter("/app/a", "1")], "NextToken": "more" }),
        ),
        "AmazonSSM.GetParametersByPath" => {
            (200, json!({ "Parameters": [parameter("/app/b/c", "2")] }))
        }
        "secretsmanager.GetSecretValue" => (
            200,
            json!({ "ARN": "arn", "Name": asked["SecretId"], "SecretString": "{\"user\":\"ada\"}", "VersionId": "v", "CreatedDate": 1700000000 }),
        ),
        "DynamoDB_20120810.GetItem" => (
            200,
            json!({ "Item": { "id": asked["Key"]["id"], "value": { "S": "from the table" }, "count": { "N": "12" }, "tags": { "SS": ["a", "b"] }, "deep": { "M": { "list": { "L": [{ "BOOL": true }, { "NULL": true }] }, "bytes": { "B": "aGk=" } } } } }),
        ),
        _ => (
            400,
            json!({ "__type": "com.amazon.coral.service#UnknownOperationException", "message": target }),
        ),
    };
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/x-amz-json-1.1")
        .header("x-amzn-requestid", "00000000-0000-4000-8000-000000000000")
        .body(answer.to_string().into())
}
