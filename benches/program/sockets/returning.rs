//! 1,000 clients that were away come back at once, and each has missed the same 500 events.

use std::time::Instant;

use anyhow::ensure;

use super::client::Clients;
use super::{Cluster, Document, Node, Season};

const CLIENTS: usize = 1_000;
/// In commits of 50.
const COMMITS: usize = 10;
const EVENTS: usize = COMMITS * 50;

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    println!("clients that come back");
    let node = Node::start(cluster, season, &[]).await?;
    let position = node.position().await?;
    let mut head = position.offset;
    for number in 0..COMMITS {
        head = node.annotate(EVENTS / COMMITS, number, 8).await?;
    }
    // a process that has just started has none of it in memory
    let database = node.server.stop().await?;
    let node = Node::on(database, season, &[]).await?;
    let before = node.server.log_reads().await?;
    let began = Instant::now();
    let mut clients = Clients::connect(&node.door(Some(&position)), CLIENTS).await?;
    let reports = clients.until(head).await?;
    let took = began.elapsed().as_secs_f64();
    let after = node.server.log_reads().await?;
    let reads = after - before;
    let events: usize = reports.iter().map(|report| report.events).sum();
    ensure!(
        events >= CLIENTS * EVENTS,
        "{events} events for {CLIENTS} clients are too few"
    );

    document.fact("returning_s", format!("{took:.1}"));
    document.fact("returning_reads", format!("{reads:.0}"));
    let what = "1,000 clients back after 500 events, the last complete after";
    document.target(what, "< 5 s", took < 5.0, &format!("{took:.1} s"));
    let what = "reads of the log for them";
    document.target(what, "≤ 2", reads <= 2.0, &format!("{reads:.0}"));
    Ok(())
}
