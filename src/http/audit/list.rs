//! `GET /audit`: the log, for people who answer for what was done.

use std::sync::Arc;

use actix_web::get;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::filter::AuditFilter;
use crate::db::events::StoredEvent;
use crate::db::events::audit::{Filter, search};
use crate::db::{self, Connection, names};
use crate::domain::ids::{CommandId, StageId, TenantId};
use crate::domain::principal::Actor;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::AuditRead;
use crate::http::params::Params;
use crate::http::reply::{Answer, Envelope, Reply};

/// Which events of those that are found.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AuditPage {
    /// `meta.next` of the page before; from the newest without it.
    #[param(minimum = 1, required = false)]
    cursor: Option<i64>,
    /// Events on a page.
    #[param(minimum = 1, maximum = 100, default = 50, required = false)]
    limit: u32,
}

impl Default for AuditPage {
    fn default() -> Self {
        Self {
            cursor: None,
            limit: 50,
        }
    }
}

/// One event of the log.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AuditEvent {
    pub seq: i64,
    #[schema(value_type = String, example = "task.completed")]
    pub kind: &'static str,
    pub occurred_at: DateTime<Utc>,
    pub actor: Actor,
    /// What they are called now; `null` for the program itself.
    #[schema(value_type = Option<String>)]
    pub actor_name: Option<Arc<str>>,
    #[schema(value_type = String, example = "task")]
    pub subject_type: &'static str,
    pub subject_id: Uuid,
    pub stage_id: Option<StageId>,
    /// What differed, with its old value; `null` for what is new.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Box<RawValue>>,
    /// The whole row after it, or what was done.
    #[schema(value_type = Object)]
    pub after: Box<RawValue>,
    /// The events of one command share it.
    pub command_id: CommandId,
    #[schema(value_type = String)]
    pub request_id: Arc<str>,
}

impl AuditEvent {
    fn of(event: &StoredEvent, actor_name: Option<Arc<str>>) -> serde_json::Result<Self> {
        let raw = |text: &Arc<str>| RawValue::from_string(text.to_string());
        Ok(Self {
            seq: event.seq,
            kind: event.kind.as_str(),
            occurred_at: event.occurred_at,
            actor: event.actor,
            actor_name,
            subject_type: event.row.subject_type(),
            subject_id: event.row.subject_id(),
            stage_id: event.stage_id,
            before: event.before.as_ref().map(raw).transpose()?,
            after: raw(&event.after)?,
            command_id: event.command_id,
            request_id: Arc::clone(&event.request_id),
        })
    }
}

/// Events with the names of those who did it, and where to go on.
pub async fn found(
    pools: &db::pool::Pools,
    tenant: TenantId,
    filter: &Filter,
    before: i64,
    limit: i64,
) -> Result<(Vec<AuditEvent>, Option<i64>), ApiError> {
    let reading = pools.read("audit", tenant, async |conn: &mut Connection| {
        let found = search(conn, tenant, filter, before, limit).await?;
        let actors = found.events.iter().map(|event| event.actor);
        let names = names::of_actors(conn, tenant, actors).await?;
        Ok::<_, db::Error>((found, names))
    });
    let (found, names) = reading.await.map_err(ApiError::of_database)?;
    let events = found.events.iter();
    let events: Result<Vec<_>, _> = events
        .map(|event| AuditEvent::of(event, names.get(&event.actor).cloned()))
        .collect();
    Ok((events.map_err(ApiError::internal)?, found.next_before))
}

/// Who did what?
///
/// The tenant's whole log, newest first: every changed row with what differed
/// before, and what was done without changing one. A page may have fewer events
/// than asked for, or none, and `meta.next` all the same: a search looks at a
/// stretch of the log at a time. There is no more when `meta.next` is absent.
#[utoipa::path(
    tag = "audit",
    extensions(("x-rate-limit" = json!("reads"))),
    params(AuditFilter, AuditPage),
    security(("api_key" = ["audit.read"]), ("session" = ["audit.read"])),
    responses((status = 200, description = "The events", body = Envelope<Vec<AuditEvent>>)),
)]
#[get("/audit")]
pub async fn list_events(
    authorized: Authorized<AuditRead>,
    filter: Params<AuditFilter>,
    page: Params<AuditPage>,
) -> Answer {
    let AuditPage { cursor, limit } = page.0;
    if !(1..=100).contains(&limit) {
        return Err(ApiError::field("limit", "must be between 1 and 100"));
    }
    if cursor.is_some_and(|cursor| cursor < 1) {
        return Err(ApiError::field("cursor", "must be at least 1"));
    }
    let filter = filter.0.filter()?;
    let before = cursor.unwrap_or(i64::MAX);
    let (db, tenant) = (&authorized.app.db, authorized.tenant_id());
    let (events, next) = found(db, tenant, &filter, before, limit.into()).await?;
    Reply::new(events).next(next).ok()
}
