//! The properties that Hoist does not send, so that a template which uses one is refused before anything is done.

use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::template::{Node, Resource, Value};

/// One line a type with its own provider, and one for each of its properties that is not sent. `schema/README.md` says how it is
/// written; `tests/deploy/properties.rs` checks it against what is really sent.
static TABLE: &str = include_str!("../../schema/deploy-properties.tsv");

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// `AWS::SQS::Queue`.
    pub resource_type: &'static str,
    /// `Code/ImageUri`, with `*` for any item of a list or key of a map; `*` alone for all that no other line names.
    pub path: &'static str,
    /// What becomes of it.
    pub fate: Fate,
    /// Why it is not sent, for people; empty when it is.
    pub reason: &'static str,
}

/// What becomes of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// AWS gets it.
    Sent,
    /// What AWS gets says it already.
    Implied,
    /// AWS does not get it, and a template that has it is refused.
    Unsupported,
}

/// Every line, sorted by type and path.
pub fn entries() -> impl Iterator<Item = Entry> {
    TABLE.lines().filter_map(entry)
}

fn entry(line: &'static str) -> Option<Entry> {
    let mut fields = line.split('\t');
    Some(Entry {
        resource_type: fields.next()?,
        path: fields.next()?,
        fate: match fields.next()? {
            "sent" => Fate::Sent,
            "implied" => Fate::Implied,
            "unsupported" => Fate::Unsupported,
            _ => return None,
        },
        reason: fields.next().unwrap_or_default(),
    })
}

/// Whether AWS gets a property (`Code/ImageUri`, items of lists as `*`). What lies in one that it does not get is not sent either.
pub fn is_sent(resource_type: &str, path: &str) -> bool {
    of_type(resource_type)
        .filter(|entry| entry.fate != Fate::Sent)
        .all(|entry| match path.strip_prefix(entry.path) {
            Some(rest) => !rest.is_empty() && !rest.starts_with('/'),
            None => true,
        })
}

fn of_type(resource_type: &str) -> impl Iterator<Item = Entry> {
    entries().filter(move |entry| entry.resource_type == resource_type)
}

/// Names every property of a resource that would not be sent, where it is written. `resource` is evaluated: what a condition takes away is not there.
pub fn check(id: &str, resource: &Resource, diagnostics: &mut Diagnostics) {
    let resource_type = &resource.resource_type;
    let listed = of_type(resource_type).filter(|entry| entry.fate == Fate::Unsupported);
    let Some(properties) = &resource.properties else {
        return;
    };
    for entry in listed {
        let path: Vec<&str> = entry.path.split('/').collect();
        let mut places = Vec::new();
        find(properties, &path, String::new(), &mut places);
        for (place, span) in places {
            let fault = Diagnostic::error(
                "deploy/unsupported-property",
                format!(
                    "`{id}` sets `{place}`, which Hoist does not deploy: {}",
                    entry.reason
                ),
            );
            diagnostics.push(fault.at(span).help(
                "Take the property out, or deploy this resource with CloudFormation and pass what it gives as a parameter.",
            ));
        }
    }
}

/// Every place in the value that the path leads to, written as in messages (`Rules[0].Name`).
fn find(node: &Node, path: &[&str], place: String, places: &mut Vec<(String, Span)>) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let mut visit = |name: String, span: Span, node: &Node| match rest {
        [] if node.value == Value::Null => {}
        [] => places.push((name, span)),
        _ => find(node, rest, name, places),
    };
    match &node.value {
        Value::Map(map) => {
            let entries = map.entries();
            for (key, entry) in entries.filter(|(key, _)| *first == "*" || key == first) {
                let name = match place.is_empty() {
                    true => key.to_owned(),
                    false => format!("{place}.{key}"),
                };
                visit(name, entry.key_span, &entry.node);
            }
        }
        Value::List(items) if *first == "*" => {
            for (at, item) in items.iter().enumerate() {
                visit(format!("{place}[{at}]"), item.span, item);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_says_why() {
        let all: Vec<_> = entries().collect();
        assert_eq!(
            all.len(),
            TABLE.lines().count(),
            "every line has its fields"
        );
        assert!(all.is_sorted_by_key(|entry| (entry.resource_type, entry.path)));
        for entry in all {
            let is_sent = entry.fate == Fate::Sent;
            assert_eq!(is_sent, entry.reason.is_empty(), "{entry:?}");
            assert_eq!(is_sent, entry.path == "*", "{entry:?}");
        }
    }

    #[test]
    fn a_property_is_not_sent_when_it_or_what_it_lies_in_is_listed() {
        assert!(is_sent("AWS::SQS::Queue", "DelaySeconds"));
        assert!(is_sent("AWS::Unheard::Of", "Name"));
        assert!(is_sent("AWS::S3::Bucket", "BucketName"));
        assert!(!is_sent("AWS::S3::Bucket", "BucketNamePrefix"));
        assert!(!is_sent("AWS::S3::Bucket", "BucketNamePrefix/Whatever"));
    }
}
