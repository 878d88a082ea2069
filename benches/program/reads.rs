//! Reads: the health of the pipeline, and pages of tasks by filter and order.

use std::time::Duration;

use anyhow::{Context, bail};

use super::Wanted;
use super::database::Cluster;
use super::document::Document;
use super::load::{self, Script, get};
use super::process::Server;
use super::sample::Sample;
use super::start::Season;
use super::table::{Table, count, ms, ratio, us};

const LASTS: Duration = Duration::from_secs(3);
const CONNECTIONS: [usize; 3] = [1, 32, 64];
/// That ask for pages.
const READERS: usize = 4;

const PAGES: [(&str, &str); 8] = [
    ("open, by risk", "limit=20"),
    (
        "open of a role, by due date",
        "limit=20&role=visa-admin&sort=due_at",
    ),
    ("urgent, by risk", "limit=20&status=urgent"),
    (
        "open of one stage and priority, by name",
        "limit=20&stage=hotel-booking&priority=normal&sort=name",
    ),
    (
        "all, by newest change, page 2,000",
        "limit=20&status=all&sort=-updated_at&page=2000",
    ),
    (
        "overdue, by priority",
        "limit=20&status=overdue&sort=-priority",
    ),
    (
        "unassigned, by newest",
        "limit=20&assignee=none&sort=-created_at",
    ),
    ("with a word in it", "limit=20&q=muhammad"),
];
/// Those that the peer answers too.
const ALSO_BY_PEER: [usize; 2] = [1, 3];

/// Lajur's tables have no indexes for pages, which it reads from memory; who
/// reads them from the database would have these.
const PEER_INDEXES: &str = "
    CREATE INDEX open_tasks_of_role ON pipeline_tasks (tenant_id, assigned_role, due_at)
        WHERE status IN ('pending', 'in_progress', 'blocked');
    CREATE INDEX open_tasks_of_stage ON pipeline_tasks (tenant_id, stage_id, priority)
        WHERE status IN ('pending', 'in_progress', 'blocked');
    ANALYZE pipeline_tasks";

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    wanted: &Wanted,
    document: &mut Document,
) -> anyhow::Result<()> {
    println!("reads");
    let lajur = Server::lajur(season.copy(cluster, "lajur").await?, &[]).await?;
    let node = match wanted.alone {
        true => None,
        false => Server::node(cluster, season).await?,
    };
    if let Some(node) = &node {
        node.database.execute(PEER_INDEXES).await?;
    }
    measure_health(&lajur, season, document).await?;
    measure_pages(&lajur, node.as_ref(), season, document).await?;
    for name in ["lajur", "node"] {
        cluster.drop(name).await?;
    }
    Ok(())
}

async fn measure_health(
    lajur: &Server,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    let mut table = Table::new(&["connections", "requests/s", "p50 ms", "p99 ms", "server µs"]);
    for connections in CONNECTIONS {
        let sample = ask(lajur, "/api/v1/pipeline/health", season, connections).await?;
        println!(
            "  health {connections:>4} connections {:>9} requests/s",
            count(sample.per_second())
        );
        table.row([
            connections.to_string(),
            count(sample.per_second()),
            ms(sample.percentile_ms(0.5)),
            ms(sample.percentile_ms(0.99)),
            us(sample.server_us()),
        ]);
        if let (true, Some(cpu)) = (connections > 1, sample.server_us()) {
            let what = format!("CPU of a request for health, {connections} connections");
            document.target(
                &what,
                "≤ 15 µs",
                cpu <= 15.0,
                &format!("{} µs", us(Some(cpu))),
            );
        }
    }
    document.section("health", &table);
    Ok(())
}

async fn measure_pages(
    lajur: &Server,
    node: Option<&Server>,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        "page",
        "tasks",
        "way",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "server µs",
        "PostgreSQL µs",
        "CPU to Lajur's",
    ]);
    let (mut slowest, mut dearest) = (0.0_f64, 0.0_f64);
    for (place, (name, query)) in PAGES.iter().enumerate() {
        let path = format!("/api/v1/pipeline/tasks?{query}");
        let total = total(lajur, &path, season).await?;
        let mut found = vec![(lajur.name, ask(lajur, &path, season, READERS).await?)];
        if let Some(node) = node.filter(|_| ALSO_BY_PEER.contains(&place)) {
            found.push((node.name, ask(node, &path, season, READERS).await?));
        }
        let of_lajur = found[0].1.both_us();
        slowest = slowest.max(found[0].1.percentile_ms(0.99));
        dearest = dearest.max(found[0].1.server_us().unwrap_or(0.0));
        for (way, sample) in found {
            println!(
                "  page {name:<36} {way:<6} {:>9} requests/s",
                count(sample.per_second())
            );
            table.row([
                (*name).to_owned(),
                count(total),
                way.to_owned(),
                count(sample.per_second()),
                ms(sample.percentile_ms(0.5)),
                ms(sample.percentile_ms(0.99)),
                us(sample.server_us()),
                us(sample.postgres_us()),
                sample
                    .both_us()
                    .zip(of_lajur)
                    .map_or("–".to_owned(), |(own, of_lajur)| ratio(own / of_lajur)),
            ]);
        }
    }
    document.section("pages", &table);
    document.target(
        "p99 of a page, the slowest of them",
        "< 5 ms",
        slowest < 5.0,
        &format!("{} ms", ms(slowest)),
    );
    document.target(
        "CPU of a page, the dearest of them",
        "≤ 300 µs",
        dearest <= 300.0,
        &format!("{} µs", us(Some(dearest))),
    );
    Ok(())
}

async fn ask(
    server: &Server,
    path: &str,
    season: &Season,
    connections: usize,
) -> anyhow::Result<Sample> {
    let request = get(path, &season.headers);
    let mut scripts: Vec<Script> = (0..connections)
        .map(|_| Script::new(vec![request.clone()], 1))
        .collect();
    let sample = server.measure(&mut scripts, LASTS).await?;
    if let Some((line, times)) = sample.errors.first_key_value() {
        bail!("{} answered {times} times {line:?} to {path}", server.name);
    }
    Ok(sample)
}

/// How many tasks there are on all pages of this one.
async fn total(server: &Server, path: &str, season: &Season) -> anyhow::Result<f64> {
    let answer = load::ask(server.addr, &get(path, &season.headers)).await?;
    let answer: serde_json::Value = serde_json::from_str(&answer)?;
    answer["meta"]["total"].as_f64().context("no total")
}
