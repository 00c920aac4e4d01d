//! The permissions that a call needs, in IAM's words, which differ from the calls' own here and there.
//!
//! Sources: the services' pages of the Service Authorization Reference, and "API permissions" of the services' developer guides.

/// The permission that a call is named after: `lambda`, `Invoke` → `lambda:InvokeFunction`.
pub fn action(service: &str, operation: &str) -> String {
    match service {
        "apigateway" | "apigatewayv2" => format!("apigateway:{}", method(service, operation)),
        "s3" => format!("s3:{}", of_s3(operation)),
        "eventbridge" => format!("events:{operation}"),
        "sfn" => format!("states:{operation}"),
        "cloudcontrol" => format!("cloudformation:{operation}"),
        "resourcegroupstagging" => format!("tag:{operation}"),
        "lambda" => match operation {
            "Invoke" | "InvokeWithResponseStream" => "lambda:InvokeFunction".into(),
            "GetLayerVersionByArn" => "lambda:GetLayerVersion".into(),
            _ => format!("lambda:{operation}"),
        },
        _ => format!("{service}:{operation}"),
    }
}

/// Every permission that a call may need as Hoist makes it: the call's own first, then those for the tags and roles that go with
/// it, and for what the service does in the caller's name.
pub fn actions(service: &str, operation: &str) -> Vec<String> {
    let more = beside(service, operation);
    let mut all = vec![action(service, operation)];
    all.extend(more.iter().map(|action| (*action).to_owned()));
    all
}

/// The HTTP method, which is all that API Gateway's permissions name.
fn method(service: &str, operation: &str) -> &'static str {
    let is_v2 = service == "apigatewayv2";
    match operation {
        "TagResource" if is_v2 => "POST",
        "TagResource" => "PUT",
        "ImportApi" | "ReimportApi" => "PUT",
        "FlushStageCache" | "FlushStageAuthorizersCache" => "DELETE",
        _ => {
            let starts = |words: &[&str]| words.iter().any(|word| operation.starts_with(word));
            if starts(&["Get", "Export"]) {
                "GET"
            } else if starts(&["Delete", "Untag", "Reset"]) {
                "DELETE"
            } else if starts(&["Update"]) {
                "PATCH"
            } else if starts(&["Put"]) {
                "PUT"
            } else {
                "POST"
            }
        }
    }
}

/// Amazon S3's permissions. Source: "Actions, resources, and condition keys for Amazon S3".
fn of_s3(operation: &str) -> &str {
    match operation {
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => "ListBucket",
        "HeadObject" => "GetObject",
        "ListBuckets" => "ListAllMyBuckets",
        "ListObjectVersions" => "ListBucketVersions",
        "DeleteObjects" => "DeleteObject",
        "CopyObject" | "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" => {
            "PutObject"
        }
        "GetBucketAccelerateConfiguration" => "GetAccelerateConfiguration",
        "PutBucketAccelerateConfiguration" => "PutAccelerateConfiguration",
        "GetBucketAnalyticsConfiguration" | "ListBucketAnalyticsConfigurations" => {
            "GetAnalyticsConfiguration"
        }
        "PutBucketAnalyticsConfiguration" | "DeleteBucketAnalyticsConfiguration" => {
            "PutAnalyticsConfiguration"
        }
        "GetBucketCors" => "GetBucketCORS",
        "PutBucketCors" | "DeleteBucketCors" => "PutBucketCORS",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "PutBucketEncryption" | "DeleteBucketEncryption" => "PutEncryptionConfiguration",
        "GetBucketIntelligentTieringConfiguration"
        | "ListBucketIntelligentTieringConfigurations" => "GetIntelligentTieringConfiguration",
        "PutBucketIntelligentTieringConfiguration"
        | "DeleteBucketIntelligentTieringConfiguration" => "PutIntelligentTieringConfiguration",
        "GetBucketInventoryConfiguration" | "ListBucketInventoryConfigurations" => {
            "GetInventoryConfiguration"
        }
        "PutBucketInventoryConfiguration" | "DeleteBucketInventoryConfiguration" => {
            "PutInventoryConfiguration"
        }
        "GetBucketLifecycle" | "GetBucketLifecycleConfiguration" => "GetLifecycleConfiguration",
        "PutBucketLifecycle" | "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => {
            "PutLifecycleConfiguration"
        }
        "CreateBucketMetadataConfiguration" => "CreateBucketMetadataTableConfiguration",
        "DeleteBucketMetadataConfiguration" => "DeleteBucketMetadataTableConfiguration",
        "GetBucketMetadataConfiguration" => "GetBucketMetadataTableConfiguration",
        "GetBucketMetricsConfiguration" | "ListBucketMetricsConfigurations" => {
            "GetMetricsConfiguration"
        }
        "PutBucketMetricsConfiguration" | "DeleteBucketMetricsConfiguration" => {
            "PutMetricsConfiguration"
        }
        "GetBucketNotificationConfiguration" => "GetBucketNotification",
        "PutBucketNotificationConfiguration" => "PutBucketNotification",
        "DeleteBucketOwnershipControls" => "PutBucketOwnershipControls",
        "GetBucketReplication" => "GetReplicationConfiguration",
        "PutBucketReplication" | "DeleteBucketReplication" => "PutReplicationConfiguration",
        "DeleteBucketTagging" => "PutBucketTagging",
        "GetObjectLockConfiguration" => "GetBucketObjectLockConfiguration",
        "PutObjectLockConfiguration" => "PutBucketObjectLockConfiguration",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" | "DeletePublicAccessBlock" => "PutBucketPublicAccessBlock",
        other => other,
    }
}

/// What a call needs beside its own permission.
fn beside(service: &str, operation: &str) -> &'static [&'static str] {
    match (service, operation) {
        // Sources: "Control access to API Gateway resources using tags"; "Configure logging for HTTP APIs".
        ("apigateway", "CreateRestApi") => &[
            "apigateway:PUT",
            "apigateway:TagResource",
            "apigateway:UpdateRestApiPolicy",
        ],
        ("apigateway", "ImportRestApi" | "PutRestApi" | "UpdateRestApi") => {
            &["apigateway:UpdateRestApiPolicy"]
        }
        (
            "apigateway",
            "CreateApiKey" | "CreateDomainName" | "CreateStage" | "CreateUsagePlan"
            | "CreateVpcLink",
        ) => &["apigateway:PUT", "apigateway:TagResource"],
        ("apigateway" | "apigatewayv2", "TagResource") => &["apigateway:TagResource"],
        ("apigateway" | "apigatewayv2", "UntagResource") => &["apigateway:UntagResource"],
        ("apigateway", "PutIntegration" | "CreateAuthorizer" | "UpdateAuthorizer")
        | ("apigateway", "UpdateAccount")
        | ("apigatewayv2", "CreateIntegration" | "UpdateIntegration")
        | ("apigatewayv2", "CreateAuthorizer" | "UpdateAuthorizer") => &["iam:PassRole"],
        ("apigatewayv2", "CreateApi" | "ImportApi" | "CreateDomainName") => {
            &["apigateway:TagResource"]
        }
        ("apigatewayv2", "CreateStage") => &[
            "apigateway:TagResource",
            "logs:CreateLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
        ("apigatewayv2", "UpdateStage") => &[
            "logs:CreateLogDelivery",
            "logs:DescribeLogGroups",
            "logs:DescribeResourcePolicies",
            "logs:GetLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:UpdateLogDelivery",
        ],
        ("apigatewayv2", "DeleteAccessLogSettings") => &["logs:DeleteLogDelivery"],
        ("apigatewayv2", "CreateVpcLink") => {
            &["apigateway:TagResource", "iam:CreateServiceLinkedRole"]
        }
        ("dynamodb", "CreateTable") => &["dynamodb:TagResource"],
        // Source: "Requesting a table import in DynamoDB", IAM permissions.
        ("dynamodb", "ImportTable") => &[
            "dynamodb:TagResource",
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
            "logs:PutRetentionPolicy",
            "s3:GetObject",
            "s3:ListBucket",
        ],
        // Source: "Using IAM policies for Kinesis Data Streams and DynamoDB".
        ("dynamodb", "EnableKinesisStreamingDestination") => &[
            "iam:CreateServiceLinkedRole",
            "kinesis:DescribeStream",
            "kinesis:PutRecord",
            "kinesis:PutRecords",
        ],
        ("eventbridge", "CreateEventBus") => &["events:TagResource"],
        ("eventbridge", "PutRule") => &["events:TagResource", "iam:PassRole"],
        ("eventbridge", "PutTargets") => &["iam:PassRole"],
        // Source: "Permissions for connections": EventBridge keeps the secrets in the caller's name.
        ("eventbridge", "CreateConnection") => &[
            "iam:CreateServiceLinkedRole",
            "secretsmanager:CreateSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
        ],
        ("eventbridge", "UpdateConnection") => &[
            "secretsmanager:GetSecretValue",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecret",
        ],
        ("eventbridge", "DeleteConnection") => &["secretsmanager:DeleteSecret"],
        ("iam", "CreateRole") => &["iam:TagRole"],
        ("iam", "CreatePolicy") => &["iam:TagPolicy"],
        ("lambda", "CreateFunction") => &[
            "iam:PassRole",
            "lambda:GetLayerVersion",
            "lambda:TagResource",
            "s3:GetObject",
        ],
        ("lambda", "UpdateFunctionConfiguration") => &["iam:PassRole", "lambda:GetLayerVersion"],
        ("lambda", "UpdateFunctionCode" | "PublishLayerVersion") => &["s3:GetObject"],
        ("lambda", "CreateEventSourceMapping" | "CreateCodeSigningConfig") => {
            &["lambda:TagResource"]
        }
        ("logs", "CreateLogGroup") => &["logs:TagResource"],
        ("logs", "PutSubscriptionFilter") => &["iam:PassRole"],
        ("s3", "CreateBucket") => &[
            "s3:PutBucketObjectLockConfiguration",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketVersioning",
        ],
        ("s3", "PutBucketReplication") => &["iam:PassRole"],
        ("scheduler", "CreateSchedule" | "UpdateSchedule") => &["iam:PassRole"],
        ("scheduler", "CreateScheduleGroup") => &["scheduler:TagResource"],
        ("sfn", "CreateStateMachine") => &[
            "iam:PassRole",
            "states:PublishStateMachineVersion",
            "states:TagResource",
        ],
        ("sfn", "UpdateStateMachine") => &["iam:PassRole"],
        ("sfn", "CreateActivity") => &["states:TagResource"],
        ("sns", "CreateTopic") => &["sns:TagResource"],
        ("sqs", "CreateQueue") => &["sqs:TagQueue"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_have_iams_names() {
        for (service, operation, expected) in [
            ("lambda", "Invoke", "lambda:InvokeFunction"),
            ("lambda", "CreateFunction", "lambda:CreateFunction"),
            ("sfn", "CreateStateMachine", "states:CreateStateMachine"),
            ("eventbridge", "PutRule", "events:PutRule"),
            ("s3", "HeadBucket", "s3:ListBucket"),
            ("s3", "PutBucketEncryption", "s3:PutEncryptionConfiguration"),
            ("s3", "DeleteBucketCors", "s3:PutBucketCORS"),
            ("apigateway", "PutIntegration", "apigateway:PUT"),
            ("apigateway", "UpdateStage", "apigateway:PATCH"),
            ("apigatewayv2", "ImportApi", "apigateway:PUT"),
            ("apigatewayv2", "TagResource", "apigateway:POST"),
            ("cloudcontrol", "GetResource", "cloudformation:GetResource"),
            ("resourcegroupstagging", "GetResources", "tag:GetResources"),
        ] {
            assert_eq!(action(service, operation), expected);
        }
    }

    #[test]
    fn what_is_tagged_and_given_a_role_needs_those_permissions_too() {
        let all = actions("lambda", "CreateFunction");
        assert_eq!(all[0], "lambda:CreateFunction");
        assert!(all.contains(&"iam:PassRole".to_owned()));
        assert!(all.contains(&"lambda:TagResource".to_owned()));
    }
}
