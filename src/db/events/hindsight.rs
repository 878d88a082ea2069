//! What the log tells of how things stood before: where it stood at an
//! instant, and what its rows were then.

use diesel::dsl::min;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::{Columns, StoredEvent, by_seqs, row, unreadable};
use crate::db::Result;
use crate::db::schema::events;
use crate::domain::ids::TenantId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::past::Before;
use crate::domain::time::Timestamp;

/// What the state in memory is made of.
const SUBJECTS: [&str; 7] = [
    "stage",
    "pipeline_version",
    "departure",
    "jamaah",
    "jamaah_status",
    "stage_instance",
    "task",
];
/// Events that are read at once.
const PAGE: usize = 2_000;

/// When the first event happened that is still kept.
pub async fn began(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Option<Timestamp>> {
    let first = events::table
        .filter(events::tenant_id.eq(tenant.0))
        .order(events::seq)
        .select(events::occurred_at);
    Ok(first.first(conn).await.optional()?)
}

/// The number of the last event that had happened at an instant. Looks at all
/// that has happened since.
pub async fn last_until(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    instant: Timestamp,
) -> Result<Option<i64>> {
    let last = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::occurred_at.le(instant)),
        )
        .order(events::seq.desc())
        .select(events::seq);
    Ok(last.first(conn).await.optional()?)
}

/// What the rows that changed in the events after `first` up to `last` had
/// been: each by its first change among them.
pub async fn before(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    (first, last): (i64, i64),
) -> Result<Before> {
    let changes: Vec<Option<i64>> = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::seq.gt(first))
                .and(events::seq.le(last))
                .and(events::subject_type.eq_any(SUBJECTS)),
        )
        .group_by((events::subject_type, events::subject_id))
        .select(min(events::seq))
        .load(conn)
        .await?;
    let changes: Vec<i64> = changes.into_iter().flatten().collect();
    let mut before = Before::with_capacity(changes.len());
    for page in changes.chunks(PAGE) {
        for event in by_seqs(conn, tenant, page).await? {
            let subject = (event.row.subject_type(), event.row.subject_id());
            before.insert(subject, row_before(&event)?);
        }
    }
    Ok(before)
}

/// The events after `seq` that had happened at an instant, in order: as many
/// as are read at once, and whether there may be more.
pub async fn aged(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    seq: i64,
    instant: Timestamp,
) -> Result<(Vec<StoredEvent>, bool)> {
    let last = seq.saturating_add(i64::try_from(PAGE).unwrap_or(i64::MAX));
    let found: Vec<Columns> = events::table
        .filter(
            events::tenant_id
                .eq(tenant.0)
                .and(events::seq.gt(seq))
                .and(events::seq.le(last))
                .and(events::occurred_at.le(instant)),
        )
        .order(events::seq)
        .select(Columns::as_select())
        .load(conn)
        .await?;
    // nodes' clocks differ a little: nothing comes before what it follows
    let in_order = found.into_iter().zip(seq + 1..);
    let in_order = in_order.take_while(|(columns, next)| columns.seq == *next);
    let aged: Result<Vec<_>> = in_order.map(|(columns, _)| columns.event()).collect();
    let aged = aged?;
    let more = aged.len() == PAGE;
    Ok((aged, more))
}

/// The row as it was before the event; `None` when there was none.
fn row_before(event: &StoredEvent) -> Result<Option<Row>> {
    let Some(differed) = &event.before else {
        return Ok(None);
    };
    let mut whole: Value = serde_json::from_str(&event.after).map_err(unreadable)?;
    let differed: Value = serde_json::from_str(differed).map_err(unreadable)?;
    if let (Some(whole), Value::Object(differed)) = (whole.as_object_mut(), differed) {
        whole.extend(differed);
    }
    row(event.row.subject_type(), &whole.to_string()).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::journal;
    use crate::db::testing::TestDatabase;
    use crate::db::testing::samples::Sampler;

    #[tokio::test]
    async fn rows_are_told_as_they_were_before_their_first_change() {
        let database = TestDatabase::create().await;
        let pools = database.pools();
        let mut conn = pools.journal_connection().await.unwrap();
        let mut sampler = Sampler::new(5);
        let tenant = sampler.tenant(&mut conn, "one").await;
        let [first, second, third] = [(); 3].map(|()| sampler.season(3, 3).rows());
        let task = |rows: &[Row]| {
            rows.iter()
                .find(|row| row.subject_type() == "task")
                .cloned()
        };
        let [a, b, c] = [&first, &second, &third].map(|rows| task(rows).unwrap());
        let renamed = |row: &Row| same_subject(&a, row);
        let (b, c) = (renamed(&b), renamed(&c));
        let new = first.iter().map(|row| (None, row.clone())).collect();
        let batch = sampler.batch_of(tenant, 0, new);
        let head = batch.events.last().unwrap().seq;
        journal::write(&mut conn, &[batch]).await.unwrap();
        let changes = vec![(Some(a.clone()), b.clone()), (Some(b), c)];
        let batch = sampler.batch_of(tenant, head, changes);
        journal::write(&mut conn, &[batch]).await.unwrap();

        let told = |first| {
            let pools = pools.clone();
            async move {
                let read = pools.read("test", tenant, async |conn| {
                    before(conn, tenant, (first, head + 2)).await
                });
                read.await.unwrap()
            }
        };
        let subject = (a.subject_type(), a.subject_id());
        let lately = told(head).await;
        assert_eq!(lately.len(), 1);
        assert_eq!(lately[&subject], Some(a));
        let all = told(0).await;
        let held = first
            .iter()
            .filter(|row| SUBJECTS.contains(&row.subject_type()));
        assert_eq!(all.len(), held.count());
        assert!(all.values().all(Option::is_none), "they were new");
    }

    /// A task's row with the id and jamaah of another.
    fn same_subject(one: &Row, other: &Row) -> Row {
        let (Row::Task(one), Row::Task(other)) = (one, other) else {
            panic!("tasks")
        };
        Row::Task(std::sync::Arc::new(crate::domain::pipeline::task::Task {
            title: other.title.clone(),
            version: other.version + 1,
            due_at: other.due_at,
            ..(**one).clone()
        }))
    }
}
