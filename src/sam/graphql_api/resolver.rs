//! A GraphQL API's functions, and the resolvers that are pipelines of them.

use crate::template::{Map, Node, Value};

use crate::sam::build::{list, map};
use crate::sam::fault::{Fault, Result};
use crate::sam::resource::Resource;
use crate::sam::value::{text, truthy};

use super::{Api, entries};

/// The code of a resolver that has none: it does nothing before and after its functions.
const DEFAULT_CODE: &str = "
export function request(ctx) {
    return {};
}

export function response(ctx) {
    return ctx.prev.result;
}
";

/// The functions. One that only has an `Id` exists elsewhere.
pub(super) fn functions(api: &mut Api<'_>) -> Result<Vec<Resource>> {
    let mut made = Vec::new();
    for (name, given) in entries(api.sam.get("Functions")) {
        if let Some(id) = truthy(given.get("Id")) {
            let others = given.as_map().into_iter().flat_map(Map::iter);
            if others.filter(|(_, node)| node.value != Value::Null).count() != 1 {
                let message = "'Id' cannot be defined with other properties in Function.";
                return Err(Fault::resource(name, message).at(given.span));
            }
            api.functions.insert(name.to_owned(), id.clone());
            continue;
        }
        let (code, uri) = (
            truthy(given.get("InlineCode")),
            truthy(given.get("CodeUri")),
        );
        if code.is_none() && uri.is_none() {
            let message = "One of 'InlineCode' or 'CodeUri' must be set.";
            return Err(Fault::resource(name, message).at(given.span));
        }
        check_code(name, code, uri)?;
        let function_name = match truthy(given.get("Name")) {
            Some(name) => text(name),
            None => name.to_owned(),
        };
        let source = data_source(api, name, given)?;
        let function = api
            .new_resource(name, "AWS::AppSync::FunctionConfiguration")
            .with("ApiId", &api.api_id)
            .with("Name", function_name)
            .with("Code", code)
            .with("CodeS3Location", uri)
            .with("DataSourceName", source)
            .with("MaxBatchSize", given.get("MaxBatchSize"))
            .with("Description", given.get("Description"))
            .with("Runtime", runtime(name, given)?)
            .with("SyncConfig", given.get("Sync").map(without_nulls));
        api.functions
            .insert(name.to_owned(), function.attribute("FunctionId"));
        made.push(function);
    }
    Ok(made)
}

fn check_code(name: &str, code: Option<&Node>, uri: Option<&Node>) -> Result<()> {
    match (code, uri) {
        (Some(code), Some(_)) => {
            let message = "Both 'InlineCode' and 'CodeUri' cannot be defined at the same time.";
            Err(Fault::resource(name, message).at(code.span))
        }
        _ => Ok(()),
    }
}

/// The name of a function's data source: one of this API, one made for functions that have none, or one elsewhere.
fn data_source(api: &mut Api<'_>, name: &str, given: &Node) -> Result<Node> {
    let Some(source) = truthy(given.get("DataSource")) else {
        let message = "'DataSource' must be set.";
        return Err(Fault::resource(name, message).at(given.span));
    };
    if source.as_map().is_some() {
        return Ok(source.clone());
    }
    let wanted = text(source);
    if wanted.eq_ignore_ascii_case("none") {
        let made = match api.none_source.take() {
            Some(made) => made,
            None => {
                let made = api.new_resource("NoneDataSource", "AWS::AppSync::DataSource");
                let id = made.id.clone();
                made.with("ApiId", &api.api_id)
                    .with("Name", id)
                    .with("Type", "NONE")
            }
        };
        let name = made.attribute("Name");
        api.none_source = Some(made);
        return Ok(name);
    }
    api.data_sources.get(&wanted).cloned().ok_or_else(|| {
        Fault::resource(
            name,
            format!(
                "Either define DataSource '{wanted}' in 'DataSources' or use intrinsic function like GetAtt, \
                 ImportValue, Sub or another one to reference a DataSource defined outside of this GraphQLApi resource."
            ),
        )
        .at(source.span)
    })
}

fn runtime(name: &str, given: &Node) -> Result<Node> {
    match given
        .get("Runtime")
        .filter(|node| node.value != Value::Null)
    {
        Some(runtime) => Ok(map!(runtime.span;
            "Name" => runtime.get("Name"),
            "RuntimeVersion" => runtime.get("Version"))),
        None => {
            let message = format!("'Runtime' must be defined as a property in {name}.");
            Err(Fault::resource(name, message).at(given.span))
        }
    }
}

fn without_nulls(node: &Node) -> Node {
    let mut kept = Map::new();
    for (key, entry) in node.as_map().into_iter().flat_map(Map::entries) {
        if entry.node.value != Value::Null {
            kept.insert(key, entry.key_span, entry.node.clone());
        }
    }
    Node::new(node.span, Value::Map(kept))
}

/// The resolvers of all types. They need the schema.
pub(super) fn resolvers(api: &Api<'_>, schema: &str) -> Result<Vec<Resource>> {
    let mut made = Vec::new();
    for (type_name, resolvers) in entries(api.sam.get("Resolvers")) {
        for (name, given) in entries(Some(resolvers)) {
            made.push(resolver(api, schema, type_name, name, given)?);
        }
    }
    Ok(made)
}

fn resolver(
    api: &Api<'_>,
    schema: &str,
    type_name: &str,
    name: &str,
    given: &Node,
) -> Result<Resource> {
    let span = given.span;
    let (code, uri) = (
        truthy(given.get("InlineCode")),
        truthy(given.get("CodeUri")),
    );
    check_code(name, code, uri)?;
    let field = match truthy(given.get("FieldName")) {
        Some(field) => text(field),
        None => name.to_owned(),
    };
    let (code, runtime) = match (code, uri) {
        (None, None) => (
            Some(Node::string(span, DEFAULT_CODE)),
            map!(span; "Name" => "APPSYNC_JS", "RuntimeVersion" => "1.0.0"),
        ),
        (code, _) => (code.cloned(), runtime(name, given)?),
    };
    Ok(api
        .new_resource(&format!("{type_name}{name}"), "AWS::AppSync::Resolver")
        .depending_on(Some(list!(span; schema)))
        .with("Code", code)
        .with("CodeS3Location", uri)
        .with("Runtime", runtime)
        .with("ApiId", &api.api_id)
        .with("FieldName", field)
        .with("TypeName", type_name)
        .with("Kind", "PIPELINE")
        .with("PipelineConfig", pipeline(api, name, given)?)
        .with("CachingConfig", given.get("Caching").map(without_nulls))
        .with("MaxBatchSize", truthy(given.get("MaxBatchSize"))))
}

fn pipeline(api: &Api<'_>, name: &str, given: &Node) -> Result<Node> {
    let Some(pipeline) = truthy(given.get("Pipeline")) else {
        let message = format!(
            "Resolver '{name}' must have Pipeline defined. Unit resolvers are not supported. If you need a Unit \
             resolver you can use AppSync resource."
        );
        return Err(Fault::resource(name, message).at(given.span));
    };
    let mut ids = Vec::new();
    for function in pipeline.as_list().unwrap_or_default() {
        let wanted = text(function);
        let Some(id) = api.functions.get(&wanted) else {
            let message = format!("Function '{wanted}' does not exist.");
            return Err(Fault::resource(name, message).at(function.span));
        };
        ids.push(id.clone());
    }
    Ok(map!(pipeline.span; "Functions" => ids))
}
