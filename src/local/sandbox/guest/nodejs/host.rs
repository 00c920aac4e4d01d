//! The host's side of `world.wit`: the functions the Node world inside the guest calls.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use hmac::{Hmac, Mac};
use rand::TryRngCore;
use sha2::Digest;
use tokio::sync::Notify;
use wasmtime::component::Linker;
use wasmtime::{StoreContextMut, format_err};

use super::module;
use crate::local::sandbox::log::Log;
use crate::local::sandbox::mount::Mounts;
use crate::local::sandbox::state::{Exit, State};

/// What one Node environment has on the host's side.
pub struct Host {
    started: Instant,
    wake: Arc<Notify>,
    log: Log,
    /// None while the image is made: nothing can be read then.
    files: Option<Files>,
}

/// The environment's files and the modules found among them.
pub struct Files {
    /// `/var/task`, `/opt` and `/tmp`.
    pub mounts: Arc<Mounts>,
    /// Finds modules as Node does.
    pub resolver: module::Resolver,
}

impl Host {
    /// The host side of an environment that logs to `log` and sees `files`.
    pub fn new(log: Log, files: Option<Files>) -> Self {
        Host {
            started: Instant::now(),
            wake: Arc::new(Notify::new()),
            log,
            files,
        }
    }
}

/// The descriptor that stands for a record of `console`.
const CONSOLE: u32 = 3;

/// The most random bytes of one call.
const MAX_RANDOM: u32 = 65_536;

/// The longest sleep of one call; the guest's event loop asks again.
const MAX_SLEEP_MS: f64 = 86_400_000.0;

type Bytes = Vec<u8>;

/// Offers the interface `hoist:nodejs/host` to guests.
///
/// # Errors
/// When the linker already has it.
pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut host = linker.instance("hoist:nodejs/host")?;
    host.func_wrap("write", |store, (descriptor, data): (u32, Bytes)| {
        // Lambda's log does not tell standard output from standard error.
        match descriptor {
            CONSOLE => node(&store)?.log.console(&data),
            _ => node(&store)?.log.record(&data),
        }
        Ok(())
    })?;
    host.func_wrap("monotonic", |store, (): ()| {
        Ok((node(&store)?.started.elapsed().as_secs_f64() * 1000.0,))
    })?;
    host.func_wrap_concurrent("sleep", |accessor, (milliseconds,): (f64,)| {
        Box::pin(async move {
            let wake = accessor.with(|mut access| {
                access
                    .data_mut()
                    .node
                    .as_ref()
                    .map(|host| Arc::clone(&host.wake))
            });
            let wake = wake.ok_or_else(not_node)?;
            let time = Duration::from_secs_f64(milliseconds.clamp(0.0, MAX_SLEEP_MS) / 1000.0);
            tokio::select! {
                () = tokio::time::sleep(time) => (),
                () = wake.notified() => (),
            }
            Ok(())
        })
    })?;
    host.func_wrap("wake", |store, (): ()| {
        node(&store)?.wake.notify_one();
        Ok(())
    })?;
    host.func_wrap(
        "random",
        |_: StoreContextMut<'_, State>, (length,): (u32,)| {
            let mut bytes = vec![0; length.min(MAX_RANDOM) as usize];
            rand::rngs::OsRng
                .try_fill_bytes(&mut bytes)
                .map_err(|error| format_err!("the system gives no random bytes: {error}"))?;
            Ok((bytes,))
        },
    )?;
    host.func_wrap(
        "digest",
        |_: StoreContextMut<'_, State>, (algorithm, data): (String, Bytes)| {
            Ok((digest(&algorithm, &data),))
        },
    )?;
    host.func_wrap(
        "hmac",
        |_: StoreContextMut<'_, State>, (algorithm, key, data): (String, Bytes, Bytes)| {
            Ok((hmac(&algorithm, &key, &data),))
        },
    )?;
    host.func_wrap(
        "encode",
        |_: StoreContextMut<'_, State>, (encoding, text): (String, String)| {
            Ok((encode(&encoding, text),))
        },
    )?;
    host.func_wrap(
        "decode",
        |_: StoreContextMut<'_, State>, (encoding, data): (String, Bytes)| {
            Ok((decode(&encoding, data),))
        },
    )?;
    host.func_wrap(
        "file",
        |store, (operation, arguments, data): (String, String, Bytes)| {
            let result = files(&store)?
                .mounts
                .operation(&operation, &arguments, &data)
                .map_err(|error| error.to_json());
            Ok((result,))
        },
    )?;
    host.func_wrap(
        "resolve",
        |store, (specifier, from, kind): (String, String, String)| {
            let result = files(&store)?
                .resolver
                .resolve(&specifier, &from, module::Kind::parse(&kind))
                .map_err(|error| error.to_json());
            Ok((result,))
        },
    )?;
    host.func_wrap("load", |store, (path, kind): (String, String)| {
        let result = files(&store)?
            .resolver
            .load(&path, module::Kind::parse(&kind))
            .map(|loaded| (loaded.metadata(), loaded.code))
            .map_err(|error| error.to_json());
        Ok((result,))
    })?;
    host.func_wrap(
        "exit",
        |_: StoreContextMut<'_, State>, (status,): (i32,)| {
            Err::<(), _>(wasmtime::Error::from(Exit(status)))
        },
    )?;
    Ok(())
}

fn node<'a>(store: &'a StoreContextMut<'_, State>) -> wasmtime::Result<&'a Host> {
    store.data().node.as_ref().ok_or_else(not_node)
}

fn files<'a>(store: &'a StoreContextMut<'_, State>) -> wasmtime::Result<&'a Files> {
    node(store)?
        .files
        .as_ref()
        .ok_or_else(|| format_err!("no files while the image is made"))
}

fn not_node() -> wasmtime::Error {
    format_err!("this environment has no Node world")
}

/// A digest by Node's name for the algorithm.
fn digest(algorithm: &str, data: &[u8]) -> Result<Bytes, String> {
    Ok(match algorithm {
        "md5" => md5::Md5::digest(data).to_vec(),
        "sha1" => sha1::Sha1::digest(data).to_vec(),
        "sha224" => sha2::Sha224::digest(data).to_vec(),
        "sha256" => sha2::Sha256::digest(data).to_vec(),
        "sha384" => sha2::Sha384::digest(data).to_vec(),
        "sha512" => sha2::Sha512::digest(data).to_vec(),
        "sha512-256" => sha2::Sha512_256::digest(data).to_vec(),
        _ => return Err(format!("unknown digest {algorithm}")),
    })
}

/// A keyed digest by Node's name for the algorithm. Keys may have any length.
fn hmac(algorithm: &str, key: &[u8], data: &[u8]) -> Result<Bytes, String> {
    macro_rules! sign {
        ($digest:ty) => {{
            let mut mac =
                Hmac::<$digest>::new_from_slice(key).map_err(|error| error.to_string())?;
            mac.update(data);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    Ok(match algorithm {
        "md5" => sign!(md5::Md5),
        "sha1" => sign!(sha1::Sha1),
        "sha224" => sign!(sha2::Sha224),
        "sha256" => sign!(sha2::Sha256),
        "sha384" => sign!(sha2::Sha384),
        "sha512" => sign!(sha2::Sha512),
        "sha512-256" => sign!(sha2::Sha512_256),
        _ => return Err(format!("unknown digest {algorithm}")),
    })
}

/// Base64 as Node reads it: padding may be missing, and stray bits at the end are dropped.
const LENIENT: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// The bytes that `text` stands for. The guest has no fast way of its own to do this to megabytes.
fn encode(encoding: &str, text: String) -> Result<Bytes, String> {
    match encoding {
        "utf8" => Ok(text.into_bytes()),
        "base64" => {
            let mut symbols: Bytes = text
                .bytes()
                .take_while(|byte| *byte != b'=')
                .filter_map(|byte| match byte {
                    b'-' => Some(b'+'),
                    b'_' => Some(b'/'),
                    b'+' | b'/' => Some(byte),
                    _ => byte.is_ascii_alphanumeric().then_some(byte),
                })
                .collect();
            if symbols.len() % 4 == 1 {
                symbols.pop(); // Six bits are no byte.
            }
            LENIENT.decode(symbols).map_err(|error| error.to_string())
        }
        "hex" => Ok(text
            .as_bytes()
            .chunks_exact(2)
            .map_while(|pair| {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)
            })
            .collect()),
        _ => Err(format!("unknown encoding {encoding}")),
    }
}

/// Bytes as text.
fn decode(encoding: &str, data: Bytes) -> Result<String, String> {
    match encoding {
        "utf8" => Ok(String::from_utf8(data)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())),
        "base64" => Ok(LENIENT.encode(data)),
        "hex" => {
            let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or('0');
            Ok(data
                .iter()
                .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
                .collect())
        }
        "latin1" => Ok(data.into_iter().map(char::from).collect()),
        _ => Err(format!("unknown encoding {encoding}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn base64_is_read_as_node_reads_it() {
        for text in ["aGk/", "aGk_", " aG\nk/", "aGk/====x"] {
            assert_eq!(encode("base64", text.to_owned()).unwrap(), b"hi?");
        }
        assert_eq!(encode("base64", "YQ".to_owned()).unwrap(), b"a");
        assert_eq!(encode("base64", "YWJjZ".to_owned()).unwrap(), b"abc");
        assert_eq!(decode("base64", b"hi?".to_vec()).unwrap(), "aGk/");
    }

    #[test]
    fn hex_ends_where_it_is_none() {
        assert_eq!(encode("hex", "00fFzz11".to_owned()).unwrap(), [0, 255]);
        assert_eq!(encode("hex", "abc".to_owned()).unwrap(), [0xab]);
        assert_eq!(decode("hex", vec![0, 255]).unwrap(), "00ff");
        assert_eq!(decode("latin1", vec![0xe9]).unwrap(), "\u{e9}");
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        assert_eq!(
            decode("utf8", vec![b'a', 0xff, 0xe2, 0x82]).unwrap(),
            "a\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn digests_are_the_standards() {
        assert_eq!(
            hex(&digest("md5", b"abc").unwrap()),
            "900150983cd24fb0d6963f7d28e17f72"
        );
        assert_eq!(
            hex(&digest("sha1", b"abc").unwrap()),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        // RFC 4231, test case 2.
        assert_eq!(
            hex(&hmac("sha256", b"Jefe", b"what do ya want for nothing?").unwrap()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert!(digest("nonsense", b"").is_err());
    }
}
