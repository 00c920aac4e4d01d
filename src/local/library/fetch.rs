//! Asking registries over HTTP.

use std::io::Read;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING};
use reqwest::{Client, StatusCode, Url, redirect};

/// How long a server may take to be reached, and to go on sending.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// The waits before the second, third, … attempt after a failure that may pass.
const RETRIES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];

/// Redirections followed for one address.
const MOST_REDIRECTS: usize = 5;

/// A registry gave no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not an address of the web.
    #[error("`{0}` is no http:// or https:// address")]
    Address(String),
    /// No connection can be made from here at all.
    #[error("cannot make connections: {0}")]
    Client(String),
    /// No connection, or one that broke.
    #[error("cannot reach {url}: {why}")]
    Unreachable {
        /// Without credentials.
        url: String,
        /// What the system or the other side said.
        why: String,
    },
    /// An HTTP status other than success.
    #[error("{url} answers {status}")]
    Status {
        /// Without credentials.
        url: String,
        /// `404 Not Found`.
        status: StatusCode,
    },
    /// More bytes than such an answer has.
    #[error("{url} sends more than {limit_mb} MB")]
    TooLarge {
        /// Without credentials.
        url: String,
        /// The limit.
        limit_mb: u64,
    },
    /// Bytes that are not what they are said to be.
    #[error("{url} sends a damaged answer: {why}")]
    Damaged {
        /// Without credentials.
        url: String,
        /// What is wrong.
        why: String,
    },
}

impl FetchError {
    /// What to do next.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            FetchError::Address(_) => "mend NPM_CONFIG_REGISTRY or PIP_INDEX_URL, or unset it",
            FetchError::Client(_) | FetchError::Unreachable { .. } => {
                "check the connection; behind a proxy set HTTPS_PROXY, for a registry of your own \
                 NPM_CONFIG_REGISTRY or PIP_INDEX_URL"
            }
            FetchError::Status { status, .. } => match status.as_u16() {
                404 | 410 => "check the package's name and version; the registry does not know it",
                401 | 403 | 407 => {
                    "the registry wants credentials, which Hoist itself does not read: install npm, uv \
                     or pip, which do"
                }
                _ => "try again later: the registry has trouble",
            },
            FetchError::TooLarge { .. } | FetchError::Damaged { .. } => {
                "check that the address is a registry's, and try again"
            }
        }
        .to_owned()
    }

    /// Whether the registry says that it has no such thing.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, FetchError::Status { status, .. } if status.as_u16() == 404)
    }

    fn may_pass(&self) -> bool {
        match self {
            FetchError::Unreachable { .. } => true,
            FetchError::Status { status, .. } => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
            _ => false,
        }
    }
}

/// Connections to registries. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Web {
    client: Client,
}

impl Web {
    /// Connections through the system's proxy, if it has one.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn new() -> Result<Self, FetchError> {
        let secure = redirect::Policy::custom(|attempt| {
            let left = attempt.previous().last().map(|url| url.scheme().to_owned());
            if attempt.previous().len() > MOST_REDIRECTS {
                attempt.error("too many redirections")
            } else if left.as_deref() == Some("https") && attempt.url().scheme() != "https" {
                attempt.error("it redirects to an address without encryption")
            } else {
                attempt.follow()
            }
        });
        let client = Client::builder()
            .user_agent(concat!("hoist/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(secure)
            .build()
            .map_err(|error| FetchError::Client(causes(&error)))?;
        Ok(Web { client })
    }

    /// The body behind `url`, at most `limit_mb`. Trouble that may pass is tried again.
    ///
    /// # Errors
    /// When there is no answer, or one that is no success.
    pub async fn get(&self, url: &Url, accept: &str, limit_mb: u64) -> Result<Vec<u8>, FetchError> {
        for wait in RETRIES {
            match self.once(url, accept, limit_mb).await {
                Err(error) if error.may_pass() => tokio::time::sleep(wait).await,
                ended => return ended,
            }
        }
        self.once(url, accept, limit_mb).await
    }

    async fn once(&self, url: &Url, accept: &str, limit_mb: u64) -> Result<Vec<u8>, FetchError> {
        let unreachable = |error: reqwest::Error| FetchError::Unreachable {
            url: shown(url),
            why: causes(&error.without_url()),
        };
        let request = self.client.get(url.clone());
        let mut response = request
            .header(ACCEPT, accept)
            .header(ACCEPT_ENCODING, "gzip")
            .send()
            .await
            .map_err(unreachable)?;
        let status = response.status();
        if !status.is_success() {
            return Err(FetchError::Status {
                url: shown(url),
                status,
            });
        }
        let zipped = response
            .headers()
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| encoding == "gzip");
        let too_large = || FetchError::TooLarge {
            url: shown(url),
            limit_mb,
        };
        let limit = limit_mb << 20;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        if !zipped {
            return Ok(body);
        }
        let mut plain = Vec::new();
        let mut reader = flate2::read::MultiGzDecoder::new(body.as_slice()).take(limit + 1);
        reader
            .read_to_end(&mut plain)
            .map_err(|error| FetchError::Damaged {
                url: shown(url),
                why: error.to_string(),
            })?;
        if plain.len() as u64 > limit {
            return Err(too_large());
        }
        Ok(plain)
    }
}

/// The base address of a registry, with a slash at its end so that names can be joined to it.
///
/// # Errors
/// When it is no address of the web.
pub fn base(text: &str) -> Result<Url, FetchError> {
    let wrong = || FetchError::Address(text.to_owned());
    let mut url: Url = text.trim().parse().map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// An address for people: without the password that may be in it.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Both fail only for addresses that have no host and so no password.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.to_string()
}

/// An error with all that caused it: reqwest's own text says only that something failed.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_ends_with_a_slash() {
        for (text, expected) in [
            ("https://registry.npmjs.org", "https://registry.npmjs.org/"),
            ("http://localhost:4873/npm", "http://localhost:4873/npm/"),
            (" https://x/y/ ", "https://x/y/"),
        ] {
            assert_eq!(base(text).map(String::from).as_deref(), Ok(expected));
        }
        for text in ["", "registry.npmjs.org", "file:///etc/", "ftp://x/"] {
            assert_eq!(base(text), Err(FetchError::Address(text.into())));
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let url = base("https://me:hush@example.com/npm").unwrap();
        assert_eq!(shown(&url), "https://example.com/npm/");
    }
}
