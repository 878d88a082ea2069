//! Attacks over every operation that the API describes: whatever is sent, the
//! answer is a refusal or a success in the usual shape, nothing of the inside is
//! told, nobody else is touched, and the program goes on.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::check::Log;
use crate::support::check_requests::{Api, Extent, Ids, Operation};
use crate::support::client::Answer;
use crate::support::neighbours::Neighbours;

/// What is sent where words belong.
const WORDS: [&str; 16] = [
    "' OR '1'='1' --",
    "'; DROP TABLE pipeline_tasks; --",
    "1' AND (SELECT 1 FROM pg_sleep(20)) IS NOT NULL --",
    "\\'; COPY users TO PROGRAM 'id' --",
    "<script>alert(1)</script>\"'><svg/onload=alert(1)>",
    "${7*7}{{7*7}}<%= 7*7 %>#{7*7}",
    "../../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "x\r\nX-Injected: 1\r\n\r\n<html>",
    "%0d%0aX-Injected:%201",
    "nul\u{0}nul",
    "\u{202e}\u{feff}\u{1d573}\u{301}\u{fffd}",
    "%s%n%x$(id)`id`|id;id&&id",
    "=cmd|' /C calc'!A0",
    "9223372036854775808",
    "2026-02-30T25:61:61Z",
];
/// What is sent where a value of another kind belongs.
const VALUES: [&str; 9] = [
    "null",
    "[]",
    "{}",
    "true",
    "-1",
    "18446744073709551615",
    "1e308",
    "[[[[[[[[[[]]]]]]]]]]",
    "{\"$gt\":\"\",\"__proto__\":{\"admin\":true}}",
];
/// What would tell of the inside.
const TELLTALES: [&str; 12] = [
    "panicked",
    "diesel",
    "tokio",
    "PostgreSQL",
    "SQLSTATE",
    "syntax error at",
    "relation \"",
    "constraint",
    "postgres://",
    ".rs:",
    "backtrace",
    "root:x:0",
];
/// No statement of an attacker's is carried out that would take longer.
const PATIENCE: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 16;

/// One agency attacks, with all the permissions that it has in its own house.
struct Attack {
    neighbours: Neighbours,
    api: Api,
    /// Of the attacker's own.
    ids: Ids,
    /// How often which status came back.
    statuses: Mutex<BTreeMap<u16, u32>>,
}

impl Attack {
    async fn begin() -> Self {
        let neighbours = Neighbours::move_in().await;
        let api = Api::of(&neighbours.server.stranger()).await;
        let (_, ids) = neighbours.their_browser().await;
        Self {
            neighbours,
            api,
            ids,
            statuses: Mutex::default(),
        }
    }

    /// Everything but what would end the attack itself.
    fn operations(&self) -> Vec<Operation> {
        let mut operations = self.api.operations();
        // a stream has no end; a key that is withdrawn attacks no more
        operations.retain(|operation| {
            operation.template != "/api/v1/events"
                && !operation.template.starts_with("/api/v1/api-keys/{id}")
        });
        operations
    }

    fn request(&self, operation: &Operation, path: &str) -> reqwest::RequestBuilder {
        let theirs = &self.neighbours.theirs;
        theirs.request(operation.method.clone(), path)
    }

    async fn send(&self, what: &str, request: reqwest::RequestBuilder) -> Answer {
        let started = Instant::now();
        let answer = Answer::read(request).await;
        let told = format!("{what}: {} {}", answer.status, answer.text);
        assert!(started.elapsed() < PATIENCE, "{told}");
        assert!(answer.status < 500, "{told}");
        assert_eq!(answer.header("x-injected"), "", "{told}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{told}");
        if answer.status >= 400 {
            // in the usual shape
            answer.code();
            for telltale in TELLTALES {
                assert!(!answer.text.contains(telltale), "{telltale} in {told}");
            }
        }
        *self
            .statuses
            .lock()
            .unwrap()
            .entry(answer.status)
            .or_default() += 1;
        answer
    }

    /// Sends them all, several at once.
    async fn storm(&self, requests: Vec<(String, reqwest::RequestBuilder)>) {
        let sending = requests
            .into_iter()
            .map(|(what, request)| async move { self.send(&what, request).await });
        let mut storm = futures::stream::iter(sending).buffer_unordered(AT_ONCE);
        while storm.next().await.is_some() {}
    }

    /// The neighbour has seen nothing of it, and the attacker's own log and
    /// tables still belong together.
    async fn end(self, before: i64) {
        let Self {
            neighbours,
            statuses,
            ..
        } = self;
        let statuses = statuses.into_inner().unwrap();
        // the attack was not one closed door for all of it
        let refused = statuses.get(&401).copied().unwrap_or_default();
        let all: u32 = statuses.values().sum();
        assert!(all > 50 && refused * 4 < all, "{statuses:?}");
        assert_eq!(head(&neighbours).await, before, "the neighbour was touched");
        let log = Log::read(&neighbours.database, neighbours.their_season.tenant).await;
        log.assert_whole();
        log.assert_tables_equal(&neighbours.database).await;
        let alive = neighbours.ours.get("/api/v1/pipeline/health").await;
        assert_eq!(alive.status, 200, "{}", alive.text);
        neighbours.server.assert_sane();
    }
}

async fn head(neighbours: &Neighbours) -> i64 {
    let tenant = lajur::domain::ids::TenantId(neighbours.us.id);
    Log::read(&neighbours.database, tenant).await.head
}

fn encoded(word: &str) -> String {
    form_urlencoded::byte_serialize(word.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_by_what_stands_in_paths_and_queries() {
    let attack = Attack::begin().await;
    let before = head(&attack.neighbours).await;
    let ids = attack.ids.clone();
    let mut requests = Vec::new();
    for operation in attack.operations() {
        let sound = operation.path(&ids);
        for word in WORDS {
            let word = encoded(word);
            if operation.has_ids() {
                let path = operation.path_of(|_| word.clone());
                requests.push((operation.name(), attack.request(&operation, &path)));
            }
            for name in operation.parameters("query") {
                let path = format!("{sound}?{name}={word}");
                let what = format!("{}?{name}={word}", operation.name());
                requests.push((what, attack.request(&operation, &path)));
            }
        }
        // twice, without a value, as a list, as an object, and one that there is not
        for query in [
            "page=1&page=2",
            "page",
            "page[]=1",
            "page[a]=1",
            "no_such=1",
            "&&=&==",
        ] {
            let path = format!("{sound}?{query}");
            let what = format!("{}?{query}", operation.name());
            requests.push((what, attack.request(&operation, &path)));
        }
    }
    attack.storm(requests).await;
    attack.end(before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_by_what_stands_in_bodies() {
    let attack = Attack::begin().await;
    let before = head(&attack.neighbours).await;
    let ids = attack.ids.clone();
    let words = WORDS.iter().map(|word| json!(word));
    let values = VALUES
        .iter()
        .map(|text| serde_json::from_str(text).unwrap());
    let values: Vec<Value> = words
        .chain(values)
        .chain([json!("x".repeat(100_000)), json!(vec![1; 10_000])])
        .collect();
    let mut requests = Vec::new();
    for operation in attack.operations() {
        let Some(body) = attack.api.body(&operation, &ids, Extent::Whole) else {
            continue;
        };
        let path = operation.path(&ids);
        for value in &values {
            // instead of all of it, and instead of each part of it
            let what = format!("{} with {:.80}", operation.name(), value.to_string());
            requests.push((what, attack.request(&operation, &path).json(value)));
            for name in body.as_object().into_iter().flat_map(|body| body.keys()) {
                let mut body = body.clone();
                body[name] = value.clone();
                let what = format!(
                    "{} with {name} = {:.80}",
                    operation.name(),
                    value.to_string()
                );
                requests.push((what, attack.request(&operation, &path).json(&body)));
            }
        }
    }
    attack.storm(requests).await;
    attack.end(before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_by_fields_that_nobody_may_set() {
    let attack = Attack::begin().await;
    let before = head(&attack.neighbours).await;
    let ids = attack.ids.clone();
    let smuggled = [
        ("tenant_id", json!(attack.neighbours.us.id)),
        ("tenant", json!(attack.neighbours.us.slug)),
        (
            "password_hash",
            json!("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAA$AAAA"),
        ),
        ("is_admin", json!(true)),
        ("principal", json!({ "permissions": ["*"] })),
        ("created_at", json!("2000-01-01T00:00:00Z")),
        ("completed_by", json!(ids["users"])),
        ("deleted", json!(true)),
    ];
    for operation in attack.operations() {
        let Some(body) = attack.api.body(&operation, &ids, Extent::Whole) else {
            continue;
        };
        let path = operation.path(&ids);
        for (name, value) in &smuggled {
            if body.get(name).is_some() {
                continue;
            }
            let mut body = body.clone();
            body[*name] = value.clone();
            let what = format!("{} with {name}", operation.name());
            let answer = attack
                .send(&what, attack.request(&operation, &path).json(&body))
                .await;
            // what a browser complains of is written down as far as it is known
            let is_taken = answer.status < 400 && operation.template != "/api/v1/browser-errors";
            assert!(!is_taken, "{what}: taken: {}", answer.text);
            if answer.status == 422 {
                assert!(
                    answer.fields().iter().any(|field| field == name),
                    "{what}: {}",
                    answer.text
                );
            }
        }
    }
    attack.end(before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_by_methods_and_headers() {
    let attack = Attack::begin().await;
    let before = head(&attack.neighbours).await;
    let ids = attack.ids.clone();
    let operations = attack.operations();
    let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "DEBUG",
    ];
    let mut taken: BTreeMap<String, Vec<&Method>> = BTreeMap::new();
    for operation in &operations {
        taken
            .entry(operation.template.clone())
            .or_default()
            .push(&operation.method);
    }
    let theirs = &attack.neighbours.theirs;
    for operation in &operations {
        let path = operation.path(&ids);
        let known = &taken[&operation.template];
        for method in methods {
            let method: Method = method.parse().unwrap();
            let is_head = method == Method::HEAD;
            if known.contains(&&method) || (is_head && known.contains(&&Method::GET)) {
                continue;
            }
            let what = format!("{method} {}", operation.template);
            let request = theirs
                .request(method, &path)
                .header("x-http-method-override", operation.method.as_str())
                .header("x-http-method", operation.method.as_str());
            let answer = Answer::read(request).await;
            assert_eq!(answer.status, 405, "{what}: {}", answer.text);
            let allowed = answer.header("allow");
            assert!(
                allowed.contains(operation.method.as_str()),
                "{what}: {allowed}"
            );
        }
    }
    let mut requests = Vec::new();
    let long = "x".repeat(8_000);
    for operation in operations
        .iter()
        // a workbook for each would take its time
        .filter(|operation| {
            operation.method == Method::GET && !operation.template.contains("export")
        })
    {
        let path = operation.path(&ids);
        for name in [
            "if-none-match",
            "if-match",
            "idempotency-key",
            "accept",
            "accept-encoding",
            "accept-language",
            "content-type",
            "content-encoding",
            "cookie",
            "x-request-id",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "forwarded",
            "x-original-url",
            "x-rewrite-url",
            "traceparent",
            "range",
            "origin",
            "referer",
            "user-agent",
            "sec-fetch-site",
            "x-csrf-token",
            "last-event-id",
        ] {
            for value in ["", "'; DROP TABLE users; --", "\",,W/-1", &long] {
                let what = format!("{} with {name}: {value:.40}", operation.name());
                requests.push((what, attack.request(operation, &path).header(name, value)));
            }
            let what = format!("{} with {name} not in UTF-8", operation.name());
            let request = attack.request(operation, &path);
            requests.push((what, request.header(name, &b"\xff\xfe\x80"[..])));
        }
    }
    attack.storm(requests).await;
    attack.end(before).await;
}
