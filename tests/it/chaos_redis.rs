//! Redis is configured and not there, or there and silent.

use std::time::Duration;

use tokio::net::TcpListener;

use crate::chaos::Scene;
use crate::support::load::Call;

async fn all_works(redis_url: String) {
    let scene = Scene::set(|settings| settings.with("REDIS_URL", redis_url)).await;
    let mut caller = scene.caller();
    caller.keyed_percent = 100;
    let url = scene.server.url.clone();
    for _ in 0..30 {
        let call = caller.note(&url, &scene.season).await;
        assert!(call.is_acknowledged(), "{call:#?}");
        caller.repeat(&url, &call).await;
        caller.work(&url, &scene.season).await;
    }
    let client = scene.server.integration(&scene.tenant);
    for page in [
        "tasks",
        "jamaah",
        "stages",
        "departures",
        "bottlenecks",
        "health",
    ] {
        let answer = client.get(&format!("/api/v1/pipeline/{page}")).await;
        assert_eq!(answer.status, 200, "{page}: {}", answer.text);
        assert_eq!(
            answer.json()["meta"]["stale"],
            serde_json::Value::Null,
            "{page}"
        );
    }
    let health = client.get("/health").await;
    assert_eq!(
        (health.status, health.json()["redis"]["state"].clone()),
        (200, "down".into())
    );

    let calls: Vec<Call> = std::mem::take(&mut caller.calls);
    for call in &calls {
        assert!(!call.is_unavailable(), "{call:#?}");
        assert!(
            call.took < Duration::from_secs(1),
            "waited for {:?}: {call:#?}",
            call.took
        );
    }
    scene.settle(calls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_redis_away_and_all_works() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    all_works(format!("redis://{address}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_redis_silent_and_all_works() {
    // connections are made and nothing is ever answered
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    all_works(format!("redis://{address}")).await;
    drop(listener);
}
