//! A whole season, as the program makes it up and then tells it.

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use lajur::secrets::Secrets;
use lajur::seed;
use serde_json::Value;

use crate::support::TestApp;
use crate::support::app::monday_morning;
use crate::support::client::Client;
use crate::support::fixture::add_key;
use crate::support::server::all_pages;

/// What a season looks like, in percent of those under way. Two thousand made
/// up by the same rules outside of the program, with another source of chance,
/// gave these.
const UNDER_WAY: [(&str, f64); 5] = [
    ("on_track", 75.1),
    ("at_risk", 7.0),
    ("overdue", 17.9),
    ("blocked", 4.9),
    ("waiting", 16.2),
];
/// Of those under way, by the first stage that is not done, in order.
const STAGES: [f64; 10] = [42.8, 4.3, 4.4, 13.3, 5.6, 6.4, 9.3, 2.6, 3.1, 8.2];
/// In percent of all.
const COMPLETED: f64 = 24.5;
const POINTS: f64 = 5.0;
const PEOPLE: u32 = 2_000;

#[actix_web::test]
async fn season_of_2000_jamaah_is_told_as_agencies_know_it() {
    let app = TestApp::start().await;
    let client = seeded(&app, "al-falah").await;
    let health = client.get("/api/v1/pipeline/health").await.json()["data"].clone();
    assert_shares(&health);

    let stages = all_pages(&client, "/api/v1/pipeline/stages").await;
    assert_eq!(stages.len(), 10, "{stages:#?}");
    let people: u64 = stages
        .iter()
        .map(|stage| stage["people"].as_u64().unwrap())
        .sum();
    assert_eq!(
        people,
        health["active"].as_u64().unwrap(),
        "everybody is somewhere"
    );
    for (stage, expected) in stages.iter().zip(STAGES) {
        let share = 100.0 * stage["people"].as_f64().unwrap() / health["active"].as_f64().unwrap();
        assert!(
            (share - expected).abs() <= POINTS,
            "{share:.1} %: {stage:#}"
        );
    }
    assert_bottlenecks_are_about_work(&client, &stages).await;
}

/// An integration of a new tenant with a season.
async fn seeded(app: &TestApp, slug: &str) -> Client {
    let args = seed::Args {
        jamaah: PEOPLE,
        seed: 42,
        tenants: vec![slug.to_owned()],
        demo: false,
    };
    let secrets = Secrets::seeded(9);
    let parts = seed::Parts {
        pools: app.database.pools(),
        secrets: secrets.clone(),
        url: app.url(""),
        production: false,
        demo_file: "unused".into(),
        quiet: true,
    };
    seed::run(&args, &parts, monday_morning()).await.unwrap();
    let mut conn = app.database.owner().await;
    let tenant: Tenant = diesel::sql_query("SELECT id FROM tenants WHERE slug = $1")
        .bind::<Text, _>(slug)
        .get_result(&mut conn)
        .await
        .unwrap();
    let key = add_key(&mut conn, tenant.id, None, &secrets).await;
    app.stranger().with_key(&key)
}

#[derive(diesel::QueryableByName)]
struct Tenant {
    #[diesel(sql_type = SqlUuid)]
    id: uuid::Uuid,
}

fn assert_shares(health: &Value) {
    let count = |field: &str| {
        health[field]
            .as_f64()
            .unwrap_or_else(|| panic!("no {field}: {health}"))
    };
    for (field, expected) in UNDER_WAY {
        let share = 100.0 * count(field) / count("active");
        assert!(
            (share - expected).abs() <= POINTS,
            "{field}: {share:.1} % of the active, {health}"
        );
    }
    // who was closed long ago is no longer kept in memory and not counted there
    let completed = f64::from(PEOPLE) - count("active") - count("cancelled");
    let share = 100.0 * completed / f64::from(PEOPLE);
    assert!(
        (share - COMPLETED).abs() <= POINTS,
        "completed: {share:.1} %, {health}"
    );
}

/// Waiting for a window to open is not work: it is not counted where people
/// are held up, and nobody is held up where hardly anything else is done.
async fn assert_bottlenecks_are_about_work(client: &Client, stages: &[Value]) {
    let found = client.get("/api/v1/pipeline/bottlenecks").await.json()["data"].clone();
    let found = found.as_array().unwrap();
    let bottleneck = |stage: &Value| found.iter().find(|one| one["code"] == stage["code"]);
    let mut waiting_rooms = 0;
    for stage in stages {
        let count = |field: &str| stage[field].as_u64().unwrap();
        if let Some(bottleneck) = bottleneck(stage) {
            assert_eq!(
                bottleneck["evidence"]["wip"], stage["wip"],
                "{bottleneck:#}"
            );
        }
        if count("waiting_for_window") > count("wip") && count("late") == 0 {
            waiting_rooms += 1;
            assert_eq!(bottleneck(stage), None, "{stage:#}");
        }
    }
    assert!(waiting_rooms > 0, "nobody waits for a window: {stages:#?}");
}
