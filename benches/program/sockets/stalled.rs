//! One client reads nothing while 200 MB of events are due to it: what that costs the server and the others.

use std::time::{Duration, Instant};

use super::client::Clients;
use super::{Cluster, Document, Node, Season, resident};
use crate::sample::percentile;
use crate::table::{ms, ratio};

const DUE: usize = 200_000_000;
const OTHERS: usize = 10;
/// In a commit, and the length of the text in each.
const EVENTS: usize = 100;
const NOTES: usize = 2_000;
/// Single events by which the others are measured.
const PROBES: usize = 500;
/// By default a client that takes nothing for 10 s is sent away.
const SETTINGS: [(&str, &str); 1] = [("LAJUR_REALTIME__SLOW_SECONDS", "300")];

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
    let (memory, before_ms) = (resident(&node.server)?, probe(&node, &mut others).await?);
    stalled.until_events(PROBES).await?;

    stalled.stop_reading();
    let events = write(&node, &mut others).await?;
    let grown = (resident(&node.server)? - memory) / 1024.0 / 1024.0;
    let beside_ms = probe(&node, &mut others).await?;
    let began = Instant::now();
    stalled.go_on_reading();
    stalled.until_events(events + PROBES).await?;
    let caught_up = began.elapsed();

    let share = beside_ms / before_ms;
    document.target(
        "memory for a client with 200 MB due",
        "< 4 MiB",
        grown < 4.0,
        &format!("{grown:.1} MiB"),
    );
    document.target(
        "p99 of the others beside it, to without it",
        "0.8 to 1.2 ×",
        (0.8..=1.2).contains(&share),
        &ratio(share),
    );
    document.check(format!(
        "The client that had not read took {events} events of 200 MB and {PROBES} more in {:.1} s when it read again: \
         every one once. The others' p99 was {} ms before and {} ms beside it.",
        caught_up.as_secs_f64(),
        ms(before_ms),
        ms(beside_ms),
    ));
    Ok(())
}

/// Makes 200 MB of events due to every client, and returns when the others have them. Says how many.
async fn write(node: &Node<'_>, others: &mut Clients) -> anyhow::Result<usize> {
    let (mut bytes, mut events) = (0, 0);
    while bytes < DUE {
        node.annotate(EVENTS, events, NOTES).await?;
        let reports = others.until_events(EVENTS * OTHERS).await?;
        bytes += reports.iter().map(|report| report.bytes).sum::<usize>() / OTHERS;
        events += EVENTS;
    }
    Ok(events)
}

/// The others' p99 in milliseconds.
async fn probe(node: &Node<'_>, others: &mut Clients) -> anyhow::Result<f64> {
    let mut latencies_ms = Vec::with_capacity(PROBES * OTHERS);
    for number in 0..PROBES {
        let began = Instant::now();
        node.comment(number).await?;
        for report in others.until_events(OTHERS).await? {
            latencies_ms.push(report.at.duration_since(began).as_secs_f64() * 1e3);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    latencies_ms.sort_by(f64::total_cmp);
    Ok(percentile(&latencies_ms, 0.99))
}
