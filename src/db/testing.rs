//! Databases for tests: each its own, made in some ten milliseconds as a copy
//! of a template that has all migrations.
//!
//! The template is named after the contents of the migrations and stays in the
//! cluster, so that later runs find it; `DROP DATABASE lajur_template_…` is
//! always safe. `DATABASE_URL` says which cluster; its user must be allowed to
//! create databases.

#![expect(clippy::panic, reason = "a test cannot go on without its database")]

#[cfg(test)]
pub mod samples;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::QueryResult;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use super::migrate;
use super::pool::{Pools, Settings};

const DEFAULT_URL: &str = "postgres://postgres@127.0.0.1:5432/postgres";

/// Names the databases of this process apart.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// An empty database with all migrations. Gone when dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// Logs in as the tables' owner, who in tests is usually a superuser.
    pub url: String,
    pub name: String,
}

impl TestDatabase {
    /// Panics when there is no PostgreSQL: a test cannot go on without.
    pub async fn create() -> Self {
        match Self::try_create(true).await {
            Ok(database) => database,
            Err(error) => panic!("no database for this test: {error}"),
        }
    }

    /// One without any table.
    pub async fn create_empty() -> Self {
        match Self::try_create(false).await {
            Ok(database) => database,
            Err(error) => panic!("no database for this test: {error}"),
        }
    }

    async fn try_create(migrated: bool) -> Result<Self, Box<dyn std::error::Error>> {
        let mut admin = AsyncPgConnection::establish(&cluster_url()).await?;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("lajur_test_{}_{number}", std::process::id());
        // of a process of that number that was killed
        admin
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await?;
        let from = if migrated {
            template(&mut admin).await?
        } else {
            "template0".to_owned()
        };
        admin
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {from}"))
            .await?;
        Ok(Self {
            url: url_of(&name),
            name,
        })
    }

    /// Pools as the program has them, small.
    pub fn pools(&self) -> Pools {
        match Pools::new(Settings {
            size: 4,
            ..Settings::new(&self.url)
        }) {
            Ok(pools) => pools,
            Err(error) => panic!("{error}"),
        }
    }

    /// A connection as the tables' owner.
    pub async fn owner(&self) -> AsyncPgConnection {
        match AsyncPgConnection::establish(&self.url).await {
            Ok(conn) => conn,
            Err(error) => panic!("{error}"),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let drop_it = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // a thread, because this may run inside a runtime, which must not be blocked on from within
        let done = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut admin = AsyncPgConnection::establish(&cluster_url()).await?;
                admin.batch_execute(&drop_it).await?;
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
            })
        });
        if !matches!(done.join(), Ok(Ok(()))) {
            eprintln!("the test database {} could not be dropped", self.name);
        }
    }
}

/// The migrated template, made if it is missing. Made under another name
/// first, so that half of one is never taken for a whole.
async fn template(admin: &mut AsyncPgConnection) -> Result<String, Box<dyn std::error::Error>> {
    let mut hasher = DefaultHasher::new();
    migrations().hash(&mut hasher);
    let name = format!("lajur_template_{:016x}", hasher.finish());
    if exists(admin, &name).await? {
        return Ok(name);
    }
    // for the session: other processes wait here, and then find it
    admin
        .batch_execute("SELECT pg_advisory_lock(hashtext('lajur_template'))")
        .await?;
    if !exists(admin, &name).await? {
        let half = format!("{name}_unfinished");
        admin
            .batch_execute(&format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)"))
            .await?;
        admin
            .batch_execute(&format!("CREATE DATABASE {half} TEMPLATE template0"))
            .await?;
        migrate::run(&url_of(&half)).await?;
        // the migration's own connection may need a moment to be gone
        admin
            .batch_execute(&format!(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{half}'"
            ))
            .await?;
        admin
            .batch_execute(&format!("ALTER DATABASE {half} RENAME TO {name}"))
            .await?;
    }
    admin
        .batch_execute("SELECT pg_advisory_unlock(hashtext('lajur_template'))")
        .await?;
    Ok(name)
}

async fn exists(admin: &mut AsyncPgConnection, name: &str) -> QueryResult<bool> {
    let found =
        diesel::sql_query("SELECT FROM pg_database WHERE datname = $1").bind::<Text, _>(name);
    Ok(found.execute(admin).await? > 0)
}

/// The texts of the migrations: embedded ones cannot be asked for theirs.
pub(super) fn migrations() -> &'static [&'static str] {
    &[
        include_str!("../../migrations/2026-11-22-000001_roles/up.sql"),
        include_str!("../../migrations/2026-11-22-000002_platform/up.sql"),
        include_str!("../../migrations/2026-11-22-000003_pipeline/up.sql"),
        include_str!("../../migrations/2026-11-22-000004_doors/up.sql"),
        include_str!("../../migrations/2026-11-26-000005_realtime/up.sql"),
        include_str!("../../migrations/2026-11-26-000006_event_labels/up.sql"),
        include_str!("../../migrations/2026-11-26-000010_bottleneck_alerts/up.sql"),
        include_str!("../../migrations/2026-11-27-000011_accounts/up.sql"),
        include_str!("../../migrations/2026-11-27-000012_limited_roles/up.sql"),
        include_str!("../../migrations/2026-11-27-000013_rate_limits/up.sql"),
    ]
}

fn cluster_url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| DEFAULT_URL.to_owned())
}

/// The cluster's URL with another database.
fn url_of(database: &str) -> String {
    let url = cluster_url();
    let (address, parameters) = match url.split_once('?') {
        Some((address, parameters)) => (address.to_owned(), format!("?{parameters}")),
        None => (url, String::new()),
    };
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address
        .get(host..)
        .and_then(|rest| rest.find('/'))
        .map_or(address.len(), |at| host + at);
    format!(
        "{}/{database}{parameters}",
        address.get(..end).unwrap_or_default()
    )
}
