//! The log: reading what has been written. Nothing here writes.

pub mod audit;
pub mod hindsight;

use std::borrow::Cow;
use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::journal::{EventText, NewEvent};
use super::schema::events;
use super::types::{ActorKind, JsonText, actor};
use super::{Error, Result};
use crate::domain::access::AccessRow;
use crate::domain::ids::{BatchId, CommandId, StageId, TenantId};
use crate::domain::pipeline::change::{EventKind, Labels, Row};
use crate::domain::principal::Actor;
use crate::domain::time::Timestamp;

/// One event as it was written.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    pub seq: i64,
    pub batch_id: BatchId,
    pub command_id: CommandId,
    pub occurred_at: Timestamp,
    pub actor: Actor,
    pub kind: EventKind,
    pub stage_id: Option<StageId>,
    /// The row after it.
    pub row: Row,
    /// The same as the text that was written, for those who only hand it on.
    pub after: Arc<str>,
    /// What differed before; `None` for a new row.
    pub before: Option<Arc<str>>,
    /// Who may see it.
    pub labels: Labels,
    pub idempotency: Option<(Arc<str>, i64)>,
    pub request_id: Arc<str>,
}

impl StoredEvent {
    /// What has just been written, as reading it would give it.
    pub fn written(batch_id: BatchId, new: &NewEvent, text: EventText) -> Self {
        Self {
            seq: new.seq,
            batch_id,
            command_id: new.command_id,
            occurred_at: new.occurred_at,
            actor: new.actor,
            kind: new.change.kind,
            stage_id: new.change.after.stage_id(),
            row: new.change.after.clone(),
            after: text.after,
            before: text.before,
            idempotency: new.idempotency.clone(),
            labels: new.change.labels(),
            request_id: new.request_id.clone(),
        }
    }
}

/// A slice of a history, from the newest back.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only events before this one.
    pub before_seq: Option<i64>,
    pub limit: i64,
}

/// The events after `seq`, in order, at most `limit`.
pub async fn after(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    seq: i64,
    limit: i64,
) -> Result<Vec<StoredEvent>> {
    let found: Vec<Columns> = events::table
        .filter(events::tenant_id.eq(tenant.0).and(events::seq.gt(seq)))
        .order(events::seq)
        .limit(limit)
        .select(Columns::as_select())
        .load(conn)
        .await?;
    found.into_iter().map(Columns::event).collect()
}

/// The events from `first` to `last`, in order: those that are still kept.
pub async fn between(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    (first, last): (i64, i64),
) -> Result<Vec<StoredEvent>> {
    let found: Vec<Columns> = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::seq.between(first, last)),
        )
        .order(events::seq)
        .select(Columns::as_select())
        .load(conn)
        .await?;
    found.into_iter().map(Columns::event).collect()
}

/// The number of the first event that is still kept.
pub async fn first(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Option<i64>> {
    let first = events::table
        .filter(events::tenant_id.eq(tenant.0))
        .order(events::seq)
        .select(events::seq);
    Ok(first.first(conn).await.optional()?)
}

/// What happened to these subjects, of these types, newest first.
pub async fn of_subjects(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    subject_types: &[&str],
    subject_ids: &[Uuid],
    page: Page,
) -> Result<Vec<StoredEvent>> {
    let found: Vec<Columns> = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::subject_type.eq_any(subject_types))
                .and(events::subject_id.eq_any(subject_ids))
                .and(events::seq.lt(page.before_seq.unwrap_or(i64::MAX))),
        )
        .order(events::seq.desc())
        .limit(page.limit)
        .select(Columns::as_select())
        .load(conn)
        .await?;
    found.into_iter().map(Columns::event).collect()
}

/// The numbers of what happened to these subjects up to `head`, newest first.
/// Reads nothing but the index, so counting and paging costs little.
pub async fn seqs_of_subjects(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    subject_types: &[&str],
    subject_ids: &[Uuid],
    head: i64,
) -> Result<Vec<i64>> {
    let mut found: Vec<i64> = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::subject_type.eq_any(subject_types))
                .and(events::subject_id.eq_any(subject_ids))
                .and(events::seq.le(head)),
        )
        .select(events::seq)
        .load(conn)
        .await?;
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// The events with these numbers, newest first.
pub async fn by_seqs(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    seqs: &[i64],
) -> Result<Vec<StoredEvent>> {
    let found: Vec<Columns> = events::table
        .filter(events::tenant_id.eq(tenant.0).and(events::seq.eq_any(seqs)))
        .order(events::seq.desc())
        .select(Columns::as_select())
        .load(conn)
        .await?;
    found.into_iter().map(Columns::event).collect()
}

/// The event that carries this key.
pub async fn by_idempotency_key(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    key: &str,
) -> Result<Option<StoredEvent>> {
    let found: Option<Columns> = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::idempotency_key.eq(key)),
        )
        .select(Columns::as_select())
        .first(conn)
        .await
        .optional()?;
    found.map(Columns::event).transpose()
}

/// Those of these keys that have been used, each with the fingerprint of the
/// request that it came with.
pub async fn used_keys(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    keys: &[String],
) -> Result<Vec<(String, i64)>> {
    let found: Vec<(Option<String>, Option<i64>)> = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::idempotency_key.eq_any(keys)),
        )
        .select((events::idempotency_key, events::request_hash))
        .load(conn)
        .await?;
    let used = found.into_iter().filter_map(|(key, hash)| key.zip(hash));
    Ok(used.collect())
}

/// All events of the command that the event `seq` belongs to, in order: they
/// are neighbours, so only the neighbourhood is read, in growing steps.
pub async fn of_command(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    seq: i64,
    command_id: CommandId,
) -> Result<Vec<StoredEvent>> {
    let mut reach = 64;
    loop {
        let (first, last) = (seq.saturating_sub(reach), seq.saturating_add(reach));
        let found: Vec<Columns> = events::table
            .filter(
                events::tenant_id
                    .eq(tenant.0)
                    .and(events::seq.between(first, last))
                    .and(events::command_id.eq(command_id.0)),
            )
            .order(events::seq)
            .select(Columns::as_select())
            .load(conn)
            .await?;
        let touches = |edge: i64| found.iter().any(|columns| columns.seq == edge);
        if !touches(first) && !touches(last) {
            return found.into_iter().map(Columns::event).collect();
        }
        reach = reach.saturating_mul(16);
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = events, check_for_backend(diesel::pg::Pg))]
struct Columns {
    seq: i64,
    batch_id: BatchId,
    command_id: CommandId,
    occurred_at: Timestamp,
    principal_type: ActorKind,
    principal_id: Option<Uuid>,
    kind: String,
    subject_type: String,
    stage_id: Option<StageId>,
    labels: JsonText<'static>,
    before: Option<JsonText<'static>>,
    after: JsonText<'static>,
    idempotency_key: Option<String>,
    request_hash: Option<i64>,
    request_id: String,
}

impl Columns {
    fn event(self) -> Result<StoredEvent> {
        let kind = EventKind::parse(&self.kind).ok_or_else(|| Error::Unreadable {
            what: "event kind",
            cause: format!("{} is none", self.kind),
        })?;
        Ok(StoredEvent {
            seq: self.seq,
            batch_id: self.batch_id,
            command_id: self.command_id,
            occurred_at: self.occurred_at,
            actor: actor(self.principal_type, self.principal_id),
            kind,
            stage_id: self.stage_id,
            row: row(&self.subject_type, &self.after.0)?,
            after: shared(self.after.0),
            before: self.before.map(|text| shared(text.0)),
            labels: serde_json::from_str(&self.labels.0).map_err(unreadable)?,
            idempotency: self.idempotency_key.map(Arc::from).zip(self.request_hash),
            request_id: self.request_id.into(),
        })
    }
}

fn shared(text: Cow<'_, str>) -> Arc<str> {
    Arc::from(text.into_owned())
}

/// The row that an event's `after` is.
pub fn row(subject_type: &str, after: &str) -> Result<Row> {
    let row = match subject_type {
        "stage" => parse(after).map(Row::Stage),
        "pipeline_version" => parse(after).map(Row::PipelineVersion),
        "departure" => parse(after).map(Row::Departure),
        "jamaah" => parse(after).map(Row::Jamaah),
        "jamaah_status" => parse(after).map(Row::JamaahStatus),
        "stage_instance" => parse(after).map(Row::StageInstance),
        "task" => parse(after).map(Row::Task),
        "comment" => parse(after).map(Row::Comment),
        "import" => parse(after).map(Row::Import),
        "bottleneck_alert" => parse(after).map(Row::BottleneckAlert),
        "audit" => parse(after).map(Row::Audit),
        "user" => access(after, AccessRow::User),
        "session" => access(after, AccessRow::Session),
        "role" => access(after, AccessRow::Role),
        "api_key" => access(after, AccessRow::ApiKey),
        other => {
            return Err(Error::Unreadable {
                what: "subject type",
                cause: format!("{other} is none"),
            });
        }
    };
    row.map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Unreadable {
        what: "event",
        cause: error.to_string(),
    }
}

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> serde_json::Result<Arc<T>> {
    serde_json::from_str(text).map(Arc::new)
}

fn access<T: serde::de::DeserializeOwned>(
    text: &str,
    row: impl FnOnce(T) -> AccessRow,
) -> serde_json::Result<Row> {
    let parsed = serde_json::from_str(text)?;
    Ok(Row::Access(Arc::new(row(parsed))))
}

#[cfg(test)]
mod tests;
