//! A line to PostgreSQL, or to the program itself, that can be cut, closed, held, or broken at the very
//! moment of a commit.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What is done with connections, old ones and new ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Pass,
    /// New connections are closed at once.
    Refuse,
    /// Nothing gets through; connections stay open.
    Hold,
}

/// How a statement's connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Before the server has heard all of it: it does not happen.
    Before,
    /// While the server works on it: it may happen.
    During,
    /// Before the client hears the answer: it has happened.
    After,
}

/// What becomes of the next statements that contain `marker`, one after the
/// other from the end; `None` lets one through.
#[derive(Clone, Debug, Default)]
struct Plan {
    marker: Vec<u8>,
    breaks: Vec<Option<Break>>,
}

struct Shared {
    target: Mutex<SocketAddr>,
    mode: watch::Sender<Mode>,
    /// What goes to the server comes later by so much.
    delay: watch::Sender<Duration>,
    /// Counts the cuts; a connection ends when it has changed.
    cuts: watch::Sender<u64>,
    plan: Mutex<Plan>,
    broken: AtomicUsize,
}

/// Ends with its connections when dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port in front of the server of a `postgres://` URL.
    pub async fn before(url: &str) -> Self {
        let config: tokio_postgres::Config = url.parse().unwrap();
        let host = match config.get_hosts().first() {
            Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
            _ => "127.0.0.1".to_owned(),
        };
        let port = config.get_ports().first().copied().unwrap_or(5432);
        let target = tokio::net::lookup_host((host, port))
            .await
            .unwrap()
            .next()
            .unwrap();
        Self::start(target).await
    }

    /// Listens on a free port in front of an address.
    pub async fn to(address: &str) -> Self {
        Self::start(address.parse().unwrap()).await
    }

    async fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            target: Mutex::new(target),
            mode: watch::Sender::new(Mode::Pass),
            delay: watch::Sender::new(Duration::ZERO),
            cuts: watch::Sender::new(0),
            plan: Mutex::default(),
            broken: AtomicUsize::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            accepting,
        }
    }

    /// The same URL, through here.
    pub fn url(&self, url: &str) -> String {
        let (scheme, rest) = url.split_once("://").unwrap();
        let (authority, path) = rest.split_once('/').unwrap();
        let user = authority
            .rsplit_once('@')
            .map_or(String::new(), |(user, _)| format!("{user}@"));
        format!("{scheme}://{user}{}/{path}", self.address)
    }

    pub fn http_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Of Redis behind this.
    pub fn redis_url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// New connections lead elsewhere.
    pub fn turn_to(&self, address: &str) {
        *self.shared.target.lock().unwrap() = address.parse().unwrap();
    }

    /// PostgreSQL is gone: connections end, new ones are not taken.
    pub fn close(&self) {
        self.shared.mode.send_replace(Mode::Refuse);
        self.cut();
    }

    /// Ends all connections; new ones are as good as ever.
    pub fn cut(&self) {
        self.shared.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Nothing gets through in either direction, and nobody hears of it.
    pub fn hold(&self) {
        self.shared.mode.send_replace(Mode::Hold);
    }

    /// As if nothing had been; what was held goes through.
    pub fn open(&self) {
        self.shared.mode.send_replace(Mode::Pass);
    }

    /// From now on everything reaches the server later.
    pub fn slow_down(&self, by: Duration) {
        self.shared.delay.send_replace(by);
    }

    /// Breaks the connections of the next statements of the journal that
    /// contain `marker`, one way after the other; `None` lets one through.
    pub fn break_commits(&self, marker: &str, breaks: impl IntoIterator<Item = Option<Break>>) {
        let mut breaks: Vec<_> = breaks.into_iter().collect();
        breaks.reverse();
        *self.shared.plan.lock().unwrap() = Plan {
            marker: marker.into(),
            breaks,
        };
    }

    /// How many have been broken so, and how many statements are still to be met.
    pub fn broken(&self) -> (usize, usize) {
        let left = self.shared.plan.lock().unwrap().breaks.len();
        (self.shared.broken.load(Ordering::SeqCst), left)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        if *shared.mode.borrow() != Mode::Refuse {
            tokio::spawn(join(client, Arc::clone(&shared)));
        }
    }
}

/// Carries bytes both ways until one side ends or the line is cut. Dropping
/// the halves closes both sockets.
async fn join(client: TcpStream, shared: Arc<Shared>) {
    let mut cuts = shared.cuts.subscribe();
    cuts.borrow_and_update();
    let work = async {
        pass(&shared).await;
        let Ok(server) = TcpStream::connect(target_of(&shared)).await else {
            return;
        };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let (breaking, told) = watch::channel(None);
        tokio::select! {
            () = upstream(from_client, to_server, &shared, &breaking) => {}
            () = downstream(from_server, to_client, &shared, told) => {}
        }
    };
    tokio::select! {
        () = work => {}
        _ = cuts.changed() => {}
    }
}

/// Waits while bytes are held.
async fn pass(shared: &Shared) {
    let mut mode = shared.mode.subscribe();
    // fails only when the proxy is gone, and then nothing is left to wait for
    let _ = mode.wait_for(|mode| *mode != Mode::Hold).await;
}

async fn upstream(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    breaking: &watch::Sender<Option<Break>>,
) {
    let mut buffer = vec![0; 256 * 1024];
    let mut role = None;
    // the end of what has gone through, for a marker that lies across two reads
    let mut tail: Vec<u8> = Vec::new();
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        pass(shared).await;
        let delay = *shared.delay.borrow();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let bytes = &buffer[..count];
        tail.extend_from_slice(bytes);
        // said once, before anything else
        if role.is_none() && contains(&tail, b"SET ROLE ") {
            role = Some(contains(&tail, b"SET ROLE lajur_journal"));
        }
        let planned = if role == Some(true) {
            next_break(shared, &tail)
        } else {
            None
        };
        let done = if planned.is_some() {
            tail.len()
        } else {
            tail.len().saturating_sub(64)
        };
        tail.drain(..done);
        match planned {
            None => {
                if to.write_all(bytes).await.is_err() {
                    return;
                }
            }
            Some(Break::Before) => {
                let _ = to.write_all(&bytes[..count / 2]).await;
                return;
            }
            Some(Break::During) => {
                let _ = to.write_all(bytes).await;
                return;
            }
            Some(Break::After) => {
                breaking.send_replace(Some(Break::After));
                if to.write_all(bytes).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn downstream(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    shared: &Shared,
    told: watch::Receiver<Option<Break>>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        pass(shared).await;
        if told.borrow().is_some() || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

fn next_break(shared: &Shared, bytes: &[u8]) -> Option<Break> {
    let mut plan = shared.plan.lock().unwrap();
    if plan.breaks.is_empty() || !contains(bytes, &plan.marker) {
        return None;
    }
    let planned = plan.breaks.pop().flatten();
    if planned.is_some() {
        shared.broken.fetch_add(1, Ordering::SeqCst);
    }
    planned
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn target_of(shared: &Shared) -> SocketAddr {
    *shared.target.lock().unwrap()
}
