//! Log groups: made with their key, class and tags; the rest is set by calls of its own.

use std::collections::HashMap;

use aws_sdk_cloudwatchlogs::types as sdk;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind};
use crate::deploy::diff::Change;

use super::{Existing, Extent, Held, Logs, Properties, Sought, Wanted, done, tag, there};

impl Logs {
    pub(super) async fn create_group(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let tags: HashMap<String, String> = tag::merged(wanted)?.into_iter().collect();
        let answer = self
            .client
            .create_log_group()
            .log_group_name(&wanted.name)
            .set_kms_key_id(properties.text("KmsKeyId")?)
            .set_log_group_class(properties.choice("LogGroupClass")?)
            .set_deletion_protection_enabled(properties.flag("DeletionProtectionEnabled")?)
            .set_tags(Some(tags))
            .send()
            .await;
        match done("CreateLogGroup", answer) {
            Err(fault) if fault.kind == FaultKind::Exists => {
                if !self.is_ours(&wanted.name, &wanted.to_sought()).await? {
                    return Err(already_there(fault, &wanted.name));
                }
            }
            other => other.map(|_| ())?,
        }
        self.settle_group(wanted, &Extent::new(wanted)).await
    }

    pub(super) async fn find_group(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let Some(group) = self.group(&sought.name).await? else {
            return Ok(None);
        };
        let is_ours = self.is_ours(&sought.name, sought).await?;
        Ok(is_ours.then(|| existing(&group)))
    }

    async fn is_ours(&self, name: &str, sought: &Sought) -> Result<bool, Fault> {
        let Some(group) = self.group(name).await? else {
            return Ok(false);
        };
        let request = self.client.list_tags_for_resource();
        let answer = request.resource_arn(bare_arn(&group)).send().await;
        let answer = there("ListTagsForResource", answer)?;
        let tags = answer.and_then(|answer| answer.tags).unwrap_or_default();
        Ok(sought.owns(
            tags.iter()
                .map(|(key, value)| (key.as_str(), value.as_str())),
        ))
    }

    pub(super) async fn update_group(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let name = &held.reference;
        let extent = Extent::of(held, wanted, changes);
        let arn = self.group_arn(name).await?;
        let tags = tag::change(held, wanted)?;
        if !tags.set.is_empty() {
            let set: HashMap<String, String> = tags.set.into_iter().collect();
            let request = self.client.tag_resource().resource_arn(&arn);
            done("TagResource", request.set_tags(Some(set)).send().await)?;
        }
        if !tags.removed.is_empty() {
            let request = self.client.untag_resource().resource_arn(&arn);
            let request = request.set_tag_keys(Some(tags.removed));
            done("UntagResource", request.send().await)?;
        }
        let properties = wanted.properties();
        if extent.includes("KmsKeyId") {
            match properties.text("KmsKeyId")? {
                Some(key) => {
                    let request = self.client.associate_kms_key().log_group_name(name);
                    done("AssociateKmsKey", request.kms_key_id(key).send().await)?;
                }
                None => {
                    let request = self.client.disassociate_kms_key().log_group_name(name);
                    done("DisassociateKmsKey", request.send().await)?;
                }
            }
        }
        if extent.includes("DeletionProtectionEnabled") {
            let protects = properties.flag("DeletionProtectionEnabled")?;
            let answer = self
                .client
                .put_log_group_deletion_protection()
                .log_group_identifier(name)
                .deletion_protection_enabled(protects.unwrap_or(false))
                .send()
                .await;
            done("PutLogGroupDeletionProtection", answer)?;
        }
        self.settle_group(wanted, &extent).await
    }

    /// What is set apart.
    async fn settle_group(&self, wanted: &Wanted, extent: &Extent<'_>) -> Result<Existing, Fault> {
        let name = &wanted.name;
        let properties = wanted.properties();
        if extent.includes("RetentionInDays") {
            self.set_retention(name, &properties).await?;
        }
        if extent.includes("DataProtectionPolicy") {
            self.set_data_protection(name, &properties).await?;
        }
        if extent.includes("FieldIndexPolicies") {
            self.set_index_policy(name, &properties).await?;
        }
        if extent.includes("BearerTokenAuthenticationEnabled") {
            let enabled = properties.flag("BearerTokenAuthenticationEnabled")?;
            let answer = self
                .client
                .put_bearer_token_authentication()
                .log_group_identifier(name)
                .bearer_token_authentication_enabled(enabled.unwrap_or(false))
                .send()
                .await;
            done("PutBearerTokenAuthentication", answer)?;
        }
        let group = self.group(name).await?.ok_or_else(|| not_there(name))?;
        if extent.includes("ResourcePolicyDocument") {
            let document = properties.document("ResourcePolicyDocument");
            self.set_own_policy(&bare_arn(&group), document).await?;
        }
        Ok(existing(&group))
    }

    async fn set_retention(&self, name: &str, properties: &Properties<'_>) -> Result<(), Fault> {
        match properties.integer("RetentionInDays")? {
            Some(days) => {
                let request = self.client.put_retention_policy().log_group_name(name);
                let answer = request.retention_in_days(days).send().await;
                done("PutRetentionPolicy", answer).map(|_| ())
            }
            None => {
                let request = self.client.delete_retention_policy().log_group_name(name);
                there("DeleteRetentionPolicy", request.send().await).map(|_| ())
            }
        }
    }

    async fn set_data_protection(
        &self,
        name: &str,
        properties: &Properties<'_>,
    ) -> Result<(), Fault> {
        match properties.document("DataProtectionPolicy") {
            Some(document) => {
                let request = self.client.put_data_protection_policy();
                let request = request.log_group_identifier(name);
                let answer = request.policy_document(document).send().await;
                done("PutDataProtectionPolicy", answer).map(|_| ())
            }
            None => {
                let request = self.client.delete_data_protection_policy();
                let answer = request.log_group_identifier(name).send().await;
                there("DeleteDataProtectionPolicy", answer).map(|_| ())
            }
        }
    }

    /// A group has one index policy, though the property is a list.
    async fn set_index_policy(&self, name: &str, properties: &Properties<'_>) -> Result<(), Fault> {
        let policies = properties
            .get("FieldIndexPolicies")
            .and_then(Json::as_array);
        match policies.map_or(&[][..], Vec::as_slice) {
            [] => {
                let request = self.client.delete_index_policy();
                let answer = request.log_group_identifier(name).send().await;
                there("DeleteIndexPolicy", answer).map(|_| ())
            }
            [one] => {
                let request = self.client.put_index_policy().log_group_identifier(name);
                let answer = request.policy_document(text(one)).send().await;
                done("PutIndexPolicy", answer).map(|_| ())
            }
            _ => Err(properties.fault(
                "FieldIndexPolicies",
                "has more than one policy, and a log group takes one: put all fields into it",
            )),
        }
    }

    /// The group's own resource policy. AWS wants to be told which state of it is replaced.
    async fn set_own_policy(&self, arn: &str, document: Option<String>) -> Result<(), Fault> {
        let answer = self
            .client
            .describe_resource_policies()
            .resource_arn(arn)
            .policy_scope(sdk::PolicyScope::Resource)
            .send()
            .await;
        let live = done("DescribeResourcePolicies", answer)?;
        let live = live
            .resource_policies
            .unwrap_or_default()
            .into_iter()
            .next();
        let revision = live.as_ref().and_then(|live| live.revision_id.clone());
        match (document, live) {
            (None, None) => Ok(()),
            (None, Some(_)) => {
                let request = self.client.delete_resource_policy().resource_arn(arn);
                let request = request.set_expected_revision_id(revision);
                there("DeleteResourcePolicy", request.send().await).map(|_| ())
            }
            (Some(document), _) => {
                let request = self.client.put_resource_policy().resource_arn(arn);
                let request = request.policy_document(document);
                let answer = request.set_expected_revision_id(revision).send().await;
                done("PutResourcePolicy", answer).map(|_| ())
            }
        }
    }

    pub(super) async fn read_group(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(group) = self.group(&held.reference).await? else {
            return Ok(None);
        };
        let class = group.log_group_class().map(|class| class.as_str());
        let protects = group.deletion_protection_enabled().unwrap_or(false);
        let bearer = group.bearer_token_authentication_enabled().unwrap_or(false);
        Ok(Some(Map::from_iter([
            ("LogGroupName".to_owned(), json!(group.log_group_name())),
            (
                "RetentionInDays".to_owned(),
                json!(group.retention_in_days()),
            ),
            ("KmsKeyId".to_owned(), json!(group.kms_key_id())),
            (
                "LogGroupClass".to_owned(),
                json!(class.unwrap_or("STANDARD")),
            ),
            ("DeletionProtectionEnabled".to_owned(), json!(protects)),
            ("BearerTokenAuthenticationEnabled".to_owned(), json!(bearer)),
        ])))
    }

    pub(super) async fn delete_group(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_log_group();
        let answer = request.log_group_name(&held.reference).send().await;
        there("DeleteLogGroup", answer).map(|_| ())
    }

    /// The group of exactly this name.
    async fn group(&self, name: &str) -> Result<Option<sdk::LogGroup>, Fault> {
        let mut next = None;
        loop {
            let answer = self
                .client
                .describe_log_groups()
                .log_group_name_prefix(name)
                .set_next_token(next)
                .send()
                .await;
            let answer = done("DescribeLogGroups", answer)?;
            let mut groups = answer.log_groups.unwrap_or_default().into_iter();
            let found = groups.find(|group| group.log_group_name() == Some(name));
            match (found, answer.next_token) {
                (Some(group), _) => return Ok(Some(group)),
                (None, None) => return Ok(None),
                (None, token) => next = token,
            }
        }
    }

    async fn group_arn(&self, name: &str) -> Result<String, Fault> {
        let group = self.group(name).await?.ok_or_else(|| not_there(name))?;
        Ok(bare_arn(&group))
    }
}

fn not_there(name: &str) -> Fault {
    Fault {
        kind: FaultKind::Missing,
        ..Fault::unexpected(
            "logs",
            "DescribeLogGroups",
            &format!("there is no log group `{name}`"),
        )
    }
}

/// A function that was invoked before its log group was in the template has one that Lambda made.
fn already_there(fault: Fault, name: &str) -> Fault {
    let message = format!(
        "there is a log group `{name}` already, which is not this stack's: a function that was invoked before makes one. Delete it (`aws logs delete-log-group --log-group-name {name}`; its logs go with it), or take it out of the template"
    );
    Fault { message, ..fault }
}

/// The ARN as other calls want it: without `:*` behind it.
fn bare_arn(group: &sdk::LogGroup) -> String {
    let arn = group.log_group_arn().or(group.arn()).unwrap_or_default();
    arn.strip_suffix(":*").unwrap_or(arn).to_owned()
}

/// `Ref` gives the name; the ARN ends with `:*`.
/// Source: AWS::Logs::LogGroup, "Return values".
fn existing(group: &sdk::LogGroup) -> Existing {
    let arn = format!("{}:*", bare_arn(group));
    Existing {
        reference: group.log_group_name().unwrap_or_default().to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([("Arn".to_owned(), json!(arn))]),
    }
}

fn text(document: &Json) -> String {
    match document {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
