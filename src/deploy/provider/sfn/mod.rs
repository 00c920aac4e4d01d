//! AWS Step Functions: state machines, their versions and aliases, and activities.

mod activity;
mod alias;
mod definition;
mod machine;
mod shift;
mod version;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::Tag;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;

use super::{Existing, Held, Kind, Pending, Provider, Sought, Wanted, tag};

/// Every change but that of a tag makes a new revision.
const REVISION: &str = "StateMachineRevisionId";
const MACHINE: Kind = Kind {
    foretold: &[
        (
            "Ref",
            "arn:{Partition}:states:{Region}:{AccountId}:stateMachine:{name}",
        ),
        (
            "Arn",
            "arn:{Partition}:states:{Region}:{AccountId}:stateMachine:{name}",
        ),
        ("Name", "{name}"),
    ],
    volatile: &[
        (REVISION, "Definition"),
        (REVISION, "DefinitionS3Location"),
        (REVISION, "DefinitionString"),
        (REVISION, "DefinitionSubstitutions"),
        (REVISION, "EncryptionConfiguration"),
        (REVISION, "LoggingConfiguration"),
        (REVISION, "RoleArn"),
        (REVISION, "TracingConfiguration"),
    ],
    ..Kind::new("AWS::StepFunctions::StateMachine").named(NameRule::new("StateMachineName", 80))
};
const ACTIVITY: Kind = Kind::new("AWS::StepFunctions::Activity").named(NameRule::new("Name", 80));
const VERSION: Kind = Kind {
    // Publishing a revision a second time gives the version that is there, whatever its description: the old one has to go first.
    identity: &["StateMachineArn", "StateMachineRevisionId"],
    ..Kind::new("AWS::StepFunctions::StateMachineVersion")
};
const ALIAS: Kind = Kind {
    replacing: &["StateMachineArn"],
    identity: &["StateMachineArn"],
    ..Kind::new("AWS::StepFunctions::StateMachineAlias").named(NameRule::new("Name", 80))
};

/// The provider of `AWS::StepFunctions::*`.
pub struct StepFunctions {
    client: Client,
    cloud: Cloud,
}

impl StepFunctions {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        StepFunctions {
            client: Client::new(cloud.config()),
            cloud: cloud.clone(),
        }
    }

    /// The tags of a machine or an activity; none when it is not there.
    async fn tags(&self, arn: &str) -> Result<Option<Vec<Tag>>, Fault> {
        let answer = self
            .client
            .list_tags_for_resource()
            .resource_arn(arn)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(answer.tags.unwrap_or_default())),
            Err(error) => Fault::of("sfn", "ListTagsForResource", &error).unless_missing(),
        }
    }

    async fn update_tags(&self, arn: &str, held: &Held, wanted: &Wanted) -> Result<(), Fault> {
        let change = tag::change(held, wanted)?;
        if !change.removed.is_empty() {
            self.client
                .untag_resource()
                .resource_arn(arn)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of("sfn", "UntagResource", &error))?;
        }
        self.client
            .tag_resource()
            .resource_arn(arn)
            .set_tags(Some(tags(change.set)))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("sfn", "TagResource", &error))
    }
}

/// Tags as Step Functions takes them.
fn tags(tags: impl IntoIterator<Item = (String, String)>) -> Vec<Tag> {
    tags.into_iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// Keys and values of tags.
fn pairs(tags: &[Tag]) -> impl Iterator<Item = (&str, &str)> {
    tags.iter().map(|tag| {
        (
            tag.key().unwrap_or_default(),
            tag.value().unwrap_or_default(),
        )
    })
}

/// What the SDK makes of the parts it was given, which it refuses when a necessary one is missing.
fn built<T, E: std::fmt::Display>(part: Result<T, E>) -> Result<T, Fault> {
    part.map_err(|error| Fault::invalid("sfn", "property", error.to_string()))
}

impl Provider for StepFunctions {
    fn kinds(&self) -> &'static [Kind] {
        &[MACHINE, ACTIVITY, VERSION, ALIAS]
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::StepFunctions::StateMachine" => Box::pin(self.create_machine(wanted)),
            "AWS::StepFunctions::Activity" => Box::pin(self.create_activity(wanted)),
            "AWS::StepFunctions::StateMachineVersion" => Box::pin(self.publish(wanted)),
            _ => Box::pin(self.create_alias(wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::StepFunctions::StateMachine" => Box::pin(self.find_machine(sought)),
            "AWS::StepFunctions::Activity" => Box::pin(self.find_activity(sought)),
            // Publishing a second time is the same as finding it.
            "AWS::StepFunctions::StateMachineVersion" => Box::pin(async { Ok(None) }),
            _ => Box::pin(self.find_alias(sought)),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::StepFunctions::StateMachine" => Box::pin(self.read_machine(held)),
            "AWS::StepFunctions::Activity" => Box::pin(self.read_activity(held)),
            "AWS::StepFunctions::StateMachineVersion" => Box::pin(self.read_version(held)),
            _ => Box::pin(self.read_alias(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::StepFunctions::StateMachine" => {
                Box::pin(self.update_machine(held, wanted, changes))
            }
            "AWS::StepFunctions::Activity" => Box::pin(self.update_activity(held, wanted)),
            // Nothing of a version can be changed.
            "AWS::StepFunctions::StateMachineVersion" => {
                Box::pin(async { Ok(version::existing(&held.reference)) })
            }
            _ => Box::pin(self.update_alias(held, wanted)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::StepFunctions::StateMachine" => Box::pin(self.delete_machine(held)),
            "AWS::StepFunctions::Activity" => Box::pin(self.delete_activity(held)),
            "AWS::StepFunctions::StateMachineVersion" => Box::pin(self.delete_version(held)),
            _ => Box::pin(self.delete_alias(held)),
        }
    }
}
