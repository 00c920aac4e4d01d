//! `AWS::Lambda::Permission`: one statement in the policy of a function, a version or an alias.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, FaultKind, gone};
use crate::deploy::provider::{Existing, Held, Properties, Wanted};

use super::Lambda;
use super::live::{as_sent, put};
use super::owner::statement_id;
use super::word::word;

const READABLE: [&str; 8] = [
    "Action",
    "EventSourceToken",
    "FunctionUrlAuthType",
    "InvokedViaFunctionUrl",
    "Principal",
    "PrincipalOrgID",
    "SourceAccount",
    "SourceArn",
];

/// The conditions of a statement, each with the property that makes it.
/// Source: Lambda API reference, `AddPermission`, and the policies that it makes.
const CONDITIONS: [(&str, &str); 6] = [
    ("aws:sourcearn", "SourceArn"),
    ("aws:sourceaccount", "SourceAccount"),
    ("aws:principalorgid", "PrincipalOrgID"),
    ("lambda:eventsourcetoken", "EventSourceToken"),
    ("lambda:functionurlauthtype", "FunctionUrlAuthType"),
    ("lambda:invokedviafunctionurl", "InvokedViaFunctionUrl"),
];

impl Lambda {
    /// Adds the statement. One with its id is the stack's own, from a call that was not seen to its end: nothing of a statement
    /// can be changed, so it is taken away first.
    pub(super) async fn add_permission(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let id = statement_id(&wanted.tags);
        match self.add_statement(&id, &properties).await {
            Err(fault) if fault.kind == FaultKind::Exists => {
                let function = properties.required("FunctionName")?;
                self.remove_statement(&function, &id).await?;
                match self.add_statement(&id, &properties).await {
                    // Nobody else uses the id: it is this very call, whose first answer was lost.
                    Err(fault) if fault.kind == FaultKind::Exists => {}
                    other => other?,
                }
            }
            other => other?,
        }
        Ok(Existing {
            reference: id.clone(),
            handle: Json::Null,
            attributes: Map::from_iter([("Id".to_owned(), json!(id))]),
        })
    }

    async fn add_statement(&self, id: &str, properties: &Properties<'_>) -> Result<(), Fault> {
        let principal = properties.required("Principal")?;
        let answer = self
            .client
            .add_permission()
            .function_name(properties.required("FunctionName")?)
            .statement_id(id)
            .set_action(properties.text("Action")?)
            .principal(&principal)
            .set_event_source_token(properties.text("EventSourceToken")?)
            .set_function_url_auth_type(word(properties, "FunctionUrlAuthType")?)
            .set_invoked_via_function_url(properties.flag("InvokedViaFunctionUrl")?)
            .set_principal_org_id(properties.text("PrincipalOrgID")?)
            .set_source_account(properties.text("SourceAccount")?)
            .set_source_arn(properties.text("SourceArn")?)
            .send()
            .await;
        let Err(error) = answer else {
            return Ok(());
        };
        let mut fault = Fault::of("lambda", "AddPermission", &error);
        // A role that was just made is not seen for some seconds. A service that does not exist never is.
        if principal.starts_with("arn:") && fault.message.contains("principal was invalid") {
            fault.kind = FaultKind::NotYet;
        }
        Err(fault)
    }

    pub(super) async fn remove_permission(&self, held: &Held) -> Result<(), Fault> {
        let function = held.properties().required("FunctionName")?;
        self.remove_statement(&function, &held.reference).await
    }

    async fn remove_statement(&self, function: &str, id: &str) -> Result<(), Fault> {
        let answer = self
            .client
            .remove_permission()
            .function_name(function)
            .statement_id(id)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "RemovePermission", &error)))
    }

    pub(super) async fn read_permission(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let answer = self
            .client
            .get_policy()
            .function_name(held.properties().required("FunctionName")?)
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Fault::of("lambda", "GetPolicy", &error).unless_missing(),
        };
        let statement = statement(answer.policy().unwrap_or_default(), &held.reference);
        Ok(statement.map(|statement| {
            let found = found(&statement, held.properties.get("Principal"));
            as_sent(held, found, &READABLE)
        }))
    }
}

/// The statement with this id in a policy.
pub(super) fn statement(policy: &str, id: &str) -> Option<Json> {
    let policy: Json = serde_json::from_str(policy).ok()?;
    let statements = policy.get("Statement")?.as_array()?;
    let found = statements
        .iter()
        .find(|one| one.get("Sid").and_then(Json::as_str) == Some(id));
    found.cloned()
}

/// The one who is permitted, as it was sent: Lambda writes an account as its root user.
pub(super) fn principal(statement: &Json, sent: Option<&Json>) -> Option<Json> {
    let live = statement.get("Principal")?;
    let live = match live {
        Json::Object(map) => map.values().next()?,
        other => other,
    };
    let text = live.as_str()?;
    let account = sent.and_then(Json::as_str).filter(|sent| !sent.is_empty());
    Some(match account {
        Some(account) if text.ends_with(&format!("::{account}:root")) => json!(account),
        _ => json!(text),
    })
}

fn found(statement: &Json, sent: Option<&Json>) -> Map<String, Json> {
    let mut found = Map::new();
    put(&mut found, "Action", statement.get("Action").cloned());
    put(&mut found, "Principal", principal(statement, sent));
    let operators = statement.get("Condition").and_then(Json::as_object);
    let conditions = operators
        .into_iter()
        .flat_map(|operators| operators.values())
        .filter_map(Json::as_object)
        .flatten();
    for (key, value) in conditions {
        let key = key.to_ascii_lowercase();
        if let Some((_, property)) = CONDITIONS.iter().find(|(known, _)| *known == key) {
            found.insert((*property).to_owned(), value.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_read_back_as_it_was_sent() {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "other", "Action": "lambda:GetFunction"},
            {"Sid": "ours", "Effect": "Allow", "Action": "lambda:InvokeFunction",
             "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
             "Condition": {
                "ArnLike": {"AWS:SourceArn": "arn:aws:sns:eu-central-1:1:t"},
                "StringEquals": {"AWS:SourceAccount": "1", "lambda:FunctionUrlAuthType": "NONE"},
                "Bool": {"lambda:InvokedViaFunctionUrl": "true"}}},
        ]});
        let statement = statement(&policy.to_string(), "ours").unwrap();
        assert_eq!(
            Json::Object(found(&statement, Some(&json!("123456789012")))),
            json!({
                "Action": "lambda:InvokeFunction", "Principal": "123456789012",
                "SourceArn": "arn:aws:sns:eu-central-1:1:t", "SourceAccount": "1",
                "FunctionUrlAuthType": "NONE", "InvokedViaFunctionUrl": "true"
            })
        );
        assert_eq!(super::statement(&policy.to_string(), "none"), None);
        assert_eq!(super::statement("no policy", "ours"), None);
    }
}
