//! Sockets: one commit to many, idle ones, bursts, clients that come back, two nodes, and one that does not
//! read. The peer is a plain Node server with `ws` that sends the same bytes to as many.

pub mod client;
mod fanout;
mod relay;
mod returning;
mod stalled;

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::database::{Cluster, Database};
use super::document::Document;
use super::load::{self, get};
use super::machine;
use super::process::{Process, Server};
use super::start::Season;
use client::Door;

const SETTLING: Duration = Duration::from_secs(6);
/// As many as a benchmark needs: all clients have one key.
const NO_LIMITS: [(&str, &str); 2] = [
    ("LAJUR_REALTIME__CONNECTIONS_PER_USER", "1000000"),
    ("LAJUR_REALTIME__CONNECTIONS_PER_TENANT", "1000000"),
];

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    fanout::measure(cluster, season, document).await?;
    returning::measure(cluster, season, document).await?;
    stalled::measure(cluster, season, document).await?;
    relay::measure(cluster, season, document).await?;
    cluster.drop("lajur").await
}

/// A part of its own, because it takes five minutes.
pub async fn stay(cluster: &Cluster, season: &Season) -> anyhow::Result<()> {
    fanout::stay(cluster, season).await?;
    cluster.drop("lajur").await
}

/// Lajur with its tenant in memory, and what to ask of it.
struct Node<'s> {
    server: Server,
    season: &'s Season,
    tasks: Vec<String>,
}

impl<'s> Node<'s> {
    async fn start(
        cluster: &Cluster,
        season: &'s Season,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        Self::on(season.copy(cluster, "lajur").await?, season, settings).await
    }

    async fn on(
        database: Database,
        season: &'s Season,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let settings: Vec<_> = NO_LIMITS.iter().chain(settings).copied().collect();
        let server = Server::lajur(database, &settings).await?;
        let path = "/api/v1/pipeline/tasks?status=open&limit=100";
        let page = load::ask(server.addr, &get(path, &season.headers)).await?;
        let page: Value = serde_json::from_str(&page)?;
        let tasks = page["data"].as_array().context("no tasks")?;
        let tasks = tasks.iter().filter_map(|task| task["id"].as_str());
        // the day before is looked up after the first answer, and takes memory of its own
        tokio::time::sleep(SETTLING).await;
        Ok(Self {
            tasks: tasks.map(str::to_owned).collect(),
            server,
            season,
        })
    }

    /// Clients subscribe to all of the tenant's tasks, from now or after a position.
    fn door(&self, after: Option<&Position>) -> Door {
        let channel = format!("realtime:{}:pipeline:tasks", self.season.slug);
        let mut subscribe = json!({"channel": channel});
        if let Some(Position { epoch, offset }) = after {
            subscribe["recover"] = true.into();
            subscribe["epoch"] = epoch.as_str().into();
            subscribe["offset"] = (*offset).into();
        }
        let connect = json!({"id": 1, "connect": {"token": self.season.key}});
        let subscribe = json!({"id": 2, "subscribe": subscribe});
        Door {
            addr: self.server.addr,
            path: "/connection/websocket",
            hello: Some(format!("{connect}\n{subscribe}")),
        }
    }

    async fn position(&self) -> anyhow::Result<Position> {
        let path = "/api/v1/pipeline/tasks?limit=1";
        let page = load::ask(self.server.addr, &get(path, &self.season.headers)).await?;
        let meta = &serde_json::from_str::<Value>(&page)?["meta"];
        Ok(Position {
            epoch: meta["epoch"].as_str().context("no epoch")?.to_owned(),
            offset: meta["seq"].as_i64().context("no seq")?,
        })
    }

    /// One event; returns its number.
    async fn comment(&self, number: usize) -> anyhow::Result<i64> {
        let task = &self.tasks[number % self.tasks.len()];
        let path = format!("/api/v1/pipeline/tasks/{task}/comments");
        let body = json!({"body": format!("Comment {number}")}).to_string();
        let answer: Value = serde_json::from_str(&self.post(&path, &body).await?)?;
        answer["meta"]["seq"].as_i64().context("no seq")
    }

    /// As many events as `tasks`, in one commit: their notes are changed to a text of that length.
    /// Returns the number of the last.
    async fn annotate(&self, tasks: usize, number: usize, length: usize) -> anyhow::Result<i64> {
        let ids = &self.tasks[..tasks];
        let notes = format!("{number:0>length$}");
        let body = json!({"action": "update", "ids": ids, "notes": notes}).to_string();
        let answer = self.post("/api/v1/pipeline/tasks/bulk", &body).await?;
        let answer: Value = serde_json::from_str(&answer)?;
        let results = answer["data"].as_array().context("no results")?;
        if let Some(refused) = results.iter().find(|result| result["ok"] != true) {
            bail!("{refused}");
        }
        answer["meta"]["seq"].as_i64().context("no seq")
    }

    async fn post(&self, path: &str, body: &str) -> anyhow::Result<String> {
        let headers = &self.season.headers;
        load::ask(self.server.addr, &load::post_json(path, headers, body)).await
    }
}

fn resident(server: &Process) -> anyhow::Result<f64> {
    let memory = machine::memory(server.pid).context("the server's memory cannot be seen")?;
    Ok(memory.resident)
}

/// Where a client is in the log.
struct Position {
    epoch: String,
    offset: i64,
}
