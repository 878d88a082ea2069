//! Snapshots in Redis, and without it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use lajur::cache::{Cache, Kind, Snapshot};
use lajur::config::redis::Redis;
use lajur::config::secret::Secret;
use lajur::domain::ids::TenantId;
use lajur::http::pipeline::snapshots;
use lajur::metrics::Metrics;
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::proxy::Proxy;
use crate::support::season::Season;
use crate::support::server::{redis_address, redis_url, until};

const TENANT: TenantId = TenantId(Uuid::from_u128(1));

/// A node's cache; nodes with the same prefix share it.
fn node(url: &str, prefix: &str) -> (Cache, Metrics) {
    let metrics = Metrics::new().unwrap();
    let config = Redis {
        url: Some(Secret::new(url)),
        prefix: prefix.to_owned(),
    };
    (Cache::new(&config, metrics.clone()).unwrap(), metrics)
}

#[actix_web::test]
async fn another_node_finds_the_newest_snapshot() {
    let prefix = format!("lajur-test-{}", std::process::id());
    let ((one, _), (two, metrics)) = (node(&redis_url(), &prefix), node(&redis_url(), &prefix));
    one.put(TENANT, Kind::Stages, 7, Bytes::from_static(b"seven"))
        .await;
    // from a node that is behind
    two.put(TENANT, Kind::Stages, 6, Bytes::from_static(b"six"))
        .await;
    let seven = Some(Snapshot {
        seq: 7,
        body: Bytes::from_static(b"seven"),
    });
    assert_eq!(two.get(TENANT, Kind::Stages, 0).await, seven);
    assert_eq!(two.get(TENANT, Kind::Stages, 8).await, None);
    one.forget(TENANT, 8).await;
    // from a node that has not heard of it
    two.put(TENANT, Kind::Stages, 7, Bytes::from_static(b"seven"))
        .await;
    assert_eq!(
        node(&redis_url(), &prefix)
            .0
            .get(TENANT, Kind::Stages, 0)
            .await,
        None
    );
    let count = |result| {
        metrics
            .cache_requests_total
            .with_label_values(&[result])
            .get()
    };
    assert_eq!((count("hit"), count("miss"), count("error")), (1, 1, 0));
}

#[actix_web::test]
async fn without_an_answer_the_process_remembers_by_itself() {
    // a port that nothing listens on
    let (cache, metrics) = node("redis://127.0.0.1:1", "lajur-test");
    let started = Instant::now();
    cache
        .put(TENANT, Kind::Health, 1, Bytes::from_static(b"one"))
        .await;
    for _ in 0..1000 {
        assert_eq!(
            cache
                .get(TENANT, Kind::Health, 0)
                .await
                .map(|found| found.seq),
            Some(1)
        );
    }
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "a dead Redis is asked again and again"
    );
    assert_eq!(cache.get(TENANT, Kind::Health, 2).await, None);
    assert_eq!(
        metrics
            .cache_requests_total
            .with_label_values(&["error"])
            .get(),
        1
    );
    assert_eq!(cache.ping().await, Some(None));
}

/// Waits until another node finds a snapshot of this event or a later one.
async fn arrives(other: &Cache, tenant: TenantId, kind: Kind, seq: i64) -> Snapshot {
    let mut found = None;
    until(
        "the snapshot is there",
        Duration::from_secs(5),
        async || {
            found = other.get(tenant, kind, seq).await;
            found.is_some()
        },
    )
    .await;
    found.unwrap()
}

#[actix_web::test]
async fn what_is_committed_reaches_other_nodes_unasked() {
    let prefix = format!("lajur-test-refresh-{}", std::process::id());
    let app = TestApp::start_with(|config| {
        config.redis.url = Some(Secret::new(redis_url()));
        config.redis.prefix.clone_from(&prefix);
    })
    .await;
    let season = Season::begin(&app).await;
    let tenant = TenantId(app.tenant.id);
    let (other, _) = node(&redis_url(), &prefix);
    for (name, passport) in [("Siti", "X0000001"), ("Budi", "X0000002")] {
        season.add_person(name, passport).await;
        let head = season.tenant.view().state.head;
        for kind in Kind::ALL {
            arrives(&other, tenant, kind, head).await;
        }
    }
    let health = arrives(&other, tenant, Kind::Health, 0).await;
    let body: serde_json::Value = serde_json::from_slice(&health.body).unwrap();
    assert_eq!(body["meta"]["seq"], health.seq);
    assert_eq!(body["meta"]["stale"], serde_json::Value::Null);
    let asked = app.integration().get("/api/v1/pipeline/health").await;
    assert_eq!(asked.json()["data"]["total"], body["data"]["total"]);
}

#[actix_web::test]
async fn what_redis_missed_it_is_told_again() {
    let redis = Proxy::to(&redis_address()).await;
    let prefix = format!("lajur-test-missed-{}", std::process::id());
    let app = TestApp::start_with(|config| {
        config.redis.url = Some(Secret::new(redis.redis_url()));
        config.redis.prefix.clone_from(&prefix);
    })
    .await;
    let season = Season::begin(&app).await;
    let tenant = TenantId(app.tenant.id);
    let (other, _) = node(&redis_url(), &prefix);
    let head = || season.tenant.view().state.head;
    arrives(&other, tenant, Kind::Health, head()).await;
    redis.close();
    season.add_person("Siti", "X0000001").await;
    // the snapshots of it are made, and go nowhere
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(other.get(tenant, Kind::Health, head()).await, None);
    redis.open();
    for kind in Kind::ALL {
        arrives(&other, tenant, kind, head()).await;
    }
}

#[actix_web::test]
async fn a_change_of_configuration_lets_no_older_snapshot_in() {
    let prefix = format!("lajur-test-configured-{}", std::process::id());
    let app = TestApp::start_with(|config| {
        config.redis.url = Some(Secret::new(redis_url()));
        config.redis.prefix.clone_from(&prefix);
    })
    .await;
    let season = Season::begin(&app).await;
    let tenant = TenantId(app.tenant.id);
    let (other, _) = node(&redis_url(), &prefix);
    let before = season.tenant.view().state.head;
    arrives(&other, tenant, Kind::Stages, before).await;
    let path = format!("/api/v1/pipeline/departures/{}", season.departure);
    let later = serde_json::json!({ "version": 1, "departure_date": "2026-12-27" });
    let seq = app.integration().put(&path, later).await.json()["meta"]["seq"].clone();
    let seq = seq.as_i64().unwrap();
    until("the old one is gone", Duration::from_secs(5), async || {
        let found = other.get(tenant, Kind::Stages, 0).await;
        found.is_none_or(|found| found.seq >= seq)
    })
    .await;
    // from a node that has not heard of it yet
    let (third, _) = node(&redis_url(), &prefix);
    let old = Bytes::from_static(b"old");
    third.put(tenant, Kind::Stages, before, old).await;
    let found = node(&redis_url(), &prefix)
        .0
        .get(tenant, Kind::Stages, 0)
        .await;
    assert!(found.is_none_or(|found| found.seq >= seq));
    arrives(&other, tenant, Kind::Stages, seq).await;
}

#[actix_web::test]
async fn what_people_ask_for_is_made_anew_before_they_ask() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let tenant = &season.tenant;
    let bodies = &app.running.app.cache.rendered;
    let is_made = |kind| {
        let moment = snapshots::moment(&tenant.view(), tenant.freshness());
        bodies.find(tenant.id(), kind, moment).is_some()
    };
    let client = app.integration();
    let bound = Duration::from_secs(5);
    let path = "/api/v1/pipeline/health";
    client.get(path).await.data(200);
    for (name, passport) in [("Siti", "X0000001"), ("Budi", "X0000002")] {
        let before = tenant.head();
        season.add_person(name, passport).await;
        // whoever has seen an event is not told of what was before it
        let seq = client.get(path).await.json()["meta"]["seq"].clone();
        assert!(seq.as_i64() > Some(before), "{seq}");
        season.add_person(name, &passport.replace('X', "Y")).await;
        until("the next is made", bound, async || is_made(Kind::Health)).await;
    }
    assert!(!is_made(Kind::Stages), "nobody has asked for that");
    // nor is what nobody asks for any more
    let mut passport = 0;
    until("it is left", bound, async || {
        passport += 1;
        season.add_person("Ani", &format!("Z{passport:07}")).await;
        bodies.begin_keeping(tenant.id(), Kind::Health)
    })
    .await;
}
