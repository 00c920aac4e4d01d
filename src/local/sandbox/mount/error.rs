//! Errors of file operations as Node reports them.

use std::io;

use serde::Serialize;
use thiserror::Error;

/// An error of the system under a file operation, by its POSIX name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Permission denied.
    Access,
    /// File exists.
    Exists,
    /// File too large.
    FileTooLarge,
    /// Input or output error.
    Io,
    /// Invalid argument.
    Invalid,
    /// Illegal operation on a directory.
    IsDirectory,
    /// Too many symbolic links.
    Loop,
    /// Name or path too long.
    NameTooLong,
    /// No such file or directory.
    NotFound,
    /// Not a directory.
    NotDirectory,
    /// Directory not empty.
    NotEmpty,
    /// Operation not permitted.
    NotPermitted,
    /// Function not implemented.
    NotImplemented,
    /// No space left on device.
    NoSpace,
    /// Read-only file system.
    ReadOnly,
    /// Resource busy: a mount itself cannot be removed or renamed.
    Busy,
    /// Cross-device link.
    CrossDevice,
    /// Too many open files on the host.
    TooManyFiles,
    /// Neither a file nor a folder: a device, a pipe.
    NoDevice,
}

impl Code {
    /// Name, Linux number, and the words of libuv, which are the ones Node prints.
    fn facts(self) -> (&'static str, i32, &'static str) {
        match self {
            Self::Access => ("EACCES", 13, "permission denied"),
            Self::Exists => ("EEXIST", 17, "file already exists"),
            Self::FileTooLarge => ("EFBIG", 27, "file too large"),
            Self::Io => ("EIO", 5, "i/o error"),
            Self::Invalid => ("EINVAL", 22, "invalid argument"),
            Self::IsDirectory => ("EISDIR", 21, "illegal operation on a directory"),
            Self::Loop => ("ELOOP", 40, "too many symbolic links encountered"),
            Self::NameTooLong => ("ENAMETOOLONG", 36, "name too long"),
            Self::NotFound => ("ENOENT", 2, "no such file or directory"),
            Self::NotDirectory => ("ENOTDIR", 20, "not a directory"),
            Self::NotEmpty => ("ENOTEMPTY", 39, "directory not empty"),
            Self::NotPermitted => ("EPERM", 1, "operation not permitted"),
            Self::NotImplemented => ("ENOSYS", 38, "function not implemented"),
            Self::NoSpace => ("ENOSPC", 28, "no space left on device"),
            Self::ReadOnly => ("EROFS", 30, "read-only file system"),
            Self::Busy => ("EBUSY", 16, "resource busy or locked"),
            Self::CrossDevice => ("EXDEV", 18, "cross-device link not permitted"),
            Self::TooManyFiles => ("EMFILE", 24, "too many open files"),
            Self::NoDevice => ("ENXIO", 6, "no such device or address"),
        }
    }

    /// The name, such as `ENOENT`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().0
    }
}

impl From<io::Error> for Code {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::PermissionDenied => Self::Access,
            ErrorKind::AlreadyExists => Self::Exists,
            ErrorKind::InvalidInput => Self::Invalid,
            ErrorKind::NotADirectory => Self::NotDirectory,
            ErrorKind::IsADirectory => Self::IsDirectory,
            ErrorKind::DirectoryNotEmpty => Self::NotEmpty,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoSpace,
            ErrorKind::FileTooLarge => Self::FileTooLarge,
            ErrorKind::CrossesDevices => Self::CrossDevice,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::InvalidFilename => Self::NameTooLong,
            // The host's own numbers, where std has no kind for them.
            _ => match error.raw_os_error() {
                Some(1) => Self::NotPermitted,
                Some(24) => Self::TooManyFiles,
                Some(40) if cfg!(target_os = "linux") => Self::Loop,
                _ => Self::Io,
            },
        }
    }
}

/// A failed file operation: what Node makes its error from.
///
/// As JSON: `{"code":"ENOENT","errno":-2,"syscall":"open","message":"no such file or directory",
/// "path":"/tmp/x"}`. Node's own message is `ENOENT: no such file or directory, open '/tmp/x'`, which is
/// what `Display` writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
#[error("{}", self.text())]
pub struct FileError {
    /// The error's name, such as `ENOENT`.
    pub code: &'static str,
    /// The error's number on Linux, negated as Node has it.
    pub errno: i32,
    /// The system call that libuv would have made.
    pub syscall: &'static str,
    /// What `code` means, in libuv's words.
    pub message: &'static str,
    /// The path as the program gave it; absent where Node has none either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The second path of a copy, a rename or a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dest: Option<String>,
}

impl FileError {
    /// The error `code` of `syscall` on `path`.
    #[must_use]
    pub fn new(code: Code, syscall: &'static str, path: &str) -> Self {
        let (name, number, message) = code.facts();
        Self {
            code: name,
            errno: -number,
            syscall,
            message,
            path: Some(path.to_owned()),
            dest: None,
        }
    }

    /// The same without a path: what a failed `write` looks like.
    pub(super) fn without_path(code: Code, syscall: &'static str) -> Self {
        Self {
            path: None,
            ..Self::new(code, syscall, "")
        }
    }

    /// The same with a second path.
    pub(super) fn to(mut self, dest: &str) -> Self {
        self.dest = Some(dest.to_owned());
        self
    }

    /// The error as the JSON text that the guest reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }

    fn text(&self) -> String {
        let mut text = format!("{}: {}, {}", self.code, self.message, self.syscall);
        if let Some(path) = &self.path {
            text.push_str(&format!(" '{path}'"));
        }
        if let Some(dest) = &self.dest {
            text.push_str(&format!(" -> '{dest}'"));
        }
        text
    }
}

/// A folder that cannot be mounted.
#[derive(Debug, Error)]
#[error("cannot open the {what} `{path}`: {error}", path = .path.display())]
pub struct MountError {
    /// What the folder is for: "function's code", "layer", "folder for /tmp".
    pub what: &'static str,
    /// The folder on this machine.
    pub path: std::path::PathBuf,
    /// Why it cannot be opened.
    #[source]
    pub error: io::Error,
}
