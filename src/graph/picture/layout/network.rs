//! Items and arrows as layers with segments between neighbouring ones.

use std::collections::HashMap;

use super::super::{Arrow, Flow, Picture};
use super::size::Size;
use super::{order, rank};

/// How thick the layout takes a passing arrow to be.
const PASSING: f64 = 2.0;

/// Where on a vertex a segment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Port {
    /// Anywhere on the side.
    Side,
    /// At this route of the item.
    Route(usize),
}

/// An item, or an arrow's place in a layer that it passes.
#[derive(Debug, Clone)]
pub(super) struct Vertex {
    pub item: Option<usize>,
    pub layer: usize,
    pub width: f64,
    pub height: f64,
    /// The item's routes, in the order they are drawn in.
    pub rows: Vec<usize>,
    /// Segments to the layer on the left.
    pub left: Vec<usize>,
    /// Segments to the layer on the right.
    pub right: Vec<usize>,
}

/// A part of one or more arrows, between two neighbouring layers.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub left: usize,
    pub left_port: Port,
    pub right: usize,
    pub right_port: Port,
}

/// The way of an arrow from left to right.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub arrow: usize,
    /// The arrow points to the left.
    pub turned: bool,
    pub segments: Vec<usize>,
}

/// All of what hangs together.
#[derive(Debug, Clone)]
pub(super) struct Network {
    pub vertices: Vec<Vertex>,
    /// The vertices of each layer from top to bottom.
    pub layers: Vec<Vec<usize>>,
    pub segments: Vec<Segment>,
    pub ways: Vec<Way>,
    /// Arrows from an item to itself, with its vertex.
    pub loops: Vec<(usize, usize)>,
}

/// Arrows that mean the same and end at the same place run together where they pass layers: these have one vertex in
/// a layer.
#[derive(PartialEq, Eq, Hash)]
struct Bundle {
    end: usize,
    port: Port,
    layer: usize,
    flow: Flow,
    turned: bool,
}

/// Builds the network of some of a picture's items, which hang together.
pub(super) fn build(picture: &Picture, sizes: &[Size], items: &[usize]) -> Network {
    let place: HashMap<usize, usize> = items
        .iter()
        .enumerate()
        .map(|(at, &item)| (item, at))
        .collect();
    let arrows: Vec<(usize, &Arrow)> = by_importance(picture, &place);
    let edges: Vec<(usize, usize)> = arrows
        .iter()
        .map(|(_, arrow)| (place[&arrow.from], place[&arrow.to]))
        .collect();
    let turned = order::turned(items.len(), &edges);
    let straight: Vec<(usize, usize)> = edges
        .iter()
        .zip(&turned)
        .filter(|((from, to), _)| from != to)
        .map(|(&(from, to), &turned)| if turned { (to, from) } else { (from, to) })
        .collect();
    let layers = rank::layers(items.len(), &straight);
    let mut builder = Builder::new(picture, sizes, items, &layers);
    for ((arrow, &(from, to)), &turned) in arrows.iter().zip(&edges).zip(&turned) {
        match from == to {
            true => builder.network.loops.push((arrow.0, from)),
            false => builder.way(arrow.0, arrow.1, (from, to), turned),
        }
    }
    builder.network
}

/// What triggers what is kept from left to right before the rest is.
fn by_importance<'a>(
    picture: &'a Picture,
    place: &HashMap<usize, usize>,
) -> Vec<(usize, &'a Arrow)> {
    let mut arrows: Vec<(usize, &Arrow)> = picture
        .drawn()
        .filter(|(_, arrow)| place.contains_key(&arrow.from))
        .collect();
    arrows.sort_by_key(|(_, arrow)| arrow.flow);
    arrows
}

struct Builder {
    network: Network,
    bundles: HashMap<Bundle, usize>,
    known: HashMap<(usize, usize, Port), usize>,
}

impl Builder {
    fn new(picture: &Picture, sizes: &[Size], items: &[usize], layers: &[usize]) -> Builder {
        let count = layers.iter().max().map_or(0, |last| last + 1);
        let mut network = Network {
            vertices: Vec::new(),
            layers: vec![Vec::new(); count],
            segments: Vec::new(),
            ways: Vec::new(),
            loops: Vec::new(),
        };
        for (vertex, (&item, &layer)) in items.iter().zip(layers).enumerate() {
            network.layers[layer].push(vertex);
            network.vertices.push(Vertex {
                item: Some(item),
                layer,
                width: sizes[item].width,
                height: sizes[item].height,
                rows: (0..picture.items[item].routes.len()).collect(),
                left: Vec::new(),
                right: Vec::new(),
            });
        }
        Builder {
            network,
            bundles: HashMap::new(),
            known: HashMap::new(),
        }
    }

    fn way(&mut self, arrow: usize, is: &Arrow, (from, to): (usize, usize), turned: bool) {
        let start = is.route.map_or(Port::Side, Port::Route);
        let (left, left_port, right, right_port) = match turned {
            false => (from, start, to, Port::Side),
            true => (to, Port::Side, from, start),
        };
        let (first, last) = (
            self.network.vertices[left].layer,
            self.network.vertices[right].layer,
        );
        let mut segments = Vec::with_capacity(last - first);
        let (mut at, mut at_port) = (left, left_port);
        for layer in first + 1..last {
            let passing = self.passing(Bundle {
                end: right,
                port: right_port,
                layer,
                flow: is.flow,
                turned,
            });
            segments.push(self.shared(at, at_port, passing));
            (at, at_port) = (passing, Port::Side);
        }
        segments.push(match segments.is_empty() {
            true => self.segment(at, at_port, right, right_port),
            false => self.shared_end(at, right, right_port),
        });
        self.network.ways.push(Way {
            arrow,
            turned,
            segments,
        });
    }

    fn passing(&mut self, bundle: Bundle) -> usize {
        let layer = bundle.layer;
        let network = &mut self.network;
        *self.bundles.entry(bundle).or_insert_with(|| {
            network.vertices.push(Vertex {
                item: None,
                layer,
                width: 0.0,
                height: PASSING,
                rows: Vec::new(),
                left: Vec::new(),
                right: Vec::new(),
            });
            network.layers[layer].push(network.vertices.len() - 1);
            network.vertices.len() - 1
        })
    }

    fn shared(&mut self, left: usize, port: Port, right: usize) -> usize {
        if let Some(&segment) = self.known.get(&(left, right, port)) {
            return segment;
        }
        let segment = self.segment(left, port, right, Port::Side);
        self.known.insert((left, right, port), segment);
        segment
    }

    fn shared_end(&mut self, left: usize, right: usize, port: Port) -> usize {
        if let Some(&segment) = self.known.get(&(left, right, port)) {
            return segment;
        }
        let segment = self.segment(left, Port::Side, right, port);
        self.known.insert((left, right, port), segment);
        segment
    }

    fn segment(&mut self, left: usize, left_port: Port, right: usize, right_port: Port) -> usize {
        let number = self.network.segments.len();
        self.network.segments.push(Segment {
            left,
            left_port,
            right,
            right_port,
        });
        self.network.vertices[left].right.push(number);
        self.network.vertices[right].left.push(number);
        number
    }
}
