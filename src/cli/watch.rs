//! `lajur watch`: the log in a terminal, for people and for debugging. Reads the
//! database, so it works beside a server, and without one.

use std::io::{BufWriter, Write};
use std::time::Duration;

use anyhow::{Context, bail};
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value};

use super::{Desk, accounts};
use crate::actors::feed::Entry;
use crate::db::events::{self, StoredEvent};
use crate::db::tenants;
use crate::domain::pipeline::tenant::Tenant;
use crate::domain::principal::{Actor, Principal};
use crate::realtime::channel::{Channel, ChannelKind};
use crate::realtime::visibility::{Sight, sight};

/// Between two looks at the log.
const PAUSE: Duration = Duration::from_millis(200);
/// Events read at once.
const PAGE: i64 = 500;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whose log.
    #[arg(long)]
    tenant: String,
    /// Only what this channel carries, such as pipeline:tasks or
    /// pipeline:tasks:visa-admin; everything unless given.
    #[arg(long)]
    channel: Option<String>,
    /// Begin after this event; with what comes from now on unless given. 0 shows
    /// all there is.
    #[arg(long)]
    after: Option<i64>,
    /// The events as clients get them, one JSON object a line.
    #[arg(long)]
    json: bool,
    /// Stop at the end of the log instead of waiting for more.
    #[arg(long)]
    no_wait: bool,
}

pub async fn run(desk: Desk, args: &Args) -> anyhow::Result<()> {
    let mut conn = desk.pools.journal_connection().await?;
    let id = accounts::find_tenant(&mut conn, &args.tenant).await?;
    drop(conn);
    let found = desk
        .pools
        .read("tenant", id, async |conn: &mut AsyncPgConnection| {
            tenants::with_head(conn, id).await
        })
        .await?;
    let (tenant, head) = found.with_context(|| format!("there is no tenant {}", args.tenant))?;
    let channel = args
        .channel
        .as_deref()
        .map(|name| log_channel(name, &tenant))
        .transpose()?;
    let mut position = args.after.unwrap_or(head);
    if position > head {
        bail!("--after: the log ends at {head}");
    }
    loop {
        let found = desk
            .pools
            .read("events", id, async |conn: &mut AsyncPgConnection| {
                events::after(conn, id, position, PAGE).await
            })
            .await?;
        if let Some(last) = found.last() {
            position = last.seq;
        }
        match show(&found, channel.as_ref(), &tenant, args.json) {
            // whoever read has seen enough
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
            shown => shown?,
        }
        if found.is_empty() {
            if args.no_wait {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn log_channel(name: &str, tenant: &Tenant) -> anyhow::Result<Channel> {
    let slug = &tenant.slug;
    let channel = Channel::parse(name, slug)
        .or_else(|| Channel::parse(&format!("realtime:{slug}:{name}"), slug))
        .with_context(|| format!("--channel: there is no channel {name}"))?;
    if channel.kind() == ChannelKind::State {
        bail!(
            "--channel: {name} carries a state, not a log; follow it at /api/v1/events?channel={name}"
        );
    }
    Ok(channel)
}

fn show(
    events: &[StoredEvent],
    channel: Option<&Channel>,
    tenant: &Tenant,
    json: bool,
) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let who = Principal::system();
    for event in events {
        let entry = Entry::of(event);
        let sight = channel.map_or(Sight::Whole, |channel| sight(channel, &who, &entry.facts()));
        if sight == Sight::Hidden {
            continue;
        }
        if json {
            let mut line = String::new();
            entry.write_data(sight, &mut line);
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{}", line(event, tenant))?;
        }
    }
    out.flush()
}

/// `09:41:07  8123  task.completed  Cek paspor  by user 019a…  status: "pending" → "completed"`
fn line(event: &StoredEvent, tenant: &Tenant) -> String {
    let at = event.occurred_at.with_timezone(&tenant.zone.0);
    let after: Map<String, Value> = serde_json::from_str(&event.after).unwrap_or_default();
    let what = ["title", "name", "code", "file_name", "body"]
        .into_iter()
        .find_map(|field| after.get(field)?.as_str())
        .map_or_else(|| event.row.subject_id().to_string(), str::to_owned);
    let who = match event.actor {
        Actor::User(id) => format!("user {id}"),
        Actor::ApiKey(id) => format!("key {id}"),
        Actor::System => "system".to_owned(),
    };
    let mut line = format!(
        "{}  {:>7}  {:<28} {what}  by {who}",
        at.format("%Y-%m-%d %H:%M:%S"),
        event.seq,
        event.kind.as_str(),
    );
    let before: Option<Map<String, Value>> = event
        .before
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    for (field, old) in before.unwrap_or_default() {
        if !matches!(field.as_str(), "version" | "updated_at") {
            let new = after.get(&field).unwrap_or(&Value::Null);
            line.push_str(&format!("  {field}: {old} → {new}"));
        }
    }
    line
}
