//! The host's side of the interpreter's world, `eryx:sandbox`: a channel for events and answers, and its output.
//!
//! The world has no function of ours, so the channel is what the interpreter knows as a TCP connection: the
//! handle [`CHANNEL`], which no `connect` ever gives. A read of it waits for the next message; a write sends one.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use wasmtime::component::{ComponentType, Lift, Linker, Lower, Val};
use wasmtime::{StoreContextMut, format_err};

use super::net;
use crate::local::sandbox::guest::nodejs;
use crate::local::sandbox::log::Log;
use crate::local::sandbox::network::Network;
use crate::local::sandbox::state::{Exit, State};

/// The connection that leads to the host itself.
pub const CHANNEL: u32 = 0;

/// The stream of `report-output` that takes whole records, as Lambda's framed log does.
const RECORD: u32 = 3;

/// What one Python environment has on the host's side.
pub struct Host {
    log: Log,
    /// Standard output up to here, without the end of its line.
    line: String,
    channel: Option<Channel>,
    /// What the guest reads next, instead of a message of the channel.
    result: Option<Vec<u8>>,
    pub(super) connections: net::Connections,
}

/// The guest's end of the channel.
pub struct Channel {
    /// What the guest reads.
    pub incoming: Arc<Mutex<UnboundedReceiver<Vec<u8>>>>,
    /// What the guest writes.
    pub outgoing: UnboundedSender<Reply>,
}

/// What the guest says.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// The handler is loaded.
    Loaded,
    /// The handler's answer.
    Answer(Vec<u8>),
    /// The handler's error, or what kept it from being loaded: JSON.
    Error(String),
}

impl Host {
    /// The host side of an environment; none of it but the log while the image is made.
    pub fn new(log: Log, channel: Option<Channel>, network: Network) -> Self {
        Host {
            connections: net::Connections::new(network, log.clone()),
            log,
            line: String::new(),
            channel,
            result: None,
        }
    }

    /// Logs standard output line by line: `print` writes its line end by itself.
    fn write(&mut self, text: &str) {
        self.line.push_str(text);
        if let Some(end) = self.line.rfind('\n') {
            let rest = self.line.split_off(end + 1);
            for line in self.line.split_inclusive('\n') {
                self.log.output(line.as_bytes());
            }
            self.line = rest;
        }
    }

    /// Logs what is left of the last line.
    fn flush(&mut self) {
        if !self.line.is_empty() {
            self.log.line(&std::mem::take(&mut self.line));
        }
    }

    fn send(&mut self, kind: u8, body: &[u8]) -> wasmtime::Result<()> {
        self.flush();
        let reply = match kind {
            b'L' => Reply::Loaded,
            b'A' => Reply::Answer(body.to_vec()),
            b'E' => Reply::Error(String::from_utf8_lossy(body).into_owned()),
            b'X' => return Err(Exit(String::from_utf8_lossy(body).parse().unwrap_or(1)).into()),
            _ => return Err(format_err!("the guest's bootstrap sent an unknown message")),
        };
        if let Some(channel) = &self.channel {
            // Nobody waits only when the environment is being dropped.
            let _ = channel.outgoing.send(reply);
        }
        Ok(())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.flush();
    }
}

/// `tcp-error` of `eryx:net/tcp`.
#[derive(Debug, Clone, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(variant)]
pub enum TcpError {
    /// Nobody listens there.
    #[component(name = "connection-refused")]
    ConnectionRefused,
    /// The other side ended it.
    #[component(name = "connection-reset")]
    ConnectionReset,
    /// The guest's own limit.
    #[component(name = "timed-out")]
    TimedOut,
    /// No such name.
    #[component(name = "host-not-found")]
    HostNotFound,
    /// Anything else.
    #[component(name = "io-error")]
    IoError(String),
    /// The sandbox does not reach it; the text says how to allow it.
    #[component(name = "not-permitted")]
    NotPermitted(String),
    /// No such connection.
    #[component(name = "invalid-handle")]
    InvalidHandle,
}

/// `tls-error` of `eryx:net/tls`.
#[derive(Debug, Clone, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(variant)]
pub enum TlsError {
    /// The connection below.
    #[component(name = "tcp")]
    Tcp(TcpError),
    /// The two sides do not agree.
    #[component(name = "handshake-failed")]
    HandshakeFailed(String),
    /// The other side is not who it says.
    #[component(name = "certificate-error")]
    CertificateError(String),
    /// No such connection.
    #[component(name = "invalid-handle")]
    InvalidHandle,
}

/// Offers the world's eight functions to guests.
///
/// # Errors
/// When the linker already has them.
pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut root = linker.root();
    root.func_wrap_concurrent("invoke", |_, (_, _): (String, String)| {
        Box::pin(async {
            Ok((Err::<String, String>(
                "the sandbox has no such function".into(),
            ),))
        })
    })?;
    root.func_new("list-callbacks", |_, _, _, results| {
        results[0] = Val::List(vec![]);
        Ok(())
    })?;
    root.func_wrap(
        "report-trace",
        |_: StoreContextMut<'_, State>, (_, _, _): (u32, String, String)| Ok(()),
    )?;
    root.func_wrap(
        "report-output",
        |mut store: StoreContextMut<'_, State>, (stream, text): (u32, String)| {
            let host = python(&mut store)?;
            match stream {
                RECORD => {
                    host.flush();
                    host.log.record(text.as_bytes());
                }
                // Lambda's log does not tell standard output from standard error.
                _ => host.write(&text),
            }
            Ok(())
        },
    )?;
    net::add_to_linker(linker)
}

/// The next message of the host.
pub(super) async fn receive(mut store: StoreContextMut<'_, State>) -> wasmtime::Result<Vec<u8>> {
    let host = python(&mut store)?;
    if let Some(result) = host.result.take() {
        return Ok(result);
    }
    let incoming = host
        .channel
        .as_ref()
        .map(|channel| Arc::clone(&channel.incoming))
        .ok_or_else(|| format_err!("nothing to read while the image is made"))?;
    let message = incoming.lock().await.recv().await;
    message.ok_or_else(|| format_err!("the environment has ended"))
}

/// Takes a message of the guest.
pub(super) async fn send(
    store: &mut StoreContextMut<'_, State>,
    message: &[u8],
) -> wasmtime::Result<()> {
    let (kind, body) = message
        .split_first()
        .ok_or_else(|| format_err!("the guest's bootstrap sent an empty message"))?;
    if *kind == b'D' {
        let result = match derive(body).await {
            Ok(key) => [b"+".as_slice(), &key].concat(),
            Err(fault) => format!("-{fault}").into_bytes(),
        };
        python(store)?.result = Some(result);
        return Ok(());
    }
    python(store)?.send(*kind, body)
}

/// Derives a key from a password for `hashlib`: what OpenSSL does elsewhere. The request is a line of JSON, and
/// the password and the salt behind it.
async fn derive(request: &[u8]) -> Result<Vec<u8>, String> {
    #[derive(serde::Deserialize)]
    struct Head {
        operation: String,
        arguments: serde_json::Value,
        password: usize,
    }
    let end = request.iter().position(|byte| *byte == b'\n');
    let (head, rest) = request.split_at(end.ok_or("the request has no head")? + 1);
    let head: Head = serde_json::from_slice(head).map_err(|error| error.to_string())?;
    let (password, salt) = rest.split_at(head.password.min(rest.len()));
    let parts = vec![password.to_vec(), salt.to_vec()];
    nodejs::derive(&head.operation, &head.arguments.to_string(), parts).await
}

/// The Python part of a store.
pub(super) fn python<'a>(
    store: &'a mut StoreContextMut<'_, State>,
) -> wasmtime::Result<&'a mut Host> {
    store
        .data_mut()
        .python
        .as_mut()
        .ok_or_else(|| format_err!("this environment has no Python world"))
}
