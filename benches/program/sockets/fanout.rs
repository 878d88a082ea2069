//! One commit to 1,000 and to 10,000 sockets, what an idle one costs, and commits of 50 events at once.

use std::time::{Duration, Instant};

use anyhow::Context;

use super::client::{Clients, Door};
use super::{Cluster, Document, Node, Season, resident};
use crate::load::{self, post_json};
use crate::machine;
use crate::process::Process;
use crate::sample::percentile;
use crate::table::{Table, count, ms, us};

/// Sockets, events one after the other, and the time from one to the next: no two share a frame.
const CROWDS: [(usize, usize, Duration); 2] = [
    (1_000, 100, Duration::from_millis(300)),
    (10_000, 60, Duration::from_secs(1)),
];
/// For five minutes, an event a second to 10,000.
const STAY: (usize, usize, Duration) = (10_000, 300, Duration::from_secs(1));
const BURST: usize = 50;
const BURSTS: usize = 40;

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    println!("fan-out");
    let mut table = Table::new(&[
        "way",
        "sockets",
        "all connected after s",
        "KiB a socket",
        "events",
        "bytes of each",
        "CPU µs a message",
        "p50 ms",
        "p99 ms",
    ]);
    for (sockets, events, pause) in CROWDS {
        let node = Node::start(cluster, season, &[]).await?;
        let mut crowd = Crowd::gather(&node.server, &node.door(None), sockets).await?;
        let publish = async |number| node.comment(number).await;
        crowd.measure(&node.server, events, pause, publish).await?;
        table.row(crowd.row(&node.server));
        crowd.targets(document);
        if sockets == CROWDS[0].0 {
            bursts(&node, &mut crowd, document).await?;
        }
        let message = "x".repeat(crowd.bytes);
        drop((crowd, node));

        if let Some(peer) = Process::ws().await? {
            let (path, hello) = ("/", None);
            let door = Door {
                addr: peer.addr,
                path,
                hello,
            };
            let mut crowd = Crowd::gather(&peer, &door, sockets).await?;
            let publish = async |number| {
                load::ask(peer.addr, &post_json("/", "", &message)).await?;
                Ok(i64::try_from(number)? + 1)
            };
            crowd.measure(&peer, events, pause, publish).await?;
            table.row(crowd.row(&peer));
        }
    }
    document.section("fanout", &table);
    Ok(())
}

/// Whether 10,000 sockets stay up for five minutes: fails if one of them ends or lacks an event.
pub async fn stay(cluster: &Cluster, season: &Season) -> anyhow::Result<()> {
    let (sockets, events, pause) = STAY;
    println!(
        "{sockets} sockets for {} s",
        pause.as_secs() * events as u64
    );
    let node = Node::start(cluster, season, &[]).await?;
    let before = resident(&node.server)?;
    let mut crowd = Crowd::gather(&node.server, &node.door(None), sockets).await?;
    let publish = async |number| node.comment(number).await;
    crowd.measure(&node.server, events, pause, publish).await?;
    let kib = (resident(&node.server)? - before) / 1024.0 / sockets as f64;
    println!(
        "  every socket had each of {events} events; {:.1} KiB each at first, {kib:.1} at the end",
        crowd.kib
    );
    println!(
        "  p50 {} ms, p99 {} ms",
        ms(percentile(&crowd.latencies_ms, 0.5)),
        ms(crowd.p99_ms())
    );
    Ok(())
}

/// The sockets of one server, and what they found.
struct Crowd {
    clients: Clients,
    sockets: usize,
    /// Of the server's memory for each, in KiB.
    kib: f64,
    bytes: usize,
    cpu_us: f64,
    events: usize,
    messages: usize,
    latencies_ms: Vec<f64>,
}

impl Crowd {
    async fn gather(server: &Process, door: &Door, sockets: usize) -> anyhow::Result<Self> {
        let before = resident(server)?;
        let clients = Clients::connect(door, sockets).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let kib = (resident(server)? - before) / 1024.0 / sockets as f64;
        Ok(Self {
            clients,
            sockets,
            kib,
            bytes: 0,
            cpu_us: 0.0,
            events: 0,
            messages: 0,
            latencies_ms: Vec::new(),
        })
    }

    /// Publishes one event after the other, each when all have the one before; `publish` returns its
    /// number. Latency is from the moment at which the command is sent, so it holds the commit too.
    async fn measure(
        &mut self,
        server: &Process,
        events: usize,
        pause: Duration,
        mut publish: impl AsyncFnMut(usize) -> anyhow::Result<i64>,
    ) -> anyhow::Result<()> {
        let before = cpu_seconds(server)?;
        for number in 0..events {
            let began = Instant::now();
            let offset = publish(number).await?;
            for report in self.clients.until(offset).await? {
                self.messages += 1;
                if report.offset >= offset {
                    self.bytes = report.bytes;
                    let took = report.at.duration_since(began);
                    self.latencies_ms.push(took.as_secs_f64() * 1e3);
                }
            }
            tokio::time::sleep(pause.saturating_sub(began.elapsed())).await;
        }
        let cpu = cpu_seconds(server)? - before;
        self.events = events;
        self.cpu_us = cpu * 1e6 / self.messages as f64;
        self.latencies_ms.sort_by(f64::total_cmp);
        Ok(())
    }

    fn p99_ms(&self) -> f64 {
        percentile(&self.latencies_ms, 0.99)
    }

    fn row(&self, server: &Process) -> [String; 9] {
        [
            server.name.to_owned(),
            count(self.sockets as f64),
            format!("{:.1}", self.clients.connected_in.as_secs_f64()),
            format!("{:.1}", self.kib),
            count(self.events as f64),
            count(self.bytes as f64),
            us(Some(self.cpu_us)),
            ms(percentile(&self.latencies_ms, 0.5)),
            ms(self.p99_ms()),
        ]
    }

    fn targets(&self, document: &mut Document) {
        let (many, p99) = (self.sockets == CROWDS[1].0, self.p99_ms());
        let sockets = count(self.sockets as f64);
        let most = if many { 120.0 } else { 15.0 };
        let what = format!("event to {sockets} sockets, p99");
        document.target(
            &what,
            &format!("< {most} ms"),
            p99 < most,
            &format!("{} ms", ms(p99)),
        );
        if !many {
            return;
        }
        let (found, wanted) = (format!("{} µs", us(Some(self.cpu_us))), "≤ 12 µs");
        let what = format!("CPU of a message to {sockets} sockets");
        document.target(&what, wanted, self.cpu_us <= 12.0, &found);
        let found = format!("{:.1} KiB", self.kib);
        document.target(
            "memory of an idle socket",
            "≤ 20 KiB",
            self.kib <= 20.0,
            &found,
        );
        let took = self.clients.connected_in.as_secs_f64();
        let what = format!("{sockets} sockets connected and subscribed");
        document.target(&what, "< 10 s", took < 10.0, &format!("{took:.1} s"));
    }
}

/// Commits of 50 events each.
async fn bursts(node: &Node<'_>, crowd: &mut Crowd, document: &mut Document) -> anyhow::Result<()> {
    let before = cpu_seconds(&node.server)?;
    let (mut messages, mut events) = (0, 0);
    for number in 0..BURSTS {
        let last = node.annotate(BURST, number, 8).await?;
        let reports = crowd.clients.until(last).await?;
        messages += reports.len();
        events += reports.iter().map(|report| report.events).sum::<usize>();
    }
    let cpu = (cpu_seconds(&node.server)? - before) * 1e6 / events as f64;
    let frames = messages as f64 / (crowd.sockets * BURSTS) as f64;
    document.fact("burst_frames", format!("{frames:.1}"));
    document.fact("burst_us", us(Some(cpu)));
    let what = format!("CPU of an event to a socket, {BURST} in a commit");
    document.target(
        &what,
        "≤ 1.5 µs",
        cpu <= 1.5,
        &format!("{} µs", us(Some(cpu))),
    );
    Ok(())
}

fn cpu_seconds(server: &Process) -> anyhow::Result<f64> {
    machine::cpu_seconds(server.pid).context("the server's CPU time cannot be seen")
}
