//! Bodies that are asked for far more often than they change, as bytes: made
//! once for each state of the log and second, in this process only.

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
}

pub struct Bodies {
    known: Local<(TenantId, Kind), Rendered>,
    metrics: Metrics,
}

impl Bodies {
    pub(super) fn new(metrics: Metrics) -> Self {
        Self {
            known: Local::new(3_000),
            metrics,
        }
    }

    pub fn get(&self, tenant: TenantId, kind: Kind, moment: Moment) -> Option<Rendered> {
        let found = self
            .known
            .get(&(tenant, kind))
            .filter(|known| known.moment == moment);
        let result = if found.is_some() { "hit" } else { "miss" };
        self.metrics
            .cache_requests_total
            .with_label_values(&[result])
            .inc();
        found
    }

    /// Says whether others should be told: at most once a second.
    pub fn put(&self, tenant: TenantId, kind: Kind, rendered: Rendered) -> bool {
        let known = self.known.get(&(tenant, kind));
        let tell = known.is_none_or(|known| known.moment.second != rendered.moment.second);
        self.known.insert((tenant, kind), rendered);
        tell
    }
}
