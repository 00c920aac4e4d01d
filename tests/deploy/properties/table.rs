//! One DynamoDB table as its service remembers it: the provider compares what it wants with what is there.
//! Source: Amazon DynamoDB API reference.

use serde_json::{Map, Value, json};

use crate::record::{Answer, Call, answer};

/// The table that was made last.
#[derive(Debug, Default)]
pub struct Table {
    given: Map<String, Value>,
    time_to_live: Option<Value>,
    recovery: Option<Value>,
    destination: Option<(Value, &'static str)>,
    is_gone: bool,
}

impl Table {
    /// What the service answers. None for calls of others, and for those that say nothing about the table.
    pub fn respond(&mut self, call: &Call) -> Option<Answer> {
        if call.service != "dynamodb" {
            return None;
        }
        let body = call.json();
        match call.operation.as_str() {
            "CreateTable" => {
                *self = Table {
                    given: body.as_object()?.clone(),
                    ..Table::default()
                };
            }
            "ImportTable" => {
                *self = Table {
                    given: body["TableCreationParameters"].as_object()?.clone(),
                    ..Table::default()
                };
                return Some(import());
            }
            "DescribeImport" => return Some(import()),
            "DeleteTable" => self.is_gone = true,
            "DescribeTable" if self.is_gone => {
                return Some(Answer::fault(
                    call,
                    400,
                    "ResourceNotFoundException",
                    "no such table",
                ));
            }
            "UpdateTable" => self.update(&body),
            "UpdateTimeToLive" => self.time_to_live = Some(body["TimeToLiveSpecification"].clone()),
            "UpdateContinuousBackups" => {
                self.recovery = Some(body["PointInTimeRecoverySpecification"].clone());
            }
            "EnableKinesisStreamingDestination" => self.destination = Some((body, "ACTIVE")),
            "DisableKinesisStreamingDestination" => self.destination = Some((body, "DISABLED")),
            _ => {}
        }
        let Value::Object(mut usual) = serde_json::from_slice(&answer::usual(call).body).ok()?
        else {
            return None;
        };
        usual.extend(self.described());
        Some(Answer::json(Value::Object(usual)))
    }

    fn update(&mut self, body: &Value) {
        for (name, value) in body.as_object().into_iter().flatten() {
            if name == "GlobalSecondaryIndexUpdates" {
                for change in value.as_array().into_iter().flatten() {
                    self.update_index(change);
                }
            } else {
                self.given.insert(name.clone(), value.clone());
            }
        }
    }

    fn update_index(&mut self, change: &Value) {
        let entry = self.given.entry("GlobalSecondaryIndexes");
        let Value::Array(indexes) = entry.or_insert_with(|| json!([])) else {
            return;
        };
        if change["Create"].is_object() {
            indexes.push(change["Create"].clone());
        }
        let removed = &change["Delete"]["IndexName"];
        indexes.retain(|index| index["IndexName"] != *removed);
        let update = &change["Update"];
        for index in indexes {
            if index["IndexName"] == update["IndexName"] {
                for (name, value) in update.as_object().into_iter().flatten() {
                    index[name] = value.clone();
                }
            }
        }
    }

    fn described(&self) -> Map<String, Value> {
        let mut table = Map::new();
        let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/table";
        table.insert("TableName".into(), json!("table"));
        table.insert("TableArn".into(), json!(arn));
        table.insert("TableId".into(), json!("0a1b2c3d"));
        table.insert("TableStatus".into(), json!("ACTIVE"));
        table.insert(
            "LatestStreamArn".into(),
            json!(format!("{arn}/stream/2026")),
        );
        for (name, value) in &self.given {
            match name.as_str() {
                "BillingMode" => {
                    table.insert("BillingModeSummary".into(), json!({ "BillingMode": value }));
                }
                "TableClass" => {
                    table.insert("TableClassSummary".into(), json!({ "TableClass": value }));
                }
                "SSESpecification" => {
                    let kind = if value["Enabled"] == true {
                        "KMS"
                    } else {
                        "AES256"
                    };
                    table.insert(
                        "SSEDescription".into(),
                        json!({ "Status": "ENABLED", "SSEType": kind, "KMSMasterKeyArn": value["KMSMasterKeyId"] }),
                    );
                }
                "GlobalSecondaryIndexes" | "LocalSecondaryIndexes" | "VectorIndexes" => {
                    let mut indexes = value.clone();
                    for index in indexes.as_array_mut().into_iter().flatten() {
                        index["IndexStatus"] = json!("ACTIVE");
                    }
                    table.insert(name.clone(), indexes);
                }
                "Tags" | "ResourcePolicy" | "GlobalSecondaryIndexUpdates" => {}
                _ => {
                    table.insert(name.clone(), value.clone());
                }
            }
        }
        let table = Value::Object(table);
        let mut found = Map::from_iter([
            ("Table".to_owned(), table.clone()),
            ("TableDescription".to_owned(), table),
        ]);
        if let Some(given) = &self.time_to_live {
            let status = if given["Enabled"] == true {
                "ENABLED"
            } else {
                "DISABLED"
            };
            found.insert(
                "TimeToLiveDescription".into(),
                json!({ "TimeToLiveStatus": status, "AttributeName": given["AttributeName"] }),
            );
        }
        if let Some(given) = &self.recovery {
            let is_on = given["PointInTimeRecoveryEnabled"] == true;
            let status = if is_on { "ENABLED" } else { "DISABLED" };
            found.insert(
                "ContinuousBackupsDescription".into(),
                json!({ "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": {
                    "PointInTimeRecoveryStatus": status, "RecoveryPeriodInDays": given["RecoveryPeriodInDays"] } }),
            );
        }
        if let Some((given, status)) = &self.destination {
            found.insert(
                "KinesisDataStreamDestinations".into(),
                json!([{ "StreamArn": given["StreamArn"], "DestinationStatus": status,
                    "ApproximateCreationDateTimePrecision":
                        given["EnableKinesisStreamingConfiguration"]["ApproximateCreationDateTimePrecision"] }]),
            );
        }
        found
    }
}

fn import() -> Answer {
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/table/import/1";
    Answer::json(
        json!({ "ImportTableDescription": { "ImportArn": arn, "ImportStatus": "COMPLETED" } }),
    )
}
