//! DynamoDB tables.

use crate::diag::Diagnostic;
use crate::template::Node;

use super::fields::Fields;
use super::setting::Setting;

/// `AWS::DynamoDB::Table` and `AWS::Serverless::SimpleTable`.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// `TableName`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// The attributes that keys use, with their types.
    pub attributes: Vec<Attribute>,
    /// Its primary key.
    pub key: Key,
    /// With keys of their own.
    pub global_indexes: Vec<Index>,
    /// With the table's partition key.
    pub local_indexes: Vec<Index>,
    /// What its stream holds, when it has one.
    pub stream: Option<StreamView>,
    /// The attribute that holds the second at which an item expires.
    pub time_to_live: Option<Setting<String>>,
}

/// The attributes that make a key.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Key {
    /// The partition key. None only when the template is faulty or not known.
    pub hash: Option<Setting<String>>,
    /// The sort key.
    pub range: Option<Setting<String>>,
}

/// An attribute that a key uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its name.
    pub name: Setting<String>,
    /// Its type.
    pub kind: AttributeType,
}

/// The types that a key's attribute may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeType {
    /// `S`.
    String,
    /// `N`.
    Number,
    /// `B`.
    Binary,
}

/// A secondary index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// `IndexName`.
    pub name: Option<Setting<String>>,
    /// Its primary key.
    pub key: Key,
    /// What it holds.
    pub projection: Projection,
}

/// What an index holds besides the keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Projection {
    /// Everything.
    All,
    /// Nothing.
    KeysOnly,
    /// These attributes.
    Include(Vec<Setting<String>>),
}

/// What a table's stream holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamView {
    /// The keys of what changed.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
}

const TYPES: [(&str, AttributeType); 3] = [
    ("S", AttributeType::String),
    ("N", AttributeType::Number),
    ("B", AttributeType::Binary),
];

const VIEWS: [(&str, StreamView); 4] = [
    ("KEYS_ONLY", StreamView::KeysOnly),
    ("NEW_IMAGE", StreamView::NewImage),
    ("OLD_IMAGE", StreamView::OldImage),
    ("NEW_AND_OLD_IMAGES", StreamView::NewAndOldImages),
];

pub(super) fn table(fields: &Fields<'_>) -> Table {
    let attributes: Vec<_> = fields
        .items("AttributeDefinitions")
        .into_iter()
        .filter_map(|item| {
            let item = fields.fields_of("AttributeDefinitions", item)?;
            Some(Attribute {
                name: item.text("AttributeName")?,
                kind: item.word("AttributeType", &TYPES)?,
            })
        })
        .collect();
    let key = key(fields);
    if key.hash.is_none() {
        // An unknown or partly faulty list was reported where it stands.
        if !fields.has("KeySchema") {
            fields.missing(
                "KeySchema",
                "A table needs at least a key of the type `HASH`.",
            );
        }
    }
    let table = Table {
        name: fields.text("TableName"),
        global_indexes: indexes(fields, "GlobalSecondaryIndexes"),
        local_indexes: indexes(fields, "LocalSecondaryIndexes"),
        stream: fields
            .fields("StreamSpecification")
            .and_then(|stream| stream.word("StreamViewType", &VIEWS)),
        time_to_live: fields
            .fields("TimeToLiveSpecification")
            .filter(|expiry| expiry.flag("Enabled") != Some(false))
            .and_then(|expiry| expiry.text("AttributeName")),
        attributes,
        key,
    };
    check_keys(fields, &table);
    table
}

fn key(fields: &Fields<'_>) -> Key {
    let mut key = Key::default();
    for item in fields.items("KeySchema") {
        let Some(item) = fields.fields_of("KeySchema", item) else {
            continue;
        };
        let name = item.text("AttributeName");
        match item.word("KeyType", &[("HASH", true), ("RANGE", false)]) {
            Some(true) => key.hash = name,
            Some(false) => key.range = name,
            None => {}
        }
    }
    key
}

fn indexes<'a>(fields: &Fields<'a>, property: &'a str) -> Vec<Index> {
    fields
        .items(property)
        .into_iter()
        .filter_map(|item| {
            let item = fields.fields_of(property, item)?;
            Some(Index {
                name: item.text("IndexName"),
                key: key(&item),
                projection: projection(&item),
            })
        })
        .collect()
}

fn projection(index: &Fields<'_>) -> Projection {
    let Some(projection) = index.fields("Projection") else {
        return Projection::All;
    };
    match projection.word(
        "ProjectionType",
        &[("ALL", 0), ("KEYS_ONLY", 1), ("INCLUDE", 2)],
    ) {
        Some(1) => Projection::KeysOnly,
        Some(2) => Projection::Include(projection.texts("NonKeyAttributes")),
        _ => Projection::All,
    }
}

/// Every attribute of a key must be declared with its type.
fn check_keys(fields: &Fields<'_>, table: &Table) {
    let Some(written) = fields.node("AttributeDefinitions").map(Node::as_list) else {
        if !fields.is_partial() {
            fields.missing(
                "AttributeDefinitions",
                "It names the keys' attributes and their types.",
            );
        }
        return;
    };
    // Some of it may be unknown or faulty, and then nothing can be said about what is not in it.
    let all_known = table.attributes.iter().all(|a| a.name.known().is_some());
    if !all_known || written.is_none_or(|written| written.len() != table.attributes.len()) {
        return;
    }
    let indexes = table.global_indexes.iter().chain(&table.local_indexes);
    let keys = std::iter::once(&table.key).chain(indexes.map(|index| &index.key));
    for name in keys.flat_map(|key| [&key.hash, &key.range]).flatten() {
        let Setting::Known { value, span } = name else {
            continue;
        };
        let declared = table
            .attributes
            .iter()
            .any(|attribute| attribute.name.known() == Some(value));
        if !declared {
            fields.report(
                Diagnostic::error(
                    "graph/undeclared-attribute",
                    format!(
                        "the key attribute `{value}` of {} has no type",
                        fields.owner
                    ),
                )
                .at(*span)
                .help("Name it in `AttributeDefinitions`, with `AttributeType: S`, `N` or `B`."),
            );
        }
    }
}
