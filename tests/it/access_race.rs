//! Rights change while commands go on: both stand in one log without a gap.

use std::sync::Arc;

use futures::future::join_all;
use lajur::clock::Clock;
use lajur::db::access::{self, Author};
use lajur::db::testing::TestDatabase;
use lajur::db::users::NewUser;
use lajur::domain::ids::{IdSource, TenantId};
use lajur::domain::principal::Actor;
use lajur::secrets::Secrets;
use tokio::sync::Semaphore;

use crate::support::check::Log;
use crate::support::fixture::Tenant;
use crate::support::load::Caller;
use crate::support::load_calls::{Call, summary};
use crate::support::load_season::Season;
use crate::support::server::Settings;

const CALLERS: u64 = 8;
const CALLS: usize = 30;
/// Writers of rights, and what each does: adds a person, then gives them other roles.
const WRITERS: u64 = 3;
const PEOPLE: usize = 12;
/// So many commands are answered for each change, so that neither is done
/// before the other begins.
const PACE: u32 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn race_of_commands_and_changes_of_rights_leaves_one_history() {
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let season = Arc::new(Season::begin(&database, &tenant, 10).await);
    let server = Settings::of(&database).start().await;

    let answered = Arc::new(Semaphore::new(0));
    let callers = (0..CALLERS).map(|number| {
        let mut caller = Caller::new(number, &tenant);
        let (url, season) = (server.url.clone(), Arc::clone(&season));
        let answered = Arc::clone(&answered);
        tokio::spawn(async move {
            while caller.calls.len() < CALLS {
                caller.work(&url, &season).await;
                answered.add_permits(1);
            }
            caller.calls
        })
    });
    let writers = (0..WRITERS).map(|number| employ(&database, season.tenant, number, &answered));
    let (calls, _) = futures::join!(join_all(callers), join_all(writers));
    let calls: Vec<Call> = calls.into_iter().flat_map(|calls| calls.unwrap()).collect();
    eprintln!("{}", summary(&calls));
    let acknowledged = calls.iter().filter(|call| call.is_acknowledged()).count();
    assert!(acknowledged >= 60, "{}", summary(&calls));

    let log = Log::read(&database, season.tenant).await;
    log.assert_whole();
    log.assert_accounts_for(&calls);
    log.assert_tables_equal(&database).await;
    let count = |kind: &str| log.events.iter().filter(|event| event.kind == kind).count();
    let people = PEOPLE * usize::try_from(WRITERS).unwrap();
    assert_eq!(
        (count("user.created"), count("user.updated")),
        (people, people)
    );
    let first = log.events.iter().position(|event| event.is_about_access());
    let last = log.events.iter().rposition(|event| event.is_about_access());
    let between = &log.events[first.unwrap()..last.unwrap()];
    assert!(
        between.iter().any(|event| event.subject_type == "task"),
        "they have not met"
    );
    log.assert_told_by(&server.integration(&tenant)).await;
    server.assert_sane();
}

async fn employ(database: &TestDatabase, tenant: TenantId, number: u64, answered: &Semaphore) {
    let mut ids = IdSource::seeded(1_000 + number);
    let pools = database.pools();
    let mut conn = pools.access_connection().await.unwrap();
    for person in 0..PEOPLE {
        let now = Clock::System.now();
        let mut author = |request_id: String| Author {
            actor: Actor::System,
            at: now,
            request_id: request_id.into(),
            command_id: ids.next(now),
            batch_id: ids.next(now),
            idempotency: None,
            may_give: None,
        };
        let adding = author(format!("add {number} {person}"));
        let changing = author(format!("change {number} {person}"));
        let new = NewUser {
            id: ids.next(now),
            email: format!("p{number}.{person}@example.test"),
            name: format!("Person {person}"),
            password_hash: "!".to_owned(),
            agent: None,
        };
        let role = ["manager".to_owned()];
        answered.acquire_many(PACE).await.unwrap().forget();
        access::write(&mut conn, tenant, &adding, async |deed| {
            deed.add_user(&new, &role).await
        })
        .await
        .unwrap();
        let role = ["visa-admin".to_owned()];
        answered.acquire_many(PACE).await.unwrap().forget();
        access::write(&mut conn, tenant, &changing, async |deed| {
            deed.set_roles(new.id, &role).await
        })
        .await
        .unwrap();
    }
}
