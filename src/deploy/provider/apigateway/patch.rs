//! What has to be patched so that a resource becomes what is wanted. API Gateway changes REST APIs by lists of operations on paths.
//!
//! Compared is with what is there now and not with what was sent last: so a change that was cut off in its middle can be made again.
//! What is there and was never sent stays; what was sent and is not wanted any more goes back to what it is by itself.

use aws_sdk_apigateway::types::PatchOperation;
use serde_json::{Map, Value as Json};

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Op {
    /// `replace`, `add` or `remove`.
    pub op: &'static str,
    /// `/variables/a`.
    pub path: String,
    /// None where the path says it all, and for a number that is to be none.
    pub value: Option<String>,
}

impl Op {
    /// Sets what is at `path`.
    pub fn replace(path: impl Into<String>, value: impl Into<String>) -> Self {
        Op {
            op: "replace",
            path: path.into(),
            value: Some(value.into()),
        }
    }

    /// Adds to what is at `path`.
    pub fn add(path: impl Into<String>, value: Option<String>) -> Self {
        Op {
            op: "add",
            path: path.into(),
            value,
        }
    }

    /// Takes away what is at `path`.
    pub fn remove(path: impl Into<String>, value: Option<String>) -> Self {
        Op {
            op: "remove",
            path: path.into(),
            value,
        }
    }
}

/// The operations as the SDK takes them; none when there are none.
pub fn operations(ops: Vec<Op>) -> Option<Vec<PatchOperation>> {
    let each = ops.into_iter().map(|op| {
        PatchOperation::builder()
            .op(op.op.into())
            .path(op.path)
            .set_value(op.value)
            .build()
    });
    let each: Vec<PatchOperation> = each.collect();
    (!each.is_empty()).then_some(each)
}

/// What becomes of a property that is not wanted any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// It is set to this.
    To(&'static str),
    /// It is set to nothing.
    Nothing,
    /// It cannot be taken back.
    Stays,
}

/// A property with what is there, what was sent and what is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Three<'a> {
    /// What is there.
    pub live: Option<&'a Map<String, Json>>,
    /// What was sent last.
    pub before: Option<&'a Map<String, Json>>,
    /// What is wanted.
    pub after: Option<&'a Map<String, Json>>,
}

impl<'a> Three<'a> {
    /// Of whole resources.
    pub fn new(
        live: &'a Map<String, Json>,
        before: &'a Map<String, Json>,
        after: &'a Map<String, Json>,
    ) -> Self {
        Three {
            live: Some(live),
            before: Some(before),
            after: Some(after),
        }
    }

    /// The mapping `name` inside.
    pub fn inside(self, name: &str) -> Self {
        let inner = |map: Option<&'a Map<String, Json>>| map?.get(name)?.as_object();
        Three {
            live: inner(self.live),
            before: inner(self.before),
            after: inner(self.after),
        }
    }

    /// Whether it was sent and is not wanted any more.
    pub fn is_gone(self, name: &str) -> bool {
        value(self.before, name).is_some() && value(self.after, name).is_none()
    }

    /// A property that is one value: a text, a number, a flag or a document.
    pub fn scalar(self, name: &str, path: &str, gone: Gone, ops: &mut Vec<Op>) {
        let live = value(self.live, name).map(text);
        match value(self.after, name).map(text) {
            Some(after) if live.as_deref().is_none_or(|live| !is_same(live, &after)) => {
                ops.push(Op::replace(path, after));
            }
            Some(_) => {}
            None if !self.is_gone(name) || live.is_none() => {}
            None => match gone {
                Gone::To(default) if live.as_deref() != Some(default) => {
                    ops.push(Op::replace(path, default));
                }
                Gone::Nothing => ops.push(Op {
                    op: "replace",
                    path: path.to_owned(),
                    value: None,
                }),
                Gone::To(_) | Gone::Stays => {}
            },
        }
    }

    /// Texts by name, each at a path of its own.
    pub fn map(self, name: &str, path: &str, ops: &mut Vec<Op>) {
        let inner = self.inside(name);
        for (key, after) in inner.after.into_iter().flatten() {
            let after = text(after);
            let live = value(inner.live, key).map(text);
            if live.is_none_or(|live| !is_same(&live, &after)) {
                ops.push(Op::replace(format!("{path}/{}", escaped(key)), after));
            }
        }
        for key in inner.before.into_iter().flat_map(Map::keys) {
            let is_there = inner.live.is_some_and(|live| live.contains_key(key));
            if is_there && !inner.after.is_some_and(|after| after.contains_key(key)) {
                ops.push(Op::remove(format!("{path}/{}", escaped(key)), None));
            }
        }
    }

    /// A list of texts without order. `op` makes the operation for an item that comes (true) or goes.
    pub fn list(self, name: &str, ops: &mut Vec<Op>, op: impl Fn(bool, &str) -> Op) {
        let (live, before, after) = (
            texts(self.live, name),
            texts(self.before, name),
            texts(self.after, name),
        );
        let is_said = value(self.after, name).is_some();
        let goes = |item: &&String| !after.contains(*item) && (is_said || before.contains(*item));
        ops.extend(live.iter().filter(goes).map(|item| op(false, item)));
        let comes = after.iter().filter(|item| !live.contains(*item));
        ops.extend(comes.map(|item| op(true, item)));
    }
}

/// An item of a list that is a part of the path: `add /binaryMediaTypes/image~1png`.
pub fn in_path(path: &'static str) -> impl Fn(bool, &str) -> Op {
    move |comes, item| {
        let path = format!("{path}/{}", escaped(item));
        match comes {
            true => Op::add(path, None),
            false => Op::remove(path, None),
        }
    }
}

/// An item of a list that is a value: `add /stages a1/prod`.
pub fn as_value(path: &'static str) -> impl Fn(bool, &str) -> Op {
    move |comes, item| match comes {
        true => Op::add(path, Some(item.to_owned())),
        false => Op::remove(path, Some(item.to_owned())),
    }
}

/// A part of a path as RFC 6901 writes it.
pub fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn value<'a>(map: Option<&'a Map<String, Json>>, name: &str) -> Option<&'a Json> {
    map?.get(name).filter(|value| !value.is_null())
}

/// A value as it stands in an operation.
pub fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn texts(map: Option<&Map<String, Json>>, name: &str) -> Vec<String> {
    match value(map, name) {
        Some(Json::Array(items)) => items.iter().map(text).collect(),
        Some(single @ Json::String(_)) => vec![text(single)],
        _ => Vec::new(),
    }
}

/// `100` and `100.0`, and documents in another layout, are the same.
fn is_same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    if let (Ok(one), Ok(other)) = (one.parse::<f64>(), other.parse::<f64>()) {
        return one == other;
    }
    let parse = |text: &str| {
        let value = serde_json::from_str::<Json>(text).ok();
        value.filter(Json::is_object)
    };
    match (parse(one), parse(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Json) -> Map<String, Json> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn lines(ops: &[Op]) -> Vec<String> {
        let line = |op: &Op| match &op.value {
            Some(value) => format!("{} {} {value}", op.op, op.path),
            None => format!("{} {}", op.op, op.path),
        };
        ops.iter().map(line).collect()
    }

    #[test]
    fn only_what_is_different_from_what_is_there_is_patched() {
        let live = map(
            json!({"Description": "old", "Enabled": true, "Rate": 100.0, "Policy": "{\"a\": 1}"}),
        );
        let before = map(json!({"Description": "sent"}));
        let after = map(
            json!({"Description": "new", "Enabled": "true", "Rate": "100", "Policy": {"a": 1}, "Size": 3}),
        );
        let three = Three::new(&live, &before, &after);
        let mut ops = Vec::new();
        for (name, path) in [
            ("Description", "/description"),
            ("Enabled", "/enabled"),
            ("Rate", "/rate"),
            ("Policy", "/policy"),
            ("Size", "/size"),
        ] {
            three.scalar(name, path, Gone::To(""), &mut ops);
        }
        assert_eq!(lines(&ops), ["replace /description new", "replace /size 3"]);
    }

    #[test]
    fn what_was_sent_and_is_gone_goes_in_its_own_way_and_the_rest_stays() {
        let live = map(json!({"A": "1", "B": "2", "C": "3", "D": "4", "E": "5"}));
        let before = map(json!({"A": "1", "B": "2", "C": "3", "D": "4", "F": "6"}));
        let after = Map::new();
        let three = Three::new(&live, &before, &after);
        let mut ops = Vec::new();
        three.scalar("A", "/a", Gone::To(""), &mut ops);
        three.scalar("B", "/b", Gone::Nothing, &mut ops);
        three.scalar("C", "/c", Gone::To("none"), &mut ops);
        three.scalar("D", "/d", Gone::Stays, &mut ops);
        three.scalar("E", "/never-sent", Gone::Nothing, &mut ops);
        three.scalar("F", "/gone-already", Gone::Nothing, &mut ops);
        assert_eq!(
            lines(&ops),
            ["replace /a ", "replace /b", "replace /c none"]
        );
    }

    #[test]
    fn variables_are_set_and_removed_by_name() {
        let live = map(json!({"Variables": {"a": "1", "b/c": "2", "theirs": "x"}}));
        let before = map(json!({"Variables": {"a": "1", "b/c": "2", "lost": "3"}}));
        let after = map(json!({"Variables": {"a": 2, "d": "4"}}));
        let mut ops = Vec::new();
        Three::new(&live, &before, &after).map("Variables", "/variables", &mut ops);
        let expected = [
            "replace /variables/a 2",
            "replace /variables/d 4",
            "remove /variables/b~1c",
        ];
        assert_eq!(lines(&ops), expected);
    }

    #[test]
    fn lists_lose_what_is_too_much_and_get_what_is_missing() {
        let live = map(json!({"T": ["image/png", "a"]}));
        let before = map(json!({"T": ["a"]}));
        let after = map(json!({"T": ["b", "a"]}));
        let mut ops = Vec::new();
        Three::new(&live, &before, &after).list("T", &mut ops, in_path("/types"));
        assert_eq!(lines(&ops), ["remove /types/image~1png", "add /types/b"]);
        let mut ops = Vec::new();
        let none = Map::new();
        Three::new(&live, &before, &none).list("T", &mut ops, as_value("/types"));
        assert_eq!(
            lines(&ops),
            ["remove /types a"],
            "what was never sent stays"
        );
    }
}
