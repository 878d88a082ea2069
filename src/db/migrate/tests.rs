use std::collections::BTreeMap;
use std::fmt::Write;

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures::future::join_all;

use super::*;
use crate::db::testing::TestDatabase;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Nullable<Text>)]
    line: Option<String>,
}

async fn lines(conn: &mut AsyncPgConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Line> = diesel::sql_query(sql).load(conn).await.unwrap();
    rows.into_iter()
        .map(|row| row.line.unwrap_or_default())
        .collect()
}

/// Everything about the schema that two runs of the same migrations must agree on.
async fn catalogue(conn: &mut AsyncPgConnection) -> Vec<String> {
    const PARTS: &[&str] = &[
        "SELECT concat_ws(' ', 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
                a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attacl, col_description(c.oid, a.attnum)) AS line
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
         AND c.relname NOT LIKE '\\_\\_diesel%' ORDER BY 1",
        "SELECT concat_ws(' ', 'table', relname, relkind, relrowsecurity, relforcerowsecurity, reloptions, relacl, obj_description(oid, 'pg_class')) AS line
         FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'S') AND relname NOT LIKE '\\_\\_diesel%' ORDER BY 1",
        "SELECT 'index ' || indexdef AS line FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\\_\\_diesel%' ORDER BY 1",
        "SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '\\_\\_diesel%' ORDER BY 1",
        "SELECT concat_ws(' ', 'policy', tablename, policyname, roles, cmd, qual, with_check) AS line FROM pg_policies ORDER BY 1",
        "SELECT concat_ws(' ', 'function', pg_get_functiondef(oid), proowner::regrole, proacl, obj_description(oid, 'pg_proc')) AS line
         FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        "SELECT concat_ws(' ', 'trigger', tgrelid::regclass, pg_get_triggerdef(oid)) AS line FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
        "SELECT concat_ws(' ', 'schema', nspname, nspacl) AS line FROM pg_namespace WHERE nspname = 'public'",
    ];
    let mut all = Vec::new();
    for part in PARTS {
        all.extend(lines(conn, part).await);
    }
    all
}

#[tokio::test]
async fn up_down_up_leads_to_the_same_catalogue() {
    let database = TestDatabase::create_empty().await;
    assert_eq!(
        pending(&database.url).await.unwrap().len(),
        crate::db::testing::migrations().len()
    );
    run(&database.url).await.unwrap();
    assert!(pending(&database.url).await.unwrap().is_empty());
    let mut conn = database.owner().await;
    let once = catalogue(&mut conn).await;
    assert!(once.len() > 200, "{}", once.len());

    revert_all(&database.url).await.unwrap();
    let nothing = catalogue(&mut conn).await;
    assert_eq!(
        nothing.len(),
        1,
        "down leaves something behind: {nothing:#?}"
    );

    run(&database.url).await.unwrap();
    assert_eq!(catalogue(&mut conn).await, once);
}

#[tokio::test]
async fn many_databases_and_many_nodes_can_be_migrated_at_once() {
    let (one, other) = (
        TestDatabase::create_empty().await,
        TestDatabase::create_empty().await,
    );
    let urls = [&one.url, &other.url, &one.url, &other.url, &one.url];
    let done = join_all(urls.map(|url| run(url))).await;
    let run: usize = done.into_iter().map(|names| names.unwrap().len()).sum();
    assert_eq!(run, 2 * crate::db::testing::migrations().len());
}

#[test]
fn the_templates_name_depends_on_every_migration() {
    let known = std::fs::read_dir("migrations").unwrap();
    let folders = known
        .filter(|entry| entry.as_ref().unwrap().file_type().unwrap().is_dir())
        .count();
    assert_eq!(crate::db::testing::migrations().len(), folders);
}

/// What `diesel print-schema` would print.
async fn print_schema(conn: &mut AsyncPgConnection) -> String {
    let columns = lines(
        conn,
        "SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull) AS line
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
         AND c.relname NOT LIKE '\\_\\_diesel%' ORDER BY c.relname, a.attnum",
    )
    .await;
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for column in columns {
        let (table, rest) = column.split_once(' ').unwrap();
        let (name, rest) = rest.split_once(' ').unwrap();
        let (of_type, required) = rest.rsplit_once(' ').unwrap();
        let element = match of_type.trim_end_matches("[]") {
            "uuid" => "Uuid",
            "text" => "Text",
            "bigint" => "Int8",
            "integer" => "Int4",
            "boolean" => "Bool",
            "double precision" => "Float8",
            "date" => "Date",
            "timestamp with time zone" => "Timestamptz",
            "json" => "Json",
            "jsonb" => "Jsonb",
            "bytea" => "Bytea",
            other => panic!("a type that print_schema does not know: {other}"),
        };
        let mut rust = element.to_owned();
        if of_type.ends_with("[]") {
            rust = format!("Array<Nullable<{rust}>>");
        }
        if required == "f" {
            rust = format!("Nullable<{rust}>");
        }
        tables
            .entry(table.to_owned())
            .or_default()
            .push(format!("        {name} -> {rust},\n"));
    }
    let keys = lines(
        conn,
        "SELECT conrelid::regclass || ' ' || substring(pg_get_constraintdef(oid) from '\\((.*)\\)') AS line
         FROM pg_constraint WHERE contype = 'p' AND connamespace = 'public'::regnamespace",
    )
    .await;
    let keys: BTreeMap<&str, &str> = keys
        .iter()
        .map(|line| line.split_once(' ').unwrap())
        .collect();
    let joins = lines(
        conn,
        "SELECT format('diesel::joinable!(%s -> %s (%s));', conrelid::regclass, confrelid::regclass,
                (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1])) AS line
         FROM pg_constraint WHERE contype = 'f' AND cardinality(conkey) = 1 AND connamespace = 'public'::regnamespace ORDER BY 1",
    )
    .await;

    let mut text = "// @generated automatically by Diesel CLI.\n".to_owned();
    for (table, columns) in &tables {
        let key = keys[table.as_str()];
        write!(
            text,
            "\ndiesel::table! {{\n    {table} ({key}) {{\n{}    }}\n}}\n",
            columns.concat()
        )
        .unwrap();
    }
    write!(text, "\n{}\n", joins.join("\n")).unwrap();
    let names: Vec<_> = tables.keys().map(|name| format!("    {name},\n")).collect();
    write!(
        text,
        "\ndiesel::allow_tables_to_appear_in_same_query!(\n{});\n",
        names.concat()
    )
    .unwrap();
    text
}

/// With `UPDATE_SCHEMA=1` it is written instead.
#[tokio::test]
async fn schema_rs_is_what_the_migrations_make() {
    let database = TestDatabase::create().await;
    let printed = print_schema(&mut database.owner().await).await;
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write("src/db/schema.rs", &printed).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string("src/db/schema.rs").unwrap(),
        printed
    );
}
