//! The databases of the benchmark on the given server. They have fixed names,
//! are made anew by each run, and dropped at its end; a lock in the server
//! keeps two runs apart.

use anyhow::{Context, bail};
use tokio_postgres::{Client, NoTls};

use super::machine;

const PREFIX: &str = "lajur_bench";
/// Of the advisory lock.
const LOCK: i64 = 0x6c61_6a75_7200;

pub struct Cluster {
    url: String,
    admin: Client,
}

/// One database, with a connection to look into it.
pub struct Database {
    pub url: String,
    client: Client,
}

impl Cluster {
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let admin = connect(url).await?;
        let locked: bool = admin
            .query_one("SELECT pg_try_advisory_lock($1)", &[&LOCK])
            .await?
            .get(0);
        if !locked {
            bail!("another run of the benchmark uses this server");
        }
        let cluster = Self {
            url: url.to_owned(),
            admin,
        };
        cluster.clean().await?;
        Ok(cluster)
    }

    /// An empty database, or a copy of another of these that nobody uses.
    pub async fn create(&self, name: &str, copy_of: Option<&str>) -> anyhow::Result<String> {
        let template = copy_of.map_or("template0".to_owned(), |other| format!("{PREFIX}_{other}"));
        self.admin
            .batch_execute(&format!(
                "CREATE DATABASE {PREFIX}_{name} TEMPLATE {template}"
            ))
            .await
            .with_context(|| format!("cannot make the database {PREFIX}_{name}"))?;
        Ok(url_of(&self.url, &format!("{PREFIX}_{name}")))
    }

    pub async fn drop(&self, name: &str) -> anyhow::Result<()> {
        let sql = format!("DROP DATABASE IF EXISTS {PREFIX}_{name} WITH (FORCE)");
        Ok(self.admin.batch_execute(&sql).await?)
    }

    /// Drops all databases of the benchmark.
    pub async fn clean(&self) -> anyhow::Result<()> {
        let sql = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)";
        for row in self.admin.query(sql, &[&format!("{PREFIX}_")]).await? {
            let name: &str = row.get(0);
            let sql = format!("DROP DATABASE {name} WITH (FORCE)");
            self.admin.batch_execute(&sql).await?;
        }
        Ok(())
    }

    /// Gets work of the past out of the way of what is measured next.
    pub async fn settle(&self) -> anyhow::Result<()> {
        Ok(self.admin.batch_execute("CHECKPOINT").await?)
    }

    pub async fn version(&self) -> anyhow::Result<String> {
        let row = self.admin.query_one("SHOW server_version", &[]).await?;
        let version: &str = row.get(0);
        let number = version.split(' ').next().unwrap_or(version);
        Ok(format!("PostgreSQL {number}"))
    }
}

impl Database {
    pub async fn open(url: String) -> anyhow::Result<Self> {
        let client = connect(&url).await?;
        Ok(Self { url, client })
    }

    pub async fn execute(&self, sql: &str) -> anyhow::Result<()> {
        Ok(self.client.batch_execute(sql).await?)
    }

    pub async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        Ok(self.client.query_one(sql, &[]).await?.get(0))
    }

    pub async fn texts(&self, sql: &str) -> anyhow::Result<Vec<String>> {
        let rows = self.client.query(sql, &[]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// CPU seconds that PostgreSQL has used: of the processes that serve this
    /// database, and of those that serve all (WAL writer, checkpointer …).
    /// `None` where those processes cannot be seen.
    pub async fn cpu_seconds(&self) -> anyhow::Result<Option<f64>> {
        let sql = "SELECT pid FROM pg_stat_activity \
                   WHERE datname = current_database() OR datname IS NULL";
        let mut seconds = 0.0;
        for row in self.client.query(sql, &[]).await? {
            let pid = u32::try_from(row.get::<_, i32>(0))?;
            if !machine::is_postgres(pid) {
                return Ok(None);
            }
            seconds += machine::cpu_seconds(pid).unwrap_or(0.0);
        }
        Ok(Some(seconds))
    }

    /// Fails unless every tenant's events are numbered 1, 2, 3 … up to its
    /// head. Says how many there are.
    pub async fn check_log(&self) -> anyhow::Result<i64> {
        let sql = "SELECT count(*) FROM tenants t LEFT JOIN (\
                   SELECT tenant_id, count(*) AS n, min(seq) AS first, max(seq) AS last \
                   FROM events GROUP BY tenant_id) e ON e.tenant_id = t.id \
                   WHERE t.last_seq <> coalesce(n, 0) OR t.last_seq <> coalesce(last, 0) OR first <> 1";
        let wrong = self.number(sql).await?;
        if wrong > 0 {
            bail!("{wrong} tenants have a gap in their log");
        }
        self.number("SELECT count(*) FROM events").await
    }
}

async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .context("cannot connect to DATABASE_URL")?;
    tokio::spawn(connection);
    Ok(client)
}

/// The same server, another database.
fn url_of(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let host = base.split_once("://").map_or(base, |(_, rest)| rest);
    let base = match host.rfind('/') {
        Some(at) => base.get(..base.len() - host.len() + at).unwrap_or(base),
        None => base,
    };
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{base}/{name}{mark}{query}")
}
