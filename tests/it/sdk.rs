//! Published client libraries against the real program: they know nothing of it
//! but the protocol, and are what customers will use.

use std::sync::Arc;
use std::time::Duration;

use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fixture::Tenant;
use crate::support::load_season::Season;
use crate::support::proxy::Proxy;
use crate::support::sdk::{Library, Sdk};
use crate::support::server::{Server, Settings, until};

const TASKS: &str = "realtime:al-barokah:pipeline:tasks";
const HEALTH: &str = "realtime:al-barokah:pipeline:health";
const BOTH: [Library; 2] = [Library::JavaScript, Library::Python];

struct Scene {
    database: TestDatabase,
    tenant: Tenant,
    season: Season,
    settings: Settings,
}

impl Scene {
    async fn set(change: impl FnOnce(Settings) -> Settings) -> Self {
        let database = TestDatabase::create().await;
        let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        let season = Season::begin(&database, &tenant, 10).await;
        let settings = change(Settings::of(&database));
        Self {
            database,
            tenant,
            season,
            settings,
        }
    }

    /// The numbers of all events that are on the channel of tasks after `offset`.
    async fn offsets_after(&self, offset: i64) -> Vec<i64> {
        use diesel::sql_types::{BigInt, Uuid as SqlUuid};
        use diesel_async::RunQueryDsl;
        #[derive(diesel::QueryableByName)]
        struct Seq {
            #[diesel(sql_type = BigInt)]
            seq: i64,
        }
        let sql = "SELECT seq FROM events WHERE tenant_id = $1 AND seq > $2 AND subject_type IN \
                   ('task', 'comment', 'jamaah', 'jamaah_status', 'stage_instance') ORDER BY seq";
        let mut conn = self.database.owner().await;
        let found: Vec<Seq> = diesel::sql_query(sql)
            .bind::<SqlUuid, _>(self.tenant.id)
            .bind::<BigInt, _>(offset)
            .load(&mut conn)
            .await
            .unwrap();
        found.into_iter().map(|row| row.seq).collect()
    }

    fn task(&self, number: usize) -> uuid::Uuid {
        self.season.tasks[number % self.season.tasks.len()]
    }
}

/// Something that changes a task and is always allowed: a comment.
async fn comment(client: &Client, scene: &Scene, number: usize) {
    let path = format!("/api/v1/pipeline/tasks/{}/comments", scene.task(number));
    let answer = client
        .post(&path, json!({ "body": format!("{number}") }))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

fn position(subscribed: &Value) -> i64 {
    subscribed["position"]["offset"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_subscribes_and_is_told() {
    let scene = Scene::set(|settings| settings).await;
    let server = scene.settings.start().await;
    let key = server.integration(&scene.tenant);
    for library in BOTH {
        let mut sdk = Sdk::start(library, &server.url, &scene.tenant.key);
        sdk.subscribe(TASKS, false).await;
        let subscribed = sdk.sees("subscribed").await;
        assert_eq!(subscribed["was_recovering"], false, "{library:?}");
        comment(&key, &scene, 0).await;
        let publication = sdk.sees("publication").await;
        assert_eq!(publication["offset"], position(&subscribed) + 1);
        assert_eq!(publication["tags"], json!({ "kind": "comment.created" }));
        assert_eq!(publication["data"]["after"]["body"], "0");

        sdk.subscribe(HEALTH, false).await;
        let health = sdk
            .sees_that("subscribed", |saw| saw["channel"] == HEALTH)
            .await;
        let served = key.get("/api/v1/pipeline/health").await;
        assert_eq!(health["data"]["data"]["total"], served.data(200)["total"]);

        sdk.tell(json!({ "do": "presence", "channel": TASKS }))
            .await;
        let presence = sdk.sees("presence").await;
        assert_eq!(presence["clients"].as_array().unwrap().len(), 1);
        sdk.tell(json!({ "do": "history", "channel": TASKS, "limit": 5 }))
            .await;
        let history = sdk.sees("history").await;
        assert_eq!(history["offset"], publication["offset"]);
        assert_eq!(history["offsets"].as_array().unwrap().len(), 5);
        assert!(sdk.lives());
    }
    server.assert_sane();
}

/// 2,000 publications while the line is cut 30 times: everything once, in order.
async fn loses_nothing(library: Library) {
    const PUBLICATIONS: usize = 2_000;
    const CUTS: usize = 30;
    let scene = Scene::set(|settings| settings).await;
    let server = scene.settings.start().await;
    let proxy = Proxy::to(server.url.strip_prefix("http://").unwrap()).await;
    let mut sdk = Sdk::start(library, &proxy.http_url(), &scene.tenant.key);
    sdk.subscribe(TASKS, false).await;
    let subscribed = sdk.sees("subscribed").await;
    let begin = position(&subscribed);

    let scene = Arc::new(scene);
    let writing = tokio::spawn({
        let (scene, key) = (Arc::clone(&scene), server.integration(&scene.tenant));
        async move {
            for number in 0..PUBLICATIONS {
                comment(&key, &scene, number).await;
            }
        }
    });
    for cut in 1..=CUTS {
        // somewhere in the stream, whatever it is doing at that moment
        let due = cut * PUBLICATIONS / (CUTS + 1);
        while sdk.offsets(TASKS).len() < due {
            sdk.next().await;
        }
        proxy.cut();
        sdk.sees("connecting").await;
    }
    writing.await.unwrap();
    let expected = scene.offsets_after(begin).await;
    assert!(expected.len() >= PUBLICATIONS);
    while sdk.offsets(TASKS).len() < expected.len() {
        sdk.next().await;
    }
    assert_eq!(sdk.offsets(TASKS), expected);
    assert!(sdk.count("connected") > CUTS);
    let recoveries = sdk.seen.iter().filter(|saw| saw["recovered"] == true);
    assert!(recoveries.count() >= CUTS);
    server.assert_sane();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_javascript_loses_nothing_over_30_reconnects() {
    loses_nothing(Library::JavaScript).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_python_loses_nothing_over_30_reconnects() {
    loses_nothing(Library::Python).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_joins_what_it_has_loaded_and_what_follows() {
    let scene = Scene::set(|settings| settings.with("LAJUR_REALTIME__REPLAY_EVENTS", 5)).await;
    let server = scene.settings.start().await;
    let key = server.integration(&scene.tenant);
    for library in BOTH {
        let proxy = Proxy::to(server.url.strip_prefix("http://").unwrap()).await;
        let mut sdk = Sdk::start(library, &proxy.http_url(), &scene.tenant.key);
        sdk.subscribe(TASKS, true).await;
        let state = sdk.sees("state").await;
        let subscribed = sdk.sees("subscribed").await;
        assert_eq!(position(&subscribed), state["offset"].as_i64().unwrap());
        comment(&key, &scene, 0).await;
        sdk.sees("publication").await;

        // away for longer than is replayed: loads again, and goes on from there
        proxy.close();
        sdk.sees("connecting").await;
        for number in 0..10 {
            comment(&key, &scene, number).await;
        }
        proxy.open();
        let state = sdk.sees("state").await;
        let subscribed = sdk.sees("subscribed").await;
        assert_eq!(position(&subscribed), state["offset"].as_i64().unwrap());
        comment(&key, &scene, 11).await;
        let publication = sdk.sees("publication").await;
        assert_eq!(
            publication["offset"],
            position(&subscribed) + 1,
            "{library:?}"
        );
    }
    server.assert_sane();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_fetches_another_token_before_the_first_ends() {
    let scene = Scene::set(|settings| settings.with("LAJUR_REALTIME__TOKEN_SECONDS", 2)).await;
    let server = scene.settings.start().await;
    let key = server.integration(&scene.tenant);
    for library in BOTH {
        let mut sdk = Sdk::start(library, &server.url, &scene.tenant.key);
        sdk.subscribe(TASKS, false).await;
        sdk.sees("subscribed").await;
        while sdk.count("token") < 3 {
            sdk.next().await;
        }
        comment(&key, &scene, 0).await;
        sdk.sees("publication").await;
        assert_eq!(
            sdk.count("connected"),
            1,
            "{library:?}: the connection stays"
        );
    }
    server.assert_sane();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_comes_back_after_a_shutdown_and_misses_nothing() {
    let scene = Scene::set(|settings| {
        settings
            .with("LAJUR_REALTIME__DRAIN_SECONDS", 1)
            .with("LAJUR_HTTP__SHUTDOWN_SECONDS", 1)
    })
    .await;
    let first = scene.settings.start().await;
    let proxy = Proxy::to(first.url.strip_prefix("http://").unwrap()).await;
    let mut clients = Vec::new();
    for library in BOTH {
        let mut sdk = Sdk::start(library, &proxy.http_url(), &scene.tenant.key);
        sdk.subscribe(TASKS, false).await;
        let begin = position(&sdk.sees("subscribed").await);
        clients.push((sdk, begin));
    }
    comment(&first.integration(&scene.tenant), &scene, 0).await;
    let stopped = first.terminate().await;
    assert!(stopped < Duration::from_secs(8), "took {stopped:?}");
    for (sdk, _) in &mut clients {
        let saw = sdk.sees("connecting").await;
        assert_eq!(
            (&saw["code"], &saw["reason"]),
            (&json!(3001), &json!("shutdown"))
        );
    }
    let second: Server = scene.settings.start().await;
    proxy.turn_to(second.url.strip_prefix("http://").unwrap());
    comment(&second.integration(&scene.tenant), &scene, 1).await;
    for (sdk, begin) in &mut clients {
        let expected = scene.offsets_after(*begin).await;
        until("it has everything", Duration::from_secs(20), async || {
            if sdk.offsets(TASKS).len() < expected.len() {
                sdk.next().await;
            }
            sdk.offsets(TASKS) == expected
        })
        .await;
    }
    second.assert_sane();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_stops_when_its_key_is_revoked() {
    let scene = Scene::set(|settings| settings).await;
    let server = scene.settings.start().await;
    let mut clients = Vec::new();
    for library in BOTH {
        let mut sdk = Sdk::start(library, &server.url, &scene.tenant.key);
        sdk.subscribe(TASKS, false).await;
        sdk.sees("subscribed").await;
        clients.push(sdk);
    }
    let prefix = scene.tenant.key.expose().split('_').nth(1).unwrap();
    let revoke = [
        "api-key",
        "revoke",
        "--tenant",
        "al-barokah",
        "--prefix",
        prefix,
    ];
    let (revoked, said) = scene.settings.run(&revoke).await;
    let started = std::time::Instant::now();
    assert!(revoked, "{said}");
    for sdk in &mut clients {
        let saw = sdk.sees("disconnected").await;
        assert_eq!(saw["code"], 3503);
    }
    // the program that revoked it told nobody: a node looks at the log once a second
    assert!(started.elapsed() < Duration::from_secs(3));
    let answer = server
        .integration(&scene.tenant)
        .get("/api/v1/pipeline/health")
        .await;
    assert_eq!(answer.status, 401, "{}", answer.text);
}
