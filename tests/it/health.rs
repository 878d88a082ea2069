//! What load balancers and people ask.

use crate::support::TestApp;

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
async fn who_is_about_to_stop_is_not_ready() {
    let app = TestApp::start().await;
    app.running.app.stop_soon();
    let ready = app.stranger().get("/health/ready").await;
    assert_eq!(
        (ready.status, ready.json()["stopping"].clone()),
        (503, true.into())
    );
}
