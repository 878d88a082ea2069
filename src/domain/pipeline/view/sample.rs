//! States made up from a seed, for tests and benchmarks of whatever reads
//! them. Rows fit together as references go; beyond that [`Sample::disturb`]
//! changes them at random and keeps no rule of the pipeline, because readers
//! must be right about every state, not only about likely ones.

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::domain::ids::{DepartureId, IdSource, JamaahId, StageId, TenantId, UserId};
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::departure::{Departure, DepartureState};
use crate::domain::pipeline::instance::{InstanceState, StageInstance};
use crate::domain::pipeline::jamaah::{DepartureRisk, Jamaah, JamaahStatus, Reason, Status};
use crate::domain::pipeline::stage::{PipelineVersion, Stage, StageCategory, WipLimitKind};
use crate::domain::pipeline::state::{Pilgrim, State};
use crate::domain::pipeline::task::{Priority, Task, TaskStatus};
use crate::domain::pipeline::tenant::{Tenant, TenantKind};
use crate::domain::principal::RoleKey;
use crate::domain::time::{SlaCalendar, Timestamp, Zone, plus_days};

const STAGES: [(&str, &str, i32, Option<i32>); 10] = [
    ("document-collection", "document-admin", 14, None),
    ("document-verification", "document-admin", 2, None),
    ("siskopatuh-submission", "siskopatuh-admin", 2, None),
    ("siskopatuh-approval", "siskopatuh-admin", 7, None),
    ("flight-booking", "travel-admin", 5, None),
    ("hotel-booking", "travel-admin", 7, None),
    ("visa-application", "visa-admin", 3, Some(30)),
    ("visa-approval", "visa-admin", 7, None),
    ("equipment-manasik", "logistics-admin", 7, None),
    ("departure-ready", "travel-admin", 3, Some(5)),
];
const GIVEN: [&str; 12] = [
    "Ahmad", "Siti", "Muhammad", "Nur", "Dewi", "Budi", "Ratna", "Umar", "Aisyah", "Yusuf",
    "Hasanah", "Zulkifli",
];
const FAMILY: [&str; 12] = [
    "Santoso",
    "Rahmawati",
    "Nasution",
    "Hidayat",
    "Kusuma",
    "Siregar",
    "Wijaya",
    "Anwar",
    "Lubis",
    "Maulana",
    "Pulungan",
    "Hakim",
];
const WORK: [&str; 4] = ["Check", "Collect", "Submit", "Follow up"];
const REASONS: [&str; 4] = [
    "passport not ready",
    "agent silent",
    "scan blurred",
    "quota",
];
const PACKAGES: [&str; 4] = [
    "Reguler 9 hari",
    "VIP 12 hari",
    "Plus Turki 14 hari",
    "Plus Dubai 16 hari",
];
const AGENTS: [&str; 5] = ["Barokah", "Amanah", "Safa", "Marwa", "Zamzam"];

/// Tasks made for each jamaah.
pub const TASKS_PER_PERSON: usize = 10;

pub struct Sample {
    pub state: State,
    pub now: Timestamp,
    rng: ChaCha8Rng,
    ids: IdSource,
    stages: Vec<Arc<Stage>>,
    departures: Vec<(DepartureId, NaiveDate)>,
    users: Vec<UserId>,
    texts: Vec<Arc<str>>,
}

impl Sample {
    /// A season with so many people, in the middle of it.
    pub fn new(seed: u64, people: usize, zone: Zone) -> Self {
        let now = DateTime::from_timestamp(1_795_488_120, 0).unwrap_or_default();
        let mut ids = IdSource::seeded(seed);
        let tenant = Tenant {
            id: TenantId(uuid::Uuid::from_u128(u128::from(seed))),
            slug: Arc::from("amanah-safar"),
            name: Arc::from("Amanah Safar"),
            kind: TenantKind::Travel,
            zone,
            locale: Arc::from("id"),
            epoch: Arc::from("sample"),
        };
        let users = (0..24).map(|_| ids.next(now)).collect();
        let texts = [&GIVEN[..], &FAMILY, &WORK, &REASONS, &PACKAGES, &AGENTS].concat();
        let mut sample = Self {
            state: State::empty(Arc::new(tenant)),
            now,
            rng: ChaCha8Rng::seed_from_u64(seed),
            ids,
            stages: Vec::new(),
            departures: Vec::new(),
            users,
            texts: texts.into_iter().map(Arc::from).collect(),
        };
        sample.add_stages();
        sample.add_departures(people);
        for _ in 0..people {
            sample.add_person();
        }
        sample
    }

    pub fn today(&self) -> NaiveDate {
        self.state.tenant.zone.date_of(self.now)
    }

    pub fn stages(&self) -> &[Arc<Stage>] {
        &self.stages
    }

    pub fn departures(&self) -> &[(DepartureId, NaiveDate)] {
        &self.departures
    }

    pub fn users(&self) -> &[UserId] {
        &self.users
    }

    pub fn put(&mut self, row: Row) -> Row {
        self.state.put(&row);
        row
    }

    pub fn id<T: From<uuid::Uuid>>(&mut self) -> T {
        self.ids.next(self.now)
    }

    /// One of a list.
    pub fn pick<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        if list.is_empty() {
            return None;
        }
        list.get(self.rng.random_range(0..list.len())).cloned()
    }

    pub fn chance(&mut self, of_hundred: u32) -> bool {
        self.rng.random_range(0..100) < of_hundred
    }

    pub fn number(&mut self, below: i32) -> i32 {
        self.rng.random_range(0..below.max(1))
    }

    /// An instant some days around now, at times a local midnight exactly.
    pub fn instant(&mut self, days: std::ops::Range<i64>) -> Timestamp {
        let seconds = self
            .rng
            .random_range(days.start * 86_400..days.end.max(days.start + 1) * 86_400);
        let instant = self.now + Duration::seconds(seconds);
        let zone = self.state.tenant.zone;
        match self.rng.random_range(0..8) {
            0 => zone.start_of(zone.date_of(instant)),
            1 => instant + Duration::microseconds(1),
            _ => instant,
        }
    }

    fn text(&mut self, one_of: &[&str]) -> Arc<str> {
        let wanted = self.pick(one_of).unwrap_or("");
        let known = self.texts.iter().find(|text| &***text == wanted);
        known.cloned().unwrap_or_else(|| Arc::from(wanted))
    }

    fn user(&mut self) -> Option<UserId> {
        if self.chance(25) {
            return None;
        }
        let users = std::mem::take(&mut self.users);
        let user = self.pick(&users);
        self.users = users;
        user
    }

    fn stage(&mut self) -> Option<Arc<Stage>> {
        let at = self.rng.random_range(0..self.stages.len().max(1));
        self.stages.get(at).cloned()
    }

    fn add_stages(&mut self) {
        let mut roles: Vec<RoleKey> = Vec::new();
        for (position, (code, role, sla_days, not_before_days)) in (1..).zip(STAGES) {
            let role = roles
                .iter()
                .find(|known| known.as_str() == role)
                .cloned()
                .unwrap_or_else(|| RoleKey::new(role));
            roles.push(role.clone());
            let stage = Arc::new(Stage {
                id: self.id(),
                code: Arc::from(code),
                name: Arc::from(code),
                name_en: Arc::from(code),
                category: StageCategory::Custom,
                position,
                role,
                sla_days,
                sla_calendar: SlaCalendar::Calendar,
                not_before_days,
                finish_by_days: None,
                wip_limit: (position % 2 == 0).then_some(40),
                wip_limit_kind: WipLimitKind::Soft,
                auto_advance: true,
                mandatory: true,
                pause_on_third_party: true,
                depends_on: self
                    .stages
                    .last()
                    .map(|before| before.id)
                    .into_iter()
                    .collect(),
                templates: Vec::new(),
                active: true,
                baseline: None,
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            });
            self.stages.push(stage.clone());
            self.put(Row::Stage(stage));
        }
        let version = PipelineVersion {
            version: 1,
            stages: self.stages.clone(),
            created_at: self.now,
        };
        self.put(Row::PipelineVersion(Arc::new(version)));
    }

    fn add_departures(&mut self, people: usize) {
        for number in 0..people / 44 + 3 {
            let departure = Departure {
                id: self.id(),
                code: Arc::from(format!("UMR-{number:03}")),
                departure_date: plus_days(self.today(), self.rng.random_range(-10..90)),
                package: None,
                seats: Some(45),
                state: DepartureState::Scheduled,
                version: 1,
                created_at: self.now,
                updated_at: self.now,
            };
            self.departures
                .push((departure.id, departure.departure_date));
            self.put(Row::Departure(Arc::new(departure)));
        }
    }

    fn departure(&mut self) -> (DepartureId, NaiveDate) {
        let at = self.rng.random_range(0..self.departures.len().max(1));
        self.departures
            .get(at)
            .copied()
            .unwrap_or((DepartureId(uuid::Uuid::nil()), self.today()))
    }

    fn name(&mut self) -> Arc<str> {
        let (given, family) = (self.text(&GIVEN), self.text(&FAMILY));
        Arc::from(format!("{given} {family}"))
    }

    /// A jamaah with path and tasks.
    pub fn add_person(&mut self) -> Vec<Row> {
        let (departure_id, departure_date) = self.departure();
        let created_at = self.instant(-60..0);
        let jamaah = Jamaah {
            id: self.id(),
            name: self.name(),
            passport_number: Arc::from(format!("X{:07}", self.rng.random_range(0..9_999_999))),
            birth_date: plus_days(self.today(), -self.rng.random_range(7_000..30_000)),
            sex: None,
            nationality: None,
            passport_expiry: None,
            package: Some(self.text(&PACKAGES)),
            departure_id,
            phone: Some(Arc::from("+6281200000000")),
            agent: Some(self.text(&AGENTS)),
            notes: None,
            version: 1,
            created_at,
            updated_at: created_at,
        };
        let id = jamaah.id;
        let mut status = JamaahStatus::registered(&jamaah);
        let mut rows = vec![self.put(Row::Jamaah(Arc::new(jamaah)))];
        let current = self.rng.random_range(0..=self.stages.len());
        rows.extend(self.add_path(id, current));
        status.pipeline_version = 1;
        status.departure_date = departure_date;
        status.current_stage_id = self.stages.get(current).map(|stage| stage.id);
        status.progress_percent =
            i32::try_from(current * 100 / self.stages.len().max(1)).unwrap_or(0);
        self.scatter_status(&mut status);
        if current == self.stages.len() {
            status.status = Status::Completed;
            status.closed_at = Some(self.now);
        }
        rows.push(self.put(Row::JamaahStatus(Arc::new(status))));
        for _ in 0..TASKS_PER_PERSON {
            let last = current.min(self.stages.len().saturating_sub(1));
            let at = if self.chance(50) {
                last
            } else {
                self.rng.random_range(0..=last)
            };
            rows.extend(self.add_task(id, at, at < current));
        }
        rows
    }

    fn add_path(&mut self, jamaah_id: JamaahId, current: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for (at, stage) in self.stages.clone().iter().enumerate() {
            let mut instance = StageInstance {
                id: self.id(),
                jamaah_id,
                stage_id: stage.id,
                state: InstanceState::Waiting,
                entered_at: self.now,
                opens_at: None,
                started_at: None,
                due_at: None,
                paused_since: None,
                paused_seconds: 0,
                completed_at: None,
                completed_by: None,
                reason: None,
                version: 1,
            };
            match at.cmp(&current) {
                std::cmp::Ordering::Less => {
                    self.scatter_instance(&mut instance, InstanceState::Completed)
                }
                std::cmp::Ordering::Equal => {
                    let state = if self.chance(80) {
                        InstanceState::Active
                    } else {
                        InstanceState::Waiting
                    };
                    self.scatter_instance(&mut instance, state);
                }
                std::cmp::Ordering::Greater => {}
            }
            rows.push(self.put(Row::StageInstance(Arc::new(instance))));
        }
        rows
    }

    fn scatter_instance(&mut self, instance: &mut StageInstance, state: InstanceState) {
        instance.state = state;
        let started = self.instant(-40..0);
        let has_started = state != InstanceState::Waiting;
        instance.opens_at = if self.chance(40) {
            Some(self.instant(-3..20))
        } else {
            None
        };
        instance.started_at = has_started.then_some(started);
        instance.due_at = if has_started && self.chance(90) {
            Some(started + Duration::days(10))
        } else {
            None
        };
        instance.paused_since =
            (state == InstanceState::Active && self.chance(10)).then_some(started);
        instance.paused_seconds = if self.chance(10) {
            i64::from(self.number(200_000))
        } else {
            0
        };
        instance.completed_at = state
            .is_done()
            .then(|| started + Duration::hours(self.rng.random_range(1..400)));
    }

    fn scatter_status(&mut self, status: &mut JamaahStatus) {
        status.status = match self.number(20) {
            0 | 1 => Status::AtRisk,
            2..=4 => Status::Overdue,
            5 => Status::Cancelled,
            6 => Status::Completed,
            _ => Status::OnTrack,
        };
        status.closed_at = (!status.status.is_active()).then(|| self.instant(-20..0));
        status.blocked = self.chance(5);
        status.on_hold = self.chance(3);
        status.waiting = self.chance(16);
        let known = self.chance(80);
        status.readiness_probability = known.then(|| f64::from(self.number(101)) / 100.0);
        status.risk = match status.readiness_probability {
            None => DepartureRisk::Unknown,
            Some(chance) if chance < 0.5 => DepartureRisk::High,
            Some(chance) if chance < 0.85 => DepartureRisk::Medium,
            Some(_) => DepartureRisk::Low,
        };
        status.reasons = status
            .readiness_probability
            .filter(|chance| *chance < 0.85)
            .map(|probability| Reason::LowReadiness { probability })
            .into_iter()
            .collect();
    }

    fn add_task(&mut self, jamaah_id: JamaahId, stage: usize, done: bool) -> Option<Row> {
        let stage = self.stages.get(stage)?.clone();
        let instance_id = self.state.pilgrim(jamaah_id)?.instance(stage.id)?.id;
        let title = self.text(&WORK);
        let mut task = Task {
            id: self.id(),
            jamaah_id,
            stage_id: stage.id,
            instance_id,
            title,
            role: stage.role.clone(),
            assignee: self.user(),
            priority: Priority::Normal,
            status: TaskStatus::Pending,
            required: true,
            due_at: None,
            overdue: false,
            blocked_reason: None,
            blocked_by_third_party: false,
            blocked_at: None,
            notes: None,
            started_at: None,
            completed_at: None,
            completed_by: None,
            version: 1,
            created_at: self.instant(-40..0),
            updated_at: self.now,
        };
        self.scatter_task(&mut task);
        if done {
            task.status = TaskStatus::Completed;
            task.completed_at = Some(self.instant(-40..0));
        }
        Some(self.put(Row::Task(Arc::new(task))))
    }

    fn scatter_task(&mut self, task: &mut Task) {
        task.status = match self.number(20) {
            0..=9 => TaskStatus::Pending,
            10..=15 => TaskStatus::InProgress,
            16 => TaskStatus::Blocked,
            17 | 18 => TaskStatus::Completed,
            _ => TaskStatus::Cancelled,
        };
        task.priority = self.pick(&Priority::ALL).unwrap_or_default();
        task.due_at = if self.chance(85) {
            Some(self.instant(-5..20))
        } else {
            None
        };
        task.overdue = task.due_at.is_some_and(|due| due <= self.now);
        task.blocked_reason = (task.status == TaskStatus::Blocked).then(|| self.text(&REASONS));
        task.completed_at = (task.status == TaskStatus::Completed).then(|| self.instant(-40..0));
        task.updated_at = self.instant(-10..0);
    }

    fn person(&mut self) -> Option<Arc<Pilgrim>> {
        let tasks = self.state.task_count();
        let slot = u32::try_from(self.rng.random_range(0..tasks.max(1))).ok()?;
        self.state
            .pilgrim(self.state.task_at(slot)?.jamaah_id)
            .cloned()
    }

    /// Changes so many things at random; the rows are in the state already.
    pub fn disturb(&mut self, changes: usize) -> Vec<Row> {
        (0..changes).flat_map(|_| self.change()).collect()
    }

    fn change(&mut self) -> Vec<Row> {
        let Some(pilgrim) = self.person() else {
            return self.add_person();
        };
        let id = pilgrim.jamaah.id;
        let row = match self.number(20) {
            0 => return self.add_person(),
            1 | 2 => {
                let stage = self.rng.random_range(0..self.stages.len().max(1));
                return self.add_task(id, stage, false).into_iter().collect();
            }
            3 => self.rename(&pilgrim.jamaah),
            4..=6 => self.restate(&pilgrim.status, None),
            7 => {
                let departure = self.departure();
                self.restate(&pilgrim.status, Some(departure))
            }
            8..=11 => self.pass(&pilgrim),
            _ => self.work(&pilgrim),
        };
        row.map(|row| self.put(row)).into_iter().collect()
    }

    fn rename(&mut self, jamaah: &Jamaah) -> Option<Row> {
        let name = self.name();
        let package = if self.chance(80) {
            Some(self.text(&PACKAGES))
        } else {
            None
        };
        Some(Row::Jamaah(Arc::new(Jamaah {
            name,
            package,
            updated_at: self.instant(-2..1),
            ..jamaah.clone()
        })))
    }

    fn restate(
        &mut self,
        status: &JamaahStatus,
        departure: Option<(DepartureId, NaiveDate)>,
    ) -> Option<Row> {
        let mut status = status.clone();
        if let Some((id, date)) = departure {
            status.departure_id = id;
            status.departure_date = date;
        } else {
            self.scatter_status(&mut status);
            let stage: Option<StageId> = self.stage().map(|stage| stage.id);
            status.current_stage_id = stage.filter(|_| status.status != Status::Completed);
        }
        status.updated_at = self.instant(-2..1);
        Some(Row::JamaahStatus(Arc::new(status)))
    }

    fn pass(&mut self, pilgrim: &Pilgrim) -> Option<Row> {
        let mut instance = StageInstance::clone(&*self.pick(&pilgrim.path)?);
        let states = [
            InstanceState::Waiting,
            InstanceState::Active,
            InstanceState::Completed,
            InstanceState::Skipped,
        ];
        let state = self.pick(&states)?;
        self.scatter_instance(&mut instance, state);
        Some(Row::StageInstance(Arc::new(instance)))
    }

    fn work(&mut self, pilgrim: &Pilgrim) -> Option<Row> {
        let slot = self.pick(&pilgrim.tasks)?;
        let mut task = Task::clone(self.state.task_at(slot)?);
        self.scatter_task(&mut task);
        if self.chance(20) {
            task.title = self.text(&WORK);
            task.assignee = self.user();
            task.role = self.stage()?.role.clone();
        }
        Some(Row::Task(Arc::new(task)))
    }
}
