//! Older parts of a log, read in blocks of fixed bounds, so that clients who
//! come back together, each from its own position, ask for the same blocks.

use std::sync::Arc;
use std::time::Duration;

use diesel_async::AsyncPgConnection;
use moka::sync::Cache;

use super::entry::Entry;
use crate::db;
use crate::db::events;
use crate::db::pool::Pools;
use crate::domain::ids::TenantId;

/// Events in a block.
const LENGTH: i64 = 512;
const AT_MOST_BYTES: u64 = 8 * 1024 * 1024;
const KEPT: Duration = Duration::from_secs(30);

/// Events without a gap.
#[derive(Debug)]
struct Block {
    first: i64,
    last: i64,
    events: Vec<Arc<Entry>>,
}

pub struct Blocks {
    known: Cache<i64, Arc<Block>>,
    /// One read at a time: whoever waited finds what the one before has read.
    turn: tokio::sync::Mutex<()>,
}

impl Default for Blocks {
    fn default() -> Self {
        let weigh = |_: &i64, block: &Arc<Block>| {
            let bytes: usize = block.events.iter().map(|event| event.size() + 128).sum();
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        Self {
            known: Cache::builder()
                .max_capacity(AT_MOST_BYTES)
                .weigher(weigh)
                .time_to_live(KEPT)
                .build(),
            turn: tokio::sync::Mutex::default(),
        }
    }
}

impl Blocks {
    pub fn clear(&self) {
        self.known.invalidate_all();
    }

    /// The events in (after, upto] that one block has, if it has the first of them.
    pub fn between(&self, after: i64, upto: i64) -> Option<Vec<Arc<Entry>>> {
        let block = self.known.get(&number(after + 1))?;
        if !(block.first..=block.last).contains(&(after + 1)) {
            return None;
        }
        let from = usize::try_from(after + 1 - block.first).ok()?;
        let count = usize::try_from(upto - after).ok()?;
        Some(
            block
                .events
                .iter()
                .skip(from)
                .take(count)
                .cloned()
                .collect(),
        )
    }

    /// Reads the block with the event after `after`, no further than `top`.
    /// Says where the log begins if it no longer has that event.
    pub async fn load(
        &self,
        pools: &Pools,
        tenant: TenantId,
        after: i64,
        top: i64,
    ) -> db::Result<Option<i64>> {
        let _turn = self.turn.lock().await;
        if self.between(after, after + 1).is_some() {
            return Ok(None);
        }
        let number = number(after + 1);
        let bounds = (number * LENGTH + 1, ((number + 1) * LENGTH).min(top));
        let found = pools
            .read(
                "feed_block",
                tenant,
                async |conn: &mut AsyncPgConnection| {
                    let found = events::between(conn, tenant, bounds).await?;
                    let first = match found.first() {
                        Some(event) if event.seq <= after + 1 => None,
                        _ => events::first(conn, tenant).await?,
                    };
                    Ok::<_, db::Error>((found, first))
                },
            )
            .await?;
        let (found, begins_at) = found;
        let events: Vec<_> = found
            .iter()
            .map(|event| Arc::new(Entry::of(event)))
            .collect();
        if let (Some(first), Some(last)) = (events.first(), events.last()) {
            let (first, last) = (first.seq, last.seq);
            let block = Block {
                first,
                last,
                events,
            };
            self.known.insert(number, Arc::new(block));
        }
        Ok(begins_at)
    }
}

fn number(seq: i64) -> i64 {
    (seq - 1).div_euclid(LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_fixed_bounds() {
        assert_eq!([1, 512, 513, 1024, 1025].map(number), [0, 0, 1, 1, 2]);
    }
}
