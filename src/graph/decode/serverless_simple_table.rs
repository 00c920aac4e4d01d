//! `AWS::Serverless::SimpleTable`: a table with one key.

use crate::graph::fields::Fields;
use crate::graph::setting::Setting;
use crate::graph::table::{Attribute, AttributeType, Key, Table};

pub(super) fn table(fields: &Fields<'_>) -> Table {
    // SAM's words, and its default key.
    let types = [
        ("String", AttributeType::String),
        ("Number", AttributeType::Number),
        ("Binary", AttributeType::Binary),
    ];
    let given = fields.fields("PrimaryKey");
    let name = given.as_ref().and_then(|key| key.text("Name"));
    let name = name.unwrap_or(Setting::Known {
        value: "id".into(),
        span: fields.span,
    });
    let kind = given
        .and_then(|key| key.word("Type", &types))
        .unwrap_or(AttributeType::String);
    Table {
        name: fields.text("TableName"),
        attributes: vec![Attribute {
            name: name.clone(),
            kind,
        }],
        key: Key {
            hash: Some(name),
            range: None,
        },
        global_indexes: Vec::new(),
        local_indexes: Vec::new(),
        stream: None,
        time_to_live: None,
    }
}
