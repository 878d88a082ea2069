//! The oracle: what must hold of a tenant's log whatever has happened.

use std::collections::{BTreeMap, HashMap};

use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use lajur::db::testing::TestDatabase;
use lajur::domain::ids::TenantId;
use lajur::domain::time::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::load_calls::{Answered, Call, Expected};

#[derive(Debug, diesel::QueryableByName)]
pub struct Event {
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    #[diesel(sql_type = SqlUuid)]
    pub command_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub occurred_at: Timestamp,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub principal_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Jsonb)]
    pub labels: Value,
    #[diesel(sql_type = Text)]
    pub request_id: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub idempotency_key: Option<String>,
    #[diesel(sql_type = Text)]
    pub subject_type: String,
    #[diesel(sql_type = SqlUuid)]
    pub subject_id: Uuid,
    #[diesel(sql_type = Jsonb)]
    pub after: Value,
}

#[derive(diesel::QueryableByName)]
struct Head {
    #[diesel(sql_type = BigInt)]
    last_seq: i64,
}

/// A tenant's log, read from the database and not from the program.
#[derive(Debug)]
pub struct Log {
    pub tenant: TenantId,
    pub head: i64,
    pub events: Vec<Event>,
}

/// One command as the log has it.
#[derive(Debug)]
struct Logged<'a> {
    key: Option<&'a str>,
    first: &'a Event,
    last_seq: i64,
}

impl Log {
    pub async fn read(database: &TestDatabase, tenant: TenantId) -> Self {
        let mut conn = database.owner().await;
        let head: Head = diesel::sql_query("SELECT last_seq FROM tenants WHERE id = $1")
            .bind::<SqlUuid, _>(tenant.0)
            .get_result(&mut conn)
            .await
            .unwrap();
        let events = diesel::sql_query(
            "SELECT seq, command_id, occurred_at, principal_id, kind, labels::jsonb AS labels, request_id, idempotency_key, \
                subject_type, subject_id, after::jsonb AS after \
             FROM events WHERE tenant_id = $1 AND seq <= $2 ORDER BY seq",
        )
        .bind::<SqlUuid, _>(tenant.0)
        .bind::<BigInt, _>(head.last_seq)
        .load(&mut conn)
        .await
        .unwrap();
        Self {
            tenant,
            head: head.last_seq,
            events,
        }
    }

    /// Numbered from 1 to the head without a gap, commands as neighbours, the
    /// versions of every row rising one by one.
    #[track_caller]
    pub fn assert_whole(&self) {
        let seqs: Vec<i64> = self.events.iter().map(|event| event.seq).collect();
        assert!(
            seqs == (1..=self.head).collect::<Vec<_>>(),
            "the log has gaps: {seqs:?}"
        );
        let mut commands = HashMap::new();
        let mut versions: HashMap<(&str, Uuid), i64> = HashMap::new();
        for event in &self.events {
            let last = commands.insert(event.command_id, event.seq);
            assert!(
                last.is_none_or(|last| last == event.seq - 1),
                "not neighbours: {event:?}"
            );
            if let Some(version) = event.after["version"].as_i64() {
                let subject = (event.subject_type.as_str(), event.subject_id);
                let before = versions.insert(subject, version);
                assert!(
                    before.is_none_or(|before| before + 1 == version),
                    "{before:?}: {event:?}"
                );
            }
        }
    }

    /// What was acknowledged is there exactly once, what was refused is not
    /// there, and what nobody knows about is there at most once.
    #[track_caller]
    pub fn assert_accounts_for(&self, calls: &[Call]) {
        let (by_request, by_key) = self.commands();
        for call in calls {
            let logged = by_request
                .get(call.request_id.as_str())
                .map_or(&[][..], Vec::as_slice);
            let told = format!("{call:#?}\nin the log: {logged:#?}");
            assert!(logged.len() <= 1, "more than once: {told}");
            match &call.answered {
                Answered::Acknowledged {
                    replayed: false,
                    seq,
                    version,
                    ..
                } => {
                    assert_eq!(logged.len(), 1, "lost: {told}");
                    let command = &logged[0];
                    assert_eq!(command.last_seq, *seq, "{told}");
                    assert_eq!(command.key, call.key.as_deref(), "{told}");
                    if command.first.subject_type == "task" {
                        let after = command.first.after["version"].as_i64();
                        assert_eq!(after, *version, "{told}");
                        if let Expected::Version(expected) = call.expected {
                            assert_eq!(after, Some(expected + 1), "{told}");
                        }
                    }
                }
                Answered::Acknowledged {
                    replayed: true,
                    seq,
                    ..
                } => {
                    assert!(logged.is_empty(), "carried out again: {told}");
                    let first = call.key.as_deref().and_then(|key| by_key.get(key));
                    assert_eq!(first.map(|command| command.last_seq), Some(*seq), "{told}");
                }
                Answered::Refused { .. }
                | Answered::Unavailable {
                    outcome_unknown: false,
                } => {
                    assert!(logged.is_empty(), "carried out all the same: {told}");
                }
                Answered::Unavailable {
                    outcome_unknown: true,
                }
                | Answered::Silence => {}
            }
        }
    }

    /// How many commands carry this key.
    pub fn carried_out(&self, key: &str) -> usize {
        self.events
            .iter()
            .filter(|event| event.idempotency_key.as_deref() == Some(key))
            .count()
    }

    fn commands(&self) -> (HashMap<&str, Vec<Logged<'_>>>, HashMap<&str, Logged<'_>>) {
        let mut by_request: HashMap<&str, Vec<Logged<'_>>> = HashMap::new();
        let mut by_key = HashMap::new();
        for events in self.events.chunk_by(|a, b| a.command_id == b.command_id) {
            let keys: Vec<_> = events
                .iter()
                .filter_map(|e| e.idempotency_key.as_deref())
                .collect();
            assert!(keys.len() <= 1, "several keys on one command: {keys:?}");
            let key = keys.as_slice().first().copied();
            let logged = || Logged {
                key,
                first: &events[0],
                last_seq: events[events.len() - 1].seq,
            };
            by_request
                .entry(&events[0].request_id)
                .or_default()
                .push(logged());
            if let Some(key) = key {
                assert!(
                    by_key.insert(key, logged()).is_none(),
                    "a key used twice: {key}"
                );
            }
        }
        (by_request, by_key)
    }

    /// The rows that the log leads to, by kind of subject and id.
    pub fn rows(&self) -> BTreeMap<&str, BTreeMap<Uuid, &Value>> {
        let mut rows: BTreeMap<&str, BTreeMap<Uuid, &Value>> = BTreeMap::new();
        for event in &self.events {
            let of_kind = rows.entry(&event.subject_type).or_default();
            if event.kind == "role.deleted" {
                of_kind.remove(&event.subject_id);
            } else {
                of_kind.insert(event.subject_id, &event.after);
            }
        }
        rows
    }
}
