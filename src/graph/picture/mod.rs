//! The application as a picture: what triggers what, and what reads or writes what.
//!
//! A [`Picture`] is plain data, and every format is a pure function of it: [`tree`] for a terminal, [`dot`],
//! [`mermaid`], [`json`], and [`svg`], which draws what [`layout`] has placed. The same picture gives the same bytes.

mod build;
pub mod dot;
#[cfg(test)]
mod example;
pub mod json;
pub mod layout;
pub mod mermaid;
pub mod svg;
#[cfg(test)]
mod tests;
mod text;
pub mod tree;

pub use build::{Extent, build};

/// What is drawn. Items and arrows name each other by their place in these lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picture {
    /// What it is a picture of, for those who do not see it.
    pub title: String,
    /// In the order of the template.
    pub items: Vec<Item>,
    /// An arrow whose ends are not among the items, or whose route is not, is not drawn.
    pub arrows: Vec<Arrow>,
}

/// One thing: a box.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Item {
    /// Logical id. Unlike `label` it is the only one of this name in a picture.
    pub id: String,
    /// What sort of thing it is: its colour and its icon.
    pub kind: Kind,
    /// `AWS::SQS::Queue`; empty for what is not a resource.
    pub resource_type: String,
    /// The first line.
    pub label: String,
    /// The second line, smaller: the runtime, the schedule. It may be empty.
    pub detail: String,
    /// Of an API: its routes, each a row of the box.
    pub routes: Vec<Route>,
    /// Logical ids of what belongs to it and has no box of its own.
    pub folded: Vec<String>,
}

/// One route of an API.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// `GET`, `ANY`; empty where there is none, as in a WebSocket API.
    pub method: String,
    /// `/notes/{id}`, `$default`.
    pub path: String,
}

/// What sort of thing an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Kind {
    /// REST, HTTP, WebSocket and GraphQL APIs, function URLs, load balancers, distributions.
    Api,
    /// Lambda functions.
    Function,
    /// DynamoDB tables and databases.
    Table,
    /// Queues.
    Queue,
    /// SNS topics.
    Topic,
    /// Event buses and pipes.
    Bus,
    /// Rules of an event bus.
    Rule,
    /// What starts something at certain times.
    Schedule,
    /// S3 buckets and file systems.
    Bucket,
    /// Kinesis and Firehose streams.
    Stream,
    /// Step Functions.
    StateMachine,
    /// Secrets, keys and parameters.
    Secret,
    /// User pools and the like.
    Identity,
    /// Alarms, log groups and dashboards.
    Watch,
    /// Everything else.
    #[default]
    Other,
}

impl Kind {
    /// Every kind, in the order of this type.
    pub const ALL: [Kind; 15] = [
        Kind::Api,
        Kind::Function,
        Kind::Table,
        Kind::Queue,
        Kind::Topic,
        Kind::Bus,
        Kind::Rule,
        Kind::Schedule,
        Kind::Bucket,
        Kind::Stream,
        Kind::StateMachine,
        Kind::Secret,
        Kind::Identity,
        Kind::Watch,
        Kind::Other,
    ];

    /// One word, for programs: `state-machine`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Api => "api",
            Kind::Function => "function",
            Kind::Table => "table",
            Kind::Queue => "queue",
            Kind::Topic => "topic",
            Kind::Bus => "bus",
            Kind::Rule => "rule",
            Kind::Schedule => "schedule",
            Kind::Bucket => "bucket",
            Kind::Stream => "stream",
            Kind::StateMachine => "state-machine",
            Kind::Secret => "secret",
            Kind::Identity => "identity",
            Kind::Watch => "watch",
            Kind::Other => "other",
        }
    }
}

/// One thing has to do with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    /// The item it starts at.
    pub from: usize,
    /// The route of that item it starts at.
    pub route: Option<usize>,
    /// The item it ends at.
    pub to: usize,
    /// What goes along it.
    pub flow: Flow,
    /// What there is to say besides; mostly nothing.
    pub label: String,
}

/// What an arrow means. An arrow points from the one that acts to the one acted upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flow {
    /// A route, an event, a message starts the other end.
    Triggers,
    /// Puts messages or events there, starts or invokes it.
    Sends,
    /// Gets what is there.
    Reads,
    /// Changes what is there.
    Writes,
    /// Both.
    ReadsAndWrites,
    /// Puts what has failed there.
    DeadLetters,
    /// Refers to it: no more is known.
    Uses,
}

impl Flow {
    /// Every flow, in the order of this type.
    pub const ALL: [Flow; 7] = [
        Flow::Triggers,
        Flow::Sends,
        Flow::Reads,
        Flow::Writes,
        Flow::ReadsAndWrites,
        Flow::DeadLetters,
        Flow::Uses,
    ];

    /// As in a sentence: `reads and writes`.
    pub fn verb(self) -> &'static str {
        match self {
            Flow::Triggers => "triggers",
            Flow::Sends => "sends to",
            Flow::Reads => "reads",
            Flow::Writes => "writes",
            Flow::ReadsAndWrites => "reads and writes",
            Flow::DeadLetters => "dead letters to",
            Flow::Uses => "uses",
        }
    }

    /// One word, for programs.
    pub fn word(self) -> &'static str {
        match self {
            Flow::Triggers => "triggers",
            Flow::Sends => "sends",
            Flow::Reads => "reads",
            Flow::Writes => "writes",
            Flow::ReadsAndWrites => "reads-writes",
            Flow::DeadLetters => "dead-letters",
            Flow::Uses => "uses",
        }
    }
}

impl Picture {
    /// The arrows whose ends are there, with their places in the list.
    pub fn drawn(&self) -> impl Iterator<Item = (usize, &Arrow)> {
        self.arrows.iter().enumerate().filter(|(_, arrow)| {
            let has_route = |route| {
                self.items
                    .get(arrow.from)
                    .is_some_and(|item| route < item.routes.len())
            };
            arrow.to < self.items.len()
                && arrow.from < self.items.len()
                && arrow.route.is_none_or(has_route)
        })
    }
}
