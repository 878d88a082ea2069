//! Health, stages and bottlenecks, which everybody looks at all the time: the
//! finished answer to the plain request is kept until something is written, or
//! for some seconds, and then made anew by [`ahead`] while people ask for it.
//! It is given only while it is of the newest event.
//!
//! `committed → refreshed in the cache, by [`refresh`]`
//!
//! `asked → finished here already → else made from the view, and given to the
//! cache → or, when the tenant cannot be loaded, what the cache has`

mod ahead;
mod kept;
mod numbers;
pub mod refresh;
pub mod tag;

use std::time::Duration;

use actix_web::{rt, web};

use crate::actors::handle::{Freshness, TenantHandle};
use crate::app::App;
use crate::cache::Kind;
use crate::cache::rendered::{Moment, Rendered};
use crate::domain::ids::TenantId;
use crate::domain::pipeline::view::View;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::conditional::{self, IfNoneMatch};
use crate::http::reply::Answer;

pub use kept::Kept;
use numbers::Numbers;
pub use numbers::page_of_stages;

/// So long is an answer good while nothing is written: what moves by time
/// alone is `as_of`, ages, and from midnight on what is due today.
const GOOD_FOR_SECONDS: i64 = 5;
/// How long a tenant that has to be loaded is waited for while the cache has an answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Where the numbers of a tenant can be had.
pub enum Source {
    Memory(TenantHandle),
    /// The tenant cannot be loaded, or not soon.
    Kept(Kept),
}

/// The tenant, or what the cache has of it.
pub async fn find_source<P>(authorized: &Authorized<P>, kind: Kind) -> Result<Source, ApiError> {
    let (app, id) = (&authorized.app, authorized.tenant_id());
    if let Some(tenant) = find_tenant(app, id).await {
        return Ok(Source::Memory(tenant));
    }
    let snapshot = app.cache.get(id, kind, app.tenants.shown(id)).await;
    match snapshot.and_then(|snapshot| Kept::read(&snapshot)) {
        Some(kept) => Ok(Source::Kept(kept)),
        None => authorized.tenant().await.map(Source::Memory),
    }
}

/// The tenant, if it is in memory or soon will be.
pub async fn find_tenant(app: &web::Data<App>, id: TenantId) -> Option<TenantHandle> {
    let in_memory = app.tenants.peek(id);
    if in_memory
        .as_ref()
        .is_some_and(|tenant| tenant.freshness().live)
    {
        return in_memory;
    }
    // goes on when nobody waits for it any more, for whoever asks next
    let mut opening = rt::spawn({
        let app = app.clone();
        async move { app.tenants.open(id).await.ok() }
    });
    match tokio::time::timeout(PATIENCE, &mut opening).await {
        Ok(Ok(Some(tenant))) => Some(tenant),
        _ => app.tenants.peek(id),
    }
}

/// The answer to the plain request.
pub fn answer<P>(
    authorized: &Authorized<P>,
    tenant: &TenantHandle,
    kind: Kind,
    known: &IfNoneMatch,
) -> Answer {
    let finished = finished(&authorized.app, tenant, kind)?;
    Ok(conditional::answer(known, &finished.tag, finished.body))
}

/// The body of that, and its tag.
pub fn finished(
    app: &web::Data<App>,
    tenant: &TenantHandle,
    kind: Kind,
) -> Result<Rendered, ApiError> {
    let (id, freshness, view) = (tenant.id(), tenant.freshness(), tenant.view());
    let found = app.cache.rendered.get(id, kind, moment(&view, freshness));
    let Some(found) = found else {
        let made = finish(app, id, kind, &view, freshness)?;
        made.note_reader();
        rt::spawn(ahead::keep(app.clone(), id, kind, made.clone()));
        return Ok(made);
    };
    found.note_reader();
    Ok(found)
}

/// The same for whoever makes it before somebody asks: not counted.
pub fn current(
    app: &web::Data<App>,
    tenant: &TenantHandle,
    kind: Kind,
) -> Result<Rendered, ApiError> {
    let (id, freshness, view) = (tenant.id(), tenant.freshness(), tenant.peek_view());
    match app.cache.rendered.find(id, kind, moment(&view, freshness)) {
        Some(found) => Ok(found),
        None => finish(app, id, kind, &view, freshness),
    }
}

fn finish(
    app: &web::Data<App>,
    id: TenantId,
    kind: Kind,
    view: &View,
    freshness: Freshness,
) -> Result<Rendered, ApiError> {
    let numbers = Numbers::of(kind, view, freshness.as_of);
    let finished = Rendered::new(
        moment(view, freshness),
        tag::of(&numbers, freshness.live)?,
        numbers.plain(view, freshness)?,
    );
    if app.cache.rendered.put(id, kind, finished.clone()) && freshness.live {
        let (app, seq) = (app.clone(), finished.moment.seq);
        let whole = numbers.whole(view, freshness)?;
        rt::spawn(async move { app.cache.put(id, kind, seq, whole).await });
    }
    Ok(finished)
}

/// What a body that is made now is made from.
pub fn moment(view: &View, freshness: Freshness) -> Moment {
    let second = freshness.as_of.timestamp();
    Moment {
        seq: view.state.head,
        second: second - second.rem_euclid(GOOD_FOR_SECONDS),
        yesterday: view.yesterday.as_ref().map(|past| past.health.as_of),
        live: freshness.live,
    }
}
