//! State machines.

use aws_sdk_sfn::operation::describe_state_machine::DescribeStateMachineOutput;
use aws_sdk_sfn::types::{
    CloudWatchLogsLogGroup, EncryptionConfiguration, EncryptionType, LogDestination, LogLevel,
    LoggingConfiguration, StateMachineStatus, StateMachineType, TracingConfiguration,
};
use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::diff::Change;
use crate::deploy::provider::{Existing, Held, Properties, Sought, Wanted, tag};

use super::{REVISION, StepFunctions, built, pairs, tags};

/// The revision of a machine that was never changed.
/// Source: AWS Step Functions API reference, `PublishStateMachineVersion`, `revisionId`.
const FIRST_REVISION: &str = "INITIAL";

impl StepFunctions {
    /// A second time with the same definition it gives the machine that is there, whoever made it.
    pub(super) async fn create_machine(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let kind = properties.text("StateMachineType")?;
        let answer = self
            .client
            .create_state_machine()
            .name(&wanted.name)
            .definition(self.definition(wanted).await?)
            .role_arn(properties.required("RoleArn")?)
            .set_type(kind.map(|text| StateMachineType::from(text.as_str())))
            .set_logging_configuration(properties.part("LoggingConfiguration", logging)?)
            .set_tracing_configuration(properties.part("TracingConfiguration", tracing)?)
            .set_encryption_configuration(properties.part("EncryptionConfiguration", encryption)?)
            .set_tags(Some(tags(tag::merged(wanted)?)))
            .send()
            .await
            .map_err(|error| Fault::of("sfn", "CreateStateMachine", &error))?;
        let arn = answer.state_machine_arn();
        let found = self.tags(arn).await?.unwrap_or_default();
        if !tag::are_of(&wanted.tags, pairs(&found)) {
            let text = format!("a state machine `{}` already exists", wanted.name);
            return Err(Fault::answered(
                "sfn",
                "CreateStateMachine",
                "StateMachineAlreadyExists",
                &text,
            ));
        }
        self.existing_machine(arn).await
    }

    pub(super) async fn find_machine(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let resource = format!("stateMachine:{}", sought.name);
        let arn = self.cloud.arn("states", &resource).await?;
        let Some(machine) = self.machine(&arn).await? else {
            return Ok(None);
        };
        let tags = self.tags(&arn).await?.unwrap_or_default();
        Ok(sought.owns(pairs(&tags)).then(|| existing(&machine)))
    }

    /// The definition is read where it was sent as a text without anything to put in.
    pub(super) async fn read_machine(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let Some(machine) = self.machine(&held.reference).await? else {
            return Ok(None);
        };
        let mut read = Map::from_iter([
            ("RoleArn".to_owned(), json!(machine.role_arn())),
            ("StateMachineName".to_owned(), json!(machine.name())),
            (
                "StateMachineType".to_owned(),
                json!(machine.r#type().as_str()),
            ),
        ]);
        let is_plain = !held.properties.contains_key("DefinitionSubstitutions");
        if is_plain && held.properties.contains_key("DefinitionString") {
            read.insert("DefinitionString".to_owned(), json!(machine.definition()));
        }
        if is_plain && held.properties.contains_key("Definition") {
            let parsed = serde_json::from_str(machine.definition());
            read.insert("Definition".to_owned(), parsed.unwrap_or_default());
        }
        if let Some(tracing) = machine.tracing_configuration() {
            let tracing = json!({ "Enabled": tracing.enabled() });
            read.insert("TracingConfiguration".to_owned(), tracing);
        }
        if let Some(logging) = machine.logging_configuration() {
            let sent = held.properties.get("LoggingConfiguration");
            let live = read_logging(logging, sent.and_then(Json::as_object));
            read.insert("LoggingConfiguration".to_owned(), live);
        }
        Ok(Some(read))
    }

    pub(super) async fn update_machine(
        &self,
        held: &Held,
        wanted: &Wanted,
        changes: &[Change],
    ) -> Result<Existing, Fault> {
        let arn = &held.reference;
        let is_about_tags = |change: &Change| change.property() == "Tags";
        if changes.is_empty() || !changes.iter().all(is_about_tags) {
            self.set_machine(held, wanted).await?;
        }
        self.update_tags(arn, held, wanted).await?;
        self.existing_machine(arn).await
    }

    /// What the machine had and has no longer is switched off: what is left out stays as it is.
    async fn set_machine(&self, held: &Held, wanted: &Wanted) -> Result<(), Fault> {
        let (before, after) = (held.properties(), wanted.properties());
        let no_logging = before
            .get("LoggingConfiguration")
            .map(|_| LoggingConfiguration::builder().level(LogLevel::Off).build());
        let no_tracing = before
            .get("TracingConfiguration")
            .map(|_| TracingConfiguration::builder().enabled(false).build());
        let no_key = before.get("EncryptionConfiguration").map(|_| {
            let own = EncryptionType::AwsOwnedKey;
            built(EncryptionConfiguration::builder().r#type(own).build())
        });
        let logging = after.part("LoggingConfiguration", logging)?;
        let tracing = after.part("TracingConfiguration", tracing)?;
        let encryption = after.part("EncryptionConfiguration", encryption)?;
        self.client
            .update_state_machine()
            .state_machine_arn(&held.reference)
            .definition(self.definition(wanted).await?)
            .role_arn(after.required("RoleArn")?)
            .set_logging_configuration(logging.or(no_logging))
            .set_tracing_configuration(tracing.or(no_tracing))
            .set_encryption_configuration(encryption.map(Ok).or(no_key).transpose()?)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("sfn", "UpdateStateMachine", &error))
    }

    /// Running executions are ended in the background, which nobody waits for: a machine of the same name that is made in the
    /// meantime is refused for now.
    pub(super) async fn delete_machine(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_state_machine()
            .state_machine_arn(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("sfn", "DeleteStateMachine", &error)))
    }

    async fn existing_machine(&self, arn: &str) -> Result<Existing, Fault> {
        match self.machine(arn).await? {
            Some(machine) => Ok(existing(&machine)),
            None => Err(Fault::answered(
                "sfn",
                "DescribeStateMachine",
                "StateMachineDeleting",
                "the machine is being deleted",
            )),
        }
    }

    /// The machine. One that is being deleted counts as none.
    async fn machine(&self, arn: &str) -> Result<Option<DescribeStateMachineOutput>, Fault> {
        let answer = self
            .client
            .describe_state_machine()
            .state_machine_arn(arn)
            .send()
            .await;
        match answer {
            Ok(machine) if machine.status() == Some(&StateMachineStatus::Deleting) => Ok(None),
            Ok(machine) => Ok(Some(machine)),
            Err(error) => Fault::of("sfn", "DescribeStateMachine", &error).unless_missing(),
        }
    }
}

fn logging(from: &Properties<'_>) -> Result<LoggingConfiguration, Fault> {
    let level = from.text("Level")?;
    let destinations = from.parts("Destinations", |from| {
        let group = from.part("CloudWatchLogsLogGroup", |from| {
            let arn = from.text("LogGroupArn")?;
            Ok(CloudWatchLogsLogGroup::builder()
                .set_log_group_arn(arn)
                .build())
        })?;
        Ok(LogDestination::builder()
            .set_cloud_watch_logs_log_group(group)
            .build())
    })?;
    Ok(LoggingConfiguration::builder()
        .set_level(level.map(|text| LogLevel::from(text.as_str())))
        .set_include_execution_data(from.flag("IncludeExecutionData")?)
        .set_destinations(destinations)
        .build())
}

/// As it was sent, as far as that was said.
fn read_logging(live: &LoggingConfiguration, sent: Option<&Map<String, Json>>) -> Json {
    let destinations = live.destinations().iter().map(|destination| {
        let group = destination.cloud_watch_logs_log_group();
        let arn = group.and_then(CloudWatchLogsLogGroup::log_group_arn);
        json!({ "CloudWatchLogsLogGroup": { "LogGroupArn": arn } })
    });
    let all = [
        ("Level", json!(live.level().map(LogLevel::as_str))),
        ("IncludeExecutionData", json!(live.include_execution_data())),
        ("Destinations", destinations.collect()),
    ];
    let is_sent = |name: &str| sent.is_none_or(|sent| sent.contains_key(name));
    let kept = all.into_iter().filter(|(name, _)| is_sent(name));
    Json::Object(kept.map(|(name, value)| (name.to_owned(), value)).collect())
}

fn tracing(from: &Properties<'_>) -> Result<TracingConfiguration, Fault> {
    let enabled = from.flag("Enabled")?;
    Ok(TracingConfiguration::builder().set_enabled(enabled).build())
}

pub(super) fn encryption(from: &Properties<'_>) -> Result<EncryptionConfiguration, Fault> {
    let kind = from.required("Type")?;
    built(
        EncryptionConfiguration::builder()
            .r#type(EncryptionType::from(kind.as_str()))
            .set_kms_key_id(from.text("KmsKeyId")?)
            .set_kms_data_key_reuse_period_seconds(from.integer("KmsDataKeyReusePeriodSeconds")?)
            .build(),
    )
}

fn existing(machine: &DescribeStateMachineOutput) -> Existing {
    let arn = machine.state_machine_arn();
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([
            ("Arn".to_owned(), json!(arn)),
            ("Name".to_owned(), json!(machine.name())),
            (
                REVISION.to_owned(),
                json!(machine.revision_id().unwrap_or(FIRST_REVISION)),
            ),
        ]),
    }
}
