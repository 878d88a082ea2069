//! Departures: who leaves when, and how ready they are.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::fixture::Tenant;
use crate::support::season::Season;

const DEPARTURES: &str = "/api/v1/pipeline/departures";

async fn codes(client: &Client, query: &str) -> Vec<Value> {
    let found = client.get(&format!("{DEPARTURES}?{query}")).await.data(200);
    found
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].clone())
        .collect()
}

#[actix_web::test]
async fn departures_are_listed_by_date() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    for (code, date) in [
        ("A", "2026-11-23"),
        ("B", "2026-11-30"),
        ("C", "2026-12-01"),
        ("D", "2026-11-22"),
    ] {
        let new = json!({ "code": code, "departure_date": date, "package": "Reguler 9 hari", "seats": 45 });
        let made = key.post(DEPARTURES, new).await;
        assert_eq!(
            (made.data(201)["state"].clone(), made.header("etag")),
            (json!("scheduled"), "\"1\"")
        );
    }
    assert_eq!(
        codes(&key, "").await,
        ["A", "B"],
        "today and the seven days after it"
    );
    assert_eq!(codes(&key, "days=0").await, ["A"]);
    assert_eq!(
        codes(&key, "days=8&sort=-departure_date").await,
        ["C", "B", "A"]
    );
    assert_eq!(
        codes(&key, "from=2026-11-22&to=2026-11-23").await,
        ["D", "A"]
    );
    assert_eq!(
        codes(&key, "from=2026-12-01&days=30&sort=-people").await,
        ["UMR-01", "C"]
    );
    assert_eq!(
        codes(&key, "days=365&limit=2&page=2").await,
        ["C", "UMR-01"]
    );
    let answer = key
        .get(&format!("{DEPARTURES}?days=365&limit=2&page=2"))
        .await;
    assert_eq!(answer.json()["meta"]["total"], 4);
    assert_eq!(
        answer.json()["meta"]["seq"],
        season.tenant.view().state.head
    );
    let booked = &answer.data(200)[1];
    assert_eq!(
        (&booked["people"], &booked["ready"], &booked["readiness"]),
        (&json!(1), &json!(0), &json!(0.0))
    );
    assert_eq!(booked["stages"][0]["code"], "documents");
    assert_eq!(booked["days_to_departure"], 27);
    let knowing = key.clone().with("if-none-match", answer.header("etag"));
    assert_eq!(
        knowing
            .get(&format!("{DEPARTURES}?days=365&limit=2&page=2"))
            .await
            .status,
        304
    );
    for (query, field) in [
        ("days=many", "days"),
        ("days=99999", "days"),
        ("from=2026-13-01", "from"),
        ("from=2026-11-02&to=2026-11-01", "to"),
        ("sort=luck", "sort"),
        ("limit=0", "limit"),
    ] {
        assert_eq!(
            key.get(&format!("{DEPARTURES}?{query}")).await.fields(),
            [field]
        );
    }
}

#[actix_web::test]
async fn a_departure_is_moved_and_cancelled() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (jamaah, _) = season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    let path = format!("{DEPARTURES}/{}", season.departure);
    assert_eq!(
        key.put(&path, json!({ "seats": 40 })).await.code(),
        "428 VERSION_REQUIRED"
    );
    let read = key.get(&path).await;
    let seen = key.clone().with("if-match", read.header("etag"));
    let change = json!({ "departure_date": "2026-12-27", "seats": 40, "package": "VIP" });
    let changed = seen.put(&path, change).await.data(200);
    assert_eq!(
        (&changed["departure_date"], &changed["version"]),
        (&json!("2026-12-27"), &json!(2))
    );
    let status = |view: &lajur::domain::pipeline::view::View| {
        view.state.pilgrim(jamaah).unwrap().status.clone()
    };
    assert_eq!(
        status(&season.tenant.view()).departure_date.to_string(),
        "2026-12-27"
    );
    let cleared = key
        .put(&path, json!({ "version": 2, "seats": null }))
        .await
        .data(200);
    assert_eq!(
        (&cleared["seats"], &cleared["package"]),
        (&Value::Null, &json!("VIP"))
    );
    for (body, field) in [
        (json!({ "version": 3, "code": null }), "code"),
        (json!({ "version": 3, "state": "late" }), "state"),
        (json!({ "version": 3, "seats": -1 }), "seats"),
        (json!({ "version": 3, "date": "2026-12-28" }), "date"),
    ] {
        assert_eq!(key.put(&path, body).await.fields(), [field]);
    }
    key.put(&path, json!({ "version": 3, "state": "cancelled" }))
        .await
        .data(200);
    assert_eq!(codes(&key, "days=365").await, Vec::<Value>::new());
    assert_eq!(key.get(&path).await.data(200)["state"], "cancelled");
}

#[actix_web::test]
async fn a_code_is_used_once_a_day() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let twin = key
        .post(
            DEPARTURES,
            json!({ "code": "UMR-01", "departure_date": "2026-12-20" }),
        )
        .await;
    assert_eq!(twin.code(), "409 DUPLICATE");
    assert_eq!(
        twin.json()["error"]["details"]["existing"],
        json!(season.departure)
    );
    let bad = key
        .post(
            DEPARTURES,
            json!({ "code": " ", "departure_date": "2026-12-20" }),
        )
        .await;
    assert_eq!(bad.fields(), ["code"]);
    assert_eq!(
        key.post(DEPARTURES, json!({ "code": "X" })).await.fields(),
        ["departure_date"]
    );
}

#[actix_web::test]
async fn a_departure_of_another_tenant_is_not_there() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let other = Tenant::create(&app.database, "other", &app.running.app.secrets).await;
    let key = app.stranger().with_key(&other.key);
    let path = format!("{DEPARTURES}/{}", season.departure);
    assert_eq!(key.get(&path).await.code(), "404 NOT_FOUND");
    assert_eq!(
        key.put(&path, json!({ "version": 1, "seats": 1 }))
            .await
            .code(),
        "404 NOT_FOUND"
    );
}

#[actix_web::test]
async fn who_is_not_ready_is_listed_the_latest_first_with_what_is_to_be_done() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    season.add_person("Siti", "X0000001").await;
    app.clock.advance(chrono::Duration::days(1));
    let (_, tasks) = season.add_person("Budi", "X0000002").await;
    let key = app.integration();
    let block = format!("/api/v1/pipeline/tasks/{}/block", tasks[1].id);
    let body = json!({ "reason": "passport expired" });
    assert_eq!(key.post(&block, body).await.status, 200);
    let list = async |sort: &str| {
        let path = format!("/api/v1/pipeline/jamaah?departure=UMR-01&status=active&sort={sort}");
        key.get(&path).await.data(200)
    };
    let people = list("due_at").await;
    assert_eq!(
        (&people[0]["name"], &people[0]["due_at"]),
        (&json!("Siti"), &json!("2026-11-28T17:00:00Z"))
    );
    let next = &people[1]["next_task"];
    assert_eq!(
        (&next["id"], &next["status"], &next["blocked_reason"]),
        (
            &json!(tasks[1].id),
            &json!("blocked"),
            &json!("passport expired")
        )
    );
    assert_eq!(list("-due_at").await[0]["name"], "Budi");
    let path = format!("{DEPARTURES}/{}", season.departure);
    let stage = key.get(&path).await.data(200)["stages"][0].clone();
    assert_eq!(
        (&stage["code"], &stage["people"], &stage["blocked"]),
        (&json!("documents"), &json!(2), &json!(1))
    );
}
