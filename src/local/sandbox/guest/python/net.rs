//! The network of a Python environment: `eryx:net/tcp` and `eryx:net/tls` over the host's own sockets.

use std::collections::{HashMap, HashSet};
use std::io::{self, ErrorKind};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use super::host::{CHANNEL, TcpError, TlsError, python, receive, send};
use crate::local::sandbox::log::Log;
use crate::local::sandbox::network::{Connection, Endpoint, Fault, Network, Route, Trust, dial};
use crate::local::sandbox::state::State;

/// The most bytes of one read.
const LARGEST_READ: u32 = 1 << 20;

/// Connections one environment may have open: Lambda's limit of open files.
const MAX_CONNECTIONS: usize = 1024;

/// The open connections of one environment.
pub struct Connections {
    network: Network,
    log: Log,
    /// Hosts whose refusal the log has already.
    told: HashSet<String>,
    open: HashMap<u32, Open>,
    last: u32,
}

struct Open {
    stream: Connection,
    /// The local AWS endpoint, where the connection leads there.
    endpoint: Option<Endpoint>,
}

impl Connections {
    pub(super) fn new(network: Network, log: Log) -> Self {
        Connections {
            network,
            log,
            told: HashSet::new(),
            open: HashMap::new(),
            last: CHANNEL,
        }
    }

    async fn connect(&mut self, host: &str, port: u16) -> Result<u32, TcpError> {
        let endpoint = match self.network.route(host, port) {
            Ok(Route::Direct) => None,
            Ok(Route::Endpoint(endpoint)) => Some(endpoint.clone()),
            Err(refused) => {
                let text = refused.to_string();
                if self.told.insert(host.to_owned()) {
                    self.log.line(&format!("hoist: {text}"));
                }
                return Err(TcpError::NotPermitted(text));
            }
        };
        if self.open.len() >= MAX_CONNECTIONS {
            return Err(TcpError::IoError("Too many open files".into()));
        }
        let (host, port) = match &endpoint {
            Some(endpoint) => (endpoint.host.as_str(), endpoint.port),
            None => (host, port),
        };
        let (stream, _) = dial(host, port, None).await.map_err(|fault| tcp(&fault))?;
        Ok(self.keep(Open { stream, endpoint }))
    }

    /// Speaks TLS on a connection. `target` is the host's name, or JSON of a [`Trust`] that names it.
    async fn upgrade(&mut self, handle: u32, target: &str) -> Result<u32, TlsError> {
        let Open { stream, endpoint } = self.open.remove(&handle).ok_or(TlsError::InvalidHandle)?;
        let trust: Trust = match target.starts_with('{') {
            true => serde_json::from_str(target)
                .map_err(|error| TlsError::HandshakeFailed(error.to_string()))?,
            false => Trust {
                servername: Some(target.to_owned()),
                ..Trust::default()
            },
        };
        let stream = match (&endpoint, stream) {
            // The guest believes that it speaks TLS with AWS.
            (Some(endpoint), stream) if !endpoint.tls => stream,
            (Some(endpoint), stream) => handshake(stream, &endpoint.host, &trust).await?,
            (None, stream) => {
                let name = trust.servername.clone().unwrap_or_default();
                handshake(stream, &name, &trust).await?
            }
        };
        Ok(self.keep(Open { stream, endpoint }))
    }

    fn keep(&mut self, connection: Open) -> u32 {
        loop {
            self.last = self.last.checked_add(1).unwrap_or(CHANNEL + 1);
            if !self.open.contains_key(&self.last) {
                break;
            }
        }
        self.open.insert(self.last, connection);
        self.last
    }

    async fn read(&mut self, handle: u32, length: u32) -> Result<Vec<u8>, TcpError> {
        let connection = self.open.get_mut(&handle).ok_or(TcpError::InvalidHandle)?;
        let mut bytes = vec![0; length.min(LARGEST_READ) as usize];
        let count = match connection.stream.read(&mut bytes).await {
            // Many servers end TLS by closing the connection.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => 0,
            count => count.map_err(|error| system(&error, "read"))?,
        };
        bytes.truncate(count);
        Ok(bytes)
    }

    async fn write(&mut self, handle: u32, bytes: &[u8]) -> Result<u32, TcpError> {
        let connection = self.open.get_mut(&handle).ok_or(TcpError::InvalidHandle)?;
        let written = match connection.stream.write_all(bytes).await {
            Ok(()) => connection.stream.flush().await,
            error => error,
        };
        written.map_err(|error| system(&error, "write"))?;
        Ok(bytes.len() as u32)
    }
}

async fn handshake(stream: Connection, host: &str, trust: &Trust) -> Result<Connection, TlsError> {
    let Connection::Plain(stream) = stream else {
        return Err(TlsError::InvalidHandle);
    };
    let config = trust.config().map_err(tls)?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| TlsError::HandshakeFailed(error.to_string()))?;
    let upgraded = TlsConnector::from(config).connect(name, stream).await;
    upgraded
        .map(|stream| Connection::Secure(Box::new(stream)))
        .map_err(|error| tls(Fault::of_handshake(&error, host)))
}

/// A fault in the guest's words.
fn tcp(fault: &Fault) -> TcpError {
    match fault.code {
        "ECONNREFUSED" => TcpError::ConnectionRefused,
        "ECONNRESET" | "ECONNABORTED" | "EPIPE" => TcpError::ConnectionReset,
        "ETIMEDOUT" => TcpError::TimedOut,
        "ENOTFOUND" | "EAI_AGAIN" => TcpError::HostNotFound,
        _ => TcpError::IoError(fault.message.to_string()),
    }
}

fn system(error: &io::Error, call: &'static str) -> TcpError {
    tcp(&Fault::of_system(error, call))
}

fn tls(fault: Fault) -> TlsError {
    match fault.code {
        "ECONNRESET" => TlsError::Tcp(TcpError::ConnectionReset),
        "EPROTO" | "EIO" => TlsError::HandshakeFailed(fault.message.into()),
        _ => TlsError::CertificateError(fault.message.into()),
    }
}

/// Waits at most as long as the guest wants to; 0 is without a limit of its own.
async fn within<T>(
    timeout_ms: u32,
    work: impl Future<Output = Result<T, TcpError>>,
) -> Result<T, TcpError> {
    if timeout_ms == 0 {
        return work.await;
    }
    let limit = Duration::from_millis(u64::from(timeout_ms));
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or(Err(TcpError::TimedOut))
}

/// Offers `eryx:net/tcp` and `eryx:net/tls` to guests.
///
/// # Errors
/// When the linker already has them.
pub fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    type Store<'a> = StoreContextMut<'a, State>;
    let mut interface = linker.instance("eryx:net/tcp@0.1.0")?;
    interface.func_wrap_async(
        "connect",
        |mut store: Store<'_>, (host, port, timeout): (String, u16, u32)| {
            Box::new(async move {
                let connections = &mut python(&mut store)?.connections;
                Ok((within(timeout, connections.connect(&host, port)).await,))
            })
        },
    )?;
    interface.func_wrap_async(
        "read",
        |mut store: Store<'_>, (handle, length, timeout): (u32, u32, u32)| {
            Box::new(async move {
                if handle == CHANNEL {
                    return Ok((Ok(receive(store).await?),));
                }
                let connections = &mut python(&mut store)?.connections;
                Ok((within(timeout, connections.read(handle, length)).await,))
            })
        },
    )?;
    interface.func_wrap_async(
        "write",
        |mut store: Store<'_>, (handle, timeout, data): (u32, u32, Vec<u8>)| {
            Box::new(async move {
                if handle == CHANNEL {
                    send(&mut store, &data).await?;
                    return Ok((Ok(data.len() as u32),));
                }
                let connections = &mut python(&mut store)?.connections;
                Ok((within(timeout, connections.write(handle, &data)).await,))
            })
        },
    )?;
    interface.func_wrap("close", |mut store: Store<'_>, (handle,): (u32,)| {
        python(&mut store)?.connections.open.remove(&handle);
        Ok(())
    })?;

    let mut interface = linker.instance("eryx:net/tls@0.1.0")?;
    interface.func_wrap_async(
        "upgrade",
        |mut store: Store<'_>, (handle, hostname, timeout): (u32, String, u32)| {
            Box::new(async move {
                let connections = &mut python(&mut store)?.connections;
                let upgrade = async { Ok(connections.upgrade(handle, &hostname).await) };
                let upgraded = within(timeout, upgrade).await;
                Ok((upgraded.unwrap_or_else(|late| Err(TlsError::Tcp(late))),))
            })
        },
    )?;
    interface.func_wrap_async(
        "read",
        |mut store: Store<'_>, (handle, length, timeout): (u32, u32, u32)| {
            Box::new(async move {
                let connections = &mut python(&mut store)?.connections;
                let read = within(timeout, connections.read(handle, length)).await;
                Ok((read.map_err(TlsError::Tcp),))
            })
        },
    )?;
    interface.func_wrap_async(
        "write",
        |mut store: Store<'_>, (handle, timeout, data): (u32, u32, Vec<u8>)| {
            Box::new(async move {
                let connections = &mut python(&mut store)?.connections;
                let written = within(timeout, connections.write(handle, &data)).await;
                Ok((written.map_err(TlsError::Tcp),))
            })
        },
    )?;
    interface.func_wrap("close", |mut store: Store<'_>, (handle,): (u32,)| {
        python(&mut store)?.connections.open.remove(&handle);
        Ok(())
    })?;
    Ok(())
}
