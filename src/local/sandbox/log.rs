//! Where a function's output goes while it runs.

use std::sync::Arc;

type Write = dyn Fn(&[u8]) + Send + Sync;

/// Takes log records as they are written. Cheap to copy; one record is one call.
#[derive(Clone)]
pub struct Log {
    write: Arc<Write>,
    single_line: bool,
}

impl Log {
    /// A log that hands each record to `write`.
    pub fn new(write: impl Fn(&[u8]) + Send + Sync + 'static) -> Self {
        Log {
            write: Arc::new(write),
            single_line: false,
        }
    }

    /// A log that forgets everything.
    pub fn none() -> Self {
        Log::new(|_| ())
    }

    /// The same log with each record of `console` on one line: a line end inside it becomes `\r`, as
    /// Lambda's Node runtime writes to a plain standard output.
    pub fn single_line(mut self) -> Self {
        self.single_line = true;
        self
    }

    /// Hands bytes over as they were written.
    pub fn record(&self, bytes: &[u8]) {
        (self.write)(bytes);
    }

    /// Hands over one record of `console`, which ends with a line end.
    pub fn console(&self, bytes: &[u8]) {
        let inside = bytes.len().saturating_sub(1);
        if !self.single_line || !bytes[..inside].contains(&b'\n') {
            return self.record(bytes);
        }
        let mut bytes = bytes.to_vec();
        for byte in &mut bytes[..inside] {
            if *byte == b'\n' {
                *byte = b'\r';
            }
        }
        self.record(&bytes);
    }

    /// Hands one line over.
    pub fn line(&self, text: &str) {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(b'\n');
        self.record(&bytes);
    }
}

impl std::fmt::Debug for Log {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Log")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_console_record_is_one_line_where_that_is_wanted() {
        let written: Arc<Mutex<Vec<u8>>> = Arc::default();
        let sink = Arc::clone(&written);
        let log = Log::new(move |bytes| sink.lock().unwrap().extend_from_slice(bytes));
        log.console(b"a\nb\n");
        log.clone().single_line().console(b"c\nd\n");
        log.single_line().record(b"e\nf\n");
        assert_eq!(&*written.lock().unwrap(), b"a\nb\nc\rd\ne\nf\n");
    }
}
