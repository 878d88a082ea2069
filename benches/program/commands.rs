//! Commands: complete a task, take it up again, complete it, and so on, by 1
//! to 1,024 callers who each have tasks of their own.
//!
//! The ways take turns in short rounds, so that whatever else the machine does
//! meets all of them. What the peers do is one row and one event, so Lajur's
//! tasks beside them are such that do not end a stage; those that do are a row
//! of their own, without a peer.

use std::time::Duration;

use anyhow::{bail, ensure};

use super::Wanted;
use super::database::Cluster;
use super::document::Document;
use super::load::{Script, post};
use super::pgbench::{PGBENCH, Pgbench};
use super::process::{LAJUR, NAIVE, NODE, Server};
use super::sample::Sample;
use super::start::Season;
use super::table::{Table, count, ms, ratio, us};

const CALLERS: [usize; 4] = [1, 16, 128, 1_024];
/// Of pgbench, beside that many callers of the others.
const CLIENTS: [(usize, usize); 2] = [(1, 1), (128, 64)];
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_millis(1_500);
/// Tasks of all callers together.
const TASKS: usize = 8_192;
/// Commands that bring others about: a stage ends or begins again, and the jamaah's status is judged anew.
const ENDING: &str = "Lajur, stages end";

/// Who does what.
struct Way<'a> {
    name: &'static str,
    server: &'a Server,
    tasks: &'a [String],
}

/// One way at one number of callers.
struct Measured {
    name: &'static str,
    callers: usize,
    sample: Sample,
}

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    wanted: &Wanted,
    document: &mut Document,
) -> anyhow::Result<()> {
    println!("commands");
    let lajur = Server::lajur(season.copy(cluster, "lajur").await?, &[]).await?;
    let (mut servers, mut pgbench) = (vec![lajur], None);
    if !wanted.alone {
        servers.push(Server::naive(cluster, season).await?);
        servers.extend(Server::node(cluster, season).await?);
        pgbench = Pgbench::prepare(cluster).await?;
    }
    let (plain, ending) = (
        open_tasks(&servers[0], true).await?,
        open_tasks(&servers[0], false).await?,
    );
    let heads = heads(&servers).await?;
    let mut ways: Vec<Way<'_>> = servers
        .iter()
        .map(|server| Way {
            name: server.name,
            server,
            tasks: &plain,
        })
        .collect();
    ways.push(Way {
        name: ENDING,
        server: &servers[0],
        tasks: &ending,
    });

    let mut all = Vec::new();
    for callers in CALLERS
        .into_iter()
        .filter(|callers| wanted.callers(*callers))
    {
        let found = measure_callers(cluster, season, &ways, pgbench.as_ref(), callers);
        all.extend(found.await?);
    }
    for (server, head) in servers.iter().zip(heads) {
        check(server, head, &all, document).await?;
    }
    report(&all, document);
    for name in ["lajur", "naive", "node", "bare"] {
        cluster.drop(name).await?;
    }
    Ok(())
}

/// Open tasks, each of another jamaah, so that callers meet only in the log: such that leave others of
/// their stage open, or the last of it.
async fn open_tasks(server: &Server, leave_others: bool) -> anyhow::Result<Vec<String>> {
    let sql = format!(
        "SELECT min(t.id::text) FROM (\
             SELECT *, count(*) FILTER (WHERE required) OVER (PARTITION BY tenant_id, instance_id) > 1 AS leaves_others \
             FROM pipeline_tasks WHERE status IN ('pending', 'in_progress')) t \
         JOIN jamaah_pipeline_status s USING (tenant_id, jamaah_id) \
         WHERE required AND leaves_others = {leave_others} AND s.closed_at IS NULL AND s.status = 'on_track' \
         GROUP BY t.jamaah_id ORDER BY 1 LIMIT {TASKS}"
    );
    let tasks = server.database.texts(&sql).await?;
    ensure!(!tasks.is_empty(), "the season has no such tasks");
    Ok(tasks)
}

async fn heads(servers: &[Server]) -> anyhow::Result<Vec<i64>> {
    let mut heads = Vec::new();
    for server in servers {
        heads.push(server.database.check_log().await?);
    }
    Ok(heads)
}

async fn measure_callers(
    cluster: &Cluster,
    season: &Season,
    ways: &[Way<'_>],
    pgbench: Option<&Pgbench>,
    callers: usize,
) -> anyhow::Result<Vec<Measured>> {
    let clients = CLIENTS.iter().find(|(beside, _)| *beside == callers);
    let pgbench = pgbench.zip(clients.map(|(_, clients)| *clients));
    let mut scripts: Vec<Vec<Script>> = ways
        .iter()
        .map(|way| scripts(way.tasks, callers, &season.headers))
        .collect();
    let mut found: Vec<Measured> = ways
        .iter()
        .map(|way| Measured::new(way.name, callers))
        .collect();
    let mut bare = pgbench.map(|(_, clients)| Measured::new(PGBENCH, clients));
    cluster.settle().await?;
    for _ in 0..ROUNDS {
        for ((way, scripts), found) in ways.iter().zip(&mut scripts).zip(&mut found) {
            found.sample.add(way.server.measure(scripts, ROUND).await?);
        }
        if let (Some((pgbench, clients)), Some(bare)) = (pgbench, &mut bare) {
            bare.sample.add(pgbench.measure(clients, ROUND).await?);
        }
    }
    found.extend(bare);
    for Measured {
        name,
        callers,
        sample,
    } in &found
    {
        println!(
            "  {name:<24} {callers:>5} callers {:>9} commands/s",
            count(sample.per_second())
        );
    }
    Ok(found)
}

impl Measured {
    fn new(name: &'static str, callers: usize) -> Self {
        let sample = Sample::default();
        Self {
            name,
            callers,
            sample,
        }
    }
}

/// Deals the tasks out among the callers.
fn scripts(tasks: &[String], callers: usize, headers: &str) -> Vec<Script> {
    let dealt = (0..callers).map(|caller| {
        let own = tasks.iter().skip(caller).step_by(callers);
        let requests = own.flat_map(|id| {
            ["complete", "reopen"]
                .map(|action| post(&format!("/api/v1/pipeline/tasks/{id}/{action}"), headers))
        });
        Script::new(requests.collect(), 2)
    });
    dealt.collect()
}

/// Holds the log against what callers were told: every command is there, once.
async fn check(
    server: &Server,
    head: i64,
    all: &[Measured],
    document: &mut Document,
) -> anyhow::Result<()> {
    let name = server.name;
    let events = server.database.check_log().await? - head;
    let sql = format!(
        "SELECT count(*) FROM events WHERE seq > {head} AND kind IN ('task.completed', 'task.reopened')"
    );
    let commands = usize::try_from(server.database.number(&sql).await?)?;
    let own: Vec<&Sample> = all
        .iter()
        .filter(|measured| measured.name == name || name == LAJUR && measured.name == ENDING)
        .map(|measured| &measured.sample)
        .collect();
    let answered: usize = own
        .iter()
        .map(|sample| sample.count() + sample.warming)
        .sum();
    let errors: usize = own.iter().map(|sample| sample.error_count()).sum();
    if commands != answered {
        bail!("{name}: {answered} commands were answered with 200, {commands} are in the log");
    }
    document.check(format!(
        "{name}: {} commands answered with 200, warming up included, and as many in the log; {errors} answered with \
         anything else. {} events ({:.1} a command), numbered without a gap up to the head.",
        count(answered as f64),
        count(events as f64),
        events as f64 / commands as f64,
    ));
    for (line, times) in own.iter().flat_map(|sample| &sample.errors) {
        println!("  {name}: {times} times {line:?}");
    }
    Ok(())
}

fn report(all: &[Measured], document: &mut Document) {
    let mut table = Table::new(&[
        "way",
        "callers",
        "commands/s",
        "p50 ms",
        "p99 ms",
        "server µs",
        "PostgreSQL µs",
        "commands/s of Lajur",
        "CPU to Lajur's",
    ]);
    for measured in all {
        let Measured {
            name,
            callers,
            sample,
        } = measured;
        let beside = CLIENTS
            .iter()
            .find(|(_, clients)| *name == PGBENCH && clients == callers);
        let beside = beside.map_or(*callers, |(beside, _)| *beside);
        let Some(lajur) = find(all, LAJUR, beside) else {
            continue;
        };
        table.row([
            (*name).to_owned(),
            callers.to_string(),
            count(sample.per_second()),
            ms(sample.percentile_ms(0.5)),
            ms(sample.percentile_ms(0.99)),
            us(sample.server_us()),
            us(sample.postgres_us()),
            ratio(lajur.per_second() / sample.per_second()),
            sample
                .both_us()
                .zip(lajur.both_us())
                .map_or("–".to_owned(), |(own, of_lajur)| ratio(own / of_lajur)),
        ]);
    }
    document.section("commands", &table);
    targets(all, document);
}

fn find<'a>(all: &'a [Measured], name: &str, callers: usize) -> Option<&'a Sample> {
    all.iter()
        .find(|measured| measured.name == name && measured.callers == callers)
        .map(|measured| &measured.sample)
}

fn targets(all: &[Measured], document: &mut Document) {
    let mut at_least = |what: &str, name: &str, callers: usize, least: f64| {
        if let (Some(lajur), Some(other)) = (find(all, LAJUR, 128), find(all, name, callers)) {
            let times = lajur.per_second() / other.per_second();
            document.target(what, &format!("≥ {least} ×"), times >= least, &ratio(times));
        }
    };
    at_least(
        "commands/s at 128 callers, to the naive way",
        NAIVE,
        128,
        6.0,
    );
    at_least(
        "commands/s at 128 callers, to bare updates by 64 clients",
        PGBENCH,
        64,
        1.0,
    );
    at_least("commands/s at 128 callers, to Node", NODE, 128, 5.0);
    if let (Some(lajur), Some(naive)) = (find(all, LAJUR, 128), find(all, NAIVE, 128))
        && let (Some(own), Some(other)) = (lajur.both_us(), naive.both_us())
    {
        let share = own / other;
        document.target(
            "CPU of a command at 128 callers, to the naive way",
            "≤ 0.25 ×",
            share <= 0.25,
            &ratio(share),
        );
    }
    if let (Some(lajur), Some(naive)) = (find(all, LAJUR, 1), find(all, NAIVE, 1)) {
        let share = lajur.percentile_ms(0.5) / naive.percentile_ms(0.5);
        document.target(
            "p50 of a single caller, to the naive way",
            "≤ 1 ×",
            share <= 1.0,
            &ratio(share),
        );
    }
}
