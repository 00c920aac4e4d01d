//! The curves of the arrows.

use super::network::{Network, Way};
use super::place::Placed;
use super::{Curve, Point};

/// Between two layers, at least.
const NARROW: f64 = 48.0;
/// Between two layers, at most.
const WIDE: f64 = 110.0;
/// How far a loop reaches to the right of its box.
const LOOP: f64 = 26.0;

/// The columns that the layers take.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Left edge of each layer.
    pub left: Vec<f64>,
    /// How wide the boxes of each layer are.
    pub width: Vec<f64>,
}

/// Puts the layers side by side. Where arrows climb far there is more room between two, and where `wanted` (for each
/// layer, the gap behind it) asks for more.
pub(super) fn columns(network: &Network, placed: &Placed, wanted: &[f64]) -> Columns {
    let width: Vec<f64> = network
        .layers
        .iter()
        .map(|layer| {
            let widths = layer.iter().map(|&vertex| network.vertices[vertex].width);
            widths.fold(0.0, f64::max)
        })
        .collect();
    let mut climb = vec![0.0_f64; width.len()];
    for number in 0..network.segments.len() {
        let (left, right) = heights(network, placed, number);
        let layer = network.vertices[network.segments[number].left].layer;
        climb[layer] = climb[layer].max((left - right).abs());
    }
    let mut left = Vec::with_capacity(width.len());
    let mut at = 0.0;
    for (layer, width) in width.iter().enumerate() {
        left.push(at);
        at += width + (NARROW + 0.08 * climb[layer]).min(WIDE).max(wanted[layer]);
    }
    Columns { left, width }
}

fn heights(network: &Network, placed: &Placed, number: usize) -> (f64, f64) {
    let segment = &network.segments[number];
    (
        placed.middle[segment.left] + placed.left[number],
        placed.middle[segment.right] + placed.right[number],
    )
}

/// The curve of a way, in the direction of its arrow.
pub(super) fn curve(network: &Network, placed: &Placed, columns: &Columns, way: &Way) -> Curve {
    let mut points: Vec<Point> = Vec::with_capacity(way.segments.len() * 6);
    for &number in &way.segments {
        let layer = network.vertices[network.segments[number].left].layer;
        let (from, to) = heights(network, placed, number);
        let start = Point::new(columns.left[layer] + columns.width[layer], from);
        let end = Point::new(columns.left[layer + 1], to);
        match points.last() {
            // Straight through the layer that it passes.
            Some(&last) => points.extend(bend(last, start)),
            None => points.push(start),
        }
        points.extend(bend(start, end));
    }
    if way.turned {
        points.reverse();
    }
    Curve { points }
}

/// A curve that leaves and arrives horizontally, without its first point.
fn bend(start: Point, end: Point) -> [Point; 3] {
    let half = (end.x - start.x) / 2.0;
    [
        Point::new(start.x + half, start.y),
        Point::new(end.x - half, end.y),
        end,
    ]
}

/// The curve of an arrow from a box to itself: out at its right side, and back.
pub(super) fn around(
    network: &Network,
    placed: &Placed,
    columns: &Columns,
    vertex: usize,
) -> Curve {
    let is = &network.vertices[vertex];
    let right = columns.left[is.layer] + columns.width[is.layer];
    let top = placed.middle[vertex] - is.height / 2.0;
    let (from, to) = (Point::new(right, top + 8.0), Point::new(right, top + 38.0));
    let middle = Point::new(right + LOOP, top + 23.0);
    Curve {
        points: vec![
            from,
            Point::new(right + LOOP * 0.6, from.y),
            Point::new(middle.x, from.y + 4.0),
            middle,
            Point::new(middle.x, to.y - 4.0),
            Point::new(right + LOOP * 0.6, to.y),
            to,
        ],
    }
}
