//! Commands about jamaah: registration, and decisions about their way.

use std::sync::Arc;

use super::{Desk, check_version};
use crate::domain::ids::{JamaahId, StageId};
use crate::domain::pipeline::change::{Change, EventKind, Row};
use crate::domain::pipeline::command::{JamaahChanges, NewJamaah};
use crate::domain::pipeline::departure::DepartureState;
use crate::domain::pipeline::instance::{InstanceState, StageInstance};
use crate::domain::pipeline::jamaah::{Jamaah, JamaahStatus, MAX_AGE_YEARS};
use crate::domain::pipeline::refusal::{Fields, Refusal};
use crate::domain::pipeline::state::Pilgrim;
use crate::domain::pipeline::status::opens_at;
use crate::domain::pipeline::transition::{MAX_TEXT, check_text};

impl Desk<'_> {
    pub(super) fn register_jamaah(&mut self, new: &NewJamaah) -> Result<JamaahId, Refusal> {
        let now = self.now();
        let jamaah = Jamaah {
            id: self.id(),
            name: Arc::from(new.name.trim()),
            passport_number: normal_passport(&new.passport_number),
            birth_date: new.birth_date,
            sex: new.sex,
            nationality: new.nationality.clone(),
            passport_expiry: new.passport_expiry,
            package: new.package.clone(),
            departure_id: new.departure_id,
            phone: new.phone.clone(),
            agent: new.agent.clone(),
            notes: new.notes.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.check_jamaah(&jamaah)?;
        let pipeline = self.state.latest_pipeline().cloned().ok_or_else(|| {
            Refusal::Validation(Fields::one("stages", "the pipeline has no stages yet"))
        })?;
        let id = jamaah.id;
        let departure_date = self
            .state
            .departure(jamaah.departure_id)
            .map(|departure| departure.departure_date)
            .ok_or(Refusal::NotFound { what: "departure" })?;
        let mut place = JamaahStatus::registered(&jamaah);
        place.pipeline_version = pipeline.version;
        place.departure_date = departure_date;
        self.record(
            EventKind::JamaahRegistered,
            None,
            Row::Jamaah(Arc::new(jamaah)),
        );
        self.state.put(&Row::JamaahStatus(Arc::new(place)));
        for stage in &pipeline.stages {
            let instance = self.new_instance(id, stage.id, departure_date);
            self.state.put(&Row::StageInstance(Arc::new(instance)));
        }
        let registered = self.changes.len();
        self.follow(id);
        self.fold_instances(id, registered);
        Ok(id)
    }

    /// One event for each new instance, as it stands after the command that
    /// made it, whether or not it opened at once.
    fn fold_instances(&mut self, id: JamaahId, registered: usize) {
        let followed = self.changes.split_off(registered);
        let path = self
            .state
            .pilgrim(id)
            .map(|p| p.path.clone())
            .unwrap_or_default();
        for instance in path {
            let mut row = StageInstance::clone(&instance);
            row.version = 1;
            let kind = match row.state {
                InstanceState::Active => EventKind::StageInstanceActivated,
                _ => EventKind::StageInstanceCreated,
            };
            self.record(kind, None, Row::StageInstance(Arc::new(row)));
        }
        let is_instance = |change: &Change| matches!(&change.after, Row::StageInstance(row) if row.jamaah_id == id);
        self.changes
            .extend(followed.into_iter().filter(|change| !is_instance(change)));
    }

    pub(super) fn new_instance(
        &mut self,
        jamaah_id: JamaahId,
        stage_id: StageId,
        departure: chrono::NaiveDate,
    ) -> StageInstance {
        let zone = self.state.tenant.zone;
        let stage = self.state.stage(stage_id);
        StageInstance {
            opens_at: stage.and_then(|stage| opens_at(stage, departure, zone)),
            id: self.id(),
            jamaah_id,
            stage_id,
            state: InstanceState::Waiting,
            entered_at: self.now(),
            started_at: None,
            due_at: None,
            paused_since: None,
            paused_seconds: 0,
            completed_at: None,
            completed_by: None,
            reason: None,
            version: 1,
        }
    }

    /// What must hold for a jamaah, new or edited. A passport may be booked
    /// on several departures, but only once on each.
    fn check_jamaah(&self, jamaah: &Jamaah) -> Result<(), Refusal> {
        check_text("name", &jamaah.name, 1, 200)?;
        for (field, text) in [
            ("nationality", &jamaah.nationality),
            ("package", &jamaah.package),
            ("phone", &jamaah.phone),
            ("agent", &jamaah.agent),
        ] {
            if let Some(text) = text {
                check_text(field, text, 0, 200)?;
            }
        }
        if let Some(notes) = &jamaah.notes {
            check_text("notes", notes, 0, MAX_TEXT)?;
        }
        let mut fields = Fields::default();
        let passport = &jamaah.passport_number;
        let alphanumeric = passport
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if !(5..=20).contains(&passport.len()) || !alphanumeric {
            fields.add("passport_number", "must be 5 to 20 letters and digits");
        }
        let today = self.state.tenant.zone.date_of(self.now());
        match today.years_since(jamaah.birth_date) {
            None => fields.add("birth_date", "must not be in the future"),
            Some(age) if age > MAX_AGE_YEARS => {
                fields.add(
                    "birth_date",
                    format!("must be at most {MAX_AGE_YEARS} years ago"),
                );
            }
            Some(_) => {}
        }
        match self.state.departure(jamaah.departure_id) {
            None => fields.add("departure_id", "no such departure"),
            Some(departure) if departure.state != DepartureState::Scheduled => {
                let known = self.state.pilgrim(jamaah.id);
                if known.is_none_or(|p| p.jamaah.departure_id != departure.id) {
                    fields.add("departure_id", "the departure is closed");
                }
            }
            Some(_) => {}
        }
        fields.check()?;
        let twin = self.state.by_passport(passport).iter().find(|id| {
            **id != jamaah.id
                && self.state.pilgrim(**id).is_some_and(|other| {
                    other.jamaah.departure_id == jamaah.departure_id
                        && other.status.cancel_reason.is_none()
                })
        });
        match twin {
            Some(twin) => Err(Refusal::Duplicate {
                field: "passport_number",
                existing: twin.0,
            }),
            None => Ok(()),
        }
    }

    pub(super) fn update_jamaah(
        &mut self,
        id: JamaahId,
        expected: Option<i32>,
        changes: &JamaahChanges,
    ) -> Result<(), Refusal> {
        let pilgrim = self.pilgrim(id)?;
        let before = pilgrim.jamaah.clone();
        check_version(expected, before.version, || Row::Jamaah(before.clone()))?;
        let mut next = Jamaah::clone(&before);
        changes.apply(&mut next);
        self.check_jamaah(&next)?;
        self.put_jamaah(&pilgrim, next);
        Ok(())
    }

    /// Records an edited jamaah; a new departure moves windows and due dates.
    pub(super) fn put_jamaah(&mut self, pilgrim: &Pilgrim, mut next: Jamaah) {
        let before = pilgrim.jamaah.clone();
        if next == *before {
            return;
        }
        next.version += 1;
        next.updated_at = self.now();
        let moved = next.departure_id != before.departure_id;
        let id = next.id;
        self.record(
            EventKind::JamaahUpdated,
            Some(Row::Jamaah(before)),
            Row::Jamaah(Arc::new(next)),
        );
        if moved {
            self.reschedule(id);
        }
        self.follow(id);
    }

    /// Windows and due dates anew, after the departure or the pipeline changed.
    pub(super) fn reschedule(&mut self, id: JamaahId) {
        let Some(pilgrim) = self.state.pilgrim(id).cloned() else {
            return;
        };
        let Some(pipeline) = self
            .state
            .pipeline(pilgrim.status.pipeline_version)
            .cloned()
        else {
            return;
        };
        let departure = self.departure_date(&pilgrim);
        let zone = self.state.tenant.zone;
        for stage in &pipeline.stages {
            let Some(instance) = pilgrim.instance(stage.id).filter(|i| !i.state.is_done()) else {
                continue;
            };
            let mut next = StageInstance::clone(instance);
            next.opens_at = opens_at(stage, departure, zone);
            self.change_due(&pilgrim, stage, instance, next);
        }
    }

    pub(super) fn advance(
        &mut self,
        id: JamaahId,
        expected: Option<i32>,
        stage_id: Option<StageId>,
        reason: &Arc<str>,
    ) -> Result<(), Refusal> {
        let pilgrim = self.decidable(id, expected, reason)?;
        let stage_id = stage_id.or(pilgrim.status.current_stage_id);
        let instance = stage_id.and_then(|stage| pilgrim.instance(stage)).cloned();
        let Some(instance) = instance else {
            return Err(Refusal::Validation(Fields::one(
                "stage_id",
                "is not on this jamaah's path",
            )));
        };
        if instance.state.is_done() {
            return Err(Refusal::InvalidTransition {
                what: "stage",
                from: "done".to_owned(),
                to: "completed".to_owned(),
            });
        }
        self.complete_instance(&instance, InstanceState::Completed, Some(reason));
        self.cancel_tasks(&pilgrim, Some(instance.stage_id));
        self.follow(id);
        self.attest(&pilgrim);
        Ok(())
    }

    pub(super) fn move_to(
        &mut self,
        id: JamaahId,
        expected: Option<i32>,
        stage_id: StageId,
        reason: &Arc<str>,
    ) -> Result<(), Refusal> {
        let pilgrim = self.decidable(id, expected, reason)?;
        let Some(target) = pilgrim.path.iter().position(|i| i.stage_id == stage_id) else {
            return Err(Refusal::Validation(Fields::one(
                "stage_id",
                "is not on this jamaah's path",
            )));
        };
        for (place, instance) in pilgrim.path.iter().enumerate() {
            if place < target && !instance.state.is_done() {
                self.complete_instance(instance, InstanceState::Skipped, Some(reason));
                self.cancel_tasks(&pilgrim, Some(instance.stage_id));
            } else if place >= target && (instance.state.is_done() || place == target) {
                self.cancel_tasks(&pilgrim, Some(instance.stage_id));
                self.start_over(instance, reason);
            }
        }
        self.follow(id);
        self.attest(&pilgrim);
        Ok(())
    }

    /// Back to waiting, as on the day of registration; its tasks are made
    /// afresh when it opens again.
    fn start_over(&mut self, instance: &Arc<StageInstance>, reason: &Arc<str>) {
        let mut next = StageInstance::clone(instance);
        next.state = InstanceState::Waiting;
        next.entered_at = self.now();
        next.started_at = None;
        next.due_at = None;
        next.paused_since = None;
        next.paused_seconds = 0;
        next.completed_at = None;
        next.completed_by = None;
        next.reason = Some(reason.clone());
        next.version += 1;
        self.record(
            EventKind::StageInstanceReopened,
            Some(Row::StageInstance(instance.clone())),
            Row::StageInstance(Arc::new(next)),
        );
    }

    pub(super) fn hold(
        &mut self,
        id: JamaahId,
        expected: Option<i32>,
        reason: Option<&Arc<str>>,
    ) -> Result<(), Refusal> {
        let pilgrim = self.pilgrim(id)?;
        check_place(&pilgrim, expected)?;
        if let Some(reason) = reason {
            check_text("reason", reason, 1, MAX_TEXT)?;
        }
        let was = if pilgrim.status.on_hold {
            "on_hold"
        } else {
            state_name(&pilgrim.status)
        };
        if pilgrim.status.on_hold == reason.is_some() || !pilgrim.status.status.is_active() {
            let to = if reason.is_some() {
                "on_hold"
            } else {
                "resumed"
            };
            return Err(Refusal::InvalidTransition {
                what: "jamaah",
                from: was.into(),
                to: to.into(),
            });
        }
        let mut held = JamaahStatus::clone(&pilgrim.status);
        held.hold_reason = reason.cloned();
        held.on_hold = reason.is_some();
        self.decide_status(&pilgrim, held);
        Ok(())
    }

    pub(super) fn cancel_jamaah(
        &mut self,
        id: JamaahId,
        expected: Option<i32>,
        reason: &Arc<str>,
    ) -> Result<(), Refusal> {
        let pilgrim = self.decidable(id, expected, reason)?;
        let mut cancelled = JamaahStatus::clone(&pilgrim.status);
        cancelled.cancel_reason = Some(reason.clone());
        cancelled.hold_reason = None;
        cancelled.on_hold = false;
        self.decide_status(&pilgrim, cancelled);
        self.cancel_tasks(&pilgrim, None);
        Ok(())
    }

    /// Records a status whose flags were set by a manager, judged in one go.
    pub(super) fn decide_status(&mut self, pilgrim: &Pilgrim, decided: JamaahStatus) {
        self.state.put(&Row::JamaahStatus(Arc::new(decided)));
        let Some(marked) = self.state.pilgrim(pilgrim.jamaah.id).cloned() else {
            return;
        };
        let mut next = crate::domain::pipeline::status::evaluate(self.state, &marked, self.now());
        next.version += 1;
        next.updated_at = self.now();
        self.record(
            EventKind::JamaahStatusChanged,
            Some(Row::JamaahStatus(pilgrim.status.clone())),
            Row::JamaahStatus(Arc::new(next)),
        );
    }

    /// A jamaah about whose way a manager may still decide, with a reason given.
    fn decidable(
        &self,
        id: JamaahId,
        expected: Option<i32>,
        reason: &str,
    ) -> Result<Arc<Pilgrim>, Refusal> {
        let pilgrim = self.pilgrim(id)?;
        check_place(&pilgrim, expected)?;
        check_text("reason", reason, 1, MAX_TEXT)?;
        if pilgrim.status.cancel_reason.is_some() {
            return Err(Refusal::InvalidTransition {
                what: "jamaah",
                from: "cancelled".to_owned(),
                to: "active".to_owned(),
            });
        }
        Ok(pilgrim)
    }

    /// A manager's decision always leaves a new status row, even where it
    /// changed nothing else about it: it is what the command answers with.
    fn attest(&mut self, pilgrim: &Pilgrim) {
        let Some(now) = self.state.pilgrim(pilgrim.jamaah.id).cloned() else {
            return;
        };
        if now.status.version == pilgrim.status.version {
            self.decide_status(&now, JamaahStatus::clone(&now.status));
        }
    }
}

impl JamaahChanges {
    pub fn apply(&self, jamaah: &mut Jamaah) {
        fn set<T: Clone>(field: &mut T, change: Option<&T>) {
            if let Some(value) = change {
                *field = value.clone();
            }
        }
        let name: Option<Arc<str>> = self.name.as_ref().map(|name| Arc::from(name.trim()));
        set(&mut jamaah.name, name.as_ref());
        let passport = self.passport_number.as_deref().map(normal_passport);
        set(&mut jamaah.passport_number, passport.as_ref());
        set(&mut jamaah.birth_date, self.birth_date.as_ref());
        set(&mut jamaah.sex, self.sex.as_ref());
        set(&mut jamaah.nationality, self.nationality.as_ref());
        set(&mut jamaah.passport_expiry, self.passport_expiry.as_ref());
        set(&mut jamaah.package, self.package.as_ref());
        set(&mut jamaah.departure_id, self.departure_id.as_ref());
        set(&mut jamaah.phone, self.phone.as_ref());
        set(&mut jamaah.agent, self.agent.as_ref());
        set(&mut jamaah.notes, self.notes.as_ref());
    }
}

/// Decisions about the way go by the version of the status row.
fn check_place(pilgrim: &Pilgrim, expected: Option<i32>) -> Result<(), Refusal> {
    let status = &pilgrim.status;
    check_version(expected, status.version, || {
        Row::JamaahStatus(status.clone())
    })
}

fn normal_passport(text: &str) -> Arc<str> {
    let significant = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'));
    Arc::from(significant.collect::<String>().to_uppercase())
}

fn state_name(status: &JamaahStatus) -> &'static str {
    use crate::domain::pipeline::jamaah::Status;
    match status.status {
        Status::OnTrack => "on_track",
        Status::AtRisk => "at_risk",
        Status::Overdue => "overdue",
        Status::Completed => "completed",
        Status::Cancelled => "cancelled",
    }
}
