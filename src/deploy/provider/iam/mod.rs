//! AWS Identity and Access Management: roles and the policies in and on them.

mod inline;
mod managed;
mod role;

use aws_sdk_iam::Client;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value as Json};

use crate::aws::Cloud;
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;

use super::{Existing, Held, Kind, Pending, Provider, Sought, Wanted};

const ROLE: Kind = Kind {
    // Whom it trusts has to be there.
    writes_down: &["Policies"],
    ..Kind::new("AWS::IAM::Role").named(NameRule::new("RoleName", 64))
};
const MANAGED_POLICY: Kind = Kind {
    writes_down: &["PolicyDocument"],
    ..Kind::new("AWS::IAM::ManagedPolicy").named(NameRule::new("ManagedPolicyName", 128))
};
/// One policy for several roles, users and groups. Its name belongs to what makes it another one: the old one goes first from
/// whatever both are for.
const POLICY: Kind = Kind {
    writes_down: &["PolicyDocument"],
    ..Kind::new("AWS::IAM::Policy")
};
const ROLE_POLICY: Kind = Kind {
    writes_down: &["PolicyDocument"],
    ..Kind::new("AWS::IAM::RolePolicy")
};

/// The provider of roles and policies.
pub struct Iam {
    client: Client,
}

impl Iam {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        Iam {
            client: Client::new(cloud.config()),
        }
    }
}

/// A document as JSON: IAM gives it percent-encoded.
/// Source: IAM API reference, `GetRolePolicy`: "The policies returned are URL-encoded compliant with RFC 3986".
fn document(encoded: &str) -> Json {
    let text = percent_decode_str(encoded).decode_utf8_lossy();
    serde_json::from_str(&text).unwrap_or_else(|_| Json::String(text.into_owned()))
}

impl Provider for Iam {
    fn kinds(&self) -> &'static [Kind] {
        &[ROLE, MANAGED_POLICY, POLICY, ROLE_POLICY]
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::IAM::Role" => Box::pin(self.create_role(wanted)),
            "AWS::IAM::ManagedPolicy" => Box::pin(self.create_managed_policy(wanted)),
            _ => Box::pin(self.put_inline(None, wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::IAM::Role" => Box::pin(self.find_role(sought)),
            "AWS::IAM::ManagedPolicy" => Box::pin(self.find_managed_policy(sought)),
            // Putting an inline policy a second time is the same as finding it.
            _ => Box::pin(async { Ok(None) }),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::IAM::Role" => Box::pin(self.read_role(held)),
            "AWS::IAM::ManagedPolicy" => Box::pin(self.read_managed_policy(held)),
            _ => Box::pin(self.read_inline(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::IAM::Role" => Box::pin(self.update_role(held, wanted, changes)),
            "AWS::IAM::ManagedPolicy" => Box::pin(self.update_managed_policy(held, wanted)),
            _ => Box::pin(self.put_inline(Some(held), wanted)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::IAM::Role" => Box::pin(self.delete_role(held)),
            "AWS::IAM::ManagedPolicy" => Box::pin(self.delete_managed_policy(held)),
            _ => Box::pin(self.delete_inline(held)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_decoded() {
        assert_eq!(
            document("%7B%22Version%22%3A%20%222012-10-17%22%7D"),
            json!({"Version": "2012-10-17"})
        );
        assert_eq!(document("100%"), json!("100%"));
    }
}
