//! `AWS::Lambda::Function` and `AWS::Lambda::LayerVersion`.

use crate::diag::Span;
use crate::graph::fields::Fields;
use crate::graph::function::{Function, Layer, Package, Tracing};
use crate::template::{Node, Value};

use super::function_parts as parts;

pub(super) fn function(
    id: &str,
    span: Span,
    fields: &Fields<'_>,
    metadata: Option<&Node>,
) -> Function {
    let package = package(fields);
    parts::require_runtime_and_handler(fields, &package);
    if !fields.has("Role") {
        fields.missing(
            "Role",
            "It is the ARN of the role that the function runs as.",
        );
    }
    Function {
        tracing: tracing(fields),
        dead_letter: fields
            .fields("DeadLetterConfig")
            .and_then(|letter| letter.link("TargetArn")),
        ..parts::function(id, span, fields, metadata, package)
    }
}

fn package(fields: &Fields<'_>) -> Package {
    let Some(spot) = fields.spot("Code") else {
        fields.missing(
            "Code",
            "It is where the code is: `ZipFile`, `S3Bucket` with `S3Key`, `ImageUri`, or a path.",
        );
        return Package::Unknown {
            reason: "`Code` is missing".into(),
            span: fields.span,
        };
    };
    if fields.word("PackageType", &[("Zip", false), ("Image", true)]) == Some(true)
        && spot.value.as_str().is_some()
    {
        // The folder that the image is yet to be built from.
        return Package::Image {
            uri: None,
            span: spot.value.span,
        };
    }
    // A path is what `aws cloudformation package` uploads and replaces.
    if let Value::String(path) = &spot.value.value {
        return parts::local_or_s3(path.clone(), spot.value.span);
    }
    let unknown = |reason: &str| Package::Unknown {
        reason: reason.into(),
        span: spot.value.span,
    };
    let Some(code) = fields.fields_of("Code", spot) else {
        return unknown("`Code` has the wrong type");
    };
    if let Some(inline) = code.text("ZipFile") {
        return parts::inline(inline);
    }
    if let Some(uri) = code.text("ImageUri") {
        let span = uri.span();
        return Package::Image {
            uri: Some(uri),
            span,
        };
    }
    if code.is_partial() {
        return unknown("`Code` is not known here");
    }
    parts::s3_object(&code, ["S3Bucket", "S3Key", "S3ObjectVersion"])
}

fn tracing(fields: &Fields<'_>) -> Tracing {
    let words = [
        ("Active", Tracing::Active),
        ("PassThrough", Tracing::PassThrough),
    ];
    fields
        .fields("TracingConfig")
        .and_then(|config| config.word("Mode", &words))
        .unwrap_or_default()
}

pub(super) fn layer(id: &str, span: Span, fields: &Fields<'_>, metadata: Option<&Node>) -> Layer {
    Layer {
        id: id.to_owned(),
        span,
        name: fields.text("LayerName"),
        content: content(span, fields),
        compatible_runtimes: fields.texts("CompatibleRuntimes"),
        metadata: parts::metadata(fields, metadata),
    }
}

fn content(span: Span, fields: &Fields<'_>) -> Package {
    let Some(spot) = fields.spot("Content") else {
        fields.missing(
            "Content",
            "It is where the layer's files are: `S3Bucket` with `S3Key`, or a path.",
        );
        return Package::Unknown {
            reason: "`Content` is missing".into(),
            span,
        };
    };
    if let Value::String(path) = &spot.value.value {
        return parts::local_or_s3(path.clone(), spot.value.span);
    }
    match fields.fields_of("Content", spot) {
        Some(content) if !content.is_partial() => {
            parts::s3_object(&content, ["S3Bucket", "S3Key", "S3ObjectVersion"])
        }
        _ => Package::Unknown {
            reason: "`Content` is not known here".into(),
            span: spot.value.span,
        },
    }
}
