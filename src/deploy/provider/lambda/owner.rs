//! Names for what AWS lets us name and the template does not: always the same for the same resource of the same stack.

use std::collections::BTreeMap;

use crate::deploy::name::{NameRule, Owner};
use crate::deploy::provider::{RESOURCE_TAG, STACK_TAG};

/// Source: Lambda API reference, `AddPermission`: up to 100 letters, digits, hyphens and underscores.
const STATEMENT: NameRule = NameRule::new("StatementId", 100);
/// Source: Lambda API reference, `PublishLayerVersion`: up to 140.
const LAYER: NameRule = NameRule::new("LayerName", 140);

/// The id of the statement in a policy that a permission is. A replacement has another.
pub(super) fn statement_id(tags: &BTreeMap<String, String>) -> String {
    let (stack, id, generation) = parts(tags);
    STATEMENT.name(&owner(stack, id, generation), "")
}

/// The name of a layer that has none. All its versions have the same.
pub(super) fn layer_name(tags: &BTreeMap<String, String>) -> String {
    let (stack, id, _) = parts(tags);
    LAYER.name(&owner(stack, id, 0), "")
}

fn owner<'a>(stack: &'a str, id: &'a str, generation: u32) -> Owner<'a> {
    // Both are only unique within a function and within an account in a region.
    Owner {
        account: "",
        region: "",
        stack,
        id,
        generation,
    }
}

fn parts(tags: &BTreeMap<String, String>) -> (&str, &str, u32) {
    let text = |tag| tags.get(tag).map_or("", String::as_str);
    let (id, generation) = text(RESOURCE_TAG)
        .rsplit_once('/')
        .unwrap_or((text(RESOURCE_TAG), "0"));
    (text(STACK_TAG), id, generation.parse().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(resource: &str) -> BTreeMap<String, String> {
        BTreeMap::from([
            (STACK_TAG.to_owned(), "orders".to_owned()),
            (RESOURCE_TAG.to_owned(), resource.to_owned()),
        ])
    }

    #[test]
    fn a_replaced_permission_has_another_statement_and_a_replaced_layer_the_same_name() {
        assert!(statement_id(&tags("Allow/0")).starts_with("orders-Allow-"));
        assert_eq!(
            statement_id(&tags("Allow/0")),
            statement_id(&tags("Allow/0"))
        );
        assert_ne!(
            statement_id(&tags("Allow/0")),
            statement_id(&tags("Allow/1"))
        );
        assert_eq!(layer_name(&tags("Lib/0")), layer_name(&tags("Lib/3")));
    }
}
