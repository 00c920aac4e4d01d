//! What a rule is about: a prefix, one tag, or several of them together, which S3 writes in three ways.

use aws_sdk_s3::types as sdk;

use crate::aws::Fault;

use super::Properties;

/// The parts that a filter is made of.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) prefix: Option<String>,
    pub(super) tags: Vec<sdk::Tag>,
}

impl Parts {
    /// `Prefix` and `TagFilters`.
    pub(super) fn of(rule: &Properties<'_>) -> Result<Self, Fault> {
        let mut tags = Vec::new();
        for filter in rule.objects("TagFilters")? {
            tags.push(tag(&filter)?);
        }
        Ok(Parts {
            prefix: rule.text("Prefix")?,
            tags,
        })
    }

    /// The list of tags, as the SDK wants one.
    pub(super) fn tag_list(self) -> Option<Vec<sdk::Tag>> {
        (!self.tags.is_empty()).then_some(self.tags)
    }
}

pub(super) fn tag(filter: &Properties<'_>) -> Result<sdk::Tag, Fault> {
    Ok(sdk::Tag::builder()
        .set_key(filter.text("Key")?)
        .set_value(filter.text("Value")?)
        .build()?)
}

pub(super) fn analytics(rule: &Properties<'_>) -> Result<Option<sdk::AnalyticsFilter>, Fault> {
    let mut parts = Parts::of(rule)?;
    Ok(match (parts.prefix.take(), parts.tags.len()) {
        (None, 0) => None,
        (Some(prefix), 0) => Some(sdk::AnalyticsFilter::Prefix(prefix)),
        (None, 1) => parts.tags.pop().map(sdk::AnalyticsFilter::Tag),
        (prefix, _) => Some(sdk::AnalyticsFilter::And(
            sdk::AnalyticsAndOperator::builder()
                .set_prefix(prefix)
                .set_tags(parts.tag_list())
                .build(),
        )),
    })
}

pub(super) fn metrics(rule: &Properties<'_>) -> Result<Option<sdk::MetricsFilter>, Fault> {
    let mut parts = Parts::of(rule)?;
    let access_point = rule.text("AccessPointArn")?;
    Ok(
        match (parts.prefix.take(), parts.tags.len(), access_point) {
            (None, 0, None) => None,
            (Some(prefix), 0, None) => Some(sdk::MetricsFilter::Prefix(prefix)),
            (None, 0, Some(arn)) => Some(sdk::MetricsFilter::AccessPointArn(arn)),
            (None, 1, None) => parts.tags.pop().map(sdk::MetricsFilter::Tag),
            (prefix, _, arn) => Some(sdk::MetricsFilter::And(
                sdk::MetricsAndOperator::builder()
                    .set_prefix(prefix)
                    .set_tags(parts.tag_list())
                    .set_access_point_arn(arn)
                    .build(),
            )),
        },
    )
}

pub(super) fn tiering(
    rule: &Properties<'_>,
) -> Result<Option<sdk::IntelligentTieringFilter>, Fault> {
    let mut parts = Parts::of(rule)?;
    let filter = sdk::IntelligentTieringFilter::builder();
    Ok(match (parts.prefix.take(), parts.tags.len()) {
        (None, 0) => None,
        (Some(prefix), 0) => Some(filter.prefix(prefix).build()),
        (None, 1) => Some(filter.set_tag(parts.tags.pop()).build()),
        (prefix, _) => {
            let both = sdk::IntelligentTieringAndOperator::builder()
                .set_prefix(prefix)
                .set_tags(parts.tag_list());
            Some(filter.and(both.build()).build())
        }
    })
}

/// A lifecycle rule always has a filter: an empty prefix is about every object.
pub(super) fn lifecycle(rule: &Properties<'_>) -> Result<sdk::LifecycleRuleFilter, Fault> {
    let mut parts = Parts::of(rule)?;
    let greater = rule.integer::<i64>("ObjectSizeGreaterThan")?;
    let less = rule.integer::<i64>("ObjectSizeLessThan")?;
    let prefix = parts.prefix.take();
    let count = parts.tags.len()
        + usize::from(prefix.is_some())
        + usize::from(greater.is_some())
        + usize::from(less.is_some());
    let filter = sdk::LifecycleRuleFilter::builder();
    Ok(match count {
        0 => filter.prefix("").build(),
        1 => filter
            .set_prefix(prefix)
            .set_tag(parts.tags.pop())
            .set_object_size_greater_than(greater)
            .set_object_size_less_than(less)
            .build(),
        _ => {
            let all = sdk::LifecycleRuleAndOperator::builder()
                .set_prefix(prefix)
                .set_tags(parts.tag_list())
                .set_object_size_greater_than(greater)
                .set_object_size_less_than(less);
            filter.and(all.build()).build()
        }
    })
}

/// Replication writes its filter as the API does.
pub(super) fn replication(filter: &Properties<'_>) -> Result<sdk::ReplicationRuleFilter, Fault> {
    let mut built = sdk::ReplicationRuleFilter::builder().set_prefix(filter.text("Prefix")?);
    if let Some(one) = filter.object("TagFilter")? {
        built = built.tag(tag(&one)?);
    }
    if let Some(all) = filter.object("And")? {
        let mut parts = Parts::of(&all)?;
        let and = sdk::ReplicationRuleAndOperator::builder()
            .set_prefix(parts.prefix.take())
            .set_tags(parts.tag_list());
        built = built.and(and.build());
    }
    Ok(built.build())
}
