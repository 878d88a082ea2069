//! The description of the API is the one in the repository, and complete.

use serde_json::Value;

use crate::support::TestApp;

const COMMITTED: &str = include_str!("../../docs/openapi.json");

#[actix_web::test]
async fn the_served_description_is_the_committed_one() {
    let app = TestApp::start().await;
    let served = app.stranger().get("/api/openapi.json").await;
    assert_eq!(served.status, 200);
    assert!(
        served.text.trim() == COMMITTED.trim(),
        "docs/openapi.json is not what the code says: run `lajur openapi > docs/openapi.json`"
    );
}

#[actix_web::test]
async fn the_description_can_be_browsed() {
    let app = TestApp::start().await;
    let page = app.stranger().get("/api/docs").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("swagger-ui"), "{}", page.text);
}

#[test]
fn every_operation_says_who_may_and_what_can_go_wrong() {
    let api: Value = serde_json::from_str(COMMITTED).unwrap();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{name} has no summary");
            assert!(operation["tags"][0].is_string(), "{name} has no tag");
            let public = path.starts_with("/health") || path.ends_with("/auth/login");
            assert_eq!(operation["security"].is_array(), !public, "{name}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500"), "{name}");
            assert_eq!(responses.contains_key("403"), !public, "{name}");
        }
    }
}
