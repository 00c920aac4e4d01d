//! The host's side of `world.wit`: the functions the Node world inside the guest calls.

mod bytes;
mod cipher;
mod compression;
mod crypto;
mod derivation;
mod digest;
mod http;
mod key;
mod signature;
mod text;
mod zone;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::TryRngCore;
use tokio::sync::Notify;
use wasmtime::component::{Linker, LinkerInstance};
use wasmtime::{StoreContextMut, format_err};

use super::module;
use super::package::Packages;
use crate::local::sandbox::log::Log;
use crate::local::sandbox::mount::Mounts;
use crate::local::sandbox::network::Network;
use crate::local::sandbox::state::{Exit, State};

/// Derives a key from a password, also for other guests: `pbkdf2` or `scrypt` with the arguments in JSON.
///
/// # Errors
/// The text of what Node would throw.
pub async fn derive(
    operation: &str,
    arguments: &str,
    parts: Vec<Vec<u8>>,
) -> Result<Vec<u8>, String> {
    if !["pbkdf2", "scrypt"].contains(&operation) {
        return Err(format!("{operation} derives no key"));
    }
    let result = crypto::operation(operation, arguments, parts).await;
    result
        .map(|mut parts| parts.pop().unwrap_or_default())
        .map_err(|fault| fault.message().to_owned())
}

/// What one Node environment has on the host's side.
pub struct Host {
    started: Instant,
    wake: Arc<Notify>,
    log: Log,
    /// None while the image is made: nothing can be read then.
    files: Option<Files>,
    compressed: compression::Streams,
    packages: Packages,
    /// Whether the handler is loaded.
    is_loaded: bool,
    /// What was done that cannot be part of an image: the first such thing.
    effect: Option<&'static str>,
    requests: http::Requests,
}

/// The environment's files and the modules found among them.
pub struct Files {
    /// `/var/task`, `/opt` and `/tmp`.
    pub mounts: Arc<Mounts>,
    /// Finds modules as Node does.
    pub resolver: module::Resolver,
}

impl Host {
    /// The host side of an environment that logs to `log`, sees `files` and reaches `network`.
    pub fn new(log: Log, files: Option<Files>, network: Network) -> Self {
        let wake = Arc::new(Notify::new());
        Host {
            started: Instant::now(),
            requests: http::Requests::new(network, Arc::clone(&wake)),
            wake,
            log,
            files,
            compressed: compression::Streams::default(),
            packages: Packages::default(),
            is_loaded: false,
            effect: None,
        }
    }

    /// The packages that were loaded so far.
    pub fn packages(&self) -> &Packages {
        &self.packages
    }

    /// The handler is loaded: packages that are loaded from now on were not asked for before.
    pub fn handler_is_loaded(&mut self) {
        self.is_loaded = true;
    }

    /// Forgets what was done so far.
    pub fn forget_effects(&mut self) {
        self.effect = None;
    }

    /// What was done so far that cannot be part of an image.
    pub fn effect(&self) -> Option<&'static str> {
        self.effect
    }
}

/// The descriptor that stands for a record of `console`.
const CONSOLE: u32 = 3;

/// The most random bytes of one call.
const MAX_RANDOM: u32 = 65_536;

/// The longest sleep of one call; the guest's event loop asks again.
const MAX_SLEEP_MS: f64 = 86_400_000.0;

/// File operations that change nothing.
const READS: [&str; 9] = [
    "stat", "lstat", "access", "realpath", "readlink", "readdir", "read", "readAt", "open",
];

type Bytes = Vec<u8>;

/// Offers the interface `hoist:nodejs/host` to guests.
///
/// # Errors
/// When the linker already has it.
pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut host = linker.instance("hoist:nodejs/host")?;
    host.func_wrap("write", |mut store, (descriptor, data): (u32, Bytes)| {
        note(&mut store, "it writes to the log");
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
    host.func_wrap("memory", |store, (): ()| {
        Ok((store.data().limits.used() as f64,))
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
            // A sleep that ends at once would not let the guest's other jobs run.
            tokio::task::yield_now().await;
            // Another sleep may have taken the call that told of it.
            let is_due = accessor.with(|mut access| {
                let host = access.data_mut().node.as_ref();
                host.is_some_and(|host| host.requests.has_events())
            });
            if is_due {
                return Ok(());
            }
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
        |mut store: StoreContextMut<'_, State>, (length,): (u32,)| {
            note(&mut store, "it asks for random numbers");
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
            Ok((digest::digest(&algorithm, &data),))
        },
    )?;
    host.func_wrap(
        "hmac",
        |_: StoreContextMut<'_, State>, (algorithm, key, data): (String, Bytes, Bytes)| {
            Ok((digest::hmac(&algorithm, &key, &data),))
        },
    )?;
    host.func_wrap_async(
        "crypto",
        |mut store: StoreContextMut<'_, State>,
         (operation, arguments, parts): (String, String, Vec<Bytes>)| {
            note(&mut store, "it makes keys or ciphers");
            Box::new(async move {
                let result = crypto::operation(&operation, &arguments, parts).await;
                Ok((result.map_err(|fault| fault.to_json()),))
            })
        },
    )?;
    host.func_wrap(
        "compression",
        |mut store: StoreContextMut<'_, State>,
         (operation, stream, arguments, data): (String, u32, String, Bytes)| {
            note(&mut store, "it compresses data");
            let host = store.data_mut().node.as_mut().ok_or_else(not_node)?;
            Ok((host
                .compressed
                .operation(&operation, stream, &arguments, &data),))
        },
    )?;
    host.func_wrap(
        "crc32",
        |_: StoreContextMut<'_, State>, (data, start): (Bytes, u32)| {
            let mut sum = crc32fast::Hasher::new_with_initial(start);
            sum.update(&data);
            Ok((sum.finalize(),))
        },
    )?;
    host.func_wrap(
        "look",
        |_: StoreContextMut<'_, State>, (operation, data, other): (String, Bytes, Bytes)| {
            Ok((bytes::look(&operation, &data, &other),))
        },
    )?;
    host.func_wrap(
        "zone",
        |_: StoreContextMut<'_, State>, (name, time): (String, f64)| Ok((zone::at(&name, time),)),
    )?;
    host.func_wrap(
        "encode",
        |_: StoreContextMut<'_, State>, (encoding, text): (String, String)| {
            Ok((text::encode(&encoding, text),))
        },
    )?;
    host.func_wrap(
        "decode",
        |_: StoreContextMut<'_, State>, (encoding, data): (String, Bytes)| {
            Ok((text::decode(&encoding, data),))
        },
    )?;
    host.func_wrap(
        "file",
        |mut store, (operation, arguments, data): (String, String, Bytes)| {
            if !READS.contains(&operation.as_str()) {
                note(&mut store, "it changes files");
            }
            let result = files(&store)?
                .mounts
                .operation(&operation, &arguments, &data)
                .map_err(|error| error.to_json());
            Ok((result,))
        },
    )?;
    host.func_wrap(
        "resolve",
        |mut store, (specifier, from, kind): (String, String, String)| {
            let kind = module::Kind::parse(&kind);
            let resolver = &files(&store)?.resolver;
            let result = resolver.resolve(&specifier, &from, kind);
            if result.is_err()
                && let Some(hint) = resolver.hint(&specifier, &from, kind)
            {
                node(&store)?.log.line(&format!("hoist: {hint}"));
            }
            if let (Ok(path), Some(host)) = (&result, &mut store.data_mut().node) {
                host.packages.resolved(path, &from, kind, host.is_loaded);
            }
            Ok((result.map_err(|error| error.to_json()),))
        },
    )?;
    host.func_wrap("load", |mut store, (path, kind): (String, String)| {
        let result = files(&store)?
            .resolver
            .load(&path, module::Kind::parse(&kind))
            .map(|loaded| (loaded.metadata(), loaded.code))
            .map_err(|error| error.to_json());
        if let Some(host) = &mut store.data_mut().node {
            host.packages.loaded(path);
        }
        Ok((result,))
    })?;
    add_requests(&mut host)?;
    host.func_wrap(
        "exit",
        |_: StoreContextMut<'_, State>, (status,): (i32,)| {
            Err::<(), _>(wasmtime::Error::from(Exit(status)))
        },
    )?;
    Ok(())
}

/// The functions of HTTP requests.
fn add_requests(host: &mut LinkerInstance<'_, State>) -> wasmtime::Result<()> {
    host.func_wrap(
        "http-open",
        |mut store: StoreContextMut<'_, State>, (request, data, whole): (String, Bytes, bool)| {
            note(&mut store, "it sends requests");
            let host = node_mut(&mut store)?;
            Ok((host.requests.open(&request, data, whole, &host.log),))
        },
    )?;
    host.func_wrap(
        "http-write",
        |mut store: StoreContextMut<'_, State>, (id, data): (u32, Bytes)| {
            Ok((node_mut(&mut store)?.requests.write(id, data),))
        },
    )?;
    host.func_wrap("http-end", |mut store, (id,): (u32,)| {
        node_mut(&mut store)?.requests.end(id);
        Ok(())
    })?;
    host.func_wrap("http-events", |mut store, (): ()| {
        Ok((node_mut(&mut store)?.requests.events(),))
    })?;
    host.func_wrap("http-next", |mut store, (id, wanted): (u32, bool)| {
        Ok((node_mut(&mut store)?.requests.next(id, wanted),))
    })?;
    host.func_wrap("http-close", |mut store, (id,): (u32,)| {
        node_mut(&mut store)?.requests.close(id);
        Ok(())
    })
}

fn node<'a>(store: &'a StoreContextMut<'_, State>) -> wasmtime::Result<&'a Host> {
    store.data().node.as_ref().ok_or_else(not_node)
}

/// Remembers what forbids an image of what is being loaded.
fn note(store: &mut StoreContextMut<'_, State>, effect: &'static str) {
    if let Some(host) = &mut store.data_mut().node {
        host.effect.get_or_insert(effect);
    }
}

fn node_mut<'a>(store: &'a mut StoreContextMut<'_, State>) -> wasmtime::Result<&'a mut Host> {
    store.data_mut().node.as_mut().ok_or_else(not_node)
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
