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
            let doors = ["login", "token", "invitation", "forgot", "reset"];
            let door = path.strip_prefix("/api/v1/auth/");
            let public = path.starts_with("/health")
                || path.ends_with("/browser-errors")
                || door.is_some_and(|door| doors.contains(&door));
            assert_eq!(operation["security"].is_array(), !public, "{name}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500"), "{name}");
            assert_eq!(responses.contains_key("403"), !public, "{name}");
        }
    }
}

#[test]
fn a_version_is_required_where_one_can_be_sent() {
    let api: Value = serde_json::from_str(COMMITTED).unwrap();
    let mut puts = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        let Some(put) = item.get("put") else { continue };
        let sends = put["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .any(|parameter| parameter["name"] == "If-Match");
        assert_eq!(put["responses"].get("428").is_some(), sends, "{path}");
        puts += 1;
    }
    assert!(puts >= 5);
    let order = &api["paths"]["/api/v1/pipeline/stages/order"]["put"];
    assert!(order["responses"].get("428").is_none());
}
