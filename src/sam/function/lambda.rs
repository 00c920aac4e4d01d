//! The Lambda function itself.

use crate::diag::Diagnostic;
use crate::template::{Node, Value};

use crate::sam::LocalCode;
use crate::sam::build::{map, put};
use crate::sam::code;
use crate::sam::fault::Result;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::tag;
use crate::sam::value::{is_truthy, text};
use crate::sam::work::Work;

/// Properties that go to the function as they are.
const SAME: [&str; 24] = [
    "Handler",
    "Runtime",
    "Description",
    "MemorySize",
    "Timeout",
    "VpcConfig",
    "Role",
    "Environment",
    "KmsKeyArn",
    "ReservedConcurrentExecutions",
    "Layers",
    "FileSystemConfigs",
    "ImageConfig",
    "PackageType",
    "Architectures",
    "SnapStart",
    "EphemeralStorage",
    "CodeSigningConfigArn",
    "RuntimeManagementConfig",
    "LoggingConfig",
    "TenancyConfig",
    "RecursiveLoop",
    "DurableConfig",
    "PublishToLatestPublished",
];

/// The function, without the role that may be made for it.
pub(super) fn function(work: &mut Work<'_>, sam: &SamResource) -> Result<Resource> {
    let mut function = Resource::from_sam(sam, "AWS::Lambda::Function");
    function.set("FunctionName", sam.truthy("FunctionName"));
    for name in SAME {
        if let Some(entry) = sam.properties.entry(name)
            && entry.node.value != Value::Null
        {
            function
                .properties
                .insert(name, entry.key_span, entry.node.clone());
        }
    }
    function.set("Code", code(work, sam)?);
    let tags = tag::with_sam_tag(&sam.id, sam.span, None, super::tags(sam))?;
    function.set("Tags", tags);
    if let Some(mode) = tracing(work, sam)? {
        function.set("TracingConfig", map!(mode.span; "Mode" => mode));
    }
    if let Some(arn) = sam
        .truthy("DeadLetterQueue")
        .and_then(|queue| queue.get("TargetArn"))
    {
        function.set("DeadLetterConfig", map!(arn.span; "TargetArn" => arn));
    }
    if let Some(config) = sam.truthy("CapacityProviderConfig") {
        function.set("CapacityProviderConfig", capacity_provider(sam, config)?);
    }
    function.set("FunctionScalingConfig", sam.truthy("FunctionScalingConfig"));
    check_package(sam, &function)?;
    Ok(function)
}

/// The property `Tracing`, unless it says that nothing is traced.
pub(super) fn tracing<'s>(work: &Work<'_>, sam: &'s SamResource) -> Result<Option<&'s Node>> {
    let Some(tracing) = sam.truthy("Tracing") else {
        return Ok(None);
    };
    let resolved = work.parameters.resolve(tracing)?;
    Ok(Some(tracing).filter(|_| resolved.as_str() != Some("Disabled")))
}

fn code(work: &mut Work<'_>, sam: &SamResource) -> Result<Node> {
    let package = sam.truthy("PackageType").map_or_else(|| "Zip".into(), text);
    let code = match package.as_str() {
        "Zip" => {
            if let Some(code) = sam.get("InlineCode") {
                map!(code.span; "ZipFile" => code)
            } else if let Some(uri) = sam.get("CodeUri") {
                code::s3_object(work, &sam.id, uri, "CodeUri")?
            } else if work.context.local_code == LocalCode::Keep {
                // As `sam build` and `sam package` have it.
                work.warnings.push(no_code(sam));
                Node::string(sam.span, ".")
            } else {
                return Err(sam.fault("Only one of 'InlineCode' or 'CodeUri' can be set."));
            }
        }
        "Image" => {
            if sam.get("ImageUri").is_none() {
                if work.context.local_code == LocalCode::Keep
                    && let Some(context) = image_context(sam)
                {
                    return Ok(context);
                }
                return Err(sam.fault("'ImageUri' must be set."));
            }
            return code::image(&sam.id, sam.span, sam.get("ImageUri"), "ImageUri");
        }
        _ => return Err(sam.fault(format!("invalid 'PackageType' : {package}"))),
    };
    Ok(with_key(code, sam.truthy("SourceKMSKeyArn")))
}

fn no_code(sam: &SamResource) -> Diagnostic {
    Diagnostic::warning(
        "sam/no-code",
        format!(
            "`{}` has no `CodeUri`; the template's own folder is taken for its code",
            sam.id
        ),
    )
    .at(sam.span)
    .help("Write `CodeUri: .`, or the folder that the code is in.")
}

/// The folder that an image is to be built from, where `Metadata` says how: code on this machine like any other.
fn image_context(sam: &SamResource) -> Option<Node> {
    let metadata = sam.attribute("Metadata")?;
    metadata.get("Dockerfile")?;
    let context = metadata
        .get("DockerContext")
        .filter(|node| node.as_str().is_some());
    Some(
        context
            .cloned()
            .unwrap_or_else(|| Node::string(sam.span, ".")),
    )
}

fn with_key(mut code: Node, key: Option<&Node>) -> Node {
    let span = code.span;
    if let Some(map) = code.as_map_mut() {
        put(map, span, "SourceKMSKeyArn", key);
    }
    code
}

fn check_package(sam: &SamResource, function: &Resource) -> Result<()> {
    let has = |name: &str| function.get(name).is_some_and(is_truthy);
    let image = function.get("Code").and_then(|code| code.get("ImageUri"));
    let has_image = image.is_some_and(is_truthy);
    if !has("PackageType") || function.get("PackageType").and_then(Node::as_str) == Some("Zip") {
        if !has("Runtime") || !has("Handler") {
            return Err(sam.fault(
                "Runtime and Handler needs to be present when PackageType is of type `Zip`",
            ));
        }
        if has_image || has("ImageConfig") {
            return Err(sam.fault(
                "ImageUri or ImageConfig cannot be present when PackageType is of type `Zip`",
            ));
        }
        return Ok(());
    }
    if has("Handler") || has("Runtime") || has("Layers") {
        return Err(sam.fault(
            "Runtime, Handler, Layers cannot be present when PackageType is of type `Image`",
        ));
    }
    Ok(())
}

/// The part of `CapacityProviderConfig` that Lambda calls `LambdaManagedInstancesCapacityProviderConfig`.
fn capacity_provider(sam: &SamResource, config: &Node) -> Result<Node> {
    const KNOWN: [(&str, &str); 3] = [
        ("Arn", "CapacityProviderArn"),
        (
            "PerExecutionEnvironmentMaxConcurrency",
            "PerExecutionEnvironmentMaxConcurrency",
        ),
        (
            "ExecutionEnvironmentMemoryGiBPerVCpu",
            "ExecutionEnvironmentMemoryGiBPerVCpu",
        ),
    ];
    let given = config.as_map().cloned().unwrap_or_default();
    let mut lambda = crate::template::Map::new();
    let mut faults = Vec::new();
    if !given.contains_key("Arn") {
        faults.push("Arn\n  field required (type=value_error.missing)".to_owned());
    }
    for (name, entry) in given.entries() {
        let Some((_, lambda_name)) = KNOWN.iter().find(|(known, _)| *known == name) else {
            faults.push(format!(
                "{name}\n  extra fields not permitted (type=value_error.extra)"
            ));
            continue;
        };
        if entry.node.value != Value::Null {
            lambda.insert(*lambda_name, entry.key_span, entry.node.clone());
        }
    }
    if !faults.is_empty() {
        let errors = if faults.len() == 1 { "error" } else { "errors" };
        return Err(sam
            .fault(format!(
                "Invalid CapacityProviderConfig: {} validation {errors} for CapacityProviderConfig\n{}",
                faults.len(),
                faults.join("\n")
            ))
            .at(config.span));
    }
    Ok(map!(config.span; "LambdaManagedInstancesCapacityProviderConfig" => lambda))
}
