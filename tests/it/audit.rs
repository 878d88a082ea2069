//! `/audit`: finding things in the log, page by page, and taking it out.

use lajur::db::testing::TestDatabase;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::season::Season;

async fn found(client: &Client, query: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/audit?{query}{cursor}");
        let answer = client.get(&path).await;
        let events = answer.data(200);
        all.extend(events.as_array().unwrap().iter().cloned());
        match answer.json()["meta"]["next"].as_i64() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn seqs(events: &[Value]) -> Vec<i64> {
    let seqs = events.iter().map(|event| event["seq"].as_i64().unwrap());
    seqs.collect()
}

#[actix_web::test]
async fn the_whole_log_is_there_page_by_page_and_nothing_twice() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    season.add_person("Siti", "X0000001").await;
    season.add_person("Budi", "X0000002").await;
    let head = season.tenant.head();
    let all = found(&app.integration(), "limit=7").await;
    let wanted: Vec<i64> = (1..=head).rev().collect();
    assert_eq!(seqs(&all), wanted);
    let newest = &all[0];
    for field in [
        "kind",
        "occurred_at",
        "actor",
        "subject_type",
        "after",
        "request_id",
    ] {
        assert!(!newest[field].is_null(), "{field}: {newest}");
    }
}

#[actix_web::test]
async fn each_filter_narrows_and_all_must_apply() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    app.clock.advance(chrono::Duration::hours(2));
    let manager = app.manager().await.with("x-request-id", "look-for-me");
    let path = format!("/api/v1/pipeline/tasks/{}/start", tasks[0].id);
    assert_eq!(manager.post(&path, serde_json::json!({})).await.status, 200);
    let client = app.integration();
    let all = found(&client, "").await;

    let started = found(&client, "kind=task.started").await;
    assert_eq!(started.len(), 1);
    assert_eq!(started[0]["before"]["status"], "pending");
    assert_eq!(started[0]["after"]["status"], "in_progress");
    assert_eq!(started[0]["actor_name"], "Siti Aminah");
    let user = started[0]["actor"]["id"].as_str().unwrap();

    let by_request = found(&client, "request_id=look-for-me&kind=task").await;
    assert_eq!(seqs(&by_request), seqs(&started));
    let by_subject = found(&client, &format!("subject=task:{}", tasks[0].id)).await;
    let kinds: BTreeSet<&str> = by_subject
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, BTreeSet::from(["task.created", "task.started"]));
    let theirs = found(&client, &format!("actor=user:{user}")).await;
    assert!(theirs.len() < all.len());
    assert!(theirs.iter().all(|event| event["actor"]["id"] == user));
    assert!(
        theirs
            .iter()
            .any(|event| event["kind"] == "session.started")
    );
    assert!(
        found(&client, "actor=system&kind=task.started")
            .await
            .is_empty()
    );

    let late = found(&client, "from=2026-11-23T03:00:00Z").await;
    assert!(late.iter().any(|event| event["kind"] == "task.started"));
    assert!(late.iter().all(|event| event["kind"] != "stage.created"));
    let early = found(&client, "to=2026-11-23T03:00:00Z").await;
    assert_eq!(late.len() + early.len(), all.len());
    assert!(found(&client, "from=2027-01-01T00:00:00Z").await.is_empty());
    assert!(found(&client, "to=2020-01-01T00:00:00Z").await.is_empty());

    for (query, field) in [
        ("from=yesterday", "from"),
        ("kind=tas", "kind"),
        ("actor=siti", "actor"),
        ("subject=moon:1", "subject"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("cursor=0", "cursor"),
    ] {
        let answer = client.get(&format!("/api/v1/audit?{query}")).await;
        assert!(answer.fields().contains(&field.to_owned()), "{query}");
    }
}

#[actix_web::test]
async fn time_is_found_by_halving_wherever_it_lies() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    for number in 0..6 {
        app.clock.advance(chrono::Duration::hours(1));
        season.add_person("Siti", &format!("X000000{number}")).await;
    }
    let client = app.integration();
    let all = found(&client, "").await;
    for hour in 1..=9 {
        let instant = format!("2026-11-23T{hour:02}:30:00Z");
        let from = seqs(&found(&client, &format!("from={instant}")).await);
        let wanted: Vec<i64> = all
            .iter()
            .filter(|event| event["occurred_at"].as_str().unwrap() >= instant.as_str())
            .map(|event| event["seq"].as_i64().unwrap())
            .collect();
        assert_eq!(from, wanted, "{instant}");
        let to = found(&client, &format!("to={instant}")).await;
        assert_eq!(from.len() + to.len(), all.len(), "{instant}");
    }
}

#[actix_web::test]
async fn only_who_may_read_the_audit_sees_it_and_only_their_own() {
    let app = TestApp::start().await;
    Season::begin(&app).await;
    let officer = app
        .stranger()
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await;
    for path in ["/audit", "/audit/export.csv", "/audit/export.xlsx"] {
        let path = format!("/api/v1{path}");
        assert_eq!(officer.get(&path).await.code(), "403 FORBIDDEN");
        assert_eq!(
            app.stranger().get(&path).await.code(),
            "401 UNAUTHENTICATED"
        );
    }
    let secrets = &app.running.app.secrets;
    let other = crate::support::fixture::Tenant::create(&app.database, "other", secrets).await;
    let other = app.stranger().with_key(&other.key);
    assert!(found(&other, "").await.is_empty());
}

#[actix_web::test]
async fn the_audit_goes_out_as_a_file_in_which_nothing_runs() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    season.add_person("Siti; Aminah", "X0000001").await;
    let forged = app.integration().with("x-request-id", "-1.2");
    let body = serde_json::json!({ "code": "X", "departure_date": "2026-12-24" });
    assert_eq!(
        forged
            .post("/api/v1/pipeline/departures", body)
            .await
            .status,
        201
    );
    let client = app.integration();
    let head = usize::try_from(season.tenant.head()).unwrap();
    let file = client.get("/api/v1/audit/export.csv").await;
    assert_eq!(file.status, 200);
    assert!(
        file.header("content-disposition")
            .contains("al-barokah-audit-2026-11-23.csv")
    );
    let text = file.text.trim_start_matches('\u{feff}');
    let lines: Vec<&str> = text.split("\r\n").filter(|line| !line.is_empty()).collect();
    assert!(
        lines[0].starts_with("seq;occurred_at;kind;"),
        "{}",
        lines[0]
    );
    // itself too: what leaves is told before it leaves
    assert_eq!(lines.len(), head + 2);
    assert!(lines[1].contains("data.exported"), "{}", lines[1]);
    assert!(text.contains(";'-1.2;"), "{text}");
    let filtered = client
        .get("/api/v1/audit/export.csv?kind=departure.created")
        .await;
    assert_eq!(filtered.text.matches("departure.created").count(), 2);

    let request = client.request(Method::GET, "/api/v1/audit/export.xlsx");
    let book = request.send().await.unwrap();
    assert_eq!(book.status(), 200);
    let book = book.bytes().await.unwrap();
    assert!(book.starts_with(b"PK"), "a workbook is an archive");
    let told = found(&client, "kind=data.exported").await;
    let what: Vec<&Value> = told.iter().map(|event| &event["after"]["what"]).collect();
    assert_eq!(what, ["audit.xlsx", "audit.csv", "audit.csv"]);
}

#[tokio::test]
async fn no_role_of_the_program_can_change_what_was_written() {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await;
    #[derive(diesel::QueryableByName)]
    struct May {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        may: bool,
    }
    for role in ["lajur_app", "lajur_journal", "lajur_door"] {
        for deed in ["UPDATE", "DELETE", "TRUNCATE"] {
            let asked = format!("SELECT has_table_privilege('{role}', 'events', '{deed}') AS may");
            let answer: May = diesel::sql_query(asked)
                .get_result(&mut owner)
                .await
                .unwrap();
            assert!(!answer.may, "{role} may {deed}");
        }
        for deed in [
            "UPDATE events SET kind = 'x'",
            "DELETE FROM events",
            "TRUNCATE events",
        ] {
            let tried = format!(
                "SET lajur.tenant = '00000000-0000-0000-0000-000000000000'; SET ROLE {role}; {deed}"
            );
            let refused = owner.batch_execute(&tried).await.unwrap_err().to_string();
            assert!(refused.contains("permission denied"), "{role}: {refused}");
            owner.batch_execute("RESET ROLE").await.unwrap();
        }
        let asked = format!("SELECT has_any_column_privilege('{role}', 'events', 'UPDATE') AS may");
        let answer: May = diesel::sql_query(asked)
            .get_result(&mut owner)
            .await
            .unwrap();
        assert!(!answer.may, "{role} may update a column");
    }
}
