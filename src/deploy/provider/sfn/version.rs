//! Versions of a state machine: a revision that is kept as it is.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Wanted};

use super::StepFunctions;

impl StepFunctions {
    /// A second time for the same revision it gives the version that is there.
    pub(super) async fn publish(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .publish_state_machine_version()
            .state_machine_arn(properties.required("StateMachineArn")?)
            .set_revision_id(properties.text("StateMachineRevisionId")?)
            .set_description(properties.text("Description")?)
            .send()
            .await
            .map_err(|error| Fault::of("sfn", "PublishStateMachineVersion", &error))?;
        Ok(existing(answer.state_machine_version_arn()))
    }

    pub(super) async fn read_version(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let answer = self
            .client
            .describe_state_machine()
            .state_machine_arn(&held.reference)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(match answer.description() {
                Some(text) => Map::from_iter([("Description".to_owned(), json!(text))]),
                None => Map::new(),
            })),
            Err(error) => Fault::of("sfn", "DescribeStateMachine", &error).unless_missing(),
        }
    }

    pub(super) async fn delete_version(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_state_machine_version()
            .state_machine_version_arn(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("sfn", "DeleteStateMachineVersion", &error)))
    }
}

pub(super) fn existing(arn: &str) -> Existing {
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([("Arn".to_owned(), json!(arn))]),
    }
}
