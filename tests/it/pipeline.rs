//! The numbers of the whole pipeline over HTTP.

use bytes::Bytes;
use chrono::Duration;
use lajur::cache::Kind;
use serde_json::json;

use crate::support::TestApp;
use crate::support::season::Season;

const HEALTH: &str = "/api/v1/pipeline/health";

#[actix_web::test]
async fn health_follows_every_command() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let empty = key.get(HEALTH).await.json();
    assert_eq!(
        (&empty["data"]["total"], &empty["data"]["score"]),
        (&json!(0), &json!(null))
    );
    season.add_person("Siti", "X0000001").await;
    let one = key.get(HEALTH).await.json();
    assert_eq!(
        (&one["data"]["total"], &one["data"]["tasks"]["open"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(one["meta"]["seq"], season.tenant.view().state.head);
    assert_eq!(one["meta"]["as_of"], one["data"]["as_of"]);
}

#[actix_web::test]
async fn health_is_not_sent_again_because_time_passes() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    season.add_person("Siti", "X0000001").await;
    let first = app.integration().get(HEALTH).await;
    app.clock.advance(Duration::seconds(5));
    let later = app.integration().get(HEALTH).await;
    assert_ne!(first.json()["data"]["as_of"], later.json()["data"]["as_of"]);
    assert_eq!(first.header("etag"), later.header("etag"));
    assert_eq!(
        app.integration()
            .with("if-none-match", first.header("etag"))
            .get(HEALTH)
            .await
            .status,
        304
    );
    season.add_person("Budi", "X0000002").await;
    assert_ne!(
        first.header("etag"),
        app.integration().get(HEALTH).await.header("etag")
    );
}

#[actix_web::test]
async fn health_comes_from_a_snapshot_when_nothing_else_is_there() {
    let app = TestApp::start().await;
    let key = app.integration();
    assert_eq!(key.get("/api/v1/me").await.status, 200);
    app.cut_database().await;
    assert_eq!(key.get(HEALTH).await.code(), "503 UNAVAILABLE");
    let body = Bytes::from_static(b"{\"ok\":true,\"data\":{\"total\":7}}");
    app.running
        .app
        .cache
        .put(app.tenant.id.into(), Kind::Health, 5, body)
        .await;
    let answer = key.get(HEALTH).await;
    assert_eq!(
        (answer.status, answer.json()["data"]["total"].clone()),
        (200, json!(7))
    );
}
