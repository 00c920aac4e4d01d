//! Connections of one environment that wait for their next request.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hyper::client::conn::http1::SendRequest;
use tokio::task::AbortHandle;

use super::body::Body;
use super::lock;
use crate::local::sandbox::network::Trust;

/// How long a connection may wait. Servers close theirs after some time; most take longer than this.
const IDLE: Duration = Duration::from_secs(60);

/// The most connections that wait. Source: Node's `maxFreeSockets`.
const MAX_IDLE: usize = 256;

/// Where a connection leads, and with which TLS.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// A name or an address, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// None for a connection without TLS.
    pub tls: Option<Trust>,
}

/// A connection that can send a request. Dropped, it is closed.
pub struct Link {
    /// Sends on it.
    pub sender: SendRequest<Body>,
    /// The task that drives it.
    pub driver: AbortHandle,
    /// What the guest is told of it: JSON.
    pub peer: String,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// The connections that wait.
#[derive(Default)]
pub struct Pool {
    idle: Mutex<HashMap<Target, Vec<(Link, Instant)>>>,
}

impl Pool {
    /// A connection to `target` that is still open.
    pub fn take(&self, target: &Target) -> Option<Link> {
        let mut idle = lock(&self.idle);
        let links = idle.get_mut(target)?;
        while let Some((link, since)) = links.pop() {
            if since.elapsed() < IDLE && link.sender.is_ready() {
                return Some(link);
            }
        }
        idle.remove(target);
        None
    }

    /// Keeps a connection for the next request.
    pub fn put(&self, target: Target, link: Link) {
        let mut idle = lock(&self.idle);
        let total: usize = idle.values().map(Vec::len).sum();
        if total < MAX_IDLE {
            idle.entry(target).or_default().push((link, Instant::now()));
        }
    }
}
