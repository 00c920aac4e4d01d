//! Circles in a directed graph, each named in full.
//!
//! Nothing here recurses: a chain of a hundred thousand resources needs no deep stack.

use std::collections::VecDeque;

/// At most this many cycles are reported; a template with more has the same fault everywhere.
pub const MAX_CYCLES: usize = 50;

/// Finds cycles in the graph of `nodes` nodes and `edges` from one to another.
///
/// Each cycle is the list of its edges (places in `edges`), every one starting where the one before ended. In
/// each knot the shortest cycle through its first node is named, then its last edge is taken away and the rest
/// looked at again: breaking one edge of every cycle reported leaves no cycle (unless [`MAX_CYCLES`] was reached).
/// Edges to or from a node that is not there are ignored.
pub fn cycles(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut out_edges = vec![Vec::new(); nodes];
    for (edge, &(from, to)) in edges.iter().enumerate() {
        if from < nodes && to < nodes {
            out_edges[from].push(edge);
        }
    }
    let mut found = Vec::new();
    while found.len() < MAX_CYCLES {
        let knots = knots(&out_edges, edges);
        let before = found.len();
        for knot in knots {
            let Some(cycle) = shortest_cycle(&knot, &out_edges, edges) else {
                continue;
            };
            if let Some(&last) = cycle.last() {
                out_edges[edges[last].0].retain(|&edge| edge != last);
            }
            found.push(cycle);
        }
        if found.len() == before {
            break;
        }
    }
    found.truncate(MAX_CYCLES);
    found
}

/// Sets of nodes that can all reach each other (strongly connected components, Tarjan's way), sorted by their
/// first node. A node alone counts only when it has an edge to itself.
fn knots(out_edges: &[Vec<usize>], edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let count = out_edges.len();
    let mut order = vec![UNSEEN; count];
    let mut low = vec![0; count];
    let mut on_stack = vec![false; count];
    let mut stack = Vec::new();
    let mut next = 0;
    let mut found = Vec::new();
    for root in 0..count {
        if order[root] != UNSEEN {
            continue;
        }
        let mut visits = vec![(root, 0)];
        while let Some((node, edge_at)) = visits.pop() {
            if edge_at == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(&edge) = out_edges[node].get(edge_at) {
                visits.push((node, edge_at + 1));
                let to = edges[edge].1;
                if order[to] == UNSEEN {
                    visits.push((to, 0));
                } else if on_stack[to] {
                    low[node] = low[node].min(order[to]);
                }
                continue;
            }
            if let Some(&(parent, _)) = visits.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == order[node] {
                let mut knot = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member] = false;
                    knot.push(member);
                    if member == node {
                        break;
                    }
                }
                let to_itself = out_edges[node].iter().any(|&edge| edges[edge].1 == node);
                if knot.len() > 1 || to_itself {
                    knot.sort_unstable();
                    found.push(knot);
                }
            }
        }
    }
    found.sort();
    found
}

/// The shortest way from the knot's first node back to itself, as edges.
fn shortest_cycle(
    knot: &[usize],
    out_edges: &[Vec<usize>],
    edges: &[(usize, usize)],
) -> Option<Vec<usize>> {
    let start = *knot.first()?;
    let mut came_by = vec![None; out_edges.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &edge in &out_edges[node] {
            let to = edges[edge].1;
            if to == start {
                let mut path = vec![edge];
                let mut at = node;
                while at != start {
                    let by: usize = came_by[at]?;
                    path.push(by);
                    at = edges[by].0;
                }
                path.reverse();
                return Some(path);
            }
            if came_by[to].is_none() && knot.binary_search(&to).is_ok() {
                came_by[to] = Some(edge);
                queue.push_back(to);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The nodes each cycle passes, from its edges.
    fn passed(nodes: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
        cycles(nodes, edges)
            .iter()
            .map(|cycle| cycle.iter().map(|&edge| edges[edge].0).collect())
            .collect()
    }

    #[test]
    fn a_tree_has_no_cycle() {
        assert!(cycles(4, &[(0, 1), (0, 2), (1, 3), (2, 3)]).is_empty());
    }

    #[test]
    fn a_node_that_needs_itself_is_a_cycle() {
        assert_eq!(passed(2, &[(0, 1), (1, 1)]), [[1]]);
    }

    #[test]
    fn a_cycle_is_named_in_full_and_in_order() {
        let edges = [(3, 0), (0, 1), (1, 2), (2, 0)];
        assert_eq!(cycles(4, &edges), [[1, 2, 3]]);
    }

    #[test]
    fn two_cycles_that_share_a_node_are_both_named() {
        let found = passed(3, &[(0, 1), (1, 0), (1, 2), (2, 1)]);
        assert_eq!(found, [[0, 1], [1, 2]]);
    }

    #[test]
    fn taking_one_edge_of_each_leaves_none() {
        let count = 8;
        let edges: Vec<_> = (0..count)
            .flat_map(|a| (0..count).map(move |b| (a, b)))
            .filter(|(a, b)| (a * 3 + b * 5) % 4 != 0)
            .collect();
        let found = cycles(count, &edges);
        assert!(!found.is_empty() && found.len() < MAX_CYCLES);
        let broken: Vec<_> = found.iter().filter_map(|cycle| cycle.last()).collect();
        let rest: Vec<_> = (0..edges.len())
            .filter(|edge| !broken.contains(&edge))
            .map(|edge| edges[edge])
            .collect();
        assert!(cycles(count, &rest).is_empty());
    }

    #[test]
    fn a_very_long_chain_needs_no_deep_stack() {
        let count = 200_000;
        let mut edges: Vec<_> = (0..count - 1).map(|at| (at, at + 1)).collect();
        edges.push((count - 1, 0));
        assert_eq!(cycles(count, &edges)[0].len(), count);
    }
}
