//! Gradual deployments: CodeDeploy moves a function's alias to its new version step by step.
//!
//! Source: the translator's `model/preferences/`.

use indexmap::{IndexMap, IndexSet};

use crate::diag::Span;
use crate::template::{Map, Node, Value};

use super::Origin;
use super::api::combined::combined;
use super::build::{list, map};
use super::fault::{Fault, Result};
use super::intrinsic;
use super::resource::{Resource, SamResource};
use super::role::{aws_policy_arn, trust};
use super::tag;
use super::value::{is_truthy, text, truthy};
use super::work::Work;

const APPLICATION: &str = "ServerlessDeploymentApplication";
const ROLE: &str = "CodeDeployServiceRole";
const CONDITION: &str = "ServerlessCodeDeployCondition";

/// The configurations that CodeDeploy has for Lambda. Their full names start with `CodeDeployDefault.Lambda`.
const CONFIGURATIONS: [&str; 9] = [
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
    "AllAtOnce",
];

/// One function's `DeploymentPreference`.
#[derive(Debug, Clone)]
pub(crate) struct Preference {
    id: String,
    span: Span,
    enabled: bool,
    kind: Option<Node>,
    before: Option<Node>,
    after: Option<Node>,
    alarms: Option<Node>,
    role: Option<Node>,
    triggers: Option<Node>,
    condition: Option<String>,
    tags: Option<Map>,
}

/// The deployments that functions asked for, by the functions' ids.
#[derive(Debug, Default)]
pub(crate) struct Deployments {
    preferences: IndexMap<String, Preference>,
}

impl Deployments {
    /// Adds a function's preference.
    pub(crate) fn add(&mut self, id: &str, preference: Preference) {
        self.preferences.insert(id.to_owned(), preference);
    }

    fn enabled(&self) -> impl Iterator<Item = &Preference> {
        self.preferences.values().filter(|one| one.enabled)
    }

    /// The conditions of all preferences, when every one that is enabled has one.
    fn conditions(&self) -> Vec<String> {
        if self.enabled().any(|one| one.condition.is_none()) {
            return Vec::new();
        }
        let conditions: IndexSet<String> = self
            .preferences
            .values()
            .filter_map(|one| one.condition.clone())
            .collect();
        conditions.into_iter().collect()
    }
}

impl Preference {
    /// Reads `DeploymentPreference`, in which the values that must be known are known.
    ///
    /// # Errors
    /// A missing `Type`, hooks that are no mapping, alarms that are no list.
    pub(crate) fn read(
        sam: &SamResource,
        values: &Map,
        condition: Option<&Node>,
        tags: Option<Map>,
    ) -> Result<Self> {
        let mut preference = Preference {
            id: sam.id.clone(),
            span: sam.span,
            enabled: is_enabled(values.get("Enabled")),
            kind: None,
            before: None,
            after: None,
            alarms: None,
            role: None,
            triggers: None,
            condition: None,
            tags: None,
        };
        if !preference.enabled {
            return Ok(preference);
        }
        let Some(kind) = values.get("Type") else {
            return Err(sam.fault("'DeploymentPreference' is missing required Property 'Type'"));
        };
        preference.kind = Some(kind.clone());
        if let Some(hooks) = values.get("Hooks") {
            let hooks = hooks.as_map().ok_or_else(|| {
                sam.fault("'Hooks' property of 'DeploymentPreference' must be a dictionary")
                    .at(hooks.span)
            })?;
            preference.before = hooks.get("PreTraffic").cloned();
            preference.after = hooks.get("PostTraffic").cloned();
        }
        preference.alarms = values.get("Alarms").cloned();
        preference.role = truthy(values.get("Role")).cloned();
        preference.triggers = truthy(values.get("TriggerConfigurations")).cloned();
        if super::value::is_true(values.get("PassthroughCondition")) {
            preference.condition = condition.map(text);
        }
        preference.tags = tags.filter(|tags| !tags.is_empty());
        preference.alarm_configuration()?;
        Ok(preference)
    }

    /// Whether CodeDeploy is to do anything.
    pub(crate) fn is_enabled(&self) -> bool {
        self.enabled
    }

    fn group_id(&self) -> String {
        format!("{}DeploymentGroup", self.id)
    }

    /// The alias's `UpdatePolicy`.
    pub(crate) fn update_policy(&self) -> Node {
        let span = self.span;
        let there = |hook: &Option<Node>| hook.clone().filter(|node| node.value != Value::Null);
        map!(span; "CodeDeployLambdaAliasUpdate" => map!(span;
            "ApplicationName" => intrinsic::reference(span, APPLICATION),
            "DeploymentGroupName" => intrinsic::reference(span, self.group_id()),
            "BeforeAllowTrafficHook" => there(&self.before),
            "AfterAllowTrafficHook" => there(&self.after)))
    }

    fn group(&self) -> Result<Resource> {
        let span = self.span;
        let role = match &self.role {
            Some(role) => role.clone(),
            None => intrinsic::attribute(span, ROLE, "Arn"),
        };
        let mut group = Resource::new(
            self.group_id(),
            "AWS::CodeDeploy::DeploymentGroup",
            span,
        )
        .with("AlarmConfiguration", self.alarm_configuration()?)
        .with("ApplicationName", intrinsic::reference(span, APPLICATION))
        .with(
            "AutoRollbackConfiguration",
            map!(span;
                "Enabled" => true,
                "Events" => list!(span; "DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")),
        )
        .with(
            "DeploymentConfigName",
            self.kind.as_ref().map(|kind| configuration(kind, "")),
        )
        .with(
            "DeploymentStyle",
            map!(span; "DeploymentType" => "BLUE_GREEN", "DeploymentOption" => "WITH_TRAFFIC_CONTROL"),
        )
        .with("ServiceRoleArn", role)
        .with("TriggerConfigurations", self.triggers.clone())
        .with("Tags", self.tags.as_ref().map(tag::list));
        group.set_attribute("Condition", self.condition.as_ref());
        Ok(group)
    }

    fn alarm_configuration(&self) -> Result<Option<Node>> {
        let Some(alarms) =
            truthy(self.alarms.as_ref()).filter(|node| !intrinsic::is_no_value(node))
        else {
            return Ok(None);
        };
        let wrong = |message: String| Fault::resource(&self.id, message).at(alarms.span);
        let Some(argument) = intrinsic::if_argument(alarms) else {
            return Ok(Some(alarm_list(alarms).map_err(wrong)?));
        };
        let [condition, then, otherwise] = intrinsic::if_parts(argument).map_err(wrong)?;
        let then = alarm_list(then).map_err(wrong)?;
        let otherwise = alarm_list(otherwise).map_err(wrong)?;
        Ok(Some(intrinsic::if_else(
            alarms.span,
            condition,
            then,
            otherwise,
        )))
    }
}

fn is_enabled(enabled: Option<&Node>) -> bool {
    match enabled {
        None => true,
        Some(node) => is_truthy(node) && !matches!(node.as_str(), Some("false" | "False")),
    }
}

fn alarm_list(alarms: &Node) -> std::result::Result<Node, String> {
    let Some(names) = alarms.as_list() else {
        return Err("Alarms must be a list".into());
    };
    let span = alarms.span;
    if names.first().is_none_or(intrinsic::is_no_value) {
        return Ok(map!(span));
    }
    let names: Vec<Node> = names
        .iter()
        .map(|name| map!(name.span; "Name" => name))
        .collect();
    Ok(map!(span; "Enabled" => true, "Alarms" => names))
}

/// The full name of a configuration, also inside functions. `key` is the function it stands in.
fn configuration(node: &Node, key: &str) -> Node {
    let span = node.span;
    if let Value::List(items) = &node.value {
        let items = items.iter().map(|item| configuration(item, "")).collect();
        return Node::new(span, Value::List(items));
    }
    if let Some((key, argument)) = intrinsic::single(node).filter(|_| intrinsic::is_intrinsic(node))
    {
        return map!(span; key => configuration(argument, key));
    }
    match node.as_str() {
        Some(name) if CONFIGURATIONS.contains(&name) => {
            let parts = list!(span; "CodeDeployDefault.Lambda${ConfigName}", map!(span; "ConfigName" => name));
            // One `Fn::Sub` cannot stand in another.
            match key {
                "Fn::Sub" => parts,
                _ => map!(span; "Fn::Sub" => parts),
            }
        }
        _ => node.clone(),
    }
}

/// The pass: the CodeDeploy application, its role, and one deployment group for each function.
pub(super) fn finish(work: &mut Work<'_>) -> std::result::Result<(), Vec<Fault>> {
    let deployments = std::mem::take(&mut work.deployments);
    let Some(first) = deployments.enabled().next() else {
        return Ok(());
    };
    let span = first.span;
    let origin = |one: &Preference| Origin {
        id: one.id.clone(),
        span: one.span,
    };
    let conditions = deployments.conditions();
    let condition = match conditions.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(CONDITION.to_owned()),
    };
    if conditions.len() > 1 {
        for (name, expression) in combined(span, &conditions, CONDITION) {
            work.add_condition(&name, expression);
        }
    }
    let mut tags = Map::new();
    for (name, entry) in deployments
        .enabled()
        .filter_map(|one| one.tags.as_ref())
        .flat_map(Map::entries)
    {
        tags.insert(name, entry.key_span, entry.node.clone());
    }
    let tags = Some(tag::list(&tags)).filter(|tags| !tags.is_empty());
    let mut shared = vec![
        Resource::new(APPLICATION, "AWS::CodeDeploy::Application", span)
            .with("ComputePlatform", "Lambda"),
    ];
    if deployments.enabled().any(|one| one.role.is_none()) {
        shared.push(role(work, span));
    }
    for mut resource in shared {
        resource.set("Tags", tags.clone());
        resource.set_attribute("Condition", condition.as_ref());
        work.add(&origin(first), &resource);
    }
    for one in deployments.enabled() {
        let group = one.group().map_err(|fault| vec![fault])?;
        work.add(&origin(one), &group);
    }
    Ok(())
}

fn role(work: &Work<'_>, span: Span) -> Resource {
    let partition = crate::eval::partition(work.context.region);
    let policy = match partition {
        "aws-iso" | "aws-iso-b" => "service-role/AWSCodeDeployRoleForLambdaLimited",
        _ => "service-role/AWSCodeDeployRoleForLambda",
    };
    Resource::new(ROLE, "AWS::IAM::Role", span)
        .with(
            "AssumeRolePolicyDocument",
            trust(span, "codedeploy.amazonaws.com"),
        )
        .with(
            "ManagedPolicyArns",
            list!(span; aws_policy_arn(policy, partition)),
        )
}
