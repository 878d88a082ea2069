//! A state made of all its rows at once: what putting them one by one leads
//! to, in a fraction of the time.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Map, Pilgrim, Slot, State};
use crate::domain::ids::JamaahId;
use crate::domain::pipeline::bottleneck::BottleneckAlert;
use crate::domain::pipeline::departure::Departure;
use crate::domain::pipeline::instance::StageInstance;
use crate::domain::pipeline::jamaah::{Jamaah, JamaahStatus};
use crate::domain::pipeline::stage::{PipelineVersion, Stage};
use crate::domain::pipeline::task::Task;
use crate::domain::pipeline::tenant::Tenant;

/// The rows of one tenant, each kind in any order.
#[derive(Debug, Default)]
pub struct Rows {
    pub stages: Vec<Stage>,
    pub versions: Vec<PipelineVersion>,
    pub departures: Vec<Departure>,
    pub jamaah: Vec<Jamaah>,
    pub statuses: Vec<JamaahStatus>,
    pub instances: Vec<StageInstance>,
    pub tasks: Vec<Task>,
    pub alerts: Vec<BottleneckAlert>,
}

impl State {
    /// The state at `head`. Rows that refer to a jamaah who is not among the
    /// rows are left out; paths are in the order of their pipeline, tasks in
    /// the order of their ids, which is that of their making.
    pub fn load(tenant: Arc<Tenant>, head: i64, rows: Rows) -> Self {
        let mut state = Self::empty(tenant);
        state.head = head;
        state.content = head;
        state.stages = Arc::new(
            rows.stages
                .into_iter()
                .map(|row| (row.id, Arc::new(row)))
                .collect(),
        );
        state.versions = Arc::new(
            rows.versions
                .into_iter()
                .map(|row| (row.version, Arc::new(row)))
                .collect(),
        );
        for departure in rows.departures {
            state.put_departure(&Arc::new(departure));
        }
        for alert in rows.alerts {
            state.put_alert(&Arc::new(alert));
        }

        let mut pilgrims = pilgrims(rows.jamaah, rows.statuses);
        for instance in rows.instances {
            if let Some(pilgrim) = pilgrims.get_mut(&instance.jamaah_id) {
                pilgrim.path.push(Arc::new(instance));
            }
        }
        state.sort_paths(&mut pilgrims);
        state.place_tasks(rows.tasks, &mut pilgrims);

        let mut passports: BTreeMap<Arc<str>, Vec<JamaahId>> = BTreeMap::new();
        for (id, pilgrim) in &pilgrims {
            passports
                .entry(pilgrim.jamaah.passport_number.clone())
                .or_default()
                .push(*id);
        }
        let in_order = |(passport, mut ids): (_, Vec<JamaahId>)| {
            ids.sort_unstable();
            (passport, Arc::from(ids))
        };
        state.passports = passports.into_iter().map(in_order).collect();
        state.pilgrims = pilgrims
            .into_iter()
            .map(|(id, pilgrim)| (id, Arc::new(pilgrim)))
            .collect();
        state
    }

    fn sort_paths(&self, pilgrims: &mut Pilgrims) {
        let places: HashMap<i32, HashMap<_, usize>> = self
            .versions
            .iter()
            .map(|(number, version)| {
                (
                    *number,
                    version
                        .stages
                        .iter()
                        .enumerate()
                        .map(|(place, stage)| (stage.id, place))
                        .collect(),
                )
            })
            .collect();
        for pilgrim in pilgrims.values_mut() {
            let places = places.get(&pilgrim.status.pipeline_version);
            pilgrim.path.sort_unstable_by_key(|instance| {
                (
                    places.and_then(|places| places.get(&instance.stage_id)),
                    instance.id,
                )
            });
        }
    }

    fn place_tasks(&mut self, mut tasks: Vec<Task>, pilgrims: &mut Pilgrims) {
        tasks.sort_unstable_by_key(|task| task.id);
        let mut placed = Vec::with_capacity(tasks.len());
        let mut slots = Map::default();
        for task in tasks {
            let (Some(pilgrim), Ok(slot)) = (
                pilgrims.get_mut(&task.jamaah_id),
                Slot::try_from(placed.len()),
            ) else {
                continue;
            };
            pilgrim.tasks.push(slot);
            slots.insert(task.id, slot);
            placed.push(Arc::new(task));
        }
        self.tasks = placed.into_iter().collect();
        self.slots = slots;
    }
}

type Pilgrims = HashMap<JamaahId, Pilgrim, ahash::RandomState>;

fn pilgrims(jamaah: Vec<Jamaah>, statuses: Vec<JamaahStatus>) -> Pilgrims {
    let mut pilgrims =
        Pilgrims::with_capacity_and_hasher(jamaah.len(), ahash::RandomState::default());
    for jamaah in jamaah {
        let status = Arc::new(JamaahStatus::registered(&jamaah));
        let pilgrim = Pilgrim {
            jamaah: Arc::new(jamaah),
            status,
            path: Vec::new(),
            tasks: Vec::new(),
        };
        pilgrims.insert(pilgrim.jamaah.id, pilgrim);
    }
    for status in statuses {
        if let Some(pilgrim) = pilgrims.get_mut(&status.jamaah_id) {
            pilgrim.status = Arc::new(status);
        }
    }
    pilgrims
}
