//! HTTP requests of a function. Each one is a task on the host; the guest takes what happened to it when its
//! event loop turns, so nothing of the guest is suspended while a request is open, and one that is still
//! open at the end of an invocation goes on in the next.

mod body;
mod exchange;
mod pool;
mod request;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use self::body::Body;
use self::exchange::Event;
use self::pool::Pool;
use self::request::Request;
use crate::local::sandbox::log::Log;
use crate::local::sandbox::network::{Fault, Network};

/// The most requests that are open at once. Source: Lambda's limit of 1,024 file descriptors.
const MAX_OPEN: usize = 1000;

/// Pieces of a body that wait on the host, in each direction.
const QUEUE: usize = 4;

/// The most bytes of a response that one call gives.
const PIECE: usize = 128 << 10;

/// Says which requests the guest should look at, and wakes it.
#[derive(Clone)]
pub struct Signal {
    changed: Arc<Mutex<BTreeSet<u32>>>,
    wake: Arc<Notify>,
}

impl Signal {
    fn set(&self, id: u32) {
        lock(&self.changed).insert(id);
        self.wake.notify_one();
    }
}

/// A request as its own task sees it.
#[derive(Clone)]
pub struct Marker {
    signal: Signal,
    id: u32,
}

impl Marker {
    fn set(&self) {
        self.signal.set(self.id);
    }
}

/// The HTTP of one environment.
pub struct Requests {
    network: Network,
    signal: Signal,
    pool: Arc<Pool>,
    open: BTreeMap<u32, Open>,
    last: u32,
    /// Hosts whose refusal was logged.
    refused: HashSet<String>,
}

/// One request from its start until the guest closes it.
struct Open {
    events: mpsc::Receiver<Event>,
    /// Taken off the queue, but not yet wanted.
    kept: Option<Event>,
    body: Option<mpsc::Sender<Bytes>>,
    task: AbortHandle,
    ended: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
        // A task that is through with its response still puts the connection back.
        if !self.ended {
            self.task.abort();
        }
    }
}

impl Requests {
    /// No requests yet; `wake` ends the guest's sleep.
    pub fn new(network: Network, wake: Arc<Notify>) -> Self {
        Requests {
            network,
            signal: Signal {
                changed: Arc::default(),
                wake,
            },
            pool: Arc::default(),
            open: BTreeMap::new(),
            last: 0,
            refused: HashSet::new(),
        }
    }

    /// Starts a request; `data` is the beginning of its body, all of it when `whole`.
    ///
    /// # Errors
    /// When it is malformed, the policy refuses its host, or too many are open: as JSON.
    pub fn open(
        &mut self,
        request: &str,
        data: Vec<u8>,
        whole: bool,
        log: &Log,
    ) -> Result<u32, String> {
        self.try_open(request, data, whole, log)
            .map_err(|fault| fault.to_json())
    }

    fn try_open(
        &mut self,
        request: &str,
        data: Vec<u8>,
        whole: bool,
        log: &Log,
    ) -> Result<u32, Fault> {
        let request: Request = serde_json::from_str(request)
            .map_err(|error| Fault::new("ERR_INVALID_ARG_VALUE", error.to_string()))?;
        let target = match request.target(&self.network) {
            Ok(target) => target,
            Err(refused) => {
                // An SDK may hide the message of an error, so it is in the log too.
                if self.refused.insert(request.host.clone()) {
                    log.line(&format!("hoist: {refused}"));
                }
                return Err(Fault::refused(&refused));
            }
        };
        if self.open.len() >= MAX_OPEN {
            return Err(Fault {
                errno: Some(-24),
                syscall: Some("connect"),
                ..Fault::new(
                    "EMFILE",
                    format!("connect EMFILE: {MAX_OPEN} requests are open already"),
                )
            });
        }
        self.last = self.last.wrapping_add(1);
        let id = self.last;
        let marker = Marker {
            signal: self.signal.clone(),
            id,
        };
        let (sender, events) = mpsc::channel(QUEUE);
        let (body, feed) = if whole {
            (Body::whole(data), None)
        } else {
            let (feed, pieces) = mpsc::channel(QUEUE);
            if !data.is_empty() {
                // The queue is empty: it has room.
                let _ = feed.try_send(Bytes::from(data));
            }
            (Body::pieces(pieces, marker.clone()), Some(feed))
        };
        let message = request.message(body)?;
        let pool = Arc::downgrade(&self.pool);
        let task = tokio::spawn(exchange::run(
            target,
            message,
            request.keep,
            pool,
            sender,
            marker,
        ));
        self.open.insert(
            id,
            Open {
                events,
                kept: None,
                body: feed,
                task: task.abort_handle(),
                ended: false,
            },
        );
        Ok(id)
    }

    /// Gives a piece of the body; false when it has to wait.
    pub fn write(&mut self, id: u32, data: Vec<u8>) -> bool {
        let Some(feed) = self.open.get(&id).and_then(|open| open.body.as_ref()) else {
            return true; // No one reads it any more: it is dropped, as a closed socket would.
        };
        match feed.try_send(Bytes::from(data)) {
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => true,
            Err(mpsc::error::TrySendError::Full(_)) => false,
        }
    }

    /// Ends the body.
    pub fn end(&mut self, id: u32) {
        if let Some(open) = self.open.get_mut(&id) {
            open.body = None;
        }
    }

    /// The requests something happened to since the last call.
    pub fn events(&mut self) -> Vec<u32> {
        let changed = std::mem::take(&mut *lock(&self.signal.changed));
        changed.into_iter().collect()
    }

    /// Whether something happened to a request that `events` has not told yet.
    pub fn has_events(&self) -> bool {
        let mut changed = lock(&self.signal.changed);
        // A task may still report for a request that the guest has closed.
        changed.retain(|id| self.open.contains_key(id));
        !changed.is_empty()
    }

    /// What happened next to a request: its kind and, for data, bytes.
    pub fn next(&mut self, id: u32, wanted: bool) -> (String, Vec<u8>) {
        let nothing = (String::new(), Vec::new());
        let Some(open) = self.open.get_mut(&id) else {
            return nothing;
        };
        let Some(event) = open.kept.take().or_else(|| open.events.try_recv().ok()) else {
            return nothing;
        };
        match event {
            Event::Data(bytes) if wanted => ("data".to_owned(), open.gather(bytes)),
            Event::Data(bytes) => {
                open.kept = Some(Event::Data(bytes));
                nothing
            }
            event => {
                open.ended |= matches!(event, Event::End);
                (event.to_json(), Vec::new())
            }
        }
    }

    /// Forgets a request.
    pub fn close(&mut self, id: u32) {
        self.open.remove(&id);
    }
}

impl Open {
    /// `first` and the pieces that are there already, up to a limit: one call of the guest for all of them.
    fn gather(&mut self, first: Bytes) -> Vec<u8> {
        let mut data = Vec::from(first);
        while data.len() < PIECE {
            match self.events.try_recv() {
                Ok(Event::Data(bytes)) => data.extend_from_slice(&bytes),
                Ok(event) => {
                    self.kept = Some(event);
                    break;
                }
                Err(_) => break,
            }
        }
        data
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Requests {
        let network = Network::new(None, vec!["127.0.0.1".parse().unwrap()]);
        Requests::new(network, Arc::default())
    }

    fn open(requests: &mut Requests, host: &str) -> Result<u32, String> {
        // Nobody listens on port 1; what is tested is done before anyone is asked.
        let request = serde_json::json!({"method": "GET", "host": host, "port": 1, "path": "/",
            "tls": null, "headers": [["host", host]], "keep": true});
        requests.open(&request.to_string(), vec![], true, &Log::none())
    }

    #[tokio::test]
    async fn a_function_has_at_most_a_thousand_requests_open() {
        let mut requests = requests();
        let first = open(&mut requests, "127.0.0.1").unwrap();
        for _ in 1..MAX_OPEN {
            open(&mut requests, "127.0.0.1").unwrap();
        }
        let refused = open(&mut requests, "127.0.0.1").unwrap_err();
        assert!(refused.contains("EMFILE"), "{refused}");
        requests.close(first);
        assert!(open(&mut requests, "127.0.0.1").is_ok());
    }

    #[tokio::test]
    async fn a_refused_host_is_logged_once() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let log = Log::new(move |record| lock(&sink).extend_from_slice(record));
        let mut requests = requests();
        for _ in 0..3 {
            let request = r#"{"method":"GET","host":"a.test","port":80,"path":"/","tls":null,"headers":[],"keep":true}"#;
            let refused = requests.open(request, vec![], true, &log).unwrap_err();
            assert!(refused.contains("ERR_ACCESS_DENIED"), "{refused}");
        }
        let written = String::from_utf8(lock(&lines).clone()).unwrap();
        assert_eq!(written.matches("hoist: ").count(), 1, "{written}");
    }

    #[tokio::test]
    async fn malformed_requests_and_unknown_numbers_do_no_harm() {
        let mut requests = requests();
        for request in ["", "{}", "[]", r#"{"method":1}"#] {
            assert!(requests.open(request, vec![], true, &Log::none()).is_err());
        }
        assert!(requests.write(7, vec![1]));
        requests.end(7);
        requests.close(7);
        assert_eq!(requests.next(7, true), (String::new(), Vec::new()));
        assert!(requests.events().is_empty());
    }

    #[tokio::test]
    async fn what_happens_to_a_closed_request_wakes_no_one() {
        let mut requests = requests();
        let id = open(&mut requests, "127.0.0.1").unwrap();
        requests.signal.set(id);
        assert!(requests.has_events());
        requests.close(id);
        requests.signal.set(id);
        assert!(!requests.has_events());
    }
}
