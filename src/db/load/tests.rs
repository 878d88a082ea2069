use super::*;
use crate::db::journal;
use crate::db::testing::TestDatabase;
use crate::db::testing::samples::Sampler;
use crate::domain::pipeline::change::Row;

/// Everything that can be seen of a state, in an order.
fn seen(state: &State) -> Vec<String> {
    let mut seen = vec![format!("{:?} {}", state.tenant, state.head)];
    seen.extend(state.stages().iter().map(|stage| format!("{stage:?}")));
    seen.push(format!("{:?}", state.latest_pipeline()));
    let mut departures: Vec<_> = state.departures().map(|row| format!("{row:?}")).collect();
    departures.sort();
    seen.extend(departures);
    seen.extend(
        state
            .tasks()
            .map(|task| format!("{:?} {task:?}", state.slot(task.id))),
    );
    let mut alerts: Vec<_> = state.alerts().collect();
    alerts.sort_by_key(|alert| alert.id);
    for alert in alerts {
        let active = state.active_alert(alert.stage_id).map(|active| active.id);
        seen.push(format!("{alert:?} {active:?}"));
    }
    let mut pilgrims: Vec<_> = state.pilgrims().collect();
    pilgrims.sort_by_key(|pilgrim| pilgrim.jamaah.id);
    for pilgrim in pilgrims {
        let passport = &pilgrim.jamaah.passport_number;
        seen.push(format!("{pilgrim:?} {:?}", state.by_passport(passport)));
    }
    seen
}

#[tokio::test]
async fn what_is_loaded_is_what_was_put() {
    let database = TestDatabase::create().await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    for seed in 1..6 {
        let mut sampler = Sampler::new(seed);
        let id = sampler.tenant(&mut conn, &format!("t{seed}")).await;
        let mut rows = sampler.season(30, 6).rows();
        // some rows once more, changed
        let again: Vec<Row> = rows
            .iter()
            .step_by(7)
            .map(|row| match row {
                Row::Task(task) => Row::Task(Arc::new(crate::domain::pipeline::task::Task {
                    version: task.version + 1,
                    ..(**task).clone()
                })),
                other => other.clone(),
            })
            .collect();
        rows.extend(again);
        let batch = sampler.batch(id, 0, rows.clone());
        journal::write(&mut conn, &[batch]).await.unwrap();

        let loaded = tenant(&pools, id, sampler.now, Extent::default())
            .await
            .unwrap()
            .unwrap();
        let mut put = State::empty(loaded.state.tenant.clone());
        put.head = i64::try_from(rows.len()).unwrap();
        for row in &rows {
            put.put(row);
        }
        let ids: Vec<_> = put.pilgrims().map(|pilgrim| pilgrim.jamaah.id).collect();
        ids.into_iter().for_each(|id| put.sort_path(id));
        similar(&seen(&loaded.state), &seen(&put));
    }
}

fn similar(left: &[String], right: &[String]) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right);
    }
    assert_eq!(left.len(), right.len());
}

#[tokio::test]
async fn the_long_closed_are_left_out() {
    let database = TestDatabase::create().await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let id = sampler.tenant(&mut conn, "one").await;
    let mut season = sampler.season(3, 2);
    for (status, days) in season.statuses.iter_mut().zip([29, 31]) {
        Arc::make_mut(status).closed_at = Some(sampler.now - Duration::days(days));
    }
    let batch = sampler.batch(id, 0, season.rows());
    journal::write(&mut conn, &[batch]).await.unwrap();
    let loaded = tenant(&pools, id, sampler.now, Extent::default())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(loaded.state.pilgrim_count(), 2);
    assert!(loaded.state.pilgrim(season.jamaah[1].id).is_none());
    assert_eq!(loaded.state.task_count(), 4);
    assert!(
        tenant(
            &pools,
            sampler.ids.next(sampler.now),
            sampler.now,
            Extent::default()
        )
        .await
        .unwrap()
        .is_none()
    );
}

#[tokio::test]
async fn the_last_keys_come_with_it() {
    let database = TestDatabase::create().await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    let mut sampler = Sampler::new(1);
    let id = sampler.tenant(&mut conn, "one").await;
    let mut batch = sampler.batch(id, 0, sampler_rows(&mut Sampler::new(2)));
    for event in batch.events.iter_mut().step_by(2) {
        event.idempotency = Some((format!("key-{}", event.seq).into(), 7));
    }
    let last = batch.events.len();
    journal::write(&mut conn, &[batch]).await.unwrap();
    let keys = |keys| async move {
        let extent = Extent {
            keys,
            ..Extent::default()
        };
        tenant(&database.pools(), id, Sampler::new(1).now, extent)
            .await
            .unwrap()
            .unwrap()
            .keys
    };
    let three = keys(3).await;
    let newest = i64::try_from(if last % 2 == 1 { last } else { last - 1 }).unwrap();
    let expected: Vec<(Arc<str>, i64)> = [newest, newest - 2, newest - 4]
        .map(|seq| (format!("key-{seq}").into(), seq))
        .into();
    assert_eq!(three.keys, expected);
    assert!(!three.complete);
}

fn sampler_rows(sampler: &mut Sampler) -> Vec<Row> {
    sampler.season(2, 3).rows()
}
