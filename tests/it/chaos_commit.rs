//! The answer to a commit is lost.

use std::sync::Arc;
use std::time::Duration;

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::chaos::Scene;
use crate::support::load::{Call, summary};
use crate::support::proxy::Break;

const CALLERS: u64 = 8;
const STATEMENTS: usize = 80;

/// Half of the statements break, one way or another, those that ask what
/// became of them too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_commit_answer_lost_again_and_again_and_callers_get_the_truth() {
    // short, so that some outcomes stay unknown
    let scene = Scene::set(|settings| settings.with("LAJUR_ACTORS__RESOLVE_MS", 60)).await;
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let breaks: Vec<Option<Break>> = (0..STATEMENTS)
        .map(|_| {
            let ways = [Break::Before, Break::During, Break::After];
            rng.random_bool(0.5)
                .then(|| *ways.choose(&mut rng).unwrap())
        })
        .collect();
    scene.proxy.break_commits("breakable", breaks);
    let scene = Arc::new(scene);
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| tokio::spawn(call_while_it_breaks(Arc::clone(&scene))))
        .collect();
    let mut calls: Vec<Call> = Vec::new();
    for caller in callers {
        calls.extend(caller.await.unwrap());
    }
    let (broken, _) = scene.proxy.broken();
    eprintln!("{broken} commits broken; {}", summary(&calls));

    assert!(broken >= STATEMENTS / 3, "{broken}");
    assert!(
        calls.iter().any(Call::is_open),
        "no outcome stayed unknown: {}",
        summary(&calls)
    );
    for call in &calls {
        assert!(
            call.took < Duration::from_secs(3),
            "waited for {:?}: {call:#?}",
            call.took
        );
    }
    let log = scene.settle(calls.clone()).await;
    for call in calls
        .iter()
        .filter(|call| call.command.is_note() && (call.is_acknowledged() || call.is_open()))
    {
        assert_eq!(
            log.carried_out(call.key.as_deref().unwrap()),
            1,
            "{call:#?}"
        );
    }
}

async fn call_while_it_breaks(scene: Arc<Scene>) -> Vec<Call> {
    let mut caller = scene.caller();
    caller.mark = "breakable";
    caller.keyed_percent = 100;
    let url = scene.server.url.clone();
    while scene.proxy.broken().1 > 0 {
        let call = match caller.chance(60) {
            true => caller.note(&url, &scene.season).await,
            false => caller.work(&url, &scene.season).await,
        };
        if call.is_unavailable() {
            caller.wait_a_little().await;
        }
    }
    caller.calls
}
