//! A server under measurement: Lajur itself, or one of its peers, as a process
//! of its own with a database of its own.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use super::database::{Cluster, Database};
use super::load::{self, Script, get};
use super::sample::Sample;
use super::start::Season;
use super::{machine, naive};

/// What a server does before it counts, in each measurement.
const WARM_UP: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(20);

pub const LAJUR: &str = "Lajur";
pub const NAIVE: &str = "naive way";
pub const NODE: &str = "Node";

pub struct Server {
    pub name: &'static str,
    pub addr: SocketAddr,
    pub pid: u32,
    pub database: Database,
    /// Ends with this.
    _process: Child,
}

/// The program itself, with settings as they are, apart from its log level:
/// `warn` unless the environment says otherwise.
pub fn lajur() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lajur"));
    let level = std::env::var("LAJUR_LOG__LEVEL").unwrap_or("warn".to_owned());
    // where no lajur.toml is
    command
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .env_remove("REDIS_URL")
        .env("LAJUR_METRICS_ADDR", "127.0.0.1:0")
        .env("LAJUR_LOG__LEVEL", level);
    command
}

impl Server {
    /// Lajur on a database that nobody else uses.
    pub async fn lajur(database: Database) -> anyhow::Result<Self> {
        let addr = free_addr().await?;
        let mut command = lajur();
        command
            .arg("serve")
            .env("DATABASE_URL", &database.url)
            .env("LAJUR_HTTP_ADDR", addr.to_string());
        Self::start(LAJUR, command, addr, database).await
    }

    /// A transaction per command behind the same HTTP library.
    pub async fn naive(cluster: &Cluster, season: &Season) -> anyhow::Result<Self> {
        let database = season.copy(cluster, "naive").await?;
        let addr = free_addr().await?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(naive::MODE)
            .env("DATABASE_URL", &database.url)
            .env("HTTP_ADDR", addr.to_string());
        Self::start(NAIVE, command, addr, database).await
    }

    /// The peer in Node; `None`, with a word about it, where there is no Node.
    pub async fn node(cluster: &Cluster, season: &Season) -> anyhow::Result<Option<Self>> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/peers/node");
        if machine::version("node").is_none() || !folder.join("node_modules").exists() {
            println!("  without Node: it, or what it needs, is not installed");
            return Ok(None);
        }
        let database = season.copy(cluster, "node").await?;
        let addr = free_addr().await?;
        let mut command = Command::new("node");
        command
            .arg("server.js")
            .current_dir(folder)
            .env("NODE_ENV", "production")
            .env("DATABASE_URL", &database.url)
            .env("PORT", addr.port().to_string());
        Self::start(NODE, command, addr, database).await.map(Some)
    }

    /// Returns when the server answers.
    async fn start(
        name: &'static str,
        mut command: Command,
        addr: SocketAddr,
        database: Database,
    ) -> anyhow::Result<Self> {
        let file = format!("bench-{}.log", name.replace(' ', "-"));
        let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
        let out = File::create(&log)?;
        let mut process = command
            .stdin(Stdio::null())
            .stderr(out.try_clone()?)
            .stdout(out)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let began = Instant::now();
        while load::ask(addr, &get("/health/ready", "")).await.is_err() {
            if process.try_wait()?.is_some() || began.elapsed() > PATIENCE {
                bail!("{name} does not answer; see {}", log.display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Self {
            name,
            addr,
            pid: process.id().context("it has ended already")?,
            database,
            _process: process,
        })
    }

    /// Runs the scripts: first for a moment that does not count, then for this long.
    pub async fn measure(&self, scripts: &mut [Script], lasts: Duration) -> anyhow::Result<Sample> {
        let warming = load::run(self.addr, scripts, WARM_UP).await?;
        let warming = warming.latencies_us.len();
        let before = self.cpu_seconds().await?;
        let answers = load::run(self.addr, scripts, lasts).await?;
        let after = self.cpu_seconds().await?;
        let used = |before: Option<f64>, after: Option<f64>| Some(after? - before?);
        let server = used(before.0, after.0);
        Ok(Sample::new(
            warming,
            answers,
            server,
            used(before.1, after.1),
        ))
    }

    /// CPU time that it and PostgreSQL for it have used.
    pub async fn both_cpu_seconds(&self) -> anyhow::Result<Option<f64>> {
        let (server, postgres) = self.cpu_seconds().await?;
        Ok(server
            .zip(postgres)
            .map(|(server, postgres)| server + postgres))
    }

    async fn cpu_seconds(&self) -> anyhow::Result<(Option<f64>, Option<f64>)> {
        let server = machine::cpu_seconds(self.pid);
        Ok((server, self.database.cpu_seconds().await?))
    }
}

async fn free_addr() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    Ok(listener.local_addr()?)
}
