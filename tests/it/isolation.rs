//! Nothing crosses between tenants, on any path that the API describes now or
//! will describe.

use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use reqwest::Method;
use serde_json::json;

use crate::support::check::Log;
use crate::support::check_requests::{Api, Ids};
use crate::support::client::Client;
use crate::support::fixture::Tenant;
use crate::support::load_season::Season;
use crate::support::server::{Server, Settings, all_pages};

/// Two agencies on one server; the second has one of everything.
struct Neighbours {
    database: TestDatabase,
    server: Server,
    ours: Client,
    theirs: Client,
    their_season: Season,
    their_ids: Ids,
    /// Names, passports, words of theirs.
    their_words: Vec<String>,
}

impl Neighbours {
    async fn move_in() -> Self {
        let database = TestDatabase::create().await;
        let us = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        let them = Tenant::create(&database, "nur-ilahi", &Secrets::seeded(2)).await;
        Season::begin(&database, &us, 3).await;
        let their_season = Season::begin(&database, &them, 3).await;
        let server = Settings::of(&database).start().await;
        let (ours, theirs) = (server.integration(&us), server.integration(&them));
        let (their_ids, their_words) = belongings(&theirs, &them).await;
        Self {
            database,
            server,
            ours,
            theirs,
            their_season,
            their_ids,
            their_words,
        }
    }

    async fn their_head(&self) -> i64 {
        Log::read(&self.database, self.their_season.tenant)
            .await
            .head
    }
}

/// One id of each kind, as their own API tells it, and words that are theirs alone.
async fn belongings(theirs: &Client, them: &Tenant) -> (Ids, Vec<String>) {
    let mut ids = Ids::new();
    let mut words = vec![them.slug.clone(), them.id.to_string(), "rahasia".to_owned()];
    for kind in ["tasks", "jamaah", "stages", "departures"] {
        let days = if kind == "departures" { "?days=90" } else { "" };
        let rows = all_pages(theirs, &format!("/api/v1/pipeline/{kind}{days}")).await;
        assert!(!rows.is_empty(), "they have no {kind}");
        let id = |row: &serde_json::Value| row["id"].as_str().unwrap().to_owned();
        ids.insert(kind.to_owned(), id(&rows[0]));
        words.extend(rows.iter().map(id));
        for field in ["passport_number", "name"] {
            // stages have the names of the template, as ours do
            let theirs = rows
                .iter()
                .filter(|_| kind != "stages")
                .filter_map(|row| row[field].as_str());
            words.extend(theirs.map(str::to_owned));
        }
    }
    let task = ids["tasks"].clone();
    let path = format!("/api/v1/pipeline/tasks/{task}/comments");
    let comment = theirs.post(&path, json!({ "body": "rahasia" })).await;
    assert!(comment.status < 300, "{}", comment.text);
    ids.insert(
        "comments".to_owned(),
        comment.json()["data"]["id"].as_str().unwrap().to_owned(),
    );
    (ids, words)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_of_objects_no_operation_finds_anothers() {
    let neighbours = Neighbours::move_in().await;
    let api = Api::of(&neighbours.server.stranger()).await;
    let before = neighbours.their_head().await;
    let mut tried = 0;
    for operation in api
        .operations()
        .iter()
        .filter(|operation| operation.has_ids())
    {
        let answer = api
            .send(&neighbours.ours, operation, &neighbours.their_ids)
            .await;
        let name = operation.name();
        assert!(
            matches!(answer.status, 403 | 404),
            "{name}: {} {}",
            answer.status,
            answer.text
        );
        for word in neighbours
            .their_words
            .iter()
            .filter(|word| !neighbours.their_ids.values().any(|id| id == *word))
        {
            assert!(
                !answer.text.contains(word),
                "{name} tells {word}: {}",
                answer.text
            );
        }
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
    assert_eq!(
        neighbours.their_head().await,
        before,
        "something of theirs was changed"
    );
    // with their own key it is there: the refusals were about whose it is
    for operation in api
        .operations()
        .iter()
        .filter(|operation| operation.has_ids())
    {
        let answer = api
            .send(&neighbours.theirs, operation, &neighbours.their_ids)
            .await;
        let name = operation.name();
        assert!(
            !matches!(answer.status, 403 | 404),
            "{name}: {} {}",
            answer.status,
            answer.text
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_of_lists_nothing_of_anothers_is_told() {
    let neighbours = Neighbours::move_in().await;
    let api = Api::of(&neighbours.server.stranger()).await;
    let before = neighbours.their_head().await;
    let ids = &neighbours.their_ids;
    for operation in api
        .operations()
        .iter()
        .filter(|operation| !operation.has_ids())
    {
        let path = operation.path(ids);
        let reads = operation.method == Method::GET;
        let mut queries = vec![String::new()];
        // asking for theirs by name
        for parameter in operation.parameters("query") {
            let word = if parameter == "q" {
                "nur-ilahi"
            } else {
                wanted(parameter, ids)
            };
            queries.push(format!("?{parameter}={word}"));
        }
        for query in queries {
            let answer = api
                .send_under(&neighbours.ours, operation, ids, &path, &query)
                .await;
            for word in &neighbours.their_words {
                // what was asked with is no secret
                let echo = (!reads || !query.is_empty())
                    && (ids.values().any(|id| id == word) || query.contains(word.as_str()));
                let told = answer.text.contains(word.as_str());
                assert!(
                    echo || !told,
                    "{}{query} tells {word}: {}",
                    operation.name(),
                    answer.text
                );
            }
        }
    }
    assert_eq!(
        neighbours.their_head().await,
        before,
        "something of theirs was changed"
    );
}

fn wanted<'a>(parameter: &str, ids: &'a Ids) -> &'a str {
    let kind = ids
        .keys()
        .find(|kind| kind.trim_end_matches('s') == parameter);
    kind.map_or("1", |kind| &ids[kind])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_from_strangers_every_operation_wants_a_credential() {
    let neighbours = Neighbours::move_in().await;
    let stranger = neighbours.server.stranger();
    let api = Api::of(&stranger).await;
    let impostor = stranger
        .clone()
        .with("authorization", "Bearer lajur_aaaaaaaa_bbbbbbbbbbbbbbbb");
    for operation in api.operations() {
        let public = operation.template.starts_with("/health")
            || operation.template.ends_with("/auth/login");
        if public {
            continue;
        }
        let path = operation.path(&neighbours.their_ids);
        for path in [path.clone(), path.replacen("/api/v1", "/api", 1)] {
            for client in [&stranger, &impostor] {
                let ids = &neighbours.their_ids;
                let answer = api.send_under(client, &operation, ids, &path, "").await;
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
