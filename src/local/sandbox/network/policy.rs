//! Which hosts may be reached, and where a connection to them really goes.

use std::fmt;
use std::str::FromStr;

/// Domains of AWS's own services. With a local endpoint, everything below them goes there.
/// Source: AWS General Reference, "AWS service endpoints".
const AWS_DOMAINS: [&str; 3] = ["amazonaws.com", "amazonaws.com.cn", "api.aws"];

/// A function's network: nothing, unless there is a local AWS endpoint or the user allowed a host.
#[derive(Debug, Clone, Default)]
pub struct Network {
    endpoint: Option<Endpoint>,
    allowed: Vec<Pattern>,
}

/// Where a connection goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'a> {
    /// To the host that was named.
    Direct,
    /// To the local AWS endpoint, whatever AWS name was asked for.
    Endpoint(&'a Endpoint),
}

/// The local AWS endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Whether it speaks TLS.
    pub tls: bool,
    /// A name or an address, without brackets.
    pub host: String,
    /// 1–65,535.
    pub port: u16,
}

/// What the user wrote is no endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the URL of an endpoint: {why}")]
pub struct EndpointError {
    text: String,
    why: &'static str,
}

/// A host or hosts the user allows: `example.com`, `example.com:8080`, `*.example.com`, `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    host: Host,
    /// Any, when none was given.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    /// `*.example.com`: every name below it, not the domain itself.
    Below(String),
    Exactly(String),
}

/// As it can be written.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Any => f.write_str("*")?,
            Host::Below(domain) => write!(f, "*.{domain}")?,
            // Only with its brackets can the port be told from an IPv6 address.
            Host::Exactly(host) if host.contains(':') => write!(f, "[{host}]")?,
            Host::Exactly(host) => f.write_str(host)?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

/// What the user wrote names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no host: {why}")]
pub struct PatternError {
    text: String,
    why: &'static str,
}

/// A host that the function may not reach. The text says how to allow it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// An AWS service, and no local endpoint stands in for it.
    #[error(
        "Hoist's sandbox does not reach AWS: there is no local AWS endpoint for {host}; name one with --endpoint-url (or AWS_ENDPOINT_URL), or reach the service itself with --allow-net {host}"
    )]
    Aws {
        /// The name that was asked for.
        host: String,
    },
    /// Any other host.
    #[error(
        "Hoist's sandbox does not reach {host}:{port}; allow it with --allow-net {host}:{port}"
    )]
    Host {
        /// The name or address that was asked for.
        host: String,
        /// Its port.
        port: u16,
    },
}

impl Network {
    /// A network of the local AWS endpoint, if there is one, and the allowed hosts.
    pub fn new(endpoint: Option<Endpoint>, allowed: Vec<Pattern>) -> Self {
        Network { endpoint, allowed }
    }

    /// Where a connection to `host` (a name, or an address with or without brackets) goes.
    ///
    /// # Errors
    /// When it is not allowed.
    pub fn route(&self, host: &str, port: u16) -> Result<Route<'_>, Refused> {
        let host = plain(host);
        if let Some(endpoint) = &self.endpoint
            && endpoint.host == host
            && endpoint.port == port
        {
            return Ok(Route::Endpoint(endpoint));
        }
        let aws = is_aws(&host);
        let mut allowed = self.allowed.iter().filter(|one| one.matches(&host, port));
        // `*` is not meant to send what is for AWS past the local endpoint.
        let named = |one: &Pattern| one.host != Host::Any;
        match &self.endpoint {
            Some(endpoint) if aws && !allowed.clone().any(named) => Ok(Route::Endpoint(endpoint)),
            _ if allowed.next().is_some() => Ok(Route::Direct),
            _ if aws => Err(Refused::Aws { host }),
            _ => Err(Refused::Host { host, port }),
        }
    }
}

impl Pattern {
    fn matches(&self, host: &str, port: u16) -> bool {
        let host_matches = match &self.host {
            Host::Any => true,
            Host::Below(domain) => is_below(host, domain),
            Host::Exactly(name) => name == host,
        };
        host_matches && self.port.is_none_or(|allowed| allowed == port)
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let fault = |why| PatternError {
            text: text.to_owned(),
            why,
        };
        if text.contains("://") {
            return Err(fault("leave out the `https://`"));
        }
        if text.contains(['/', '?', '@']) {
            return Err(fault("write a host, and a port where only that is meant"));
        }
        let (host, port) = split_port(text).ok_or_else(|| fault("the port is no number"))?;
        let is_star = host == "*";
        let host = plain(host);
        let host = match host.strip_prefix("*.") {
            _ if is_star => Host::Any,
            Some(domain) if !domain.is_empty() && !domain.contains('*') => {
                Host::Below(domain.to_owned())
            }
            _ if host.contains('*') => {
                return Err(fault(
                    "`*` stands for whole labels in front: `*.example.com`",
                ));
            }
            _ if host.is_empty() || host.contains(char::is_whitespace) => {
                return Err(fault("it is empty or has spaces"));
            }
            _ => Host::Exactly(host),
        };
        Ok(Pattern { host, port })
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let fault = |why| EndpointError {
            text: text.to_owned(),
            why,
        };
        let (tls, rest) = match (text.strip_prefix("http://"), text.strip_prefix("https://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return Err(fault("it begins with neither `http://` nor `https://`")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '@']) {
            return Err(fault("write the host and the port alone"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| fault("the port is no number"))?;
        if host.is_empty() || host.contains(char::is_whitespace) {
            return Err(fault("it has no host"));
        }
        Ok(Endpoint {
            tls,
            host: plain(host),
            port: port.unwrap_or(if tls { 443 } else { 80 }),
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        match self.host.contains(':') {
            true => write!(f, "{scheme}://[{}]:{}", self.host, self.port),
            false => write!(f, "{scheme}://{}:{}", self.host, self.port),
        }
    }
}

/// A host in lower case, without the brackets of an IPv6 address and without a final dot.
fn plain(host: &str) -> String {
    let host = host
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(host);
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// `host:80` in two; none when the port is no port. An IPv6 address needs brackets to have one.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let colon = match text.rfind(']') {
        Some(end) => text[end..].find(':').map(|at| end + at),
        None if text.matches(':').count() > 1 => None,
        None => text.find(':'),
    };
    let Some(colon) = colon else {
        return Some((text, None));
    };
    match text[colon + 1..].parse() {
        Ok(0) | Err(_) => None,
        Ok(port) => Some((&text[..colon], Some(port))),
    }
}

fn is_aws(host: &str) -> bool {
    AWS_DOMAINS.iter().any(|domain| is_below(host, domain))
}

fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(endpoint: Option<&str>, allowed: &[&str]) -> Network {
        Network::new(
            endpoint.map(|text| text.parse().unwrap()),
            allowed.iter().map(|text| text.parse().unwrap()).collect(),
        )
    }

    /// "direct", "endpoint" or "refused".
    fn end(network: &Network, host: &str, port: u16) -> &'static str {
        match network.route(host, port) {
            Ok(Route::Direct) => "direct",
            Ok(Route::Endpoint(_)) => "endpoint",
            Err(_) => "refused",
        }
    }

    #[test]
    fn a_pattern_is_written_as_it_was_read() {
        for text in [
            "*",
            "*:8080",
            "example.com",
            "example.com:443",
            "*.example.com:8443",
            "127.0.0.1",
            "[::1]:4566",
            "[::1]",
        ] {
            assert_eq!(text.parse::<Pattern>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn without_anything_allowed_nothing_is_reached() {
        let none = Network::default();
        for host in [
            "example.com",
            "127.0.0.1",
            "localhost",
            "::1",
            "s3.amazonaws.com",
        ] {
            assert_eq!(end(&none, host, 80), "refused", "{host}");
        }
    }

    #[test]
    fn names_of_aws_go_to_the_local_endpoint() {
        let local = network(Some("http://127.0.0.1:4566"), &[]);
        for host in [
            "dynamodb.eu-central-1.amazonaws.com",
            "bucket.s3.amazonaws.com",
            "SQS.us-east-1.amazonaws.com.",
            "sts.cn-north-1.amazonaws.com.cn",
        ] {
            assert_eq!(end(&local, host, 443), "endpoint", "{host}");
        }
        assert_eq!(end(&local, "127.0.0.1", 4566), "endpoint");
        for host in [
            "127.0.0.1",
            "localhost",
            "amazonaws.com.evil.example",
            "evilamazonaws.com",
        ] {
            assert_eq!(end(&local, host, 443), "refused", "{host}");
        }
    }

    #[test]
    fn a_named_aws_host_is_reached_itself_and_a_star_keeps_the_endpoint() {
        let named = network(Some("http://127.0.0.1:4566"), &["sts.amazonaws.com"]);
        assert_eq!(end(&named, "sts.amazonaws.com", 443), "direct");
        assert_eq!(end(&named, "sqs.amazonaws.com", 443), "endpoint");
        let star = network(Some("http://127.0.0.1:4566"), &["*"]);
        assert_eq!(end(&star, "sts.amazonaws.com", 443), "endpoint");
        assert_eq!(end(&star, "example.com", 443), "direct");
    }

    #[test]
    fn patterns_allow_what_they_say_and_no_more() {
        let some = network(None, &["Example.com:8080", "*.example.org", "[::1]:9"]);
        for (host, port, expected) in [
            ("example.com", 8080, "direct"),
            ("example.com", 80, "refused"),
            ("a.example.com", 8080, "refused"),
            ("a.example.org", 1, "direct"),
            ("a.b.example.org", 1, "direct"),
            ("example.org", 1, "refused"),
            ("evilexample.org", 1, "refused"),
            ("[::1]", 9, "direct"),
            ("::1", 9, "direct"),
        ] {
            assert_eq!(end(&some, host, port), expected, "{host}:{port}");
        }
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for text in [
            "",
            "https://a.b",
            "a.b/c",
            "a:0",
            "a:x",
            "a.*",
            "*a",
            "*.",
            "a b",
        ] {
            assert!(text.parse::<Pattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn endpoints_are_read_and_written_as_urls() {
        for (text, shown) in [
            ("http://127.0.0.1:4566", "http://127.0.0.1:4566"),
            ("http://localhost:4566/", "http://localhost:4566"),
            ("https://aws.test", "https://aws.test:443"),
            ("http://[::1]:80", "http://[::1]:80"),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), shown);
        }
        for text in [
            "",
            "localhost:4566",
            "http://",
            "http://a/b",
            "http://a:b",
            "http://u@a",
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_refusal_says_how_to_allow_it() {
        let text = |host, port| {
            Network::default()
                .route(host, port)
                .unwrap_err()
                .to_string()
        };
        assert!(text("example.com", 443).ends_with("--allow-net example.com:443"));
        assert!(text("sqs.eu-west-1.amazonaws.com", 443).contains("--endpoint-url"));
    }
}
