//! Writing a new project: whole or not at all, and never over anything.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::file::File;

/// A folder in which only this lies counts as empty: somebody made a repository for the project.
const ALLOWED: &str = ".git";

/// Why a project was not written. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// There is something in the folder.
    #[error(
        "{} is not empty: it has `{entry}`. Name another folder, or empty this one", folder.display()
    )]
    NotEmpty {
        /// The folder that was asked for.
        folder: PathBuf,
        /// One of the things in it.
        entry: String,
    },
    /// The folder is something else.
    #[error("{} is there already, and is no folder. Name another one", .0.display())]
    NoFolder(PathBuf),
    /// The system refused.
    #[error("cannot write {}: {}", path.display(), plain(error))]
    Io {
        /// What was being written.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// A system error in words, with a next step where there is one.
fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "permission denied. Name a folder where you may write".into()
        }
        io::ErrorKind::ReadOnlyFilesystem => {
            "the file system is read-only. Name a folder elsewhere".into()
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "the disk is full. Make room, or name a folder elsewhere".into()
        }
        io::ErrorKind::NotADirectory => "a part of this path is a file, not a folder".into(),
        io::ErrorKind::InvalidFilename => "the name is too long for the file system".into(),
        _ => error.to_string(),
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> ScaffoldError {
    let path = path.to_owned();
    move |error| ScaffoldError::Io { path, error }
}

/// Whether a project may be written into `folder`: it is not there, or is empty, or has nothing but a `.git`.
///
/// # Errors
/// When it may not, or the folder cannot be read.
pub fn check_folder(folder: &Path) -> Result<(), ScaffoldError> {
    match fs::metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(at(folder)(error)),
        Ok(metadata) if !metadata.is_dir() => {
            return Err(ScaffoldError::NoFolder(folder.to_owned()));
        }
        Ok(_) => {}
    }
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let name = entry.map_err(at(folder))?.file_name();
        if name != ALLOWED {
            return Err(ScaffoldError::NotEmpty {
                folder: folder.to_owned(),
                entry: name.to_string_lossy().into_owned(),
            });
        }
    }
    Ok(())
}

/// Writes the files into `folder`, which is made if it is not there.
///
/// They are written into a temporary folder beside (or, where the folder is there, inside) it and renamed when all are
/// complete, so that an interrupted or failed run leaves no half a project.
///
/// # Errors
/// When the folder is not empty, or the system refuses.
pub fn write(files: &[File], folder: &Path) -> Result<(), ScaffoldError> {
    check_folder(folder)?;
    if folder.is_dir() {
        return fill(files, folder);
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let made = first_missing(parent);
    let result = make(files, parent, folder);
    if let (Err(_), Some(made)) = (&result, made) {
        // What was made of the way there. What is not empty stays.
        let _ = remove_empty(parent, &made);
    }
    result
}

/// The outermost folder of a path that is not there.
fn first_missing(path: &Path) -> Option<PathBuf> {
    path.ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .last()
        .map(Path::to_owned)
}

/// Removes the folders from `inner` out to `outer`.
fn remove_empty(inner: &Path, outer: &Path) -> io::Result<()> {
    for folder in inner.ancestors() {
        fs::remove_dir(folder)?;
        if folder == outer {
            break;
        }
    }
    Ok(())
}

/// Makes the folder, which is not there.
fn make(files: &[File], parent: &Path, folder: &Path) -> Result<(), ScaffoldError> {
    fs::create_dir_all(parent).map_err(at(parent))?;
    let scratch = scratch(parent).map_err(at(folder))?;
    // A temporary folder is its owner's alone; the project is to have the permissions of any other.
    let whole = scratch.path().join("project");
    write_all(files, &whole, folder)?;
    fs::rename(&whole, folder).map_err(at(folder))
}

/// Fills the folder, which is there and empty. It stays the same folder: a shell may be in it.
fn fill(files: &[File], folder: &Path) -> Result<(), ScaffoldError> {
    let scratch = scratch(folder).map_err(at(folder))?;
    let whole = scratch.path().join("project");
    write_all(files, &whole, folder)?;
    let mut moved = Vec::new();
    for entry in fs::read_dir(&whole).map_err(at(folder))? {
        let name = entry.map_err(at(folder))?.file_name();
        let target = folder.join(&name);
        if let Err(error) = fs::rename(whole.join(&name), &target) {
            for back in moved {
                let _ = fs::rename(folder.join(&back), whole.join(&back));
            }
            return Err(at(&target)(error));
        }
        moved.push(name);
    }
    Ok(())
}

fn scratch(folder: &Path) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix(".hoist-new-")
        .tempdir_in(folder)
}

/// Writes the files below `whole`. Faults are told of the place that each would have had in `folder`.
fn write_all(files: &[File], whole: &Path, folder: &Path) -> Result<(), ScaffoldError> {
    fs::create_dir(whole).map_err(at(folder))?;
    for file in files {
        let path = whole.join(&file.path);
        let parent = path.parent().unwrap_or(whole);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, &file.content))
            .map_err(at(&folder.join(&file.path)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<File> {
        [("a.txt", "a"), ("src/b.txt", "b")]
            .map(|(path, text)| File {
                path: path.into(),
                content: text.into(),
            })
            .to_vec()
    }

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_that_is_not_there_is_made_with_the_way_to_it() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("x/y/app");
        write(&files(), &folder).unwrap();
        assert_eq!(entries(&folder), ["a.txt", "src"]);
        assert_eq!(fs::read_to_string(folder.join("src/b.txt")).unwrap(), "b");
        assert_eq!(entries(folder.parent().unwrap()), ["app"]);
    }

    #[test]
    fn an_empty_folder_is_filled_and_so_is_one_with_a_repository() {
        let base = tempfile::tempdir().unwrap();
        write(&files(), base.path()).unwrap();
        assert_eq!(entries(base.path()), ["a.txt", "src"]);

        let base = tempfile::tempdir().unwrap();
        fs::create_dir(base.path().join(".git")).unwrap();
        write(&files(), base.path()).unwrap();
        assert_eq!(entries(base.path()), [".git", "a.txt", "src"]);
    }

    #[test]
    fn a_folder_with_anything_in_it_stays_as_it_is() {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join(".env"), "SECRET=1").unwrap();
        let error = write(&files(), base.path()).unwrap_err();
        assert!(
            matches!(&error, ScaffoldError::NotEmpty { entry, .. } if entry == ".env"),
            "{error}"
        );
        assert_eq!(entries(base.path()), [".env"]);
    }

    #[test]
    fn a_file_is_no_folder() {
        let base = tempfile::tempdir().unwrap();
        let file = base.path().join("app");
        fs::write(&file, "").unwrap();
        assert!(matches!(
            write(&files(), &file),
            Err(ScaffoldError::NoFolder(_))
        ));
        let below = write(&files(), &file.join("inner")).unwrap_err();
        assert!(matches!(below, ScaffoldError::Io { .. }), "{below}");
        assert_eq!(entries(base.path()), ["app"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let base = tempfile::tempdir().unwrap();
        let mut files = files();
        // A file where a folder is needed fails on every system, also for root.
        files.push(File {
            path: "a.txt/c.txt".into(),
            content: Vec::new(),
        });
        assert!(write(&files, &base.path().join("x/app")).is_err());
        assert_eq!(entries(base.path()), [""; 0]);
        assert!(write(&files, base.path()).is_err());
        assert_eq!(entries(base.path()), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_has_the_permissions_of_any_other() {
        use std::os::unix::fs::PermissionsExt;
        let base = tempfile::tempdir().unwrap();
        let other = base.path().join("other");
        fs::create_dir(&other).unwrap();
        let folder = base.path().join("app");
        write(&files(), &folder).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&folder), mode(&other));
    }
}
