//! A server under measurement: Lajur itself, or one of its peers, as a process
//! of its own with a database of its own.

use std::fs::File;
use std::net::SocketAddr;
use std::ops::Deref;
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

pub const WS: &str = "ws";

/// A process that answers requests.
pub struct Process {
    pub name: &'static str,
    pub addr: SocketAddr,
    pub pid: u32,
    /// Ends with this.
    child: Child,
}

pub struct Server {
    process: Process,
    /// Where Lajur tells its metrics.
    metrics: Option<SocketAddr>,
    pub database: Database,
}

impl Deref for Server {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
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
        .env("LAJUR_LOG__LEVEL", level)
        .env("LAJUR_RATE_LIMITS", "off");
    command
}

impl Process {
    /// The fan-out of a plain Node server; `None`, with a word about it, where there is no Node.
    pub async fn ws() -> anyhow::Result<Option<Self>> {
        let Some(mut command) = peer_in_node("ws") else {
            return Ok(None);
        };
        let addr = free_addr().await?;
        command.env("PORT", addr.port().to_string());
        Self::start(WS, command, addr).await.map(Some)
    }

    /// Returns when it answers.
    async fn start(
        name: &'static str,
        mut command: Command,
        addr: SocketAddr,
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
            child: process,
        })
    }
}

/// A server of `benches/peers`.
fn peer_in_node(name: &str) -> Option<Command> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("benches/peers")
        .join(name);
    if machine::version("node").is_none() || !folder.join("node_modules").exists() {
        println!("  without Node: it, or what it needs, is not installed");
        return None;
    }
    let mut command = Command::new("node");
    command
        .arg("server.js")
        .current_dir(folder)
        .env("NODE_ENV", "production");
    Some(command)
}

impl Server {
    /// Lajur on a database that nobody else uses.
    pub async fn lajur(database: Database, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let (addr, metrics) = (free_addr().await?, free_addr().await?);
        let mut command = lajur();
        command
            .arg("serve")
            .env("DATABASE_URL", &database.url)
            .env("LAJUR_HTTP_ADDR", addr.to_string())
            .env("LAJUR_METRICS_ADDR", metrics.to_string())
            .envs(settings.iter().copied());
        Ok(Self {
            process: Process::start(LAJUR, command, addr).await?,
            metrics: Some(metrics),
            database,
        })
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
        let process = Process::start(NAIVE, command, addr).await?;
        Ok(Self::peer(process, database))
    }

    /// The peer in Node; `None`, with a word about it, where there is no Node.
    pub async fn node(cluster: &Cluster, season: &Season) -> anyhow::Result<Option<Self>> {
        let Some(mut command) = peer_in_node("node") else {
            return Ok(None);
        };
        let database = season.copy(cluster, "node").await?;
        let addr = free_addr().await?;
        command
            .env("DATABASE_URL", &database.url)
            .env("PORT", addr.port().to_string());
        let process = Process::start(NODE, command, addr).await?;
        Ok(Some(Self::peer(process, database)))
    }

    fn peer(process: Process, database: Database) -> Self {
        Self {
            process,
            metrics: None,
            database,
        }
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

    /// Where Lajur tells its metrics.
    pub fn metrics(&self) -> anyhow::Result<SocketAddr> {
        self.metrics.context("a peer tells no metrics")
    }

    /// Ends it; its database is left for another.
    pub async fn stop(mut self) -> anyhow::Result<Database> {
        self.process.child.kill().await?;
        Ok(self.database)
    }

    /// How often it has read events from the log for those that follow it.
    pub async fn log_reads(&self) -> anyhow::Result<f64> {
        let metrics = self.metrics.context("a peer tells no metrics")?;
        let text = load::ask(metrics, &get("/metrics", "")).await?;
        let name = "db_query_duration_seconds_count{query=\"feed_block\"} ";
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        Ok(line.map_or(Ok(0.0), str::parse)?)
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

pub async fn free_addr() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    Ok(listener.local_addr()?)
}
