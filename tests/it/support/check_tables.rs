//! The oracle's other half: the tables, and what a server has in memory, are
//! what the log leads to.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::sql_types::{Jsonb, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use lajur::db::Connection;
use lajur::db::testing::TestDatabase;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::check::Log;
use super::client::Client;
use super::server::{all_pages, until};

/// Subjects of the log, the tables that hold them, and those tables' keys.
const TABLES: [(&str, &str, &str); 10] = [
    ("stage", "pipeline_stages", "id"),
    ("pipeline_version", "pipeline_versions", "version"),
    ("departure", "departures", "id"),
    ("jamaah", "jamaah", "id"),
    ("jamaah_status", "jamaah_pipeline_status", "jamaah_id"),
    ("stage_instance", "stage_instances", "id"),
    ("task", "pipeline_tasks", "id"),
    ("comment", "task_comments", "id"),
    ("import", "imports", "id"),
    ("bottleneck_alert", "bottleneck_alerts", "id"),
];

/// The order of a stage's lists is kept in tables of their own.
const STAGES: &str = "SELECT to_jsonb(s) - 'tenant_id' || jsonb_build_object(
        'depends_on', (SELECT coalesce(jsonb_agg(d.depends_on_id ORDER BY d.position), '[]') FROM stage_dependencies d
                       WHERE d.tenant_id = s.tenant_id AND d.stage_id = s.id),
        'templates', (SELECT coalesce(jsonb_agg(to_jsonb(t) - '{tenant_id,stage_id,position}'::text[] ORDER BY t.position), '[]')
                      FROM task_templates t WHERE t.tenant_id = s.tenant_id AND t.stage_id = s.id)) AS row
    FROM pipeline_stages s WHERE s.tenant_id = $1";

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Jsonb)]
    row: Value,
}

impl Log {
    /// Every table has exactly the rows that replaying the log from nothing
    /// gives, column by column.
    pub async fn assert_tables_equal(&self, database: &TestDatabase) {
        let mut conn = database.owner().await;
        let replayed = self.rows();
        for event in &self.events {
            let subject = event.subject_type.as_str();
            assert!(
                event.is_about_access() || TABLES.iter().any(|(known, ..)| *known == subject),
                "no table for {subject}"
            );
        }
        self.assert_accounts_equal(database).await;
        for (subject, table, key) in TABLES {
            let stored = self.stored(&mut conn, table).await;
            let logged = replayed.get(subject).cloned().unwrap_or_default();
            let mut expected: BTreeMap<String, Value> = BTreeMap::new();
            for after in logged.values() {
                let row = columns(subject, after);
                expected.insert(row[key].to_string(), row);
            }
            assert_eq!(
                stored.keys().collect::<Vec<_>>(),
                expected.keys().collect::<Vec<_>>(),
                "other rows in {table} than in the log"
            );
            for ((id, row), wanted) in stored.into_iter().zip(expected.into_values()) {
                // to_jsonb names a row after its key as it is, so both are in the same order
                assert_eq!(plain(row), wanted, "{table} {id} differs from the log");
            }
        }
    }

    async fn stored(&self, conn: &mut Connection, table: &str) -> BTreeMap<String, Value> {
        let (_, _, key) = TABLES.iter().find(|(_, name, _)| *name == table).unwrap();
        let sql = match table {
            "pipeline_stages" => STAGES.to_owned(),
            _ => format!(
                "SELECT to_jsonb(t) - 'tenant_id' AS row FROM {table} t WHERE tenant_id = $1"
            ),
        };
        let query = diesel::sql_query(sql).bind::<SqlUuid, _>(self.tenant.0);
        let rows: Vec<Row> = query.load(conn).await.unwrap();
        rows.into_iter()
            .map(|found| (plain(found.row[key].clone()).to_string(), found.row))
            .collect()
    }

    /// What a server tells is what the log leads to, and it has read the log
    /// to its end. Servers look at what others wrote now and then, so this may
    /// take a few of their intervals.
    pub async fn assert_told_by(&self, client: &Client) {
        let head = self.head;
        until(
            "the server has read the whole log",
            Duration::from_secs(10),
            async || {
                let answer = client.get("/api/v1/pipeline/tasks?limit=1").await;
                assert_eq!(answer.status, 200, "{}", answer.text);
                answer.json()["meta"]["seq"].as_i64() >= Some(head)
            },
        )
        .await;
        let rows = self.rows();
        let logged = |subject: &str| -> Told {
            let rows = rows.get(subject).into_iter().flatten();
            rows.map(|(id, row)| (*id, essence(row, "version")))
                .collect()
        };
        let tasks = all_pages(client, "/api/v1/pipeline/tasks?status=all").await;
        assert_same(&told(&tasks, "version"), &logged("task"), "tasks");
        let jamaah = all_pages(client, "/api/v1/pipeline/jamaah").await;
        assert_same(
            &told(&jamaah, "status_version"),
            &logged("jamaah_status"),
            "jamaah",
        );
    }
}

type Told = BTreeMap<Uuid, (String, i64)>;

fn told(rows: &[Value], version: &str) -> Told {
    let id = |row: &Value| row["id"].as_str().unwrap().parse().unwrap();
    rows.iter()
        .map(|row| (id(row), essence(row, version)))
        .collect()
}

fn essence(row: &Value, version: &str) -> (String, i64) {
    let read = row["status"].as_str().zip(row[version].as_i64());
    let (status, version) = read.unwrap_or_else(|| panic!("no status or version: {row}"));
    (status.to_owned(), version)
}

#[track_caller]
fn assert_same(told: &Told, logged: &Told, what: &str) {
    let differing: Vec<_> = logged
        .iter()
        .filter(|(id, row)| told.get(id) != Some(row))
        .map(|(id, row)| (id, row, told.get(id)))
        .take(5)
        .collect();
    assert!(
        differing.is_empty(),
        "{what} in the log and told differ: {differing:#?}"
    );
    assert_eq!(
        told.len(),
        logged.len(),
        "{what} are told that the log does not have"
    );
}

/// An event's row as its table has it.
fn columns(subject: &str, after: &Value) -> Value {
    let mut row = Map::new();
    for (name, value) in after.as_object().unwrap() {
        match name.as_str() {
            "completed_by" | "created_by" | "acknowledged_by" | "author" => {
                row.insert(format!("{name}_type"), value["type"].clone());
                row.insert(name.clone(), value["id"].clone());
            }
            "role" if subject == "task" => {
                row.insert("assigned_role".to_owned(), value.clone());
            }
            _ => {
                row.insert(name.clone(), value.clone());
            }
        }
    }
    plain(Value::Object(row))
}

/// Instants and numbers in one spelling.
fn plain(value: Value) -> Value {
    match value {
        Value::String(text) => match DateTime::parse_from_rfc3339(&text) {
            Ok(at) => at
                .with_timezone(&Utc)
                .to_rfc3339_opts(SecondsFormat::Nanos, true)
                .into(),
            Err(_) => text.into(),
        },
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(values) => values.into_iter().map(plain).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, plain(value)))
            .collect(),
        other => other,
    }
}
