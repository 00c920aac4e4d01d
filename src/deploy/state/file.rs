//! States in a folder of this machine: `--state file:PATH`, and tests.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use super::State;
use super::store::{Holder, KeptAndUnlocked, Pending, StateStore, StoreError};

/// The state of one stack as a file, with its lock beside it.
///
/// The lock is the system's: it goes with the process that has it, however that ends.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    holder: Holder,
    lock: Option<File>,
    /// The serial that the file has as far as this run knows; none when there is no file.
    serial: Option<u64>,
}

impl FileStore {
    /// The state in the file `path`. `holder` is what others are told while this run has the lock.
    pub fn new(path: impl Into<PathBuf>, holder: Holder) -> Self {
        FileStore {
            path: path.into(),
            holder,
            lock: None,
            serial: None,
        }
    }

    fn take(&mut self) -> Result<(), StoreError> {
        // The system would let a second handle of this very process wait for the first.
        if self.lock.is_some() {
            return Ok(());
        }
        let path = with_ending(&self.path, ".lock");
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| refused("make", folder, &error))?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| refused("open", &path, &error))?;
        if let Err(error) = file.try_lock() {
            return Err(match error {
                fs::TryLockError::WouldBlock => StoreError::Locked(holder(&mut file)),
                fs::TryLockError::Error(error) => refused("lock", &path, &error),
            });
        }
        let text = serde_json::to_vec(&self.holder).unwrap_or_default();
        let written = file.set_len(0).and_then(|()| file.write_all(&text));
        written.map_err(|error| refused("write", &path, &error))?;
        self.lock = Some(file);
        Ok(())
    }

    /// Writes beside the file and renames: whoever reads sees the one state or the other.
    fn write(&mut self, text: &[u8], serial: u64) -> Result<(), StoreError> {
        if read(&self.path, "write")?.map(|state| state.serial) != self.serial {
            return Err(StoreError::Moved);
        }
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let fault = |error: std::io::Error| refused("write", &self.path, &error);
        fs::create_dir_all(folder).map_err(fault)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fault)?;
        file.write_all(text)
            .and_then(|()| file.as_file().sync_all())
            .map_err(fault)?;
        file.persist(&self.path)
            .map_err(|error| refused("write", &self.path, &error.error))?;
        self.serial = Some(serial);
        Ok(())
    }

    /// What is kept beside the state: `orders.json` → `orders.json.d/NAME`.
    fn beside(&self, name: &str) -> PathBuf {
        with_ending(&self.path, ".d").join(name)
    }

    fn delete(&mut self) -> Result<(), StoreError> {
        let beside = self.beside("");
        if beside.is_dir() {
            fs::remove_dir_all(&beside).map_err(|error| refused("remove", &beside, &error))?;
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(refused("remove", &self.path, &error))
            }
            _ => {
                self.serial = None;
                Ok(())
            }
        }
    }
}

impl StateStore for FileStore {
    fn load(&mut self) -> Pending<'_, Option<State>> {
        Box::pin(async move {
            let state = read(&self.path, "read")?;
            self.serial = state.as_ref().map(|state| state.serial);
            Ok(state)
        })
    }

    fn lock(&mut self) -> Pending<'_, ()> {
        Box::pin(async move { self.take() })
    }

    fn save<'a>(&'a mut self, state: &State) -> Pending<'a, ()> {
        let (text, serial) = (state.to_json(), state.serial);
        Box::pin(async move { self.write(&text, serial) })
    }

    fn keep<'a>(&'a mut self, name: &'a str, bytes: Vec<u8>) -> Pending<'a, ()> {
        Box::pin(async move {
            let path = self.beside(name);
            let fault = |error: std::io::Error| refused("write", &path, &error);
            let folder = path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder).map_err(fault)?;
            let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fault)?;
            file.write_all(&bytes).map_err(fault)?;
            file.persist(&path).map_err(|error| fault(error.error))?;
            Ok(())
        })
    }

    fn fetch<'a>(&'a mut self, name: &'a str) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async move {
            let path = self.beside(name);
            match fs::read(&path) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(refused("read", &path, &error)),
            }
        })
    }

    fn others(&mut self) -> Pending<'_, Vec<State>> {
        Box::pin(async move {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            // A folder that is not there holds no states, and what is no state in it is none of ours.
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let states = entries
                .map(|entry| entry.path())
                .filter(|path| {
                    *path != self.path && path.extension().is_some_and(|end| end == "json")
                })
                .filter_map(|path| State::from_json(&fs::read(path).ok()?).ok());
            Ok(states.collect())
        })
    }

    fn remove(&mut self) -> Pending<'_, ()> {
        Box::pin(async move { self.delete() })
    }

    fn unlock(&mut self) -> Pending<'_, ()> {
        Box::pin(async move {
            // The file stays: removing it would let a third run lock another file of the same name.
            self.lock = None;
            Ok(())
        })
    }

    fn keep_and_unlock<'a>(
        &'a mut self,
        name: &'a str,
        bytes: Vec<u8>,
    ) -> Pin<Box<dyn Future<Output = KeptAndUnlocked> + Send + 'a>> {
        Box::pin(async move { (self.keep(name, bytes).await, self.unlock().await) })
    }

    fn bury(&mut self) -> Pending<'_, bool> {
        // The system has given the lock of an ended process back already.
        Box::pin(async { Ok(false) })
    }

    fn break_lock(&mut self) -> Pending<'_, Option<Holder>> {
        Box::pin(async move {
            match self.take() {
                // Nobody has it. The system gives the lock of an ended process back by itself.
                Ok(()) => {
                    self.lock = None;
                    Ok(None)
                }
                Err(fault) => Err(fault),
            }
        })
    }

    fn leaves_locks(&self) -> bool {
        false
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

/// The state's file, its lock, and the folder of what is kept beside it.
pub(super) fn files(path: &Path) -> Vec<PathBuf> {
    vec![
        path.to_owned(),
        with_ending(path, ".lock"),
        with_ending(path, ".d"),
    ]
}

/// `orders.json` and `.lock` → `orders.json.lock`.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// The state in the file; none when there is no file. `doing` is what it is read for: to `read` it, or to `write` it anew.
fn read(path: &Path, doing: &str) -> Result<Option<State>, StoreError> {
    match fs::read(path) {
        Ok(text) => Ok(Some(State::from_json(&text)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(doing, path, &error)),
    }
}

/// Who wrote himself into the lock's file.
fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    read.ok()
        .and_then(|_| serde_json::from_str(&text).ok())
        .unwrap_or_else(Holder::unknown)
}

fn refused(what: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::File(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(folder: &Path) -> FileStore {
        let holder = Holder {
            who: "ada@example".into(),
            machine: String::new(),
            process: 7,
            since: 1,
        };
        FileStore::new(folder.join("orders.json"), holder)
    }

    #[tokio::test]
    async fn what_is_saved_is_loaded_by_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = store(folder.path());
        assert_eq!(first.load().await, Ok(None));
        let mut state = State::new("orders", "eu-central-1", "123456789012");
        state.serial = 3;
        first.save(&state).await.unwrap();
        assert_eq!(store(folder.path()).load().await, Ok(Some(state)));
        first.remove().await.unwrap();
        assert_eq!(first.load().await, Ok(None));
    }

    #[tokio::test]
    async fn what_another_run_saved_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (mut first, mut second) = (store(folder.path()), store(folder.path()));
        let mut state = State::new("orders", "eu-central-1", "123456789012");
        assert_eq!(
            (first.load().await, second.load().await),
            (Ok(None), Ok(None))
        );
        state.serial = 1;
        first.save(&state).await.unwrap();
        assert_eq!(second.save(&state).await, Err(StoreError::Moved));
        second.load().await.unwrap();
        first.remove().await.unwrap();
        assert_eq!(second.save(&state).await, Err(StoreError::Moved));
        assert_eq!(second.load().await, Ok(None));
        second.save(&state).await.unwrap();
    }

    #[tokio::test]
    async fn two_runs_cannot_have_the_lock_and_the_second_is_told_who_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let (mut first, mut second) = (store(folder.path()), store(folder.path()));
        first.lock().await.unwrap();
        let refused = second.lock().await;
        assert!(
            matches!(&refused, Err(StoreError::Locked(holder)) if holder.who == "ada@example"),
            "{refused:?}"
        );
        first.lock().await.expect("whoever has it has it");
        first.unlock().await.unwrap();
        second.lock().await.unwrap();
    }

    #[tokio::test]
    async fn a_damaged_file_is_said_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.json");
        fs::write(&path, "{\"format\": 1, \"sta").unwrap();
        let read = store(folder.path()).load().await;
        assert!(matches!(read, Err(StoreError::Unreadable(_))), "{read:?}");
        assert!(path.exists());
    }
}
