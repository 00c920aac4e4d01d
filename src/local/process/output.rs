//! What a process writes, as records for its log.

use std::io;
use std::os::fd::OwnedFd;

use tokio::net::unix::pipe::Receiver;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use crate::local::sandbox::Log;

/// What is kept of one line before it is handed on. Source: CloudWatch Logs quotas, size of an event.
const MAX_LINE: usize = 256 << 10;

/// The most that one look into a pipe takes: a process that never stops writing must not stop everything else.
const MAX_READ: usize = 1 << 20;

/// A frame larger than this is taken for something that is no frame, in bytes.
const MAX_FRAME: usize = 64 << 20;

/// Reads the pipe of a process into its log, until it is closed or this is dropped.
pub struct Output {
    drain: mpsc::Sender<oneshot::Sender<()>>,
    task: JoinSet<()>,
}

impl Output {
    /// Begins to read.
    ///
    /// # Errors
    /// When the system cannot wait for the pipe.
    pub fn read(pipe: OwnedFd, log: Log) -> io::Result<Self> {
        let mut stream = Stream {
            pipe: Some(Receiver::from_owned_fd(pipe)?),
            records: Records::default(),
            log,
        };
        let (drain, mut drains) = mpsc::channel::<oneshot::Sender<()>>(1);
        let mut task = JoinSet::new();
        task.spawn(async move {
            loop {
                tokio::select! {
                    () = stream.readable() => stream.take(),
                    wanted = drains.recv() => {
                        stream.take();
                        stream.records.flush(&stream.log);
                        match wanted {
                            Some(wanted) => drop(wanted.send(())),
                            None => return,
                        }
                    }
                }
            }
        });
        Ok(Output { drain, task })
    }

    /// Hands on everything that has been written so far, a line without its end, too.
    pub async fn drain(&self) {
        let (done, all) = oneshot::channel();
        if self.drain.send(done).await.is_ok() {
            let _ = all.await;
        }
    }

    /// Hands on what is left; for a process that is gone.
    pub async fn finish(mut self) {
        self.drain().await;
        drop(self.drain);
        while self.task.join_next().await.is_some() {}
    }
}

struct Stream {
    pipe: Option<Receiver>,
    records: Records,
    log: Log,
}

impl Stream {
    /// Comes back when there is something to read; never once it is closed.
    async fn readable(&mut self) {
        match &self.pipe {
            Some(pipe) if pipe.readable().await.is_ok() => (),
            _ => std::future::pending().await,
        }
    }

    /// Reads what is there.
    fn take(&mut self) {
        let mut taken = 0;
        let mut buffer = [0; 16 << 10];
        while let Some(pipe) = &self.pipe
            && taken < MAX_READ
        {
            match pipe.try_read(&mut buffer) {
                Ok(0) => self.pipe = None,
                Ok(size) => {
                    taken += size;
                    self.records.push(&buffer[..size], &self.log);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.pipe = None,
            }
        }
    }
}

/// Lines of text, and between them framed records: those have their length before them, as Lambda's runtime clients
/// write them to `_LAMBDA_TELEMETRY_LOG_FD`: four bytes of type, four of length, eight of time, then the text.
///
/// Lambda takes frames from a pipe of their own. Here all come in one, because only that keeps their order; what begins
/// a frame cannot stand in a text of UTF-8 without a zero byte.
///
/// Source: awslambdaric, `FramedTelemetryLogSink`.
#[derive(Default)]
struct Records {
    pending: Vec<u8>,
}

/// How a frame's type begins; the last byte tells the format and the level.
const FRAME: [u8; 3] = [0xa5, 0x5a, 0];
const HEADER: usize = 16;

/// What stands first in the bytes that are there.
enum First {
    /// Text up to here: a whole line, or what stands before a frame.
    Text(usize),
    /// A frame whose text ends here.
    Frame(usize),
    /// Something of which the end is not there yet.
    Part,
}

impl Records {
    fn push(&mut self, bytes: &[u8], log: &Log) {
        self.pending.extend_from_slice(bytes);
        let mut done = 0;
        loop {
            let rest = &self.pending[done..];
            match first(rest) {
                First::Text(end) => {
                    text(&rest[..end], log);
                    done += end;
                }
                First::Frame(end) => {
                    frame(&rest[HEADER..end], log);
                    done += end;
                }
                First::Part => break,
            }
        }
        self.pending.drain(..done);
    }

    /// Hands on what has no end yet.
    fn flush(&mut self, log: &Log) {
        if !self.pending.is_empty() {
            text(&std::mem::take(&mut self.pending), log);
        }
    }
}

fn first(bytes: &[u8]) -> First {
    if bytes.starts_with(&FRAME) {
        if bytes.len() < HEADER {
            return First::Part;
        }
        let length = bytes[4..8]
            .iter()
            .fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
        if length <= MAX_FRAME {
            return match bytes.len() < HEADER + length {
                true => First::Part,
                false => First::Frame(HEADER + length),
            };
        }
        // No client writes such a frame: it is taken for text.
    }
    let line = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .map(|at| at + 1);
    let within = &bytes[..line.unwrap_or(bytes.len()).min(MAX_LINE)];
    let skipped = within.len().min(1);
    let frame = within[skipped..]
        .windows(FRAME.len())
        .position(|three| three == FRAME)
        .map(|at| at + skipped);
    match (frame, line) {
        (Some(end), _) => First::Text(end),
        (None, Some(end)) if end <= MAX_LINE => First::Text(end),
        (None, _) if within.len() == MAX_LINE => First::Text(MAX_LINE),
        (None, _) => First::Part,
    }
}

/// Hands on a line; one that something else follows gets its end here.
fn text(line: &[u8], log: &Log) {
    if line.ends_with(b"\n") || line.len() >= MAX_LINE {
        log.output(line);
    } else {
        log.output(&[line, b"\n"].concat());
    }
}

fn frame(record: &[u8], log: &Log) {
    if record.ends_with(b"\n") {
        log.console(record);
    } else {
        log.console(&[record, b"\n"].concat());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    fn log() -> (Log, Arc<Mutex<Vec<String>>>) {
        let written: Arc<Mutex<Vec<String>>> = Arc::default();
        let sink = Arc::clone(&written);
        let log = Log::new(move |record| {
            let text = String::from_utf8_lossy(record).into_owned();
            sink.lock().unwrap().push(text);
        });
        (log, written)
    }

    fn frame(text: &str) -> Vec<u8> {
        let mut frame = vec![0xa5, 0x5a, 0, 3];
        frame.extend((text.len() as u32).to_be_bytes());
        frame.extend([0; 8]);
        frame.extend(text.as_bytes());
        frame
    }

    #[test]
    fn lines_are_records_however_they_come() {
        let (log, written) = log();
        let mut records = Records::default();
        records.push(b"a\nb", &log);
        records.push(b"c\n\nd", &log);
        records.flush(&log);
        assert_eq!(*written.lock().unwrap(), ["a\n", "bc\n", "\n", "d\n"]);
    }

    #[test]
    fn a_line_without_an_end_is_cut() {
        let (log, written) = log();
        let mut records = Records::default();
        records.push(&vec![b'x'; MAX_LINE + 1], &log);
        records.push(b"\n", &log);
        let lengths: Vec<usize> = written.lock().unwrap().iter().map(String::len).collect();
        assert_eq!(lengths, [MAX_LINE, 2]);
    }

    #[test]
    fn frames_are_records_with_the_lines_inside_them() {
        let bytes = [
            frame("one\ntwo"),
            frame("three\n"),
            b"text\nmore".to_vec(),
            frame("four"),
            b"end\n".to_vec(),
        ]
        .concat();
        let expected = [
            "one\ntwo\n",
            "three\n",
            "text\n",
            "more\n",
            "four\n",
            "end\n",
        ];
        for size in [1, 7, 100] {
            let (log, written) = log();
            let mut records = Records::default();
            for part in bytes.chunks(size) {
                records.push(part, &log);
            }
            records.flush(&log);
            assert_eq!(*written.lock().unwrap(), expected, "{size}");
        }
    }

    #[test]
    fn what_is_no_frame_is_text() {
        let (log, written) = log();
        let mut records = Records::default();
        records.push("\u{a5}Z is no frame\n".as_bytes(), &log);
        let mut huge = vec![0xa5, 0x5a, 0, 3, 0xff, 0xff, 0xff, 0xff];
        huge.extend([b'\n'; 8]);
        records.push(&huge, &log);
        let written = written.lock().unwrap();
        assert_eq!(written[0], "\u{a5}Z is no frame\n");
        assert_eq!(written.len(), 1 + 8);
    }
}
