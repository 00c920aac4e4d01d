//! Which of a function's properties go together.

use crate::template::Node;

use crate::sam::expect::Owner;
use crate::sam::fault::Result;
use crate::sam::resource::SamResource;
use crate::sam::value::text;

/// Checks the rules between properties, the dead letter queue and the tenancy.
pub(super) fn rules(sam: &SamResource) -> Result<()> {
    let mut wrong = Vec::new();
    for other in ["ProvisionedConcurrencyConfig", "VpcConfig"] {
        if sam.get("CapacityProviderConfig").is_some() && sam.get(other).is_some() {
            wrong.push(format!(
                "Cannot specify 'CapacityProviderConfig' and '{other}' together."
            ));
        }
    }
    for (name, needs) in [
        ("FunctionScalingConfig", "CapacityProviderConfig"),
        ("VersionDeletionPolicy", "AutoPublishAlias"),
    ] {
        if sam.get(name).is_some() && sam.get(needs).is_none() {
            wrong.push(format!("'{name}' requires '{needs}'."));
        }
    }
    if !wrong.is_empty() {
        return Err(sam.fault(wrong.join("\n")));
    }
    if let Some(queue) = sam.truthy("DeadLetterQueue") {
        dead_letter_queue(sam, queue)?;
    }
    tenancy(sam)
}

/// What a function may do with its dead letter queue, by the queue's `Type`.
pub(super) fn dead_letter_action(kind: &str) -> Option<&'static str> {
    match kind {
        "SQS" => Some("sqs:SendMessage"),
        "SNS" => Some("sns:Publish"),
        _ => None,
    }
}

fn dead_letter_queue(sam: &SamResource, queue: &Node) -> Result<()> {
    let there = |name: &str| {
        queue
            .get(name)
            .filter(|node| crate::sam::value::is_truthy(node))
    };
    let (Some(kind), Some(_)) = (there("Type"), there("TargetArn")) else {
        let message = "'DeadLetterQueue' requires Type and TargetArn properties to be specified.";
        return Err(sam.fault(message).at(queue.span));
    };
    let kind = Owner::Resource(&sam.id).text(Some(kind), "DeadLetterQueue.Type")?;
    match dead_letter_action(kind) {
        Some(_) => Ok(()),
        None => Err(sam.fault("'DeadLetterQueue' requires Type of ['SQS', 'SNS']")),
    }
}

fn tenancy(sam: &SamResource) -> Result<()> {
    if sam.truthy("TenancyConfig").is_none() {
        return Ok(());
    }
    for (property, what) in [
        ("ProvisionedConcurrencyConfig", "Provisioned concurrency"),
        ("FunctionUrlConfig", "Function URL"),
        ("SnapStart", "SnapStart"),
    ] {
        if sam.truthy(property).is_some() {
            return Err(sam.fault(format!(
                "{what} is not supported for functions enabled with tenancy configuration."
            )));
        }
    }
    let events = sam.truthy("Events").and_then(Node::as_map);
    for (_, event) in events.iter().flat_map(|events| events.iter()) {
        let kind = event.get("Type").map_or_else(|| "None".into(), text);
        if !matches!(kind.as_str(), "Api" | "HttpApi") {
            return Err(sam.fault(format!(
                "Event source '{kind}' is not supported for functions enabled with tenancy configuration. Only Api and \
                 HttpApi event sources are supported."
            )));
        }
    }
    Ok(())
}
