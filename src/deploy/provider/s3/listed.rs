//! The settings of which a bucket has many, by id: each is set by itself, and those that are no longer named go.

use aws_sdk_s3::types as sdk;

use crate::aws::Fault;

use super::setting::Setting;
use super::{Properties, S3, done, filter, set};

impl S3 {
    pub(super) async fn put_analytics(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        for id in left(setting, "AnalyticsConfigurations")? {
            let request = self.client.delete_bucket_analytics_configuration();
            let answer = request.bucket(setting.bucket).id(id).send().await;
            set("DeleteBucketAnalyticsConfiguration", answer)?;
        }
        for one in setting.wanted.objects("AnalyticsConfigurations")? {
            let answer = self
                .client
                .put_bucket_analytics_configuration()
                .bucket(setting.bucket)
                .id(one.required("Id")?)
                .analytics_configuration(analytics(&one)?)
                .send()
                .await;
            done("PutBucketAnalyticsConfiguration", answer)?;
        }
        Ok(())
    }

    pub(super) async fn put_inventories(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        for id in left(setting, "InventoryConfigurations")? {
            let request = self.client.delete_bucket_inventory_configuration();
            let answer = request.bucket(setting.bucket).id(id).send().await;
            set("DeleteBucketInventoryConfiguration", answer)?;
        }
        for one in setting.wanted.objects("InventoryConfigurations")? {
            let answer = self
                .client
                .put_bucket_inventory_configuration()
                .bucket(setting.bucket)
                .id(one.required("Id")?)
                .inventory_configuration(inventory(&one)?)
                .send()
                .await;
            done("PutBucketInventoryConfiguration", answer)?;
        }
        Ok(())
    }

    pub(super) async fn put_tierings(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        for id in left(setting, "IntelligentTieringConfigurations")? {
            let request = self
                .client
                .delete_bucket_intelligent_tiering_configuration();
            let answer = request.bucket(setting.bucket).id(id).send().await;
            set("DeleteBucketIntelligentTieringConfiguration", answer)?;
        }
        for one in setting.wanted.objects("IntelligentTieringConfigurations")? {
            let answer = self
                .client
                .put_bucket_intelligent_tiering_configuration()
                .bucket(setting.bucket)
                .id(one.required("Id")?)
                .intelligent_tiering_configuration(tiering(&one)?)
                .send()
                .await;
            done("PutBucketIntelligentTieringConfiguration", answer)?;
        }
        Ok(())
    }

    pub(super) async fn put_metrics(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        for id in left(setting, "MetricsConfigurations")? {
            let request = self.client.delete_bucket_metrics_configuration();
            let answer = request.bucket(setting.bucket).id(id).send().await;
            set("DeleteBucketMetricsConfiguration", answer)?;
        }
        for one in setting.wanted.objects("MetricsConfigurations")? {
            let id = one.required("Id")?;
            let configuration = sdk::MetricsConfiguration::builder()
                .id(&id)
                .set_filter(filter::metrics(&one)?)
                .build()?;
            let answer = self
                .client
                .put_bucket_metrics_configuration()
                .bucket(setting.bucket)
                .id(id)
                .metrics_configuration(configuration)
                .send()
                .await;
            done("PutBucketMetricsConfiguration", answer)?;
        }
        Ok(())
    }
}

/// The ids that were set and are no longer wanted.
fn left(setting: &Setting<'_>, property: &str) -> Result<Vec<String>, Fault> {
    let Some(before) = &setting.before else {
        return Ok(Vec::new());
    };
    let ids = |owner: &Properties<'_>| -> Result<Vec<String>, Fault> {
        let each = owner.objects(property)?;
        each.iter().map(|one| one.required("Id")).collect()
    };
    let kept = ids(&setting.wanted)?;
    let mut gone = ids(before)?;
    gone.retain(|id| !kept.contains(id));
    Ok(gone)
}

fn analytics(one: &Properties<'_>) -> Result<sdk::AnalyticsConfiguration, Fault> {
    let mut analysis = sdk::StorageClassAnalysis::builder();
    if let Some(wanted) = one.object("StorageClassAnalysis")?
        && let Some(export) = wanted.object("DataExport")?
    {
        let mut built = sdk::StorageClassAnalysisDataExport::builder()
            .set_output_schema_version(export.choice("OutputSchemaVersion")?);
        if let Some(to) = export.object("Destination")? {
            let bucket = sdk::AnalyticsS3BucketDestination::builder()
                .set_bucket(to.text("BucketArn")?)
                .set_bucket_account_id(to.text("BucketAccountId")?)
                .set_format(to.choice("Format")?)
                .set_prefix(to.text("Prefix")?)
                .build()?;
            built = built.destination(
                sdk::AnalyticsExportDestination::builder()
                    .s3_bucket_destination(bucket)
                    .build(),
            );
        }
        analysis = analysis.data_export(built.build()?);
    }
    Ok(sdk::AnalyticsConfiguration::builder()
        .set_id(one.text("Id")?)
        .set_filter(filter::analytics(one)?)
        .storage_class_analysis(analysis.build())
        .build()?)
}

fn inventory(one: &Properties<'_>) -> Result<sdk::InventoryConfiguration, Fault> {
    let mut destination = sdk::InventoryDestination::builder();
    if let Some(to) = one.object("Destination")? {
        destination = destination.s3_bucket_destination(
            sdk::InventoryS3BucketDestination::builder()
                .set_bucket(to.text("BucketArn")?)
                .set_account_id(to.text("BucketAccountId")?)
                .set_format(to.choice("Format")?)
                .set_prefix(to.text("Prefix")?)
                .build()?,
        );
    }
    let filter = match one.text("Prefix")? {
        Some(prefix) => Some(sdk::InventoryFilter::builder().prefix(prefix).build()?),
        None => None,
    };
    let fields = one.texts("OptionalFields")?.map(|fields| {
        let each = fields.iter();
        each.map(|field| sdk::InventoryOptionalField::from(field.as_str()))
            .collect()
    });
    let schedule = sdk::InventorySchedule::builder()
        .set_frequency(one.choice("ScheduleFrequency")?)
        .build()?;
    Ok(sdk::InventoryConfiguration::builder()
        .set_id(one.text("Id")?)
        .set_is_enabled(one.flag("Enabled")?)
        .set_included_object_versions(one.choice("IncludedObjectVersions")?)
        .set_optional_fields(fields)
        .set_filter(filter)
        .destination(destination.build())
        .schedule(schedule)
        .build()?)
}

fn tiering(one: &Properties<'_>) -> Result<sdk::IntelligentTieringConfiguration, Fault> {
    let mut tierings = Vec::new();
    for tier in one.objects("Tierings")? {
        tierings.push(
            sdk::Tiering::builder()
                .set_access_tier(tier.choice("AccessTier")?)
                .set_days(tier.integer("Days")?)
                .build()?,
        );
    }
    Ok(sdk::IntelligentTieringConfiguration::builder()
        .set_id(one.text("Id")?)
        .set_status(one.choice("Status")?)
        .set_filter(filter::tiering(one)?)
        .set_tierings(Some(tierings))
        .build()?)
}
