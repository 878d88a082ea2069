//! Rows that look like a season, made from a seed. They obey the foreign keys
//! and nothing else: no rule was asked.

use std::sync::Arc;

use chrono::{Duration, NaiveDate, TimeZone, Utc};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use diesel_async::AsyncPgConnection;

use crate::db::journal::{NewEvent, TenantBatch};
use crate::db::tenants::{self, NewTenant};
use crate::domain::ids::{CommandId, IdSource, TenantId, UserId};
use crate::domain::pipeline::bottleneck::{AlertState, BottleneckAlert, Severity, SeverityChange};
use crate::domain::pipeline::change::{Change, EventKind, Row};
use crate::domain::pipeline::comment::Comment;
use crate::domain::pipeline::departure::{Departure, DepartureState};
use crate::domain::pipeline::import::{Import, ImportState};
use crate::domain::pipeline::instance::{InstanceState, StageInstance};
use crate::domain::pipeline::jamaah::{DepartureRisk, Jamaah, JamaahStatus, Reason, Sex, Status};
use crate::domain::pipeline::stage::{
    Baseline, PipelineVersion, Stage, StageCategory, TaskTemplate, WipLimitKind,
};
use crate::domain::pipeline::task::{Priority, Task, TaskStatus};
use crate::domain::pipeline::tenant::TenantKind;
use crate::domain::principal::{Actor, RoleKey};
use crate::domain::time::{SlaCalendar, Timestamp, Zone, plus_days};

pub struct Sampler {
    pub ids: IdSource,
    pub rng: ChaCha8Rng,
    pub now: Timestamp,
}

/// The rows of a season, each kind in an order that its references allow.
#[derive(Default)]
pub struct Season {
    pub stages: Vec<Arc<Stage>>,
    pub version: Option<Arc<PipelineVersion>>,
    pub departures: Vec<Arc<Departure>>,
    pub jamaah: Vec<Arc<Jamaah>>,
    pub statuses: Vec<Arc<JamaahStatus>>,
    pub instances: Vec<Arc<StageInstance>>,
    pub tasks: Vec<Arc<Task>>,
    /// The active ones each of another stage.
    pub alerts: Vec<Arc<BottleneckAlert>>,
}

impl Season {
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        rows.extend(self.stages.iter().cloned().map(Row::Stage));
        rows.extend(self.version.iter().cloned().map(Row::PipelineVersion));
        rows.extend(self.alerts.iter().cloned().map(Row::BottleneckAlert));
        rows.extend(self.departures.iter().cloned().map(Row::Departure));
        rows.extend(self.jamaah.iter().cloned().map(Row::Jamaah));
        rows.extend(self.statuses.iter().cloned().map(Row::JamaahStatus));
        rows.extend(self.instances.iter().cloned().map(Row::StageInstance));
        rows.extend(self.tasks.iter().cloned().map(Row::Task));
        rows
    }
}

impl Sampler {
    pub fn new(seed: u64) -> Self {
        let now = Utc
            .with_ymd_and_hms(2026, 11, 22, 3, 0, 0)
            .single()
            .unwrap();
        Self {
            ids: IdSource::seeded(seed),
            rng: ChaCha8Rng::seed_from_u64(seed),
            now,
        }
    }

    /// A new tenant with an empty log.
    pub async fn tenant(&mut self, conn: &mut AsyncPgConnection, slug: &str) -> TenantId {
        let new = NewTenant {
            id: self.id(),
            slug: slug.into(),
            name: slug.into(),
            kind: TenantKind::Travel,
            zone: Zone::WIB,
            locale: "id".into(),
            epoch: "e1".into(),
        };
        tenants::create(conn, &new, self.now).await.unwrap();
        new.id
    }

    fn id<T: From<uuid::Uuid>>(&mut self) -> T {
        self.ids.next(self.now)
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.rng.random_bool(0.5) {
            Some(make(self))
        } else {
            None
        }
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        *of.choose(&mut self.rng).unwrap()
    }

    fn instant(&mut self) -> Timestamp {
        self.now
            + Duration::microseconds(self.rng.random_range(-4_000_000_000_000..4_000_000_000_000))
    }

    fn date(&mut self) -> NaiveDate {
        plus_days(self.now.date_naive(), self.rng.random_range(-20_000..400))
    }

    fn words(&mut self) -> Arc<str> {
        let text = [
            "Ahmad \"Budi\" Santoso",
            "Siti Nurhaliza",
            "Ünal 東京 O'Neil",
            "a\\b\n",
            "",
            "Paspor",
        ];
        Arc::from(self.one(&text))
    }

    fn role(&mut self) -> RoleKey {
        RoleKey::new(self.one(&[
            "visa-admin",
            "document-admin",
            "finance",
            "logistics",
            "guide",
        ]))
    }

    pub fn actor(&mut self) -> Actor {
        match self.rng.random_range(0..3) {
            0 => Actor::System,
            1 => Actor::User(self.id()),
            _ => Actor::ApiKey(self.id()),
        }
    }

    pub fn stage(&mut self, position: i32, depends_on: Vec<crate::domain::ids::StageId>) -> Stage {
        let templates = (0..self.rng.random_range(0..4))
            .map(|_| TaskTemplate {
                id: self.id(),
                title: self.words(),
                role: self.role(),
                priority: self.one(&Priority::ALL),
                required: self.rng.random(),
                due_after_days: self.maybe(|s| s.rng.random_range(0..30)),
            })
            .collect();
        Stage {
            id: self.id(),
            code: Arc::from(format!("stage-{position}")),
            name: self.words(),
            name_en: self.words(),
            category: self.one(&[
                StageCategory::Document,
                StageCategory::Government,
                StageCategory::Custom,
            ]),
            position,
            role: self.role(),
            sla_days: self.rng.random_range(1..30),
            sla_calendar: self.one(&[
                SlaCalendar::Calendar,
                SlaCalendar::Working,
                SlaCalendar::WorkingSaudi,
            ]),
            not_before_days: self.maybe(|s| s.rng.random_range(1..90)),
            finish_by_days: self.maybe(|s| s.rng.random_range(0..10)),
            wip_limit: self.maybe(|s| s.rng.random_range(1..900)),
            wip_limit_kind: self.one(&[WipLimitKind::Soft, WipLimitKind::Hard]),
            auto_advance: self.rng.random(),
            mandatory: self.rng.random(),
            pause_on_third_party: self.rng.random(),
            depends_on,
            templates,
            active: self.rng.random_bool(0.9),
            baseline: self.maybe(|s| Baseline {
                date: s.date(),
                completions: 31,
                p50_seconds: s.rng.random_range(0..1_000_000),
                p85_seconds: 2_000_000,
            }),
            version: self.rng.random_range(1..9),
            created_at: self.instant(),
            updated_at: self.instant(),
        }
    }

    pub fn departure(&mut self, code: &str) -> Departure {
        Departure {
            id: self.id(),
            code: Arc::from(code),
            departure_date: self.date(),
            package: self.maybe(Self::words),
            seats: self.maybe(|s| s.rng.random_range(1..50)),
            state: self.one(&[
                DepartureState::Scheduled,
                DepartureState::Departed,
                DepartureState::Cancelled,
            ]),
            version: self.rng.random_range(1..9),
            created_at: self.instant(),
            updated_at: self.instant(),
        }
    }

    pub fn jamaah(&mut self, departure: &Departure) -> Jamaah {
        Jamaah {
            id: self.id(),
            name: self.words(),
            passport_number: Arc::from(format!("X{:07}", self.rng.random_range(0..10_000_000))),
            birth_date: self.date(),
            sex: self.maybe(|s| s.one(&[Sex::Male, Sex::Female])),
            nationality: self.maybe(|_| Arc::from("IDN")),
            passport_expiry: self.maybe(Self::date),
            package: self.maybe(Self::words),
            departure_id: departure.id,
            phone: self.maybe(|_| Arc::from("+628123456789")),
            agent: self.maybe(Self::words),
            notes: self.maybe(Self::words),
            version: self.rng.random_range(1..9),
            created_at: self.instant(),
            updated_at: self.instant(),
        }
    }

    /// Never closed, so that it stays hot.
    pub fn status(
        &mut self,
        jamaah: &Jamaah,
        departure: &Departure,
        stages: &[Arc<Stage>],
        version: i32,
    ) -> JamaahStatus {
        let stage_id = stages.choose(&mut self.rng).unwrap().id;
        let reasons = match self.rng.random_range(0..6) {
            0 => vec![Reason::StagePastDue {
                stage_id,
                due_at: self.instant(),
            }],
            1 => vec![
                Reason::LowReadiness {
                    probability: self.rng.random(),
                },
                Reason::OnHold {
                    reason: self.words(),
                },
            ],
            _ => Vec::new(),
        };
        JamaahStatus {
            jamaah_id: jamaah.id,
            pipeline_version: version,
            current_stage_id: self.maybe(|_| stage_id),
            status: self.one(&Status::ALL),
            blocked: self.rng.random(),
            on_hold: self.rng.random(),
            hold_reason: self.maybe(Self::words),
            cancel_reason: self.maybe(Self::words),
            waiting: self.rng.random(),
            progress_percent: self.rng.random_range(0..=100),
            departure_id: departure.id,
            departure_date: departure.departure_date,
            risk: self.one(&[
                DepartureRisk::Unknown,
                DepartureRisk::Low,
                DepartureRisk::High,
            ]),
            readiness_probability: self.maybe(|s| s.rng.random()),
            reasons,
            registered_at: self.instant(),
            closed_at: None,
            version: self.rng.random_range(1..9),
            updated_at: self.instant(),
        }
    }

    pub fn instance(&mut self, jamaah: &Jamaah, stage: &Stage) -> StageInstance {
        StageInstance {
            id: self.id(),
            jamaah_id: jamaah.id,
            stage_id: stage.id,
            state: self.one(&[
                InstanceState::Waiting,
                InstanceState::Active,
                InstanceState::Completed,
                InstanceState::Skipped,
            ]),
            entered_at: self.instant(),
            opens_at: self.maybe(Self::instant),
            started_at: self.maybe(Self::instant),
            due_at: self.maybe(Self::instant),
            paused_since: self.maybe(Self::instant),
            paused_seconds: self.rng.random_range(0..1_000_000),
            completed_at: self.maybe(Self::instant),
            completed_by: self.maybe(Self::actor),
            reason: self.maybe(Self::words),
            version: self.rng.random_range(1..9),
        }
    }

    pub fn task(&mut self, instance: &StageInstance) -> Task {
        Task {
            id: self.id(),
            jamaah_id: instance.jamaah_id,
            stage_id: instance.stage_id,
            instance_id: instance.id,
            title: self.words(),
            role: self.role(),
            assignee: self.maybe(Self::id::<UserId>),
            priority: self.one(&Priority::ALL),
            status: self.one(&TaskStatus::ALL),
            required: self.rng.random(),
            due_at: self.maybe(Self::instant),
            overdue: self.rng.random(),
            blocked_reason: self.maybe(Self::words),
            blocked_by_third_party: self.rng.random(),
            blocked_at: self.maybe(Self::instant),
            notes: self.maybe(Self::words),
            started_at: self.maybe(Self::instant),
            completed_at: self.maybe(Self::instant),
            completed_by: self.maybe(Self::actor),
            version: self.rng.random_range(1..9),
            created_at: self.instant(),
            updated_at: self.instant(),
        }
    }

    pub fn comment(&mut self, task: &Task) -> Comment {
        Comment {
            id: self.id(),
            task_id: task.id,
            author: self.actor(),
            author_name: self.words(),
            body: self.words(),
            created_at: self.instant(),
        }
    }

    pub fn import(&mut self) -> Import {
        Import {
            id: self.id(),
            file_name: self.words(),
            sha256: Arc::from("00ff"),
            state: self.one(&[
                ImportState::Running,
                ImportState::Completed,
                ImportState::Interrupted,
            ]),
            rows: 10,
            processed: 9,
            created: 8,
            updated: 7,
            unchanged: 6,
            rejected: 5,
            problems: Arc::new(serde_json::json!({"errors": [{"row": 1}], "warnings": []})),
            created_by: self.actor(),
            created_at: self.instant(),
            updated_at: self.instant(),
        }
    }

    /// Cleared just now, if it is.
    pub fn alert(&mut self, stage: &Stage, state: AlertState) -> BottleneckAlert {
        let severities = [Severity::Low, Severity::High, Severity::Critical];
        BottleneckAlert {
            id: self.id(),
            stage_id: stage.id,
            state,
            severity: self.one(&severities),
            score: self.rng.random_range(0.0..=100.0),
            raised_at: self.instant(),
            cleared_at: (!state.is_active()).then_some(self.now),
            acknowledged_at: state.is_acknowledged().then(|| self.instant()),
            acknowledged_by: state.is_acknowledged().then(|| self.actor()),
            last_reminded_at: self.maybe(Self::instant),
            history: (0..self.rng.random_range(1..4))
                .map(|_| SeverityChange {
                    severity: self.one(&severities),
                    at: self.instant(),
                })
                .collect(),
            version: self.rng.random_range(1..9),
        }
    }

    /// So many jamaah with a path of so many stages and a task in each.
    pub fn season(&mut self, people: usize, stages: i32) -> Season {
        let mut season = Season::default();
        for position in 1..=stages {
            let before = season
                .stages
                .last()
                .map(|stage| stage.id)
                .into_iter()
                .collect();
            let stage = self.stage(position, before);
            season.stages.push(Arc::new(stage));
        }
        season.version = Some(Arc::new(PipelineVersion {
            version: 1,
            stages: season.stages.clone(),
            created_at: self.now,
        }));
        for number in 0..people.div_ceil(40) {
            let departure = self.departure(&format!("UMR-{number}"));
            season.departures.push(Arc::new(departure));
        }
        for _ in 0..people {
            let departure = season.departures.choose(&mut self.rng).unwrap().clone();
            let jamaah = Arc::new(self.jamaah(&departure));
            season.statuses.push(Arc::new(self.status(
                &jamaah,
                &departure,
                &season.stages,
                1,
            )));
            for stage in season.stages.clone() {
                let instance = Arc::new(self.instance(&jamaah, &stage));
                season.tasks.push(Arc::new(self.task(&instance)));
                season.instances.push(instance);
            }
            season.jamaah.push(jamaah);
        }
        let states = [
            AlertState::ActiveUnack,
            AlertState::ClearedAck,
            AlertState::ActiveAck,
            AlertState::ClearedUnack,
        ];
        for (stage, state) in season.stages.iter().zip(states) {
            season.alerts.push(Arc::new(self.alert(stage, state)));
        }
        season
    }

    /// A batch in which every row is new.
    pub fn batch(
        &mut self,
        tenant_id: TenantId,
        expected_head: i64,
        rows: impl IntoIterator<Item = Row>,
    ) -> TenantBatch {
        let changes = rows.into_iter().map(|after| (None, after)).collect();
        self.batch_of(tenant_id, expected_head, changes)
    }

    pub fn batch_of(
        &mut self,
        tenant_id: TenantId,
        expected_head: i64,
        changes: Vec<(Option<Row>, Row)>,
    ) -> TenantBatch {
        let command_id: CommandId = self.id();
        let request_id = Arc::from("request");
        let events = (expected_head + 1..)
            .zip(changes)
            .map(|(seq, (before, after))| NewEvent {
                seq,
                command_id,
                occurred_at: self.now,
                actor: self.actor(),
                change: Arc::new(Change {
                    kind: EventKind::TaskUpdated,
                    before,
                    after,
                    on: None,
                    agent: None,
                }),
                idempotency: None,
                request_id: Arc::clone(&request_id),
            })
            .collect();
        TenantBatch {
            tenant_id,
            batch_id: self.id(),
            expected_head,
            next_deadline_at: None,
            events,
        }
    }
}
