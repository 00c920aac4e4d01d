//! What hangs together, from its items to its boxes and curves.

use super::super::Picture;
use super::super::text::{self, Weight};
use super::network::{self, Network};
use super::pack::Part;
use super::size::{self, Size};
use super::{Point, Rect, crossing, place, route};

/// Labels longer than this have to do with the room there is.
const LONGEST_LABEL: f64 = 96.0;
/// Room left and right of a label.
const BESIDE_LABEL: f64 = 44.0;

/// Lays out some of a picture's items, which hang together. The part starts at 0, 0.
pub(super) fn lay_out(picture: &Picture, sizes: &[Size], items: &[usize]) -> Part {
    let mut network = network::build(picture, sizes, items);
    crossing::reduce(&mut network);
    let placed = place::place(&network);
    let columns = route::columns(&network, &placed, &label_room(picture, &network));
    let mut part = Part::default();
    for (vertex, middle) in network.vertices.iter().zip(&placed.middle) {
        let Some(item) = vertex.item else { continue };
        let rect = Rect {
            x: columns.left[vertex.layer],
            y: middle - vertex.height / 2.0,
            width: columns.width[vertex.layer],
            height: vertex.height,
        };
        part.boxes.push((item, rect));
        if !vertex.rows.is_empty() {
            part.rows.push((item, vertex.rows.clone()));
        }
    }
    for way in &network.ways {
        part.curves
            .push((way.arrow, route::curve(&network, &placed, &columns, way)));
    }
    for &(arrow, vertex) in &network.loops {
        part.curves
            .push((arrow, route::around(&network, &placed, &columns, vertex)));
    }
    part.measure();
    part
}

/// For each layer, how much room the labels of the arrows want behind it.
fn label_room(picture: &Picture, network: &Network) -> Vec<f64> {
    let mut room = vec![0.0_f64; network.layers.len()];
    for way in &network.ways {
        let label = &picture.arrows[way.arrow].label;
        let Some(&first) = way.segments.first().filter(|_| !label.is_empty()) else {
            continue;
        };
        let layer = network.vertices[network.segments[first].left].layer;
        let width = text::width(&text::visible(label), size::METHOD, Weight::Regular);
        room[layer] = room[layer].max(width.min(LONGEST_LABEL) + BESIDE_LABEL);
    }
    room
}

impl Part {
    /// Moves everything to 0, 0 and notes how large it is.
    fn measure(&mut self) {
        let boxes = self.boxes.iter().map(|(_, rect)| *rect);
        let points = self.curves.iter().flat_map(|(_, curve)| &curve.points);
        let points = points.map(|point| Rect {
            x: point.x,
            y: point.y,
            width: 0.0,
            height: 0.0,
        });
        let (mut low, mut high) = (
            Point::new(f64::MAX, f64::MAX),
            Point::new(f64::MIN, f64::MIN),
        );
        for rect in boxes.chain(points) {
            low = Point::new(low.x.min(rect.x), low.y.min(rect.y));
            high = Point::new(high.x.max(rect.right()), high.y.max(rect.bottom()));
        }
        let back = Point::new(-low.x, -low.y);
        for (_, rect) in &mut self.boxes {
            *rect = rect.moved(back);
        }
        for point in self
            .curves
            .iter_mut()
            .flat_map(|(_, curve)| &mut curve.points)
        {
            *point = point.moved(back);
        }
        self.width = high.x - low.x;
        self.height = high.y - low.y;
    }
}
