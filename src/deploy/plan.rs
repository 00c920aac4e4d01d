//! What has to be done so that AWS has what the template says: a value that is printed, saved, compared and tested.
//!
//! [`plan`] is pure: it asks nobody. What AWS really has is in the state, put there by the last run, by the recovery of a run
//! that was killed, or by a refresh.

mod known;

use std::collections::{BTreeMap, HashMap, HashSet};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::diag::{Diagnostic, Diagnostics};
use crate::eval::{Evaluator, Parameters, TemplateScope};
use crate::graph::facts;
use crate::graph::walk::{Direction, Walk};
use crate::template::{Resource, Template};

use super::diff::{self, Change};
use super::foretell::{Foretold, foretell, must_wait};
use super::name::Owner;
use super::need::{self, Key};
use super::provider::{Kind, Providers};
use super::scope::StackScope;
use super::state::{Recorded, State};
use super::support;
use super::value::{self, Secrets, first_unknown, unknown};

pub use known::{exports, known_properties, outputs, settled_outputs};

/// What a plan is made from.
pub struct Request<'a> {
    /// The template without SAM's types, evaluated without knowing any resource: `Ref` and `Fn::GetAtt` of resources stand.
    pub structure: &'a Template,
    /// The values of its parameters.
    pub parameters: &'a Parameters,
    /// The region, the account and the stack.
    pub pseudo: &'a TemplateScope,
    /// What there is.
    pub state: &'a State,
    /// Who can make what.
    pub providers: &'a Providers,
    /// What must not be shown.
    pub secrets: &'a Secrets,
    /// The tags that every resource is to have; none when they are not to be changed.
    pub tags: Option<&'a BTreeMap<String, String>>,
    /// Changes only these resources and what they need; empty means all.
    pub only: &'a [String],
    /// Leaves the code of functions and layers as it is.
    pub exclude_code: bool,
}

/// What has to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The stack's name.
    pub stack: String,
    /// Where it is.
    pub region: String,
    /// Whose it is.
    pub account: String,
    /// [`State::serial`] of the state that it was made from.
    pub serial: u64,
    /// Everything to be done, and what stays: what is needed comes before what needs it, deletions last.
    pub steps: Vec<Step>,
}

/// What becomes of one resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Which one.
    pub key: Key,
    /// `AWS::SQS::Queue`.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// What is done.
    pub action: Action,
    /// Property by property; for a new resource all it has.
    pub changes: Vec<Change>,
    /// What has to be done before.
    pub needs: Vec<Key>,
    /// The name, when it is known; what AWS numbers has none.
    pub name: Option<String>,
    /// How often it was replaced, afterwards.
    pub generation: u32,
    /// Why, where the changes do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The properties afterwards, as far as they are known; secrets are masked.
    pub properties: Map<String, Json>,
}

/// What is done with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Nothing.
    Keep,
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// Another is made, everything moves to it, and the old one is deleted.
    Replace,
    /// The old one is deleted and then another is made: both cannot be there at once.
    ReplaceDeleteFirst,
    /// It is deleted.
    Delete,
    /// It stays in AWS, and Hoist forgets it: its `DeletionPolicy` says so.
    Retain,
}

impl Plan {
    /// What is to be done at all.
    pub fn work(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.action != Action::Keep)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.work().next().is_none()
    }

    /// Whether nothing of the stack is to stay: it is being destroyed.
    pub fn is_removal(&self) -> bool {
        let goes = |step: &Step| matches!(step.action, Action::Delete | Action::Retain);
        self.steps.iter().all(goes)
    }
}

/// Makes the plan, and says what cannot be done.
pub fn plan(request: &Request<'_>) -> (Plan, Diagnostics) {
    let mut planner = Planner {
        request,
        scope: StackScope::new(request.pseudo.clone()),
        diagnostics: Diagnostics::new(),
        replaced: HashSet::new(),
        new: HashSet::new(),
        foretold: HashMap::new(),
    };
    let needs = need::needs(request.structure, request.providers);
    let order = match need::in_order(&needs) {
        Ok(order) => order,
        Err(circle) => {
            planner.circle(&circle);
            Vec::new()
        }
    };
    let wanted = planner.selected(&needs);
    let mut steps = Vec::new();
    for key in order {
        let needed = needs.get(&key).into_iter().flatten().cloned().collect();
        let selected = wanted.as_ref().is_none_or(|ids| ids.contains(&key.id));
        steps.extend(planner.step(&key, needed, selected));
    }
    if wanted.is_none() {
        steps.extend(planner.removals());
    }
    let plan = Plan {
        stack: request.state.stack.clone(),
        region: request.state.region.clone(),
        account: request.state.account.clone(),
        serial: request.state.serial,
        steps,
    };
    (plan, planner.diagnostics)
}

struct Planner<'a> {
    request: &'a Request<'a>,
    scope: StackScope,
    diagnostics: Diagnostics,
    replaced: HashSet<String>,
    new: HashSet<String>,
    foretold: HashMap<String, Foretold>,
}

impl<'a> Planner<'a> {
    /// The resources that `only` names with all they need that is not there yet. None when everything is to be changed.
    fn selected(
        &mut self,
        needs: &IndexMap<Key, std::collections::BTreeSet<Key>>,
    ) -> Option<HashSet<String>> {
        if self.request.only.is_empty() {
            return None;
        }
        let mut selected = HashSet::new();
        let mut pending: Vec<String> = Vec::new();
        for id in self.request.only {
            if self.request.structure.resources.contains_key(id) {
                pending.push(id.clone());
                continue;
            }
            let ids = self.request.structure.resources.keys().map(String::as_str);
            let fault = Diagnostic::error(
                "deploy/unknown-resource",
                format!("there is no resource `{id}`"),
            );
            self.diagnostics.push(match crate::diag::nearest(id, ids) {
                Some(near) => fault.help(format!("Did you mean `{near}`?")),
                None => fault,
            });
        }
        while let Some(id) = pending.pop() {
            if !selected.insert(id.clone()) {
                continue;
            }
            let both = [Key::whole(&id), Key::late(&id)];
            for needed in both.iter().filter_map(|key| needs.get(key)).flatten() {
                if !self.request.state.resources.contains_key(&needed.id) {
                    pending.push(needed.id.clone());
                }
            }
        }
        Some(selected)
    }

    fn step(&mut self, key: &Key, needs: Vec<Key>, selected: bool) -> Option<Step> {
        let request = self.request;
        let resource = request.structure.resources.get(&key.id)?;
        let Some((_, kind)) = request.providers.of_type(&resource.resource_type) else {
            self.unsupported(&key.id, resource);
            return None;
        };
        if selected && !key.late {
            support::check(&key.id, resource, &mut self.diagnostics);
        }
        let recorded = request.state.resources.get(&key.id);
        let step = match (selected, key.late) {
            (true, false) => self.whole(&key.id, resource, &kind, recorded),
            (true, true) => self.second(&key.id, resource, recorded),
            (false, late) => match recorded {
                Some(recorded) => self.kept(&key.id, late, recorded),
                None => return None,
            },
        };
        self.learn(&step, recorded, &kind);
        let waits = |needed: &Key| {
            let told = self.foretold.get(&needed.id);
            key.late || told.is_none_or(|told| must_wait(resource, &kind, &needed.id, told))
        };
        let needs = needs.into_iter().filter(waits).collect();
        Some(Step { needs, ..step })
    }

    /// A resource that is not touched.
    fn kept(&self, id: &str, late: bool, recorded: &Recorded) -> Step {
        Step {
            key: Key {
                id: id.to_owned(),
                late,
            },
            resource_type: recorded.resource_type.clone(),
            action: Action::Keep,
            changes: Vec::new(),
            needs: Vec::new(),
            name: None,
            generation: recorded.generation,
            reason: None,
            properties: recorded.properties.clone(),
        }
    }

    /// The step that makes or changes the resource itself.
    fn whole(
        &mut self,
        id: &str,
        resource: &Resource,
        kind: &Kind,
        recorded: Option<&Recorded>,
    ) -> Step {
        let generation = recorded.map_or(0, |recorded| recorded.generation);
        let (mut properties, mut name) = self.properties(id, resource, kind, generation);
        let Some(recorded) = recorded else {
            return self.made(id, resource, kind, properties, name);
        };
        if self.request.exclude_code {
            keep_code(
                &resource.resource_type,
                &recorded.properties,
                &mut properties,
            );
        }
        let facts = facts::resource_type(&resource.resource_type);
        let is_other = recorded.resource_type != resource.resource_type;
        let mut changes = diff::changes(&recorded.properties, &properties);
        let replacing = kind
            .replacing_when
            .map(|when| when(&recorded.properties, &properties))
            .unwrap_or_default();
        for change in &mut changes {
            // Of a resource that was found again not everything that was sent is known.
            let is_news = !(recorded.uncertain && change.before.is_none());
            change.replaces = is_other
                || is_news
                    && (kind.replaces(facts.as_ref(), change)
                        || replacing.contains(&change.property()));
        }
        // Those have a step of their own, unless there is none of them any more: then they go with this one.
        if kind.late.iter().any(|late| properties.contains_key(*late)) {
            changes.retain(|change| !kind.late.contains(&change.property()));
        }
        let takes_tags = facts
            .as_ref()
            .is_some_and(|facts| facts.tag_property.is_some());
        let retags = takes_tags && self.retags();
        let mut action = match changes.iter().any(|change| change.replaces) || is_other {
            true => Action::Replace,
            false if changes.is_empty() && !recorded.uncertain && !retags => Action::Keep,
            false => Action::Update,
        };
        let mut next = generation;
        if action == Action::Replace {
            next += 1;
            (properties, name) = self.properties(id, resource, kind, next);
            rename(&mut changes, kind, &properties);
            let renamed = diff::changes(&recorded.properties, &properties);
            let is_apart = is_other
                || kind.name.is_none() && !is_named(kind, &properties)
                || renamed
                    .iter()
                    .any(|change| tells_apart(kind, change.property()));
            if !is_apart {
                action = Action::ReplaceDeleteFirst;
            }
        }
        Step {
            key: Key::whole(id),
            resource_type: resource.resource_type.clone(),
            reason: reason(action, recorded, &changes, resource),
            action,
            changes,
            needs: Vec::new(),
            name,
            generation: next,
            properties,
        }
    }

    /// Whether the stack's tags are others than those its resources have.
    fn retags(&self) -> bool {
        let has = &self.request.state.tags;
        self.request.tags.is_some_and(|wanted| {
            wanted.len() != has.len()
                || wanted
                    .iter()
                    .any(|(key, value)| has.get(key) != Some(value))
        })
    }

    /// A resource that is not there yet.
    fn made(
        &self,
        id: &str,
        resource: &Resource,
        kind: &Kind,
        properties: Map<String, Json>,
        name: Option<String>,
    ) -> Step {
        let changes = diff::changes(&Map::new(), &properties)
            .into_iter()
            .filter(|change| !kind.late.contains(&change.property()))
            .collect();
        Step {
            key: Key::whole(id),
            resource_type: resource.resource_type.clone(),
            action: Action::Create,
            changes,
            needs: Vec::new(),
            name,
            generation: 0,
            reason: None,
            properties,
        }
    }

    /// The step that sets the late properties of a resource, whose first step is planned already.
    fn second(&mut self, id: &str, resource: &Resource, recorded: Option<&Recorded>) -> Step {
        let is_new = self.new.contains(id) || self.replaced.contains(id);
        let kind = self.request.providers.of_type(&resource.resource_type);
        let late = kind.map_or(&[][..], |(_, kind)| kind.late);
        let generation = recorded.map_or(0, |one| {
            one.generation + u32::from(self.replaced.contains(id))
        });
        // What was unknown when the first step was planned may be known by now.
        let properties = kind
            .map(|(_, kind)| self.properties(id, resource, &kind, generation).0)
            .unwrap_or_default();
        let nothing = Map::new();
        let before = match recorded {
            Some(recorded) if !is_new => &recorded.properties,
            _ => &nothing,
        };
        let changes: Vec<Change> = diff::changes(before, &properties)
            .into_iter()
            .filter(|change| late.contains(&change.property()))
            .collect();
        Step {
            key: Key::late(id),
            resource_type: resource.resource_type.clone(),
            action: match changes.is_empty() {
                true => Action::Keep,
                false => Action::Update,
            },
            changes,
            needs: Vec::new(),
            name: None,
            generation,
            reason: None,
            properties,
        }
    }

    /// The properties as far as they are known, with the name in them.
    fn properties(
        &mut self,
        id: &str,
        resource: &Resource,
        kind: &Kind,
        generation: u32,
    ) -> (Map<String, Json>, Option<String>) {
        let node = resource.properties.as_ref().and_then(|node| {
            let request = self.request;
            let mut evaluator = Evaluator::new(request.structure, request.parameters, &self.scope);
            evaluator.value(node)
        });
        let mut properties = match node.as_ref().map(value::to_json) {
            Some(Json::Object(map)) => map,
            _ => Map::new(),
        };
        self.never_known(id, resource, &properties);
        let name = name(&mut properties, id, kind, generation, self.request.state);
        (self.request.secrets.mask_map(properties), name)
    }

    /// Says which properties wait for something that no step of this plan makes.
    fn never_known(&mut self, id: &str, resource: &Resource, properties: &Map<String, Json>) {
        for (property, value) in properties {
            let waits = first_unknown(value)
                .filter(|what| !self.request.structure.resources.contains_key(*what));
            let Some(what) = waits else { continue };
            let summary = format!("`{id}.{property}` cannot be known: it waits for {what}");
            let place = resource
                .properties
                .as_ref()
                .and_then(|properties| properties.get(property))
                .map_or(resource.id_span, |node| node.span);
            let fault = Diagnostic::error("deploy/unknown-value", summary).at(place);
            if !self
                .diagnostics
                .iter()
                .any(|said| said.summary == fault.summary)
            {
                self.diagnostics.push(fault);
            }
        }
    }

    /// Takes note of what is known of a resource once its step is done.
    fn learn(&mut self, step: &Step, recorded: Option<&Recorded>, kind: &Kind) {
        let id = &step.key.id;
        match (step.action, recorded) {
            (Action::Create, _) => {
                self.new.insert(id.clone());
                let name = step.name.as_ref();
                let told = name.and_then(|name| foretell(kind, name, self.request.pseudo));
                if let Some(told) = told {
                    self.foretold.insert(id.clone(), told.clone());
                    self.scope.foretell(id, told);
                }
            }
            (Action::Replace | Action::ReplaceDeleteFirst, _) => {
                self.replaced.insert(id.clone());
            }
            (Action::Keep | Action::Update, Some(recorded)) if !step.key.late => {
                let mut attributes = recorded.attributes.clone();
                let changed = |property: &str| {
                    step.changes
                        .iter()
                        .any(|change| change.property() == property)
                };
                for (attribute, property) in kind.volatile {
                    if changed(property) {
                        attributes.remove(*attribute);
                    }
                }
                self.scope.know(id, &recorded.reference, attributes);
            }
            _ => {}
        }
    }

    /// What is in the state and no longer in the template. What needs others goes before them.
    fn removals(&self) -> Vec<Step> {
        let state = self.request.state;
        let gone: IndexMap<&str, &Recorded> = state
            .resources
            .iter()
            .filter(|(id, _)| !self.request.structure.resources.contains_key(*id))
            .map(|(id, recorded)| (id.as_str(), recorded))
            .collect();
        let pairs = gone
            .iter()
            .flat_map(|(id, recorded)| recorded.needs.iter().map(|needed| (*id, needed.as_str())));
        let walk = Walk::new(gone.keys().copied(), pairs, Direction::DependentsFirst);
        // What several templates left may seem to need each other. All of it goes, in whatever order.
        let walk =
            walk.or_else(|_| Walk::new(gone.keys().copied(), [], Direction::DependentsFirst));
        let Ok(mut walk) = walk else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        while let Some(id) = walk.start_next() {
            walk.succeed(&id);
            let needed_by = gone
                .iter()
                .filter(|(_, other)| other.needs.iter().any(|needed| needed == id))
                .map(|(other, _)| Key::whole(other));
            let recorded = gone[id];
            let mut step = self.kept(id, false, recorded);
            step.action = match recorded.retain {
                true => Action::Retain,
                false => Action::Delete,
            };
            step.needs = needed_by.collect();
            steps.push(step);
        }
        steps
    }

    fn unsupported(&mut self, id: &str, resource: &Resource) {
        let kind = &resource.resource_type;
        let mut fault = Diagnostic::error(
            "deploy/unsupported-type",
            format!("`{id}` is a `{kind}`, which Hoist cannot deploy"),
        )
        .at(resource.type_span);
        fault = match facts::resource_type(kind) {
            Some(_) => fault.help("Neither Hoist nor AWS's Cloud Control can make one. Deploy it with CloudFormation and pass what it gives as a parameter."),
            None if kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource" => {
                fault.help("Custom resources are run by CloudFormation only. Call the function after the deployment instead, or deploy the resource with CloudFormation.")
            }
            None => fault.help("It is not a resource type that AWS publishes."),
        };
        self.diagnostics.push(fault);
    }

    fn circle(&mut self, circle: &[Key]) {
        let ids: Vec<String> = circle.iter().map(|key| format!("`{key}`")).collect();
        let first = circle
            .first()
            .and_then(|key| self.request.structure.resources.get(&key.id));
        let fault = Diagnostic::error(
            "deploy/circle",
            format!("these resources each need the next: {}", ids.join(" → ")),
        )
        .help("Take one of the references out: none of them can be made first.");
        self.diagnostics.push(match first {
            Some(resource) => fault.at(resource.id_span),
            None => fault,
        });
    }
}

/// Whether the properties say anything that tells a resource from others of its type: when they do not, AWS numbers it.
fn is_named(kind: &Kind, properties: &Map<String, Json>) -> bool {
    kind.identity
        .iter()
        .any(|property| properties.contains_key(*property))
}

/// A replacement has a name of its own where Hoist makes the names.
fn rename(changes: &mut [Change], kind: &Kind, properties: &Map<String, Json>) {
    let Some(rule) = kind.name else { return };
    for change in changes {
        if change.path == rule.property && change.after.is_some() {
            change.after = properties.get(rule.property).cloned();
        }
    }
}

/// Whether a change of this property makes two resources of the type that can be there at once.
fn tells_apart(kind: &Kind, property: &str) -> bool {
    kind.identity.contains(&property) || kind.name.is_some_and(|rule| rule.property == property)
}

fn reason(
    action: Action,
    recorded: &Recorded,
    changes: &[Change],
    resource: &Resource,
) -> Option<String> {
    if recorded.resource_type != resource.resource_type {
        return Some(format!("it was a {}", recorded.resource_type));
    }
    (action == Action::Update && changes.is_empty()).then(|| match recorded.uncertain {
        true => "the last deployment did not see it to its end".into(),
        false => "the stack's tags are others".into(),
    })
}

/// Puts the name into the properties: the written one stays, else one is made where the type has a rule for it.
pub fn name(
    properties: &mut Map<String, Json>,
    id: &str,
    kind: &Kind,
    generation: u32,
    state: &State,
) -> Option<String> {
    let rule = kind.name?;
    match properties.get(rule.property) {
        Some(written) if unknown(written).is_some() => return None,
        Some(Json::Null) | None => {}
        Some(written) => return written.as_str().map(str::to_owned),
    }
    let suffix = rule.suffix.filter(|(_, when)| {
        properties
            .get(*when)
            .is_some_and(|flag| value::same(flag, &Json::Bool(true)))
    });
    let owner = Owner {
        account: &state.account,
        region: &state.region,
        stack: &state.stack,
        id,
        generation,
    };
    let name = rule.name(&owner, suffix.map_or("", |(suffix, _)| suffix));
    properties.insert(rule.property.to_owned(), Json::String(name.clone()));
    Some(name)
}

/// Puts the code that is deployed in the place of the code that is wanted.
fn keep_code(resource_type: &str, recorded: &Map<String, Json>, wanted: &mut Map<String, Json>) {
    let property = match resource_type {
        "AWS::Lambda::Function" => "Code",
        "AWS::Lambda::LayerVersion" => "Content",
        _ => return,
    };
    if let Some(code) = recorded.get(property) {
        wanted.insert(property.to_owned(), code.clone());
    }
}
