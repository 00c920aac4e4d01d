//! The Kinesis stream that a table writes its changes to.

use std::time::Duration;

use aws_sdk_dynamodb::types as sdk;

use crate::aws::Fault;
use crate::deploy::wait;

use super::{DynamoDb, Properties};

/// How long a stream may take to be joined or left.
const PATIENCE: Duration = Duration::from_secs(900);

impl DynamoDb {
    /// A table writes to one Kinesis stream at most as CloudFormation has it: another one is left first.
    pub(super) async fn set_kinesis(
        &self,
        name: &str,
        table: &Properties<'_>,
    ) -> Result<(), Fault> {
        let wanted = table.object("KinesisStreamSpecification")?;
        let stream = match &wanted {
            Some(wanted) => Some(wanted.required("StreamArn")?),
            None => None,
        };
        let precision = match &wanted {
            Some(wanted) => wanted.choice("ApproximateCreationDateTimePrecision")?,
            None => None,
        };
        let mut joined = None;
        for destination in self.destinations(name).await? {
            let is_on = matches!(
                destination.destination_status(),
                Some(
                    sdk::DestinationStatus::Active
                        | sdk::DestinationStatus::Enabling
                        | sdk::DestinationStatus::Updating
                )
            );
            let Some(arn) = destination.stream_arn().filter(|_| is_on) else {
                continue;
            };
            if stream.as_deref() == Some(arn) {
                joined = Some(destination);
                continue;
            }
            let request = self.client.disable_kinesis_streaming_destination();
            let answer = request.table_name(name).stream_arn(arn).send().await;
            let answer = answer.map_err(|error| {
                Fault::of("dynamodb", "DisableKinesisStreamingDestination", &error)
            })?;
            let status = answer.destination_status;
            self.streams(name, arn, status, &sdk::DestinationStatus::Disabled)
                .await?;
        }
        let Some(stream) = stream else { return Ok(()) };
        let status = match joined {
            None => self.join(name, &stream, precision).await?,
            Some(joined) => {
                let Some(precision) = precision.filter(|precision| {
                    joined.approximate_creation_date_time_precision() != Some(precision)
                }) else {
                    return Ok(());
                };
                let configuration = sdk::UpdateKinesisStreamingConfiguration::builder()
                    .approximate_creation_date_time_precision(precision)
                    .build();
                let answer = self
                    .client
                    .update_kinesis_streaming_destination()
                    .table_name(name)
                    .stream_arn(&stream)
                    .update_kinesis_streaming_configuration(configuration)
                    .send()
                    .await
                    .map_err(|error| {
                        Fault::of("dynamodb", "UpdateKinesisStreamingDestination", &error)
                    })?;
                answer.destination_status
            }
        };
        self.streams(name, &stream, status, &sdk::DestinationStatus::Active)
            .await
    }

    async fn join(
        &self,
        name: &str,
        stream: &str,
        precision: Option<sdk::ApproximateCreationDateTimePrecision>,
    ) -> Result<Option<sdk::DestinationStatus>, Fault> {
        let configuration = precision.map(|precision| {
            sdk::EnableKinesisStreamingConfiguration::builder()
                .approximate_creation_date_time_precision(precision)
                .build()
        });
        self.client
            .enable_kinesis_streaming_destination()
            .table_name(name)
            .stream_arn(stream)
            .set_enable_kinesis_streaming_configuration(configuration)
            .send()
            .await
            .map(|answer| answer.destination_status)
            .map_err(|error| Fault::of("dynamodb", "EnableKinesisStreamingDestination", &error))
    }

    async fn destinations(
        &self,
        name: &str,
    ) -> Result<Vec<sdk::KinesisDataStreamDestination>, Fault> {
        let answer = self
            .client
            .describe_kinesis_streaming_destination()
            .table_name(name)
            .send()
            .await
            .map_err(|error| {
                Fault::of("dynamodb", "DescribeKinesisStreamingDestination", &error)
            })?;
        Ok(answer.kinesis_data_stream_destinations.unwrap_or_default())
    }

    /// Waits until a table writes to a Kinesis stream, or no longer does. `now` is what the call itself said.
    async fn streams(
        &self,
        name: &str,
        arn: &str,
        now: Option<sdk::DestinationStatus>,
        goal: &sdk::DestinationStatus,
    ) -> Result<(), Fault> {
        if now.as_ref() == Some(goal) {
            return Ok(());
        }
        wait::until("Kinesis stream of the table", PATIENCE, || async {
            let all = self.destinations(name).await?;
            let found = all.iter().find(|one| one.stream_arn() == Some(arn));
            let status = found.and_then(|one| one.destination_status());
            if status == Some(&sdk::DestinationStatus::EnableFailed) {
                let why = found.and_then(|one| one.destination_status_description());
                let text = format!(
                    "`{name}` cannot write to {arn}: {}",
                    why.unwrap_or_default()
                );
                let operation = "EnableKinesisStreamingDestination";
                return Err(Fault::unexpected("dynamodb", operation, &text));
            }
            let is_gone = status.is_none() && *goal == sdk::DestinationStatus::Disabled;
            Ok((is_gone || status == Some(goal)).then_some(()))
        })
        .await
    }
}
