//! Dynamic references: `{{resolve:ssm:name}}`. They stay in the text; who needs the value looks them up.

use std::ops::Range;

use crate::template::{Node, Value};

/// A reference to a value kept in another service.
/// Source: CloudFormation user guide, "Using dynamic references to specify template values".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DynamicReference<'t> {
    /// `ssm`, `ssm-secure` or `secretsmanager`.
    pub service: &'t str,
    /// What follows the service: `name:version` or `secret:SecretString:key:stage:version`.
    pub key: &'t str,
    /// Where in the text it stands, braces included. Bytes.
    pub range: Range<usize>,
}

/// Every dynamic reference in a text.
pub fn dynamic_references(text: &str) -> Vec<DynamicReference<'_>> {
    const START: &str = "{{resolve:";
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(START).map(|at| from + at) {
        let inside = at + START.len();
        let Some(end) = text[inside..].find("}}").map(|end| inside + end) else {
            break;
        };
        from = end + 2;
        let reference = text[inside..end].split_once(':');
        if let Some((service, key)) = reference
            && matches!(service, "ssm" | "ssm-secure" | "secretsmanager")
            && !key.is_empty()
        {
            found.push(DynamicReference {
                service,
                key,
                range: at..from,
            });
        }
    }
    found
}

/// Whether a dynamic reference stands anywhere in a value.
pub fn holds_dynamic_reference(node: &Node) -> bool {
    match &node.value {
        Value::String(text) => !dynamic_references(text).is_empty(),
        Value::List(items) => items.iter().any(holds_dynamic_reference),
        Value::Map(map) => map.iter().any(|(_, item)| holds_dynamic_reference(item)),
        Value::Call(call) => holds_dynamic_reference(&call.argument),
        Value::Unknown(unknown) => holds_dynamic_reference(&unknown.call.argument),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_with_service_and_key() {
        let text = "a {{resolve:ssm:/db/name:2}} b {{resolve:secretsmanager:s:SecretString:p}}";
        let found = dynamic_references(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].service, found[0].key), ("ssm", "/db/name:2"));
        assert_eq!(&text[found[0].range.clone()], "{{resolve:ssm:/db/name:2}}");
        assert_eq!(found[1].service, "secretsmanager");
    }

    #[test]
    fn text_that_only_looks_like_a_reference_is_none() {
        for text in [
            "{{resolve:ssm}}",
            "{{resolve:vault:x}}",
            "{{resolve:ssm:x",
            "{{ssm:x}}",
        ] {
            assert!(dynamic_references(text).is_empty(), "{text}");
        }
    }
}
