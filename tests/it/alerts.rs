//! Each alert fires on its cause and reaches whoever is on call: real servers, the real Prometheus with the rules of
//! the repository in shortened windows, and the real Alertmanager with the example of the repository.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use serde_json::json;

use crate::support::client::{Answer, Client};
use crate::support::fixture::Tenant;
use crate::support::load_season::Season;
use crate::support::prometheus::{Alertmanager, Prometheus, left_out};
use crate::support::proxy::Proxy;
use crate::support::receiver::Receiver;
use crate::support::server::{Server, Settings};
use crate::support::socket::Socket;

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

struct Scene {
    _database: TestDatabase,
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
        let season = Season::begin(&database, &tenant, 10).await;
        let postgres = Proxy::before(&database.url).await;
        let redis = std::env::var("REDIS_URL").unwrap_or("redis://127.0.0.1:6379".to_owned());
        let address = redis.split_once("://").unwrap().1;
        let address = address.split('/').next().unwrap();
        let redis = Proxy::to(address.rsplit('@').next().unwrap()).await;
        let settings = Settings::new(&postgres.url(&database.url))
            .with("REDIS_URL", redis.http_url().replacen("http", "redis", 1))
            .with("LAJUR_REDIS__PREFIX", &database.name)
            .with("LAJUR_REALTIME__CONNECTIONS_PER_USER", 1_000);
        let direct = settings.clone().with("DATABASE_URL", &database.url);
        Self {
            first: settings.start().await,
            second: direct.start().await,
            _database: database,
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

    prometheus
        .fires(&["LajurSocketsDrop"], async || {
            let key = scene.tenant.key.expose();
            let opened = join_all((0..15).map(async |_| {
                let mut socket = Socket::open(&scene.first.url).await;
                socket.call("connect", json!({ "token": key })).await;
                socket
            }));
            // nobody says goodbye
            drop(opened.await);
            tokio::time::sleep(Duration::from_millis(200)).await;
        })
        .await;

    scene.redis.close();
    prometheus.fires(&["LajurRedisDown"], async || {}).await;
    scene.redis.open();

    scene.postgres.slow_down(Duration::from_millis(1_100));
    let slow = [
        "LajurDatabaseSlow",
        "LajurCommitsSlow",
        "LajurSlow",
        "LajurVerySlow",
    ];
    prometheus
        .fires(&slow, async || {
            let gone = "/api/v1/pipeline/tasks/01930000-0000-7000-8000-000000000001";
            let (_, written) = futures::join!(client.get(gone), scene.comment(&client, 1));
            assert!(
                written.status == 201 || written.status == 503,
                "{written:?}"
            );
        })
        .await;
    scene.postgres.slow_down(Duration::ZERO);

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
