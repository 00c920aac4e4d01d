//! Aliases of a state machine: a name for one version, or for two with a share each.

use aws_sdk_sfn::operation::describe_state_machine_alias::DescribeStateMachineAliasOutput;
use aws_sdk_sfn::types::RoutingConfigurationListItem;
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted};

use super::shift::Preference;
use super::version::existing;
use super::{StepFunctions, built};

impl StepFunctions {
    /// A new alias goes to its version at once, however a change is to go.
    pub(super) async fn create_alias(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .create_state_machine_alias()
            .name(&wanted.name)
            .set_description(properties.text("Description")?)
            .set_routing_configuration(Some(routing(&properties)?))
            .send()
            .await
            .map_err(|error| Fault::of("sfn", "CreateStateMachineAlias", &error))?;
        Ok(existing(answer.state_machine_alias_arn()))
    }

    /// Aliases have no tags: one is known by its machine and its name.
    pub(super) async fn find_alias(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let properties = sought.properties();
        let Some(machine) = machine(&properties)? else {
            return Ok(None);
        };
        let arn = format!("{machine}:{}", sought.name);
        let found = self.alias(&arn).await?;
        Ok(found.map(|_| existing(&arn)))
    }

    pub(super) async fn read_alias(&self, held: &Held) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(alias) = self.alias(&held.reference).await? else {
            return Ok(None);
        };
        let routes = alias.routing_configuration().iter().map(|route| {
            let version = route.state_machine_version_arn();
            json!({ "StateMachineVersionArn": version, "Weight": route.weight() })
        });
        let description = alias.description().unwrap_or_default();
        Ok(Some(Map::from_iter([
            ("Description".to_owned(), json!(description)),
            ("RoutingConfiguration".to_owned(), routes.collect()),
        ])))
    }

    pub(super) async fn update_alias(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let arn = &held.reference;
        let description = properties.text("Description")?.unwrap_or_default();
        let routes = match properties.object("DeploymentPreference")? {
            Some(from) => {
                let preference = Preference::read(&from)?;
                self.shift(arn, &preference).await?;
                None
            }
            None => Some(routing(&properties)?),
        };
        self.client
            .update_state_machine_alias()
            .state_machine_alias_arn(arn)
            .description(description)
            .set_routing_configuration(routes)
            .send()
            .await
            .map_err(|error| Fault::of("sfn", "UpdateStateMachineAlias", &error))?;
        Ok(existing(arn))
    }

    pub(super) async fn delete_alias(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_state_machine_alias()
            .state_machine_alias_arn(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("sfn", "DeleteStateMachineAlias", &error)))
    }

    pub(super) async fn alias(
        &self,
        arn: &str,
    ) -> Result<Option<DescribeStateMachineAliasOutput>, Fault> {
        let answer = self
            .client
            .describe_state_machine_alias()
            .state_machine_alias_arn(arn)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("sfn", "DescribeStateMachineAlias", &error).unless_missing(),
        }
    }
}

/// One version's share.
pub(super) fn route(version: &str, weight: i32) -> Result<RoutingConfigurationListItem, Fault> {
    built(
        RoutingConfigurationListItem::builder()
            .state_machine_version_arn(version)
            .weight(weight)
            .build(),
    )
}

/// Where the alias goes when nothing is shifted.
fn routing(properties: &Properties<'_>) -> Result<Vec<RoutingConfigurationListItem>, Fault> {
    if let Some(preference) = properties.object("DeploymentPreference")? {
        let version = preference.required("StateMachineVersionArn")?;
        return Ok(vec![route(&version, 100)?]);
    }
    let routes = properties.parts("RoutingConfiguration", |from| {
        let weight = from.integer("Weight")?.unwrap_or(100);
        route(&from.required("StateMachineVersionArn")?, weight)
    })?;
    routes.ok_or_else(|| properties.fault("RoutingConfiguration", "is missing"))
}

/// The machine whose versions the alias names.
fn machine(properties: &Properties<'_>) -> Result<Option<String>, Fault> {
    if let Some(arn) = properties.text("StateMachineArn")? {
        return Ok(Some(arn));
    }
    let routes = routing(properties)?;
    let version = routes
        .first()
        .map(RoutingConfigurationListItem::state_machine_version_arn);
    Ok(version.and_then(|arn| Some(arn.rsplit_once(':')?.0.to_owned())))
}
