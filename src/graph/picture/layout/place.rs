//! How far down each vertex stands: near its neighbours, in the order of its layer, at a distance.

use super::network::{Network, Port, Segment};
use super::{size, straight};

/// Between two boxes.
const APART: f64 = 18.0;
/// Between a box and a passing arrow.
const BESIDE: f64 = 14.0;
/// Between two passing arrows.
const LANES: f64 = 10.0;
/// Between the ends of arrows on a box's side, at most.
const PORTS: f64 = 12.0;
/// From the corners of a box to the first of them.
const CORNER: f64 = 9.0;
/// How often the layers are moved. Most pictures stand still before.
const ROUNDS: usize = 40;
/// What all rounds may look at together, in segments.
const EFFORT: usize = 400_000;

/// Heights, in pixels.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// Of each vertex's middle; the highest box starts at 0.
    pub middle: Vec<f64>,
    /// Of each segment's left end, from its vertex's middle.
    pub left: Vec<f64>,
    /// Of each segment's right end, from its vertex's middle.
    pub right: Vec<f64>,
}

/// Places a network whose layers are sorted.
pub(super) fn place(network: &Network) -> Placed {
    let mut placed = Placed {
        middle: vec![0.0; network.vertices.len()],
        left: vec![0.0; network.segments.len()],
        right: vec![0.0; network.segments.len()],
    };
    ports(network, &mut placed);
    network
        .layers
        .iter()
        .for_each(|layer| stack(network, layer, &mut placed));
    let count = network.layers.len();
    let rounds = (EFFORT / network.segments.len().max(1)).clamp(4, ROUNDS);
    for round in 0..rounds {
        let to_the_right = round % 2 == 0;
        for step in 0..count {
            let layer = if to_the_right { step } else { count - 1 - step };
            let sides = match round {
                0 | 1 => Sides {
                    left: to_the_right,
                    right: !to_the_right,
                },
                _ => Sides {
                    left: true,
                    right: true,
                },
            };
            relax(network, layer, sides, &mut placed);
        }
    }
    straight::straighten(network, &mut placed);
    let top = network
        .vertices
        .iter()
        .zip(&placed.middle)
        .map(|(vertex, middle)| middle - vertex.height / 2.0)
        .fold(f64::INFINITY, f64::min);
    for middle in &mut placed.middle {
        *middle = ((*middle - top) * 2.0).round() / 2.0;
    }
    placed
}

/// Which neighbours count.
#[derive(Debug, Clone, Copy)]
struct Sides {
    left: bool,
    right: bool,
}

/// Where segments end on their vertices.
fn ports(network: &Network, placed: &mut Placed) {
    for vertex in &network.vertices {
        let at = |segment: &usize| network.segments[*segment].left_port;
        for (segment, offset) in spread(vertex.height, &vertex.rows, &vertex.right, at) {
            placed.left[segment] = offset;
        }
        let at = |segment: &usize| network.segments[*segment].right_port;
        for (segment, offset) in spread(vertex.height, &vertex.rows, &vertex.left, at) {
            placed.right[segment] = offset;
        }
    }
}

/// The ends on one side of a vertex, from its middle. Those without a route share the part above the routes.
fn spread(
    height: f64,
    rows: &[usize],
    segments: &[usize],
    port: impl Fn(&usize) -> Port,
) -> Vec<(usize, f64)> {
    let head = if rows.is_empty() { height } else { size::HEAD };
    let free: Vec<usize> = segments
        .iter()
        .copied()
        .filter(|one| port(one) == Port::Side)
        .collect();
    let room = (head - 2.0 * CORNER).max(0.0);
    let step = match free.len() {
        0 | 1 => 0.0,
        count => PORTS.min(room / (count - 1) as f64),
    };
    let first = (head - height) / 2.0 - step * free.len().saturating_sub(1) as f64 / 2.0;
    let mut ends: Vec<(usize, f64)> = free
        .into_iter()
        .enumerate()
        .map(|(place, segment)| (segment, first + step * place as f64))
        .collect();
    for &segment in segments {
        if let Port::Route(route) = port(&segment) {
            let place = rows.iter().position(|&row| row == route).unwrap_or(0);
            ends.push((segment, size::row_middle(place) - height / 2.0));
        }
    }
    ends
}

/// How far two neighbours of a layer are apart from middle to middle, at least.
pub(super) fn distance(network: &Network, upper: usize, lower: usize) -> f64 {
    let (upper, lower) = (&network.vertices[upper], &network.vertices[lower]);
    let gap = match (upper.item, lower.item) {
        (Some(_), Some(_)) => APART,
        (None, None) => LANES,
        _ => BESIDE,
    };
    (upper.height + lower.height) / 2.0 + gap
}

fn stack(network: &Network, layer: &[usize], placed: &mut Placed) {
    let mut at = 0.0;
    for (place, &vertex) in layer.iter().enumerate() {
        if place > 0 {
            at += distance(network, layer[place - 1], vertex);
        }
        placed.middle[vertex] = at;
    }
}

/// Moves a layer to where its neighbours want it: the squares of what is missing are as small as its order allows.
fn relax(network: &Network, layer: usize, sides: Sides, placed: &mut Placed) {
    let vertices = &network.layers[layer];
    let mut along = 0.0;
    let mut blocks: Vec<Block> = Vec::with_capacity(vertices.len());
    for (place, &vertex) in vertices.iter().enumerate() {
        if place > 0 {
            along += distance(network, vertices[place - 1], vertex);
        }
        let (wish, weight) = wish(network, vertex, sides, placed);
        let mut block = Block {
            mean: wish - along,
            weight,
            count: 1,
        };
        // Whoever wants to be above its upper neighbour shares a place with it (pool adjacent violators).
        while let Some(upper) = blocks.pop_if(|upper| upper.mean > block.mean) {
            block = upper.with(&block);
        }
        blocks.push(block);
    }
    let mut place = 0;
    let mut along = 0.0;
    for block in blocks {
        for _ in 0..block.count {
            if place > 0 {
                along += distance(network, vertices[place - 1], vertices[place]);
            }
            placed.middle[vertices[place]] = block.mean + along;
            place += 1;
        }
    }
}

struct Block {
    mean: f64,
    weight: f64,
    count: usize,
}

impl Block {
    fn with(&self, other: &Block) -> Block {
        let weight = self.weight + other.weight;
        Block {
            mean: (self.mean * self.weight + other.mean * other.weight) / weight,
            weight,
            count: self.count + other.count,
        }
    }
}

/// Where a vertex would be best, and how much that matters.
fn wish(network: &Network, vertex: usize, sides: Sides, placed: &Placed) -> (f64, f64) {
    let (mut sum, mut weights) = (0.0, 0.0);
    let mut add = |wish: f64, weight: f64| {
        sum += wish * weight;
        weights += weight;
    };
    let is = &network.vertices[vertex];
    for &number in is.left.iter().filter(|_| sides.left) {
        let segment = &network.segments[number];
        let other = placed.middle[segment.left] + placed.left[number];
        add(other - placed.right[number], straightness(network, segment));
    }
    for &number in is.right.iter().filter(|_| sides.right) {
        let segment = &network.segments[number];
        let other = placed.middle[segment.right] + placed.right[number];
        add(other - placed.left[number], straightness(network, segment));
    }
    match weights > 0.0 {
        true => (sum / weights, weights),
        false => (placed.middle[vertex], 0.01),
    }
}

/// How much it matters that a segment is straight: most between two passing places, where a bend shows most.
fn straightness(network: &Network, segment: &Segment) -> f64 {
    let left = network.vertices[segment.left].item;
    let right = network.vertices[segment.right].item;
    match (left, right) {
        (None, None) => 8.0,
        (Some(_), Some(_)) => 1.0,
        _ => 2.0,
    }
}
