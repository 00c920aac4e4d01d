//! Long arrows made straight, where there is room.

use super::network::Network;
use super::place::{Placed, distance};

const ROUNDS: usize = 6;

/// Moves the places at which an arrow passes layers to one height, as many in a row as have room for it.
pub(super) fn straighten(network: &Network, placed: &mut Placed) {
    let mut neighbours = vec![(None, None); network.vertices.len()];
    for layer in &network.layers {
        for pair in layer.windows(2) {
            neighbours[pair[0]].1 = Some(pair[1]);
            neighbours[pair[1]].0 = Some(pair[0]);
        }
    }
    let chains = chains(network);
    for _ in 0..ROUNDS {
        for chain in &chains {
            let mut rest = chain.as_slice();
            while let Some((height, count)) = level(network, &neighbours, placed, rest) {
                for &vertex in &rest[..count] {
                    placed.middle[vertex] = height;
                }
                rest = &rest[count..];
            }
        }
    }
}

/// The passing places that follow each other.
fn chains(network: &Network) -> Vec<Vec<usize>> {
    let follower = |vertex: usize| match network.vertices[vertex].right.as_slice() {
        [one] => {
            Some(network.segments[*one].right).filter(|&next| network.vertices[next].item.is_none())
        }
        _ => None,
    };
    let is_passing = |vertex: &usize| network.vertices[*vertex].item.is_none();
    let mut begun = vec![false; network.vertices.len()];
    let mut chains = Vec::new();
    for &vertex in network
        .layers
        .iter()
        .flatten()
        .filter(|vertex| is_passing(vertex))
    {
        if begun[vertex] {
            continue;
        }
        let mut chain = vec![vertex];
        let mut at = vertex;
        while let Some(next) = follower(at).filter(|&next| !begun[next]) {
            begun[next] = true;
            chain.push(next);
            at = next;
        }
        chains.push(chain);
    }
    chains
}

/// How many of a chain can stand at one height, and which. None for the empty chain.
fn level(
    network: &Network,
    neighbours: &[(Option<usize>, Option<usize>)],
    placed: &Placed,
    chain: &[usize],
) -> Option<(f64, usize)> {
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let (mut sum, mut count) = (0.0, 0);
    for &vertex in chain {
        let (above, below) = neighbours[vertex];
        let from = above.map_or(low, |other| {
            placed.middle[other] + distance(network, other, vertex)
        });
        let to = below.map_or(high, |other| {
            placed.middle[other] - distance(network, vertex, other)
        });
        if count > 0 && (low.max(from) > high.min(to)) {
            break;
        }
        (low, high) = (low.max(from), high.min(to));
        sum += placed.middle[vertex];
        count += 1;
    }
    // Rounding may leave no room at all: then it stays where it is.
    let wish = sum / f64::from(u32::try_from(count).ok().filter(|&count| count > 0)?);
    Some((wish.max(low).min(high.max(low)), count))
}
