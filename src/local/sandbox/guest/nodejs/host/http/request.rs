//! A request as the guest describes it.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Uri};
use serde::Deserialize;

use super::body::Body;
use super::pool::Target;
use crate::local::sandbox::network::{Fault, Network, Refused, Route, Trust};

/// A request as the guest describes it.
#[derive(Debug, Deserialize)]
pub struct Request {
    method: String,
    /// The name or address to connect to.
    pub host: String,
    port: u16,
    /// What stands in the request line.
    path: String,
    /// None for a connection without TLS.
    tls: Option<Trust>,
    headers: Vec<(String, String)>,
    /// Whether a connection is used again, and kept for the next request.
    pub keep: bool,
}

impl Request {
    /// Where the request goes: AWS's names to the local endpoint.
    ///
    /// # Errors
    /// When the policy refuses the host.
    pub fn target(&self, network: &Network) -> Result<Target, Refused> {
        Ok(match network.route(&self.host, self.port)? {
            Route::Direct => Target {
                host: unbracketed(&self.host).to_owned(),
                port: self.port,
                tls: self.tls.clone(),
            },
            Route::Endpoint(endpoint) => Target {
                host: endpoint.host.clone(),
                port: endpoint.port,
                tls: endpoint.tls.then(Trust::default),
            },
        })
    }

    /// The message that is sent, with the headers as they were given: `Host` too.
    ///
    /// # Errors
    /// When something of it cannot be sent.
    pub fn message(&self, body: Body) -> Result<hyper::Request<Body>, Fault> {
        let invalid = |what: &str| Fault::new("ERR_INVALID_ARG_VALUE", what.to_owned());
        let method =
            Method::from_bytes(self.method.as_bytes()).map_err(|_| invalid("no HTTP method"))?;
        if method == Method::CONNECT {
            return Err(Fault::new(
                "ERR_ACCESS_DENIED",
                "Hoist's sandbox opens no tunnels (CONNECT); --process runs the function outside of it",
            ));
        }
        let mut headers = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| invalid(&format!("{name:?} is no name of a header")))?;
            let value = latin1(value)
                .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok())
                .ok_or_else(|| invalid(&format!("the header {name} has characters it cannot")))?;
            headers.append(name, value);
        }
        let mut request = hyper::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri(&self.path).ok_or_else(|| invalid("no path of a request"))?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

/// The request's target. Characters that the parser refuses, but that Node sends, are percent-encoded.
fn uri(path: &str) -> Option<Uri> {
    path.parse().ok().or_else(|| {
        let mut encoded = String::with_capacity(path.len());
        for byte in path.bytes() {
            match byte {
                b'!'..=b'~'
                    if !matches!(
                        byte,
                        b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
                    ) =>
                {
                    encoded.push(char::from(byte));
                }
                _ => encoded.push_str(&format!("%{byte:02X}")),
            }
        }
        encoded.parse().ok()
    })
}

/// The bytes of a text in Latin-1, which is what Node writes headers in.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|one| u8::try_from(u32::from(one)).ok())
        .collect()
}

fn unbracketed(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(host: &str, path: &str, method: &str) -> Request {
        serde_json::from_value(serde_json::json!({
            "method": method, "host": host, "port": 443, "path": path, "tls": {},
            "headers": [["Host", host], ["x", "a\u{e9}"], ["x", "b"]], "keep": true,
        }))
        .unwrap()
    }

    #[test]
    fn names_of_aws_are_sent_to_the_endpoint_with_their_own_host_header() {
        let endpoint = "http://127.0.0.1:4566".parse().unwrap();
        let network = Network::new(Some(endpoint), vec![]);
        let request = request("bucket.s3.amazonaws.com", "/key?x=1", "PUT");
        let target = request.target(&network).unwrap();
        assert_eq!((target.host.as_str(), target.port), ("127.0.0.1", 4566));
        assert!(target.tls.is_none());
        let message = request.message(Body::whole(vec![])).unwrap();
        assert_eq!(message.headers()["host"], "bucket.s3.amazonaws.com");
        assert_eq!(message.uri().to_string(), "/key?x=1");
    }

    #[test]
    fn headers_are_sent_as_latin1_and_in_order() {
        let message = request("a", "/", "GET")
            .message(Body::whole(vec![]))
            .unwrap();
        let values: Vec<_> = message.headers().get_all("x").iter().collect();
        assert_eq!(values[0].as_bytes(), b"a\xe9");
        assert_eq!(values[1].as_bytes(), b"b");
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let fails = |path, method| {
            request("a", path, method)
                .message(Body::whole(vec![]))
                .is_err()
        };
        assert!(fails("/", "CONNECT"));
        assert!(fails("/", "GE T"));
        assert!(!fails("/a|b^c{", "GET"));
        assert!(!fails("http://other/x", "GET"));
        assert!(!fails("*", "OPTIONS"));
    }
}
