//! Bytes → a template that is wrong somewhere: one of the seeds after some changes to its tree.
//!
//! Raw bytes rarely get past the reader; a tree with one value of a wrong type gets into every pass.

use serde_json::{Map, Value, json};

use crate::seed::{Seeds, pick};

/// Two bytes choose the seed, then every [`STEP`] bytes are a change.
const STEP: usize = 5;
const MOST: usize = 12;

/// The tree that the bytes stand for. None when they are too few.
pub fn tree(bytes: &[u8], seeds: &Seeds) -> Option<Value> {
    let (seed, steps) = bytes.split_first_chunk::<2>()?;
    let mut tree = pick(&seeds.templates, number(*seed))?.clone();
    for step in steps.chunks_exact(STEP).take(MOST) {
        let [high, low, kind, first, second] = *step else {
            continue;
        };
        let change = Change {
            place: number([high, low]),
            kind,
            argument: number([first, second]),
        };
        change.apply(&mut tree, seeds);
    }
    Some(tree)
}

fn number(bytes: [u8; 2]) -> usize {
    usize::from(u16::from_be_bytes(bytes))
}

struct Change {
    /// The number of the value, counted from the root as it is walked.
    place: usize,
    kind: u8,
    argument: usize,
}

impl Change {
    fn apply(&self, tree: &mut Value, seeds: &Seeds) {
        let size = count(tree);
        let other = match self.kind % 10 {
            // Another part of the same template, or of another.
            4 => part(tree, self.argument % size).cloned(),
            5 => pick(&seeds.templates, self.argument)
                .and_then(|seed| part(seed, (self.argument >> 4) % count(seed)))
                .cloned(),
            _ => None,
        };
        let Some(value) = part_mut(tree, self.place % size) else {
            return;
        };
        match self.kind % 10 {
            0..=2 => *value = plain(self.argument, seeds),
            3 => wrap(value, self.argument, seeds),
            4 | 5 => *value = other.unwrap_or_default(),
            6 => remove(value, self.argument),
            7 => rename(value, self.argument, seeds),
            8 => duplicate(value, self.argument),
            _ => add(value, self.argument, seeds),
        }
    }
}

/// A value of some type.
fn plain(number: usize, seeds: &Seeds) -> Value {
    let word = seeds.word(number >> 5);
    match number % 32 {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!(0),
        4 => json!(-1),
        5 => json!(u64::MAX),
        6 => json!(i64::MIN),
        7 => json!(1.5e300),
        8 => json!(""),
        9 => json!("é\u{1f600}ß"),
        10 => json!("a\nb: ${x}\t'\"\\"),
        11 => json!([]),
        12 => json!({}),
        13 => json!([[]]),
        14 => json!([null, 1, {}]),
        15 => json!({ "Ref": word }),
        16 => json!({ "Fn::GetAtt": [word, "Arn"] }),
        17 => json!({ "Fn::GetAtt": word }),
        18 => json!({ "Fn::Sub": format!("${{{word}}}-${{!x}}-${{") }),
        19 => json!({ "Fn::If": [word, { "Ref": "AWS::NoValue" }, []] }),
        20 => json!({ "Fn::Join": [",", { "Ref": word }] }),
        21 => json!({ "Fn::Select": [word, [1, 2]] }),
        22 => {
            json!({ "Fn::Transform": { "Name": "AWS::Include", "Parameters": { "Location": word } } })
        }
        23 => json!({ "Fn::FindInMap": [word, { "Ref": "AWS::Region" }, word] }),
        24 => json!({ "Fn::ForEach::L": ["x", ["a", "b"], { "R${x}": { "Type": word } }] }),
        25 => json!({ word: word }),
        26 => json!({ "": "" }),
        27 => json!("{{resolve:ssm:/a/b:1}}"),
        28 => json!("x".repeat(300)),
        29 => json!("../../a b?c=d&e"),
        30 => json!("arn:aws:lambda:::function:x"),
        _ => json!(word),
    }
}

fn wrap(value: &mut Value, number: usize, seeds: &Seeds) {
    let inner = value.take();
    let word = seeds.word(number >> 3);
    *value = match number % 8 {
        0 => json!([inner]),
        1 => json!({ word: inner }),
        2 => json!({ "Fn::If": ["Condition", inner, { "Ref": "AWS::NoValue" }] }),
        3 => json!({ "Fn::Sub": [inner, {}] }),
        4 => json!({ "Fn::Join": ["", [inner]] }),
        5 => json!({ "Fn::Select": [0, [inner]] }),
        6 => json!([inner.clone(), inner]),
        _ => json!({ "Fn::ToJsonString": inner }),
    };
}

fn remove(value: &mut Value, number: usize) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            items.remove(number % items.len());
        }
        Value::Object(map) => {
            if let Some(key) = key(map, number) {
                map.shift_remove(&key);
            }
        }
        other => *other = Value::Null,
    }
}

fn rename(value: &mut Value, number: usize, seeds: &Seeds) {
    if let Value::Object(map) = value
        && let Some(key) = key(map, number)
        && let Some(inner) = map.shift_remove(&key)
    {
        map.insert(seeds.word(number >> 4).to_owned(), inner);
    }
}

fn duplicate(value: &mut Value, number: usize) {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let again = items[number % items.len()].clone();
            items.push(again);
        }
        Value::Object(map) => {
            if let Some(key) = key(map, number) {
                let again = map[&key].clone();
                map.insert(format!("{key}2"), again);
            }
        }
        _ => {}
    }
}

fn add(value: &mut Value, number: usize, seeds: &Seeds) {
    match value {
        Value::Array(items) => items.push(plain(number, seeds)),
        Value::Object(map) => {
            let word = seeds.word(number);
            map.insert(word.to_owned(), plain(number.rotate_right(5), seeds));
        }
        other => *other = plain(number, seeds),
    }
}

fn key(map: &Map<String, Value>, number: usize) -> Option<String> {
    map.keys().nth(number.checked_rem(map.len())?).cloned()
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

fn part(value: &Value, at: usize) -> Option<&Value> {
    let mut left = at;
    let mut waiting = vec![value];
    while let Some(next) = waiting.pop() {
        if left == 0 {
            return Some(next);
        }
        left -= 1;
        match next {
            Value::Array(items) => waiting.extend(items),
            Value::Object(map) => waiting.extend(map.values()),
            _ => {}
        }
    }
    None
}

fn part_mut(value: &mut Value, at: usize) -> Option<&mut Value> {
    let mut left = at;
    let mut waiting = vec![value];
    while let Some(next) = waiting.pop() {
        if left == 0 {
            return Some(next);
        }
        left -= 1;
        match next {
            Value::Array(items) => waiting.extend(items),
            Value::Object(map) => waiting.extend(map.values_mut()),
            _ => {}
        }
    }
    None
}
