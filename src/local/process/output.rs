//! What a process writes, as records for its log.

use std::io;
use std::os::fd::OwnedFd;

use tokio::net::unix::pipe::Receiver;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::child::Pipes;
use crate::local::sandbox::Log;

/// What is kept of one line before it is handed on. Source: CloudWatch Logs quotas, size of an event.
const MAX_LINE: usize = 256 << 10;

/// The most that one look into a pipe takes: a process that never stops writing must not stop everything else.
const MAX_READ: usize = 1 << 20;

/// A frame larger than this is taken for something that is no frame, in bytes.
const MAX_FRAME: usize = 64 << 20;

/// Reads the pipes of a process into its log, until they are closed or this is dropped.
pub struct Output {
    drain: mpsc::Sender<oneshot::Sender<()>>,
    task: JoinSet<()>,
}

impl Output {
    /// Begins to read.
    ///
    /// # Errors
    /// When the system cannot wait for the pipes.
    pub fn read(pipes: Pipes, log: Log) -> io::Result<Self> {
        let mut output = Stream::new(pipes.output, Sink::Lines(Lines::default()), log.clone())?;
        let frames = pipes
            .frames
            .map(|frames| Stream::new(frames, Sink::Frames(Frames::default()), log));
        let mut frames = frames.transpose()?;
        let (drain, mut drains) = mpsc::channel::<oneshot::Sender<()>>(1);
        let mut task = JoinSet::new();
        task.spawn(async move {
            loop {
                let wanted = tokio::select! {
                    () = output.readable() => None,
                    () = readable(&mut frames) => None,
                    wanted = drains.recv() => match wanted {
                        Some(wanted) => Some(wanted),
                        None => return,
                    },
                };
                output.take();
                if let Some(frames) = &mut frames {
                    frames.take();
                }
                if let Some(wanted) = wanted {
                    output.flush();
                    let _ = wanted.send(());
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

async fn readable(stream: &mut Option<Stream>) {
    match stream {
        Some(stream) => stream.readable().await,
        None => std::future::pending().await,
    }
}

struct Stream {
    pipe: Option<Receiver>,
    sink: Sink,
    log: Log,
}

enum Sink {
    Lines(Lines),
    Frames(Frames),
}

impl Stream {
    fn new(pipe: OwnedFd, sink: Sink, log: Log) -> io::Result<Self> {
        Ok(Stream {
            pipe: Some(Receiver::from_owned_fd(pipe)?),
            sink,
            log,
        })
    }

    /// Comes back when there is something to read; never once it is closed.
    async fn readable(&mut self) {
        match &self.pipe {
            Some(pipe) if pipe.readable().await.is_ok() => (),
            _ => std::future::pending().await,
        }
    }

    /// Hands on a line that has no end yet.
    fn flush(&mut self) {
        if let Sink::Lines(lines) = &mut self.sink {
            lines.flush(&self.log);
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
                    match &mut self.sink {
                        Sink::Lines(lines) => lines.push(&buffer[..size], &self.log),
                        Sink::Frames(frames) => frames.push(&buffer[..size], &self.log),
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(_) => self.pipe = None,
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Text cut into lines.
#[derive(Default)]
struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], log: &Log) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.pending.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.pending.len() >= MAX_LINE {
                log.output(&std::mem::take(&mut self.pending));
            }
        }
    }

    fn flush(&mut self, log: &Log) {
        if !self.pending.is_empty() {
            self.pending.push(b'\n');
            log.output(&std::mem::take(&mut self.pending));
        }
    }
}

/// Log records with their length before them, as Lambda's runtime clients write them to
/// `_LAMBDA_TELEMETRY_LOG_FD`: four bytes of type, four of length, eight of time, then the text.
///
/// Source: awslambdaric, `FramedTelemetryLogSink`.
#[derive(Default)]
struct Frames {
    pending: Vec<u8>,
    /// Something came that is no frame: the rest is taken as text.
    broken: Option<Lines>,
}

/// The upper half of a frame's type.
const FRAME: [u8; 2] = [0xa5, 0x5a];
const HEADER: usize = 16;

impl Frames {
    fn push(&mut self, bytes: &[u8], log: &Log) {
        if let Some(lines) = &mut self.broken {
            return lines.push(bytes, log);
        }
        self.pending.extend_from_slice(bytes);
        while self.pending.len() >= HEADER {
            let length = self.pending[4..8]
                .iter()
                .fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
            if self.pending[..2] != FRAME || length > MAX_FRAME {
                let mut lines = Lines::default();
                lines.push(&std::mem::take(&mut self.pending), log);
                self.broken = Some(lines);
                return;
            }
            if self.pending.len() < HEADER + length {
                return;
            }
            let rest = self.pending.split_off(HEADER + length);
            let mut record = std::mem::replace(&mut self.pending, rest);
            record.drain(..HEADER);
            if !record.ends_with(b"\n") {
                record.push(b'\n');
            }
            log.console(&record);
        }
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
        let mut lines = Lines::default();
        lines.push(b"a\nb", &log);
        lines.push(b"c\n\nd", &log);
        lines.flush(&log);
        assert_eq!(*written.lock().unwrap(), ["a\n", "bc\n", "\n", "d\n"]);
    }

    #[test]
    fn a_line_without_an_end_is_cut() {
        let (log, written) = log();
        Lines::default().push(&vec![b'x'; MAX_LINE + 1], &log);
        assert_eq!(written.lock().unwrap()[0].len(), MAX_LINE + 1);
        let mut lines = Lines::default();
        for _ in 0..MAX_LINE {
            lines.push(b"y", &log);
        }
        assert_eq!(written.lock().unwrap()[1].len(), MAX_LINE);
    }

    #[test]
    fn frames_are_records_with_the_lines_inside_them() {
        let (log, written) = log();
        let mut frames = Frames::default();
        let bytes = [frame("one\ntwo"), frame("three\n")].concat();
        for byte in bytes.chunks(7) {
            frames.push(byte, &log);
        }
        assert_eq!(*written.lock().unwrap(), ["one\ntwo\n", "three\n"]);
    }

    #[test]
    fn what_is_no_frame_is_text() {
        let (log, written) = log();
        let mut frames = Frames::default();
        frames.push(b"hello there, no frame\n", &log);
        frames.push(b"more\n", &log);
        let mut huge = vec![0xa5, 0x5a, 0, 3, 0xff, 0xff, 0xff, 0xff];
        huge.extend([b'\n'; 8]);
        Frames::default().push(&huge, &log);
        let written = written.lock().unwrap();
        assert_eq!(written[..2], ["hello there, no frame\n", "more\n"]);
        assert!(written.len() > 2);
    }
}
