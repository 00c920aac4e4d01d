//! `SchemaRegistryConfig`: where Kafka's consumers find the schemas of their records, and what they need to read them.

use crate::sam::build::list;
use crate::sam::fault::Result;
use crate::sam::intrinsic::single;
use crate::sam::value::truthy;
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::Event;
use super::secret::{arn, read_secret, statement};

/// `SchemaRegistryConfig`: the secrets that the registry asks for, and a Glue registry itself.
pub(super) fn permissions(work: &Work<'_>, event: &Event) -> Result<Vec<Node>> {
    let Some(config) = event.truthy("SchemaRegistryConfig") else {
        return Ok(Vec::new());
    };
    let config = event.owner().map(Some(config), "SchemaRegistryConfig")?;
    check_registry(event, config)?;
    let span = event.span;
    let access = config.get("AccessConfigs").and_then(Node::as_list);
    let mut statements: Vec<Node> = access
        .unwrap_or_default()
        .iter()
        .filter_map(|one| one.get("URI"))
        .map(|secret| read_secret(span, secret))
        .collect();
    let registry = address(work, config)?;
    let registry = registry.as_ref();
    let address = match registry.map(|node| &node.value) {
        Some(Value::Map(_)) => work
            .parameters
            .resolve_optional(registry)?
            .and_then(|resolved| resolved.get("Fn::Sub").cloned()),
        _ => registry.cloned(),
    };
    let name = address
        .as_ref()
        .and_then(Node::as_str)
        .filter(|arn| arn.starts_with("arn"))
        .and_then(|arn| arn.split(':').nth(5))
        .and_then(|resource| resource.strip_prefix("registry/"));
    if let (Some(name), Some(registry)) = (name, registry) {
        statements.push(statement(span, &["glue:GetRegistry"], registry));
        let schemas = arn(span, "glue", &format!("schema/{name}/*"));
        statements.push(statement(
            span,
            &["glue:GetSchemaVersion"],
            list!(span; schemas),
        ));
    }
    Ok(statements)
}

/// `SchemaRegistryURI` as it comes out: parameters inside a function are answered, a `Ref` or text in `Fn::Sub` stays.
pub(super) fn address(work: &Work<'_>, config: &Map) -> Result<Option<Node>> {
    let Some(given) = config.get("SchemaRegistryURI") else {
        return Ok(None);
    };
    let stays = match single(given) {
        Some(("Ref", _)) => true,
        Some(("Fn::Sub", argument)) => argument.as_str().is_some(),
        _ => given.as_map().is_none(),
    };
    match stays {
        true => Ok(Some(given.clone())),
        false => work.parameters.resolve(given).map(Some),
    }
}

fn check_registry(event: &Event, config: &Map) -> Result<()> {
    for field in [
        "SchemaRegistryURI",
        "EventRecordFormat",
        "SchemaValidationConfigs",
    ] {
        if !config.contains_key(field) {
            let message = format!("Missing required field {field} in SchemaRegistryConfig");
            return Err(event.fault(message));
        }
    }
    let format = config.get("EventRecordFormat").and_then(Node::as_str);
    if !matches!(format, Some("JSON" | "SOURCE")) {
        return Err(event
            .fault("EventRecordFormat in SchemaRegistryConfig must be either 'JSON' or 'SOURCE'"));
    }
    event.owner().list_or(
        config.get("SchemaValidationConfigs"),
        "SchemaValidationConfigs must be a list",
    )?;
    let Some(access) = truthy(config.get("AccessConfigs")) else {
        return Ok(());
    };
    let access = event.owner().list_or(
        Some(access),
        "AccessConfigs in SchemaRegistryConfig must be a list",
    )?;
    let is_whole = |one: &Node| one.get("Type").is_some() && one.get("URI").is_some();
    match access.iter().all(is_whole) {
        true => Ok(()),
        false => Err(event.fault("Each AccessConfig must be a dict with 'Type' and 'URI' fields")),
    }
}
