//! `AWS::IAM::Role`.

use aws_sdk_iam::operation::get_role::GetRoleOutput;
use aws_sdk_iam::types::Tag;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::{Iam, document};

impl Iam {
    pub(super) async fn create_role(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let mut request = self
            .client
            .create_role()
            .role_name(&wanted.name)
            .assume_role_policy_document(trust(&properties)?)
            .set_description(properties.text("Description")?)
            .set_max_session_duration(properties.integer("MaxSessionDuration")?)
            .set_path(properties.text("Path")?)
            .set_permissions_boundary(properties.text("PermissionsBoundary")?);
        for tag in tags(tag::merged(wanted)?)? {
            request = request.tags(tag);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| Fault::of("iam", "CreateRole", &error))?;
        let role = answer
            .role()
            .ok_or_else(|| Fault::unexpected("iam", "CreateRole", "the answer has no role"))?;
        self.put_policies(None, wanted).await?;
        Ok(existing(role.role_name(), role.arn(), role.role_id()))
    }

    pub(super) async fn find_role(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let Some(answer) = self.role(&sought.name).await? else {
            return Ok(None);
        };
        let role = answer
            .role()
            .ok_or_else(|| Fault::unexpected("iam", "GetRole", "the answer has no role"))?;
        let is_ours = sought.owns(role.tags().iter().map(|tag| (tag.key(), tag.value())));
        Ok(is_ours.then(|| existing(role.role_name(), role.arn(), role.role_id())))
    }

    pub(super) async fn read_role(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(answer) = self.role(&held.reference).await? else {
            return Ok(None);
        };
        let Some(role) = answer.role() else {
            return Ok(None);
        };
        let mut properties = Map::new();
        if let Some(policy) = role.assume_role_policy_document() {
            properties.insert("AssumeRolePolicyDocument".into(), document(policy));
        }
        properties.extend(
            role.description()
                .map(|text| ("Description".into(), json!(text))),
        );
        let seconds = role.max_session_duration();
        properties.extend(seconds.map(|seconds| ("MaxSessionDuration".into(), json!(seconds))));
        let attached = self.attached(&held.reference).await?;
        // In the order they were sent, as far as they are the same.
        let sent = held
            .properties()
            .texts("ManagedPolicyArns")?
            .unwrap_or_default();
        properties.insert(
            "ManagedPolicyArns".into(),
            json!(in_order_of(&sent, attached)),
        );
        Ok(Some(properties))
    }

    pub(super) async fn update_role(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let name = &held.reference;
        let properties = wanted.properties();
        let is_changed = |names: &[&str]| {
            changes.is_empty()
                || changes
                    .iter()
                    .any(|change| names.contains(&change.property()))
        };
        if is_changed(&["AssumeRolePolicyDocument"]) {
            self.client
                .update_assume_role_policy()
                .role_name(name)
                .policy_document(trust(&properties)?)
                .send()
                .await
                .map_err(|error| Fault::of("iam", "UpdateAssumeRolePolicy", &error))?;
        }
        if is_changed(&["Description", "MaxSessionDuration"]) {
            self.client
                .update_role()
                .role_name(name)
                .description(properties.text("Description")?.unwrap_or_default())
                // An hour is what it is when it is not set.
                .max_session_duration(properties.integer("MaxSessionDuration")?.unwrap_or(3600))
                .send()
                .await
                .map_err(|error| Fault::of("iam", "UpdateRole", &error))?;
        }
        if is_changed(&["PermissionsBoundary"]) {
            self.set_boundary(name, properties.text("PermissionsBoundary")?)
                .await?;
        }
        if is_changed(&["Policies", "ManagedPolicyArns"]) {
            self.put_policies(Some(held), wanted).await?;
        }
        self.update_tags(held, wanted).await?;
        let answer = self.role(name).await?;
        let role = answer.as_ref().and_then(GetRoleOutput::role);
        let role = role.ok_or_else(|| Fault::unexpected("iam", "GetRole", "the role is gone"))?;
        Ok(existing(role.role_name(), role.arn(), role.role_id()))
    }

    pub(super) async fn delete_role(&self, held: &Held) -> Result<(), Fault> {
        let name = &held.reference;
        if self.role(name).await?.is_none() {
            return Ok(());
        }
        // IAM deletes no role that still has something.
        for arn in self.attached(name).await? {
            gone(self.detach(name, &arn).await)?;
        }
        for policy in self.inline_names(name).await? {
            gone(self.delete_role_policy(name, &policy).await)?;
        }
        let deleted = self.client.delete_role().role_name(name).send().await;
        gone(deleted.map_err(|error| Fault::of("iam", "DeleteRole", &error)))
    }

    /// The policies in and on a role; those that it had before and is to have no longer go.
    async fn put_policies(&self, held: Option<&Held>, wanted: &Wanted) -> Result<(), Fault> {
        let name = &wanted.name;
        let properties = wanted.properties();
        let managed = properties.texts("ManagedPolicyArns")?.unwrap_or_default();
        for arn in &managed {
            self.client
                .attach_role_policy()
                .role_name(name)
                .policy_arn(arn)
                .send()
                .await
                .map_err(|error| Fault::of("iam", "AttachRolePolicy", &error))?;
        }
        let mut inline = Vec::new();
        for policy in properties.objects("Policies")? {
            let policy_name = policy.required("PolicyName")?;
            let text = policy
                .document("PolicyDocument")
                .ok_or_else(|| policy.fault("PolicyDocument", "is missing"))?;
            self.put_role_policy(name, &policy_name, &text).await?;
            inline.push(policy_name);
        }
        let Some(held) = held else { return Ok(()) };
        // Only what the template said before: others may have put in more.
        let before = held.properties();
        for arn in before.texts("ManagedPolicyArns")?.unwrap_or_default() {
            if !managed.contains(&arn) {
                gone(self.detach(name, &arn).await)?;
            }
        }
        for policy in before.objects("Policies")? {
            let old = policy.required("PolicyName")?;
            if !inline.contains(&old) {
                gone(self.delete_role_policy(name, &old).await)?;
            }
        }
        Ok(())
    }

    pub(super) async fn put_role_policy(
        &self,
        role: &str,
        policy: &str,
        text: &str,
    ) -> Result<(), Fault> {
        self.client
            .put_role_policy()
            .role_name(role)
            .policy_name(policy)
            .policy_document(text)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("iam", "PutRolePolicy", &error))
    }

    pub(super) async fn delete_role_policy(&self, role: &str, policy: &str) -> Result<(), Fault> {
        self.client
            .delete_role_policy()
            .role_name(role)
            .policy_name(policy)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("iam", "DeleteRolePolicy", &error))
    }

    async fn detach(&self, role: &str, arn: &str) -> Result<(), Fault> {
        self.client
            .detach_role_policy()
            .role_name(role)
            .policy_arn(arn)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("iam", "DetachRolePolicy", &error))
    }

    async fn set_boundary(&self, role: &str, arn: Option<String>) -> Result<(), Fault> {
        match arn {
            Some(arn) => self
                .client
                .put_role_permissions_boundary()
                .role_name(role)
                .permissions_boundary(arn)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "PutRolePermissionsBoundary", &error)),
            None => {
                let answer = self
                    .client
                    .delete_role_permissions_boundary()
                    .role_name(role)
                    .send()
                    .await;
                gone(
                    answer
                        .map_err(|error| Fault::of("iam", "DeleteRolePermissionsBoundary", &error)),
                )
            }
        }
    }

    async fn update_tags(&self, held: &Held, wanted: &Wanted) -> Result<(), Fault> {
        let change = tag::change(held, wanted)?;
        self.client
            .tag_role()
            .role_name(&held.reference)
            .set_tags(Some(tags(change.set)?))
            .send()
            .await
            .map_err(|error| Fault::of("iam", "TagRole", &error))?;
        if !change.removed.is_empty() {
            self.client
                .untag_role()
                .role_name(&held.reference)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of("iam", "UntagRole", &error))?;
        }
        Ok(())
    }

    async fn role(&self, name: &str) -> Result<Option<GetRoleOutput>, Fault> {
        match self.client.get_role().role_name(name).send().await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("iam", "GetRole", &error).unless_missing(),
        }
    }

    async fn attached(&self, role: &str) -> Result<Vec<String>, Fault> {
        let mut arns = Vec::new();
        let mut pages = self
            .client
            .list_attached_role_policies()
            .role_name(role)
            .into_paginator()
            .items()
            .send();
        while let Some(policy) = pages.next().await {
            let policy =
                policy.map_err(|error| Fault::of("iam", "ListAttachedRolePolicies", &error))?;
            arns.extend(policy.policy_arn().map(str::to_owned));
        }
        Ok(arns)
    }

    async fn inline_names(&self, role: &str) -> Result<Vec<String>, Fault> {
        let mut names = Vec::new();
        let mut pages = self
            .client
            .list_role_policies()
            .role_name(role)
            .into_paginator()
            .items()
            .send();
        while let Some(name) = pages.next().await {
            names.push(name.map_err(|error| Fault::of("iam", "ListRolePolicies", &error))?);
        }
        Ok(names)
    }
}

fn trust(properties: &Properties<'_>) -> Result<String, Fault> {
    properties
        .document("AssumeRolePolicyDocument")
        .ok_or_else(|| properties.fault("AssumeRolePolicyDocument", "is missing"))
}

pub(super) fn tags(tags: impl IntoIterator<Item = (String, String)>) -> Result<Vec<Tag>, Fault> {
    tags.into_iter()
        .map(|(key, value)| {
            let tag = Tag::builder().key(key).value(value).build();
            tag.map_err(|error| Fault::invalid("iam", "Tag", error.to_string()))
        })
        .collect()
}

fn existing(name: &str, arn: &str, id: &str) -> Existing {
    Existing {
        reference: name.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([
            ("Arn".to_owned(), json!(arn)),
            ("RoleId".to_owned(), json!(id)),
        ]),
    }
}

/// What is there, first in the order of what was sent.
fn in_order_of(sent: &[String], there: Vec<String>) -> Vec<String> {
    let mut ordered: Vec<String> = sent
        .iter()
        .filter(|one| there.contains(one))
        .cloned()
        .collect();
    ordered.extend(there.into_iter().filter(|one| !sent.contains(one)));
    ordered
}
