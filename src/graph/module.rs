//! Modules: resources whose content only CloudFormation knows.

use indexmap::IndexMap;

use crate::template::Resource;

/// The module whose content `name` is: the module's logical id with the inner one behind it, a point between or not.
/// Source: CloudFormation user guide, "Referencing resources in a module".
pub(super) fn owner<'a>(name: &str, resources: &'a IndexMap<String, Resource>) -> Option<&'a str> {
    resources
        .iter()
        .filter(|(_, resource)| resource.resource_type.ends_with("::MODULE"))
        .map(|(id, _)| id.as_str())
        .find(|id| name.len() > id.len() && name.starts_with(id))
}
