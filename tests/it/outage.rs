//! A database that is away or stands still: how long callers wait, and what
//! the log says.

use std::time::{Duration, Instant};

use futures::future::join_all;
use lajur::domain::ids::TaskId;
use serde_json::json;
use uuid::Uuid;

use crate::chaos::Scene;

/// A task that is not in memory is looked for in the database.
fn unknown_task() -> String {
    let id = TaskId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0001));
    format!("/api/v1/pipeline/tasks/{id}")
}

#[actix_web::test]
async fn a_read_that_is_not_answered_ends_in_time() {
    let scene = Scene::set(|settings| {
        settings
            .with("LAJUR_DATABASE__READ_TIMEOUT_MS", 300)
            .with("LAJUR_DATABASE__POOL_SIZE", 2)
    })
    .await;
    let client = scene.server.integration(&scene.tenant);
    assert_eq!(client.get(&unknown_task()).await.code(), "404 NOT_FOUND");
    scene.proxy.hold();
    let started = Instant::now();
    // more than there are connections
    let paths = [
        unknown_task(),
        format!("{}/comments", unknown_task()),
        "/api/v1/pipeline/imports".to_owned(),
    ];
    let asked = paths.iter().cycle().take(9).map(|path| client.get(path));
    for answer in join_all(asked).await {
        assert_eq!(answer.code(), "503 UNAVAILABLE");
        assert_eq!(answer.header("retry-after"), "1");
    }
    // the authentication may have waited as well
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
    let login = json!({ "tenant": scene.tenant.slug, "email": "a@example.test", "password": "wrong-password" });
    let login = scene
        .server
        .stranger()
        .post("/api/v1/auth/login", login)
        .await;
    assert_eq!(login.code(), "503 UNAVAILABLE");
    scene.proxy.open();
    let answer = client.get(&unknown_task()).await;
    assert_eq!(
        answer.code(),
        "404 NOT_FOUND",
        "what was given up is not used again"
    );
}

#[actix_web::test]
async fn an_outage_does_not_flood_the_log() {
    let scene = Scene::set(|settings| settings.with("LAJUR_LOG__LEVEL", "info")).await;
    let client = scene.server.integration(&scene.tenant);
    assert_eq!(client.get(&unknown_task()).await.code(), "404 NOT_FOUND");
    let started = Instant::now();
    scene.proxy.close();
    for _ in 0..150 {
        assert_eq!(client.get(&unknown_task()).await.code(), "503 UNAVAILABLE");
    }
    let seconds = usize::try_from(started.elapsed().as_secs()).unwrap();
    assert_eq!(scene.server.said("\"level\":\"ERROR\""), 0);
    let told =
        scene.server.said("\"http.status\":503") + scene.server.said("more requests were answered");
    assert!(
        (1..=seconds + 2).contains(&told),
        "{told} lines in {seconds} s"
    );
}
