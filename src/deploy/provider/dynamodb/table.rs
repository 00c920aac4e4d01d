//! The life of a table.

use std::time::Duration;

use aws_sdk_dynamodb::operation::update_table::builders::UpdateTableInputBuilder;
use aws_sdk_dynamodb::types as sdk;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind};
use crate::deploy::provider::tag::TagChange;
use crate::deploy::wait;

use super::{DynamoDb, Existing, Extent, Held, Properties, Sought, Wanted, change, shape, tag};

/// How long a table is waited for. Filling an index of a large table takes hours, and so does an import.
const PATIENCE: Duration = Duration::from_secs(12 * 3600);
/// How long what AWS says of a table may lag behind.
const LAG: Duration = Duration::from_secs(15);
/// How long a table may take to go.
const DELETION: Duration = Duration::from_secs(1200);

impl DynamoDb {
    pub(super) async fn create_table(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let made = match properties.object("ImportSourceSpecification")? {
            Some(source) => self.import_table(wanted, &source).await,
            None => self.make_table(wanted, &properties).await,
        };
        match made {
            Err(fault) if fault.kind == FaultKind::Exists => {
                // A call whose answer was lost, or that was killed before it was over.
                if !self.is_ours(&wanted.name, &wanted.tags).await? {
                    return Err(fault);
                }
            }
            made => made?,
        }
        let tags = TagChange {
            set: match properties.get("ImportSourceSpecification") {
                // An import takes none.
                Some(_) => tag::merged(wanted)?,
                None => Default::default(),
            },
            removed: Vec::new(),
        };
        self.settle(wanted, &Extent::new(wanted), tags).await
    }

    async fn make_table(&self, wanted: &Wanted, properties: &Properties<'_>) -> Result<(), Fault> {
        let mut tags = Vec::new();
        for (key, value) in tag::merged(wanted)? {
            tags.push(sdk::Tag::builder().key(key).value(value).build()?);
        }
        let policy = properties
            .object("ResourcePolicy")?
            .and_then(|policy| policy.document("PolicyDocument"));
        self.client
            .create_table()
            .table_name(&wanted.name)
            .set_attribute_definitions(Some(shape::attribute_definitions(properties)?))
            .set_key_schema(Some(shape::key_schema(properties)?))
            .set_billing_mode(properties.choice("BillingMode")?)
            .set_provisioned_throughput(shape::throughput(properties)?)
            .set_on_demand_throughput(shape::on_demand(properties)?)
            .set_warm_throughput(shape::warm(properties)?)
            .set_global_secondary_indexes(shape::global_indexes(properties)?)
            .set_local_secondary_indexes(shape::local_indexes(properties)?)
            .set_vector_indexes(shape::vector_indexes(properties)?)
            .set_stream_specification(shape::stream(properties)?)
            .set_sse_specification(shape::encryption(properties)?)
            .set_table_class(properties.choice("TableClass")?)
            .set_deletion_protection_enabled(properties.flag("DeletionProtectionEnabled")?)
            .set_resource_policy(policy)
            .set_tags(Some(tags))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("dynamodb", "CreateTable", &error))
    }

    /// Makes a table what it is to be, one change after the other: AWS takes one at a time. What it has already is not
    /// sent, because AWS refuses to change something into what it is.
    pub(super) async fn settle(
        &self,
        wanted: &Wanted,
        extent: &Extent<'_>,
        tags: TagChange,
    ) -> Result<Existing, Fault> {
        let name = &wanted.name;
        let properties = wanted.properties();
        let mut live = self.ready(name).await?;
        let arn = live.table_arn().unwrap_or_default().to_owned();
        self.set_tags(&arn, tags).await?;
        for step in change::STEPS {
            let mut sent = None;
            // A step may need several calls: an index each. The same one again means that AWS does not show what it took.
            loop {
                let next = step(&live, &properties, extent)?;
                if next.is_none() || next == sent {
                    break;
                }
                let answer = match next.clone() {
                    Some(request) => self.change(name, request).await?,
                    None => None,
                };
                sent = next;
                let is_seen = |live: &_| Ok(step(live, &properties, extent)? != sent);
                live = match answer {
                    // It was done at once.
                    Some(table) if is_ready(&table) => table,
                    _ => self.changed(name, &is_seen).await?,
                };
            }
        }
        self.set_apart(wanted, &live, extent).await?;
        Ok(existing(&live))
    }

    /// What AWS says the table is while it changes.
    async fn change(
        &self,
        name: &str,
        request: UpdateTableInputBuilder,
    ) -> Result<Option<sdk::TableDescription>, Fault> {
        let answer = request.table_name(name).send_with(&self.client).await;
        let mut fault = match answer {
            Ok(answer) => return Ok(answer.table_description),
            Err(error) => Fault::of("dynamodb", "UpdateTable", &error),
        };
        // Of this very call, whose first answer was lost: what is there is looked at again.
        if fault.message.contains("duplicate index") {
            fault.kind = FaultKind::NotYet;
        }
        // The same key by another of its names.
        match fault.message.contains("is already encrypted") {
            true => Ok(None),
            false => Err(fault),
        }
    }

    /// The table once a change shows: what AWS says of a table lags behind what it took. It is not waited for long, since not
    /// everything shows.
    async fn changed(
        &self,
        name: &str,
        is_seen: &(dyn Fn(&sdk::TableDescription) -> Result<bool, Fault> + Sync),
    ) -> Result<sdk::TableDescription, Fault> {
        let seen = wait::until("change of the table", LAG, || async {
            let live = self.ready(name).await?;
            Ok(is_seen(&live)?.then_some(live))
        })
        .await;
        match seen {
            Err(fault) if fault.service == "hoist" => self.ready(name).await,
            other => other,
        }
    }

    pub(super) async fn describe(
        &self,
        name: &str,
    ) -> Result<Option<sdk::TableDescription>, Fault> {
        let answer = self.client.describe_table().table_name(name).send().await;
        match answer {
            Ok(answer) => Ok(answer.table),
            Err(error) => Fault::of("dynamodb", "DescribeTable", &error).unless_missing(),
        }
    }

    /// The table once nothing is being done with it.
    async fn ready(&self, name: &str) -> Result<sdk::TableDescription, Fault> {
        wait::until("table", PATIENCE, || async {
            let table = self.describe(name).await?.ok_or_else(|| Fault {
                kind: FaultKind::Missing,
                ..Fault::unexpected(
                    "dynamodb",
                    "DescribeTable",
                    &format!("there is no table `{name}`"),
                )
            })?;
            match table.table_status() {
                Some(
                    status @ (sdk::TableStatus::Archived
                    | sdk::TableStatus::Archiving
                    | sdk::TableStatus::InaccessibleEncryptionCredentials
                    | sdk::TableStatus::ReplicationNotAuthorized),
                ) => {
                    let text = format!(
                        "the table `{name}` is {}: mend that, then deploy again",
                        status.as_str()
                    );
                    Err(Fault::unexpected("dynamodb", "DescribeTable", &text))
                }
                _ => Ok(is_ready(&table).then_some(table)),
            }
        })
        .await
    }

    pub(super) async fn find_table(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let Some(table) = self.describe(&sought.name).await? else {
            return Ok(None);
        };
        if !self.is_ours(&sought.name, &sought.tags).await? {
            return Ok(None);
        }
        if table.table_status() == Some(&sdk::TableStatus::Deleting) {
            let text = format!("the table `{}` is being deleted", sought.name);
            return Err(Fault {
                kind: FaultKind::NotYet,
                ..Fault::unexpected("dynamodb", "DescribeTable", &text)
            });
        }
        Ok(Some(existing(&table)))
    }

    pub(super) async fn delete_table(&self, held: &Held) -> Result<(), Fault> {
        let name = &held.reference;
        let answer = self.client.delete_table().table_name(name).send().await;
        if let Err(error) = answer {
            let mut fault = Fault::of("dynamodb", "DeleteTable", &error);
            if fault.message.contains("protected against deletion") {
                fault.message = format!(
                    "{} (Deploy `DeletionProtectionEnabled: false` first, or keep the table with `DeletionPolicy: Retain`.)",
                    fault.message
                );
            }
            let is_going = match fault.kind {
                FaultKind::Missing => return Ok(()),
                FaultKind::NotYet => self
                    .describe(name)
                    .await?
                    .is_none_or(|table| table.table_status() == Some(&sdk::TableStatus::Deleting)),
                _ => false,
            };
            if !is_going {
                return Err(fault);
            }
        }
        // A table of the same name can be made only when it is gone.
        wait::until("deletion of the table", DELETION, || async {
            Ok(self.describe(name).await?.is_none().then_some(()))
        })
        .await
    }
}

/// Whether nothing is being done with a table and its indexes.
fn is_ready(table: &sdk::TableDescription) -> bool {
    let global = table.global_secondary_indexes().iter();
    let vector = table.vector_indexes().iter();
    table.table_status() == Some(&sdk::TableStatus::Active)
        && global
            .map(|index| index.index_status())
            .chain(vector.map(|index| index.index_status()))
            .all(|status| status.is_none_or(|status| *status == sdk::IndexStatus::Active))
}

fn existing(table: &sdk::TableDescription) -> Existing {
    let mut attributes = Map::new();
    attributes.insert("Arn".into(), json!(table.table_arn()));
    let has_stream = table
        .stream_specification()
        .is_some_and(|stream| stream.stream_enabled);
    if has_stream {
        attributes.insert("StreamArn".into(), json!(table.latest_stream_arn()));
    }
    Existing {
        reference: table.table_name().unwrap_or_default().to_owned(),
        handle: Json::Null,
        attributes,
    }
}
