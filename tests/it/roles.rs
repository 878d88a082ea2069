//! Roles that a tenant defines, and what parts of a permission permit.

use lajur::domain::principal::Permission;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::fixture;
use crate::support::season::Season;

const ROLES: &str = "/api/v1/roles";

#[actix_web::test]
async fn every_permission_is_described() {
    let app = TestApp::start().await;
    let all = app.integration().get("/api/v1/permissions").await.data(200);
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), Permission::ALL.len());
    for one in all {
        assert!(one["description"].as_str().unwrap().ends_with('.'), "{one}");
    }
    let complete = all
        .iter()
        .find(|one| one["id"] == "tasks.complete")
        .unwrap();
    assert_eq!(complete["part_of"], "tasks.work");
}

#[actix_web::test]
async fn a_role_of_the_tenant_lives_and_ends() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let new = json!({ "key": "finance", "name": "Keuangan", "permissions": ["tasks.read"] });
    let made = manager.post(ROLES, new.clone()).await;
    let role = made.data(201);
    assert_eq!(
        (&role["built_in"], &role["people"]),
        (&json!(false), &json!(0))
    );
    assert_eq!(manager.post(ROLES, new).await.code(), "409 DUPLICATE");
    let wrong = json!({ "key": "Fin Ance", "name": "x", "permissions": [] });
    assert_eq!(manager.post(ROLES, wrong).await.fields(), ["key"]);
    let wrong = json!({ "key": "x", "name": "x", "permissions": ["moon.walk"] });
    assert_eq!(manager.post(ROLES, wrong).await.status, 422);

    let path = format!("{ROLES}/{}", role["id"].as_str().unwrap());
    let more = json!({ "permissions": ["tasks.read", "jamaah.read"] });
    assert_eq!(
        manager.put(&path, more.clone()).await.code(),
        "428 VERSION_REQUIRED"
    );
    let seen = manager.clone().with("if-match", "\"1\"");
    assert_eq!(seen.put(&path, more.clone()).await.data(200)["version"], 2);
    assert_eq!(seen.put(&path, more).await.code(), "409 VERSION_CONFLICT");

    app.command("user add --email ani@example.test --role finance")
        .await;
    let held = manager.delete(&path).await;
    assert_eq!(held.code(), "409 INVALID_TRANSITION");
    assert_eq!(held.json()["error"]["details"]["from"], "in_use (users)");
    assert_eq!(manager.get(&path).await.data(200)["people"], 1);
    app.command("user set-roles --email ani@example.test --role auditor")
        .await;
    assert_eq!(manager.delete(&path).await.status, 204);
    assert_eq!(manager.get(&path).await.code(), "404 NOT_FOUND");
    assert_eq!(manager.delete(&path).await.code(), "404 NOT_FOUND");
}

#[actix_web::test]
async fn a_role_that_work_is_for_and_a_built_in_one_stay() {
    let app = TestApp::start().await;
    Season::begin(&app).await;
    app.command("role add --key checker --permission tasks.read")
        .await;
    let manager = app.manager().await;
    let stage = json!({ "code": "check", "name": "Check", "role": "checker", "sla_days": 1 });
    manager
        .post("/api/v1/pipeline/stages", stage)
        .await
        .data(201);
    let roles = manager.get(ROLES).await.data(200);
    for (key, from) in [("checker", "in_use (stages)"), ("auditor", "built_in")] {
        let role = roles
            .as_array()
            .unwrap()
            .iter()
            .find(|role| role["key"] == key);
        let path = format!("{ROLES}/{}", role.unwrap()["id"].as_str().unwrap());
        let refused = manager.delete(&path).await;
        assert_eq!(refused.code(), "409 INVALID_TRANSITION");
        assert_eq!(refused.json()["error"]["details"]["from"], from);
    }
}

#[actix_web::test]
async fn a_part_permits_its_transition_and_no_other() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("/api/v1/pipeline/tasks/{}", tasks[0].id);
    let mut conn = app.database.owner().await;
    let secrets = &app.running.app.secrets;
    let mut try_all = async |permissions: &[&str]| -> Vec<u16> {
        let words = permissions.iter().map(|word| (*word).to_owned()).collect();
        let roles = vec!["document-admin".to_owned()];
        let key =
            fixture::add_key_of_role(&mut conn, app.tenant.id, roles, Some(words), secrets).await;
        let client = app.stranger().with_key(&key);
        let mut statuses = Vec::new();
        for (action, body) in [
            ("start", json!({})),
            ("block", json!({ "reason": "waiting" })),
            ("unblock", json!({})),
            ("complete", json!({})),
            ("reopen", json!({})),
            ("assign", json!({ "assignee": null })),
        ] {
            statuses.push(client.post(&format!("{path}/{action}"), body).await.status);
        }
        let edit = json!({ "title": "Other" });
        let any = client.clone().with("if-match", "*");
        statuses.push(any.put(&path, edit).await.status);
        let comment = json!({ "body": "text" });
        statuses.push(
            client
                .post(&format!("{path}/comments"), comment)
                .await
                .status,
        );
        statuses
    };
    // what was tried in vain changes nothing, and 409 was permitted
    assert_eq!(
        try_all(&["tasks.read"]).await,
        [403, 403, 403, 403, 403, 403, 403, 403]
    );
    assert_eq!(
        try_all(&["tasks.read", "tasks.complete"]).await,
        [403, 403, 403, 200, 403, 403, 403, 403]
    );
    assert_eq!(
        try_all(&["tasks.read", "tasks.reopen", "tasks.comment"]).await,
        [403, 403, 403, 403, 200, 403, 403, 201]
    );
    assert_eq!(
        try_all(&["tasks.read", "tasks.assign"]).await,
        [403, 403, 403, 403, 403, 200, 403, 403]
    );
    assert_eq!(
        try_all(&["tasks.read", "tasks.edit"]).await,
        [403, 403, 403, 403, 403, 403, 200, 403]
    );
    assert_eq!(
        try_all(&["tasks.read", "tasks.work"]).await,
        [409, 200, 200, 200, 200, 403, 403, 201]
    );
}

#[actix_web::test]
async fn editing_alone_assigns_nobody() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("/api/v1/pipeline/tasks/{}", tasks[0].id);
    let manager = app.manager().await;
    let me: Value = manager.get("/api/v1/me").await.data(200);
    let mut conn = app.database.owner().await;
    let words = vec!["tasks.read_all".to_owned(), "tasks.edit".to_owned()];
    let secrets = &app.running.app.secrets;
    let key = fixture::add_key(&mut conn, app.tenant.id, Some(words), secrets).await;
    let editor = app.stranger().with_key(&key).with("if-match", "*");
    let assign = json!({ "title": "Other", "assignee": me["user"]["id"] });
    let refused = editor.put(&path, assign).await;
    assert_eq!(refused.code(), "403 FORBIDDEN");
    assert_eq!(
        refused.json()["error"]["details"]["permission"],
        "tasks.assign"
    );
}
