//! How the domain's small types look in PostgreSQL: ids are `uuid`,
//! enumerations are `text` by the same words as in JSON (a test holds the two
//! against each other), and an [`Actor`] is a pair of columns.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Json, Jsonb, SingleValue, Text};
use std::borrow::Cow;
use std::io::Write;

use crate::domain::ids::{
    ApiKeyId, BatchId, BottleneckAlertId, CommandId, CommentId, DepartureId, ImportId, InstanceId,
    JamaahId, RoleId, SessionId, StageId, TaskId, TemplateId, TenantId, UserId,
};
use crate::domain::pipeline::bottleneck::{AlertState, Severity};
use crate::domain::pipeline::departure::DepartureState;
use crate::domain::pipeline::import::ImportState;
use crate::domain::pipeline::instance::InstanceState;
use crate::domain::pipeline::jamaah::{DepartureRisk, Sex, Status};
use crate::domain::pipeline::stage::{StageCategory, WipLimitKind};
use crate::domain::pipeline::task::{Priority, TaskStatus};
use crate::domain::pipeline::tenant::TenantKind;
use crate::domain::principal::{Actor, Permission};
use crate::domain::time::SlaCalendar;

/// An enumeration stored as text.
pub trait Word: Copy {
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($($name:ident { $($variant:ident => $text:literal),+ $(,)? })+) => {$(
        impl Word for $name {
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl FromSql<Text, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                $(if value.as_bytes() == $text.as_bytes() {
                    return Ok(Self::$variant);
                })+
                Err(concat!("unknown word for ", stringify!($name)).into())
            }
        }

        impl ToSql<Text, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                out.write_all(self.word().as_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl<ST: SingleValue, DB: Backend> Queryable<ST, DB> for $name
        where
            Self: FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        #[cfg(test)]
        impl tests::Words for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    )+

        #[cfg(test)]
        fn check_all_words() {
            $(tests::check::<$name>();)+
        }
    };
}

words! {
    TenantKind { Travel => "travel", Kitchen => "kitchen", Construction => "construction" }
    StageCategory {
        Document => "document", Government => "government", Travel => "travel",
        Logistics => "logistics", Custom => "custom",
    }
    WipLimitKind { Soft => "soft", Hard => "hard" }
    SlaCalendar { Calendar => "calendar", Working => "working", WorkingSaudi => "working_saudi" }
    DepartureState { Scheduled => "scheduled", Departed => "departed", Cancelled => "cancelled" }
    Sex { Male => "male", Female => "female" }
    Status {
        OnTrack => "on_track", AtRisk => "at_risk", Overdue => "overdue",
        Completed => "completed", Cancelled => "cancelled",
    }
    DepartureRisk { Unknown => "unknown", Low => "low", Medium => "medium", High => "high" }
    InstanceState {
        Waiting => "waiting", Active => "active", Completed => "completed", Skipped => "skipped",
    }
    TaskStatus {
        Pending => "pending", InProgress => "in_progress", Blocked => "blocked",
        Completed => "completed", Cancelled => "cancelled",
    }
    Priority { Low => "low", Normal => "normal", High => "high", Urgent => "urgent" }
    ImportState { Running => "running", Completed => "completed", Interrupted => "interrupted" }
    AlertState {
        ActiveUnack => "active_unack", ActiveAck => "active_ack",
        ClearedUnack => "cleared_unack", ClearedAck => "cleared_ack",
    }
    Severity { Low => "low", Medium => "medium", High => "high", Critical => "critical" }
    Permission {
        PipelineRead => "pipeline.read",
        DeparturesRead => "departures.read",
        TasksRead => "tasks.read",
        TasksReadAll => "tasks.read_all",
        TasksWork => "tasks.work",
        TasksStart => "tasks.start",
        TasksComplete => "tasks.complete",
        TasksBlock => "tasks.block",
        TasksReopen => "tasks.reopen",
        TasksComment => "tasks.comment",
        TasksWorkAll => "tasks.work_all",
        TasksWrite => "tasks.write",
        TasksCreate => "tasks.create",
        TasksEdit => "tasks.edit",
        TasksAssign => "tasks.assign",
        TasksCancel => "tasks.cancel",
        JamaahRead => "jamaah.read",
        JamaahWrite => "jamaah.write",
        JamaahManage => "jamaah.manage",
        JamaahAdvance => "jamaah.advance",
        JamaahMove => "jamaah.move",
        JamaahHold => "jamaah.hold",
        JamaahCancel => "jamaah.cancel",
        StagesWrite => "stages.write",
        BottlenecksAcknowledge => "bottlenecks.acknowledge",
        DeparturesWrite => "departures.write",
        ImportsWrite => "imports.write",
        ExportsRead => "exports.read",
        AuditRead => "audit.read",
        UsersAdmin => "users.admin",
    }
    ActorKind { User => "user", ApiKey => "api_key", System => "system" }
}

macro_rules! ids {
    ($($name:ident),* $(,)?) => {$(
        impl FromSql<diesel::sql_types::Uuid, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                FromSql::<diesel::sql_types::Uuid, Pg>::from_sql(value).map(Self)
            }
        }

        impl ToSql<diesel::sql_types::Uuid, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                ToSql::<diesel::sql_types::Uuid, Pg>::to_sql(&self.0, out)
            }
        }

        impl<ST: SingleValue, DB: Backend> Queryable<ST, DB> for $name
        where
            Self: FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    )*};
}

ids! {
    TenantId, UserId, ApiKeyId, SessionId, RoleId, StageId, TemplateId, DepartureId, JamaahId,
    InstanceId, TaskId, CommentId, ImportId, BottleneckAlertId, CommandId, BatchId,
}

/// Which kind of principal; the first of the two columns that hold an [`Actor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    User,
    ApiKey,
    System,
}

pub fn actor_kind(actor: Actor) -> ActorKind {
    match actor {
        Actor::User(_) => ActorKind::User,
        Actor::ApiKey(_) => ActorKind::ApiKey,
        Actor::System => ActorKind::System,
    }
}

pub fn actor_id(actor: Actor) -> Option<uuid::Uuid> {
    match actor {
        Actor::User(id) => Some(id.0),
        Actor::ApiKey(id) => Some(id.0),
        Actor::System => None,
    }
}

/// The actor of two columns. A user or key without an id cannot be stored, so
/// it is not asked about here.
pub fn actor(kind: ActorKind, id: Option<uuid::Uuid>) -> Actor {
    match (kind, id) {
        (ActorKind::User, Some(id)) => Actor::User(UserId(id)),
        (ActorKind::ApiKey, Some(id)) => Actor::ApiKey(ApiKeyId(id)),
        _ => Actor::System,
    }
}

/// JSON that is text already: written and read as it is.
#[derive(Clone, Debug)]
pub struct JsonText<'a>(pub Cow<'a, str>);

impl ToSql<Json, Pg> for JsonText<'_> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<Jsonb, Pg> for JsonText<'_> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        // the version of jsonb's binary form
        out.write_all(&[1])?;
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Json, Pg> for JsonText<'static> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Cow::Owned(
            std::str::from_utf8(value.as_bytes())?.to_owned(),
        )))
    }
}

impl FromSql<Jsonb, Pg> for JsonText<'static> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match value.as_bytes().split_first() {
            Some((1, text)) => Ok(Self(Cow::Owned(std::str::from_utf8(text)?.to_owned()))),
            _ => Err("unknown version of jsonb".into()),
        }
    }
}

impl<ST: SingleValue, DB: Backend> Queryable<ST, DB> for JsonText<'static>
where
    Self: FromSql<ST, DB>,
{
    type Row = Self;
    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub trait Words: Word + serde::Serialize + 'static {
        const ALL: &'static [Self];
    }

    pub fn check<T: Words>() {
        for value in T::ALL {
            assert_eq!(serde_json::to_value(value).unwrap(), value.word());
        }
    }

    #[test]
    fn words_are_those_of_json() {
        check_all_words();
    }
}
