//! A call to AWS as the proxy sees it: which operation of which service, and on what.

use std::time::{Duration, Instant};

use hyper::HeaderMap;
use serde_json::Value;

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// As the signature names it: `lambda`.
    pub service: String,
    /// `CreateFunction`; of S3 the method.
    pub operation: String,
    /// The name, URL or number of what it is about, as far as the request says it.
    pub subject: String,
    /// When it came.
    pub begun: Instant,
    /// How long the answer took.
    pub took: Duration,
}

impl Call {
    /// Reads a request.
    pub fn read(method: &str, path: &str, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // Credential=KEY/DATE/REGION/SERVICE/aws4_request
        let service = text("authorization")
            .and_then(|signature| signature.split('/').nth(3))
            .unwrap_or_default()
            .to_owned();
        let (operation, subject) = match text("x-amz-target") {
            Some(target) => json(target, body),
            None => match service.as_str() {
                "lambda" => lambda(method, path, body),
                "apigateway" => (http_api(method, path), path.to_owned()),
                "s3" => s3(method, path),
                _ => query(body),
            },
        };
        Call {
            service,
            operation,
            subject,
            begun: Instant::now(),
            took: Duration::ZERO,
        }
    }

    /// Whether code is sent with it.
    pub fn is_upload(&self) -> bool {
        matches!(
            self.operation.as_str(),
            "CreateFunction" | "UpdateFunctionCode" | "PublishLayerVersion"
        ) || self.service == "s3" && self.operation == "PUT" && self.subject.contains("/artifact/")
    }
}

fn last(path: &str) -> &str {
    let path = path.split('?').next().unwrap_or(path);
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path)
}

fn json(target: &str, body: &[u8]) -> (String, String) {
    let operation = target.rsplit('.').next().unwrap_or(target).to_owned();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let names = ["TableName", "ResourceArn", "QueueName", "QueueUrl"];
    let subject = names.iter().find_map(|name| body[*name].as_str());
    (operation, last(subject.unwrap_or_default()).to_owned())
}

/// Operations are told by what the path ends with. Source: Lambda API reference.
fn lambda(method: &str, path: &str, body: &[u8]) -> (String, String) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let path = path.split('?').next().unwrap_or(path);
    let parts: Vec<&str> = path.trim_matches('/').split('/').skip(1).collect();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match (method, parts.as_slice()) {
        ("POST", ["functions"]) => ("CreateFunction".into(), text("FunctionName")),
        ("PUT", ["functions", name, "code"]) => ("UpdateFunctionCode".into(), (*name).into()),
        ("POST", ["functions", _, "policy"]) => ("AddPermission".into(), text("StatementId")),
        ("POST", ["event-source-mappings"]) => {
            ("CreateEventSourceMapping".into(), "mapping".into())
        }
        (_, ["event-source-mappings", ..]) => ("GetEventSourceMapping".into(), "mapping".into()),
        ("GET", ["functions", name, ..]) => ("GetFunctionConfiguration".into(), (*name).into()),
        (_, ["functions", name, rest @ ..]) => {
            (format!("{method} {}", rest.join("/")), (*name).into())
        }
        _ => (format!("{method} {path}"), String::new()),
    }
}

/// The calls that stand for an import, where there is none, are all called the same.
fn http_api(method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let parts: Vec<&str> = path.trim_matches('/').split('/').skip(1).collect();
    let name = match (method, parts.as_slice()) {
        ("POST", ["apis"]) => "CreateApi",
        ("PUT", ["apis", _]) => "ReimportApi",
        ("GET", ["apis", _]) => "GetApi",
        ("POST", [_, _, "stages"]) => "CreateStage",
        (_, ["apis", ..]) => "emulated",
        _ => return format!("{method} {}", last(path)),
    };
    name.to_owned()
}

/// The bucket, or bucket and key.
fn s3(method: &str, path: &str) -> (String, String) {
    let path = path.split('?').next().unwrap_or(path).trim_matches('/');
    let operation = match (method, path.contains('/')) {
        ("PUT", false) => "CreateBucket",
        _ => method,
    };
    (operation.into(), path.to_owned())
}

fn query(body: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(body);
    let of = |name: &str| {
        text.split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
            .unwrap_or_default()
            .to_owned()
    };
    (of("Action"), of("RoleName"))
}
