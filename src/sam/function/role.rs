//! The execution role that SAM makes for a function without `Role`.

use crate::template::Node;

use crate::sam::build::{list, map};
use crate::sam::fault::Result;
use crate::sam::intrinsic;
use crate::sam::policy;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::role::{Role, aws_policy_arn, tracing_policy, trust};
use crate::sam::tag;
use crate::sam::work::Work;

use super::check::dead_letter_action;
use super::lambda::tracing;

/// The role, whether it is needed or not: its policies are checked in any case.
pub(super) fn execution(
    work: &Work<'_>,
    sam: &SamResource,
    destinations: Vec<Node>,
) -> Result<Resource> {
    let span = sam.span;
    let partition = crate::eval::partition(work.context.region);
    let basic = match sam.truthy("DurableConfig") {
        Some(_) => "service-role/AWSLambdaBasicDurableExecutionRolePolicy",
        None => "service-role/AWSLambdaBasicExecutionRole",
    };
    let mut managed = vec![basic];
    if tracing(work, sam)?.is_some() {
        managed.push(tracing_policy(partition));
    }
    if sam.truthy("VpcConfig").is_some() {
        managed.push("service-role/AWSLambdaVPCAccessExecutionRole");
    }
    let mut documents = Vec::new();
    if let Some(queue) = sam.truthy("DeadLetterQueue") {
        let action = queue
            .get("Type")
            .and_then(Node::as_str)
            .and_then(dead_letter_action);
        documents.push(map!(queue.span;
            "PolicyName" => "DeadLetterQueuePolicy",
            "PolicyDocument" => map!(queue.span;
                "Version" => "2012-10-17",
                "Statement" => list!(queue.span; map!(queue.span;
                    "Action" => action,
                    "Resource" => queue.get("TargetArn"),
                    "Effect" => "Allow")))));
    }
    documents.extend(destinations);
    Role {
        owner: &sam.id,
        span,
        attributes: sam.passed_attributes(),
        trust: match sam.get("AssumeRolePolicyDocument") {
            Some(document) => document.clone(),
            None => trust(span, "lambda.amazonaws.com"),
        },
        managed: managed
            .into_iter()
            .map(|name| Node::string(span, aws_policy_arn(name, partition)))
            .collect(),
        documents,
        policies: policy::entries(sam.get("Policies")),
        path: sam.get("RolePath").cloned(),
        boundary: sam.get("PermissionsBoundary").cloned(),
        tags: Some(tag::with_sam_tag(&sam.id, span, None, super::tags(sam))?),
        partition,
    }
    .build()
}

/// Gives the function its role. True when it uses the made one, which then may stand under a condition.
pub(super) fn attach(
    work: &mut Work<'_>,
    sam: &SamResource,
    function: &mut Resource,
    made: &mut Resource,
) -> Result<bool> {
    let Some(role) = function.get("Role").cloned() else {
        function.set("Role", made.attribute("Arn"));
        return Ok(true);
    };
    if intrinsic::if_argument(&role).is_none() {
        return Ok(false);
    }
    let resolved = work.parameters.resolve(&role)?;
    let malformed = |what: String| {
        sam.fault(format!("Malformed 'Role' property: {what}."))
            .at(role.span)
    };
    let argument = intrinsic::if_argument(&resolved).unwrap_or(&resolved);
    let [condition, then, otherwise] = intrinsic::if_parts(argument).map_err(malformed)?;
    let arn = made.attribute("Arn");
    let value = match (
        intrinsic::is_no_value(then),
        intrinsic::is_no_value(otherwise),
    ) {
        (true, true) => arn,
        (true, false) => {
            made.set_attribute("Condition", condition);
            intrinsic::if_else(role.span, condition, arn, otherwise)
        }
        (false, true) => {
            let name = format!("NOT{}", crate::sam::value::text(condition));
            made.set_attribute("Condition", &name);
            let not = map!(role.span; "Fn::Not" => list!(role.span; map!(role.span; "Condition" => condition)));
            work.add_condition(&name, not);
            intrinsic::if_else(role.span, condition, then, arn)
        }
        (false, false) => return Ok(false),
    };
    function.set("Role", value);
    Ok(true)
}
