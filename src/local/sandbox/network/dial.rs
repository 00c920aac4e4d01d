//! Connections to hosts that the policy allowed.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;

use super::{Fault, Trust};

/// How long one of several addresses may take before the next one is tried. Source: Node's
/// `net.setDefaultAutoSelectFamilyAttemptTimeout` is 250 ms; a slow network should not fail over that.
const ATTEMPT: Duration = Duration::from_secs(2);

/// A connection, with or without TLS.
pub enum Connection {
    /// As it is.
    Plain(TcpStream),
    /// Encrypted.
    Secure(Box<TlsStream<TcpStream>>),
}

/// What is known of a connection that was made.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The other side.
    pub remote: SocketAddr,
    /// This side.
    pub local: SocketAddr,
}

/// Connects to `host` (a name, or an address without brackets).
///
/// # Errors
/// When the name has no address, none of them answers, or TLS fails.
pub async fn dial(host: &str, port: u16, tls: Option<&Trust>) -> Result<(Connection, Peer), Fault> {
    let stream = reach(host, port).await?;
    // As Node's agents do: small requests must not wait for an acknowledgement.
    let _ = stream.set_nodelay(true);
    let read = |error: io::Error| Fault::of_system(&error, "connect");
    let peer = Peer {
        remote: stream.peer_addr().map_err(read)?,
        local: stream.local_addr().map_err(read)?,
    };
    let Some(trust) = tls else {
        return Ok((Connection::Plain(stream), peer));
    };
    let name = trust
        .servername
        .as_deref()
        .filter(|name| !name.is_empty())
        .unwrap_or(host)
        .to_owned();
    let server = ServerName::try_from(name.clone())
        .map_err(|_| Fault::new("ERR_INVALID_ARG_VALUE", format!("{name} is no host name")))?;
    let stream = TlsConnector::from(trust.config()?)
        .connect(server, stream)
        .await
        .map_err(|error| Fault::of_handshake(&error, &name))?;
    Ok((Connection::Secure(Box::new(stream)), peer))
}

async fn reach(host: &str, port: u16) -> Result<TcpStream, Fault> {
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host((host, port))
        .await
        .map_err(|error| Fault::of_lookup(&error, host))?
        .collect();
    let mut faults = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        let last = index + 1 == addresses.len();
        let connect = TcpStream::connect(address);
        let result = if last {
            connect.await
        } else {
            tokio::time::timeout(ATTEMPT, connect)
                .await
                .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        };
        match result {
            Ok(stream) => return Ok(stream),
            Err(error) => faults.push(Fault::of_connect(&error, *address)),
        }
    }
    let last = faults
        .pop()
        .ok_or_else(|| Fault::of_lookup(&io::Error::other("it has no address"), host))?;
    if faults.is_empty() {
        return Err(last);
    }
    // Node throws all of them together, under the first one's code.
    faults.push(last);
    let code = faults[0].code;
    Err(Fault {
        attempts: faults.into(),
        ..Fault::new(code, "")
    })
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Connection::Secure(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_write(context, data),
            Connection::Secure(stream) => Pin::new(stream).poll_write(context, data),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_flush(context),
            Connection::Secure(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Connection::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Connection::Secure(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
