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
use crate::local::sandbox::log::Log;
use crate::local::sandbox::mount::Mounts;
use crate::local::sandbox::network::Network;
use crate::local::sandbox::state::{Exit, State};

/// What one Node environment has on the host's side.
pub struct Host {
    started: Instant,
    wake: Arc<Notify>,
    log: Log,
    /// None while the image is made: nothing can be read then.
    files: Option<Files>,
    compressed: compression::Streams,
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
        |_: StoreContextMut<'_, State>,
         (operation, arguments, parts): (String, String, Vec<Bytes>)| {
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
                .resolve(&specifier, &from, module::Kind::parse(&kind));
            if result.is_err() && is_sdk(&specifier) {
                node(&store)?.log.line(&format!(
                    "hoist: Lambda brings the package {specifier} along, Hoist's sandbox does not: the AWS SDK does not run in it yet"
                ));
            }
            Ok((result.map_err(|error| error.to_json()),))
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

/// Whether a package is part of Lambda's Node runtimes: AWS's SDK, version 3 or, up to Node 16, 2.
fn is_sdk(specifier: &str) -> bool {
    specifier == "aws-sdk"
        || specifier.starts_with("aws-sdk/")
        || specifier.starts_with("@aws-sdk/")
        || specifier.starts_with("@smithy/")
}

fn node<'a>(store: &'a StoreContextMut<'_, State>) -> wasmtime::Result<&'a Host> {
    store.data().node.as_ref().ok_or_else(not_node)
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
