//! Which version of each package goes where: as high as it can, in a `node_modules` of its own where
//! another version is in the way.

use std::collections::HashMap;
use std::path::PathBuf;

use nodejs_semver::Version;

use super::super::error::LibraryError;
use super::super::package::{Wanted, is_npm_name};
use super::registry::{Dist, Packument, Registry, Release};

/// Packages that may come of one installation: all of the AWS SDK is less than 1,000.
const MOST_PACKAGES: usize = 5_000;

/// Folders of packages below each other.
const DEEPEST: usize = 32;

/// Where a package lies: the names of the packages around it, then its own.
type Place = Vec<String>;

/// A package that will be installed.
#[derive(Debug, Clone)]
pub(super) struct Node {
    place: Place,
    version: Version,
    release: Release,
}

impl Node {
    pub(super) fn name(&self) -> &str {
        self.place.last().map_or("", String::as_str)
    }

    pub(super) fn version(&self) -> &Version {
        &self.version
    }

    pub(super) fn dist(&self) -> &Dist {
        &self.release.dist
    }

    /// `node_modules/a/node_modules/b`.
    pub(super) fn path(&self) -> PathBuf {
        let parts = self.place.iter();
        parts.flat_map(|name| ["node_modules", name]).collect()
    }
}

/// Somebody needs something.
#[derive(Debug, Clone)]
struct Need {
    /// Whose `node_modules` is looked into first; empty for the top.
    from: Place,
    /// Who it is, for messages.
    wanting: String,
    name: String,
    wanted: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Needed,
    Optional,
    /// To be found by the package and by its user: not in a folder of the package's own.
    Peer,
}

/// Finds out what has to be installed for `wanted`. `progress` is told how many packages are known.
///
/// # Errors
/// When a package or version is missing, two exclude each other, or the registry cannot be asked.
pub(super) async fn resolve(
    wanted: &[Wanted],
    mut registry: Registry,
    progress: impl Fn(usize),
) -> Result<Vec<Node>, LibraryError> {
    let mut tree = Tree::default();
    let mut needs: Vec<Need> = wanted
        .iter()
        .map(|wanted| Need {
            from: vec![],
            wanting: "you".into(),
            name: wanted.name.clone(),
            wanted: wanted.version.clone().unwrap_or("latest".into()),
            kind: Kind::Needed,
        })
        .collect();
    // One level of dependencies after the other, so that the registry is asked for many at a time.
    while !needs.is_empty() {
        registry
            .ask(needs.iter().map(|need| need.name.clone()))
            .await?;
        let mut next = Vec::new();
        for need in needs {
            let optional = need.kind == Kind::Optional;
            match tree.satisfy(need, &registry) {
                Ok(Some(added)) => next.extend(tree.needs_of(added)?),
                Ok(None) => {}
                Err(LibraryError::Fetch(error)) if optional && error.is_missing() => {}
                Err(LibraryError::NoVersion { .. }) if optional => {}
                Err(error) => return Err(error),
            }
        }
        progress(tree.nodes.len());
        if tree.nodes.len() > MOST_PACKAGES {
            let text = format!("they need more than {MOST_PACKAGES} others");
            return Err(LibraryError::Endless(text));
        }
        needs = next;
    }
    Ok(tree.nodes)
}

#[derive(Default)]
struct Tree {
    nodes: Vec<Node>,
    places: HashMap<Place, usize>,
    /// Needs that were met, and how many packages lie around what met them.
    met: Vec<(Need, usize)>,
}

impl Tree {
    /// Meets a need with a package that is there or a new one, whose number is given.
    fn satisfy(&mut self, need: Need, registry: &Registry) -> Result<Option<usize>, LibraryError> {
        let packument = registry.packument(&need.name)?;
        let lowest = match self.find(&need) {
            None => 0,
            Some((depth, found)) => {
                let version = &self.nodes[found].version;
                if packument.fits(version, &need.wanted) {
                    self.met.push((need, depth));
                    return Ok(None);
                }
                if depth == need.from.len() {
                    return Err(conflict(version, &need));
                }
                depth + 1
            }
        };
        let version = packument
            .choose(&need.wanted)
            .ok_or_else(|| missing_version(&need))?;
        let release = packument.release(&need.name, &version)?;
        if need.kind == Kind::Optional && release.is_native() {
            return Ok(None);
        }
        // As high as possible, but not between somebody and the other version that it found.
        let depth = (lowest..=need.from.len())
            .find(|depth| !self.would_hide(&need, *depth, &version, &packument))
            .ok_or_else(|| conflict(&version, &need))?;
        let mut place = need.from.get(..depth).unwrap_or_default().to_vec();
        place.push(need.name.clone());
        if place.len() > DEEPEST {
            return Err(LibraryError::Endless(place.join(" needs ")));
        }
        let index = self.nodes.len();
        self.places.insert(place.clone(), index);
        self.nodes.push(Node {
            place,
            version,
            release,
        });
        self.met.push((need, depth));
        Ok(Some(index))
    }

    /// The package of that name that Node would find: how many packages lie around it, and its number.
    fn find(&self, need: &Need) -> Option<(usize, usize)> {
        (0..=need.from.len()).rev().find_map(|depth| {
            let mut place = need.from.get(..depth)?.to_vec();
            place.push(need.name.clone());
            self.places.get(&place).map(|index| (depth, *index))
        })
    }

    /// Whether a version in the folder at `depth` would come between a package and the one it has found
    /// further up, and not do for it.
    fn would_hide(
        &self,
        new: &Need,
        depth: usize,
        version: &Version,
        packument: &Packument,
    ) -> bool {
        let around = new.from.get(..depth).unwrap_or_default();
        self.met.iter().any(|(need, found_at)| {
            need.name == new.name
                && *found_at < depth
                && need.from.starts_with(around)
                && !packument.fits(version, &need.wanted)
        })
    }

    /// What a package needs in turn.
    fn needs_of(&self, index: usize) -> Result<Vec<Need>, LibraryError> {
        let node = &self.nodes[index];
        let release = &node.release;
        let around = node.place.get(..node.place.len() - 1).unwrap_or_default();
        let need = |name: &String, wanted: &String, kind: Kind| Need {
            from: match kind {
                Kind::Peer => around.to_vec(),
                _ => node.place.clone(),
            },
            wanting: format!("{}@{}", node.name(), node.version),
            name: name.clone(),
            wanted: wanted.clone(),
            kind,
        };
        let optional = release.optional_dependencies.iter();
        let needed = release
            .dependencies
            .iter()
            // npm lists optional dependencies among the others as well.
            .filter(|(name, _)| !release.optional_dependencies.contains_key(*name));
        let peers = release
            .peer_dependencies
            .iter()
            .filter(|(name, _)| !release.is_optional_peer(name));
        let all: Vec<Need> = peers
            .map(|(name, wanted)| need(name, wanted, Kind::Peer))
            .chain(needed.map(|(name, wanted)| need(name, wanted, Kind::Needed)))
            .chain(optional.map(|(name, wanted)| need(name, wanted, Kind::Optional)))
            .filter(|need| !release.bundles(&need.name))
            .collect();
        match all
            .iter()
            .find(|need| !is_npm_name(&need.name) || is_elsewhere(&need.wanted))
        {
            Some(need) => Err(LibraryError::NotInRegistry {
                name: need.name.clone(),
                wanted: need.wanted.clone(),
                wanting: need.wanting.clone(),
            }),
            None => Ok(all),
        }
    }
}

/// Whether a dependency is to come from git, a URL, a folder or under another name.
fn is_elsewhere(wanted: &str) -> bool {
    wanted.contains([':', '/'])
}

fn missing_version(need: &Need) -> LibraryError {
    LibraryError::NoVersion {
        name: need.name.clone(),
        wanted: need.wanted.clone(),
        because: match need.wanting.as_str() {
            "you" => String::new(),
            wanting => format!("{wanting} needs it"),
        },
    }
}

fn conflict(version: &Version, need: &Need) -> LibraryError {
    LibraryError::Conflict {
        name: need.name.clone(),
        version: version.to_string(),
        wanting: need.wanting.clone(),
        wanted: need.wanted.clone(),
    }
}
