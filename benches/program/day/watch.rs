//! What the servers say of themselves while they are at work, and whether Prometheus, where it is installed, would have
//! told somebody: with the rules of the repository as they are, scraped every second.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;
use tokio::process::{Child, Command};

use super::super::load::{self, get};
use super::super::machine;
use super::super::process::free_addr;

const PATIENCE: Duration = Duration::from_secs(20);
/// The alerts that have fired, be it for a moment.
const FIRED: &str = r#"count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[1d]))"#;

pub struct Watch {
    servers: Vec<SocketAddr>,
    prometheus: Option<(SocketAddr, Child)>,
}

/// Counters of all servers together.
#[derive(Default)]
pub struct Counts {
    hits: f64,
    looks: f64,
    /// Upper bounds of the buckets of the fan-out, and how many were below.
    fanout: Vec<(f64, f64)>,
}

impl Watch {
    pub async fn start(servers: &[SocketAddr]) -> anyhow::Result<Self> {
        let prometheus = match machine::version("prometheus") {
            Some(_) => Some(prometheus(servers).await?),
            None => {
                println!("  without Prometheus: it is not installed");
                None
            }
        };
        Ok(Self {
            servers: servers.to_vec(),
            prometheus,
        })
    }

    pub async fn counts(&self) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        for server in &self.servers {
            let text = load::ask(*server, &get("/metrics", "")).await?;
            for line in text.lines() {
                counts.add(line);
            }
        }
        Ok(counts)
    }

    /// Names of those that have fired; `None` where nobody watches. What only would have if it had gone on is none.
    pub async fn alerts(&self) -> anyhow::Result<Option<Vec<String>>> {
        let Some((address, _)) = &self.prometheus else {
            return Ok(None);
        };
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", FIRED)
            .finish();
        let answer = load::ask(*address, &get(&format!("/api/v1/query?{query}"), "")).await?;
        let answer: Value = serde_json::from_str(&answer)?;
        let alerts = answer["data"]["result"].as_array().context("no alerts")?;
        let name = |alert: &Value| {
            alert["metric"]["alertname"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        Ok(Some(alerts.iter().map(name).collect()))
    }
}

impl Counts {
    fn add(&mut self, line: &str) {
        let Some((series, value)) = line.rsplit_once(' ') else {
            return;
        };
        let Ok(value) = value.parse::<f64>() else {
            return;
        };
        if series.starts_with("cache_requests_total") {
            self.looks += value;
            if series.contains("\"hit\"") {
                self.hits += value;
            }
        }
        let bound = series.strip_prefix("fanout_latency_seconds_bucket{le=\"");
        if let Some(bound) = bound.and_then(|rest| rest.strip_suffix("\"}")) {
            let bound = bound.parse().unwrap_or(f64::INFINITY);
            match self.fanout.iter_mut().find(|(known, _)| *known == bound) {
                Some((_, below)) => *below += value,
                None => self.fanout.push((bound, value)),
            }
        }
    }

    pub fn hit_rate_since(&self, before: &Self) -> Option<f64> {
        let looks = self.looks - before.looks;
        (looks > 0.0).then(|| (self.hits - before.hits) / looks)
    }

    /// Seconds within which 95 of 100 messages were written: the bound of their bucket.
    pub fn fanout_since(&self, before: &Self) -> Option<f64> {
        let new = |place: usize| {
            let (bound, below) = self.fanout.get(place)?;
            let known = before.fanout.iter().find(|(known, _)| known == bound);
            Some((*bound, below - known.map_or(0.0, |(_, below)| *below)))
        };
        let all: Vec<_> = (0..self.fanout.len()).filter_map(new).collect();
        let total = all.last()?.1;
        let within = all.iter().find(|(_, below)| *below >= total * 0.95)?;
        (total > 0.0).then_some(within.0)
    }
}

async fn prometheus(servers: &[SocketAddr]) -> anyhow::Result<(SocketAddr, Child)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-prometheus");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let targets: Vec<String> = servers.iter().map(SocketAddr::to_string).collect();
    let rules = root.join("deploy/prometheus/rules");
    let config = std::fs::read_to_string(root.join("deploy/prometheus/prometheus.yml"))?
        .replace("15s", "1s")
        .replace("lajur-1:9464, lajur-2:9464", &targets.join(", "))
        .replace("alertmanager:9093", "127.0.0.1:1")
        .replace("- rules/", &format!("- {}/", rules.display()));
    std::fs::write(folder.join("prometheus.yml"), config)?;
    let address = free_addr().await?;
    let child = Command::new("prometheus")
        .args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"])
        .arg(format!("--web.listen-address={address}"))
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let ready = async {
        while load::ask(address, &get("/-/ready", "")).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ready = tokio::time::timeout(PATIENCE, ready).await;
    ready.context("Prometheus does not answer")?;
    Ok((address, child))
}
