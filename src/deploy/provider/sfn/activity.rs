//! Activities: work that is done elsewhere. Only their tags can be changed.

use serde_json::{Map, Value as Json, json};

use crate::aws::{Fault, gone};
use crate::deploy::provider::{Existing, Held, Sought, Wanted, tag};

use super::machine::encryption;
use super::{StepFunctions, pairs, tags};

impl StepFunctions {
    /// A second time it gives the activity that is there, whoever made it.
    pub(super) async fn create_activity(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .create_activity()
            .name(&wanted.name)
            .set_encryption_configuration(properties.part("EncryptionConfiguration", encryption)?)
            .set_tags(Some(tags(tag::merged(wanted)?)))
            .send()
            .await
            .map_err(|error| Fault::of("sfn", "CreateActivity", &error))?;
        let arn = answer.activity_arn();
        let found = self.tags(arn).await?.unwrap_or_default();
        if !tag::are_of(&wanted.tags, pairs(&found)) {
            let text = format!("an activity `{}` already exists", wanted.name);
            return Err(Fault::answered(
                "sfn",
                "CreateActivity",
                "ActivityAlreadyExists",
                &text,
            ));
        }
        Ok(existing(arn, &wanted.name))
    }

    pub(super) async fn find_activity(&self, sought: &Sought) -> Result<Option<Existing>, Fault> {
        let resource = format!("activity:{}", sought.name);
        let arn = self.cloud.arn("states", &resource).await?;
        let tags = self.tags(&arn).await?.unwrap_or_default();
        let is_ours = sought.owns(pairs(&tags));
        Ok(is_ours.then(|| existing(&arn, &sought.name)))
    }

    pub(super) async fn read_activity(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let answer = self
            .client
            .describe_activity()
            .activity_arn(&held.reference)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(Map::from_iter([(
                "Name".to_owned(),
                json!(answer.name()),
            )]))),
            Err(error) => Fault::of("sfn", "DescribeActivity", &error).unless_missing(),
        }
    }

    pub(super) async fn update_activity(
        &self,
        held: &Held,
        wanted: &Wanted,
    ) -> Result<Existing, Fault> {
        self.update_tags(&held.reference, held, wanted).await?;
        Ok(existing(&held.reference, &wanted.name))
    }

    pub(super) async fn delete_activity(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_activity()
            .activity_arn(&held.reference)
            .send()
            .await;
        gone(answer.map_err(|error| Fault::of("sfn", "DeleteActivity", &error)))
    }
}

fn existing(arn: &str, name: &str) -> Existing {
    Existing {
        reference: arn.to_owned(),
        handle: Json::Null,
        attributes: Map::from_iter([
            ("Arn".to_owned(), json!(arn)),
            ("Name".to_owned(), json!(name)),
        ]),
    }
}
