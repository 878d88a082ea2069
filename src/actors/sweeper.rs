//! Wakes tenants that sleep when a deadline of theirs has come. On several
//! nodes all sweep: one wins, the others find nothing left to do.

use super::registry::Tenants;
use crate::db::{self, tenants};

/// Tenants woken at once.
const AT_ONCE: i32 = 20;

pub fn start(tenants: Tenants) {
    actix::spawn(async move {
        loop {
            tokio::time::sleep(tenants.node().limits.poll).await;
            if let Err(error) = sweep(&tenants).await {
                tracing::debug!(%error, "sleeping tenants could not be looked at");
            }
        }
    });
}

async fn sweep(open: &Tenants) -> anyhow::Result<()> {
    let node = open.node();
    let now = node.now();
    let due = node
        .pools
        .ask("due_tenants", async |conn: &mut db::Connection| {
            tenants::due(conn, now, AT_ONCE).await
        })
        .await?;
    for id in due {
        // those in memory have an alarm of their own
        if open.peek(id).is_none_or(|handle| handle.shared.has_left())
            && let Err(error) = open.open(id).await
        {
            tracing::warn!(%error, tenant = %id, "a sleeping tenant could not be woken");
        }
    }
    Ok(())
}
