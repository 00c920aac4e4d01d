//! Texts that a schema's patterns and lengths let through, and that differ by a number.

use fancy_regex::Regex;
use hoist::schema::Shape;

/// A text for the property `name`; another for each number.
pub fn text(name: &str, shape: &Shape, number: usize) -> String {
    let pattern = shape
        .pattern
        .as_deref()
        .and_then(|pattern| Regex::new(pattern).ok());
    let fits = |text: &String| {
        let length = text.chars().count() as u64;
        shape.min_length.is_none_or(|least| length >= least)
            && shape.max_length.is_none_or(|most| length <= most)
            && pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(text).unwrap_or(true))
    };
    let candidates = candidates(name, number);
    let plain = candidates[0].clone();
    candidates.into_iter().find(fits).unwrap_or(plain)
}

/// A key for a map; the schema may say how keys look.
pub fn key(shape: &Shape) -> String {
    let pattern = shape.pattern_properties.keys().next();
    let pattern = pattern.and_then(|pattern| Regex::new(pattern).ok());
    candidates("", 7)
        .into_iter()
        .find(|text| {
            pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(text).unwrap_or(true))
        })
        .unwrap_or_else(|| "marker7".into())
}

/// What a name in a property's name says about the ARN that it takes.
const KINDS: [(&str, &str); 19] = [
    ("statemachineversion", "stateMachine:marker:"),
    ("statemachine", "stateMachine:"),
    ("layerversion", "layer:marker:"),
    ("function", ":function:"),
    ("topic", ":sns:"),
    ("deadletter", ":sqs:"),
    ("queue", ":sqs:"),
    ("bucket", ":s3:"),
    ("key", ":kms:"),
    ("stream", ":kinesis:"),
    ("table", ":dynamodb:"),
    ("certificate", ":acm:"),
    ("connection", ":connection/"),
    ("bus", ":event-bus/"),
    ("source", ":event-bus/"),
    ("secret", ":secretsmanager:"),
    ("loggroup", ":log-group:"),
    ("policy", ":policy/"),
    ("role", ":role/"),
];

fn candidates(name: &str, n: usize) -> Vec<String> {
    let lower = name.to_lowercase();
    let mut found = Vec::new();
    if lower.contains("arn") || lower.ends_with("role") || lower == "permissionsboundary" {
        let mut all = arns(n);
        let kind = KINDS.iter().find(|(word, _)| lower.contains(word));
        // Stable: those of the kind that the name speaks of come first.
        all.sort_by_key(|arn| !kind.is_some_and(|(_, kind)| arn.contains(kind)));
        found.extend(all);
    }
    if lower.ends_with("url") || lower.ends_with("uri") || lower.ends_with("endpoint") {
        found.push(format!("https://example.com/marker{n}"));
    }
    if lower.ends_with("date") {
        found.push(format!("2026-01-0{n}T00:00:00Z"));
    }
    // The pattern asks for a digit anywhere, and AWS for nothing else.
    if lower.starts_with("objectsize") {
        found.push(n.to_string());
    }
    if lower.contains("bucket") {
        found.push(format!("marker{n}"));
    }
    found.extend(
        [
            "marker#",
            "MARKER#",
            "/marker#",
            "/marker#/",
            "m#",
            "#",
            "1#",
            "00000000000#",
            "rate(1# minutes)",
            "2026-01-0#T00:00:00Z",
            "2026-01-0#",
            "1#:00",
            "https://example.com/marker#",
            "s3://marker#",
            "marker#@example.com",
            "marker#.fifo",
            "$.marker#",
            "$request.header.marker#",
            "method.request.header.marker#",
            "subnet-0000000#",
            "sg-0000000#",
            "subnet-0000000000000000#",
            "sg-0000000000000000#",
            "vpc-0000000#",
            "alias/marker#",
            "AB#",
            "Marker#.Marker",
            "marker#:marker",
            "marker#.marker.com",
            "#.#",
            "0a1b2c3d-0000-0000-0000-00000000000#",
            "markermarkermarkermarker#",
            "markermarkermarkermarkermarkermarkermarker#",
        ]
        .map(|form| form.replace('#', &n.to_string())),
    );
    found.extend(arns(n));
    found
}

fn arns(n: usize) -> Vec<String> {
    [
        "iam::123456789012:role/marker#",
        "iam::123456789012:policy/marker#",
        "lambda:eu-central-1:123456789012:function:marker#",
        "lambda:eu-central-1:123456789012:function:marker:#",
        "lambda:eu-central-1:123456789012:layer:marker:#",
        "lambda:eu-central-1:123456789012:layer:marker#",
        "lambda:eu-central-1:123456789012:code-signing-config:csc-0123456789abcdef#",
        "lambda:eu-central-1:123456789012:capacity-provider:marker#",
        "sqs:eu-central-1:123456789012:marker#",
        "sns:eu-central-1:123456789012:marker#",
        "kms:eu-central-1:123456789012:key/0a1b2c3d-0000-0000-0000-00000000000#",
        "s3:::marker#",
        "dynamodb:eu-central-1:123456789012:table/marker#",
        "dynamodb:eu-central-1:123456789012:table/marker/stream/#",
        "kinesis:eu-central-1:123456789012:stream/marker#",
        "firehose:eu-central-1:123456789012:deliverystream/marker#",
        "events:eu-central-1:123456789012:event-bus/marker#",
        "events:eu-central-1:123456789012:connection/marker#/0a1b2c3d-0000-0000-0000-000000000000",
        "events:eu-central-1:123456789012:api-destination/marker#/0a1b2c3d-0000-0000-0000-000000000000",
        "states:eu-central-1:123456789012:stateMachine:marker#",
        "states:eu-central-1:123456789012:stateMachine:marker:#",
        "logs:eu-central-1:123456789012:log-group:marker#",
        "logs:eu-central-1:123456789012:log-group:marker#:*",
        "acm:eu-central-1:123456789012:certificate/marker#",
        "secretsmanager:eu-central-1:123456789012:secret:marker#",
        "signer:eu-central-1:123456789012:/signing-profiles/marker/marker#",
        "elasticfilesystem:eu-central-1:123456789012:access-point/fsap-0123456789abcde0#",
        "mq:eu-central-1:123456789012:broker:marker#",
        "cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_marker#",
        "wafv2:eu-central-1:123456789012:regional/webacl/marker#/0",
        "ec2:eu-central-1:123456789012:subnet/subnet-0000000#",
    ]
    .map(|form| format!("arn:aws:{}", form.replace('#', &n.to_string())))
    .to_vec()
}
