//! The tables that the journal writes, column by column.

use std::borrow::Cow;

use chrono::NaiveDate;
use diesel::sql_types::{
    Bool, Date, Double, Int4, Int8, Json, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
};
use uuid::Uuid;

use super::columns::columns;
use super::encode::{EventText, text};
use super::{NewEvent, TenantBatch};
use crate::db::Result;
use crate::db::types::{JsonText, Word, actor_id, actor_kind};
use crate::domain::pipeline::bottleneck::BottleneckAlert;
use crate::domain::pipeline::comment::Comment;
use crate::domain::pipeline::departure::Departure;
use crate::domain::pipeline::import::Import;
use crate::domain::pipeline::instance::StageInstance;
use crate::domain::pipeline::jamaah::{Jamaah, JamaahStatus};
use crate::domain::pipeline::stage::{PipelineVersion, Stage, TaskTemplate};
use crate::domain::pipeline::task::Task;
use crate::domain::time::Timestamp;

columns! {
    Events in "events" of (batch: &'a TenantBatch, event: &'a NewEvent, texts: &'a EventText) key (tenant_id, seq);
    tenant_id: SqlUuid as Uuid = batch.tenant_id.0;
    seq: Int8 as i64 = event.seq;
    batch_id: SqlUuid as Uuid = batch.batch_id.0;
    command_id: SqlUuid as Uuid = event.command_id.0;
    occurred_at: Timestamptz as Timestamp = event.occurred_at;
    principal_type: Text as &'static str = actor_kind(event.actor).word();
    principal_id: Nullable<SqlUuid> as Option<Uuid> = actor_id(event.actor);
    kind: Text as &'static str = event.change.kind.as_str();
    subject_type: Text as &'static str = event.change.after.subject_type();
    subject_id: SqlUuid as Uuid = event.change.after.subject_id();
    stage_id: Nullable<SqlUuid> as Option<Uuid> = event.change.after.stage_id().map(|id| id.0);
    labels: Json as JsonText<'a> = JsonText(Cow::Borrowed(&*texts.labels));
    before: Nullable<Json> as Option<JsonText<'a>> = texts.before.as_deref().map(|text| JsonText(Cow::Borrowed(text)));
    after: Json as JsonText<'a> = JsonText(Cow::Borrowed(&*texts.after));
    idempotency_key: Nullable<Text> as Option<&'a str> = event.idempotency.as_ref().map(|(key, _)| &**key);
    request_hash: Nullable<Int8> as Option<i64> = event.idempotency.as_ref().map(|(_, hash)| *hash);
    request_id: Text as &'a str = &*event.request_id;
}

columns! {
    Tasks in "pipeline_tasks" of (tenant: Uuid, row: &'a Task) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    jamaah_id: SqlUuid as Uuid = row.jamaah_id.0;
    stage_id: SqlUuid as Uuid = row.stage_id.0;
    instance_id: SqlUuid as Uuid = row.instance_id.0;
    title: Text as &'a str = &*row.title;
    assigned_role: Text as &'a str = row.role.as_str();
    assignee: Nullable<SqlUuid> as Option<Uuid> = row.assignee.map(|id| id.0);
    priority: Text as &'static str = row.priority.word();
    status: Text as &'static str = row.status.word();
    required: Bool as bool = row.required;
    due_at: Nullable<Timestamptz> as Option<Timestamp> = row.due_at;
    overdue: Bool as bool = row.overdue;
    blocked_reason: Nullable<Text> as Option<&'a str> = row.blocked_reason.as_deref();
    blocked_by_third_party: Bool as bool = row.blocked_by_third_party;
    blocked_at: Nullable<Timestamptz> as Option<Timestamp> = row.blocked_at;
    notes: Nullable<Text> as Option<&'a str> = row.notes.as_deref();
    started_at: Nullable<Timestamptz> as Option<Timestamp> = row.started_at;
    completed_at: Nullable<Timestamptz> as Option<Timestamp> = row.completed_at;
    completed_by_type: Nullable<Text> as Option<&'static str> = row.completed_by.map(|actor| actor_kind(actor).word());
    completed_by: Nullable<SqlUuid> as Option<Uuid> = row.completed_by.and_then(actor_id);
    version: Int4 as i32 = row.version;
    created_at: Timestamptz as Timestamp = row.created_at;
    updated_at: Timestamptz as Timestamp = row.updated_at;
}

columns! {
    Instances in "stage_instances" of (tenant: Uuid, row: &'a StageInstance) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    jamaah_id: SqlUuid as Uuid = row.jamaah_id.0;
    stage_id: SqlUuid as Uuid = row.stage_id.0;
    state: Text as &'static str = row.state.word();
    entered_at: Timestamptz as Timestamp = row.entered_at;
    opens_at: Nullable<Timestamptz> as Option<Timestamp> = row.opens_at;
    started_at: Nullable<Timestamptz> as Option<Timestamp> = row.started_at;
    due_at: Nullable<Timestamptz> as Option<Timestamp> = row.due_at;
    paused_since: Nullable<Timestamptz> as Option<Timestamp> = row.paused_since;
    paused_seconds: Int8 as i64 = row.paused_seconds;
    completed_at: Nullable<Timestamptz> as Option<Timestamp> = row.completed_at;
    completed_by_type: Nullable<Text> as Option<&'static str> = row.completed_by.map(|actor| actor_kind(actor).word());
    completed_by: Nullable<SqlUuid> as Option<Uuid> = row.completed_by.and_then(actor_id);
    reason: Nullable<Text> as Option<&'a str> = row.reason.as_deref();
    version: Int4 as i32 = row.version;
}

columns! {
    Statuses in "jamaah_pipeline_status" of (tenant: Uuid, row: &'a JamaahStatus, reasons: String) key (tenant_id, jamaah_id);
    tenant_id: SqlUuid as Uuid = tenant;
    jamaah_id: SqlUuid as Uuid = row.jamaah_id.0;
    pipeline_version: Int4 as i32 = row.pipeline_version;
    current_stage_id: Nullable<SqlUuid> as Option<Uuid> = row.current_stage_id.map(|id| id.0);
    status: Text as &'static str = row.status.word();
    blocked: Bool as bool = row.blocked;
    on_hold: Bool as bool = row.on_hold;
    hold_reason: Nullable<Text> as Option<&'a str> = row.hold_reason.as_deref();
    cancel_reason: Nullable<Text> as Option<&'a str> = row.cancel_reason.as_deref();
    waiting: Bool as bool = row.waiting;
    progress_percent: Int4 as i32 = row.progress_percent;
    departure_id: SqlUuid as Uuid = row.departure_id.0;
    departure_date: Date as NaiveDate = row.departure_date;
    risk: Text as &'static str = row.risk.word();
    readiness_probability: Nullable<Double> as Option<f64> = row.readiness_probability;
    reasons: Jsonb as JsonText<'a> = JsonText(Cow::Owned(reasons));
    registered_at: Timestamptz as Timestamp = row.registered_at;
    closed_at: Nullable<Timestamptz> as Option<Timestamp> = row.closed_at;
    version: Int4 as i32 = row.version;
    updated_at: Timestamptz as Timestamp = row.updated_at;
}

impl<'a> Statuses<'a> {
    pub(super) fn push_row(&mut self, tenant: Uuid, row: &'a JamaahStatus) -> Result<()> {
        let reasons = if row.reasons.is_empty() {
            "[]".to_owned()
        } else {
            text(&row.reasons)?
        };
        self.push(tenant, row, reasons);
        Ok(())
    }
}

columns! {
    Stages in "pipeline_stages" of (tenant: Uuid, row: &'a Stage, baseline: Option<String>) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    code: Text as &'a str = &*row.code;
    name: Text as &'a str = &*row.name;
    name_en: Text as &'a str = &*row.name_en;
    category: Text as &'static str = row.category.word();
    position: Int4 as i32 = row.position;
    role: Text as &'a str = row.role.as_str();
    sla_days: Int4 as i32 = row.sla_days;
    sla_calendar: Text as &'static str = row.sla_calendar.word();
    not_before_days: Nullable<Int4> as Option<i32> = row.not_before_days;
    finish_by_days: Nullable<Int4> as Option<i32> = row.finish_by_days;
    wip_limit: Nullable<Int4> as Option<i32> = row.wip_limit;
    wip_limit_kind: Text as &'static str = row.wip_limit_kind.word();
    auto_advance: Bool as bool = row.auto_advance;
    mandatory: Bool as bool = row.mandatory;
    pause_on_third_party: Bool as bool = row.pause_on_third_party;
    active: Bool as bool = row.active;
    baseline: Nullable<Jsonb> as Option<JsonText<'a>> = baseline.map(|text| JsonText(Cow::Owned(text)));
    version: Int4 as i32 = row.version;
    created_at: Timestamptz as Timestamp = row.created_at;
    updated_at: Timestamptz as Timestamp = row.updated_at;
}

impl<'a> Stages<'a> {
    pub(super) fn push_row(&mut self, tenant: Uuid, row: &'a Stage) -> Result<()> {
        let baseline = row.baseline.as_ref().map(text).transpose()?;
        self.push(tenant, row, baseline);
        Ok(())
    }
}

columns! {
    Dependencies in "stage_dependencies" of (tenant: Uuid, stage: Uuid, depends_on: Uuid, place: i32) key (tenant_id, stage_id, depends_on_id);
    tenant_id: SqlUuid as Uuid = tenant;
    stage_id: SqlUuid as Uuid = stage;
    depends_on_id: SqlUuid as Uuid = depends_on;
    position: Int4 as i32 = place;
}

columns! {
    Templates in "task_templates" of (tenant: Uuid, stage: Uuid, row: &'a TaskTemplate, place: i32) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    stage_id: SqlUuid as Uuid = stage;
    position: Int4 as i32 = place;
    title: Text as &'a str = &*row.title;
    role: Text as &'a str = row.role.as_str();
    priority: Text as &'static str = row.priority.word();
    required: Bool as bool = row.required;
    due_after_days: Nullable<Int4> as Option<i32> = row.due_after_days;
}

columns! {
    Versions in "pipeline_versions" of (tenant: Uuid, row: &'a PipelineVersion, stages: String) key (tenant_id, version);
    tenant_id: SqlUuid as Uuid = tenant;
    version: Int4 as i32 = row.version;
    stages: Jsonb as JsonText<'a> = JsonText(Cow::Owned(stages));
    created_at: Timestamptz as Timestamp = row.created_at;
}

impl<'a> Versions<'a> {
    pub(super) fn push_row(&mut self, tenant: Uuid, row: &'a PipelineVersion) -> Result<()> {
        self.push(tenant, row, text(&row.stages)?);
        Ok(())
    }
}

columns! {
    Departures in "departures" of (tenant: Uuid, row: &'a Departure) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    code: Text as &'a str = &*row.code;
    departure_date: Date as NaiveDate = row.departure_date;
    package: Nullable<Text> as Option<&'a str> = row.package.as_deref();
    seats: Nullable<Int4> as Option<i32> = row.seats;
    state: Text as &'static str = row.state.word();
    version: Int4 as i32 = row.version;
    created_at: Timestamptz as Timestamp = row.created_at;
    updated_at: Timestamptz as Timestamp = row.updated_at;
}

columns! {
    People in "jamaah" of (tenant: Uuid, row: &'a Jamaah) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    name: Text as &'a str = &*row.name;
    passport_number: Text as &'a str = &*row.passport_number;
    birth_date: Date as NaiveDate = row.birth_date;
    sex: Nullable<Text> as Option<&'static str> = row.sex.map(Word::word);
    nationality: Nullable<Text> as Option<&'a str> = row.nationality.as_deref();
    passport_expiry: Nullable<Date> as Option<NaiveDate> = row.passport_expiry;
    package: Nullable<Text> as Option<&'a str> = row.package.as_deref();
    departure_id: SqlUuid as Uuid = row.departure_id.0;
    phone: Nullable<Text> as Option<&'a str> = row.phone.as_deref();
    agent: Nullable<Text> as Option<&'a str> = row.agent.as_deref();
    notes: Nullable<Text> as Option<&'a str> = row.notes.as_deref();
    version: Int4 as i32 = row.version;
    created_at: Timestamptz as Timestamp = row.created_at;
    updated_at: Timestamptz as Timestamp = row.updated_at;
}

columns! {
    Comments in "task_comments" of (tenant: Uuid, row: &'a Comment) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    task_id: SqlUuid as Uuid = row.task_id.0;
    author_type: Text as &'static str = actor_kind(row.author).word();
    author: Nullable<SqlUuid> as Option<Uuid> = actor_id(row.author);
    author_name: Text as &'a str = &*row.author_name;
    body: Text as &'a str = &*row.body;
    created_at: Timestamptz as Timestamp = row.created_at;
}

columns! {
    Imports in "imports" of (tenant: Uuid, row: &'a Import, problems: String) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    file_name: Text as &'a str = &*row.file_name;
    sha256: Text as &'a str = &*row.sha256;
    state: Text as &'static str = row.state.word();
    rows: Int4 as i32 = row.rows;
    processed: Int4 as i32 = row.processed;
    created: Int4 as i32 = row.created;
    updated: Int4 as i32 = row.updated;
    unchanged: Int4 as i32 = row.unchanged;
    rejected: Int4 as i32 = row.rejected;
    problems: Jsonb as JsonText<'a> = JsonText(Cow::Owned(problems));
    created_by_type: Text as &'static str = actor_kind(row.created_by).word();
    created_by: Nullable<SqlUuid> as Option<Uuid> = actor_id(row.created_by);
    created_at: Timestamptz as Timestamp = row.created_at;
    updated_at: Timestamptz as Timestamp = row.updated_at;
}

impl<'a> Imports<'a> {
    pub(super) fn push_row(&mut self, tenant: Uuid, row: &'a Import) -> Result<()> {
        self.push(tenant, row, text(&row.problems)?);
        Ok(())
    }
}

columns! {
    Alerts in "bottleneck_alerts" of (tenant: Uuid, row: &'a BottleneckAlert, history: String) key (tenant_id, id);
    tenant_id: SqlUuid as Uuid = tenant;
    id: SqlUuid as Uuid = row.id.0;
    stage_id: SqlUuid as Uuid = row.stage_id.0;
    state: Text as &'static str = row.state.word();
    severity: Text as &'static str = row.severity.word();
    score: Double as f64 = row.score;
    raised_at: Timestamptz as Timestamp = row.raised_at;
    cleared_at: Nullable<Timestamptz> as Option<Timestamp> = row.cleared_at;
    acknowledged_at: Nullable<Timestamptz> as Option<Timestamp> = row.acknowledged_at;
    acknowledged_by_type: Nullable<Text> as Option<&'static str> = row.acknowledged_by.map(|actor| actor_kind(actor).word());
    acknowledged_by: Nullable<SqlUuid> as Option<Uuid> = row.acknowledged_by.and_then(actor_id);
    last_reminded_at: Nullable<Timestamptz> as Option<Timestamp> = row.last_reminded_at;
    history: Jsonb as JsonText<'a> = JsonText(Cow::Owned(history));
    version: Int4 as i32 = row.version;
}

impl<'a> Alerts<'a> {
    pub(super) fn push_row(&mut self, tenant: Uuid, row: &'a BottleneckAlert) -> Result<()> {
        self.push(tenant, row, text(&row.history)?);
        Ok(())
    }
}
