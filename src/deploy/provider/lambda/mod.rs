//! AWS Lambda: functions, what is published of them, who may invoke them, and what does.

mod alias;
mod code;
mod code_signing;
mod function;
mod invoke_config;
mod layer;
mod live;
mod mapping;
mod owner;
mod permission;
mod provisioned;
mod standing;
mod url;
mod version;
mod word;

use aws_sdk_lambda::Client;
use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault};
use crate::deploy::diff::Change;
use crate::deploy::name::NameRule;
use crate::deploy::wait;

use super::{Existing, Held, Kind, Pending, Provider, Sought, Wanted};

const FUNCTION: Kind = Kind {
    volatile: &[("SnapStartResponse", "SnapStart")],
    foretold: &[
        ("Ref", "{name}"),
        (
            "Arn",
            "arn:{Partition}:lambda:{Region}:{AccountId}:function:{name}",
        ),
    ],
    ..Kind::new("AWS::Lambda::Function").named(NameRule::new("FunctionName", 64))
};
/// What AWS gives a number once and never again. Its concurrency and its runtime can be changed afterwards, which CloudFormation
/// does not do.
const VERSION: Kind = Kind {
    changeable: &["ProvisionedConcurrencyConfig", "RuntimePolicy"],
    shared: true,
    ..Kind::new("AWS::Lambda::Version")
};
const ALIAS: Kind = Kind::new("AWS::Lambda::Alias");
const PERMISSION: Kind = Kind::new("AWS::Lambda::Permission");
const LAYER_VERSION: Kind = Kind::new("AWS::Lambda::LayerVersion");
const LAYER_VERSION_PERMISSION: Kind = Kind::new("AWS::Lambda::LayerVersionPermission");
const URL: Kind = Kind::new("AWS::Lambda::Url");
/// There can be only one of a source and a function. `UpdateEventSourceMapping` takes neither topics nor queues.
const MAPPING: Kind = Kind {
    replacing: &["Topics", "Queues"],
    identity: &[
        "EventSourceArn",
        "FunctionName",
        "Queues",
        "SelfManagedEventSource",
        "Topics",
    ],
    ..Kind::new("AWS::Lambda::EventSourceMapping")
};
const INVOKE_CONFIG: Kind = Kind::new("AWS::Lambda::EventInvokeConfig");
const CODE_SIGNING_CONFIG: Kind = Kind::new("AWS::Lambda::CodeSigningConfig");

const KINDS: [Kind; 10] = [
    ALIAS,
    CODE_SIGNING_CONFIG,
    FUNCTION,
    INVOKE_CONFIG,
    LAYER_VERSION,
    LAYER_VERSION_PERMISSION,
    MAPPING,
    PERMISSION,
    URL,
    VERSION,
];

/// The provider of `AWS::Lambda::*`.
pub struct Lambda {
    client: Client,
    /// For what is made anew by each call.
    once: Client,
    cloud: Cloud,
    s3: aws_sdk_s3::Client,
}

impl Lambda {
    /// Over this connection.
    pub fn new(cloud: &Cloud) -> Self {
        Lambda {
            client: Client::new(cloud.config()),
            once: Client::new(&cloud.config_of_one_try()),
            cloud: cloud.clone(),
            s3: cloud.s3(),
        }
    }

    /// Whether the function or other resource with this ARN belongs to the stack that is deployed: then so does what only exists
    /// within it and has no tags of its own.
    async fn is_of_stack(&self, arn: &str, sought: &Sought) -> Result<bool, Fault> {
        let tags = self.tags(arn).await?;
        let stack = super::STACK_TAG;
        Ok(tags.contains_key(stack) && tags.get(stack) == sought.tags.get(stack))
    }

    /// The tags of a function, a mapping or a code signing configuration; none when it is gone.
    async fn tags(&self, arn: &str) -> Result<std::collections::HashMap<String, String>, Fault> {
        match self.client.list_tags().resource(arn).send().await {
            Ok(answer) => Ok(answer.tags.unwrap_or_default()),
            Err(error) => Fault::of("lambda", "ListTags", &error)
                .unless_missing()
                .map(Option::unwrap_or_default),
        }
    }

    /// Sets the tags that a resource is to have and takes away those that the template no longer gives it.
    async fn change_tags(&self, arn: &str, held: &Held, wanted: &Wanted) -> Result<(), Fault> {
        let change = super::tag::change(held, wanted)?;
        if !change.set.is_empty() {
            self.client
                .tag_resource()
                .resource(arn)
                .set_tags(Some(change.set.into_iter().collect()))
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "TagResource", &error))?;
        }
        if !change.removed.is_empty() {
            self.client
                .untag_resource()
                .resource(arn)
                .set_tag_keys(Some(change.removed))
                .send()
                .await
                .map_err(|error| Fault::of("lambda", "UntagResource", &error))?;
        }
        Ok(())
    }
}

/// Whether an update is about one of these properties. It is about all of them when it is not certain what AWS has.
fn touches(changes: &[Change], properties: &[&str]) -> bool {
    changes.is_empty()
        || changes
            .iter()
            .any(|change| properties.contains(&change.property()))
}

impl Provider for Lambda {
    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::Lambda::Alias" => Box::pin(self.create_alias(wanted)),
            "AWS::Lambda::CodeSigningConfig" => Box::pin(self.create_code_signing(wanted)),
            "AWS::Lambda::EventInvokeConfig" => Box::pin(self.put_invoke_config(wanted)),
            "AWS::Lambda::EventSourceMapping" => Box::pin(wait::make_once(
                || self.create_mapping(wanted),
                || async { self.find_mapping(&wanted.to_sought()).await },
            )),
            "AWS::Lambda::LayerVersion" => Box::pin(wait::make_once(
                || self.publish_layer(wanted),
                || async { self.find_layer(&wanted.to_sought()).await },
            )),
            "AWS::Lambda::LayerVersionPermission" => Box::pin(self.share_layer(wanted)),
            "AWS::Lambda::Permission" => Box::pin(self.add_permission(wanted)),
            "AWS::Lambda::Url" => Box::pin(self.create_url(wanted)),
            "AWS::Lambda::Version" => Box::pin(self.publish_version(wanted)),
            _ => Box::pin(self.create_function(wanted)),
        }
    }

    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>> {
        match sought.resource_type.as_str() {
            "AWS::Lambda::Alias" => Box::pin(self.find_alias(sought)),
            "AWS::Lambda::CodeSigningConfig" => Box::pin(self.find_code_signing(sought)),
            "AWS::Lambda::EventSourceMapping" => Box::pin(self.find_mapping(sought)),
            "AWS::Lambda::Function" => Box::pin(self.find_function(sought)),
            "AWS::Lambda::LayerVersion" => Box::pin(self.find_layer(sought)),
            "AWS::Lambda::Url" => Box::pin(self.find_url(sought)),
            // Making them a second time ends the same way: what can be invoked how is put, permissions have an id that is ours,
            // and a version is not published again when nothing has changed.
            _ => Box::pin(async { Ok(None) }),
        }
    }

    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>> {
        match held.resource_type.as_str() {
            "AWS::Lambda::Alias" => Box::pin(self.read_alias(held)),
            "AWS::Lambda::CodeSigningConfig" => Box::pin(self.read_code_signing(held)),
            "AWS::Lambda::EventInvokeConfig" => Box::pin(self.read_invoke_config(held)),
            "AWS::Lambda::EventSourceMapping" => Box::pin(self.read_mapping(held)),
            "AWS::Lambda::LayerVersion" => Box::pin(self.read_layer(held)),
            "AWS::Lambda::LayerVersionPermission" => Box::pin(self.read_layer_share(held)),
            "AWS::Lambda::Permission" => Box::pin(self.read_permission(held)),
            "AWS::Lambda::Url" => Box::pin(self.read_url(held)),
            "AWS::Lambda::Version" => Box::pin(self.read_version(held)),
            _ => Box::pin(self.read_function(held)),
        }
    }

    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing> {
        match wanted.resource_type.as_str() {
            "AWS::Lambda::Alias" => Box::pin(self.update_alias(held, wanted, changes)),
            "AWS::Lambda::CodeSigningConfig" => {
                Box::pin(self.update_code_signing(held, wanted, changes))
            }
            "AWS::Lambda::EventInvokeConfig" => Box::pin(self.put_invoke_config(wanted)),
            "AWS::Lambda::EventSourceMapping" => {
                Box::pin(self.update_mapping(held, wanted, changes))
            }
            // Nothing of a layer's version can be changed: what is found again is as it was made.
            "AWS::Lambda::LayerVersion" => Box::pin(async { Ok(live::unchanged(held)) }),
            "AWS::Lambda::LayerVersionPermission" => Box::pin(self.share_layer(wanted)),
            "AWS::Lambda::Permission" => Box::pin(self.add_permission(wanted)),
            "AWS::Lambda::Url" => Box::pin(self.update_url(held, wanted)),
            "AWS::Lambda::Version" => Box::pin(self.update_version(held, wanted, changes)),
            _ => Box::pin(self.update_function(held, wanted, changes)),
        }
    }

    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()> {
        match held.resource_type.as_str() {
            "AWS::Lambda::Alias" => Box::pin(self.delete_alias(held)),
            "AWS::Lambda::CodeSigningConfig" => Box::pin(self.delete_code_signing(held)),
            "AWS::Lambda::EventInvokeConfig" => Box::pin(self.delete_invoke_config(held)),
            "AWS::Lambda::EventSourceMapping" => Box::pin(self.delete_mapping(held)),
            "AWS::Lambda::LayerVersion" => Box::pin(self.delete_layer(held)),
            "AWS::Lambda::LayerVersionPermission" => Box::pin(self.unshare_layer(held)),
            "AWS::Lambda::Permission" => Box::pin(self.remove_permission(held)),
            "AWS::Lambda::Url" => Box::pin(self.delete_url(held)),
            "AWS::Lambda::Version" => Box::pin(self.delete_version(held)),
            _ => Box::pin(self.delete_function(held)),
        }
    }
}
