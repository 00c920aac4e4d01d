//! What a template's text becomes.

use std::collections::BTreeMap;

use super::event::{PayloadFormat, PollService};
use super::function::{Architecture, Tracing, UrlAuth};
use super::table::{AttributeType, Projection, StreamView};
use super::*;
use crate::diag::Sources;
use crate::eval::{self, Inputs, TemplateScope};

/// The application of a template, evaluated without knowing resources; it must be free of errors.
fn app(yaml: &str) -> App {
    let (app, diagnostics) = build_from(yaml);
    assert!(!diagnostics.has_errors(), "{diagnostics:#?}");
    app
}

fn build_from(yaml: &str) -> (App, Diagnostics) {
    let mut sources = Sources::new();
    let text = format!("Transform: AWS::Serverless-2016-10-31\nResources:\n{yaml}");
    let (template, mut diagnostics) = crate::template::parse(&mut sources, "t.yaml", text);
    let template = template.expect("a template");
    let scope = TemplateScope::new("eu-west-1");
    let inputs = Inputs {
        parameters: &BTreeMap::new(),
        scope: &scope,
        loader: &eval::no_includes,
    };
    let (evaluation, faults) = eval::evaluate(template, &inputs);
    diagnostics.extend(faults);
    let (app, faults) = build(Input {
        structure: &evaluation.template,
        excluded: &evaluation.excluded,
        values: &evaluation.template,
    });
    diagnostics.extend(faults);
    (app, diagnostics)
}

/// A function `F` with these properties, indented by six.
fn function(properties: &str) -> Function {
    let app = app(&format!(
        "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: nodejs22.x\n      Handler: a.b\n      CodeUri: src/\n{properties}"
    ));
    app.function("F").expect("a function").clone()
}

/// The kind of the only event, written in flow style.
fn event(event: &str) -> EventKind {
    let function = function(&format!("      Events: {{E: {event}}}\n"));
    function.events[0].kind.clone()
}

fn text(setting: &Option<Setting<String>>) -> Option<&str> {
    setting
        .as_ref()
        .and_then(Setting::known)
        .map(String::as_str)
}

#[test]
fn a_function_without_settings_has_lambdas_defaults() {
    let function = function("");
    assert_eq!(
        (
            function.timeout_seconds,
            function.memory_mb,
            function.storage_mb
        ),
        (3, 128, 512)
    );
    assert_eq!(function.architecture, Architecture::X86_64);
    assert_eq!(function.tracing, Tracing::PassThrough);
    assert!(
        function.environment.is_empty() && function.events.is_empty() && function.url.is_none()
    );
}

#[test]
fn a_functions_settings_are_read() {
    let function = function(
        "      FunctionName: named
      Timeout: '30'
      MemorySize: 1024
      EphemeralStorage: {Size: 2048}
      Architectures: [arm64]
      Tracing: Active
      ReservedConcurrentExecutions: 0
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM}
      DeadLetterQueue: {Type: SQS, TargetArn: 'arn:aws:sqs:eu-west-1:1:q'}
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        MaximumEventAgeInSeconds: 60
        DestinationConfig: {OnSuccess: {Type: EventBridge, Destination: bus}, OnFailure: {Type: SQS}}
",
    );
    assert_eq!(text(&function.name), Some("named"));
    assert_eq!(function.timeout_millis(), 30_000);
    assert_eq!((function.memory_mb, function.storage_mb), (1024, 2048));
    assert_eq!(function.architecture, Architecture::Arm64);
    assert_eq!(function.tracing, Tracing::Active);
    assert_eq!(function.reserved_concurrency, Some(0));
    let url = function.url.expect("a URL");
    assert!(url.auth == UrlAuth::None && url.streaming);
    assert!(function.dead_letter.is_some());
    assert_eq!(function.asynchronous.retries, Some(1));
    assert_eq!(function.asynchronous.maximum_age_seconds, Some(60));
    let success = function.asynchronous.on_success.expect("a destination");
    assert_eq!(success.kind.as_deref(), Some("EventBridge"));
    let failure = function.asynchronous.on_failure.expect("a destination");
    assert!(failure.target.is_none(), "SAM makes the queue");
}

#[test]
fn code_may_stand_in_many_places() {
    let package = |code: &str| {
        let yaml = format!(
            "  F:\n    Type: AWS::Serverless::Function\n    Properties: {{Runtime: r, Handler: h, {code}}}\n"
        );
        app(&yaml)
            .function("F")
            .expect("a function")
            .package
            .clone()
    };
    assert!(matches!(package("CodeUri: ./a"), Package::Local { path, .. } if path == "./a"));
    assert!(matches!(package("InlineCode: x"), Package::Inline { code, .. } if code == "x"));
    let Package::S3(place) = package("CodeUri: s3://bucket/some/key.zip?versionId=7") else {
        panic!("not in S3");
    };
    assert_eq!(place.bucket.known().map(String::as_str), Some("bucket"));
    assert_eq!(place.key.known().map(String::as_str), Some("some/key.zip"));
    assert_eq!(text(&place.version), Some("7"));
    assert!(matches!(
        package("CodeUri: {Bucket: b, Key: k}"),
        Package::S3(_)
    ));
    assert!(matches!(
        package("ImageUri: repo:tag"),
        Package::Image { uri: Some(_), .. }
    ));
}

#[test]
fn an_environment_that_is_too_large_is_an_error() {
    let yaml = |size: usize| {
        format!(
            "  F:\n    Type: AWS::Serverless::Function\n    Properties: {{Runtime: r, Handler: h, CodeUri: c, Environment: {{Variables: {{AB: '{}'}}}}}}\n",
            "x".repeat(size)
        )
    };
    assert!(!build_from(&yaml(4094)).1.has_errors());
    let (_, diagnostics) = build_from(&yaml(4095));
    let codes: Vec<_> = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code)
        .collect();
    assert_eq!(codes, ["graph/environment-size"]);
}

#[test]
fn a_reference_keeps_the_resource_it_came_from() {
    let app = app(
        "  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: r
      Handler: h
      CodeUri: c
      Layers: [!Ref L, 'arn:aws:lambda:eu-west-1:1:layer:x:1']
      Events: {E: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, BatchSize: 7}}}
  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer/}}
  Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt D.Arn, maxReceiveCount: 4}}}
  D: {Type: AWS::SQS::Queue}
",
    );
    let function = app.function("F").expect("a function");
    assert!(matches!(&function.layers[0], LayerRef::Resource { id, .. } if id == "L"));
    assert!(matches!(&function.layers[1], LayerRef::Arn { .. }));
    let EventKind::Poll(poll) = &function.events[0].kind else {
        panic!("not polled");
    };
    assert_eq!(poll.service, PollService::Sqs);
    assert_eq!(poll.polling.batch_size, Some(7));
    let source = poll.source.as_ref().expect("a source");
    assert_eq!(source.resource.as_deref(), Some("Q"));
    let Body::Queue(queue) = &app.resources["Q"].body else {
        panic!("not a queue");
    };
    let redrive = queue.redrive.as_ref().expect("a dead-letter queue");
    assert_eq!(
        (redrive.target.resource.as_deref(), redrive.maximum_receives),
        (Some("D"), 4)
    );
    assert_eq!(queue.visibility_timeout_seconds, 30);
}

#[test]
fn polling_is_read_whole() {
    let EventKind::Poll(poll) = event(
        "{Type: Kinesis, Properties: {Stream: arn, StartingPosition: LATEST, Enabled: false, MaximumBatchingWindowInSeconds: 5,
         FilterCriteria: {Filters: [{Pattern: '{\"a\": [1]}'}]}, FunctionResponseTypes: [ReportBatchItemFailures],
         BisectBatchOnFunctionError: true, MaximumRetryAttempts: -1, ParallelizationFactor: 2, TumblingWindowInSeconds: 30,
         DestinationConfig: {OnFailure: {Type: SQS, Destination: arn}}}}",
    ) else {
        panic!("not polled");
    };
    let polling = poll.polling;
    assert_eq!(polling.window_seconds, Some(5));
    assert_eq!(polling.enabled, Some(false));
    assert_eq!(text(&polling.starting_position), Some("LATEST"));
    assert_eq!(
        polling.filters[0].known().map(String::as_str),
        Some("{\"a\": [1]}")
    );
    assert!(polling.report_item_failures && polling.bisect_on_error);
    assert_eq!(polling.maximum_retries, Some(-1));
    assert_eq!(
        (polling.parallelization, polling.tumbling_window_seconds),
        (Some(2), Some(30))
    );
    assert!(polling.on_failure.is_some());
}

#[test]
fn events_have_their_own_properties() {
    let EventKind::Api(api) = event("{Type: Api, Properties: {Path: '/a/{id}', Method: ANY}}")
    else {
        panic!("not an API");
    };
    assert_eq!(
        (text(&api.path), text(&api.method)),
        (Some("/a/{id}"), Some("ANY"))
    );
    assert!(api.api.is_none());
    let EventKind::HttpApi(api) =
        event("{Type: HttpApi, Properties: {Path: /a, Method: get, PayloadFormatVersion: '1.0'}}")
    else {
        panic!("not an HTTP API");
    };
    assert_eq!(api.payload_format, PayloadFormat::V1);
    let EventKind::Bucket(bucket) = event(
        "{Type: S3, Properties: {Bucket: b, Events: [e1, e2], Filter: {S3Key: {Rules: [{Name: Prefix, Value: in/}, {Name: suffix, Value: .jpg}]}}}}",
    ) else {
        panic!("not a bucket");
    };
    assert_eq!(bucket.events.len(), 2);
    assert_eq!(
        (text(&bucket.prefix), text(&bucket.suffix)),
        (Some("in/"), Some(".jpg"))
    );
    let EventKind::Schedule(schedule) = event(
        "{Type: Schedule, Properties: {Schedule: rate(1 day), Enabled: 'false', Input: '{}'}}",
    ) else {
        panic!("not a schedule");
    };
    assert_eq!(
        (text(&schedule.expression), schedule.enabled),
        (Some("rate(1 day)"), false)
    );
    let EventKind::Rule(rule) = event(
        "{Type: EventBridgeRule, Properties: {Pattern: {source: [a]}, Input: {b: 1}, State: DISABLED}}",
    ) else {
        panic!("not a rule");
    };
    assert_eq!(
        (text(&rule.input), rule.enabled),
        (Some("{\"b\":1}"), false)
    );
    let EventKind::Topic(topic) = event(
        "{Type: SNS, Properties: {Topic: arn, FilterPolicyScope: MessageBody, SqsSubscription: true}}",
    ) else {
        panic!("not a topic");
    };
    assert!(topic.filter_body && topic.through_queue.is_some());
}

#[test]
fn a_table_is_read_whole() {
    let app = app(
        "  T:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: N}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
      GlobalSecondaryIndexes: [{IndexName: i, KeySchema: [{AttributeName: sk, KeyType: HASH}], Projection: {ProjectionType: INCLUDE, NonKeyAttributes: [a]}}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      TimeToLiveSpecification: {AttributeName: gone, Enabled: true}
  S: {Type: AWS::Serverless::SimpleTable}
",
    );
    let Body::Table(table) = &app.resources["T"].body else {
        panic!("not a table");
    };
    assert_eq!(
        (text(&table.key.hash), text(&table.key.range)),
        (Some("pk"), Some("sk"))
    );
    assert_eq!(table.attributes[1].kind, AttributeType::Number);
    let index = &table.global_indexes[0];
    assert_eq!(
        (text(&index.name), text(&index.key.hash)),
        (Some("i"), Some("sk"))
    );
    assert!(matches!(&index.projection, Projection::Include(names) if names.len() == 1));
    assert_eq!(table.stream, Some(StreamView::NewAndOldImages));
    assert_eq!(text(&table.time_to_live), Some("gone"));
    let Body::Table(simple) = &app.resources["S"].body else {
        panic!("not a table");
    };
    assert_eq!(text(&simple.key.hash), Some("id"), "SAM's default key");
}

#[test]
fn other_types_are_kept_whole_with_their_facts() {
    let app =
        app("  K: {Type: AWS::KMS::Key, Properties: {Description: d}}\n  C: {Type: Custom::X}\n");
    let key = &app.resources["K"];
    assert!(
        key.facts()
            .is_some_and(|facts| facts.attributes().contains(&"Arn".to_owned()))
    );
    let description = key
        .properties
        .as_ref()
        .and_then(|node| node.get("Description"));
    assert_eq!(description.and_then(|node| node.as_str()), Some("d"));
    assert_eq!(app.resources["C"].body, Body::Other(None));
}

#[test]
fn a_function_is_found_by_its_id_and_by_its_name() {
    let app = app(
        "  F: {Type: AWS::Serverless::Function, Properties: {FunctionName: named, Runtime: r, Handler: h, CodeUri: c}}\n",
    );
    assert_eq!(app.function_named("F"), app.function_named("named"));
    assert!(app.function_named("F").is_some() && app.function_named("G").is_none());
}

#[test]
fn three_hundred_resources_that_all_need_each_other_end() {
    let ids: Vec<String> = (0..300).map(|at| format!("Q{at}")).collect();
    let list = ids.join(", ");
    let yaml: String = ids
        .iter()
        .map(|id| format!("  {id}: {{Type: AWS::SQS::Queue, DependsOn: [{list}]}}\n"))
        .collect();
    let (app, diagnostics) = build_from(&yaml);
    assert_eq!(app.edges.len(), 300 * 300);
    let found = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == "graph/cycle")
        .count();
    assert_eq!(found, cycle::MAX_CYCLES);
}
