//! What sort of thing a resource is, and what there is to say about it in a few words.

use super::super::Kind;
use super::Part;

/// By its type; for rules also by what they wait for.
pub(super) fn kind(part: &Part<'_>) -> Kind {
    match part.resource_type {
        "AWS::Lambda::Function" => Kind::Function,
        "AWS::ApiGateway::RestApi"
        | "AWS::ApiGatewayV2::Api"
        | "AWS::AppSync::GraphQLApi"
        | "AWS::AppSync::Api"
        | "AWS::Lambda::Url"
        | "AWS::CloudFront::Distribution"
        | "AWS::ElasticLoadBalancingV2::LoadBalancer" => Kind::Api,
        "AWS::DynamoDB::Table"
        | "AWS::DynamoDB::GlobalTable"
        | "AWS::RDS::DBCluster"
        | "AWS::RDS::DBInstance"
        | "AWS::RDS::DBProxy"
        | "AWS::DocDB::DBCluster"
        | "AWS::Neptune::DBCluster"
        | "AWS::ElastiCache::ReplicationGroup"
        | "AWS::ElastiCache::CacheCluster"
        | "AWS::DSQL::Cluster"
        | "AWS::Timestream::Table"
        | "AWS::OpenSearchService::Domain"
        | "AWS::Elasticsearch::Domain" => Kind::Table,
        "AWS::SQS::Queue" | "AWS::AmazonMQ::Broker" => Kind::Queue,
        "AWS::SNS::Topic" => Kind::Topic,
        "AWS::Events::EventBus" | "AWS::Pipes::Pipe" | "AWS::Events::ApiDestination" => Kind::Bus,
        "AWS::Events::Rule" if part.node(&["ScheduleExpression"]).is_some() => Kind::Schedule,
        "AWS::Events::Rule" | "AWS::IoT::TopicRule" | "AWS::SES::ReceiptRule" => Kind::Rule,
        "AWS::Scheduler::Schedule" => Kind::Schedule,
        "AWS::S3::Bucket" | "AWS::EFS::FileSystem" | "AWS::S3Express::DirectoryBucket" => {
            Kind::Bucket
        }
        "AWS::Kinesis::Stream"
        | "AWS::KinesisFirehose::DeliveryStream"
        | "AWS::MSK::Cluster"
        | "AWS::MSK::ServerlessCluster" => Kind::Stream,
        "AWS::StepFunctions::StateMachine" => Kind::StateMachine,
        "AWS::SecretsManager::Secret" | "AWS::SSM::Parameter" | "AWS::KMS::Key" => Kind::Secret,
        other if other.starts_with("AWS::Cognito::") => Kind::Identity,
        other if other.starts_with("AWS::CloudWatch::") || other.starts_with("AWS::Logs::") => {
            Kind::Watch
        }
        _ => Kind::Other,
    }
}

/// The second line of its box.
pub(super) fn detail(part: &Part<'_>) -> String {
    match part.resource_type {
        "AWS::Lambda::Function" => function(part),
        "AWS::ApiGatewayV2::Api" => match part.text(&["ProtocolType"]).as_deref() {
            Some("WEBSOCKET") => "WebSocket API".into(),
            _ => "HTTP API".into(),
        },
        "AWS::Events::Rule" => rule(part),
        "AWS::Scheduler::Schedule" => part
            .text(&["ScheduleExpression"])
            .unwrap_or_else(|| "schedule".into()),
        "AWS::SQS::Queue" => match part.text(&["FifoQueue"]).as_deref() {
            Some("true") => "SQS queue, FIFO".into(),
            _ => "SQS queue".into(),
        },
        "AWS::StepFunctions::StateMachine" => match part.text(&["StateMachineType"]).as_deref() {
            Some("EXPRESS") => "state machine, express".into(),
            _ => "state machine".into(),
        },
        other => named(other).map_or_else(|| spaced(other), str::to_owned),
    }
}

fn named(resource_type: &str) -> Option<&'static str> {
    Some(match resource_type {
        "AWS::ApiGateway::RestApi" => "REST API",
        "AWS::AppSync::GraphQLApi" => "GraphQL API",
        "AWS::Lambda::Url" => "function URL",
        "AWS::CloudFront::Distribution" => "CloudFront distribution",
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => "load balancer",
        "AWS::DynamoDB::Table" | "AWS::DynamoDB::GlobalTable" => "DynamoDB table",
        "AWS::SNS::Topic" => "SNS topic",
        "AWS::Events::EventBus" => "event bus",
        "AWS::Pipes::Pipe" => "pipe",
        "AWS::IoT::TopicRule" => "IoT rule",
        "AWS::S3::Bucket" => "S3 bucket",
        "AWS::EFS::FileSystem" => "EFS file system",
        "AWS::Kinesis::Stream" => "Kinesis stream",
        "AWS::KinesisFirehose::DeliveryStream" => "Firehose stream",
        "AWS::SecretsManager::Secret" => "secret",
        "AWS::SSM::Parameter" => "SSM parameter",
        "AWS::KMS::Key" => "KMS key",
        "AWS::Cognito::UserPool" => "Cognito user pool",
        "AWS::Cognito::IdentityPool" => "Cognito identity pool",
        "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm" => "alarm",
        "AWS::Logs::LogGroup" => "log group",
        "AWS::EC2::VPC" => "VPC",
        "AWS::CloudFormation::CustomResource" => "custom resource",
        "AWS::CloudFormation::Stack" => "nested stack",
        _ => return None,
    })
}

/// `AWS::Glue::Job` as `Glue Job`, `Custom::Thing` as `Custom Thing`.
fn spaced(resource_type: &str) -> String {
    let short = resource_type.strip_prefix("AWS::").unwrap_or(resource_type);
    short.replace("::", " ")
}

fn function(part: &Part<'_>) -> String {
    match part.text(&["Runtime"]) {
        Some(runtime) => runtime,
        None if part.text(&["PackageType"]).as_deref() == Some("Image") => "container image".into(),
        None => "function".into(),
    }
}

/// The schedule, or the types of events it waits for.
fn rule(part: &Part<'_>) -> String {
    if let Some(schedule) = part.text(&["ScheduleExpression"]) {
        return schedule;
    }
    for key in ["detail-type", "source"] {
        let pattern = part
            .node(&["EventPattern", key])
            .and_then(|node| node.as_list());
        let words: Vec<String> = pattern
            .into_iter()
            .flatten()
            .filter_map(|word| word.scalar_text())
            .collect();
        if !words.is_empty() {
            return words.join(", ");
        }
    }
    "rule".into()
}
