//! Becoming another program, between fork and exec.

use std::ffi::{CString, OsString, c_char};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// A program with its arguments and its environment, as the system call takes them. `Command` would do the same, but
/// runs what is no program as a shell script; Lambda does not.
pub struct Image {
    program: CString,
    arguments: Vec<*const c_char>,
    environment: Vec<*const c_char>,
    /// What the pointers point to.
    _texts: Vec<CString>,
}

// SAFETY: the pointers point into `_texts`, which live as long and are never changed.
unsafe impl Send for Image {}
// SAFETY: as above.
unsafe impl Sync for Image {}

impl Image {
    /// # Errors
    /// When one of the texts holds a zero byte.
    pub fn new(
        program: &Path,
        arguments: &[OsString],
        environment: Vec<(String, OsString)>,
    ) -> io::Result<Self> {
        let text = |bytes: &[u8]| CString::new(bytes);
        let program = text(program.as_os_str().as_bytes())?;
        let mut texts = vec![program.clone()];
        for argument in arguments {
            texts.push(text(argument.as_bytes())?);
        }
        let count = texts.len();
        for (name, value) in environment {
            texts.push(text(&[name.as_bytes(), b"=", value.as_bytes()].concat())?);
        }
        let pointers = |texts: &[CString]| -> Vec<*const c_char> {
            let texts = texts.iter().map(|text| text.as_ptr());
            texts.chain([std::ptr::null()]).collect()
        };
        Ok(Image {
            program,
            arguments: pointers(&texts[..count]),
            environment: pointers(&texts[count..]),
            _texts: texts,
        })
    }

    /// Becomes that program; comes back only with the reason why it cannot.
    pub fn start(&self) -> io::Error {
        // SAFETY: both lists end with a null pointer, and everything they point to is there.
        unsafe {
            nix::libc::execve(
                self.program.as_ptr(),
                self.arguments.as_ptr(),
                self.environment.as_ptr(),
            );
        }
        io::Error::last_os_error()
    }
}
