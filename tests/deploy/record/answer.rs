//! What the recorder answers: the forms of AWS's protocols, and the least that each service says.

use serde_json::{Value, json};

use super::Call;

/// 12 digits.
pub const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-central-1";
/// A moment, in seconds since 1970.
const MOMENT: u64 = 1_700_000_000;

/// What a call gets.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Of HTTP; 0 for [`Answer::silence`].
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// As it is sent.
    pub body: Vec<u8>,
}

impl Answer {
    /// No more than a status.
    pub fn empty(status: u16) -> Self {
        Answer {
            status,
            headers: vec![("x-amzn-requestid", "recorded".into())],
            body: Vec::new(),
        }
    }

    /// None, ever: the connection stays open.
    pub fn silence() -> Self {
        Answer::empty(0)
    }

    /// Success in JSON, in any of the protocols that use it.
    pub fn json(value: Value) -> Self {
        Answer::empty(200)
            .with("content-type", "application/json")
            .body(value.to_string())
    }

    /// Success in XML: the whole document, as S3 answers.
    pub fn xml(text: &str) -> Self {
        Answer::empty(200)
            .with("content-type", "application/xml")
            .body(text.to_owned())
    }

    /// Success in the query protocol: `result` is what is in `<CreateRoleResult>`.
    pub fn query(call: &Call, result: &str) -> Self {
        let name = &call.operation;
        Answer::xml(&format!(
            "<{name}Response><{name}Result>{result}</{name}Result><ResponseMetadata><RequestId>recorded</RequestId></ResponseMetadata></{name}Response>"
        ))
    }

    /// A refusal in the protocol of the call.
    pub fn fault(call: &Call, status: u16, code: &str, message: &str) -> Self {
        let answer = Answer::empty(status);
        match call.service.as_str() {
            "s3" => answer.body(format!(
                "<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            )),
            "iam" | "sns" | "sts" => answer.body(format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>recorded</RequestId></ErrorResponse>"
            )),
            _ => answer
                .with("x-amzn-errortype", code)
                .with("content-type", "application/json")
                .body(json!({ "__type": code, "message": message, "Message": message }).to_string()),
        }
    }

    /// The same with a header.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn body(mut self, text: String) -> Self {
        self.body = text.into_bytes();
        self
    }
}

/// The least that AWS says to a call that succeeds: identifiers, and that everything is ready. Lists are empty. Members that
/// an answer does not have are passed over by the SDK, so one answer serves several operations.
pub fn usual(call: &Call) -> Answer {
    match call.service.as_str() {
        "iam" => Answer::query(call, IAM),
        "sns" => Answer::query(call, &sns()),
        "sts" => Answer::query(call, &format!("<Account>{ACCOUNT}</Account>")),
        "s3" => s3(call),
        "sqs" => Answer::json(json!({
            "QueueUrl": format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/queue"),
            "Attributes": { "QueueArn": arn("sqs", "queue") },
        })),
        "lambda" => Answer::json(lambda(call)),
        "apigateway" if call.path.starts_with("/v2/") => Answer::json(gateway_v2()),
        "apigateway" => Answer::json(gateway(call)),
        "dynamodb" => Answer::json(dynamodb()),
        "events" if call.operation == "DescribeRule" => {
            Answer::fault(call, 400, "ResourceNotFoundException", "no such rule")
        }
        "events" => Answer::json(events(call)),
        "scheduler" => Answer::json(scheduler(call)),
        "states" => Answer::json(states(call)),
        "logs" => Answer::json(logs(call)),
        "monitoring" => monitoring(call),
        _ => Answer::json(json!({})),
    }
}

/// CloudWatch speaks CBOR, in which this is an empty map.
fn monitoring(call: &Call) -> Answer {
    if call.header("smithy-protocol") != Some("rpc-v2-cbor") {
        return Answer::query(call, "");
    }
    let mut answer = Answer::empty(200)
        .with("smithy-protocol", "rpc-v2-cbor")
        .with("content-type", "application/cbor");
    answer.body = vec![0xa0];
    answer
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

const IAM: &str = "<Role><RoleName>role</RoleName><RoleId>AROAEXAMPLE</RoleId><Path>/</Path><Arn>arn:aws:iam::123456789012:role/role</Arn>\
<CreateDate>2026-01-01T00:00:00Z</CreateDate></Role>\
<Policy><PolicyName>policy</PolicyName><PolicyId>ANPAEXAMPLE</PolicyId><Arn>arn:aws:iam::123456789012:policy/policy</Arn>\
<DefaultVersionId>v1</DefaultVersionId></Policy>\
<PolicyVersion><VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>\
<IsTruncated>false</IsTruncated>";

fn sns() -> String {
    let topic = arn("sns", "topic");
    let key = "0a1b2c3d-0000-0000-0000-000000000000";
    format!(
        "<TopicArn>{topic}</TopicArn><SubscriptionArn>{topic}:{key}</SubscriptionArn>\
         <Attributes><entry><key>TopicArn</key><value>{topic}</value></entry></Attributes>"
    )
}

/// What is not set of a bucket is refused as missing.
fn s3(call: &Call) -> Answer {
    let is_bucket = call.path.trim_matches('/').split('/').count() == 1;
    let unset = [
        ("cors", "NoSuchCORSConfiguration"),
        ("metadataConfiguration", "MetadataConfigurationNotFound"),
        ("metadataTable", "MetadataTableConfigurationNotFound"),
        (
            "encryption",
            "ServerSideEncryptionConfigurationNotFoundError",
        ),
        ("lifecycle", "NoSuchLifecycleConfiguration"),
        ("policy", "NoSuchBucketPolicy"),
        ("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        ("replication", "ReplicationConfigurationNotFoundError"),
        ("tagging", "NoSuchTagSet"),
        ("website", "NoSuchWebsiteConfiguration"),
        ("ownershipControls", "OwnershipControlsNotFoundError"),
        ("object-lock", "ObjectLockConfigurationNotFoundError"),
    ];
    match call.method.as_str() {
        // An object: a definition, wherever one is read.
        "GET" if !is_bucket => Answer::json(json!({ "openapi": "3.0.1", "info": {}, "paths": {} })),
        "GET" => match unset.iter().find(|(name, _)| call.asks(name)) {
            Some((_, code)) => Answer::fault(call, 404, code, "not set"),
            None => Answer::xml("<Result></Result>"),
        },
        "HEAD" if is_bucket => Answer::empty(200).with("x-amz-bucket-region", REGION),
        "DELETE" => Answer::empty(204),
        _ => Answer::empty(200).with("etag", "\"0123456789abcdef0123456789abcdef\""),
    }
}

fn lambda(call: &Call) -> Value {
    let function = arn("lambda", "function:function");
    let layer = arn("lambda", "layer:layer");
    if call.path.contains("/layers/") {
        return json!({ "LayerArn": layer, "LayerVersionArn": format!("{layer}:1"), "Version": 1,
            "Statement": "{}", "RevisionId": "r", "Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}" });
    }
    if call.path.contains("/event-source-mappings") {
        let state = if call.method == "DELETE" {
            "Deleting"
        } else {
            "Enabled"
        };
        return json!({ "UUID": "0a1b2c3d-0000-0000-0000-000000000000", "State": state, "FunctionArn": function,
            "EventSourceMappingArn": arn("lambda", "event-source-mapping:0a1b2c3d-0000-0000-0000-000000000000"),
            "EventSourceMappings": [] });
    }
    if call.path.contains("/code-signing-configs") {
        return json!({ "CodeSigningConfig": {
            "CodeSigningConfigId": "csc-0", "CodeSigningConfigArn": arn("lambda", "code-signing-config:csc-0"),
            "AllowedPublishers": { "SigningProfileVersionArns": [] },
            "CodeSigningPolicies": {}, "LastModified": "2026-01-01T00:00:00Z" }, "CodeSigningConfigs": [] });
    }
    if call.path.contains("/capacity-providers") {
        return json!({ "CapacityProvider": {
            "CapacityProviderArn": arn("lambda", "capacity-provider:provider"), "State": "Active" } });
    }
    if call.path.contains("/aliases") {
        return json!({ "AliasArn": format!("{function}:live"), "Name": "live", "FunctionVersion": "1",
            "RevisionId": "r", "Aliases": [] });
    }
    if call.path.contains("/url") {
        return json!({ "FunctionUrl": "https://url.lambda-url.eu-central-1.on.aws/", "FunctionArn": function,
            "AuthType": "NONE", "CreationTime": "2026-01-01T00:00:00Z", "LastModifiedTime": "2026-01-01T00:00:00Z" });
    }
    if call.path.ends_with("/policy") {
        return json!({ "Statement": "{}", "RevisionId": "r",
            "Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[]}" });
    }
    if call.path.contains("/event-invoke-config") {
        return json!({ "FunctionArn": function, "LastModified": MOMENT });
    }
    let configuration = json!({ "FunctionName": "function", "FunctionArn": function, "State": "Active",
        "LastUpdateStatus": "Successful", "Version": "1", "CodeSha256": "c2hh", "RevisionId": "r",
        "SnapStart": { "ApplyOn": "None", "OptimizationStatus": "Off" } });
    let mut answer = configuration.clone();
    answer["Configuration"] = configuration;
    answer["Versions"] = json!([]);
    answer
}

fn gateway(call: &Call) -> Value {
    let mut answer = json!({ "id": "abc123", "name": "name", "rootResourceId": "root12", "stageName": "stage",
        "deploymentId": "abc123", "value": "value", "domainName": "api.example.com", "domainNameStatus": "AVAILABLE",
        "regionalDomainName": "d-0.execute-api.eu-central-1.amazonaws.com", "regionalHostedZoneId": "Z0",
        "distributionDomainName": "d0.cloudfront.net", "distributionHostedZoneId": "Z2FDTNDATAQYW2",
        "cacheClusterStatus": "AVAILABLE", "status": "AVAILABLE", "apiKeyVersion": "1", "createdDate": MOMENT });
    // Lists have the member `item`.
    if call.method == "GET" {
        answer["item"] = json!([]);
    }
    answer
}

fn gateway_v2() -> Value {
    json!({ "apiId": "abc123", "apiEndpoint": "https://abc123.execute-api.eu-central-1.amazonaws.com",
        "authorizerId": "auth12", "integrationId": "intg12", "routeId": "rout12", "deploymentId": "depl12",
        "deploymentStatus": "DEPLOYED", "modelId": "modl12", "stageName": "stage", "apiMappingId": "map123",
        "routeResponseId": "rrsp12", "integrationResponseId": "irsp12", "vpcLinkId": "link12",
        "vpcLinkStatus": "AVAILABLE", "domainName": "api.example.com",
        "domainNameArn": format!("arn:aws:apigateway:{REGION}::/domainnames/api.example.com"),
        "domainNameConfigurations": [{ "apiGatewayDomainName": "d-0.execute-api.eu-central-1.amazonaws.com",
            "hostedZoneId": "Z0", "domainNameStatus": "AVAILABLE" }],
        "items": [] })
}

fn dynamodb() -> Value {
    let table = arn("dynamodb", "table/table");
    let described = json!({ "TableName": "table", "TableArn": table, "TableStatus": "ACTIVE",
        "TableId": "0a1b2c3d-0000-0000-0000-000000000000", "LatestStreamArn": format!("{table}/stream/2026"),
        "LatestStreamLabel": "2026" });
    json!({ "Table": described, "TableDescription": described, "Tags": [], "ResourceArn": table,
        "RevisionId": "1", "ContinuousBackupsDescription": { "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "DISABLED" } },
        "TimeToLiveDescription": { "TimeToLiveStatus": "DISABLED" }, "KinesisDataStreamDestinations": [],
        "DestinationStatus": "ACTIVE",
        "ImportTableDescription": { "ImportArn": format!("{table}/import/1"), "ImportStatus": "COMPLETED" } })
}

/// The group that is asked for is there.
fn logs(call: &Call) -> Value {
    let asked = call.json();
    let name = asked["logGroupNamePrefix"].as_str().unwrap_or("group");
    json!({ "logGroups": [{ "logGroupName": name, "logGroupArn": arn("logs", &format!("log-group:{name}")) }],
        "queryDefinitionId": "0a1b2c3d-0000-0000-0000-000000000000" })
}

fn events(call: &Call) -> Value {
    let id = "0a1b2c3d-0000-0000-0000-000000000000";
    let about = |what: &str| call.operation.contains(what);
    let (name, state) = match () {
        _ if about("Connection") => (format!("connection/connection/{id}"), "AUTHORIZED"),
        _ if about("ApiDestination") => (format!("api-destination/destination/{id}"), "ACTIVE"),
        _ if about("Archive") => ("archive/archive".to_owned(), "ENABLED"),
        _ if about("EventBus") => ("event-bus/bus".to_owned(), "ACTIVE"),
        _ => ("rule/rule".to_owned(), "ENABLED"),
    };
    let arn = arn("events", &name);
    json!({ "Arn": arn, "RuleArn": arn, "EventBusArn": arn, "ConnectionArn": arn, "ConnectionState": state,
        "ApiDestinationArn": arn, "ApiDestinationState": state, "ArchiveArn": arn, "State": state,
        "SecretArn": format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:connection"),
        "FailedEntryCount": 0, "FailedEntries": [], "Targets": [], "Tags": [], "Name": "name" })
}

fn scheduler(call: &Call) -> Value {
    let is_group = call.path.starts_with("/schedule-groups");
    let arn = match is_group {
        true => arn("scheduler", "schedule-group/group"),
        false => arn("scheduler", "schedule/default/schedule"),
    };
    json!({ "ScheduleArn": arn, "ScheduleGroupArn": arn, "Arn": arn, "Name": "name", "Tags": [],
        "State": if is_group { "ACTIVE" } else { "ENABLED" } })
}

fn states(call: &Call) -> Value {
    let machine = arn("states", "stateMachine:machine");
    let status = if call.operation == "DescribeStateMachine" {
        "ACTIVE"
    } else {
        "RUNNING"
    };
    json!({ "stateMachineArn": machine, "creationDate": MOMENT, "updateDate": MOMENT, "status": status,
        "stateMachineVersionArn": format!("{machine}:1"), "stateMachineAliasArn": format!("{machine}:live"),
        "revisionId": "r", "name": "machine", "definition": "{}", "roleArn": "arn:aws:iam::123456789012:role/role",
        "type": "STANDARD", "tags": [], "activityArn": arn("states", "activity:activity"),
        "routingConfiguration": [{ "stateMachineVersionArn": format!("{machine}:9"), "weight": 100 }], "stateMachineVersions": [], "stateMachineAliases": [] })
}
