//! `AWS::Serverless::GraphQLApi`: an AppSync API with its schema, data sources, functions and resolvers.
//!
//! Source: the translator's class `SamGraphQLApi` in `model/sam_resources.py`.

mod auth;
mod data_source;
mod model;
mod resolver;

use indexmap::IndexMap;

use crate::diag::{Diagnostic, nearest};
use crate::template::{Map, Node, Value};

use super::build::{list, map, put};
use super::connector;
use super::fault::Result;
use super::intrinsic::{attribute, sub};
use super::property::{Property, Shape, optional, passed};
use super::resource::{Resource, SamResource};
use super::role::trust;
use super::tag;
use super::value::{is_false, is_truthy, truthy};
use super::work::Work;

const PROPERTIES: [Property; 18] = [
    passed("Name"),
    optional("Tags", Shape::Map).literal(),
    passed("XrayEnabled"),
    optional("Auth", Shape::Map).literal().needed(),
    optional("SchemaInline", Shape::Text).literal(),
    optional("SchemaUri", Shape::Text).literal(),
    optional("Logging", Shape::OneOf(&[Shape::Map, Shape::Bool])).literal(),
    optional("DataSources", Shape::Map).literal(),
    optional("Functions", Shape::Map).literal(),
    optional("Resolvers", Shape::Map).literal(),
    optional("ApiKeys", Shape::Map).literal(),
    optional("DomainName", Shape::Map).literal(),
    optional("Cache", Shape::Map).literal(),
    passed("Visibility"),
    passed("OwnerContact"),
    passed("IntrospectionConfig"),
    passed("QueryDepthLimit"),
    passed("ResolverCountLimit"),
];

/// A GraphQL API while it is expanded.
struct Api<'s> {
    sam: &'s SamResource,
    /// `{"Fn::GetAtt": [id, "ApiId"]}`.
    api_id: Node,
    /// The names of the data sources, by their names in the template.
    data_sources: IndexMap<String, Node>,
    /// The ids of the functions, by their names in the template.
    functions: IndexMap<String, Node>,
    /// The data source of functions without one.
    none_source: Option<Resource>,
}

impl Api<'_> {
    /// A resource of the API; its id starts with the API's.
    fn new_resource(&self, suffix: &str, kind: &str) -> Resource {
        Resource::new(format!("{}{suffix}", self.sam.id), kind, self.sam.span)
            .with_attributes(self.sam.own_attributes())
            .depending_on(self.sam.attribute("DependsOn").cloned())
    }

    /// A role that AppSync takes.
    fn new_role(&self, suffix: &str) -> Resource {
        self.new_resource(suffix, "AWS::IAM::Role").with(
            "AssumeRolePolicyDocument",
            trust(self.sam.span, "appsync.amazonaws.com"),
        )
    }
}

/// Everything a GraphQL API becomes. The API itself comes first.
pub(super) fn expand(work: &mut Work<'_>, sam: &SamResource) -> Result<Vec<Resource>> {
    let sam = &known(work, sam);
    sam.check(&PROPERTIES)?;
    let mut given = sam.properties.clone();
    for name in PROPERTIES.map(|property| property.name) {
        if sam.get(name).is_none() {
            given.remove(name);
        }
    }
    if let Some(path) = model::first_fault(model::API, &given) {
        return Err(sam.fault(format!("Property '{path}' is invalid.")));
    }
    let mut api = Api {
        sam,
        api_id: attribute(sam.span, &sam.id, "ApiId"),
        data_sources: IndexMap::new(),
        functions: IndexMap::new(),
        none_source: None,
    };
    let (graphql, authorizers) = graphql(&api)?;
    let (graphql, log_role) = logged(&api, graphql);
    let schema = schema(&api)?;
    let schema_id = schema.id.clone();
    let mut made = vec![graphql, schema];
    for (at, function) in authorizers.iter().enumerate() {
        made.extend(authorizer_permission(work, sam, function, at + 1)?);
    }
    made.extend(log_role);
    made.extend(keys(&api));
    made.extend(cache(&api));
    made.extend(data_source::resources(work, &mut api)?);
    made.extend(domain(&api));
    made.extend(resolver::functions(&mut api)?);
    made.extend(resolver::resolvers(&api, &schema_id)?);
    made.extend(api.none_source);
    Ok(made)
}

/// The resource without properties that its type does not have: here, unlike everywhere else, SAM lets them pass.
fn known(work: &mut Work<'_>, sam: &SamResource) -> SamResource {
    let mut known = sam.clone();
    for (name, entry) in sam.properties.entries() {
        if PROPERTIES.iter().any(|property| property.name == name) {
            continue;
        }
        known.properties.remove(name);
        let names = PROPERTIES.iter().map(|property| property.name);
        let warning = Diagnostic::warning(
            "sam/unknown-property",
            format!("`{}` has no property `{name}`; SAM ignores it", sam.kind),
        )
        .at(entry.key_span);
        work.warnings.push(match nearest(name, names) {
            Some(near) => warning.help(format!("Did you mean `{near}`?")),
            None => warning,
        });
    }
    known
}

/// The API, and the functions that authorize its callers.
fn graphql(api: &Api<'_>) -> Result<(Resource, Vec<Node>)> {
    let sam = api.sam;
    let name = match sam.truthy("Name") {
        Some(name) => name.clone(),
        None => Node::string(sam.span, &sam.id),
    };
    let mut graphql = api
        .new_resource("", "AWS::AppSync::GraphQLApi")
        .with("Name", name)
        .with("XrayEnabled", sam.get("XrayEnabled").map(flag));
    for same in [
        "Visibility",
        "OwnerContact",
        "IntrospectionConfig",
        "QueryDepthLimit",
        "ResolverCountLimit",
    ] {
        graphql.set(same, sam.truthy(same));
    }
    let authorizers = auth::set(sam, &mut graphql)?;
    let mut tags = sam
        .get("Tags")
        .and_then(Node::as_map)
        .cloned()
        .unwrap_or_default();
    put(&mut tags, sam.span, "graphqlapi:createdBy", "SAM");
    graphql.set("Tags", tag::list(&tags));
    Ok((graphql, authorizers))
}

/// What means `true` or `false`, as one of them.
fn flag(node: &Node) -> Node {
    let is_on = match &node.value {
        Value::String(text) => matches!(
            text.to_lowercase().as_str(),
            "1" | "on" | "t" | "true" | "y" | "yes"
        ),
        _ => is_truthy(node),
    };
    Node::new(node.span, Value::Bool(is_on))
}

/// The API with its logging; it logs unless `Logging` is `false`. The role is made when none is given.
fn logged(api: &Api<'_>, mut graphql: Resource) -> (Resource, Option<Resource>) {
    let sam = api.sam;
    let logging = sam.get("Logging");
    if is_false(logging) {
        return (graphql, None);
    }
    let given = |name: &str| truthy(logging.and_then(|logging| logging.get(name)));
    let level = match given("FieldLogLevel") {
        Some(level) => level.clone(),
        None => Node::string(sam.span, "ALL"),
    };
    let policy =
        "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs";
    let role = match given("CloudWatchLogsRoleArn") {
        Some(_) => None,
        None => Some(api.new_role("CloudWatchRole").with(
            "ManagedPolicyArns",
            list!(sam.span; sub(sam.span, policy, None)),
        )),
    };
    let role_arn = match &role {
        Some(role) => Some(role.attribute("Arn")),
        None => given("CloudWatchLogsRoleArn").cloned(),
    };
    graphql.set(
        "LogConfig",
        map!(sam.span;
            "ExcludeVerboseContent" => given("ExcludeVerboseContent"),
            "FieldLogLevel" => level,
            "CloudWatchLogsRoleArn" => role_arn),
    );
    (graphql, role)
}

fn schema(api: &Api<'_>) -> Result<Resource> {
    let sam = api.sam;
    match (sam.truthy("SchemaInline"), sam.truthy("SchemaUri")) {
        (None, None) => Err(sam.fault("One of 'SchemaInline' or 'SchemaUri' must be set.")),
        (Some(_), Some(_)) => {
            Err(sam
                .fault("Both 'SchemaInline' and 'SchemaUri' cannot be defined at the same time."))
        }
        _ => Ok(api
            .new_resource("Schema", "AWS::AppSync::GraphQLSchema")
            .with("ApiId", &api.api_id)
            .with("Definition", sam.get("SchemaInline"))
            .with("DefinitionS3Location", sam.get("SchemaUri"))),
    }
}

/// Lets the API call a function that authorizes its callers.
fn authorizer_permission(
    work: &mut Work<'_>,
    sam: &SamResource,
    function: &Node,
    number: usize,
) -> Result<Vec<Resource>> {
    let span = sam.span;
    let source = map!(span;
        "Type" => "AWS::AppSync::GraphQLApi",
        "Arn" => map!(span; "Ref" => &sam.id),
        "ResourceId" => attribute(span, &sam.id, "ApiId"));
    let destination = map!(span; "Type" => "AWS::Lambda::Function", "Arn" => function);
    let id = format!("{}ToLambdaAuthConnector{number}", sam.id);
    connected(work, sam, id, source, destination, list!(span; "Write"))
}

/// What connects two resources: see [`connector`].
fn connected(
    work: &mut Work<'_>,
    sam: &SamResource,
    id: String,
    source: Node,
    destination: Node,
    permissions: Node,
) -> Result<Vec<Resource>> {
    let mut properties = Map::new();
    let span = sam.span;
    put(&mut properties, span, "Source", source);
    put(&mut properties, span, "Destination", destination);
    put(&mut properties, span, "Permissions", permissions);
    let connector = SamResource {
        id,
        span,
        kind: "AWS::Serverless::Connector".into(),
        properties,
        declaration: Map::new(),
    };
    connector::expand(work, &connector)
}

fn entries(node: Option<&Node>) -> impl Iterator<Item = (&str, &Node)> {
    node.and_then(Node::as_map).into_iter().flat_map(Map::iter)
}

fn keys(api: &Api<'_>) -> Vec<Resource> {
    entries(api.sam.get("ApiKeys"))
        .map(|(name, key)| {
            api.new_resource(name, "AWS::AppSync::ApiKey")
                .with("ApiId", &api.api_id)
                .with("ApiKeyId", key.get("ApiKeyId"))
                .with("Description", key.get("Description"))
                .with("Expires", key.get("ExpiresOn"))
        })
        .collect()
}

fn cache(api: &Api<'_>) -> Option<Resource> {
    let given = api.sam.get("Cache")?;
    let mut cache = api
        .new_resource("ApiCache", "AWS::AppSync::ApiCache")
        .with("ApiId", &api.api_id);
    for same in [
        "ApiCachingBehavior",
        "Type",
        "Ttl",
        "AtRestEncryptionEnabled",
        "TransitEncryptionEnabled",
    ] {
        cache.set(same, given.get(same));
    }
    Some(cache)
}

fn domain(api: &Api<'_>) -> Vec<Resource> {
    let Some(given) = api.sam.get("DomainName") else {
        return Vec::new();
    };
    let domain = api
        .new_resource("DomainName", "AWS::AppSync::DomainName")
        .with("CertificateArn", given.get("CertificateArn"))
        .with("DomainName", given.get("DomainName"))
        .with("Description", given.get("Description"));
    let association = api
        .new_resource(
            "DomainNameApiAssociation",
            "AWS::AppSync::DomainNameApiAssociation",
        )
        .with("ApiId", &api.api_id)
        .with("DomainName", domain.reference());
    vec![domain, association]
}
