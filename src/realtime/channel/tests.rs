use std::sync::Arc;

use Permission::*;

use super::*;
use crate::domain::ids::ApiKeyId;

const ID: &str = "0190a5c0-0000-7000-8000-00000000000a";

fn user() -> UserId {
    ID.parse().unwrap()
}

fn who(roles: &[&str], permissions: &[Permission]) -> Principal {
    Principal {
        actor: Actor::User(user()),
        display_name: Arc::from("ani"),
        roles: roles.iter().map(|key| RoleKey::new(key)).collect(),
        permissions: permissions.iter().copied().collect(),
        reach: crate::domain::reach::Reach::default(),
    }
}

fn all() -> Vec<Channel> {
    vec![
        Channel::Tasks,
        Channel::RoleTasks(RoleKey::new("visa-admin")),
        Channel::User(user()),
        Channel::Health,
        Channel::Stages,
        Channel::Bottlenecks,
        Channel::Departures,
        Channel::Job(ID.parse().unwrap()),
    ]
}

#[test]
fn names_are_as_documented_and_read_back() {
    let names: Vec<_> = all().iter().map(|channel| channel.name("amanah")).collect();
    assert_eq!(
        names,
        [
            "realtime:amanah:pipeline:tasks",
            "realtime:amanah:pipeline:tasks:visa-admin",
            &format!("realtime:amanah:user:{ID}"),
            "realtime:amanah:pipeline:health",
            "realtime:amanah:pipeline:stages",
            "realtime:amanah:pipeline:bottlenecks",
            "realtime:amanah:pipeline:departures",
            &format!("realtime:amanah:jobs:{ID}"),
        ]
    );
    for channel in all() {
        assert_eq!(
            Channel::parse(&channel.name("amanah"), "amanah"),
            Some(channel)
        );
    }
}

#[test]
fn other_names_are_no_channels_of_the_tenant() {
    let upper = ID.to_uppercase();
    for name in [
        "",
        "realtime",
        "realtime:amanah",
        "realtime:amanah:",
        "realtime:amanah:pipeline",
        "realtime:amanah:pipeline:tasks:",
        "realtime:amanah:pipeline:tasks:a:b",
        "realtime:amanah:pipeline:tasksx",
        "realtime:amanah2:pipeline:tasks",
        "realtime:aman:pipeline:tasks",
        "realtime:other:pipeline:tasks",
        "Realtime:amanah:pipeline:tasks",
        "realtime:amanah:user:me",
        &format!("realtime:amanah:user:{upper}"),
        &format!("realtime:amanah:user:{}", ID.replace('-', "")),
        &format!("realtime:amanah:jobs:{{{ID}}}"),
    ] {
        assert_eq!(Channel::parse(name, "amanah"), None, "{name}");
    }
}

#[test]
fn logs_are_continued_and_states_are_not() {
    let logs: Vec<_> = all()
        .into_iter()
        .filter(|c| c.kind() == ChannelKind::Log)
        .collect();
    assert_eq!(logs, all()[..3]);
}

#[test]
fn each_channel_wants_its_permission() {
    let allowed = |who: &Principal| -> Vec<bool> {
        all()
            .iter()
            .map(|channel| channel.may_subscribe(who))
            .collect()
    };
    // tasks, role, user, health, stages, bottlenecks, departures, job
    let t = true;
    let f = false;
    assert_eq!(allowed(&who(&[], &[])), [f, f, t, f, f, f, f, f]);
    assert_eq!(allowed(&who(&[], &[TasksRead])), [t, f, t, f, f, f, f, f]);
    assert_eq!(
        allowed(&who(&["visa-admin"], &[TasksRead])),
        [t, t, t, f, f, f, f, f]
    );
    assert_eq!(
        allowed(&who(&["visa-admin"], &[])),
        [f, f, t, f, f, f, f, f]
    );
    assert_eq!(
        allowed(&who(&[], &[TasksReadAll])),
        [t, t, t, f, f, f, f, f]
    );
    assert_eq!(
        allowed(&who(&[], &[PipelineRead])),
        [f, f, t, t, t, t, t, f]
    );
    assert_eq!(
        allowed(&who(&[], &[ImportsWrite])),
        [f, f, t, f, f, f, f, t]
    );
}

#[test]
fn notifications_are_for_their_user_only() {
    let mut other = who(&[], &Permission::ALL);
    assert!(Channel::User(user()).may_subscribe(&other));
    let same_bits = user().0;
    for actor in [
        Actor::ApiKey(ApiKeyId(same_bits)),
        Actor::System,
        Actor::User("0190a5c0-0000-7000-8000-00000000000b".parse().unwrap()),
    ] {
        other.actor = actor;
        assert!(!Channel::User(user()).may_subscribe(&other));
    }
}

#[test]
fn visibility_follows_the_rights_to_read_tasks_and_jamaah() {
    let seen = |roles: &[&str], permissions: &[Permission]| {
        Channel::Tasks.visibility(&who(roles, permissions))
    };
    let base = seen(&["a"], &[TasksRead]);
    assert_eq!(base, seen(&["a"], &[TasksRead, TasksWork, PipelineRead]));
    assert_ne!(base, seen(&["a", "b"], &[TasksRead]));
    assert_ne!(base, seen(&["a"], &[TasksRead, JamaahRead]));
    assert_ne!(base, seen(&["a"], &[TasksReadAll]));
    assert_eq!(seen(&["a"], &[TasksReadAll]), seen(&["b"], &[TasksReadAll]));
    let mine = Channel::User(user());
    assert_eq!(
        mine.visibility(&who(&["a"], &[])),
        mine.visibility(&who(&[], &Permission::ALL))
    );
}
