//! Who may do what, by the roles that a tenant starts with.

use lajur::domain::roles::builtin_roles;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::fixture;
use crate::support::season::Season;

/// An endpoint with a request that is refused only for want of a permission,
/// or because nothing is there, or because it says nothing.
struct Attempt {
    name: &'static str,
    method: Method,
    path: String,
    body: Option<Value>,
}

fn attempts() -> Vec<Attempt> {
    let nobody = "01930000-0000-7000-8000-000000000001";
    let attempt = |name, method: &Method, path: &str, body: Option<Value>| Attempt {
        name,
        method: method.clone(),
        path: format!("/api/v1/pipeline/{}", path.replace("{id}", nobody)),
        body,
    };
    let (get, post, put, delete) = (&Method::GET, &Method::POST, &Method::PUT, &Method::DELETE);
    let none = || Some(json!({}));
    vec![
        attempt("see numbers", get, "health", None),
        attempt("see numbers", get, "stages", None),
        attempt("see numbers", get, "stages/{id}", None),
        attempt("see numbers", get, "stages/{id}/templates", None),
        attempt("see numbers", get, "bottlenecks", None),
        attempt("see numbers", get, "bottlenecks/alerts", None),
        attempt("see numbers", get, "departures", None),
        attempt("see numbers", get, "departures/{id}", None),
        attempt("see tasks", get, "tasks", None),
        attempt("see tasks", get, "tasks/{id}", None),
        attempt("see tasks", get, "tasks/{id}/comments", None),
        attempt("work", post, "tasks/{id}/start", none()),
        attempt("work", post, "tasks/{id}/complete", none()),
        attempt(
            "work",
            post,
            "tasks/{id}/block",
            Some(json!({ "reason": "x" })),
        ),
        attempt("work", post, "tasks/{id}/unblock", none()),
        attempt("work", post, "tasks/{id}/reopen", none()),
        attempt(
            "work",
            post,
            "tasks/{id}/comments",
            Some(json!({ "body": "x" })),
        ),
        attempt("work", post, "tasks/bulk", none()),
        attempt("write tasks", post, "tasks", none()),
        attempt(
            "write tasks",
            put,
            "tasks/{id}",
            Some(json!({ "version": 1 })),
        ),
        attempt("write tasks", post, "tasks/{id}/assign", none()),
        attempt("write tasks", post, "tasks/{id}/cancel", none()),
        attempt("write stages", post, "stages", none()),
        attempt(
            "write stages",
            put,
            "stages/{id}",
            Some(json!({ "version": 1 })),
        ),
        attempt("write stages", delete, "stages/{id}", None),
        attempt("write stages", put, "stages/order", none()),
        attempt("write stages", put, "stages/{id}/templates", none()),
        attempt(
            "write stages",
            post,
            "stages/apply",
            Some(json!({ "dry_run": true })),
        ),
        attempt(
            "acknowledge",
            post,
            "bottlenecks/alerts/{id}/acknowledge",
            none(),
        ),
        attempt("write departures", post, "departures", none()),
        attempt(
            "write departures",
            put,
            "departures/{id}",
            Some(json!({ "version": 1 })),
        ),
    ]
}

async fn client_of(app: &TestApp, role: &str) -> Client {
    let builtin = builtin_roles()
        .into_iter()
        .find(|one| one.key.as_str() == role)
        .unwrap();
    let words = serde_json::to_value(builtin.permissions).unwrap();
    let words: Vec<String> = serde_json::from_value(words).unwrap();
    let mut conn = app.database.owner().await;
    let secrets = &app.running.app.secrets;
    let roles = vec![role.to_owned()];
    let key = fixture::add_key_of_role(&mut conn, app.tenant.id, roles, Some(words), secrets).await;
    app.stranger().with_key(&key)
}

#[actix_web::test]
async fn each_role_may_do_its_own_and_nothing_else() {
    let app = TestApp::start().await;
    let _season = Season::begin(&app).await;
    let all = [
        "see numbers",
        "see tasks",
        "work",
        "write tasks",
        "write stages",
        "acknowledge",
        "write departures",
    ];
    let roles = [
        ("admin", &all[..]),
        ("operations-manager", &all[..]),
        ("agency-owner", &all[..2]),
        ("auditor", &all[..2]),
        ("document-admin", &all[..3]),
        ("siskopatuh-admin", &all[..3]),
        ("visa-admin", &all[..3]),
        ("logistics-admin", &all[..3]),
        ("travel-admin", &all[..3]),
    ];
    // agents have limits, of which keys know nothing: limited_roles and matrix try them
    assert_eq!(
        roles.len() + 1,
        builtin_roles().len(),
        "a role is not tried"
    );
    for (role, allowed) in roles {
        let client = client_of(&app, role).await;
        for attempt in attempts() {
            let answer = client
                .send(attempt.method.clone(), &attempt.path, attempt.body)
                .await;
            let what = format!(
                "{role}: {} {}: {}",
                attempt.method, attempt.path, answer.text
            );
            if allowed.contains(&attempt.name) {
                assert!(matches!(answer.status, 200 | 404 | 422 | 428), "{what}");
            } else {
                assert_eq!(answer.status, 403, "{what}");
            }
        }
    }
}

#[actix_web::test]
async fn a_stranger_may_do_nothing() {
    let app = TestApp::start().await;
    for attempt in attempts() {
        let answer = app
            .stranger()
            .send(attempt.method, &attempt.path, attempt.body)
            .await;
        assert_eq!(answer.code(), "401 UNAUTHENTICATED", "{}", attempt.path);
    }
}

#[actix_web::test]
async fn people_work_on_tasks_of_their_own_roles() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let start = format!("/api/v1/pipeline/tasks/{}/start", tasks[0].id);
    // they see each other's work and leave it alone
    let visa = client_of(&app, "visa-admin").await;
    let refused = visa.post(&start, json!({})).await;
    assert_eq!(refused.code(), "403 FORBIDDEN");
    assert_eq!(
        refused.json()["error"]["details"]["permission"],
        "tasks.work_all"
    );
    let bulk = json!({ "action": "assign", "ids": [tasks[0].id], "assignee": null });
    let documents = client_of(&app, "document-admin").await;
    let results = documents
        .post("/api/v1/pipeline/tasks/bulk", bulk)
        .await
        .data(200);
    assert_eq!(
        (&results[0]["status"], &results[0]["error"]["code"]),
        (&json!(403), &json!("FORBIDDEN"))
    );
    assert_eq!(
        documents.post(&start, json!({})).await.data(200)["status"],
        "in_progress"
    );
}
