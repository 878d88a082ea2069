//! Credit, loading, and clients that do not read.

use super::*;
use crate::domain::principal::RoleKey;

const CREDIT: u64 = 4_000;

fn small() -> Settings {
    Settings {
        credit_bytes: CREDIT,
        frame_bytes: 1_000,
        ..Settings::default()
    }
}

/// Everything sent so far is acknowledged.
fn subscribed(settings: Settings) -> Connection {
    let mut connection = Connection::open_with(settings);
    let command = json!({"id": 2, "subscribe": {"channel": TASKS}});
    connection.say(command);
    connection
}

fn bytes(effects: &[Effect]) -> usize {
    messages(effects).iter().map(String::len).sum()
}

#[test]
fn events_come_once_and_in_order_as_credit_allows() {
    let mut connection = subscribed(small());
    connection.feed.tasks(500);
    let mut seen = Vec::new();
    let mut effects = connection.pull();
    assert!(bytes(&effects) < usize::try_from(CREDIT).unwrap());
    assert!(connection.pull().is_empty(), "no credit");
    loop {
        assert!(
            messages(&effects)
                .iter()
                .all(|message| message.len() <= 1_000)
        );
        seen.extend(offsets(&effects));
        let Some(total) = probes(&effects).last().copied() else {
            break;
        };
        effects = connection.pong(total);
    }
    assert_eq!(seen, (1..=500).collect::<Vec<_>>());
}

#[test]
fn the_shared_bytes_of_a_read_are_sent_as_they_are() {
    let mut connection = subscribed(Settings::default());
    connection.feed.tasks(3);
    let effects = connection.pull();
    assert_eq!(messages(&effects).len(), 1);
    assert_eq!(offsets(&effects), [1, 2, 3]);
}

#[test]
fn one_event_larger_than_the_credit_still_goes_out() {
    let mut connection = subscribed(small());
    connection.feed.items.push(Item::Task {
        role: "a",
        bytes: 9_000,
    });
    connection.feed.tasks(1);
    // the replies are still on the way
    let effects = connection.pull();
    let [total] = probes(&effects)[..] else {
        panic!("a probe for those who wait: {effects:?}");
    };
    let effects = connection.pong(total);
    assert_eq!(offsets(&effects), [1]);
    let total = *probes(&effects).last().unwrap();
    assert_eq!(offsets(&connection.pong(total)), [2]);
}

#[test]
fn commands_wait_for_a_client_that_does_not_read() {
    let mut connection = subscribed(small());
    connection.feed.items.push(Item::Task {
        role: "a",
        bytes: 3_500,
    });
    connection.pull();
    let mut replies = 0;
    let mut effects = Vec::new();
    for id in 3..40 {
        effects.extend(connection.say(json!({"id": id, "rpc": {}})));
    }
    replies += errors(&effects).len();
    assert!(replies < 10);
    while let Some(total) = probes(&effects).last().copied() {
        effects = connection.pong(total);
        replies += errors(&effects).len();
    }
    assert_eq!(replies, 37);
}

#[test]
fn a_client_that_acknowledges_nothing_is_cut() {
    let mut connection = subscribed(small());
    connection.feed.tasks(500);
    let effects = connection.pull();
    assert_eq!(closed(&connection.after(SECOND * 9)), None);
    connection.pong(probes(&effects)[0]);
    assert_eq!(closed(&connection.after(SECOND * 9)), None);
    let effects = connection.after(SECOND);
    assert_eq!(closed(&effects), Some(3008));
}

#[test]
fn a_client_that_nothing_was_asked_of_is_not_slow() {
    let mut connection = subscribed(small());
    connection.after(SECOND * 13);
    connection.send("{}");
    assert_eq!(closed(&connection.after(SECOND * 12)), None);
}

#[test]
fn pings_overtake_the_backlog() {
    let mut connection = subscribed(Settings {
        slow_after: SECOND * 100,
        ..small()
    });
    connection.feed.tasks(500);
    connection.pull();
    let effects = connection.after(SECOND * 13);
    assert_eq!(messages(&effects), ["{}"], "without credit");
}

#[test]
fn a_slow_client_gets_the_latest_state_only() {
    let mut connection = subscribed(small());
    connection.feed.set_state(Channel::Health, 1);
    connection.say(json!({"id": 3, "subscribe": {"channel": HEALTH}}));
    connection.feed.tasks(500);
    let mut effects = connection.pull();
    for version in 2..9 {
        connection.feed.set_state(Channel::Health, version);
        assert!(connection.pull().is_empty());
    }
    let mut versions = Vec::new();
    while let Some(total) = probes(&effects).last().copied() {
        effects = connection.pong(total);
        let version = |line: &Value| line["push"]["pub"]["data"]["version"].as_u64();
        versions.extend(lines(&effects).iter().filter_map(version));
    }
    assert_eq!(versions, [8]);
}

#[test]
fn a_backlog_does_not_starve_other_subscriptions() {
    let mut connection = subscribed(small());
    let other = Channel::RoleTasks(RoleKey::new("b")).name("amanah");
    connection.say(json!({"id": 3, "subscribe": {"channel": other}}));
    connection.feed.tasks(500);
    connection.feed.items.push(Item::Task {
        role: "b",
        bytes: 10,
    });
    let mut effects = connection.pull();
    let is_other = |line: &Value| line["push"]["channel"] == other.as_str();
    let mut rounds = 0;
    while !lines(&effects).iter().any(is_other) {
        let total = *probes(&effects).last().unwrap();
        effects = connection.pong(total);
        rounds += 1;
    }
    assert!(rounds <= 1, "{rounds}");
}

#[test]
fn what_is_not_in_memory_is_asked_for_once() {
    let mut connection = Connection::open();
    connection.feed.tasks(20);
    connection.feed.memory_after = 15;
    let command = json!({"id": 2, "subscribe": {"channel": TASKS, "recover": true, "offset": 4}});
    let effects = connection.say(command);
    assert_eq!(lines(&effects)[0]["subscribe"]["recovered"], true);
    assert_eq!(loads(&effects), [4]);
    assert!(connection.pull().is_empty());
    connection.feed.load(4);
    let effects = connection
        .session
        .loaded(connection.now, Some(&connection.feed));
    assert_eq!(offsets(&effects), (5..=20).collect::<Vec<_>>());
}

#[test]
fn what_cannot_be_loaded_ends_the_subscription_but_not_too_often() {
    let mut connection = subscribed(Settings::default());
    connection.feed.tasks(5);
    connection.feed.memory_after = 5;
    assert_eq!(loads(&connection.pull()), [0]);
    assert!(
        connection
            .session
            .loaded(connection.now, Some(&connection.feed))
            .is_empty()
    );
    assert_eq!(loads(&connection.after(SECOND)), [0], "it is tried again");
    assert_eq!(loads(&connection.after(SECOND)), [0]);
    let gone = [(TASKS.to_owned(), 2500)];
    assert_eq!(unsubscribed(&connection.after(SECOND)), gone);
    let again = json!({"id": 5, "subscribe": {"channel": TASKS, "recover": true, "epoch": "e1"}});
    assert_eq!(
        lines(&connection.say(again))[0]["subscribe"]["recovered"],
        true
    );
    assert!(unsubscribed(&connection.after(SECOND * 4)).is_empty());
    assert_eq!(unsubscribed(&connection.after(SECOND)), gone);
    let code = UnsubscribeCode::InsufficientState;
    assert_eq!(connection.counted(Counted::Unsubscribe(code)), 2);
}

#[test]
fn what_was_pruned_meanwhile_ends_the_subscription() {
    let mut connection = subscribed(Settings::default());
    connection.feed.tasks(5);
    connection.feed.first = 4;
    connection.feed.memory_after = 3;
    let effects = connection.pull();
    assert_eq!(unsubscribed(&effects), [(TASKS.to_owned(), 2500)]);
    let again = json!({"id": 5, "subscribe": {"channel": TASKS, "recover": true, "epoch": "e1"}});
    let effects = connection.say(again);
    assert_eq!(lines(&effects)[0]["subscribe"]["recovered"], Value::Null);
    assert_eq!(connection.counted(Counted::Recovery(Recovery::Pruned)), 1);
}

#[test]
fn events_that_one_may_not_see_are_skipped() {
    let mut connection = Connection::open();
    let mine = Channel::User(feed::user()).name("amanah");
    connection.say(json!({"id": 2, "subscribe": {"channel": mine}}));
    connection.feed.stride = 2;
    connection.feed.tasks(7);
    connection.feed.items.push(Item::Notice);
    connection.feed.tasks(7);
    assert_eq!(offsets(&connection.pull()), [8]);
    // it is past them: what it has seen need not be in memory any more
    connection.feed.memory_after = 15;
    connection.feed.items.push(Item::Notice);
    assert_eq!(offsets(&connection.pull()), [16]);
}
