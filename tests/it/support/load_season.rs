//! People with work to do: a tenant's pipeline, departures and jamaah, made by
//! the rules themselves and written as the journal writes them.

use std::sync::Arc;

use chrono::Days;
use lajur::clock::Clock;
use lajur::db::journal::{self, NewEvent, TenantBatch};
use lajur::db::tenants;
use lajur::db::testing::TestDatabase;
use lajur::domain::ids::{CommandId, IdSource, TenantId};
use lajur::domain::pipeline::bottleneck::{Ruling, Severity};
use lajur::domain::pipeline::command::{Command, NewDeparture, NewJamaah};
use lajur::domain::pipeline::decide::{Context, TEMPLATES, decide, from_template};
use lajur::domain::pipeline::state::State;
use lajur::domain::principal::Principal;
use lajur::domain::time::{Timestamp, plus_days};
use uuid::Uuid;

use super::fixture::Tenant;

/// What there is in the beginning.
#[derive(Clone, Debug)]
pub struct Season {
    pub tenant: TenantId,
    pub tasks: Vec<Uuid>,
    pub jamaah: Vec<Uuid>,
}

impl Season {
    /// Registers `people` on departures some weeks ahead; the stages that
    /// wait for nothing are open, with eight tasks each, and one alert.
    pub async fn begin(database: &TestDatabase, tenant: &Tenant, people: usize) -> Self {
        let id = TenantId(tenant.id);
        let pools = database.pools();
        let row = pools.read("test", id, async |conn: &mut _| {
            tenants::with_head(conn, id).await
        });
        let (row, head) = row.await.unwrap().unwrap();
        assert_eq!(head, 0, "the season has begun already");
        let mut beginning = Beginning {
            state: State::empty(Arc::new(row)),
            ids: IdSource::seeded(u64::try_from(tenant.id.as_u128() >> 64).unwrap()),
            now: Clock::System.now(),
            events: Vec::new(),
        };
        beginning.register(&tenant.slug, people);
        beginning.raise_alert();
        let Beginning {
            state,
            mut ids,
            now,
            events,
        } = beginning;
        let batch = TenantBatch {
            tenant_id: id,
            batch_id: ids.next(now),
            expected_head: 0,
            next_deadline_at: Some(now + chrono::Duration::hours(1)),
            events,
        };
        let mut conn = pools.journal_connection().await.unwrap();
        let written = journal::write(&mut conn, std::slice::from_ref(&batch))
            .await
            .unwrap();
        assert!(written.winners.contains(&id));
        let mut jamaah: Vec<_> = state
            .pilgrims()
            .map(|pilgrim| pilgrim.jamaah.id.0)
            .collect();
        jamaah.sort_unstable();
        Self {
            tenant: id,
            tasks: state.tasks().map(|task| task.id.0).collect(),
            jamaah,
        }
    }
}

struct Beginning {
    state: State,
    ids: IdSource,
    now: Timestamp,
    events: Vec<NewEvent>,
}

impl Beginning {
    fn register(&mut self, slug: &str, people: usize) {
        let template = TEMPLATES
            .iter()
            .find(|(name, _)| *name == "umrah-nusuk-2025")
            .unwrap();
        let stages = from_template(template.1, &mut self.ids, self.now).unwrap();
        self.carry_out(&Command::InstallPipeline {
            stages: Arc::new(stages),
        });
        let today = self.now.date_naive();
        for number in 0..3 {
            self.carry_out(&Command::CreateDeparture(NewDeparture {
                code: format!("{slug}-{number}").into(),
                departure_date: today.checked_add_days(Days::new(60 + 10 * number)).unwrap(),
                package: Some("Reguler 9 hari".into()),
                seats: Some(1000),
            }));
        }
        let mut departures: Vec<_> = self.state.departures().map(|row| row.id).collect();
        departures.sort_unstable();
        for (number, departure) in (0..people).zip(departures.into_iter().cycle()) {
            self.carry_out(&Command::RegisterJamaah(NewJamaah {
                name: format!("Jamaah {slug} {number}").into(),
                passport_number: format!("{}{number:06}", slug.to_uppercase().replace('-', ""))
                    .into(),
                birth_date: plus_days(today, -12_000),
                sex: None,
                nationality: Some("IDN".into()),
                passport_expiry: Some(plus_days(today, 900)),
                package: None,
                departure_id: departure,
                phone: None,
                agent: None,
                notes: None,
            }));
        }
    }

    /// The first stage holds people up.
    fn raise_alert(&mut self) {
        let stage_id = self.state.stages()[0].id;
        let rulings = vec![Ruling {
            stage_id,
            from: None,
            to: Some(Severity::Medium),
            score: 35.0,
        }];
        self.carry_out(&Command::KeepAlerts {
            rulings,
            reminders: Vec::new(),
        });
    }

    fn carry_out(&mut self, command: &Command) {
        let principal = Principal::system();
        let context = Context {
            principal: &principal,
            now: self.now,
            ids: &mut self.ids,
        };
        let changes = decide(&mut self.state, command, context).unwrap();
        let command_id: CommandId = self.ids.next(self.now);
        for change in changes {
            self.state.head += 1;
            self.events.push(NewEvent {
                seq: self.state.head,
                command_id,
                occurred_at: self.now,
                actor: principal.actor,
                change: Arc::new(change),
                idempotency: None,
                request_id: "beginning".into(),
            });
        }
    }
}
