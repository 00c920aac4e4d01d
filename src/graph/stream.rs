//! Kinesis streams.

use super::fields::Fields;
use super::setting::Setting;

/// `AWS::Kinesis::Stream`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// `Name`; without one, AWS makes a name.
    pub name: Option<Setting<String>>,
    /// At least 1. None means on demand, which starts with 4.
    pub shards: Option<u32>,
    /// 24 to 8 760; 24 by default.
    pub retention_hours: u32,
}

pub(super) fn stream(fields: &Fields<'_>) -> Stream {
    Stream {
        name: fields.text("Name"),
        shards: fields.count("ShardCount", 1..=100_000),
        retention_hours: fields
            .count("RetentionPeriodHours", 24..=8_760)
            .unwrap_or(24),
    }
}
