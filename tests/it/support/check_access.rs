//! The oracle's part about rights: accounts are what the log tells of them, as
//! far as it does. (Those of a tenant's foundation it may not know.)

use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use lajur::db::Connection;
use lajur::db::testing::TestDatabase;
use lajur::domain::principal::Permission;
use serde_json::Value;
use uuid::Uuid;

use super::check::{Event, Log};

/// Subjects of the log that are rows of accounts, as their tables have them.
const ACCOUNTS: [(&str, &str); 3] = [
    (
        "user",
        "SELECT jsonb_strip_nulls(jsonb_build_object('id', u.id, 'agent', u.agent,
            'limited', (SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('permissions', r.limited_permissions,
                'stages', r.stages, 'own_jamaah', r.own_jamaah)) ORDER BY r.key)
                FROM user_roles ur JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id
                WHERE u.active AND ur.tenant_id = u.tenant_id AND ur.user_id = u.id AND (r.own_jamaah OR r.stages IS NOT NULL)),
            'name', u.name, 'active', u.active, 'version', u.version,
            'roles', ARRAY(SELECT r.key FROM user_roles ur JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id
                WHERE ur.tenant_id = u.tenant_id AND ur.user_id = u.id),
            'permissions', ARRAY(SELECT DISTINCT p FROM user_roles ur
                JOIN roles r ON r.tenant_id = ur.tenant_id AND r.id = ur.role_id, unnest(r.permissions) p
                WHERE u.active AND ur.tenant_id = u.tenant_id AND ur.user_id = u.id))) AS row
         FROM users u WHERE tenant_id = $1",
    ),
    (
        "role",
        "SELECT jsonb_strip_nulls(jsonb_build_object('id', id, 'key', key, 'name', name,
            'permissions', permissions || limited_permissions, 'stages', stages, 'own_jamaah', own_jamaah, 'version', version)) AS row
         FROM roles WHERE tenant_id = $1",
    ),
    (
        "api_key",
        "SELECT jsonb_build_object('id', id, 'name', name, 'roles', roles, 'permissions', permissions,
            'revoked', revoked_at IS NOT NULL, 'version', version) AS row
         FROM api_keys WHERE tenant_id = $1",
    ),
];

#[derive(diesel::QueryableByName)]
struct Account {
    #[diesel(sql_type = Jsonb)]
    row: Value,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Event {
    /// About rights, or a note of what somebody did, and so not a row that the
    /// journal writes.
    pub fn is_about_access(&self) -> bool {
        ["session", "audit"].contains(&self.subject_type.as_str())
            || ACCOUNTS
                .iter()
                .any(|(subject, _)| *subject == self.subject_type)
    }
}

impl Log {
    pub async fn assert_accounts_equal(&self, database: &TestDatabase) {
        let mut conn = database.owner().await;
        let replayed = self.rows();
        for (subject, sql) in ACCOUNTS {
            let found: Vec<Account> = diesel::sql_query(sql)
                .bind::<SqlUuid, _>(self.tenant.0)
                .load(&mut conn)
                .await
                .unwrap();
            let stored: BTreeMap<Uuid, Value> = found
                .into_iter()
                .map(|account| {
                    let id = account.row["id"].as_str().unwrap().parse().unwrap();
                    (id, sorted(account.row))
                })
                .collect();
            for (id, logged) in replayed.get(subject).into_iter().flatten() {
                let mut logged = sorted((*logged).clone());
                let stored = stored.get(id);
                // a key that lists none has all
                if stored.is_some_and(|row| row["permissions"].is_null()) {
                    let listed = logged["permissions"].as_array().unwrap().len();
                    assert_eq!(listed, Permission::ALL.len());
                    logged["permissions"] = Value::Null;
                }
                assert_eq!(stored, Some(&logged), "{subject} {id} differs from the log");
            }
        }
        for event in &self.events {
            if event.subject_type == "session" {
                let left = left_of(&mut conn, self, event).await;
                assert_eq!(left, 0, "goes on after its end: {event:?}");
            }
        }
    }
}

/// Sessions that are there although the event says that they have ended.
async fn left_of(conn: &mut Connection, log: &Log, event: &Event) -> i64 {
    let sql = match event.after["id"].is_null() {
        true => "user_id = $2 AND created_at < $3",
        false => "id = $2 AND $3 IS NOT NULL",
    };
    let sql = format!("SELECT count(*) AS count FROM sessions WHERE tenant_id = $1 AND {sql}");
    let found: Count = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(log.tenant.0)
        .bind::<SqlUuid, _>(event.subject_id)
        .bind::<Timestamptz, _>(event.occurred_at)
        .get_result(conn)
        .await
        .unwrap();
    found.count
}

/// Roles and permissions are sets.
fn sorted(mut row: Value) -> Value {
    for name in ["roles", "permissions"] {
        if let Some(words) = row[name].as_array_mut() {
            words.sort_by_key(ToString::to_string);
        }
    }
    if row["roles"].is_null() {
        row.as_object_mut().unwrap().remove("roles");
    }
    row
}
