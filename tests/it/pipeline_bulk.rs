//! Many tasks at once.

use diesel_async::SimpleAsyncConnection;
use lajur::domain::ids::TaskId;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::season::Season;

const BULK: &str = "/api/v1/pipeline/tasks/bulk";

#[actix_web::test]
async fn each_task_has_a_result_of_its_own_in_order() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, siti) = season.add_person("Siti", "X0000001").await;
    let (_, budi) = season.add_person("Budi", "X0000002").await;
    let key = app.integration();
    let nobody = "01930000-0000-7000-8000-000000000001";
    let items = json!([
        { "id": siti[0].id, "version": 1 },
        { "id": nobody },
        { "id": siti[1].id, "version": 7 },
        { "id": budi[0].id },
    ]);
    let body = json!({ "action": "block", "items": items, "reason": "office closed", "third_party": true });
    let answer = key.post(BULK, body).await;
    let results = answer.data(200);
    let results = results.as_array().unwrap();
    let told: Vec<(&Value, &Value)> = results
        .iter()
        .map(|one| (&one["id"], &one["status"]))
        .collect();
    assert_eq!(
        json!(told),
        json!([
            [siti[0].id, 200],
            [nobody, 404],
            [siti[1].id, 409],
            [budi[0].id, 200]
        ])
    );
    assert_eq!(results[0]["data"]["blocked_reason"], "office closed");
    assert_eq!(results[0]["data"]["version"], 2);
    assert_eq!(results[0]["error"], Value::Null);
    assert_eq!(results[1]["error"]["code"], "NOT_FOUND");
    assert_eq!(results[2]["error"]["code"], "VERSION_CONFLICT");
    assert_eq!(results[2]["error"]["details"]["current"]["version"], 1);
    assert_eq!(
        (&results[2]["ok"], &results[3]["ok"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(
        answer.json()["meta"]["seq"],
        season.tenant.view().state.head
    );
}

#[actix_web::test]
async fn repeating_gives_each_task_its_first_result() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration().with("idempotency-key", "many-1");
    let ids: Vec<_> = tasks.iter().map(|task| task.id).collect();
    let body = json!({ "action": "update", "ids": ids, "priority": "urgent", "due_at": null });
    let first = key.post(BULK, body.clone()).await.data(200);
    let second = key.post(BULK, body).await.data(200);
    for at in 0..2 {
        assert_eq!(
            (&first[at]["replayed"], &second[at]["replayed"]),
            (&json!(false), &json!(true))
        );
        assert_eq!(first[at]["data"], second[at]["data"]);
        assert_eq!(first[at]["data"]["priority"], "urgent");
        assert_eq!(season.task(ids[at]).version, 2);
    }
    let other = json!({ "action": "start", "ids": ids });
    assert_eq!(
        key.post(BULK, other).await.code(),
        "409 IDEMPOTENCY_MISMATCH"
    );
}

#[actix_web::test]
async fn the_same_key_with_other_tasks_changes_nothing() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, siti) = season.add_person("Siti", "X0000001").await;
    let (_, budi) = season.add_person("Budi", "X0000002").await;
    let key = app.integration().with("idempotency-key", "many-1");
    let start = |ids: &[TaskId]| json!({ "action": "start", "ids": ids });
    let first = start(&[siti[0].id, siti[1].id]);
    assert_eq!(key.post(BULK, first.clone()).await.status, 200);
    let head = season.tenant.view().state.head;
    for other in [
        start(&[siti[0].id, siti[1].id, budi[0].id]),
        start(&[budi[0].id, budi[1].id]),
        start(&[budi[0].id]),
    ] {
        let refused = key.post(BULK, other).await;
        assert_eq!(refused.code(), "409 IDEMPOTENCY_MISMATCH");
    }
    // only the last task of the first request had been done
    let key = app.integration().with("idempotency-key", "many-2");
    let last = start(&[siti[0].id, siti[1].id, budi[0].id]);
    let told = key.post(BULK, last).await.data(200);
    assert_eq!(
        (&told[0]["status"], &told[2]["status"]),
        (&json!(409), &json!(200))
    );
    let refused = key.post(BULK, start(&[budi[1].id])).await;
    assert_eq!(refused.code(), "409 IDEMPOTENCY_MISMATCH");
    assert_eq!(season.task(budi[1].id).version, 1);
    assert_eq!(season.tenant.view().state.head, head + 1);
    assert_eq!(
        key.with("idempotency-key", "many-1")
            .post(BULK, first)
            .await
            .data(200)[1]["replayed"],
        true
    );
}

#[actix_web::test]
async fn what_was_assigned_is_told_again_when_the_assignee_has_left() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration().with("idempotency-key", "many-1");
    let officer = app
        .stranger()
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await;
    let officer = officer.get("/api/v1/me").await.json()["data"]["user"]["id"].clone();
    let items = json!([{ "id": tasks[0].id }, { "id": tasks[1].id, "version": 9 }]);
    let body = json!({ "action": "assign", "items": items, "assignee": officer });
    let first = key.post(BULK, body.clone()).await.data(200);
    assert_eq!(
        (&first[0]["status"], &first[1]["status"]),
        (&json!(200), &json!(409))
    );
    let sql = format!(
        "UPDATE users SET active = false WHERE id = '{}'",
        officer.as_str().unwrap()
    );
    let mut owner = app.database.owner().await;
    owner.batch_execute(&sql).await.unwrap();
    app.running.app.assignees.forget();
    let again = key.post(BULK, body.clone()).await.data(200);
    assert_eq!(
        (&again[0]["replayed"], &again[0]["data"]),
        (&json!(true), &first[0]["data"])
    );
    assert_eq!(again[1]["error"]["code"], "VALIDATION_ERROR");
    let new = app.integration().with("idempotency-key", "many-2");
    assert_eq!(new.post(BULK, body).await.fields(), ["assignee"]);
}

#[actix_web::test]
async fn what_is_done_to_many_is_what_is_done_to_one() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let (_, tasks) = season.add_person("Siti", &format!("X{number:07}")).await;
        ids.extend(tasks.iter().map(|task| task.id));
    }
    let key = app.integration();
    let me = app.manager().await.get("/api/v1/me").await.json()["data"]["user"]["id"].clone();
    for (body, field, value) in [
        (
            json!({ "action": "assign", "assignee": me }),
            "assignee",
            me.clone(),
        ),
        (json!({ "action": "start" }), "status", json!("in_progress")),
        (
            json!({ "action": "complete", "notes": "x" }),
            "status",
            json!("completed"),
        ),
    ] {
        let mut body = body;
        body["ids"] = json!(ids);
        let results = key.post(BULK, body).await.data(200);
        let results = results.as_array().unwrap();
        assert_eq!(results.len(), 40);
        for result in results {
            assert_eq!(result["data"][field], value, "{result}");
        }
    }
    let view = season.tenant.view();
    let opened = view
        .state
        .tasks()
        .filter(|task| task.role.as_str() == "visa-admin")
        .count();
    assert_eq!(opened, 20, "the next stage opens for everybody");
}

#[actix_web::test]
async fn a_request_that_makes_no_sense_changes_nothing() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    for (body, fields) in [
        (json!({ "action": "start" }), vec!["ids"]),
        (json!({ "action": "start", "ids": [id, id] }), vec!["ids"]),
        (json!({ "action": "delete", "ids": [id] }), vec!["action"]),
        (
            json!({ "action": "start", "ids": [id], "reason": "x" }),
            vec!["reason"],
        ),
        (
            json!({ "action": "start", "ids": [id], "foo": 1 }),
            vec!["foo"],
        ),
        (json!({ "action": "start", "ids": ["x"] }), vec!["ids[0]"]),
        (
            json!({ "action": "assign", "ids": [id], "assignee": "01930000-0000-7000-8000-000000000001" }),
            vec!["assignee"],
        ),
    ] {
        let refused = key.post(BULK, body.clone()).await;
        assert_eq!(refused.fields(), fields, "{body}");
    }
    assert_eq!(season.task(id).version, 1);
}

#[actix_web::test]
async fn without_a_database_all_of_it_is_refused() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    assert_eq!(key.get("/api/v1/me").await.status, 200);
    app.cut_database().await;
    let body = json!({ "action": "start", "ids": [tasks[0].id, tasks[1].id] });
    assert_eq!(key.post(BULK, body).await.code(), "503 UNAVAILABLE");
}
