//! What starts the functions and state machines of an application, read from CloudFormation's types alone.

use std::fmt;

use crate::diag::Span;
use crate::template::{Map, Node};

use super::App;
use super::mapping::PollService;
use super::resource::{Body, Resource};
use super::routing::Protocol;
use super::setting::{Link, Setting};

/// One thing that starts a function or a state machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// Logical id of the function or state machine; versions and aliases are followed to it.
    pub target: String,
    /// What starts it.
    pub kind: TriggerKind,
    /// Logical id of the resource that says so: the mapping, the rule, the API, the bucket.
    pub by: String,
    /// Where the template says so; for what SAM made, the event it was made of.
    pub span: Span,
}

/// The ways to start a function or a state machine.
#[derive(Debug, Clone, PartialEq)]
pub enum TriggerKind {
    /// A request to a route of an API of this application; [`App::routes`] says more about it.
    Route {
        /// Logical id of the API.
        api: String,
        /// What it speaks.
        protocol: Protocol,
        /// `GET`, `ANY`; empty for `$default` and for a WebSocket API.
        method: String,
        /// `/orders/{id}`, `$default`, `$connect`.
        path: String,
    },
    /// A request that an authorizer function has to let through.
    Authorizer {
        /// Logical id of the API.
        api: String,
    },
    /// A request to the function's own address.
    Url,
    /// Lambda polls a source.
    Poll {
        /// What is polled, as far as its type or ARN tells.
        service: Option<PollService>,
        /// The source; none for a self-managed Kafka.
        source: Option<Link>,
    },
    /// A message of a topic.
    Topic {
        /// The topic.
        topic: Link,
    },
    /// A change in a bucket; the bucket says so.
    Bucket {
        /// `s3:ObjectCreated:*`.
        event: Setting<String>,
    },
    /// An event that matches a rule's pattern.
    Rule {
        /// None means the default bus.
        bus: Option<Link>,
    },
    /// A clock: a rule with a schedule, or EventBridge Scheduler.
    Schedule {
        /// `rate(5 minutes)`, `cron(…)`, `at(…)`.
        expression: Option<Setting<String>>,
        /// False when it is switched off.
        enabled: bool,
    },
    /// Lines of a log group.
    Logs {
        /// The log group's name.
        group: Option<Link>,
    },
    /// A user pool; the pool says so.
    UserPool {
        /// `PreSignUp`.
        event: String,
    },
    /// A topic rule of IoT.
    IotRule,
    /// An Alexa skill.
    Skill,
    /// A state machine's task.
    StateMachine,
    /// The record of another function's asynchronous invocation.
    Destination {
        /// Logical id of the other function.
        of: Option<String>,
    },
    /// Another service that may call the function, by what its permission says.
    Service {
        /// `config.amazonaws.com`.
        principal: String,
    },
}

/// Services whose triggers are read from resources of their own.
const KNOWN_PRINCIPALS: [&str; 11] = [
    "*",
    "apigateway.amazonaws.com",
    "cognito-idp.amazonaws.com",
    "events.amazonaws.com",
    "iot.amazonaws.com",
    "lambda.amazonaws.com",
    "s3.amazonaws.com",
    "scheduler.amazonaws.com",
    "sns.amazonaws.com",
    "sqs.amazonaws.com",
    "states.amazonaws.com",
];

impl App {
    /// What starts the functions and state machines, in the order of the resources that say so. What starts nothing of
    /// this application is not here.
    pub fn triggers(&self) -> Vec<Trigger> {
        let mut triggers: Vec<Trigger> = Vec::new();
        for route in self.routes() {
            let Some(target) = route.target else {
                continue;
            };
            triggers.push(Trigger {
                target,
                kind: TriggerKind::Route {
                    api: route.api,
                    protocol: route.protocol,
                    method: route.method,
                    path: route.path,
                },
                by: route.by,
                span: route.span,
            });
        }
        for resource in self.resources.values() {
            self.triggers_by(resource, &mut triggers);
        }
        triggers
    }

    /// What starts one function or state machine.
    pub fn triggers_of(&self, id: &str) -> Vec<Trigger> {
        let mut triggers = self.triggers();
        triggers.retain(|trigger| trigger.target == id);
        triggers
    }

    fn triggers_by(&self, resource: &Resource, triggers: &mut Vec<Trigger>) {
        let mut add = |link: Option<&Link>, kind: TriggerKind| {
            if let Some(target) = link.and_then(|link| self.target_of(link)) {
                triggers.push(trigger(target, kind, resource, resource.span));
            }
        };
        match &resource.body {
            Body::Url(url) => add(url.function.as_ref(), TriggerKind::Url),
            Body::EventSourceMapping(mapping) => add(
                mapping.function.as_ref(),
                TriggerKind::Poll {
                    service: mapping.service,
                    source: mapping.source.clone(),
                },
            ),
            Body::Subscription(subscription) => {
                if let Some(topic) = &subscription.topic {
                    let topic = topic.clone();
                    add(subscription.endpoint.as_ref(), TriggerKind::Topic { topic });
                }
            }
            Body::Topic(topic) => {
                for subscription in &topic.subscriptions {
                    let topic = itself(resource);
                    add(subscription.endpoint.as_ref(), TriggerKind::Topic { topic });
                }
            }
            Body::Bucket(bucket) => {
                for notification in &bucket.notifications {
                    let event = notification.event.clone();
                    add(Some(&notification.target), TriggerKind::Bucket { event });
                }
            }
            Body::Rule(rule) => {
                for target in &rule.targets {
                    let kind = match &rule.schedule {
                        Some(_) => TriggerKind::Schedule {
                            expression: rule.schedule.clone(),
                            enabled: rule.enabled,
                        },
                        None => TriggerKind::Rule {
                            bus: rule.bus.clone(),
                        },
                    };
                    add(Some(&target.arn), kind);
                }
            }
            Body::Schedule(schedule) => add(
                schedule.target.as_ref().map(|target| &target.arn),
                TriggerKind::Schedule {
                    expression: schedule.expression.clone(),
                    enabled: schedule.enabled,
                },
            ),
            Body::InvokeConfig(config) => {
                let of = config.function.as_ref();
                let of = of.and_then(|link| self.target_of(link)).map(str::to_owned);
                for destination in [&config.on_success, &config.on_failure] {
                    add(
                        destination.as_ref(),
                        TriggerKind::Destination { of: of.clone() },
                    );
                }
            }
            Body::Permission(permission) => {
                let principal = permission.principal.as_ref().and_then(Setting::known);
                if let Some(kind) = principal.and_then(|principal| service(principal)) {
                    add(permission.function.as_ref(), kind);
                }
            }
            Body::StateMachine(_) => self.tasks(resource, triggers),
            Body::RestApi(_) | Body::HttpApi(_) => self.authorizers(resource, triggers),
            Body::Other(_) => self.other(resource, triggers),
            _ => {}
        }
    }

    /// The functions and state machines that a state machine's definition names, by reference or by substitution.
    fn tasks(&self, resource: &Resource, triggers: &mut Vec<Trigger>) {
        let places = ["Definition", "DefinitionString", "DefinitionSubstitutions"];
        let structure = resource.structure.as_ref();
        let nodes = places
            .iter()
            .filter_map(|place| structure.and_then(|all| all.get(place)));
        let mut seen: Vec<&str> = Vec::new();
        for reference in nodes.flat_map(super::reference::references) {
            let target = self.target(&reference.name);
            if let Some(target) = target.filter(|target| !seen.contains(target)) {
                seen.push(target);
                let kind = TriggerKind::StateMachine;
                triggers.push(trigger(target, kind, resource, reference.span));
            }
        }
    }

    /// The authorizers in an API's definition.
    fn authorizers(&self, resource: &Resource, triggers: &mut Vec<Trigger>) {
        let body = resource.structure.as_ref().and_then(|all| all.get("Body"));
        let Some(body) = body else {
            return;
        };
        let places = [
            body.get("securityDefinitions"),
            body.get("components")
                .and_then(|all| all.get("securitySchemes")),
        ];
        for (_, scheme) in entries(places) {
            let uri = scheme
                .get("x-amazon-apigateway-authorizer")
                .and_then(|authorizer| authorizer.get("authorizerUri"));
            let target = uri.and_then(|uri| Some((self.target_in(uri, Some(uri))?, uri.span)));
            if let Some((target, span)) = target {
                let api = resource.id.clone();
                triggers.push(trigger(
                    target,
                    TriggerKind::Authorizer { api },
                    resource,
                    span,
                ));
            }
        }
    }

    /// Types that are read for nothing but this.
    fn other(&self, resource: &Resource, triggers: &mut Vec<Trigger>) {
        let Some(structure) = &resource.structure else {
            return;
        };
        let mut add = |node: Option<&Node>, kind: TriggerKind| {
            let target = node.and_then(|node| self.target_in(node, Some(node)));
            if let Some(target) = target {
                let span = node.map_or(resource.span, |node| node.span);
                triggers.push(trigger(target, kind, resource, span));
            }
        };
        match resource.resource_type.as_str() {
            "AWS::Logs::SubscriptionFilter" => add(
                structure.get("DestinationArn"),
                TriggerKind::Logs {
                    group: link(resource, "LogGroupName"),
                },
            ),
            "AWS::Cognito::UserPool" => {
                for (event, function) in entries([structure.get("LambdaConfig"), None]) {
                    let event = event.to_owned();
                    add(Some(function), TriggerKind::UserPool { event });
                }
            }
            "AWS::IoT::TopicRule" => {
                let payload = structure.get("TopicRulePayload");
                let actions = payload.and_then(|payload| payload.get("Actions")?.as_list());
                for action in actions.into_iter().flatten() {
                    add(Some(action), TriggerKind::IotRule);
                }
            }
            "AWS::ApiGateway::Authorizer" | "AWS::ApiGatewayV2::Authorizer" => {
                let api = ["RestApiId", "ApiId"]
                    .iter()
                    .find_map(|name| link(resource, name)?.resource);
                if let Some(api) = api {
                    add(
                        structure.get("AuthorizerUri"),
                        TriggerKind::Authorizer { api },
                    );
                }
            }
            _ => {}
        }
    }
}

impl fmt::Display for TriggerKind {
    /// In a few words, for people: `GET /orders`, `SQS Jobs`, `rate(5 minutes)`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TriggerKind::Route { method, path, .. } if method.is_empty() => out.write_str(path),
            TriggerKind::Route { method, path, .. } => write!(out, "{method} {path}"),
            TriggerKind::Authorizer { api } => write!(out, "authorizer of {api}"),
            TriggerKind::Url => out.write_str("URL"),
            TriggerKind::Poll { service, source } => {
                let service = service.map_or("poll", PollService::as_str);
                match source {
                    Some(source) => write!(out, "{service} {}", shown(source)),
                    None => out.write_str(service),
                }
            }
            TriggerKind::Topic { topic } => write!(out, "SNS {}", shown(topic)),
            TriggerKind::Bucket { event } => {
                write!(out, "{}", event.known().map_or("S3", String::as_str))
            }
            TriggerKind::Rule { bus: Some(bus) } => write!(out, "event of {}", shown(bus)),
            TriggerKind::Rule { bus: None } => out.write_str("event"),
            TriggerKind::Schedule {
                expression,
                enabled,
            } => {
                let known = expression.as_ref().and_then(Setting::known);
                out.write_str(known.map_or("schedule", String::as_str))?;
                match enabled {
                    true => Ok(()),
                    false => out.write_str(" (off)"),
                }
            }
            TriggerKind::Logs { group } => match group {
                Some(group) => write!(out, "log {}", shown(group)),
                None => out.write_str("log"),
            },
            TriggerKind::UserPool { event } => write!(out, "Cognito {event}"),
            TriggerKind::IotRule => out.write_str("IoT rule"),
            TriggerKind::Skill => out.write_str("Alexa"),
            TriggerKind::StateMachine => out.write_str("state machine"),
            TriggerKind::Destination { of: Some(of) } => write!(out, "destination of {of}"),
            TriggerKind::Destination { of: None } => out.write_str("destination"),
            TriggerKind::Service { principal } => out.write_str(principal),
        }
    }
}

impl TriggerKind {
    /// The kind in one word, for programs.
    pub fn word(&self) -> &'static str {
        match self {
            TriggerKind::Route { .. } => "route",
            TriggerKind::Authorizer { .. } => "authorizer",
            TriggerKind::Url => "url",
            TriggerKind::Poll { .. } => "poll",
            TriggerKind::Topic { .. } => "topic",
            TriggerKind::Bucket { .. } => "bucket",
            TriggerKind::Rule { .. } => "rule",
            TriggerKind::Schedule { .. } => "schedule",
            TriggerKind::Logs { .. } => "logs",
            TriggerKind::UserPool { .. } => "userPool",
            TriggerKind::IotRule => "iotRule",
            TriggerKind::Skill => "skill",
            TriggerKind::StateMachine => "stateMachine",
            TriggerKind::Destination { .. } => "destination",
            TriggerKind::Service { .. } => "service",
        }
    }
}

fn trigger(target: &str, kind: TriggerKind, resource: &Resource, span: Span) -> Trigger {
    Trigger {
        target: target.to_owned(),
        kind,
        by: resource.id.clone(),
        span,
    }
}

/// What only a permission tells.
fn service(principal: &str) -> Option<TriggerKind> {
    // The log's service may have the region in its name: `logs.eu-central-1.amazonaws.com`.
    let is_known = KNOWN_PRINCIPALS.contains(&principal) || principal.starts_with("logs.");
    match principal {
        "alexa-appkit.amazon.com" => Some(TriggerKind::Skill),
        _ if is_known || !principal.contains('.') => None,
        _ => Some(TriggerKind::Service {
            principal: principal.to_owned(),
        }),
    }
}

fn itself(resource: &Resource) -> Link {
    Link {
        resource: Some(resource.id.clone()),
        value: Setting::Known {
            value: resource.id.clone(),
            span: resource.span,
        },
    }
}

/// A property of a type that is not decoded.
fn link(resource: &Resource, property: &str) -> Option<Link> {
    let structure = resource.structure.as_ref()?.get(property)?;
    let value = resource.properties.as_ref()?.get(property)?;
    let text = value.scalar_text().map(|value| Setting::Known {
        value,
        span: structure.span,
    });
    Some(Link {
        resource: super::reference::only_resource(structure),
        value: text.or_else(|| super::fields::unknown(value))?,
    })
}

fn entries<'a>(places: [Option<&'a Node>; 2]) -> impl Iterator<Item = (&'a str, &'a Node)> {
    places
        .into_iter()
        .flatten()
        .filter_map(Node::as_map)
        .flat_map(Map::iter)
}

/// The resource's logical id, or the end of its ARN.
fn shown(link: &Link) -> String {
    let end = |text: &String| {
        text.rsplit([':', '/'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    let known = || link.value.known().map(end);
    link.resource
        .clone()
        .or_else(known)
        .unwrap_or_else(|| "?".into())
}
