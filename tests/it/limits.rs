//! Rate limits of one process: what is counted, for whom, and what is said.

use lajur::config::Config;
use lajur::config::limits::Switch;
use lajur::domain::limits::Class;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;

const HEALTH: &str = "/api/v1/pipeline/health";

fn limited(config: &mut Config) {
    config.limits.rate_limits = Switch::On;
    config.limits.reads = "10/60".parse().unwrap();
    config.limits.commands = "3/60".parse().unwrap();
}

#[actix_web::test]
async fn keys_of_nobody_are_looked_up_for_a_while() {
    let app = TestApp::start_with(limited).await;
    let client = app.integration();
    assert_eq!(client.get(HEALTH).await.status, 200);
    let guess = async |number: u32| {
        let key = format!("Bearer lajur_{number:08}_{number:032}");
        let guessing = app.stranger().with("authorization", &key);
        guessing.get(HEALTH).await.code()
    };
    for number in 0..30 {
        assert_eq!(guess(number).await, "401 UNAUTHENTICATED");
    }
    assert_eq!(guess(30).await, "429 RATE_LIMIT_EXCEEDED");
    // one that was shown before costs nothing
    assert_eq!(guess(0).await, "401 UNAUTHENTICATED");
    // whoever is known goes on from the same address
    assert_eq!(client.get(HEALTH).await.status, 200);
    app.clock.advance(chrono::Duration::seconds(60));
    assert_eq!(guess(31).await, "401 UNAUTHENTICATED");
}

#[test]
fn every_operation_has_a_class() {
    let api: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let mut seen = Vec::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let class = operation["x-rate-limit"].as_str();
            let class = class.unwrap_or_else(|| panic!("{method} {path} has no x-rate-limit"));
            let unlimited = class == "unlimited";
            assert!(
                unlimited || Class::parse(class).is_some(),
                "{method} {path}: {class}"
            );
            assert_eq!(unlimited, path.starts_with("/health"), "{method} {path}");
            let responses = operation["responses"].as_object().unwrap();
            assert_eq!(responses.contains_key("429"), !unlimited, "{method} {path}");
            let public = !operation["security"].is_array();
            assert_eq!(
                public,
                unlimited || Class::parse(class).is_some_and(Class::is_for_strangers),
                "{method} {path}: who is not known is counted by address"
            );
            seen.push(class.to_owned());
        }
    }
    for class in ["session", "reads", "commands", "bulk", "export"] {
        assert!(seen.iter().any(|one| one == class), "{class} is of no use");
    }
}

#[actix_web::test]
async fn the_eleventh_request_is_refused_until_there_is_room_again() {
    let app = TestApp::start_with(limited).await;
    let client = app.integration();
    for left in (0..10).rev() {
        let answer = client.get(HEALTH).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("ratelimit-policy"), "\"reads\";q=10;w=60");
        assert_eq!(
            answer.header("ratelimit"),
            format!("\"reads\";r={left};t=60")
        );
        assert_eq!(answer.header("retry-after"), "");
        app.clock.advance(chrono::Duration::seconds(1));
    }
    let refused = client.get(HEALTH).await;
    assert_eq!(refused.code(), "429 RATE_LIMIT_EXCEEDED");
    // the first passed ten seconds ago, the last one second ago
    assert_eq!(refused.header("retry-after"), "50");
    assert_eq!(refused.header("ratelimit"), "\"reads\";r=0;t=59");
    assert_eq!(
        refused.json()["error"]["details"],
        json!({ "class": "reads", "limit": 10, "window_seconds": 60, "retry_after_seconds": 50 })
    );
    // hitting on does not put the end off
    app.clock.advance(chrono::Duration::seconds(49));
    assert_eq!(client.get(HEALTH).await.header("retry-after"), "1");
    app.clock.advance(chrono::Duration::seconds(1));
    assert_eq!(client.get(HEALTH).await.status, 200);
    assert_eq!(client.get(HEALTH).await.status, 429);
    // a quiet minute gives all of it back, and not more
    app.clock.advance(chrono::Duration::seconds(600));
    let mut passed = 0;
    for _ in 0..15 {
        passed += u32::from(client.get(HEALTH).await.status == 200);
    }
    assert_eq!(passed, 10);

    let metrics = reqwest::get(app.metrics_url()).await.unwrap();
    let metrics = metrics.text().await.unwrap();
    let line = r#"rate_limit_hits_total{class="reads",store="local"} 8"#;
    assert!(metrics.contains(line), "{metrics}");
}

#[actix_web::test]
async fn other_names_of_an_operation_are_no_way_around() {
    let app = TestApp::start_with(limited).await;
    let client = app.integration();
    for path in [
        HEALTH,
        "/api/pipeline/health",
        "/api/v1/pipeline/health?x=1",
    ] {
        for method in [Method::GET, Method::HEAD] {
            assert_eq!(client.send(method, path, None).await.status, 200);
        }
    }
    for forged in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        let forger = client.clone().with("x-request-id", forged);
        let request = forger
            .request(Method::GET, HEALTH)
            .header(forged, "1.2.3.4");
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    assert_eq!(client.get(HEALTH).await.status, 200);
    assert_eq!(client.get("/api/pipeline/health").await.status, 429);
    assert_eq!(client.send(Method::HEAD, HEALTH, None).await.status, 429);
}

#[actix_web::test]
async fn each_caller_and_each_resource_has_its_own_count() {
    let app = TestApp::start_with(limited).await;
    let (client, manager) = (app.integration(), app.manager().await);
    for _ in 0..10 {
        client.get(HEALTH).await;
    }
    assert_eq!(client.get(HEALTH).await.status, 429);
    assert_eq!(client.get("/api/v1/pipeline/stages").await.status, 200);
    assert_eq!(manager.get(HEALTH).await.status, 200);
    // commands share one count, whatever they do, and refused ones count too
    let statuses = [
        client.post("/api/v1/pipeline/stages", json!({})).await,
        client.post("/api/v1/pipeline/jamaah", json!({})).await,
        client.put("/api/v1/pipeline/stages/order", json!({})).await,
        client.post("/api/v1/pipeline/tasks", json!({})).await,
    ]
    .map(|answer| answer.status);
    assert_eq!(statuses, [422, 422, 422, 429]);
    // what is not limited
    for _ in 0..30 {
        assert_eq!(app.stranger().get("/health/live").await.status, 200);
    }
}

#[actix_web::test]
async fn those_who_come_at_once_get_no_more_than_the_limit() {
    let app = TestApp::start_with(limited).await;
    let client = app.integration();
    let asking = (0..100).map(|_| client.get(HEALTH));
    let answers = futures::future::join_all(asking).await;
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(passed, 10);
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 || !answer.header("retry-after").is_empty())
    );
}

#[actix_web::test]
async fn a_tenant_can_have_quotas_of_its_own() {
    let app = TestApp::start_with(limited).await;
    let said = app
        .command("tenant limits --set reads=2/60 --set export=7/1")
        .await;
    assert!(said.contains("reads") && said.contains("2/60"), "{said}");
    let client = app.integration();
    let statuses = [
        client.get(HEALTH).await,
        client.get(HEALTH).await,
        client.get(HEALTH).await,
    ];
    assert_eq!(statuses.map(|answer| answer.status), [200, 200, 429]);
    let other = app.command("tenant limits --reset reads").await;
    assert!(!other.contains("2/60") && other.contains("7/1"), "{other}");
    // whoever is known is asked after again within some seconds
    app.clock.advance(chrono::Duration::seconds(11));
    assert_eq!(
        client.get(HEALTH).await.header("ratelimit-policy"),
        "\"reads\";q=10;w=60"
    );
}

#[actix_web::test]
async fn limits_can_be_switched_off() {
    let app = TestApp::start_with(|config| {
        limited(config);
        config.limits.rate_limits = Switch::Off;
    })
    .await;
    let client = app.integration();
    for _ in 0..30 {
        let answer = client.get(HEALTH).await;
        assert_eq!((answer.status, answer.header("ratelimit")), (200, ""));
    }
}
