//! The settings of a bucket: each has its own call to set it, and one to take it away.

use crate::aws::Fault;

use super::{Extent, Held, Properties, S3, Wanted};

/// In the order in which they are set. They are taken away in the opposite order: replication needs versioning, an ACL needs
/// that the owners permit it.
const SETTINGS: [&str; 20] = [
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
    "AccessControl",
    "BucketEncryption",
    "VersioningConfiguration",
    "ObjectLockConfiguration",
    "LifecycleConfiguration",
    "CorsConfiguration",
    "WebsiteConfiguration",
    "AccelerateConfiguration",
    "LoggingConfiguration",
    "AnalyticsConfigurations",
    "InventoryConfigurations",
    "IntelligentTieringConfigurations",
    "MetricsConfigurations",
    "MetadataTableConfiguration",
    "MetadataConfiguration",
    "ReplicationConfiguration",
    "NotificationConfiguration",
    "AbacStatus",
];

/// One setting, as it is to be and as it was.
pub(super) struct Setting<'a> {
    pub(super) bucket: &'a str,
    pub(super) wanted: Properties<'a>,
    pub(super) before: Option<Properties<'a>>,
}

impl S3 {
    /// Sets what an update is about.
    pub(super) async fn settle(
        &self,
        wanted: &Wanted,
        held: Option<&Held>,
        extent: &Extent<'_>,
    ) -> Result<(), Fault> {
        let setting = Setting {
            bucket: &wanted.name,
            wanted: wanted.properties(),
            before: held.map(Held::properties),
        };
        for property in SETTINGS.into_iter().rev() {
            if is_about(extent, property) && !is_wanted(&setting.wanted, property) {
                self.put(property, &setting).await?;
            }
        }
        for property in SETTINGS {
            // Its own step sets it, when everything that it refers to is there, and says so.
            let waits =
                property == "NotificationConfiguration" && !extent.is_new() && !extent.is_certain();
            if is_about(extent, property) && is_wanted(&setting.wanted, property) && !waits {
                self.put(property, &setting).await?;
            }
        }
        Ok(())
    }

    async fn put(&self, property: &str, setting: &Setting<'_>) -> Result<(), Fault> {
        match property {
            "OwnershipControls" => self.put_ownership(setting).await,
            "PublicAccessBlockConfiguration" => self.put_public_access(setting).await,
            "AccessControl" => self.put_access_control(setting).await,
            "BucketEncryption" => self.put_encryption(setting).await,
            "VersioningConfiguration" => self.put_versioning(setting).await,
            "ObjectLockConfiguration" => self.put_object_lock(setting).await,
            "LifecycleConfiguration" => self.put_lifecycle(setting).await,
            "CorsConfiguration" => self.put_cors(setting).await,
            "WebsiteConfiguration" => self.put_website(setting).await,
            "AccelerateConfiguration" => self.put_acceleration(setting).await,
            "LoggingConfiguration" => self.put_logging(setting).await,
            "AnalyticsConfigurations" => self.put_analytics(setting).await,
            "InventoryConfigurations" => self.put_inventories(setting).await,
            "IntelligentTieringConfigurations" => self.put_tierings(setting).await,
            "MetricsConfigurations" => self.put_metrics(setting).await,
            "MetadataTableConfiguration" => self.put_metadata_table(setting).await,
            "MetadataConfiguration" => self.put_metadata(setting).await,
            "ReplicationConfiguration" => self.put_replication(setting).await,
            "NotificationConfiguration" => self.put_notification(setting).await,
            "AbacStatus" => self.put_abac(setting).await,
            _ => Ok(()),
        }
    }
}

/// Object Lock is two properties and one call.
fn is_about(extent: &Extent<'_>, property: &str) -> bool {
    extent.includes(property)
        || property == "ObjectLockConfiguration" && extent.includes("ObjectLockEnabled")
}

fn is_wanted(properties: &Properties<'_>, property: &str) -> bool {
    properties.get(property).is_some()
        || property == "ObjectLockConfiguration" && properties.get("ObjectLockEnabled").is_some()
}
