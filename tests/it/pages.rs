//! The web application as the server delivers it.

use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::TestApp;
use crate::support::client::{Answer, Client};
use crate::support::pages::{SCRIPT, small};

/// One that does not go where it is sent.
fn unled() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.build().unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// The nonce of the policy, which must be the one in the page.
fn nonce_of(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let (_, after) = policy.split_once("'nonce-").unwrap();
    let (nonce, _) = after.split_once('\'').unwrap();
    let meta = format!("<meta name=\"csp-nonce\" content=\"{nonce}\" />");
    assert!(page.text.contains(&meta), "{}", page.text);
    nonce.to_owned()
}

#[actix_web::test]
async fn a_file_is_sent_as_the_browser_takes_it() {
    let app = TestApp::start_with_pages(small()).await;
    for (accepted, encoding, body) in [
        (None, "", "console.log('plain')"),
        (Some("gzip, deflate, br, zstd"), "br", "by brotli"),
        (Some("gzip"), "gzip", "by gzip"),
        (Some("br;q=0, gzip;q=0.5"), "gzip", "by gzip"),
        (Some("zstd"), "", "console.log('plain')"),
        (Some("identity"), "", "console.log('plain')"),
        (Some("nonsense;;q"), "", "console.log('plain')"),
    ] {
        let client = match accepted {
            Some(accepted) => app.stranger().with("accept-encoding", accepted),
            None => app.stranger(),
        };
        let file = client.get(SCRIPT).await;
        assert_eq!(file.status, 200);
        let told = (file.header("content-encoding"), file.text.as_str());
        assert_eq!(told, (encoding, body), "{accepted:?}");
        assert_eq!(file.header("vary"), "accept-encoding");
        assert_eq!(
            file.header("content-type"),
            "text/javascript; charset=utf-8"
        );
    }
    let stranger = app.stranger().with("accept-encoding", "br");
    let small = stranger.get("/assets/theme-d4.css").await;
    assert_eq!(
        (
            small.header("content-encoding"),
            small.header("content-type")
        ),
        ("", "text/css; charset=utf-8"),
        "it has no compressed form"
    );
    for (path, kind) in [
        ("/assets/inter-e5.woff2", "font/woff2"),
        ("/assets/lajur-f6.svg", "image/svg+xml"),
    ] {
        assert_eq!(stranger.get(path).await.header("content-type"), kind);
    }
}

#[actix_web::test]
async fn a_file_is_kept_for_ever() {
    let app = TestApp::start_with_pages(small()).await;
    let stranger = app.stranger().with("accept-encoding", "br");
    let file = stranger.get(SCRIPT).await;
    assert_eq!(
        file.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert_eq!(file.header("cross-origin-resource-policy"), "same-origin");
    let tag = file.header("etag").to_owned();
    let knowing = stranger.clone().with("if-none-match", &tag);
    let same = knowing.get(SCRIPT).await;
    assert_eq!((same.status, same.text.as_str()), (304, ""));
    assert_eq!(same.header("etag"), tag);
    let other_form = knowing.with("accept-encoding", "gzip").get(SCRIPT).await;
    assert_eq!((other_form.status, &*other_form.text), (200, "by gzip"));
    let head = stranger.send(Method::HEAD, SCRIPT, None).await;
    assert_eq!((head.status, head.header("content-length")), (200, "9"));
    assert_eq!(head.header("etag"), tag);
    let post = stranger.send(Method::POST, SCRIPT, None).await;
    assert_eq!(post.code(), "405 METHOD_NOT_ALLOWED");
}

#[actix_web::test]
async fn the_worker_is_asked_for_again_every_time() {
    let app = TestApp::start_with_pages(small()).await;
    let stranger = app.stranger().with("accept-encoding", "br");
    let worker = stranger.get("/sw.js").await;
    assert_eq!(
        (worker.status, &*worker.text),
        (200, "a worker by brotli"),
        "it stands at the root, whose pages it serves"
    );
    assert_eq!(worker.header("cache-control"), "no-cache");
    assert_eq!(
        worker.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    let tag = worker.header("etag").to_owned();
    let same = stranger.with("if-none-match", &tag).get("/sw.js").await;
    assert_eq!(same.status, 304);
}

#[actix_web::test]
async fn the_page_is_made_anew_for_every_request() {
    let app = TestApp::start_with_pages(small()).await;
    let stranger = app.stranger();
    let mut seen = Vec::new();
    for path in [
        "/login",
        "/forgot-password",
        "/reset-password?token=5f2b8c0e",
        "/accept-invitation?token=5f2b8c0e",
        "/dashboard",
        "/dashboard/",
        "/dashboard/pipeline",
        "/dashboard/pipeline/tasks?role=visa-admin",
        "/dashboard/no/such/page.html",
    ] {
        let page = stranger.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("etag"), "");
        assert!(!page.text.contains("bootstrap"), "{}", page.text);
        let nonce = nonce_of(&page);
        assert!(nonce.len() >= 22 && !seen.contains(&nonce), "{nonce}");
        seen.push(nonce);
    }
    let head = stranger.send(Method::HEAD, "/login", None).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert!(head.header("content-security-policy").contains("nonce-"));
    let post = stranger.send(Method::POST, "/login", None).await;
    assert_eq!(post.code(), "405 METHOD_NOT_ALLOWED");
}

#[actix_web::test]
async fn the_page_is_only_let_do_what_it_needs() {
    let app = TestApp::start_with_pages(small()).await;
    let page = app.stranger().get("/login").await;
    let nonce = nonce_of(&page);
    let host = app.running.addr;
    let policy: Vec<&str> = page.header("content-security-policy").split("; ").collect();
    let expected = [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        &format!("style-src-elem 'self' 'nonce-{nonce}'"),
        "style-src-attr 'none'",
        &format!("connect-src 'self' ws://{host}"),
        "img-src 'self' data:",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ];
    assert_eq!(policy, expected);
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value);
    }
    assert!(page.header("permissions-policy").contains("camera=()"));
}

#[actix_web::test]
async fn the_root_leads_to_the_overview() {
    let app = TestApp::start_with_pages(small()).await;
    let root = unled().get(app.url("/")).send().await.unwrap();
    assert_eq!(root.status(), 302);
    assert_eq!(header(root.headers(), "location"), "/dashboard/pipeline");
    assert_eq!(header(root.headers(), "cache-control"), "no-store");
    assert_eq!(header(root.headers(), "x-frame-options"), "DENY");
}

/// A request whose path nobody has tidied up.
async fn status_of(app: &TestApp, path: &str) -> u16 {
    let mut stream = TcpStream::connect(app.running.addr).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: lajur\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.contains("not under assets"), "{path}: {answer}");
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[actix_web::test]
async fn nothing_but_the_files_can_be_had() {
    let app = TestApp::start_with_pages(small()).await;
    assert_eq!(status_of(&app, SCRIPT).await, 200);
    for path in [
        "/assets",
        "/assets/",
        "/assets/start-a1b2c3.js.br",
        "/assets/none.js",
        "/assets/../secret.txt",
        "/assets/%2e%2e/secret.txt",
        "/assets/..%2fsecret.txt",
        "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/assets//etc/passwd",
        "/assets/..\\secret.txt",
        "/assets/%00",
        "/assets/./start-a1b2c3.js",
        "/secret.txt",
        "/index.html",
        "/dashboard/../secret.txt/../../api/x",
    ] {
        let status = status_of(&app, path).await;
        let expected = if path.starts_with("/dashboard/") {
            200
        } else {
            404
        };
        assert_eq!(status, expected, "{path}");
    }
    let stranger: Client = app.stranger();
    for path in ["/api/v1/none", "/api/none", "/none", "/assets/none.js"] {
        assert_eq!(stranger.get(path).await.code(), "404 NOT_FOUND", "{path}");
    }
}

#[actix_web::test]
async fn a_program_without_an_application_says_how_to_get_one() {
    let app = TestApp::start_with_pages(lajur::http::pages::Pages::of([].into())).await;
    let page = app.stranger().get("/dashboard/pipeline").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("scripts/web"), "{}", page.text);
    assert_eq!(app.stranger().get("/api/docs").await.status, 200);
}
