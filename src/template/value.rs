//! The tree a template is read into: JSON's values, each with its span, and CloudFormation's functions.

use serde_json::Number;

use crate::diag::Span;

use super::map::Map;

/// A value and where it was written. A value made by evaluation keeps the span of what it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where it was written.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a template may hold at any place.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number of 64 bits. Longer ones are [`Value::String`], so that no digit is lost.
    Number(Number),
    /// Text.
    String(String),
    /// Values in order.
    List(Vec<Node>),
    /// Values by name.
    Map(Map),
    /// A function not evaluated yet: `!Ref X`, `{"Fn::Sub": …}`.
    Call(Box<Call>),
    /// A function that evaluation left as it is, with the reason.
    Unknown(Box<Unknown>),
}

/// A call of one of CloudFormation's functions. `argument` is what stood behind the tag or the key.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Which function.
    pub function: Function,
    /// What it is given.
    pub argument: Node,
}

/// A call that cannot be answered now, its argument evaluated as far as possible.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    /// The call as far as it was evaluated.
    pub call: Call,
    /// Why it has no value now.
    pub reason: Reason,
}

/// Why a value is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is known once this resource exists.
    Resource(String),
    /// A parameter without default or override.
    Parameter(String),
    /// A pseudo parameter that this scope does not have.
    Pseudo(String),
    /// An export of another stack.
    Import,
    /// A macro or an include that only CloudFormation can run.
    Transform(String),
    /// The function is not known, was used wrongly (a diagnostic says how), or needs AWS.
    Other(String),
    /// An argument is not known; its own reason is inside.
    Argument,
}

/// CloudFormation's functions.
/// Source: AWS CloudFormation user guide, "Intrinsic function reference" and "Language extensions".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Function {
    /// The value of a parameter or the id of a resource.
    Ref,
    /// `{"Condition": "Name"}` inside a condition.
    Condition,
    /// All of 2 to 10 conditions.
    And,
    /// Text in Base64.
    Base64,
    /// Networks inside a network.
    Cidr,
    /// Whether two values are the same.
    Equals,
    /// A value of the section `Mappings`.
    FindInMap,
    /// An attribute of a resource. Its argument is a list, also when it was written with dots.
    GetAtt,
    /// The availability zones of a region.
    GetAZs,
    /// One of two values, by a condition.
    If,
    /// An export of another stack.
    ImportValue,
    /// Texts put together with a delimiter.
    Join,
    /// How many elements a list has (a language extension).
    Length,
    /// The opposite of a condition.
    Not,
    /// Any of 2 to 10 conditions.
    Or,
    /// One element of a list.
    Select,
    /// Text cut at a delimiter.
    Split,
    /// Text with variables.
    Sub,
    /// A value as JSON text (a language extension).
    ToJsonString,
    /// A macro over a part of the template, such as `AWS::Include`.
    Transform,
    /// `Fn::Contains`, `Fn::RefAll` and the other functions of rules, by their name without `Fn::`.
    Rule(&'static str),
}

impl Function {
    /// The name as the key of the long form: `Ref`, `Fn::Sub`.
    pub fn long_name(&self) -> String {
        match self {
            Function::Ref => "Ref".into(),
            Function::Condition => "Condition".into(),
            other => format!("Fn::{}", other.short_name()),
        }
    }

    /// The name as the tag of the short form, without `!`.
    pub fn short_name(&self) -> &'static str {
        match self {
            Function::Ref => "Ref",
            Function::Condition => "Condition",
            Function::And => "And",
            Function::Base64 => "Base64",
            Function::Cidr => "Cidr",
            Function::Equals => "Equals",
            Function::FindInMap => "FindInMap",
            Function::GetAtt => "GetAtt",
            Function::GetAZs => "GetAZs",
            Function::If => "If",
            Function::ImportValue => "ImportValue",
            Function::Join => "Join",
            Function::Length => "Length",
            Function::Not => "Not",
            Function::Or => "Or",
            Function::Select => "Select",
            Function::Split => "Split",
            Function::Sub => "Sub",
            Function::ToJsonString => "ToJsonString",
            Function::Transform => "Transform",
            Function::Rule(name) => name,
        }
    }
}

impl Node {
    /// A value at a place.
    pub fn new(span: Span, value: Value) -> Self {
        Node { span, value }
    }

    /// A string at a place.
    pub fn string(span: Span, text: impl Into<String>) -> Self {
        Node::new(span, Value::String(text.into()))
    }

    /// Plain JSON as a tree; every value of it gets the same span.
    pub fn from_json(span: Span, json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Bool(*flag),
            Json::Number(number) => Value::Number(number.clone()),
            Json::String(text) => Value::String(text.clone()),
            Json::Array(items) => Value::List(
                items
                    .iter()
                    .map(|item| Node::from_json(span, item))
                    .collect(),
            ),
            Json::Object(object) => {
                let mut map = Map::new();
                for (key, item) in object {
                    map.insert(key, span, Node::from_json(span, item));
                }
                Value::Map(map)
            }
        };
        Node::new(span, value)
    }

    /// The string here, when it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The mapping here, when it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The mapping here, when it is one, to be changed.
    pub fn as_map_mut(&mut self) -> Option<&mut Map> {
        match &mut self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list here, when it is one, to be changed.
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Node>> {
        match &mut self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The list here, when it is one.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value behind `key`, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// Why this value, or something in it, is not known; `None` when all of it is known (or not evaluated yet).
    pub fn cause(&self) -> Option<&Reason> {
        match &self.value {
            Value::Unknown(unknown) => Some(unknown.cause()),
            Value::List(items) => items.iter().find_map(Node::cause),
            Value::Map(map) => map.iter().find_map(|(_, item)| item.cause()),
            _ => None,
        }
    }

    /// How many values this is: itself and all that it holds. Evaluated values count once each.
    pub fn size(&self) -> usize {
        1 + match &self.value {
            Value::List(items) => items.iter().map(Node::size).sum(),
            Value::Map(map) => map.iter().map(|(_, item)| item.size()).sum(),
            Value::Call(call) => call.argument.size(),
            _ => 0,
        }
    }

    /// What kind of value stands here, for messages: "a string", "a list".
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Call(_) => "a function",
            Value::Unknown(_) => "a value that is not known yet",
        }
    }

    /// The scalar here as CloudFormation passes it where a string is wanted: `1` → "1", `true` → "true".
    pub fn scalar_text(&self) -> Option<String> {
        match &self.value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The value as plain JSON; functions come out in their long form.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Number(number) => Json::Number(number.clone()),
            Value::String(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(map) => Json::Object(
                map.iter()
                    .map(|(key, node)| (key.to_owned(), node.to_json()))
                    .collect(),
            ),
            Value::Call(call) => call.to_json(),
            Value::Unknown(unknown) => unknown.call.to_json(),
        }
    }
}

impl Unknown {
    /// The reason at the bottom: that of the argument when it is the argument that is not known.
    pub fn cause(&self) -> &Reason {
        match &self.reason {
            Reason::Argument => self.call.argument.cause().unwrap_or(&self.reason),
            reason => reason,
        }
    }
}

impl Call {
    /// The long form as JSON: `{"Fn::Sub": …}`.
    pub fn to_json(&self) -> serde_json::Value {
        let mut object = serde_json::Map::new();
        object.insert(self.function.long_name(), self.argument.to_json());
        serde_json::Value::Object(object)
    }
}
