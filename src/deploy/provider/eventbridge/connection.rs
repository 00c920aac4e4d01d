//! Connections: how EventBridge signs in at an HTTP endpoint.

use std::time::Duration;

use aws_sdk_eventbridge::operation::describe_connection::DescribeConnectionOutput;
use aws_sdk_eventbridge::types::{
    ConnectionAuthorizationType, ConnectionState, ConnectivityResourceParameters,
};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted};
use crate::deploy::wait;

use super::authorization::{connectivity, for_create, for_update};
use super::{EventBridge, for_policy, is_same, present};

/// How long signing in may take: an OAuth endpoint answers in seconds, a private one is first connected to.
const PATIENCE: Duration = Duration::from_secs(300);

impl EventBridge {
    pub(super) async fn create_connection(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        self.client
            .create_connection()
            .name(&wanted.name)
            .set_description(properties.text("Description")?)
            .set_authorization_type(kind(&properties)?)
            .set_auth_parameters(properties.part("AuthParameters", for_create)?)
            .set_invocation_connectivity_parameters(private(&properties)?)
            .set_kms_key_identifier(properties.text("KmsKeyIdentifier")?)
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "CreateConnection", &error))?;
        self.settled(&wanted.name).await
    }

    /// Connections have no tags: one with a name that Hoist made is ours, and one with a written name is when what can be compared
    /// is exactly what was to be made.
    pub(super) async fn find_connection(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let Some(found) = self.describe_connection(&sought.name).await? else {
            return Ok(None);
        };
        let properties = sought.properties();
        let is_alike = sought.has_made_name()
            || kind(&properties)?.as_ref() == found.authorization_type()
                && is_same(properties.text("Description")?, found.description());
        match is_alike {
            true => self.settled(&sought.name).await.map(Some),
            false => Ok(None),
        }
    }

    /// Secrets are never given back, so that what they are part of is not read.
    pub(super) async fn read_connection(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(found) = self.describe_connection(&held.reference).await? else {
            return Ok(None);
        };
        let kind = found.authorization_type().map(|kind| json!(kind.as_str()));
        Ok(Some(present([
            ("AuthorizationType", kind),
            (
                "Description",
                Some(json!(found.description().unwrap_or_default())),
            ),
            (
                "KmsKeyIdentifier",
                found.kms_key_identifier().map(Json::from),
            ),
        ])))
    }

    pub(super) async fn update_connection(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        self.client
            .update_connection()
            .name(&wanted.name)
            .description(properties.text("Description")?.unwrap_or_default())
            .set_authorization_type(kind(&properties)?)
            .set_auth_parameters(properties.part("AuthParameters", for_update)?)
            .set_invocation_connectivity_parameters(private(&properties)?)
            .set_kms_key_identifier(properties.text("KmsKeyIdentifier")?)
            .send()
            .await
            .map_err(|error| Fault::of("eventbridge", "UpdateConnection", &error))?;
        self.settled(&wanted.name).await
    }

    /// Waits until the connection has signed in.
    async fn settled(&self, name: &str) -> Result<Existing, Fault> {
        let found = wait::until("connection", PATIENCE, || async {
            let found = self.describe_connection(name).await?;
            Ok(found.filter(|found| {
                !matches!(
                    found.connection_state(),
                    Some(
                        ConnectionState::Creating
                            | ConnectionState::Updating
                            | ConnectionState::Authorizing
                    )
                )
            }))
        })
        .await?;
        let state = found.connection_state();
        if let Some(ConnectionState::Deauthorized | ConnectionState::FailedConnectivity) = state {
            let state = state.map_or("", ConnectionState::as_str);
            let reason = found.state_reason().unwrap_or("no reason given");
            let text = format!("the connection `{name}` is {state}: {reason}");
            return Err(Fault::invalid("eventbridge", "DescribeConnection", text));
        }
        Ok(existing(&found, name))
    }

    pub(super) async fn delete_connection(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_connection()
            .name(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("eventbridge", "DeleteConnection", &error)))
    }

    async fn describe_connection(
        &self,
        name: &str,
    ) -> Result<Option<DescribeConnectionOutput>, Fault> {
        match self.client.describe_connection().name(name).send().await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Fault::of("eventbridge", "DescribeConnection", &error).unless_missing(),
        }
    }
}

fn kind(properties: &Properties<'_>) -> Result<Option<ConnectionAuthorizationType>, Fault> {
    let kind = properties.text("AuthorizationType")?;
    Ok(kind.map(|text| ConnectionAuthorizationType::from(text.as_str())))
}

fn private(properties: &Properties<'_>) -> Result<Option<ConnectivityResourceParameters>, Fault> {
    properties.part("InvocationConnectivityParameters", connectivity)
}

fn existing(found: &DescribeConnectionOutput, name: &str) -> Existing {
    let arn = found.connection_arn().unwrap_or_default();
    let mut attributes = Map::from_iter([
        ("Arn".to_owned(), json!(arn)),
        ("ArnForPolicy".to_owned(), json!(for_policy(arn))),
        (
            "SecretArn".to_owned(),
            json!(found.secret_arn().unwrap_or_default()),
        ),
    ]);
    let association =
        |arn: &str| json!({ "ResourceParameters": { "ResourceAssociationArn": arn } });
    let own = found
        .invocation_connectivity_parameters()
        .and_then(|one| one.resource_parameters());
    if let Some(own) = own {
        let value = association(own.resource_association_arn());
        attributes.insert("InvocationConnectivityParameters".to_owned(), value);
    }
    let sign_in = found
        .auth_parameters()
        .and_then(|one| one.connectivity_parameters())
        .and_then(|one| one.resource_parameters());
    if let Some(sign_in) = sign_in {
        let value = association(sign_in.resource_association_arn());
        let value = json!({ "ConnectivityParameters": value });
        attributes.insert("AuthParameters".to_owned(), value);
    }
    Existing {
        reference: name.to_owned(),
        handle: Json::Null,
        attributes,
    }
}
