//! Health and bottlenecks: from memory, and from the cache when there is nothing else.

use lajur::cache::Kind;
use lajur::domain::ids::TenantId;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::season::Season;
use crate::support::server::until;

const HEALTH: &str = "/api/v1/pipeline/health";
/// Until what happens in the background has happened.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);
const BOTTLENECKS: &str = "/api/v1/pipeline/bottlenecks";

/// Ten people who have not moved for three weeks.
async fn stuck(app: &TestApp) -> Season {
    let season = Season::begin(app).await;
    for number in 0..10 {
        season
            .add_person(&format!("Jamaah {number}"), &format!("X{number:07}"))
            .await;
    }
    app.clock.advance(chrono::Duration::days(21));
    season
}

#[actix_web::test]
async fn health_is_that_of_the_newest_state() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let empty = key.get(HEALTH).await.data(200);
    assert_eq!(
        (&empty["total"], &empty["score"]),
        (&json!(0), &Value::Null)
    );
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let answer = key.get(HEALTH).await;
    let health = answer.data(200);
    assert_eq!(
        (&health["total"], &health["on_track"], &health["score"]),
        (&json!(1), &json!(1), &json!(100.0))
    );
    assert_eq!(health["tasks"]["open"], 2);
    let meta = answer.json()["meta"].clone();
    assert_eq!(meta["seq"], season.tenant.view().state.head);
    assert_eq!(meta["as_of"], health["as_of"]);
    assert_eq!(meta.get("stale"), None);
    let block = format!("/api/v1/pipeline/tasks/{}/block", tasks[0].id);
    let blocked = key.post(&block, json!({ "reason": "x" })).await.json();
    let health = key.get(HEALTH).await.json();
    assert_eq!(health["data"]["blocked"], 1);
    assert_eq!(health["meta"]["seq"], blocked["meta"]["seq"]);
}

#[actix_web::test]
async fn health_is_not_sent_again_while_nothing_happens() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    let first = key.get(HEALTH).await;
    let knowing = key.with("if-none-match", first.header("etag"));
    let hits = || {
        app.running
            .app
            .metrics
            .cache_requests_total
            .with_label_values(&["hit"])
            .get()
    };
    let before = hits();
    assert_eq!(knowing.get(HEALTH).await.status, 304);
    assert_eq!(hits(), before + 1);
    app.clock.advance(chrono::Duration::seconds(20));
    let later = knowing.get(HEALTH).await;
    assert_eq!((later.status, later.text.as_str()), (304, ""));
    season.add_person("Budi", "X0000002").await;
    assert_eq!(knowing.get(HEALTH).await.data(200)["total"], 2);
}

#[actix_web::test]
async fn bottlenecks_are_filtered_by_severity() {
    let app = TestApp::start().await;
    let season = stuck(&app).await;
    season.add_person("Newcomer", "X0000099").await;
    let key = app.integration();
    // what three weeks have brought may still be being written
    let before = season.tenant.view().state.head;
    let answer = key.get(BOTTLENECKS).await;
    let found = answer.data(200);
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    let severity = found[0]["severity"].as_str().unwrap().to_owned();
    assert_eq!(
        (&found[0]["code"], severity.as_str()),
        (&json!("documents"), "critical")
    );
    assert!(answer.json()["meta"]["seq"].as_i64() >= Some(before));
    for (query, count) in [
        ("critical", 1),
        ("low,moderate", 0),
        ("high,critical", 1),
        ("medium", 0),
    ] {
        let found = key
            .get(&format!("{BOTTLENECKS}?severity={query}"))
            .await
            .data(200);
        assert_eq!(found.as_array().unwrap().len(), count, "{query}");
    }
    let refused = key.get(&format!("{BOTTLENECKS}?severity=severe")).await;
    assert_eq!(refused.fields(), ["severity"]);
    // as soon as all of that is written
    until("nothing is new", PATIENCE, async || {
        let newest = key.get(BOTTLENECKS).await;
        let knowing = key.clone().with("if-none-match", newest.header("etag"));
        knowing.get(BOTTLENECKS).await.status == 304
    })
    .await;
}

#[actix_web::test]
async fn numbers_in_memory_outlast_the_database() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    let fresh = key.get(HEALTH).await;
    app.cut_database().await;
    // something that notices
    let refused = key
        .post(
            "/api/v1/pipeline/departures",
            json!({ "code": "X", "departure_date": "2026-12-24" }),
        )
        .await;
    assert_eq!(refused.code(), "503 UNAVAILABLE");
    let knowing = key.clone().with("if-none-match", fresh.header("etag"));
    for path in [
        HEALTH,
        BOTTLENECKS,
        "/api/v1/pipeline/stages",
        "/api/v1/pipeline/departures",
    ] {
        let answer = knowing.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert_eq!(answer.json()["meta"]["stale"], true, "{path}");
    }
}

#[actix_web::test]
async fn a_tenant_that_cannot_be_loaded_is_read_from_the_cache() {
    // snapshots as another node has left them
    let there = TestApp::start().await;
    let _season = stuck(&there).await;
    let key = there.integration();
    let mut given = Vec::new();
    for (kind, path) in [
        (Kind::Health, HEALTH),
        (Kind::Bottlenecks, BOTTLENECKS),
        (Kind::Stages, "/api/v1/pipeline/stages"),
    ] {
        let (mut data, mut kept) = (Value::Null, None);
        // they are kept in the background, and what time has brought is written there
        until("what is kept is what is told", PATIENCE, async || {
            let answer = key.get(path).await;
            data = answer.data(200);
            let seq = answer.json()["meta"]["seq"].as_i64().unwrap();
            let cache = &there.running.app.cache;
            kept = cache.get(TenantId(there.tenant.id), kind, seq).await;
            let body = kept.as_ref().map(|kept| &kept.body[..]).unwrap_or(b"{}");
            serde_json::from_slice::<Value>(body).unwrap()["data"] == data
        })
        .await;
        let kept = kept.unwrap();
        given.push((kind, path, data, kept));
    }

    let here = TestApp::start().await;
    let key = here.integration();
    assert_eq!(key.get("/api/v1/me").await.status, 200);
    here.cut_database().await;
    assert_eq!(
        key.get(HEALTH).await.code(),
        "503 UNAVAILABLE",
        "nothing is known"
    );
    let tenant = TenantId(here.tenant.id);
    for (kind, path, data, kept) in given {
        here.running
            .app
            .cache
            .put(tenant, kind, kept.seq, kept.body)
            .await;
        let answer = key.get(path).await;
        assert_eq!(answer.data(200), data);
        let meta = answer.json()["meta"].clone();
        assert_eq!(
            (&meta["stale"], &meta["seq"]),
            (&json!(true), &json!(kept.seq))
        );
        assert_eq!(meta["as_of"], "2026-12-14T02:00:00Z");
        let knowing = key.clone().with("if-none-match", answer.header("etag"));
        assert_eq!(knowing.get(path).await.status, 304);
    }
    let page = key.get("/api/v1/pipeline/stages?limit=1&page=2").await;
    assert_eq!(page.data(200)[0]["code"], "visa");
    assert_eq!(page.json()["meta"]["total"], 2);
    let mild = key.get(&format!("{BOTTLENECKS}?severity=low,medium")).await;
    assert_eq!(mild.data(200), json!([]));
    assert_eq!(
        key.get("/api/v1/pipeline/tasks").await.code(),
        "503 UNAVAILABLE"
    );
}

#[actix_web::test]
async fn a_stage_in_which_people_only_wait_for_its_window_is_no_bottleneck() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let stages = key.get("/api/v1/pipeline/stages").await.data(200);
    // the departure is in 27 days
    let visa = format!(
        "/api/v1/pipeline/stages/{}",
        stages[1]["id"].as_str().unwrap()
    );
    let window = json!({ "version": stages[1]["version"], "not_before_days": 10, "wip_limit": 3 });
    assert_eq!(key.put(&visa, window).await.status, 200);
    let apply = key.post("/api/v1/pipeline/stages/apply", json!({})).await;
    assert_eq!(apply.status, 200, "{}", apply.text);
    let mut ids = Vec::new();
    for number in 0..20 {
        let (_, tasks) = season.add_person("Siti", &format!("X{number:07}")).await;
        ids.extend(tasks.iter().map(|task| task.id));
    }
    let start = json!({ "action": "start", "ids": ids });
    let complete = json!({ "action": "complete", "ids": ids });
    for body in [start, complete] {
        assert_eq!(
            key.post("/api/v1/pipeline/tasks/bulk", body).await.status,
            200
        );
    }
    let numbers = async || {
        let stage = key.get(&visa).await.data(200);
        let found = key.get(BOTTLENECKS).await.data(200);
        let alerts = found.as_array().unwrap().iter();
        let alerts = alerts
            .filter(|found| found["stage_id"] == stages[1]["id"])
            .count();
        json!([
            stage["people"],
            stage["waiting_for_window"],
            stage["wip"],
            alerts
        ])
    };
    assert_eq!(numbers().await, json!([20, 20, 0, 0]));
    // long after, still before the window
    app.clock.advance(chrono::Duration::days(14));
    assert_eq!(numbers().await, json!([20, 20, 0, 0]));
}

#[actix_web::test]
async fn health_tells_what_it_was_the_day_before() {
    // somebody has to look now and then, or the tenant falls asleep
    let app = TestApp::start_with(|config| config.actors.idle_seconds = 86_400).await;
    let key = app.integration();
    assert_eq!(key.get(HEALTH).await.data(200)["yesterday"], Value::Null);
    let season = stuck(&app).await;
    let settled = async || {
        let health = key.get(HEALTH).await.data(200);
        health["overdue"] == 10 && health["deductions"]["critical_bottleneck"] == 10.0
    };
    until("three weeks have passed", PATIENCE, settled).await;
    app.clock.advance(chrono::Duration::hours(1));
    let mut then = key.get(HEALTH).await.data(200);
    let fields = then.as_object_mut().unwrap();
    fields.remove("yesterday");
    app.clock.advance(chrono::Duration::hours(20));
    season.add_person("Newcomer", "X0000099").await;
    app.clock.advance(chrono::Duration::hours(4));
    let mut now = Value::Null;
    until("yesterday is known", PATIENCE, async || {
        now = key.get(HEALTH).await.data(200);
        now["yesterday"]["as_of"] == then["as_of"]
    })
    .await;
    assert_eq!(now["yesterday"], then);
    assert_eq!((&now["total"], &then["total"]), (&json!(11), &json!(10)));
    let found = key.get(BOTTLENECKS).await.data(200);
    assert_eq!(found[0]["late_yesterday"], found[0]["evidence"]["late"]);
}
