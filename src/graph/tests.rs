//! What a template's text becomes.

use std::collections::BTreeMap;

use super::function::{Architecture, Tracing};
use super::invocation::UrlAuth;
use super::table::{AttributeType, Projection, StreamView};
use super::*;
use crate::diag::Sources;
use crate::eval::{self, Inputs, TemplateScope};
use crate::sam::{self, LocalCode};

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
    let expanded = sam::expand(
        template,
        &sam::Context {
            region: "eu-west-1",
            parameters: &BTreeMap::new(),
            local_code: LocalCode::Keep,
            now: 0,
        },
    );
    diagnostics.extend(expanded.diagnostics);
    let origins = expanded.origins.into_iter().map(|(id, origin)| {
        let sam::Origin { id: from, span } = origin;
        (id, Origin { id: from, span })
    });
    let scope = TemplateScope::new("eu-west-1");
    let inputs = Inputs {
        parameters: &BTreeMap::new(),
        scope: &scope,
        loader: &eval::no_includes,
    };
    let (evaluation, faults) = eval::evaluate(expanded.template, &inputs);
    diagnostics.extend(faults);
    let (app, faults) = build(Input {
        structure: &evaluation.template,
        excluded: &evaluation.excluded,
        values: &evaluation.template,
        origins: &origins.collect(),
    });
    diagnostics.extend(faults);
    (app, diagnostics)
}

/// An application with a function `F` with these properties, indented by six.
fn app_of_function(properties: &str) -> App {
    app(&format!(
        "  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: nodejs22.x\n      Handler: a.b\n      CodeUri: src/\n{properties}"
    ))
}

/// The function of [`app_of_function`].
fn function(properties: &str) -> Function {
    let app = app_of_function(properties);
    app.function("F").expect("a function").clone()
}

/// What the only resource of a type is.
fn only<'a>(app: &'a App, resource_type: &str) -> &'a Body {
    let mut found = app
        .resources
        .values()
        .filter(|resource| resource.resource_type == resource_type);
    let first = found.next().expect("one of the type");
    assert!(found.next().is_none(), "more than one {resource_type}");
    &first.body
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
    assert!(function.environment.is_empty() && function.layers.is_empty());
}

#[test]
fn a_functions_settings_are_read() {
    let app = app_of_function(
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
    let function = app.function("F").expect("a function");
    assert_eq!(text(&function.name), Some("named"));
    assert_eq!(function.timeout_millis(), 30_000);
    assert_eq!((function.memory_mb, function.storage_mb), (1024, 2048));
    assert_eq!(function.architecture, Architecture::Arm64);
    assert_eq!(function.tracing, Tracing::Active);
    assert_eq!(function.reserved_concurrency, Some(0));
    assert!(function.dead_letter.is_some());
    let Body::Url(url) = only(&app, "AWS::Lambda::Url") else {
        panic!("no URL");
    };
    assert!(url.auth == UrlAuth::None && url.streaming);
    let called = url.function.as_ref().expect("a function");
    assert_eq!(called.resource.as_deref(), Some("F"));
    let Body::InvokeConfig(config) = only(&app, "AWS::Lambda::EventInvokeConfig") else {
        panic!("no settings");
    };
    assert_eq!(
        (config.retries, config.maximum_age_seconds),
        (Some(1), Some(60))
    );
    let success = config.on_success.as_ref().expect("a destination");
    assert_eq!(success.value.known().map(String::as_str), Some("bus"));
    let failure = config.on_failure.as_ref().expect("a destination");
    let queue = failure.resource.as_ref().expect("SAM makes the queue");
    assert!(app.resources[queue].is_made() && app.resources[queue].origin.id == "F");
}

#[test]
fn code_may_stand_in_many_places() {
    let of = |properties: &str| {
        let yaml = format!(
            "  F:\n    Type: AWS::Serverless::Function\n    Properties: {{{properties}}}\n"
        );
        app(&yaml)
            .function("F")
            .expect("a function")
            .package
            .clone()
    };
    let package = |code: &str| of(&format!("Runtime: r, Handler: h, {code}"));
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
        of("PackageType: Image, ImageUri: repo:tag"),
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
    let LayerRef::Resource { id, .. } = &function.layers[0] else {
        panic!("not a layer of the template");
    };
    assert!(app.layer(id).is_some() && app.resources[id].origin.id == "L");
    assert!(matches!(&function.layers[1], LayerRef::Arn { .. }));
    let Body::EventSourceMapping(mapping) = only(&app, "AWS::Lambda::EventSourceMapping") else {
        panic!("not polled");
    };
    assert_eq!(mapping.service, Some(PollService::Sqs));
    assert_eq!(mapping.polling.batch_size, Some(7));
    let source = mapping.source.as_ref().expect("a source");
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
    let app = app_of_function(
        "      Events: {E: {Type: Kinesis, Properties: {Stream: arn, StartingPosition: LATEST, Enabled: false, MaximumBatchingWindowInSeconds: 5,
         FilterCriteria: {Filters: [{Pattern: '{\"a\": [1]}'}]}, FunctionResponseTypes: [ReportBatchItemFailures],
         BisectBatchOnFunctionError: true, MaximumRetryAttempts: -1, ParallelizationFactor: 2, TumblingWindowInSeconds: 30,
         DestinationConfig: {OnFailure: {Type: SQS, Destination: arn}}}}}\n",
    );
    let Body::EventSourceMapping(mapping) = only(&app, "AWS::Lambda::EventSourceMapping") else {
        panic!("not polled");
    };
    let polling = &mapping.polling;
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
