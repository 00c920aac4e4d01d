//! Where a GraphQL API gets its data: tables and functions.

use crate::template::{Map, Node};

use crate::sam::build::{list, map, put};
use crate::sam::fault::Result;
use crate::sam::intrinsic::{reference, sub};
use crate::sam::resource::Resource;
use crate::sam::value::truthy;
use crate::sam::work::Work;

use super::{Api, connected, entries};

/// The data sources, with a role and what it permits for each that has none.
pub(super) fn resources(work: &mut Work<'_>, api: &mut Api<'_>) -> Result<Vec<Resource>> {
    let sources = api.sam.get("DataSources");
    let mut made = Vec::new();
    for (name, given) in entries(sources.and_then(|sources| sources.get("DynamoDb"))) {
        made.extend(table(work, api, name, given)?);
    }
    for (name, given) in entries(sources.and_then(|sources| sources.get("Lambda"))) {
        made.extend(function(work, api, name, given)?);
    }
    Ok(made)
}

fn new_source(api: &Api<'_>, id: &str, name: &str, given: &Node, kind: &str) -> Resource {
    let source_name = match truthy(given.get("Name")) {
        Some(name) => name.clone(),
        None => Node::string(given.span, name),
    };
    api.new_resource(id, "AWS::AppSync::DataSource")
        .with("Name", source_name)
        .with("Type", kind)
        .with("ApiId", &api.api_id)
        .with("Description", given.get("Description"))
}

fn table(
    work: &mut Work<'_>,
    api: &mut Api<'_>,
    name: &str,
    given: &Node,
) -> Result<Vec<Resource>> {
    let span = given.span;
    let region = match truthy(given.get("Region")) {
        Some(region) => region.clone(),
        None => reference(span, "AWS::Region"),
    };
    let config = map!(span;
        "AwsRegion" => &region,
        "TableName" => given.get("TableName"),
        "UseCallerCredentials" => truthy(given.get("UseCallerCredentials")),
        "Versioned" => truthy(given.get("Versioned")),
        "DeltaSyncConfig" => truthy(given.get("DeltaSync")));
    let id = format!("{name}DynamoDBDataSource");
    let mut source =
        new_source(api, &id, name, given, "AMAZON_DYNAMODB").with("DynamoDBConfig", config);
    let arn = match truthy(given.get("TableArn")) {
        Some(arn) => arn.clone(),
        None => {
            let mut variables = Map::new();
            put(
                &mut variables,
                span,
                "__TableName__",
                given.get("TableName"),
            );
            put(&mut variables, span, "__Region__", region);
            let arn = "arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}";
            sub(span, arn, Some(variables))
        }
    };
    let permissions = match truthy(given.get("Permissions")) {
        Some(permissions) => permissions.clone(),
        None => list!(span; "Read", "Write"),
    };
    let destination = map!(span; "Type" => "AWS::DynamoDB::Table", "Arn" => arn);
    let role = role(
        work,
        api,
        given,
        &mut source,
        &id,
        Permitted {
            connector: "ToTableConnector",
            destination,
            permissions,
        },
    )?;
    Ok(finish(api, name, source, role))
}

fn function(
    work: &mut Work<'_>,
    api: &mut Api<'_>,
    name: &str,
    given: &Node,
) -> Result<Vec<Resource>> {
    let span = given.span;
    let function = given.get("FunctionArn");
    let id = format!("{name}LambdaDataSource");
    let mut source = new_source(api, &id, name, given, "AWS_LAMBDA")
        .with("LambdaConfig", map!(span; "LambdaFunctionArn" => function));
    let destination = map!(span; "Type" => "AWS::Lambda::Function", "Arn" => function);
    let role = role(
        work,
        api,
        given,
        &mut source,
        &id,
        Permitted {
            connector: "ToLambdaConnector",
            destination,
            permissions: list!(span; "Write"),
        },
    )?;
    Ok(finish(api, name, source, role))
}

fn finish(api: &mut Api<'_>, name: &str, source: Resource, role: Vec<Resource>) -> Vec<Resource> {
    api.data_sources
        .insert(name.to_owned(), source.attribute("Name"));
    let mut made = vec![source];
    made.extend(role);
    made
}

/// What the role of a data source permits.
struct Permitted {
    connector: &'static str,
    destination: Node,
    permissions: Node,
}

fn role(
    work: &mut Work<'_>,
    api: &Api<'_>,
    given: &Node,
    source: &mut Resource,
    id: &str,
    permitted: Permitted,
) -> Result<Vec<Resource>> {
    if let Some(role) = truthy(given.get("ServiceRoleArn")) {
        source.set("ServiceRoleArn", role);
        return Ok(Vec::new());
    }
    let role = api.new_role(&format!("{id}Role"));
    source.set("ServiceRoleArn", role.attribute("Arn"));
    let end = map!(given.span;
        "Type" => "AWS::AppSync::DataSource",
        "Arn" => source.attribute("DataSourceArn"),
        "RoleName" => role.reference());
    let connector = format!("{}{}", source.id, permitted.connector);
    let connected = connected(
        work,
        api.sam,
        connector,
        end,
        permitted.destination,
        permitted.permissions,
    )?;
    let mut made = vec![role];
    made.extend(connected);
    Ok(made)
}
