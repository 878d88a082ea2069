//! The migrations, built into the program, and the running of them. Several
//! nodes may start at once: an advisory lock lets one of them do the work.

use std::collections::HashSet;
use std::time::Duration;

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sql_types::Bool;
use diesel::{QueryDsl, QueryableByName, table};
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Error, Result};

pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Waiting longer than this for another node's migration is an error.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Any number that nothing else locks.
const LOCK: i64 = 0x6c61_6a75_7200;

/// Runs what has not been run and returns the names of it.
pub async fn run(url: &str) -> Result<Vec<String>> {
    with_harness(url, |harness| {
        let run = harness.run_pending_migrations(MIGRATIONS).map_err(failed)?;
        Ok(run.iter().map(ToString::to_string).collect())
    })
    .await
}

/// Takes everything back, the data too. Cluster-wide roles stay.
pub async fn revert_all(url: &str) -> Result<()> {
    with_harness(url, |harness| {
        harness.revert_all_migrations(MIGRATIONS).map_err(failed)?;
        Ok(())
    })
    .await
}

/// The names of the migrations that have not been run. Only looks, and holds
/// no thread while the database does not answer.
pub async fn pending(url: &str) -> Result<Vec<String>> {
    let run = run_versions(&mut connect(url).await?).await?;
    let known = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(failed)?;
    let pending = known.iter().map(|migration| migration.name());
    Ok(pending
        .filter(|name| !run.contains(&name.version().to_string()))
        .map(ToString::to_string)
        .collect())
}

/// The versions of those that have been run.
async fn run_versions(conn: &mut AsyncPgConnection) -> Result<HashSet<String>> {
    table! {
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
    let sql = "SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL AS exists";
    let table: Table = diesel::sql_query(sql).get_result(conn).await?;
    if !table.exists {
        return Ok(HashSet::new());
    }
    let run = __diesel_schema_migrations::table.select(__diesel_schema_migrations::version);
    let run: Vec<String> = run.load(conn).await?;
    Ok(run.into_iter().collect())
}

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Bool)]
    exists: bool,
}

type Harness = AsyncMigrationHarness<AsyncPgConnection>;

/// The harness blocks its thread, which actix's runtimes do not allow, so it
/// gets a thread and a runtime of its own.
async fn with_harness<T: Send + 'static>(
    url: &str,
    work: impl FnOnce(&mut Harness) -> Result<T> + Send + 'static,
) -> Result<T> {
    let url = url.to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(failed)?;
        runtime.block_on(async {
            let mut harness = AsyncMigrationHarness::new(connect_locked(&url).await?);
            // the lock goes with the connection
            work(&mut harness)
        })
    });
    done.await.map_err(failed)?
}

async fn connect(url: &str) -> Result<AsyncPgConnection> {
    let unreachable = |cause: &dyn std::fmt::Display| Error::Unreachable(cause.to_string());
    tokio::time::timeout(CONNECT_TIMEOUT, AsyncPgConnection::establish(url))
        .await
        .map_err(|elapsed| unreachable(&elapsed))?
        .map_err(|cause| unreachable(&cause))
}

async fn connect_locked(url: &str) -> Result<AsyncPgConnection> {
    let mut conn = connect(url).await?;
    let lock_timeout_ms = LOCK_TIMEOUT.as_millis();
    conn.batch_execute(&format!(
        "SET client_min_messages = warning; SET lock_timeout = {lock_timeout_ms}; SELECT pg_advisory_lock({LOCK})"
    ))
    .await?;
    Ok(conn)
}

fn failed(cause: impl std::fmt::Display) -> Error {
    Error::Migration(cause.to_string())
}

#[cfg(test)]
mod tests;
