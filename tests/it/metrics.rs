//! What Prometheus scrapes.

use std::time::Duration;

use serde_json::json;

use crate::support::TestApp;
use crate::support::fixture::Tenant;
use crate::support::season::Season;
use crate::support::server::until;

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
async fn what_is_committed_is_counted() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    for task in &tasks {
        for word in ["start", "complete"] {
            let path = format!("/api/v1/pipeline/tasks/{}/{word}", task.id);
            assert_eq!(app.integration().post(&path, json!({})).await.status, 200);
        }
    }
    app.integration().get("/api/v1/pipeline/tasks/1").await;
    let ready = async || app.running.app.metrics.server_ready.get() == 1;
    until("it is ready", Duration::from_secs(5), ready).await;
    let text = reqwest::get(app.metrics_url()).await.unwrap();
    let text = text.text().await.unwrap();
    for line in [
        r#"events_committed_total{kind="jamaah.registered"} 1"#,
        r#"events_committed_total{kind="task.completed"} 2"#,
        // a stage of the tenant's own
        r#"stage_completions_total{stage="other"} 1"#,
        r#"pipeline_departures{status="on_track"} 1"#,
        r#"tenants_in_memory 1"#,
        r#"dependency_up{dependency="database"} 1"#,
        r#"journal_in_flight_seconds 0"#,
        r#"actor_mailbox_depth{actor="journal"} 0"#,
        r#"http_errors_total{code="MALFORMED_REQUEST"} 1"#,
        r#"http_requests_in_flight 0"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[actix_web::test]
async fn metrics_are_not_on_the_public_port() {
    let app = TestApp::start().await;
    assert_eq!(app.stranger().get("/metrics").await.code(), "404 NOT_FOUND");
}
