//! Samples of properties, made from a type's schema: the least that it takes, and the same with one more leaf.

use hoist::graph::facts::Facts;
use hoist::schema::{Shape, Shapes, Type};
use serde_json::{Map, Value, json};

use super::leaf::{Path, Segment, children, is_read_only};
use super::text;

/// Schemas that repeat themselves end here.
const DEEPEST: usize = 12;

/// What is put at the leaf.
#[derive(Debug, Clone, Copy)]
pub enum Fill<'a> {
    /// This.
    Value(&'a Value),
    /// Nothing: what it lies in is there, and it is not.
    Nothing,
}

/// Makes the samples of one type.
pub struct Sampler {
    pub shapes: Shapes,
    pub facts: Facts,
    /// What the schema does not say and AWS asks for all the same.
    pub base: Value,
}

impl Sampler {
    /// The least that the type takes, and `path` filled.
    pub fn sample(&self, path: &Path, fill: Fill<'_>) -> Value {
        let mut built = self.build(&self.shapes.root, "", &path.0, Some(fill), &mut Vec::new());
        add(&mut built, &self.base);
        built
    }

    /// The least that the type takes.
    pub fn least(&self) -> Value {
        let mut built = self.build(&self.shapes.root, "", &[], None, &mut Vec::new());
        add(&mut built, &self.base);
        built
    }

    /// Values that may stand at the path, each different.
    pub fn values(&self, path: &Path) -> Vec<Value> {
        let mut shape = self.shapes.resolve(&self.shapes.root);
        let mut name = "";
        for segment in &path.0 {
            if let Segment::Name(next) = segment {
                name = next;
            }
            let children = children(&self.shapes, shape);
            let Some((_, child)) = children.into_iter().find(|(one, _)| one == segment) else {
                return Vec::new();
            };
            shape = self.shapes.resolve(child);
        }
        self.values_of(shape, name)
    }

    fn values_of(&self, shape: &Shape, name: &str) -> Vec<Value> {
        if let Some(only) = &shape.only {
            return vec![only.clone()];
        }
        if !shape.choices.is_empty() {
            return shape.choices.clone();
        }
        match kind(shape) {
            Type::Boolean => vec![json!(true), json!(false)],
            Type::Integer | Type::Number => numbers(shape),
            Type::Object => (1..=2).map(|n| document(name, n)).collect(),
            Type::Array => (1..=2).map(|n| json!([format!("marker{n}")])).collect(),
            _ => {
                let mut found: Vec<Value> = (1..=2)
                    .map(|n| json!(text::text(name, self.spoken(shape), n)))
                    .collect();
                found.dedup();
                found
            }
        }
    }

    /// The alternative that says how a text looks.
    fn spoken<'a>(&'a self, shape: &'a Shape) -> &'a Shape {
        let others = shape
            .any_of
            .iter()
            .chain(&shape.one_of)
            .chain(&shape.all_of);
        match shape.pattern {
            Some(_) => shape,
            None => others
                .map(|other| self.shapes.resolve(other))
                .find(|other| other.pattern.is_some())
                .unwrap_or(shape),
        }
    }

    /// A value of the shape with what it requires, and with what `guide` leads to.
    fn build(
        &self,
        shape: &Shape,
        name: &str,
        guide: &[Segment],
        fill: Option<Fill<'_>>,
        path: &mut Vec<Segment>,
    ) -> Value {
        let shape = self.shapes.resolve(shape);
        if let (true, Some(Fill::Value(value))) = (guide.is_empty(), fill) {
            return value.clone();
        }
        let children = children(&self.shapes, shape);
        if children.is_empty() || path.len() > DEEPEST {
            let values = self.values_of(shape, name);
            return values.into_iter().next().unwrap_or_default();
        }
        let below = |segment: &Segment| {
            let found = children.iter().find(|(one, _)| one == segment);
            found.map(|(_, child)| *child)
        };
        let next = guide.first();
        let is_missing = guide.len() == 1 && matches!(fill, Some(Fill::Nothing));
        let is_list = matches!(next, Some(Segment::Item))
            || next.is_none() && children.iter().all(|(one, _)| *one == Segment::Item);
        if is_list {
            let Some(items) = below(&Segment::Item) else {
                return json!([]);
            };
            if is_missing {
                return json!([]);
            }
            path.push(Segment::Item);
            let rest = guide.get(1..).unwrap_or_default();
            let built = self.build(items, name, rest, fill.filter(|_| next.is_some()), path);
            path.pop();
            return json!([built]);
        }
        let mut map = Map::new();
        let wanted = next.and_then(|segment| match segment {
            Segment::Name(name) => Some(name.as_str()),
            _ => None,
        });
        for required in self.required(shape, wanted) {
            let segment = Segment::Name(required.clone());
            path.push(segment.clone());
            let child = below(&segment).filter(|_| !is_read_only(&self.facts, path));
            if let Some(child) = child {
                let built = self.build(child, &required, &[], None, path);
                map.insert(required, built);
            }
            path.pop();
        }
        if let Some(segment) = next
            && let Some(child) = below(segment)
        {
            let key = match segment {
                Segment::Name(name) => name.clone(),
                _ => text::key(shape),
            };
            if is_missing {
                map.remove(&key);
            } else {
                path.push(segment.clone());
                let name = wanted.unwrap_or(name);
                let built = self.build(child, name, &guide[1..], fill, path);
                map.insert(key, built);
                path.pop();
            }
        }
        Value::Object(map)
    }

    /// The names that must be there when `wanted` is: those required, of alternatives the one that has it, else the first.
    fn required(&self, shape: &Shape, wanted: Option<&str>) -> Vec<String> {
        let is_wanted = |name: &String| Some(name.as_str()) == wanted;
        let mut names = shape.required.clone();
        for all in &shape.all_of {
            names.extend(self.required(self.shapes.resolve(all), wanted));
        }
        for choice in [&shape.any_of, &shape.one_of] {
            let resolved: Vec<&Shape> = choice.iter().map(|one| self.shapes.resolve(one)).collect();
            let has = |one: &&&Shape| {
                one.required.iter().any(is_wanted) || one.properties.keys().any(is_wanted)
            };
            if let Some(chosen) = resolved.iter().find(has).or(resolved.first()) {
                names.extend(self.required(chosen, wanted));
            }
        }
        for choice in [&shape.required_xor, &shape.required_or] {
            if !choice
                .iter()
                .any(|name| is_wanted(name) || names.contains(name))
            {
                names.extend(choice.first().cloned());
            }
        }
        let mut at = 0;
        names.extend(wanted.map(str::to_owned));
        while let Some(name) = names.get(at) {
            let more = shape.dependent_required.get(name).cloned();
            names.extend(more.into_iter().flatten());
            at += 1;
            if at > 100 {
                break;
            }
        }
        let excludes = |one: &str, other: &str| {
            let excluded = shape.dependent_excluded.get(one);
            excluded.is_some_and(|names| names.iter().any(|name| name == other))
        };
        names.retain(|name| {
            !is_wanted(name)
                && (shape.required.contains(name)
                    || wanted
                        .is_none_or(|wanted| !excludes(wanted, name) && !excludes(name, wanted)))
        });
        names.sort();
        names.dedup();
        names
    }
}

/// The type that is sampled of those a value may have: what may be a document or a mapping is one.
fn kind(shape: &Shape) -> Type {
    let alternatives = shape.any_of.iter().chain(&shape.one_of);
    let types: Vec<Type> = shape
        .types
        .iter()
        .chain(alternatives.flat_map(|one| &one.types))
        .copied()
        .collect();
    match types.contains(&Type::Object) {
        true => Type::Object,
        false => types.first().copied().unwrap_or(Type::String),
    }
}

/// Two numbers within the bounds, other than what is usual where there is a choice.
fn numbers(shape: &Shape) -> Vec<Value> {
    let least = shape.minimum.unwrap_or(10.0).ceil();
    let most = shape.maximum.unwrap_or(f64::MAX);
    let mut found: Vec<Value> = [least + 1.0, least + 2.0, least]
        .into_iter()
        .filter(|number| *number <= most)
        .map(|number| json!(number as i64))
        .collect();
    found.truncate(2);
    found
}

fn document(name: &str, number: usize) -> Value {
    match name.contains("Policy") {
        true => json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "*", "Resource": "*", "Sid": format!("marker{number}") }] }),
        false => json!({ "Marker": format!("marker{number}") }),
    }
}

/// Puts in what is not there yet.
pub fn add(value: &mut Value, more: &Value) {
    match (value, more) {
        (Value::Object(value), Value::Object(more)) => {
            for (key, one) in more {
                match value.get_mut(key) {
                    Some(there) => add(there, one),
                    None => {
                        value.insert(key.clone(), one.clone());
                    }
                }
            }
        }
        (Value::Array(value), Value::Array(more)) => {
            for (there, one) in value.iter_mut().zip(more) {
                add(there, one);
            }
            value.extend(more.iter().skip(value.len()).cloned());
        }
        _ => {}
    }
}

/// Puts these in, whatever is there; null takes out. Lists are gone into item by item.
pub fn overlay(value: &mut Value, more: &Value) {
    match (value, more) {
        (Value::Array(value), Value::Array(more)) => {
            for (there, one) in value.iter_mut().zip(more) {
                overlay(there, one);
            }
            value.extend(more.iter().skip(value.len()).cloned());
        }
        (Value::Object(value), Value::Object(more)) => {
            for (key, one) in more {
                match value.get_mut(key) {
                    _ if one.is_null() => {
                        value.shift_remove(key);
                    }
                    Some(there) => overlay(there, one),
                    None => {
                        value.insert(key.clone(), one.clone());
                    }
                }
            }
        }
        (value, more) => *value = more.clone(),
    }
}
