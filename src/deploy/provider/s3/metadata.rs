//! Tables about a bucket's objects.

use aws_sdk_s3::types as sdk;
use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;

use super::setting::Setting;
use super::{Properties, S3, done, set};

impl S3 {
    /// Made once and then changed table by table.
    pub(super) async fn put_metadata(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let bucket = setting.bucket;
        let Some(wanted) = setting.wanted.object("MetadataConfiguration")? else {
            let request = self.client.delete_bucket_metadata_configuration();
            let answer = request.bucket(bucket).send().await;
            return set("DeleteBucketMetadataConfiguration", answer).map(|_| ());
        };
        if self.metadata(bucket).await?.is_none() {
            let answer = self
                .client
                .create_bucket_metadata_configuration()
                .bucket(bucket)
                .metadata_configuration(configuration(&wanted)?)
                .send()
                .await;
            return done("CreateBucketMetadataConfiguration", answer).map(|_| ());
        }
        if let Some(journal) = wanted.object("JournalTableConfiguration")? {
            let updates = sdk::JournalTableConfigurationUpdates::builder()
                .set_record_expiration(record_expiration(&journal)?);
            let answer = self
                .client
                .update_bucket_metadata_journal_table_configuration()
                .bucket(bucket)
                .journal_table_configuration(updates.build())
                .send()
                .await;
            done("UpdateBucketMetadataJournalTableConfiguration", answer)?;
        }
        let mut inventory = sdk::InventoryTableConfigurationUpdates::builder()
            .configuration_state(sdk::InventoryConfigurationState::Disabled);
        let mut is_about = before(setting, "InventoryTableConfiguration")?;
        if let Some(table) = wanted.object("InventoryTableConfiguration")? {
            inventory = inventory
                .set_configuration_state(table.choice("ConfigurationState")?)
                .set_encryption_configuration(encryption(&table)?);
            is_about = true;
        }
        if is_about {
            let answer = self
                .client
                .update_bucket_metadata_inventory_table_configuration()
                .bucket(bucket)
                .inventory_table_configuration(inventory.build()?)
                .send()
                .await;
            done("UpdateBucketMetadataInventoryTableConfiguration", answer)?;
        }
        let mut annotation = sdk::AnnotationTableConfigurationUpdates::builder()
            .configuration_state(sdk::AnnotationConfigurationState::Disabled);
        let mut is_about = before(setting, "AnnotationTableConfiguration")?;
        if let Some(table) = wanted.object("AnnotationTableConfiguration")? {
            annotation = annotation
                .set_configuration_state(table.choice("ConfigurationState")?)
                .set_encryption_configuration(encryption(&table)?)
                .set_role(table.text("Role")?);
            is_about = true;
        }
        if is_about {
            let answer = self
                .client
                .update_bucket_metadata_annotation_table_configuration()
                .bucket(bucket)
                .annotation_table_configuration(annotation.build()?)
                .send()
                .await;
            done("UpdateBucketMetadataAnnotationTableConfiguration", answer)?;
        }
        Ok(())
    }

    /// The older form has nothing that can be changed: another destination is another configuration.
    pub(super) async fn put_metadata_table(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let bucket = setting.bucket;
        let wanted = setting.wanted.object("MetadataTableConfiguration")?;
        let mut destination = None;
        if let Some(wanted) = &wanted
            && let Some(to) = wanted.object("S3TablesDestination")?
        {
            destination = Some(
                sdk::S3TablesDestination::builder()
                    .set_table_bucket_arn(to.text("TableBucketArn")?)
                    .set_table_name(to.text("TableName")?)
                    .build()?,
            );
        }
        let live = self.metadata_table(bucket).await?;
        if let Some(live) = &live {
            let is_same = destination.as_ref().is_some_and(|wanted| {
                wanted.table_bucket_arn() == live.table_bucket_arn
                    && wanted.table_name() == live.table_name
            });
            if is_same {
                return Ok(());
            }
            let request = self.client.delete_bucket_metadata_table_configuration();
            let answer = request.bucket(bucket).send().await;
            set("DeleteBucketMetadataTableConfiguration", answer)?;
        }
        if wanted.is_none() {
            return Ok(());
        }
        let configuration = sdk::MetadataTableConfiguration::builder()
            .set_s3_tables_destination(destination)
            .build();
        let answer = self
            .client
            .create_bucket_metadata_table_configuration()
            .bucket(bucket)
            .metadata_table_configuration(configuration)
            .send()
            .await;
        done("CreateBucketMetadataTableConfiguration", answer).map(|_| ())
    }

    async fn metadata(
        &self,
        bucket: &str,
    ) -> Result<Option<sdk::MetadataConfigurationResult>, Fault> {
        let request = self.client.get_bucket_metadata_configuration();
        let answer = request.bucket(bucket).send().await;
        let answer = set("GetBucketMetadataConfiguration", answer)?;
        Ok(answer
            .and_then(|answer| answer.get_bucket_metadata_configuration_result)
            .and_then(|result| result.metadata_configuration_result))
    }

    async fn metadata_table(
        &self,
        bucket: &str,
    ) -> Result<Option<sdk::S3TablesDestinationResult>, Fault> {
        let request = self.client.get_bucket_metadata_table_configuration();
        let answer = request.bucket(bucket).send().await;
        let answer = set("GetBucketMetadataTableConfiguration", answer)?;
        Ok(answer
            .and_then(|answer| answer.get_bucket_metadata_table_configuration_result)
            .and_then(|result| result.metadata_table_configuration_result)
            .and_then(|result| result.s3_tables_destination_result))
    }

    /// What `Fn::GetAtt` gives of the tables.
    pub(super) async fn add_metadata(
        &self,
        bucket: &str,
        properties: &Map<String, Json>,
        attributes: &mut Map<String, Json>,
    ) -> Result<(), Fault> {
        if properties.contains_key("MetadataConfiguration")
            && let Some(found) = self.metadata(bucket).await?
        {
            let to = found.destination_result.as_ref();
            let journal = found.journal_table_configuration_result.as_ref();
            let inventory = found.inventory_table_configuration_result.as_ref();
            let annotation = found.annotation_table_configuration_result.as_ref();
            let value = json!({
                "Destination": {
                    "TableBucketArn": to.and_then(|to| to.table_bucket_arn()),
                    "TableBucketType": to.and_then(|to| to.table_bucket_type()).map(|it| it.as_str()),
                    "TableNamespace": to.and_then(|to| to.table_namespace()),
                },
                "JournalTableConfiguration": {
                    "TableName": journal.map(|table| table.table_name()),
                    "TableArn": journal.and_then(|table| table.table_arn()),
                },
                "InventoryTableConfiguration": {
                    "TableName": inventory.and_then(|table| table.table_name()),
                    "TableArn": inventory.and_then(|table| table.table_arn()),
                },
                "AnnotationTableConfiguration": {
                    "TableName": annotation.and_then(|table| table.table_name()),
                    "TableArn": annotation.and_then(|table| table.table_arn()),
                },
            });
            attributes.insert("MetadataConfiguration".into(), value);
        }
        if properties.contains_key("MetadataTableConfiguration")
            && let Some(found) = self.metadata_table(bucket).await?
        {
            let value = json!({ "S3TablesDestination": {
                "TableNamespace": found.table_namespace,
                "TableArn": found.table_arn,
            }});
            attributes.insert("MetadataTableConfiguration".into(), value);
        }
        Ok(())
    }
}

/// Whether a table was configured when the bucket was sent last.
fn before(setting: &Setting<'_>, table: &str) -> Result<bool, Fault> {
    let Some(before) = &setting.before else {
        return Ok(false);
    };
    let metadata = before.object("MetadataConfiguration")?;
    Ok(metadata.is_some_and(|metadata| metadata.get(table).is_some()))
}

fn configuration(wanted: &Properties<'_>) -> Result<sdk::MetadataConfiguration, Fault> {
    let mut built = sdk::MetadataConfiguration::builder();
    if let Some(journal) = wanted.object("JournalTableConfiguration")? {
        built = built.journal_table_configuration(
            sdk::JournalTableConfiguration::builder()
                .set_record_expiration(record_expiration(&journal)?)
                .set_encryption_configuration(encryption(&journal)?)
                .build(),
        );
    }
    if let Some(table) = wanted.object("InventoryTableConfiguration")? {
        built = built.inventory_table_configuration(
            sdk::InventoryTableConfiguration::builder()
                .set_configuration_state(table.choice("ConfigurationState")?)
                .set_encryption_configuration(encryption(&table)?)
                .build()?,
        );
    }
    if let Some(table) = wanted.object("AnnotationTableConfiguration")? {
        built = built.annotation_table_configuration(
            sdk::AnnotationTableConfiguration::builder()
                .set_configuration_state(table.choice("ConfigurationState")?)
                .set_encryption_configuration(encryption(&table)?)
                .set_role(table.text("Role")?)
                .build()?,
        );
    }
    Ok(built.build())
}

fn record_expiration(journal: &Properties<'_>) -> Result<Option<sdk::RecordExpiration>, Fault> {
    let Some(expiration) = journal.object("RecordExpiration")? else {
        return Ok(None);
    };
    let built = sdk::RecordExpiration::builder()
        .set_expiration(expiration.choice("Expiration")?)
        .set_days(expiration.integer("Days")?);
    Ok(Some(built.build()?))
}

fn encryption(
    table: &Properties<'_>,
) -> Result<Option<sdk::MetadataTableEncryptionConfiguration>, Fault> {
    let Some(encryption) = table.object("EncryptionConfiguration")? else {
        return Ok(None);
    };
    let built = sdk::MetadataTableEncryptionConfiguration::builder()
        .set_sse_algorithm(encryption.choice("SseAlgorithm")?)
        .set_kms_key_arn(encryption.text("KmsKeyArn")?);
    Ok(Some(built.build()?))
}
