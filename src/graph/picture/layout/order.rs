//! Which arrows have to be turned so that none of them closes a circle.

/// For each edge, whether it is turned. Edges that come first are kept before those that come later; edges from a
/// node to itself are left alone.
///
/// The order of the nodes is kept up to date edge by edge (Pearce and Kelly, "A dynamic topological sort algorithm for
/// directed acyclic graphs", 2006), so that this is quick for large pictures as well.
pub(super) fn turned(nodes: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut order = Order {
        place: (0..nodes).collect(),
        after: vec![Vec::new(); nodes],
        before: vec![Vec::new(); nodes],
    };
    edges
        .iter()
        .map(|&(from, to)| {
            if from == to {
                return false;
            }
            let closes = !order.insert(from, to);
            if closes {
                // The other way round it follows a path that is there already.
                order.insert(to, from);
            }
            closes
        })
        .collect()
}

struct Order {
    /// Of each node, in an order in which every edge leads forward.
    place: Vec<usize>,
    after: Vec<Vec<usize>>,
    before: Vec<Vec<usize>>,
}

impl Order {
    /// Adds an edge; false, and nothing is changed, when it would close a circle.
    fn insert(&mut self, from: usize, to: usize) -> bool {
        let (lower, upper) = (self.place[to], self.place[from]);
        if lower < upper {
            let place = &self.place;
            let Some(forward) = reached(to, &self.after, |node| place[node] <= upper, Some(from))
            else {
                return false;
            };
            let Some(backward) = reached(from, &self.before, |node| place[node] >= lower, None)
            else {
                return false;
            };
            self.reorder(backward, forward);
        }
        self.after[from].push(to);
        self.before[to].push(from);
        true
    }

    /// Puts all of `first` before all of `second`, in the places that they have together.
    fn reorder(&mut self, mut first: Vec<usize>, mut second: Vec<usize>) {
        first.sort_by_key(|&node| self.place[node]);
        second.sort_by_key(|&node| self.place[node]);
        first.append(&mut second);
        let mut places: Vec<usize> = first.iter().map(|&node| self.place[node]).collect();
        places.sort_unstable();
        for (node, place) in first.into_iter().zip(places) {
            self.place[node] = place;
        }
    }
}

/// What can be reached within a range; none when `forbidden` can be.
fn reached(
    start: usize,
    next: &[Vec<usize>],
    within: impl Fn(usize) -> bool,
    forbidden: Option<usize>,
) -> Option<Vec<usize>> {
    let mut seen = std::collections::HashSet::from([start]);
    let mut found = vec![start];
    let mut place = 0;
    while let Some(&node) = found.get(place) {
        place += 1;
        for &other in &next[node] {
            if Some(other) == forbidden {
                return None;
            }
            if within(other) && seen.insert(other) {
                found.push(other);
            }
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_edge_of_a_circle_is_turned() {
        assert_eq!(turned(3, &[(0, 1), (1, 2), (2, 0)]), [false, false, true]);
        assert_eq!(turned(3, &[(2, 0), (1, 2), (0, 1)]), [false, false, true]);
        assert_eq!(turned(2, &[(1, 0), (0, 1), (0, 0)]), [false, true, false]);
    }

    #[test]
    fn what_has_no_circle_is_left_as_it_is() {
        let edges = [(3, 2), (2, 1), (1, 0), (3, 0), (4, 2), (4, 3)];
        assert_eq!(turned(5, &edges), [false; 6]);
    }
}
