//! The services' own resources: wanted properties → calls of the SDK. One file a service.

mod apigateway;
mod apigatewayv2;
pub mod artifact;
mod cloud_control;
mod definition;
mod dynamodb;
mod eventbridge;
mod extent;
mod gateway;
mod iam;
mod lambda;
mod logs;
mod property;
mod s3;
mod scheduler;
mod setter;
mod sfn;
mod sns;
mod sqs;
mod tag;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::aws::{Cloud, Fault};
use crate::graph::facts::Facts;

use super::diff::Change;
use super::name::NameRule;

pub use apigateway::ApiGateway;
pub use apigatewayv2::ApiGatewayV2;
pub use cloud_control::CloudControl;
pub use dynamodb::DynamoDb;
pub use eventbridge::EventBridge;
pub use iam::Iam;
pub use lambda::Lambda;
pub use logs::Logs;
pub use property::Properties;
pub use s3::S3;
pub use scheduler::Scheduler;
pub use sfn::StepFunctions;
pub use sns::Sns;
pub use sqs::Sqs;

/// What an asynchronous call gives back.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Fault>> + Send + 'a>>;

/// The tag that names the stack a resource belongs to.
pub const STACK_TAG: &str = "hoist:stack";
/// The tag that names the logical id of a resource and, behind a slash, its generation.
pub const RESOURCE_TAG: &str = "hoist:resource";

/// The calls for one service's resource types. It only maps values to calls, and answers to values: what is called when, and
/// again after a fault, is decided elsewhere.
///
/// Every call may be made a second time after a run was killed in the middle of the first, and must then end the same way.
pub trait Provider: Send + Sync {
    /// The resource types it is for.
    fn kinds(&self) -> &'static [Kind];

    /// What there is to know of a resource type before anything is called. None for types of others.
    fn kind(&self, resource_type: &str) -> Option<Kind> {
        let mut kinds = self.kinds().iter();
        kinds
            .find(|kind| kind.resource_type == resource_type)
            .copied()
    }

    /// Makes a resource.
    fn create<'a>(&'a self, wanted: &'a Wanted) -> Pending<'a, Existing>;

    /// Looks for a resource whose creation was not seen to its end. It is only one of the stack's own: by its name and tags.
    fn find<'a>(&'a self, sought: &'a Sought) -> Pending<'a, Option<Existing>>;

    /// What AWS says the properties are now, for those that can be asked for. None when the resource is gone.
    fn read<'a>(&'a self, held: &'a Held) -> Pending<'a, Option<Map<String, Json>>>;

    /// Changes a resource. `changes` says what; when it is empty, everything is sent again.
    fn update<'a>(
        &'a self,
        held: &'a Held,
        wanted: &'a Wanted,
        changes: &'a [Change],
    ) -> Pending<'a, Existing>;

    /// Deletes a resource. One that is gone already is a success.
    fn delete<'a>(&'a self, held: &'a Held) -> Pending<'a, ()>;
}

/// What there is to know of a resource type before anything is called.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// `AWS::SQS::Queue`.
    pub resource_type: &'static str,
    /// How its resources are called when the template does not say. None when AWS numbers them.
    pub name: Option<NameRule>,
    /// Properties that are set in a step of their own after everything that needs the resource, because what they refer to may need it:
    /// a bucket's notifications name a function whose environment names the bucket.
    pub late: &'static [&'static str],
    /// Properties whose change makes a new resource necessary, beyond what the resource facts say.
    pub replacing: &'static [&'static str],
    /// The same for properties of which only some changes do: what was sent and what is wanted → their names.
    pub replacing_when: Option<Replacing>,
    /// Properties that the facts call create-only and that can be changed all the same.
    pub changeable: &'static [&'static str],
    /// The properties that tell a resource from every other of its type. When a replacement changes none of them, the old resource
    /// has to go first, because both cannot be there at once.
    pub identity: &'static [&'static str],
    /// Attributes that a change in place may alter, with the property whose change does it.
    pub volatile: &'static [(&'static str, &'static str)],
    /// What can be told of a resource by its name before it is there: `Ref` or an attribute, and its form with `{name}`,
    /// `{Partition}`, `{Region}` and `{AccountId}`.
    /// Source: the return values on each type's page in the CloudFormation template reference; the service authorization reference.
    pub foretold: &'static [(&'static str, &'static str)],
    /// Properties in which AWS takes names and ARNs of what is not there yet: it only writes them down.
    pub writes_down: &'static [&'static str],
    /// Making a resource may give one that is there already, because nothing tells the two apart: the same version of a function
    /// that has not changed. Then deleting the one that is no longer wanted must leave what the other one is.
    pub shared: bool,
}

/// Names the properties whose change from the first to the second makes a new resource necessary.
pub type Replacing = fn(&Map<String, Json>, &Map<String, Json>) -> Vec<&'static str>;

impl Kind {
    /// A type whose names AWS makes.
    pub const fn new(resource_type: &'static str) -> Self {
        Kind {
            resource_type,
            name: None,
            late: &[],
            replacing: &[],
            replacing_when: None,
            changeable: &[],
            identity: &[],
            volatile: &[],
            foretold: &[],
            writes_down: &[],
            shared: false,
        }
    }

    /// The same with a name of up to `longest` characters.
    pub const fn named(self, name: NameRule) -> Self {
        Kind {
            name: Some(name),
            ..self
        }
    }

    /// Whether a change makes a new resource necessary.
    /// Source: `createOnlyProperties` of the type's schema.
    pub fn replaces(&self, facts: Option<&Facts>, change: &Change) -> bool {
        let property = change.property();
        if self.changeable.contains(&property) {
            return false;
        }
        if self.replacing.contains(&property) {
            return true;
        }
        let Some(facts) = facts else {
            return false;
        };
        let top = facts.property(property);
        let path = nested_path(&change.path);
        top.is_some_and(|property| property.flags.create_only())
            || facts.nested.iter().any(|nested| {
                nested.flags.create_only()
                    && (path == nested.path || path.starts_with(&format!("{}/", nested.path)))
            })
    }
}

/// `Rules[0].Name` as the facts write it: `Rules/*/Name`.
fn nested_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find(['.', '[']) {
        out.push_str(&rest[..at]);
        out.push('/');
        if rest[at..].starts_with('[') {
            out.push('*');
            rest = rest[at..].split_once(']').map_or("", |(_, after)| after);
        } else {
            rest = &rest[at + 1..];
        }
    }
    out.push_str(rest);
    out
}

/// A resource as it should be, all of it known.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Logical id.
    pub id: String,
    /// `AWS::SQS::Queue`.
    pub resource_type: String,
    /// The name, written or made. Empty when the type has none.
    pub name: String,
    /// The properties with the name in them and every secret and dynamic reference in clear.
    pub properties: Map<String, Json>,
    /// The stack's tags, ours among them; the template's own come first where they differ.
    pub tags: BTreeMap<String, String>,
    /// The same for the same attempt: for the services that know calls by a token. 64 hex digits.
    pub token: String,
    /// Files built from the user's sources, by their SHA-256.
    pub artifacts: Arc<HashMap<String, PathBuf>>,
}

/// A resource whose creation was not seen to its end.
#[derive(Debug, Clone)]
pub struct Sought {
    /// Logical id.
    pub id: String,
    /// `AWS::SQS::Queue`.
    pub resource_type: String,
    /// The name it was given; empty when it has none.
    pub name: String,
    /// Its properties as far as they were known; secrets are masked.
    pub properties: Map<String, Json>,
    /// The tags it was given.
    pub tags: BTreeMap<String, String>,
    /// What the stack has already: what `Ref` gives of its other resources of this type. None of them is it.
    pub taken: Vec<String>,
}

/// A resource that was made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Existing {
    /// What `Ref` gives.
    pub reference: String,
    /// What [`Held::handle`] is to be from now on.
    pub handle: Json,
    /// What `Fn::GetAtt` gives.
    pub attributes: Map<String, Json>,
}

/// A resource as it is known from the state.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Logical id.
    pub id: String,
    /// `AWS::SQS::Queue`.
    pub resource_type: String,
    /// What `Ref` gives.
    pub reference: String,
    /// What the provider said when it was made.
    pub handle: Json,
    /// What `Fn::GetAtt` gives.
    pub attributes: Map<String, Json>,
    /// What was sent last; secrets are masked.
    pub properties: Map<String, Json>,
}

impl Wanted {
    /// The properties, to be read by name.
    pub fn properties(&self) -> Properties<'_> {
        Properties::new(&self.id, &self.properties)
    }

    /// The same resource to be looked for.
    pub fn to_sought(&self) -> Sought {
        Sought {
            id: self.id.clone(),
            resource_type: self.resource_type.clone(),
            name: self.name.clone(),
            properties: self.properties.clone(),
            tags: self.tags.clone(),
            taken: Vec::new(),
        }
    }

    /// The token cut to the length a service takes.
    pub fn token(&self, longest: usize) -> &str {
        &self.token[..longest.min(self.token.len())]
    }
}

impl Held {
    /// The properties, to be read by name.
    pub fn properties(&self) -> Properties<'_> {
        Properties::new(&self.id, &self.properties)
    }
}

impl Sought {
    /// The properties, to be read by name.
    pub fn properties(&self) -> Properties<'_> {
        Properties::new(&self.id, &self.properties)
    }

    /// Whether tags are those of the resource that is looked for.
    pub fn owns<'a>(&self, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> bool {
        tag::are_of(&self.tags, tags)
    }

    /// Whether the name is one that Hoist made. Nobody else has one like it, so that what has no tags is known by it.
    pub fn has_made_name(&self) -> bool {
        let stack = self.tags.get(STACK_TAG).map_or("", String::as_str);
        super::name::is_made(&self.name, stack)
    }
}

/// Every provider there is.
pub struct Providers(Vec<Box<dyn Provider>>);

impl Providers {
    /// Providers to look through in this order.
    pub fn new(providers: Vec<Box<dyn Provider>>) -> Self {
        Providers(providers)
    }

    /// All of them, over one connection.
    pub fn of(cloud: &Cloud) -> Self {
        let Providers(mut all) = Providers::of_services(cloud);
        // Last: it takes every type that nobody else does.
        all.push(Box::new(cloud_control::CloudControl::new(cloud)));
        Providers(all)
    }

    /// Those that call a service's own API.
    pub fn of_services(cloud: &Cloud) -> Self {
        Providers(vec![
            Box::new(apigateway::ApiGateway::new(cloud)),
            Box::new(apigatewayv2::ApiGatewayV2::new(cloud)),
            Box::new(dynamodb::DynamoDb::new(cloud)),
            Box::new(eventbridge::EventBridge::new(cloud)),
            Box::new(iam::Iam::new(cloud)),
            Box::new(lambda::Lambda::new(cloud)),
            Box::new(logs::Logs::new(cloud)),
            Box::new(s3::S3::new(cloud)),
            Box::new(scheduler::Scheduler::new(cloud)),
            Box::new(sfn::StepFunctions::new(cloud)),
            Box::new(sns::Sns::new(cloud)),
            Box::new(sqs::Sqs::new(cloud)),
        ])
    }

    /// The types with a provider of their own.
    pub fn kinds(&self) -> impl Iterator<Item = &'static Kind> {
        self.0.iter().flat_map(|provider| provider.kinds())
    }

    /// The provider of a type, and what there is to know of the type.
    pub fn of_type(&self, resource_type: &str) -> Option<(&dyn Provider, Kind)> {
        self.0
            .iter()
            .find_map(|provider| Some((provider.as_ref(), provider.kind(resource_type)?)))
    }
}
