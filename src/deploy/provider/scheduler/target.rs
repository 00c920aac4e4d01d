//! What a schedule calls: CloudFormation's properties → the SDK's.

use std::collections::HashMap;

use aws_sdk_scheduler::types::{
    AssignPublicIp, AwsVpcConfiguration, CapacityProviderStrategyItem, DeadLetterConfig,
    EcsParameters, EventBridgeParameters, KinesisParameters, LaunchType, NetworkConfiguration,
    PlacementConstraint, PlacementConstraintType, PlacementStrategy, PlacementStrategyType,
    PropagateTags, RetryPolicy, SageMakerPipelineParameter, SageMakerPipelineParameters,
    SqsParameters, Target,
};

use crate::aws::Fault;
use crate::deploy::provider::Properties;

use super::built;

/// The target.
pub(super) fn target(from: &Properties<'_>) -> Result<Target, Fault> {
    built(
        Target::builder()
            .arn(from.required("Arn")?)
            .role_arn(from.required("RoleArn")?)
            .set_input(from.document("Input"))
            .set_dead_letter_config(from.part("DeadLetterConfig", |from| {
                let arn = from.text("Arn")?;
                Ok(DeadLetterConfig::builder().set_arn(arn).build())
            })?)
            .set_retry_policy(from.part("RetryPolicy", |from| {
                Ok(RetryPolicy::builder()
                    .set_maximum_event_age_in_seconds(from.integer("MaximumEventAgeInSeconds")?)
                    .set_maximum_retry_attempts(from.integer("MaximumRetryAttempts")?)
                    .build())
            })?)
            .set_ecs_parameters(from.part("EcsParameters", ecs)?)
            .set_event_bridge_parameters(from.part("EventBridgeParameters", |from| {
                built(
                    EventBridgeParameters::builder()
                        .detail_type(from.required("DetailType")?)
                        .source(from.required("Source")?)
                        .build(),
                )
            })?)
            .set_kinesis_parameters(from.part("KinesisParameters", |from| {
                built(
                    KinesisParameters::builder()
                        .partition_key(from.required("PartitionKey")?)
                        .build(),
                )
            })?)
            .set_sage_maker_pipeline_parameters(from.part("SageMakerPipelineParameters", pipeline)?)
            .set_sqs_parameters(from.part("SqsParameters", |from| {
                Ok(SqsParameters::builder()
                    .set_message_group_id(from.text("MessageGroupId")?)
                    .build())
            })?)
            .build(),
    )
}

fn ecs(from: &Properties<'_>) -> Result<EcsParameters, Fault> {
    let launch_type = from.text("LaunchType")?;
    let propagate = from.text("PropagateTags")?;
    let tags = from.parts("Tags", |from| {
        let mut tag = HashMap::new();
        for name in from.names() {
            tag.insert(name.to_owned(), from.text(name)?.unwrap_or_default());
        }
        Ok(tag)
    })?;
    built(
        EcsParameters::builder()
            .task_definition_arn(from.required("TaskDefinitionArn")?)
            .set_task_count(from.integer("TaskCount")?)
            .set_launch_type(launch_type.map(|text| LaunchType::from(text.as_str())))
            .set_network_configuration(from.part("NetworkConfiguration", network)?)
            .set_platform_version(from.text("PlatformVersion")?)
            .set_group(from.text("Group")?)
            .set_capacity_provider_strategy(from.parts("CapacityProviderStrategy", |from| {
                built(
                    CapacityProviderStrategyItem::builder()
                        .capacity_provider(from.required("CapacityProvider")?)
                        .set_weight(from.integer("Weight")?)
                        .set_base(from.integer("Base")?)
                        .build(),
                )
            })?)
            .set_enable_ecs_managed_tags(from.flag("EnableECSManagedTags")?)
            .set_enable_execute_command(from.flag("EnableExecuteCommand")?)
            .set_placement_constraints(from.parts("PlacementConstraints", |from| {
                let kind = from.text("Type")?;
                Ok(PlacementConstraint::builder()
                    .set_type(kind.map(|text| PlacementConstraintType::from(text.as_str())))
                    .set_expression(from.text("Expression")?)
                    .build())
            })?)
            .set_placement_strategy(from.parts("PlacementStrategy", |from| {
                let kind = from.text("Type")?;
                Ok(PlacementStrategy::builder()
                    .set_type(kind.map(|text| PlacementStrategyType::from(text.as_str())))
                    .set_field(from.text("Field")?)
                    .build())
            })?)
            .set_propagate_tags(propagate.map(|text| PropagateTags::from(text.as_str())))
            .set_reference_id(from.text("ReferenceId")?)
            .set_tags(tags)
            .build(),
    )
}

fn network(from: &Properties<'_>) -> Result<NetworkConfiguration, Fault> {
    let vpc = from.part("AwsvpcConfiguration", |from| {
        let public = from.text("AssignPublicIp")?;
        built(
            AwsVpcConfiguration::builder()
                .set_subnets(from.texts("Subnets")?)
                .set_security_groups(from.texts("SecurityGroups")?)
                .set_assign_public_ip(public.map(|text| AssignPublicIp::from(text.as_str())))
                .build(),
        )
    })?;
    Ok(NetworkConfiguration::builder()
        .set_awsvpc_configuration(vpc)
        .build())
}

fn pipeline(from: &Properties<'_>) -> Result<SageMakerPipelineParameters, Fault> {
    let list = from.parts("PipelineParameterList", |from| {
        built(
            SageMakerPipelineParameter::builder()
                .name(from.required("Name")?)
                .value(from.required("Value")?)
                .build(),
        )
    })?;
    Ok(SageMakerPipelineParameters::builder()
        .set_pipeline_parameter_list(list)
        .build())
}
