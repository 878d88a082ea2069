//! Who is told of faults, what traces say, and what the log never holds: asked of the real program.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lajur::config::Mode;
use lajur::config::reporting::Reporting;
use lajur::config::secret::Secret;
use lajur::db::testing::TestDatabase;
use lajur::reporting;
use lajur::secrets::Secrets;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::fixture::Tenant;
use crate::support::load_season::Season;
use crate::support::manifest;
use crate::support::proxy::Proxy;
use crate::support::receiver::{Receiver, Told};
use crate::support::server::Settings;
use crate::support::socket::Socket;

struct Scene {
    database: TestDatabase,
    tenant: Tenant,
    season: Season,
}

impl Scene {
    async fn set() -> Self {
        let database = TestDatabase::create().await;
        let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        let season = Season::begin(&database, &tenant, 2).await;
        Self {
            database,
            tenant,
            season,
        }
    }
}

/// The events in an envelope of Sentry's protocol: JSON lines, each with what it is before it.
fn events(told: &Told) -> Vec<Value> {
    let text = told.text();
    let lines: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let pairs = lines.windows(2);
    let events = pairs.filter(|pair| pair[0]["type"] == "event");
    events.map(|pair| pair[1].clone()).collect()
}

#[tokio::test(flavor = "local")]
async fn faults_and_errors_of_browsers_are_reported_in_groups() {
    let scene = Scene::set().await;
    let tracker = Receiver::of_requests().await;
    let postgres = Proxy::before(&scene.database.url).await;
    let settings = Settings::new(&postgres.url(&scene.database.url)).with(
        "LAJUR_REPORTING__SENTRY_DSN",
        format!("http://key@{}/7", tracker.address),
    );
    let server = settings.start().await;
    let client = server.integration(&scene.tenant);

    let loaded = client.get("/api/v1/pipeline/health").await;
    assert_eq!(loaded.status, 200);
    // a schema that is not ours is a fault of the installation
    let mut owner = scene.database.owner().await;
    break_the_archive(&mut owner).await;
    let path = "/api/v1/pipeline/tasks/01930000-0000-7000-8000-00000000000";
    for number in 1..=2 {
        let request = client.request(Method::GET, &format!("{path}{number}"));
        let answer = crate::support::client::Answer::read(request).await;
        assert_eq!(answer.code(), "500 INTERNAL");
    }
    let report = json!({
        "message": "TypeError: siti@example.test has no stage",
        "stack": "at f (https://lajur.example/assets/index-Cq3xY1.js:1:234567)",
        "page": "/dashboard/jamaah/01930000-0000-7000-8000-000000000001?q=siti",
        "release": "index-Cq3xY1.js",
    });
    let stranger = server.stranger();
    let answer = stranger.post("/api/v1/browser-errors", report).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    let long = json!({ "message": "x".repeat(20_000) });
    let answer = stranger.post("/api/v1/browser-errors", long).await;
    assert_eq!(answer.code(), "413 PAYLOAD_TOO_LARGE");

    let all = || tracker.told().iter().flat_map(events).collect::<Vec<_>>();
    crate::support::server::until("three are told", Duration::from_secs(10), async || {
        all().len() >= 3
    })
    .await;
    server.terminate().await;
    let all = all();
    let of_route: Vec<&Value> = all
        .iter()
        .filter(|event| event["tags"]["http.route"] == "/api/v1/pipeline/tasks/{id}")
        .collect();
    assert_eq!(of_route.len(), 2, "{all:#?}");
    assert_eq!(of_route[0]["fingerprint"], of_route[1]["fingerprint"]);
    assert_eq!(
        of_route[0]["message"],
        "GET /api/v1/pipeline/tasks/{id}: INTERNAL"
    );
    assert_eq!(
        of_route[0]["release"],
        format!("lajur@{}", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(of_route[0]["environment"], "development");
    assert!(of_route[0]["tags"]["request.id"].is_string());
    assert_ne!(
        of_route[0]["tags"]["request.id"],
        of_route[1]["tags"]["request.id"]
    );
    let of_browser = all.iter().find(|event| event["logger"] == "lajur::browser");
    let of_browser = of_browser.unwrap();
    assert_eq!(of_browser["message"], "TypeError: [mail] has no stage");
    assert_eq!(
        of_browser["extra"]["browser.page"],
        "/dashboard/jamaah/[number]"
    );
    assert_eq!(of_browser["level"], "warning");
    assert!(!all.iter().any(|event| event.to_string().contains("siti")));
}

#[actix_web::test]
async fn a_panic_is_reported_with_its_backtrace() {
    let tracker = Receiver::of_requests().await;
    let config = Reporting {
        sentry_dsn: Some(Secret::new(format!("http://key@{}/7", tracker.address))),
        ..Reporting::default()
    };
    let (reporting, _) = reporting::Reporting::start(&config, Mode::Production).unwrap();
    let app = TestApp::start().await;
    // nothing can be added to that
    app.clock.set(DateTime::<Utc>::MAX_UTC);
    let answer = app.integration().get("/api/v1/pipeline/health").await;
    assert_eq!(answer.code(), "500 INTERNAL");
    let of_panic = |told: &Told| {
        let mut events = events(told).into_iter();
        events.find(|event| event["exception"]["values"][0]["type"] == "panic")
    };
    let told = tracker
        .hears("the panic is told", |told| of_panic(told).is_some())
        .await;
    let event = of_panic(&told).unwrap();
    assert_eq!(event["level"], "fatal");
    assert_eq!(event["environment"], "production");
    let panic = &event["exception"]["values"][0];
    let text = panic["value"].as_str().unwrap();
    assert!(text.contains("overflowed"), "{text}");
    let frames = panic["stacktrace"]["frames"].as_array().unwrap();
    let ours = |frame: &&Value| {
        let function = frame["function"].as_str().unwrap_or_default();
        function.contains("lajur::http")
    };
    let place = frames.iter().rfind(ours).unwrap();
    assert!(place["lineno"].is_number(), "{place}");
    drop(reporting);
}

/// What the archive reads is not there any more.
async fn break_the_archive(owner: &mut lajur::db::Connection) {
    use diesel_async::SimpleAsyncConnection;
    owner
        .batch_execute("ALTER TABLE pipeline_tasks RENAME COLUMN title TO heading")
        .await
        .unwrap();
}

#[tokio::test(flavor = "local")]
async fn traces_follow_a_command_from_the_request_to_the_database() {
    let scene = Scene::set().await;
    let collector = Receiver::of_requests().await;
    let settings = Settings::of(&scene.database).with(
        "LAJUR_REPORTING__OTLP_URL",
        format!("http://{}/v1/traces", collector.address),
    );
    let server = settings.start().await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let client = server
        .integration(&scene.tenant)
        .with("traceparent", &format!("00-{trace}-b7ad6b7169203331-01"));
    let path = format!("/api/v1/pipeline/tasks/{}/comments", scene.season.tasks[0]);
    let answer = client.post(&path, json!({ "body": "Called" })).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let id = answer.header("x-request-id").to_owned();
    server.terminate().await;

    let spans: Vec<Span> = collector
        .told()
        .iter()
        .filter(|told| told.path == "/v1/traces")
        .flat_map(|told| {
            ExportTraceServiceRequest::decode(&*told.body)
                .unwrap()
                .resource_spans
        })
        .flat_map(|of_resource| of_resource.scope_spans)
        .flat_map(|of_scope| of_scope.spans)
        .filter(|span| hex::encode(&span.trace_id) == trace)
        .collect();
    let by_id: HashMap<Vec<u8>, &Span> = spans
        .iter()
        .map(|span| (span.span_id.clone(), span))
        .collect();
    let find = |name: &str| {
        spans
            .iter()
            .filter(|span| span.name == name)
            .collect::<Vec<_>>()
    };
    let way = |span: &Span| {
        let mut names = vec![span.name.clone()];
        let mut above = by_id.get(&*span.parent_span_id);
        while let Some(parent) = above {
            names.push(parent.name.clone());
            above = by_id.get(&*parent.parent_span_id);
        }
        names.join(" < ")
    };
    let of_journal = "db.query < journal.commit < tenant.batch < actor.command < http.request";
    let ways: Vec<String> = find("db.query").into_iter().map(way).collect();
    assert!(ways.iter().any(|way| way == of_journal), "{ways:?}");
    let published = find("tenant.publish")[0];
    assert_eq!(
        way(published),
        "tenant.publish < tenant.batch < actor.command < http.request"
    );
    let request = find("http.request")[0];
    assert_eq!(hex::encode(&request.parent_span_id), "b7ad6b7169203331");
    let attribute = |name: &str| {
        let found = request.attributes.iter().find(|known| known.key == name);
        format!("{:?}", found.and_then(|known| known.value.clone()))
    };
    assert!(
        attribute("request.id").contains(&id),
        "{}",
        attribute("request.id")
    );
    assert!(attribute("http.route").contains("/api/v1/pipeline/tasks/{id}/comments"));
    assert!(attribute("http.response.status_code").contains("201"));
}

#[tokio::test(flavor = "local")]
async fn the_log_holds_no_secret_and_nothing_about_people() {
    let scene = Scene::set().await;
    let postgres = Proxy::before(&scene.database.url).await;
    let url = postgres
        .url(&scene.database.url)
        .replacen("postgres@", "postgres:MARKpass1@", 1);
    // everything of ours, and what libraries have to say
    let settings = Settings::new(&url).with("LAJUR_LOG__LEVEL", "debug,lajur=trace");
    let server = settings.start().await;
    let tenant = &scene.tenant;
    let client = server.integration(tenant);
    let stranger = server.stranger();

    let login = json!({ "tenant": tenant.slug, "email": "MARKmail@example.test", "password": "MARKpass2-wrong" });
    assert_eq!(stranger.post("/api/v1/auth/login", login).await.status, 401);
    let manager = stranger
        .clone()
        .signed_in(&tenant.slug, &tenant.manager)
        .await;
    manager.get("/api/v1/me?MARKquery=MARKvalue").await;
    stranger
        .clone()
        .with("authorization", "Bearer lajur_MARKkey_MARKsecret")
        .get("/api/v1/me")
        .await;
    stranger
        .clone()
        .with("cookie", "lajur_session=MARKcookie")
        .get("/api/v1/me")
        .await;
    let task = scene.season.tasks[0];
    let comment = json!({ "body": "MARKcomment of MARKname" });
    let path = format!("/api/v1/pipeline/tasks/{task}/comments");
    assert_eq!(client.post(&path, comment).await.status, 201);
    client.get("/api/v1/pipeline/jamaah?q=MARKsearch").await;
    client.get("/MARKpath/MARKperson").await;
    let sheet = "Nama Lengkap;No. Paspor;Tgl Lahir;JK;Kode Keberangkatan;Tgl Berangkat;No HP\n\
                 MARKimported;XMARK7654;1970-05-01;L;UMR-9;2027-06-01;08MARK00\n";
    manifest::send(&client, "MARKfile.csv", sheet.as_bytes()).await;
    let mut socket = Socket::open(&server.url).await;
    socket
        .command("connect", json!({ "token": "MARKtoken" }))
        .await;
    assert_eq!(socket.closed().await.0, 3500);
    let body = json!({ "name": "MARKnew", "passport_number": "not a passport MARKpassport" });
    client.post("/api/v1/pipeline/jamaah", body).await;
    // what fails is told in more words
    postgres.close();
    client.post(&path, json!({ "body": "MARKlost" })).await;
    client
        .get("/api/v1/pipeline/tasks/01930000-0000-7000-8000-000000000001")
        .await;

    let secrets = [
        tenant.key.expose().rsplit('_').next().unwrap(),
        tenant.manager.password.expose(),
        &tenant.manager.email,
        "MARK",
    ];
    assert!(
        server.said("\"message\":\"request\"") > 5,
        "the log is not there"
    );
    for secret in secrets {
        assert_eq!(server.said(secret), 0, "{secret} is in the log");
    }
}
