//! AWS Identity and Access Management: roles and the policies in and on them.

mod inline;
mod managed;
mod role;

use aws_sdk_iam::Client;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault, FaultKind};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;

use super::{Existing, Held, Kind, Pending, Provider, Sought, Wanted};

const ROLE: Kind = Kind::new("AWS::IAM::Role").named(NameRule::new("RoleName", 64));
const MANAGED_POLICY: Kind =
    Kind::new("AWS::IAM::ManagedPolicy").named(NameRule::new("ManagedPolicyName", 128));
/// One policy for several roles, users and groups. Its name belongs to what makes it another one: the old one goes first from
/// whatever both are for.
const POLICY: Kind = Kind::new("AWS::IAM::Policy");
const ROLE_POLICY: Kind = Kind::new("AWS::IAM::RolePolicy");

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
    let text = percent_decoded(encoded);
    serde_json::from_str(&text).unwrap_or(Json::String(text))
}

fn percent_decoded(encoded: &str) -> String {
    let bytes = encoded.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = encoded.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// None when the fault says that there is no such thing.
fn missing<T>(fault: Fault) -> Result<Option<T>, Fault> {
    match fault.kind {
        FaultKind::Missing => Ok(None),
        _ => Err(fault),
    }
}

/// What was to be taken away and is not there was taken away before.
fn gone<T>(result: Result<T, Fault>) -> Result<(), Fault> {
    match result {
        Err(fault) if fault.kind != FaultKind::Missing => Err(fault),
        _ => Ok(()),
    }
}

impl Provider for Iam {
    fn kind(&self, resource_type: &str) -> Option<Kind> {
        [ROLE, MANAGED_POLICY, POLICY, ROLE_POLICY]
            .into_iter()
            .find(|kind| kind.resource_type == resource_type)
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
        assert_eq!(percent_decoded("100%"), "100%");
    }
}
