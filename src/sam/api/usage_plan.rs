//! Usage plans and their keys: one for an API, or one that the APIs of a template share.

use crate::diag::Span;
use crate::sam::build::{list, map};
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic::reference;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{is_none, is_text, repr_texts, same, truthy};
use crate::sam::work::Work;
use crate::template::{Map, Node, Value};

use super::combined::any_of;

const KINDS: [&str; 3] = ["SHARED", "PER_API", "NONE"];
const PROPERTIES: [&str; 6] = [
    "CreateUsagePlan",
    "Description",
    "Quota",
    "Tags",
    "Throttle",
    "UsagePlanName",
];
/// Holds when the shared plan is made.
const CONDITION: &str = "SharedUsagePlanCondition";

/// What the APIs with the shared plan have said so far.
#[derive(Debug, Default)]
pub(crate) struct SharedPlan {
    apis: Vec<String>,
    stages: Vec<Node>,
    keys: Vec<Node>,
    conditions: Vec<String>,
    has_unconditional: bool,
    deletion: Option<Node>,
    replacement: Option<Node>,
}

/// What `Auth.UsagePlan` becomes: the plan, a key and the connection of both. `stage` is the id of the API's stage.
///
/// # Errors
/// What is missing or has a wrong type.
pub(super) fn expand(
    work: &mut Work<'_>,
    sam: &SamResource,
    auth: &Map,
    stage: &str,
) -> Result<Vec<Resource>> {
    let Some(node) = auth
        .get("UsagePlan")
        .filter(|node| node.value != Value::Null)
    else {
        return Ok(Vec::new());
    };
    let fault = |message: String| Err(sam.fault(message).at(node.span));
    let Some(plan) = node.as_map() else {
        return fault("'UsagePlan' must be a dictionary".into());
    };
    if plan.keys().any(|key| !PROPERTIES.contains(&key)) {
        return fault("Invalid property for 'UsagePlan'".into());
    }
    let create = plan.get("CreateUsagePlan");
    if is_none(create) {
        return fault("'CreateUsagePlan' is a required field for UsagePlan.".into());
    }
    let Some(create) = create
        .and_then(Node::as_str)
        .filter(|kind| KINDS.contains(kind))
    else {
        return fault(format!(
            "'CreateUsagePlan' accepts one of {}.",
            repr_texts(KINDS)
        ));
    };
    match create {
        "PER_API" => Ok(own(sam, plan, stage)),
        "SHARED" => shared(work, sam, plan, stage),
        _ => Ok(Vec::new()),
    }
}

fn own(sam: &SamResource, plan: &Map, stage: &str) -> Vec<Resource> {
    let span = sam.span;
    let parts = Parts {
        span,
        prefix: &sam.id,
        attributes: sam.passed_attributes(),
        apis: list!(span; &sam.id),
        stages: vec![plan_stage(sam, stage)],
        keys: vec![key_stage(sam, stage)],
    };
    parts.resources(plan)
}

fn shared(
    work: &mut Work<'_>,
    sam: &SamResource,
    plan: &Map,
    stage: &str,
) -> Result<Vec<Resource>> {
    let span = sam.span;
    let mut state = std::mem::take(&mut work.shared.plan);
    if !state.apis.contains(&sam.id) {
        state.apis.push(sam.id.clone());
    }
    let condition = state.attributes(work, sam);
    add_once(&mut state.stages, plan_stage(sam, stage));
    add_once(&mut state.keys, key_stage(sam, stage));
    let mut apis = list!(span);
    if let Some(items) = apis.as_list_mut() {
        items.extend(state.apis.iter().map(|id| Node::string(span, id)));
    }
    let made = condition.map(|attributes| {
        let parts = Parts {
            span,
            prefix: "Serverless",
            attributes,
            apis,
            stages: state.stages.clone(),
            keys: state.keys.clone(),
        };
        parts.resources(plan)
    });
    work.shared.plan = state;
    made
}

fn add_once(nodes: &mut Vec<Node>, node: Node) {
    if !nodes.iter().any(|there| same(there, &node)) {
        nodes.push(node);
    }
}

fn plan_stage(sam: &SamResource, stage: &str) -> Node {
    let span = sam.span;
    map!(span; "ApiId" => reference(span, &sam.id), "Stage" => reference(span, stage))
}

fn key_stage(sam: &SamResource, stage: &str) -> Node {
    let span = sam.span;
    map!(span; "RestApiId" => reference(span, &sam.id), "StageName" => reference(span, stage))
}

/// What a plan is made of.
struct Parts<'a> {
    span: Span,
    prefix: &'a str,
    attributes: Map,
    apis: Node,
    stages: Vec<Node>,
    keys: Vec<Node>,
}

impl Parts<'_> {
    fn resources(self, plan: &Map) -> Vec<Resource> {
        let span = self.span;
        let resource = |suffix: &str, kind: &str, depends_on: Node| {
            Resource::new(format!("{}{suffix}", self.prefix), kind, span)
                .with_attributes(self.attributes.clone())
                .depending_on(Some(depends_on))
        };
        let mut usage = resource("UsagePlan", "AWS::ApiGateway::UsagePlan", self.apis.clone())
            .with("ApiStages", self.stages.clone());
        for name in ["UsagePlanName", "Description", "Quota", "Tags", "Throttle"] {
            usage.set(name, truthy(plan.get(name)));
        }
        let key = resource("ApiKey", "AWS::ApiGateway::ApiKey", list!(span; &usage.id))
            .with("Enabled", true)
            .with("StageKeys", self.keys.clone());
        let connection = resource(
            "UsagePlanKey",
            "AWS::ApiGateway::UsagePlanKey",
            list!(span; &key.id),
        )
        .with("KeyId", key.reference())
        .with("KeyType", "API_KEY")
        .with("UsagePlanId", usage.reference());
        vec![usage, key, connection]
    }
}

impl SharedPlan {
    /// The attributes of the shared resources, now that one more API takes part: the strongest of the policies, and a
    /// condition when all of the APIs have one.
    fn attributes(&mut self, work: &mut Work<'_>, sam: &SamResource) -> Result<Map> {
        if let Some(policy) = truthy(sam.attribute("DeletionPolicy"))
            && (self.deletion.is_none() || is_text(Some(policy), "Retain"))
        {
            self.deletion = Some(policy.clone());
        }
        if let Some(policy) = truthy(sam.attribute("UpdateReplacePolicy")) {
            let is_stronger = is_text(Some(policy), "Retain")
                || (is_text(Some(policy), "Snapshot")
                    && is_text(self.replacement.as_ref(), "Delete"));
            if self.replacement.is_none() || is_stronger {
                self.replacement = Some(policy.clone());
            }
        }
        self.add_condition(work, sam)?;
        let condition = !self.conditions.is_empty() && !self.has_unconditional;
        let attributes = map!(sam.span;
            "DeletionPolicy" => self.deletion.as_ref(),
            "UpdateReplacePolicy" => self.replacement.as_ref(),
            "Condition" => condition.then_some(CONDITION),
        );
        Ok(attributes.as_map().cloned().unwrap_or_default())
    }

    fn add_condition(&mut self, work: &mut Work<'_>, sam: &SamResource) -> Result<()> {
        if self.has_unconditional {
            return Ok(());
        }
        let Some(condition) = sam.attribute("Condition").and_then(Node::as_str) else {
            self.has_unconditional = true;
            work.remove_condition(CONDITION);
            return Ok(());
        };
        if condition.is_empty() || self.conditions.iter().any(|name| name == condition) {
            return Ok(());
        }
        if work.conditions().is_none() {
            return Err(Fault::template(
                "Can't have condition without having 'Conditions' section in the template",
            )
            .at(sam.span));
        }
        self.conditions.push(condition.to_owned());
        let expression = match self.conditions.as_slice() {
            [only] => Node::string(sam.span, only),
            several => any_of(sam.span, several),
        };
        work.add_condition(CONDITION, expression);
        Ok(())
    }
}
