//! The socket: who may connect, what is delivered, and coming back.

use std::time::Duration;

use serde_json::json;

use crate::support::TestApp;
use crate::support::event_stream::EventStream;
use crate::support::season::Season;
use crate::support::server::{Settings, until};
use crate::support::socket::{Socket, token};

const TASKS: &str = "realtime:al-barokah:pipeline:tasks";

#[actix_web::test]
async fn a_commit_reaches_a_subscriber_with_its_place_in_the_log() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    let mut socket = Socket::connected(&app.url(""), &key).await;
    let subscribed = socket.subscribe(TASKS).await;
    assert_eq!(subscribed["recoverable"], true);
    assert_eq!(subscribed["epoch"], "e1");
    let head = subscribed["offset"].as_i64().unwrap();
    assert_eq!(head, season.tenant.view().state.head);

    let path = format!("/api/v1/pipeline/tasks/{}/start", tasks[0].id);
    let answer = key.post(&path, json!({})).await;
    let publication = socket.publication().await;
    assert_eq!(publication["channel"], TASKS);
    let publication = &publication["pub"];
    assert_eq!(publication["offset"], head + 1);
    assert_eq!(publication["tags"], json!({ "kind": "task.started" }));
    assert_eq!(publication["data"]["kind"], "task.started");
    assert_eq!(publication["data"]["after"], answer.data(200));
    assert_eq!(publication["data"]["before"]["status"], "pending");
}

#[actix_web::test]
async fn who_was_away_gets_what_was_missed_once_and_in_order() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let mut socket = Socket::connected(&app.url(""), &key).await;
    let subscribed = socket.subscribe(TASKS).await;
    let (head, epoch) = (
        subscribed["offset"].as_i64().unwrap(),
        subscribed["epoch"].as_str().unwrap().to_owned(),
    );
    drop(socket);
    for person in 0..20 {
        season.add_person("Siti", &format!("X{person:07}")).await;
    }
    let top = season.tenant.view().state.head;
    let mut socket = Socket::connected(&app.url(""), &key).await;
    let subscribed = socket.subscribe_from(TASKS, head, &epoch).await;
    assert_eq!(subscribed["was_recovering"], true);
    assert_eq!(subscribed["recovered"], true);
    assert_eq!(subscribed["offset"], head);
    for offset in head + 1..=top {
        assert_eq!(socket.publication().await["pub"]["offset"], offset);
    }
    socket.assert_silent(Duration::from_millis(100)).await;
}

#[actix_web::test]
async fn members_of_a_role_see_its_tasks_and_learn_that_one_has_left_them() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    let officer = app
        .stranger()
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await;
    let mut socket = Socket::connected(&app.url(""), &officer).await;
    let head = socket.subscribe(TASKS).await["offset"].as_i64().unwrap();
    let of_role = format!("{TASKS}:visa-admin");
    socket.subscribe(&of_role).await;
    let refused = socket
        .call(
            "subscribe",
            json!({ "channel": format!("{TASKS}:document-admin") }),
        )
        .await;
    assert_eq!(refused["error"]["code"], 103);

    let path = format!("/api/v1/pipeline/tasks/{}", tasks[0].id);
    // of another role: nothing
    let started = key.post(&format!("{path}/start"), json!({})).await;
    let version = started.data(200)["version"].clone();
    let moved = json!({ "version": version, "role": "visa-admin" });
    let moved = key.put(&path, moved).await;
    let version = moved.data(200)["version"].clone();
    for _ in 0..2 {
        let publication = socket.publication().await;
        assert_eq!(publication["pub"]["offset"], head + 2);
        assert_eq!(publication["pub"]["data"]["after"]["role"], "visa-admin");
    }
    let moved = json!({ "version": version, "role": "document-admin" });
    key.put(&path, moved).await.data(200);
    for _ in 0..2 {
        let publication = socket.publication().await;
        assert_eq!(publication["pub"]["offset"], head + 3);
        let data = &publication["pub"]["data"];
        assert_eq!(
            (&data["gone"], &data["after"]),
            (&json!(true), &json!(null))
        );
    }
    key.post(&format!("{path}/complete"), json!({}))
        .await
        .data(200);
    socket.assert_silent(Duration::from_millis(200)).await;
}

#[actix_web::test]
async fn a_state_channel_carries_the_body_of_its_resource_and_only_the_latest() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let key = app.integration();
    let mut socket = Socket::connected(&app.url(""), &key).await;
    for name in ["health", "stages", "bottlenecks", "departures"] {
        let subscribed = socket
            .subscribe(&format!("realtime:al-barokah:pipeline:{name}"))
            .await;
        let range = ["", "?days=14&limit=100"][usize::from(name == "departures")];
        let resource = format!("/api/v1/pipeline/{name}{range}");
        let served = key.get(&resource).await.json();
        assert_eq!(subscribed["data"]["data"], served["data"], "{name}");
        assert_eq!(subscribed["recoverable"], json!(null), "{name}");
    }
    for person in 0..50 {
        season.add_person("Siti", &format!("X{person:07}")).await;
    }
    let head = season.tenant.view().state.head;
    let mut values = 0;
    loop {
        let publication = socket.publication().await;
        assert_eq!(publication["pub"]["offset"], json!(null));
        if publication["channel"] == "realtime:al-barokah:pipeline:health" {
            values += 1;
            if publication["pub"]["data"]["meta"]["seq"] == head {
                assert_eq!(publication["pub"]["data"]["data"]["total"], 50);
                break;
            }
        }
    }
    assert!(values < 50, "{values}: they are conflated");
}

#[actix_web::test]
async fn who_may_not_come_in_is_told_in_the_protocol() {
    let app = TestApp::start_with(|config| config.realtime.connections_per_user = 2).await;
    let _season = Season::begin(&app).await;
    let url = app.url("");
    for connect in [
        json!({}),
        json!({ "token": "nonsense" }),
        json!({ "token": "e30.e30" }),
        json!({ "token": "lajur_abc_def" }),
    ] {
        let mut socket = Socket::open(&url).await;
        socket.command("connect", connect.clone()).await;
        let closed = socket.closed().await;
        assert_eq!(closed, (3500, "invalid token".to_owned()), "{connect}");
    }

    let expired = token(&app.integration()).await;
    app.clock.advance(chrono::TimeDelta::seconds(901));
    let mut socket = Socket::open(&url).await;
    let reply = socket.call("connect", json!({ "token": expired })).await;
    assert_eq!(reply["error"]["code"], 109);

    let key = app.integration();
    let first = Socket::connected(&url, &key).await;
    let _second = Socket::connected(&url, &key).await;
    let mut third = Socket::open(&url).await;
    let token = token(&key).await;
    third.command("connect", json!({ "token": token })).await;
    assert_eq!(third.closed().await.0, 3504);
    drop(first);
    until_open(&app, 1).await;
    let _again = Socket::connected(&url, &key).await;

    let headers = [("sec-websocket-protocol", "centrifuge-protobuf")];
    let mut socket = Socket::open_with(&url, &headers).await.unwrap();
    assert_eq!(socket.closed().await.0, 3506);
}

/// Waits until so many are connected.
async fn until_open(app: &TestApp, count: i64) {
    let metrics = &app.running.app.metrics;
    until(
        "the sockets are closed",
        Duration::from_secs(5),
        async || metrics.ws_connections.get() == count,
    )
    .await;
}

#[actix_web::test]
async fn a_browser_connects_with_its_cookie_from_our_own_pages_only() {
    let app = TestApp::start().await;
    let _season = Season::begin(&app).await;
    let login = json!({
        "tenant": app.tenant.slug, "email": app.tenant.manager.email,
        "password": app.tenant.manager.password.expose(),
    });
    let answer = app.stranger().post("/api/v1/auth/login", login).await;
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let own = app.url("");
    let headers = [("cookie", cookie.as_str()), ("origin", own.as_str())];
    let mut socket = Socket::open_with(&own, &headers).await.unwrap();
    let reply = socket.call("connect", json!({})).await;
    assert_eq!(reply["connect"]["pong"], true, "{reply}");
    assert!(reply["connect"]["ttl"].as_i64().unwrap() > 3_600);

    let headers = [
        ("cookie", cookie.as_str()),
        ("origin", "https://evil.example.com"),
    ];
    let Err(refused) = Socket::open_with(&own, &headers).await else {
        panic!("let in")
    };
    assert!(refused.to_string().contains("403"), "{refused}");
}

#[actix_web::test]
async fn every_way_out_gives_the_seat_back() {
    let app = TestApp::start().await;
    let _season = Season::begin(&app).await;
    let (url, key) = (app.url(""), app.integration());
    let mut sockets = Vec::new();
    for _ in 0..4 {
        sockets.push(Socket::connected(&url, &key).await);
    }
    assert_eq!(app.running.app.metrics.ws_connections.get(), 4);
    let mut sockets = sockets.into_iter();
    sockets.next().unwrap().close().await;
    drop(sockets.next());
    let mut malformed = sockets.next().unwrap();
    malformed.send_text("}").await;
    assert_eq!(malformed.closed().await.0, 3501);
    drop(malformed);
    until_open(&app, 1).await;
    drop(sockets);
    until_open(&app, 0).await;
}

#[actix_web::test]
async fn the_log_is_followed_with_curl_too() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (_, tasks) = season.add_person("Siti", "X0000001").await;
    let key = app.integration();
    let head = season.tenant.view().state.head;
    let path = format!("/api/v1/pipeline/tasks/{}/start", tasks[0].id);
    key.post(&path, json!({})).await.data(200);

    let mut stream = EventStream::open(&key, "pipeline:tasks", Some(head)).await;
    let event = stream.next().await;
    assert_eq!(event.id, Some(head + 1));
    assert_eq!(event.name, "task.started");
    assert_eq!(event.data["after"]["status"], "in_progress");
    // and live
    let path = format!("/api/v1/pipeline/tasks/{}/complete", tasks[0].id);
    key.post(&path, json!({})).await.data(200);
    assert_eq!(stream.next().await.name, "task.completed");

    let mut ahead = EventStream::open(&key, TASKS, Some(head + 1_000)).await;
    let event = ahead.next().await;
    assert_eq!(
        (event.name.as_str(), &event.data["epoch"]),
        ("reset", &json!("e1"))
    );
    let mut state = EventStream::open(&key, "pipeline:health", None).await;
    assert_eq!(state.next().await.data["data"]["total"], 1);

    let officer = app
        .stranger()
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await;
    for channel in [
        "pipeline:tasks:document-admin",
        "realtime:other:pipeline:tasks",
        "nonsense",
    ] {
        let answer = officer
            .get(&format!("/api/v1/events?channel={channel}"))
            .await;
        assert_eq!(answer.code(), "404 NOT_FOUND", "{channel}");
    }
}

#[actix_web::test]
async fn rights_are_followed_in_the_log() {
    let app = TestApp::start().await;
    let _season = Season::begin(&app).await;
    let officer = app
        .stranger()
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await;
    let mut socket = Socket::connected(&app.url(""), &officer).await;
    socket.subscribe(TASKS).await;
    let health = "realtime:al-barokah:pipeline:health";
    socket.subscribe(health).await;
    let settings = Settings::of(&app.database);
    let change = async |words: &[&str]| {
        let words = [words, &["--tenant", "al-barokah"]].concat();
        let (changed, said) = settings.run(&words).await;
        assert!(changed, "{said}");
    };
    // sees other tasks than before, and numbers no longer
    let role = ["role", "set-permissions", "--key", "visa-admin"];
    change(&[&role[..], &["--permission", "tasks.read_all"]].concat()).await;
    let mut ended = Vec::new();
    for _ in 0..2 {
        let push = socket.line().await["push"].clone();
        ended.push((push["channel"].clone(), push["unsubscribe"]["code"].clone()));
    }
    ended.sort_by_key(|(channel, _)| channel.to_string());
    assert_eq!(
        ended,
        [(json!(health), json!(2000)), (json!(TASKS), json!(2502))]
    );
    socket.subscribe(TASKS).await;

    change(&["user", "deactivate", "--email", &app.tenant.officer.email]).await;
    assert_eq!(socket.closed().await.0, 3507);
    let answer = officer.get("/api/v1/me").await;
    assert_eq!(answer.status, 401, "{}", answer.text);
}
