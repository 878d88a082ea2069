//! The program is killed in the middle of its work, again and again.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::sync::watch;

use crate::support::check::Log;
use crate::support::fixture::Tenant;
use crate::support::load::{Answered, Call, Caller, summary};
use crate::support::load_season::Season;
use crate::support::server::{Server, Settings};

const KILLS: usize = 30;
const CALLERS: u64 = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_at_any_moment_loses_nothing_acknowledged_and_doubles_nothing() {
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let season = Arc::new(Season::begin(&database, &tenant, 20).await);
    let settings = Settings::of(&database);
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut callers: Vec<Caller> = (0..CALLERS).map(|n| Caller::new(n, &tenant)).collect();
    let mut retrier = Caller::new(CALLERS, &tenant);
    let mut calls: Vec<Call> = Vec::new();

    let mut server = settings.start().await;
    for _ in 0..KILLS {
        let moment = Moment {
            acknowledged: rng.random_range(1..60),
            then: Duration::from_micros(rng.random_range(0..5_000)),
        };
        let fresh = work_until_killed(server, &mut callers, &season, moment).await;
        server = settings.start().await;

        // what the dead program had sent may still be on its way
        let answered: Vec<&Call> = fresh.iter().filter(|call| call.is_acknowledged()).collect();
        let mut told: Vec<&Call> = answered.iter().rev().take(2).copied().collect();
        told.extend(answered.sample(&mut rng, 3).copied());
        for call in told {
            assert_replayed(&mut retrier, &server, call).await;
        }
        for call in fresh
            .iter()
            .filter(|call| call.is_open() && call.key.is_some())
        {
            retry_unanswered(&mut retrier, &server, call).await;
        }
        calls.extend(fresh);
    }
    calls.append(&mut retrier.calls);
    eprintln!("{}", summary(&calls));

    let log = Log::read(&database, season.tenant).await;
    log.assert_whole();
    log.assert_accounts_for(&calls);
    log.assert_tables_equal(&database).await;
    log.assert_told_by(&server.integration(&tenant)).await;
    for call in calls.iter().filter(|call| call.command.is_note()) {
        let key = call.key.as_deref().unwrap();
        assert_eq!(
            log.carried_out(key),
            1,
            "given until it was answered: {call:#?}"
        );
    }
    server.assert_sane();
}

struct Moment {
    /// After so many acknowledged commands.
    acknowledged: u32,
    then: Duration,
}

/// Everybody works until the program is gone.
async fn work_until_killed(
    server: Server,
    callers: &mut Vec<Caller>,
    season: &Arc<Season>,
    moment: Moment,
) -> Vec<Call> {
    let acknowledged = watch::Sender::new(0);
    let working: Vec<_> = callers
        .drain(..)
        .map(|caller| {
            let (url, season) = (server.url.clone(), Arc::clone(season));
            tokio::spawn(work(caller, url, season, acknowledged.clone()))
        })
        .collect();
    let mut count = acknowledged.subscribe();
    let enough = count.wait_for(|count| *count >= moment.acknowledged);
    tokio::time::timeout(Duration::from_secs(30), enough)
        .await
        .unwrap()
        .unwrap();
    tokio::time::sleep(moment.then).await;
    server.kill().await;
    let mut calls = Vec::new();
    for done in join_all(working).await {
        let mut caller = done.unwrap();
        calls.append(&mut caller.calls);
        callers.push(caller);
    }
    calls.sort_by_key(|call| call.sent + call.took);
    calls
}

async fn work(
    mut caller: Caller,
    url: String,
    season: Arc<Season>,
    acknowledged: watch::Sender<u32>,
) -> Caller {
    loop {
        let call = match caller.chance(60) {
            true => caller.note(&url, &season).await,
            false => caller.work(&url, &season).await,
        };
        match call.answered {
            Answered::Acknowledged { .. } => acknowledged.send_modify(|count| *count += 1),
            Answered::Silence => return caller,
            _ => {}
        }
    }
}

/// The same key gets the first answer again.
async fn assert_replayed(retrier: &mut Caller, server: &Server, call: &Call) {
    if call.key.is_none() {
        return;
    }
    let again = retrier.repeat(&server.url, call).await;
    let (
        Answered::Acknowledged {
            seq, version, data, ..
        },
        Answered::Acknowledged {
            seq: seq_again,
            version: version_again,
            data: data_again,
            replayed,
        },
    ) = (&call.answered, &again.answered)
    else {
        panic!("first {call:#?}\nthen {again:#?}");
    };
    let both = format!("first {call:#?}\nthen {again:#?}");
    assert!(replayed, "{both}");
    assert_eq!(
        (seq, version, &data["status"]),
        (seq_again, version_again, &data_again["status"]),
        "{both}"
    );
}

/// Whoever heard nothing asks with the same key until there is an answer, and
/// then again: the second answer is the first.
async fn retry_unanswered(retrier: &mut Caller, server: &Server, call: &Call) {
    let first = retrier.repeat(&server.url, call).await;
    match &first.answered {
        Answered::Acknowledged { .. } => assert_replayed(retrier, server, &first).await,
        // the task has moved on meanwhile, and this has not been carried out
        Answered::Refused { .. } if !call.command.is_note() => {}
        _ => panic!("{first:#?}"),
    }
}
