//! `AWS::Serverless::Function` and `AWS::Serverless::LayerVersion`.
//! Source: AWS SAM developer guide, the pages of these types.

use crate::diag::{Diagnostic, Span};
use crate::graph::fields::Fields;
use crate::graph::function::{
    Asynchronous, Destination, Function, FunctionUrl, Layer, Package, Tracing, UrlAuth,
};
use crate::graph::setting::Link;
use crate::template::Node;

use super::{function_parts as parts, serverless_event};

pub(super) fn function(
    id: &str,
    span: Span,
    fields: &Fields<'_>,
    metadata: Option<&Node>,
) -> Function {
    let package = package(fields, metadata);
    parts::require_runtime_and_handler(fields, &package);
    Function {
        tracing: tracing(fields),
        events: serverless_event::events(fields),
        url: url(fields),
        dead_letter: dead_letter(fields),
        asynchronous: asynchronous(fields),
        ..parts::function(id, span, fields, metadata, package)
    }
}

fn package(fields: &Fields<'_>, metadata: Option<&Node>) -> Package {
    let image_type = fields.word("PackageType", &[("Zip", false), ("Image", true)]);
    if image_type == Some(true) || (image_type.is_none() && fields.has("ImageUri")) {
        let uri = fields.text("ImageUri");
        let can_be_built = metadata.is_some_and(|metadata| metadata.get("Dockerfile").is_some());
        if uri.is_none() && !can_be_built {
            fields.missing(
                "ImageUri",
                "Name the image, or say how to build it with `Dockerfile` and `DockerContext` in `Metadata`.",
            );
        }
        let span = uri.as_ref().map_or(fields.span, |uri| uri.span());
        return Package::Image { uri, span };
    }
    if let Some(inline) = fields.text("InlineCode") {
        return parts::inline(inline);
    }
    if let Some(package) = parts::sam_location(fields, "CodeUri") {
        return package;
    }
    if fields.is_partial() {
        return Package::Unknown {
            reason: "its properties are not known here".into(),
            span: fields.span,
        };
    }
    // `sam package` does the same.
    fields.report(
        Diagnostic::warning(
            "graph/no-code",
            format!(
                "{} has no `CodeUri`; the template's own folder is taken for its code",
                fields.owner
            ),
        )
        .at(fields.span)
        .help("Write `CodeUri: .`, or the folder that the code is in."),
    );
    Package::Local {
        path: ".".into(),
        span: fields.span,
    }
}

fn tracing(fields: &Fields<'_>) -> Tracing {
    let words = [
        ("Active", Tracing::Active),
        ("PassThrough", Tracing::PassThrough),
        ("Disabled", Tracing::Disabled),
    ];
    fields.word("Tracing", &words).unwrap_or_default()
}

fn url(fields: &Fields<'_>) -> Option<FunctionUrl> {
    let url = fields.fields("FunctionUrlConfig")?;
    if !url.has("AuthType") {
        url.missing(
            "AuthType",
            "It is `AWS_IAM`, or `NONE` for a URL that anybody may call.",
        );
    }
    let auth = url.word(
        "AuthType",
        &[("NONE", UrlAuth::None), ("AWS_IAM", UrlAuth::AwsIam)],
    );
    let modes = [("BUFFERED", false), ("RESPONSE_STREAM", true)];
    Some(FunctionUrl {
        span: url.span,
        auth: auth.unwrap_or(UrlAuth::AwsIam),
        streaming: url.word("InvokeMode", &modes).unwrap_or(false),
        cors: url.node("Cors").cloned(),
    })
}

fn dead_letter(fields: &Fields<'_>) -> Option<Link> {
    let letter = fields.fields("DeadLetterQueue")?;
    for (key, help) in [
        ("Type", "It is `SQS` or `SNS`."),
        ("TargetArn", "It is the ARN of the queue or topic."),
    ] {
        if !letter.has(key) {
            letter.missing(key, help);
        }
    }
    letter.word("Type", &[("SQS", ()), ("SNS", ())]);
    letter.link("TargetArn")
}

fn asynchronous(fields: &Fields<'_>) -> Asynchronous {
    let Some(config) = fields.fields("EventInvokeConfig") else {
        return Asynchronous::default();
    };
    let destinations = config.fields("DestinationConfig");
    let destination = |key| destinations.as_ref().and_then(|all| destination(all, key));
    Asynchronous {
        retries: config.count("MaximumRetryAttempts", 0..=2),
        maximum_age_seconds: config.count("MaximumEventAgeInSeconds", 60..=21_600),
        on_success: destination("OnSuccess"),
        on_failure: destination("OnFailure"),
    }
}

fn destination<'a>(destinations: &Fields<'a>, key: &'a str) -> Option<Destination> {
    const KINDS: [(&str, &str); 5] = [
        ("SQS", "SQS"),
        ("SNS", "SNS"),
        ("Lambda", "Lambda"),
        ("EventBridge", "EventBridge"),
        ("S3Bucket", "S3Bucket"),
    ];
    let destination = destinations.fields(key)?;
    let kind = destination.word("Type", &KINDS).map(str::to_owned);
    let target = destination.link("Destination");
    if target.is_none() && !matches!(kind.as_deref(), Some("SQS" | "SNS")) {
        destination.missing(
            "Destination",
            "It is an ARN; SAM makes only queues and topics itself (`Type: SQS` or `SNS`).",
        );
    }
    Some(Destination {
        kind,
        target,
        span: destination.span,
    })
}

pub(super) fn layer(id: &str, span: Span, fields: &Fields<'_>, metadata: Option<&Node>) -> Layer {
    let content = parts::sam_location(fields, "ContentUri").unwrap_or_else(|| {
        fields.missing(
            "ContentUri",
            "Name the folder that holds the layer's files.",
        );
        Package::Unknown {
            reason: "`ContentUri` is missing".into(),
            span,
        }
    });
    Layer {
        id: id.to_owned(),
        span,
        name: fields.text("LayerName"),
        content,
        compatible_runtimes: fields.texts("CompatibleRuntimes"),
        metadata: parts::metadata(fields, metadata),
    }
}
