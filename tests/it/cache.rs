//! Snapshots in Redis, and without it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use lajur::cache::{Cache, Kind, Snapshot};
use lajur::config::redis::Redis;
use lajur::config::secret::Secret;
use lajur::domain::ids::TenantId;
use lajur::metrics::Metrics;
use uuid::Uuid;

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

fn redis_url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned())
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
    one.forget(TENANT).await;
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
