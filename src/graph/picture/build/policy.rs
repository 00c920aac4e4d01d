//! What policies allow: the closest a template comes to saying what a function reads and writes.

use crate::template::Node;

use super::super::{Flow, Kind};
use super::{Part, names, under};

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Access {
    reads: bool,
    writes: bool,
    sends: bool,
    /// What Lambda itself needs to poll the source of events.
    polls: bool,
}

/// A statement: this may be done with those.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub access: Access,
    /// The resources it names.
    pub names: Vec<String>,
}

/// Whether it says what somebody may do, not what may be done with it.
pub(super) fn is_identity(part: &Part<'_>) -> bool {
    matches!(
        part.resource_type,
        "AWS::IAM::Role" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy"
    )
}

/// What the policies of a role, or a policy for roles, grant. Nothing for other types: what a bucket or a queue lets
/// others do is not what it does.
pub(super) fn grants(part: &Part<'_>) -> Vec<Grant> {
    let Some(properties) = part.structure.filter(|_| is_identity(part)) else {
        return Vec::new();
    };
    let mut documents = Vec::new();
    under(properties, "PolicyDocument", &mut documents);
    let statements = documents
        .into_iter()
        .filter_map(|document| document.get("Statement"));
    statements.flat_map(each).filter_map(grant).collect()
}

/// A value that may be one or a list.
fn each(node: &Node) -> &[Node] {
    node.as_list().unwrap_or(std::slice::from_ref(node))
}

fn grant(statement: &Node) -> Option<Grant> {
    if statement.get("Effect")?.as_str()? != "Allow" {
        return None;
    }
    let mut access = Access::default();
    for action in each(statement.get("Action")?)
        .iter()
        .filter_map(Node::as_str)
    {
        access.add(action_access(action));
    }
    let names = statement.get("Resource").map(names)?;
    (!names.is_empty()).then_some(Grant { access, names })
}

/// What an action does. Source: the service authorization reference lists an access level for each; the names of the
/// actions follow it.
fn action_access(action: &str) -> Access {
    // IAM does not look at the case.
    let action = action.to_ascii_lowercase();
    let (service, verb) = action.split_once(':').unwrap_or(("*", &action));
    let verb = verb.trim_end_matches('*');
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| verb.starts_with(prefix));
    let mut access = Access::default();
    match service {
        "sqs" if starts(&["send"]) => access.sends = true,
        "sqs" if starts(&["receive", "delete", "change", "get"]) => access.polls = true,
        "sqs" if starts(&["list"]) => {}
        "sns" if starts(&["publish"]) => access.sends = true,
        "events" | "firehose" | "kinesis" | "scheduler" if starts(&["put"]) => access.sends = true,
        "lambda" if starts(&["invoke"]) => access.sends = true,
        "states" if starts(&["start", "send"]) => access.sends = true,
        "execute-api" => access.sends = true,
        "sqs" | "sns" | "events" | "firehose" | "lambda" | "states" if verb.is_empty() => {
            access.sends = true
        }
        "dynamodb"
            if starts(&[
                "getrecords",
                "getsharditerator",
                "describestream",
                "liststreams",
            ]) =>
        {
            access.polls = true
        }
        "kinesis" if starts(&["get", "describe", "list", "subscribe"]) => access.polls = true,
        // A key is used for something else that is read or written.
        "kms" | "logs" | "xray" | "iam" | "sts" => {}
        _ if verb.is_empty() => (access.reads, access.writes) = (true, true),
        "dynamodb" | "s3"
            if starts(&[
                "describe",
                "getbucketlocation",
                "getlifecycle",
                "putlifecycle",
            ]) => {}
        _ if starts(&[
            "get",
            "batchget",
            "query",
            "scan",
            "list",
            "describe",
            "select",
            "head",
            "search",
            "conditioncheck",
            "partiqlselect",
            "read",
        ]) =>
        {
            access.reads = true
        }
        _ => access.writes = true,
    }
    access
}

impl Access {
    /// Allows what the other does.
    pub(super) fn add(&mut self, other: Access) {
        self.reads |= other.reads;
        self.writes |= other.writes;
        self.sends |= other.sends;
        self.polls |= other.polls;
    }

    /// The arrow for it. `is_source`: the other end starts this one, so that polling it says nothing new.
    pub(super) fn flow(self, kind: Kind, is_source: bool) -> Option<Flow> {
        if self.sends {
            return Some(Flow::Sends);
        }
        // A queue has nothing to read but its messages.
        let is_source_only = is_source && matches!(kind, Kind::Queue | Kind::Stream);
        match (self.reads || (self.polls && !is_source), self.writes) {
            _ if is_source_only => None,
            (true, true) => Some(Flow::ReadsAndWrites),
            (true, false) => Some(Flow::Reads),
            (false, true) => Some(Flow::Writes),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(actions: &[&str], kind: Kind, is_source: bool) -> Option<Flow> {
        let mut access = Access::default();
        actions
            .iter()
            .for_each(|action| access.add(action_access(action)));
        access.flow(kind, is_source)
    }

    #[test]
    fn actions_say_what_is_done_with_a_table() {
        assert_eq!(
            flow(&["dynamodb:GetItem", "dynamodb:Query"], Kind::Table, false),
            Some(Flow::Reads)
        );
        assert_eq!(
            flow(&["dynamodb:PutItem"], Kind::Table, false),
            Some(Flow::Writes)
        );
        assert_eq!(
            flow(&["dynamodb:*"], Kind::Table, false),
            Some(Flow::ReadsAndWrites)
        );
        assert_eq!(flow(&["dynamodb:DescribeTable"], Kind::Table, false), None);
    }

    #[test]
    fn polling_a_source_of_events_is_no_reading() {
        let poller = [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ];
        assert_eq!(flow(&poller, Kind::Queue, true), None);
        assert_eq!(flow(&poller, Kind::Queue, false), Some(Flow::Reads));
        assert_eq!(
            flow(&["sqs:sendmessage"], Kind::Queue, true),
            Some(Flow::Sends)
        );
        assert_eq!(
            flow(
                &["dynamodb:GetRecords", "dynamodb:PutItem"],
                Kind::Table,
                true
            ),
            Some(Flow::Writes)
        );
    }
}
