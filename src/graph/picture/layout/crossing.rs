//! The order of the vertices in each layer, and of the routes in an item, so that few arrows cross.

use super::network::{Network, Port};

/// Sweeps over all layers. Most pictures stand still long before.
const SWEEPS: usize = 24;
/// What all sweeps may look at together, in segments: hostile pictures get fewer sweeps.
const EFFORT: usize = 150_000;
/// Where neighbours are swapped as well, and more than one start is tried.
const FEW_SEGMENTS: usize = 5000;

/// Sorts the layers and the routes.
pub(super) fn reduce(network: &mut Network) {
    let segments = network.segments.len();
    let sweeps = (EFFORT / segments.max(1)).clamp(2, SWEEPS);
    let starts = match segments <= FEW_SEGMENTS {
        true => STARTS.as_slice(),
        false => &STARTS[..1],
    };
    let mut best: Option<(usize, Order)> = None;
    for &start in starts {
        let mut order = Order::new(network, start);
        for sweep in 0..sweeps {
            order.sweep(network, sweep % 2 == 0, sweep % 4 >= 2);
            if segments <= FEW_SEGMENTS {
                order.transpose(network);
            }
            let crossings = order.crossings(network);
            if best.as_ref().is_none_or(|(fewest, _)| crossings < *fewest) {
                best = Some((crossings, order.clone()));
            }
            if crossings == 0 {
                break;
            }
        }
    }
    if let Some((_, order)) = best {
        order.settle(network);
    }
}

const STARTS: [Start; 4] = [
    Start::Depth,
    Start::Given,
    Start::Turned,
    Start::FromTheRight,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// Neighbours near each other from the beginning.
    Depth,
    /// As in the picture.
    Given,
    /// The other way round.
    Turned,
    /// Neighbours near each other, seen from the right.
    FromTheRight,
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Left,
    Right,
}

#[derive(Debug, Clone)]
struct Order {
    layers: Vec<Vec<usize>>,
    /// Of each vertex in its layer.
    place: Vec<usize>,
    /// Of each vertex, for each route its place.
    rows: Vec<Vec<usize>>,
}

impl Order {
    fn new(network: &Network, start: Start) -> Order {
        let mut layers = network.layers.clone();
        let mut seen = vec![false; network.vertices.len()];
        match start {
            Start::Given => {}
            Start::Turned => layers.iter_mut().for_each(|layer| layer.reverse()),
            Start::Depth => {
                layers.iter_mut().for_each(Vec::clear);
                for &first in network.layers.iter().flatten() {
                    walk(network, first, Side::Right, &mut seen, &mut layers);
                }
            }
            Start::FromTheRight => {
                layers.iter_mut().for_each(Vec::clear);
                for &first in network.layers.iter().rev().flatten() {
                    walk(network, first, Side::Left, &mut seen, &mut layers);
                }
            }
        }
        let mut order = Order {
            layers,
            place: vec![0; network.vertices.len()],
            rows: network
                .vertices
                .iter()
                .map(|vertex| (0..vertex.rows.len()).collect())
                .collect(),
        };
        (0..order.layers.len()).for_each(|layer| order.number(layer));
        order
    }

    fn number(&mut self, layer: usize) {
        for (place, &vertex) in self.layers[layer].iter().enumerate() {
            self.place[vertex] = place;
        }
    }

    /// How far down a segment's end is: whole numbers are vertices, what is behind the point is inside them.
    fn key(&self, vertex: usize, port: Port) -> f64 {
        let rows = &self.rows[vertex];
        let inside = match port {
            Port::Route(route) => 0.1 + 0.8 * (rows[route] + 1) as f64 / (rows.len() + 1) as f64,
            Port::Side if rows.is_empty() => 0.5,
            Port::Side => 0.05,
        };
        self.place[vertex] as f64 + inside
    }

    fn left_key(&self, network: &Network, segment: usize) -> f64 {
        let segment = &network.segments[segment];
        self.key(segment.left, segment.left_port)
    }

    fn right_key(&self, network: &Network, segment: usize) -> f64 {
        let segment = &network.segments[segment];
        self.key(segment.right, segment.right_port)
    }

    /// Sorts every layer by where the neighbours in the layer before it are. `turns` puts the later one first where
    /// two are alike, which leads out of dead ends.
    fn sweep(&mut self, network: &Network, to_the_right: bool, turns: bool) {
        let count = self.layers.len();
        for step in 0..count {
            let layer = if to_the_right { step } else { count - 1 - step };
            let middles: Vec<Option<f64>> = self.layers[layer]
                .iter()
                .map(|&vertex| self.middle(network, vertex, to_the_right))
                .collect();
            self.sort(layer, &middles, turns);
            for at in 0..self.layers[layer].len() {
                self.sort_rows(network, self.layers[layer][at]);
            }
        }
    }

    /// The mean height of a vertex's neighbours on one side.
    fn middle(&self, network: &Network, vertex: usize, on_the_left: bool) -> Option<f64> {
        let keys: Vec<f64> = match on_the_left {
            true => network.vertices[vertex]
                .left
                .iter()
                .map(|&one| self.left_key(network, one))
                .collect(),
            false => network.vertices[vertex]
                .right
                .iter()
                .map(|&one| self.right_key(network, one))
                .collect(),
        };
        (!keys.is_empty()).then(|| keys.iter().sum::<f64>() / keys.len() as f64)
    }

    /// Sorts those that have a middle; the others keep their places.
    fn sort(&mut self, layer: usize, middles: &[Option<f64>], turns: bool) {
        let vertices = &self.layers[layer];
        let mut sorted: Vec<(f64, usize)> = middles
            .iter()
            .zip(vertices)
            .filter_map(|(middle, &vertex)| Some(((*middle)?, vertex)))
            .collect();
        if turns {
            sorted.reverse();
        }
        sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut next = sorted.into_iter();
        let layered: Vec<usize> = middles
            .iter()
            .zip(vertices)
            .map(|(middle, &vertex)| match middle {
                Some(_) => next.next().map_or(vertex, |(_, vertex)| vertex),
                None => vertex,
            })
            .collect();
        self.layers[layer] = layered;
        self.number(layer);
    }

    /// Sorts the routes of an item by where they lead.
    fn sort_rows(&mut self, network: &Network, vertex: usize) {
        let count = self.rows[vertex].len();
        if count < 2 {
            return;
        }
        let mut sums = vec![(0.0, 0usize); count];
        let mut add = |port: Port, key: f64| {
            if let Port::Route(route) = port {
                sums[route] = (sums[route].0 + key, sums[route].1 + 1);
            }
        };
        for &segment in &network.vertices[vertex].right {
            add(
                network.segments[segment].left_port,
                self.right_key(network, segment),
            );
        }
        for &segment in &network.vertices[vertex].left {
            add(
                network.segments[segment].right_port,
                self.left_key(network, segment),
            );
        }
        let mut routes: Vec<usize> = (0..count).collect();
        let middle = |route: usize| match sums[route] {
            (_, 0) => f64::MAX,
            (sum, count) => sum / count as f64,
        };
        routes.sort_by(|&one, &other| middle(one).total_cmp(&middle(other)));
        for (place, route) in routes.into_iter().enumerate() {
            self.rows[vertex][route] = place;
        }
    }

    /// Swaps neighbours as long as that takes crossings away.
    fn transpose(&mut self, network: &Network) {
        for _ in 0..4 {
            let mut has_swapped = false;
            for layer in 0..self.layers.len() {
                for at in 1..self.layers[layer].len() {
                    let (upper, lower) = (self.layers[layer][at - 1], self.layers[layer][at]);
                    if self.between(network, lower, upper) < self.between(network, upper, lower) {
                        self.layers[layer].swap(at - 1, at);
                        self.place.swap(upper, lower);
                        has_swapped = true;
                    }
                }
            }
            if !has_swapped {
                return;
            }
        }
    }

    /// How often the segments of two vertices cross, when the first is above the second.
    fn between(&self, network: &Network, upper: usize, lower: usize) -> usize {
        let (above, below) = (&network.vertices[upper], &network.vertices[lower]);
        let keys = |segments: &[usize], on_the_left: bool| -> Vec<f64> {
            segments
                .iter()
                .map(|&segment| match on_the_left {
                    true => self.left_key(network, segment),
                    false => self.right_key(network, segment),
                })
                .collect()
        };
        inversions(keys(&above.left, true), keys(&below.left, true))
            + inversions(keys(&above.right, false), keys(&below.right, false))
    }

    /// All crossings.
    fn crossings(&self, network: &Network) -> usize {
        let mut gaps: Vec<Vec<(f64, f64)>> = vec![Vec::new(); self.layers.len()];
        for (number, segment) in network.segments.iter().enumerate() {
            let ends = (
                self.left_key(network, number),
                self.right_key(network, number),
            );
            gaps[network.vertices[segment.left].layer].push(ends);
        }
        gaps.into_iter().map(in_gap).sum()
    }

    fn settle(self, network: &mut Network) {
        for (vertex, places) in network.vertices.iter_mut().zip(&self.rows) {
            let mut rows: Vec<usize> = (0..places.len()).collect();
            rows.sort_by_key(|&route| places[route]);
            vertex.rows = rows;
        }
        for vertex in 0..network.vertices.len() {
            let mut left = std::mem::take(&mut network.vertices[vertex].left);
            left.sort_by(|&one, &other| {
                self.left_key(network, one)
                    .total_cmp(&self.left_key(network, other))
            });
            network.vertices[vertex].left = left;
            let mut right = std::mem::take(&mut network.vertices[vertex].right);
            right.sort_by(|&one, &other| {
                self.right_key(network, one)
                    .total_cmp(&self.right_key(network, other))
            });
            network.vertices[vertex].right = right;
        }
        network.layers = self.layers;
    }
}

/// Appends a vertex and what it leads to, to their layers.
fn walk(network: &Network, first: usize, side: Side, seen: &mut [bool], layers: &mut [Vec<usize>]) {
    let mut waiting = vec![first];
    while let Some(vertex) = waiting.pop() {
        if std::mem::replace(&mut seen[vertex], true) {
            continue;
        }
        layers[network.vertices[vertex].layer].push(vertex);
        let is = &network.vertices[vertex];
        match side {
            Side::Right => waiting.extend(
                is.right
                    .iter()
                    .rev()
                    .map(|&one| network.segments[one].right),
            ),
            Side::Left => {
                waiting.extend(is.left.iter().rev().map(|&one| network.segments[one].left))
            }
        }
    }
}

/// Pairs of which the one above leads further down.
fn inversions(mut above: Vec<f64>, mut below: Vec<f64>) -> usize {
    above.sort_by(f64::total_cmp);
    below.sort_by(f64::total_cmp);
    let mut lower = 0;
    let mut count = 0;
    for key in above {
        while below.get(lower).is_some_and(|other| *other < key) {
            lower += 1;
        }
        count += lower;
    }
    count
}

/// The crossings between two layers: inversions, counted while they are sorted away.
fn in_gap(mut ends: Vec<(f64, f64)>) -> usize {
    ends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    let mut rights: Vec<f64> = ends.iter().map(|ends| ends.1).collect();
    merge_sort(&mut rights)
}

fn merge_sort(values: &mut Vec<f64>) -> usize {
    if values.len() < 2 {
        return 0;
    }
    let mut second = values.split_off(values.len() / 2);
    let mut count = merge_sort(values) + merge_sort(&mut second);
    let first = std::mem::take(values);
    let (mut one, mut other) = (first.iter().peekable(), second.iter().peekable());
    while let (Some(&&upper), Some(&&lower)) = (one.peek(), other.peek()) {
        if lower < upper {
            count += one.len();
            values.extend(other.next());
        } else {
            values.extend(one.next());
        }
    }
    values.extend(one);
    values.extend(other);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_of_a_gap_are_inversions() {
        assert_eq!(in_gap(vec![(0.0, 1.0), (1.0, 0.0)]), 1);
        assert_eq!(in_gap(vec![(0.0, 2.0), (1.0, 1.0), (2.0, 0.0)]), 3);
        assert_eq!(in_gap(vec![(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]), 0);
    }

    #[test]
    fn inversions_are_counted_between_two_vertices() {
        assert_eq!(inversions(vec![1.0, 3.0], vec![0.0, 2.0]), 3);
        assert_eq!(inversions(vec![0.0], vec![0.0, 1.0]), 0);
    }
}
