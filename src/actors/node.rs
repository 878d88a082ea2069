//! What every actor of this process shares.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::Notify;
use uuid::Uuid;

use super::pulse::Pulse;
use super::relay::{self, Committed};
use crate::clock::Clock;
use crate::db::events::StoredEvent;
use crate::db::pool::Pools;
use crate::domain::access::AccessRow;
use crate::domain::ids::{IdSource, TenantId};
use crate::domain::pipeline::bottleneck::RemindEvery;
use crate::domain::time::Timestamp;
use crate::metrics::Metrics;

/// The actors' share of the configuration.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Messages that an actor holds before it answers "busy".
    pub mailbox: usize,
    /// Commands of one tenant that may wait for their commit.
    pub pending: usize,
    /// Commands of one tenant that go into one batch.
    pub batch: usize,
    /// Times that a command is checked anew because another node wrote first.
    pub tries: u32,
    /// After this long without a command or a reader a tenant leaves memory.
    pub idle: Duration,
    /// Tenants in memory before the least recently used has to leave.
    pub tenants: usize,
    /// How often a node looks whether another has written.
    pub poll: Duration,
    /// How long a commit may take before its outcome counts as unknown.
    pub commit: Duration,
    /// How long the outcome of a commit is looked for before callers are told
    /// that it is unknown.
    pub resolve: Duration,
    /// How often a tenant in memory looks for bottlenecks.
    pub evaluate: Duration,
    pub remind_every: RemindEvery,
    /// Threads that hold tenants.
    pub threads: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mailbox: 4_096,
            pending: 8_192,
            batch: 512,
            tries: 12,
            idle: Duration::from_secs(15 * 60),
            tenants: 1_000,
            poll: Duration::from_secs(1),
            commit: Duration::from_secs(10),
            resolve: Duration::from_millis(700),
            evaluate: Duration::from_secs(60),
            remind_every: RemindEvery::default(),
            threads: 1,
        }
    }
}

/// Somebody who must know of a tenant's changed rights.
type Heed = Box<dyn Fn(TenantId, &AccessRow) + Send + Sync>;

pub struct Node {
    pub clock: Clock,
    pub pools: Pools,
    pub metrics: Metrics,
    pub limits: Limits,
    /// Some tenant has published a view.
    pub published: Notify,
    /// Names this run of the program among the nodes.
    pub id: Uuid,
    /// Of the journal.
    pub pulse: Pulse,
    /// The heads of the logs are to be compared now.
    pub heads_wanted: Notify,
    ids: Mutex<IdSource>,
    relay: OnceLock<relay::Handle>,
    relay_is_up: AtomicBool,
    on_rights_changed: OnceLock<Heed>,
}

impl Node {
    pub fn new(
        clock: Clock,
        pools: Pools,
        metrics: Metrics,
        limits: Limits,
        seed: u64,
    ) -> Arc<Self> {
        let mut ids = IdSource::seeded(seed);
        let id = ids.next(clock.now());
        let ids = Mutex::new(ids);
        Arc::new(Self {
            id,
            pulse: Pulse::default(),
            heads_wanted: Notify::new(),
            relay: OnceLock::new(),
            relay_is_up: AtomicBool::new(false),
            on_rights_changed: OnceLock::new(),
            clock,
            pools,
            metrics,
            limits,
            published: Notify::new(),
            ids,
        })
    }

    pub(super) fn set_relay(&self, relay: relay::Handle) {
        if self.relay.set(relay).is_err() {
            tracing::error!("a second relay was started");
        }
    }

    /// Other nodes' news come by Redis.
    pub fn relay_is_up(&self) -> bool {
        self.relay_is_up.load(Ordering::Relaxed)
    }

    pub(super) fn set_relay_up(&self, up: bool) {
        self.relay_is_up.store(up, Ordering::Relaxed);
    }

    /// Tells the other nodes, if there may be any. They miss it when the relay
    /// has too much to do, and find it in the log.
    pub(super) fn relay(&self, tenant: TenantId, events: Vec<StoredEvent>) {
        if let Some(relay) = self.relay.get() {
            let _ = relay.try_send(Committed { tenant, events });
        }
    }

    /// Who has to know when rights have changed, here or on another node,
    /// before anybody acts on it.
    pub fn when_rights_change(&self, tell: impl Fn(TenantId, &AccessRow) + Send + Sync + 'static) {
        if self.on_rights_changed.set(Box::new(tell)).is_err() {
            tracing::error!("somebody else is told of changed rights already");
        }
    }

    pub(super) fn rights_changed(&self, tenant: TenantId, row: &AccessRow) {
        if let Some(tell) = self.on_rights_changed.get() {
            tell(tenant, row);
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A source of ids of its own for one actor.
    pub fn new_ids(&self) -> IdSource {
        let now = self.now();
        let mut ids = self
            .ids
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let seed: uuid::Uuid = ids.next(now);
        IdSource::seeded(seed.as_u64_pair().1)
    }
}
