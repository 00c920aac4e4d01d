//! `AWS::IAM::Policy` and `AWS::IAM::RolePolicy`: a policy inside each role, user and group it is for.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Wanted};

use super::{Iam, document};

/// Whom a policy is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Holder {
    Role(String),
    User(String),
    Group(String),
}

/// The roles, users and groups that the properties name.
fn holders(properties: &Properties<'_>) -> Result<Vec<Holder>, Fault> {
    let mut found = Vec::new();
    found.extend(properties.text("RoleName")?.map(Holder::Role));
    let named = |name: &str| Ok::<_, Fault>(properties.texts(name)?.unwrap_or_default());
    found.extend(named("Roles")?.into_iter().map(Holder::Role));
    found.extend(named("Users")?.into_iter().map(Holder::User));
    found.extend(named("Groups")?.into_iter().map(Holder::Group));
    Ok(found)
}

impl Iam {
    pub(super) async fn put_inline(
        &self,
        held: Option<&Held>,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let name = properties.required("PolicyName")?;
        let text = properties
            .document("PolicyDocument")
            .ok_or_else(|| properties.fault("PolicyDocument", "is missing"))?;
        let holders_now = holders(&properties)?;
        for holder in &holders_now {
            self.put_in(holder, &name, &text).await?;
        }
        if let Some(held) = held {
            let before = held.properties();
            let old_name = before.text("PolicyName")?.unwrap_or_else(|| name.clone());
            for holder in holders(&before)? {
                if old_name != name || !holders_now.contains(&holder) {
                    gone(self.take_from(&holder, &old_name).await)?;
                }
            }
        }
        let reference = match wanted.resource_type.as_str() {
            "AWS::IAM::RolePolicy" => name,
            _ => wanted.id.clone(),
        };
        Ok(Existing {
            attributes: Map::from_iter([("Id".to_owned(), json!(reference))]),
            handle: Json::Null,
            reference,
        })
    }

    pub(super) async fn read_inline(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let properties = held.properties();
        let name = properties.required("PolicyName")?;
        for holder in holders(&properties)? {
            let Holder::Role(role) = holder else { continue };
            let answer = self
                .client
                .get_role_policy()
                .role_name(role)
                .policy_name(&name)
                .send()
                .await;
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => return Fault::of("iam", "GetRolePolicy", &error).unless_missing(),
            };
            let text = document(answer.policy_document());
            return Ok(Some(Map::from_iter([("PolicyDocument".to_owned(), text)])));
        }
        // Of users and groups nothing is compared.
        Ok(Some(Map::new()))
    }

    pub(super) async fn delete_inline(&self, held: &Held) -> Result<(), Fault> {
        let properties = held.properties();
        let name = properties.required("PolicyName")?;
        for holder in holders(&properties)? {
            gone(self.take_from(&holder, &name).await)?;
        }
        Ok(())
    }

    async fn put_in(&self, holder: &Holder, name: &str, text: &str) -> Result<(), Fault> {
        match holder {
            Holder::Role(role) => self.put_role_policy(role, name, text).await,
            Holder::User(user) => self
                .client
                .put_user_policy()
                .user_name(user)
                .policy_name(name)
                .policy_document(text)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "PutUserPolicy", &error)),
            Holder::Group(group) => self
                .client
                .put_group_policy()
                .group_name(group)
                .policy_name(name)
                .policy_document(text)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "PutGroupPolicy", &error)),
        }
    }

    async fn take_from(&self, holder: &Holder, name: &str) -> Result<(), Fault> {
        match holder {
            Holder::Role(role) => self.delete_role_policy(role, name).await,
            Holder::User(user) => self
                .client
                .delete_user_policy()
                .user_name(user)
                .policy_name(name)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "DeleteUserPolicy", &error)),
            Holder::Group(group) => self
                .client
                .delete_group_policy()
                .group_name(group)
                .policy_name(name)
                .send()
                .await
                .map(|_| ())
                .map_err(|error| Fault::of("iam", "DeleteGroupPolicy", &error)),
        }
    }
}
