//! How large the boxes are.

use super::super::text::{self, Weight};
use super::super::{Item, Route};

/// Height of a box without routes, and of the part of a box above its routes.
pub(in super::super) const HEAD: f64 = 46.0;
/// Height of a route.
pub(in super::super) const ROW: f64 = 24.0;
/// Below the last route.
pub(in super::super) const FOOT: f64 = 6.0;
/// Where the text of a box begins: behind the icon.
pub(in super::super) const TEXT_LEFT: f64 = 46.0;
/// Between the text and the right edge of a box.
pub(in super::super) const TEXT_RIGHT: f64 = 12.0;
/// Font size of the first line.
pub(in super::super) const LABEL: f64 = 13.0;
/// Font size of the second line.
pub(in super::super) const DETAIL: f64 = 11.0;
/// Font size of a route.
pub(in super::super) const PATH: f64 = 12.0;
/// Font size of a route's method.
pub(in super::super) const METHOD: f64 = 9.5;
/// Where a route begins.
pub(in super::super) const ROW_LEFT: f64 = 10.0;

/// Narrower boxes look lost.
const NARROWEST: f64 = 112.0;
/// The text of wider ones is cut.
const WIDEST: f64 = 280.0;

/// Of a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Size {
    pub width: f64,
    pub height: f64,
}

/// The size that a box wants; its layer may make it wider.
pub(super) fn of(item: &Item) -> Size {
    let label = text::width(&text::visible(&item.label), LABEL, Weight::Bold);
    let detail = text::width(&text::visible(&item.detail), DETAIL, Weight::Regular);
    let mut width = TEXT_LEFT + label.max(detail) + TEXT_RIGHT;
    for route in &item.routes {
        let path = text::width(&text::visible(&route.path), PATH, Weight::Regular);
        width = width.max(path_left(route) + path + TEXT_RIGHT);
    }
    let rows = item.routes.len() as f64;
    let foot = if item.routes.is_empty() { 0.0 } else { FOOT };
    Size {
        width: width.clamp(NARROWEST, WIDEST).ceil(),
        height: HEAD + rows * ROW + foot,
    }
}

/// How wide the badge of a route's method is.
pub(in super::super) fn badge(route: &Route) -> f64 {
    let method = text::width(&text::visible(&route.method), METHOD, Weight::Bold);
    (method + 10.0).clamp(34.0, 80.0)
}

/// Where the path of a route begins, from the box's left edge.
pub(in super::super) fn path_left(route: &Route) -> f64 {
    match route.method.is_empty() {
        true => ROW_LEFT + 2.0,
        false => ROW_LEFT + badge(route) + 7.0,
    }
}

/// The middle of the route that is drawn as the `place`th, from the box's upper edge.
pub(in super::super) fn row_middle(place: usize) -> f64 {
    HEAD + (place as f64 + 0.5) * ROW
}
