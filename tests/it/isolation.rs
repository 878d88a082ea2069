//! Nothing crosses between tenants, on any path that the API describes now or
//! will describe.

use reqwest::Method;

use crate::support::check_requests::{Api, Ids, Operation};
use crate::support::manifest;
use crate::support::neighbours::{Neighbours, THEIR_PASSPORT};
use crate::support::server::redis_url;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_of_objects_no_operation_finds_anothers() {
    let neighbours = Neighbours::move_in().await;
    let api = Api::of(&neighbours.server.stranger()).await;
    let mut operations = api.operations();
    operations.retain(Operation::has_ids);
    assert!(operations.len() > 20, "{operations:?}");

    let (_browser, theirs) = neighbours.their_browser().await;
    let before = neighbours.their_head().await;
    // who is assigned is looked at before the task is
    let mut with_our_user = theirs.clone();
    with_our_user.insert("users".to_owned(), neighbours.our_user.clone());
    let (slug, login) = (&neighbours.us.slug, &neighbours.us.manager);
    let our_browser = neighbours.server.stranger().signed_in(slug, login).await;
    for operation in &operations {
        let asks_of_user = operation.template.starts_with("/api/v1/users/{id}");
        let ids = if asks_of_user {
            &theirs
        } else {
            &with_our_user
        };
        for client in [&neighbours.ours, &our_browser] {
            let answer = api.send(client, operation, ids).await;
            let told = format!("{}: {} {}", operation.name(), answer.status, answer.text);
            assert!(matches!(answer.status, 403 | 404), "{told}");
            for word in neighbours.secrets(true) {
                assert!(!answer.text.contains(word), "{word} in {told}");
            }
        }
    }
    let after = neighbours.their_head().await;
    assert_eq!(after, before, "something of theirs was changed");

    // with their own key it is there: the refusals were about whose it is
    for operation in &operations {
        let (browser, theirs) = neighbours.their_browser().await;
        // sessions of one's own are for browsers alone
        let client = match operation.template.starts_with("/api/v1/sessions") {
            true => &browser,
            false => &neighbours.theirs,
        };
        let answer = api.send(client, operation, &theirs).await;
        let told = format!("{}: {} {}", operation.name(), answer.status, answer.text);
        assert!(!matches!(answer.status, 403 | 404), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_of_lists_nothing_of_anothers_is_told() {
    let neighbours = Neighbours::move_in().await;
    let api = Api::of(&neighbours.server.stranger()).await;
    let before = neighbours.their_head().await;
    let ids = &neighbours.their_ids;
    let mut operations = api.operations();
    operations.retain(|operation| !operation.has_ids());
    for operation in &operations {
        let path = operation.path(ids);
        let mut queries = vec![String::new()];
        // asking for theirs by name
        for parameter in operation.parameters("query") {
            let kind = ids
                .keys()
                .find(|kind| kind.trim_end_matches('s') == parameter);
            let wanted = match (kind, parameter) {
                (Some(kind), _) => &ids[kind],
                (None, "q") => "Jamaah nur-ilahi",
                (None, _) => "1",
            };
            queries.push(format!("?{parameter}={wanted}"));
        }
        for query in queries {
            let answer = api
                .send_under(&neighbours.ours, operation, ids, &path, &query)
                .await;
            // an id that was asked with may be said again
            let asked = !query.is_empty() || operation.method != Method::GET;
            for word in neighbours.secrets(asked) {
                let told = format!("{}{query}: {}", operation.name(), answer.text);
                assert!(!answer.text.contains(word), "{word} in {told}");
            }
        }
    }
    let after = neighbours.their_head().await;
    assert_eq!(after, before, "something of theirs was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_from_strangers_every_operation_wants_a_credential() {
    let neighbours = Neighbours::move_in().await;
    let stranger = neighbours.server.stranger();
    let api = Api::of(&stranger).await;
    let impostor = stranger
        .clone()
        .with("authorization", "Bearer lajur_aaaaaaaa_bbbbbbbbbbbbbbbb");
    let public = [
        "/health",
        "/health/live",
        "/health/ready",
        "/api/v1/auth/login",
        "/api/v1/auth/token",
        "/api/v1/auth/invitation",
        "/api/v1/auth/forgot",
        "/api/v1/auth/reset",
        "/api/v1/browser-errors",
    ];
    let mut operations = api.operations();
    operations.retain(|operation| !public.contains(&operation.template.as_str()));
    let (_, ids) = neighbours.their_browser().await;
    for operation in &operations {
        let path = operation.path(&ids);
        for path in [path.clone(), path.replacen("/api/v1", "/api", 1)] {
            for client in [&stranger, &impostor] {
                let answer = api.send_under(client, operation, &ids, &path, "").await;
                assert_eq!(
                    answer.code(),
                    "401 UNAUTHENTICATED",
                    "{} at {path}",
                    operation.name()
                );
            }
        }
    }
}

/// A key in Redis, and all that is kept there.
async fn kept_in_redis(prefix: &str) -> Vec<(String, String)> {
    let client = redis::Client::open(redis_url()).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    let pattern = format!("{prefix}:*");
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg(pattern)
        .query_async(&mut redis)
        .await
        .unwrap();
    let mut kept = Vec::new();
    for key in keys {
        let kind: String = redis::cmd("TYPE")
            .arg(&key)
            .query_async(&mut redis)
            .await
            .unwrap();
        let reading = match kind.as_str() {
            "string" => redis::cmd("GET").arg(&key).to_owned(),
            "hash" => redis::cmd("HGETALL").arg(&key).to_owned(),
            "list" => redis::cmd("LRANGE").arg(&key).arg(0).arg(-1).to_owned(),
            "zset" => redis::cmd("ZRANGE").arg(&key).arg(0).arg(-1).to_owned(),
            "stream" => redis::cmd("XRANGE").arg(&key).arg("-").arg("+").to_owned(),
            other => panic!("{key} is of the kind {other}"),
        };
        let value: redis::Value = reading.query_async(&mut redis).await.unwrap();
        kept.push((key, words_of(&value)));
    }
    kept
}

/// What can be read in a value, however it is nested.
fn words_of(value: &redis::Value) -> String {
    match value {
        redis::Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        redis::Value::Array(values) => values.iter().map(words_of).collect::<Vec<_>>().join("\n"),
        redis::Value::Map(pairs) => {
            let words = pairs
                .iter()
                .map(|(key, value)| [words_of(key), words_of(value)].join("\n"));
            words.collect::<Vec<_>>().join("\n")
        }
        other => format!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_of_what_is_kept_beside_each_tenant_has_its_own() {
    let neighbours = Neighbours::move_in().await;
    let api = Api::of(&neighbours.server.stranger()).await;
    let (us, them) = (&neighbours.us, &neighbours.them);
    // both ask for everything, we with their ids
    for operation in api.operations() {
        if operation.method == Method::GET && operation.template != "/api/v1/events" {
            let ids = theirs_with_sessions(&neighbours).await;
            api.send(&neighbours.theirs, &operation, &ids).await;
            api.send(&neighbours.ours, &operation, &ids).await;
        }
    }
    // our manifest names one of theirs, by the same passport
    let number = THEIR_PASSPORT;
    let same = format!("/api/v1/pipeline/jamaah?q={number}");
    let theirs = neighbours.theirs.get(&same).await.data(200)[0].clone();
    assert_eq!(theirs["passport_number"], number);
    let before = neighbours.their_head().await;
    let text = format!(
        "Nama,Nomor Paspor,Tanggal Lahir,Tanggal Berangkat\nOrang Kita,{number},1980-01-02,2027-06-01\n"
    );
    let report = manifest::report(&neighbours.ours, "kita.csv", text.as_bytes()).await;
    assert_eq!(
        (&report["created"], &report["rejected"]),
        (&1.into(), &0.into()),
        "{report}"
    );
    assert_eq!(
        neighbours.their_head().await,
        before,
        "our manifest changed theirs"
    );
    let found = neighbours.theirs.get(&same).await.data(200);
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found[0], theirs);

    let kept = kept_in_redis(&neighbours.database.name).await;
    let has = |tenant: uuid::Uuid| {
        kept.iter()
            .any(|(key, _)| key.contains(&tenant.to_string()))
    };
    assert!(has(us.id) && has(them.id), "{kept:?}");
    for (key, value) in &kept {
        let is_theirs = key.contains(&them.id.to_string());
        for word in neighbours.secrets(false) {
            // the passport is ours, too, by now
            let is_told = value.contains(word) && word != number;
            assert!(is_theirs || !is_told, "{word} in {key}: {value}");
        }
    }
    let lines = neighbours.server.lines();
    let of_ours = |line: &&String| line.contains(&format!("\"tenant.slug\":\"{}\"", us.slug));
    assert!(lines.iter().filter(of_ours).count() > 20, "{lines:?}");
    for line in lines.iter().filter(of_ours) {
        for word in neighbours.secrets(false) {
            assert!(!line.contains(word), "{word} in {line}");
        }
    }
}

async fn theirs_with_sessions(neighbours: &Neighbours) -> Ids {
    let mut ids = neighbours.their_ids.clone();
    ids.insert("sessions".to_owned(), neighbours.our_user.clone());
    ids
}
