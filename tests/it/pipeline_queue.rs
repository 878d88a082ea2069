//! The task queue: filters, pages and orders.

use std::collections::BTreeSet;

use lajur::domain::ids::TaskId;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::season::Season;

const TASKS: &str = "/api/v1/pipeline/tasks";

async fn list(client: &Client, query: &str) -> Value {
    let answer = client.get(&format!("{TASKS}?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.json()
}

/// The values of a field, in the order of the answer.
async fn values(client: &Client, query: &str, field: &str) -> Vec<Value> {
    let body = list(client, query).await;
    let rows = body["data"].as_array().unwrap().iter();
    rows.map(|row| row[field].clone()).collect()
}

async fn ids(client: &Client, query: &str) -> BTreeSet<String> {
    let ids = values(client, query, "id").await.into_iter();
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn set(tasks: &[TaskId]) -> BTreeSet<String> {
    tasks.iter().map(ToString::to_string).collect()
}

async fn my_id(client: &Client) -> String {
    let me = client.get("/api/v1/me").await.json();
    me["data"]["user"]["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn each_filter_keeps_what_it_names() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (siti, siti_tasks) = season.add_person("Siti Aminah", "X0000001").await;
    let (_, budi_tasks) = season.add_person("Budi Santoso", "X0000002").await;
    let (a, b) = (siti_tasks[0].id, siti_tasks[1].id);
    let (c, d) = (budi_tasks[0].id, budi_tasks[1].id);
    let key = app.integration();
    let manager = app.manager().await;
    let me = my_id(&manager).await;
    let command = async |task: TaskId, command: &str, body: Value| {
        let answer = key.post(&format!("{TASKS}/{task}/{command}"), body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    };
    command(a, "start", json!({})).await;
    command(b, "block", json!({ "reason": "no photo" })).await;
    command(c, "complete", json!({})).await;
    command(d, "assign", json!({ "assignee": me })).await;
    let edit = json!({ "version": 2, "priority": "urgent", "due_at": null });
    let answer = key.put(&format!("{TASKS}/{d}"), edit).await;
    assert_eq!(answer.status, 200, "{}", answer.text);

    let stage = siti_tasks[0].stage_id;
    for (query, expected) in [
        ("", vec![a, b, d]),
        ("status=all", vec![a, b, c, d]),
        ("status=completed", vec![c]),
        ("status=in_progress,blocked", vec![a, b]),
        ("status=urgent", vec![d]),
        ("status=overdue", vec![]),
        ("bucket=blocked", vec![b]),
        ("bucket=upcoming", vec![a]),
        ("priority=urgent,high", vec![d]),
        ("role=document-admin", vec![a, b, d]),
        ("role=visa-admin", vec![]),
        ("stage=documents", vec![a, b, d]),
        ("stage=visa", vec![]),
        ("departure=UMR-01", vec![a, b, d]),
        ("assignee=none", vec![a, b]),
        ("q=siti", vec![a, b]),
        ("q=SANTOSO%20scan", vec![d]),
        ("q=x0000001%20collect", vec![a]),
    ] {
        assert_eq!(ids(&key, query).await, set(&expected), "{query}");
    }
    for (query, expected) in [
        (format!("stage={stage}"), vec![a, b, d]),
        (format!("jamaah={siti}"), vec![a, b]),
        (format!("departure={}", season.departure), vec![a, b, d]),
        (format!("assignee={me}"), vec![d]),
        (format!("jamaah={siti}&assignee={me}"), vec![]),
    ] {
        assert_eq!(ids(&key, &query).await, set(&expected), "{query}");
    }
    assert_eq!(ids(&manager, "assignee=me").await, set(&[d]));
    let meta = list(&key, "limit=1").await["meta"].clone();
    assert_eq!(
        meta["buckets"],
        json!({ "blocked": 1, "urgent": 1, "today": 0, "upcoming": 1, "later": 0 })
    );
}

#[actix_web::test]
async fn what_is_not_there_cannot_be_filtered_by() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let body = json!({ "code": "UMR-01", "departure_date": "2027-01-20" });
    key.post("/api/v1/pipeline/departures", body)
        .await
        .data(201);
    let nobody = "01930000-0000-7000-8000-000000000001";
    for (query, fields) in [
        ("stage=documents,packing".to_owned(), ["stage"]),
        (format!("stage={nobody}"), ["stage"]),
        ("departure=UMR-09".to_owned(), ["departure"]),
        // two seasons use this code
        ("departure=UMR-01".to_owned(), ["departure"]),
        (format!("departure={nobody}"), ["departure"]),
        ("assignee=me".to_owned(), ["assignee"]),
        ("assignee=somebody".to_owned(), ["assignee"]),
        ("priority=normal,highest".to_owned(), ["priority"]),
        ("jamaah=siti".to_owned(), ["jamaah"]),
    ] {
        let answer = key.get(&format!("{TASKS}?{query}")).await;
        assert_eq!(answer.fields(), fields, "{query}");
    }
    let one = format!("departure={}", season.departure);
    assert_eq!(list(&key, &one).await["meta"]["total"], 0);
}

#[actix_web::test]
async fn pages_neither_repeat_nor_skip_in_any_order() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    for number in 0..12 {
        let name = format!("Jamaah {}", (number * 7) % 12);
        let (_, tasks) = season.add_person(&name, &format!("X{number:07}")).await;
        let priority = ["low", "normal", "high", "urgent"][number % 4];
        let due_at = (number % 3 > 0).then(|| format!("2026-12-{:02}T10:00:00Z", number % 5 + 1));
        let edit = json!({ "version": 1, "priority": priority, "due_at": due_at });
        let path = format!("{TASKS}/{}", tasks[0].id);
        app.integration().put(&path, edit).await.data(200);
        app.clock.advance(chrono::Duration::seconds(1));
    }
    let key = app.integration();
    let all = ids(&key, "limit=100").await;
    assert_eq!(all.len(), 24);
    for sort in [
        "risk",
        "due_at",
        "priority",
        "created_at",
        "updated_at",
        "name",
    ] {
        for sort in [sort.to_owned(), format!("-{sort}")] {
            let mut seen = Vec::new();
            for page in 1..=5 {
                seen.extend(values(&key, &format!("sort={sort}&limit=5&page={page}"), "id").await);
            }
            let whole = values(&key, &format!("sort={sort}&limit=100"), "id").await;
            assert_eq!(seen, whole, "{sort}");
            let distinct: BTreeSet<String> = seen.iter().map(|id| id.to_string()).collect();
            assert_eq!(distinct.len(), 24, "{sort}");
        }
    }
    let names = values(&key, "sort=name&limit=100", "jamaah_name").await;
    assert!(names.is_sorted_by_key(|name| name.to_string()), "{names:?}");
    let made = values(&key, "sort=-created_at&limit=100", "created_at").await;
    assert!(
        made.is_sorted_by(|a, b| a.as_str() >= b.as_str()),
        "{made:?}"
    );
    let rank = |priority: &Value| {
        ["low", "normal", "high", "urgent"]
            .iter()
            .position(|known| priority == known)
    };
    let priorities = values(&key, "sort=-priority&limit=100", "priority").await;
    assert!(
        priorities.is_sorted_by(|a, b| rank(a) >= rank(b)),
        "{priorities:?}"
    );
    for sort in ["due_at", "-due_at"] {
        let due = values(&key, &format!("sort={sort}&limit=100"), "due_at").await;
        let dated: Vec<&str> = due.iter().map_while(Value::as_str).collect();
        assert_eq!(dated.len(), 20, "those without a date come last: {due:?}");
        if sort == "due_at" {
            assert!(dated.is_sorted(), "{due:?}");
        } else {
            assert!(dated.is_sorted_by(|a, b| a >= b), "{due:?}");
        }
    }
}

#[actix_web::test]
async fn an_officer_sees_tasks_of_their_role_and_their_own() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let officer = app
        .stranger()
        .signed_in("al-barokah", &app.tenant.officer)
        .await;
    let key = app.integration();
    assert!(ids(&officer, "").await.is_empty());
    let me = my_id(&officer).await;
    let assign = format!("{TASKS}/{}/assign", tasks[0].id);
    key.post(&assign, json!({ "assignee": me })).await.data(200);
    assert_eq!(ids(&officer, "").await, set(&[tasks[0].id]));
    let meta = list(&officer, "status=all").await["meta"].clone();
    assert_eq!(meta["total"], 1);
    assert_eq!(meta["roles"], json!({ "document-admin": 1 }));
    for task in &tasks {
        key.post(&format!("{TASKS}/{}/complete", task.id), json!({}))
            .await
            .data(200);
    }
    let roles = values(&officer, "status=open", "role").await;
    assert_eq!(roles, ["visa-admin"]);
}
