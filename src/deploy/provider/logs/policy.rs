//! Policies that let services of AWS write to the account's log groups. They are known by their names alone.

use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;

use super::{Existing, Held, Logs, Wanted, done, named, there};

impl Logs {
    pub(super) async fn put_policy(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let document = properties
            .document("PolicyDocument")
            .ok_or_else(|| properties.fault("PolicyDocument", "is missing"))?;
        let request = self.client.put_resource_policy().policy_name(&wanted.name);
        let answer = request.policy_document(document).send().await;
        done("PutResourcePolicy", answer)?;
        Ok(named(&wanted.name))
    }

    pub(super) async fn read_policy(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let mut next = None;
        loop {
            let request = self.client.describe_resource_policies();
            let answer = request.set_next_token(next).send().await;
            let answer = done("DescribeResourcePolicies", answer)?;
            let mut policies = answer.resource_policies().iter();
            if let Some(live) = policies.find(|one| one.policy_name() == Some(&held.reference)) {
                let text = live.policy_document().unwrap_or_default();
                let document = match held.properties.get("PolicyDocument") {
                    Some(Json::String(_)) => json!(text),
                    _ => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
                };
                return Ok(Some(Map::from_iter([
                    ("PolicyName".to_owned(), json!(held.reference)),
                    ("PolicyDocument".to_owned(), document),
                ])));
            }
            match answer.next_token {
                Some(token) => next = Some(token),
                None => return Ok(None),
            }
        }
    }

    pub(super) async fn delete_policy(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_resource_policy();
        let answer = request.policy_name(&held.reference).send().await;
        there("DeleteResourcePolicy", answer).map(|_| ())
    }
}
