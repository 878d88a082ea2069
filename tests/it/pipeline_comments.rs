//! Comments on tasks.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::season::Season;

#[actix_web::test]
async fn comments_are_kept_in_order_with_who_made_them() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("/api/v1/pipeline/tasks/{}/comments", tasks[0].id);
    let manager = app.manager().await;
    for text in ["first", "second", "third"] {
        let answer = manager
            .post(&path, json!({ "body": format!(" {text} ") }))
            .await;
        let comment = answer.data(201);
        assert_eq!(
            (&comment["body"], &comment["author_name"]),
            (&json!(text), &json!("Siti Aminah"))
        );
        assert_eq!(comment["author"]["type"], "user");
        assert_eq!(
            answer.json()["meta"]["seq"],
            season.tenant.view().state.head
        );
    }
    let answer = app.integration().get(&format!("{path}?limit=2")).await;
    let texts = |data: Value| -> Vec<Value> {
        data.as_array()
            .unwrap()
            .iter()
            .map(|one| one["body"].clone())
            .collect()
    };
    assert_eq!(texts(answer.data(200)), ["first", "second"]);
    let meta = answer.json()["meta"].clone();
    assert_eq!((&meta["total"], &meta["pages"]), (&json!(3), &json!(2)));
    assert_eq!(meta["seq"], season.tenant.view().state.head);
    let rest = app
        .integration()
        .get(&format!("{path}?limit=2&page=2"))
        .await;
    assert_eq!(texts(rest.data(200)), ["third"]);
    let knowing = app.integration().with("if-none-match", rest.header("etag"));
    assert_eq!(
        knowing.get(&format!("{path}?limit=2&page=2")).await.status,
        304
    );
    // a comment does not change the task
    assert_eq!(season.task(tasks[0].id).version, 1);
}

#[actix_web::test]
async fn a_comment_is_made_once_and_says_something() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("/api/v1/pipeline/tasks/{}/comments", tasks[0].id);
    let key = app.integration().with("idempotency-key", "c-1");
    let first = key.post(&path, json!({ "body": "called" })).await.data(201);
    let again = key.post(&path, json!({ "body": "called" })).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.data(201), first);
    assert_eq!(
        app.integration().get(&path).await.json()["meta"]["total"],
        1
    );
    let key = app.integration();
    assert_eq!(
        key.post(&path, json!({ "body": " " })).await.fields(),
        ["body"]
    );
    assert_eq!(key.post(&path, json!({})).await.fields(), ["body"]);
    assert_eq!(
        key.post(&path, json!({ "text": "x" })).await.fields(),
        ["text"]
    );
    let long = "x".repeat(2_001);
    assert_eq!(
        key.post(&path, json!({ "body": long })).await.fields(),
        ["body"]
    );
}

#[actix_web::test]
async fn comments_are_for_those_who_see_the_task() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("/api/v1/pipeline/tasks/{}/comments", tasks[0].id);
    let officer = app
        .stranger()
        .signed_in("al-barokah", &app.tenant.officer)
        .await;
    assert_eq!(officer.get(&path).await.code(), "404 NOT_FOUND");
    assert_eq!(
        officer.post(&path, json!({ "body": "x" })).await.code(),
        "404 NOT_FOUND"
    );
}

#[actix_web::test]
async fn what_only_the_database_knows_is_not_guessed_without_it() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    let comments = format!("/api/v1/pipeline/tasks/{}/comments", tasks[0].id);
    assert_eq!(key.get(&comments).await.status, 200);
    app.cut_database().await;
    assert_eq!(key.get(&comments).await.code(), "503 UNAVAILABLE");
    // it may be archived
    let unknown = "/api/v1/pipeline/tasks/01930000-0000-7000-8000-000000000001";
    assert_eq!(key.get(unknown).await.code(), "503 UNAVAILABLE");
    let assign = format!("/api/v1/pipeline/tasks/{}/assign", tasks[0].id);
    let somebody = json!({ "assignee": "01930000-0000-7000-8000-000000000001" });
    assert_eq!(key.post(&assign, somebody).await.code(), "503 UNAVAILABLE");
}
