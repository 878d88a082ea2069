//! Snapshots of what many ask for: in Redis, so that a node which has not
//! loaded a tenant can answer, and in the process for when Redis is not
//! configured or away. They also answer reads while PostgreSQL is away.
//!
//! A snapshot carries the `seq` it was made from and never replaces a newer
//! one. Nothing here fails: a cache that cannot answer has nothing.

pub mod presence;
pub mod redis;
pub mod rendered;

use std::time::{Duration, Instant};

use bytes::Bytes;
use moka::Expiry;
use moka::ops::compute::Op;
use moka::sync::Cache as Local;

use self::redis::Redis;
use self::rendered::Bodies;
use crate::config;
use crate::domain::ids::TenantId;
use crate::metrics::Metrics;

/// A body as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub seq: i64,
    pub body: Bytes,
}

/// A snapshot, or only from where on there may be one again.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    seq: i64,
    body: Option<Bytes>,
}

/// What there are snapshots of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Health,
    Stages,
    Bottlenecks,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Health, Self::Stages, Self::Bottlenecks];

    fn as_str(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Stages => "stages",
            Self::Bottlenecks => "bottlenecks",
        }
    }

    /// A back-stop: snapshots are replaced after commits.
    pub fn lasts(self) -> Duration {
        let minutes = match self {
            Self::Health => 5,
            Self::Stages => 15,
            Self::Bottlenecks => 10,
        };
        Duration::from_secs(minutes * 60)
    }
}

pub struct Cache {
    pub rendered: Bodies,
    local: Local<(TenantId, Kind), Held>,
    redis: Option<Redis>,
    metrics: Metrics,
}

impl Cache {
    /// Connects when it is first used.
    pub fn new(config: &config::redis::Redis, metrics: Metrics) -> anyhow::Result<Self> {
        let redis = config
            .url
            .as_ref()
            .map(|url| Redis::new(url, &config.prefix))
            .transpose()?;
        let local = Local::builder()
            .max_capacity(3_000)
            .expire_after(Lasts)
            .build();
        Ok(Self {
            rendered: Bodies::new(metrics.clone()),
            local,
            redis,
            metrics,
        })
    }

    /// The newest snapshot known, if it is not older than `min_seq`.
    pub async fn get(&self, tenant: TenantId, kind: Kind, min_seq: i64) -> Option<Snapshot> {
        let here = self.local.get(&(tenant, kind));
        let (shared, failed) = match &self.redis {
            Some(redis) => match redis.get(tenant, kind).await {
                Ok(found) => (found, false),
                Err(_) => (None, true),
            },
            None => (None, false),
        };
        let newest = [here, shared]
            .into_iter()
            .flatten()
            .max_by_key(|held| (held.seq, held.body.is_some()));
        let found = newest.filter(|held| held.seq >= min_seq);
        let found = found.and_then(|Held { seq, body }| body.map(|body| Snapshot { seq, body }));
        let result = match (&found, failed) {
            (Some(_), _) => "hit",
            (None, false) => "miss",
            (None, true) => "error",
        };
        self.metrics
            .cache_requests_total
            .with_label_values(&[result])
            .inc();
        found
    }

    /// Keeps a snapshot, unless there is a newer one. `false`: Redis does not know of it.
    pub async fn put(&self, tenant: TenantId, kind: Kind, seq: i64, body: Bytes) -> bool {
        let snapshot = Snapshot { seq, body };
        let body = Some(snapshot.body.clone());
        self.hold(tenant, kind, Held { seq, body });
        match &self.redis {
            Some(redis) => redis.put(tenant, kind, &snapshot).await.is_ok(),
            None => true,
        }
    }

    /// The event `seq` has changed the configuration: no snapshot of before it
    /// is right, also none that somebody who does not know yet is about to give.
    pub async fn forget(&self, tenant: TenantId, seq: i64) {
        for kind in Kind::ALL {
            self.hold(tenant, kind, Held { seq, body: None });
        }
        if let Some(redis) = &self.redis {
            redis.forget(tenant, seq).await;
        }
    }

    /// Unless something newer is held. At the same event a body is newer.
    fn hold(&self, tenant: TenantId, kind: Kind, held: Held) {
        let entry = self.local.entry((tenant, kind));
        entry.and_compute_with(|known| {
            let known = known.map(|entry| entry.into_value());
            match known {
                Some(known) if known.seq > held.seq => Op::Nop,
                Some(known) if known.seq == held.seq && held.body.is_none() => Op::Nop,
                _ => Op::Put(held),
            }
        });
    }

    /// What the nodes say of a tenant's clients; nothing without Redis.
    async fn presence_said(&self, tenant: TenantId) -> Vec<(String, Vec<u8>)> {
        match &self.redis {
            Some(redis) => redis.presence_said(tenant).await.unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// What this node says of a tenant's clients; `None` when there are none.
    async fn say_presence(
        &self,
        tenant: TenantId,
        node: &str,
        text: Option<String>,
        lasts: Duration,
    ) {
        if let Some(redis) = &self.redis {
            redis.say_presence(tenant, node, text, lasts).await;
        }
    }

    /// `None` without Redis; else how long it took to answer, if it did.
    pub async fn ping(&self) -> Option<Option<Duration>> {
        Some(self.redis.as_ref()?.ping().await)
    }
}

struct Lasts;

impl Expiry<(TenantId, Kind), Held> for Lasts {
    fn expire_after_create(
        &self,
        key: &(TenantId, Kind),
        _: &Held,
        _: Instant,
    ) -> Option<Duration> {
        Some(key.1.lasts())
    }

    fn expire_after_update(
        &self,
        key: &(TenantId, Kind),
        _: &Held,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(key.1.lasts())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn an_older_snapshot_does_not_replace_a_newer_one() {
        let metrics = Metrics::new().unwrap();
        let cache = Cache::new(&config::redis::Redis::default(), metrics.clone()).unwrap();
        let (one, other) = (TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        let newer = Bytes::from_static(b"newer");
        cache.put(one, Kind::Health, 7, newer.clone()).await;
        cache
            .put(one, Kind::Health, 6, Bytes::from_static(b"older"))
            .await;
        let found = Some(Snapshot {
            seq: 7,
            body: newer,
        });
        assert_eq!(cache.get(one, Kind::Health, 7).await, found);
        assert_eq!(cache.get(one, Kind::Health, 8).await, None);
        assert_eq!(cache.get(one, Kind::Stages, 0).await, None);
        assert_eq!(cache.get(other, Kind::Health, 0).await, None);
        cache.forget(other, 1).await;
        assert_eq!(cache.get(one, Kind::Health, 0).await, found);
        cache.forget(one, 8).await;
        assert_eq!(cache.get(one, Kind::Health, 0).await, None);
        // from somebody who has not heard of it
        let older = Bytes::from_static(b"older");
        cache.put(one, Kind::Health, 7, older).await;
        assert_eq!(cache.get(one, Kind::Health, 0).await, None);
        let body = Bytes::from_static(b"right");
        cache.put(one, Kind::Health, 8, body.clone()).await;
        cache.forget(one, 8).await;
        let right = Some(Snapshot { seq: 8, body });
        assert_eq!(cache.get(one, Kind::Health, 0).await, right);
        assert_eq!(
            metrics
                .cache_requests_total
                .with_label_values(&["hit"])
                .get(),
            3
        );
    }
}
