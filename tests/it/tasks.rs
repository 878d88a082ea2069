//! The task queue over HTTP.

use lajur::domain::pipeline::task::TaskStatus;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::fixture::Tenant;
use crate::support::season::Season;

const TASKS: &str = "/api/v1/pipeline/tasks";

#[actix_web::test]
async fn the_queue_comes_in_pages_with_counts() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    for number in 0..15 {
        season
            .add_person(&format!("Jamaah {number}"), &format!("X{number:07}"))
            .await;
    }
    let answer = app
        .integration()
        .get(&format!("{TASKS}?limit=20&page=2"))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["data"].as_array().unwrap().len(), 10);
    let meta = &body["meta"];
    assert_eq!(
        (
            &meta["page"],
            &meta["limit"],
            &meta["total"],
            &meta["pages"]
        ),
        (&json!(2), &json!(20), &json!(30), &json!(2))
    );
    assert_eq!(meta["seq"], season.tenant.view().state.head);
    assert_eq!(meta["roles"], json!({ "document-admin": 30 }));
    assert_eq!(meta["stale"], Value::Null);
    assert!(
        body["data"][0]["jamaah_name"]
            .as_str()
            .unwrap()
            .starts_with("Jamaah"),
        "{}",
        answer.text
    );
    let past_the_end = app
        .integration()
        .get(&format!("{TASKS}?page=3"))
        .await
        .json();
    assert_eq!(past_the_end["data"], json!([]));
}

#[actix_web::test]
async fn a_filter_that_makes_no_sense_is_named() {
    let app = TestApp::start().await;
    let refused = async |query: &str| {
        let answer = app.integration().get(&format!("{TASKS}?{query}")).await;
        assert_eq!(answer.code(), "422 VALIDATION_ERROR", "{query}");
        let fields = answer.json()["error"]["details"]["fields"].clone();
        fields
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(refused("limit=101").await, ["limit"]);
    assert_eq!(refused("page=0").await, ["page"]);
    assert_eq!(
        refused("status=open,lost&sort=luck").await,
        ["sort", "status"]
    );
    assert_eq!(refused("bucket=never").await, ["bucket"]);
    assert_eq!(refused("stage=first").await, ["stage"]);
    assert_eq!(refused("departure=soon").await, ["departure"]);
}

#[actix_web::test]
async fn an_unchanged_queue_is_not_sent_again() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let first = app.integration().get(TASKS).await;
    let knowing = app
        .integration()
        .with("if-none-match", first.header("etag"));
    let second = knowing.get(TASKS).await;
    assert_eq!((second.status, second.text.as_str()), (304, ""));
    assert_eq!(second.header("etag"), first.header("etag"));
    app.integration()
        .post(&format!("{TASKS}/{}/complete", tasks[0].id), json!({}))
        .await;
    assert_eq!(knowing.get(TASKS).await.status, 200);
}

#[actix_web::test]
async fn a_completed_task_comes_back_with_its_version() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("{TASKS}/{}/complete", tasks[0].id);
    let answer = app
        .manager()
        .await
        .post(
            &path,
            json!({ "version": tasks[0].version, "notes": "done" }),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let task = &answer.json()["data"];
    assert_eq!(
        (&task["status"], &task["notes"]),
        (&json!("completed"), &json!("done"))
    );
    assert_eq!(task["completed_by"]["type"], "user");
    assert_eq!(answer.header("etag"), format!("\"{}\"", task["version"]));
    assert_eq!(season.task(tasks[0].id).status, TaskStatus::Completed);
    assert!(answer.json()["meta"]["seq"].as_i64().unwrap() <= season.tenant.view().state.head);
    let again = app.integration().post(&path, json!({})).await;
    assert_eq!(again.code(), "409 INVALID_TRANSITION");
    assert_eq!(again.json()["error"]["details"]["from"], "completed");
}

#[actix_web::test]
async fn a_version_that_is_not_the_newest_is_refused_with_the_newest() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("{TASKS}/{}/complete", tasks[0].id);
    let key = app.integration();
    for answer in [
        key.post(&path, json!({ "version": tasks[0].version + 1 }))
            .await,
        key.clone()
            .with("if-match", &format!("\"{}\"", tasks[0].version + 1))
            .post(&path, json!({}))
            .await,
    ] {
        assert_eq!(answer.code(), "409 VERSION_CONFLICT");
        let current = &answer.json()["error"]["details"]["current"];
        assert_eq!(current["version"], tasks[0].version);
        assert_eq!(current["id"], tasks[0].id.to_string());
    }
    // the tag of a GET is what If-Match takes
    let read = key.get(&format!("{TASKS}/{}", tasks[0].id)).await;
    let answer = key
        .with("if-match", read.header("etag"))
        .post(&path, json!({}))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[actix_web::test]
async fn a_repeated_command_gets_its_first_answer() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("{TASKS}/{}/complete", tasks[0].id);
    let key = app.integration().with("idempotency-key", "k-1");
    let first = key.post(&path, json!({ "notes": "a", "version": 1 })).await;
    assert_eq!(
        (first.status, first.header("idempotency-replayed")),
        (200, ""),
        "{}",
        first.text
    );
    let second = key.post(&path, json!({ "version": 1, "notes": "a" })).await;
    assert_eq!(
        (second.status, second.header("idempotency-replayed")),
        (200, "true"),
        "{}",
        second.text
    );
    assert_eq!(second.json()["data"], first.json()["data"]);
    let other = key.post(&path, json!({ "notes": "b", "version": 1 })).await;
    assert_eq!(other.code(), "409 IDEMPOTENCY_MISMATCH");
}

#[actix_web::test]
async fn what_one_may_not_see_is_not_there() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("{TASKS}/{}", tasks[0].id);
    let officer = app
        .stranger()
        .signed_in("al-barokah", &app.tenant.officer)
        .await;
    assert_eq!(officer.get(TASKS).await.json()["data"], json!([]));
    assert_eq!(officer.get(&path).await.code(), "404 NOT_FOUND");
    let other = Tenant::create(&app.database, "other", &app.running.app.secrets).await;
    let other = app.stranger().with_key(&other.key);
    assert_eq!(other.get(&path).await.code(), "404 NOT_FOUND");
    assert_eq!(
        other
            .post(&format!("{path}/complete"), json!({}))
            .await
            .code(),
        "404 NOT_FOUND"
    );
    assert_eq!(
        app.integration()
            .get(&format!("{TASKS}/nonsense"))
            .await
            .code(),
        "400 MALFORMED_REQUEST"
    );
}

#[actix_web::test]
async fn reading_goes_on_while_the_database_is_away() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    assert_eq!(key.get(TASKS).await.status, 200);
    app.cut_database().await;
    let refused = key
        .post(&format!("{TASKS}/{}/complete", tasks[0].id), json!({}))
        .await;
    assert_eq!(refused.code(), "503 UNAVAILABLE");
    assert!(!refused.header("retry-after").is_empty());
    let body = key.get(TASKS).await.json();
    assert_eq!(body["meta"]["total"], 2);
    assert_eq!(body["meta"]["stale"], true);
}
