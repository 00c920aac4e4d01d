//! The targets of a rule: CloudFormation's properties → the SDK's.

use aws_sdk_eventbridge::types::{
    AppSyncParameters, AssignPublicIp, AwsVpcConfiguration, BatchArrayProperties, BatchParameters,
    BatchRetryStrategy, CapacityProviderStrategyItem, DeadLetterConfig, EcsParameters,
    HttpParameters, InputTransformer, KinesisParameters, LaunchType, NetworkConfiguration,
    PlacementConstraint, PlacementConstraintType, PlacementStrategy, PlacementStrategyType,
    PropagateTags, RedshiftDataParameters, RetryPolicy, RunCommandParameters, RunCommandTarget,
    SageMakerPipelineParameter, SageMakerPipelineParameters, SqsParameters, Tag, Target,
};

use crate::aws::Fault;
use crate::deploy::provider::Properties;

use super::built;

/// One target.
pub(super) fn target(from: &Properties<'_>) -> Result<Target, Fault> {
    built(
        Target::builder()
            .id(from.required("Id")?)
            .arn(from.required("Arn")?)
            .set_role_arn(from.text("RoleArn")?)
            .set_input(from.document("Input"))
            .set_input_path(from.text("InputPath")?)
            .set_input_transformer(from.part("InputTransformer", transformer)?)
            .set_kinesis_parameters(from.part("KinesisParameters", kinesis)?)
            .set_run_command_parameters(from.part("RunCommandParameters", run_command)?)
            .set_ecs_parameters(from.part("EcsParameters", ecs)?)
            .set_batch_parameters(from.part("BatchParameters", batch)?)
            .set_sqs_parameters(from.part("SqsParameters", |from| {
                Ok(SqsParameters::builder()
                    .set_message_group_id(from.text("MessageGroupId")?)
                    .build())
            })?)
            .set_http_parameters(from.part("HttpParameters", http)?)
            .set_redshift_data_parameters(from.part("RedshiftDataParameters", redshift)?)
            .set_sage_maker_pipeline_parameters(from.part("SageMakerPipelineParameters", pipeline)?)
            .set_dead_letter_config(from.part("DeadLetterConfig", dead_letter)?)
            .set_retry_policy(from.part("RetryPolicy", |from| {
                Ok(RetryPolicy::builder()
                    .set_maximum_event_age_in_seconds(from.integer("MaximumEventAgeInSeconds")?)
                    .set_maximum_retry_attempts(from.integer("MaximumRetryAttempts")?)
                    .build())
            })?)
            .set_app_sync_parameters(from.part("AppSyncParameters", |from| {
                Ok(AppSyncParameters::builder()
                    .set_graph_ql_operation(from.text("GraphQLOperation")?)
                    .build())
            })?)
            .build(),
    )
}

/// A dead-letter queue: of a target or of a bus.
pub(super) fn dead_letter(from: &Properties<'_>) -> Result<DeadLetterConfig, Fault> {
    let arn = from.text("Arn")?;
    Ok(DeadLetterConfig::builder().set_arn(arn).build())
}

fn transformer(from: &Properties<'_>) -> Result<InputTransformer, Fault> {
    let paths = from.text_map("InputPathsMap")?;
    built(
        InputTransformer::builder()
            .set_input_paths_map(paths.map(|paths| paths.into_iter().collect()))
            .input_template(from.required("InputTemplate")?)
            .build(),
    )
}

fn kinesis(from: &Properties<'_>) -> Result<KinesisParameters, Fault> {
    built(
        KinesisParameters::builder()
            .partition_key_path(from.required("PartitionKeyPath")?)
            .build(),
    )
}

fn run_command(from: &Properties<'_>) -> Result<RunCommandParameters, Fault> {
    let targets = from.parts("RunCommandTargets", |from| {
        built(
            RunCommandTarget::builder()
                .key(from.required("Key")?)
                .set_values(from.texts("Values")?)
                .build(),
        )
    })?;
    built(
        RunCommandParameters::builder()
            .set_run_command_targets(targets)
            .build(),
    )
}

fn ecs(from: &Properties<'_>) -> Result<EcsParameters, Fault> {
    let launch_type = from.text("LaunchType")?;
    let propagate = from.text("PropagateTags")?;
    built(
        EcsParameters::builder()
            .task_definition_arn(from.required("TaskDefinitionArn")?)
            .set_task_count(from.integer("TaskCount")?)
            .set_launch_type(launch_type.map(|text| LaunchType::from(text.as_str())))
            .set_network_configuration(from.part("NetworkConfiguration", network)?)
            .set_platform_version(from.text("PlatformVersion")?)
            .set_group(from.text("Group")?)
            .set_capacity_provider_strategy(from.parts("CapacityProviderStrategy", capacity)?)
            .set_enable_ecs_managed_tags(from.flag("EnableECSManagedTags")?)
            .set_enable_execute_command(from.flag("EnableExecuteCommand")?)
            .set_placement_constraints(from.parts("PlacementConstraints", constraint)?)
            .set_placement_strategy(from.parts("PlacementStrategies", strategy)?)
            .set_propagate_tags(propagate.map(|text| PropagateTags::from(text.as_str())))
            .set_reference_id(from.text("ReferenceId")?)
            .set_tags(from.parts("TagList", |from| {
                let value = from.text("Value")?.unwrap_or_default();
                built(
                    Tag::builder()
                        .key(from.required("Key")?)
                        .value(value)
                        .build(),
                )
            })?)
            .build(),
    )
}

fn network(from: &Properties<'_>) -> Result<NetworkConfiguration, Fault> {
    let vpc = from.part("AwsVpcConfiguration", |from| {
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

fn capacity(from: &Properties<'_>) -> Result<CapacityProviderStrategyItem, Fault> {
    built(
        CapacityProviderStrategyItem::builder()
            .capacity_provider(from.required("CapacityProvider")?)
            .set_weight(from.integer("Weight")?)
            .set_base(from.integer("Base")?)
            .build(),
    )
}

fn constraint(from: &Properties<'_>) -> Result<PlacementConstraint, Fault> {
    let kind = from.text("Type")?;
    Ok(PlacementConstraint::builder()
        .set_type(kind.map(|text| PlacementConstraintType::from(text.as_str())))
        .set_expression(from.text("Expression")?)
        .build())
}

fn strategy(from: &Properties<'_>) -> Result<PlacementStrategy, Fault> {
    let kind = from.text("Type")?;
    Ok(PlacementStrategy::builder()
        .set_type(kind.map(|text| PlacementStrategyType::from(text.as_str())))
        .set_field(from.text("Field")?)
        .build())
}

fn batch(from: &Properties<'_>) -> Result<BatchParameters, Fault> {
    let array = from.part("ArrayProperties", |from| {
        let size = from.integer("Size")?;
        Ok(BatchArrayProperties::builder().set_size(size).build())
    })?;
    let retry = from.part("RetryStrategy", |from| {
        let attempts = from.integer("Attempts")?;
        Ok(BatchRetryStrategy::builder().set_attempts(attempts).build())
    })?;
    built(
        BatchParameters::builder()
            .job_definition(from.required("JobDefinition")?)
            .job_name(from.required("JobName")?)
            .set_array_properties(array)
            .set_retry_strategy(retry)
            .build(),
    )
}

fn http(from: &Properties<'_>) -> Result<HttpParameters, Fault> {
    let headers = from.text_map("HeaderParameters")?;
    let query = from.text_map("QueryStringParameters")?;
    Ok(HttpParameters::builder()
        .set_path_parameter_values(from.texts("PathParameterValues")?)
        .set_header_parameters(headers.map(|all| all.into_iter().collect()))
        .set_query_string_parameters(query.map(|all| all.into_iter().collect()))
        .build())
}

fn redshift(from: &Properties<'_>) -> Result<RedshiftDataParameters, Fault> {
    built(
        RedshiftDataParameters::builder()
            .database(from.required("Database")?)
            .set_db_user(from.text("DbUser")?)
            .set_secret_manager_arn(from.text("SecretManagerArn")?)
            .set_sql(from.text("Sql")?)
            .set_sqls(from.texts("Sqls")?)
            .set_statement_name(from.text("StatementName")?)
            .set_with_event(from.flag("WithEvent")?)
            .build(),
    )
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
