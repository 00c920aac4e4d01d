//! One output stream: where it goes, whether it is coloured, whether anybody still reads it.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::color::{self, ColorChoice, Surroundings};

type Buffer = Arc<Mutex<Vec<u8>>>;

/// A stream that whole pieces are written to, from any thread.
pub(super) struct Stream {
    sink: Mutex<Sink>,
    terminal: bool,
    color: bool,
}

struct Sink {
    writer: Box<dyn Write + Send>,
    /// The reader closed its end. There is nobody left to write for, or to complain to.
    gone: bool,
}

impl Stream {
    pub(super) fn stdout(choice: ColorChoice, surroundings: Surroundings) -> Self {
        let terminal = io::stdout().is_terminal();
        let color = color::decide(choice, surroundings, terminal);
        Self::new(
            Box::new(with_color_support(io::stdout(), color)),
            terminal,
            color,
        )
    }

    pub(super) fn stderr(choice: ColorChoice, surroundings: Surroundings) -> Self {
        let terminal = io::stderr().is_terminal();
        let color = color::decide(choice, surroundings, terminal);
        Self::new(
            Box::new(with_color_support(io::stderr(), color)),
            terminal,
            color,
        )
    }

    pub(super) fn captured(buffer: Buffer) -> Self {
        Self::new(Box::new(Shared(buffer)), false, false)
    }

    fn new(writer: Box<dyn Write + Send>, terminal: bool, color: bool) -> Self {
        Stream {
            sink: Mutex::new(Sink {
                writer,
                gone: false,
            }),
            terminal,
            color,
        }
    }

    pub(super) fn is_terminal(&self) -> bool {
        self.terminal
    }

    pub(super) fn has_color(&self) -> bool {
        self.color
    }

    pub(super) fn is_gone(&self) -> bool {
        lock(&self.sink).gone
    }

    /// Writes a piece and flushes. A closed pipe is not an error; all later pieces are dropped.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut sink = lock(&self.sink);
        if sink.gone {
            return Ok(());
        }
        let written = sink.writer.write_all(bytes);
        match written.and_then(|()| sink.writer.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                sink.gone = true;
                Ok(())
            }
            result => result,
        }
    }
}

/// On Unix the stream itself; old Windows consoles need the escape sequences translated. Text that is
/// not ours (a function's output) must pass unchanged, so nothing is ever stripped.
fn with_color_support<S>(raw: S, color: bool) -> anstream::AutoStream<S>
where
    S: anstream::stream::RawStream,
{
    if color {
        anstream::AutoStream::always(raw)
    } else {
        anstream::AutoStream::always_ansi(raw)
    }
}

/// What was written to a [`Ui`](super::Ui) made for a test.
#[derive(Debug, Default, Clone)]
pub struct Captured {
    out: Buffer,
    err: Buffer,
}

impl Captured {
    pub(super) fn out_buffer(&self) -> Buffer {
        Arc::clone(&self.out)
    }

    pub(super) fn err_buffer(&self) -> Buffer {
        Arc::clone(&self.err)
    }

    /// Standard output so far. Bytes that are not UTF-8 are replaced.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&lock(&self.out)).into_owned()
    }

    /// Standard error so far. Bytes that are not UTF-8 are replaced.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&lock(&self.err)).into_owned()
    }
}

struct Shared(Buffer);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A panic elsewhere while the lock was held leaves the stream usable: pieces are independent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fails(io::ErrorKind, Buffer);

    impl Write for Fails {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            lock(&self.1).push(b'x');
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_went_away_is_no_error_and_is_not_written_to_again() {
        let tries = Buffer::default();
        let writer = Fails(io::ErrorKind::BrokenPipe, Arc::clone(&tries));
        let stream = Stream::new(Box::new(writer), false, false);
        assert!(stream.write(b"one").is_ok());
        assert!(stream.write(b"two").is_ok());
        assert_eq!(lock(&tries).len(), 1);
    }

    #[test]
    fn a_full_disk_is_an_error_each_time() {
        let tries = Buffer::default();
        let writer = Fails(io::ErrorKind::StorageFull, Arc::clone(&tries));
        let stream = Stream::new(Box::new(writer), false, false);
        assert!(stream.write(b"one").is_err());
        assert!(stream.write(b"two").is_err());
        assert_eq!(lock(&tries).len(), 2);
    }

    #[test]
    fn escape_sequences_of_a_function_pass_unchanged() {
        let captured = Captured::default();
        let stream = Stream::captured(captured.out_buffer());
        stream.write(b"\x1b[31mred\x1b[0m\xff").unwrap();
        assert_eq!(captured.out(), "\u{1b}[31mred\u{1b}[0m\u{fffd}");
    }
}
