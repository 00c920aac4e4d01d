//! Single statements of a bus's policy.

use aws_sdk_eventbridge::types::Condition;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Wanted};

use super::{EventBridge, built, parsed};

/// The bus of the account itself.
const DEFAULT: &str = "default";

impl EventBridge {
    /// A statement of the same id is replaced.
    pub(super) async fn put_statement(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let (bus, id) = place(&properties)?;
        let _turn = self.policies.lock().await;
        match properties.get("Statement") {
            Some(statement) => {
                let whole = self.with_statement(&bus, &id, statement).await?;
                self.put_policy(&bus, whole.to_string()).await?;
            }
            None => self.permit(&properties, &bus, &id).await?,
        }
        Ok(Existing {
            reference: format!("{bus}|{id}"),
            handle: Json::Null,
            attributes: Map::new(),
        })
    }

    async fn permit(&self, properties: &Properties<'_>, bus: &str, id: &str) -> Result<(), Fault> {
        let condition = properties.part("Condition", |from| {
            built(
                Condition::builder()
                    .set_type(from.text("Type")?)
                    .set_key(from.text("Key")?)
                    .set_value(from.text("Value")?)
                    .build(),
            )
        })?;
        self.client
            .put_permission()
            .event_bus_name(bus)
            .statement_id(id)
            .set_action(properties.text("Action")?)
            .set_principal(properties.text("Principal")?)
            .set_condition(condition)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("eventbridge", "PutPermission", &error))
    }

    /// The bus's policy with this statement in the place of the one with its id.
    async fn with_statement(&self, bus: &str, id: &str, statement: &Json) -> Result<Json, Fault> {
        let mut statement = match statement {
            Json::String(text) => parsed(text),
            other => other.clone(),
        };
        if let Some(map) = statement.as_object_mut() {
            map.insert("Sid".to_owned(), json!(id));
        }
        let found = self.describe_bus(bus).await?;
        let policy = found.as_ref().and_then(|bus| bus.policy()).map(parsed);
        let mut statements = statements(policy.as_ref());
        statements.retain(|one| one["Sid"] != json!(id));
        statements.push(statement);
        Ok(json!({ "Version": "2012-10-17", "Statement": statements }))
    }

    pub(super) async fn read_statement(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let (bus, id) = place(&held.properties())?;
        let found = self.describe_bus(&bus).await?;
        let policy = found.as_ref().and_then(|bus| bus.policy()).map(parsed);
        let statement = statements(policy.as_ref())
            .into_iter()
            .find(|one| one["Sid"] == json!(id));
        Ok(
            statement.map(|statement| match held.properties.get("Statement") {
                // As it was written, where it says the same.
                Some(sent) if without_sid(sent) == without_sid(&statement) => {
                    Map::from_iter([("Statement".to_owned(), sent.clone())])
                }
                Some(_) => Map::from_iter([("Statement".to_owned(), statement)]),
                None => Map::new(),
            }),
        )
    }

    pub(super) async fn delete_statement(&self, held: &Held) -> Result<(), Fault> {
        let (bus, id) = place(&held.properties())?;
        let _turn = self.policies.lock().await;
        let answer = self
            .client
            .remove_permission()
            .event_bus_name(bus)
            .statement_id(id)
            .send()
            .await;
        // The bus, or the statement, may have gone before.
        gone(answer.map_err(|error| Fault::of("eventbridge", "RemovePermission", &error)))
    }
}

/// The bus and the id of the statement.
fn place(properties: &Properties<'_>) -> Result<(String, String), Fault> {
    let bus = properties.text("EventBusName")?;
    let bus = bus.unwrap_or_else(|| DEFAULT.to_owned());
    Ok((bus, properties.required("StatementId")?))
}

fn statements(policy: Option<&Json>) -> Vec<Json> {
    match policy.and_then(|policy| policy.get("Statement")) {
        Some(Json::Array(all)) => all.clone(),
        Some(one @ Json::Object(_)) => vec![one.clone()],
        _ => Vec::new(),
    }
}

fn without_sid(statement: &Json) -> Json {
    let mut statement = match statement {
        Json::String(text) => parsed(text),
        other => other.clone(),
    };
    if let Some(map) = statement.as_object_mut() {
        map.shift_remove("Sid");
    }
    statement
}
