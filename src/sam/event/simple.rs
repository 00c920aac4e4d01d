//! Events that need no more than a permission and one resource: `AlexaSkill`, `IoTRule`, `CloudWatchLogs`.

use crate::template::Map;

use crate::sam::build::{list, map, put};
use crate::sam::intrinsic;
use crate::sam::property::{Property, Shape, optional, required};
use crate::sam::resource::Resource;

use super::{Event, Permission, Target, permission};

pub(super) const SKILL: [Property; 1] = [optional("SkillId", Shape::Text)];

pub(super) const IOT: [Property; 2] = [
    required("Sql", Shape::Text),
    optional("AwsIotSqlVersion", Shape::Text),
];

pub(super) const LOGS: [Property; 2] = [
    required("LogGroupName", Shape::Text),
    required("FilterPattern", Shape::Text),
];

pub(super) fn skill(event: &Event, target: &Target) -> Vec<Resource> {
    let token = Permission {
        token: event.get("SkillId").cloned(),
        ..Permission::default()
    };
    vec![permission(event, target, "alexa-appkit.amazon.com", token)]
}

pub(super) fn iot(event: &Event, target: &Target, partition: &str) -> Vec<Resource> {
    let span = event.span;
    let mut names = Map::new();
    put(
        &mut names,
        span,
        "RuleName",
        intrinsic::reference(span, &event.id),
    );
    let arn =
        format!("arn:{partition}:iot:${{AWS::Region}}:${{AWS::AccountId}}:rule/${{RuleName}}");
    let source = Permission {
        source_arn: Some(intrinsic::sub(span, arn, Some(names))),
        source_account: Some(intrinsic::sub(span, "${AWS::AccountId}", None)),
        ..Permission::default()
    };
    let action = map!(span; "Lambda" => map!(span; "FunctionArn" => &target.arn));
    let payload = map!(span;
        "Sql" => event.get("Sql"),
        "RuleDisabled" => false,
        "Actions" => list!(span; action),
        "AwsIotSqlVersion" => event.truthy("AwsIotSqlVersion"));
    let rule = Resource::new(&event.id, "AWS::IoT::TopicRule", span)
        .with_attributes(target.passed.clone())
        .with("TopicRulePayload", payload);
    vec![permission(event, target, "iot.amazonaws.com", source), rule]
}

pub(super) fn logs(event: &Event, target: &Target, partition: &str) -> Vec<Resource> {
    let span = event.span;
    let mut names = Map::new();
    put(
        &mut names,
        span,
        "__LogGroupName__",
        event.get("LogGroupName"),
    );
    let arn = format!(
        "arn:{partition}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:${{__LogGroupName__}}:*"
    );
    let source = Permission {
        source_arn: Some(intrinsic::sub(span, arn, Some(names))),
        ..Permission::default()
    };
    let permission = permission(event, target, "logs.amazonaws.com", source);
    let filter = Resource::new(&event.id, "AWS::Logs::SubscriptionFilter", span)
        .with_attributes(target.passed.clone())
        .depending_on(Some(list!(span; &permission.id)))
        .with("LogGroupName", event.get("LogGroupName"))
        .with("FilterPattern", event.get("FilterPattern"))
        .with("DestinationArn", &target.arn);
    vec![permission, filter]
}
