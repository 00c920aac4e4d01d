//! The names in a template, read quickly: nothing is evaluated, and nothing is said about faults.

use std::path::Path;

use super::locate;
use crate::diag::Sources;
use crate::template::{self, Resource, Template};

/// A name in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The logical id.
    pub name: String,
    /// In a few words what it is: a function's runtime, a parameter's description, a resource's type.
    pub note: String,
}

/// What a template holds, by its names and in its order. Loops are not run and conditions not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Lambda functions.
    pub functions: Vec<Named>,
    /// All resources, functions too.
    pub resources: Vec<Named>,
    /// Parameters.
    pub parameters: Vec<Named>,
}

/// Reads the names in the template `path`, or in the one in the folder `path` (the empty path is the current folder).
///
/// What cannot be read has no names.
pub fn outline(path: &Path) -> Outline {
    let read = || -> Option<Template> {
        let found = locate::locate(path).ok()?;
        let text = locate::read(&found, found.display()).ok()?;
        template::parse(&mut Sources::new(), found, text).0
    };
    read().as_ref().map(names).unwrap_or_default()
}

fn names(template: &Template) -> Outline {
    let mut outline = Outline::default();
    for (id, resource) in &template.resources {
        if is_function(resource) {
            outline.functions.push(Named {
                name: id.clone(),
                note: runtime(template, resource)
                    .unwrap_or(&resource.resource_type)
                    .to_owned(),
            });
        }
        outline.resources.push(Named {
            name: id.clone(),
            note: resource.resource_type.clone(),
        });
    }
    outline.parameters = template
        .parameters
        .iter()
        .map(|(name, parameter)| Named {
            name: name.clone(),
            note: parameter.description.clone().unwrap_or_default(),
        })
        .collect();
    outline
}

fn is_function(resource: &Resource) -> bool {
    matches!(
        resource.resource_type.as_str(),
        "AWS::Serverless::Function" | "AWS::Lambda::Function"
    )
}

/// `Runtime` where it is written out, `Globals` included.
fn runtime<'t>(template: &'t Template, resource: &'t Resource) -> Option<&'t str> {
    let own = resource
        .properties
        .as_ref()
        .and_then(|properties| properties.get("Runtime"));
    let global = || template.globals.as_ref()?.get("Function")?.get("Runtime");
    own.or_else(global)?.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, note: &str) -> Named {
        Named {
            name: name.into(),
            note: note.into(),
        }
    }

    #[test]
    fn functions_parameters_and_resources_are_found_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let text = "\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: nodejs24.x}}
Parameters:
  Stage: {Type: String, Description: Where it runs}
Resources:
  Get: {Type: AWS::Serverless::Function, Properties: {Handler: a.b}}
  Jobs: {Type: AWS::SQS::Queue}
  Put: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.14}}
";
        std::fs::write(folder.path().join("template.yaml"), text).unwrap();
        let outline = outline(folder.path());
        assert_eq!(
            outline.functions,
            [named("Get", "nodejs24.x"), named("Put", "python3.14")]
        );
        assert_eq!(outline.resources[1], named("Jobs", "AWS::SQS::Queue"));
        assert_eq!(outline.parameters, [named("Stage", "Where it runs")]);
    }

    #[test]
    fn a_template_that_is_broken_or_missing_has_no_names() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(outline(folder.path()), Outline::default());
        for text in ["Resources: [", "- 1", "\u{0}", "Resources: {A: {Type: 1}}"] {
            std::fs::write(folder.path().join("template.yaml"), text).unwrap();
            assert!(outline(folder.path()).functions.is_empty(), "{text}");
        }
    }
}
