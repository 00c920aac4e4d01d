//! The parts of functions and layers: limits, environment, layers, metadata.

use std::ops::RangeInclusive;

use crate::diag::{Diagnostic, Span};
use crate::graph::fields::{Fields, Spot};
use crate::graph::function::{
    Architecture, DEFAULT_MEMORY_MB, DEFAULT_STORAGE_MB, DEFAULT_TIMEOUT_SECONDS, Function,
    FunctionMetadata, LayerRef, Package, S3Location, Tracing, Variable,
};
use crate::graph::setting::{Setting, why};
use crate::template::Node;

use super::logging;

/// Source of these bounds: AWS::Lambda::Function.
const TIMEOUT_SECONDS: RangeInclusive<u32> = 1..=900;
const MEMORY_MB: RangeInclusive<u32> = 128..=10_240;
const STORAGE_MB: RangeInclusive<u32> = 512..=10_240;
const MAX_LAYERS: usize = 5;
/// All names and values together. Source: Lambda quotas, "Environment variables: 4 KB".
const MAX_ENVIRONMENT_BYTES: usize = 4096;

/// Names that Lambda keeps for itself.
/// Source: Lambda developer guide, "Defined runtime environment variables", reserved keys.
const RESERVED: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// A function, without what only its type's decoder knows.
pub(super) fn function(
    id: &str,
    span: Span,
    fields: &Fields<'_>,
    metadata: Option<&Node>,
    package: Package,
) -> Function {
    Function {
        id: id.to_owned(),
        span,
        name: fields.text("FunctionName"),
        runtime: fields.text("Runtime"),
        handler: fields.text("Handler"),
        package,
        layers: layers(fields),
        timeout_seconds: timeout(fields),
        memory_mb: memory(fields),
        storage_mb: storage(fields),
        architecture: architecture(fields),
        environment: environment(fields),
        role: fields.link("Role"),
        tracing: Tracing::default(),
        logging: logging::logging(fields),
        dead_letter: None,
        reserved_concurrency: reserved_concurrency(fields),
        metadata: self::metadata(fields, metadata),
    }
}

pub(super) fn timeout(fields: &Fields<'_>) -> u32 {
    fields
        .count("Timeout", TIMEOUT_SECONDS)
        .unwrap_or(DEFAULT_TIMEOUT_SECONDS)
}

pub(super) fn memory(fields: &Fields<'_>) -> u32 {
    fields
        .count("MemorySize", MEMORY_MB)
        .unwrap_or(DEFAULT_MEMORY_MB)
}

pub(super) fn storage(fields: &Fields<'_>) -> u32 {
    fields
        .fields("EphemeralStorage")
        .and_then(|storage| storage.count("Size", STORAGE_MB))
        .unwrap_or(DEFAULT_STORAGE_MB)
}

pub(super) fn reserved_concurrency(fields: &Fields<'_>) -> Option<u32> {
    fields.count("ReservedConcurrentExecutions", 0..=u32::MAX)
}

pub(super) fn architecture(fields: &Fields<'_>) -> Architecture {
    let words = [
        ("x86_64", Architecture::X86_64),
        ("arm64", Architecture::Arm64),
    ];
    let items = fields.items("Architectures");
    if let Some(second) = items.get(1) {
        fields.report(
            Diagnostic::error(
                "graph/architectures",
                format!("{} names {} architectures", fields.owner, items.len()),
            )
            .at(second.value.span)
            .help("A function has one architecture, `x86_64` or `arm64`."),
        );
    }
    items
        .first()
        .and_then(|first| fields.word_of("Architectures", first.value, &words))
        .unwrap_or_default()
}

pub(super) fn environment(fields: &Fields<'_>) -> Vec<Variable> {
    let Some(variables) = fields
        .fields("Environment")
        .and_then(|environment| environment.fields("Variables"))
    else {
        return Vec::new();
    };
    let read: Vec<_> = variables
        .entries()
        .filter_map(|(name, name_span, spot)| {
            check_name(fields, name, name_span);
            Some(Variable {
                name: name.to_owned(),
                name_span,
                value: variables.text_of(name, spot.value)?,
            })
        })
        .collect();
    let size: usize = read
        .iter()
        .map(|variable| variable.name.len() + variable.value.known().map_or(0, String::len))
        .sum();
    if size > MAX_ENVIRONMENT_BYTES {
        fields.report(
            Diagnostic::error(
                "graph/environment-size",
                format!("the environment of {} has {size} bytes", fields.owner),
            )
            .at(fields.key_span("Environment").unwrap_or(variables.span))
            .help("Lambda takes 4 KB of names and values together; keep large values in a parameter or a file."),
        );
    }
    read
}

fn check_name(fields: &Fields<'_>, name: &str, span: crate::diag::Span) {
    let (summary, help) = if RESERVED.contains(&name) {
        (
            format!("{} may not set `{name}`", fields.owner),
            "Lambda keeps this name for itself; choose another.",
        )
    } else if !is_variable_name(name) {
        (
            format!("`{name}` of {} cannot name a variable", fields.owner),
            "Names start with a letter and have at least two letters, digits or underscores.",
        )
    } else {
        return;
    };
    fields.report(
        Diagnostic::error("graph/variable-name", summary)
            .at(span)
            .help(help),
    );
}

/// `[a-zA-Z][a-zA-Z0-9_]+`. Source: AWS::Lambda::Function Environment.
fn is_variable_name(name: &str) -> bool {
    name.len() >= 2
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

pub(super) fn layers(fields: &Fields<'_>) -> Vec<LayerRef> {
    let layers: Vec<_> = fields
        .items("Layers")
        .into_iter()
        .filter_map(|item| layer(fields, item))
        .collect();
    if let Some(sixth) = layers.get(MAX_LAYERS) {
        fields.report(
            Diagnostic::error(
                "graph/too-many-layers",
                format!("{} has {} layers", fields.owner, layers.len()),
            )
            .at(sixth.span())
            .help("A function takes 5 layers at most; layers from `Globals` count."),
        );
    }
    layers
}

fn layer<'a>(fields: &Fields<'a>, item: Spot<'a>) -> Option<LayerRef> {
    let span = item.value.span;
    if let Some(id) = fields.resource_of(item) {
        let is_layer = fields
            .type_of(&id)
            .is_some_and(|of| of == "AWS::Lambda::LayerVersion");
        if is_layer {
            return Some(LayerRef::Resource { id, span });
        }
    }
    Some(match fields.text_of("Layers", item.value)? {
        Setting::Known { value, span } => LayerRef::Arn { arn: value, span },
        Setting::Unknown { reason, span } => LayerRef::Unknown {
            reason: why(&reason),
            span,
        },
    })
}

/// What a string in the place of code means: `s3://bucket/key`, or a path.
pub(super) fn local_or_s3(value: String, span: crate::diag::Span) -> Package {
    let address = value
        .strip_prefix("s3://")
        .and_then(|address| address.split_once('/'));
    match address {
        Some((bucket, key)) => {
            let known = |text: &str| Setting::Known {
                value: text.to_owned(),
                span,
            };
            let (key, version) = match key.split_once("?versionId=") {
                Some((key, version)) => (key, Some(known(version))),
                None => (key, None),
            };
            Package::S3(S3Location {
                bucket: known(bucket),
                key: known(key),
                version,
                span,
            })
        }
        None => Package::Local { path: value, span },
    }
}

/// Bucket, key and version under the names that the place has for them.
pub(super) fn s3_object(place: &Fields<'_>, [bucket, key, version]: [&str; 3]) -> Package {
    for name in [bucket, key] {
        if !place.has(name) {
            place.missing(name, "Code in S3 needs a bucket and a key.");
        }
    }
    match (place.text(bucket), place.text(key)) {
        (Some(bucket), Some(key)) => Package::S3(S3Location {
            bucket,
            key,
            version: place.text(version),
            span: place.span,
        }),
        _ => Package::Unknown {
            reason: "its bucket or its key is missing".into(),
            span: place.span,
        },
    }
}

pub(super) fn metadata(fields: &Fields<'_>, metadata: Option<&Node>) -> FunctionMetadata {
    let method = metadata.and_then(|all| all.get("BuildMethod"));
    FunctionMetadata {
        build_method: method.and_then(|node| {
            crate::graph::fields::unknown(node).or_else(|| {
                Some(Setting::Known {
                    value: node.scalar_text()?,
                    span: node.span,
                })
            })
        }),
        build_properties: metadata.and_then(|all| all.get("BuildProperties")).cloned(),
        hoist: super::hoist::hoist(fields, metadata),
        all: metadata.cloned(),
    }
}

/// A zip package needs a runtime and a handler; an image has them inside.
pub(super) fn require_runtime_and_handler(fields: &Fields<'_>, package: &Package) {
    if matches!(package, Package::Image { .. }) {
        return;
    }
    for (key, help) in [
        (
            "Runtime",
            "Name the language, for example `nodejs22.x`, `python3.13` or `provided.al2023`.",
        ),
        (
            "Handler",
            "Name the file and the function in it, for example `index.handler`.",
        ),
    ] {
        if !fields.has(key) {
            fields.missing(key, help);
        }
    }
}

/// Code written into the template.
pub(super) fn inline(code: Setting<String>) -> Package {
    match code {
        Setting::Known { value, span } => Package::Inline { code: value, span },
        Setting::Unknown { reason, span } => Package::Unknown {
            reason: why(&reason),
            span,
        },
    }
}
