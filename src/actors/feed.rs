//! One tenant's log as this node has it: what sessions read.
//!
//! `tenant (committed, or read from the log) → feed → sessions, SSE`
//!
//! Everything that the tenant's actor applies passes through here once and in
//! order, whoever wrote it. Nobody is sent anything: readers keep a position,
//! are told that there is news, and read what comes after. So joining history
//! and live has no seam, and a reader that stalls costs a number.
//!
//! The newest events are held in memory. What came before is read from the log
//! in blocks, once for everybody who asks for the same range.

mod blocks;
mod entry;
mod lines;
mod tail;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use diesel_async::AsyncPgConnection;
use tokio::sync::watch;

pub use entry::Entry;

use self::blocks::Blocks;
use self::lines::Frames;
use self::tail::Tail;
use super::node::Node;
use crate::db::events::StoredEvent;
use crate::db::tenants;
use crate::domain::ids::ImportId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::tenant::Tenant;
use crate::domain::principal::Principal;
use crate::realtime::channel::Channel;
use crate::realtime::feed::{AccessChange, Feed as _, Identity, Read, StateValue};
use crate::realtime::visibility::{Sight, sight};

/// How long events are still kept in memory when the last reader has gone:
/// they may only be changing trains.
const REMEMBERED: Duration = Duration::from_secs(60);

/// Says that there is something new, and since when.
#[derive(Clone, Copy, Debug)]
pub struct News {
    pub since: Instant,
}

/// What a reader may see of a part of the log.
#[derive(Debug)]
pub enum Seen {
    /// Everything up to `to`.
    Events {
        to: i64,
        events: Vec<(Arc<Entry>, Sight)>,
    },
    /// The part is not in memory; see [`Feed::load`].
    NotLoaded,
}

pub struct Feed {
    node: Arc<Node>,
    tenant: Arc<Tenant>,
    tail: RwLock<Tail>,
    blocks: Blocks,
    frames: Frames,
    states: RwLock<HashMap<Channel, StateValue>>,
    wanted: Mutex<Wanted>,
    news: watch::Sender<News>,
    readers: AtomicUsize,
    last_reader: RwLock<Option<Instant>>,
    /// Tickets of those who ask where the log stands.
    asked: AtomicU64,
    /// All with a lower ticket have been answered.
    answered: tokio::sync::Mutex<u64>,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed")
            .field("tenant", &self.tenant.slug)
            .field("top", &self.top())
            .finish_non_exhaustive()
    }
}

/// State channels that somebody has asked for, and jobs among them of which
/// there is news.
#[derive(Debug, Default)]
struct Wanted {
    channels: HashSet<Channel>,
    changed_jobs: HashSet<ImportId>,
}

/// Somebody reads: the tenant stays in memory.
#[derive(Debug)]
pub struct Reader(Arc<Feed>);

impl Drop for Reader {
    fn drop(&mut self) {
        *self
            .0
            .last_reader
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.0.readers.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Feed {
    pub(super) fn new(node: Arc<Node>, tenant: Arc<Tenant>, head: i64, first: i64) -> Arc<Self> {
        let tail = Tail::new(Arc::clone(&tenant.epoch), head, first);
        let since = Instant::now();
        Arc::new(Self {
            node,
            tenant,
            tail: RwLock::new(tail),
            blocks: Blocks::default(),
            frames: Frames::default(),
            states: RwLock::default(),
            wanted: Mutex::default(),
            news: watch::Sender::new(News { since }),
            readers: AtomicUsize::new(0),
            last_reader: RwLock::default(),
            asked: AtomicU64::new(0),
            answered: tokio::sync::Mutex::new(0),
        })
    }

    pub fn tenant(&self) -> &Arc<Tenant> {
        &self.tenant
    }

    /// Wakes whenever there is something new.
    pub fn news(&self) -> watch::Receiver<News> {
        self.news.subscribe()
    }

    pub fn enter(self: &Arc<Self>) -> Reader {
        self.readers.fetch_add(1, Ordering::AcqRel);
        Reader(Arc::clone(self))
    }

    pub fn has_readers(&self) -> bool {
        self.readers.load(Ordering::Acquire) > 0
    }

    fn is_listened_to(&self) -> bool {
        let left = *self
            .last_reader
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        self.has_readers() || left.is_some_and(|left| left.elapsed() < REMEMBERED)
    }

    fn tail(&self) -> std::sync::RwLockReadGuard<'_, Tail> {
        self.tail.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn tail_mut(&self) -> std::sync::RwLockWriteGuard<'_, Tail> {
        self.tail.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what has been committed, here or elsewhere. What is known
    /// already is passed over.
    pub(super) fn append(&self, events: &[StoredEvent]) {
        let Some(last) = events.last() else { return };
        let listened_to = self.is_listened_to();
        {
            let mut tail = self.tail_mut();
            for event in events.iter().filter(|event| event.seq > tail.top()) {
                if let Row::Access(row) = &event.row {
                    // before anybody can see the event
                    self.node.rights_changed(self.tenant.id, row);
                }
                self.note_job(&event.row);
            }
            if listened_to {
                for event in events {
                    tail.push(event);
                }
            } else {
                events.iter().for_each(|event| tail.note(event));
                tail.skip_to(last.seq);
            }
        }
        self.tell();
    }

    /// Waits until everything that was in the log at the time of the call is here.
    /// Those who ask together share one look at the log.
    pub(super) async fn catch_up(&self, tell_tenant: impl Fn()) {
        let ticket = self.asked.fetch_add(1, Ordering::AcqRel);
        let mut answered = self.answered.lock().await;
        if *answered > ticket {
            return;
        }
        let covered = self.asked.load(Ordering::Acquire);
        let id = self.tenant.id.0;
        let asking = self
            .node
            .pools
            .ask("heads", async |connection: &mut AsyncPgConnection| {
                tenants::heads(connection, vec![id]).await
            });
        let Some(head) = asking.await.ok().and_then(|mut heads| heads.pop()) else {
            return;
        };
        let mut news = self.news();
        while self.tail().top() < head.last_seq {
            tell_tenant();
            if news.changed().await.is_err() {
                return;
            }
        }
        *answered = covered;
    }

    /// The tenant has been loaded again, with its log at `head`.
    pub(super) fn resume(&self, epoch: &Arc<str>, head: i64) {
        let mut tail = self.tail_mut();
        if tail.epoch() == epoch && head >= tail.top() {
            tail.skip_to(head);
        } else {
            tracing::warn!(
                tenant.slug = &*self.tenant.slug,
                head,
                known = tail.top(),
                "the log does not continue where it was"
            );
            *tail = Tail::new(Arc::clone(epoch), head, tail.first());
            self.blocks.clear();
            self.frames.clear();
        }
        drop(tail);
        self.tell();
    }

    fn tell(&self) {
        self.news.send_replace(News {
            since: Instant::now(),
        });
    }

    /// The newest value of a state channel; readers hear of it if it changed.
    pub fn publish_state(&self, channel: Channel, body: Bytes) {
        {
            let mut states = self.states.write().unwrap_or_else(PoisonError::into_inner);
            let known = states.get(&channel);
            if known.is_some_and(|known| known.body == body) {
                return;
            }
            let version = known.map_or(1, |known| known.version + 1);
            states.insert(channel, StateValue { version, body });
        }
        self.tell();
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody is about to look at this state.
    pub fn want_state(&self, channel: Channel) {
        self.wanted().channels.insert(channel);
    }

    /// The states that are to be kept up to date.
    pub fn wanted_states(&self) -> Vec<Channel> {
        self.wanted().channels.iter().cloned().collect()
    }

    /// The jobs that went on since this was asked the last time.
    pub fn take_changed_jobs(&self) -> Vec<ImportId> {
        self.wanted().changed_jobs.drain().collect()
    }

    /// Nobody looks any more.
    pub fn forget_states(&self) {
        *self.wanted() = Wanted::default();
        self.states
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn note_job(&self, row: &Row) {
        if let Row::Import(import) = row {
            let mut wanted = self.wanted();
            if wanted.channels.contains(&Channel::Job(import.id)) {
                wanted.changed_jobs.insert(import.id);
            }
        }
    }

    /// Events after `after` as `who` may see them on a channel, at most so many
    /// bytes of them, but always one.
    pub fn see(
        &self,
        channel: &Channel,
        who: &Principal,
        (after, upto): (i64, i64),
        budget: usize,
    ) -> Seen {
        let Some(events) = self.events(after, upto) else {
            return Seen::NotLoaded;
        };
        let (mut to, mut seen, mut size) = (after, Vec::new(), 0);
        for event in events {
            let sight = sight(channel, who, &event.facts());
            if sight != Sight::Hidden {
                if !seen.is_empty() && size + event.size() > budget {
                    return Seen::Events { to, events: seen };
                }
                size += event.size();
                seen.push((Arc::clone(&event), sight));
            }
            to = event.seq;
        }
        Seen::Events { to, events: seen }
    }

    /// Events in (after, upto] from where they are: the tail, or one block.
    fn events(&self, after: i64, upto: i64) -> Option<Vec<Arc<Entry>>> {
        {
            let tail = self.tail();
            if let Some(events) = tail.between(after, upto) {
                return Some(events);
            }
        }
        self.blocks.between(after, upto)
    }

    /// Brings the events after `after` into memory; they can be read then.
    pub async fn load(&self, after: i64) -> crate::db::Result<()> {
        self.node.metrics.feed_loads_total.inc();
        let top = self.tail().top();
        let first = self
            .blocks
            .load(&self.node.pools, self.tenant.id, after, top)
            .await?;
        if let Some(first) = first {
            self.tail_mut().begins_at(first);
        }
        Ok(())
    }
}

impl crate::realtime::feed::Feed for Feed {
    fn epoch(&self) -> Arc<str> {
        Arc::clone(self.tail().epoch())
    }

    fn first(&self) -> i64 {
        self.tail().first()
    }

    fn top(&self) -> i64 {
        self.tail().top()
    }

    fn access_change(&self, who: &Identity, after: i64, upto: i64) -> Option<(i64, AccessChange)> {
        self.tail().access_change(who, after, upto)
    }

    fn read(
        &self,
        channel: &Channel,
        who: &Principal,
        after: i64,
        upto: i64,
        budget: usize,
    ) -> Read {
        self.frames.read(self, channel, who, (after, upto), budget)
    }

    fn state(&self, channel: &Channel) -> Option<StateValue> {
        self.states
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(channel)
            .cloned()
    }
}
