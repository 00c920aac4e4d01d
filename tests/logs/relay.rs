//! A way to a server that can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// So much of an answer passes before it is torn off, in bytes.
const PART: u64 = 1500;

/// Passes connections on to a server.
pub struct Relay {
    port: u16,
    cut: watch::Sender<u64>,
    /// The next connection is torn off in the middle of its answer.
    doomed: Arc<AtomicBool>,
    broken: Arc<AtomicU64>,
}

impl Relay {
    /// To the server at `http://127.0.0.1:PORT`.
    pub async fn to(url: &str) -> Self {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cut, watched) = watch::channel(0);
        let broken = Arc::new(AtomicU64::new(0));
        let doomed = Arc::new(AtomicBool::new(false));
        let (counter, next) = (Arc::clone(&broken), Arc::clone(&doomed));
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (server, mut watched) = (server.clone(), watched.clone());
                let counter = Arc::clone(&counter);
                watched.mark_unchanged();
                let is_doomed = next.swap(false, Ordering::Relaxed);
                tokio::spawn(async move {
                    let Ok(mut server) = TcpStream::connect(server).await else {
                        return;
                    };
                    if is_doomed {
                        tear(client, server).await;
                        counter.fetch_add(1, Ordering::Relaxed);
                        return;
                    }
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => (),
                        _ = watched.changed() => { counter.fetch_add(1, Ordering::Relaxed); }
                    }
                });
            }
        });
        Relay {
            port,
            cut,
            doomed,
            broken,
        }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Breaks every connection that is open, and the next one in the middle of its answer.
    pub fn cut(&self) {
        self.doomed.store(true, Ordering::Relaxed);
        self.cut.send_modify(|times| *times += 1);
    }

    /// How many connections were broken.
    pub fn broken(&self) -> u64 {
        self.broken.load(Ordering::Relaxed)
    }
}

async fn tear(client: TcpStream, server: TcpStream) {
    let (mut from_client, mut to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let mut part = from_server.take(PART);
    tokio::select! {
        _ = copy(&mut from_client, &mut to_server) => (),
        _ = copy(&mut part, &mut to_client) => (),
    }
    let _ = to_client.shutdown().await;
}
