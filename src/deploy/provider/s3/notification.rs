//! Whom a bucket tells what happens in it.

use aws_sdk_s3::types as sdk;

use crate::aws::Fault;

use super::setting::Setting;
use super::{Properties, S3, done};

impl S3 {
    /// Sets all notifications: S3 takes them whole, and checks that it may reach each destination.
    pub(super) async fn put_notification(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let configuration = match setting.wanted.object("NotificationConfiguration")? {
            Some(wanted) => notifications(&wanted)?,
            None => sdk::NotificationConfiguration::builder().build(),
        };
        let answer = self
            .client
            .put_bucket_notification_configuration()
            .bucket(setting.bucket)
            .notification_configuration(configuration)
            .send()
            .await;
        done("PutBucketNotificationConfiguration", answer).map(|_| ())
    }
}

pub(super) fn notifications(
    wanted: &Properties<'_>,
) -> Result<sdk::NotificationConfiguration, Fault> {
    let mut built = sdk::NotificationConfiguration::builder();
    for one in wanted.objects("LambdaConfigurations")? {
        built = built.lambda_function_configurations(
            sdk::LambdaFunctionConfiguration::builder()
                .set_lambda_function_arn(one.text("Function")?)
                .set_events(events(&one)?)
                .set_filter(filter(&one)?)
                .build()?,
        );
    }
    for one in wanted.objects("QueueConfigurations")? {
        built = built.queue_configurations(
            sdk::QueueConfiguration::builder()
                .set_queue_arn(one.text("Queue")?)
                .set_events(events(&one)?)
                .set_filter(filter(&one)?)
                .build()?,
        );
    }
    for one in wanted.objects("TopicConfigurations")? {
        built = built.topic_configurations(
            sdk::TopicConfiguration::builder()
                .set_topic_arn(one.text("Topic")?)
                .set_events(events(&one)?)
                .set_filter(filter(&one)?)
                .build()?,
        );
    }
    // It is on when it is there, unless it says otherwise.
    if let Some(bus) = wanted.object("EventBridgeConfiguration")?
        && bus.flag("EventBridgeEnabled")?.unwrap_or(true)
    {
        built = built.event_bridge_configuration(sdk::EventBridgeConfiguration::builder().build());
    }
    Ok(built.build())
}

/// CloudFormation has one event in each configuration.
fn events(one: &Properties<'_>) -> Result<Option<Vec<sdk::Event>>, Fault> {
    let events = one.texts("Event")?;
    Ok(events.map(|events| {
        let each = events.iter();
        each.map(|event| sdk::Event::from(event.as_str())).collect()
    }))
}

fn filter(one: &Properties<'_>) -> Result<Option<sdk::NotificationConfigurationFilter>, Fault> {
    let Some(filter) = one.object("Filter")? else {
        return Ok(None);
    };
    let mut key = sdk::S3KeyFilter::builder();
    if let Some(wanted) = filter.object("S3Key")? {
        for rule in wanted.objects("Rules")? {
            key = key.filter_rules(
                sdk::FilterRule::builder()
                    .set_name(rule.choice("Name")?)
                    .set_value(rule.text("Value")?)
                    .build(),
            );
        }
    }
    let built = sdk::NotificationConfigurationFilter::builder().key(key.build());
    Ok(Some(built.build()))
}
