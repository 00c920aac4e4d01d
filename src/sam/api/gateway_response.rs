//! `GatewayResponses`: what API Gateway answers itself, such as `UNAUTHORIZED`.

use crate::sam::build::{map, put};
use crate::sam::expect::Owner;
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::is_intrinsic;
use crate::sam::value::{python_type, text, truthy};
use crate::template::{Map, Node, Value};

const PROPERTIES: [&str; 3] = ["ResponseParameters", "ResponseTemplates", "StatusCode"];
const PARAMETERS: [(&str, &str); 3] = [
    ("Headers", "header."),
    ("Paths", "path."),
    ("QueryStrings", "querystring."),
];

/// Checks the property before the document is looked at.
///
/// # Errors
/// Responses that are no mappings or have other properties.
pub(super) fn check(api: &str, responses: &Map) -> Result<()> {
    for (name, response) in responses.iter() {
        let fault = |message: String| Err(Fault::resource(api, message).at(response.span));
        if is_intrinsic(response) {
            return fault(
                "Unable to set GatewayResponses attribute because intrinsic functions are not supported for this field."
                    .into(),
            );
        }
        let kind = match response.as_str() {
            // The translator names its own class for text, with which it keeps the hashes of deployments.
            Some(_) => "Py27UniStr",
            None => python_type(response),
        };
        let Some(response) = response.as_map() else {
            return fault(format!(
                "Invalid property type '{kind}' for GatewayResponses. Expected an object of type 'GatewayResponse'."
            ));
        };
        if let Some(key) = response.keys().find(|key| !PROPERTIES.contains(key)) {
            return fault(format!(
                "Invalid property '{key}' in 'GatewayResponses' property '{name}'."
            ));
        }
    }
    Ok(())
}

/// A response as the document has it.
///
/// # Errors
/// Parameters that are not known, a status that is no number.
pub(super) fn definition(api: &str, name: &str, response: &Node) -> Result<Node> {
    let span = response.span;
    let owner = Owner::Resource(api);
    let none = Map::new();
    let parameters = match truthy(response.get("ResponseParameters")) {
        None => &none,
        parameters => owner.map(
            parameters,
            &format!("GatewayResponses.{name}.ResponseParameters"),
        )?,
    };
    let is_known = |key: &str| PARAMETERS.iter().any(|(known, _)| *known == key);
    if let Some(key) = parameters.keys().find(|key| !is_known(key)) {
        let message = format!("Invalid gateway response parameter '{key}'");
        return Err(Fault::resource(api, message).at(span));
    }
    let status = response
        .get("StatusCode")
        .filter(|status| status.value != Value::Null);
    let code = status.map(text);
    let is_numeric = |code: &str| {
        matches!(code.len(), 1..=3) && code.chars().all(|digit| digit.is_ascii_digit())
    };
    if truthy(status).is_some() && !code.as_deref().is_some_and(is_numeric) {
        let message = "Property 'StatusCode' must be numeric";
        return Err(Fault::resource(api, message).at(span));
    }
    let mut prefixed = Map::new();
    for (kind, prefix) in PARAMETERS {
        let Some(values) = parameters.get(kind) else {
            continue;
        };
        let values = owner.map(Some(values), &format!("ResponseParameters.{kind}"))?;
        for (key, entry) in values.entries() {
            let key = format!("gatewayresponse.{prefix}{key}");
            put(&mut prefixed, entry.key_span, key, &entry.node);
        }
    }
    let templates = truthy(response.get("ResponseTemplates")).cloned();
    Ok(map!(span;
        "responseParameters" => prefixed,
        "responseTemplates" => templates.unwrap_or(map!(span)),
        "statusCode" => code.filter(|code| !code.is_empty()),
    ))
}
