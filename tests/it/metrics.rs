//! What Prometheus scrapes.

use crate::support::TestApp;

#[actix_web::test]
async fn requests_are_counted_by_template() {
    let app = TestApp::start().await;
    app.integration().get("/api/v1/me").await;
    app.integration().get("/api/v1/me?x=1").await;
    app.stranger().get("/api/v1/no/such/path").await;
    let text = reqwest::get(app.metrics_url())
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for line in [
        r#"http_requests_total{method="GET",route="/api/v1/me",status="2xx"} 2"#,
        r#"http_requests_total{method="GET",route="unmatched",status="4xx"} 1"#,
        r#"http_request_duration_seconds_count{method="GET",route="/api/v1/me",status="2xx"} 2"#,
        r#"db_connection_pool_usage{pool="read"}"#,
        r#"build_info{version=""#,
        "process_resident_memory_bytes",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[actix_web::test]
async fn metrics_are_not_on_the_public_port() {
    let app = TestApp::start().await;
    assert_eq!(app.stranger().get("/metrics").await.code(), "404 NOT_FOUND");
}
