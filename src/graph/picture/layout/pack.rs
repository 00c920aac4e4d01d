//! The parts of a picture side by side and below each other.

use super::size::Size;
use super::{Curve, Drawing, Point, Rect};

/// Around everything.
pub(in super::super) const MARGIN: f64 = 20.0;
/// Between two parts.
const BETWEEN: f64 = 34.0;
/// Between the cells of the grid.
const CELLS: f64 = 14.0;
/// Above the grid: room for its caption.
const CAPTION: f64 = 44.0;
/// A picture is at least this wide before a part goes below another.
const WIDE: f64 = 900.0;
/// How much wider than high a picture of many small parts becomes.
const SHAPE: f64 = 1.5;

/// What hangs together, laid out on its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub width: f64,
    pub height: f64,
    pub boxes: Vec<(usize, Rect)>,
    pub rows: Vec<(usize, Vec<usize>)>,
    pub curves: Vec<(usize, Curve)>,
    /// Where it goes.
    pub at: Point,
}

/// Puts the parts on shelves, the large ones first.
pub(super) fn pack(parts: &mut [Part]) {
    let room = room(parts);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|&one, &other| parts[other].height.total_cmp(&parts[one].height));
    let (mut x, mut y, mut shelf) = (0.0, 0.0, 0.0_f64);
    for place in order {
        let part = &mut parts[place];
        if x > 0.0 && x + part.width > room {
            (x, y, shelf) = (0.0, y + shelf + BETWEEN, 0.0);
        }
        part.at = Point::new(MARGIN + x, MARGIN + y);
        x += part.width + BETWEEN;
        shelf = shelf.max(part.height);
    }
}

fn room(parts: &[Part]) -> f64 {
    let widest = parts.iter().map(|part| part.width).fold(0.0, f64::max);
    let area: f64 = parts
        .iter()
        .map(|part| (part.width + BETWEEN) * (part.height + BETWEEN))
        .sum();
    widest
        .max((area * SHAPE).sqrt().min(WIDE * 1.5))
        .max(WIDE.min(area.sqrt() * 3.0))
}

/// Puts the items that nothing leads to into a grid below the rest.
pub(super) fn grid(drawing: &mut Drawing, sizes: &[Size], alone: &[usize]) {
    if alone.is_empty() {
        return;
    }
    let bottom = drawn_bottom(drawing);
    let top = match bottom {
        Some(bottom) => {
            drawing.apart = Some(bottom + BETWEEN / 2.0);
            bottom + CAPTION
        }
        None => MARGIN,
    };
    let cell = alone
        .iter()
        .map(|&item| sizes[item].width)
        .fold(0.0, f64::max);
    let wish = (alone.len() as f64 * SHAPE).sqrt().ceil();
    let fitting =
        ((drawn_right(drawing).max(WIDE / 1.5) - MARGIN + CELLS) / (cell + CELLS)).floor();
    let across = match bottom {
        Some(_) => fitting.max(1.0),
        None => wish.min(fitting).max(1.0),
    } as usize;
    let mut y = top;
    for line in alone.chunks(across) {
        let height = line
            .iter()
            .map(|&item| sizes[item].height)
            .fold(0.0, f64::max);
        for (place, &item) in line.iter().enumerate() {
            drawing.boxes[item] = Rect {
                x: MARGIN + place as f64 * (cell + CELLS),
                y,
                width: cell,
                height: sizes[item].height,
            };
        }
        y += height + CELLS;
    }
}

/// Where the boxes and curves end at the bottom. None when there are none yet.
fn drawn_bottom(drawing: &Drawing) -> Option<f64> {
    let boxes = drawing
        .boxes
        .iter()
        .filter(|rect| rect.width > 0.0)
        .map(Rect::bottom);
    let points = drawing
        .curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| point.y);
    boxes.chain(points).reduce(f64::max)
}

fn drawn_right(drawing: &Drawing) -> f64 {
    let boxes = drawing.boxes.iter().map(Rect::right);
    let points = drawing
        .curves
        .iter()
        .flat_map(|curve| &curve.points)
        .map(|point| point.x);
    boxes.chain(points).fold(0.0, f64::max)
}

/// The size of the whole.
pub(super) fn frame(drawing: &mut Drawing) {
    drawing.width = (drawn_right(drawing) + MARGIN).ceil();
    drawing.height = (drawn_bottom(drawing).unwrap_or(0.0) + MARGIN).ceil();
}
