//! Which tenants are in memory: loads them on first use, and again when their
//! actor has died; lets the least recently used go when there are too many.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use actix::prelude::*;
use tokio::sync::oneshot;

use super::deadlines::Deadlines;
use super::feed::Feed;
use super::handle::{Shared, TenantHandle};
use super::journal::{Finish, JournalActor, Prove};
use super::keys::Keys;
use super::node::Node;
use super::pulse::Pulse;
use super::relay::message::Message;
use super::tenant::{Loaded, Relayed, TenantActor};
use super::{heads, relay, sweeper};
use crate::config::secret::Secret;
use crate::db::load;
use crate::domain::ids::TenantId;
use crate::domain::pipeline::state::State;
use crate::domain::pipeline::status::{needs_review, next_deadline};
use crate::domain::pipeline::view::View;
use crate::metrics::measure_delay;

/// How long the journal is waited for before it is judged by what it says of itself.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("no such tenant")]
    NotFound,
    #[error("the tenant cannot be loaded: {0}")]
    Unavailable(String),
}

#[derive(Clone, Debug)]
pub struct Tenants {
    inner: Arc<Inner>,
}

struct Inner {
    node: Arc<Node>,
    journal: Addr<JournalActor>,
    threads: Vec<ArbiterHandle>,
    open: RwLock<HashMap<TenantId, TenantHandle>>,
    /// How far the views of those who have left memory had come.
    left_at: Mutex<HashMap<TenantId, i64>>,
    /// Outlive their tenant's actor while somebody reads them.
    feeds: Mutex<HashMap<TenantId, Arc<Feed>>>,
    /// One load of a tenant at a time.
    loading: Mutex<HashMap<TenantId, Arc<tokio::sync::Mutex<()>>>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tenants")
            .field("open", &self.handles().len())
            .finish_non_exhaustive()
    }
}

impl Inner {
    fn handles(&self) -> std::sync::RwLockReadGuard<'_, HashMap<TenantId, TenantHandle>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenants {
    /// Starts the journal and the threads of the tenants. To be called within
    /// an actix system.
    pub fn start(node: Arc<Node>) -> Self {
        let journal_thread = Arbiter::new();
        let for_journal = Arc::clone(&node);
        let journal = JournalActor::start_in_arbiter(&journal_thread.handle(), move |_| {
            JournalActor::new(for_journal)
        });
        let threads = (0..node.limits.threads.max(1))
            .map(|_| Arbiter::new().handle())
            .collect();
        let inner = Inner {
            node,
            journal,
            threads,
            open: RwLock::default(),
            left_at: Mutex::default(),
            feeds: Mutex::default(),
            loading: Mutex::default(),
        };
        let tenants = Self {
            inner: Arc::new(inner),
        };
        sweeper::start(tenants.clone());
        heads::start(tenants.clone());
        tenants
    }

    /// Joins other nodes over Redis. To be called within an actix system.
    pub fn join(&self, url: &Secret, prefix: &str) -> anyhow::Result<()> {
        self.inner.node.set_relay(relay::start(self, url, prefix)?);
        Ok(())
    }

    /// Hands on what another node has committed, if this one is interested.
    pub(super) fn relayed(&self, news: Message) {
        let Some(handle) = self.peek(news.tenant) else {
            return;
        };
        let told = match news.events.read() {
            Ok(events) => handle.address.try_send(Relayed {
                head: news.head,
                events,
            }),
            Err(error) => {
                tracing::warn!(%error, "news of another node cannot be read");
                return;
            }
        };
        if told.is_err() {
            tracing::debug!("a tenant is too busy for news; it will be found in the log");
        }
    }

    pub(super) fn node(&self) -> &Arc<Node> {
        &self.inner.node
    }

    /// The tenant if it is in memory, whether or not its actor is well:
    /// its last view can be read in any case.
    pub fn peek(&self, id: TenantId) -> Option<TenantHandle> {
        self.inner.handles().get(&id).cloned()
    }

    /// The tenant, loaded if need be. With PostgreSQL away, a tenant that was
    /// in memory is still given for reading.
    pub async fn open(&self, id: TenantId) -> Result<TenantHandle, OpenError> {
        if let Some(handle) = self.peek(id) {
            if handle.address.connected() && !handle.shared.has_left() {
                return Ok(handle);
            }
            return match self.reopen(id).await {
                Err(OpenError::Unavailable(_)) => Ok(handle),
                other => other,
            };
        }
        self.reopen(id).await
    }

    /// Loads the tenant unless a living actor has it.
    pub(super) async fn reopen(&self, id: TenantId) -> Result<TenantHandle, OpenError> {
        let turn = {
            let mut loading = self
                .inner
                .loading
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            Arc::clone(loading.entry(id).or_default())
        };
        let _turn = turn.lock().await;
        let known = self.peek(id);
        if let Some(handle) = &known {
            if handle.address.connected() && !handle.shared.has_left() {
                return Ok(handle.clone());
            }
            if !handle.shared.has_left() {
                tracing::error!(tenant = %id, "a tenant's actor died, loading it afresh");
                self.inner
                    .node
                    .metrics
                    .actor_restarts_total
                    .with_label_values(&["tenant"])
                    .inc();
            }
        }
        let handle = self.load(id).await?;
        self.make_room();
        let mut open = self
            .inner
            .open
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        open.insert(id, handle.clone());
        Ok(handle)
    }

    async fn load(&self, id: TenantId) -> Result<TenantHandle, OpenError> {
        let node = Arc::clone(&self.inner.node);
        let unavailable = |error: &dyn std::fmt::Display| OpenError::Unavailable(error.to_string());
        let reading = load::tenant(&node.pools, id, node.now(), load::Extent::default());
        // everybody who wants this tenant waits meanwhile
        let loaded = tokio::time::timeout(node.limits.commit, reading)
            .await
            .map_err(|_| {
                unavailable(&format_args!(
                    "it took longer than {:?}",
                    node.limits.commit
                ))
            })?
            .map_err(|error| unavailable(&error))?
            .ok_or(OpenError::NotFound)?;
        let now = node.now();
        let first = loaded.first;
        let building = tokio::task::spawn_blocking(move || {
            let deadlines = deadlines_of(&loaded.state, now);
            let keys = Keys::new(loaded.keys.keys, loaded.keys.complete);
            Loaded {
                view: Arc::new(View::build(loaded.state, now)),
                deadlines,
                keys,
            }
        });
        let loaded = building.await.map_err(|error| unavailable(&error))?;
        let feed = self.feed_of(&loaded.view.state, first);
        let shared = Shared::new(Arc::clone(&node), Arc::clone(&loaded.view), feed);
        let shared = Arc::new(shared);
        let actor = {
            let (shared, journal) = (Arc::clone(&shared), self.inner.journal.clone());
            move |_: &mut Context<TenantActor>| TenantActor::new(node, shared, journal, loaded)
        };
        let place = id.0.as_u64_pair().1 % u64::try_from(self.inner.threads.len()).unwrap_or(1);
        let thread = usize::try_from(place)
            .ok()
            .and_then(|place| self.inner.threads.get(place));
        let thread = thread.ok_or_else(|| unavailable(&"no thread"))?;
        let address = TenantActor::start_in_arbiter(thread, actor);
        Ok(TenantHandle {
            shared,
            address,
            tenants: self.clone(),
        })
    }

    /// The feed that was there before the tenant left, if somebody kept it.
    fn feed_of(&self, state: &State, first: i64) -> Arc<Feed> {
        let mut feeds = self
            .inner
            .feeds
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        feeds.retain(|_, feed| Arc::strong_count(feed) > 1);
        let tenant = &state.tenant;
        match feeds.get(&tenant.id) {
            Some(feed) => {
                feed.resume(&tenant.epoch, state.head);
                Arc::clone(feed)
            }
            None => {
                let (node, tenant) = (Arc::clone(&self.inner.node), Arc::clone(tenant));
                let id = tenant.id;
                let feed = Feed::new(node, tenant, state.head, first);
                feeds.insert(id, Arc::clone(&feed));
                feed
            }
        }
    }

    /// Asks the least recently used to leave when the ceiling is reached, and
    /// forgets those that have left.
    fn make_room(&self) {
        let mut open = self
            .inner
            .open
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        open.retain(|id, handle| {
            let stays = handle.address.connected() || !handle.shared.has_left();
            if !stays {
                self.note_left(*id, handle.head());
            }
            stays
        });
        if open.len() < self.inner.node.limits.tenants {
            return;
        }
        if let Some((id, oldest)) = open
            .iter()
            .filter(|(_, handle)| !handle.shared.feed.has_readers())
            .min_by_key(|(_, handle)| handle.shared.used_us())
        {
            let id = *id;
            oldest.retire();
            self.note_left(id, oldest.head());
            open.remove(&id);
        }
    }

    fn note_left(&self, id: TenantId, head: i64) {
        let left_at = self.inner.left_at.lock();
        let mut left_at = left_at.unwrap_or_else(PoisonError::into_inner);
        let known = left_at.entry(id).or_default();
        *known = head.max(*known);
    }

    /// The newest state of the tenant's log that this process has shown anybody.
    pub fn shown(&self, id: TenantId) -> i64 {
        let left_at = self.inner.left_at.lock();
        let left_at = left_at.unwrap_or_else(PoisonError::into_inner);
        let before = left_at.get(&id).copied().unwrap_or_default();
        drop(left_at);
        let now = self.peek(id).map_or(0, |handle| handle.head());
        before.max(now)
    }

    /// Waits until some tenant has published a view since this was last asked.
    pub async fn published(&self) {
        self.inner.node.published.notified().await;
    }

    /// Whether the log can be written: asks, and waits for the answer.
    pub async fn prove_journal(&self) -> bool {
        let (reply, answer) = oneshot::channel();
        if self.inner.journal.try_send(Prove { reply }).is_err() {
            return false;
        }
        // a commit that takes long is not stuck yet
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(proven) => proven.unwrap_or(false),
            Err(_) => self.pulse().beats(Instant::now()),
        }
    }

    /// What the journal says of itself.
    pub fn pulse(&self) -> &Pulse {
        &self.inner.node.pulse
    }

    /// Notes by how much the actors' threads are late, until they end.
    pub fn measure_delays(&self) {
        for thread in &self.inner.threads {
            let delays = self.inner.node.metrics.event_loop_delay_seconds.clone();
            thread.spawn(measure_delay(delays.with_label_values(&["actors"])));
        }
    }

    /// Tenants in memory.
    pub fn all(&self) -> Vec<TenantHandle> {
        self.inner.handles().values().cloned().collect()
    }

    /// Writes what has been staged, then stops the journal.
    pub async fn finish(&self) {
        let handles = self.all();
        for handle in &handles {
            handle.retire();
        }
        let give_up = std::time::Instant::now() + self.inner.node.limits.commit;
        while handles.iter().any(|h| h.address.connected()) && std::time::Instant::now() < give_up {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        if self.inner.journal.send(Finish).await.is_err() {
            tracing::warn!("the journal was gone already");
        }
    }
}

/// Everybody's next deadline; at once for those whom time has overtaken.
fn deadlines_of(state: &State, now: crate::domain::time::Timestamp) -> Deadlines {
    let mut deadlines = Deadlines::default();
    for pilgrim in state.pilgrims() {
        let at = if needs_review(state, pilgrim, now) {
            Some(now)
        } else {
            next_deadline(state, pilgrim, now)
        };
        deadlines.set(pilgrim.jamaah.id, at);
    }
    deadlines
}
