//! Clients that are broken, hostile or gone: each gets its code, and nobody else
//! notices.

use std::time::Duration;

use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use crate::support::TestApp;
use crate::support::fixture::Tenant;
use crate::support::load_season::Season as LoadSeason;
use crate::support::season::Season;
use crate::support::server::{Server, Settings, until};
use crate::support::socket::Socket;

const TASKS: &str = "realtime:al-barokah:pipeline:tasks";

#[actix_web::test]
async fn what_is_not_the_protocol_is_closed_with_its_code() {
    let app = TestApp::start().await;
    let _season = Season::begin(&app).await;
    let (url, key) = (app.url(""), app.integration());
    let mut bystander = Socket::connected(&url, &key).await;
    bystander.subscribe(TASKS).await;
    for (sent, code) in [
        (Message::text("not json"), 3501),
        (Message::text("{\"id\":7,\"subscribe\":"), 3501),
        (Message::text("[]"), 3501),
        (Message::text(""), 3501),
        (Message::text("\n\n"), 3501),
        (Message::text("{\"id\":1}"), 3501),
        (Message::text("{\"id\":-1,\"rpc\":{}}"), 3501),
        (Message::text("{\"id\":4294967296,\"rpc\":{}}"), 3501),
        (Message::text("{\"id\":9,\"rpc\":{},\"publish\":{}}"), 3501),
        (Message::text("{\"id\":9,\"dance\":{}}"), 3501),
        (Message::text("{\"id\":9,\"connect\":{}}"), 3501),
        (Message::text("{\"send\":{\"data\":1}}"), 3508),
        (Message::binary(vec![1, 2, 3]), 3501),
        (Message::text("x".repeat(70_000)), 1009),
        (Message::text("[".repeat(60_000)), 3501),
    ] {
        let mut socket = Socket::connected(&url, &key).await;
        let shown = sent.to_string().chars().take(40).collect::<String>();
        socket.send(sent).await;
        assert_eq!(socket.closed().await.0, code, "{shown}");
    }
    // the first is served before the second is found to be none
    let mut socket = Socket::connected(&url, &key).await;
    socket
        .send_text("{\"id\":99,\"rpc\":{\"method\":\"x\"}}\n{")
        .await;
    let reply = socket.line().await;
    assert_eq!(
        (&reply["id"], &reply["error"]["code"]),
        (&json!(99), &json!(104))
    );
    assert_eq!(socket.closed().await.0, 3501);
    bystander
        .subscribe("realtime:al-barokah:pipeline:health")
        .await;
}

#[actix_web::test]
async fn parts_of_a_message_are_put_together_up_to_the_limit() {
    let app = TestApp::start().await;
    let _season = Season::begin(&app).await;
    let (url, key) = (app.url(""), app.integration());
    let mut socket = Socket::connected(&url, &key).await;
    let part = |text: &str, opcode, last| {
        Message::Frame(Frame::message(text.to_owned(), OpCode::Data(opcode), last))
    };
    socket.send(part("{\"id\":50,", Data::Text, false)).await;
    socket.send(part("\"rpc\":", Data::Continue, false)).await;
    socket.send(part("{}}", Data::Continue, true)).await;
    assert_eq!(socket.line().await["id"], 50);

    socket
        .send(part(&" ".repeat(40_000), Data::Text, false))
        .await;
    socket
        .send(part(&" ".repeat(40_000), Data::Continue, true))
        .await;
    assert_eq!(socket.closed().await.0, 1009);
}

#[actix_web::test]
async fn a_flood_of_commands_ends_the_connection_that_sends_it() {
    let app = TestApp::start().await;
    let _season = Season::begin(&app).await;
    let mut socket = Socket::connected(&app.url(""), &app.integration()).await;
    let flood: Vec<String> = (1..1_000)
        .map(|id| json!({ "id": id + 10, "rpc": {} }).to_string())
        .collect();
    socket.send_text(flood.join("\n")).await;
    assert_eq!(socket.closed().await.0, 3013);
}

/// A program of its own, so that its memory can be looked at.
struct Scene {
    _database: TestDatabase,
    tenant: Tenant,
    server: Server,
}

impl Scene {
    async fn set() -> Self {
        let database = TestDatabase::create().await;
        let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        LoadSeason::begin(&database, &tenant, 5).await;
        let settings = Settings::of(&database)
            .with("LAJUR_REALTIME__COMMANDS_PER_SECOND", 100_000)
            .with("LAJUR_REALTIME__CONNECTIONS_PER_USER", 1_000)
            .with("LAJUR_REALTIME__CONNECTIONS_PER_TENANT", 1_000);
        let server = settings.start().await;
        Self {
            _database: database,
            tenant,
            server,
        }
    }

    async fn sockets_open(&self) -> u64 {
        let text = self.server.metrics().await;
        let line = text
            .lines()
            .find(|line| line.starts_with("ws_connections "));
        line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
    }

    async fn all_leave(&self) {
        let bound = Duration::from_secs(20);
        until("the sockets are closed", bound, async || {
            self.sockets_open().await == 0
        })
        .await;
    }
}

/// Something that may be a command, or nearly.
fn line(rng: &mut ChaCha8Rng) -> String {
    const NAMES: [&str; 12] = [
        "connect",
        "subscribe",
        "unsubscribe",
        "presence",
        "presence_stats",
        "history",
        "rpc",
        "publish",
        "refresh",
        "sub_refresh",
        "subscribe",
        "subscribe",
    ];
    const VALUES: [&str; 14] = [
        "0",
        "-1",
        "1e300",
        "9007199254740993",
        "true",
        "null",
        "\"\"",
        "\"_\"",
        "[]",
        "{}",
        "\"realtime:al-barokah:pipeline:tasks\"",
        "\"realtime:al-barokah:pipeline:health\"",
        "\"realtime:other:pipeline:tasks\"",
        "\"\\u0000\"",
    ];
    const FIELDS: [&str; 12] = [
        "channel", "token", "recover", "offset", "epoch", "flag", "limit", "since", "data", "type",
        "tf", "reverse",
    ];
    let mut fields = String::new();
    for _ in 0..rng.random_range(0..4) {
        let (name, value) = (FIELDS.choose(rng).unwrap(), VALUES.choose(rng).unwrap());
        let comma = if fields.is_empty() { "" } else { "," };
        fields.push_str(&format!("{comma}\"{name}\":{value}"));
    }
    let name = NAMES.choose(rng).unwrap();
    let mut line = format!(
        "{{\"id\":{},\"{name}\":{{{fields}}}}}",
        rng.random_range(1..1_000)
    );
    if rng.random_bool(0.02) {
        let cut = rng.random_range(0..line.len());
        line.truncate(cut);
    }
    line
}

/// 100,000 messages, most of them nearly right, and the worst of what a socket
/// can be sent: no panic, no leak.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_tests_of_the_socket_leave_nothing_behind() {
    const MESSAGES: usize = 100_000;
    const CLIENTS: usize = 8;
    const CODES: [u16; 5] = [1009, 3500, 3501, 3013, 3508];
    let scene = Scene::set().await;
    let (url, key) = (
        scene.server.url.clone(),
        scene.tenant.key.expose().to_owned(),
    );
    warm_up(&url, &key).await;
    scene.all_leave().await;
    let before = scene.server.resident_kib();
    let clients = (0..CLIENTS).map(|number| {
        let (url, key) = (url.clone(), key.clone());
        tokio::spawn(async move {
            let seed = u64::try_from(number).unwrap();
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut left = MESSAGES / CLIENTS;
            while left > 0 {
                let mut socket = Socket::open(&url).await;
                socket.command("connect", json!({ "token": key })).await;
                let count = left.min(100);
                let lines: Vec<String> = (0..count).map(|_| line(&mut rng)).collect();
                left -= count;
                // what was sent before the server closed is lost, as it should be
                let sent = async { socket.send_all(&lines).await };
                let _ = tokio::time::timeout(Duration::from_secs(10), sent).await;
                let ended = socket.ended().await;
                assert!(
                    ended
                        .as_ref()
                        .is_none_or(|(code, _)| CODES.contains(code) || *code == 1006),
                    "{ended:?}"
                );
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    let mut rng = ChaCha8Rng::seed_from_u64(99);
    for _ in 0..200 {
        send_noise(&url, &mut rng).await;
    }
    scene.all_leave().await;
    scene.server.assert_sane();
    let after = scene.server.resident_kib();
    assert!(
        after < before + before / 10 + 8_192,
        "{before} KiB before, {after} after"
    );
}

/// As many connections as later: allocators keep what they once had.
async fn warm_up(url: &str, key: &str) {
    let mut sockets = Vec::new();
    for _ in 0..50 {
        let mut socket = Socket::open(url).await;
        socket.call("connect", json!({ "token": key })).await;
        socket.subscribe(TASKS).await;
        sockets.push(socket);
    }
}

/// A handshake, whole or not, and then bytes that mean nothing.
async fn send_noise(url: &str, rng: &mut ChaCha8Rng) {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let handshake = format!(
        "GET /connection/websocket HTTP/1.1\r\nhost: {address}\r\nupgrade: websocket\r\n\
         connection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    );
    let whole = rng.random_bool(0.8);
    let sent = if whole {
        handshake.len()
    } else {
        rng.random_range(1..handshake.len())
    };
    stream
        .write_all(&handshake.as_bytes()[..sent])
        .await
        .unwrap();
    if whole {
        let mut answer = [0; 512];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 101"));
        let mut noise = vec![0; rng.random_range(1..300)];
        rng.fill_bytes(&mut noise);
        let _ = stream.write_all(&noise).await;
    }
}
