//! Connections, and what each may see. Readers answer requests as `lajur_app`,
//! which sees the one tenant of its transaction; the journal's connection
//! writes as `lajur_journal`. Every wait here ends.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
};
use futures::FutureExt;
use prometheus::HistogramVec;
use tokio_postgres::NoTls;
use tracing::Instrument;

use super::{Error, Result};
use crate::domain::ids::TenantId;
use crate::trace;

#[derive(Clone)]
pub struct Settings {
    /// May hold a password, so it is never printed.
    pub url: String,
    /// Connections that answer requests. More than the database has cores for only adds waiting.
    pub size: usize,
    /// Of one statement of a request; the server cancels it then.
    pub statement_timeout: Duration,
    /// Of the journal's statement.
    pub journal_timeout: Duration,
    /// To be connected, name resolution included.
    pub connect_timeout: Duration,
    /// Until a connection of the pool is free, or a new one made.
    pub wait_timeout: Duration,
    /// Of all that a request asks at once, waiting for a connection included:
    /// also when the database takes what it is sent and never answers.
    pub read_timeout: Duration,
}

impl Settings {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            size: 8,
            statement_timeout: Duration::from_secs(10),
            journal_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            wait_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// A connection that has gone silent is given up after this.
const SILENCE: Duration = Duration::from_secs(20);

/// The program's way to the database. Clones share the connections.
#[derive(Clone)]
pub struct Pools {
    settings: Arc<Settings>,
    readers: Pool<AsyncPgConnection>,
    durations: Option<HistogramVec>,
    /// For changes of rights.
    access: Pool<AsyncPgConnection>,
}

impl fmt::Debug for Pools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pools")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Pools {
    /// Does not connect yet.
    pub fn new(settings: Settings) -> Result<Self> {
        let settings = Arc::new(settings);
        Ok(Self {
            readers: pool(&settings, settings.size, reader_session)?,
            access: pool(&settings, ACCESS_SIZE, access_session)?,
            durations: None,
            settings,
        })
    }

    /// Observes how long each query takes, under its name.
    pub fn measured_by(mut self, durations: HistogramVec) -> Self {
        self.durations = Some(durations);
        self
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Connections open, and of them idle; for metrics and health.
    pub fn usage(&self) -> (usize, usize) {
        let status = self.readers.status();
        (status.size, status.available)
    }

    /// A connection that sees no tenant: for the doors, which look somebody up
    /// before the tenant is known.
    pub async fn anyone(&self) -> Result<Object<AsyncPgConnection>> {
        self.one_of(&self.readers).await
    }

    /// A connection of the journal's role for [`super::access`]: few, because
    /// a tenant's commands wait for what is done on them.
    pub async fn access_connection(&self) -> Result<Object<AsyncPgConnection>> {
        self.one_of(&self.access).await
    }

    /// Runs `work` on such a connection, within the time that a read may take.
    /// Given up half way it is taken back, unless that was while it was committed.
    pub async fn access<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut AsyncPgConnection) -> std::result::Result<T, E>,
    {
        self.in_time(async {
            let mut conn = self.access_connection().await?;
            let started = Instant::now();
            let done = work(&mut conn).instrument(trace::query("access")).await;
            self.observe("access", started);
            done
        })
        .await
    }

    async fn one_of(&self, pool: &Pool<AsyncPgConnection>) -> Result<Object<AsyncPgConnection>> {
        let free = tokio::time::timeout(self.settings.wait_timeout, pool.get()).await;
        free.map_err(|_| Error::Exhausted)?
            .map_err(|error| Error::Unreachable(error.to_string()))
    }

    /// Asks a door something, within the time that a read may take.
    pub async fn ask<T, E, F>(&self, query: &'static str, work: F) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut AsyncPgConnection) -> std::result::Result<T, E>,
    {
        self.in_time(async {
            let mut conn = self.anyone().await?;
            let started = Instant::now();
            let answer = work(&mut conn).instrument(trace::query(query)).await;
            self.observe(query, started);
            answer
        })
        .await
    }

    /// Runs `work` in a read-only transaction that sees one tenant. `query` is
    /// its name in the metrics: one of few, and never made at run time.
    pub async fn read<T, E, F>(
        &self,
        query: &'static str,
        tenant: TenantId,
        work: F,
    ) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut AsyncPgConnection) -> std::result::Result<T, E>,
    {
        self.in_time(self.transaction(query, "BEGIN READ ONLY", tenant, work))
            .await
    }

    /// Runs `work` in a read-only transaction that sees one tenant as it is at
    /// one moment, however many statements there are. For what takes long: the
    /// caller decides how long to wait.
    pub async fn read_snapshot<T, E, F>(
        &self,
        query: &'static str,
        tenant: TenantId,
        work: F,
    ) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut AsyncPgConnection) -> std::result::Result<T, E>,
    {
        self.transaction(
            query,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            tenant,
            work,
        )
        .await
    }

    /// Runs `work` in a transaction that sees one tenant and may write the few
    /// tables that do not go through the log. An error takes everything back.
    pub async fn write<T, E, F>(&self, tenant: TenantId, work: F) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut AsyncPgConnection) -> std::result::Result<T, E>,
    {
        self.in_time(self.transaction("write", "BEGIN", tenant, work))
            .await
    }

    /// Given up half way, a connection is not used again.
    async fn in_time<T, E: From<Error>>(
        &self,
        asking: impl Future<Output = std::result::Result<T, E>>,
    ) -> std::result::Result<T, E> {
        tokio::time::timeout(self.settings.read_timeout, asking)
            .await
            .unwrap_or_else(|_| Err(Error::Silent.into()))
    }

    fn observe(&self, query: &'static str, started: Instant) {
        if let Some(durations) = &self.durations {
            let seconds = started.elapsed().as_secs_f64();
            durations.with_label_values(&[query]).observe(seconds);
        }
    }

    async fn transaction<T, E, F>(
        &self,
        query: &'static str,
        begin: &str,
        tenant: TenantId,
        work: F,
    ) -> std::result::Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(&mut AsyncPgConnection) -> std::result::Result<T, E>,
    {
        let mut conn = self.anyone().await?;
        let started = Instant::now();
        // one round trip; dropped half way, the pool sees the open transaction and lets the connection go
        let begin = format!("{begin}; SET LOCAL lajur.tenant = '{tenant}'");
        AnsiTransactionManager::begin_transaction_sql(&mut *conn, &begin)
            .await
            .map_err(Error::from)?;
        match work(&mut conn).instrument(trace::query(query)).await {
            Ok(value) => {
                AnsiTransactionManager::commit_transaction(&mut *conn)
                    .await
                    .map_err(Error::from)?;
                self.observe(query, started);
                Ok(value)
            }
            Err(error) => {
                // when this fails too, the connection is broken and not used again
                let _ = AnsiTransactionManager::rollback_transaction(&mut *conn).await;
                Err(error)
            }
        }
    }

    /// A connection of its own for the journal.
    pub async fn journal_connection(&self) -> Result<AsyncPgConnection> {
        connect(&self.settings, &journal_session(&self.settings)).await
    }
}

/// Connections that are made when they are first needed.
fn pool(
    settings: &Arc<Settings>,
    size: usize,
    session: fn(&Settings) -> String,
) -> Result<Pool<AsyncPgConnection>> {
    let mut config = ManagerConfig::default();
    // looks whether the connection is open and outside of a transaction; costs nothing
    config.recycling_method = RecyclingMethod::Fast;
    let shared = Arc::clone(settings);
    config.custom_setup = Box::new(move |_| {
        let settings = Arc::clone(&shared);
        async move {
            connect(&settings, &session(&settings))
                .await
                .map_err(|error| diesel::ConnectionError::BadConnection(error.to_string()))
        }
        .boxed()
    });
    let manager = AsyncDieselConnectionManager::new_with_config(settings.url.clone(), config);
    Pool::builder(manager)
        .max_size(size)
        .build()
        .map_err(|error| Error::Unreachable(error.to_string()))
}

fn reader_session(settings: &Settings) -> String {
    let timeout_ms = settings.statement_timeout.as_millis();
    format!(
        "SET ROLE lajur_app; SET statement_timeout = {timeout_ms}; \
         SET idle_in_transaction_session_timeout = {timeout_ms}"
    )
}

fn journal_session(settings: &Settings) -> String {
    let timeout_ms = settings.journal_timeout.as_millis();
    format!(
        "SET ROLE lajur_journal; SET statement_timeout = {timeout_ms}; \
         SET idle_in_transaction_session_timeout = {timeout_ms}; \
         SET synchronous_commit = on; SET plan_cache_mode = force_generic_plan; SET jit = off"
    )
}

/// A program that falls silent half way keeps a tenant's row locked no longer
/// than this.
const ACCESS_SILENCE: Duration = Duration::from_secs(5);
const ACCESS_SIZE: usize = 2;

fn access_session(settings: &Settings) -> String {
    format!(
        "{}; SET statement_timeout = {}; SET idle_in_transaction_session_timeout = {}",
        journal_session(settings),
        settings.statement_timeout.as_millis(),
        ACCESS_SILENCE.as_millis()
    )
}

/// What went wrong, down to the operating system's word for it, and where.
fn refused(config: &tokio_postgres::Config, error: &tokio_postgres::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    let hosts = config.get_hosts().iter().zip(0..);
    let hosts = hosts.map(|(host, place)| {
        let ports = config.get_ports();
        let port = ports.get(place).or(ports.first()).unwrap_or(&5432);
        match host {
            tokio_postgres::config::Host::Tcp(name) => format!("{name}:{port}"),
            tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
        }
    });
    let hosts: Vec<_> = hosts.collect();
    format!("{words} (at {})", hosts.join(", "))
}

/// Connects and sets the session up. A task of tokio drives the connection
/// until it is dropped.
async fn connect(settings: &Settings, session: &str) -> Result<AsyncPgConnection> {
    let unreachable = |cause: &dyn std::fmt::Display| Error::Unreachable(cause.to_string());
    let connecting = async {
        let mut config: tokio_postgres::Config =
            settings.url.parse().map_err(|e| unreachable(&e))?;
        config
            .connect_timeout(settings.connect_timeout)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE / 2)
            .keepalives_interval(SILENCE / 4)
            .keepalives_retries(2);
        if config.get_application_name().is_none() {
            config.application_name("lajur");
        }
        let (client, driver) = config
            .connect(NoTls)
            .await
            .map_err(|e| Error::Unreachable(refused(&config, &e)))?;
        let mut conn = AsyncPgConnection::try_from_client_and_connection(client, driver)
            .await
            .map_err(|e| unreachable(&e))?;
        conn.batch_execute(session)
            .await
            .map_err(|e| unreachable(&e))?;
        Ok(conn)
    };
    tokio::time::timeout(settings.connect_timeout, connecting)
        .await
        .map_err(|elapsed| unreachable(&elapsed))?
}

#[cfg(test)]
mod tests;
