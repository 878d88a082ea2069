//! Two agencies side by side: what one of them must never see of the other.

use diesel_async::RunQueryDsl;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use reqwest::Method;
use serde_json::json;

use super::check::Log;
use super::check_requests::{Ids, manifest};
use super::client::{Answer, Client};
use super::fixture::Tenant;
use super::load_season::Season;
use super::manifest;
use super::server::{Server, Settings, all_pages, redis_url};

/// Two agencies on one server; the second has one of everything.
pub struct Neighbours {
    pub database: TestDatabase,
    pub server: Server,
    pub ours: Client,
    pub theirs: Client,
    pub us: Tenant,
    pub them: Tenant,
    pub their_season: Season,
    pub their_ids: Ids,
    /// Somebody of ours: who is assigned is looked at before the task is.
    pub our_user: String,
    /// Names, passports, words of theirs.
    pub their_words: Vec<String>,
}

impl Neighbours {
    pub async fn move_in() -> Self {
        let database = TestDatabase::create().await;
        let us = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        let them = Tenant::create(&database, "nur-ilahi", &Secrets::seeded(2)).await;
        Season::begin(&database, &us, 3).await;
        let their_season = Season::begin(&database, &them, 3).await;
        let mut settings = Settings::of(&database)
            .with("LAJUR_REDIS__PREFIX", &database.name)
            .with("LAJUR_LOG__LEVEL", "info");
        if std::env::var("LAJUR_REDIS").as_deref() != Ok("off") {
            settings = settings.with("REDIS_URL", redis_url());
        }
        let server = settings.start().await;
        let (ours, theirs) = (server.integration(&us), server.integration(&them));
        let (mut their_ids, their_words) = belongings(&theirs, &them).await;
        their_ids.insert("users".to_owned(), user(&database, &them).await);
        let our_user = user(&database, &us).await;
        let mut their_words = their_words;
        for kind in ["roles", "api-keys"] {
            let rows = theirs.get(&format!("/api/v1/{kind}")).await.data(200);
            let rows = rows.as_array().unwrap();
            // one that is held, so that it stays
            let row = rows.iter().find(|row| row["people"] != 0).unwrap();
            their_ids.insert(kind.to_owned(), row["id"].as_str().unwrap().to_owned());
            for field in ["id", "prefix"] {
                let told = rows.iter().filter_map(|row| row[field].as_str());
                their_words.extend(told.map(str::to_owned));
            }
        }
        Self {
            us,
            them,
            database,
            server,
            ours,
            theirs,
            their_season,
            their_ids,
            our_user,
            their_words,
        }
    }

    /// What must not be told; without the ids that were asked with.
    pub fn secrets(&self, asked: bool) -> impl Iterator<Item = &String> {
        let known = move |word: &&String| asked && self.their_ids.values().any(|id| id == *word);
        self.their_words.iter().filter(move |word| !known(word))
    }

    /// A browser of theirs, which an operation may sign out, and its session.
    pub async fn their_browser(&self) -> (Client, Ids) {
        let (slug, login) = (&self.them.slug, &self.them.manager);
        let browser = self.server.stranger().signed_in(slug, login).await;
        let sessions = browser.get("/api/v1/sessions").await.data(200);
        let mut ids = self.their_ids.clone();
        let id = sessions[0]["id"].as_str().unwrap().to_owned();
        ids.insert("sessions".to_owned(), id);
        (browser, ids)
    }

    pub async fn their_head(&self) -> i64 {
        Log::read(&self.database, self.their_season.tenant)
            .await
            .head
    }
}

/// Of somebody in their manifest.
pub const THEIR_PASSPORT: &str = "X7654321";
const THEIR_MANIFEST: &str = "Nama,Nomor Paspor,Tanggal Lahir,Tanggal Berangkat\n\
    Rahasia Sekali,X7654321,1980-01-02,2027-06-01\n,,rahasia,\n";

async fn user(database: &TestDatabase, tenant: &Tenant) -> String {
    #[derive(diesel::QueryableByName)]
    struct User {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: uuid::Uuid,
    }
    let mut conn = database.owner().await;
    let sql = "SELECT id FROM users WHERE tenant_id = $1 AND email = 'siti@example.test'";
    let found: User = diesel::sql_query(sql)
        .bind::<diesel::sql_types::Uuid, _>(tenant.id)
        .get_result(&mut conn)
        .await
        .unwrap();
    found.id.to_string()
}

/// One id of each kind, as their own API tells it, and words that are theirs alone.
pub async fn belongings(theirs: &Client, them: &Tenant) -> (Ids, Vec<String>) {
    let mut ids = Ids::new();
    let mut words = vec![them.slug.clone(), them.id.to_string(), "rahasia".to_owned()];
    let import = theirs.request(Method::POST, "/api/v1/pipeline/imports");
    let import = Answer::read(import.multipart(manifest(THEIR_MANIFEST))).await;
    assert!(import.status < 300, "{}", import.text);
    for kind in ["tasks", "jamaah", "stages", "departures", "imports"] {
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
    let people = all_pages(theirs, "/api/v1/users").await;
    assert!(!people.is_empty());
    words.extend(
        people
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned()),
    );
    let task = ids["tasks"].clone();
    let path = format!("/api/v1/pipeline/tasks/{task}/comments");
    let comment = theirs.post(&path, json!({ "body": "rahasia" })).await;
    assert!(comment.status < 300, "{}", comment.text);
    ids.insert(
        "comments".to_owned(),
        comment.json()["data"]["id"].as_str().unwrap().to_owned(),
    );
    let alerts = all_pages(theirs, "/api/v1/pipeline/bottlenecks/alerts").await;
    let alert = alerts[0]["id"].as_str().unwrap().to_owned();
    words.push(alert.clone());
    ids.insert("alerts".to_owned(), alert);
    let nobody =
        b"Nama,Nomor Paspor,Tanggal Lahir,Tanggal Berangkat\nrahasia,,1980-01-02,2027-06-01\n";
    let import = manifest::send(theirs, "rahasia.csv", nobody).await;
    assert!(import.status < 300, "{}", import.text);
    ids.insert(
        "imports".to_owned(),
        import.json()["data"]["id"].as_str().unwrap().to_owned(),
    );
    (ids, words)
}
