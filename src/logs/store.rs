//! What functions wrote on this machine: a file a function, for `hoist logs --local`.
//!
//! Each line of a file is a record as JSON. A file that is full becomes the older one of two, and what was the older is gone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::record::{Group, Record};

/// A file is full at so many bytes; a function has two at most.
pub const FULL: u64 = 5 << 20;
/// The longest record that is kept whole, in bytes: as CloudWatch's.
/// Source: CloudWatch Logs API reference, `PutLogEvents`.
const LONGEST: usize = 1 << 20;

/// The records of one template's functions.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Line {
    time: i64,
    stream: String,
    message: String,
}

impl Store {
    /// The store of the template at `template`, in Hoist's cache folder.
    pub fn of(cache: &Path, template: &Path) -> Self {
        let whole = fs::canonicalize(template).unwrap_or_else(|_| template.to_owned());
        let hash = Sha256::digest(whole.as_os_str().as_encoded_bytes());
        let name = hex::encode(&hash[..8]);
        Store {
            folder: cache.join("logs").join(name),
        }
    }

    /// The functions that have written anything, by name.
    ///
    /// # Errors
    /// When the folder cannot be read. That there is none means nothing has run.
    pub fn functions(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".jsonl")) {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// Keeps what one execution environment of the function writes.
    pub fn writer(&self, function: &str) -> Writer {
        let file = self.file(function);
        let (sender, receiver) = channel();
        let stream = stream();
        let task = std::thread::spawn(move || keep(&file, &stream, &receiver));
        Writer {
            sender,
            task: Some(task),
        }
    }

    /// Reads what a function wrote, and goes on reading.
    pub fn reader(&self, function: &str) -> StoreReader {
        let file = self.file(function);
        StoreReader {
            group: Group::new(&format!("/aws/lambda/{function}"), function),
            file,
            open: None,
            rest: Vec::new(),
        }
    }

    fn file(&self, function: &str) -> PathBuf {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let name: String = function
            .chars()
            .map(|c| if is_plain(c) { c } else { '_' })
            .collect();
        self.folder.join(format!("{name}.jsonl"))
    }
}

/// A log stream's name as Lambda makes it: `2019/06/07/[$LATEST]<32 hex>`.
fn stream() -> String {
    let day = Timestamp::now().to_zoned(TimeZone::UTC).date();
    format!(
        "{}[$LATEST]{}",
        day.strftime("%Y/%m/%d/"),
        uuid::Uuid::new_v4().simple()
    )
}

fn older(file: &Path) -> PathBuf {
    file.with_extension("older")
}

/// Keeps records; see [`Store::writer`].
#[derive(Debug)]
pub struct Writer {
    sender: Sender<Message>,
    task: Option<JoinHandle<io::Result<()>>>,
}

#[derive(Debug)]
enum Message {
    Bytes(i64, Vec<u8>),
    End,
}

impl Writer {
    /// A function that takes what is written, from any thread. It does not wait for the file.
    pub fn sink(&self) -> impl Fn(&[u8]) + Send + Sync + 'static {
        let sender = self.sender.clone();
        move |bytes| {
            let now = Timestamp::now().as_millisecond();
            // The writer's end is told by `finish`.
            let _ = sender.send(Message::Bytes(now, bytes.to_vec()));
        }
    }

    /// Waits until all is kept.
    ///
    /// # Errors
    /// When the first of it could not be written; what came later was dropped.
    pub fn finish(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        let _ = self.sender.send(Message::End);
        let task = self.task.take();
        task.map_or(Ok(()), |task| task.join().unwrap_or(Ok(())))
    }
}

impl Drop for Writer {
    /// A run that ends early has written something too.
    fn drop(&mut self) {
        let _ = self.end();
    }
}

fn keep(file: &Path, stream: &str, messages: &Receiver<Message>) -> io::Result<()> {
    let mut part: Vec<u8> = Vec::new();
    let mut began = 0;
    let mut is_over = false;
    while !is_over {
        let Ok(first) = messages.recv() else { break };
        let mut lines = Vec::new();
        for message in std::iter::once(first).chain(messages.try_iter()) {
            let Message::Bytes(time, bytes) = message else {
                is_over = true;
                break;
            };
            if part.is_empty() {
                began = time;
            }
            let room = LONGEST.saturating_sub(part.len());
            part.extend_from_slice(&bytes[..bytes.len().min(room)]);
            // A line may be written in pieces.
            if bytes.ends_with(b"\n") || part.len() >= LONGEST {
                write_line(&mut lines, began, stream, &std::mem::take(&mut part))?;
            }
        }
        if is_over && !part.is_empty() {
            write_line(&mut lines, began, stream, &part)?;
        }
        append(file, &lines)?;
    }
    Ok(())
}

fn write_line(lines: &mut Vec<u8>, time: i64, stream: &str, bytes: &[u8]) -> io::Result<()> {
    let message = String::from_utf8_lossy(bytes);
    let line = Line {
        time,
        stream: stream.to_owned(),
        message: message.trim_end_matches('\n').to_owned(),
    };
    serde_json::to_writer(&mut *lines, &line)?;
    lines.push(b'\n');
    Ok(())
}

/// Adds lines in one piece, so that runs of the same function at the same time do not mix them.
fn append(file: &Path, lines: &[u8]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    if fs::metadata(file).is_ok_and(|about| about.len() >= FULL) {
        fs::rename(file, older(file))?;
    }
    let open = || OpenOptions::new().append(true).create(true).open(file);
    let mut opened = match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            open()?
        }
        opened => opened?,
    };
    opened.write_all(lines)
}

/// Reads a function's records; see [`Store::reader`].
#[derive(Debug)]
pub struct StoreReader {
    group: Group,
    file: PathBuf,
    /// The file that is being read, with its first line, by which it is known.
    open: Option<(File, Vec<u8>)>,
    /// The beginning of a line that is not yet there to its end.
    rest: Vec<u8>,
}

impl StoreReader {
    /// The function, as a group of its own.
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// What has been written since the last call; with the first one, everything that is kept.
    ///
    /// # Errors
    /// When a file cannot be read. That there is none means nothing was written.
    pub fn read(&mut self) -> io::Result<Vec<Record>> {
        let mut records = Vec::new();
        if self.open.is_none() {
            self.read_older(&mut records)?;
        }
        if let Some((file, head)) = &mut self.open {
            // The file may have become the older one: what is left of it comes first.
            let renamed = head_of(&self.file)?.is_none_or(|now| now != *head);
            let mut bytes = std::mem::take(&mut self.rest);
            file.read_to_end(&mut bytes)?;
            self.take(bytes, &mut records);
            if !renamed {
                return Ok(records);
            }
            self.open = None;
            self.rest.clear();
        }
        if let Some(head) = head_of(&self.file)? {
            let mut file = File::open(&self.file)?;
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(0))?;
            file.read_to_end(&mut bytes)?;
            self.open = Some((file, head));
            self.take(bytes, &mut records);
        }
        Ok(records)
    }

    fn read_older(&mut self, records: &mut Vec<Record>) -> io::Result<()> {
        match fs::read(older(&self.file)) {
            Ok(bytes) => self.take(bytes, records),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (),
            Err(error) => return Err(error),
        }
        self.rest.clear();
        Ok(())
    }

    /// Lines that are damaged are passed over: a run may have been killed in the middle of one.
    fn take(&mut self, bytes: Vec<u8>, records: &mut Vec<Record>) {
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        for line in bytes[..whole].split(|byte| *byte == b'\n') {
            if let Ok(line) = serde_json::from_slice::<Line>(line) {
                let stream = line.stream.as_str().into();
                let group = self.group.clone();
                let record = Record::new(line.time, group, stream, None, &line.message);
                records.push(record);
            }
        }
        self.rest = bytes[whole..].to_vec();
    }
}

/// A file's first line. None when there is no file, or no whole line in it yet.
fn head_of(file: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut head = Vec::new();
    BufReader::new(file).read_until(b'\n', &mut head)?;
    Ok(head.ends_with(b"\n").then_some(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(reader: &mut StoreReader) -> Vec<String> {
        let records = reader.read().unwrap();
        records.into_iter().map(|record| record.message).collect()
    }

    #[test]
    fn what_was_kept_is_read_once_and_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::of(folder.path(), Path::new("template.yaml"));
        assert!(store.functions().unwrap().is_empty());
        let mut reader = store.reader("Hello");
        assert!(messages(&mut reader).is_empty());
        for turn in 0..3 {
            let writer = store.writer("Hello");
            let sink = writer.sink();
            sink(format!("one {turn}\n").as_bytes());
            sink(b"in two ");
            sink(b"pieces\n");
            sink("several\nlines \u{e4}\n".as_bytes());
            sink(b"without end");
            writer.finish().unwrap();
            let expected = [
                format!("one {turn}"),
                "in two pieces".into(),
                "several\nlines \u{e4}".into(),
                "without end".into(),
            ];
            assert_eq!(messages(&mut reader), expected);
        }
        assert_eq!(store.functions().unwrap(), ["Hello"]);
        assert_eq!(messages(&mut store.reader("Hello")).len(), 12);
    }

    #[test]
    fn a_full_file_is_moved_away_and_its_reader_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::of(folder.path(), Path::new("template.yaml"));
        let mut reader = store.reader("F");
        let line = "x".repeat(600_000);
        let mut read = 0;
        for turn in 0..30 {
            let writer = store.writer("F");
            writer.sink()(format!("{turn} {line}\n").as_bytes());
            writer.finish().unwrap();
            if turn % 4 == 3 {
                read += messages(&mut reader).len();
            }
        }
        read += messages(&mut reader).len();
        assert_eq!(read, 30);
        let bytes: u64 = fs::read_dir(&store.folder)
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum();
        assert!(bytes <= 2 * (FULL + 700_000), "{bytes}");
        assert_eq!(fs::read_dir(&store.folder).unwrap().count(), 2);
    }

    #[test]
    fn a_line_that_was_cut_short_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::of(folder.path(), Path::new("template.yaml"));
        let file = store.file("F");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let line = |text: &str| format!(r#"{{"time":1,"stream":"s","message":"{text}"}}"#);
        fs::write(
            &file,
            format!("{}\n{{\"time\":2,\"str\n{}\n{{\"ti", line("a"), line("b")),
        )
        .unwrap();
        let mut reader = store.reader("F");
        assert_eq!(messages(&mut reader), ["a", "b"]);
    }

    #[test]
    fn names_of_functions_cannot_leave_the_folder() {
        let store = Store::of(Path::new("/cache"), Path::new("template.yaml"));
        let file = store.file("../../x");
        assert_eq!(file.parent(), Some(store.folder.as_path()));
    }
}
