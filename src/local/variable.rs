//! The environment variables that Lambda itself gives a function.
//!
//! Source: Lambda developer guide, "Defined runtime environment variables".

use indexmap::IndexMap;

use super::sandbox::{Endpoint, Logging};
use crate::graph::LogFormat;

/// What Lambda's own variables are made from.
#[derive(Debug, Clone)]
pub struct Lambda<'a> {
    /// The function's name.
    pub name: &'a str,
    /// `nodejs24.x`.
    pub runtime: &'a str,
    /// `index.handler`.
    pub handler: &'a str,
    /// In MB.
    pub memory_mb: u32,
    /// `eu-central-1`.
    pub region: &'a str,
    /// `2019/06/07/[$LATEST]<32 hex>`.
    pub log_stream: &'a str,
    /// `LoggingConfig`'s group; `/aws/lambda/<function>` without one.
    pub log_group: Option<&'a str>,
    /// How the function's log is written.
    pub logging: Logging,
}

/// The variables, in no order that matters. A function's own variables are laid over them, except those
/// that Lambda reserves.
pub fn defined(lambda: &Lambda<'_>) -> IndexMap<String, String> {
    let mut variables: IndexMap<String, String> = [
        ("_HANDLER", lambda.handler),
        ("AWS_REGION", lambda.region),
        ("AWS_DEFAULT_REGION", lambda.region),
        ("AWS_LAMBDA_FUNCTION_NAME", lambda.name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", lambda.log_stream),
        // Fixed and harmless: nothing that leaves this machine is ever signed with them.
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("AWS_SESSION_TOKEN", "local"),
        ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LANG", "en_US.UTF-8"),
        ("LD_LIBRARY_PATH", "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"),
        ("PATH", "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin"),
        ("TZ", ":UTC"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let mut set = |name: &str, value: String| variables.insert(name.to_owned(), value);
    set(
        "AWS_EXECUTION_ENV",
        format!("AWS_Lambda_{}", lambda.runtime),
    );
    set(
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        lambda.memory_mb.to_string(),
    );
    set(
        "AWS_LAMBDA_LOG_GROUP_NAME",
        lambda
            .log_group
            .map_or_else(|| format!("/aws/lambda/{}", lambda.name), str::to_owned),
    );
    if lambda.logging.format == LogFormat::Json {
        set("AWS_LAMBDA_LOG_FORMAT", "JSON".to_owned());
        set(
            "AWS_LAMBDA_LOG_LEVEL",
            lambda.logging.application.to_string(),
        );
    }
    if let Some(major) = lambda
        .runtime
        .strip_prefix("nodejs")
        .and_then(|rest| rest.strip_suffix(".x"))
    {
        set(
            "NODE_PATH",
            format!(
                "/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
            ),
        );
    }
    variables
}

/// Lets the SDKs call the local AWS endpoint, unless the function's own variables say otherwise.
///
/// The keys are `test` and there is no session token: what emulators take presigned URLs with. Keys of AWS's own form
/// are refused by some, lest they be real.
pub fn point_to(variables: &mut IndexMap<String, String>, endpoint: &Endpoint) {
    variables.insert("AWS_ENDPOINT_URL".to_owned(), endpoint.to_string());
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        variables.insert(name.to_owned(), "test".to_owned());
    }
    variables.shift_remove("AWS_SESSION_TOKEN");
}
