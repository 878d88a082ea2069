//! Presence, history, refreshing, and what is not offered.

use bytes::Bytes;

use super::*;
use crate::domain::principal::{Actor, Permission};
use crate::domain::reach::Grant;
use crate::realtime::feed::AccessChange;
use crate::realtime::protocol::PresenceEntry;

fn entry(client: &str) -> PresenceEntry {
    PresenceEntry {
        client: client.to_owned(),
        user: "u".to_owned(),
        conn_info: None,
    }
}

#[test]
fn presence_lists_who_is_there() {
    let mut connection = Connection::open();
    let asked = question(&connection.say(json!({"id": 2, "presence": {"channel": TASKS}})));
    assert!(matches!(asked.asked, Asked::Presence(Channel::Tasks)));
    let effects = connection.answer(asked.id, Ok(Answer::Presence(vec![entry("c1")])));
    assert_eq!(
        lines(&effects),
        [json!({"id": 2, "presence": {"presence": {"c1": {"client": "c1", "user": "u"}}}})]
    );
    let asked = question(&connection.say(json!({"id": 3, "presence_stats": {"channel": TASKS}})));
    let counted = Answer::PresenceStats {
        clients: 3,
        users: 2,
    };
    assert_eq!(
        lines(&connection.answer(asked.id, Ok(counted))),
        [json!({"id": 3, "presence_stats": {"num_clients": 3, "num_users": 2}})]
    );
}

#[test]
fn presence_is_bounded_and_not_everywhere() {
    let mut connection = Connection::open();
    let mine = Channel::User(feed::user()).name("amanah");
    for command in ["presence", "presence_stats"] {
        let effects = connection.say(json!({"id": 2, command: {"channel": mine}}));
        assert_eq!(errors(&effects), [108]);
    }
    let asked = question(&connection.say(json!({"id": 2, "presence": {"channel": TASKS}})));
    let crowd = (0..1_001).map(|n| entry(&n.to_string())).collect();
    let effects = connection.answer(asked.id, Ok(Answer::Presence(crowd)));
    assert_eq!(errors(&effects), [106]);
}

#[test]
fn an_agent_does_not_learn_of_others() {
    let mut connection = Connection::open();
    let ask = json!({"id": 2, "presence": {"channel": TASKS}});
    let asked = question(&connection.say(ask.clone()));
    let mut agent = principal(&[], &[]).as_ref().clone();
    agent.reach.grants = vec![Grant {
        permissions: [Permission::TasksRead].into(),
        stages: None,
        own_jamaah: true,
    }];
    let became = AccessChange::Principal(Arc::new(agent.clone()));
    connection.feed.rights(became);
    let people = Answer::Presence(vec![entry("c1")]);
    assert_eq!(errors(&connection.answer(asked.id, Ok(people))), [103]);
    assert_eq!(errors(&connection.say(ask.clone())), [103]);
    agent.permissions = [Permission::TasksReadAll].into();
    let became = AccessChange::Principal(Arc::new(agent));
    connection.feed.rights(became);
    question(&connection.say(ask));
}

#[test]
fn an_answer_that_fails_or_comes_too_late_is_a_temporary_error() {
    let mut connection = Connection::open();
    let command = json!({"id": 2, "presence": {"channel": TASKS}});
    let asked = question(&connection.say(command.clone()));
    let effects = connection.answer(asked.id, Err(ErrorCode::Internal));
    assert_eq!(errors(&effects), [100]);
    let asked = question(&connection.say(command.clone()));
    // this one would wait even longer, so nobody is asked
    assert!(connection.say(command).is_empty());
    let effects = connection.after(SECOND * 3);
    assert_eq!(errors(&effects), [100, 100]);
    assert_eq!(lines(&effects)[0]["error"]["temporary"], true);
    let late = connection.answer(asked.id, Ok(Answer::Presence(vec![])));
    assert!(late.is_empty());
}

fn history(connection: &mut Connection, fields: Value) -> Vec<Effect> {
    let mut request = json!({"channel": TASKS});
    let more = fields.as_object().unwrap().clone();
    request.as_object_mut().unwrap().extend(more);
    connection.say(json!({"id": 2, "history": request}))
}

#[test]
fn history_is_asked_for_by_range() {
    let since = |offset: u64| json!({"offset": offset, "epoch": "e1"});
    for (fields, range, newest_first, limit) in [
        (json!({"limit": 50}), (2, 20), false, 50),
        (json!({"limit": -1}), (2, 20), false, 300),
        (json!({"limit": 999}), (2, 20), false, 300),
        (json!({"limit": 5, "reverse": true}), (2, 20), true, 5),
        (json!({"limit": 5, "since": since(7)}), (7, 20), false, 5),
        (json!({"limit": 5, "since": since(2)}), (2, 20), false, 5),
        (
            json!({"limit": 5, "since": since(7), "reverse": true}),
            (2, 6),
            true,
            5,
        ),
        (
            json!({"limit": 5, "since": since(99), "reverse": true}),
            (2, 20),
            true,
            5,
        ),
    ] {
        let mut connection = Connection::open();
        connection.feed.tasks(20);
        connection.feed.first = 3;
        let asked = question(&history(&mut connection, fields));
        let Asked::History {
            after,
            upto,
            newest_first: reversed,
            limit: wanted,
            ..
        } = asked.asked
        else {
            panic!("{asked:?}");
        };
        assert_eq!(
            ((after, upto), reversed, wanted),
            (range, newest_first, limit)
        );
        let publication = Bytes::from_static(b"{\"offset\":8,\"data\":{}}");
        let effects = connection.answer(asked.id, Ok(Answer::History(vec![publication])));
        assert_eq!(
            lines(&effects),
            [
                json!({"id": 2, "history": {"publications": [{"offset": 8, "data": {}}],
                "epoch": "e1", "offset": 20}})
            ]
        );
    }
}

#[test]
fn history_without_a_range_is_the_position() {
    let mut connection = Connection::open();
    connection.feed.tasks(20);
    for fields in [
        json!({}),
        json!({"limit": 0, "since": {"offset": 3}}),
        json!({"limit": 9, "since": {"offset": 20, "epoch": "e1"}}),
        json!({"limit": 9, "since": {"offset": 9007199254740991u64}}),
    ] {
        assert_eq!(
            lines(&history(&mut connection, fields)),
            [json!({"id": 2, "history": {"epoch": "e1", "offset": 20}})]
        );
    }
}

#[test]
fn history_that_cannot_be_given_is_refused() {
    let mut connection = Connection::open();
    connection.feed.tasks(20);
    connection.feed.first = 3;
    for (fields, error) in [
        (json!({"since": {"offset": 5, "epoch": "other"}}), 112),
        (json!({"limit": 1, "since": {"offset": 1}}), 112),
        (json!({"limit": -2}), 107),
    ] {
        assert_eq!(errors(&history(&mut connection, fields)), [error]);
    }
    let state = json!({"id": 2, "history": {"channel": HEALTH, "limit": 1}});
    assert_eq!(errors(&connection.say(state)), [108]);
}

#[test]
fn history_is_kept_small() {
    let mut connection = Connection::open();
    connection.feed.tasks(20);
    for (count, fits) in [(1, 1), (5, 2)] {
        let asked = question(&history(&mut connection, json!({"limit": 9})));
        let large = Bytes::from(format!("\"{}\"", "x".repeat(30_000)));
        let effects = connection.answer(asked.id, Ok(Answer::History(vec![large; count])));
        let page = &lines(&effects)[0]["history"]["publications"];
        assert_eq!(page.as_array().unwrap().len(), fits);
        let total = *probes(&effects).last().unwrap();
        connection.pong(total);
    }
}

#[test]
fn an_answer_is_not_given_to_one_who_may_not_see_it_any_more() {
    let mut connection = Connection::open();
    connection.feed.tasks(2);
    let lost = principal(&[], &[]);
    let asked = question(&history(&mut connection, json!({"limit": 9})));
    connection.feed.rights(AccessChange::Principal(lost));
    let effects = connection.answer(asked.id, Ok(Answer::History(vec![])));
    assert_eq!(errors(&effects), [103]);
    let less = principal(&["a"], &[Permission::TasksRead]);
    let more = principal(&[], &[Permission::TasksReadAll]);
    connection.feed.rights(AccessChange::Principal(more));
    let asked = question(&history(&mut connection, json!({"limit": 9})));
    connection.feed.rights(AccessChange::Principal(less));
    let effects = connection.answer(asked.id, Ok(Answer::History(vec![])));
    assert_eq!(errors(&effects), [100], "it may ask again");
}

#[test]
fn what_is_not_offered_says_so() {
    let mut connection = Connection::open();
    for (command, error) in [
        (
            json!({"id": 2, "rpc": {"method": "whoami", "data": {}}}),
            104,
        ),
        (
            json!({"id": 3, "publish": {"channel": TASKS, "data": {}}}),
            103,
        ),
        (
            json!({"id": 4, "sub_refresh": {"channel": TASKS, "token": "t"}}),
            108,
        ),
    ] {
        assert_eq!(errors(&connection.say(command)), [error]);
    }
    assert_eq!(
        closed(&connection.send("{\"send\":{\"data\":1}}")),
        Some(3508)
    );
}

fn expiring() -> Connection {
    let mut connection = Connection::fresh(Settings::default());
    connection.say(json!({"id": 1, "connect": {"token": "t"}}));
    connection.admit(Ok(Admission {
        expires_in: Some(SECOND * 10),
        ..admission()
    }));
    connection
}

/// The question, and what came of the answer.
fn refresh(connection: &mut Connection, outcome: Result<Admission, Refusal>) -> Vec<Effect> {
    let effects = connection.say(json!({"id": 9, "refresh": {"token": "next"}}));
    let [Effect::Refresh { question, token }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(token, "next");
    connection
        .session
        .refreshed(*question, outcome, connection.now, Some(&connection.feed))
}

#[test]
fn an_expired_connection_has_a_grace() {
    let mut connection = expiring();
    assert_eq!(closed(&connection.after(SECOND * 34)), None);
    connection.send("{}");
    let renewed = Admission {
        expires_in: Some(SECOND * 900),
        ..admission()
    };
    let effects = refresh(&mut connection, Ok(renewed));
    assert_eq!(
        lines(&effects),
        [json!({"id": 9, "refresh": {"expires": true, "ttl": 900}})]
    );
    assert_eq!(closed(&connection.after(SECOND)), None);
    assert_eq!(closed(&expiring().after(SECOND * 35)), Some(3005));
}

#[test]
fn a_refresh_may_be_refused() {
    for (refusal, close, error) in [
        (Refusal::InvalidToken, Some(3500), None),
        (Refusal::Disabled, Some(3507), None),
        (Refusal::TokenExpired, None, Some(109)),
        (Refusal::Busy, None, Some(111)),
        (Refusal::Failed, None, Some(100)),
    ] {
        let effects = refresh(&mut expiring(), Err(refusal));
        assert_eq!(closed(&effects), close);
        assert_eq!(errors(&effects).first().copied(), error);
    }
    let mut other = admission();
    other.identity.actor = Actor::System;
    assert_eq!(closed(&refresh(&mut expiring(), Ok(other))), Some(3500));
    let effects = Connection::open().say(json!({"id": 2, "refresh": {"token": "t"}}));
    assert_eq!(closed(&effects), Some(3501), "it does not expire");
}

#[test]
fn a_refresh_checks_the_rights_again() {
    let mut connection = expiring();
    connection.say(json!({"id": 2, "subscribe": {"channel": TASKS}}));
    let less = Admission {
        principal: principal(&[], &[]),
        ..admission()
    };
    let effects = refresh(&mut connection, Ok(less));
    assert_eq!(unsubscribed(&effects), [(TASKS.to_owned(), 2000)]);
}

#[test]
fn a_refresh_does_not_bring_back_rights_that_the_log_took_since() {
    let mut connection = expiring();
    connection.say(json!({"id": 2, "subscribe": {"channel": TASKS}}));
    connection
        .feed
        .rights(AccessChange::Principal(principal(&[], &[])));
    assert_eq!(unsubscribed(&connection.pull()).len(), 1);
    // it was looked at before the event
    refresh(&mut connection, Ok(admission()));
    let effects = connection.say(json!({"id": 3, "subscribe": {"channel": TASKS}}));
    assert_eq!(errors(&effects), [103]);
}
