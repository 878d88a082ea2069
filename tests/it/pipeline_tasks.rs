//! One task: its commands, editing it, making one.

use diesel_async::SimpleAsyncConnection;
use lajur::domain::ids::TaskId;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::{Answer, Client};
use crate::support::fixture::{Tenant, add_role};
use crate::support::season::Season;

const TASKS: &str = "/api/v1/pipeline/tasks";

async fn command(client: &Client, task: TaskId, command: &str, body: Value) -> Answer {
    client
        .post(&format!("{TASKS}/{task}/{command}"), body)
        .await
}

async fn edit(client: &Client, task: TaskId, body: Value) -> Answer {
    client.put(&format!("{TASKS}/{task}"), body).await
}

#[actix_web::test]
async fn a_task_goes_its_way() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    for (verb, body, status) in [
        ("start", json!({ "version": 1 }), "in_progress"),
        (
            "block",
            json!({ "reason": "no photo", "third_party": true }),
            "blocked",
        ),
        ("unblock", json!({}), "in_progress"),
        ("complete", json!({ "notes": "all there" }), "completed"),
        ("reopen", json!({ "reason": "blurred" }), "in_progress"),
        ("cancel", json!({ "reason": "not needed" }), "cancelled"),
    ] {
        let answer = command(&key, id, verb, body).await;
        let task = answer.data(200);
        assert_eq!(task["status"], status, "{verb}");
        assert_eq!(
            answer.header("etag"),
            format!("\"{}\"", task["version"]),
            "{verb}"
        );
        assert_eq!(task["version"], season.task(id).version, "{verb}");
        if verb == "block" {
            assert_eq!(task["blocked_reason"], "no photo");
            assert_eq!(task["blocked_by_third_party"], true);
        }
    }
    let refused = command(&key, id, "start", json!({})).await;
    assert_eq!(refused.code(), "409 INVALID_TRANSITION");
    let details = &refused.json()["error"]["details"];
    assert_eq!(
        details,
        &json!({ "from": "cancelled", "to": "in_progress" })
    );
}

#[actix_web::test]
async fn commands_need_no_body_but_take_no_nonsense() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    let start = format!("{TASKS}/{id}/start");
    assert_eq!(
        key.send(reqwest::Method::POST, &start, None).await.status,
        200
    );
    let refused = async |verb: &str, body: Value| command(&key, id, verb, body).await.fields();
    assert_eq!(
        refused("complete", json!({ "note": "typo" })).await,
        ["note"]
    );
    assert_eq!(refused("block", json!({})).await, ["reason"]);
    assert_eq!(
        refused("block", json!({ "reason": "  " })).await,
        ["reason"]
    );
    assert_eq!(refused("block", json!({ "reason": 7 })).await, ["reason"]);
    assert_eq!(
        refused("start", json!({ "version": "one" })).await,
        ["version"]
    );
    assert_eq!(refused("assign", json!({})).await, ["assignee"]);
    assert_eq!(season.task(id).version, 2);
}

#[actix_web::test]
async fn a_stale_version_is_refused_by_every_command() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    for (verb, mut body) in [
        ("start", json!({})),
        ("complete", json!({})),
        ("block", json!({ "reason": "x" })),
        ("unblock", json!({})),
        ("reopen", json!({})),
        ("assign", json!({ "assignee": null })),
        ("cancel", json!({})),
    ] {
        body["version"] = json!(9);
        let refused = command(&key, id, verb, body).await;
        assert_eq!(refused.code(), "409 VERSION_CONFLICT", "{verb}");
        assert_eq!(refused.json()["error"]["details"]["current"]["version"], 1);
    }
    let refused = edit(&key, id, json!({ "version": 9, "title": "x" })).await;
    assert_eq!(refused.code(), "409 VERSION_CONFLICT");
}

#[actix_web::test]
async fn editing_needs_the_version_that_was_seen() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    let title = json!({ "title": "Scan the passport" });
    assert_eq!(
        edit(&key, id, title.clone()).await.code(),
        "428 VERSION_REQUIRED"
    );
    // the tag of a GET will do
    let read = key.get(&format!("{TASKS}/{id}")).await;
    let seen = key.clone().with("if-match", read.header("etag"));
    assert_eq!(edit(&seen, id, title.clone()).await.data(200)["version"], 2);
    assert_eq!(
        edit(&seen, id, title.clone()).await.code(),
        "409 VERSION_CONFLICT"
    );
    let both = json!({ "version": 2, "title": "x" });
    assert_eq!(edit(&seen, id, both).await.code(), "422 VALIDATION_ERROR");
    let any = key.with("if-match", "*");
    assert_eq!(edit(&any, id, title).await.data(200)["version"], 3);
}

#[actix_web::test]
async fn an_edit_leaves_what_is_absent_and_clears_what_is_null() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    let first = json!({ "version": 1, "notes": "call first", "priority": "high", "role": "visa-admin", "required": false });
    let task = edit(&key, id, first).await.data(200);
    assert_eq!(task["notes"], "call first");
    assert_eq!(task["priority"], "high");
    assert_eq!(
        (&task["role"], &task["required"]),
        (&json!("visa-admin"), &json!(false))
    );
    assert_eq!(task["title"], tasks[0].title.to_string());
    assert_eq!(task["due_at"], json!(tasks[0].due_at));
    let task = edit(
        &key,
        id,
        json!({ "version": 2, "notes": null, "due_at": null }),
    )
    .await
    .data(200);
    assert_eq!(
        (&task["notes"], &task["due_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(task["priority"], "high");
    for (body, field) in [
        (json!({ "version": 3, "title": null }), "title"),
        (json!({ "version": 3, "priority": null }), "priority"),
        (json!({ "version": 3, "title": "" }), "title"),
        (json!({ "version": 3, "titel": "x" }), "titel"),
        (json!({ "version": 3, "due_at": "tomorrow" }), "due_at"),
        (json!({ "version": 3, "status": "completed" }), "status"),
    ] {
        assert_eq!(edit(&key, id, body).await.fields(), [field]);
    }
    assert_eq!(season.task(id).version, 3);
}

#[actix_web::test]
async fn only_active_people_of_the_tenant_are_given_tasks() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    let other = Tenant::create(&app.database, "other", &app.running.app.secrets).await;
    let stranger = app.stranger().signed_in("other", &other.manager).await;
    let me =
        async |client: &Client| client.get("/api/v1/me").await.json()["data"]["user"]["id"].clone();
    let foreign = me(&stranger).await;
    let nobody = json!("01930000-0000-7000-8000-000000000001");
    for assignee in [&foreign, &nobody] {
        let refused = command(&key, id, "assign", json!({ "assignee": assignee })).await;
        assert_eq!(refused.fields(), ["assignee"]);
        let refused = edit(&key, id, json!({ "version": 1, "assignee": assignee })).await;
        assert_eq!(refused.fields(), ["assignee"]);
    }
    let mine = me(&app.manager().await).await;
    let task = command(&key, id, "assign", json!({ "assignee": mine }))
        .await
        .data(200);
    assert_eq!(task["assignee"], mine);
    let task = command(&key, id, "assign", json!({ "assignee": null }))
        .await
        .data(200);
    assert_eq!(task["assignee"], Value::Null);
}

#[actix_web::test]
async fn a_task_can_be_added_to_an_active_stage() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (jamaah, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration().with("idempotency-key", "new-1");
    let new = json!({ "jamaah_id": jamaah, "stage_id": tasks[0].stage_id, "title": "Mahram letter", "required": true });
    let answer = key.post(TASKS, new.clone()).await;
    let task = answer.data(201);
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(
        (&task["status"], &task["role"]),
        (&json!("pending"), &json!("document-admin"))
    );
    assert_eq!(task["due_at"], json!(tasks[0].due_at));
    let again = key.post(TASKS, new.clone()).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.data(201)["id"], task["id"]);
    let key = app.integration();
    let visa = season.tenant.view().state.active_stages()[1].id;
    let with = |field: &str, value: Value| {
        let mut body = new.clone();
        body[field] = value;
        body
    };
    assert_eq!(
        key.post(TASKS, with("stage_id", json!(visa)))
            .await
            .fields(),
        ["stage_id"]
    );
    assert_eq!(
        key.post(TASKS, with("title", json!(" "))).await.fields(),
        ["title"]
    );
    assert_eq!(
        key.post(TASKS, with("deadline", json!("soon")))
            .await
            .fields(),
        ["deadline"]
    );
    assert_eq!(key.post(TASKS, json!({})).await.fields(), ["jamaah_id"]);
    let nobody = json!("01930000-0000-7000-8000-000000000001");
    assert_eq!(
        key.post(TASKS, with("jamaah_id", nobody)).await.code(),
        "404 NOT_FOUND"
    );
}

#[actix_web::test]
async fn a_task_of_another_tenant_is_not_there() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (jamaah, tasks) = season.add_person("Siti", "X0000001").await;
    let other = Tenant::create(&app.database, "other", &app.running.app.secrets).await;
    let (key, id) = (app.stranger().with_key(&other.key), tasks[0].id);
    for (verb, body) in [
        ("start", json!({})),
        ("complete", json!({})),
        ("block", json!({ "reason": "x" })),
        ("unblock", json!({})),
        ("reopen", json!({})),
        ("assign", json!({ "assignee": null })),
        ("cancel", json!({})),
        ("comments", json!({ "body": "x" })),
    ] {
        assert_eq!(
            command(&key, id, verb, body).await.code(),
            "404 NOT_FOUND",
            "{verb}"
        );
    }
    assert_eq!(
        edit(&key, id, json!({ "version": 1 })).await.code(),
        "404 NOT_FOUND"
    );
    assert_eq!(
        key.get(&format!("{TASKS}/{id}/comments")).await.code(),
        "404 NOT_FOUND"
    );
    let new = json!({ "jamaah_id": jamaah, "stage_id": tasks[0].stage_id, "title": "x" });
    assert_eq!(key.post(TASKS, new).await.code(), "404 NOT_FOUND");
    let bulk = key
        .post(
            &format!("{TASKS}/bulk"),
            json!({ "action": "start", "ids": [id] }),
        )
        .await;
    assert_eq!(bulk.data(200)[0]["status"], 404);
    assert_eq!(season.task(id).version, 1);
}

#[actix_web::test]
async fn one_task_is_read_conditionally() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    let path = format!("{TASKS}/{id}");
    let first = key.get(&path).await;
    let task = first.data(200);
    assert_eq!(task["archived"], false);
    assert_eq!(
        (&task["jamaah_name"], &task["stage_code"]),
        (&json!("Siti"), &json!("documents"))
    );
    assert_eq!(first.json()["meta"]["seq"], season.tenant.view().state.head);
    let knowing = key.clone().with("if-none-match", first.header("etag"));
    assert_eq!(knowing.get(&path).await.status, 304);
    command(&key, id, "start", json!({})).await.data(200);
    assert_eq!(knowing.get(&path).await.status, 200);
}

/// Somebody leaves, and the program has forgotten that they were there.
async fn deactivate(app: &TestApp, user: &Value) {
    let sql = format!(
        "UPDATE users SET active = false WHERE id = '{}'",
        user.as_str().unwrap()
    );
    let mut owner = app.database.owner().await;
    owner.batch_execute(&sql).await.unwrap();
    app.running.app.assignees.forget();
}

#[actix_web::test]
async fn a_repeated_command_is_answered_as_before_when_the_assignee_has_left() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (jamaah, tasks) = season.add_person("Siti", "X0000001").await;
    let officer = app
        .stranger()
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await;
    let officer = officer.get("/api/v1/me").await.json()["data"]["user"]["id"].clone();
    let key = |key: &str| app.integration().with("idempotency-key", key);
    let assign = json!({ "assignee": officer });
    let edit_it = json!({ "version": 1, "assignee": officer });
    let new = json!({ "jamaah_id": jamaah, "stage_id": tasks[0].stage_id, "title": "Call", "assignee": officer });
    let first = [
        command(&key("a"), tasks[0].id, "assign", assign.clone())
            .await
            .data(200),
        edit(&key("b"), tasks[1].id, edit_it.clone())
            .await
            .data(200),
        key("c").post(TASKS, new.clone()).await.data(201),
    ];
    deactivate(&app, &officer).await;
    let refused = command(&key("d"), tasks[0].id, "assign", assign.clone()).await;
    assert_eq!(refused.fields(), ["assignee"]);
    let again = [
        command(&key("a"), tasks[0].id, "assign", assign).await,
        edit(&key("b"), tasks[1].id, edit_it).await,
        key("c").post(TASKS, new).await,
    ];
    for (first, again) in first.iter().zip(&again) {
        assert_eq!(
            again.header("idempotency-replayed"),
            "true",
            "{}",
            again.text
        );
        assert_eq!(&again.json()["data"], first);
    }
    let other = json!({ "assignee": officer, "version": 1 });
    let other = command(&key("a"), tasks[0].id, "assign", other).await;
    assert_eq!(other.code(), "409 IDEMPOTENCY_MISMATCH");
}

#[actix_web::test]
async fn a_task_is_only_given_a_role_that_there_is() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (jamaah, tasks) = season.add_person("Siti", "X0000001").await;
    let (key, id) = (app.integration(), tasks[0].id);
    let new = json!({ "jamaah_id": jamaah, "stage_id": tasks[0].stage_id, "title": "Call", "role": "cook" });
    let many = json!({ "action": "update", "ids": [id], "role": "cook" });
    let once_only = |client: &Client| client.clone().with("idempotency-key", "k-1");
    for refused in [
        edit(&key, id, json!({ "version": 1, "role": "cook" })).await,
        key.post(TASKS, new.clone()).await,
        key.post(&format!("{TASKS}/bulk"), many.clone()).await,
        once_only(&key).post(&format!("{TASKS}/bulk"), many).await,
    ] {
        assert_eq!(refused.fields(), ["role"]);
        let complaint = refused.json()["error"]["details"]["fields"]["role"][0].clone();
        let complaint = complaint.as_str().unwrap();
        assert!(
            complaint.contains("manager") && complaint.contains("visa-admin"),
            "{complaint}"
        );
    }
    assert_eq!(season.task(id).version, 1);
    // one that has just been added is known at once
    let mut owner = app.database.owner().await;
    add_role(&mut owner, app.tenant.id, "cook", &app.running.app.secrets).await;
    assert_eq!(
        once_only(&key).post(TASKS, new).await.data(201)["role"],
        "cook"
    );
    // what is not there is told before what is wrong with the command
    let nobody = "01930000-0000-7000-8000-000000000001"
        .parse()
        .map(TaskId)
        .unwrap();
    let missing = edit(&key, nobody, json!({ "version": 1, "role": "thief" })).await;
    assert_eq!(missing.code(), "404 NOT_FOUND");
}
