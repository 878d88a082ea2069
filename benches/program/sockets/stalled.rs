//! One client reads nothing while 200 MB of events are due to it: what that costs the server and the others.

use std::time::{Duration, Instant};

use anyhow::ensure;

use super::client::Clients;
use super::{Cluster, Document, Node, Season, resident};
use crate::sample::percentile;
use crate::table::{count, ms, ratio};

const DUE: usize = 200_000_000;
const OTHERS: usize = 10;
/// In a commit, and the length of the text in each.
const EVENTS: usize = 100;
const NOTES: usize = 2_000;
/// Single events by which the others are measured.
const PROBES: usize = 500;
/// As it comes, a client that takes nothing for 10 s, or does not answer a ping, is sent away.
const SETTINGS: [(&str, &str); 2] = [
    ("LAJUR_REALTIME__SLOW_SECONDS", "300"),
    ("LAJUR_REALTIME__PING_SECONDS", "300"),
];

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    println!("a client that does not read");
    let node = Node::start(cluster, season, &SETTINGS).await?;
    let mut others = Clients::connect(&node.door(None), OTHERS).await?;
    // the first time the server takes what memory it needs for such events at all
    write(&node, &mut others).await?;
    let mut stalled = Clients::connect(&node.door(None), 1).await?;
    let (memory, before) = (resident(&node.server)?, probe(&node, &mut others).await?);
    stalled.until(before.last).await?;

    stalled.stop_reading();
    let events = write(&node, &mut others).await?;
    let grown = (resident(&node.server)? - memory) / 1024.0 / 1024.0;
    let beside = probe(&node, &mut others).await?;
    let began = Instant::now();
    stalled.go_on_reading();
    let reports = stalled.until(beside.last).await?;
    let caught_up = began.elapsed().as_secs_f64();
    let read: usize = reports.iter().map(|report| report.events).sum();
    let due = events + beside.events;
    ensure!(read == due, "{read} events of {due} were read");

    let (what, found) = (
        "memory for a client with 200 MB due",
        format!("{grown:.1} MiB"),
    );
    document.target(what, "< 4 MiB", grown < 4.0, &found);
    let (what, share) = (
        "p99 of the others beside it, to without it",
        beside.p99_ms / before.p99_ms,
    );
    document.target(what, "≤ 1.2 ×", share <= 1.2, &ratio(share));
    document.fact(
        "stalled",
        format!(
            "when it read again it had all {} events, every one once, after {caught_up:.1} s; the others' p99 was {} ms \
             before, and {} ms beside it",
            count(due as f64),
            ms(before.p99_ms),
            ms(beside.p99_ms),
        ),
    );
    Ok(())
}

/// Makes 200 MB of events due to every client, and returns when the others have them. Says how many.
async fn write(node: &Node<'_>, others: &mut Clients) -> anyhow::Result<usize> {
    let (mut bytes, mut events) = (0, 0);
    while bytes < DUE * OTHERS {
        let last = node.annotate(EVENTS, events, NOTES).await?;
        for report in others.until(last).await? {
            bytes += report.bytes;
            events += report.events;
        }
    }
    Ok(events / OTHERS)
}

/// What the others found.
struct Probe {
    p99_ms: f64,
    /// Each of them has read.
    events: usize,
    /// The number of the last one.
    last: i64,
}

async fn probe(node: &Node<'_>, others: &mut Clients) -> anyhow::Result<Probe> {
    let (mut latencies_ms, mut events, mut last) = (Vec::new(), 0, 0);
    for number in 0..PROBES {
        let began = Instant::now();
        last = node.comment(number).await?;
        for report in others.until(last).await? {
            latencies_ms.push(report.at.duration_since(began).as_secs_f64() * 1e3);
            events += report.events;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    latencies_ms.sort_by(f64::total_cmp);
    Ok(Probe {
        p99_ms: percentile(&latencies_ms, 0.99),
        events: events / OTHERS,
        last,
    })
}
