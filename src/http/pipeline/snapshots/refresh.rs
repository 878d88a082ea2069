//! Keeps the cache's snapshots of the tenants in memory up to date with what is
//! committed, beside the way of commands: at most once a second for each
//! tenant, but what a change of configuration has made wrong goes at once.
//!
//! `a view is published → this task → cache`

use std::collections::HashMap;
use std::future::pending;
use std::time::{Duration, Instant};

use actix_web::web;

use super::numbers::Numbers;
use crate::actors::handle::TenantHandle;
use crate::app::App;
use crate::cache::Kind;
use crate::domain::ids::TenantId;
use crate::error::ApiError;

/// Between two refreshments of one tenant.
const PAUSE: Duration = Duration::from_secs(1);
/// Before another try, when Redis did not take the snapshots.
const PAUSE_AWAY: Duration = Duration::from_secs(2);
/// What is published within this long is looked at together.
const GATHERING: Duration = Duration::from_millis(20);

/// How far the cache is with one tenant.
#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    head: i64,
    /// The snapshots are of this event.
    refreshed: i64,
    /// Nothing of before this event is in the cache.
    forgotten: i64,
    /// Not to be refreshed sooner.
    rests_until: Option<Instant>,
    /// Redis did not take the last ones.
    away: bool,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Work {
    forget: Option<i64>,
    refresh: bool,
}

impl Progress {
    fn look(&mut self, head: i64, configured_at: i64, now: Instant) -> Work {
        self.head = head.max(self.head);
        let forget = (configured_at > self.forgotten).then_some(configured_at);
        self.forgotten = configured_at.max(self.forgotten);
        let refresh = self
            .due()
            .is_some_and(|due| due.is_none_or(|due| due <= now));
        if refresh {
            self.rests_until = Some(now + PAUSE);
        }
        Work { forget, refresh }
    }

    /// The snapshots of this event are in the cache, or Redis did not take them.
    fn tried(&mut self, kept: Option<i64>, now: Instant) {
        self.away = kept.is_none();
        match kept {
            Some(seq) => self.refreshed = seq,
            None => self.rests_until = Some(now + PAUSE_AWAY),
        }
    }

    /// Nothing more to be done for one who has left; nobody waits for Redis to
    /// come back with a whole tenant in memory.
    fn is_over(&self) -> bool {
        self.due().is_none() || self.away
    }

    /// When it is to be refreshed, if it is: `None` within is at once.
    fn due(&self) -> Option<Option<Instant>> {
        (self.head > self.refreshed).then_some(self.rests_until)
    }
}

struct Followed {
    tenant: TenantHandle,
    progress: Progress,
}

/// Never ends.
pub async fn follow_tenants(app: web::Data<App>) {
    let mut followed: HashMap<TenantId, Followed> = HashMap::new();
    loop {
        let due = followed.values().filter_map(|one| one.progress.due()).min();
        tokio::select! {
            () = app.tenants.published() => {}
            () = wait_until(due) => {}
        }
        tokio::time::sleep(GATHERING).await;
        let in_memory = app.tenants.all();
        let mut stays: HashMap<TenantId, Followed> = HashMap::with_capacity(in_memory.len());
        for tenant in in_memory {
            let known = followed.remove(&tenant.id());
            let progress = known.map(|known| known.progress).unwrap_or_default();
            stays.insert(tenant.id(), Followed { tenant, progress });
        }
        // those who have left are let go when the cache has their last state
        followed.retain(|_, gone| !gone.progress.is_over());
        stays.extend(followed);
        followed = stays;
        for one in followed.values_mut() {
            catch_up(&app, one).await;
        }
    }
}

async fn wait_until(due: Option<Option<Instant>>) {
    match due {
        Some(Some(due)) => tokio::time::sleep_until(due.into()).await,
        Some(None) => {}
        None => pending().await,
    }
}

async fn catch_up(app: &App, one: &mut Followed) {
    let tenant = &one.tenant;
    let (head, configured_at) = (tenant.head(), tenant.configured_at());
    let work = one.progress.look(head, configured_at, Instant::now());
    if let Some(seq) = work.forget {
        app.cache.forget(tenant.id(), seq).await;
    }
    if !work.refresh {
        return;
    }
    match refresh(app, tenant).await {
        Ok(kept) => one.progress.tried(kept, Instant::now()),
        Err(error) => tracing::warn!(error.cause = ?error, "cannot make snapshots"),
    }
}

/// Says which event the snapshots are of, unless Redis did not take them.
async fn refresh(app: &App, tenant: &TenantHandle) -> Result<Option<i64>, ApiError> {
    let (view, freshness) = (tenant.peek_view(), tenant.freshness());
    let (id, seq) = (tenant.id(), view.state.head);
    let making = web::block(move || {
        Kind::ALL.map(|kind| {
            let numbers = Numbers::of(kind, &view, freshness.as_of);
            (kind, numbers.whole(&view, freshness))
        })
    });
    let mut kept = true;
    for (kind, body) in making.await.map_err(ApiError::internal)? {
        kept &= app.cache.put(id, kind, seq, body?).await;
    }
    Ok(kept.then_some(seq))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_refreshed_once_a_second_and_forgotten_at_once() {
        let (mut progress, start) = (Progress::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        let work = |forget, refresh| Work { forget, refresh };
        assert_eq!(progress.look(3, 0, at(0)), work(None, true));
        progress.tried(Some(3), at(0));
        assert_eq!(progress.due(), None);
        assert_eq!(progress.look(4, 0, at(10)), work(None, false));
        assert_eq!(progress.look(5, 5, at(20)), work(Some(5), false));
        assert_eq!(progress.look(6, 5, at(30)), work(None, false));
        assert_eq!(progress.due(), Some(Some(at(1000))));
        assert_eq!(progress.look(6, 5, at(1000)), work(None, true));
        // it did not succeed
        assert_eq!(progress.due(), Some(Some(at(2000))));
        // loaded afresh: nothing has been configured since
        assert_eq!(progress.look(6, 0, at(2000)), work(None, true));
        assert!(!progress.is_over());
        progress.tried(None, at(2000));
        assert_eq!(progress.due(), Some(Some(at(4000))));
        assert!(progress.is_over());
        progress.tried(Some(6), at(4000));
        assert_eq!(progress.due(), None);
    }
}
