//! `Auth.UsagePlan`: how much callers with an API key may use, for one API or for all that share a plan.

use crate::template::{Map, Node, Value};

use crate::sam::build::{IntoNode, list, map, put};
use crate::sam::fault::{Fault, Result};
use crate::sam::intrinsic;
use crate::sam::resource::{Resource, SamResource};
use crate::sam::value::{same, text, truthy};
use crate::sam::work::Work;

const PROPERTIES: [&str; 6] = [
    "CreateUsagePlan",
    "Description",
    "Quota",
    "Tags",
    "Throttle",
    "UsagePlanName",
];

/// The condition under which the shared plan exists, when every API that shares it has one.
const CONDITION: &str = "SharedUsagePlanCondition";

/// What the APIs that share a plan have brought to it.
#[derive(Debug, Default)]
pub(crate) struct SharedPlan {
    depends_on: Vec<Node>,
    api_stages: Vec<Node>,
    stage_keys: Vec<Node>,
    conditions: Vec<String>,
    has_unconditional: bool,
    deletion_policy: Option<Node>,
    update_replace_policy: Option<Node>,
}

pub(super) fn resources(
    work: &mut Work<'_>,
    sam: &SamResource,
    stage: &Resource,
) -> Result<Vec<Resource>> {
    let plan = sam.truthy("Auth").and_then(|auth| auth.get("UsagePlan"));
    let Some(plan) = plan.filter(|plan| plan.value != Value::Null) else {
        return Ok(Vec::new());
    };
    let fault = |message: &str| Err(sam.fault(message).at(plan.span));
    let Some(properties) = plan.as_map() else {
        return fault("'UsagePlan' must be a dictionary");
    };
    if properties.keys().any(|key| !PROPERTIES.contains(&key)) {
        return fault("Invalid property for 'UsagePlan'");
    }
    let create = properties
        .get("CreateUsagePlan")
        .filter(|node| node.value != Value::Null);
    let Some(create) = create else {
        return fault("'CreateUsagePlan' is a required field for UsagePlan.");
    };
    let mut made = match create.as_str() {
        Some("NONE") => return Ok(Vec::new()),
        Some("PER_API") => own(sam, stage),
        Some("SHARED") => shared(work, sam, stage)?,
        _ => {
            return fault("'CreateUsagePlan' accepts one of ['SHARED', 'PER_API', 'NONE'].");
        }
    };
    if let Some(plan) = made.first_mut() {
        for name in ["UsagePlanName", "Description", "Quota", "Tags", "Throttle"] {
            plan.set(name, truthy(properties.get(name)));
        }
    }
    Ok(made)
}

/// A plan, a key, and what ties them together.
fn plan(
    sam: &SamResource,
    prefix: &str,
    depends_on: Node,
    attributes: [Map; 3],
    api_stages: impl IntoNode,
    stage_keys: impl IntoNode,
) -> Vec<Resource> {
    let span = sam.span;
    let [for_plan, for_key, for_tie] = attributes;
    let new = |suffix: &str, kind: &str| Resource::new(format!("{prefix}{suffix}"), kind, span);
    let plan = new("UsagePlan", "AWS::ApiGateway::UsagePlan")
        .with_attributes(for_plan)
        .depending_on(Some(depends_on))
        .with("ApiStages", api_stages);
    let key = new("ApiKey", "AWS::ApiGateway::ApiKey")
        .with_attributes(for_key)
        .depending_on(Some(list!(span; &plan.id)))
        .with("Enabled", true)
        .with("StageKeys", stage_keys);
    let tie = new("UsagePlanKey", "AWS::ApiGateway::UsagePlanKey")
        .with_attributes(for_tie)
        .depending_on(Some(list!(span; &key.id)))
        .with("KeyId", key.reference())
        .with("KeyType", "API_KEY")
        .with("UsagePlanId", plan.reference());
    vec![plan, key, tie]
}

fn api_stage(sam: &SamResource, stage: &Resource) -> Node {
    map!(sam.span;
        "ApiId" => intrinsic::reference(sam.span, &sam.id),
        "Stage" => stage.reference())
}

fn stage_key(sam: &SamResource, stage: &Resource) -> Node {
    map!(sam.span;
        "RestApiId" => intrinsic::reference(sam.span, &sam.id),
        "StageName" => stage.reference())
}

fn own(sam: &SamResource, stage: &Resource) -> Vec<Resource> {
    let span = sam.span;
    let passed = || sam.passed_attributes();
    plan(
        sam,
        &sam.id,
        list!(span; &sam.id),
        [passed(), passed(), passed()],
        list!(span; api_stage(sam, stage)),
        list!(span; stage_key(sam, stage)),
    )
}

fn shared(work: &mut Work<'_>, sam: &SamResource, stage: &Resource) -> Result<Vec<Resource>> {
    let mut shared = std::mem::take(&mut work.shared_plan);
    add_once(&mut shared.depends_on, Node::string(sam.span, &sam.id));
    let attributes = shared.attributes(work, sam);
    add_once(&mut shared.api_stages, api_stage(sam, stage));
    add_once(&mut shared.stage_keys, stage_key(sam, stage));
    let made = attributes.map(|attributes| {
        plan(
            sam,
            "Serverless",
            Node::new(sam.span, Value::List(shared.depends_on.clone())),
            [attributes.clone(), attributes.clone(), attributes],
            shared.api_stages.clone(),
            shared.stage_keys.clone(),
        )
    });
    work.shared_plan = shared;
    made
}

fn add_once(all: &mut Vec<Node>, one: Node) {
    if !all.iter().any(|known| same(known, &one)) {
        all.push(one);
    }
}

impl SharedPlan {
    /// The attributes of everything shared, with those of one more API.
    fn attributes(&mut self, work: &mut Work<'_>, sam: &SamResource) -> Result<Map> {
        let passed = sam.passed_attributes();
        let is = |node: &Node, text: &str| node.as_str() == Some(text);
        if let Some(policy) = truthy(passed.get("DeletionPolicy"))
            && (self.deletion_policy.is_none() || is(policy, "Retain"))
        {
            self.deletion_policy = Some(policy.clone());
        }
        if let Some(policy) = truthy(passed.get("UpdateReplacePolicy")) {
            let wins = match &self.update_replace_policy {
                None => true,
                Some(before) => {
                    is(policy, "Retain") || (is(policy, "Snapshot") && is(before, "Delete"))
                }
            };
            if wins {
                self.update_replace_policy = Some(policy.clone());
            }
        }
        self.add_condition(work, sam, passed.get("Condition"))?;
        let mut combined = Map::new();
        let span = sam.span;
        put(
            &mut combined,
            span,
            "DeletionPolicy",
            self.deletion_policy.as_ref(),
        );
        put(
            &mut combined,
            span,
            "UpdateReplacePolicy",
            self.update_replace_policy.as_ref(),
        );
        if !self.conditions.is_empty() && !self.has_unconditional {
            put(&mut combined, span, "Condition", CONDITION);
        }
        Ok(combined)
    }

    fn add_condition(
        &mut self,
        work: &mut Work<'_>,
        sam: &SamResource,
        condition: Option<&Node>,
    ) -> Result<()> {
        if self.has_unconditional {
            return Ok(());
        }
        let Some(condition) = truthy(condition).map(text) else {
            self.has_unconditional = true;
            work.remove_condition(CONDITION);
            return Ok(());
        };
        if self.conditions.contains(&condition) {
            return Ok(());
        }
        if work.conditions().is_none() {
            return Err(Fault::template(
                "Can't have condition without having 'Conditions' section in the template",
            )
            .at(sam.span));
        }
        self.conditions.push(condition);
        let span = sam.span;
        let expression = match self.conditions.as_slice() {
            [only] => Node::string(span, only),
            all => {
                let all: Vec<Node> = all
                    .iter()
                    .map(|one| intrinsic::condition(span, one))
                    .collect();
                map!(span; "Fn::Or" => all)
            }
        };
        work.add_condition(CONDITION, expression);
        Ok(())
    }
}
