//! What can be asked of the pipeline.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::bottleneck::{Reminder, Ruling};
use super::departure::DepartureState;
use super::import::Import;
use super::jamaah::Sex;
use super::stage::{Stage, StageCategory, WipLimitKind};
use super::task::Priority;
use crate::domain::ids::{
    BottleneckAlertId, DepartureId, JamaahId, StageId, TaskId, TemplateId, UserId,
};
use crate::domain::principal::RoleKey;
use crate::domain::time::SlaCalendar;

/// A command, with the version the caller saw where there is one.
#[derive(Clone, Debug)]
pub enum Command {
    Task {
        id: TaskId,
        expected: Option<i32>,
        action: TaskAction,
    },
    CreateTask(NewTask),
    Comment {
        task_id: TaskId,
        body: Arc<str>,
    },

    RegisterJamaah(NewJamaah),
    UpdateJamaah {
        id: JamaahId,
        expected: Option<i32>,
        changes: JamaahChanges,
    },
    /// Completes a stage by decision: the current one unless named.
    Advance {
        id: JamaahId,
        expected: Option<i32>,
        stage_id: Option<StageId>,
        reason: Arc<str>,
    },
    /// Puts a jamaah at a stage: what comes before is skipped, it and what comes after is redone.
    Move {
        id: JamaahId,
        expected: Option<i32>,
        stage_id: StageId,
        reason: Arc<str>,
    },
    Hold {
        id: JamaahId,
        expected: Option<i32>,
        reason: Arc<str>,
    },
    Resume {
        id: JamaahId,
        expected: Option<i32>,
    },
    CancelJamaah {
        id: JamaahId,
        expected: Option<i32>,
        reason: Arc<str>,
    },
    /// Rows of a manifest: each registers or updates one jamaah.
    ImportPeople {
        people: Arc<Vec<ImportedPerson>>,
    },
    RecordImport {
        import: Arc<Import>,
    },

    CreateDeparture(NewDeparture),
    UpdateDeparture {
        id: DepartureId,
        expected: Option<i32>,
        changes: DepartureChanges,
    },

    /// Gives a tenant that has none its first stages.
    InstallPipeline {
        stages: Arc<Vec<Stage>>,
    },
    CreateStage(Box<StageSettings>),
    UpdateStage {
        id: StageId,
        expected: Option<i32>,
        settings: Box<StageSettings>,
    },
    RetireStage {
        id: StageId,
        expected: Option<i32>,
    },
    OrderStages {
        stage_ids: Vec<StageId>,
    },
    SetTemplates {
        id: StageId,
        expected: Option<i32>,
        templates: Vec<NewTemplate>,
    },
    /// Moves jamaah to the newest version of the pipeline: these, or all active ones.
    ApplyPipeline {
        jamaah_ids: Option<Vec<JamaahId>>,
    },

    /// Somebody knows of a bottleneck.
    AcknowledgeBottleneck {
        id: BottleneckAlertId,
        expected: Option<i32>,
    },

    /// By the program: raise, change and clear alerts, and remind of them.
    KeepAlerts {
        rulings: Vec<Ruling>,
        reminders: Vec<Reminder>,
    },
    /// By the program: look again at these jamaah, because a deadline of theirs has come.
    Review {
        jamaah_ids: Vec<JamaahId>,
    },
    /// By the program: a new day has begun in the tenant's zone.
    RenewBaselines,
}

impl Command {
    /// Nobody has asked for it.
    pub fn is_by_the_program(&self) -> bool {
        matches!(
            self,
            Self::Review { .. } | Self::RenewBaselines | Self::KeepAlerts { .. }
        )
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum TaskAction {
    Start,
    Complete { notes: Option<Arc<str>> },
    Block { reason: Arc<str>, third_party: bool },
    Unblock,
    Reopen { reason: Option<Arc<str>> },
    Assign { assignee: Option<UserId> },
    Edit(TaskEdit),
    Cancel { reason: Option<Arc<str>> },
}

/// Fields that are present are set; `Some(None)` clears.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskEdit {
    pub title: Option<Arc<str>>,
    pub role: Option<RoleKey>,
    pub assignee: Option<Option<UserId>>,
    pub priority: Option<Priority>,
    pub due_at: Option<Option<DateTime<Utc>>>,
    pub required: Option<bool>,
    pub notes: Option<Option<Arc<str>>>,
}

impl TaskEdit {
    /// Nothing but the assignee is given.
    pub fn only_assigns(&self) -> bool {
        let rest = Self {
            assignee: None,
            ..self.clone()
        };
        rest == Self::default()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    pub jamaah_id: JamaahId,
    /// An active stage of that jamaah.
    pub stage_id: StageId,
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// The stage's role unless given.
    pub role: Option<RoleKey>,
    pub assignee: Option<UserId>,
    #[serde(default)]
    pub priority: Priority,
    #[serde(default)]
    pub required: bool,
    pub due_at: Option<DateTime<Utc>>,
    #[schema(value_type = Option<String>)]
    pub notes: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewJamaah {
    #[schema(value_type = String)]
    pub name: Arc<str>,
    #[schema(value_type = String)]
    pub passport_number: Arc<str>,
    pub birth_date: NaiveDate,
    pub sex: Option<Sex>,
    #[schema(value_type = Option<String>)]
    pub nationality: Option<Arc<str>>,
    pub passport_expiry: Option<NaiveDate>,
    #[schema(value_type = Option<String>)]
    pub package: Option<Arc<str>>,
    pub departure_id: DepartureId,
    #[schema(value_type = Option<String>)]
    pub phone: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub agent: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub notes: Option<Arc<str>>,
}

/// Fields that are present are set; `Some(None)` clears.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JamaahChanges {
    pub name: Option<Arc<str>>,
    pub passport_number: Option<Arc<str>>,
    pub birth_date: Option<NaiveDate>,
    pub sex: Option<Option<Sex>>,
    pub nationality: Option<Option<Arc<str>>>,
    pub passport_expiry: Option<Option<NaiveDate>>,
    pub package: Option<Option<Arc<str>>>,
    pub departure_id: Option<DepartureId>,
    pub phone: Option<Option<Arc<str>>>,
    pub agent: Option<Option<Arc<str>>>,
    pub notes: Option<Option<Arc<str>>>,
}

/// One good row of a manifest. The departure is found or made by code and date.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedPerson {
    pub name: Arc<str>,
    pub passport_number: Arc<str>,
    pub birth_date: NaiveDate,
    pub sex: Option<Sex>,
    pub nationality: Option<Arc<str>>,
    pub passport_expiry: Option<NaiveDate>,
    pub package: Option<Arc<str>>,
    pub departure_code: Option<Arc<str>>,
    pub departure_date: NaiveDate,
    pub phone: Option<Arc<str>>,
    pub agent: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDeparture {
    #[schema(value_type = String)]
    pub code: Arc<str>,
    pub departure_date: NaiveDate,
    #[schema(value_type = Option<String>)]
    pub package: Option<Arc<str>>,
    pub seats: Option<i32>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct DepartureChanges {
    pub code: Option<Arc<str>>,
    pub departure_date: Option<NaiveDate>,
    pub package: Option<Option<Arc<str>>>,
    pub seats: Option<Option<i32>>,
    pub state: Option<DepartureState>,
}

/// Everything about a stage that a manager sets; order and templates have
/// commands of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StageSettings {
    /// Lower-case letters, digits and dashes; fixed once the stage exists.
    #[schema(value_type = String)]
    pub code: Arc<str>,
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// The name again when absent.
    #[schema(value_type = Option<String>)]
    pub name_en: Option<Arc<str>>,
    pub category: Option<StageCategory>,
    pub role: RoleKey,
    pub sla_days: i32,
    #[serde(default)]
    pub sla_calendar: SlaCalendar,
    pub not_before_days: Option<i32>,
    pub finish_by_days: Option<i32>,
    pub wip_limit: Option<i32>,
    #[serde(default)]
    pub wip_limit_kind: WipLimitKind,
    #[serde(default = "yes")]
    pub auto_advance: bool,
    #[serde(default = "yes")]
    pub mandatory: bool,
    #[serde(default)]
    pub pause_on_third_party: bool,
    /// Absent: the stage before it in order.
    pub depends_on: Option<Vec<StageId>>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// Keeps an existing template; absent makes a new one.
    pub id: Option<TemplateId>,
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// The stage's role unless given.
    pub role: Option<RoleKey>,
    #[serde(default)]
    pub priority: Priority,
    #[serde(default = "yes")]
    pub required: bool,
    pub due_after_days: Option<i32>,
}
