//! What is set of a table by calls of its own. Each asks first what is there: some refuse to be set to what they are.

use aws_sdk_dynamodb::types as sdk;
use serde_json::Value as Json;

use crate::aws::{Fault, gone};
use crate::deploy::provider::tag::TagChange;
use crate::deploy::value::same;

use super::{DynamoDb, Extent, Properties, Wanted};

impl DynamoDb {
    pub(super) async fn set_apart(
        &self,
        wanted: &Wanted,
        live: &sdk::TableDescription,
        extent: &Extent<'_>,
    ) -> Result<(), Fault> {
        let table = wanted.properties();
        let name = &wanted.name;
        let arn = live.table_arn().unwrap_or_default();
        if extent.includes("TimeToLiveSpecification") {
            self.set_time_to_live(name, &table).await?;
        }
        if extent.includes("PointInTimeRecoverySpecification") {
            self.set_backups(name, &table).await?;
        }
        if extent.includes("KinesisStreamSpecification") {
            self.set_kinesis(name, &table).await?;
        }
        if extent.includes("ContributorInsightsSpecification") {
            self.set_insights(name, None, &table).await?;
        }
        if extent.includes("GlobalSecondaryIndexes") {
            for index in table.objects("GlobalSecondaryIndexes")? {
                let part = "ContributorInsightsSpecification";
                let of_index = index.required("IndexName")?;
                if index.get(part).is_some() || had(extent, &of_index, part) {
                    self.set_insights(name, Some(&of_index), &index).await?;
                }
            }
        }
        if extent.includes("ResourcePolicy") {
            self.set_policy(arn, table.object("ResourcePolicy")?)
                .await?;
        }
        if extent.includes("StreamSpecification")
            && let (Some(stream), Some(arn)) = (
                table.object("StreamSpecification")?,
                live.latest_stream_arn(),
            )
        {
            self.set_stream(arn, &stream, extent).await?;
        }
        Ok(())
    }

    async fn set_time_to_live(&self, name: &str, table: &Properties<'_>) -> Result<(), Fault> {
        let wanted = table.object("TimeToLiveSpecification")?;
        let enabled = match &wanted {
            Some(wanted) => wanted.flag("Enabled")?.unwrap_or(false),
            None => false,
        };
        let live = self.time_to_live(name).await?;
        let is = live.as_ref().filter(|live| {
            matches!(
                live.time_to_live_status(),
                Some(sdk::TimeToLiveStatus::Enabled | sdk::TimeToLiveStatus::Enabling)
            )
        });
        let attribute = match &wanted {
            Some(wanted) => wanted.text("AttributeName")?,
            None => None,
        };
        let has = is.and_then(|is| is.attribute_name().map(str::to_owned));
        let attribute = match (enabled, is) {
            (true, Some(_)) if has == attribute => return Ok(()),
            (false, None) => return Ok(()),
            (true, _) => attribute,
            (false, Some(_)) => has,
        };
        let specification = sdk::TimeToLiveSpecification::builder()
            .enabled(enabled)
            .set_attribute_name(attribute)
            .build()?;
        self.client
            .update_time_to_live()
            .table_name(name)
            .time_to_live_specification(specification)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("dynamodb", "UpdateTimeToLive", &error))
    }

    pub(super) async fn time_to_live(
        &self,
        name: &str,
    ) -> Result<Option<sdk::TimeToLiveDescription>, Fault> {
        let request = self.client.describe_time_to_live().table_name(name);
        match request.send().await {
            Ok(answer) => Ok(answer.time_to_live_description),
            Err(error) => Fault::of("dynamodb", "DescribeTimeToLive", &error).unless_missing(),
        }
    }

    async fn set_backups(&self, name: &str, table: &Properties<'_>) -> Result<(), Fault> {
        let wanted = table.object("PointInTimeRecoverySpecification")?;
        let (enabled, days) = match &wanted {
            Some(wanted) => (
                wanted.flag("PointInTimeRecoveryEnabled")?.unwrap_or(false),
                wanted.integer::<i32>("RecoveryPeriodInDays")?,
            ),
            None => (false, None),
        };
        let live = self.backups(name).await?;
        let is_enabled = live.as_ref().is_some_and(is_recoverable);
        if enabled == is_enabled {
            let has = live
                .as_ref()
                .and_then(|live| live.recovery_period_in_days());
            // 35 days is what it is when nothing is said.
            if !enabled || has.is_none_or(|has| has == days.unwrap_or(35)) {
                return Ok(());
            }
        }
        let specification = sdk::PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(enabled)
            .set_recovery_period_in_days(days.filter(|_| enabled))
            .build()?;
        self.client
            .update_continuous_backups()
            .table_name(name)
            .point_in_time_recovery_specification(specification)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("dynamodb", "UpdateContinuousBackups", &error))
    }

    pub(super) async fn backups(
        &self,
        name: &str,
    ) -> Result<Option<sdk::PointInTimeRecoveryDescription>, Fault> {
        let request = self.client.describe_continuous_backups().table_name(name);
        match request.send().await {
            Ok(answer) => Ok(answer
                .continuous_backups_description
                .and_then(|all| all.point_in_time_recovery_description)),
            Err(error) => {
                Fault::of("dynamodb", "DescribeContinuousBackups", &error).unless_missing()
            }
        }
    }

    async fn set_insights(
        &self,
        name: &str,
        index: Option<&str>,
        owner: &Properties<'_>,
    ) -> Result<(), Fault> {
        let wanted = owner.object("ContributorInsightsSpecification")?;
        let (enabled, mode) = match &wanted {
            Some(wanted) => (
                wanted.flag("Enabled")?.unwrap_or(false),
                wanted.choice::<sdk::ContributorInsightsMode>("Mode")?,
            ),
            None => (false, None),
        };
        let live = self.insights(name, index).await?;
        let is_same = match &live {
            None => !enabled,
            Some(_) if !enabled => false,
            Some(has) => mode.is_none() || *has == mode,
        };
        if is_same {
            return Ok(());
        }
        self.client
            .update_contributor_insights()
            .table_name(name)
            .set_index_name(index.map(str::to_owned))
            .contributor_insights_action(match enabled {
                true => sdk::ContributorInsightsAction::Enable,
                false => sdk::ContributorInsightsAction::Disable,
            })
            .set_contributor_insights_mode(mode.filter(|_| enabled))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("dynamodb", "UpdateContributorInsights", &error))
    }

    /// The mode of the insights; none when they are off.
    pub(super) async fn insights(
        &self,
        name: &str,
        index: Option<&str>,
    ) -> Result<Option<Option<sdk::ContributorInsightsMode>>, Fault> {
        let answer = self
            .client
            .describe_contributor_insights()
            .table_name(name)
            .set_index_name(index.map(str::to_owned))
            .send()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                return Fault::of("dynamodb", "DescribeContributorInsights", &error)
                    .unless_missing();
            }
        };
        let is_on = matches!(
            answer.contributor_insights_status(),
            Some(
                sdk::ContributorInsightsStatus::Enabled | sdk::ContributorInsightsStatus::Enabling
            )
        );
        Ok(is_on.then(|| answer.contributor_insights_mode().cloned()))
    }

    async fn set_policy(&self, arn: &str, owner: Option<Properties<'_>>) -> Result<(), Fault> {
        let wanted = owner.and_then(|owner| owner.document("PolicyDocument"));
        let live = self.policy(arn).await?;
        let Some(wanted) = wanted else {
            if live.is_none() {
                return Ok(());
            }
            let request = self.client.delete_resource_policy().resource_arn(arn);
            return match request.send().await {
                Ok(_) => Ok(()),
                Err(error) => {
                    let fault = Fault::of("dynamodb", "DeleteResourcePolicy", &error);
                    fault.unless_missing().map(|_: Option<()>| ())
                }
            };
        };
        let parsed = serde_json::from_str::<Json>(&wanted).ok();
        if let (Some(wanted), Some(live)) = (parsed, live)
            && same(&wanted, &live)
        {
            return Ok(());
        }
        self.client
            .put_resource_policy()
            .resource_arn(arn)
            .policy(wanted)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| Fault::of("dynamodb", "PutResourcePolicy", &error))
    }

    /// The policy of a table or a stream, when it has one.
    pub(super) async fn policy(&self, arn: &str) -> Result<Option<Json>, Fault> {
        let request = self.client.get_resource_policy().resource_arn(arn);
        match request.send().await {
            Ok(answer) => Ok(answer
                .policy()
                .map(|text| serde_json::from_str(text).unwrap_or_else(|_| Json::from(text)))),
            Err(error) => {
                let fault = Fault::of("dynamodb", "GetResourcePolicy", &error);
                match fault.code.as_deref() {
                    Some("PolicyNotFoundException") => Ok(None),
                    _ => fault.unless_missing(),
                }
            }
        }
    }

    /// Whom a stream lets read, and its own tags.
    async fn set_stream(
        &self,
        arn: &str,
        stream: &Properties<'_>,
        extent: &Extent<'_>,
    ) -> Result<(), Fault> {
        let before = extent.before("StreamSpecification");
        let had = |part: &str| before.is_some_and(|before| before.get(part).is_some());
        if stream.get("ResourcePolicy").is_some() || had("ResourcePolicy") {
            self.set_policy(arn, stream.object("ResourcePolicy")?)
                .await?;
        }
        let mut tags = TagChange::default();
        for tag in stream.objects("Tags")? {
            let value = tag.text("Value")?.unwrap_or_default();
            tags.set.insert(tag.required("Key")?, value);
        }
        if had("Tags") {
            let live = self.tags(arn).await?.into_keys();
            tags.removed
                .extend(live.filter(|key| !tags.set.contains_key(key)));
        }
        // AWS does not take back what it does not know.
        gone(self.set_tags(arn, tags).await)
    }
}

/// Whether an index had a part when it was sent last, or may have.
fn had(extent: &Extent<'_>, index: &str, part: &str) -> bool {
    let list = extent.before("GlobalSecondaryIndexes");
    let mut each = list.and_then(Json::as_array).into_iter().flatten();
    each.any(|one| {
        one.get("IndexName").and_then(Json::as_str) == Some(index) && one.get(part).is_some()
    })
}

pub(super) fn is_recoverable(live: &sdk::PointInTimeRecoveryDescription) -> bool {
    live.point_in_time_recovery_status() == Some(&sdk::PointInTimeRecoveryStatus::Enabled)
}
