//! The journal: one per node. It gathers what the tenants want written while a
//! commit is in flight, then writes all of it with one statement.
//!
//! `tenant → journal → PostgreSQL → tenant`
//!
//! A commit whose answer was lost is sent again as it was: the compare-and-set
//! on the head lets exactly one of the two through, and the batch id of the
//! event at that number says whose it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix::prelude::*;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::sync::oneshot;
use tracing::{Instrument, Span};

use super::node::Node;
use crate::db::events::StoredEvent;
use crate::db::journal::{self, EventText, TenantBatch};
use crate::trace;

/// What became of a tenant's batch.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Durable, with the events as they stand in the log.
    Committed(Vec<StoredEvent>),
    /// Another node wrote first; nothing of it is in.
    Conflict,
    /// PostgreSQL refused it for what it holds; nothing of it is in.
    Refused(String),
    /// It could not be sent; nothing of it is in.
    NotSent,
    /// It was sent, and what became of it could not be found out.
    Unknown,
}

#[derive(Message)]
#[rtype(result = "()")]
pub struct Write {
    pub batch: TenantBatch,
    pub reply: oneshot::Sender<Outcome>,
    /// Until it is settled.
    pub span: Span,
}

/// Finishes what is in flight and what has been gathered, then stops.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Finish;

/// Asks whether the log can be written: the answer comes when the database has
/// answered on the journal's own connection.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Prove {
    pub reply: oneshot::Sender<bool>,
}

pub struct JournalActor {
    node: Arc<Node>,
    connection: Option<AsyncPgConnection>,
    gathered: Vec<Write>,
    /// Who wait to hear how what is under way ends.
    asking: Vec<oneshot::Sender<bool>>,
    writing: bool,
    finishing: bool,
    /// After a failure, until when nothing is tried, so that callers hear at once.
    down_until: Option<Instant>,
}

/// How long a database that refused a connection is left alone.
const PAUSE: Duration = Duration::from_millis(200);
/// A database that takes longer to say that it is there is away.
const PATIENCE: Duration = Duration::from_secs(2);

impl JournalActor {
    pub fn new(node: Arc<Node>) -> Self {
        Self {
            node,
            connection: None,
            gathered: Vec::new(),
            asking: Vec::new(),
            writing: false,
            finishing: false,
            down_until: None,
        }
    }

    fn write_gathered(&mut self, ctx: &mut Context<Self>) {
        if self.writing {
            return;
        }
        if self.gathered.is_empty() {
            if self.finishing {
                ctx.stop();
            }
            return;
        }
        let writes = std::mem::take(&mut self.gathered);
        if self.down_until.is_some_and(|until| Instant::now() < until) {
            for write in writes {
                let _ = write.reply.send(Outcome::NotSent);
            }
            return;
        }
        self.writing = true;
        self.node.pulse.set_waiting(0);
        self.node.pulse.begin(Instant::now());
        let node = Arc::clone(&self.node);
        let connection = self.connection.take();
        let span = trace::commit(writes.iter().map(|write| &write.span));
        let (batches, replies): (Vec<_>, Vec<_>) = writes
            .into_iter()
            .map(|write| (write.batch, write.reply))
            .unzip();
        let work = async move {
            let (connection, outcomes) = commit(&node, connection, &batches).await;
            // the tenants hear before anything else happens here
            for (reply, outcome) in replies.into_iter().zip(outcomes) {
                let _ = reply.send(outcome);
            }
            connection
        };
        let work = work.instrument(span);
        ctx.spawn(work.into_actor(self).map(Self::go_on));
    }

    fn go_on(connection: Option<AsyncPgConnection>, actor: &mut Self, ctx: &mut Context<Self>) {
        actor.writing = false;
        actor.node.pulse.end(connection.is_some());
        for reply in actor.asking.drain(..) {
            let _ = reply.send(connection.is_some());
        }
        actor.down_until = connection.is_none().then(|| Instant::now() + PAUSE);
        actor.connection = connection;
        actor.write_gathered(ctx);
    }
}

impl Actor for JournalActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.node.limits.mailbox);
    }
}

impl Handler<Write> for JournalActor {
    type Result = ();

    fn handle(&mut self, write: Write, ctx: &mut Self::Context) {
        self.gathered.push(write);
        self.node.pulse.set_waiting(self.gathered.len());
        self.write_gathered(ctx);
    }
}

impl Handler<Prove> for JournalActor {
    type Result = ();

    fn handle(&mut self, Prove { reply }: Prove, ctx: &mut Self::Context) {
        if self.down_until.is_some_and(|until| Instant::now() < until) {
            let _ = reply.send(false);
            return;
        }
        self.asking.push(reply);
        if self.writing {
            return;
        }
        self.writing = true;
        self.node.pulse.begin(Instant::now());
        let node = Arc::clone(&self.node);
        let connection = self.connection.take();
        let proving = async move {
            let proven = tokio::time::timeout(PATIENCE, prove(&node, connection)).await;
            proven.ok().flatten()
        };
        ctx.spawn(proving.into_actor(self).map(Self::go_on));
    }
}

/// The connection comes back if the database has answered on it.
async fn prove(node: &Node, connection: Option<AsyncPgConnection>) -> Option<AsyncPgConnection> {
    if let Some(mut connection) = connection
        && connection.batch_execute("SELECT 1").await.is_ok()
    {
        return Some(connection);
    }
    // a connection that was lost while nothing was written tells nothing of the database
    let connected = node.pools.journal_connection().await;
    connected
        .inspect_err(|error| tracing::warn!(%error, "the journal cannot connect"))
        .ok()
}

impl Handler<Finish> for JournalActor {
    type Result = ();

    fn handle(&mut self, _: Finish, ctx: &mut Self::Context) {
        self.finishing = true;
        self.write_gathered(ctx);
    }
}

/// One statement for all batches. The connection comes back if it is still good.
async fn commit(
    node: &Node,
    connection: Option<AsyncPgConnection>,
    batches: &[TenantBatch],
) -> (Option<AsyncPgConnection>, Vec<Outcome>) {
    let mut connection = match connection {
        Some(connection) => connection,
        None => match node.pools.journal_connection().await {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(%error, "the journal cannot connect");
                return (None, vec![Outcome::NotSent; batches.len()]);
            }
        },
    };
    let started = Instant::now();
    let written =
        tokio::time::timeout(node.limits.commit, journal::write(&mut connection, batches));
    match written.instrument(trace::query("journal")).await {
        Ok(Ok(written)) => {
            let seconds = started.elapsed().as_secs_f64();
            node.metrics.journal_commit_seconds.observe(seconds);
            node.metrics
                .db_query_duration_seconds
                .with_label_values(&["journal"])
                .observe(seconds);
            let outcomes = batches.iter().zip(written.texts).map(|(batch, texts)| {
                if written.winners.contains(&batch.tenant_id) {
                    Outcome::Committed(stored(batch, texts))
                } else {
                    node.metrics.journal_conflicts_total.inc();
                    Outcome::Conflict
                }
            });
            let outcomes = outcomes.collect();
            (Some(connection), outcomes)
        }
        Ok(Err(error)) if error.is_refused() => match batches {
            [_] => {
                tracing::error!(%error, "the database refused a batch");
                (Some(connection), vec![Outcome::Refused(error.to_string())])
            }
            _ => commit_apart(node, connection, batches).await,
        },
        Ok(Err(error)) => {
            tracing::warn!(%error, "the answer to a commit was lost");
            resolve(node, batches).await
        }
        Err(_) => {
            tracing::warn!("a commit took too long");
            resolve(node, batches).await
        }
    }
}

fn stored(batch: &TenantBatch, texts: Vec<EventText>) -> Vec<StoredEvent> {
    batch
        .events
        .iter()
        .zip(texts)
        .map(|(event, text)| StoredEvent::written(batch.batch_id, event, text))
        .collect()
}

/// What one tenant wants written was refused, and with it everybody's: each
/// tenant's batch goes alone, and only the culprit's is refused again.
async fn commit_apart(
    node: &Node,
    connection: AsyncPgConnection,
    batches: &[TenantBatch],
) -> (Option<AsyncPgConnection>, Vec<Outcome>) {
    let mut connection = Some(connection);
    let mut outcomes = Vec::with_capacity(batches.len());
    for batch in batches.chunks(1) {
        let (left, mut outcome) = Box::pin(commit(node, connection, batch)).await;
        connection = left;
        outcomes.append(&mut outcome);
    }
    (connection, outcomes)
}

/// Finds out what became of batches whose answer was lost, by sending them
/// again: whichever of the two statements comes first wins, the other finds
/// the head moved and writes nothing.
async fn resolve(
    node: &Node,
    batches: &[TenantBatch],
) -> (Option<AsyncPgConnection>, Vec<Outcome>) {
    let give_up = Instant::now() + node.limits.resolve;
    while let Some(left) = give_up.checked_duration_since(Instant::now()) {
        match tokio::time::timeout(left, send_again(node, batches)).await {
            Ok(Ok((connection, outcomes))) => return (Some(connection), outcomes),
            Ok(Err(error)) => tracing::warn!(%error, "the outcome of a commit is still unknown"),
            Err(_) => break,
        }
        tokio::time::sleep(PAUSE / 4).await;
    }
    (None, vec![Outcome::Unknown; batches.len()])
}

async fn send_again(
    node: &Node,
    batches: &[TenantBatch],
) -> anyhow::Result<(AsyncPgConnection, Vec<Outcome>)> {
    let mut connection = node.pools.journal_connection().await?;
    let written = journal::write(&mut connection, batches).await?;
    let mut outcomes = Vec::with_capacity(batches.len());
    for (batch, texts) in batches.iter().zip(written.texts) {
        let committed = written.winners.contains(&batch.tenant_id) || {
            let first = batch.expected_head + 1;
            let owner = journal::batch_at(&mut connection, batch.tenant_id, first).await?;
            owner == Some(batch.batch_id)
        };
        outcomes.push(if committed {
            Outcome::Committed(stored(batch, texts))
        } else {
            Outcome::Conflict
        });
    }
    Ok((connection, outcomes))
}
