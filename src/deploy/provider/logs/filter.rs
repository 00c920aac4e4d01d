//! Filters of a log group: those that count, and those that pass on. Setting one that is there changes it.

use aws_sdk_cloudwatchlogs::types as sdk;
use serde_json::{Map, Value as Json, json};

use crate::aws::Fault;

use super::{Existing, Held, Logs, Properties, Wanted, done, named, there};

impl Logs {
    pub(super) async fn put_metric_filter(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let metrics = properties.objects("MetricTransformations")?;
        let metrics = metrics.iter().map(metric).collect::<Result<_, Fault>>()?;
        let answer = self
            .client
            .put_metric_filter()
            .log_group_name(properties.required("LogGroupName")?)
            .filter_name(&wanted.name)
            // An empty pattern is about every event.
            .filter_pattern(properties.text("FilterPattern")?.unwrap_or_default())
            .set_metric_transformations(Some(metrics))
            .set_apply_on_transformed_logs(properties.flag("ApplyOnTransformedLogs")?)
            .set_field_selection_criteria(properties.text("FieldSelectionCriteria")?)
            .set_emit_system_field_dimensions(properties.texts("EmitSystemFieldDimensions")?)
            .send()
            .await;
        done("PutMetricFilter", answer)?;
        Ok(named(&wanted.name))
    }

    pub(super) async fn read_metric_filter(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let group = held.properties().required("LogGroupName")?;
        let answer = self
            .client
            .describe_metric_filters()
            .log_group_name(&group)
            .filter_name_prefix(&held.reference)
            .send()
            .await;
        let found = there("DescribeMetricFilters", answer)?;
        let mut filters = found.iter().flat_map(|found| found.metric_filters());
        let Some(live) = filters.find(|one| one.filter_name() == Some(&held.reference)) else {
            return Ok(None);
        };
        let metrics: Vec<Json> = live
            .metric_transformations()
            .iter()
            .map(metric_of)
            .collect();
        Ok(Some(Map::from_iter([
            ("LogGroupName".to_owned(), json!(group)),
            ("FilterName".to_owned(), json!(held.reference)),
            ("FilterPattern".to_owned(), json!(live.filter_pattern())),
            ("MetricTransformations".to_owned(), json!(metrics)),
        ])))
    }

    pub(super) async fn delete_metric_filter(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_metric_filter()
            .log_group_name(held.properties().required("LogGroupName")?)
            .filter_name(&held.reference)
            .send()
            .await;
        there("DeleteMetricFilter", answer).map(|_| ())
    }

    pub(super) async fn put_subscription_filter(&self, wanted: &Wanted) -> Result<Existing, Fault> {
        let properties = wanted.properties();
        let answer = self
            .client
            .put_subscription_filter()
            .log_group_name(properties.required("LogGroupName")?)
            .filter_name(&wanted.name)
            .filter_pattern(properties.text("FilterPattern")?.unwrap_or_default())
            .destination_arn(properties.required("DestinationArn")?)
            .set_role_arn(properties.text("RoleArn")?)
            .set_distribution(properties.choice("Distribution")?)
            .set_apply_on_transformed_logs(properties.flag("ApplyOnTransformedLogs")?)
            .set_field_selection_criteria(properties.text("FieldSelectionCriteria")?)
            .set_emit_system_fields(properties.texts("EmitSystemFields")?)
            .send()
            .await;
        done("PutSubscriptionFilter", answer)?;
        Ok(named(&wanted.name))
    }

    pub(super) async fn read_subscription_filter(
        &self,
        held: &Held,
    ) -> Result<Option<Map<String, Json>>, Fault> {
        let group = held.properties().required("LogGroupName")?;
        let answer = self
            .client
            .describe_subscription_filters()
            .log_group_name(&group)
            .filter_name_prefix(&held.reference)
            .send()
            .await;
        let found = there("DescribeSubscriptionFilters", answer)?;
        let mut filters = found.iter().flat_map(|found| found.subscription_filters());
        let Some(live) = filters.find(|one| one.filter_name() == Some(&held.reference)) else {
            return Ok(None);
        };
        let distribution = live.distribution().map(|one| one.as_str());
        let mut found = Map::from_iter([
            ("LogGroupName".to_owned(), json!(group)),
            ("FilterName".to_owned(), json!(held.reference)),
            ("FilterPattern".to_owned(), json!(live.filter_pattern())),
            ("DestinationArn".to_owned(), json!(live.destination_arn())),
            ("RoleArn".to_owned(), json!(live.role_arn())),
        ]);
        if distribution.is_some() {
            found.insert("Distribution".to_owned(), json!(distribution));
        }
        Ok(Some(found))
    }

    pub(super) async fn delete_subscription_filter(&self, held: &Held) -> Result<(), Fault> {
        let answer = self
            .client
            .delete_subscription_filter()
            .log_group_name(held.properties().required("LogGroupName")?)
            .filter_name(&held.reference)
            .send()
            .await;
        there("DeleteSubscriptionFilter", answer).map(|_| ())
    }
}

fn metric(metric: &Properties<'_>) -> Result<sdk::MetricTransformation, Fault> {
    let mut built = sdk::MetricTransformation::builder()
        .set_metric_name(metric.text("MetricName")?)
        .set_metric_namespace(metric.text("MetricNamespace")?)
        .set_metric_value(metric.text("MetricValue")?)
        .set_default_value(metric.number("DefaultValue")?)
        .set_unit(metric.choice("Unit")?);
    for dimension in metric.objects("Dimensions")? {
        built = built.dimensions(dimension.required("Key")?, dimension.required("Value")?);
    }
    Ok(built.build()?)
}

fn metric_of(live: &sdk::MetricTransformation) -> Json {
    let mut value = json!({
        "MetricName": live.metric_name(),
        "MetricNamespace": live.metric_namespace(),
        "MetricValue": live.metric_value(),
    });
    if let Some(default) = live.default_value() {
        // A whole number is written without a point, as people write it.
        value["DefaultValue"] = match default.fract() == 0.0 && default.abs() < 1e15 {
            true => json!(default as i64),
            false => json!(default),
        };
    }
    if let Some(unit) = live.unit() {
        value["Unit"] = json!(unit.as_str());
    }
    if let Some(dimensions) = live.dimensions().filter(|all| !all.is_empty()) {
        let mut each: Vec<_> = dimensions.iter().collect();
        each.sort();
        let each = each.into_iter();
        value["Dimensions"] = each
            .map(|(key, value)| json!({"Key": key, "Value": value}))
            .collect();
    }
    value
}
