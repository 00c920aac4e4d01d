//! Compressed streams, a bounded piece at a time: neither a bomb nor a slow level holds the host up.

use std::collections::BTreeMap;

use brotli::enc::StandardAlloc;
use brotli::enc::backward_references::BrotliEncoderMode;
use brotli::enc::encode::{BrotliEncoderOperation, BrotliEncoderStateStruct};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};
use serde::Deserialize;
use serde_json::json;
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateError, InflateFlush, Status};

/// The most bytes one call gives.
const OUTPUT: usize = 128 << 10;

/// What the streams of an environment may take together, in MB of the host's memory.
const BUDGET_MB: u32 = 256;

/// The streams that an environment has open.
#[derive(Default)]
pub struct Streams {
    open: BTreeMap<u32, (Stream, u32)>,
    next: u32,
    used_mb: u32,
}

enum Stream {
    Deflate(Deflate),
    Inflate(Inflate, Vec<u8>),
    Compress(Box<BrotliEncoderStateStruct<StandardAlloc>>),
    Decompress(Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    format: String,
    #[serde(default = "default_level")]
    level: i32,
    #[serde(default = "default_window")]
    window_bits: u8,
    #[serde(default = "default_memory")]
    mem_level: i32,
    #[serde(default)]
    strategy: i32,
    #[serde(default)]
    params: BTreeMap<u32, u32>,
}

fn default_level() -> i32 {
    -1
}

fn default_window() -> u8 {
    15
}

fn default_memory() -> i32 {
    8
}

#[derive(Debug, Deserialize)]
struct Write {
    flush: u32,
}

/// What a stream did with a piece.
struct Step {
    read: usize,
    out: Vec<u8>,
    /// Nothing comes after this.
    ended: bool,
}

fn fault(code: &str, errno: i32, message: &str) -> String {
    json!({"code": code, "errno": errno, "message": message}).to_string()
}

fn data_error(message: &str) -> String {
    fault("Z_DATA_ERROR", -3, message)
}

impl Streams {
    /// Runs one operation: `open` (answers `{"stream":1}`), `write` (answers `{"read":5,"ended":false}` and
    /// at most 128 KB), `level` or `close`.
    ///
    /// # Errors
    /// As JSON: Node's `code`, `errno` and `message`.
    pub fn operation(
        &mut self,
        name: &str,
        stream: u32,
        arguments: &str,
        data: &[u8],
    ) -> Result<(String, Vec<u8>), String> {
        match name {
            "open" => {
                let options = parse(arguments)?;
                self.open(&options, data)
            }
            "write" => {
                let Write { flush } = parse(arguments)?;
                let step = self.stream(stream)?.write(flush, data)?;
                let answer = json!({"read": step.read, "ended": step.ended, "full": step.out.len() == OUTPUT});
                Ok((answer.to_string(), step.out))
            }
            "level" => {
                let options: Options = parse(arguments)?;
                if let Stream::Deflate(deflate) = self.stream(stream)? {
                    // What was written before is flushed by the guest.
                    deflate
                        .set_level(options.level.clamp(-1, 9))
                        .map_err(|error| fault("Z_STREAM_ERROR", -2, error.as_str()))?;
                }
                Ok(("{}".to_owned(), Vec::new()))
            }
            "close" => {
                if let Some((_, cost)) = self.open.remove(&stream) {
                    self.used_mb -= cost;
                }
                Ok(("{}".to_owned(), Vec::new()))
            }
            _ => Err(fault("Z_STREAM_ERROR", -2, "unknown operation")),
        }
    }

    fn open(&mut self, options: &Options, dictionary: &[u8]) -> Result<(String, Vec<u8>), String> {
        let cost = match options.format.as_str() {
            "brotli-compress" => 32,
            "brotli-decompress" => 16,
            _ => 1,
        };
        if self.used_mb + cost > BUDGET_MB {
            return Err(fault(
                "Z_MEM_ERROR",
                -4,
                "Hoist's sandbox keeps at most 256 zlib or 8 Brotli streams open at once: end or close some",
            ));
        }
        let stream = Stream::new(options, dictionary)?;
        self.used_mb += cost;
        self.next = self.next.wrapping_add(1);
        self.open.insert(self.next, (stream, cost));
        Ok((json!({"stream": self.next}).to_string(), Vec::new()))
    }

    fn stream(&mut self, number: u32) -> Result<&mut Stream, String> {
        self.open
            .get_mut(&number)
            .map(|(stream, _)| stream)
            .ok_or_else(|| fault("Z_STREAM_ERROR", -2, "the stream is closed"))
    }
}

fn parse<'a, T: Deserialize<'a>>(arguments: &'a str) -> Result<T, String> {
    serde_json::from_str(arguments).map_err(|error| fault("Z_STREAM_ERROR", -2, &error.to_string()))
}

impl Stream {
    fn new(options: &Options, dictionary: &[u8]) -> Result<Self, String> {
        let window = options.window_bits.clamp(8, 15);
        match options.format.as_str() {
            "deflate" => Stream::deflate(options, i32::from(window.max(9)), dictionary),
            "deflate-raw" => Stream::deflate(options, -i32::from(window.max(9)), dictionary),
            "gzip" => Stream::deflate(options, i32::from(window.max(9)) + 16, &[]),
            "inflate" => Ok(Stream::Inflate(
                Inflate::new(true, window),
                dictionary.to_vec(),
            )),
            "inflate-raw" => {
                let mut inflate = Inflate::new(false, window);
                if !dictionary.is_empty() {
                    inflate
                        .set_dictionary(dictionary)
                        .map_err(|_| data_error("Bad dictionary"))?;
                }
                Ok(Stream::Inflate(inflate, Vec::new()))
            }
            "gunzip" => Ok(Stream::Inflate(Inflate::new(true, window + 16), Vec::new())),
            "unzip" => Ok(Stream::Inflate(
                Inflate::new(true, window + 32),
                dictionary.to_vec(),
            )),
            "brotli-compress" => {
                let mut encoder = BrotliEncoderStateStruct::new(StandardAlloc::default());
                for (key, value) in &options.params {
                    let within = match key {
                        0 => *value <= 2,
                        1 => *value <= 11,
                        2 => (10..=24).contains(value),
                        3 => *value == 0 || (16..=24).contains(value),
                        _ => true,
                    };
                    if !within {
                        return Err(fault(
                            "ERR_ZLIB_INITIALIZATION_FAILED",
                            -2,
                            "Initialization failed",
                        ));
                    }
                    let number = *value as i32;
                    match (key, value) {
                        (0, 1) => encoder.params.mode = BrotliEncoderMode::BROTLI_MODE_TEXT,
                        (0, 2) => encoder.params.mode = BrotliEncoderMode::BROTLI_MODE_FONT,
                        (1, _) => encoder.params.quality = number,
                        (2, _) => encoder.params.lgwin = number,
                        (3, _) => encoder.params.lgblock = number,
                        (5, _) => encoder.params.size_hint = *value as usize,
                        // The others change nothing that a program could tell.
                        _ => (),
                    }
                }
                Ok(Stream::Compress(Box::new(encoder)))
            }
            "brotli-decompress" => Ok(Stream::Decompress(Box::new(BrotliState::new(
                StandardAlloc::default(),
                StandardAlloc::default(),
                StandardAlloc::default(),
            )))),
            other => Err(fault("Z_STREAM_ERROR", -2, &format!("no format {other}"))),
        }
    }

    fn deflate(options: &Options, window_bits: i32, dictionary: &[u8]) -> Result<Self, String> {
        let mut deflate = Deflate::new_with_config(DeflateConfig {
            level: options.level.clamp(-1, 9),
            window_bits,
            mem_level: options.mem_level.clamp(1, 9),
            strategy: options.strategy.try_into().unwrap_or_default(),
            ..DeflateConfig::default()
        });
        if !dictionary.is_empty() {
            deflate
                .set_dictionary(dictionary)
                .map_err(|_| data_error("Failed to set dictionary"))?;
        }
        Ok(Stream::Deflate(deflate))
    }

    /// Takes some of `data` in and gives some output.
    fn write(&mut self, flush: u32, data: &[u8]) -> Result<Step, String> {
        let mut out = vec![0; OUTPUT];
        let (read, written, ended) = match self {
            Stream::Deflate(deflate) => {
                let flush = match flush {
                    1 => DeflateFlush::PartialFlush,
                    2 => DeflateFlush::SyncFlush,
                    3 => DeflateFlush::FullFlush,
                    4 => DeflateFlush::Finish,
                    5 => DeflateFlush::Block,
                    _ => DeflateFlush::NoFlush,
                };
                let before = (deflate.total_in(), deflate.total_out());
                let status = deflate
                    .compress(data, &mut out, flush)
                    .map_err(|error| fault("Z_STREAM_ERROR", -2, error.as_str()))?;
                (
                    (deflate.total_in() - before.0) as usize,
                    (deflate.total_out() - before.1) as usize,
                    status == Status::StreamEnd,
                )
            }
            Stream::Inflate(state, dictionary) => inflate(state, dictionary, data, &mut out)?,
            Stream::Compress(encoder) => compress(encoder, flush, data, &mut out)?,
            Stream::Decompress(state) => decompress(state, data, &mut out)?,
        };
        out.truncate(written);
        Ok(Step { read, out, ended })
    }
}

fn inflate(
    state: &mut Inflate,
    dictionary: &[u8],
    data: &[u8],
    out: &mut [u8],
) -> Result<(usize, usize, bool), String> {
    let before = (state.total_in(), state.total_out());
    let mut result = state.decompress(data, out, InflateFlush::NoFlush);
    let read = |state: &Inflate| (state.total_in() - before.0) as usize;
    if let Err(InflateError::NeedDict { .. }) = result {
        if dictionary.is_empty() {
            return Err(fault("Z_NEED_DICT", 2, "Missing dictionary"));
        }
        state
            .set_dictionary(dictionary)
            .map_err(|_| data_error("Bad dictionary"))?;
        let rest = data.get(read(state)..).unwrap_or_default();
        result = state.decompress(rest, out, InflateFlush::NoFlush);
    }
    let status = result.map_err(|error| match error {
        InflateError::MemError => fault("Z_MEM_ERROR", -4, error.as_str()),
        InflateError::StreamError => fault("Z_STREAM_ERROR", -2, error.as_str()),
        _ => data_error(state.error_message().unwrap_or(error.as_str())),
    })?;
    let written = (state.total_out() - before.1) as usize;
    Ok((read(state), written, status == Status::StreamEnd))
}

fn compress(
    encoder: &mut BrotliEncoderStateStruct<StandardAlloc>,
    flush: u32,
    data: &[u8],
    out: &mut [u8],
) -> Result<(usize, usize, bool), String> {
    let operation = match flush {
        1 => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
        2 => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
        _ => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
    };
    let (mut unread, mut read) = (data.len(), 0);
    let (mut room, mut written) = (out.len(), 0);
    let good = encoder.compress_stream(
        operation,
        &mut unread,
        data,
        &mut read,
        &mut room,
        out,
        &mut written,
        &mut None,
        &mut |_, _, _, _| (),
    );
    match good {
        true => Ok((read, written, encoder.is_finished())),
        false => Err(fault(
            "ERR_BROTLI_COMPRESSION_FAILED",
            -1,
            "Compression failed",
        )),
    }
}

fn decompress(
    state: &mut BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    data: &[u8],
    out: &mut [u8],
) -> Result<(usize, usize, bool), String> {
    let (mut unread, mut read) = (data.len(), 0);
    let (mut room, mut written, mut total) = (out.len(), 0, 0);
    let result = BrotliDecompressStream(
        &mut unread,
        &mut read,
        data,
        &mut room,
        &mut written,
        out,
        &mut total,
        state,
    );
    match result {
        BrotliResult::ResultSuccess => Ok((read, written, true)),
        BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => Ok((read, written, false)),
        BrotliResult::ResultFailure => {
            let name = format!("{:?}", state.error_code);
            let name = name.strip_prefix("BROTLI_DECODER").unwrap_or(&name);
            let code = format!("ERR_{name}");
            Err(fault(
                &code,
                state.error_code as i32,
                "Decompression failed",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that comes out of `data`, and whether the stream ended.
    fn all(format: &str, finish: u32, mut data: &[u8]) -> Result<(Vec<u8>, bool), String> {
        let mut streams = Streams::default();
        let open = json!({"format": format}).to_string();
        streams.operation("open", 0, &open, &[])?;
        let write = json!({"flush": finish}).to_string();
        let mut out = Vec::new();
        loop {
            let (answer, bytes) = streams.operation("write", 1, &write, data)?;
            let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
            data = &data[answer["read"].as_u64().unwrap() as usize..];
            assert!(bytes.len() <= OUTPUT);
            out.extend(&bytes);
            if answer["ended"] == true {
                return Ok((out, true));
            }
            if bytes.is_empty() {
                return Ok((out, false));
            }
        }
    }

    #[test]
    fn every_format_gives_back_what_it_took() {
        let text = b"the quick brown fox ".repeat(50_000);
        for (pack, unpack, finish) in [
            ("gzip", "gunzip", 4),
            ("gzip", "unzip", 4),
            ("deflate", "inflate", 4),
            ("deflate", "unzip", 4),
            ("deflate-raw", "inflate-raw", 4),
            ("brotli-compress", "brotli-decompress", 2),
        ] {
            let (packed, ended) = all(pack, finish, &text).unwrap();
            assert!(ended && packed.len() < 10_000, "{pack}");
            assert_eq!(
                all(unpack, 0, &packed).unwrap(),
                (text.clone(), true),
                "{unpack}"
            );
            let cut = &packed[..packed.len() - 1];
            assert!(!all(unpack, 0, cut).unwrap().1, "{unpack}");
        }
    }

    #[test]
    fn damage_is_reported_in_zlib_s_words() {
        let words = |format, data: &[u8]| all(format, 0, data).unwrap_err();
        assert!(words("gunzip", b"not gzip at all").contains("incorrect header check"));
        assert!(words("inflate-raw", &[7, 7, 7]).contains("invalid block type"));
        let (mut packed, _) = all("deflate", 4, b"hello").unwrap();
        *packed.last_mut().unwrap() ^= 1;
        assert!(words("inflate", &packed).contains("incorrect data check"));
    }

    #[test]
    fn streams_that_are_never_closed_come_to_an_end() {
        let mut streams = Streams::default();
        let open = r#"{"format":"brotli-decompress"}"#;
        let made = (0..1000).take_while(|_| streams.operation("open", 0, open, &[]).is_ok());
        assert_eq!(made.count(), 16);
        streams.operation("close", 3, "{}", &[]).unwrap();
        assert!(streams.operation("open", 0, open, &[]).is_ok());
        assert!(
            streams
                .operation("write", 99, r#"{"flush":0}"#, &[])
                .is_err()
        );
    }
}
