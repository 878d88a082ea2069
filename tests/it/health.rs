//! What load balancers and people ask.

use std::time::Duration;

use lajur::config::secret::Secret;
use lajur::db::testing::TestDatabase;

use crate::support::TestApp;
use crate::support::proxy::Proxy;
use crate::support::server::until;

#[actix_web::test]
async fn all_is_well() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    assert_eq!(stranger.get("/health/live").await.text, r#"{"ok":true}"#);
    let ready = stranger.get("/health/ready").await;
    assert_eq!(
        (ready.status, ready.json()["migrated"].clone()),
        (200, true.into())
    );
    let health = stranger.get("/health").await;
    assert_eq!(health.status, 200);
    assert_eq!(health.json()["database"]["state"], "up");
    assert!(health.json()["database"]["latency_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(health.json()["log"]["state"], "up");
    assert_eq!(health.json()["redis"]["state"], "off");
}

#[actix_web::test]
async fn without_its_database_the_process_lives_and_is_not_ready() {
    let app = TestApp::start().await;
    app.cut_database().await;
    let stranger = app.stranger();
    assert_eq!(stranger.get("/health/live").await.status, 200);
    let ready = stranger.get("/health/ready").await;
    assert_eq!(
        (ready.status, ready.json()["database"].clone()),
        (503, false.into())
    );
    let health = stranger.get("/health").await;
    assert_eq!(
        (health.status, health.json()["database"]["state"].clone()),
        (503, "down".into())
    );
}

#[actix_web::test]
async fn who_cannot_write_yet_is_not_ready() {
    let database = TestDatabase::create().await;
    let postgres = Proxy::before(&database.url).await;
    postgres.close();
    let url = postgres.url(&database.url);
    let app = TestApp::start_with(|config| config.database.url = Some(Secret::new(url))).await;
    let ready = async || app.stranger().get("/health/ready").await;
    let early = ready().await;
    assert_eq!(
        (early.status, early.json()["log"].clone()),
        (503, false.into())
    );
    postgres.open();
    let warm = async || ready().await.json()["ok"] == true;
    until("it is ready", Duration::from_secs(5), warm).await;
}

#[actix_web::test]
async fn who_is_about_to_stop_is_not_ready() {
    let app = TestApp::start().await;
    app.running.app.stop_soon();
    let ready = app.stranger().get("/health/ready").await;
    assert_eq!(
        (ready.status, ready.json()["stopping"].clone()),
        (503, true.into())
    );
}
