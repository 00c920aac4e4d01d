//! The attributes that `Fn::GetAtt` takes.

use crate::graph::facts;
use crate::schema::{self, Shape, Shapes, Type};

static TABLE: &str = include_str!("../../schema/attributes.tsv");

/// What a resource type gives.
pub(super) enum Attributes {
    /// Whatever is asked for: it is known only once the resource exists.
    Any,
    /// The outputs of a nested stack: `Outputs.Name`, and these.
    Outputs(Vec<String>),
    /// These.
    Only(Vec<String>),
}

/// The attributes of a resource type. Types that are not known give anything.
pub(super) fn of(resource_type: &str) -> Attributes {
    let Some(facts) = facts::resource_type(resource_type) else {
        return Attributes::Any;
    };
    let mut names = facts.attributes();
    match resource_type {
        "AWS::CloudFormation::CustomResource" | "AWS::CloudFormation::Macro" => {
            return Attributes::Any;
        }
        "AWS::CloudFormation::Stack"
        | "AWS::Serverless::Application"
        | "AWS::ServiceCatalog::CloudFormationProvisionedProduct" => {
            return Attributes::Outputs(names);
        }
        _ if resource_type.starts_with("AWS::Serverless::") => return Attributes::Any,
        _ => {}
    }
    let more = schema::line_of(TABLE, resource_type).and_then(|line| line.split_once('\t'));
    match more {
        Some((_, "*")) => {
            if let Some(shapes) = schema::shapes(resource_type) {
                for (name, shape) in &shapes.root.properties {
                    values(&shapes, shape, name, 0, &mut names);
                }
            }
        }
        Some((_, more)) => names.extend(more.split(' ').map(str::to_owned)),
        None => {}
    }
    Attributes::Only(names)
}

impl Attributes {
    pub(super) fn has(&self, name: &str) -> bool {
        match self {
            Attributes::Any => true,
            Attributes::Outputs(names) => {
                name.starts_with("Outputs.") || names.iter().any(|one| one == name)
            }
            Attributes::Only(names) => names.iter().any(|one| {
                // Below an attribute that is a mapping of its own making.
                one == name
                    || name
                        .strip_prefix(one.as_str())
                        .is_some_and(|rest| rest.starts_with('.'))
            }),
        }
    }

    pub(super) fn names(&self) -> &[String] {
        match self {
            Attributes::Any => &[],
            Attributes::Outputs(names) | Attributes::Only(names) => names,
        }
    }
}

/// Every property that holds no list of mappings, with its path.
fn values(shapes: &Shapes, shape: &Shape, path: &str, depth: usize, names: &mut Vec<String>) {
    let shape = shapes.resolve(shape);
    if shape.types.contains(&Type::Object) && depth < 8 {
        for (name, inner) in &shape.properties {
            values(shapes, inner, &format!("{path}.{name}"), depth + 1, names);
        }
        return;
    }
    let holds_mappings = shape.items.as_ref().is_some_and(|items| {
        let items = shapes.resolve(items);
        items.types.contains(&Type::Object) || items.types.contains(&Type::Array)
    });
    if !holds_mappings && !names.iter().any(|one| one == path) {
        names.push(path.to_owned());
    }
}
