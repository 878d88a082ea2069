//! Keys of other programs: made, used, replaced and made worthless.

use std::time::Duration;

use chrono::TimeDelta;
use lajur::config::secret::Secret;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::server::until;

const KEYS: &str = "/api/v1/api-keys";

async fn make(manager: &Client, more: Value) -> Value {
    let mut body = json!({ "name": "Accounting", "permissions": ["pipeline.read"] });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    manager.post(KEYS, body).await.data(201)
}

fn with(app: &TestApp, key: &Value) -> Client {
    let key = Secret::new(key["key"].as_str().unwrap());
    app.stranger().with_key(&key)
}

fn path(key: &Value) -> String {
    format!("{KEYS}/{}", key["id"].as_str().unwrap())
}

#[actix_web::test]
async fn a_key_is_shown_once_and_used() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let made = make(&manager, json!({})).await;
    let client = with(&app, &made);
    let me = client.get("/api/v1/me").await.data(200);
    assert_eq!(me["permissions"], json!(["pipeline.read"]));
    let listed = manager.get(KEYS).await;
    let rows = listed.data(200);
    let mut rows = rows.as_array().unwrap().iter();
    let key = rows.find(|key| key["id"] == made["id"]).unwrap();
    assert_eq!(
        (
            &key["id"],
            &key["prefix"],
            &key["created_by_name"],
            &key["state"]
        ),
        (
            &made["id"],
            &made["prefix"],
            &json!("Siti Aminah"),
            &json!("active")
        )
    );
    let secret = made["key"].as_str().unwrap().rsplit('_').next().unwrap();
    assert!(!listed.text.contains(secret), "{}", listed.text);
    until("its use is noted", Duration::from_secs(5), async || {
        manager.get(&path(&made)).await.data(200)["last_used_at"] == "2026-11-23T02:00:00Z"
    })
    .await;
    for (wrong, field) in [
        (json!({ "permissions": [] }), "permissions"),
        (
            json!({ "expires_at": "2026-11-23T02:00:00Z" }),
            "expires_at",
        ),
        (json!({ "name": " " }), "name"),
        (json!({ "roles": ["king"] }), "roles"),
    ] {
        let mut body = json!({ "name": "x", "permissions": ["pipeline.read"] });
        for (name, value) in wrong.as_object().unwrap() {
            body[name] = value.clone();
        }
        assert_eq!(manager.post(KEYS, body).await.fields(), [field]);
    }
}

#[actix_web::test]
async fn a_request_that_is_repeated_shows_no_key() {
    let app = TestApp::start().await;
    let manager = app.manager().await.with("idempotency-key", "one");
    let first = make(&manager, json!({})).await;
    let again = make(&manager, json!({})).await;
    assert_eq!((&again["id"], &again["key"]), (&first["id"], &json!(null)));
    let listed = manager.get(KEYS).await.data(200);
    assert_eq!(
        listed.as_array().unwrap().len(),
        2,
        "with that of the fixture"
    );
}

#[actix_web::test]
async fn a_key_ends_by_itself() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let made = make(&manager, json!({ "expires_at": "2026-11-23T03:00:00Z" })).await;
    let client = with(&app, &made);
    assert_eq!(client.get("/api/v1/me").await.status, 200);
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(client.get("/api/v1/me").await.status, 401);
    assert_eq!(
        manager.get(&path(&made)).await.data(200)["state"],
        "expired"
    );
    let rotated = manager
        .post(&format!("{}/rotate", path(&made)), json!({}))
        .await;
    assert_eq!(rotated.code(), "409 INVALID_TRANSITION");
}

#[actix_web::test]
async fn the_key_of_before_is_good_for_as_long_as_was_asked() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let first = make(&manager, json!({})).await;
    let rotate = format!("{}/rotate", path(&first));
    let too_long = manager.post(&rotate, json!({ "grace_hours": 169 })).await;
    assert_eq!(too_long.fields(), ["grace_hours"]);
    let old = with(&app, &first);
    assert_eq!(old.get("/api/v1/me").await.status, 200);
    let second = manager
        .post(&rotate, json!({ "grace_hours": 2 }))
        .await
        .data(200);
    assert_eq!(second["previous"]["good_until"], "2026-11-23T04:00:00Z");
    assert_eq!(second["previous"]["prefix"], first["prefix"]);
    let new = with(&app, &second);
    let me = old.get("/api/v1/me").await.data(200);
    assert_eq!(me["expires_at"], "2026-11-23T04:00:00Z");
    assert_eq!(
        me["api_key"]["id"],
        new.get("/api/v1/me").await.data(200)["api_key"]["id"]
    );
    // halves do not mix
    let mixed = format!(
        "lajur_{}_{}",
        first["prefix"].as_str().unwrap(),
        second["key"].as_str().unwrap().rsplit('_').next().unwrap()
    );
    let mixed = app.stranger().with_key(&Secret::new(mixed));
    assert_eq!(mixed.get("/api/v1/me").await.status, 401);
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(old.get("/api/v1/me").await.status, 401);
    assert_eq!(new.get("/api/v1/me").await.status, 200);
    let third = manager
        .post(&rotate, json!({ "grace_hours": 0 }))
        .await
        .data(200);
    assert_eq!(new.get("/api/v1/me").await.status, 401);
    assert_eq!(with(&app, &third).get("/api/v1/me").await.status, 200);
}

#[actix_web::test]
async fn a_revoked_key_is_worthless_with_the_one_of_before() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let first = make(&manager, json!({})).await;
    let second = manager
        .post(&format!("{}/rotate", path(&first)), json!({}))
        .await
        .data(200);
    let (old, new) = (with(&app, &first), with(&app, &second));
    assert_eq!(old.get("/api/v1/me").await.status, 200);
    assert_eq!(new.get("/api/v1/me").await.status, 200);
    let revoked = manager.delete(&path(&first)).await.data(200);
    assert_eq!(
        (&revoked["state"], &revoked["version"]),
        (&json!("revoked"), &json!(3))
    );
    assert_eq!(old.get("/api/v1/me").await.status, 401);
    assert_eq!(new.get("/api/v1/me").await.status, 401);
    let again = manager.delete(&path(&first)).await.data(200);
    assert_eq!(again["version"], 3);
}
