//! The walk over things that depend on each other: what is ready now, and what becomes ready as others are done.
//!
//! It is a ready queue and nothing else: it runs nothing and waits for nothing, so the same walk serves a
//! deployment with many things in flight and a test with none.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::cycle;

/// Which end the walk starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// What others depend on comes first: creating.
    DependenciesFirst,
    /// What depends on others comes first: deleting.
    DependentsFirst,
}

/// What has become of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Something before it is not done.
    Waiting,
    /// It may be handed out.
    Ready,
    /// Handed out by [`Walk::start_next`], not reported back.
    Running,
    /// It went well.
    Done,
    /// It did not.
    Failed,
    /// Something before it failed, so that it is never handed out.
    Blocked,
}

/// The nodes cannot all be walked because they wait for each other: one such circle, each needing the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circle<K>(pub Vec<K>);

/// A walk under way. Ready nodes come out in the order in which they were put in.
#[derive(Debug, Clone)]
pub struct Walk<K> {
    places: HashMap<K, usize>,
    nodes: Vec<Node<K>>,
    ready: VecDeque<usize>,
    unfinished: usize,
}

#[derive(Debug, Clone)]
struct Node<K> {
    key: K,
    standing: Standing,
    waits_for: usize,
    /// Who waits for this node.
    frees: Vec<usize>,
}

impl<K: Clone + Eq + Hash> Walk<K> {
    /// A walk over `nodes`, where each pair of `dependencies` is (the one that needs, the one it needs).
    ///
    /// Pairs with an end that is not among `nodes` are ignored, as are repetitions.
    ///
    /// # Errors
    /// A circle of nodes that need each other.
    pub fn new(
        nodes: impl IntoIterator<Item = K>,
        dependencies: impl IntoIterator<Item = (K, K)>,
        direction: Direction,
    ) -> Result<Self, Circle<K>> {
        let mut walk = Walk {
            places: HashMap::new(),
            nodes: Vec::new(),
            ready: VecDeque::new(),
            unfinished: 0,
        };
        for key in nodes {
            walk.add(key);
        }
        let mut edges = Vec::new();
        for (needs, needed) in dependencies {
            let (Some(&needs), Some(&needed)) = (walk.places.get(&needs), walk.places.get(&needed))
            else {
                continue;
            };
            edges.push((needs, needed));
        }
        edges.sort_unstable();
        edges.dedup();
        if let Some(circle) = cycle::cycles(walk.nodes.len(), &edges).first() {
            let keys = circle
                .iter()
                .map(|&edge| walk.nodes[edges[edge].0].key.clone());
            return Err(Circle(keys.collect()));
        }
        for (needs, needed) in edges {
            let (first, then) = match direction {
                Direction::DependenciesFirst => (needed, needs),
                Direction::DependentsFirst => (needs, needed),
            };
            walk.nodes[first].frees.push(then);
            walk.nodes[then].waits_for += 1;
        }
        walk.unfinished = walk.nodes.len();
        for place in 0..walk.nodes.len() {
            if walk.nodes[place].waits_for == 0 {
                walk.make_ready(place);
            }
        }
        Ok(walk)
    }

    fn add(&mut self, key: K) {
        if self.places.contains_key(&key) {
            return;
        }
        self.places.insert(key.clone(), self.nodes.len());
        self.nodes.push(Node {
            key,
            standing: Standing::Waiting,
            waits_for: 0,
            frees: Vec::new(),
        });
    }

    fn make_ready(&mut self, place: usize) {
        self.nodes[place].standing = Standing::Ready;
        self.ready.push_back(place);
    }

    /// Hands out a node that is ready, if there is one; it then counts as running.
    pub fn start_next(&mut self) -> Option<K> {
        let place = self.ready.pop_front()?;
        self.nodes[place].standing = Standing::Running;
        Some(self.nodes[place].key.clone())
    }

    /// Takes back a running node that went well. What waited only for it becomes ready.
    /// Returns whether the node was running; nothing changes when it was not.
    pub fn succeed(&mut self, key: &K) -> bool {
        let Some(place) = self.finish(key, Standing::Done) else {
            return false;
        };
        for then in self.nodes[place].frees.clone() {
            let node = &mut self.nodes[then];
            node.waits_for -= 1;
            if node.waits_for == 0 && node.standing == Standing::Waiting {
                self.make_ready(then);
            }
        }
        true
    }

    /// Takes back a running node that failed, and returns what can no longer be reached because of it (not
    /// the node itself). Everything else goes on. Nothing changes when the node was not running.
    pub fn fail(&mut self, key: &K) -> Vec<K> {
        let Some(place) = self.finish(key, Standing::Failed) else {
            return Vec::new();
        };
        let mut blocked = Vec::new();
        let mut pending = VecDeque::from(self.nodes[place].frees.clone());
        while let Some(then) = pending.pop_front() {
            let node = &mut self.nodes[then];
            if node.standing != Standing::Waiting {
                continue;
            }
            node.standing = Standing::Blocked;
            self.unfinished -= 1;
            blocked.push(node.key.clone());
            pending.extend(node.frees.iter().copied());
        }
        blocked
    }

    fn finish(&mut self, key: &K, standing: Standing) -> Option<usize> {
        let place = *self.places.get(key)?;
        let node = &mut self.nodes[place];
        if node.standing != Standing::Running {
            return None;
        }
        node.standing = standing;
        self.unfinished -= 1;
        Some(place)
    }

    /// Whether every node is done, failed or blocked.
    pub fn is_finished(&self) -> bool {
        self.unfinished == 0
    }

    /// What has become of a node.
    pub fn standing(&self, key: &K) -> Option<Standing> {
        let place = *self.places.get(key)?;
        Some(self.nodes[place].standing)
    }

    /// The nodes of one standing, in the order they were put in.
    pub fn with_standing(&self, standing: Standing) -> impl Iterator<Item = &K> {
        self.nodes
            .iter()
            .filter(move |node| node.standing == standing)
            .map(|node| &node.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(
        dependencies: &[(&'static str, &'static str)],
        direction: Direction,
    ) -> Walk<&'static str> {
        let nodes = ["role", "table", "function", "api"];
        Walk::new(nodes, dependencies.iter().copied(), direction).expect("no circle")
    }

    const NEEDS: [(&str, &str); 3] = [
        ("function", "role"),
        ("function", "table"),
        ("api", "function"),
    ];

    fn ready(walk: &mut Walk<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| walk.start_next()).collect()
    }

    #[test]
    fn what_is_needed_comes_first() {
        let mut walk = walk(&NEEDS, Direction::DependenciesFirst);
        assert_eq!(ready(&mut walk), ["role", "table"]);
        assert!(walk.succeed(&"role"));
        assert!(ready(&mut walk).is_empty(), "the table is not done");
        assert!(walk.succeed(&"table"));
        assert_eq!(ready(&mut walk), ["function"]);
        walk.succeed(&"function");
        assert_eq!(ready(&mut walk), ["api"]);
        assert!(!walk.is_finished());
        walk.succeed(&"api");
        assert!(walk.is_finished());
    }

    #[test]
    fn deleting_goes_the_other_way() {
        let mut walk = walk(&NEEDS, Direction::DependentsFirst);
        assert_eq!(ready(&mut walk), ["api"]);
        walk.succeed(&"api");
        assert_eq!(ready(&mut walk), ["function"]);
        walk.succeed(&"function");
        assert_eq!(ready(&mut walk), ["role", "table"]);
    }

    #[test]
    fn a_failure_blocks_what_depends_on_it_and_the_rest_goes_on() {
        let mut walk = walk(
            &[("function", "role"), ("api", "function")],
            Direction::DependenciesFirst,
        );
        assert_eq!(ready(&mut walk), ["role", "table"]);
        assert_eq!(walk.fail(&"role"), ["function", "api"]);
        assert!(!walk.is_finished(), "the table is still running");
        walk.succeed(&"table");
        assert!(walk.is_finished());
        assert_eq!(walk.standing(&"role"), Some(Standing::Failed));
        assert_eq!(
            walk.with_standing(Standing::Blocked).collect::<Vec<_>>(),
            [&"function", &"api"]
        );
    }

    #[test]
    fn a_node_blocked_twice_is_named_once_and_never_becomes_ready() {
        let mut walk = walk(&NEEDS, Direction::DependenciesFirst);
        ready(&mut walk);
        assert_eq!(walk.fail(&"role"), ["function", "api"]);
        assert!(walk.fail(&"table").is_empty());
        assert!(ready(&mut walk).is_empty());
        assert!(walk.is_finished());
    }

    #[test]
    fn a_node_that_is_not_running_cannot_be_reported() {
        let mut walk = walk(&NEEDS, Direction::DependenciesFirst);
        assert!(!walk.succeed(&"role"), "not handed out yet");
        assert!(walk.fail(&"nobody").is_empty());
        ready(&mut walk);
        assert!(walk.succeed(&"role"));
        assert!(!walk.succeed(&"role"), "a second report changes nothing");
    }

    #[test]
    fn repeated_and_foreign_dependencies_do_not_matter() {
        let mut walk = walk(
            &[("api", "role"), ("api", "role"), ("api", "elsewhere")],
            Direction::DependenciesFirst,
        );
        ready(&mut walk);
        walk.succeed(&"role");
        assert_eq!(ready(&mut walk), ["api"]);
    }

    #[test]
    fn a_circle_is_refused_and_named() {
        let circle = Walk::new(
            ["a", "b", "c"],
            [("a", "b"), ("b", "a"), ("c", "a")],
            Direction::DependenciesFirst,
        );
        assert_eq!(circle.err(), Some(Circle(vec!["a", "b"])));
    }
}
