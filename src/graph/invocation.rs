//! What stands between a caller and a function: versions, aliases, URLs, and the settings of asynchronous invocations.

use crate::template::Node;

use super::setting::{Link, Setting};

/// `AWS::Lambda::Version`.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The function's name or ARN.
    pub function: Option<Link>,
}

/// `AWS::Lambda::Alias`.
#[derive(Debug, Clone, PartialEq)]
pub struct Alias {
    /// `live`.
    pub name: Option<Setting<String>>,
    /// The function's name or ARN.
    pub function: Option<Link>,
    /// The version that is called.
    pub version: Option<Link>,
}

/// `AWS::Lambda::Url`.
#[derive(Debug, Clone, PartialEq)]
pub struct Url {
    /// The name or ARN of the function, or the ARN of an alias.
    pub function: Option<Link>,
    /// The alias's name.
    pub qualifier: Option<Setting<String>>,
    /// Who may call it.
    pub auth: UrlAuth,
    /// `RESPONSE_STREAM` instead of `BUFFERED`.
    pub streaming: bool,
    /// As written.
    pub cors: Option<Node>,
}

/// Who may call a function URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlAuth {
    /// Anybody.
    None,
    /// Whoever IAM lets.
    AwsIam,
}

/// `AWS::Lambda::EventInvokeConfig`: what happens around an asynchronous invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct InvokeConfig {
    /// The function's name or ARN.
    pub function: Option<Link>,
    /// The version or alias it is for; `$LATEST` is the function itself.
    pub qualifier: Option<Setting<String>>,
    /// 0 to 2; AWS retries twice when nothing is said.
    pub retries: Option<u32>,
    /// 60 to 21 600 seconds.
    pub maximum_age_seconds: Option<u32>,
    /// The ARN of where records of successes go.
    pub on_success: Option<Link>,
    /// The ARN of where records of failures go.
    pub on_failure: Option<Link>,
}
