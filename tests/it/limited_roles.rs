//! Roles within limits: agents see their own jamaah alone, wherever one can look,
//! and a role for some stages works in no other.

use std::time::Duration;

use lajur::config::secret::Secret;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;
use crate::support::event_stream::EventStream;
use crate::support::fixture::Login;
use crate::support::season::Season;
use crate::support::socket::Socket;

const TASKS: &str = "realtime:al-barokah:pipeline:tasks";
const JAMAAH: &str = "/api/v1/pipeline/jamaah";

/// Somebody with one role, signed in.
async fn employ(app: &TestApp, mailbox: &str, role: &str, agent: Option<&str>) -> Client {
    let email = format!("{mailbox}@example.test");
    app.command(&format!(
        "user add --email {email} --name {mailbox} --role {role}"
    ))
    .await;
    let said = app
        .command(&format!("user set-password --email {email}"))
        .await;
    let password = Secret::new(said.split("password: ").nth(1).unwrap().trim());
    let key = app.integration();
    if let Some(agent) = agent {
        let found = key
            .get(&format!("/api/v1/users?q={mailbox}"))
            .await
            .data(200);
        let path = format!("/api/v1/users/{}", found[0]["id"].as_str().unwrap());
        let changed = key
            .put(
                &path,
                json!({ "version": found[0]["version"], "agent": agent }),
            )
            .await;
        assert_eq!(changed.data(200)["agent"], agent);
    }
    app.stranger()
        .signed_in("al-barokah", &Login { email, password })
        .await
}

/// The permissions of an agent, under a key of its own.
async fn add_agents_role(app: &TestApp) {
    let role = json!({
        "key": "broker", "name": "Broker", "own_jamaah": true,
        "permissions": ["jamaah.read", "tasks.read_all", "tasks.comment", "departures.read", "exports.read"],
    });
    app.integration()
        .post("/api/v1/roles", role)
        .await
        .data(201);
}

/// Two jamaah of two agents; the second agent's stay out of the first's sight.
struct Office {
    app: TestApp,
    season: Season,
    /// Agent of `mine`.
    broker: Client,
    mine: Value,
    other: Value,
}

impl Office {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let season = Season::begin(&app).await;
        add_agents_role(&app).await;
        let key = app.integration();
        let register = async |name: &str, passport: &str, agent: &str| {
            let body = json!({
                "name": name, "passport_number": passport, "birth_date": "1970-05-01",
                "departure_id": season.departure, "agent": agent,
            });
            key.post(JAMAAH, body).await.data(201)
        };
        let mine = register("Siti Mine", "X0000001", "Pak  Udin").await;
        let other = register("Rahasia Lain", "X0000002", "Bu Sri").await;
        let broker = employ(&app, "udin", "broker", Some("pak udin")).await;
        Self {
            app,
            season,
            broker,
            mine,
            other,
        }
    }

    async fn task_of(&self, jamaah: &Value) -> Value {
        let id = jamaah["id"].as_str().unwrap();
        let path = format!("/api/v1/pipeline/tasks?jamaah={id}");
        self.app.integration().get(&path).await.data(200)[0].clone()
    }
}

fn names(rows: &Value, field: &str) -> Vec<String> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row[field].as_str().unwrap().to_owned())
        .collect()
}

#[actix_web::test]
async fn an_agent_reads_about_their_own_jamaah_alone() {
    let office = Office::open().await;
    let broker = &office.broker;
    let path = |row: &Value| format!("{JAMAAH}/{}", row["id"].as_str().unwrap());
    let me = broker.get("/api/v1/me").await.data(200);
    assert_eq!(me["permissions"], json!([]));
    let grant = &me["limited"][0];
    assert_eq!(
        (&grant["own_jamaah"], &grant["stages"]),
        (&json!(true), &json!(null))
    );
    let permitted = grant["permissions"].as_array().unwrap();
    assert!(permitted.contains(&json!("jamaah.read")), "{me}");
    assert!(!permitted.contains(&json!("pipeline.read")), "{me}");
    let listed = broker.get(JAMAAH).await;
    assert_eq!(names(&listed.data(200), "name"), ["Siti Mine"]);
    assert_eq!(listed.json()["meta"]["total"], 1);
    assert_eq!(broker.get(&path(&office.mine)).await.status, 200);
    assert_eq!(
        broker.get(&path(&office.other)).await.code(),
        "404 NOT_FOUND"
    );
    for query in ["?q=rahasia", "?q=X0000002", "?status=on_track&q=lain"] {
        let found = broker.get(&format!("{JAMAAH}{query}")).await.data(200);
        assert_eq!(found, json!([]), "{query}");
    }

    let tasks = broker.get("/api/v1/pipeline/tasks").await;
    assert_eq!(
        names(&tasks.data(200), "jamaah_name"),
        ["Siti Mine", "Siti Mine"]
    );
    let meta = &tasks.json()["meta"];
    assert_eq!(
        (&meta["total"], &meta["roles"]),
        (&json!(2), &json!({ "document-admin": 2 }))
    );
    let found = broker
        .get("/api/v1/pipeline/tasks?q=rahasia")
        .await
        .data(200);
    assert_eq!(found, json!([]));
    let theirs = office.task_of(&office.other).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let theirs = format!("/api/v1/pipeline/tasks/{theirs}");
    assert_eq!(broker.get(&theirs).await.code(), "404 NOT_FOUND");
    assert_eq!(
        broker.get(&format!("{theirs}/comments")).await.code(),
        "404 NOT_FOUND"
    );
    let comment = json!({ "body": "hello" });
    let refused = broker
        .post(&format!("{theirs}/comments"), comment.clone())
        .await;
    assert_eq!(refused.code(), "404 NOT_FOUND");
    let own = office.task_of(&office.mine).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let own = format!("/api/v1/pipeline/tasks/{own}");
    assert_eq!(
        broker
            .post(&format!("{own}/comments"), comment)
            .await
            .status,
        201
    );
    let start = broker.post(&format!("{own}/start"), json!({})).await;
    assert_eq!(start.code(), "403 FORBIDDEN");
}

#[actix_web::test]
async fn counts_and_files_tell_an_agent_of_nobody_else() {
    let office = Office::open().await;
    let broker = &office.broker;
    let departures = "/api/v1/pipeline/departures";
    let days = format!("{departures}?days=60");
    let all = office.app.integration().get(&days).await.data(200);
    assert_eq!(all[0]["people"], 2);
    let mine = broker.get(&days).await.data(200);
    assert_eq!(
        (mine.as_array().unwrap().len(), &mine[0]["people"]),
        (1, &json!(1))
    );
    assert_eq!(mine[0]["stages"][0]["people"], 1);
    let one = format!("{departures}/{}", office.season.departure);
    assert_eq!(broker.get(&one).await.data(200)["people"], 1);
    for kind in ["csv", "xlsx"] {
        let path = format!("/api/v1/pipeline/export.{kind}");
        let theirs = office.app.integration().get(&path).await;
        let own = broker.get(&path).await;
        assert_eq!((theirs.status, own.status), (200, 200));
        assert_ne!(own.header("etag"), theirs.header("etag"));
        if kind == "csv" {
            assert!(theirs.text.contains("Rahasia Lain"));
            assert!(
                own.text.contains("Siti Mine") && !own.text.contains("Rahasia"),
                "{}",
                own.text
            );
        }
    }
    for path in ["health", "stages", "bottlenecks", "bottlenecks/alerts"] {
        let answer = broker.get(&format!("/api/v1/pipeline/{path}")).await;
        assert_eq!(answer.code(), "403 FORBIDDEN", "{path}");
    }
    let people = broker.get("/api/v1/users").await.data(200);
    assert_eq!(names(&people, "name"), ["udin"]);
    let nobodys = employ(&office.app, "sri", "broker", None).await;
    assert_eq!(nobodys.get(JAMAAH).await.data(200), json!([]));
    assert_eq!(nobodys.get(&days).await.data(200), json!([]));
    assert_eq!(
        nobodys.get("/api/v1/pipeline/tasks").await.data(200),
        json!([])
    );
}

#[actix_web::test]
async fn an_agent_follows_their_own_jamaah_alone() {
    let office = Office::open().await;
    let key = office.app.integration();
    let mut socket = Socket::connected(&office.app.url(""), &office.broker).await;
    socket.subscribe(TASKS).await;
    let of_role = format!("{TASKS}:document-admin");
    socket.subscribe(&of_role).await;
    let health = json!({ "channel": "realtime:al-barokah:pipeline:health" });
    assert_eq!(socket.call("subscribe", health).await["error"]["code"], 103);
    for command in ["presence", "presence_stats"] {
        let asked = socket.call(command, json!({ "channel": TASKS })).await;
        assert_eq!(asked["error"]["code"], 103, "who else there is: {asked}");
    }
    let mut stream = EventStream::open(&office.broker, "pipeline:tasks", None).await;

    let (mine, other) = (
        office.task_of(&office.mine).await,
        office.task_of(&office.other).await,
    );
    for task in [&other, &mine] {
        let path = format!(
            "/api/v1/pipeline/tasks/{}/start",
            task["id"].as_str().unwrap()
        );
        key.post(&path, json!({})).await.data(200);
    }
    for _ in 0..2 {
        let told = socket.publication().await;
        assert_eq!(told["pub"]["data"]["after"]["id"], mine["id"], "{told}");
    }
    let event = stream.next().await;
    assert_eq!(event.name, "task.started");
    assert_eq!(event.data["after"]["id"], mine["id"]);

    // who is handed over to somebody else is gone, and no more than that is told
    let path = format!("{JAMAAH}/{}", office.mine["id"].as_str().unwrap());
    let change = json!({ "agent": "Bu Sri", "name": "Siti Rahasia" });
    let any = key.clone().with("if-match", "*");
    any.put(&path, change).await.data(200);
    for _ in 0..2 {
        let gone = socket.publication().await;
        assert_eq!(gone["pub"]["data"]["gone"], true, "{gone}");
        assert!(!gone.to_string().contains("Rahasia"), "{gone}");
    }
    let event = stream.next().await;
    assert_eq!(
        (&event.data["gone"], &event.data["after"]),
        (&json!(true), &Value::Null)
    );
    assert!(
        !event.data.to_string().contains("Rahasia"),
        "{}",
        event.data
    );
    let complete = format!(
        "/api/v1/pipeline/tasks/{}/complete",
        mine["id"].as_str().unwrap()
    );
    key.post(&complete, json!({})).await.data(200);
    socket.assert_silent(Duration::from_millis(200)).await;
    assert_eq!(office.broker.get(&path).await.code(), "404 NOT_FOUND");
}

#[actix_web::test]
async fn a_role_for_some_stages_works_in_no_other() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let stages = key.get("/api/v1/pipeline/stages").await.data(200);
    let id = |code: &str| {
        let stages = stages.as_array().unwrap();
        stages.iter().find(|stage| stage["code"] == code).unwrap()["id"].clone()
    };
    let role = json!({
        "key": "checker", "name": "Checker", "stages": [id("visa")],
        "permissions": ["tasks.read_all", "tasks.work_all"],
    });
    let role = key.post("/api/v1/roles", role).await.data(201);
    let checker = employ(&app, "ani", "checker", None).await;
    let path = format!("/api/v1/pipeline/tasks/{}", tasks[0].id);
    assert_eq!(
        checker.get("/api/v1/pipeline/tasks").await.data(200),
        json!([])
    );
    assert_eq!(checker.get(&path).await.code(), "404 NOT_FOUND");
    let start = format!("{path}/start");
    assert_eq!(
        checker.post(&start, json!({})).await.code(),
        "404 NOT_FOUND"
    );

    let role_path = format!("/api/v1/roles/{}", role["id"].as_str().unwrap());
    let other = json!({ "version": 1, "stages": [id("documents")] });
    key.put(&role_path, other).await.data(200);
    let listed = checker.get("/api/v1/pipeline/tasks").await.data(200);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(checker.post(&start, json!({})).await.status, 200);
    // without a limit they would see everything
    let boundless = json!({ "version": 2, "permissions": ["tasks.read_all", "stages.write"] });
    assert_eq!(
        key.put(&role_path, boundless).await.fields(),
        ["permissions"]
    );
}

#[actix_web::test]
async fn only_what_is_held_to_a_limit_can_have_one() {
    let app = TestApp::start().await;
    let key = app.integration();
    for permission in [
        "users.admin",
        "pipeline.read",
        "jamaah.write",
        "imports.write",
        "tasks.create",
    ] {
        let role = json!({
            "key": "x", "name": "x", "own_jamaah": true, "permissions": [permission],
        });
        let refused = key.post("/api/v1/roles", role).await;
        assert_eq!(refused.fields(), ["permissions"], "{permission}");
    }
    let unknown = json!({
        "key": "x", "name": "x", "stages": ["019ab000-0000-7000-8000-000000000001"], "permissions": [],
    });
    assert_eq!(
        key.post("/api/v1/roles", unknown).await.fields(),
        ["stages"]
    );
}
