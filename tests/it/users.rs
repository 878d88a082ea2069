//! The people of a tenant, for giving them tasks and showing their names.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::server::until;

const USERS: &str = "/api/v1/users";

async fn names(client: &Client, query: &str) -> Vec<Value> {
    let found = client.get(&format!("{USERS}?{query}")).await.data(200);
    found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].clone())
        .collect()
}

#[actix_web::test]
async fn people_are_listed_by_name_and_filtered() {
    let app = TestApp::start().await;
    app.command("user add --email ani@example.test --name ani --role visa-admin --role auditor")
        .await;
    app.command("user deactivate --email ani@example.test")
        .await;
    let manager = app.manager().await;
    let answer = manager.get(USERS).await;
    let people = answer.data(200);
    let ani = &people[0];
    assert_eq!(
        (&ani["name"], &ani["active"], &ani["roles"]),
        (
            &json!("ani"),
            &json!(false),
            &json!(["auditor", "visa-admin"])
        )
    );
    assert_eq!(answer.json()["meta"]["total"], 3);
    assert!(answer.json()["meta"]["seq"].is_i64());
    for (query, expected) in [
        ("role=visa-admin", vec!["ani", "Budi"]),
        ("role=auditor,manager", vec!["ani", "Siti Aminah"]),
        ("role=nobody", vec![]),
        ("active=true", vec!["Budi", "Siti Aminah"]),
        ("q=AMIN+siti", vec!["Siti Aminah"]),
        ("q=ani@example", vec!["ani"]),
        ("limit=1&page=2", vec!["Budi"]),
    ] {
        assert_eq!(names(&manager, query).await, expected, "{query}");
    }
    let long = manager.get(&format!("{USERS}?q={}", "x".repeat(201))).await;
    assert_eq!(long.fields(), ["q"]);
    let knowing = manager.with("if-none-match", answer.header("etag"));
    assert_eq!(knowing.get(USERS).await.status, 304);
}

#[actix_web::test]
async fn addresses_are_for_whoever_administers_users() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    assert_eq!(
        manager.get(USERS).await.data(200)[0]["email"],
        "budi@example.test"
    );
    let officer = app.stranger();
    let officer = officer
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await;
    let answer = officer.get(USERS).await;
    assert_eq!(answer.data(200)[0]["email"], Value::Null);
    assert!(!answer.text.contains("example.test"), "{}", answer.text);
    assert_eq!(names(&officer, "q=example").await, Vec::<Value>::new());
}

#[actix_web::test]
async fn whoever_comes_or_leaves_is_noticed_at_once() {
    let app = TestApp::start().await;
    let key = app.integration();
    assert_eq!(names(&key, "").await, ["Budi", "Siti Aminah"]);
    // the test's clock stands still: nothing grows old by itself
    app.command("user add --email ani@example.test --name Ani --role auditor")
        .await;
    until(
        "the newcomer is listed",
        Duration::from_secs(5),
        async || names(&key, "").await == ["Ani", "Budi", "Siti Aminah"],
    )
    .await;
}

#[actix_web::test]
async fn names_outlast_the_database() {
    let app = TestApp::start().await;
    let key = app.integration();
    assert_eq!(names(&key, "").await.len(), 2);
    app.cut_database().await;
    app.clock.advance(chrono::Duration::seconds(30));
    let answer = key.get(USERS).await;
    assert_eq!(answer.data(200).as_array().unwrap().len(), 2);
    assert_eq!(answer.json()["meta"]["stale"], true);
    assert_eq!(answer.json()["meta"]["as_of"], "2026-11-23T02:00:00Z");
}
