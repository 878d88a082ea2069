//! The season that everything is measured on, and how long a tenant takes from
//! its first request to the answer when nothing of it is in memory yet.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::database::{Cluster, Database};
use super::document::Document;
use super::load::{ask, get};
use super::machine;
use super::server::{Server, lajur};
use super::table::{Table, bytes, ms};

const SLUG: &str = "bench";
/// Of which those on the move have about 100,000 tasks.
const JAMAAH: u32 = 10_000;
const STARTS: usize = 5;

/// A seeded database that nobody writes to: the others are copies of it.
pub struct Season {
    /// What a caller sends with each request.
    pub headers: String,
    pub jamaah: i64,
    pub tasks: i64,
}

/// Makes the season.
pub async fn seed(cluster: &Cluster) -> anyhow::Result<Season> {
    println!("seeding {JAMAAH} jamaah");
    let url = cluster.create("season", None).await?;
    tell(&url, &["migrate"]).await?;
    let jamaah = JAMAAH.to_string();
    tell(&url, &["seed", "--tenant", SLUG, "--jamaah", &jamaah]).await?;
    let key = tell(&url, &["api-key", "add", "--tenant", SLUG, "--name", SLUG]).await?;
    let database = Database::open(url).await?;
    // the program would load the tenant by itself when the next task falls due
    database
        .execute("UPDATE tenants SET next_deadline_at = NULL")
        .await?;
    database.execute("VACUUM ANALYZE").await?;
    Ok(Season {
        headers: format!("Authorization: Bearer {}\r\n", key.trim()),
        jamaah: database.number("SELECT count(*) FROM jamaah").await?,
        tasks: database
            .number("SELECT count(*) FROM pipeline_tasks")
            .await?,
    })
}

async fn tell(url: &str, args: &[&str]) -> anyhow::Result<String> {
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
    grown: f64,
    peak: f64,
    hot_tasks: i64,
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
    let median = starts.get(STARTS / 2).context("no starts")?;
    let slowest = starts.last().context("no starts")?;
    let mut table = Table::new(&["", "median", "slowest"]);
    let per_task = |start: &Start| start.grown / start.hot_tasks as f64;
    table.row([
        "first answer, the tenant not in memory".to_owned(),
        ms(median.first_answer.as_secs_f64() * 1e3),
        ms(slowest.first_answer.as_secs_f64() * 1e3),
    ]);
    table.row([
        "process started until it is ready".to_owned(),
        ms(median.ready.as_secs_f64() * 1e3),
        ms(slowest.ready.as_secs_f64() * 1e3),
    ]);
    for (name, figure) in [
        ("resident memory for the tenant", bytes(median.grown)),
        ("at the peak of loading", bytes(median.peak)),
        ("a hot task, all in", format!("{:.0} B", per_task(median))),
    ] {
        table.row([name.to_owned(), figure, String::new()]);
    }
    document.target(
        "a tenant's first answer",
        "< 1 s",
        median.first_answer.as_secs_f64() < 1.0,
        &ms(median.first_answer.as_secs_f64() * 1e3),
    );
    document.target(
        "its memory",
        "< 150 MiB",
        median.grown < 150.0 * 1024.0 * 1024.0,
        &bytes(median.grown),
    );
    document.target(
        "a hot task, all in",
        "< 600 B",
        per_task(median) < 600.0,
        &format!("{:.0} B", per_task(median)),
    );
    document.section("start", &table);
    document.fact("hot_tasks", median.hot_tasks.to_string());
    Ok(())
}

async fn start(cluster: &Cluster, season: &Season) -> anyhow::Result<Start> {
    let database = season.copy(cluster, "start").await?;
    cluster.settle().await?;
    let began = Instant::now();
    let server = Server::lajur(database).await?;
    let ready = began.elapsed();
    let memory = || machine::memory(server.pid).context("the server's memory cannot be seen");
    // the caller is known then, the tenant not yet
    ask(server.addr, &get("/api/v1/me", &season.headers)).await?;
    let before = memory()?;
    let asked = Instant::now();
    let path = "/api/v1/pipeline/tasks?status=all&limit=20";
    let answer = ask(server.addr, &get(path, &season.headers)).await?;
    let first_answer = asked.elapsed();
    let answer: serde_json::Value = serde_json::from_str(&answer)?;
    let hot_tasks = answer["meta"]["total"].as_i64().context("no total")?;
    // what was only needed for loading is given back by and by
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = memory()?;
    Ok(Start {
        ready,
        first_answer,
        grown: after.resident - before.resident,
        peak: after.peak - before.resident,
        hot_tasks,
    })
}
