//! File operations by name, with their arguments as JSON: what `node:fs` in the guest calls.
//!
//! | name | arguments | answer |
//! |---|---|---|
//! | `stat`, `lstat` | `path` | `{kind,size,mode,ino,dev,nlink,uid,gid,rdev,blksize,blocks,atimeMs,mtimeMs,ctimeMs,birthtimeMs}` |
//! | `statfs` | `path` | `{type,bsize,blocks,bfree,bavail,files,ffree}` |
//! | `access` | `path, mode?` (R 4, W 2, X 1) | `{}` |
//! | `realpath`, `readlink` | `path` | `{path}` |
//! | `readdir` | `path` | `[{name,kind}]`, sorted |
//! | `read` | `path` | `{size}` and the bytes |
//! | `readAt` | `path, position, length` | `{size}` (of the file) and the bytes |
//! | `open` | `path, flag?, mode?` | `{kind,size}`; makes or empties the file as the flag says |
//! | `write` | `path, flag?, position?, mode?`, bytes | `{written,size}` |
//! | `truncate` | `path, length?` | `{}` |
//! | `copy` | `path, dest, exclusive?` | `{}` |
//! | `rename` | `path, dest` | `{}` |
//! | `symlink` | `target, path` | `{}` |
//! | `unlink`, `rmdir` | `path` | `{}` |
//! | `rm` | `path, recursive?, force?` | `{}` |
//! | `mkdir` | `path, recursive?, mode?` | `{path}`: the first folder that was made, or null |
//! | `mkdtemp` | `prefix` | `{path}` |
//! | `chmod` | `path, mode` | `{}` |
//! | `utimes` | `path, atime, mtime` (seconds) | `{}` |
//!
//! `kind` is `file`, `directory`, `symlink` or `other`. `flag` is Node's text (`w`, `ax+`) or Linux's number.

use serde::Deserialize;

use super::error::{Code, FileError};
use super::{LARGEST_READ, Mounts};

/// The arguments of all operations: each uses some.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Arguments {
    pub(super) path: String,
    pub(super) dest: String,
    pub(super) target: String,
    pub(super) prefix: String,
    pub(super) mode: Option<u32>,
    pub(super) position: Option<u64>,
    pub(super) length: Option<u64>,
    pub(super) flag: Option<Flag>,
    pub(super) recursive: bool,
    pub(super) force: bool,
    pub(super) exclusive: bool,
    pub(super) atime: f64,
    pub(super) mtime: f64,
}

/// How a file is opened, in one of Node's two ways to say it.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Text(String),
    Number(u32),
}

/// What a flag asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) write: bool,
    pub(super) create: bool,
    pub(super) exclusive: bool,
    pub(super) truncate: bool,
    pub(super) append: bool,
}

impl Access {
    /// Reads a flag; `None` for one that Node does not know.
    pub(super) fn of(flag: &Flag) -> Option<Self> {
        match flag {
            Flag::Number(number) => {
                let has = |bit: u32| number & bit != 0;
                Some(Self {
                    write: has(0o3),
                    create: has(0o100),
                    exclusive: has(0o200),
                    truncate: has(0o1000),
                    append: has(0o2000),
                })
            }
            Flag::Text(text) => Self::of_text(text),
        }
    }

    fn of_text(text: &str) -> Option<Self> {
        let mut access = Self::default();
        let mut base = None;
        for letter in text.chars() {
            match letter {
                'r' | 'w' | 'a' if base.is_none() => base = Some(letter),
                'x' => access.exclusive = true,
                's' => {}
                '+' => access.write = true,
                _ => return None,
            }
        }
        match base? {
            'r' => {}
            'w' => {
                access = Self {
                    write: true,
                    create: true,
                    truncate: true,
                    ..access
                };
            }
            _ => {
                access = Self {
                    write: true,
                    create: true,
                    append: true,
                    ..access
                }
            }
        }
        Some(access)
    }
}

/// An answer: JSON and bytes.
pub(super) type Answer = Result<(String, Vec<u8>), FileError>;

/// The answer of an operation that has nothing to say.
pub(super) fn nothing() -> (String, Vec<u8>) {
    ("{}".to_owned(), Vec::new())
}

impl Mounts {
    /// Does the operation `name` with `arguments` (a JSON object; see the table of this module) and
    /// `data`. The answer is JSON and, for reads, bytes.
    ///
    /// # Errors
    /// A [`FileError`] with Node's code, number, system call and words.
    pub fn operation(
        &self,
        name: &str,
        arguments: &str,
        data: &[u8],
    ) -> Result<(String, Vec<u8>), FileError> {
        let arguments: Arguments = serde_json::from_str(arguments)
            .map_err(|_| FileError::without_path(Code::Invalid, "file"))?;
        let it = &arguments;
        let fail = |syscall: &'static str| move |code| FileError::new(code, syscall, &it.path);
        match name {
            "stat" => self.stat(&it.path, true).map_err(fail("stat")),
            "lstat" => self.stat(&it.path, false).map_err(fail("lstat")),
            "statfs" => self.statfs(&it.path).map_err(fail("statfs")),
            "access" => self
                .access(&it.path, it.mode.unwrap_or(0))
                .map_err(fail("access")),
            "realpath" => self.realpath(&it.path).map_err(fail("realpath")),
            "readlink" => self.readlink(&it.path).map_err(fail("readlink")),
            "readdir" => self.readdir(&it.path).map_err(fail("scandir")),
            "read" => self.read_at(it, 0, LARGEST_READ),
            "readAt" => {
                let length = it.length.unwrap_or(LARGEST_READ);
                self.read_at(it, it.position.unwrap_or(0), length)
            }
            "open" => self.open_with(it),
            "write" => self.write(it, data),
            "truncate" => self
                .truncate(&it.path, it.length.unwrap_or(0))
                .map_err(fail("open")),
            "copy" => self
                .copy(it)
                .map_err(|code| fail("copyfile")(code).to(&it.dest)),
            "rename" => self
                .rename(it)
                .map_err(|code| fail("rename")(code).to(&it.dest)),
            "symlink" => self
                .symlink(&it.target, &it.path)
                .map_err(|code| FileError::new(code, "symlink", &it.target).to(&it.path)),
            "unlink" => self.unlink(&it.path).map_err(fail("unlink")),
            "rmdir" => self.rmdir(&it.path).map_err(fail("rmdir")),
            "rm" => self.rm(it).map_err(fail("rm")),
            "mkdir" => self.mkdir(it).map_err(fail("mkdir")),
            "mkdtemp" => self
                .mkdtemp(&it.prefix)
                .map_err(|code| FileError::new(code, "mkdtemp", &format!("{}XXXXXX", it.prefix))),
            "chmod" => self
                .chmod(&it.path, it.mode.unwrap_or(0))
                .map_err(fail("chmod")),
            "utimes" => self
                .utimes(&it.path, it.atime, it.mtime)
                .map_err(fail("utime")),
            _ => Err(FileError::new(Code::NotImplemented, "file", &it.path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_both_kinds_mean_the_same() {
        for (text, number) in [
            ("r", 0),
            ("r+", 2),
            ("w", 0o1101),
            ("wx", 0o1301),
            ("a", 0o2101),
        ] {
            let text = Access::of(&Flag::Text(text.into()));
            assert_eq!(text, Access::of(&Flag::Number(number)));
            assert!(text.is_some());
        }
        assert_eq!(Access::of(&Flag::Text("q".into())), None);
        assert_eq!(Access::of(&Flag::Text(String::new())), None);
        assert!(Access::of(&Flag::Text("sa+".into())).is_some_and(|access| access.append));
    }
}
