//! Where everything in a picture goes: layers from left to right, as few crossings as can be found.
//!
//! After Sugiyama, Tagawa and Toda (1981), in steps that are each a function of plain numbers: arrows are turned so
//! that there is no circle ([`order`]), items get their layers ([`rank`]), long arrows get a place in every layer they
//! pass ([`network`]), the layers are sorted ([`crossing`]), their members get heights ([`place`]) and the arrows
//! their curves ([`route`]). What hangs together is laid out on its own, and the parts are packed ([`pack`]).

mod crossing;
mod layered;
mod network;
mod order;
mod pack;
mod place;
mod rank;
mod route;
pub(super) mod size;
mod straight;
#[cfg(test)]
mod tests;

use super::Picture;
pub(super) use pack::MARGIN;
use pack::Part;

/// Where everything goes. Pixels; x to the right, y down.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawing {
    /// Of the whole, from 0.
    pub width: f64,
    /// Of the whole, from 0.
    pub height: f64,
    /// For every item, its box.
    pub boxes: Vec<Rect>,
    /// For every item, its routes in the order they are drawn in.
    pub rows: Vec<Vec<usize>>,
    /// For every arrow, its curve; empty when its ends are not there.
    pub curves: Vec<Curve>,
    /// Where the items that nothing leads to begin, when there are others too.
    pub apart: Option<f64>,
}

/// A box.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

/// A place.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// An arrow's way: from the first point over cubic Bézier curves, each with two control points and an end. The arrow
/// leaves and arrives horizontally.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    /// One and three for each curve.
    pub points: Vec<Point>,
}

impl Rect {
    /// The right edge.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// The lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether the two have more than an edge in common.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    pub(super) fn moved(self, by: Point) -> Rect {
        Rect {
            x: self.x + by.x,
            y: self.y + by.y,
            ..self
        }
    }
}

impl Point {
    pub(super) fn new(x: f64, y: f64) -> Point {
        Point { x, y }
    }

    pub(super) fn moved(self, by: Point) -> Point {
        Point::new(self.x + by.x, self.y + by.y)
    }
}

/// Places everything.
pub fn lay_out(picture: &Picture) -> Drawing {
    let sizes: Vec<size::Size> = picture.items.iter().map(size::of).collect();
    let (components, alone) = components(picture);
    let mut parts: Vec<Part> = components
        .iter()
        .map(|items| layered::lay_out(picture, &sizes, items))
        .collect();
    let mut drawing = Drawing {
        boxes: vec![Rect::default(); picture.items.len()],
        rows: picture
            .items
            .iter()
            .map(|item| (0..item.routes.len()).collect())
            .collect(),
        curves: vec![Curve::default(); picture.arrows.len()],
        ..Drawing::default()
    };
    pack::pack(&mut parts);
    for part in &parts {
        put(&mut drawing, part);
    }
    pack::grid(&mut drawing, &sizes, &alone);
    pack::frame(&mut drawing);
    drawing
}

fn put(drawing: &mut Drawing, part: &Part) {
    for (item, rect) in &part.boxes {
        drawing.boxes[*item] = rect.moved(part.at);
    }
    for (item, rows) in &part.rows {
        drawing.rows[*item].clone_from(rows);
    }
    for (arrow, curve) in &part.curves {
        drawing.curves[*arrow] = Curve {
            points: curve
                .points
                .iter()
                .map(|point| point.moved(part.at))
                .collect(),
        };
    }
}

/// The items that hang together, and those that hang on nothing. Both in the order of the picture.
fn components(picture: &Picture) -> (Vec<Vec<usize>>, Vec<usize>) {
    let count = picture.items.len();
    let mut parent: Vec<usize> = (0..count).collect();
    for (_, arrow) in picture.drawn() {
        let (from, to) = (root(&mut parent, arrow.from), root(&mut parent, arrow.to));
        let (first, second) = (from.min(to), from.max(to));
        parent[second] = first;
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
    for item in 0..count {
        let root = root(&mut parent, item);
        members[root].push(item);
    }
    let (mut together, mut alone) = (Vec::new(), Vec::new());
    for items in members {
        match items.as_slice() {
            [] => {}
            [one] if !picture.drawn().any(|(_, arrow)| arrow.from == *one) => alone.push(*one),
            _ => together.push(items),
        }
    }
    (together, alone)
}

fn root(parent: &mut [usize], mut item: usize) -> usize {
    while parent[item] != item {
        parent[item] = parent[parent[item]];
        item = parent[item];
    }
    item
}
