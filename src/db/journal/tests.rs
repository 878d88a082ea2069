use super::*;
use crate::db::testing::TestDatabase;
use crate::db::testing::samples::Sampler;
use crate::domain::pipeline::change::Row;

#[tokio::test]
async fn every_kind_of_row_can_be_written_and_written_again() {
    let database = TestDatabase::create().await;
    let mut conn = database.pools().journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let tenant = sampler.tenant(&mut conn, "one").await;
    let season = sampler.season(20, 5);
    let mut rows = season.rows();
    rows.push(Row::Comment(Arc::new(sampler.comment(&season.tasks[0]))));
    rows.push(Row::Import(Arc::new(sampler.import())));
    let count = i64::try_from(rows.len()).unwrap();
    for head in [0, count] {
        let batch = sampler.batch(tenant, head, rows.clone());
        let written = write(&mut conn, &[batch]).await.unwrap();
        assert!(written.winners.contains(&tenant));
        assert_eq!(written.texts[0].len(), rows.len());
    }
}

#[tokio::test]
async fn a_log_whose_rows_are_put_at_its_end_leads_to_the_same() {
    let database = TestDatabase::create().await;
    let mut conn = database.pools().journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let (one, other) = (
        sampler.tenant(&mut conn, "one").await,
        sampler.tenant(&mut conn, "other").await,
    );
    let rows = sampler.season(20, 5).rows();
    let batch = sampler.batch(one, 0, rows.clone());
    write(&mut conn, &[batch]).await.unwrap();

    let appended = sampler.batch(other, 0, rows.clone());
    assert!(append(&mut conn, &appended).await.unwrap());
    let head = head(&mut conn, other).await;
    assert_eq!(head, i64::try_from(rows.len()).unwrap());
    let mut ended = sampler.batch(other, head, Vec::new());
    assert!(put(&mut conn, &ended, &rows).await.unwrap());
    for table in [
        "events",
        "jamaah",
        "pipeline_tasks",
        "stage_instances",
        "jamaah_pipeline_status",
    ] {
        let count = |tenant| {
            diesel::sql_query(format!(
                "SELECT count(*) AS count FROM {table} WHERE tenant_id = $1"
            ))
            .bind::<diesel::sql_types::Uuid, _>(tenant)
        };
        let of_one: Count = count(one.0).get_result(&mut conn).await.unwrap();
        let of_other: Count = count(other.0).get_result(&mut conn).await.unwrap();
        assert!(of_one.count > 0, "{table}");
        assert_eq!(of_one.count, of_other.count, "{table}");
    }
    // somebody else has written meanwhile
    ended.expected_head -= 1;
    assert!(!put(&mut conn, &ended, &rows).await.unwrap());
    assert!(!append(&mut conn, &appended).await.unwrap());
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

async fn head(conn: &mut AsyncPgConnection, tenant: TenantId) -> i64 {
    crate::db::tenants::with_head(conn, tenant)
        .await
        .unwrap()
        .unwrap()
        .1
}

#[tokio::test]
async fn a_tenant_whose_head_has_moved_loses_alone() {
    let database = TestDatabase::create().await;
    let mut conn = database.pools().journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let (one, other) = (
        sampler.tenant(&mut conn, "one").await,
        sampler.tenant(&mut conn, "other").await,
    );
    let rows = sampler.season(2, 2).rows();
    let first = sampler.batch(one, 0, rows.clone());
    write(&mut conn, std::slice::from_ref(&first))
        .await
        .unwrap();

    let mut stale = sampler.batch(one, 3, rows.clone());
    stale.next_deadline_at = Some(sampler.now);
    let good = sampler.batch(other, 0, rows.clone());
    let good_id = good.batch_id;
    let written = write(&mut conn, &[stale, good]).await.unwrap();
    assert_eq!(written.winners, HashSet::from([other]));
    let count = i64::try_from(rows.len()).unwrap();
    assert_eq!(
        (head(&mut conn, one).await, head(&mut conn, other).await),
        (count, count)
    );
    assert_eq!(
        batch_at(&mut conn, one, count).await.unwrap(),
        Some(first.batch_id)
    );
    assert_eq!(batch_at(&mut conn, other, 1).await.unwrap(), Some(good_id));
    assert_eq!(batch_at(&mut conn, other, count + 1).await.unwrap(), None);
}

#[tokio::test]
async fn what_would_leave_a_gap_is_not_sent() {
    let database = TestDatabase::create().await;
    let mut conn = database.pools().journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let tenant = sampler.tenant(&mut conn, "one").await;
    let mut batch = sampler.batch(tenant, 0, sampler_rows());
    batch.events.remove(1);
    assert!(
        write(&mut conn, &[batch.clone()])
            .await
            .unwrap_err()
            .is_refused()
    );
    batch.events.truncate(1);
    assert!(
        write(&mut conn, &[batch.clone(), batch.clone()])
            .await
            .unwrap_err()
            .is_refused()
    );
    write(&mut conn, &[batch]).await.unwrap();
}

fn sampler_rows() -> Vec<Row> {
    Sampler::new(9).season(2, 2).rows()
}

#[tokio::test]
async fn a_key_used_twice_is_refused_whole() {
    let database = TestDatabase::create().await;
    let mut conn = database.pools().journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let tenant = sampler.tenant(&mut conn, "one").await;
    let mut batch = sampler.batch(tenant, 0, sampler_rows());
    for event in batch.events.iter_mut().take(2) {
        event.idempotency = Some(("key".into(), 7));
    }
    let error = write(&mut conn, &[batch]).await.unwrap_err();
    assert_eq!(error.unique_violation(), Some("events_idempotency_key"));
    assert_eq!(head(&mut conn, tenant).await, 0);
}

#[tokio::test]
async fn a_stage_loses_what_it_no_longer_has() {
    let database = TestDatabase::create().await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let tenant = sampler.tenant(&mut conn, "one").await;
    let first = sampler.stage(1, Vec::new());
    let mut second = sampler.stage(2, vec![first.id]);
    while second.templates.len() < 2 {
        second = sampler.stage(2, vec![first.id]);
    }
    let rows = [first.clone(), second.clone()].map(|stage| Row::Stage(Arc::new(stage)));
    let batch = sampler.batch(tenant, 0, rows);
    write(&mut conn, &[batch]).await.unwrap();
    second.templates.remove(0);
    second.depends_on.clear();
    let batch = sampler.batch(tenant, 2, [Row::Stage(Arc::new(second.clone()))]);
    write(&mut conn, &[batch]).await.unwrap();

    let extent = crate::db::load::Extent::default();
    let state = crate::db::load::tenant(&pools, tenant, sampler.now, extent)
        .await
        .unwrap()
        .unwrap()
        .state;
    assert_eq!(**state.stage(second.id).unwrap(), second);
    assert_eq!(**state.stage(first.id).unwrap(), first);
}

/// Several writers, several tenants each time, heads often stale: nothing is
/// lost, nothing is written twice, nobody waits in a circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_race_leave_neither_gap_nor_duplicate() {
    let database = TestDatabase::create().await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let mut tenants = Vec::new();
    for number in 0..12 {
        tenants.push(sampler.tenant(&mut conn, &format!("t{number}")).await);
    }
    let writers = (0..4_u64).map(|number| {
        let (pools, tenants) = (pools.clone(), tenants.clone());
        tokio::spawn(async move { race(&pools, &tenants, number).await })
    });
    let mut written = 0;
    for done in futures::future::join_all(writers).await {
        written += done.unwrap();
    }

    let mut owner = database.owner().await;
    let mut total = 0;
    for tenant in tenants {
        let log = crate::db::events::after(&mut owner, tenant, 0, i64::MAX)
            .await
            .unwrap();
        let seqs: Vec<i64> = log.iter().map(|event| event.seq).collect();
        let head = head(&mut owner, tenant).await;
        assert_eq!(seqs, (1..=head).collect::<Vec<_>>());
        total += head;
    }
    assert_eq!(total, written);
    assert!(written > 100, "{written}");
}

async fn race(pools: &crate::db::pool::Pools, tenants: &[TenantId], number: u64) -> i64 {
    use rand::RngExt;
    use rand::seq::IndexedRandom;
    let mut conn = pools.journal_connection().await.unwrap();
    let mut sampler = Sampler::new(100 + number);
    let departure = sampler.departure("UMR");
    let jamaah = sampler.jamaah(&departure);
    let stage = sampler.stage(1, Vec::new());
    let instance = sampler.instance(&jamaah, &stage);
    let mut heads: std::collections::HashMap<TenantId, i64> =
        tenants.iter().map(|id| (*id, 0)).collect();
    let mut written = 0;
    for _ in 0..60 {
        let chosen: Vec<TenantId> = tenants.sample(&mut sampler.rng, 5).copied().collect();
        let mut batches = Vec::new();
        for tenant in chosen {
            if sampler.rng.random_bool(0.7) {
                heads.insert(tenant, head(&mut conn, tenant).await);
            }
            let count = sampler.rng.random_range(1..6);
            let tasks: Vec<Row> = (0..count)
                .map(|_| Row::Task(Arc::new(sampler.task(&instance))))
                .collect();
            batches.push(sampler.batch(tenant, heads[&tenant], tasks));
        }
        let winners = write(&mut conn, &batches).await.unwrap().winners;
        for batch in batches
            .iter()
            .filter(|batch| winners.contains(&batch.tenant_id))
        {
            let last = batch.events.last().unwrap().seq;
            written += i64::try_from(batch.events.len()).unwrap();
            heads.insert(batch.tenant_id, last);
            assert_eq!(
                batch_at(&mut conn, batch.tenant_id, last).await.unwrap(),
                Some(batch.batch_id)
            );
        }
    }
    written
}
