//! The state that a tenant's log leads to, held in persistent maps: a clone
//! costs next to nothing and shares everything, so that the committed state,
//! the one that commands are checked against, and those that readers hold can
//! stand side by side.

mod load;

pub use load::Rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::bottleneck::BottleneckAlert;
use super::change::Row;
use super::departure::Departure;
use super::instance::{InstanceState, StageInstance};
use super::jamaah::{Jamaah, JamaahStatus};
use super::stage::{PipelineVersion, Stage};
use super::task::Task;
use super::tenant::Tenant;
use crate::domain::ids::{BottleneckAlertId, DepartureId, JamaahId, StageId, TaskId};
use crate::domain::reach::Place;
use crate::domain::time::Timestamp;

type Map<K, V> = imbl::GenericHashMap<K, V, ahash::RandomState, imbl::shared_ptr::DefaultSharedPtr>;

/// Where a task lives in [`State`]: stable until a task is removed.
pub type Slot = u32;

/// A jamaah with everything about them that is hot.
#[derive(Clone, Debug)]
pub struct Pilgrim {
    pub jamaah: Arc<Jamaah>,
    pub status: Arc<JamaahStatus>,
    /// In the order of the pipeline they are on.
    pub path: Vec<Arc<StageInstance>>,
    /// In the order they were made.
    pub tasks: Vec<Slot>,
}

impl Pilgrim {
    pub fn instance(&self, stage: StageId) -> Option<&Arc<StageInstance>> {
        self.path.iter().find(|instance| instance.stage_id == stage)
    }

    /// When the first of the stages that are active is due, if any is.
    pub fn due_at(&self) -> Option<Timestamp> {
        let active = self
            .path
            .iter()
            .filter(|instance| instance.state == InstanceState::Active);
        active.filter_map(|instance| instance.due_at).min()
    }
}

#[derive(Clone, Debug)]
pub struct State {
    pub tenant: Arc<Tenant>,
    /// Number of the last event in this state.
    pub head: i64,
    /// Nothing that is held here has changed after this one: what else is told in
    /// the log (rights, exports) moves the head alone.
    pub content: i64,
    stages: Arc<BTreeMap<StageId, Arc<Stage>>>,
    versions: Arc<BTreeMap<i32, Arc<PipelineVersion>>>,
    departures: Map<DepartureId, Arc<Departure>>,
    departure_keys: Map<(Arc<str>, NaiveDate), DepartureId>,
    pilgrims: Map<JamaahId, Arc<Pilgrim>>,
    passports: Map<Arc<str>, Arc<[JamaahId]>>,
    slots: Map<TaskId, Slot>,
    tasks: imbl::Vector<Arc<Task>>,
    alerts: Map<BottleneckAlertId, Arc<BottleneckAlert>>,
    active_alerts: Map<StageId, BottleneckAlertId>,
}

impl State {
    pub fn empty(tenant: Arc<Tenant>) -> Self {
        Self {
            tenant,
            head: 0,
            content: 0,
            stages: Arc::default(),
            versions: Arc::default(),
            departures: Map::default(),
            departure_keys: Map::default(),
            pilgrims: Map::default(),
            passports: Map::default(),
            slots: Map::default(),
            tasks: imbl::Vector::new(),
            alerts: Map::default(),
            active_alerts: Map::default(),
        }
    }

    /// All rows that lead to this state, those that others refer to first.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        let stages = self.stages.values().cloned().map(Row::Stage);
        let versions = self.versions.values().cloned().map(Row::PipelineVersion);
        let departures = self.departures.values().cloned().map(Row::Departure);
        let people = self.pilgrims.values();
        let people = people.map(|pilgrim| Row::Jamaah(pilgrim.jamaah.clone()));
        let places = self.pilgrims.values().flat_map(|pilgrim| {
            let path = pilgrim.path.iter().cloned().map(Row::StageInstance);
            std::iter::once(Row::JamaahStatus(pilgrim.status.clone())).chain(path)
        });
        let tasks = self.tasks.iter().cloned().map(Row::Task);
        stages
            .chain(versions)
            .chain(departures)
            .chain(people)
            .chain(places)
            .chain(tasks)
    }

    pub fn stage(&self, id: StageId) -> Option<&Arc<Stage>> {
        self.stages.get(&id)
    }

    /// All stages, retired ones too, by position.
    pub fn stages(&self) -> Vec<&Arc<Stage>> {
        let mut stages: Vec<_> = self.stages.values().collect();
        stages.sort_by_key(|stage| (stage.position, stage.id));
        stages
    }

    /// Stages that take people in, by position.
    pub fn active_stages(&self) -> Vec<&Arc<Stage>> {
        let mut stages = self.stages();
        stages.retain(|stage| stage.active);
        stages
    }

    pub fn pipeline(&self, version: i32) -> Option<&Arc<PipelineVersion>> {
        self.versions.get(&version)
    }

    /// The version that new jamaah are registered on.
    pub fn latest_pipeline(&self) -> Option<&Arc<PipelineVersion>> {
        self.versions.last_key_value().map(|(_, version)| version)
    }

    pub fn departure(&self, id: DepartureId) -> Option<&Arc<Departure>> {
        self.departures.get(&id)
    }

    pub fn departures(&self) -> impl Iterator<Item = &Arc<Departure>> {
        self.departures.values()
    }

    pub fn departure_by_key(&self, code: &Arc<str>, date: NaiveDate) -> Option<&Arc<Departure>> {
        self.departures
            .get(self.departure_keys.get(&(code.clone(), date))?)
    }

    pub fn pilgrim(&self, id: JamaahId) -> Option<&Arc<Pilgrim>> {
        self.pilgrims.get(&id)
    }

    /// Of a jamaah, if they have one.
    pub fn agent_of(&self, id: JamaahId) -> Option<&Arc<str>> {
        self.pilgrim(id)?.jamaah.agent.as_ref()
    }

    /// Where a task is, for whoever asks what may be done with it.
    pub fn place<'a>(&'a self, task: &'a Task) -> Place<'a> {
        Place::of(task, self.agent_of(task.jamaah_id).map(|agent| &**agent))
    }

    pub fn pilgrims(&self) -> impl Iterator<Item = &Arc<Pilgrim>> {
        self.pilgrims.values()
    }

    pub fn pilgrim_count(&self) -> usize {
        self.pilgrims.len()
    }

    /// Jamaah with this passport; one person may travel more than once.
    pub fn by_passport(&self, passport: &Arc<str>) -> &[JamaahId] {
        self.passports.get(passport).map_or(&[], |ids| ids)
    }

    pub fn slot(&self, id: TaskId) -> Option<Slot> {
        self.slots.get(&id).copied()
    }

    pub fn task(&self, id: TaskId) -> Option<&Arc<Task>> {
        self.task_at(self.slot(id)?)
    }

    pub fn task_at(&self, slot: Slot) -> Option<&Arc<Task>> {
        self.tasks.get(usize::try_from(slot).ok()?)
    }

    /// All hot tasks in the order of their slots, which run from 0 without a hole.
    pub fn tasks(&self) -> impl Iterator<Item = &Arc<Task>> {
        self.tasks.iter()
    }

    pub fn task_count(&self) -> usize {
        self.tasks.len()
    }

    /// The tasks of one jamaah in one stage.
    pub fn tasks_of(&self, pilgrim: &Pilgrim, stage: StageId) -> impl Iterator<Item = &Arc<Task>> {
        pilgrim
            .tasks
            .iter()
            .filter_map(|slot| self.task_at(*slot))
            .filter(move |task| task.stage_id == stage)
    }

    /// Alerts that are active, or not acknowledged, or were cleared lately.
    pub fn alerts(&self) -> impl Iterator<Item = &Arc<BottleneckAlert>> {
        self.alerts.values()
    }

    pub fn alert(&self, id: BottleneckAlertId) -> Option<&Arc<BottleneckAlert>> {
        self.alerts.get(&id)
    }

    pub fn active_alert(&self, stage: StageId) -> Option<&Arc<BottleneckAlert>> {
        self.alert(*self.active_alerts.get(&stage)?)
    }

    /// Puts a row where it belongs, new or changed. Rows that refer to a
    /// jamaah who is not hot are left out.
    pub fn put(&mut self, row: &Row) {
        match row {
            Row::Stage(stage) => {
                Arc::make_mut(&mut self.stages).insert(stage.id, stage.clone());
            }
            Row::PipelineVersion(version) => {
                Arc::make_mut(&mut self.versions).insert(version.version, version.clone());
            }
            Row::Departure(departure) => self.put_departure(departure),
            Row::Jamaah(jamaah) => self.put_jamaah(jamaah),
            Row::JamaahStatus(status) => {
                if let Some(pilgrim) = self.pilgrims.get_mut(&status.jamaah_id) {
                    Arc::make_mut(pilgrim).status = status.clone();
                }
            }
            Row::StageInstance(instance) => self.put_instance(instance),
            Row::Task(task) => self.put_task(task),
            Row::BottleneckAlert(alert) => self.put_alert(alert),
            // not held in memory
            Row::Comment(_) | Row::Import(_) | Row::Access(_) | Row::Audit(_) => {}
        }
    }

    fn put_alert(&mut self, alert: &Arc<BottleneckAlert>) {
        if alert.state.is_active() {
            self.active_alerts.insert(alert.stage_id, alert.id);
        } else if self.active_alerts.get(&alert.stage_id) == Some(&alert.id) {
            self.active_alerts.remove(&alert.stage_id);
        }
        self.alerts.insert(alert.id, alert.clone());
    }

    fn put_departure(&mut self, departure: &Arc<Departure>) {
        if let Some(before) = self.departures.get(&departure.id) {
            let key = (before.code.clone(), before.departure_date);
            self.departure_keys.remove(&key);
        }
        let key = (departure.code.clone(), departure.departure_date);
        self.departure_keys.insert(key, departure.id);
        self.departures.insert(departure.id, departure.clone());
    }

    fn put_jamaah(&mut self, jamaah: &Arc<Jamaah>) {
        let before = self.pilgrims.get(&jamaah.id).map(|p| p.jamaah.clone());
        let passport_before = before.as_ref().map(|before| &before.passport_number);
        if passport_before != Some(&jamaah.passport_number) {
            if let Some(before) = &before {
                self.forget_passport(before);
            }
            let passport = &jamaah.passport_number;
            let ids = self
                .by_passport(passport)
                .iter()
                .copied()
                .chain([jamaah.id])
                .collect();
            self.passports.insert(passport.clone(), ids);
        }
        match self.pilgrims.get_mut(&jamaah.id) {
            Some(pilgrim) => Arc::make_mut(pilgrim).jamaah = jamaah.clone(),
            None => {
                let pilgrim = Pilgrim {
                    jamaah: jamaah.clone(),
                    status: Arc::new(JamaahStatus::registered(jamaah)),
                    path: Vec::new(),
                    tasks: Vec::new(),
                };
                self.pilgrims.insert(jamaah.id, Arc::new(pilgrim));
            }
        }
    }

    fn put_instance(&mut self, instance: &Arc<StageInstance>) {
        let Some(pilgrim) = self.pilgrims.get_mut(&instance.jamaah_id) else {
            return;
        };
        let pilgrim = Arc::make_mut(pilgrim);
        match pilgrim
            .path
            .iter_mut()
            .find(|known| known.id == instance.id)
        {
            Some(known) => *known = instance.clone(),
            None => pilgrim.path.push(instance.clone()),
        }
    }

    fn put_task(&mut self, task: &Arc<Task>) {
        if let Some(slot) = self.slot(task.id) {
            if let Some(place) = usize::try_from(slot)
                .ok()
                .and_then(|at| self.tasks.get_mut(at))
            {
                *place = task.clone();
            }
            return;
        }
        let Some(pilgrim) = self.pilgrims.get_mut(&task.jamaah_id) else {
            return;
        };
        let Ok(slot) = Slot::try_from(self.tasks.len()) else {
            return;
        };
        Arc::make_mut(pilgrim).tasks.push(slot);
        self.tasks.push_back(task.clone());
        self.slots.insert(task.id, slot);
    }

    /// Takes a row out as if it had never been; what refers to it has to go as
    /// well. The last slot's task moves into the place of one that goes.
    pub fn remove(&mut self, row: &Row) {
        match row {
            Row::Stage(stage) => {
                Arc::make_mut(&mut self.stages).remove(&stage.id);
            }
            Row::PipelineVersion(version) => {
                Arc::make_mut(&mut self.versions).remove(&version.version);
            }
            Row::Departure(departure) => {
                let key = (departure.code.clone(), departure.departure_date);
                self.departure_keys.remove(&key);
                self.departures.remove(&departure.id);
            }
            Row::Jamaah(jamaah) => {
                self.forget_passport(jamaah);
                self.pilgrims.remove(&jamaah.id);
            }
            Row::StageInstance(instance) => {
                if let Some(pilgrim) = self.pilgrims.get_mut(&instance.jamaah_id) {
                    let path = &mut Arc::make_mut(pilgrim).path;
                    path.retain(|known| known.id != instance.id);
                }
            }
            Row::Task(task) => self.remove_task(task),
            Row::BottleneckAlert(alert) => {
                self.alerts.remove(&alert.id);
                if self.active_alerts.get(&alert.stage_id) == Some(&alert.id) {
                    self.active_alerts.remove(&alert.stage_id);
                }
            }
            // there as long as the jamaah; or not held in memory
            Row::JamaahStatus(_)
            | Row::Comment(_)
            | Row::Import(_)
            | Row::Access(_)
            | Row::Audit(_) => {}
        }
    }

    fn remove_task(&mut self, task: &Task) {
        let Some(slot) = self.slots.remove(&task.id) else {
            return;
        };
        if let Some(pilgrim) = self.pilgrims.get_mut(&task.jamaah_id) {
            Arc::make_mut(pilgrim).tasks.retain(|known| *known != slot);
        }
        let Some(last) = self.tasks.pop_back().filter(|last| last.id != task.id) else {
            return;
        };
        let moved_from = self.slots.insert(last.id, slot);
        if let Some(pilgrim) = self.pilgrims.get_mut(&last.jamaah_id) {
            let tasks = Arc::make_mut(pilgrim).tasks.iter_mut();
            for place in tasks.filter(|place| Some(**place) == moved_from) {
                *place = slot;
            }
        }
        if let Ok(place) = usize::try_from(slot) {
            self.tasks.set(place, last);
        }
    }

    fn forget_passport(&mut self, jamaah: &Jamaah) {
        let passport = &jamaah.passport_number;
        let others = self.by_passport(passport).iter().copied();
        let rest: Arc<[JamaahId]> = others.filter(|id| *id != jamaah.id).collect();
        if rest.is_empty() {
            self.passports.remove(passport);
        } else {
            self.passports.insert(passport.clone(), rest);
        }
    }

    /// Puts every path into the order of its pipeline; needed once after rows
    /// have been put in no particular order.
    pub fn sort_path(&mut self, id: JamaahId) {
        let Some(pilgrim) = self.pilgrims.get(&id) else {
            return;
        };
        let Some(pipeline) = self.versions.get(&pilgrim.status.pipeline_version).cloned() else {
            return;
        };
        // stages that have left the pipeline come first
        let place = |instance: &Arc<StageInstance>| {
            (
                pipeline
                    .stages
                    .iter()
                    .position(|s| s.id == instance.stage_id),
                instance.id,
            )
        };
        if pilgrim.path.is_sorted_by_key(place) {
            return;
        }
        if let Some(pilgrim) = self.pilgrims.get_mut(&id) {
            Arc::make_mut(pilgrim).path.sort_by_key(place);
        }
    }
}
