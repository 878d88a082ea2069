//! Attacks below what an HTTP client would send: requests that are none, two
//! requests in one, paths that lead elsewhere, bodies that come drop by drop,
//! files that swell.

use std::io::{Cursor, Write};
use std::time::{Duration, Instant};

use lajur::config::secret::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::TestApp;
use crate::support::manifest;

/// How long a connection that brings nothing more may stay.
const PATIENCE: Duration = Duration::from_secs(10);

async fn started() -> TestApp {
    TestApp::start_with(|config| {
        config.http.head_seconds = 1;
        config.http.body_seconds = 1;
    })
    .await
}

/// Sends bytes as they are, and reads until the server has nothing more to say.
async fn exchange(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.running.addr).await.unwrap();
    // the server may have closed before all of it was taken
    let _ = stream.write_all(bytes).await;
    let mut said = Vec::new();
    let reading = stream.read_to_end(&mut said);
    let ended = tokio::time::timeout(PATIENCE, reading).await;
    assert!(
        ended.is_ok(),
        "still open after {PATIENCE:?}: {:?}",
        text(bytes)
    );
    text(&said)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(2_000).collect()
}

/// The statuses of the answers in what was read.
fn statuses(said: &str) -> Vec<u16> {
    let answers = said.split("HTTP/1.1 ").skip(1);
    answers
        .filter_map(|answer| answer.split(' ').next()?.parse().ok())
        .collect()
}

fn with_key(key: &Secret, line: &str, rest: &str) -> Vec<u8> {
    let key = key.expose();
    format!("{line}\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{rest}").into_bytes()
}

#[actix_web::test]
async fn attack_by_requests_that_are_none() {
    let app = started().await;
    let key = &app.tenant.key;
    let stages = "POST /api/v1/pipeline/stages HTTP/1.1";
    let hidden = "GET /api/v1/me HTTP/1.1\r\nHost: x\r\n\r\n";
    let smuggled = |headers: &str, body: &str| {
        let rest = format!("Content-Type: application/json\r\n{headers}\r\n{body}{hidden}");
        with_key(key, stages, &rest)
    };
    for bytes in [
        b"\x00\x01\x02\x03\r\n\r\n".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"G\xc3\x89T / HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
        with_key(key, "GET /api/v1/me HTTP/1.1", "X-A: a\x00b\r\n\r\n"),
        with_key(key, "GET /api/v1/me HTTP/1.1", "X A: b\r\n\r\n"),
        with_key(key, "GET /api/v1/me HTTP/1.1", &"X-A: b\r\n".repeat(5_000)),
        with_key(
            key,
            &format!("GET /{} HTTP/1.1", "a".repeat(300_000)),
            "\r\n",
        ),
        // lengths that contradict each other, or are none
        smuggled("Content-Length: 2\r\nContent-Length: 50\r\n", "{}"),
        smuggled("Content-Length: -1\r\n", "{}"),
        smuggled("Content-Length: 99999999999999999999\r\n", "{}"),
        smuggled(
            "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
            "0\r\n\r\n",
        ),
        smuggled("Transfer-Encoding: xchunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
        smuggled("Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n"),
        smuggled(
            "Transfer-Encoding: chunked\r\n",
            "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        ),
    ] {
        let said = exchange(&app, &bytes).await;
        let all = statuses(&said);
        assert!(
            all.iter().all(|status| (400..500).contains(status)),
            "{said} after {}",
            text(&bytes)
        );
        // what hides behind a doubtful end is not taken for a request with the key
        assert!(
            !said.contains("\"ok\":true"),
            "{said} after {}",
            text(&bytes)
        );
    }
    assert_eq!(app.integration().get("/api/v1/me").await.status, 200);
}

#[actix_web::test]
async fn attack_by_paths_that_lead_elsewhere() {
    let app = started().await;
    for path in [
        "/assets/../../../../etc/passwd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5cwindows%5cwin.ini",
        "/assets/%00",
        "/assets/index.js%00.html",
        "/..;/api/v1/users",
        "//etc/passwd",
        "/api/v1/pipeline/../users",
        "/api/v1//users",
        "/api/v1/users;jsessionid=1",
        "/api/v1/users%2f",
        "/api/v1/%75sers",
        "/API/V1/users",
        "/api/v1/pipeline/export.csv/..%2f..%2fetc",
        "/api/docs/../../../etc/passwd",
        "/api/docs/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/v1/pipeline/tasks/%ff%fe",
        "http://169.254.169.254/latest/meta-data/",
        "http://x/api/v1/users",
        "*",
        "/.env",
        "/.git/config",
        "/metrics",
        "/server-status",
    ] {
        let bytes = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let said = exchange(&app, bytes.as_bytes()).await;
        let status = statuses(&said)[0];
        // the application itself is what unknown pages show
        let is_page = status == 200 && said.contains("<title>Lajur</title>");
        assert!(is_page || (300..500).contains(&status), "{path}: {said}");
        for telltale in [
            "root:x:0",
            "\"ok\":true",
            "DATABASE_URL",
            "process_cpu_seconds",
            ".rs:",
        ] {
            assert!(!said.contains(telltale), "{path}: {said}");
        }
        if let Some((_, target)) = said.to_lowercase().split_once("\r\nlocation: ") {
            assert!(
                target.starts_with('/') && !target.starts_with("//"),
                "{path} leads to {target}"
            );
        }
    }
}

#[actix_web::test]
async fn attack_by_bodies_that_come_drop_by_drop() {
    let app = started().await;
    let start = with_key(
        &app.tenant.key,
        "POST /api/v1/pipeline/tasks/bulk HTTP/1.1",
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    );
    let upload = with_key(
        &app.tenant.key,
        "POST /api/v1/pipeline/imports HTTP/1.1",
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n--b\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nNama,",
    );
    let mut slow = Vec::new();
    for number in 0..400 {
        let mut stream = TcpStream::connect(app.running.addr).await.unwrap();
        let bytes = [b"GET / HTTP/1.1\r\nX-A: ".as_slice(), &start, &upload][number % 3];
        stream.write_all(bytes).await.unwrap();
        let drip = actix_web::rt::spawn(async move {
            let (mut read, mut write) = stream.split();
            let dripping = async {
                while write.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            };
            let mut said = Vec::new();
            tokio::select! {
                () = dripping => {}
                _ = read.read_to_end(&mut said) => {}
            }
            text(&said)
        });
        slow.push(drip);
    }
    // whoever has a request to make is served as ever
    let client = app.integration();
    for _ in 0..20 {
        let started = Instant::now();
        assert_eq!(client.get("/api/v1/pipeline/health").await.status, 200);
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{:?}",
            started.elapsed()
        );
    }
    for drip in slow {
        let said = tokio::time::timeout(PATIENCE, drip).await;
        let said = said.expect("a slow one is let go").unwrap();
        let refused = said.is_empty()
            || statuses(&said)
                .iter()
                .all(|status| (400..500).contains(status));
        assert!(refused, "{said}");
    }
}

/// A small archive of these parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[actix_web::test]
async fn attack_by_files_that_swell_or_are_not_what_they_say() {
    let app = started().await;
    let client = app.integration();
    let zeros = vec![0; 300 << 20];
    let sheet = b"<worksheet><sheetData><row r=\"1048576\"><c r=\"XFD1048576\"/></row></sheetData></worksheet>";
    let entities = b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;\">\
        <!ENTITY c SYSTEM \"file:///etc/passwd\">]><sst count=\"1\"><si><t>&b;&c;</t></si></sst>";
    let content: &[u8] = b"<Types/>";
    let types = ("[Content_Types].xml", content);
    let bomb = archive(&[types, ("xl/worksheets/sheet1.xml", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    for (name, bytes) in [
        ("bomb.xlsx", bomb.clone()),
        ("nested.xlsx", archive(&[types, ("bomb.xlsx", &bomb)])),
        (
            "far.xlsx",
            archive(&[types, ("xl/worksheets/sheet1.xml", sheet)]),
        ),
        (
            "entities.xlsx",
            archive(&[types, ("xl/sharedStrings.xml", entities)]),
        ),
        (
            "up.xlsx",
            archive(&[types, ("../../../../tmp/lajur-up", b"x")]),
        ),
        ("cut.xlsx", bomb[..bomb.len() / 2].to_vec()),
        ("zip.csv", bomb),
        (
            "picture.xlsx",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec(),
        ),
        ("zeros.csv", vec![0; 100_000]),
        (
            "quote.csv",
            [b"Nama,Nomor Paspor\n\"".to_vec(), vec![b'a'; 500_000]].concat(),
        ),
        ("wide.csv", b"a,".repeat(200_000)),
        ("empty.csv", Vec::new()),
        (
            "../../etc/cron.d/x\r\nX-Injected: 1.csv",
            b"Nama\nx\n".to_vec(),
        ),
    ] {
        let started = Instant::now();
        let answer = manifest::send(&client, name, &bytes).await;
        assert!(
            started.elapsed() < PATIENCE,
            "{name} took {:?}",
            started.elapsed()
        );
        assert!(answer.status < 500, "{name}: {}", answer.text);
        assert_eq!(answer.header("x-injected"), "", "{name}");
        assert!(!answer.text.contains("root:x:0"), "{name}: {}", answer.text);
        // unreadable as a whole, or row by row: nobody is made of it
        let jamaah = client.get("/api/v1/pipeline/jamaah").await;
        assert_eq!(jamaah.json()["meta"]["total"], 0, "{name}: {}", jamaah.text);
    }
    assert!(!std::path::Path::new("/tmp/lajur-up").exists());
}
