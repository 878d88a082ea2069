//! Seeding a database: everything or nothing, once, and as the season went.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::*;
use crate::db::events;
use crate::db::load::{self, Extent};
use crate::db::schema::tenants;
use crate::db::testing::TestDatabase;
use crate::domain::ids::TenantId;
use crate::domain::pipeline::state::State;
use crate::domain::pipeline::status::needs_review;

fn now() -> Timestamp {
    "2026-11-22T04:30:00Z".parse().unwrap()
}

struct Place {
    database: TestDatabase,
    parts: Parts,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let database = TestDatabase::create().await;
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts {
            pools: database.pools(),
            secrets: Secrets::seeded(1),
            url: "http://127.0.0.1:8080".to_owned(),
            production: false,
            demo_file: folder.path().join(".local/demo.json"),
            quiet: true,
        };
        Self {
            database,
            parts,
            _folder: folder,
        }
    }

    async fn seed(&self, args: &Args) -> anyhow::Result<Summary> {
        run(args, &self.parts, now()).await
    }

    async fn tenant(&self, slug: &str) -> Option<TenantId> {
        let mut owner = self.database.owner().await;
        let found = tenants::table
            .filter(tenants::slug.eq(slug))
            .select(tenants::id);
        found
            .first::<Uuid>(&mut owner)
            .await
            .optional()
            .unwrap()
            .map(TenantId)
    }

    fn file(&self) -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(&self.parts.demo_file).unwrap()).unwrap()
    }
}

fn args(tenants: &[&str], jamaah: u32) -> Args {
    let tenants = tenants.iter().map(|slug| (*slug).to_owned()).collect();
    Args {
        jamaah,
        seed: 42,
        tenants,
        demo: false,
    }
}

#[tokio::test]
async fn a_seeded_tenant_loads_with_the_state_of_its_log_and_nothing_to_do() {
    let place = Place::new().await;
    let summary = place.seed(&args(&["safar"], 60)).await.unwrap();
    let [(_, Outcome::Seeded(seeded))] = &summary.outcomes[..] else {
        panic!("{summary:?}")
    };
    let id = place.tenant("safar").await.unwrap();
    let extent = Extent {
        closed_days: 10_000,
        ..Extent::default()
    };
    let state = load::tenant(&place.parts.pools, id, now(), extent)
        .await
        .unwrap()
        .unwrap()
        .state;
    assert_eq!(state.head, seeded.events);
    assert_eq!(state.pilgrim_count(), 60);
    assert!(state.pilgrims().all(|p| !needs_review(&state, p, now())));

    let log = place
        .parts
        .pools
        .read("test", id, async |conn: &mut AsyncPgConnection| {
            events::after(conn, id, 0, 1_000_000).await
        });
    let log = log.await.unwrap();
    assert!(
        log.iter().map(|event| event.seq).eq(1..=seeded.events),
        "numbered without a gap"
    );
    assert!(log.is_sorted_by_key(|event| event.occurred_at));
    let mut replayed = State::empty(Arc::clone(&state.tenant));
    log.iter().for_each(|event| replayed.put(&event.row));
    for pilgrim in replayed.pilgrims() {
        let loaded = state.pilgrim(pilgrim.jamaah.id).unwrap();
        assert_eq!(
            (&loaded.jamaah, &loaded.status),
            (&pilgrim.jamaah, &pilgrim.status)
        );
        assert_eq!(loaded.path, pilgrim.path);
    }
    assert!(
        replayed
            .tasks()
            .all(|task| state.task(task.id) == Some(task))
    );
    assert_eq!(replayed.task_count(), state.task_count());
}

#[tokio::test]
async fn a_tenant_that_has_jamaah_is_left_alone() {
    let place = Place::new().await;
    place.seed(&args(&["safar"], 13)).await.unwrap();
    let again = place.seed(&args(&["safar", "hijrah"], 13)).await.unwrap();
    assert_eq!(
        again.outcomes[0],
        ("safar".to_owned(), Outcome::AlreadySeeded)
    );
    assert!(matches!(again.outcomes[1].1, Outcome::Seeded(_)));
    assert!(
        again
            .to_string()
            .starts_with("safar: already seeded\nhijrah: seeded 13 jamaah, "),
        "{again}"
    );
    assert_eq!(again.demo_file, None);
}

#[tokio::test]
async fn a_seed_that_is_interrupted_leaves_nothing() {
    let place = Place::new().await;
    let args = args(&["safar"], 800);
    let interrupted = tokio::time::timeout(Duration::from_millis(300), place.seed(&args));
    assert!(interrupted.await.is_err(), "it takes longer than this");
    assert_eq!(place.tenant("safar").await, None);
}

#[tokio::test]
async fn the_demo_leaves_credentials_that_last() {
    let place = Place::new().await;
    let args = Args {
        demo: true,
        ..args(&["ziarah"], 13)
    };
    let summary = place.seed(&args).await.unwrap();
    assert_eq!(summary.demo_file.as_ref(), Some(&place.parts.demo_file));
    let file = place.file();
    let slugs: Vec<_> = file["tenants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["slug"].as_str().unwrap())
        .collect();
    assert_eq!(slugs, ["al-falah", "barokah", "ziarah"]);
    assert_eq!(file["url"], "http://127.0.0.1:8080");
    let tenant = &file["tenants"][0];
    assert_eq!(tenant["kind"], "travel");
    assert_eq!(tenant["users"].as_array().unwrap().len(), 13);
    let admin = serde_json::json!({ "email": "admin@al-falah.example", "password": demo::PASSWORD, "roles": ["admin"] });
    assert!(
        tenant["users"].as_array().unwrap().contains(&admin),
        "{tenant:#}"
    );
    let mode = std::fs::metadata(&place.parts.demo_file)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);

    let mut conn = place.parts.pools.journal_connection().await.unwrap();
    assert_eq!(demo_tenants(&mut conn).await.unwrap(), slugs);

    let again = place.seed(&args).await.unwrap();
    assert!(
        again
            .outcomes
            .iter()
            .all(|(_, outcome)| *outcome == Outcome::AlreadySeeded)
    );
    assert_eq!(place.file(), file, "the keys are still good");
    std::fs::remove_file(&place.parts.demo_file).unwrap();
    place.seed(&args).await.unwrap();
    let renewed = place.file();
    assert_eq!(renewed["tenants"][0]["users"], tenant["users"]);
    assert_ne!(
        renewed["tenants"][0]["api_key"], tenant["api_key"],
        "a lost key is replaced"
    );
}

#[tokio::test]
async fn nobody_gets_the_demos_credentials_unasked_or_in_production() {
    let mut place = Place::new().await;
    place.seed(&args(&["al-falah"], 13)).await.unwrap();
    let demo = Args {
        demo: true,
        ..args(&[], 13)
    };
    place.seed(&demo).await.unwrap();
    let slugs = place.file();
    assert_eq!(
        slugs["tenants"].as_array().unwrap().len(),
        1,
        "al-falah was there before and is not the demo's"
    );
    assert_eq!(slugs["tenants"][0]["slug"], "barokah");
    place.parts.production = true;
    let refused = place.seed(&demo).await.unwrap_err();
    assert!(refused.to_string().contains("production"), "{refused}");
}

#[test]
fn slugs_are_as_the_database_wants_them() {
    for good in ["a", "al-falah", "travel-2026", &"a".repeat(63)] {
        assert_eq!(slug(good).as_deref(), Ok(good));
    }
    for bad in ["", "-a", "a-", "Al", "a b", "ä", &"a".repeat(64)] {
        assert!(slug(bad).is_err(), "{bad}");
    }
}
