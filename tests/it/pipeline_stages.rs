//! Stages: their numbers, their settings, and what changing them does.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::fixture::Tenant;
use crate::support::season::Season;

const STAGES: &str = "/api/v1/pipeline/stages";

async fn codes(client: &Client) -> Vec<String> {
    let stages = client.get(&format!("{STAGES}?limit=100")).await.data(200);
    let stages = stages.as_array().unwrap().iter();
    stages
        .map(|stage| stage["code"].as_str().unwrap().to_owned())
        .collect()
}

fn new_stage(code: &str) -> Value {
    json!({ "code": code, "name": code, "role": "travel-admin", "sla_days": 3 })
}

#[actix_web::test]
async fn every_stage_is_listed_the_empty_ones_too() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    for number in 0..3 {
        season.add_person("Siti", &format!("X{number:07}")).await;
    }
    let answer = app.integration().get(STAGES).await;
    let stages = answer.data(200);
    assert_eq!(stages.as_array().unwrap().len(), 2);
    assert_eq!(
        (&stages[0]["code"], &stages[0]["people"]),
        (&json!("documents"), &json!(3))
    );
    assert_eq!(
        stages[0]["tasks"],
        json!({ "open": 6, "blocked": 0, "overdue": 0 })
    );
    assert_eq!(
        (&stages[1]["code"], &stages[1]["people"]),
        (&json!("visa"), &json!(0))
    );
    assert_eq!(
        (&stages[1]["throughput_per_day"], &stages[1]["age_p50_days"]),
        (&Value::Null, &Value::Null)
    );
    let meta = answer.json()["meta"].clone();
    assert_eq!((&meta["total"], &meta["limit"]), (&json!(2), &json!(20)));
    assert_eq!(meta["seq"], season.tenant.view().state.head);
    assert_eq!(meta["as_of"], "2026-11-23T02:00:00Z");
    let second = app
        .integration()
        .get(&format!("{STAGES}?limit=1&page=2"))
        .await;
    assert_eq!(second.data(200)[0]["code"], "visa");
    assert_eq!(second.json()["meta"]["pages"], 2);
}

#[actix_web::test]
async fn the_tag_of_stages_changes_with_what_is_in_them() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    let first = key.get(STAGES).await;
    let knowing = key.clone().with("if-none-match", first.header("etag"));
    assert_eq!(knowing.get(STAGES).await.status, 304);
    // a minute of age is not noticed, an hour is
    app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(knowing.get(STAGES).await.status, 304);
    app.clock.advance(chrono::Duration::hours(1));
    let later = knowing.get(STAGES).await;
    assert_eq!(later.status, 200);
    let knowing = key.clone().with("if-none-match", later.header("etag"));
    let block = format!("/api/v1/pipeline/tasks/{}/block", tasks[0].id);
    key.post(&block, json!({ "reason": "x" })).await.data(200);
    assert_eq!(
        knowing.get(STAGES).await.data(200)[0]["tasks"]["blocked"],
        1
    );
}

#[actix_web::test]
async fn a_stage_is_added_changed_and_retired() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let stage = key.post(STAGES, new_stage("packing")).await.data(201);
    assert_eq!(
        (&stage["position"], &stage["version"]),
        (&json!(3), &json!(1))
    );
    assert_eq!(
        stage["depends_on"],
        json!([season.tenant.view().state.active_stages()[1].id])
    );
    let path = format!("{STAGES}/{}", stage["id"].as_str().unwrap());

    let change = json!({ "version": 1, "sla_days": 5, "wip_limit": 40, "name_en": "Packing", "not_before_days": 30 });
    let changed = key.put(&path, change).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.data(200);
    assert_eq!(
        (&changed["sla_days"], &changed["wip_limit"]),
        (&json!(5), &json!(40))
    );
    assert_eq!(
        (&changed["name"], &changed["role"]),
        (&json!("packing"), &json!("travel-admin"))
    );
    let cleared = key
        .put(
            &path,
            json!({ "version": 2, "wip_limit": null, "name_en": null }),
        )
        .await
        .data(200);
    assert_eq!(
        (&cleared["wip_limit"], &cleared["name_en"]),
        (&Value::Null, &json!("packing"))
    );
    assert_eq!(cleared["not_before_days"], 30);

    let stale = key.clone().with("if-match", "\"2\"").delete(&path).await;
    assert_eq!(stale.code(), "409 VERSION_CONFLICT");
    assert_eq!(
        key.clone()
            .with("if-match", "\"3\"")
            .delete(&path)
            .await
            .data(200)["active"],
        false
    );
    assert_eq!(codes(&key).await, ["documents", "visa"]);
    assert_eq!(key.get(&path).await.data(200)["active"], false);
    let retired = key.get("/api/v1/pipeline/stages?retired=true").await;
    assert_eq!(retired.json()["meta"]["total"], 1);
    assert_eq!(retired.data(200)[0]["code"], "packing");
    let wrong = key.get("/api/v1/pipeline/stages?retired=perhaps").await;
    assert_eq!(wrong.code(), "422 VALIDATION_ERROR");
    let refused = key.put(&path, json!({ "version": 4, "sla_days": 1 })).await;
    assert_eq!(refused.code(), "409 INVALID_TRANSITION");
    assert_eq!(refused.json()["error"]["details"]["from"], "retired");
}

#[actix_web::test]
async fn settings_that_make_no_sense_are_named() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let stages = season
        .tenant
        .view()
        .state
        .active_stages()
        .into_iter()
        .map(|stage| stage.id)
        .collect::<Vec<_>>();
    let with = |field: &str, value: Value| {
        let mut body = new_stage("packing");
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("code", json!("Packing!")), "code"),
        (with("sla_days", json!(-1)), "sla_days"),
        (with("category", json!("misc")), "category"),
        (with("sla", json!(3)), "sla"),
        (json!({ "code": "packing" }), "name"),
    ] {
        assert_eq!(key.post(STAGES, body).await.fields(), [field]);
    }
    let twin = key.post(STAGES, new_stage("visa")).await;
    assert_eq!(twin.code(), "409 DUPLICATE");
    assert_eq!(
        twin.json()["error"]["details"]["existing"],
        json!(stages[1])
    );
    let path = format!("{STAGES}/{}", stages[0]);
    assert_eq!(
        key.put(&path, json!({ "sla_days": 1 })).await.code(),
        "428 VERSION_REQUIRED"
    );
    assert_eq!(
        key.put(&path, json!({ "version": 2, "code": "papers" }))
            .await
            .fields(),
        ["code"]
    );
    assert_eq!(
        key.put(&path, json!({ "version": 2, "name": null }))
            .await
            .fields(),
        ["name"]
    );
    // a circle
    let refused = key
        .put(&path, json!({ "version": 2, "depends_on": [stages[1]] }))
        .await;
    assert_eq!(refused.fields(), ["depends_on"]);
}

#[actix_web::test]
async fn stages_are_put_into_another_order() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let order: Vec<_> = season
        .tenant
        .view()
        .state
        .active_stages()
        .into_iter()
        .map(|stage| stage.id)
        .collect();
    let path = format!("{STAGES}/order");
    let turned = json!({ "stage_ids": [order[1], order[0]] });
    for _ in 0..2 {
        // the second time nothing is left to do
        let stages = key.put(&path, turned.clone()).await.data(200);
        assert_eq!(
            (&stages[0]["code"], &stages[1]["code"]),
            (&json!("visa"), &json!("documents"))
        );
    }
    assert_eq!(codes(&key).await, ["visa", "documents"]);
    let some = key.put(&path, json!({ "stage_ids": [order[0]] })).await;
    assert_eq!(some.fields(), ["stage_ids"]);
}

#[actix_web::test]
async fn templates_are_replaced_as_a_whole() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let stage = season.tenant.view().state.active_stages()[0].id;
    let path = format!("{STAGES}/{stage}/templates");
    let read = key.get(&path).await;
    let before = read.data(200);
    assert_eq!(before["templates"][1]["title"], "Scan passport");
    let kept = before["templates"][1]["id"].clone();
    let templates = json!([
        { "id": kept, "title": "Scan the passport", "priority": "high" },
        { "title": "Photo", "role": "travel-admin", "required": false, "due_after_days": 2 },
    ]);
    let refused = key.put(&path, json!({ "templates": templates })).await;
    assert_eq!(refused.code(), "428 VERSION_REQUIRED");
    let seen = key.clone().with("if-match", read.header("etag"));
    let after = seen
        .put(&path, json!({ "templates": templates }))
        .await
        .data(200);
    assert_eq!(after["version"], before["version"].as_i64().unwrap() + 1);
    assert_eq!(
        (&after["templates"][0]["id"], &after["templates"][0]["role"]),
        (&kept, &json!("document-admin"))
    );
    assert_eq!(after["templates"].as_array().unwrap().len(), 2);
    assert_eq!(key.get(&path).await.data(200), after);
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    assert_eq!(
        tasks
            .iter()
            .map(|task| task.title.to_string())
            .collect::<Vec<_>>(),
        ["Scan the passport", "Photo"]
    );
    let wrong = json!({ "version": after["version"], "templates": [{ "title": "x", "due": 1 }] });
    assert_eq!(key.put(&path, wrong).await.fields(), ["templates[0].due"]);
}

#[actix_web::test]
async fn a_new_pipeline_is_tried_before_people_are_moved_to_it() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (siti, _) = season.add_person("Siti", "X0000001").await;
    season.add_person("Budi", "X0000002").await;
    let key = app.integration();
    let packing = key.post(STAGES, new_stage("packing")).await.data(201);
    let path = format!("{STAGES}/apply");
    let head = season.tenant.view().state.head;
    let tried = key.post(&path, json!({ "dry_run": true })).await.data(200);
    assert_eq!(
        (&tried["jamaah"], &tried["passages_added"]),
        (&json!(2), &json!(2))
    );
    let one = key
        .post(&path, json!({ "jamaah_ids": [siti], "dry_run": true }))
        .await
        .data(200);
    assert_eq!((&one["jamaah"], &one["dry_run"]), (&json!(1), &json!(true)));
    assert_eq!(
        season.tenant.view().state.head,
        head,
        "nothing is written by trying"
    );

    let applied = key
        .post(&path, json!({ "jamaah_ids": [siti] }))
        .await
        .data(200);
    assert_eq!(
        (&applied["jamaah"], &applied["passages_added"]),
        (&json!(1), &json!(1))
    );
    let rest = key.send(reqwest::Method::POST, &path, None).await.data(200);
    assert_eq!(rest["jamaah"], 1);
    let again = key.post(&path, json!({})).await.data(200);
    assert_eq!(again["jamaah"], 0);
    let view = season.tenant.view();
    let id = packing["id"].as_str().unwrap().parse().unwrap();
    assert!(
        view.state
            .pilgrims()
            .all(|pilgrim| pilgrim.instance(id).is_some())
    );
    let nobody = json!({ "jamaah_ids": ["01930000-0000-7000-8000-000000000001"] });
    assert_eq!(key.post(&path, nobody).await.code(), "404 NOT_FOUND");
}

#[actix_web::test]
async fn a_stage_of_another_tenant_is_not_there() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let other = Tenant::create(&app.database, "other", &app.running.app.secrets).await;
    let key = app.stranger().with_key(&other.key);
    let stage = season.tenant.view().state.active_stages()[0].id;
    let path = format!("{STAGES}/{stage}");
    assert_eq!(key.get(STAGES).await.data(200), json!([]));
    assert_eq!(key.get(&path).await.code(), "404 NOT_FOUND");
    assert_eq!(
        key.get(&format!("{path}/templates")).await.code(),
        "404 NOT_FOUND"
    );
    assert_eq!(
        key.put(&path, json!({ "version": 1 })).await.code(),
        "404 NOT_FOUND"
    );
    assert_eq!(key.delete(&path).await.code(), "404 NOT_FOUND");
    let templates = json!({ "version": 1, "templates": [] });
    assert_eq!(
        key.put(&format!("{path}/templates"), templates)
            .await
            .code(),
        "404 NOT_FOUND"
    );
}

#[actix_web::test]
async fn a_repeated_change_of_a_stage_is_made_once() {
    let app = TestApp::start().await;
    let _season = Season::begin(&app).await;
    let key = app.integration().with("idempotency-key", "stage-1");
    let first = key.post(STAGES, new_stage("packing")).await.data(201);
    let again = key.post(STAGES, new_stage("packing")).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.data(201), first);
    let other = key.post(STAGES, new_stage("airport")).await;
    assert_eq!(other.code(), "409 IDEMPOTENCY_MISMATCH");
    let path = format!("{STAGES}/{}", first["id"].as_str().unwrap());
    let retire = app.integration().with("idempotency-key", "stage-2");
    let first = retire.delete(&path).await.data(200);
    let again = retire.delete(&path).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.data(200), first);
}

#[actix_web::test]
async fn stages_and_templates_name_roles_that_there_are() {
    let app = TestApp::start().await;
    let key = app.integration();
    let mut new = json!({ "code": "visa", "name": "Visa", "role": "cook", "sla_days": 3 });
    assert_eq!(key.post(STAGES, new.clone()).await.fields(), ["role"]);
    new["role"] = json!("visa-admin");
    let stage = key.post(STAGES, new).await.data(201);
    let path = format!("{STAGES}/{}", stage["id"].as_str().unwrap());
    let change = json!({ "version": 1, "role": "cook" });
    assert_eq!(key.put(&path, change).await.fields(), ["role"]);
    let title = |role: &str| json!({ "title": "Apply", "role": role });
    let templates = json!({ "version": 1, "templates": [title("visa-admin"), { "title": "Check" }, title("cook")] });
    let refused = key.put(&format!("{path}/templates"), templates).await;
    assert_eq!(refused.fields(), ["templates[2].role"]);
    assert!(
        refused.text.contains("there are admin, "),
        "{}",
        refused.text
    );
    // a role that has gone since may stay where it is
    let mut owner = app.database.owner().await;
    let gone = "DELETE FROM user_roles; DELETE FROM roles WHERE key = 'visa-admin'";
    owner.batch_execute(gone).await.unwrap();
    let change = json!({ "version": 1, "role": "visa-admin", "sla_days": 4 });
    assert_eq!(key.put(&path, change).await.data(200)["sla_days"], 4);
}
