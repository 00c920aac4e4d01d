//! A connection to an endpoint on this machine, and resources as a deployment would want them.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use hoist::aws::Cloud;
use hoist::deploy::diff::changes;
use hoist::deploy::provider::{Existing, Held, Provider, RESOURCE_TAG, STACK_TAG, Sought, Wanted};
use serde_json::{Map, Value};

use crate::emulator::{Emulator, Kind};

/// Where the tests' stacks are.
pub const REGION: &str = "eu-central-1";

/// A connection that sends everything to `url`.
pub fn cloud(url: &str) -> Cloud {
    let credentials = Credentials::new("test", "test", None, None, "tests");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard().with_max_attempts(2))
        .endpoint_url(url)
        .build();
    Cloud::new(config, REGION)
}

/// A server with nothing on it, and a connection to it. None, having said why, where it is not installed.
pub async fn emulated(kind: Kind) -> Option<(Emulator, Cloud)> {
    let program = kind.program()?;
    let emulator = Emulator::start(kind, &program).await;
    let cloud = cloud(&emulator.url());
    Some((emulator, cloud))
}

/// Properties written as JSON.
pub fn properties(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("properties are an object, not {other}"),
    }
}

/// The resource `id` as a deployment wants it: with a made name where its type has one, and the tags by which it is known.
pub fn wanted(provider: &dyn Provider, resource_type: &str, id: &str, given: Value) -> Wanted {
    let kind = provider
        .kind(resource_type)
        .expect("the provider knows the type");
    let mut properties = properties(given);
    let name = kind.name.map(|rule| {
        let name = properties
            .entry(rule.property)
            .or_insert_with(|| Value::from(format!("test-{id}")));
        name.as_str().unwrap_or_default().to_owned()
    });
    Wanted {
        id: id.to_owned(),
        resource_type: resource_type.to_owned(),
        name: name.unwrap_or_default(),
        properties,
        tags: BTreeMap::from([
            (STACK_TAG.to_owned(), "test".to_owned()),
            (RESOURCE_TAG.to_owned(), format!("{id}/0")),
        ]),
        token: "0123456789abcdef".repeat(4),
        artifacts: Arc::default(),
    }
}

/// The resource as it is known after it was made.
pub fn held(wanted: &Wanted, existing: &Existing) -> Held {
    Held {
        id: wanted.id.clone(),
        resource_type: wanted.resource_type.clone(),
        reference: existing.reference.clone(),
        handle: existing.handle.clone(),
        attributes: existing.attributes.clone(),
        properties: wanted.properties.clone(),
    }
}

/// Changes what `wanted` made so that it has the properties `given`, twice as after a kill, and gives what is then wanted.
pub async fn change(
    provider: &dyn Provider,
    wanted: &Wanted,
    existing: &Existing,
    given: Value,
) -> Wanted {
    let mut next = wanted.clone();
    next.properties = properties(given);
    let before = held(wanted, existing);
    let changes = changes(&before.properties, &next.properties);
    for _ in 0..2 {
        let after = provider.update(&before, &next, &changes).await.unwrap();
        assert_eq!(after.reference, existing.reference);
    }
    next
}

/// The resource as it is looked for when its creation was not seen to its end.
pub fn sought(wanted: &Wanted) -> Sought {
    Sought {
        id: wanted.id.clone(),
        resource_type: wanted.resource_type.clone(),
        name: wanted.name.clone(),
        properties: wanted.properties.clone(),
        tags: wanted.tags.clone(),
        taken: Vec::new(),
    }
}
