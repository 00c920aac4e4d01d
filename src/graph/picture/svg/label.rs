//! The words beside arrows, where they fit.

use std::fmt::Write;

use super::super::Picture;
use super::super::layout::size::METHOD;
use super::super::layout::{Curve, Drawing, Point, Rect};
use super::super::text::{self, Weight};
use super::{escaped, number};

/// Wider ones are cut.
const WIDEST: f64 = 110.0;
const HEIGHT: f64 = 13.0;
/// How far along a bend a label may stand, the best place first.
const ALONG: [f64; 5] = [0.5, 0.4, 0.6, 0.3, 0.7];

/// Draws the labels of the arrows. One that would cover a box or another label is left out; the arrow's tooltip has
/// it in any case.
pub(super) fn labels(out: &mut String, picture: &Picture, drawing: &Drawing) {
    let mut taken: Vec<Rect> = Vec::new();
    for (place, arrow) in picture.drawn().filter(|(_, arrow)| !arrow.label.is_empty()) {
        let label = text::visible(&arrow.label);
        let shown = text::fitted(&label, METHOD + 0.5, Weight::Regular, WIDEST);
        let width = text::width(&shown, METHOD + 0.5, Weight::Regular) + 8.0;
        let spots = candidates(&drawing.curves[place]);
        let fits = |rect: &Rect| {
            !drawing
                .boxes
                .iter()
                .chain(&taken)
                .any(|other| other.overlaps(rect))
        };
        let around = |spot: Point| Rect {
            x: spot.x - width / 2.0,
            y: spot.y - HEIGHT / 2.0,
            width,
            height: HEIGHT,
        };
        let Some(rect) = spots.into_iter().map(around).find(fits) else {
            continue;
        };
        let _ = writeln!(
            out,
            "<rect class=\"halo\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\"/>\
             <text class=\"note\" x=\"{}\" y=\"{}\">{}</text>",
            number(rect.x),
            number(rect.y),
            number(rect.width),
            number(rect.height),
            number(rect.x + width / 2.0),
            number(rect.y + 10.0),
            escaped(&shown)
        );
        taken.push(rect);
    }
}

fn candidates(curve: &Curve) -> Vec<Point> {
    let mut spots = Vec::new();
    let mut start = curve.points.first().copied();
    for bend in curve.points.get(1..).unwrap_or_default().chunks_exact(3) {
        if let Some(start) = start {
            spots.extend(ALONG.map(|along| on_bend(start, bend, along)));
        }
        start = bend.last().copied();
    }
    spots
}

/// A point of a cubic Bézier curve.
fn on_bend(start: Point, bend: &[Point], along: f64) -> Point {
    let back = 1.0 - along;
    let weights = [
        back * back * back,
        3.0 * back * back * along,
        3.0 * back * along * along,
        along * along * along,
    ];
    let mut at = Point::default();
    for (point, weight) in std::iter::once(&start).chain(bend).zip(weights) {
        at.x += point.x * weight;
        at.y += point.y * weight;
    }
    at
}
