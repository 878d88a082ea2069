//! Tells the other nodes what this one has committed, and hears what they have.
//!
//! `tenant (committed) → relay → Redis → relay of the other node → tenant`
//!
//! Redis loses messages, and nobody minds: a tenant that is told of an event
//! after the next one reads what is between from the log, and the node asks now
//! and then where the log stands (`heads`). What the relay adds is speed.

pub mod message;

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use futures::StreamExt;
use redis::aio::MultiplexedConnection;

use super::node::Node;
use super::registry::Tenants;
use crate::config::secret::Secret;
use crate::db::events::StoredEvent;
use crate::domain::ids::TenantId;
use message::Message as RelayMessage;

/// A Redis that takes longer is away.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between attempts to reach it.
const PAUSE: Duration = Duration::from_millis(250);
/// What is worth sending: longer news is read from the log.
const LONGEST: usize = 512 * 1024;
/// Messages that wait for Redis before they are dropped.
const WAITING: usize = 1_024;

/// What this node has committed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Committed {
    pub tenant: TenantId,
    pub events: Vec<StoredEvent>,
}

/// The part that sends. What it cannot send it drops.
pub struct RelayActor {
    node: Arc<Node>,
    client: redis::Client,
    channel: Arc<str>,
    connection: Option<MultiplexedConnection>,
    gathered: Vec<Committed>,
    sending: bool,
}

/// Where messages for the other nodes are put.
pub type Handle = Recipient<Committed>;

/// Starts both directions. To be called within an actix system.
pub fn start(tenants: &Tenants, url: &Secret, prefix: &str) -> anyhow::Result<Handle> {
    let client = redis::Client::open(url.expose())?;
    let channel: Arc<str> = format!("{prefix}:log").into();
    actix::spawn(listen(
        tenants.clone(),
        client.clone(),
        Arc::clone(&channel),
    ));
    let node = Arc::clone(tenants.node());
    let thread = Arbiter::new();
    let actor = RelayActor::start_in_arbiter(&thread.handle(), move |_| RelayActor {
        node,
        client,
        channel,
        connection: None,
        gathered: Vec::new(),
        sending: false,
    });
    Ok(actor.recipient())
}

impl RelayActor {
    fn send_gathered(&mut self, ctx: &mut Context<Self>) {
        if self.sending || self.gathered.is_empty() {
            return;
        }
        self.sending = true;
        let news = std::mem::take(&mut self.gathered);
        let (client, channel) = (self.client.clone(), Arc::clone(&self.channel));
        let (node, connection) = (Arc::clone(&self.node), self.connection.take());
        let work = async move {
            let sending = async {
                let mut connection = match connection {
                    Some(connection) => connection,
                    None => client.get_multiplexed_async_connection().await?,
                };
                let mut pipeline = redis::pipe();
                for committed in &news {
                    let message = RelayMessage::encode(node.id, committed, LONGEST);
                    pipeline.publish(&*channel, message).ignore();
                }
                pipeline.query_async::<()>(&mut connection).await?;
                Ok::<_, redis::RedisError>(connection)
            };
            tokio::time::timeout(PATIENCE, sending).await
        };
        ctx.spawn(work.into_actor(self).map(|sent, actor, ctx| {
            actor.sending = false;
            match sent {
                Ok(Ok(connection)) => actor.connection = Some(connection),
                Ok(Err(error)) => tracing::debug!(%error, "news could not be relayed"),
                Err(_) => tracing::debug!("redis takes too long to relay news"),
            }
            actor.send_gathered(ctx);
        }));
    }
}

impl Actor for RelayActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(WAITING);
    }
}

impl Handler<Committed> for RelayActor {
    type Result = ();

    fn handle(&mut self, committed: Committed, ctx: &mut Self::Context) {
        if self.gathered.len() < WAITING {
            self.gathered.push(committed);
        }
        self.send_gathered(ctx);
    }
}

/// Hears what other nodes have committed, for as long as the program runs.
async fn listen(tenants: Tenants, client: redis::Client, channel: Arc<str>) {
    let node = Arc::clone(tenants.node());
    loop {
        if let Err(error) = hear(&tenants, &client, &channel).await {
            tracing::debug!(%error, "the relay has lost redis");
        }
        if node.relay_is_up() {
            tracing::warn!("redis is away: other nodes' news is read from the log");
        }
        node.set_relay_up(false);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Until the connection is lost.
async fn hear(tenants: &Tenants, client: &redis::Client, channel: &str) -> anyhow::Result<()> {
    let node = tenants.node();
    let connecting = async {
        let mut pubsub = client.get_async_pubsub().await?;
        pubsub.subscribe(channel).await?;
        Ok::<_, redis::RedisError>(pubsub)
    };
    let pubsub = tokio::time::timeout(PATIENCE, connecting).await??;
    // subscribed: what was missed before is looked for now
    node.set_relay_up(true);
    node.heads_wanted.notify_one();
    tracing::info!("relaying news between nodes over redis");
    let mut messages = pubsub.into_on_message();
    while let Some(message) = messages.next().await {
        match RelayMessage::decode(message.get_payload_bytes(), node.id) {
            Ok(Some(news)) => tenants.relayed(news),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "a message of the relay cannot be read"),
        }
    }
    anyhow::bail!("the subscription ended")
}
