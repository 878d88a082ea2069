use super::*;
use crate::db::journal::{self, EventText};
use crate::db::load::{self, Extent};
use crate::db::testing::TestDatabase;
use crate::db::testing::samples::Sampler;
use crate::domain::pipeline::state::State;

const ALL: Page = Page {
    before_seq: None,
    limit: 1000,
};

#[tokio::test]
async fn an_event_is_read_as_it_was_written() {
    let database = TestDatabase::create().await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    let mut sampler = Sampler::new(4);
    let tenant = sampler.tenant(&mut conn, "one").await;
    let season = sampler.season(5, 4);
    let mut rows = season.rows();
    rows.push(Row::Comment(Arc::new(sampler.comment(&season.tasks[0]))));
    rows.push(Row::Import(Arc::new(sampler.import())));
    let changes = rows
        .iter()
        .map(|row| (Some(row.clone()), row.clone()))
        .collect();
    let mut batch = sampler.batch_of(tenant, 0, changes);
    for event in &mut batch.events {
        event.idempotency = Some((format!("k{}", event.seq).into(), -event.seq));
    }
    let written = journal::write(&mut conn, std::slice::from_ref(&batch))
        .await
        .unwrap();

    let log = pools
        .read("test", tenant, async |conn| {
            after(conn, tenant, 0, i64::MAX).await
        })
        .await
        .unwrap();
    assert_eq!(log.len(), batch.events.len());
    for ((stored, new), text) in log.iter().zip(&batch.events).zip(&written.texts[0]) {
        assert_eq!(stored.row, new.change.after);
        assert_eq!(stored.labels, new.change.labels());
        assert_eq!(
            (stored.seq, stored.actor, stored.kind),
            (new.seq, new.actor, new.change.kind)
        );
        assert_eq!(
            (stored.batch_id, stored.command_id),
            (batch.batch_id, new.command_id)
        );
        assert_eq!(
            (&stored.idempotency, stored.occurred_at),
            (&new.idempotency, new.occurred_at)
        );
        assert_eq!(
            (&stored.request_id, stored.stage_id),
            (&new.request_id, new.change.after.stage_id())
        );
        let texts = EventText {
            after: stored.after.clone(),
            before: stored.before.clone(),
            labels: serde_json::to_string(&stored.labels).unwrap().into(),
        };
        assert_eq!(&texts, text);
    }
    let middle = pools
        .read("test", tenant, async |conn| after(conn, tenant, 3, 2).await)
        .await
        .unwrap();
    assert_eq!(
        middle.iter().map(|event| event.seq).collect::<Vec<_>>(),
        [4, 5]
    );
}

#[tokio::test]
async fn events_are_found_by_subject_by_key_and_by_command() {
    let database = TestDatabase::create().await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    let mut sampler = Sampler::new(4);
    let tenant = sampler.tenant(&mut conn, "one").await;
    let rows = sampler.season(30, 4).rows();
    let count = i64::try_from(rows.len()).unwrap();
    let mut first = sampler.batch(tenant, 0, rows.clone());
    first.events[10].idempotency = Some(("the-key".into(), 5));
    let second = sampler.batch(tenant, count, rows.clone());
    journal::write(&mut conn, std::slice::from_ref(&first))
        .await
        .unwrap();
    journal::write(&mut conn, &[second]).await.unwrap();

    let subject = &rows[rows.len() - 1];
    let (types, ids) = (["task", "jamaah"], [subject.subject_id()]);
    pools
        .read("test", tenant, async |conn: &mut AsyncPgConnection| {
            let history = of_subjects(conn, tenant, &types, &ids, ALL).await?;
            assert_eq!(
                history.iter().map(|event| event.seq).collect::<Vec<_>>(),
                [2 * count, count]
            );
            let older = Page {
                before_seq: Some(2 * count),
                limit: 1,
            };
            assert_eq!(
                of_subjects(conn, tenant, &types, &ids, older).await?.len(),
                1
            );
            assert!(
                of_subjects(conn, tenant, &["stage"], &ids, ALL)
                    .await?
                    .is_empty()
            );

            let keyed = by_idempotency_key(conn, tenant, "the-key").await?.unwrap();
            assert_eq!((keyed.seq, keyed.row), (11, rows[10].clone()));
            assert!(by_idempotency_key(conn, tenant, "another").await?.is_none());

            let command = of_command(conn, tenant, keyed.seq, keyed.command_id).await?;
            assert_eq!(
                command.iter().map(|event| event.seq).collect::<Vec<_>>(),
                (1..=count).collect::<Vec<_>>()
            );
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn the_tables_are_what_the_log_leads_to() {
    let database = TestDatabase::create().await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    let mut sampler = Sampler::new(5);
    let tenant = sampler.tenant(&mut conn, "one").await;
    let rows = sampler.season(40, 5).rows();
    let mut head = 0;
    for chunk in rows.chunks(100) {
        let batch = sampler.batch(tenant, head, chunk.to_vec());
        head = batch.events.last().unwrap().seq;
        journal::write(&mut conn, &[batch]).await.unwrap();
    }
    let loaded = load::tenant(&pools, tenant, sampler.now, Extent::default())
        .await
        .unwrap()
        .unwrap()
        .state;
    let replayed = pools
        .read("test", tenant, async |conn| replay(conn, &loaded).await)
        .await
        .unwrap();
    assert_eq!(replayed.head, loaded.head);
    assert_eq!(
        replayed.tasks().collect::<Vec<_>>(),
        loaded.tasks().collect::<Vec<_>>()
    );
    assert_eq!(replayed.pilgrim_count(), loaded.pilgrim_count());
    for pilgrim in loaded.pilgrims() {
        let same = replayed.pilgrim(pilgrim.jamaah.id).unwrap();
        assert_eq!(
            (&same.jamaah, &same.status),
            (&pilgrim.jamaah, &pilgrim.status)
        );
        assert_eq!((&same.path, &same.tasks), (&pilgrim.path, &pilgrim.tasks));
    }
}

/// The state that the log leads to from nothing.
async fn replay(conn: &mut AsyncPgConnection, like: &State) -> Result<State> {
    let mut state = State::empty(like.tenant.clone());
    loop {
        let events = after(conn, like.tenant.id, state.head, 1000).await?;
        if events.is_empty() {
            return Ok(state);
        }
        for event in events {
            assert_eq!(event.seq, state.head + 1);
            state.put(&event.row);
            state.head = event.seq;
        }
    }
}
