//! Two nodes: commands go to one, and a client of the other sees what they did.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::try_join_all;

use super::client::Clients;
use super::{Cluster, Document, Node, Season};
use crate::database::Database;
use crate::sample::percentile;
use crate::table::ms;

const PER_SECOND: usize = 200;
const LASTS: Duration = Duration::from_secs(10);

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    println!("two nodes");
    let Ok(redis) = std::env::var("REDIS_URL") else {
        document.fact("relay", "without Redis, not measured".to_owned());
        println!("  without REDIS_URL there is no relay");
        return Ok(());
    };
    let settings = [("REDIS_URL", redis.as_str())];
    let writer = Node::start(cluster, season, &settings).await?;
    let database = Database::open(writer.server.database.url.clone()).await?;
    let watched = Node::on(database, season, &settings).await?;
    let mut client = Clients::connect(&watched.door(None), 1).await?;

    let events = PER_SECOND * usize::try_from(LASTS.as_secs())?;
    let sent = send(&writer, events).await?;
    let last = sent
        .iter()
        .map(|(seq, _)| *seq)
        .max()
        .context("no events")?;
    let seen = see(&mut client, last).await?;
    let latencies = sent.iter().map(|(seq, at)| {
        let seen = seen.get(seq).context("an event has not been seen")?;
        Ok(seen.duration_since(*at).as_secs_f64() * 1e3)
    });
    let mut latencies_ms: Vec<f64> = latencies.collect::<anyhow::Result<_>>()?;
    latencies_ms.sort_by(f64::total_cmp);
    let (p50, p99) = (
        percentile(&latencies_ms, 0.5),
        percentile(&latencies_ms, 0.99),
    );
    document.fact("relay", format!("p50 {} ms, p99 {} ms", ms(p50), ms(p99)));
    let what = "event on another node at 200 commits/s, p99";
    document.target(what, "< 50 ms", p99 < 50.0, &format!("{} ms", ms(p99)));
    Ok(())
}

/// One command every so often, whether the last one is answered or not. When each was sent, by its seq.
async fn send(node: &Node<'_>, events: usize) -> anyhow::Result<Vec<(i64, Instant)>> {
    let began = Instant::now();
    let commands = (0..events).map(async |number| {
        let due = began + LASTS.mul_f64(number as f64 / events as f64);
        tokio::time::sleep_until(due.into()).await;
        let sent = Instant::now();
        anyhow::Ok((node.comment(number).await?, sent))
    });
    try_join_all(commands).await
}

/// When the client has read each event, up to this one.
async fn see(client: &mut Clients, last: i64) -> anyhow::Result<HashMap<i64, Instant>> {
    let mut seen = HashMap::new();
    for report in client.until(last).await? {
        let first = report.offset + 1 - i64::try_from(report.events)?;
        seen.extend((first..=report.offset).map(|seq| (seq, report.at)));
    }
    Ok(seen)
}
