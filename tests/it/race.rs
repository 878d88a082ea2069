//! Two programs on one database, and many callers who want the same things.

use std::sync::Arc;

use futures::future::join_all;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;

use crate::support::check::Log;
use crate::support::fixture::Tenant;
use crate::support::load::Caller;
use crate::support::load_calls::{Answered, Call, Expected, summary};
use crate::support::load_season::Season;
use crate::support::server::Settings;

const CALLERS: u64 = 64;
const CALLS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn race_of_64_callers_through_two_programs_leaves_one_history() {
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let mut season = Season::begin(&database, &tenant, 25).await;
    season.tasks.truncate(200);
    assert_eq!(season.tasks.len(), 200);
    let settings = Settings::of(&database);
    let (one, other) = futures::join!(settings.start(), settings.start());

    let urls: Arc<[String]> = Arc::from([one.url.clone(), other.url.clone()]);
    let season = Arc::new(season);
    let callers = (0..CALLERS).map(|number| {
        let caller = Caller::new(number, &tenant);
        tokio::spawn(call_often(caller, Arc::clone(&urls), Arc::clone(&season)))
    });
    let done = join_all(callers).await;
    let calls: Vec<Call> = done.into_iter().flat_map(|calls| calls.unwrap()).collect();
    eprintln!("{}", summary(&calls));

    assert!(
        calls.iter().filter(|call| call.is_acknowledged()).count() >= 800,
        "{}",
        summary(&calls)
    );
    for call in &calls {
        // what one program told must be known to the other when it matters
        if let (Expected::Version(expected), Answered::Refused { details, .. }) =
            (call.expected, &call.answered)
            && let Some(current) = details["current"]["version"].as_i64()
        {
            assert!(current > expected, "refused by an old state: {call:#?}");
        }
    }
    let log = Log::read(&database, season.tenant).await;
    log.assert_whole();
    log.assert_accounts_for(&calls);
    log.assert_tables_equal(&database).await;
    for server in [&one, &other] {
        log.assert_told_by(&server.integration(&tenant)).await;
        server.assert_sane();
    }
}

/// Some commands go to the other program a second time, as after a lost answer.
async fn call_often(mut caller: Caller, urls: Arc<[String]>, season: Arc<Season>) -> Vec<Call> {
    // a few jamaah for all, so that their ways cross
    let few = &season.jamaah[..3];
    while caller.calls.len() < CALLS {
        let at = usize::from(caller.chance(50));
        let url = &urls[at];
        if caller.chance(10) {
            let jamaah = *caller.pick(few);
            let words = [
                "advance", "advance", "hold", "hold", "resume", "resume", "cancel",
            ];
            let word = *caller.pick(&words);
            caller.manage(url, jamaah, word).await;
            continue;
        }
        let call = caller.work(url, &season).await;
        if let (Answered::Acknowledged { seq, .. }, Some(_), true) =
            (&call.answered, &call.key, caller.chance(30))
        {
            let again = caller.repeat(&urls[1 - at], &call).await;
            let same = matches!(&again.answered,
                Answered::Acknowledged { replayed: true, seq: again, .. } if again == seq);
            assert!(
                same || again.is_unavailable(),
                "first {call:#?}\nthen {again:#?}"
            );
        }
    }
    caller.calls
}
