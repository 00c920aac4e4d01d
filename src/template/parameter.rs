//! Parameters: their declarations.

use crate::diag::{Diagnostic, Diagnostics, nearest};

use super::document::{Parameter, ParameterType};
use super::map::{Entry, Map};
use super::section::{check_names, text, wrong_type};
use super::value::{Node, Value};

const ATTRIBUTES: [&str; 11] = [
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
];

/// Types besides the pattern `AWS::…` ones, for suggestions.
const TYPES: [&str; 4] = ["String", "Number", "List<Number>", "CommaDelimitedList"];

/// The types that CloudFormation checks against the account.
/// Source: CloudFormation user guide, "Supported AWS-specific parameter types".
const AWS_TYPES: [&str; 13] = [
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::Volume::Id",
    "AWS::EC2::VPC::Id",
    "AWS::Route53::HostedZone::Id",
    "AWS::SSM::Parameter::Name",
    "AWS::SSM::Parameter::Value<String>",
    "AWS::SSM::Parameter::Value<List<String>>",
];

pub(super) fn decode(id: &str, entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Parameter> {
    let Some(map) = entry.node.as_map() else {
        diagnostics.push(wrong_type(
            &format!("the parameter `{id}`"),
            "a mapping",
            &entry.node,
        ));
        return None;
    };
    check_names(map, &ATTRIBUTES, "attribute of a parameter", diagnostics);
    let kind = kind(id, entry, map, diagnostics);
    Some(Parameter {
        id_span: entry.key_span,
        type_span: map.get("Type").map_or(entry.key_span, |node| node.span),
        kind,
        default: default(map, diagnostics),
        allowed_values: allowed_values(map, diagnostics),
        allowed_pattern: allowed_pattern(map, diagnostics),
        min_length: length(map, "MinLength", diagnostics),
        max_length: length(map, "MaxLength", diagnostics),
        min_value: number(map, "MinValue", diagnostics),
        max_value: number(map, "MaxValue", diagnostics),
        no_echo: no_echo(map, diagnostics),
        description: text(map, "Description", diagnostics),
        constraint_description: text(map, "ConstraintDescription", diagnostics),
    })
}

/// The declared type; a faulty one is taken as `String`, so that the rest can still be evaluated.
fn kind(id: &str, entry: &Entry, map: &Map, diagnostics: &mut Diagnostics) -> ParameterType {
    let Some(node) = map.get("Type") else {
        diagnostics.push(
            Diagnostic::error(
                "template/missing",
                format!("the parameter `{id}` has no `Type`"),
            )
            .at(entry.key_span)
            .help("Most parameters are of the type `String`."),
        );
        return ParameterType::String;
    };
    let Some(written) = node.as_str() else {
        diagnostics.push(wrong_type("`Type`", "a string", node));
        return ParameterType::String;
    };
    parse_type(written).unwrap_or_else(|| {
        let fault = Diagnostic::error(
            "template/parameter-type",
            format!("there is no parameter type `{written}`"),
        )
        .at(node.span);
        diagnostics.push(match nearest(written, TYPES.into_iter().chain(AWS_TYPES)) {
            Some(near) => fault.help(format!("Did you mean `{near}`?")),
            None => fault.help(format!(
                "Possible are {} and `AWS::…` types.",
                TYPES.join(", ")
            )),
        });
        ParameterType::String
    })
}

fn parse_type(written: &str) -> Option<ParameterType> {
    let inside = |prefix: &str| {
        written
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_suffix('>'))
    };
    if let Some(inner) = inside("AWS::SSM::Parameter::Value<") {
        return parse_type(inner)
            .filter(|inner| !matches!(inner, ParameterType::Ssm(_)))
            .map(|inner| ParameterType::Ssm(Box::new(inner)));
    }
    if let Some(inner) = inside("List<") {
        return match inner {
            "Number" => Some(ParameterType::NumberList),
            "String" => Some(ParameterType::StringList),
            _ => is_aws(inner).then(|| ParameterType::AwsList(inner.to_owned())),
        };
    }
    match written {
        "String" => Some(ParameterType::String),
        "Number" => Some(ParameterType::Number),
        "CommaDelimitedList" => Some(ParameterType::StringList),
        _ => is_aws(written).then(|| ParameterType::Aws(written.to_owned())),
    }
}

/// `AWS::Service::Thing` or longer.
fn is_aws(written: &str) -> bool {
    let mut parts = written.split("::");
    parts.next() == Some("AWS")
        && parts.clone().count() >= 2
        && parts.all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn default(map: &Map, diagnostics: &mut Diagnostics) -> Option<Node> {
    let node = map.get("Default")?;
    if node.scalar_text().is_some() {
        return Some(node.clone());
    }
    diagnostics.push(
        wrong_type("`Default`", "a string or a number", node)
            .help("A list is one string with commas: \"a,b\". Functions are not possible here."),
    );
    None
}

fn allowed_values(map: &Map, diagnostics: &mut Diagnostics) -> Vec<Node> {
    let Some(node) = map.get("AllowedValues") else {
        return Vec::new();
    };
    let Some(items) = node.as_list() else {
        diagnostics.push(wrong_type("`AllowedValues`", "a list", node));
        return Vec::new();
    };
    items
        .iter()
        .filter(|item| {
            let ok = item.scalar_text().is_some();
            if !ok {
                diagnostics.push(wrong_type("an allowed value", "a string or a number", item));
            }
            ok
        })
        .cloned()
        .collect()
}

fn allowed_pattern(map: &Map, diagnostics: &mut Diagnostics) -> Option<Node> {
    let node = map.get("AllowedPattern")?;
    match node.scalar_text() {
        Some(text) => Some(Node::string(node.span, text)),
        None => {
            diagnostics.push(wrong_type("`AllowedPattern`", "a string", node));
            None
        }
    }
}

fn length(map: &Map, key: &str, diagnostics: &mut Diagnostics) -> Option<u64> {
    let node = map.get(key)?;
    let length = node.scalar_text().and_then(|text| text.parse().ok());
    if length.is_none() {
        diagnostics.push(wrong_type(
            &format!("`{key}`"),
            "a whole number of characters",
            node,
        ));
    }
    length
}

fn number(map: &Map, key: &str, diagnostics: &mut Diagnostics) -> Option<f64> {
    let node = map.get(key)?;
    let number = node
        .scalar_text()
        .and_then(|text| text.parse().ok())
        .filter(|number: &f64| number.is_finite());
    if number.is_none() {
        diagnostics.push(wrong_type(&format!("`{key}`"), "a number", node));
    }
    number
}

/// Anything but a clear "no" hides the value: showing a secret is worse than hiding a name.
fn no_echo(map: &Map, diagnostics: &mut Diagnostics) -> bool {
    let Some(node) = map.get("NoEcho") else {
        return false;
    };
    match &node.value {
        Value::Bool(flag) => *flag,
        Value::String(text) if text.eq_ignore_ascii_case("true") => true,
        Value::String(text) if text.eq_ignore_ascii_case("false") => false,
        _ => {
            diagnostics.push(wrong_type("`NoEcho`", "a boolean", node));
            true
        }
    }
}
