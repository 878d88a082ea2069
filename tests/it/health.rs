//! What load balancers and people ask.

use std::time::Duration;

use lajur::config::secret::Secret;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;

use crate::support::TestApp;
use crate::support::fixture::Tenant;
use crate::support::proxy::Proxy;
use crate::support::server::{Settings, until};
use crate::support::socket::Socket;

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

#[tokio::test]
async fn who_is_stopped_ends_in_time_whatever_hangs() {
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let postgres = Proxy::before(&database.url).await;
    let settings = Settings::new(&postgres.url(&database.url))
        .with("LAJUR_REALTIME__DRAIN_SECONDS", 1)
        .with("LAJUR_HTTP__SHUTDOWN_SECONDS", 1)
        .with("LAJUR_DATABASE__READ_TIMEOUT_MS", 60_000);
    let server = settings.start().await;
    let client = server.integration(&tenant);
    assert_eq!(client.get("/api/v1/pipeline/health").await.status, 200);
    let _socket = Socket::connected(&server.url, &client).await;
    // the database takes what it is asked, and never answers
    postgres.hold();
    let gone = "/api/v1/pipeline/tasks/01930000-0000-7000-8000-000000000001";
    let request = client.request(reqwest::Method::GET, gone);
    let asking = tokio::spawn(async move { request.send().await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let took = server.terminate().await;
    // drain, shutdown, and five seconds for the rest
    assert!(took < Duration::from_secs(9), "{took:?}");
    asking.abort();
}

#[tokio::test]
async fn who_has_nothing_to_ask_holds_up_no_stop() {
    let database = TestDatabase::create().await;
    let settings = Settings::of(&database)
        .with("LAJUR_REALTIME__DRAIN_SECONDS", 1)
        .with("LAJUR_HTTP__SHUTDOWN_SECONDS", 60);
    let server = settings.start().await;
    // keeps its connection
    let client = server.stranger();
    assert_eq!(client.get("/health/live").await.status, 200);
    let took = server.terminate().await;
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop(client);
}

#[actix_web::test]
async fn memory_is_not_merged_to_huge_pages() {
    let database = TestDatabase::create().await;
    let server = Settings::of(&database).start().await;
    assert_eq!(server.kernel_says("THP_enabled"), "0");
}
