//! As much of JSON Schema's draft 7 as the schema of templates uses; any other word is a fault of the test.
//!
//! A crate would do this as well, but each of them changes the features of what Hoist itself is built from, so that
//! the tests would run another program than the one that is released.

use std::collections::HashMap;

use fancy_regex::Regex;
use serde_json::{Map, Value};

/// A schema with its patterns read.
pub struct Schema {
    root: Value,
    patterns: HashMap<String, Regex>,
}

impl Schema {
    pub fn new(root: Value) -> Self {
        let mut patterns = HashMap::new();
        collect(&root, &mut patterns);
        Schema { root, patterns }
    }

    /// The first thing that is wrong with a value, with its place.
    pub fn fault(&self, value: &Value) -> Option<String> {
        self.check(&self.root, value, "").err()
    }

    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let members = match schema {
            Value::Bool(true) => return Ok(()),
            Value::Object(members) => members,
            _ => return Err(format!("{at}: nothing may stand here")),
        };
        for (word, rule) in members {
            self.word(word, rule, members, value, at)?;
        }
        Ok(())
    }

    fn word(
        &self,
        word: &str,
        rule: &Value,
        members: &Map<String, Value>,
        value: &Value,
        at: &str,
    ) -> Result<(), String> {
        let fits = |schema: &Value| self.check(schema, value, at).is_ok();
        let good = match word {
            "$schema" | "title" | "description" | "definitions" | "then" => true,
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                return self.check(self.root.pointer(pointer).unwrap(), value, at);
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|one| is(one, value)),
                one => is(one, value),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "allOf" => {
                for one in rule.as_array().unwrap() {
                    self.check(one, value, at)?;
                }
                true
            }
            "anyOf" => {
                let mut faults = Vec::new();
                for one in rule.as_array().unwrap() {
                    match self.check(one, value, at) {
                        Ok(()) => return Ok(()),
                        Err(fault) => faults.push(fault),
                    }
                }
                // The one that got furthest says most.
                let place = |fault: &String| fault.split(": ").next().unwrap_or_default().len();
                return Err(faults.into_iter().max_by_key(place).unwrap_or_default());
            }
            "not" => !fits(rule),
            "if" => match fits(rule) {
                true => return self.check(&members["then"], value, at),
                false => true,
            },
            "pattern" => value.as_str().is_none_or(|text| self.matches(rule, text)),
            "minItems" => value
                .as_array()
                .is_none_or(|items| items.len() >= number(rule)),
            "maxItems" => value
                .as_array()
                .is_none_or(|items| items.len() <= number(rule)),
            "minProperties" => value
                .as_object()
                .is_none_or(|all| all.len() >= number(rule)),
            "maxProperties" => value
                .as_object()
                .is_none_or(|all| all.len() <= number(rule)),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    self.check(rule, item, &format!("{at}/{index}"))?;
                }
                true
            }
            "required" => {
                let absent = |name: &&Value| value.get(name.as_str().unwrap()).is_none();
                let absent = rule.as_array().unwrap().iter().find(absent);
                if let (Some(name), true) = (absent, value.is_object()) {
                    return Err(format!("{at}: {name} is missing"));
                }
                true
            }
            "propertyNames" => {
                for name in value.as_object().into_iter().flat_map(Map::keys) {
                    self.check(rule, &Value::from(name.as_str()), at)?;
                }
                true
            }
            "properties" | "patternProperties" | "additionalProperties" => {
                for (name, inner) in value.as_object().into_iter().flatten() {
                    let at = format!("{at}/{name}");
                    for schema in self.of_member(word, rule, members, name) {
                        self.check(schema, inner, &at)?;
                    }
                }
                true
            }
            _ => panic!("the word {word} is not one the test knows"),
        };
        match good {
            true => Ok(()),
            false => {
                let shown: String = value.to_string().chars().take(60).collect();
                Err(format!("{at}: {shown} is against `{word}`"))
            }
        }
    }

    /// The schemas that one of the three words has for a member.
    fn of_member<'a>(
        &self,
        word: &str,
        rule: &'a Value,
        members: &Map<String, Value>,
        name: &str,
    ) -> Vec<&'a Value> {
        let by_pattern = |rule: &Value, name: &str| -> bool {
            let patterns = rule.as_object().unwrap().keys();
            patterns
                .into_iter()
                .any(|pattern| self.matches(&Value::from(pattern.as_str()), name))
        };
        match word {
            "properties" => rule.get(name).into_iter().collect(),
            "patternProperties" => rule
                .as_object()
                .unwrap()
                .iter()
                .filter(|(pattern, _)| self.matches(&Value::from(pattern.as_str()), name))
                .map(|(_, schema)| schema)
                .collect(),
            _ => {
                let named = members
                    .get("properties")
                    .is_some_and(|all| all.get(name).is_some());
                let matched = members
                    .get("patternProperties")
                    .is_some_and(|all| by_pattern(all, name));
                match named || matched {
                    true => Vec::new(),
                    false => vec![rule],
                }
            }
        }
    }

    fn matches(&self, pattern: &Value, text: &str) -> bool {
        self.patterns[pattern.as_str().unwrap()]
            .is_match(text)
            .unwrap()
    }
}

/// Every pattern of the schema.
fn collect(schema: &Value, patterns: &mut HashMap<String, Regex>) {
    let mut add = |pattern: &str| {
        if !patterns.contains_key(pattern) {
            patterns.insert(pattern.to_owned(), Regex::new(pattern).unwrap());
        }
    };
    if let Some(members) = schema.as_object() {
        if let Some(Value::String(pattern)) = members.get("pattern") {
            add(pattern);
        }
        if let Some(Value::Object(all)) = members.get("patternProperties") {
            all.keys().for_each(|pattern| add(pattern));
        }
        members.values().for_each(|inner| collect(inner, patterns));
    }
    for inner in schema.as_array().into_iter().flatten() {
        collect(inner, patterns);
    }
}

fn number(rule: &Value) -> usize {
    rule.as_u64().unwrap() as usize
}

fn is(name: &Value, value: &Value) -> bool {
    match name.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the type {other}"),
    }
}
