//! A resource's properties against the shape of its type.

use crate::diag::{Diagnostic, Span, nearest};
use crate::eval::holds_dynamic_reference;
use crate::schema::{Additional, Shape, Shapes, Type};
use crate::template::{Call, Entry, Function, Map, Node, Value};

use super::scope::{Gives, Scope, is_no_value};
use super::value::{self, Broken};

/// One thing that is wrong, and how wrong it makes the alternative that it was found in.
struct Finding {
    weight: u32,
    diagnostic: Diagnostic,
}

/// An alternative of another type than the value is the last that was meant.
const WRONG_TYPE: u32 = 10_000;
/// Then come those that say by a value what they are (`Type: Api`), and say something else.
const BAD_VALUE: u32 = 100;
const OTHER: u32 = 1;

/// A walk over the properties of one resource.
pub(super) struct Walk<'a> {
    pub shapes: &'a Shapes,
    pub scope: &'a Scope<'a>,
    pub resource_type: &'a str,
    /// Properties that are SAM's: the transform reads them before CloudFormation does.
    pub is_serverless: bool,
    found: Vec<Finding>,
    path: Vec<Step>,
    /// How long the path is where the alternative that is tried begins.
    base: usize,
}

enum Step {
    Name(String),
    Index(usize),
}

impl<'a> Walk<'a> {
    pub(super) fn new(shapes: &'a Shapes, scope: &'a Scope<'a>, resource_type: &'a str) -> Self {
        Walk {
            shapes,
            scope,
            resource_type,
            is_serverless: resource_type.starts_with("AWS::Serverless::"),
            found: Vec::new(),
            path: Vec::new(),
            base: 0,
        }
    }

    /// Checks the properties, a mapping or a function. `owner` is the place that is marked when one is missing.
    pub(super) fn run(mut self, properties: &Node, owner: Span) -> Vec<Diagnostic> {
        let shapes = self.shapes;
        self.value(&shapes.root, properties, owner);
        self.found
            .into_iter()
            .map(|finding| finding.diagnostic)
            .collect()
    }

    fn value(&mut self, shape: &'a Shape, node: &Node, owner: Span) {
        let shape = self.shapes.resolve(shape);
        match &node.value {
            Value::Call(call) => return self.call(shape, call, node.span, owner),
            Value::Unknown(unknown) => return self.call(shape, &unknown.call, node.span, owner),
            Value::String(_) if holds_dynamic_reference(node) => return,
            Value::Null => return self.null(node.span),
            Value::Map(map) if is_made_later(map) => return,
            _ => {}
        }
        if self.is_local_code(node) {
            return;
        }
        if !value::fits(&shape.types, node) {
            let summary = format!(
                "{} must be {}, and this is {}",
                self.name(),
                value::wanted(&shape.types),
                node.kind()
            );
            return self.say(
                WRONG_TYPE,
                Diagnostic::error("check/wrong-type", summary).at(node.span),
            );
        }
        if let Some(broken) = value::limits(shape, node) {
            self.broken(broken, node.span);
        }
        match &node.value {
            Value::List(items) => self.list(shape, items, node.span, owner),
            Value::Map(map) => self.map(shape, map, owner),
            _ => {}
        }
        self.alternatives(shape, node, owner);
    }

    fn call(&mut self, shape: &'a Shape, call: &Call, span: Span, owner: Span) {
        if call.function == Function::If {
            let branches = call.argument.as_list().into_iter().flatten().skip(1);
            for branch in branches.filter(|branch| !is_no_value(&branch.value)) {
                self.value(shape, branch, owner);
            }
            return;
        }
        // SAM takes functions where it needs no value, and says so where it does.
        if self.is_serverless || shape.types.is_empty() {
            return;
        }
        let has = |types: &[Type]| types.iter().any(|one| shape.types.contains(one));
        let (is_right, kind) = match self.scope.gives(call) {
            Some(Gives::Text) => (
                has(&[Type::String, Type::Number, Type::Integer, Type::Boolean]),
                "text",
            ),
            Some(Gives::List) => (has(&[Type::Array]), "a list"),
            None => return,
        };
        if !is_right {
            let summary = format!(
                "{} must be {}, and `{}` gives {kind} here",
                self.name(),
                value::wanted(&shape.types),
                call.function.long_name(),
            );
            let fault = Diagnostic::error("check/wrong-type", summary).at(span);
            self.say(
                WRONG_TYPE,
                match kind {
                    "text" if has(&[Type::Array]) => {
                        fault.help("Put it into a list: a line of its own that starts with `-`.")
                    }
                    _ => fault,
                },
            );
        }
    }

    /// A path on this machine, which becomes a place in S3 before CloudFormation sees it.
    fn is_local_code(&self, node: &Node) -> bool {
        let [Step::Name(first), rest @ ..] = self.path.as_slice() else {
            return false;
        };
        let path = match rest {
            [] => first.clone(),
            [Step::Name(second)] => format!("{first}.{second}"),
            _ => return false,
        };
        node.as_str().is_some() && PACKAGED.contains(&(self.resource_type, path.as_str()))
    }

    /// SAM drops some of them; CloudFormation takes none.
    fn null(&mut self, span: Span) {
        if !self.is_serverless {
            let summary = format!("{} has no value", self.name());
            let fault = Diagnostic::error("check/null", summary).at(span);
            self.say(
                WRONG_TYPE,
                fault.help("CloudFormation takes no null; remove the property, or use `!Ref AWS::NoValue`."),
            );
        }
    }

    fn list(&mut self, shape: &'a Shape, items: &[Node], span: Span, owner: Span) {
        let count = items.len() as u64;
        let is_final = !items
            .iter()
            .any(|item| matches!(item.value, Value::Call(_) | Value::Unknown(_)));
        let is_broken = shape.min_items.is_some_and(|least| count < least)
            || shape.max_items.is_some_and(|most| count > most);
        if is_final && is_broken {
            let (least, most) = (
                shape.min_items.map(|one| one as f64),
                shape.max_items.map(|one| one as f64),
            );
            let help = value::range(least, most, " items");
            self.broken(Broken::limit(format!("has {count} items"), help), span);
        }
        let Some(shape) = &shape.items else {
            return;
        };
        for (at, item) in items.iter().enumerate() {
            self.path.push(Step::Index(at));
            let owner = match item.value {
                Value::Map(_) => first_key(item).unwrap_or(owner),
                _ => owner,
            };
            if !is_no_value(&item.value) {
                self.value(shape, item, owner);
            }
            self.path.pop();
        }
    }

    fn map(&mut self, shape: &'a Shape, map: &Map, owner: Span) {
        for (name, entry) in map.entries() {
            if name.starts_with("Fn::") {
                continue;
            }
            self.path.push(Step::Name(name.to_owned()));
            match inner(shape, name) {
                Inner::Shape(shape) => {
                    if !is_no_value(&entry.node.value) {
                        self.value(shape, &entry.node, entry.key_span);
                    }
                }
                Inner::Anything => {}
                Inner::Nothing => self.unknown(shape, name, entry),
            }
            self.path.pop();
        }
        // Globals may have what is missing from SAM's resources.
        if !(self.is_serverless && self.path.is_empty()) {
            self.required(shape, map, owner);
        }
    }

    fn unknown(&mut self, shape: &Shape, name: &str, entry: &Entry) {
        let summary = format!("{} is no property of {}", self.name(), self.resource_type);
        let mut fault = Diagnostic::error("check/unknown-property", summary).at(entry.key_span);
        if self.is_serverless {
            // Whoever looks for the value in what SAM made needs its place.
            fault = fault.at(entry.node.span);
        }
        let known = shape.properties.keys().map(String::as_str);
        let help = match nearest(name, known.clone()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None if shape.properties.is_empty() => "Nothing can stand here.".into(),
            None if shape.properties.len() > MOST_NAMES => format!(
                "Hoist knows {} properties that can stand here; see the documentation of {}.",
                shape.properties.len(),
                self.resource_type
            ),
            None => format!("Possible are {}.", known.collect::<Vec<_>>().join(", ")),
        };
        self.say(OTHER, fault.help(help));
    }

    fn required(&mut self, shape: &Shape, map: &Map, owner: Span) {
        let is_there = |name: &String| map.get(name).is_some_and(|node| !is_no_value(&node.value));
        if map.keys().any(|name| name.starts_with("Fn::")) {
            return;
        }
        for name in shape.required.iter().filter(|name| !is_there(name)) {
            self.missing(&format!("`{name}`"), owner);
        }
        for names in [&shape.required_xor, &shape.required_or] {
            if !names.is_empty() && !names.iter().any(is_there) {
                self.missing(&format!("one of {}", quoted(names)), owner);
            }
        }
        for (name, others) in &shape.dependent_required {
            if is_there(name) {
                for other in others.iter().filter(|other| !is_there(other)) {
                    self.missing(&format!("`{other}` beside `{name}`"), owner);
                }
            }
        }
    }

    fn missing(&mut self, what: &str, owner: Span) {
        let place = match self.path.is_empty() {
            true => self.resource_type.to_owned(),
            false => self.name(),
        };
        let summary = format!("{place} needs {what}");
        self.say(
            OTHER,
            Diagnostic::error("check/missing-property", summary).at(owner),
        );
    }

    /// One of several shapes: when the value has none of them, what is wrong with the one that it is nearest to.
    fn alternatives(&mut self, shape: &'a Shape, node: &Node, owner: Span) {
        for one in &shape.all_of {
            self.value(one, node, owner);
        }
        for several in [&shape.any_of, &shape.one_of] {
            let outside = std::mem::take(&mut self.found);
            let base = std::mem::replace(&mut self.base, self.path.len());
            let mut best: Option<Vec<Finding>> = None;
            for one in several {
                self.value(one, node, owner);
                let found = std::mem::take(&mut self.found);
                let weight = |found: &[Finding]| found.iter().map(|one| one.weight).sum::<u32>();
                if best
                    .as_ref()
                    .is_none_or(|best| weight(&found) < weight(best))
                {
                    best = Some(found);
                }
            }
            self.found = outside;
            self.base = base;
            let names_only = several.len() > 1
                && several
                    .iter()
                    .all(|one| !one.required.is_empty() && one.properties.is_empty());
            match best {
                Some(found) if !found.is_empty() && names_only => {
                    let names: Vec<String> =
                        several.iter().map(|one| quoted(&one.required)).collect();
                    self.missing(&names.join(" or "), owner);
                }
                Some(found) => self.found.extend(found),
                None => {}
            }
        }
    }

    fn broken(&mut self, broken: Broken, span: Span) {
        let weight = match broken.code {
            "check/bad-value" => BAD_VALUE,
            _ => OTHER,
        };
        let summary = format!("{} {}", self.name(), broken.what);
        let code = broken.code;
        self.say(
            weight,
            Diagnostic::error(code, summary).at(span).help(broken.help),
        );
    }

    /// The path of the property in backquotes.
    fn name(&self) -> String {
        let mut name = String::new();
        for step in &self.path {
            match step {
                Step::Name(step) if name.is_empty() => name.push_str(step),
                Step::Name(step) => {
                    name.push('.');
                    name.push_str(step);
                }
                Step::Index(at) => name.push_str(&format!("[{at}]")),
            }
        }
        match name.is_empty() {
            true => "`Properties`".into(),
            false => format!("`{name}`"),
        }
    }

    fn say(&mut self, weight: u32, diagnostic: Diagnostic) {
        // What is wrong further inside says less about which alternative was meant.
        let weight = match (weight, self.path.len() - self.base) {
            (WRONG_TYPE, 1..) | (BAD_VALUE, 2..) => OTHER,
            (weight, _) => weight,
        };
        self.found.push(Finding { weight, diagnostic });
    }
}

/// Properties that hold a path until `aws cloudformation package`, `sam` or Hoist puts the file into S3.
/// Source: AWS CLI Command Reference, `cloudformation package`.
const PACKAGED: [(&str, &str); 7] = [
    ("AWS::Lambda::Function", "Code"),
    ("AWS::Lambda::LayerVersion", "Content"),
    ("AWS::ApiGateway::RestApi", "BodyS3Location"),
    ("AWS::ApiGatewayV2::Api", "BodyS3Location"),
    ("AWS::StepFunctions::StateMachine", "DefinitionS3Location"),
    ("AWS::ElasticBeanstalk::ApplicationVersion", "SourceBundle"),
    ("AWS::CodeCommit::Repository", "Code.S3"),
];

/// More names are not listed in a message.
const MOST_NAMES: usize = 12;

enum Inner<'a> {
    Shape(&'a Shape),
    Anything,
    Nothing,
}

/// What may stand behind a name. Names that AWS gives by a pattern are not held to it: services differ from what is
/// published about them, and the names are the user's own.
fn inner<'a>(shape: &'a Shape, name: &str) -> Inner<'a> {
    if let Some(shape) = shape.properties.get(name) {
        return Inner::Shape(shape);
    }
    if let Some(shape) = shape.pattern_properties.values().next() {
        return Inner::Shape(shape);
    }
    match &shape.additional_properties {
        Additional::As(shape) => Inner::Shape(shape),
        Additional::May(true) => Inner::Anything,
        Additional::May(false) => Inner::Nothing,
    }
}

/// A mapping that a macro or a loop will replace.
fn is_made_later(map: &Map) -> bool {
    map.len() == 1 && map.keys().all(|key| key.starts_with("Fn::"))
}

fn first_key(node: &Node) -> Option<Span> {
    let (_, entry) = node.as_map()?.entries().next()?;
    Some(entry.key_span)
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
