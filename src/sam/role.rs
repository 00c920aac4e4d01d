//! Roles that SAM makes for functions and state machines, and the policies inside them.
//!
//! Source: the translator's `model/role_utils/role_constructor.py` and `model/iam.py`; the names of managed policies
//! are data: `schema/managed-policies.tsv`.

use crate::diag::Span;
use crate::template::{Map, Node};

use super::build::{list, map};
use super::fault::{Fault, Result};
use super::intrinsic;
use super::policy::{self, Kind};
use super::resource::Resource;
use super::value::same;

static MANAGED: &str = include_str!("../../schema/managed-policies.tsv");

/// What a role is made of.
pub(crate) struct Role<'a> {
    /// The SAM resource it is for; the role's id is this with `Role` behind it.
    pub owner: &'a str,
    /// Where the owner stands.
    pub span: Span,
    /// Attributes passed on.
    pub attributes: Map,
    /// Who may take the role.
    pub trust: Node,
    /// ARNs that SAM itself puts in.
    pub managed: Vec<Node>,
    /// Documents that SAM itself puts in, as `{PolicyName, PolicyDocument}`.
    pub documents: Vec<Node>,
    /// The property `Policies`, templates expanded.
    pub policies: Vec<Node>,
    /// `Path`.
    pub path: Option<Node>,
    /// `PermissionsBoundary`.
    pub boundary: Option<Node>,
    /// `Tags` as CloudFormation's list.
    pub tags: Option<Vec<Node>>,
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
}

impl Role<'_> {
    /// The role.
    ///
    /// # Errors
    /// An entry of `Policies` that is no policy.
    pub(crate) fn build(self) -> Result<Resource> {
        let id = format!("{}Role", self.owner);
        let (mut managed, mut documents) = (self.managed, self.documents);
        for (at, entry) in self.policies.iter().enumerate() {
            match policy::kind(entry)? {
                Kind::Statement => {
                    let name = format!("{id}Policy{at}");
                    documents.push(document(entry, &name)?);
                }
                Kind::Managed => {
                    let arn = managed_policy(entry, self.partition)?;
                    if !managed.iter().any(|known| same(known, &arn)) {
                        managed.push(arn);
                    }
                }
                Kind::Template | Kind::Unknown => {
                    let message =
                        format!("Policy at index {at} in the 'Policies' property is not valid");
                    return Err(Fault::resource(self.owner, message).at(entry.span));
                }
            }
        }
        let mut role = Resource::new(id, "AWS::IAM::Role", self.span)
            .with_attributes(self.attributes)
            .with("AssumeRolePolicyDocument", self.trust)
            .with("ManagedPolicyArns", managed)
            .with("Path", self.path)
            .with("PermissionsBoundary", self.boundary)
            .with("Tags", self.tags);
        if !documents.is_empty() {
            role.set("Policies", documents);
        }
        Ok(role)
    }
}

fn document(policy: &Node, name: &str) -> Result<Node> {
    let span = policy.span;
    let named = |node: &Node| map!(node.span; "PolicyName" => name, "PolicyDocument" => node);
    let Some(argument) = intrinsic::if_argument(policy) else {
        return Ok(named(policy));
    };
    let [condition, then, otherwise] = intrinsic::if_parts(argument).map_err(Fault::template)?;
    let branch = |node: &Node| match intrinsic::is_no_value(node) {
        true => node.clone(),
        false => named(node),
    };
    Ok(intrinsic::if_else(
        span,
        condition,
        branch(then),
        branch(otherwise),
    ))
}

fn managed_policy(policy: &Node, partition: &str) -> Result<Node> {
    let arn = |node: &Node| match node.as_str() {
        Some(name) => Node::string(node.span, managed_policy_arn(name, partition)),
        None => node.clone(),
    };
    let Some(argument) = intrinsic::if_argument(policy) else {
        return Ok(arn(policy));
    };
    let [condition, then, otherwise] = intrinsic::if_parts(argument).map_err(Fault::template)?;
    Ok(intrinsic::if_else(
        policy.span,
        condition,
        arn(then),
        arn(otherwise),
    ))
}

/// The ARN of the managed policy with this name in a partition; a name that is none comes back as it is.
pub(crate) fn managed_policy_arn(name: &str, partition: &str) -> String {
    let letter = match partition {
        "aws" => 'a',
        "aws-cn" => 'c',
        "aws-us-gov" => 'g',
        "aws-eusc" => 'e',
        _ => return name.to_owned(),
    };
    let lines: Vec<&str> = MANAGED.lines().collect();
    let first = lines.partition_point(|line| line.split('\t').next() < Some(name));
    for line in &lines[first..] {
        let mut fields = line.split('\t');
        let (Some(found), Some(path), Some(partitions)) =
            (fields.next(), fields.next(), fields.next())
        else {
            break;
        };
        if found != name {
            break;
        }
        if partitions.contains(letter) {
            let path = match path {
                "-" => String::new(),
                path => format!("{path}/"),
            };
            return format!("arn:{partition}:iam::aws:policy/{path}{name}");
        }
    }
    name.to_owned()
}

/// The ARN of a policy of AWS, which needs not be in the table.
pub(crate) fn aws_policy_arn(name: &str, partition: &str) -> String {
    format!("arn:{partition}:iam::aws:policy/{name}")
}

/// The name of the policy that lets a role write traces; the older partition kept the older policy.
pub(crate) fn tracing_policy(partition: &str) -> &'static str {
    match partition {
        "aws" => "AWSXrayWriteOnlyAccess",
        _ => "AWSXRayDaemonWriteAccess",
    }
}

/// The trust policy that lets a service (`lambda.amazonaws.com`) take a role.
pub(crate) fn trust(span: Span, service: &str) -> Node {
    map!(span;
        "Version" => "2012-10-17",
        "Statement" => list!(span; map!(span;
            "Action" => list!(span; "sts:AssumeRole"),
            "Effect" => "Allow",
            "Principal" => map!(span; "Service" => list!(span; service)))))
}

/// `{PolicyName, PolicyDocument}` with one statement that allows an action on a resource.
pub(crate) fn allow(span: Span, name: &str, action: &str, resource: Node) -> Node {
    map!(span;
        "PolicyName" => name,
        "PolicyDocument" => map!(span;
            "Statement" => list!(span; map!(span;
                "Action" => action, "Effect" => "Allow", "Resource" => resource))))
}

/// `{PolicyName, PolicyDocument}` that allows to put objects into a bucket, named after `prefix`.
pub(crate) fn allow_objects(span: Span, prefix: &str, bucket: Node) -> Node {
    let objects = intrinsic::join(span, "/", vec![bucket.clone(), Node::string(span, "*")]);
    let statement = |action: &str, resource: Node| map!(span; "Action" => action, "Effect" => "Allow", "Resource" => resource);
    map!(span;
        "PolicyName" => format!("{prefix}S3Policy"),
        "PolicyDocument" => map!(span;
            "Statement" => list!(span;
                statement("s3:PutObject", objects),
                statement("s3:ListBucket", bucket))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managed_policies_are_found_by_name_and_partition() {
        assert_eq!(
            managed_policy_arn("AWSLambdaBasicExecutionRole", "aws-cn"),
            "arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        );
        assert_eq!(managed_policy_arn("NoSuchPolicy", "aws"), "NoSuchPolicy");
        for line in MANAGED.lines() {
            let name = line.split('\t').next().unwrap();
            assert_ne!(
                ["aws", "aws-cn", "aws-us-gov", "aws-eusc"].map(|p| managed_policy_arn(name, p)),
                [name; 4],
                "{name}"
            );
        }
    }
}
