//! Bodies that are asked for far more often than they change, as bytes: made
//! once for each state of the log and second, in this process only.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use moka::sync::Cache as Local;

use super::Kind;
use crate::domain::ids::TenantId;
use crate::domain::time::Timestamp;
use crate::metrics::Metrics;

/// What a body was made from. Numbers move with time as well as with the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub seq: i64,
    /// Unix time.
    pub second: i64,
    /// The instant that they are compared with.
    pub yesterday: Option<Timestamp>,
    /// The log could be read then.
    pub live: bool,
}

/// A body and its `ETag`.
#[derive(Clone, Debug)]
pub struct Rendered {
    pub moment: Moment,
    pub tag: String,
    pub body: Bytes,
    read: Arc<AtomicBool>,
}

impl Rendered {
    pub fn new(moment: Moment, tag: String, body: Bytes) -> Self {
        Self {
            moment,
            tag,
            body,
            read: Arc::default(),
        }
    }

    /// Somebody has asked for it.
    pub fn note_reader(&self) {
        // what is true already need not be taken from other threads to be written
        if !self.read.load(Ordering::Relaxed) {
            self.read.store(true, Ordering::Relaxed);
        }
    }

    /// Whether somebody has asked for it since this was last asked.
    pub fn take_readers(&self) -> bool {
        self.read.swap(false, Ordering::Relaxed)
    }
}

pub struct Bodies {
    known: Local<(TenantId, Kind), Rendered>,
    /// Which are made anew before somebody asks.
    kept: Mutex<HashSet<(TenantId, Kind)>>,
    metrics: Metrics,
}

impl Bodies {
    pub(super) fn new(metrics: Metrics) -> Self {
        Self {
            known: Local::new(3_000),
            kept: Mutex::default(),
            metrics,
        }
    }

    /// For somebody who asks: counted.
    pub fn get(&self, tenant: TenantId, kind: Kind, moment: Moment) -> Option<Rendered> {
        let found = self.find(tenant, kind, moment);
        let result = if found.is_some() { "hit" } else { "miss" };
        self.metrics
            .cache_requests_total
            .with_label_values(&[result])
            .inc();
        found
    }

    pub fn find(&self, tenant: TenantId, kind: Kind, moment: Moment) -> Option<Rendered> {
        self.known
            .get(&(tenant, kind))
            .filter(|known| known.moment == moment)
    }

    /// Says whether others should be told: at most once a second.
    pub fn put(&self, tenant: TenantId, kind: Kind, rendered: Rendered) -> bool {
        let known = self.known.get(&(tenant, kind));
        let tell = known.is_none_or(|known| known.moment.second != rendered.moment.second);
        self.known.insert((tenant, kind), rendered);
        tell
    }

    /// Says whether nobody keeps it yet.
    pub fn begin_keeping(&self, tenant: TenantId, kind: Kind) -> bool {
        self.kept().insert((tenant, kind))
    }

    pub fn end_keeping(&self, tenant: TenantId, kind: Kind) {
        self.kept().remove(&(tenant, kind));
    }

    fn kept(&self) -> MutexGuard<'_, HashSet<(TenantId, Kind)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
