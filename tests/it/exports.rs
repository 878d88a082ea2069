//! Data out: files that can be imported again.

use lajur::cli::export::{self, Args, Format};
use serde_json::json;

use crate::support::TestApp;
use crate::support::client::Answer;
use crate::support::fixture;
use crate::support::manifest::{CLEAN, TODAY, report};
use crate::support::season::Season;

const CSV: &str = "/api/v1/pipeline/export.csv";
const XLSX: &str = "/api/v1/pipeline/export.xlsx";

async fn started() -> TestApp {
    let app = TestApp::start().await;
    app.clock.set(TODAY.parse().unwrap());
    Season::begin(&app).await;
    report(&app.integration(), CLEAN.name, CLEAN.bytes).await;
    app
}

async fn bytes(app: &TestApp, path: &str) -> (u16, String, Vec<u8>) {
    let request = app.integration().request(reqwest::Method::GET, path);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let name = response.headers()["content-disposition"]
        .to_str()
        .unwrap()
        .to_owned();
    (status, name, response.bytes().await.unwrap().to_vec())
}

#[actix_web::test]
async fn an_export_imported_again_changes_nothing() {
    let app = started().await;
    let client = app.integration();
    let list = client
        .get("/api/v1/pipeline/jamaah?limit=1&sort=name")
        .await
        .json();
    let first = list["data"][0]["id"].as_str().unwrap().to_owned();
    // what a spreadsheet program would take for a formula, and a name for a guard
    let path = format!("/api/v1/pipeline/jamaah/{first}");
    let edit =
        json!({ "version": 1, "phone": "+62 812", "agent": "=SUM(A1)", "name": "'Aisyah; \"A\"" });
    let edited = client.send(reqwest::Method::PUT, &path, Some(edit)).await;
    assert_eq!(edited.status, 200, "{}", edited.text);

    for (path, extension) in [(CSV, "csv"), (XLSX, "xlsx")] {
        let (status, name, file) = bytes(&app, path).await;
        assert_eq!(status, 200);
        let expected = format!("attachment; filename=\"al-barokah-jamaah-2026-11-22.{extension}\"");
        assert_eq!(name, expected);
        let again = report(&client, &format!("export.{extension}"), &file).await;
        assert_eq!(
            (&again["rows"], &again["unchanged"]),
            (&json!(300), &json!(300)),
            "{again}"
        );
    }
}

#[actix_web::test]
async fn an_export_takes_the_filters_of_the_list() {
    let app = started().await;
    let client = app.integration();
    let lines = async |query: &str| {
        let answer = client.get(&format!("{CSV}?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text.lines().count() - 1
    };
    assert_eq!(lines("").await, 300);
    let total = async |query: &str| {
        let list = client
            .get(&format!("/api/v1/pipeline/jamaah?{query}"))
            .await;
        usize::try_from(list.json()["meta"]["total"].as_u64().unwrap()).unwrap()
    };
    for query in [
        "departure=UMR-261212-A",
        "q=siti",
        "on_hold=true",
        "status=overdue",
    ] {
        assert_eq!(lines(query).await, total(query).await, "{query}");
    }
    let wrong = client.get(&format!("{CSV}?status=lost")).await;
    assert_eq!(wrong.code(), "422 VALIDATION_ERROR");

    let list = client.get("/api/v1/pipeline/jamaah?limit=1").await.json();
    let id = list["data"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/pipeline/jamaah/{id}/cancel");
    client.post(&path, json!({ "reason": "ill" })).await;
    assert_eq!(lines("").await, 299);
    assert_eq!(lines("status=cancelled").await, 1);
}

#[actix_web::test]
async fn an_export_says_where_everybody_stands() {
    let app = started().await;
    let file = app
        .integration()
        .get(&format!("{CSV}?sort=name"))
        .await
        .text;
    let mut lines = file.trim_start_matches('\u{feff}').lines();
    let header = lines.next().unwrap();
    assert!(header.ends_with("Status;Tahap;Progres"), "{header}");
    let first = lines.next().unwrap();
    assert!(first.ends_with(";documents;0/2"), "{first}");
}

#[actix_web::test]
async fn an_unchanged_export_is_not_sent_again() {
    let app = started().await;
    for path in [CSV, XLSX] {
        let request = app.integration().request(reqwest::Method::GET, path);
        let tag = request.send().await.unwrap().headers()["etag"]
            .to_str()
            .unwrap()
            .to_owned();
        let known = app.integration().with("if-none-match", &tag);
        assert_eq!(known.get(path).await.status, 304);
        assert_eq!(known.get(&format!("{path}?q=siti")).await.status, 200);
    }
}

#[actix_web::test]
async fn exporting_needs_its_permission() {
    let app = started().await;
    let mut conn = app.database.owner().await;
    let listed = Some(vec!["jamaah.read".to_owned()]);
    let key = fixture::add_key(&mut conn, app.tenant.id, listed, &app.running.app.secrets).await;
    let client = app.stranger().with_key(&key);
    let refused = |answer: &Answer| assert_eq!(answer.code(), "403 FORBIDDEN");
    refused(&client.get(CSV).await);
    refused(&client.get(XLSX).await);
    let other = fixture::Tenant::create(&app.database, "annur", &app.running.app.secrets).await;
    let theirs = app.stranger().with_key(&other.key).get(CSV).await;
    assert_eq!((theirs.status, theirs.text.lines().count()), (200, 1));
}

#[actix_web::test]
async fn the_command_line_writes_the_same_files() {
    let app = started().await;
    for (format, path) in [(Format::Csv, CSV), (Format::Xlsx, XLSX)] {
        let args = Args {
            tenant: "al-barokah".to_owned(),
            format,
            out: None,
        };
        let mut written = Vec::new();
        export::export(&app.running.app, &args, &mut written)
            .await
            .unwrap();
        let (_, _, served) = bytes(&app, &format!("{path}?sort=departure_date")).await;
        assert!(written == served, "{format:?}");
    }
}
