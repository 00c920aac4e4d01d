//! A guest's standard error as log lines.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};

use super::super::super::log::Log;

/// Hands every line that is written to the log, and what is left without a line end when it is dropped.
#[derive(Clone)]
pub struct LogStream(Arc<Mutex<Lines>>);

struct Lines {
    log: Log,
    pending: Vec<u8>,
}

/// The longest line kept together, in bytes: CloudWatch's largest event.
const MAX_LINE: usize = 1 << 20;

impl LogStream {
    /// A stream into `log`.
    pub fn new(log: Log) -> Self {
        LogStream(Arc::new(Mutex::new(Lines {
            log,
            pending: Vec::new(),
        })))
    }

    fn write(&self, bytes: &[u8]) {
        let mut lines = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            lines.pending.extend_from_slice(piece);
            if piece.ends_with(b"\n") || lines.pending.len() >= MAX_LINE {
                let line = std::mem::take(&mut lines.pending);
                lines.log.output(&line);
            }
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.pending.is_empty() {
            self.pending.push(b'\n');
            self.log.output(&self.pending);
        }
    }
}

impl IsTerminal for LogStream {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for LogStream {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl AsyncWrite for LogStream {
    fn poll_write(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
