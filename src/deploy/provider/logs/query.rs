//! Saved queries of Logs Insights. AWS numbers them; two may not have one name.

use aws_sdk_cloudwatchlogs::types as sdk;
use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;

use super::{Existing, Held, Logs, Sought, Wanted, done, there};

impl Logs {
    /// Makes a query, or changes the one with this id.
    pub(super) async fn put_query(
        &self,
        wanted: &Wanted,
        id: Option<&str>,
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let mut parameters = Vec::new();
        for parameter in properties.objects("Parameters")? {
            parameters.push(
                sdk::QueryParameter::builder()
                    .set_name(parameter.text("Name")?)
                    .set_default_value(parameter.text("DefaultValue")?)
                    .set_description(parameter.text("Description")?)
                    .build()?,
            );
        }
        let answer = self
            .client
            .put_query_definition()
            .set_query_definition_id(id.map(str::to_owned))
            .name(properties.required("Name")?)
            .query_string(properties.required("QueryString")?)
            .set_query_language(properties.choice("QueryLanguage")?)
            .set_log_group_names(properties.texts("LogGroupNames")?)
            .set_parameters((!parameters.is_empty()).then_some(parameters))
            // The same call twice makes one query.
            .client_token(wanted.token(36))
            .send()
            .await;
        let answer = done("PutQueryDefinition", answer)?;
        let made = answer.query_definition_id();
        let id = made.or(id).ok_or_else(|| {
            Fault::unexpected(
                "logs",
                "PutQueryDefinition",
                "the answer has no queryDefinitionId",
            )
        })?;
        Ok(existing(id))
    }

    /// It has no tags: it is the one that is looked for when it has its name and asks the same.
    pub(super) async fn find_query(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let text = |name: &str| sought.properties.get(name).and_then(Json::as_str);
        let Some(name) = text("Name") else {
            return Ok(None);
        };
        let queries = self.queries(Some(name)).await?;
        let mut queries = queries.iter();
        let found = queries
            .find(|one| one.name() == Some(name) && one.query_string() == text("QueryString"));
        Ok(found.map(|one| existing(one.query_definition_id().unwrap_or_default())))
    }

    pub(super) async fn read_query(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let queries = self.queries(None).await?;
        let mut queries = queries.iter();
        let found = queries.find(|one| one.query_definition_id() == Some(&held.reference));
        Ok(found.map(|live| {
            let mut value = Map::from_iter([
                ("Name".to_owned(), json!(live.name())),
                ("QueryString".to_owned(), json!(live.query_string())),
            ]);
            if !live.log_group_names().is_empty() {
                value.insert("LogGroupNames".to_owned(), json!(live.log_group_names()));
            }
            value
        }))
    }

    pub(super) async fn delete_query(&self, held: &Held) -> Result<(), Fault> {
        let request = self.client.delete_query_definition();
        let answer = request.query_definition_id(&held.reference).send().await;
        there("DeleteQueryDefinition", answer).map(|_| ())
    }

    async fn queries(&self, prefix: Option<&str>) -> Result<Vec<sdk::QueryDefinition>, Fault> {
        let mut all = Vec::new();
        let mut next = None;
        loop {
            let answer = self
                .client
                .describe_query_definitions()
                .set_query_definition_name_prefix(prefix.map(str::to_owned))
                .set_next_token(next)
                .send()
                .await;
            let answer = done("DescribeQueryDefinitions", answer)?;
            all.extend(answer.query_definitions.unwrap_or_default());
            match answer.next_token {
                Some(token) => next = Some(token),
                None => return Ok(all),
            }
        }
    }
}

fn existing(id: &str) -> Existing {
    Existing {
        reference: id.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([("QueryDefinitionId".to_owned(), json!(id))]),
    }
}
