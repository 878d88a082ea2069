//! Manifests in, over HTTP and from the command line.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::Command as Program;
use std::sync::Arc;
use std::time::Duration;

use lajur::app::App;
use lajur::app::server::{self, Running};
use lajur::cli::import;
use lajur::clock::{Clock, ManualClock};
use lajur::domain::pipeline::command::{Command, DepartureChanges};
use lajur::domain::pipeline::departure::DepartureState;
use lajur::domain::principal::Principal;
use lajur::importing::Upload;
use lajur::importing::job::{Begun, Commission, Job};
use lajur::importing::known::Known;
use lajur::secrets::Secrets;
use lajur::spreadsheet::write::{ExportRow, write_xlsx};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::fixture::{self, Tenant};
use crate::support::manifest::{
    CLEAN, IMPORTS, MESSY, TODAY, generated, report, send, send_form, send_to,
};
use crate::support::season::{self, Season};

async fn started() -> (TestApp, Season) {
    let app = TestApp::start().await;
    app.clock.set(TODAY.parse().unwrap());
    let season = Season::begin(&app).await;
    (app, season)
}

fn people(season: &Season) -> usize {
    season.tenant.view().state.pilgrim_count()
}

#[actix_web::test]
async fn a_manifest_gives_its_report_and_nothing_the_second_time() {
    for sample in [&CLEAN, &MESSY] {
        let (app, season) = started().await;
        let client = app.integration();
        let first = report(&client, sample.name, sample.bytes).await;
        sample.check(&first, false);
        assert_eq!(
            (&first["state"], &first["dry_run"]),
            (&json!("completed"), &json!(false))
        );
        assert_eq!(
            people(&season),
            usize::try_from(first["created"].as_u64().unwrap()).unwrap()
        );
        let people = season.tenant.view().state.head;
        let second = report(&client, sample.name, sample.bytes).await;
        sample.check(&second, true);
        // the import itself has begun and ended; nothing else has happened
        assert_eq!(season.tenant.view().state.head, people + 2);
        for list in ["errors", "warnings", "ignored_columns", "ignored_rows"] {
            assert_eq!(first[list], second[list]);
        }
    }
}

#[actix_web::test]
async fn a_dry_run_says_the_same_and_changes_nothing() {
    let (app, season) = started().await;
    let client = app.integration();
    let before = season.tenant.view().state.head;
    for sample in [&CLEAN, &MESSY] {
        let path = format!("{IMPORTS}?dry_run=true");
        let answer = send_to(&client, &path, sample.name, sample.bytes).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let body = answer.json();
        sample.check(&body["data"], false);
        assert_eq!(
            (&body["data"]["dry_run"], &body["data"]["id"]),
            (&json!(true), &Value::Null)
        );
        assert_eq!(body["meta"]["seq"], before);
    }
    let part = Part::bytes(CLEAN.bytes).file_name(CLEAN.name);
    let form = Form::new().part("file", part).text("dry_run", "1");
    let answer = send_form(&client, IMPORTS, form).await;
    CLEAN.check(&answer.json()["data"], false);
    assert_eq!(season.tenant.view().state.head, before);
    assert_eq!(client.get(IMPORTS).await.json()["meta"]["total"], 0);

    report(&client, CLEAN.name, CLEAN.bytes).await;
    let path = format!("{IMPORTS}?dry_run=1");
    let after = send_to(&client, &path, CLEAN.name, CLEAN.bytes).await;
    CLEAN.check(&after.json()["data"], true);
}

#[actix_web::test]
async fn a_workbook_is_as_good_as_a_text() {
    let (app, _season) = started().await;
    let client = app.integration();
    let today = "2026-11-22".parse().unwrap();
    let manifest = Upload::read(CLEAN.name, CLEAN.bytes, today).manifest;
    let mut workbook = std::io::Cursor::new(Vec::new());
    let rows = manifest.people.into_iter().map(ExportRow::from);
    write_xlsx(rows, today, &mut workbook).unwrap();
    let first = report(&client, "manifest.xlsx", workbook.get_ref()).await;
    CLEAN.check(&first, false);
    let second = report(&client, CLEAN.name, CLEAN.bytes).await;
    CLEAN.check(&second, true);
}

#[actix_web::test]
async fn what_changed_in_a_manifest_changes_people() {
    let (app, season) = started().await;
    let client = app.integration();
    report(&client, "first.csv", &generated(3)).await;
    let text = String::from_utf8(generated(4)).unwrap();
    let text = text.replace("Santoso 1", "Santoso Satu");
    let second = report(&client, "second.csv", text.as_bytes()).await;
    let counts = ["created", "updated", "unchanged", "rejected"].map(|name| second[name].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(2), json!(0)]);
    let view = season.tenant.view();
    let found = view.state.by_passport(&Arc::from("X1000001"));
    let pilgrim = view.state.pilgrim(found[0]).unwrap();
    assert_eq!(&*pilgrim.jamaah.name, "Ahmad Santoso Satu");
}

#[actix_web::test]
async fn ten_thousand_people_go_in() {
    let (app, season) = started().await;
    let client = app.integration();
    let answer = send(&client, "many.csv", &generated(10_000)).await;
    let id = answer.json()["data"]["id"].as_str().unwrap().to_owned();
    let done = ended(&client, &id).await;
    assert_eq!(
        (&done["created"], &done["rejected"]),
        (&json!(10_000), &json!(0))
    );
    assert_eq!(
        (&done["state"], &done["processed"]),
        (&json!("completed"), &json!(10_000))
    );
    assert_eq!(people(&season), 10_000);
}

/// Waits for an import's end.
async fn ended(client: &Client, id: &str) -> Value {
    loop {
        let import = client.get(&format!("{IMPORTS}/{id}")).await;
        assert_eq!(import.status, 200, "{}", import.text);
        let import = import.json()["data"].clone();
        if import["state"] != "running" {
            return import;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[actix_web::test]
async fn whoever_the_rules_refuse_is_reported_and_the_others_are_in() {
    let (app, season) = started().await;
    let client = app.integration();
    let closed = DepartureChanges {
        state: Some(DepartureState::Departed),
        ..DepartureChanges::default()
    };
    let command = Command::UpdateDeparture {
        id: season.departure,
        expected: None,
        changes: closed,
    };
    season::order(&season.tenant, command).await;
    let text = String::from_utf8(generated(350)).unwrap();
    // two in the first chunk, and the last of all
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in [90, 91, 350] {
        lines[line] = format!("Haji Terlambat;Y{line:07};1970-05-01;L;UMR-01;2026-12-20;");
    }
    let answer = report(&client, "late.csv", lines.join("\n").as_bytes()).await;
    assert_eq!(
        (&answer["created"], &answer["rejected"]),
        (&json!(347), &json!(3))
    );
    let errors = answer["errors"].as_array().unwrap();
    let rows: Vec<_> = errors
        .iter()
        .map(|error| error["row"].as_u64().unwrap())
        .collect();
    assert_eq!(rows, [91, 92, 351]);
    assert_eq!(errors[0]["column"], "Tgl Berangkat");
    assert_eq!(errors[0]["message"], "the departure is closed");
    assert_eq!(errors[0]["value"], "2026-12-20");
    assert_eq!(people(&season), 347);
}

#[actix_web::test]
async fn an_interrupted_import_is_finished_by_the_same_file() {
    let (app, season) = started().await;
    let import = begin(&app, &season, "half.csv", &generated(500)).await;
    let broken = import.run(|_| ControlFlow::Break(())).await.unwrap();
    // the chunk that was decided meanwhile is in as well
    assert_eq!(broken.created, 400);
    let client = app.integration();
    let id = broken.id.unwrap().to_string();
    assert_eq!(ended(&client, &id).await["state"], "interrupted");
    let second = report(&client, "half.csv", &generated(500)).await;
    assert_eq!(
        (&second["created"], &second["unchanged"]),
        (&json!(100), &json!(400))
    );
    assert_eq!(people(&season), 500);
}

/// An import as a request begins it.
async fn begin(app: &TestApp, season: &Season, name: &str, bytes: &[u8]) -> Job {
    let app = &app.running.app;
    let upload = Upload::read(name, bytes, "2026-11-22".parse().unwrap());
    let by = Commission {
        handle: season.tenant.clone(),
        principal: Arc::new(Principal::system()),
        request_id: Arc::from("test"),
    };
    let known = Known::default();
    let begun = Job::begin(by, app.clock.clone(), app.new_id(), upload, known, None).await;
    let Ok(Begun::Now(job)) = begun else {
        panic!("not begun")
    };
    *job
}

#[actix_web::test]
async fn an_import_that_the_program_took_with_it_is_taken_up_by_its_key() {
    let (app, season) = started().await;
    let client = app.integration().with("idempotency-key", "manifest-12");
    // imports stop after their first chunk, and the one decided meanwhile
    app.running.app.stop_soon();
    let first = report(&client, "half.csv", &generated(500)).await;
    assert_eq!(
        (&first["state"], &first["created"]),
        (&json!("interrupted"), &json!(400))
    );
    drop(season);

    let next = server_of(&app).await;
    let client = Client::new(&format!("http://{}", next.addr))
        .with_key(&app.tenant.key)
        .with("idempotency-key", "manifest-12");
    let second = send(&client, "half.csv", &generated(500)).await;
    assert_eq!(second.status, 200, "{}", second.text);
    let body = second.json()["data"].clone();
    assert_eq!(
        (&body["id"], &body["state"]),
        (&first["id"], &json!("completed"))
    );
    assert_eq!(
        (&body["created"], &body["unchanged"]),
        (&json!(500), &json!(0))
    );
    let third = send(&client, "half.csv", &generated(500)).await;
    assert_eq!(third.header("idempotency-replayed"), "true");
    assert_eq!(third.json()["data"], body);
    next.stop().await;
}

async fn server_of(app: &TestApp) -> Running {
    let clock = Clock::Manual(ManualClock::new(TODAY.parse().unwrap()));
    let config = app.running.app.config.clone();
    let next = App::new(config, clock, Secrets::seeded(2)).unwrap();
    server::start(next).await.unwrap()
}

#[actix_web::test]
async fn the_same_key_imports_once() {
    let (app, season) = started().await;
    let client = app.integration().with("idempotency-key", "manifest-1");
    let first = send(&client, CLEAN.name, CLEAN.bytes).await;
    let head = season.tenant.view().state.head;
    let again = send(&client, CLEAN.name, CLEAN.bytes).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json()["data"], first.json()["data"]);
    assert_eq!(season.tenant.view().state.head, head);
    let other = send(&client, MESSY.name, MESSY.bytes).await;
    assert_eq!(other.code(), "409 IDEMPOTENCY_MISMATCH");
}

#[actix_web::test]
async fn a_tenant_imports_one_file_at_a_time() {
    let (app, _season) = started().await;
    let client = app.integration();
    let turn = app
        .running
        .app
        .imports
        .take_turn(app.tenant.id.into())
        .unwrap();
    let impatient = client.clone().with("prefer", "respond-async");
    let busy = send(&impatient, CLEAN.name, CLEAN.bytes).await;
    assert_eq!(busy.code(), "503 UNAVAILABLE");
    assert_eq!(busy.header("retry-after"), "5");
    // others wait until it is their turn
    let ends = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        drop(turn);
    };
    let (waited, ()) = tokio::join!(send(&client, MESSY.name, MESSY.bytes), ends);
    assert_eq!(waited.status, 200, "{}", waited.text);

    let keyed = client.clone().with("idempotency-key", "k");
    let first = report(&keyed, CLEAN.name, CLEAN.bytes).await;
    let _turn = app
        .running
        .app
        .imports
        .take_turn(app.tenant.id.into())
        .unwrap();
    assert_eq!(report(&keyed, CLEAN.name, CLEAN.bytes).await, first);
    let other = send(&keyed, MESSY.name, MESSY.bytes).await;
    assert_eq!(other.code(), "409 IDEMPOTENCY_MISMATCH");
    // trying out is no import
    let path = format!("{IMPORTS}?dry_run=true");
    assert_eq!(
        send_to(&client, &path, MESSY.name, MESSY.bytes)
            .await
            .status,
        200
    );
}

#[actix_web::test]
async fn an_import_runs_on_when_nobody_waits_for_it() {
    let (app, season) = started().await;
    let client = app.integration();
    let patient = client.clone().with("prefer", "respond-async");
    let answer = send(&patient, "many.csv", &generated(1_000)).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.json()["data"]["state"], "running");
    let place = answer.header("location").to_owned();
    let id = place.rsplit('/').next().unwrap().to_owned();
    let done = ended(&client, &id).await;
    assert_eq!(
        (&done["state"], &done["created"]),
        (&json!("completed"), &json!(1_000))
    );
    assert_eq!(people(&season), 1_000);
}

#[actix_web::test]
async fn an_import_of_a_dead_process_is_interrupted() {
    let (app, season) = started().await;
    let client = app.integration();
    let job = begin(&app, &season, "half.csv", &generated(3)).await;
    let path = format!("{IMPORTS}/{}", job.id());
    let state = async || client.get(&path).await.json()["data"]["state"].clone();
    let turn = app
        .running
        .app
        .imports
        .take_turn(app.tenant.id.into())
        .unwrap();
    turn.names(job.id());
    assert_eq!(state().await, "running");
    app.clock.advance(chrono::Duration::seconds(61));
    assert_eq!(state().await, "running");
    drop(turn);
    assert_eq!(state().await, "interrupted");
    let list = client.get(IMPORTS).await.json();
    assert_eq!(list["data"][0]["state"], "interrupted");
}

#[actix_web::test]
async fn a_file_that_is_none_is_reported_like_any_other() {
    let (app, season) = started().await;
    let client = app.integration();
    let unreadable = report(&client, "scan.pdf", b"%PDF-1.7 nothing").await;
    assert_eq!(unreadable["errors"][0]["code"], "unreadable_file");
    assert_eq!(
        (&unreadable["rows"], &unreadable["created"]),
        (&json!(0), &json!(0))
    );
    let text = "Nama;Paspor\nSiti Aminah;C1234567\nBudi Santoso;C1234568\n";
    for path in [IMPORTS.to_owned(), format!("{IMPORTS}?dry_run=true")] {
        let answer = send_to(&client, &path, "short.csv", text.as_bytes()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let missing = answer.json()["data"].clone();
        assert_eq!(
            (&missing["rows"], &missing["rejected"]),
            (&json!(2), &json!(2))
        );
        let errors = missing["errors"].as_array().unwrap();
        assert!(
            errors.iter().all(|error| error["code"] == "missing_column"),
            "{missing}"
        );
        assert_eq!(errors.len(), 2);
    }
    assert_eq!(people(&season), 0);
}

#[actix_web::test]
async fn a_form_that_is_none_is_refused() {
    let (app, _season) = started().await;
    let client = app.integration();
    let json = client.post(IMPORTS, json!({})).await;
    assert_eq!(json.code(), "415 UNSUPPORTED_MEDIA_TYPE");
    let file = || Part::bytes(CLEAN.bytes).file_name(CLEAN.name);
    let named = async |form: Form, path: &str| {
        let answer = send_form(&client, path, form).await;
        assert_eq!(answer.code(), "422 VALIDATION_ERROR");
        let body = answer.json();
        let fields = body["error"]["details"]["fields"].as_object().unwrap();
        fields.keys().next().unwrap().clone()
    };
    assert_eq!(
        named(Form::new().text("dry_run", "true"), IMPORTS).await,
        "file"
    );
    let twice = Form::new().part("file", file()).part("file", file());
    assert_eq!(named(twice, IMPORTS).await, "file");
    let unknown = Form::new().part("file", file()).text("colour", "red");
    assert_eq!(named(unknown, IMPORTS).await, "colour");
    let perhaps = Form::new().part("file", file()).text("dry_run", "perhaps");
    assert_eq!(named(perhaps, IMPORTS).await, "dry_run");
    let form = Form::new().part("file", file());
    assert_eq!(
        named(form, &format!("{IMPORTS}?dry_run=perhaps")).await,
        "dry_run"
    );

    let broken = client
        .request(reqwest::Method::POST, IMPORTS)
        .header("content-type", "multipart/form-data; boundary=x")
        .body("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhalf");
    let broken = crate::support::client::Answer::read(broken).await;
    assert_eq!(broken.code(), "400 MALFORMED_REQUEST");
}

#[actix_web::test]
async fn a_file_beyond_the_limit_is_refused() {
    let (app, _season) = started().await;
    let large = vec![b'x'; 33 * 1024 * 1024];
    let answer = send(&app.integration(), "large.csv", &large).await;
    assert_eq!(answer.code(), "413 PAYLOAD_TOO_LARGE");
    assert_eq!(
        answer.json()["error"]["details"]["limit_bytes"],
        32 * 1024 * 1024
    );
}

#[actix_web::test]
async fn imports_are_listed_with_who_made_them() {
    let (app, _season) = started().await;
    let client = app.manager().await;
    report(&client, CLEAN.name, CLEAN.bytes).await;
    app.clock.advance(chrono::Duration::seconds(1));
    let messy = report(&client, MESSY.name, MESSY.bytes).await;
    let list = client.get(&format!("{IMPORTS}?limit=1")).await;
    assert_eq!(list.json()["meta"]["total"], 2);
    let card = list.json()["data"][0].clone();
    assert_eq!(
        (&card["id"], &card["file_name"]),
        (&messy["id"], &json!(MESSY.name))
    );
    assert_eq!(
        (&card["rejected"], &card["created_by_name"]),
        (&json!(50), &json!("Siti Aminah"))
    );
    let known = client.clone().with("if-none-match", list.header("etag"));
    assert_eq!(known.get(&format!("{IMPORTS}?limit=1")).await.status, 304);

    let path = format!("{IMPORTS}/{}", messy["id"].as_str().unwrap());
    let detail = client.get(&path).await.json()["data"].clone();
    for (name, value) in messy.as_object().unwrap() {
        assert_eq!(&detail[name], value, "{name}");
    }
    assert_eq!(detail["processed"], 400);

    let file = client.get(&format!("{path}/report.csv")).await;
    assert_eq!(
        (file.status, file.header("content-type")),
        (200, "text/csv; charset=utf-8")
    );
    assert!(file.header("content-disposition").starts_with("attachment"));
    let mut lines = file.text.trim_start_matches('\u{feff}').lines();
    assert_eq!(lines.next(), Some("row;column;severity;code;message;value"));
    assert!(lines.next().unwrap().starts_with("18;"), "{}", file.text);
    let problems =
        messy["errors"].as_array().unwrap().len() + messy["warnings"].as_array().unwrap().len();
    assert_eq!(file.text.lines().count(), problems + 1);
}

#[actix_web::test]
async fn another_tenants_imports_are_not_there() {
    let (app, season) = started().await;
    let first = report(&app.integration(), CLEAN.name, CLEAN.bytes).await;
    let other = Tenant::create(&app.database, "annur", &app.running.app.secrets).await;
    let stranger = app.stranger().with_key(&other.key);
    let path = format!("{IMPORTS}/{}", first["id"].as_str().unwrap());
    assert_eq!(stranger.get(&path).await.code(), "404 NOT_FOUND");
    assert_eq!(
        stranger.get(&format!("{path}/report.csv")).await.code(),
        "404 NOT_FOUND"
    );
    assert_eq!(stranger.get(IMPORTS).await.json()["meta"]["total"], 0);

    let theirs = app.running.app.tenants.open(other.id.into()).await.unwrap();
    season::add_stage(
        &theirs,
        "documents",
        "document-admin",
        &["Collect passport"],
    )
    .await;
    let second = report(&stranger, CLEAN.name, CLEAN.bytes).await;
    CLEAN.check(&second, false);
    assert_eq!(
        (people(&season), theirs.view().state.pilgrim_count()),
        (300, 300)
    );
}

#[actix_web::test]
async fn importing_needs_its_permission() {
    let (app, _season) = started().await;
    let mut conn = app.database.owner().await;
    let listed = Some(vec!["jamaah.write".to_owned(), "exports.read".to_owned()]);
    let key = fixture::add_key(&mut conn, app.tenant.id, listed, &app.running.app.secrets).await;
    let client = app.stranger().with_key(&key);
    assert_eq!(
        send(&client, CLEAN.name, CLEAN.bytes).await.code(),
        "403 FORBIDDEN"
    );
    assert_eq!(client.get(IMPORTS).await.code(), "403 FORBIDDEN");
    assert_eq!(
        send(&app.stranger(), CLEAN.name, CLEAN.bytes).await.code(),
        "401 UNAUTHENTICATED"
    );
}

#[actix_web::test]
async fn journeys_of_long_ago_are_known() {
    let (app, season) = started().await;
    let client = app.integration();
    report(&client, "old.csv", &generated(3)).await;
    let departure = {
        let view = season.tenant.view();
        let known = view
            .state
            .departures()
            .find(|departure| &*departure.code == "UMR-000");
        known.unwrap().id
    };
    let changes = DepartureChanges {
        state: Some(DepartureState::Departed),
        ..DepartureChanges::default()
    };
    let command = Command::UpdateDeparture {
        id: departure,
        expected: None,
        changes,
    };
    season::order(&season.tenant, command).await;

    let clock = Clock::Manual(ManualClock::new("2027-06-01T02:00:00Z".parse().unwrap()));
    let config = app.running.app.config.clone();
    let later = App::new(config, clock, Secrets::seeded(2)).unwrap();
    let later = server::start(later).await.unwrap();
    let client = Client::new(&format!("http://{}", later.addr)).with_key(&app.tenant.key);
    let list = client.get("/api/v1/pipeline/jamaah").await;
    assert_eq!(list.json()["meta"]["total"], 0);
    // one of them travels again
    let text = "Nama;Paspor;Tgl Lahir;Tgl Berangkat;Kode Keberangkatan\n\
                Ahmad Santoso 1;X1000001;1970-05-01;2027-12-12;UMR-900\n";
    let again = report(&client, "again.csv", text.as_bytes()).await;
    assert_eq!(again["created"], 1, "{again}");
    let path = format!("{IMPORTS}?dry_run=true");
    let tried = send_to(&client, &path, "old.csv", &generated(3)).await;
    assert_eq!(tried.json()["data"]["unchanged"], 3, "{}", tried.text);
    let old = report(&client, "old.csv", &generated(3)).await;
    assert_eq!(
        (&old["unchanged"], &old["rejected"]),
        (&json!(3), &json!(0)),
        "{old}"
    );
    later.stop().await;
}

fn arguments(file: &str, dry_run: bool) -> import::Args {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    import::Args {
        file: data.join(file),
        tenant: "al-barokah".to_owned(),
        dry_run,
        json: true,
    }
}

#[actix_web::test]
async fn the_command_line_gives_the_same_reports() {
    let (app, season) = started().await;
    let app = &app.running.app;
    for sample in [&CLEAN, &MESSY] {
        for (dry_run, again) in [(true, false), (false, false), (false, true), (true, true)] {
            let report = import::import_file(app, &arguments(sample.name, dry_run))
                .await
                .unwrap();
            sample.check(&serde_json::to_value(&report).unwrap(), again);
            assert_eq!(import::exit_code(&report), u8::from(report.rejected > 0));
            let mut shown = Vec::new();
            import::print_report(&report, false, &mut shown).unwrap();
            let shown = String::from_utf8(shown).unwrap();
            assert!(shown.starts_with(sample.name), "{shown}");
        }
    }
    assert_eq!(people(&season), 650);
}

#[actix_web::test]
async fn the_program_says_with_its_exit_code_what_became_of_a_file() {
    let (app, season) = started().await;
    let import = |arguments: &[&str]| {
        let mut program = Program::new(env!("CARGO_BIN_EXE_lajur"));
        let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        program
            .current_dir(data)
            .env("DATABASE_URL", &app.database.url);
        let output = program.arg("import").args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code().unwrap(), text)
    };
    let to = ["--tenant", "al-barokah"];
    let (code, report) = import(&["manifest-clean.csv", to[0], to[1], "--json"]);
    let report: Value = serde_json::from_str(&report).unwrap_or_else(|_| panic!("{code} {report}"));
    assert_eq!((code, &report["created"]), (0, &json!(300)));
    let (code, report) = import(&["manifest-messy.csv", to[0], to[1], "--dry-run"]);
    assert_eq!(code, 1, "{report}");
    assert!(report.contains("rejected"), "{report}");
    assert_eq!(import(&["manifest-clean.expected.json", to[0], to[1]]).0, 2);
    assert_eq!(import(&["no-such-file.csv", to[0], to[1]]).0, 3);
    assert_eq!(import(&["manifest-clean.csv", "--tenant", "nobody"]).0, 3);
    let help = import(&["--help"]);
    assert!(help.1.contains("Exit codes"), "{}", help.1);
    drop(season);
}
