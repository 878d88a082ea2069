//! Rights that change under a connection.

use super::*;
use crate::domain::principal::Permission::{self, *};
use crate::realtime::feed::AccessChange;

fn viewer(roles: &[&str], permissions: &[Permission]) -> Connection {
    let mut connection = Connection::fresh(Settings::default());
    connection.say(json!({"id": 1, "connect": {}}));
    connection.admit(Ok(Admission {
        principal: principal(roles, permissions),
        ..admission()
    }));
    connection.feed.set_state(Channel::Health, 1);
    for channel in [TASKS, HEALTH] {
        connection.say(json!({"id": 2, "subscribe": {"channel": channel}}));
    }
    connection
}

#[test]
fn subscriptions_end_when_rights_are_lost_before_any_further_event() {
    let mut connection = viewer(&["a"], &[TasksRead, PipelineRead]);
    connection.feed.tasks(2);
    connection
        .feed
        .rights(AccessChange::Principal(principal(&[], &[PipelineRead])));
    connection.feed.tasks(2);
    connection.feed.set_state(Channel::Health, 2);
    let effects = connection.pull();
    assert_eq!(unsubscribed(&effects), [(TASKS.to_owned(), 2000)]);
    assert_eq!(lines(&effects).len(), 2, "the state is still allowed");
    assert_eq!(connection.session.channels().count(), 1);
    connection
        .feed
        .rights(AccessChange::Principal(principal(&[], &[])));
    connection.feed.set_state(Channel::Health, 3);
    assert_eq!(
        unsubscribed(&connection.pull()),
        [(HEALTH.to_owned(), 2000)]
    );
}

#[test]
fn what_shows_something_else_must_be_loaded_anew() {
    let before: (&[&str], &[Permission]) = (&["a"], &[TasksRead, PipelineRead]);
    for (roles, permissions) in [
        (vec!["a", "b"], vec![TasksRead, PipelineRead]),
        (vec!["b"], vec![TasksRead, PipelineRead]),
        (vec!["a"], vec![TasksReadAll, PipelineRead]),
        (vec!["a"], vec![TasksRead, JamaahRead, PipelineRead]),
    ] {
        let mut connection = viewer(before.0, before.1);
        connection.feed.tasks(1);
        let changed = principal(&roles, &permissions);
        connection.feed.rights(AccessChange::Principal(changed));
        connection.feed.tasks(1);
        let effects = connection.pull();
        assert_eq!(unsubscribed(&effects), [(TASKS.to_owned(), 2502)]);
        assert_eq!(lines(&effects).len(), 1);
    }
    let mut connection = viewer(before.0, before.1);
    connection.feed.tasks(1);
    let same = principal(&["a"], &[TasksRead, TasksWork, PipelineRead]);
    connection.feed.rights(AccessChange::Principal(same));
    let effects = connection.pull();
    assert!(unsubscribed(&effects).is_empty());
    assert_eq!(offsets(&effects), [1]);
}

#[test]
fn the_revoked_are_cut_at_once() {
    for code in [CloseCode::ForceDisconnect, CloseCode::PermissionDenied] {
        let mut connection = viewer(&["a"], &[TasksRead]);
        connection.feed.tasks(3);
        connection.feed.rights(AccessChange::Revoked { code });
        let effects = connection.pull();
        assert_eq!(closed(&effects), Some(code.code()));
        assert_eq!(effects.len(), 1);
        assert_eq!(connection.session.channels().count(), 0);
        assert_eq!(connection.counted(Counted::Close(code)), 1);
    }
}

#[test]
fn rights_that_changed_during_authentication_are_seen() {
    let mut connection = Connection::fresh(Settings::default());
    connection.say(json!({"id": 1, "connect": {}}));
    connection.feed.rights(AccessChange::Revoked {
        code: CloseCode::ForceDisconnect,
    });
    let effects = connection.admit(Ok(admission()));
    assert_eq!(closed(&effects), Some(3503));
    assert!(lines(&effects).is_empty());
}

#[test]
fn every_entry_looks_at_the_rights_first() {
    let entries: [fn(&mut Connection) -> Vec<Effect>; 4] = [
        |c| c.say(json!({"id": 5, "rpc": {}})),
        |c| c.pong(0),
        |c| c.after(SECOND),
        |c| c.session.loaded(c.now, Some(&c.feed)),
    ];
    for entry in entries {
        let mut connection = viewer(&["a"], &[TasksRead]);
        connection.feed.tasks(1);
        connection.feed.rights(AccessChange::Revoked {
            code: CloseCode::ForceDisconnect,
        });
        let effects = entry(&mut connection);
        assert_eq!((offsets(&effects), closed(&effects)), (vec![], Some(3503)));
    }
}

#[test]
fn another_epoch_sends_the_client_to_connect_anew() {
    let mut connection = viewer(&["a"], &[TasksRead, PipelineRead]);
    connection.feed.tasks(3);
    connection.pull();
    connection.feed.epoch = Arc::from("e2");
    connection.feed.items.truncate(1);
    let effects = connection.pull();
    assert_eq!((offsets(&effects), closed(&effects)), (vec![], Some(3014)));
}
