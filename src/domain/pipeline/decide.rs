//! Commands become changes here: `state + command + now → changes, or a refusal`.
//!
//! A [`Desk`] carries out one command on a working state. What follows from a
//! change (a stage is finished, others open, new tasks appear, the status of
//! the jamaah moves) is decided in the same breath by `follow`, and belongs to
//! the same command. The first change is the row that the command was about.

mod alerts;
mod departures;
mod follow;
mod importing;
mod jamaah;
mod review;
mod stages;
mod tasks;

use std::sync::Arc;

use super::change::{Change, EventKind, Row};
use super::command::Command;
use super::refusal::Refusal;
use super::state::{Pilgrim, State};
use crate::domain::ids::{IdSource, JamaahId};
use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;

pub use importing::{Standing, standing};
pub use stages::{TEMPLATES, from_template};

/// What the rules need besides the state: who asks, when, and new ids.
pub struct Context<'a> {
    pub principal: &'a Principal,
    pub now: Timestamp,
    pub ids: &'a mut IdSource,
}

/// Carries out `command` on `state`, which afterwards holds its changes; when
/// it is refused, the state is as it was.
pub fn decide(
    state: &mut State,
    command: &Command,
    context: Context<'_>,
) -> Result<Vec<Change>, Refusal> {
    // a task's command is checked in full before anything is put
    let before = (!matches!(command, Command::Task { .. })).then(|| state.clone());
    let mut desk = Desk {
        state,
        context,
        changes: Vec::new(),
    };
    match desk.carry_out(command) {
        Ok(()) => Ok(desk.changes),
        Err(refusal) => {
            if let Some(before) = before {
                *state = before;
            }
            Err(refusal)
        }
    }
}

struct Desk<'a> {
    state: &'a mut State,
    context: Context<'a>,
    changes: Vec<Change>,
}

impl Desk<'_> {
    fn carry_out(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::Task {
                id,
                expected,
                action,
            } => self.act_on_task(*id, *expected, action),
            Command::CreateTask(new) => self.create_task(new),
            Command::Comment { task_id, body } => self.comment(*task_id, body),

            Command::RegisterJamaah(new) => self.register_jamaah(new).map(drop),
            Command::UpdateJamaah {
                id,
                expected,
                changes,
            } => self.update_jamaah(*id, *expected, changes),
            Command::Advance {
                id,
                expected,
                stage_id,
                reason,
            } => self.advance(*id, *expected, *stage_id, reason),
            Command::Move {
                id,
                expected,
                stage_id,
                reason,
            } => self.move_to(*id, *expected, *stage_id, reason),
            Command::Hold {
                id,
                expected,
                reason,
            } => self.hold(*id, *expected, Some(reason)),
            Command::Resume { id, expected } => self.hold(*id, *expected, None),
            Command::CancelJamaah {
                id,
                expected,
                reason,
            } => self.cancel_jamaah(*id, *expected, reason),
            Command::ImportPeople { people } => self.import_people(people),
            Command::RecordImport { import } => self.record_import(import),

            Command::CreateDeparture(new) => self.create_departure(new).map(drop),
            Command::UpdateDeparture {
                id,
                expected,
                changes,
            } => self.update_departure(*id, *expected, changes),

            Command::InstallPipeline { stages } => self.install_pipeline(stages),
            Command::CreateStage(settings) => self.create_stage(settings),
            Command::UpdateStage {
                id,
                expected,
                settings,
            } => self.update_stage(*id, *expected, settings),
            Command::RetireStage { id, expected } => self.retire_stage(*id, *expected),
            Command::OrderStages { stage_ids } => self.order_stages(stage_ids),
            Command::SetTemplates {
                id,
                expected,
                templates,
            } => self.set_templates(*id, *expected, templates),
            Command::ApplyPipeline { jamaah_ids } => self.apply_pipeline(jamaah_ids.as_deref()),

            Command::AcknowledgeBottleneck { id, expected } => {
                self.acknowledge_alert(*id, *expected)
            }

            Command::KeepAlerts { rulings, reminders } => self.keep_alerts(rulings, reminders),
            Command::Review { jamaah_ids } => self.review(jamaah_ids),
            Command::RenewBaselines => self.renew_baselines(),
        }
    }

    fn now(&self) -> Timestamp {
        self.context.now
    }

    /// Notes a change and makes it true in the working state.
    fn record(&mut self, kind: EventKind, before: Option<Row>, after: Row) {
        self.state.put(&after);
        let about = match &after {
            Row::JamaahStatus(row) => Some(row.jamaah_id),
            Row::StageInstance(row) => Some(row.jamaah_id),
            Row::Task(row) => Some(row.jamaah_id),
            _ => None,
        };
        self.changes.push(Change {
            kind,
            before,
            after,
            on: None,
            agent: about.and_then(|id| self.state.agent_of(id)).cloned(),
        });
    }

    fn id<T: From<uuid::Uuid>>(&mut self) -> T {
        self.context.ids.next(self.context.now)
    }

    fn pilgrim(&self, id: JamaahId) -> Result<Arc<Pilgrim>, Refusal> {
        self.state
            .pilgrim(id)
            .cloned()
            .ok_or(Refusal::NotFound { what: "jamaah" })
    }
}

/// The caller has seen the row as it is, or did not say.
fn check_version(
    expected: Option<i32>,
    version: i32,
    row: impl FnOnce() -> Row,
) -> Result<(), Refusal> {
    if expected.is_none_or(|expected| expected == version) {
        return Ok(());
    }
    Err(Refusal::VersionConflict {
        current: Box::new(row()),
    })
}

#[cfg(test)]
mod tests;
