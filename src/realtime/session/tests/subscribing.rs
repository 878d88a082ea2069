//! Subscribe and unsubscribe, and continuing where one was.

use super::*;
use crate::realtime::feed::AccessChange;

fn subscribe(connection: &mut Connection, fields: Value) -> Vec<Effect> {
    let mut request = json!({"channel": TASKS});
    let more = fields.as_object().unwrap().clone();
    request.as_object_mut().unwrap().extend(more);
    connection.say(json!({"id": 5, "subscribe": request}))
}

#[test]
fn names_that_are_no_channels_are_refused() {
    let long = format!("realtime:amanah:pipeline:tasks:{}", "r".repeat(225));
    for (channel, error) in [
        ("realtime:amanah:pipeline:tasks\n", 107),
        ("\u{0}", 107),
        (long.as_str(), 107),
        ("news", 103),
        ("realtime:other:pipeline:tasks", 103),
        ("realtime:amanah:nothing", 103),
    ] {
        for command in [
            "subscribe",
            "presence",
            "presence_stats",
            "history",
            "sub_refresh",
        ] {
            let effects = Connection::open().say(json!({"id": 2, command: {"channel": channel}}));
            assert_eq!(errors(&effects), [error], "{command} {channel}");
        }
    }
    for command in [
        "subscribe",
        "unsubscribe",
        "presence",
        "history",
        "sub_refresh",
    ] {
        for fields in [json!({}), json!({"channel": ""})] {
            let effects = Connection::open().say(json!({"id": 2, command: fields}));
            assert_eq!(closed(&effects), Some(3501), "{command}");
        }
    }
}

#[test]
fn what_one_may_not_see_is_refused_like_what_does_not_exist() {
    let mut connection = Connection::fresh(Settings::default());
    connection.say(json!({"id": 1, "connect": {}}));
    connection.admit(Ok(Admission {
        principal: principal(&[], &[]),
        ..admission()
    }));
    for channel in [TASKS, HEALTH, "realtime:amanah:nothing"] {
        let effects = connection.say(json!({"id": 2, "subscribe": {"channel": channel}}));
        assert_eq!(errors(&effects), [103]);
    }
    assert_eq!(
        connection.counted(Counted::Error(ErrorCode::PermissionDenied)),
        3
    );
}

#[test]
fn features_that_are_not_offered_are_refused() {
    let open = &mut Connection::open();
    assert_eq!(errors(&subscribe(open, json!({"tf": {"k": "v"}}))), [107]);
    assert_eq!(errors(&subscribe(open, json!({"type": 1}))), [108]);
    let granted = subscribe(
        open,
        json!({"flag": 1, "delta": "fossil", "join_leave": true, "token": "t", "data": {}}),
    );
    assert_eq!(
        lines(&granted)[0]["subscribe"],
        json!({"recoverable": true, "positioned": true, "epoch": "e1", "offset": 0})
    );
    assert_eq!(errors(&subscribe(open, json!({}))), [105]);
}

#[test]
fn subscribe_unsubscribe_subscribe_without_waiting_succeeds() {
    let mut connection = Connection::open();
    let subscribe = json!({"id": 2, "subscribe": {"channel": TASKS}});
    let unsubscribe = json!({"id": 3, "unsubscribe": {"channel": TASKS}});
    let again = json!({"id": 4, "subscribe": {"channel": TASKS}});
    let effects = connection.send(&format!("{subscribe}\n{unsubscribe}\n{again}\n"));
    assert_eq!(errors(&effects), [0; 0]);
    assert_eq!(lines(&effects).len(), 3);
    assert_eq!(connection.session.channels().count(), 1);
    let other = json!({"id": 5, "unsubscribe": {"channel": "never subscribed"}});
    assert_eq!(
        lines(&connection.say(other)),
        [json!({"id": 5, "unsubscribe": {}})]
    );
}

#[test]
fn nothing_comes_after_unsubscribe() {
    let mut connection = Connection::subscribed();
    connection.say(json!({"id": 3, "unsubscribe": {"channel": TASKS}}));
    connection.feed.tasks(3);
    assert!(connection.pull().is_empty());
}

#[test]
fn a_connection_has_only_so_many_channels() {
    let mut connection = Connection::open_with(Settings {
        max_channels: 2,
        ..Settings::default()
    });
    let role = |n: u8| format!("{TASKS}:role-{n}");
    for (n, error) in [(1, None), (2, None), (3, Some(106))] {
        let effects = connection.say(json!({"id": 2, "subscribe": {"channel": role(n)}}));
        assert_eq!(errors(&effects).first().copied(), error);
    }
}

#[test]
fn a_new_subscription_starts_at_the_head() {
    let mut connection = Connection::open();
    connection.feed.tasks(5);
    let effects = subscribe(&mut connection, json!({}));
    assert_eq!(lines(&effects)[0]["subscribe"]["offset"], 5);
    connection.feed.tasks(2);
    assert_eq!(offsets(&connection.pull()), [6, 7]);
}

#[test]
fn a_known_position_is_continued_in_the_same_message() {
    let mut connection = Connection::open();
    connection.feed.tasks(5);
    let effects = subscribe(
        &mut connection,
        json!({"recover": true, "offset": 2, "epoch": "e1"}),
    );
    assert_eq!(
        lines(&effects)[0]["subscribe"],
        json!({"recoverable": true, "positioned": true, "epoch": "e1", "offset": 2,
            "was_recovering": true, "recovered": true})
    );
    assert_eq!(offsets(&effects), [3, 4, 5]);
    assert_eq!(messages(&effects).len(), 1);
    assert_eq!(
        connection.counted(Counted::Recovery(Recovery::Recovered)),
        1
    );
}

#[test]
fn a_lost_position_starts_anew_or_is_refused() {
    for (position, why) in [
        (
            json!({"offset": 3, "epoch": "other"}),
            Recovery::EpochDiffers,
        ),
        (json!({"offset": 3, "epoch": "_"}), Recovery::EpochDiffers),
        (json!({"offset": 21, "epoch": "e1"}), Recovery::AheadOfLog),
        (json!({"offset": 1, "epoch": "e1"}), Recovery::Pruned),
        (json!({"offset": 9, "epoch": "e1"}), Recovery::TooMuch),
        (
            json!({"offset": 11, "epoch": "e1"}),
            Recovery::RightsChanged,
        ),
    ] {
        for flag in [1, 2] {
            let mut connection = Connection::open_with(Settings {
                replay_events: 10,
                ..Settings::default()
            });
            connection.feed.tasks(14);
            let same = principal(&["x"], &crate::domain::principal::Permission::ALL);
            connection.feed.rights(AccessChange::Principal(same));
            connection.feed.tasks(5);
            connection.feed.first = 3;
            let mut fields = position.clone();
            fields["recover"] = json!(true);
            fields["flag"] = json!(flag);
            let effects = subscribe(&mut connection, fields);
            if flag == 2 {
                assert_eq!(errors(&effects), [112], "{why:?}");
                assert_eq!(connection.session.channels().count(), 0);
            } else {
                assert_eq!(
                    lines(&effects)[0]["subscribe"],
                    json!({"recoverable": true, "positioned": true, "epoch": "e1",
                        "offset": 20, "was_recovering": true}),
                    "{why:?}"
                );
            }
            assert_eq!(connection.counted(Counted::Recovery(why)), 1, "{why:?}");
        }
    }
}

#[test]
fn a_state_comes_whole_in_the_reply() {
    let mut connection = Connection::open();
    connection.feed.set_state(Channel::Health, 4);
    let command = json!({"id": 2, "subscribe": {"channel": HEALTH, "recoverable": true}});
    assert_eq!(
        lines(&connection.say(command)),
        [json!({"id": 2, "subscribe": {"data": {"version": 4}}})]
    );
    assert!(connection.pull().is_empty(), "it has not changed");
    connection.feed.set_state(Channel::Health, 5);
    connection.feed.set_state(Channel::Health, 6);
    assert_eq!(
        lines(&connection.pull()),
        [json!({"push": {"channel": HEALTH, "pub": {"data": {"version": 6}}}})]
    );
}

#[test]
fn a_state_that_is_not_known_yet_is_asked_for() {
    let mut connection = Connection::open();
    let command = json!({"id": 2, "subscribe": {"channel": HEALTH}});
    let asked = question(&connection.say(command));
    assert!(matches!(asked.asked, Asked::FirstValue(Channel::Health)));
    // commands behind it wait
    assert!(connection.say(json!({"id": 3, "rpc": {}})).is_empty());
    connection.feed.set_state(Channel::Health, 1);
    let value = connection.feed.states[&Channel::Health].clone();
    let effects = connection.answer(asked.id, Ok(Answer::FirstValue(value)));
    assert_eq!(
        lines(&effects)[0],
        json!({"id": 2, "subscribe": {"data": {"version": 1}}})
    );
    assert_eq!(errors(&effects), [104]);
}
