//! A whole season, as the program makes it up and then tells it.

use lajur::db::testing::TestDatabase;
use serde_json::Value;

use crate::support::client::Client;
use crate::support::server::{Settings, all_pages};

/// What a season looks like, in percent: of those under way, and of all the
/// completed ones. Where it comes from is written in `docs/rules.md`.
const UNDER_WAY: [(&str, f64); 5] = [
    ("on_track", 75.1),
    ("at_risk", 7.0),
    ("overdue", 17.9),
    ("blocked", 4.9),
    ("waiting", 16.2),
];
const COMPLETED: f64 = 24.5;
const POINTS: f64 = 5.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn season_of_2000_jamaah_is_told_as_agencies_know_it() {
    let database = TestDatabase::create().await;
    let settings = Settings::of(&database);
    let seed = [
        "seed", "--tenant", "al-falah", "--jamaah", "2000", "--seed", "42",
    ];
    settings.run(&seed).await;
    let key = settings
        .run(&["api-key", "add", "--tenant", "al-falah", "--name", "test"])
        .await;
    let server = settings.start().await;
    let client = server
        .stranger()
        .with("authorization", &format!("Bearer {}", key.trim()));

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
    assert_bottlenecks_are_about_work(&client, &stages).await;
    server.assert_sane();
}

fn assert_shares(health: &Value) {
    let count = |field: &str| {
        health[field]
            .as_f64()
            .unwrap_or_else(|| panic!("no {field}: {health}"))
    };
    assert!((1990.0..=2000.0).contains(&count("total")), "{health}");
    for (field, expected) in UNDER_WAY {
        let share = 100.0 * count(field) / count("active");
        assert!(
            (share - expected).abs() <= POINTS,
            "{field}: {share:.1} % of the active, {health}"
        );
    }
    let share = 100.0 * count("completed") / count("total");
    assert!(
        (share - COMPLETED).abs() <= POINTS,
        "completed: {share:.1} %, {health}"
    );
}

/// Waiting for a window to open is not work, so nothing is stuck there.
async fn assert_bottlenecks_are_about_work(client: &Client, stages: &[Value]) {
    let found = client.get("/api/v1/pipeline/bottlenecks").await.json()["data"].clone();
    let found: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    let mut only_waiting = 0;
    for stage in stages {
        let (people, waiting) = (
            stage["people"].as_u64(),
            stage["waiting_for_window"].as_u64(),
        );
        if people == waiting && people > Some(0) {
            only_waiting += 1;
            let code = stage["code"].as_str().unwrap();
            assert!(!found.contains(&code), "{code} is no bottleneck: {stage:#}");
        }
    }
    assert!(
        only_waiting > 0,
        "no stage whose people only wait: the season is not what it was"
    );
}
