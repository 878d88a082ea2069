//! The hot rows. What many rows say in the same words (titles, roles, agents)
//! is kept once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures::TryStreamExt;
use uuid::Uuid;

use crate::db::bottleneck_alerts;
use crate::db::schema::{
    departures, jamaah, jamaah_pipeline_status as statuses, pipeline_stages, pipeline_tasks,
    pipeline_versions, stage_dependencies, stage_instances, task_templates,
};
use crate::db::types::{ActorKind, JsonText, actor};
use crate::db::{Error, Result};
use crate::domain::ids::{
    DepartureId, InstanceId, JamaahId, StageId, TaskId, TemplateId, TenantId, UserId,
};
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::departure::{Departure, DepartureState};
use crate::domain::pipeline::instance::{InstanceState, StageInstance};
use crate::domain::pipeline::jamaah::{DepartureRisk, Jamaah, JamaahStatus, Sex, Status};
use crate::domain::pipeline::stage::{
    PipelineVersion, Stage, StageCategory, TaskTemplate, WipLimitKind,
};
use crate::domain::pipeline::state::Rows;
use crate::domain::pipeline::task::{Priority, Task, TaskStatus};
use crate::domain::principal::RoleKey;
use crate::domain::time::{SlaCalendar, Timestamp};

/// Equal texts become one.
#[derive(Default)]
pub struct Interner {
    texts: HashSet<Arc<str>, ahash::RandomState>,
    roles: HashSet<RoleKey, ahash::RandomState>,
}

impl Interner {
    pub fn one(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(text);
        self.texts.insert(Arc::clone(&new));
        new
    }

    pub fn role(&mut self, key: &str) -> RoleKey {
        if let Some(known) = self.roles.get(key) {
            return known.clone();
        }
        let new = RoleKey::new(key);
        self.roles.insert(new.clone());
        new
    }

    fn maybe(&mut self, text: Option<String>) -> Option<Arc<str>> {
        text.map(|text| self.one(&text))
    }
}

/// Whose rows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    /// Of everybody who is not closed, or was closed since then.
    Hot { closed_since: Timestamp },
    /// Of this one, hot or not.
    One(JamaahId),
}

pub(super) async fn hot(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    closed_since: Timestamp,
) -> Result<Rows> {
    let whose = Whose::Hot { closed_since };
    let texts = &mut Interner::default();
    Ok(Rows {
        stages: stages(conn, tenant, texts).await?,
        versions: versions(conn, tenant).await?,
        departures: all_departures(conn, tenant, texts).await?,
        jamaah: people(conn, tenant, whose, texts).await?,
        statuses: all_statuses(conn, tenant, whose, texts).await?,
        instances: instances(conn, tenant, whose).await?,
        tasks: tasks(conn, tenant, whose, texts).await?,
        alerts: bottleneck_alerts::hot(conn, tenant, closed_since).await?,
    })
}

/// One jamaah's rows, the jamaah first; nothing when there is nobody of that id.
pub(super) async fn of_one(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    id: JamaahId,
) -> Result<Vec<Row>> {
    let (whose, texts) = (Whose::One(id), &mut Interner::default());
    let mut rows = Vec::new();
    rows.extend(
        people(conn, tenant, whose, texts)
            .await?
            .into_iter()
            .map(row(Row::Jamaah)),
    );
    rows.extend(
        all_statuses(conn, tenant, whose, texts)
            .await?
            .into_iter()
            .map(row(Row::JamaahStatus)),
    );
    rows.extend(
        instances(conn, tenant, whose)
            .await?
            .into_iter()
            .map(row(Row::StageInstance)),
    );
    rows.extend(
        tasks(conn, tenant, whose, texts)
            .await?
            .into_iter()
            .map(row(Row::Task)),
    );
    Ok(rows)
}

fn row<T>(variant: fn(Arc<T>) -> Row) -> impl Fn(T) -> Row {
    move |row| variant(Arc::new(row))
}

macro_rules! is_hot {
    ($closed_since:expr) => {
        statuses::closed_at
            .is_null()
            .or(statuses::closed_at.ge($closed_since))
    };
}

/// The rows of a table that are theirs, by the column with the jamaah's id.
macro_rules! rows_of {
    ($table:ident, $row:ty, $id:ident, $tenant:expr, $whose:expr) => {{
        let rows = $table::table
            .filter($table::tenant_id.eq($tenant.0))
            .select(<$row>::as_select())
            .into_boxed();
        match $whose {
            Whose::Hot { closed_since } => {
                let hot = statuses::table
                    .filter(statuses::tenant_id.eq($tenant.0).and(is_hot!(closed_since)))
                    .select(statuses::jamaah_id);
                rows.filter($table::$id.eq_any(hot))
            }
            Whose::One(id) => rows.filter($table::$id.eq(id.0)),
        }
    }};
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pipeline_stages, check_for_backend(diesel::pg::Pg))]
struct StageRow {
    id: StageId,
    code: String,
    name: String,
    name_en: String,
    category: StageCategory,
    position: i32,
    role: String,
    sla_days: i32,
    sla_calendar: SlaCalendar,
    not_before_days: Option<i32>,
    finish_by_days: Option<i32>,
    wip_limit: Option<i32>,
    wip_limit_kind: WipLimitKind,
    auto_advance: bool,
    mandatory: bool,
    pause_on_third_party: bool,
    active: bool,
    baseline: Option<JsonText<'static>>,
    version: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

async fn stages(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    texts: &mut Interner,
) -> Result<Vec<Stage>> {
    let found: Vec<StageRow> = pipeline_stages::table
        .filter(pipeline_stages::tenant_id.eq(tenant.0))
        .select(StageRow::as_select())
        .load(conn)
        .await?;
    let dependencies: Vec<(StageId, StageId)> = stage_dependencies::table
        .filter(stage_dependencies::tenant_id.eq(tenant.0))
        .order((stage_dependencies::stage_id, stage_dependencies::position))
        .select((
            stage_dependencies::stage_id,
            stage_dependencies::depends_on_id,
        ))
        .load(conn)
        .await?;
    let mut depends_on: HashMap<StageId, Vec<StageId>> = HashMap::new();
    for (stage, other) in dependencies {
        depends_on.entry(stage).or_default().push(other);
    }
    let mut templates = templates(conn, tenant, texts).await?;
    found
        .into_iter()
        .map(|row| {
            Ok(Stage {
                id: row.id,
                code: row.code.into(),
                name: row.name.into(),
                name_en: row.name_en.into(),
                category: row.category,
                position: row.position,
                role: texts.role(&row.role),
                sla_days: row.sla_days,
                sla_calendar: row.sla_calendar,
                not_before_days: row.not_before_days,
                finish_by_days: row.finish_by_days,
                wip_limit: row.wip_limit,
                wip_limit_kind: row.wip_limit_kind,
                auto_advance: row.auto_advance,
                mandatory: row.mandatory,
                pause_on_third_party: row.pause_on_third_party,
                depends_on: depends_on.remove(&row.id).unwrap_or_default(),
                templates: templates.remove(&row.id).unwrap_or_default(),
                active: row.active,
                baseline: row
                    .baseline
                    .map(|text| from_json("baseline", &text))
                    .transpose()?,
                version: row.version,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

type TemplateColumns = (
    StageId,
    TemplateId,
    String,
    String,
    Priority,
    bool,
    Option<i32>,
);

async fn templates(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    texts: &mut Interner,
) -> Result<HashMap<StageId, Vec<TaskTemplate>>> {
    let found: Vec<TemplateColumns> = task_templates::table
        .filter(task_templates::tenant_id.eq(tenant.0))
        .order((task_templates::stage_id, task_templates::position))
        .select((
            task_templates::stage_id,
            task_templates::id,
            task_templates::title,
            task_templates::role,
            task_templates::priority,
            task_templates::required,
            task_templates::due_after_days,
        ))
        .load(conn)
        .await?;
    let mut templates: HashMap<StageId, Vec<TaskTemplate>> = HashMap::new();
    for (stage, id, title, role, priority, required, due_after_days) in found {
        templates.entry(stage).or_default().push(TaskTemplate {
            id,
            title: texts.one(&title),
            role: texts.role(&role),
            priority,
            required,
            due_after_days,
        });
    }
    Ok(templates)
}

async fn versions(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Vec<PipelineVersion>> {
    let found: Vec<(i32, JsonText<'static>, Timestamp)> = pipeline_versions::table
        .filter(pipeline_versions::tenant_id.eq(tenant.0))
        .select((
            pipeline_versions::version,
            pipeline_versions::stages,
            pipeline_versions::created_at,
        ))
        .load(conn)
        .await?;
    found
        .into_iter()
        .map(|(version, stages, created_at)| {
            Ok(PipelineVersion {
                version,
                stages: from_json("pipeline version", &stages)?,
                created_at,
            })
        })
        .collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = departures, check_for_backend(diesel::pg::Pg))]
struct DepartureRow {
    id: DepartureId,
    code: String,
    departure_date: NaiveDate,
    package: Option<String>,
    seats: Option<i32>,
    state: DepartureState,
    version: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

async fn all_departures(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    texts: &mut Interner,
) -> Result<Vec<Departure>> {
    let found: Vec<DepartureRow> = departures::table
        .filter(departures::tenant_id.eq(tenant.0))
        .select(DepartureRow::as_select())
        .load(conn)
        .await?;
    let departures = found.into_iter().map(|row| Departure {
        id: row.id,
        code: row.code.into(),
        departure_date: row.departure_date,
        package: texts.maybe(row.package),
        seats: row.seats,
        state: row.state,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(departures.collect())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = jamaah, check_for_backend(diesel::pg::Pg))]
pub struct JamaahRow {
    id: JamaahId,
    name: String,
    passport_number: String,
    birth_date: NaiveDate,
    sex: Option<Sex>,
    nationality: Option<String>,
    passport_expiry: Option<NaiveDate>,
    package: Option<String>,
    departure_id: DepartureId,
    phone: Option<String>,
    agent: Option<String>,
    notes: Option<String>,
    version: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl JamaahRow {
    pub fn jamaah(self, texts: &mut Interner) -> Jamaah {
        Jamaah {
            id: self.id,
            name: self.name.into(),
            passport_number: self.passport_number.into(),
            birth_date: self.birth_date,
            sex: self.sex,
            nationality: texts.maybe(self.nationality),
            passport_expiry: self.passport_expiry,
            package: texts.maybe(self.package),
            departure_id: self.departure_id,
            phone: self.phone.map(Arc::from),
            agent: texts.maybe(self.agent),
            notes: self.notes.map(Arc::from),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

async fn people(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    whose: Whose,
    texts: &mut Interner,
) -> Result<Vec<Jamaah>> {
    let query = rows_of!(jamaah, JamaahRow, id, tenant, whose);
    let mut found = query.load_stream::<JamaahRow>(conn).await?;
    let mut people = Vec::new();
    while let Some(row) = found.try_next().await? {
        people.push(row.jamaah(texts));
    }
    Ok(people)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = statuses, check_for_backend(diesel::pg::Pg))]
struct StatusRow {
    jamaah_id: JamaahId,
    pipeline_version: i32,
    current_stage_id: Option<StageId>,
    status: Status,
    blocked: bool,
    on_hold: bool,
    hold_reason: Option<String>,
    cancel_reason: Option<String>,
    waiting: bool,
    progress_percent: i32,
    departure_id: DepartureId,
    departure_date: NaiveDate,
    risk: DepartureRisk,
    readiness_probability: Option<f64>,
    reasons: JsonText<'static>,
    registered_at: Timestamp,
    closed_at: Option<Timestamp>,
    version: i32,
    updated_at: Timestamp,
}

async fn all_statuses(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    whose: Whose,
    texts: &mut Interner,
) -> Result<Vec<JamaahStatus>> {
    let query = statuses::table
        .filter(statuses::tenant_id.eq(tenant.0))
        .select(StatusRow::as_select())
        .into_boxed();
    let query = match whose {
        Whose::Hot { closed_since } => query.filter(is_hot!(closed_since)),
        Whose::One(id) => query.filter(statuses::jamaah_id.eq(id.0)),
    };
    let mut found = query.load_stream::<StatusRow>(conn).await?;
    let mut all = Vec::new();
    while let Some(row) = found.try_next().await? {
        let reasons = if row.reasons.0 == "[]" {
            Vec::new()
        } else {
            from_json("reasons", &row.reasons)?
        };
        all.push(JamaahStatus {
            jamaah_id: row.jamaah_id,
            pipeline_version: row.pipeline_version,
            current_stage_id: row.current_stage_id,
            status: row.status,
            blocked: row.blocked,
            on_hold: row.on_hold,
            hold_reason: texts.maybe(row.hold_reason),
            cancel_reason: texts.maybe(row.cancel_reason),
            waiting: row.waiting,
            progress_percent: row.progress_percent,
            departure_id: row.departure_id,
            departure_date: row.departure_date,
            risk: row.risk,
            readiness_probability: row.readiness_probability,
            reasons,
            registered_at: row.registered_at,
            closed_at: row.closed_at,
            version: row.version,
            updated_at: row.updated_at,
        });
    }
    Ok(all)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = stage_instances, check_for_backend(diesel::pg::Pg))]
struct InstanceRow {
    id: InstanceId,
    jamaah_id: JamaahId,
    stage_id: StageId,
    state: InstanceState,
    entered_at: Timestamp,
    opens_at: Option<Timestamp>,
    started_at: Option<Timestamp>,
    due_at: Option<Timestamp>,
    paused_since: Option<Timestamp>,
    paused_seconds: i64,
    completed_at: Option<Timestamp>,
    completed_by_type: Option<ActorKind>,
    completed_by: Option<Uuid>,
    reason: Option<String>,
    version: i32,
}

async fn instances(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    whose: Whose,
) -> Result<Vec<StageInstance>> {
    let query = rows_of!(stage_instances, InstanceRow, jamaah_id, tenant, whose);
    let mut found = query.load_stream::<InstanceRow>(conn).await?;
    let mut instances = Vec::new();
    while let Some(row) = found.try_next().await? {
        instances.push(StageInstance {
            id: row.id,
            jamaah_id: row.jamaah_id,
            stage_id: row.stage_id,
            state: row.state,
            entered_at: row.entered_at,
            opens_at: row.opens_at,
            started_at: row.started_at,
            due_at: row.due_at,
            paused_since: row.paused_since,
            paused_seconds: row.paused_seconds,
            completed_at: row.completed_at,
            completed_by: row
                .completed_by_type
                .map(|kind| actor(kind, row.completed_by)),
            reason: row.reason.map(Into::into),
            version: row.version,
        });
    }
    Ok(instances)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = pipeline_tasks, check_for_backend(diesel::pg::Pg))]
pub struct TaskRow {
    id: TaskId,
    jamaah_id: JamaahId,
    stage_id: StageId,
    instance_id: InstanceId,
    title: String,
    assigned_role: String,
    assignee: Option<UserId>,
    priority: Priority,
    status: TaskStatus,
    required: bool,
    due_at: Option<Timestamp>,
    overdue: bool,
    blocked_reason: Option<String>,
    blocked_by_third_party: bool,
    blocked_at: Option<Timestamp>,
    notes: Option<String>,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    completed_by_type: Option<ActorKind>,
    completed_by: Option<Uuid>,
    version: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl TaskRow {
    pub fn task(self, texts: &mut Interner) -> Task {
        Task {
            id: self.id,
            jamaah_id: self.jamaah_id,
            stage_id: self.stage_id,
            instance_id: self.instance_id,
            title: texts.one(&self.title),
            role: texts.role(&self.assigned_role),
            assignee: self.assignee,
            priority: self.priority,
            status: self.status,
            required: self.required,
            due_at: self.due_at,
            overdue: self.overdue,
            blocked_reason: texts.maybe(self.blocked_reason),
            blocked_by_third_party: self.blocked_by_third_party,
            blocked_at: self.blocked_at,
            notes: texts.maybe(self.notes),
            started_at: self.started_at,
            completed_at: self.completed_at,
            completed_by: self
                .completed_by_type
                .map(|kind| actor(kind, self.completed_by)),
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

async fn tasks(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    whose: Whose,
    texts: &mut Interner,
) -> Result<Vec<Task>> {
    let query = rows_of!(pipeline_tasks, TaskRow, jamaah_id, tenant, whose);
    let mut found = query.load_stream::<TaskRow>(conn).await?;
    let mut tasks = Vec::new();
    while let Some(row) = found.try_next().await? {
        tasks.push(row.task(texts));
    }
    Ok(tasks)
}

fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, text: &JsonText<'_>) -> Result<T> {
    serde_json::from_str(&text.0).map_err(|error| Error::Unreadable {
        what,
        cause: error.to_string(),
    })
}
