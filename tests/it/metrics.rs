//! What Prometheus scrapes.

use crate::support::TestApp;
use crate::support::fixture::Tenant;
use crate::support::season::Season;

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
async fn people_and_queries_are_measured() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    season.add_person("Siti", "X0000001").await;
    season.add_person("Budi", "X0000002").await;
    let other = Tenant::create(&app.database, "other", &app.running.app.secrets).await;
    let other = app.stranger().with_key(&other.key);
    assert_eq!(other.get("/api/v1/pipeline/health").await.status, 200);
    app.integration()
        .get("/api/v1/pipeline/tasks/01930000-0000-7000-8000-000000000001")
        .await;
    let text = reqwest::get(app.metrics_url()).await.unwrap();
    let text = text.text().await.unwrap();
    for line in [
        r#"pipeline_items{status="on_track"} 2"#,
        r#"pipeline_items{status="cancelled"} 0"#,
        r#"actor_mailbox_depth{actor="tenant"} 0"#,
        r#"db_query_duration_seconds_count{query="archived_tasks"} 1"#,
        r#"db_query_duration_seconds_count{query="load_tenant"} 2"#,
        r#"db_query_duration_seconds_count{query="caller"} 2"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    let journal = r#"db_query_duration_seconds_count{query="journal"} "#;
    let journal = text.lines().find_map(|line| line.strip_prefix(journal));
    assert!(journal.unwrap().parse::<u64>().unwrap() >= 7, "{text}");
}

#[actix_web::test]
async fn metrics_are_not_on_the_public_port() {
    let app = TestApp::start().await;
    assert_eq!(app.stranger().get("/metrics").await.code(), "404 NOT_FOUND");
}
