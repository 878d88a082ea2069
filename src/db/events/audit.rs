//! Looking through the whole log, from the newest back. Nothing but subjects
//! has an index of its own, so a search reads a stretch of the log at a time,
//! and whoever asks goes on from where it ended.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Columns, StoredEvent};
use crate::db::Result;
use crate::db::schema::events;
use crate::db::types::{ActorKind, actor_id, actor_kind};
use crate::domain::ids::TenantId;
use crate::domain::principal::Actor;
use crate::domain::time::Timestamp;

/// Events that one query looks at.
const STRETCH: i64 = 20_000;
/// Queries until somebody has to ask again.
const STRETCHES: usize = 10;

/// What is looked for; empty is everything.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub from: Option<Timestamp>,
    /// Not included.
    pub to: Option<Timestamp>,
    pub actor: Option<Actor>,
    pub kinds: Vec<&'static str>,
    pub subject_type: Option<String>,
    pub subject_id: Option<Uuid>,
    pub request_id: Option<String>,
}

/// What was found, and where to go on.
#[derive(Debug)]
pub struct Found {
    /// Newest first.
    pub events: Vec<StoredEvent>,
    /// Everything from here on has been looked at; `None` when there is no more.
    pub next_before: Option<i64>,
}

/// The events before `before` that are looked for, at most `limit`: perhaps
/// fewer, although there are more further back.
pub async fn search(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    filter: &Filter,
    before: i64,
    limit: i64,
) -> Result<Found> {
    let (first, last) = bounds(conn, tenant, filter).await?;
    let mut top = last.min(before.saturating_sub(1));
    let mut found: Vec<StoredEvent> = Vec::new();
    // subjects have an index, so how far back it goes does not matter
    let stretch = match filter.subject_id {
        Some(_) => i64::MAX,
        None => STRETCH,
    };
    for _ in 0..STRETCHES {
        if top < first {
            break;
        }
        let bottom = first.max(top.saturating_sub(stretch.saturating_sub(1)));
        let wanted = limit - i64::try_from(found.len()).unwrap_or(limit);
        let page = one_stretch(conn, tenant, filter, (bottom, top), wanted).await?;
        let full = i64::try_from(page.len()).unwrap_or(wanted) >= wanted;
        top = match page.last() {
            Some(oldest) if full => oldest.seq - 1,
            _ => bottom - 1,
        };
        found.extend(page);
        if full {
            break;
        }
    }
    Ok(Found {
        events: found,
        next_before: (top >= first).then_some(top + 1),
    })
}

async fn one_stretch(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    filter: &Filter,
    (bottom, top): (i64, i64),
    limit: i64,
) -> Result<Vec<StoredEvent>> {
    let mut query = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::seq.between(bottom, top)),
        )
        .order(events::seq.desc())
        .limit(limit)
        .select(Columns::as_select())
        .into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(events::occurred_at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(events::occurred_at.lt(to));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(events::principal_type.eq(word(actor_kind(actor))));
        if let Some(id) = actor_id(actor) {
            query = query.filter(events::principal_id.eq(id));
        }
    }
    if !filter.kinds.is_empty() {
        query = query.filter(events::kind.eq_any(&filter.kinds));
    }
    if let Some(subject_type) = &filter.subject_type {
        query = query.filter(events::subject_type.eq(subject_type));
    }
    if let Some(subject_id) = filter.subject_id {
        query = query.filter(events::subject_id.eq(subject_id));
    }
    if let Some(request_id) = &filter.request_id {
        query = query.filter(events::request_id.eq(request_id));
    }
    let found: Vec<Columns> = query.load(conn).await?;
    found.into_iter().map(Columns::event).collect()
}

fn word(kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::User => "user",
        ActorKind::ApiKey => "api_key",
        ActorKind::System => "system",
    }
}

/// Between which numbers a stretch of time lies. The log is in the order of
/// time but for what the clocks of nodes differ by, which is far less than
/// what is added here; so it is found by halving, in some twenty looks.
async fn bounds(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    filter: &Filter,
) -> Result<(i64, i64)> {
    const BOUNDS: &str = "
        WITH RECURSIVE edge AS (
            SELECT (SELECT seq FROM events WHERE tenant_id = $1 ORDER BY seq LIMIT 1) AS first,
                   (SELECT seq FROM events WHERE tenant_id = $1 ORDER BY seq DESC LIMIT 1) AS last
        ), lower AS (
            SELECT first AS lo, last + 1 AS hi FROM edge
            UNION ALL
            SELECT CASE WHEN probe.early THEN (lo + hi) / 2 + 1 ELSE lo END,
                   CASE WHEN probe.early THEN hi ELSE (lo + hi) / 2 END
            FROM lower, LATERAL (
                SELECT occurred_at < $2::timestamptz - interval '5 minutes' AS early
                FROM events WHERE tenant_id = $1 AND seq = (lo + hi) / 2
            ) AS probe
            WHERE lo < hi AND $2 IS NOT NULL
        ), upper AS (
            SELECT first AS lo, last + 1 AS hi FROM edge
            UNION ALL
            SELECT CASE WHEN probe.early THEN (lo + hi) / 2 + 1 ELSE lo END,
                   CASE WHEN probe.early THEN hi ELSE (lo + hi) / 2 END
            FROM upper, LATERAL (
                SELECT occurred_at < $3::timestamptz + interval '5 minutes' AS early
                FROM events WHERE tenant_id = $1 AND seq = (lo + hi) / 2
            ) AS probe
            WHERE lo < hi AND $3 IS NOT NULL
        )
        SELECT COALESCE(CASE WHEN $2 IS NULL THEN (SELECT first FROM edge)
                             ELSE (SELECT max(lo) FROM lower) END, 1) AS first,
               COALESCE(CASE WHEN $3 IS NULL THEN (SELECT last FROM edge)
                             ELSE (SELECT min(hi) FROM upper) - 1 END, 0) AS last";

    #[derive(QueryableByName)]
    struct Bounds {
        #[diesel(sql_type = BigInt)]
        first: i64,
        #[diesel(sql_type = BigInt)]
        last: i64,
    }
    let found: Bounds = diesel::sql_query(BOUNDS)
        .bind::<SqlUuid, _>(tenant.0)
        .bind::<Nullable<Timestamptz>, _>(filter.from)
        .bind::<Nullable<Timestamptz>, _>(filter.to)
        .get_result(conn)
        .await?;
    Ok((found.first, found.last))
}
