//! Tasks of jamaah who were closed long ago: in the database only.

use diesel::sql_types::Uuid as SqlUuid;
use diesel_async::RunQueryDsl;
use serde_json::json;
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::season::Season;

const TASKS: &str = "/api/v1/pipeline/tasks";
const ARCHIVED: Uuid = Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0001);

/// Somebody whose journey ended a year ago, with one task of `document-admin`.
async fn add_archived(app: &TestApp, season: &Season) {
    let mut conn = app.database.owner().await;
    let stage = season.tenant.view().state.active_stages()[0].id;
    let jamaah = "INSERT INTO jamaah (tenant_id, id, name, passport_number, birth_date, departure_id, phone, version, created_at, updated_at) \
                  VALUES ($1, $2, 'Haji Lama', 'A1', '1960-01-01', $3, '0811', 1, '2025-09-01', '2025-09-01')";
    let status = "INSERT INTO jamaah_pipeline_status (tenant_id, jamaah_id, pipeline_version, status, blocked, on_hold, waiting, \
                  progress_percent, departure_id, departure_date, risk, reasons, registered_at, closed_at, version, updated_at) \
                  VALUES ($1, $2, 1, 'completed', false, false, false, 100, $3, '2025-11-20', 'unknown', '[]', '2025-09-01', '2025-11-20', 1, '2025-11-20')";
    let task = "INSERT INTO pipeline_tasks (tenant_id, id, jamaah_id, stage_id, instance_id, title, assigned_role, priority, status, required, \
                overdue, blocked_by_third_party, completed_at, version, created_at, updated_at) \
                VALUES ($1, $2, $2, $3, $2, 'Collect passport', 'document-admin', 'normal', 'completed', true, false, false, '2025-10-01', 4, '2025-09-01', '2025-10-01')";
    for (sql, last) in [
        (jamaah, season.departure.0),
        (status, season.departure.0),
        (task, stage.0),
    ] {
        diesel::sql_query(sql)
            .bind::<SqlUuid, _>(app.tenant.id)
            .bind::<SqlUuid, _>(ARCHIVED)
            .bind::<SqlUuid, _>(last)
            .execute(&mut conn)
            .await
            .unwrap();
    }
}

#[actix_web::test]
async fn an_archived_task_can_be_read_but_not_changed() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    add_archived(&app, &season).await;
    let key = app.integration();
    let path = format!("{TASKS}/{ARCHIVED}");
    let task = key.get(&path).await.data(200);
    assert_eq!(
        (&task["archived"], &task["version"]),
        (&json!(true), &json!(4))
    );
    assert_eq!(
        (&task["jamaah_name"], &task["jamaah_phone"]),
        (&json!("Haji Lama"), &json!("0811"))
    );
    assert_eq!(
        (&task["stage_code"], &task["departure_code"]),
        (&json!("documents"), &json!("UMR-01"))
    );
    for (verb, body, to) in [
        ("reopen", json!({}), "in_progress"),
        ("complete", json!({}), "completed"),
        ("assign", json!({ "assignee": null }), "assigned"),
        ("comments", json!({ "body": "x" }), "commented"),
    ] {
        let refused = key.post(&format!("{path}/{verb}"), body).await;
        assert_eq!(refused.code(), "409 INVALID_TRANSITION", "{verb}");
        assert_eq!(
            refused.json()["error"]["details"],
            json!({ "from": "archived", "to": to })
        );
    }
    let refused = key.put(&path, json!({ "version": 4, "notes": "x" })).await;
    assert_eq!(refused.code(), "409 INVALID_TRANSITION");
    let bulk = json!({ "action": "reopen", "ids": [ARCHIVED, Uuid::nil()] });
    let results = key.post(&format!("{TASKS}/bulk"), bulk).await.data(200);
    assert_eq!(results[0]["error"]["details"]["from"], "archived");
    assert_eq!(
        (&results[0]["status"], &results[1]["status"]),
        (&json!(409), &json!(404))
    );
    assert_eq!(
        key.get(&format!("{path}/comments")).await.data(200),
        json!([])
    );
}

#[actix_web::test]
async fn an_archived_task_is_seen_by_those_who_saw_it_before() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    add_archived(&app, &season).await;
    let officer = app
        .stranger()
        .signed_in("al-barokah", &app.tenant.officer)
        .await;
    let path = format!("{TASKS}/{ARCHIVED}");
    assert_eq!(officer.get(&path).await.code(), "404 NOT_FOUND");
    let refused = officer.post(&format!("{path}/reopen"), json!({})).await;
    assert_eq!(refused.code(), "404 NOT_FOUND");
}
