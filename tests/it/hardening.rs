//! What the server does not take, and what it tells browsers.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::TestApp;
use crate::support::client::Answer;

const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

#[actix_web::test]
async fn every_answer_is_guarded() {
    let app = TestApp::start().await;
    let client = app.integration();
    for path in [
        "/api/v1/pipeline/health",
        "/api/v1/no-such",
        "/api/openapi.json",
        "/api/docs/",
        "/api/docs",
        "/login",
        "/",
        "/assets/none.js",
        "/health/live",
        "/connection/websocket",
        "/../../etc/passwd",
    ] {
        let answer = client.get(path).await;
        for (name, value) in HEADERS {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
        assert_eq!(answer.header("server"), "", "{path}");
    }
    let refused = client.send(Method::PATCH, "/api/v1/me", None).await;
    assert_eq!(refused.code(), "405 METHOD_NOT_ALLOWED");
    assert_eq!(refused.header("x-frame-options"), "DENY");
}

#[actix_web::test]
async fn the_worker_may_fetch_what_is_ours() {
    let app = TestApp::start().await;
    let answer = app.stranger().get("/sw.js").await;
    let policy = answer.header("content-security-policy");
    assert_eq!(
        policy,
        "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    );
}

#[actix_web::test]
async fn browsers_that_come_by_tls_stay_with_it() {
    let app = TestApp::start_with(|config| {
        config.http.public_url = Some("https://lajur.example.com".to_owned());
    })
    .await;
    let addressed = app.stranger().with("host", "lajur.example.com");
    let answer = addressed.get("/api/v1/me").await;
    assert_eq!(answer.code(), "401 UNAUTHENTICATED");
    let kept = answer.header("strict-transport-security");
    assert!(kept.starts_with("max-age=63072000"), "{kept}");
    let login = &app.tenant.manager;
    let body = json!({ "tenant": app.tenant.slug, "email": login.email, "password": login.password.expose() });
    let answer = addressed.post("/api/v1/auth/login", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        answer.header("set-cookie").starts_with("__Host-"),
        "{answer:?}"
    );
}

#[actix_web::test]
async fn requests_for_another_host_are_not_answered() {
    let app = TestApp::start_with(|config| {
        config.http.hosts = vec!["lajur.example.com".to_owned()];
    })
    .await;
    for (host, status) in [
        ("lajur.example.com", 200),
        ("LAJUR.example.com:8443", 200),
        ("evil.example.com", 400),
        ("lajur.example.com.evil.com", 400),
        ("127.0.0.1", 400),
    ] {
        let client = app.integration().with("host", host);
        let answer = client.get("/api/v1/me").await;
        assert_eq!(answer.status, status, "{host}: {}", answer.text);
        // what a stranger forwards counts for nothing
        let forged = client.with("x-forwarded-host", "lajur.example.com");
        assert_eq!(forged.get("/login").await.status, status, "{host}");
    }
    let probe = app.stranger().with("host", "10.0.0.1:8080");
    assert_eq!(probe.get("/health/live").await.status, 200);
}

#[actix_web::test]
async fn a_page_of_somebody_else_can_do_nothing_with_the_cookie() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let own = format!("http://{}", app.running.addr);
    let logout = async |headers: &[(&'static str, &str)], token: bool| -> Answer {
        let mut client = manager.clone();
        for (name, value) in headers {
            client = client.with(name, value);
        }
        if !token {
            client = client.without("x-csrf-token");
        }
        let body = json!({});
        client.post("/api/v1/pipeline/stages", body).await
    };
    for (headers, token, code) in [
        (vec![], true, "422 VALIDATION_ERROR"),
        (vec![("origin", own.as_str())], true, "422 VALIDATION_ERROR"),
        (
            vec![("sec-fetch-site", "same-origin"), ("origin", own.as_str())],
            true,
            "422 VALIDATION_ERROR",
        ),
        (vec![], false, "403 CSRF_FAILED"),
        (vec![("origin", own.as_str())], false, "403 CSRF_FAILED"),
        (
            vec![("origin", "https://evil.com")],
            true,
            "403 CSRF_FAILED",
        ),
        (vec![("origin", "null")], true, "403 CSRF_FAILED"),
        (
            vec![("sec-fetch-site", "cross-site")],
            true,
            "403 CSRF_FAILED",
        ),
        (
            vec![("sec-fetch-site", "same-site")],
            true,
            "403 CSRF_FAILED",
        ),
    ] {
        assert_eq!(
            logout(&headers, token).await.code(),
            code,
            "{headers:?} {token}"
        );
    }
    // a key is sent by nobody but its holder
    let key = app.integration().with("origin", "https://evil.com");
    let answer = key.post("/api/v1/pipeline/stages", json!({})).await;
    assert_eq!(answer.code(), "422 VALIDATION_ERROR");
    // reading is harmless: no page of somebody else's gets to see the answer
    let foreign = manager.clone().with("origin", "https://evil.com");
    let answer = foreign.get("/api/v1/me").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.running.addr).await.unwrap()
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

#[actix_web::test]
async fn a_slow_head_and_a_slow_body_are_not_waited_for() {
    let app = TestApp::start_with(|config| {
        config.http.head_seconds = 1;
        config.http.body_seconds = 1;
    })
    .await;
    let started = Instant::now();
    let mut head = connect(&app).await;
    head.write_all(b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\n")
        .await
        .unwrap();
    let mut body = connect(&app).await;
    let key = app.tenant.key.expose();
    let start = format!(
        "POST /api/v1/pipeline/stages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    );
    body.write_all(start.as_bytes()).await.unwrap();
    let (mut slowly, mut trickle) = body.into_split();
    let drip = tokio::spawn(async move {
        while trickle.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut said = vec![0; 4096];
    let length = slowly.read(&mut said).await.unwrap();
    let said = String::from_utf8_lossy(&said[..length]).into_owned();
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    assert!(said.contains("MALFORMED_REQUEST"), "{said}");
    let answer = rest(&mut head).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
        "{answer}"
    );
    assert!(
        started.elapsed() < Duration::from_secs(6),
        "{:?}",
        started.elapsed()
    );
    drip.abort();
    assert_eq!(app.integration().get("/api/v1/me").await.status, 200);
}

#[actix_web::test]
async fn a_connection_is_kept_for_the_next_request_for_so_long() {
    let app = TestApp::start_with(|config| config.http.keep_alive_seconds = 2).await;
    let mut stream = connect(&app).await;
    let mut said = vec![0; 4096];
    for pause in [0, 1] {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        let request = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let length = stream.read(&mut said).await.unwrap();
        assert!(said[..length].starts_with(b"HTTP/1.1 200"));
    }
    let asked = Instant::now();
    assert_eq!(rest(&mut stream).await, "");
    let kept = asked.elapsed();
    assert!(
        (Duration::from_secs(1)..Duration::from_secs(8)).contains(&kept),
        "{kept:?}"
    );
}

#[actix_web::test]
async fn what_is_too_long_too_deep_or_packed_is_refused() {
    let app = TestApp::start().await;
    let client = app.integration();
    let send = async |body: Vec<u8>, encoding: Option<&str>| {
        let mut request = client
            .request(Method::POST, "/api/v1/pipeline/stages")
            .header("content-type", "application/json")
            .body(body);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        Answer::read(request).await.code()
    };
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    let nested = [b"{\"name\":".to_vec(), deep.clone(), b"}".to_vec()].concat();
    let objects = [b"{\"a\":".repeat(5_000), b"1".to_vec(), b"}".repeat(5_000)].concat();
    // whole JSON of another shape, or not read to its end: no more is told of it
    for body in [deep, nested, objects] {
        let code = send(body, None).await;
        assert!(
            ["400 MALFORMED_REQUEST", "422 VALIDATION_ERROR"].contains(&code.as_str()),
            "{code}"
        );
    }
    for (body, code) in [
        (vec![b' '; 2 * 1024 * 1024], "413 PAYLOAD_TOO_LARGE"),
        (b"{\"name\":\"\\u0000\"}".to_vec(), "422 VALIDATION_ERROR"),
        (b"\xff\xfe{}".to_vec(), "400 MALFORMED_REQUEST"),
    ] {
        assert_eq!(send(body, None).await, code);
    }
    // a packed body is not unpacked, so there is nothing that could swell
    let packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let code = send(packed, Some("gzip")).await;
    assert!(code.starts_with('4'), "{code}");
    let long = "x".repeat(200_000);
    let mut stream = connect(&app).await;
    let head = format!("GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX-Long: {long}\r\n\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    let answer = rest(&mut stream).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    assert_eq!(client.get("/api/v1/me").await.status, 200);
}
