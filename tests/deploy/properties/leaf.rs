//! The leaves of a resource type's properties: every place where the schema says a value may stand.

use std::fmt;

use hoist::graph::facts::Facts;
use hoist::schema::{Additional, Shape, Shapes, Type};

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    Name(String),
    /// An item of a list.
    Item,
    /// A value of a map with free keys.
    Key,
}

/// A place: `Code/S3Bucket`, `Tags/*/Key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path(pub Vec<Segment>);

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            let slash = if at == 0 { "" } else { "/" };
            match segment {
                Segment::Name(name) => write!(out, "{slash}{name}")?,
                Segment::Item | Segment::Key => write!(out, "{slash}*")?,
            }
        }
        Ok(())
    }
}

/// Every leaf that a template may set, in the order of the schema. What repeats itself is gone into once.
pub fn leaves(shapes: &Shapes, facts: &Facts) -> Vec<Path> {
    let mut found = Vec::new();
    let mut walk = Walk {
        shapes,
        facts,
        seen: Vec::new(),
        found: &mut found,
    };
    walk.visit(&shapes.root, &mut Vec::new());
    found
}

struct Walk<'a> {
    shapes: &'a Shapes,
    facts: &'a Facts,
    seen: Vec<*const Shape>,
    found: &'a mut Vec<Path>,
}

impl Walk<'_> {
    fn visit(&mut self, shape: &Shape, path: &mut Vec<Segment>) {
        let shape = self.shapes.resolve(shape);
        if self.seen.contains(&std::ptr::from_ref(shape)) || is_read_only(self.facts, path) {
            return;
        }
        self.seen.push(shape);
        let children = children(self.shapes, shape);
        if children.is_empty() && !path.is_empty() {
            self.found.push(Path(path.clone()));
        }
        for (segment, child) in children {
            path.push(segment);
            self.visit(child, path);
            path.pop();
        }
        self.seen.pop();
    }
}

/// Whether AWS sets what is at the path, or what it lies in.
pub fn is_read_only(facts: &Facts, path: &[Segment]) -> bool {
    (1..=path.len())
        .map(|end| Path(path[..end].to_vec()).to_string())
        .any(|path| facts.flags(&path).read_only())
}

/// What may stand directly below a value, in any of its alternatives.
pub fn children<'a>(shapes: &'a Shapes, shape: &'a Shape) -> Vec<(Segment, &'a Shape)> {
    let mut found: Vec<(Segment, &Shape)> = Vec::new();
    let may_be = |kind: Type| shape.types.is_empty() || shape.types.contains(&kind);
    if may_be(Type::Object) {
        for (name, child) in &shape.properties {
            found.push((Segment::Name(name.clone()), child));
        }
        let free = shape.pattern_properties.values().next();
        match (free, &shape.additional_properties) {
            (Some(child), _) => found.push((Segment::Key, child)),
            (None, Additional::As(child)) => found.push((Segment::Key, child)),
            _ => {}
        }
    }
    if may_be(Type::Array)
        && let Some(items) = &shape.items
    {
        found.push((Segment::Item, items));
    }
    let others = shape
        .all_of
        .iter()
        .chain(&shape.any_of)
        .chain(&shape.one_of);
    for (segment, child) in others.flat_map(|other| children(shapes, shapes.resolve(other))) {
        match found.iter_mut().find(|(known, _)| *known == segment) {
            None => found.push((segment, child)),
            // An alternative often only narrows what is said elsewhere, or says more.
            Some(known) if says_little(shapes.resolve(known.1)) => known.1 = child,
            Some(_) => {}
        }
    }
    found
}

fn says_little(shape: &Shape) -> bool {
    shape.types.is_empty() && shape.properties.is_empty() && shape.choices.is_empty()
}
