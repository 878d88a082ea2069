//! Several nodes that share nothing but PostgreSQL and Redis: a writer on one, a
//! watcher on the other, and Redis that comes and goes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use serde_json::json;

use crate::support::client::Client;
use crate::support::fixture::Tenant;
use crate::support::load_season::Season;
use crate::support::proxy::Proxy;
use crate::support::server::{Server, Settings, redis_address, until};
use crate::support::socket::{Socket, token};

const TASKS: &str = "realtime:al-barokah:pipeline:tasks";

struct Scene {
    _database: TestDatabase,
    tenant: Tenant,
    season: Season,
    /// Between both nodes and Redis; keys and channels have a prefix of the test's own.
    redis: Proxy,
    joined: Settings,
    /// A node that does not know the others: its news is lost to them.
    alone: Settings,
}

impl Scene {
    async fn set() -> Arc<Self> {
        let database = TestDatabase::create().await;
        let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        let season = Season::begin(&database, &tenant, 10).await;
        let redis = Proxy::to(&redis_address()).await;
        let alone = Settings::of(&database);
        let url = redis.redis_url();
        let joined = alone
            .clone()
            .with("REDIS_URL", url)
            .with("LAJUR_REDIS__PREFIX", &database.name);
        Arc::new(Self {
            _database: database,
            tenant,
            season,
            redis,
            joined,
            alone,
        })
    }

    /// Writes a comment and returns its number in the log.
    async fn comment(&self, client: &Client, number: usize) -> i64 {
        let task = self.season.tasks[number % self.season.tasks.len()];
        let path = format!("/api/v1/pipeline/tasks/{task}/comments");
        let answer = client.post(&path, json!({ "body": "seen" })).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["meta"]["seq"].as_i64().unwrap()
    }

    /// Waits until both directions of a node's relay work.
    async fn wait_for_relay(&self, from: &Server, to: &mut Watcher) {
        let writer = from.integration(&self.tenant);
        let mut quick = 0;
        until("news comes by redis", Duration::from_secs(10), async || {
            let started = Instant::now();
            let seq = self.comment(&writer, 0).await;
            to.wait_for(seq).await;
            // slower news was found by looking at the log
            quick = if started.elapsed() < Duration::from_millis(400) {
                quick + 1
            } else {
                0
            };
            quick >= 3
        })
        .await;
    }
}

/// A client that checks that it sees every event once and in order: with nobody
/// else at work, the log has no others.
struct Watcher {
    socket: Socket,
    last: i64,
}

impl Watcher {
    async fn at(server: &Server, tenant: &Tenant) -> Self {
        let mut socket = Socket::connected(&server.url, &server.integration(tenant)).await;
        let last = socket.subscribe(TASKS).await["offset"].as_i64().unwrap();
        Self { socket, last }
    }

    async fn next(&mut self) {
        let publication = self.socket.publication().await;
        let offset = publication["pub"]["offset"].as_i64().unwrap();
        assert_eq!(offset, self.last + 1);
        self.last = offset;
    }

    async fn wait_for(&mut self, seq: i64) {
        while self.last < seq {
            self.next().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_of_redis_costs_watchers_on_another_node_nothing() {
    let scene = Scene::set().await;
    let (one, other) = futures::join!(scene.joined.start(), scene.joined.start());
    let mut watcher = Watcher::at(&other, &scene.tenant).await;
    scene.wait_for_relay(&one, &mut watcher).await;
    let writer = one.integration(&scene.tenant);

    // Redis is away: what is written meanwhile is found in the log
    scene.redis.close();
    let mut last = 0;
    for number in 0..40 {
        last = scene.comment(&writer, number).await;
    }
    let started = Instant::now();
    watcher.wait_for(last).await;
    assert!(started.elapsed() < Duration::from_secs(4));
    scene.redis.open();
    scene.wait_for_relay(&one, &mut watcher).await;

    // Redis takes everything and passes nothing on
    scene.redis.hold();
    for number in 0..20 {
        last = scene.comment(&writer, number).await;
    }
    watcher.wait_for(last).await;
    scene.redis.open();
    scene.wait_for_relay(&one, &mut watcher).await;
    for server in [&one, &other] {
        server.assert_sane();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_of_lost_messages_is_found_out_by_the_gap_and_without_one() {
    let scene = Scene::set().await;
    let (one, other) = futures::join!(scene.joined.start(), scene.joined.start());
    let stranger = scene.alone.start().await;
    let mut watcher = Watcher::at(&other, &scene.tenant).await;
    scene.wait_for_relay(&one, &mut watcher).await;
    let (told, untold) = (
        one.integration(&scene.tenant),
        stranger.integration(&scene.tenant),
    );
    for round in 0..10 {
        // nobody tells the watcher's node of this one; the next shows the gap
        scene.comment(&untold, round).await;
        let last = scene.comment(&told, round).await;
        watcher.wait_for(last).await;
    }
    // and of the last one nothing is ever told
    let last = scene.comment(&untold, 0).await;
    let started = Instant::now();
    watcher.wait_for(last).await;
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_of_a_node_sends_its_watchers_to_another_without_a_loss() {
    let scene = Scene::set().await;
    let (one, other) = futures::join!(scene.joined.start(), scene.joined.start());
    let mut watcher = Watcher::at(&other, &scene.tenant).await;
    let writer = one.integration(&scene.tenant);
    for round in 0..5 {
        let seen = scene.comment(&writer, round).await;
        watcher.wait_for(seen).await;
    }
    let position = watcher.last;
    other.kill().await;
    let mut last = 0;
    for round in 0..25 {
        last = scene.comment(&writer, round).await;
    }
    // to the node that is left, then to one that has just been started
    for server in [one, scene.joined.start().await] {
        let key = server.integration(&scene.tenant);
        let mut socket = Socket::connected(&server.url, &key).await;
        let subscribed = socket.subscribe_from(TASKS, position, "e1").await;
        assert_eq!(subscribed["recovered"], true);
        let mut back = Watcher {
            socket,
            last: position,
        };
        back.wait_for(last).await;
        last = scene.comment(&key, 0).await;
        back.wait_for(last).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn race_of_a_returning_client_against_a_node_that_is_behind() {
    let scene = Scene::set().await;
    let (one, other) = futures::join!(scene.alone.start(), scene.alone.start());
    let (writer, key) = (
        one.integration(&scene.tenant),
        other.integration(&scene.tenant),
    );
    // the other node has the tenant, and looks at the log once a second
    let _here = Watcher::at(&other, &scene.tenant).await;
    for round in 0..10 {
        let seen = scene.comment(&writer, round).await;
        let token = token(&key).await;
        let mut socket = Socket::open(&other.url).await;
        socket.call("connect", json!({ "token": token })).await;
        let subscribed = socket.subscribe_from(TASKS, seen, "e1").await;
        assert_eq!(subscribed["recovered"], true, "round {round}: {subscribed}");
        socket.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_presence_is_known_on_all_nodes() {
    let scene = Scene::set().await;
    let (one, other) = futures::join!(scene.joined.start(), scene.joined.start());
    let here = Watcher::at(&one, &scene.tenant).await;
    let mut there = Watcher::at(&other, &scene.tenant).await;
    let mut known = async || {
        let presence = json!({ "channel": TASKS });
        let reply = there.socket.call("presence_stats", presence).await;
        reply["presence_stats"]["num_clients"].as_i64().unwrap()
    };
    let bound = Duration::from_secs(5);
    until("both are known", bound, async || known().await == 2).await;
    drop(here);
    until("one has left", bound, async || known().await == 1).await;
}
