//! Health, stages and bottlenecks, which everybody looks at all the time: the
//! finished answer to the plain request is kept until something is written, or
//! for some seconds.
//!
//! `asked → finished here already → else made from the view, and given to the
//! cache → or, when the tenant cannot be loaded, what the cache has`

mod kept;
mod numbers;
mod tag;

use std::sync::Arc;
use std::time::Duration;

use actix_web::rt;
use bytes::Bytes;
use chrono::TimeDelta;
use moka::sync::Cache;
use prometheus::IntCounter;

use crate::actors::handle::{Freshness, TenantHandle};
use crate::cache::Kind;
use crate::domain::ids::TenantId;
use crate::domain::pipeline::view::View;
use crate::domain::time::Timestamp;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::conditional::{self, IfNoneMatch};
use crate::http::reply::Answer;
use crate::metrics::Metrics;
use numbers::Numbers;

pub use kept::Kept;
pub use numbers::page_of_stages;

/// So long is an answer good while nothing is written: what moves by time
/// alone is `as_of`, ages, and on another date what is due today.
const FRESH: TimeDelta = TimeDelta::seconds(5);
/// The cache is given a newer one at most so often.
const KEEP_EVERY: TimeDelta = TimeDelta::seconds(1);
/// How long a tenant that has to be loaded is waited for while the cache has an answer.
const PATIENCE: Duration = Duration::from_millis(500);
const AT_MOST: u64 = 10_000;

/// The finished answers of this process.
#[derive(Debug)]
pub struct Snapshots {
    finished: Cache<(TenantId, Kind), Arc<Finished>>,
    hits: IntCounter,
    misses: IntCounter,
}

impl Snapshots {
    pub fn new(metrics: &Metrics) -> Self {
        let count = |result| metrics.cache_requests_total.with_label_values(&[result]);
        Self {
            finished: Cache::new(AT_MOST),
            hits: count("hit"),
            misses: count("miss"),
        }
    }
}

#[derive(Debug)]
struct Finished {
    body: Bytes,
    tag: String,
    seq: i64,
    freshness: Freshness,
    /// When the cache was last given one.
    kept_at: Timestamp,
}

impl Finished {
    fn serves(&self, view: &View, now: Freshness) -> bool {
        let zone = view.state.tenant.zone;
        let age = now.as_of - self.freshness.as_of;
        self.seq == view.state.head
            && self.freshness.live == now.live
            && (TimeDelta::zero()..FRESH).contains(&age)
            && zone.date_of(self.freshness.as_of) == zone.date_of(now.as_of)
    }
}

/// Where the numbers of a tenant can be had.
pub enum Source {
    Memory(TenantHandle),
    /// The tenant cannot be loaded, or not soon.
    Kept(Kept),
}

/// The tenant, or what the cache has of it.
pub async fn find_source<P>(
    authorized: &Authorized<P>,
    kind: Kind,
) -> Result<Source, ApiError> {
    let (app, id) = (&authorized.app, authorized.tenant_id());
    let in_memory = app.tenants.peek(id);
    if let Some(tenant) = in_memory.filter(|tenant| tenant.freshness().live) {
        return Ok(Source::Memory(tenant));
    }
    // goes on when nobody waits for it any more, for whoever asks next
    let mut opening = rt::spawn({
        let app = app.clone();
        async move { app.tenants.open(id).await.map(drop) }
    });
    if tokio::time::timeout(PATIENCE, &mut opening).await.is_ok()
        && let Ok(tenant) = authorized.tenant().await
    {
        return Ok(Source::Memory(tenant));
    }
    match (app.tenants.peek(id), app.cache.get(id, kind, 0).await) {
        (Some(tenant), _) => Ok(Source::Memory(tenant)),
        (None, Some(snapshot)) => Kept::read(&snapshot).map(Source::Kept),
        (None, None) => authorized.tenant().await.map(Source::Memory),
    }
}

/// The answer to the plain request.
pub fn answer<P>(
    authorized: &Authorized<P>,
    tenant: &TenantHandle,
    kind: Kind,
    known: &IfNoneMatch,
) -> Answer {
    let snapshots = &authorized.app.snapshots;
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let key = (view.state.tenant.id, kind);
    let before = snapshots.finished.get(&key);
    if let Some(finished) = &before
        && finished.serves(&view, freshness)
    {
        snapshots.hits.inc();
        return Ok(conditional::answer(known, &finished.tag, finished.body.clone()));
    }
    snapshots.misses.inc();
    let numbers = Numbers::of(kind, &view, freshness.as_of);
    let mut kept_at = before.map_or(Timestamp::MIN_UTC, |before| before.kept_at);
    if freshness.live && freshness.as_of - kept_at >= KEEP_EVERY {
        kept_at = freshness.as_of;
        let (app, whole) = (authorized.app.clone(), numbers.whole(&view, freshness)?);
        rt::spawn(async move { app.cache.put(key.0, kind, view.state.head, whole).await });
    }
    let finished = Arc::new(Finished {
        body: numbers.plain(&view, freshness)?,
        tag: tag::of(&numbers, freshness.live)?,
        seq: view.state.head,
        freshness,
        kept_at,
    });
    snapshots.finished.insert(key, Arc::clone(&finished));
    Ok(conditional::answer(known, &finished.tag, finished.body.clone()))
}
