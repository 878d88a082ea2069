//! Each alert fires on its cause and reaches whoever is on call: real servers, the real Prometheus with the rules of
//! the repository in shortened windows, and the real Alertmanager with the example of the repository.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use diesel_async::SimpleAsyncConnection;
use futures::future::join_all;
use lajur::db::Connection;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::app::monday_morning;
use crate::support::client::{Answer, Client};
use crate::support::fixture::Tenant;
use crate::support::load_season::Season;
use crate::support::prometheus::{Alertmanager, Prometheus, free_address, left_out, run};
use crate::support::proxy::Proxy;
use crate::support::receiver::Receiver;
use crate::support::season;
use crate::support::server::{Server, Settings, redis_address, until};
use crate::support::socket::Socket;

/// Long ago: looked for in PostgreSQL.
const GONE: &str = "/api/v1/pipeline/tasks/01930000-0000-7000-8000-000000000001";
const TASKS: &str = "realtime:al-barokah:pipeline:tasks";
const GRANT: &str = "GRANT SELECT ON events TO lajur_app";
const REVOKE: &str = "REVOKE SELECT ON events FROM lajur_app";
/// More than anybody asks for here.
const PLENTY: &str = "1000000/60";

/// Long windows become some seconds, in order.
fn shorten(rules: &str) -> String {
    [
        ("[5m]", "[4s]"),
        ("[15m]", "[4s]"),
        ("[1m]", "[3s]"),
        ("[2m]", "[3s]"),
        ("[30m]", "[4s]"),
        ("[1h]", "[5s]"),
        ("[2h]", "[5s]"),
        ("[6h]", "[6s]"),
        ("[1d]", "[6s]"),
        ("[3d]", "[6s]"),
    ]
    .iter()
    .fold(rules.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// So many who do the same again and again, until this is dropped.
fn keep_doing<A: Future>(
    people: usize,
    client: &Client,
    work: impl Fn(&Client) -> A + Clone + 'static,
) -> JoinSet<()> {
    let mut all = JoinSet::new();
    for _ in 0..people {
        let (client, work) = (client.clone(), work.clone());
        all.spawn_local(async move {
            loop {
                work(&client).await;
            }
        });
    }
    all
}

fn files_of(server: &Server) -> usize {
    let files = std::fs::read_dir(format!("/proc/{}/fd", server.pid()));
    files.unwrap().count()
}

/// How many files the process may have open from now on.
async fn limit_files(server: &Server, files: usize) {
    let (pid, soft) = (server.pid().to_string(), format!("--nofile={files}:"));
    run(&["prlimit"], &["--pid", &pid, &soft]).await;
}

struct Scene {
    database: TestDatabase,
    tenant: Tenant,
    season: Season,
    /// Between the first server and PostgreSQL.
    postgres: Proxy,
    redis: Proxy,
    first: Server,
    second: Server,
}

impl Scene {
    async fn set() -> Self {
        let database = TestDatabase::create().await;
        let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        let season = Season::begin(&database, &tenant, 30).await;
        let postgres = Proxy::before(&database.url).await;
        let redis = Proxy::to(&redis_address()).await;
        let settings = Settings::new(&postgres.url(&database.url))
            .with("REDIS_URL", redis.redis_url())
            .with("LAJUR_REDIS__PREFIX", &database.name)
            .with("LAJUR_REALTIME__CONNECTIONS_PER_USER", 1_000)
            .with("LAJUR_REALTIME__CREDIT_BYTES", 4_096)
            .with("LAJUR_REALTIME__SLOW_SECONDS", 1)
            .with("LAJUR_RATE_LIMITS", "on")
            .with("LAJUR_LIMITS__READS", PLENTY)
            .with("LAJUR_LIMITS__COMMANDS", PLENTY)
            .with("LAJUR_LIMITS__BULK", PLENTY)
            .with("LAJUR_LIMITS__EXPORT", "1/3600");
        let direct = settings
            .clone()
            .with("DATABASE_URL", &database.url)
            .with("LAJUR_RATE_LIMITS", "off");
        Self {
            first: settings.start().await,
            second: direct.start().await,
            database,
            tenant,
            season,
            postgres,
            redis,
        }
    }

    fn client(&self) -> Client {
        self.first.integration(&self.tenant)
    }

    async fn comment(&self, client: &Client, task: usize) -> Answer {
        let task = self.season.tasks[task % self.season.tasks.len()];
        let path = format!("/api/v1/pipeline/tasks/{task}/comments");
        client.post(&path, json!({ "body": "Called" })).await
    }

    /// Two hundred commands at once.
    async fn change_many(&self, client: &Client) -> Answer {
        let ids: &[Uuid] = &self.season.tasks[..200];
        let body = json!({ "action": "update", "ids": ids, "notes": "Called" });
        client.post("/api/v1/pipeline/tasks/bulk", body).await
    }

    async fn recovers(&self, client: &Client) {
        until("it writes again", Duration::from_secs(10), async || {
            self.comment(client, 1).await.status == 201
        })
        .await;
    }

    async fn tell_database(&self, statement: &str) {
        let mut owner: Connection = self.database.owner().await;
        owner.batch_execute(statement).await.unwrap();
    }

    /// What people do all day.
    async fn read(&self) {
        for path in ["health", "stages", "tasks"] {
            let path = format!("/api/v1/pipeline/{path}");
            assert_eq!(self.client().get(&path).await.status, 200);
        }
    }
}

#[tokio::test(flavor = "local")]
async fn alerts_fire_on_their_causes_and_reach_who_is_on_call() {
    if left_out() {
        return;
    }
    let (requests, mail) = (Receiver::of_requests().await, Receiver::of_mail().await);
    let alertmanager =
        Alertmanager::start(&requests.address.to_string(), &mail.address.to_string()).await;
    let scene = Scene::set().await;
    let targets = [
        scene.first.metrics_address(),
        scene.second.metrics_address(),
    ];
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let prometheus = Prometheus::start(&targets, Some(alertmanager.address()), shorten).await;

    // a working day wakes nobody
    for _ in 0..50 {
        scene.read().await;
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(prometheus.firing().await, BTreeSet::new());

    let client = scene.client();
    prometheus
        .fires(&["LajurCacheMisses", "LajurCacheMissesMost"], async || {
            // so much is written in between that nothing is kept for anybody
            for task in 0..12 {
                scene.comment(&client, task).await;
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            client.get("/api/v1/pipeline/health").await;
        })
        .await;

    let other = scene.second.integration(&scene.tenant);
    prometheus
        .fires(&["LajurCommitConflicts"], async || {
            let both = [&client, &other].into_iter().cycle().take(12).enumerate();
            join_all(both.map(|(task, client)| scene.comment(client, task))).await;
        })
        .await;

    let sleepers = join_all((0..30).map(async |_| {
        let mut socket = Socket::connected(&scene.first.url, &client).await;
        socket.subscribe(TASKS).await;
        socket
    }));
    // open, and never read again
    let _sleepers = sleepers.await;
    prometheus
        .fires(&["LajurSocketsDrop", "LajurSlowClients"], async || {
            let key = scene.tenant.key.expose();
            let opened = join_all((0..15).map(async |_| {
                let mut socket = Socket::open(&scene.first.url).await;
                socket.call("connect", json!({ "token": key })).await;
                socket
            }));
            // nobody says goodbye
            drop(opened.await);
            assert_eq!(scene.change_many(&client).await.status, 200);
            tokio::time::sleep(Duration::from_millis(200)).await;
        })
        .await;

    // a schema that is not ours, somebody who takes everything out, and a limit that is nearly reached
    scene
        .tell_database("ALTER TABLE pipeline_tasks RENAME COLUMN title TO heading")
        .await;
    let asked = ["LajurLogsErrors", "LajurRateLimitHits", "LajurFilesShort"];
    prometheus
        .fires(&asked, async || {
            limit_files(&scene.second, files_of(&scene.second) * 9 / 8).await;
            assert_eq!(client.get(GONE).await.status, 500);
            let exports = (0..10).map(|_| client.get("/api/v1/pipeline/export.csv"));
            join_all(exports).await;
        })
        .await;
    limit_files(&scene.second, 1_024).await;
    scene
        .tell_database("ALTER TABLE pipeline_tasks RENAME COLUMN heading TO title")
        .await;

    // what the other server commits is not heard of, and cannot be read
    scene.redis.close();
    until("the other is ahead", Duration::from_secs(20), async || {
        scene.tell_database(GRANT).await;
        scene.recovers(&other).await;
        scene.tell_database(REVOKE).await;
        // unless this one has come before it meanwhile
        scene.change_many(&other).await.status == 200
    })
    .await;
    let alone = ["LajurRedisDown", "LajurRateLimitsAlone", "LajurRelayLags"];
    prometheus
        .fires(&alone, async || {
            client.get("/api/v1/pipeline/health").await;
            // further and further ahead, should this one come up to it meanwhile
            scene.change_many(&other).await;
        })
        .await;
    scene.tell_database(GRANT).await;
    scene.redis.open();
    scene.recovers(&client).await;

    scene.postgres.slow_down(Duration::from_millis(1_100));
    let slow = [
        "LajurDatabaseSlow",
        "LajurCommitsSlow",
        "LajurSlow",
        "LajurVerySlow",
        "LajurConnectionsBusy",
    ];
    // more than there are connections for
    let readers = keep_doing(20, &client, |client| {
        Answer::read(client.request(Method::GET, GONE))
    });
    prometheus
        .fires(&slow, async || {
            let written = scene.comment(&client, 1).await;
            assert!(
                written.status == 201 || written.status == 503,
                "{written:?}"
            );
        })
        .await;
    drop(readers);
    scene.postgres.slow_down(Duration::ZERO);
    scene.recovers(&client).await;

    scene.postgres.hold();
    let many = join_all((0..25).map(|_| scene.change_many(&client)));
    let stuck = prometheus.fires(&["LajurCommitStuck", "LajurMailboxFull"], async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
    });
    tokio::select! {
        () = stuck => {}
        answers = many => panic!("{:?}", answers.first()),
    }

    scene.postgres.close();
    let failing = [
        "LajurErrors",
        "LajurErrorsMany",
        "LajurErrorBudgetBurnsFast",
        "LajurErrorBudgetBurns",
        "LajurErrorBudgetBurnsSlowly",
        "LajurErrorBudgetCreeps",
        "LajurDatabaseDown",
        "LajurNotReady",
    ];
    prometheus
        .fires(&failing, async || {
            let answer = scene.comment(&client, 1).await;
            assert_eq!(answer.status, 503, "{answer:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        })
        .await;
    scene.postgres.open();

    scene.second.kill().await;
    prometheus.fires(&["LajurServerDown"], async || {}).await;

    let down = "does not answer Prometheus";
    let page = requests
        .hears("somebody is paged", |told| {
            told.path.starts_with("/pagerduty") && told.text().contains(down)
        })
        .await;
    assert!(
        page.text().contains("runbook.md#lajurserverdown"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("0123456789abcdef"), "the key is sent");
    requests
        .hears("the channel is told", |told| {
            told.path == "/slack" && told.text().contains(down)
        })
        .await;
    mail.hears("a mail comes", |told| {
        told.text().contains("lajurserverdown")
    })
    .await;
    // what can wait pages nobody
    requests
        .hears("the channel is told of what can wait", |told| {
            told.path == "/slack" && told.text().contains("lajurcommitconflicts")
        })
        .await;
    let paged = requests
        .told()
        .into_iter()
        .filter(|told| told.path.starts_with("/pagerduty"));
    assert_eq!(
        paged
            .filter(|told| told.text().contains("lajurcommitconflicts"))
            .count(),
        0
    );
}

#[tokio::test(flavor = "local")]
async fn alerts_fire_when_a_server_has_too_much_to_do_or_starts_again_and_again() {
    if left_out() {
        return;
    }
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let season = Season::begin(&database, &tenant, 30).await;
    let metrics = free_address().await;
    let settings = Settings::of(&database)
        .with("LAJUR_METRICS_ADDR", &metrics)
        .with("LAJUR_HTTP__WORKERS", 1);
    // a start takes a second or two
    let shorten = |rules: &str| shorten(&rules.replace("[15m]", "[20s]"));
    let prometheus = Prometheus::start(&[&metrics], None, shorten).await;
    prometheus
        .fires(&["LajurRestarting"], async || {
            let server = settings.launch().await;
            tokio::time::sleep(Duration::from_millis(700)).await;
            server.kill().await;
        })
        .await;

    let server = settings.with("LAJUR_LOG__LEVEL", "trace").start().await;
    let client = server.integration(&tenant);
    let mut socket = Socket::connected(&server.url, &client).await;
    socket.subscribe(TASKS).await;
    let comments = format!("/api/v1/pipeline/tasks/{}/comments", season.tasks[0]);
    // a megabyte each, to be refused
    let ids: Vec<Uuid> = (0..26_000).map(Uuid::from_u128).collect();
    let body = Bytes::from(json!({ "action": "start", "ids": ids }).to_string());
    let senders = keep_doing(60, &client, move |client| {
        let request = client.request(Method::POST, "/api/v1/pipeline/tasks/bulk");
        let request = request.header("content-type", "application/json");
        // connections may end under so much: whoever loses one comes again
        request.body(body.clone()).send()
    });
    prometheus
        .fires(&["LajurThreadsLate", "LajurFanoutSlow"], async || {
            let tell = client.request(Method::POST, &comments);
            let told = tell.json(&json!({ "body": "Called" })).send().await;
            if told.is_ok_and(|answer| answer.status() == 201) {
                socket.publication().await;
            }
        })
        .await;
    drop(senders);

    server.hold_output(true);
    prometheus
        .fires(&["LajurLogLinesDropped"], async || {
            // each is a line; whether the server, which has had too much to do, answers is no matter
            let look = || client.request(Method::GET, "/health/live").send();
            join_all((0..20).map(|_| look())).await;
        })
        .await;
    server.hold_output(false);
}

#[actix_web::test]
async fn alerts_fire_when_the_program_is_at_fault() {
    if left_out() {
        return;
    }
    let app = TestApp::start().await;
    let season = season::Season::begin(&app).await;
    let metrics = app.running.metrics_addr.to_string();
    let prometheus = Prometheus::start(&[&metrics], None, shorten).await;
    let client = app.integration();
    let health = "/api/v1/pipeline/health";
    prometheus
        .fires(&["LajurPanics", "LajurActorsDie"], async || {
            // nothing can be added to that
            app.clock.set(DateTime::<Utc>::MAX_UTC);
            assert_eq!(client.get(health).await.code(), "500 INTERNAL");
            let tenants = &app.running.app.tenants;
            until("the actor is dead", Duration::from_secs(5), async || {
                let tenant = tenants.peek(season.tenant.id());
                tenant.is_none_or(|tenant| !tenant.freshness().live)
            })
            .await;
            app.clock.set(monday_morning());
            assert_eq!(client.get(health).await.status, 200);
        })
        .await;
}
