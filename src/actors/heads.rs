//! Where the logs stand of which this node holds tenants: asked of PostgreSQL
//! now and then, for all of them at once. Without a relay this is how a node
//! learns of other nodes' news; with one it finds what the relay has lost, the
//! last message too.
//!
//! `PostgreSQL → heads → tenant (catches up)`

use diesel_async::AsyncPgConnection;

use super::registry::Tenants;
use super::tenant::CatchUp;
use crate::db::tenants;
use crate::realtime::feed::Feed as RealtimeFeed;

pub fn start(tenants: Tenants) {
    actix::spawn(async move {
        let node = tenants.node();
        loop {
            tokio::select! {
                () = tokio::time::sleep(node.limits.poll) => {}
                () = node.heads_wanted.notified() => {}
            }
            if let Err(error) = compare(&tenants).await {
                tracing::debug!(%error, "the heads of the logs could not be read");
                // they find out how bad it is, and go on trying
                for handle in tenants.all() {
                    let _ = handle.address.try_send(CatchUp { other_log: false });
                }
            }
        }
    });
}

async fn compare(open: &Tenants) -> anyhow::Result<()> {
    let node = open.node();
    let known: Vec<_> = open
        .all()
        .into_iter()
        .map(|handle| (handle.shared.head(), handle))
        .collect();
    if known.is_empty() {
        node.metrics.relay_lag_events.set(0);
        return Ok(());
    }
    let asked_at = node.now();
    let ids = known.iter().map(|(_, handle)| handle.shared.tenant.0);
    let ids: Vec<_> = ids.collect();
    let asking = node
        .pools
        .ask("heads", async |connection: &mut AsyncPgConnection| {
            tenants::heads(connection, ids).await
        });
    let heads = asking.await?;
    let mut behind = 0;
    for (known, handle) in known {
        let tenant = handle.shared.tenant;
        if !handle.address.connected() {
            if handle.shared.feed.has_readers()
                && let Err(error) = open.reopen(tenant).await
            {
                tracing::warn!(%error, %tenant, "a tenant that is looked at could not be loaded");
            }
            continue;
        }
        let Some(head) = heads.iter().find(|head| head.id == tenant.0) else {
            continue;
        };
        let other_log =
            *head.epoch != *RealtimeFeed::epoch(&*handle.shared.feed) || head.last_seq < known;
        if other_log || head.last_seq > handle.shared.head() {
            behind += head.last_seq.saturating_sub(known).max(0);
            let _ = handle.address.try_send(CatchUp { other_log });
        } else if head.last_seq == known {
            handle.shared.confirm(asked_at);
        }
    }
    node.metrics.relay_lag_events.set(behind);
    Ok(())
}
