//! What the pipeline looked like a day before, for as long as the tenant is in
//! memory: made once from the log, then following it at a distance. Neither
//! commands nor readers wait for it.
//!
//! `log → past (24 hours behind) → view, beside the numbers of now`

use std::sync::Arc;

use actix::prelude::*;
use diesel_async::AsyncPgConnection;

use super::{Phase, TenantActor};
use crate::actors::node::Node;
use crate::db;
use crate::db::events::hindsight;
use crate::domain::pipeline::past::{Past, Yesterday};
use crate::domain::pipeline::view::View;
use crate::domain::time::Timestamp;

/// What is known of the day before.
#[derive(Debug, Default)]
pub enum Hindsight {
    #[default]
    Unknown,
    /// Being found out.
    Looking,
    /// Nothing had happened by then, and nothing will have before this instant.
    Young(Timestamp),
    Known(Box<Past>),
}

/// What looking back has led to.
type Looked = Result<(Hindsight, Option<Yesterday>), String>;

impl TenantActor {
    pub(super) fn look_back(&mut self, ctx: &mut Context<Self>) {
        let now = self.node.now();
        match &self.hindsight {
            _ if self.phase != Phase::Ready || self.retiring => return,
            Hindsight::Looking => return,
            Hindsight::Young(until) if now < *until => return,
            _ => {}
        }
        let known = std::mem::replace(&mut self.hindsight, Hindsight::Looking);
        let (node, view) = (Arc::clone(&self.node), Arc::clone(&self.committed));
        let looking = look(node, view, known, now - Yesterday::AGO);
        ctx.spawn(looking.into_actor(self).map(move |looked, actor, ctx| {
            actor.looked_back(looked);
            // the next look may have come meanwhile
            if now + actor.node.limits.evaluate <= actor.node.now() {
                actor.look_back(ctx);
            }
        }));
    }

    fn looked_back(&mut self, looked: Looked) {
        let (hindsight, yesterday) = match looked {
            Ok(looked) => looked,
            Err(cause) => {
                tracing::debug!(cause, "cannot look back");
                self.hindsight = Hindsight::Unknown;
                return;
            }
        };
        self.hindsight = hindsight;
        self.committed = Arc::new(self.committed.after(yesterday));
        self.shared.replace(&self.committed);
    }

    /// Makes it anew, so that what it has of its own does not grow from day to day.
    pub(super) fn forget_the_past(&mut self) {
        if matches!(self.hindsight, Hindsight::Known(_)) {
            self.hindsight = Hindsight::Unknown;
        }
    }
}

async fn look(node: Arc<Node>, view: Arc<View>, known: Hindsight, then: Timestamp) -> Looked {
    let looking = async {
        match known {
            Hindsight::Known(past) => follow(&node, &view, past, then).await,
            _ => begin(&node, view, then).await,
        }
    };
    let looked = tokio::time::timeout(node.limits.commit, looking).await;
    looked.unwrap_or_else(|_| Err("it took too long".to_owned()))
}

/// Takes back what has happened since.
async fn begin(node: &Node, view: Arc<View>, then: Timestamp) -> Looked {
    let (tenant, head) = (view.state.tenant.id, view.state.head);
    let read = node
        .pools
        .read(
            "day_before",
            tenant,
            async |conn: &mut AsyncPgConnection| {
                let began = hindsight::began(conn, tenant).await?;
                if began.is_none_or(|began| then < began) {
                    return Ok::<_, db::Error>(Err(began));
                }
                let last = hindsight::last_until(conn, tenant, then).await?;
                let last = last.unwrap_or_default().min(head);
                let before = hindsight::before(conn, tenant, (last, head)).await?;
                Ok(Ok((before, last)))
            },
        )
        .await
        .map_err(|error| error.to_string())?;
    let (before, last) = match read {
        Ok(read) => read,
        Err(None) => return Ok((Hindsight::Unknown, None)),
        Err(Some(began)) => return Ok((Hindsight::Young(began + Yesterday::AGO), None)),
    };
    blocking(move || {
        let past = Past::of(&view.state, &before, last, then);
        let yesterday = past.sum_up(then);
        (Hindsight::Known(Box::new(past)), Some(yesterday))
    })
    .await
}

/// Lets happen what had happened by then.
async fn follow(node: &Node, view: &View, mut past: Box<Past>, then: Timestamp) -> Looked {
    let tenant = view.state.tenant.id;
    loop {
        let head = past.head();
        let read = node.pools.read(
            "day_before",
            tenant,
            async |conn: &mut AsyncPgConnection| hindsight::aged(conn, tenant, head, then).await,
        );
        let (events, more) = read.await.map_err(|error| error.to_string())?;
        let (moved, yesterday) = blocking(move || {
            let rows: Vec<_> = events.iter().map(|event| event.row.clone()).collect();
            let last = events.last().map_or(head, |event| event.seq);
            past.advance(&rows, last, then);
            let yesterday = (!more).then(|| past.sum_up(then));
            (past, yesterday)
        })
        .await?;
        past = moved;
        if yesterday.is_some() {
            return Ok((Hindsight::Known(past), yesterday));
        }
    }
}

async fn blocking<T: Send + 'static>(
    compute: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let computing = tokio::task::spawn_blocking(compute);
    computing.await.map_err(|error| error.to_string())
}
