//! Which layer each node is in.

/// For each node its layer, from 0. Every edge, of which none may close a circle, leads to a higher layer than its
/// own. Nodes start as far left as they can, and then move to where their edges are short.
pub(super) fn layers(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for &(from, to) in edges {
        after[from].push(to);
        before[to].push(from);
    }
    let sequence = sequence(&after, &before);
    let mut layer = vec![0; nodes];
    for &node in &sequence {
        for &next in &after[node] {
            layer[next] = layer[next].max(layer[node] + 1);
        }
    }
    // A node that moves makes room for others; a few rounds are enough for all but odd cases.
    for _ in 0..8 {
        let mut has_moved = false;
        for &node in sequence.iter().rev() {
            let best = shortest(node, &layer, &after, &before);
            has_moved |= best != layer[node];
            layer[node] = best;
        }
        if !has_moved {
            break;
        }
    }
    let first = layer.iter().copied().min().unwrap_or(0);
    layer.iter_mut().for_each(|layer| *layer -= first);
    layer
}

/// The layer between its neighbours in which the edges of a node are shortest together.
fn shortest(node: usize, layer: &[usize], after: &[Vec<usize>], before: &[Vec<usize>]) -> usize {
    let lowest = before[node].iter().map(|&other| layer[other] + 1).max();
    let highest = after[node].iter().map(|&other| layer[other] - 1).min();
    match (lowest, highest) {
        (None, Some(highest)) => highest,
        (Some(lowest), None) => lowest,
        (Some(_), Some(highest)) if after[node].len() > before[node].len() => highest,
        (Some(lowest), Some(_)) if after[node].len() < before[node].len() => lowest,
        _ => layer[node],
    }
}

/// The nodes in an order in which every edge leads forward.
fn sequence(after: &[Vec<usize>], before: &[Vec<usize>]) -> Vec<usize> {
    let mut missing: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut sequence: Vec<usize> = (0..after.len())
        .filter(|&node| missing[node] == 0)
        .collect();
    let mut place = 0;
    while let Some(&node) = sequence.get(place) {
        place += 1;
        for &next in &after[node] {
            missing[next] -= 1;
            if missing[next] == 0 {
                sequence.push(next);
            }
        }
    }
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_lead_to_higher_layers() {
        assert_eq!(layers(4, &[(0, 1), (1, 2), (0, 3), (3, 2)]), [0, 1, 2, 1]);
    }

    #[test]
    fn a_source_stands_next_to_what_it_starts() {
        // 0 → 1 → 2 and 3 → 2: the source 3 needs not stand at the far left.
        assert_eq!(layers(4, &[(0, 1), (1, 2), (3, 2)]), [0, 1, 2, 1]);
    }
}
