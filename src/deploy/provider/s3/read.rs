//! What AWS says a bucket is, for those settings that the stack sent.
//!
//! A setting that is gone is `null`, and so is one of the long ones when it differs: it is then sent again.

use aws_sdk_s3::types as sdk;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind};

use super::{Held, S3, done, lifecycle, notification, replication, set, website};

impl S3 {
    pub(super) async fn read_bucket(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let bucket = &held.reference;
        let answer = self.client.head_bucket().bucket(bucket).send().await;
        match done("HeadBucket", answer) {
            Err(fault) if fault.kind == FaultKind::Missing => return Ok(None),
            other => other?,
        };
        let mut found = Map::new();
        found.insert("BucketName".into(), json!(bucket));
        for property in held.properties.keys() {
            let live = match property.as_str() {
                "AccelerateConfiguration" => self.read_acceleration(bucket).await?,
                "BucketEncryption" => self.read_encryption(bucket).await?,
                "CorsConfiguration" => self.read_cors(bucket).await?,
                "OwnershipControls" => self.read_ownership(bucket).await?,
                "PublicAccessBlockConfiguration" => self.read_public_access(bucket).await?,
                "VersioningConfiguration" => self.read_versioning(bucket).await?,
                "LifecycleConfiguration"
                | "NotificationConfiguration"
                | "ReplicationConfiguration"
                | "WebsiteConfiguration" => match self.is_as_sent(held, property).await? {
                    true => held.properties.get(property).cloned().unwrap_or_default(),
                    false => Json::Null,
                },
                _ => continue,
            };
            found.insert(property.clone(), live);
        }
        Ok(Some(found))
    }

    async fn read_acceleration(&self, bucket: &str) -> Result<Json, Fault> {
        let request = self.client.get_bucket_accelerate_configuration();
        let answer = request.bucket(bucket).send().await;
        let answer = set("GetBucketAccelerateConfiguration", answer)?;
        let status = answer.and_then(|answer| answer.status);
        let status = status.unwrap_or(sdk::BucketAccelerateStatus::Suspended);
        Ok(json!({ "AccelerationStatus": status.as_str() }))
    }

    async fn read_encryption(&self, bucket: &str) -> Result<Json, Fault> {
        let request = self.client.get_bucket_encryption().bucket(bucket);
        let answer = set("GetBucketEncryption", request.send().await)?;
        let live = answer.and_then(|answer| answer.server_side_encryption_configuration);
        let rules = live.iter().flat_map(|live| live.rules()).map(|rule| {
            let mut value = Map::new();
            if let Some(key) = rule.bucket_key_enabled {
                value.insert("BucketKeyEnabled".into(), json!(key));
            }
            if let Some(default) = rule.apply_server_side_encryption_by_default() {
                let mut by_default = json!({ "SSEAlgorithm": default.sse_algorithm().as_str() });
                if let Some(key) = default.kms_master_key_id() {
                    by_default["KMSMasterKeyID"] = json!(key);
                }
                value.insert("ServerSideEncryptionByDefault".into(), by_default);
            }
            if let Some(blocked) = rule.blocked_encryption_types() {
                let types = blocked.encryption_type().iter();
                let types: Vec<&str> = types.map(|one| one.as_str()).collect();
                let blocked = json!({ "EncryptionType": types });
                value.insert("BlockedEncryptionTypes".into(), blocked);
            }
            Json::Object(value)
        });
        let rules: Vec<Json> = rules.collect();
        Ok(json!({ "ServerSideEncryptionConfiguration": rules }))
    }

    async fn read_cors(&self, bucket: &str) -> Result<Json, Fault> {
        let request = self.client.get_bucket_cors().bucket(bucket);
        let Some(answer) = set("GetBucketCors", request.send().await)? else {
            return Ok(Json::Null);
        };
        let rules = answer.cors_rules().iter().map(|rule| {
            let mut value = Map::new();
            let mut add = |name: &str, list: &[String]| {
                if !list.is_empty() {
                    value.insert(name.to_owned(), json!(list));
                }
            };
            add("AllowedHeaders", rule.allowed_headers());
            add("AllowedMethods", rule.allowed_methods());
            add("AllowedOrigins", rule.allowed_origins());
            add("ExposedHeaders", rule.expose_headers());
            if let Some(id) = rule.id() {
                value.insert("Id".into(), json!(id));
            }
            if let Some(age) = rule.max_age_seconds() {
                value.insert("MaxAge".into(), json!(age));
            }
            Json::Object(value)
        });
        Ok(json!({ "CorsRules": rules.collect::<Vec<_>>() }))
    }

    async fn read_ownership(&self, bucket: &str) -> Result<Json, Fault> {
        let request = self.client.get_bucket_ownership_controls().bucket(bucket);
        let answer = set("GetBucketOwnershipControls", request.send().await)?;
        let live = answer.and_then(|answer| answer.ownership_controls);
        Ok(live.map_or(Json::Null, |live| {
            let rules = live.rules().iter();
            let rules =
                rules.map(|rule| json!({"ObjectOwnership": rule.object_ownership().as_str()}));
            json!({ "Rules": rules.collect::<Vec<_>>() })
        }))
    }

    async fn read_public_access(&self, bucket: &str) -> Result<Json, Fault> {
        let request = self.client.get_public_access_block().bucket(bucket);
        let answer = set("GetPublicAccessBlock", request.send().await)?;
        let live = answer.and_then(|answer| answer.public_access_block_configuration);
        Ok(live.map_or(Json::Null, |live| {
            json!({
                "BlockPublicAcls": live.block_public_acls.unwrap_or(false),
                "BlockPublicPolicy": live.block_public_policy.unwrap_or(false),
                "IgnorePublicAcls": live.ignore_public_acls.unwrap_or(false),
                "RestrictPublicBuckets": live.restrict_public_buckets.unwrap_or(false),
            })
        }))
    }

    async fn read_versioning(&self, bucket: &str) -> Result<Json, Fault> {
        let request = self.client.get_bucket_versioning().bucket(bucket);
        let answer = done("GetBucketVersioning", request.send().await)?;
        let status = answer.status();
        let status = status.unwrap_or(&sdk::BucketVersioningStatus::Suspended);
        Ok(json!({ "Status": status.as_str() }))
    }

    /// Whether one of the long settings is what was sent. Ids that S3 made are no difference.
    async fn is_as_sent(&self, held: &Held, property: &str) -> Result<bool, Fault> {
        let bucket = &held.reference;
        let properties = held.properties();
        let Some(sent) = properties.object(property)? else {
            return Ok(true);
        };
        match property {
            "LifecycleConfiguration" => {
                let request = self.client.get_bucket_lifecycle_configuration();
                let answer = request.bucket(bucket).send().await;
                let live = set("GetBucketLifecycleConfiguration", answer)?;
                let mut live = live.and_then(|live| live.rules).unwrap_or_default();
                let wanted = lifecycle::rules(&sent)?;
                for (live, wanted) in live.iter_mut().zip(&wanted) {
                    if wanted.id.is_none() {
                        live.id = None;
                    }
                }
                Ok(live == wanted)
            }
            "ReplicationConfiguration" => {
                let request = self.client.get_bucket_replication().bucket(bucket);
                let live = set("GetBucketReplication", request.send().await)?;
                let mut live = live.and_then(|live| live.replication_configuration);
                let wanted = replication::replication(&sent)?;
                let rules = live.iter_mut().flat_map(|live| &mut live.rules);
                for (live, wanted) in rules.zip(&wanted.rules) {
                    if wanted.id.is_none() {
                        live.id = None;
                    }
                }
                Ok(live.as_ref() == Some(&wanted))
            }
            "WebsiteConfiguration" => {
                let request = self.client.get_bucket_website().bucket(bucket);
                let Some(live) = set("GetBucketWebsite", request.send().await)? else {
                    return Ok(false);
                };
                let live = sdk::WebsiteConfiguration::builder()
                    .set_error_document(live.error_document)
                    .set_index_document(live.index_document)
                    .set_redirect_all_requests_to(live.redirect_all_requests_to)
                    .set_routing_rules(live.routing_rules);
                Ok(live.build() == website::website(&sent)?)
            }
            _ => {
                let request = self.client.get_bucket_notification_configuration();
                let answer = request.bucket(bucket).send().await;
                let live = done("GetBucketNotificationConfiguration", answer)?;
                let mut functions = live.lambda_function_configurations.unwrap_or_default();
                let mut queues = live.queue_configurations.unwrap_or_default();
                let mut topics = live.topic_configurations.unwrap_or_default();
                functions.iter_mut().for_each(|one| one.id = None);
                queues.iter_mut().for_each(|one| one.id = None);
                topics.iter_mut().for_each(|one| one.id = None);
                let wanted = notification::notifications(&sent)?;
                let has_bus = live.event_bridge_configuration.is_some();
                Ok(same(&functions, wanted.lambda_function_configurations())
                    && same(&queues, wanted.queue_configurations())
                    && same(&topics, wanted.topic_configurations())
                    && has_bus == wanted.event_bridge_configuration().is_some())
            }
        }
    }
}

/// Whether two lists have the same in them: S3 keeps no order.
fn same<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && one.iter().all(|item| other.contains(item))
}
