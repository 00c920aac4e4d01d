//! What is in a source folder: every file and link, sorted, without what the rules leave out.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::fault::Fault;
use super::rule::{Rules, inside};

/// Files in an artifact; more are a mistake, such as the root of the disk.
const MAX_ENTRIES: usize = 500_000;

/// A file or link of a source folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From the folder on, with `/` between names.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File(Stamp),
    /// A symbolic link to this path, relative to where the link lies; it does not leave the folder.
    Link(String),
}

/// What tells that a file has changed without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// When it was last written, nanoseconds since 1970; 0 where the system does not say.
    pub modified: u64,
    /// Whether anybody may execute it.
    pub executable: bool,
}

impl Stamp {
    /// Of a file's metadata.
    pub fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok();
        let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Stamp {
            size: metadata.len(),
            modified: since.map_or(0, |since| {
                u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
            }),
            executable: is_executable(metadata),
        }
    }
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

/// Everything in `folder`, sorted by name; or the one file, when it is one. Links are never followed, so a circle of
/// links ends nowhere.
///
/// # Errors
/// When something cannot be read, has a name that is not Unicode, is neither file, folder nor link, or when a link
/// leads out of the folder.
pub fn walk(folder: &Path, rules: &Rules) -> Result<Vec<Entry>, Fault> {
    let metadata = fs::metadata(folder).map_err(|error| Fault::unreadable(folder, &error))?;
    if metadata.is_file() {
        let name = folder.file_name().unwrap_or_default();
        let kind = Kind::File(Stamp::of(&metadata));
        return Ok(vec![Entry {
            name: unicode(Path::new(name))?,
            kind,
        }]);
    }
    let mut rules = rules.clone();
    let mut found = Vec::new();
    let mut pending = vec![PathBuf::new()];
    while let Some(inner) = pending.pop() {
        let path = folder.join(&inner);
        if !inner.as_os_str().is_empty() {
            rules.enter(&inner, &path)?;
        }
        let unreadable = |error| Fault::unreadable(&path, &error);
        for entry in fs::read_dir(&path).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            let name = inner.join(entry.file_name());
            if rules.leave_out(&name, kind.is_dir()) {
                continue;
            }
            if kind.is_dir() {
                pending.push(name);
                continue;
            }
            let kind = if kind.is_symlink() {
                Kind::Link(link(folder, &name)?)
            } else {
                let metadata = entry
                    .metadata()
                    .map_err(|error| Fault::unreadable(&entry.path(), &error))?;
                if !metadata.is_file() {
                    return Err(special(&name));
                }
                Kind::File(Stamp::of(&metadata))
            };
            found.push(Entry {
                name: unicode(&name)?,
                kind,
            });
            if found.len() > MAX_ENTRIES {
                return Err(too_many(folder));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Where a link leads, from its own folder on.
fn link(folder: &Path, name: &Path) -> Result<String, Fault> {
    let path = folder.join(name);
    let target = fs::read_link(&path).map_err(|error| Fault::unreadable(&path, &error))?;
    let own = name.parent().unwrap_or(Path::new(""));
    // A link that names the folder by its full path would lead nowhere in Lambda.
    let relative = match target.strip_prefix(folder) {
        Ok(rest) if target.is_absolute() => back(own).join(rest),
        _ => target.clone(),
    };
    let is_inside = inside(&own.join(&relative)).is_some();
    // Other links on the way may lead elsewhere than the names say.
    let real = fs::canonicalize(&path).ok();
    let root = fs::canonicalize(folder).ok();
    let leaves = match (real, root) {
        (Some(real), Some(root)) => !real.starts_with(root),
        _ => false,
    };
    if !is_inside || leaves {
        return Err(Fault::new(
            "build/link",
            format!(
                "the link {} leads out of {} (to {})",
                name.display(),
                folder.display(),
                target.display()
            ),
        )
        .help("replace it by what it leads to, or list it in .hoistignore"));
    }
    unicode(&relative)
}

/// From a folder up to where its path starts.
fn back(folder: &Path) -> PathBuf {
    folder.components().map(|_| "..").collect()
}

fn unicode(name: &Path) -> Result<String, Fault> {
    let parts: Option<Vec<&str>> = name.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/")).ok_or_else(|| {
        Fault::new(
            "build/name",
            format!("the name {} is not Unicode text", name.display()),
        )
        .help("Lambda unpacks names in UTF-8 only; rename it, or list it in .hoistignore")
    })
}

fn special(name: &Path) -> Fault {
    Fault::new(
        "build/special-file",
        format!("{} is neither a file, a folder nor a link", name.display()),
    )
    .help("a socket, pipe or device cannot be deployed; list it in .hoistignore")
}

fn too_many(folder: &Path) -> Fault {
    Fault::new(
        "build/too-many-files",
        format!("{} has more than {MAX_ENTRIES} files", folder.display()),
    )
    .help("point to the folder of the function alone, or list what is not needed in .hoistignore")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn names(folder: &Path) -> Vec<String> {
        let rules = Rules::of(folder, folder, &[]).unwrap();
        let entries = walk(folder, &rules).unwrap();
        entries.into_iter().map(|entry| entry.name).collect()
    }

    fn fault(folder: &Path) -> Fault {
        walk(folder, &Rules::none()).unwrap_err()
    }

    #[test]
    fn entries_are_sorted_by_their_bytes_and_ignored_ones_are_not_there() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.js", "a/z.js", "a.js", "B.js", "a/.git/config", "é.js"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert_eq!(
            names(folder.path()),
            ["B.js", "a.js", "a/z.js", "b.js", "é.js"]
        );
    }

    #[test]
    fn rules_in_a_folder_inside_hold_there() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/.hoistignore"), "/x\n").unwrap();
        fs::write(folder.path().join("a/x"), "").unwrap();
        fs::write(folder.path().join("x"), "").unwrap();
        assert_eq!(names(folder.path()), ["x"]);
    }

    #[test]
    fn links_that_stay_inside_are_kept_and_circles_end() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/real"), "x").unwrap();
        symlink("../real", root.join("a/b/up")).unwrap();
        symlink(root.join("a/real"), root.join("a/b/full")).unwrap();
        symlink("circle", root.join("circle")).unwrap();
        symlink("..", root.join("a/b/around")).unwrap();
        let links: Vec<(String, Kind)> = walk(&root, &Rules::none())
            .unwrap()
            .into_iter()
            .filter(|entry| matches!(entry.kind, Kind::Link(_)))
            .map(|entry| (entry.name, entry.kind))
            .collect();
        let link = |name: &str, to: &str| (name.to_owned(), Kind::Link(to.to_owned()));
        assert_eq!(
            links,
            [
                link("a/b/around", ".."),
                link("a/b/full", "../../a/real"),
                link("a/b/up", "../real"),
                link("circle", "circle"),
            ]
        );
    }

    #[test]
    fn links_that_lead_out_are_refused_by_name() {
        for target in ["../outside", "/etc/passwd", "a/../../outside"] {
            let folder = tempfile::tempdir().unwrap();
            symlink(target, folder.path().join("leak")).unwrap();
            let fault = fault(folder.path());
            assert_eq!(fault.code, "build/link");
            assert!(fault.summary.contains("leak"), "{fault:?}");
        }
    }

    #[test]
    fn a_link_that_leads_out_over_another_link_is_refused() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("in");
        fs::create_dir(&folder).unwrap();
        fs::create_dir(outer.path().join("out")).unwrap();
        fs::write(outer.path().join("secret"), "").unwrap();
        symlink(outer.path().join("out"), folder.join("a")).unwrap();
        // By its names alone this one stays inside.
        symlink("a/../secret", folder.join("b")).unwrap();
        assert_eq!(fault(&folder).code, "build/link");
    }

    #[test]
    fn what_cannot_be_packed_is_named() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let odd = std::ffi::OsStr::from_bytes(b"a\xff.js");
        fs::write(folder.path().join(odd), "").unwrap();
        assert_eq!(fault(folder.path()).code, "build/name");

        let folder = tempfile::tempdir().unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("s")).unwrap();
        assert_eq!(fault(folder.path()).code, "build/special-file");
        assert_eq!(
            fault(&folder.path().join("nowhere")).code,
            "build/unreadable"
        );
    }

    #[test]
    fn anybodys_right_to_execute_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bootstrap");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o610)).unwrap();
        let entries = walk(folder.path(), &Rules::none()).unwrap();
        assert!(matches!(
            entries[0].kind,
            Kind::File(Stamp {
                executable: true,
                ..
            })
        ));
    }

    #[test]
    fn one_file_alone_is_its_own_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.wasm");
        fs::write(&path, "x").unwrap();
        let entries = walk(&path, &Rules::none()).unwrap();
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].name, "app.wasm");
    }
}
