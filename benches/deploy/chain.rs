//! The longest chain of steps that wait for each other: no deployment is quicker.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::call::Call;

/// The longest chain.
pub struct Chain {
    /// From its first call to its last answer, without what lies between its steps.
    pub took: Duration,
    /// The steps, and how long each took.
    steps: Vec<(String, Duration)>,
}

impl Chain {
    /// `Role 0.9 s → Function 7.1 s`.
    pub fn shown(&self) -> String {
        let steps = self
            .steps
            .iter()
            .map(|(id, took)| format!("{id} {:.2} s", took.as_secs_f64()));
        steps.collect::<Vec<_>>().join(" → ")
    }
}

/// The longest chain through the steps of `plan`. A step takes from its first call to its last answer; `status` tells whose
/// names are whose. None when there was nothing to do.
pub fn longest(plan: &Value, status: &Value, calls: &[Call]) -> Option<Chain> {
    let spans = spans(status, calls);
    let mut chains: HashMap<(&str, bool), Chain> = HashMap::new();
    // Steps come after what they need.
    for step in plan["steps"].as_array()? {
        let id = step["key"]["id"].as_str()?;
        let is_late = step["key"]["late"] == true;
        let needs = step["needs"].as_array().map_or(&[][..], Vec::as_slice);
        let before = needs
            .iter()
            .filter_map(|key| chains.get(&(key["id"].as_str()?, key["late"] == true)))
            .max_by_key(|chain| chain.took);
        let mut chain = Chain {
            took: before.map_or(Duration::ZERO, |chain| chain.took),
            steps: before.map_or_else(Vec::new, |chain| chain.steps.clone()),
        };
        let span = spans
            .get(id)
            .filter(|_| !is_late && step["action"] != "keep");
        if let Some((begun, ended)) = span {
            let took = *ended - *begun;
            chain.took += took;
            chain.steps.push((id.to_owned(), took));
        }
        chains.insert((id, is_late), chain);
    }
    let longest = chains.into_values().max_by_key(|chain| chain.took);
    longest.filter(|chain| !chain.steps.is_empty())
}

/// How long the program took before and after the calls of its steps, and what it called meanwhile.
pub fn outside(calls: &[Call], status: &Value) -> String {
    let of_steps: Vec<&Call> = calls
        .iter()
        .filter(|call| owner(status, call).is_some())
        .collect();
    let named = |calls: &mut dyn Iterator<Item = &Call>| {
        let names = calls.map(|call| format!("{}:{}", call.service, call.operation));
        names.collect::<Vec<_>>().join(" ")
    };
    let ended = |call: &&Call| call.begun + call.took;
    let (Some(first), Some(last)) = (
        of_steps.first().map(|call| call.begun),
        of_steps.iter().map(ended).max(),
    ) else {
        return format!("calls: {}", named(&mut calls.iter()));
    };
    let before = named(&mut calls.iter().filter(|call| call.begun < first));
    let after = named(&mut calls.iter().filter(|call| call.begun >= last));
    format!("before the steps: {before}; after them: {after}")
}

/// From the first call to the last answer, by logical id.
fn spans(status: &Value, calls: &[Call]) -> HashMap<String, (Instant, Instant)> {
    let mut spans: HashMap<String, (Instant, Instant)> = HashMap::new();
    for call in calls {
        let Some(id) = owner(status, call) else {
            continue;
        };
        let ended = call.begun + call.took;
        let span = spans.entry(id).or_insert((call.begun, ended));
        span.1 = span.1.max(ended);
    }
    spans
}

/// Whose call it is.
fn owner(status: &Value, call: &Call) -> Option<String> {
    let resources = status["resources"].as_array()?;
    let is_its = |resource: &&Value| {
        let kind = resource["type"].as_str().unwrap_or_default();
        let reference = resource["reference"].as_str().unwrap_or_default();
        let name = reference.rsplit('/').next().unwrap_or(reference);
        match call.service.as_str() {
            "apigateway" => {
                let is_stage = call.subject.contains("/stages");
                kind == match is_stage {
                    true => "AWS::ApiGatewayV2::Stage",
                    false => "AWS::ApiGatewayV2::Api",
                }
            }
            // The template has one.
            "lambda" if call.subject == "mapping" => kind == "AWS::Lambda::EventSourceMapping",
            "s3" => call.subject == name,
            _ => !call.subject.is_empty() && call.subject == name,
        }
    };
    let owner = resources.iter().find(is_its)?;
    owner["id"].as_str().map(str::to_owned)
}
