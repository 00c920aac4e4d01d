//! Amazon DynamoDB: tables with their indexes and streams, and what is set of them apart.

mod change;
mod import;
mod kinesis;
mod read;
mod setting;
mod shape;
mod table;
mod tags;

use aws_sdk_dynamodb::Client;
use serde_json::{Map, Value as Json};

use crate::aws::Cloud;
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;
use crate::deploy::value::same;

use super::extent::Extent;
use super::{Existing, Held, Kind, Pending, Properties, Provider, Sought, Wanted, tag};

const TABLE: Kind = Kind {
    // Local indexes are made with the table and never again; the key is the table.
    replacing: &["KeySchema", "LocalSecondaryIndexes"],
    replacing_when: Some(changes_a_key),
    volatile: &[("StreamArn", "StreamSpecification")],
    foretold: &[
        ("Ref", "{name}"),
        (
            "Arn",
            "arn:{Partition}:dynamodb:{Region}:{AccountId}:table/{name}",
        ),
    ],
    ..Kind::new("AWS::DynamoDB::Table").named(NameRule::new("TableName", 255))
};

/// The provider of `AWS::DynamoDB::Table`.
pub struct DynamoDb {
    client: Client,
}

impl DynamoDb {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        DynamoDb {
            client: Client::new(cloud.config()),
        }
    }
}

/// An attribute that is part of the table's key, or of a local index, keeps its type as long as there is the table.
fn changes_a_key(before: &Map<String, Json>, after: &Map<String, Json>) -> Vec<&'static str> {
    let keys = |map: &Map<String, Json>| -> Vec<String> {
        let of = |owner: &Json| -> Vec<String> {
            let elements = owner.get("KeySchema").and_then(Json::as_array);
            let elements = elements.into_iter().flatten();
            elements
                .filter_map(|element| element.get("AttributeName")?.as_str())
                .map(str::to_owned)
                .collect()
        };
        let local = map.get("LocalSecondaryIndexes").and_then(Json::as_array);
        let mut names = of(&Json::Object(map.clone()));
        names.extend(local.into_iter().flatten().flat_map(of));
        names
    };
    let kind = |map: &Map<String, Json>, name: &str| -> Option<Json> {
        let definitions = map.get("AttributeDefinitions")?.as_array()?;
        let found = definitions
            .iter()
            .find(|one| one.get("AttributeName").and_then(Json::as_str) == Some(name))?;
        found.get("AttributeType").cloned()
    };
    let differs = |name: &String| match (kind(before, name), kind(after, name)) {
        (Some(before), Some(after)) => !same(&before, &after),
        _ => false,
    };
    match keys(before).iter().any(differs) {
        true => vec!["AttributeDefinitions"],
        false => Vec::new(),
    }
}

impl Provider for DynamoDb {
    fn kinds(&self) -> &'static [Kind] {
        &[TABLE]
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        Box::pin(self.create_table(wanted))
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        Box::pin(self.find_table(sought))
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        Box::pin(self.read_table(held))
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        let extent = Extent::of(held, wanted, changes);
        Box::pin(async move {
            let tags = tag::change(held, wanted)?;
            self.settle(wanted, &extent, tags).await
        })
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        Box::pin(self.delete_table(held))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(pk: &str, gsi: &str) -> Map<String, Json> {
        let table = json!({
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": pk},
                {"AttributeName": "other", "AttributeType": gsi}
            ]
        });
        table.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_key_of_another_type_is_another_table_and_an_index_of_another_type_is_not() {
        assert!(changes_a_key(&table("S", "S"), &table("S", "N")).is_empty());
        assert_eq!(
            changes_a_key(&table("S", "S"), &table("N", "S")),
            ["AttributeDefinitions"]
        );
    }
}
