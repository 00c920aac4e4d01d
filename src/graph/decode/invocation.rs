//! What stands between a caller and a function: versions, aliases, URLs, and the settings of asynchronous invocations.

use crate::graph::fields::Fields;
use crate::graph::invocation::{Alias, InvokeConfig, Url, UrlAuth, Version};
use crate::graph::setting::Link;

fn function(fields: &Fields<'_>, property: &str) -> Option<Link> {
    if !fields.has(property) {
        fields.missing(property, "It is the name or the ARN of the function.");
    }
    fields.link(property)
}

pub(super) fn version(fields: &Fields<'_>) -> Version {
    Version {
        function: function(fields, "FunctionName"),
    }
}

pub(super) fn alias(fields: &Fields<'_>) -> Alias {
    if !fields.has("Name") {
        fields.missing("Name", "For example `live`.");
    }
    Alias {
        name: fields.text("Name"),
        function: function(fields, "FunctionName"),
        version: fields.link("FunctionVersion"),
    }
}

pub(super) fn url(fields: &Fields<'_>) -> Url {
    if !fields.has("AuthType") {
        fields.missing(
            "AuthType",
            "It is `AWS_IAM`, or `NONE` for a URL that anybody may call.",
        );
    }
    let auth = [("NONE", UrlAuth::None), ("AWS_IAM", UrlAuth::AwsIam)];
    let modes = [("BUFFERED", false), ("RESPONSE_STREAM", true)];
    Url {
        function: function(fields, "TargetFunctionArn"),
        qualifier: fields.text("Qualifier"),
        auth: fields.word("AuthType", &auth).unwrap_or(UrlAuth::AwsIam),
        streaming: fields.word("InvokeMode", &modes).unwrap_or(false),
        cors: fields.node("Cors").cloned(),
    }
}

/// Source of the bounds: AWS::Lambda::EventInvokeConfig.
pub(super) fn invoke_config(fields: &Fields<'_>) -> InvokeConfig {
    let destinations = fields.fields("DestinationConfig");
    let destination = |key: &'static str| {
        destinations
            .as_ref()
            .and_then(|all| all.fields(key))
            .and_then(|one| one.link("Destination"))
    };
    InvokeConfig {
        function: function(fields, "FunctionName"),
        qualifier: fields.text("Qualifier"),
        retries: fields.count("MaximumRetryAttempts", 0..=2),
        maximum_age_seconds: fields.count("MaximumEventAgeInSeconds", 60..=21_600),
        on_success: destination("OnSuccess"),
        on_failure: destination("OnFailure"),
    }
}
