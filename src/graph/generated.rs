//! The logical ids of resources that SAM or a module makes, so that references to them are not called mistakes.
//!
//! When the whole SAM transform stands before the graph, those resources are in the template and this file goes away.
//! Source: AWS SAM developer guide, "Generated AWS CloudFormation resources" and "Referencing generated resources".

use indexmap::IndexMap;

use crate::template::Resource;

/// The REST API that SAM makes for `Api` events without `RestApiId`.
pub const IMPLICIT_REST_API: &str = "ServerlessRestApi";
/// The HTTP API that SAM makes for `HttpApi` events without `ApiId`.
pub const IMPLICIT_HTTP_API: &str = "ServerlessHttpApi";

/// Generated once for the whole template.
const ALONE: [&str; 3] = [
    "CodeDeployServiceRole",
    "ServerlessDeploymentApplication",
    "ServerlessUsagePlan",
];

/// Generated once for the whole template, with a hash behind.
const ALONE_WITH_HASH: [&str; 3] = [
    "ApiGatewayDomainNameV2",
    "ApiGatewayDomainName",
    "RecordSetGroup",
];

/// The resource of the template that a generated one belongs to: the function of its role, say. The two implicit
/// APIs belong to themselves, as do those that are made once for the whole template.
pub(crate) fn owner<'a>(
    name: &'a str,
    resources: &'a IndexMap<String, Resource>,
) -> Option<&'a str> {
    for implicit in [IMPLICIT_REST_API, IMPLICIT_HTTP_API] {
        if name.starts_with(implicit) {
            return Some(implicit);
        }
    }
    if ALONE.contains(&name) {
        return Some(name);
    }
    let hashed = |prefix: &&str| name.strip_prefix(prefix).is_some_and(is_hash);
    if ALONE_WITH_HASH.iter().any(hashed) {
        return Some(name);
    }
    if let Some(module) = module_of(name, resources) {
        return Some(module);
    }
    // `MyFunction.Version`, `MyApi.Stage`
    if let Some((id, _)) = name.split_once('.') {
        let (id, resource) = resources.get_key_value(id)?;
        return is_serverless(resource).then_some(id.as_str());
    }
    resources
        .iter()
        .filter(|(_, resource)| is_serverless(resource))
        .filter_map(|(id, resource)| Some((id, name.strip_prefix(id.as_str())?, resource)))
        .filter(|(_, suffix, resource)| is_suffix(suffix, resource))
        .max_by_key(|(id, _, _)| id.len())
        .map(|(id, _, _)| id.as_str())
}

/// The module whose content `name` is: the module's logical id with the inner one behind it, a point between or not.
/// Source: CloudFormation user guide, "Referencing resources in a module".
fn module_of<'a>(name: &str, resources: &'a IndexMap<String, Resource>) -> Option<&'a str> {
    resources
        .iter()
        .filter(|(_, resource)| resource.resource_type.ends_with("::MODULE"))
        .map(|(id, _)| id.as_str())
        .find(|id| name.len() > id.len() && name.starts_with(id))
}

fn is_serverless(resource: &Resource) -> bool {
    resource.resource_type.starts_with("AWS::Serverless::")
}

/// Whether SAM may put `suffix` behind the logical id of `resource` to name something it makes for it.
fn is_suffix(suffix: &str, resource: &Resource) -> bool {
    if suffix.is_empty() {
        return false;
    }
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| suffix.starts_with(prefix));
    match resource.resource_type.as_str() {
        "AWS::Serverless::Function" => {
            (suffix == "Role" && !has(resource, "Role"))
                || (suffix.starts_with("Alias") && has(resource, "AutoPublishAlias"))
                || (suffix.strip_prefix("Version").is_some_and(is_hash))
                || starts(&[
                    "Url",
                    "URL",
                    "EventInvokeConfig",
                    "EventQueue",
                    "EventTopic",
                    "DeploymentGroup",
                    "CodeSigningConfig",
                    "LogGroup",
                ])
                || of_event(suffix, resource)
        }
        "AWS::Serverless::StateMachine" => {
            (suffix == "Role" && !has(resource, "Role"))
                || starts(&["Alias", "Version"])
                || of_event(suffix, resource)
        }
        "AWS::Serverless::Api" => {
            suffix.ends_with("Stage")
                || starts(&[
                    "Deployment",
                    "UsagePlan",
                    "ApiKey",
                    "BasePathMapping",
                    "Stage",
                ])
                || suffix.ends_with("AuthorizerPermission")
                || suffix.ends_with("BasePathMapping")
        }
        "AWS::Serverless::HttpApi" | "AWS::Serverless::WebSocketApi" => {
            suffix.ends_with("Stage")
                || starts(&["Stage", "Deployment"])
                || suffix.ends_with("ApiMapping")
                || suffix.ends_with("Permission")
                || suffix.ends_with("Route")
                || suffix.ends_with("Integration")
                || suffix.ends_with("Authorizer")
        }
        "AWS::Serverless::LayerVersion" => is_hash(suffix),
        "AWS::Serverless::SimpleTable" => false,
        // What the others make is named after their own parts.
        _ => suffix.starts_with(|c: char| c.is_ascii_uppercase()),
    }
}

fn has(resource: &Resource, property: &str) -> bool {
    resource
        .properties
        .as_ref()
        .is_some_and(|properties| properties.get(property).is_some())
}

/// `<Event>`, `<Event>Permission`, `<Event>Role`, `<Event>EventQueuePolicy`, …
fn of_event(suffix: &str, resource: &Resource) -> bool {
    resource
        .properties
        .as_ref()
        .and_then(|properties| properties.get("Events"))
        .and_then(|events| events.as_map())
        .is_some_and(|events| {
            events
                .keys()
                .any(|event| !event.is_empty() && suffix.starts_with(event))
        })
}

/// The ten hexadecimal digits that SAM puts behind an id.
fn is_hash(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Sources;

    const TEMPLATE: &str = "
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Events: {Get: {Type: Api}}, AutoPublishAlias: live}
  FnWithRole:
    Type: AWS::Serverless::Function
    Properties: {Role: x}
  Api: {Type: AWS::Serverless::Api}
  Layer: {Type: AWS::Serverless::LayerVersion}
  Queue: {Type: AWS::SQS::Queue}
  Shared: {Type: My::Own::Thing::MODULE}
";

    fn owner_of(name: &str) -> Option<String> {
        let mut sources = Sources::new();
        let (template, _) = crate::template::parse(&mut sources, "t.yaml", TEMPLATE);
        let resources = template.expect("reads").resources;
        owner(name, &resources).map(str::to_owned)
    }

    #[test]
    fn what_sam_makes_belongs_to_what_it_was_made_for() {
        for (name, id) in [
            ("FnRole", "Fn"),
            ("FnAliaslive", "Fn"),
            ("Fn.Version", "Fn"),
            ("FnGetPermissionProd", "Fn"),
            ("FnVersion0123456789", "Fn"),
            ("ApiProdStage", "Api"),
            ("Api.Stage", "Api"),
            ("ApiDeploymentabcdef0123", "Api"),
            ("Layerabcdef0123", "Layer"),
            ("ServerlessRestApi", "ServerlessRestApi"),
            ("ServerlessRestApiProdStage", "ServerlessRestApi"),
            ("ServerlessHttpApi", "ServerlessHttpApi"),
            ("SharedBucket", "Shared"),
            ("Shared.Bucket", "Shared"),
        ] {
            assert_eq!(owner_of(name).as_deref(), Some(id), "{name}");
        }
    }

    #[test]
    fn mistakes_belong_to_nothing() {
        for name in [
            "Fnn",
            "FnWithRoleRole",
            "FnPost",
            "QueueRole",
            "Queue.Arn",
            "LayerArn",
            "Ap",
        ] {
            assert_eq!(owner_of(name), None, "{name}");
        }
    }
}
