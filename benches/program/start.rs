//! The season that everything is measured on, and how long a tenant takes from
//! its first request to the answer when nothing of it is in memory yet.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::AsyncWriteExt;

use super::database::{Cluster, Database};
use super::document::Document;
use super::load::{ask, get};
use super::machine;
use super::process::{Server, lajur};
use super::table::{Table, count, ms};

pub const SLUG: &str = "bench";
const JAMAAH: u32 = 10_000;
const STARTS: usize = 5;
const MIB: f64 = 1024.0 * 1024.0;

/// A seeded database that nobody writes to: the others are copies of it.
pub struct Season {
    pub slug: &'static str,
    pub key: String,
    /// What a caller sends with each request.
    pub headers: String,
    pub jamaah: i64,
    pub tasks: i64,
    pub made_in: Duration,
}

/// Makes the season.
pub async fn seed(cluster: &Cluster) -> anyhow::Result<Season> {
    println!("seeding {JAMAAH} jamaah");
    let url = cluster.create("season", None).await?;
    tell(&url, &["migrate"]).await?;
    let jamaah = JAMAAH.to_string();
    let began = Instant::now();
    tell(&url, &["seed", "--tenant", SLUG, "--jamaah", &jamaah]).await?;
    let made_in = began.elapsed();
    let key = tell(&url, &["api-key", "add", "--tenant", SLUG, "--name", SLUG]).await?;
    let database = Database::open(url).await?;
    // the program would load the tenant by itself when the next task falls due
    database
        .execute("UPDATE tenants SET next_deadline_at = NULL")
        .await?;
    database.execute("VACUUM ANALYZE").await?;
    let key = key.trim().to_owned();
    Ok(Season {
        slug: SLUG,
        headers: format!("Authorization: Bearer {key}\r\n"),
        key,
        made_in,
        jamaah: database.number("SELECT count(*) FROM jamaah").await?,
        tasks: database
            .number("SELECT count(*) FROM pipeline_tasks")
            .await?,
    })
}

pub async fn tell(url: &str, args: &[&str]) -> anyhow::Result<String> {
    let output = lajur()
        .args(args)
        .env("DATABASE_URL", url)
        .stderr(std::process::Stdio::inherit())
        .output()
        .await?;
    if !output.status.success() {
        bail!("lajur {} failed", args.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The same, with a line for its standard input.
pub async fn tell_with(url: &str, args: &[&str], line: &str) -> anyhow::Result<()> {
    let mut child = lajur()
        .args(args)
        .env("DATABASE_URL", url)
        .stdin(std::process::Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().context("no standard input")?;
    input.write_all(format!("{line}\n").as_bytes()).await?;
    drop(input);
    if !child.wait().await?.success() {
        bail!("lajur {} failed", args.join(" "));
    }
    Ok(())
}

impl Season {
    /// A database of its own with all of it.
    pub async fn copy(&self, cluster: &Cluster, name: &str) -> anyhow::Result<Database> {
        cluster.drop(name).await?;
        Database::open(cluster.create(name, Some("season")).await?).await
    }
}

/// One start.
struct Start {
    ready: Duration,
    first_answer: Duration,
    /// Of the server and of PostgreSQL together, in seconds.
    cpu: Option<f64>,
    grown: f64,
    peak: f64,
    hot_tasks: i64,
}

impl Start {
    fn per_task(&self) -> f64 {
        self.grown / self.hot_tasks as f64
    }

    /// What a figure would be with 100,000 tasks.
    fn scaled(&self, figure: f64) -> f64 {
        figure * 100_000.0 / self.hot_tasks as f64
    }
}

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    println!("start of a tenant");
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start(cluster, season).await?);
    }
    starts.sort_by_key(|start| start.first_answer);
    let fastest = starts.first().context("no starts")?;
    let median = starts.get(STARTS / 2).context("no starts")?;
    document.fact("hot_tasks", count(median.hot_tasks as f64));
    document.section("start", &table(fastest, median));

    let seconds = median.scaled(median.first_answer.as_secs_f64());
    let mib = median.scaled(median.grown) / MIB;
    let each = median.per_task();
    let (what, found) = (
        "first answer of a tenant, for each 100,000 tasks",
        ms(seconds * 1e3),
    );
    document.target(what, "< 1,000 ms", seconds < 1.0, &format!("{found} ms"));
    let what = "memory of a tenant, for each 100,000 tasks";
    document.target(what, "< 150 MiB", mib < 150.0, &format!("{mib:.0} MiB"));
    let what = "memory of a hot task, all in";
    document.target(what, "< 600 B", each < 600.0, &format!("{each:.0} B"));
    Ok(())
}

fn table(fastest: &Start, median: &Start) -> Table {
    let mut table = Table::new(&["", "median", "fastest"]);
    let mut row = |name: &str, figure: &dyn Fn(&Start) -> String| {
        table.row([name.to_owned(), figure(median), figure(fastest)]);
    };
    row("process started until it is ready, ms", &|start| {
        ms(start.ready.as_secs_f64() * 1e3)
    });
    row("first answer, the tenant not in memory, ms", &|start| {
        ms(start.first_answer.as_secs_f64() * 1e3)
    });
    row("CPU for it, server and PostgreSQL, ms", &|start| {
        start.cpu.map_or("–".to_owned(), |cpu| ms(cpu * 1e3))
    });
    row("resident memory for the tenant, MiB", &|start| {
        format!("{:.0}", start.grown / MIB)
    });
    row("at the peak of loading, MiB", &|start| {
        format!("{:.0}", start.peak / MIB)
    });
    row("a hot task, all in, bytes", &|start| {
        format!("{:.0}", start.per_task())
    });
    table
}

async fn start(cluster: &Cluster, season: &Season) -> anyhow::Result<Start> {
    let database = season.copy(cluster, "start").await?;
    cluster.settle().await?;
    let began = Instant::now();
    let server = Server::lajur(database, &[]).await?;
    let ready = began.elapsed();
    let memory = || machine::memory(server.pid).context("the server's memory cannot be seen");
    // the caller is known then, the tenant not yet
    ask(server.addr, &get("/api/v1/me", &season.headers)).await?;
    let (before, cpu_before) = (memory()?, server.both_cpu_seconds().await?);
    let asked = Instant::now();
    let path = "/api/v1/pipeline/tasks?status=all&limit=20";
    let answer = ask(server.addr, &get(path, &season.headers)).await?;
    let first_answer = asked.elapsed();
    let cpu_after = server.both_cpu_seconds().await?;
    let answer: serde_json::Value = serde_json::from_str(&answer)?;
    let hot_tasks = answer["meta"]["total"].as_i64().context("no total")?;
    // what was only needed for loading is given back by and by
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = memory()?;
    Ok(Start {
        ready,
        first_answer,
        cpu: cpu_before
            .zip(cpu_after)
            .map(|(before, after)| after - before),
        grown: after.resident - before.resident,
        peak: after.peak - before.resident,
        hot_tasks,
    })
}
