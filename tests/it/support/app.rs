//! The whole program inside the test's process.

use std::net::{Ipv4Addr, SocketAddr};

use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use lajur::app::App;
use lajur::app::server::{self, Running};
use lajur::clock::{Clock, ManualClock};
use lajur::config::Config;
use lajur::config::limits::Switch;
use lajur::config::secret::Secret;
use lajur::db::Connection;
use lajur::db::testing::TestDatabase;
use lajur::domain::time::Timestamp;
use lajur::http::pages::Pages;
use lajur::secrets::Secrets;

use super::client::Client;
use super::fixture::Tenant;
use super::server::Settings;

/// Monday, 23 November 2026, 09:00 in Jakarta.
pub fn monday_morning() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().unwrap()
}

/// Stopped and gone with its database when dropped.
pub struct TestApp {
    pub running: Running,
    pub clock: ManualClock,
    /// A tenant with an account for each kind of caller.
    pub tenant: Tenant,
    pub database: TestDatabase,
    /// Where mail is written.
    pub mail: tempfile::TempDir,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With a configuration that differs.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_dressed(change, |_| {}).await
    }

    /// With a web application that differs from the one in the program.
    pub async fn start_with_pages(pages: Pages) -> Self {
        Self::start_dressed(|_| {}, |app| app.pages = pages).await
    }

    async fn start_dressed(change: impl FnOnce(&mut Config), dress: impl FnOnce(&mut App)) -> Self {
        let database = TestDatabase::create().await;
        let mut config = Config::default();
        config.http.addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        config.http.workers = 1;
        config.http.shutdown_seconds = 1;
        config.metrics.addr = config.http.addr;
        config.database.url = Some(Secret::new(&database.url));
        config.database.pool_size = 2;
        let mail = tempfile::tempdir().unwrap();
        config.mail.folder = mail.path().display().to_string();
        config.limits.rate_limits = Switch::Off;
        change(&mut config);
        config.validate().unwrap();

        let clock = ManualClock::new(monday_morning());
        let secrets = Secrets::seeded(1);
        let tenant = Tenant::create(&database, "al-barokah", &secrets).await;
        let mut app = App::new(config, Clock::Manual(clock.clone()), secrets).unwrap();
        dress(&mut app);
        let running = server::start(app).await.unwrap();
        Self {
            running,
            clock,
            tenant,
            database,
            mail,
        }
    }

    /// Takes the database away from the program, for good.
    pub async fn cut_database(&self) {
        let (cluster, name) = self.database.url.rsplit_once('/').unwrap();
        let mut admin = Connection::establish(&format!("{cluster}/postgres"))
            .await
            .unwrap();
        // one after the other: whoever connects while others are cut off must find it closed
        for statement in [
            format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
            format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
            ),
        ] {
            admin.batch_execute(&statement).await.unwrap();
        }
    }

    /// Runs a command of the program about [`Self::tenant`], in words, and
    /// gives what it says.
    pub async fn command(&self, words: &str) -> String {
        let mut words: Vec<&str> = words.split(' ').collect();
        words.extend(["--tenant", &self.tenant.slug]);
        let (well, said) = Settings::new(&self.database.url).run(&words).await;
        assert!(well, "{words:?}: {said}");
        said
    }

    /// What has been mailed to an address, the newest last.
    pub fn mailed(&self, email: &str) -> Vec<String> {
        let mut letters: Vec<(std::time::SystemTime, String)> = std::fs::read_dir(&self.mail)
            .unwrap()
            .map(|file| file.unwrap())
            .map(|file| {
                let written = file.metadata().unwrap().modified().unwrap();
                (written, std::fs::read_to_string(file.path()).unwrap())
            })
            .filter(|(_, text)| text.contains(&format!("<{email}>")))
            .collect();
        letters.sort();
        letters.into_iter().map(|(_, text)| text).collect()
    }

    /// The token in the newest letter to an address.
    #[track_caller]
    pub fn mailed_token(&self, email: &str) -> String {
        let letter = self.mailed(email).pop().unwrap();
        // long lines are folded on their way
        let letter = letter.replace("=\r\n", "").replace("=3D", "=");
        let (_, rest) = letter.split_once("?token=").unwrap();
        rest.chars().take_while(char::is_ascii_hexdigit).collect()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.addr)
    }

    pub fn metrics_url(&self) -> String {
        format!("http://{}/metrics", self.running.metrics_addr)
    }

    /// Somebody without a credential.
    pub fn stranger(&self) -> Client {
        Client::new(&self.url(""))
    }

    /// An API key with all permissions of [`Self::tenant`].
    pub fn integration(&self) -> Client {
        self.stranger().with_key(&self.tenant.key)
    }

    /// A browser in which the manager has signed in.
    pub async fn manager(&self) -> Client {
        self.stranger()
            .signed_in(&self.tenant.slug, &self.tenant.manager)
            .await
    }
}
