use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;

fn all() -> impl Iterator<Item = &'static Sample> {
    catalogue().iter().flat_map(|service| &service.samples)
}

fn values(of: &Sample, given: &[(&str, &str)]) -> Values {
    of.read(given.iter().copied()).unwrap()
}

#[test]
fn the_catalogue_has_every_file_of_the_folder_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/events");
    let mut files = Vec::new();
    for service in fs::read_dir(root).unwrap() {
        let service = service.unwrap();
        for event in fs::read_dir(service.path()).unwrap() {
            let path = event.unwrap().path();
            let event = path.file_stem().unwrap().to_str().unwrap().to_owned();
            files.push(format!("{}/{event}", service.file_name().to_str().unwrap()));
        }
    }
    files.sort();
    let mut names: Vec<String> = all().map(Sample::name).collect();
    let sorted = |names: &[String]| {
        let mut by_part: Vec<Vec<&str>> =
            names.iter().map(|name| name.split('/').collect()).collect();
        by_part.sort();
        by_part
            .iter()
            .map(|parts| parts.join("/"))
            .collect::<Vec<_>>()
    };
    assert_eq!(names, sorted(&names));
    names.sort();
    assert_eq!(names, files);
}

#[test]
fn placeholders_and_parameters_go_together() {
    for sample in all() {
        let name = sample.name();
        let used: BTreeSet<&str> = sample.placeholders().map(|(name, _)| name).collect();
        let known: BTreeSet<&str> = sample.parameters.keys().map(String::as_str).collect();
        assert_eq!(used, known, "{name}");
        let filled = sample.render(&Values::new()).to_string();
        assert!(!filled.contains("${"), "{name}: {filled}");
        if let Some(payload) = &sample.payload {
            assert!(known.contains(payload.as_str()), "{name}");
        }
    }
}

#[test]
fn names_and_summaries_are_of_one_form() {
    let kebab = |name: &str| {
        name.chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
    };
    for sample in all() {
        let name = sample.name();
        assert!(kebab(sample.event) && kebab(sample.service), "{name}");
        assert!(!sample.summary.ends_with('.'), "{name}");
        for (parameter, description) in &sample.parameters {
            assert!(kebab(parameter), "{name}: {parameter}");
            assert!(!description.about.ends_with('.'), "{name}: {parameter}");
        }
    }
}

#[test]
fn defaults_are_what_their_parameters_take() {
    for sample in all() {
        for (name, parameter) in &sample.parameters {
            let read = parameter.read(&parameter.default_text);
            assert_eq!(
                read.as_ref(),
                Ok(&parameter.default),
                "{} {name}",
                sample.name()
            );
        }
    }
}

#[test]
fn any_text_comes_through_whole() {
    let nasty = "\"}], \\ 'x' \n\t\u{0} ${body} é 💡 {{{body}}}";
    let sqs = find("sqs").unwrap();
    let event = sqs.render(&values(sqs, &[("body", nasty)]));
    assert_eq!(event["Records"][0]["body"], nasty);
    for sample in all() {
        let texts = sample
            .parameters
            .iter()
            .filter(|(_, parameter)| parameter.kind == Kind::String && parameter.only.is_empty());
        for (name, _) in texts {
            let event = sample.render(&values(sample, &[(name, nasty)]));
            let read: Value = serde_json::from_str(&event.to_string()).unwrap();
            assert_eq!(read, event, "{} {name}", sample.name());
        }
    }
}

#[test]
fn what_is_derived_from_a_value_follows_it() {
    let sqs = find("sqs").unwrap();
    let record = &sqs.render(&values(sqs, &[("body", "hi")]))["Records"][0];
    assert_eq!(record["md5OfBody"], "49f68a5c8493ec2c0bf489821c21fc3b");

    let config = find("config/periodic-rule").unwrap();
    let event = config.render(&values(config, &[("account-id", "a\"b")]));
    let inner: Value = serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap();
    assert_eq!(inner["awsAccountId"], "a\"b");

    let wrapped = find("sqs/sns-notification").unwrap();
    let record = &wrapped.render(&values(wrapped, &[("message", "say \"hi\"")]))["Records"][0];
    let body = record["body"].as_str().unwrap();
    let notification: Value = serde_json::from_str(body).unwrap();
    assert_eq!(notification["Message"], "say \"hi\"");
    let digest = filter::Filter::Md5.apply(&body.into());
    assert_eq!(record["md5OfBody"], digest);
}

#[test]
fn types_are_kept() {
    let kafka = find("kafka/msk").unwrap();
    let event = kafka.render(&values(kafka, &[("topic", "t"), ("topic-partition", "7")]));
    assert_eq!(event["records"]["t-7"][0]["partition"], 7);

    let custom = find("eventbridge").unwrap();
    let event = custom.render(&values(custom, &[("detail", r#"{"n": 1.5}"#)]));
    assert_eq!(event["detail"], json!({"n": 1.5}));

    let url = find("function-url").unwrap();
    let event = url.render(&values(url, &[("query", "a=1&a=2&b=%20")]));
    assert_eq!(event["rawQueryString"], "a=1&a=2&b=%20");
    assert_eq!(
        event["queryStringParameters"],
        json!({"a": "1,2", "b": " "})
    );
}

#[test]
fn a_value_of_another_type_is_refused_with_the_reason() {
    let kafka = find("kafka/msk").unwrap();
    let (_, partition) = kafka.parameter("topic-partition").unwrap();
    assert_eq!(
        partition.read("seven").unwrap_err(),
        "takes a whole number, not `seven`"
    );
    let custom = find("eventbridge").unwrap();
    let (_, detail) = custom.parameter("detail").unwrap();
    assert!(
        detail
            .read("[1]")
            .unwrap_err()
            .starts_with("takes a JSON object")
    );
    let cognito = find("cognito/pre-sign-up").unwrap();
    let (_, source) = cognito.parameter("trigger-source").unwrap();
    let refused = source.read("Nonsense").unwrap_err();
    assert!(refused.contains("PreSignUp_SignUp"), "{refused}");
}

#[test]
fn a_parameter_has_sams_name_too_and_a_slip_is_recognised() {
    let authorizer = find("apigateway/authorizer").unwrap();
    assert_eq!(authorizer.parameter("restApiId").unwrap().0, "rest-api-id");
    let error = authorizer.parameter("regoin").unwrap_err();
    assert!(matches!(
        error,
        SampleError::UnknownParameter { near: Some(near), .. } if near == "region"
    ));
}

#[test]
fn encodings_are_told() {
    assert_eq!(find("sqs").unwrap().encodings("body"), ["md5"]);
    assert_eq!(find("kinesis").unwrap().encodings("data"), ["base64"]);
    assert_eq!(find("s3").unwrap().encodings("key"), ["url"]);
}
