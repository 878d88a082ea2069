//! Limits that several processes share, and what holds when Redis goes away.

use std::time::{Duration, Instant};

use futures::StreamExt;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use serde_json::json;

use crate::support::client::Client;
use crate::support::fixture::Tenant;
use crate::support::proxy::Proxy;
use crate::support::server::{Server, Settings, redis_address, redis_url, until};

const HEALTH: &str = "/api/v1/pipeline/health";
const LIMIT: u32 = 200;
const WINDOW: Duration = Duration::from_secs(60);

struct Scene {
    tenant: Tenant,
    servers: Vec<Server>,
    _database: TestDatabase,
}

impl Scene {
    async fn set(count: usize, redis: String) -> Self {
        let database = TestDatabase::create().await;
        let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        let settings = Settings::of(&database)
            .with("LAJUR_RATE_LIMITS", "on")
            .with("LAJUR_LIMITS__READS", format!("{LIMIT}/60"))
            .with("REDIS_URL", redis)
            .with("LAJUR_REDIS__PREFIX", &database.name);
        let mut servers = Vec::new();
        for _ in 0..count {
            servers.push(settings.start().await);
        }
        let scene = Self {
            tenant,
            servers,
            _database: database,
        };
        for client in scene.clients() {
            // loads the tenant, and is another resource
            assert_eq!(client.get("/api/v1/pipeline/stages").await.status, 200);
        }
        scene
    }

    fn clients(&self) -> Vec<Client> {
        let of = |server: &Server| server.integration(&self.tenant);
        self.servers.iter().map(of).collect()
    }
}

/// Sends so many, several at once, and says how many passed. Nothing may go
/// wrong otherwise, and all of it happens within one window.
async fn storm(clients: &[Client], count: usize) -> u32 {
    let started = Instant::now();
    let asking = (0..count).map(|number| {
        let client = clients[number % clients.len()].clone();
        async move { client.get(HEALTH).await }
    });
    let statuses: Vec<u16> = futures::stream::iter(asking)
        .buffer_unordered(32)
        .map(|answer| {
            let limited = answer.status == 429 && !answer.header("retry-after").is_empty();
            assert!(answer.status == 200 || limited, "{answer:?}");
            answer.status
        })
        .collect()
        .await;
    assert!(started.elapsed() < WINDOW, "{:?}", started.elapsed());
    let passed = statuses.iter().filter(|status| **status == 200).count();
    u32::try_from(passed).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn race_four_processes_share_one_limit() {
    let scene = Scene::set(4, redis_url()).await;
    let passed = storm(&scene.clients(), 10 * usize::try_from(LIMIT).unwrap()).await;
    assert_eq!(passed, LIMIT);
    // each of them knows that it is over
    for client in scene.clients() {
        let left = client.get(HEALTH).await.header("ratelimit").to_owned();
        assert!(left.starts_with("\"reads\";r=0;"), "{left}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_limits_hold_in_each_process_while_redis_is_away() {
    let line = Proxy::to(&redis_address()).await;
    let redis = line.redis_url();
    let scene = Scene::set(2, redis).await;
    let clients = scene.clients();
    let half = usize::try_from(LIMIT).unwrap() / 2;
    let passed = storm(&clients, half).await;
    assert_eq!(passed, LIMIT / 2);

    let cutting = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        line.close();
    };
    let (_, ()) = tokio::join!(storm(&clients, half), cutting);
    for client in &clients {
        let passed = storm(std::slice::from_ref(client), 3 * half).await;
        assert!(
            passed <= LIMIT,
            "{passed} passed where one process lets {LIMIT} through"
        );
        assert_eq!(client.get(HEALTH).await.status, 429);
        // other reads go on
        assert_eq!(client.get("/api/v1/pipeline/stages").await.status, 200);
        // what must not slip through uncounted is closed
        let body = json!({ "action": "start", "ids": [] });
        let bulk = client.post("/api/v1/pipeline/tasks/bulk", body).await;
        assert_eq!(bulk.code(), "429 RATE_LIMIT_EXCEEDED");
        assert_eq!(bulk.header("retry-after"), "1");
        let login = &scene.tenant.manager;
        let body = json!({ "tenant": "al-barokah", "email": login.email, "password": login.password.expose() });
        let login = client.post("/api/v1/auth/login", body).await;
        assert_eq!(login.code(), "429 RATE_LIMIT_EXCEEDED");
    }
    for server in &scene.servers {
        let metrics = server.metrics().await;
        assert!(
            metrics.contains(r#"rate_limit_hits_total{class="bulk",store="closed"} 1"#),
            "{metrics}"
        );
        assert!(metrics.contains(r#"rate_limit_fallbacks_total{class="reads"}"#));
        server.assert_sane();
    }

    line.open();
    let bulk = async || {
        let body = json!({ "action": "start", "ids": [] });
        let answer = clients[0].post("/api/v1/pipeline/tasks/bulk", body).await;
        answer.status == 422
    };
    until("bulk is open again", Duration::from_secs(5), bulk).await;
}
