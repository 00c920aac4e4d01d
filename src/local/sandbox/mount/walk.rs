//! From a path in the guest to a file on the host, one component at a time.
//!
//! cap-std keeps every single access inside its folder. What it cannot know is that the guest sees three
//! folders as one tree: a link from `/tmp` to `/var/task/x` is fine, and so is one in a layer to a file of
//! another layer. So links are followed here, by the guest's names, and only what is left, a path without
//! links, is given to cap-std.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};

use cap_std::fs::{Dir, Metadata};

use super::Mounts;
use super::error::Code;

/// Links followed in one path before it is called a loop, as on Linux.
const MOST_LINKS: usize = 40;
/// Longest path and longest name, in bytes, as on Linux.
const LONGEST_PATH: usize = 4096;
const LONGEST_NAME: usize = 255;

/// What is found at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Directory,
    Link,
    /// A device, a pipe, a socket: visible, never opened.
    Other,
}

impl Kind {
    fn of(metadata: &Metadata) -> Self {
        if metadata.is_symlink() {
            Self::Link
        } else if metadata.is_dir() {
            Self::Directory
        } else if metadata.is_file() {
            Self::File
        } else {
            Self::Other
        }
    }

    /// The word that the guest reads.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Link => "symlink",
            Self::Other => "other",
        }
    }
}

/// Where an absolute path of the guest, free of links, lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `/` or `/var`: folders that hold only mounts, given by name.
    Above(Vec<String>),
    /// Under `/var/task`.
    Task(PathBuf),
    /// Under `/opt`.
    Layers(PathBuf),
    /// Under `/var/runtime`, in the mount of this number.
    Runtime(usize, PathBuf),
    /// Under `/tmp`.
    Tmp(PathBuf),
    /// Nowhere: the guest has no such folder.
    Outside,
}

/// A path of the guest after its links were followed.
#[derive(Debug)]
pub(super) struct Spot {
    /// The path in the guest, absolute, without links, `.` and `..`.
    pub(super) path: PathBuf,
    pub(super) place: Place,
    /// What is there; `None` when only its folder exists.
    pub(super) found: Option<Found>,
}

impl Spot {
    pub(super) fn kind(&self) -> Option<Kind> {
        self.found.as_ref().map(|found| found.kind)
    }
}

/// A thing that exists.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    /// `None` for `/` and `/var`.
    pub(super) metadata: Option<Metadata>,
    /// The layer it was found in, counted from the first.
    pub(super) layer: usize,
}

impl Found {
    fn new(metadata: Metadata, layer: usize) -> Self {
        Self {
            kind: Kind::of(&metadata),
            metadata: Some(metadata),
            layer,
        }
    }
}

impl Mounts {
    /// Finds `path` of the guest. The last component's link is followed if `follow`.
    pub(super) fn locate(&self, path: &Path, follow: bool) -> Result<Spot, Code> {
        let text = path.as_os_str().as_encoded_bytes();
        if text.is_empty() {
            return Err(Code::NotFound);
        }
        if text.contains(&0) {
            return Err(Code::Invalid);
        }
        if text.len() >= LONGEST_PATH {
            return Err(Code::NameTooLong);
        }
        let must_be_directory = text.ends_with(b"/") || text.ends_with(b"/.");
        let mut here = PathBuf::from("/");
        let mut pending: Vec<OsString> = Vec::new();
        if path.is_relative() {
            here.push("var/task");
        }
        push_components(&mut pending, path);
        let mut links = 0;
        loop {
            let Some(name) = pending.pop() else {
                let place = self.place(&here);
                let found = self.look(&place)?;
                return Ok(Spot {
                    path: here,
                    place,
                    found,
                });
            };
            if name.as_os_str() == OsStr::new("..") {
                here.pop();
                continue;
            }
            if name.len() > LONGEST_NAME {
                return Err(Code::NameTooLong);
            }
            let next = here.join(&name);
            let place = self.place(&next);
            let found = self.look(&place)?;
            let last = pending.is_empty();
            match found.as_ref().map(|found| found.kind) {
                None if last && place != Place::Outside => {
                    return Ok(Spot {
                        path: next,
                        place,
                        found,
                    });
                }
                // `/x` is missing in `/`, which is there; `/etc/x` misses its folder.
                None if last && matches!(self.place(&here), Place::Above(_)) => {
                    return Ok(Spot {
                        path: next,
                        place,
                        found,
                    });
                }
                None => return Err(Code::NotFound),
                Some(Kind::Link) if !last || follow || must_be_directory => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(Code::Loop);
                    }
                    let target = self.link(&place, found.map_or(0, |found| found.layer))?;
                    if target.as_os_str().len() >= LONGEST_PATH {
                        return Err(Code::NameTooLong);
                    }
                    if target.is_absolute() {
                        here = PathBuf::from("/");
                    }
                    push_components(&mut pending, &target);
                }
                Some(Kind::Directory) => here = next,
                Some(_) if last && !must_be_directory => {
                    return Ok(Spot {
                        path: next,
                        place,
                        found,
                    });
                }
                Some(_) => return Err(Code::NotDirectory),
            }
        }
    }

    /// Finds most paths with one access instead of one a component: those without `..` in a mount that is
    /// one folder. A link that stays in its folder leads cap-std to the same file as [`Self::locate`]; any
    /// other ends in an error there, and so do paths that need a closer look: `None`. The spot's path may
    /// still have links in it.
    pub(super) fn locate_at_once(&self, path: &Path, follow: bool) -> Option<Result<Spot, Code>> {
        let text = path.to_str()?;
        let plain = text.starts_with('/')
            && text.len() < LONGEST_PATH
            && text
                .split('/')
                .skip(1)
                .all(|name| !matches!(name, "" | "." | ".."));
        let place = plain.then(|| self.place(path))?;
        let (dir, inside) = match &place {
            Place::Task(_) | Place::Runtime(..) | Place::Tmp(_) => self.file(&place, 0)?,
            Place::Layers(_) if self.layers.len() == 1 => self.file(&place, 0)?,
            _ => return None,
        };
        let metadata = if follow {
            dir.metadata(inside)
        } else {
            dir.symlink_metadata(inside)
        };
        match metadata {
            Ok(metadata) => Some(Ok(Spot {
                path: path.to_owned(),
                found: Some(Found::new(metadata, 0)),
                place,
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(Err(Code::NotFound)),
            Err(_) => None,
        }
    }

    /// What is at `place`, links not followed.
    pub(super) fn look(&self, place: &Place) -> Result<Option<Found>, Code> {
        let from = |dir: &Dir, path: &Path| match metadata(dir, path) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) => match Code::from(error) {
                Code::NotFound | Code::NotDirectory => Ok(None),
                other => Err(other),
            },
        };
        match place {
            Place::Above(_) => Ok(Some(Found {
                kind: Kind::Directory,
                metadata: None,
                layer: 0,
            })),
            Place::Outside => Ok(None),
            Place::Task(path) => {
                Ok(from(&self.task, path)?.map(|metadata| Found::new(metadata, 0)))
            }
            Place::Tmp(path) => Ok(from(&self.tmp, path)?.map(|metadata| Found::new(metadata, 0))),
            Place::Runtime(mount, path) => {
                let dir = &self.runtime.get(*mount).ok_or(Code::Invalid)?.dir;
                Ok(from(dir, path)?.map(|metadata| Found::new(metadata, 0)))
            }
            Place::Layers(path) => {
                for (layer, dir) in self.layers.iter().enumerate().rev() {
                    if let Some(metadata) = from(dir, path)? {
                        return Ok(Some(Found::new(metadata, layer)));
                    }
                }
                // Without layers `/opt` is an empty folder.
                let root = path.as_os_str().is_empty();
                Ok(root.then_some(Found {
                    kind: Kind::Directory,
                    metadata: None,
                    layer: 0,
                }))
            }
        }
    }

    /// Where the link at `place` points.
    pub(super) fn link(&self, place: &Place, layer: usize) -> Result<PathBuf, Code> {
        let (dir, path) = self.file(place, layer).ok_or(Code::Invalid)?;
        Ok(dir.read_link_contents(path)?)
    }

    /// The host's folder and the path in it for `place`, found in `layer`.
    pub(super) fn file<'m, 'p>(
        &'m self,
        place: &'p Place,
        layer: usize,
    ) -> Option<(&'m Dir, &'p Path)> {
        let (dir, path) = match place {
            Place::Task(path) => (&self.task, path),
            Place::Tmp(path) => (&self.tmp, path),
            Place::Layers(path) => (self.layers.get(layer)?, path),
            Place::Runtime(mount, path) => (&self.runtime.get(*mount)?.dir, path),
            Place::Above(_) | Place::Outside => return None,
        };
        Some((dir, in_dir(path)))
    }

    /// Which mount an absolute path without links and dots belongs to.
    fn place(&self, path: &Path) -> Place {
        let mut names = path.components().filter_map(|component| match component {
            Component::Normal(name) => Some(name),
            _ => None,
        });
        let above = |names: &[&str]| Place::Above(names.iter().map(|&name| name.into()).collect());
        let Some(first) = names.next() else {
            return above(&["opt", "tmp", "var"]);
        };
        match first.to_str() {
            Some("opt") => Place::Layers(names.collect()),
            Some("tmp") => Place::Tmp(names.collect()),
            Some("var") => match names.next().map(OsStr::to_str) {
                None if self.runtime.is_empty() => above(&["task"]),
                None => above(&["runtime", "task"]),
                Some(Some("task")) => Place::Task(names.collect()),
                Some(Some("runtime")) => self.runtime_place(&names.collect::<PathBuf>()),
                Some(_) => Place::Outside,
            },
            _ => Place::Outside,
        }
    }
}

/// `.` for the folder itself, which cap-std has no empty name for.
pub(super) fn in_dir(path: &Path) -> &Path {
    if path.as_os_str().is_empty() {
        Path::new(".")
    } else {
        path
    }
}

fn metadata(dir: &Dir, path: &Path) -> std::io::Result<Metadata> {
    if path.as_os_str().is_empty() {
        dir.dir_metadata()
    } else {
        dir.symlink_metadata(path)
    }
}

/// Puts the components of `path` on a stack, the first on top.
fn push_components(pending: &mut Vec<OsString>, path: &Path) {
    let names = path
        .components()
        .rev()
        .filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some(OsString::from("..")),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
        });
    pending.extend(names);
}
