//! Buckets.

use super::fields::Fields;
use super::setting::{Link, Setting};

/// `AWS::S3::Bucket`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// `BucketName`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// It keeps old versions of objects.
    pub versioned: bool,
    /// In the order: functions, queues, topics.
    pub notifications: Vec<Notification>,
    /// Every change goes to the account's default event bus.
    pub event_bridge: bool,
}

/// Whom a bucket tells about changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// The function, queue or topic, by its ARN.
    pub target: Link,
    /// `s3:ObjectCreated:*`.
    pub event: Setting<String>,
    /// Keys must start with this.
    pub prefix: Option<Setting<String>>,
    /// Keys must end with this.
    pub suffix: Option<Setting<String>>,
}

pub(super) fn bucket(fields: &Fields<'_>) -> Bucket {
    let notification = fields.fields("NotificationConfiguration");
    let mut notifications = Vec::new();
    for (list, target) in [
        ("LambdaConfigurations", "Function"),
        ("QueueConfigurations", "Queue"),
        ("TopicConfigurations", "Topic"),
    ] {
        let Some(configuration) = &notification else {
            break;
        };
        notifications.extend(configuration.items(list).into_iter().filter_map(|item| {
            let item = configuration.fields_of(list, item)?;
            let (prefix, suffix) = key_filter(&item);
            Some(Notification {
                target: item.link(target)?,
                event: item.text("Event")?,
                prefix,
                suffix,
            })
        }));
    }
    Bucket {
        name: fields.text("BucketName"),
        versioned: fields
            .fields("VersioningConfiguration")
            .and_then(|versioning| {
                versioning.word("Status", &[("Enabled", true), ("Suspended", false)])
            })
            .unwrap_or(false),
        event_bridge: notification
            .as_ref()
            .and_then(|configuration| configuration.fields("EventBridgeConfiguration"))
            .is_some_and(|bridge| bridge.flag("EventBridgeEnabled").unwrap_or(true)),
        notifications,
    }
}

/// Prefix and suffix of `Filter.S3Key.Rules`.
pub(super) fn key_filter(
    fields: &Fields<'_>,
) -> (Option<Setting<String>>, Option<Setting<String>>) {
    let (mut prefix, mut suffix) = (None, None);
    let rules = fields
        .fields("Filter")
        .and_then(|filter| filter.fields("S3Key"));
    let Some(rules) = rules else {
        return (prefix, suffix);
    };
    for rule in rules.items("Rules") {
        let Some(rule) = rules.fields_of("Rules", rule) else {
            continue;
        };
        let value = rule.text("Value");
        let name = rule.text("Name");
        match name.as_ref().and_then(Setting::known) {
            Some(name) if name.eq_ignore_ascii_case("prefix") => prefix = value,
            Some(name) if name.eq_ignore_ascii_case("suffix") => suffix = value,
            Some(_) => {
                rule.word("Name", &[("prefix", ()), ("suffix", ())]);
            }
            None => {}
        }
    }
    (prefix, suffix)
}
