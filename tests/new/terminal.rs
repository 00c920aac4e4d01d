//! `hoist new` on a terminal: what it asks, and how it is left.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use nix::pty::openpty;
use nix::sys::termios::{LocalFlags, tcgetattr};

use super::clean;

const LIMIT: Duration = Duration::from_secs(60);
const ENTER: &str = "\r";
const DOWN: &str = "\u{1b}[B";
const CTRL_C: &str = "\u{3}";

/// Hoist with a terminal of its own.
struct Session {
    child: Child,
    keys: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
    /// Kept open, so that its modes can be read when the program is gone.
    terminal: std::os::fd::OwnedFd,
}

impl Session {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let pair = openpty(None, None).unwrap();
        let end = || Stdio::from(pair.slave.try_clone().unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_hoist"));
        let child = clean(&mut command)
            .env("TERM", "xterm")
            .args(["--color", "never", "new"])
            .args(arguments)
            .current_dir(folder)
            .stdin(end())
            .stdout(Stdio::null())
            .stderr(end())
            .spawn()
            .unwrap();
        let mut reader = File::from(pair.master.try_clone().unwrap());
        let (send, screen) = channel();
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut piece) {
                if send.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Session {
            child,
            keys: File::from(pair.master),
            screen,
            seen: String::new(),
            terminal: pair.slave,
        }
    }

    /// Waits until this has been written since the last key.
    fn wait_for(&mut self, text: &str) {
        let begun = Instant::now();
        while !self.seen.contains(text) {
            let left = LIMIT.saturating_sub(begun.elapsed());
            let piece = self.screen.recv_timeout(left);
            let piece = piece.unwrap_or_else(|_| panic!("no {text:?} in {:?}", self.seen));
            self.seen.push_str(&String::from_utf8_lossy(&piece));
        }
    }

    /// Presses keys when the program waits for them: in raw mode.
    fn press(&mut self, keys: &str) {
        self.until("raw mode", |session| {
            let mode = tcgetattr(session.terminal.as_fd()).unwrap();
            !mode.local_flags.contains(LocalFlags::ICANON)
        });
        self.seen.clear();
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    fn until(&mut self, what: &str, mut holds: impl FnMut(&mut Self) -> bool) {
        let begun = Instant::now();
        while !holds(self) {
            assert!(
                begun.elapsed() < LIMIT,
                "{what} never came: {:?}",
                self.seen
            );
            std::thread::yield_now();
        }
    }

    /// Waits for the end; gives the exit code.
    fn code(&mut self) -> Option<i32> {
        let mut code = None;
        self.until("the end", |session| {
            let status = session.child.try_wait().unwrap();
            code = status.and_then(|status| status.code());
            status.is_some()
        });
        code
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_project_is_made_with_the_arrow_keys_and_the_enter_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::start(folder.path(), &[]);
    session.wait_for("What is the project to be?");
    session.press(ENTER);
    session.wait_for("In which language?");
    session.press(DOWN);
    session.press(DOWN);
    session.press(ENTER);
    session.wait_for("What is its name?");
    session.press(ENTER);
    session.wait_for("cd http-api-table");
    assert_eq!(session.code(), Some(0));
    assert!(folder.path().join("http-api-table/src/notes.py").is_file());
}

#[test]
fn only_what_is_not_given_is_asked_and_a_name_that_cannot_be_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("schedule")).unwrap();
    fs::write(folder.path().join("schedule/x"), "").unwrap();
    let mut session = Session::start(folder.path(), &["schedule"]);
    // The template's own name is taken.
    session.wait_for("schedule-2");
    session.press("My App\r");
    session.wait_for("lower-case letters");
    session.press(&format!("{}{ENTER}", "\u{7f}".repeat(6)));
    session.wait_for("cd schedule-2");
    assert_eq!(session.code(), Some(0));
    assert!(folder.path().join("schedule-2/template.yaml").is_file());
}

#[test]
fn control_c_ends_with_130_and_leaves_the_terminal_as_it_was() {
    for arguments in [&[][..], &["schedule"]] {
        let folder = tempfile::tempdir().unwrap();
        let mut session = Session::start(folder.path(), arguments);
        session.wait_for("What is ");
        session.press(CTRL_C);
        assert_eq!(session.code(), Some(130));
        let mode = tcgetattr(session.terminal.as_fd()).unwrap();
        assert!(
            mode.local_flags
                .contains(LocalFlags::ICANON | LocalFlags::ECHO)
        );
        // The cursor is shown again.
        session.wait_for("\u{1b}[?25h");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_signal_ends_a_question_and_leaves_the_terminal_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Session::start(folder.path(), &[]);
    session.wait_for("What is the project to be?");
    session.until("raw mode", |session| {
        let mode = tcgetattr(session.terminal.as_fd()).unwrap();
        !mode.local_flags.contains(LocalFlags::ICANON)
    });
    let process = nix::unistd::Pid::from_raw(session.child.id().cast_signed());
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_eq!(session.code(), Some(130));
    let mode = tcgetattr(session.terminal.as_fd()).unwrap();
    assert!(
        mode.local_flags
            .contains(LocalFlags::ICANON | LocalFlags::ECHO)
    );
}
