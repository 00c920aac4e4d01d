//! `AWS::Lambda::Alias`.

use std::collections::HashMap;

use aws_sdk_lambda::operation::get_alias::GetAliasOutput;
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted};

use super::live::{as_sent, put};
use super::version::config;
use super::{Lambda, live, touches};

const READABLE: [&str; 4] = [
    "Description",
    "FunctionVersion",
    "ProvisionedConcurrencyConfig",
    "RoutingConfig",
];

impl Lambda {
    pub(super) async fn create_alias(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let function = properties.required("FunctionName")?;
        let name = properties.required("Name")?;
        let answer = self
            .client
            .create_alias()
            .function_name(&function)
            .name(&name)
            .set_function_version(properties.text("FunctionVersion")?)
            .set_description(properties.text("Description")?)
            .set_routing_config(routing(&properties)?)
            .send()
            .await
            .map_err(|error| Fault::of("lambda", "CreateAlias", &error))?;
        if properties.get("ProvisionedConcurrencyConfig").is_some() {
            self.provision(&function, &name, &properties).await?;
        }
        Ok(existing(answer.alias_arn().unwrap_or_default()))
    }

    /// An alias has no tags: it is the stack's own when its function is, or when it is just what was going to be made.
    pub(super) async fn find_alias(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = Properties::new(&sought.id, &sought.properties);
        let Some(alias) = self.alias(&properties).await? else {
            return Ok(None);
        };
        let arn = alias.alias_arn().unwrap_or_default();
        let function = arn.rsplit_once(':').map_or(arn, |(function, _)| function);
        let is_same = alias.function_version() == properties.text("FunctionVersion")?.as_deref()
            && alias.description().unwrap_or_default()
                == properties.text("Description")?.unwrap_or_default();
        let is_ours = is_same || self.is_of_stack(function, sought).await?;
        Ok(is_ours.then(|| existing(arn)))
    }

    pub(super) async fn read_alias(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let properties = held.properties();
        let Some(alias) = self.alias(&properties).await? else {
            return Ok(None);
        };
        let mut found = Map::new();
        put(&mut found, "Description", alias.description());
        put(&mut found, "FunctionVersion", alias.function_version());
        let weights = alias
            .routing_config()
            .and_then(|one| one.additional_version_weights());
        let mut weights: Vec<_> = weights.into_iter().flatten().collect();
        weights.sort_by(|one, other| one.0.cmp(other.0));
        if !weights.is_empty() {
            let weights = weights
                .iter()
                .map(|(version, weight)| {
                    json!({"FunctionVersion": version, "FunctionWeight": weight})
                })
                .collect::<Json>();
            let routing = json!({ "AdditionalVersionWeights": weights });
            found.insert("RoutingConfig".into(), routing);
        }
        if properties.get("ProvisionedConcurrencyConfig").is_some() {
            let function = properties.required("FunctionName")?;
            let count = self
                .provisioned(&function, &properties.required("Name")?)
                .await?;
            found.insert("ProvisionedConcurrencyConfig".into(), config(count));
        }
        Ok(Some(as_sent(held, found, &READABLE)))
    }

    pub(super) async fn update_alias(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let function = properties.required("FunctionName")?;
        let name = properties.required("Name")?;
        if touches(
            changes,
            &["Description", "FunctionVersion", "RoutingConfig"],
        ) {
            let none = AliasRoutingConfiguration::builder()
                .set_additional_version_weights(Some(HashMap::new()))
                .build();
            self.client
                .update_alias()
                .function_name(&function)
                .name(&name)
                .set_function_version(properties.text("FunctionVersion")?)
                .description(properties.text("Description")?.unwrap_or_default())
                .routing_config(routing(&properties)?.unwrap_or(none))
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "UpdateAlias", &error))?;
        }
        if touches(changes, &["ProvisionedConcurrencyConfig"]) {
            self.provision(&function, &name, &properties).await?;
        }
        Ok(live::unchanged(held))
    }

    pub(super) async fn delete_alias(&self, held: &Held) -> Result<(), Fault> {
        let properties = held.properties();
        let answer = self
            .client
            .delete_alias()
            .function_name(properties.required("FunctionName")?)
            .name(properties.required("Name")?)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("lambda", "DeleteAlias", &error)))
    }

    async fn alias(&self, properties: &Properties<'_>) -> Result<Option<GetAliasOutput>, Fault> {
        let answer = self
            .client
            .get_alias()
            .function_name(properties.required("FunctionName")?)
            .name(properties.required("Name")?)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("lambda", "GetAlias", &error).unless_missing(),
        }
    }
}

fn routing(properties: &Properties<'_>) -> Result<Option<AliasRoutingConfiguration>, Fault> {
    let Some(given) = properties.object("RoutingConfig")? else {
        return Ok(None);
    };
    let mut weights = HashMap::new();
    for weight in given.objects("AdditionalVersionWeights")? {
        let share = weight
            .number("FunctionWeight")?
            .ok_or_else(|| weight.fault("FunctionWeight", "is missing"))?;
        weights.insert(weight.required("FunctionVersion")?, share);
    }
    Ok(Some(
        AliasRoutingConfiguration::builder()
            .set_additional_version_weights(Some(weights))
            .build(),
    ))
}

fn existing(arn: &str) -> Existing {
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([("AliasArn".to_owned(), json!(arn))]),
    }
}
