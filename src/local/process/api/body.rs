//! Reading what a runtime posts.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use serde_json::json;

use super::state::Refusal;

/// The header and trailer that name an error's type.
pub const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
/// The trailer with an error's payload, in base64, at the end of a streamed answer.
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

/// What is read at most of a body that is too large: a client that is cut off would see a broken connection instead of
/// the refusal. Source: Lambda quotas, streamed answers of 200 MB.
const MAX_DISCARDED: usize = 200 << 20;

/// A body that was read to its end.
pub struct Body {
    /// Its bytes.
    pub bytes: Bytes,
    /// The error that a streamed answer ended with.
    pub error: Option<String>,
}

/// Why a body was not read.
pub enum Unread {
    /// It is larger than `limit`.
    TooLarge,
    /// It ended too early.
    Truncated,
}

/// Reads a body of up to `limit` bytes.
///
/// # Errors
/// When it is larger, or ends too early.
pub async fn read(mut body: Incoming, limit: usize) -> Result<Body, Unread> {
    let mut bytes = BytesMut::new();
    let mut size = 0;
    let mut error = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Truncated)?;
        match frame.into_data() {
            Ok(data) => {
                size += data.len();
                if size <= limit {
                    bytes.extend_from_slice(&data);
                } else if size > MAX_DISCARDED {
                    break;
                }
            }
            Err(frame) => error = frame.trailers_ref().and_then(streamed_error),
        }
    }
    if size > limit {
        return Err(Unread::TooLarge);
    }
    Ok(Body {
        bytes: bytes.freeze(),
        error,
    })
}

/// The error in the trailers of a streamed answer.
fn streamed_error(trailers: &HeaderMap) -> Option<String> {
    let error_type = trailers.get(ERROR_TYPE).and_then(|one| one.to_str().ok());
    let payload = trailers
        .get(ERROR_BODY)
        .and_then(|body| BASE64_STANDARD.decode(body).ok());
    if error_type.is_none() && payload.is_none() {
        return None;
    }
    Some(error_payload(&payload.unwrap_or_default(), error_type))
}

/// The payload of an error: what the runtime posted. One that posts nothing has only the type from its header.
pub fn error_payload(body: &[u8], error_type: Option<&str>) -> String {
    if !body.is_empty() {
        return String::from_utf8_lossy(body).into_owned();
    }
    json!({"errorType": error_type.unwrap_or("Runtime.Unknown"), "errorMessage": ""}).to_string()
}

impl Unread {
    /// What the runtime is told.
    pub fn refusal(&self, limit: usize) -> Refusal {
        match self {
            Unread::TooLarge => Refusal::too_large(limit),
            Unread::Truncated => Refusal::truncated(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_without_a_body_has_the_type_of_its_header() {
        assert_eq!(
            error_payload(b"", Some("Runtime.Custom")),
            r#"{"errorType":"Runtime.Custom","errorMessage":""}"#
        );
        assert_eq!(error_payload(b"text", None), "text");
    }

    #[test]
    fn trailers_without_an_error_are_none() {
        assert_eq!(streamed_error(&HeaderMap::new()), None);
        let mut trailers = HeaderMap::new();
        trailers.insert(ERROR_TYPE, "Error".parse().unwrap());
        trailers.insert(ERROR_BODY, "e30=".parse().unwrap());
        assert_eq!(streamed_error(&trailers).unwrap(), "{}");
    }
}
