//! `AWS::IAM::ManagedPolicy`.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::role::tags;
use super::{Iam, document};

/// IAM keeps this many versions of a policy; one more needs an old one to go.
/// Source: IAM user guide, "IAM and AWS STS quotas".
const VERSIONS: usize = 5;

impl Iam {
    pub(super) async fn create_managed_policy(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .create_policy()
            .policy_name(&wanted.name)
            .policy_document(text(&properties)?)
            .set_description(properties.text("Description")?)
            .set_path(properties.text("Path")?)
            .set_tags(Some(tags(tag::merged(wanted)?)?))
            .send()
            .await
            .map_err(|error| Fault::of("iam", "CreatePolicy", &error))?;
        let policy = answer.policy();
        let arn = policy.and_then(|policy| policy.arn()).unwrap_or_default();
        self.attach_managed(arn, None, wanted).await?;
        Ok(existing(arn, policy.and_then(|policy| policy.policy_id())))
    }

    pub(super) async fn find_managed_policy(
        &self,
        sought: &Sought,
    ) -> Result<Option<Existing>, Fault> {
        let mut pages = self
            .client
            .list_policies()
            .scope(aws_sdk_iam::types::PolicyScopeType::Local)
            .into_paginator()
            .items()
            .send();
        while let Some(policy) = pages.next().await {
            let policy = policy.map_err(|error| Fault::of("iam", "ListPolicies", &error))?;
            let Some(arn) = policy.arn() else { continue };
            if policy.policy_name() != Some(sought.name.as_str()) {
                continue;
            }
            let answer = self
                .client
                .list_policy_tags()
                .policy_arn(arn)
                .send()
                .await
                .map_err(|error| Fault::of("iam", "ListPolicyTags", &error))?;
            let tags = answer.tags().iter().map(|tag| (tag.key(), tag.value()));
            return Ok(sought.owns(tags).then(|| existing(arn, policy.policy_id())));
        }
        Ok(None)
    }

    pub(super) async fn read_managed_policy(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let arn = &held.reference;
        let answer = match self.client.get_policy().policy_arn(arn).send().await {
            Ok(answer) => answer,
            Err(error) => return Fault::of("iam", "GetPolicy", &error).unless_missing(),
        };
        let version = answer
            .policy()
            .and_then(|policy| policy.default_version_id());
        let Some(version) = version else {
            return Ok(Some(Map::new()));
        };
        let answer = self
            .client
            .get_policy_version()
            .policy_arn(arn)
            .version_id(version)
            .send()
            .await
            .map_err(|error| Fault::of("iam", "GetPolicyVersion", &error))?;
        let text = answer
            .policy_version()
            .and_then(|version| version.document());
        Ok(Some(Map::from_iter(text.map(|text| {
            ("PolicyDocument".to_owned(), document(text))
        }))))
    }

    pub(super) async fn update_managed_policy(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let arn = &held.reference;
        let text = text(&wanted.properties())?;
        let now = self.read_managed_policy(held).await?.unwrap_or_default();
        let same = now
            .get("PolicyDocument")
            .zip(serde_json::from_str::<Json>(&text).ok())
            .is_some_and(|(now, wanted)| *now == wanted);
        if !same {
            self.drop_old_versions(arn, VERSIONS - 1).await?;
            self.client
                .create_policy_version()
                .policy_arn(arn)
                .policy_document(text)
                .set_as_default(true)
                .send()
                .await
                .map_err(|error| Fault::of("iam", "CreatePolicyVersion", &error))?;
        }
        self.attach_managed(arn, Some(held), wanted).await?;
        let change = tag::change(held, wanted)?;
        self.client
            .tag_policy()
            .policy_arn(arn)
            .set_tags(Some(tags(change.set)?))
            .send()
            .await
            .map_err(|error| Fault::of("iam", "TagPolicy", &error))?;
        if !change.removed.is_empty() {
            self.client
                .untag_policy()
                .policy_arn(arn)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of("iam", "UntagPolicy", &error))?;
        }
        let id = held.attributes.get("PolicyId").and_then(Json::as_str);
        Ok(existing(arn, id))
    }

    pub(super) async fn delete_managed_policy(&self, held: &Held) -> Result<(), Fault> {
        let arn = &held.reference;
        let answer = self
            .client
            .list_entities_for_policy()
            .policy_arn(arn)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                let fault = Fault::of("iam", "ListEntitiesForPolicy", &error);
                return fault.unless_missing().map(|_: Option<()>| ());
            }
        };
        for role in answer
            .policy_roles()
            .iter()
            .filter_map(|role| role.role_name())
        {
            gone(self.detach_managed("Roles", role, arn).await)?;
        }
        for user in answer
            .policy_users()
            .iter()
            .filter_map(|user| user.user_name())
        {
            gone(self.detach_managed("Users", user, arn).await)?;
        }
        for group in answer
            .policy_groups()
            .iter()
            .filter_map(|group| group.group_name())
        {
            gone(self.detach_managed("Groups", group, arn).await)?;
        }
        self.drop_old_versions(arn, 1).await?;
        let deleted = self.client.delete_policy().policy_arn(arn).send().await;
        gone(deleted.map_err(|error| Fault::of("iam", "DeletePolicy", &error)))
    }

    /// Deletes the oldest versions until `kept` are left; the one in force stays.
    async fn drop_old_versions(&self, arn: &str, kept: usize) -> Result<(), Fault> {
        let answer = self
            .client
            .list_policy_versions()
            .policy_arn(arn)
            .send()
            .await
            .map_err(|error| Fault::of("iam", "ListPolicyVersions", &error))?;
        let mut versions: Vec<_> = answer.versions().iter().collect();
        versions.sort_by_key(|version| version.create_date().map(|date| date.as_nanos()));
        let surplus = versions.len().saturating_sub(kept);
        let old = versions
            .into_iter()
            .filter(|version| !version.is_default_version());
        for version in old.take(surplus).filter_map(|version| version.version_id()) {
            let deleted = self
                .client
                .delete_policy_version()
                .policy_arn(arn)
                .version_id(version)
                .send()
                .await;
            gone(deleted.map_err(|error| Fault::of("iam", "DeletePolicyVersion", &error)))?;
        }
        Ok(())
    }

    /// Attaches a policy to whom the properties name; from those they named before it is taken.
    async fn attach_managed(
        &self,
        arn: &str,
        held: Option<&Held>,
        wanted: &Wanted,
    ) -> Result<(), Fault> {
        for kind in ["Roles", "Users", "Groups"] {
            let names = wanted.properties().texts(kind)?.unwrap_or_default();
            for name in &names {
                self.attach_one(kind, name, arn).await?;
            }
            let before = match held {
                Some(held) => held.properties().texts(kind)?.unwrap_or_default(),
                None => Vec::new(),
            };
            for name in before.iter().filter(|name| !names.contains(name)) {
                gone(self.detach_managed(kind, name, arn).await)?;
            }
        }
        Ok(())
    }

    async fn attach_one(&self, kind: &str, name: &str, arn: &str) -> Result<(), Fault> {
        match kind {
            "Roles" => self
                .client
                .attach_role_policy()
                .role_name(name)
                .policy_arn(arn)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "AttachRolePolicy", &error)),
            "Users" => self
                .client
                .attach_user_policy()
                .user_name(name)
                .policy_arn(arn)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "AttachUserPolicy", &error)),
            _ => self
                .client
                .attach_group_policy()
                .group_name(name)
                .policy_arn(arn)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "AttachGroupPolicy", &error)),
        }
    }

    async fn detach_managed(&self, kind: &str, name: &str, arn: &str) -> Result<(), Fault> {
        match kind {
            "Roles" => self
                .client
                .detach_role_policy()
                .role_name(name)
                .policy_arn(arn)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "DetachRolePolicy", &error)),
            "Users" => self
                .client
                .detach_user_policy()
                .user_name(name)
                .policy_arn(arn)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "DetachUserPolicy", &error)),
            _ => self
                .client
                .detach_group_policy()
                .group_name(name)
                .policy_arn(arn)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "DetachGroupPolicy", &error)),
        }
    }
}

fn text(properties: &Properties<'_>) -> Result<String, Fault> {
    properties
        .document("PolicyDocument")
        .ok_or_else(|| properties.fault("PolicyDocument", "is missing"))
}

fn existing(arn: &str, id: Option<&str>) -> Existing {
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([
            ("PolicyArn".to_owned(), json!(arn)),
            ("PolicyId".to_owned(), json!(id)),
        ]),
    }
}
