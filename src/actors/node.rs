//! What every actor of this process shares.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::db::pool::Pools;
use crate::domain::ids::IdSource;
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
    /// How often a tenant asks whether another node has written.
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

pub struct Node {
    pub clock: Clock,
    pub pools: Pools,
    pub metrics: Metrics,
    pub limits: Limits,
    /// Some tenant has published a view.
    pub published: Notify,
    ids: Mutex<IdSource>,
}

impl Node {
    pub fn new(
        clock: Clock,
        pools: Pools,
        metrics: Metrics,
        limits: Limits,
        seed: u64,
    ) -> Arc<Self> {
        let ids = Mutex::new(IdSource::seeded(seed));
        Arc::new(Self {
            clock,
            pools,
            metrics,
            limits,
            published: Notify::new(),
            ids,
        })
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
