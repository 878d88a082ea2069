//! What is told in the log beside changed rows, and who gets to see it.

use std::time::Duration;

use lajur::config::limits::Switch;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::season::Season;
use crate::support::server::until;
use crate::support::socket::Socket;

async fn told(client: &Client, kind: &str) -> Vec<Value> {
    let answer = client
        .get(&format!("/api/v1/audit?kind={kind}&limit=100"))
        .await;
    answer.data(200).as_array().unwrap().clone()
}

/// Waits for the recorder, which writes once a second.
async fn told_soon(client: &Client, kind: &str, count: usize) -> Vec<Value> {
    let enough = async || told(client, kind).await.len() >= count;
    until(kind, Duration::from_secs(10), enough).await;
    told(client, kind).await
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> u16 {
    let body = json!({ "tenant": app.tenant.slug, "email": email, "password": password });
    app.stranger().post("/api/v1/auth/login", body).await.status
}

#[actix_web::test]
async fn signing_in_is_told_before_it_is_answered() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let me = manager.get("/api/v1/me").await.data(200);
    let started = told(&app.integration(), "session.started").await;
    assert_eq!(started.len(), 1);
    assert_eq!(started[0]["actor"]["id"], me["user"]["id"]);
    assert_eq!(started[0]["subject_type"], "audit");
    assert_eq!(started[0]["subject_id"], me["user"]["id"]);
    assert_eq!(started[0]["after"]["network"], "127.0.0.0/24");
    let text = started[0].to_string();
    assert!(!text.contains(&app.tenant.manager.email), "{text}");
    manager.post("/api/v1/auth/logout", json!({})).await;
    assert_eq!(told(&app.integration(), "session.ended").await.len(), 1);
}

#[actix_web::test]
async fn wrong_passwords_are_told_without_what_was_typed() {
    let app = TestApp::start().await;
    let known = app.tenant.manager.email.clone();
    for email in [
        known.as_str(),
        "nobody@example.test",
        known.as_str(),
        known.as_str(),
    ] {
        assert_eq!(sign_in(&app, email, "my-secret-typo").await, 401);
    }
    let client = app.integration();
    let refused = told_soon(&client, "login.refused", 2).await;
    let text = json!(refused).to_string();
    for word in ["my-secret-typo", "nobody", known.as_str()] {
        assert!(!text.contains(word), "{text}");
    }
    assert!(
        refused
            .iter()
            .all(|event| event["actor"]["type"] == "system")
    );
    let about: Vec<&str> = refused
        .iter()
        .map(|event| event["subject_id"].as_str().unwrap())
        .collect();
    assert!(
        about.contains(&"00000000-0000-0000-0000-000000000000"),
        "{about:?}"
    );
}

#[actix_web::test]
async fn refusals_are_told_and_cannot_flood_the_log() {
    let app = TestApp::start().await;
    Season::begin(&app).await;
    let officer = app
        .stranger()
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await;
    for _ in 0..50 {
        let answer = officer.get("/api/v1/audit").await;
        assert_eq!(answer.code(), "403 FORBIDDEN");
    }
    let client = app.integration();
    let first = told_soon(&client, "access.refused", 1).await;
    assert_eq!(first[0]["after"]["permission"], "audit.read");
    assert_eq!(first[0]["after"]["operation"], "GET /api/v1/audit");
    assert_eq!(first[0]["after"]["code"], "FORBIDDEN");
    assert_eq!(first[0]["actor"]["type"], "user");
    assert!(first.len() <= 2, "{first:?}");

    // what came afterwards is told as one number
    for _ in 0..50 {
        officer.get("/api/v1/audit").await;
    }
    app.clock.advance(chrono::Duration::seconds(61));
    let enough = async || {
        let counts = told(&client, "access.refused").await;
        let count = |event: &Value| event["after"]["count"].as_u64().unwrap_or(1);
        counts.iter().map(count).sum::<u64>() == 100
    };
    until("all refusals are counted", Duration::from_secs(10), enough).await;
    assert!(told(&client, "access.refused").await.len() <= 3);

    // nor can many different ones
    let manager = app.manager().await.without("x-csrf-token");
    for number in 0..100 {
        let path = format!("/api/v1/pipeline/tasks/{number}/start");
        manager.send(Method::POST, &path, Some(json!({}))).await;
        app.stranger()
            .with("x-forwarded-for", &format!("10.0.{number}.1"))
            .get("/api/v1/audit")
            .await;
    }
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(told(&client, "access.refused").await.len() < 40);
}

#[actix_web::test]
async fn a_quota_that_is_used_up_and_a_setting_are_told() {
    let app = TestApp::start_with(|config| {
        config.limits.rate_limits = Switch::On;
        config.limits.reads = "500/60".parse().unwrap();
        config.limits.commands = "2/60".parse().unwrap();
    })
    .await;
    let client = app.integration();
    for _ in 0..20 {
        client.post("/api/v1/pipeline/stages", json!({})).await;
    }
    let exceeded = told_soon(&client, "limit.exceeded", 1).await;
    assert_eq!(exceeded[0]["after"]["class"], "commands");
    assert_eq!(exceeded[0]["actor"]["type"], "api_key");
    app.command("tenant limits --set commands=9/60").await;
    app.command("tenant limits --set commands=9/60 --set export=2/60")
        .await;
    let settings = told(&client, "settings.updated").await;
    assert_eq!(settings.len(), 2);
    assert_eq!(
        settings[0]["after"]["rate_limits"],
        json!({ "commands": "9/60", "export": "2/60" })
    );
    assert_eq!(
        settings[0]["before"]["rate_limits"],
        json!({ "commands": "9/60" })
    );
}

#[actix_web::test]
async fn followers_of_channels_see_nothing_of_it_and_miss_nothing_else() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let manager = app.manager().await;
    let me = manager.get("/api/v1/me").await.data(200);
    let mut socket = Socket::connected(&app.url(""), &manager).await;
    let user = me["user"]["id"].as_str().unwrap();
    let mut positions = Vec::new();
    for channel in ["pipeline:tasks".to_owned(), format!("user:{user}")] {
        let subscribed = socket
            .subscribe(&format!("realtime:al-barokah:{channel}"))
            .await;
        positions.push(subscribed["offset"].as_i64().unwrap());
    }
    sign_in(&app, &app.tenant.manager.email, "wrong-password").await;
    app.manager().await;
    let file = app.integration().get("/api/v1/pipeline/export.csv").await;
    assert_eq!(file.status, 200);
    told_soon(&app.integration(), "login.refused", 1).await;
    socket.assert_silent(Duration::from_millis(1_500)).await;

    let path = format!("/api/v1/pipeline/tasks/{}/start", tasks[0].id);
    assert_eq!(manager.post(&path, json!({})).await.status, 200);
    let publication = socket.publication().await;
    assert_eq!(publication["pub"]["data"]["kind"], "task.started");
    let offset = publication["pub"]["offset"].as_i64().unwrap();
    assert!(
        offset > positions[0] + 3,
        "what is not shown has numbers too"
    );

    // whoever comes back goes on from before it
    let channel = "realtime:al-barokah:pipeline:tasks";
    let mut again = Socket::connected(&app.url(""), &manager).await;
    let recovered = again.subscribe_from(channel, positions[0], "e1").await;
    assert_eq!(recovered["recovered"], true, "{recovered}");
    let missed = again.publication().await;
    assert_eq!(missed["pub"]["offset"], offset);
}
