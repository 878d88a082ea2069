//! Who may do what: every operation that the API describes, tried by somebody of
//! each built-in role, as a table that people can read and review.

use std::fmt::Write;

use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use lajur::db::testing::TestDatabase;
use lajur::domain::roles::builtin_roles;
use lajur::secrets::Secrets;
use uuid::Uuid;

use crate::support::check_requests::{Api, Ids, Operation};
use crate::support::client::Client;
use crate::support::fixture::{Login, Tenant};
use crate::support::load_season::Season;
use crate::support::neighbours::belongings;
use crate::support::server::{Server, Settings};

const COMMITTED: &str = include_str!("../data/access-matrix.txt");

const HEAD: &str = "\
# Who may do what. Each operation of the API was tried by somebody of each built-in role:
#   +    let through, whatever came of it (a made-up body may be 422, a repeated command 409)
#   -    403, the permission is missing
#   404  what was asked for is not theirs to see, or was ended by what was tried before
#   401  a made-up password is wrong
# Made by tests/it/matrix.rs; UPDATE_MATRIX=1 writes it anew. Review every change.
";

/// Makes a built-in role what the program makes it, and somebody who holds it
/// and has the officer's password.
async fn employ(database: &TestDatabase, tenant: &Tenant, secrets: &Secrets) -> Vec<Login> {
    let mut conn = database.owner().await;
    let mut logins = Vec::new();
    for role in builtin_roles() {
        let words = serde_json::to_value(&role.permissions).unwrap();
        let words: Vec<String> = serde_json::from_value(words).unwrap();
        diesel::sql_query(SET_ROLE)
            .bind::<SqlUuid, _>(tenant.id)
            .bind::<Text, _>(role.key.as_str())
            .bind::<Array<Text>, _>(words)
            .bind::<Bool, _>(role.own_jamaah)
            .execute(&mut conn)
            .await
            .unwrap();
        let email = format!("{}@example.test", role.key.as_str());
        diesel::sql_query(ADD_USER)
            .bind::<SqlUuid, _>(tenant.id)
            .bind::<SqlUuid, _>(Uuid::from_bytes(secrets.bytes()))
            .bind::<Text, _>(&email)
            .bind::<Text, _>(role.key.as_str())
            .execute(&mut conn)
            .await
            .unwrap();
        logins.push(Login {
            email,
            password: tenant.officer.password.clone(),
        });
    }
    logins
}

const SET_ROLE: &str = "UPDATE roles SET own_jamaah = $4, \
    permissions = CASE WHEN $4 THEN '{}'::text[] ELSE $3 END, \
    limited_permissions = CASE WHEN $4 THEN $3 ELSE '{}'::text[] END \
    WHERE tenant_id = $1 AND key = $2";

const ADD_USER: &str = "WITH u AS (INSERT INTO users (tenant_id, id, email, name, password_hash, created_at, updated_at) \
        SELECT $1, $2, $3, $4, password_hash, created_at, updated_at FROM users \
        WHERE tenant_id = $1 AND email = 'budi@example.test') \
    INSERT INTO user_roles (tenant_id, user_id, role_id) SELECT $1, $2, id FROM roles WHERE tenant_id = $1 AND key = $4";

/// One of everything that administrators work with.
async fn add_accounts(server: &Server, key: &Client, tenant: &Tenant, ids: &mut Ids) {
    let officer = server
        .stranger()
        .signed_in(&tenant.slug, &tenant.officer)
        .await;
    let sessions = officer.get("/api/v1/sessions").await.data(200);
    let me = officer.get("/api/v1/me").await.data(200);
    let id = |row: &serde_json::Value| row["id"].as_str().unwrap().to_owned();
    ids.insert("sessions".to_owned(), id(&sessions[0]));
    ids.insert("users".to_owned(), id(&me["user"]));
    for kind in ["roles", "api-keys"] {
        let rows = key.get(&format!("/api/v1/{kind}")).await.data(200);
        ids.insert(kind.to_owned(), id(&rows[0]));
    }
}

/// What signs somebody out would spoil what comes after it.
fn ends_sessions(operation: &Operation) -> bool {
    operation.template.contains("/sessions") || operation.template.contains("/auth/")
}

fn verdict(status: u16) -> &'static str {
    match status {
        403 => "-",
        404 => "404",
        401 => "401",
        500.. => "5xx",
        _ => "+",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_role_may_do_what_the_reviewed_table_says() {
    let database = TestDatabase::create().await;
    let secrets = Secrets::seeded(1);
    let tenant = Tenant::create(&database, "al-barokah", &secrets).await;
    Season::begin(&database, &tenant, 3).await;
    let logins = employ(&database, &tenant, &secrets).await;
    let server = Settings::of(&database).start().await;
    let key = server.integration(&tenant);
    let (mut ids, _) = belongings(&key, &tenant).await;
    add_accounts(&server, &key, &tenant, &mut ids).await;
    let api = Api::of(&server.stranger()).await;
    let operations = api.operations();

    let mut columns: Vec<Vec<&str>> = Vec::new();
    for login in &logins {
        let sign_in = async || server.stranger().signed_in(&tenant.slug, login).await;
        let mut client = sign_in().await;
        let mut column = Vec::new();
        for operation in &operations {
            let answer = api.send(&client, operation, &ids).await;
            column.push(verdict(answer.status));
            if ends_sessions(operation) {
                client = sign_in().await;
            }
        }
        columns.push(column);
    }
    let table = table(&operations, &columns);
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write("tests/data/access-matrix.txt", &table).unwrap();
    }
    let wanted: Vec<&str> = COMMITTED.lines().collect();
    let differing: Vec<&str> = table
        .lines()
        .filter(|line| !wanted.contains(line))
        .collect();
    assert!(
        table == COMMITTED,
        "tests/data/access-matrix.txt is not what the server does; UPDATE_MATRIX=1 writes it anew, \
         then review it. Now:\n{}",
        differing.join("\n")
    );
}

fn table(operations: &[Operation], columns: &[Vec<&str>]) -> String {
    let mut text = HEAD.to_owned();
    let roles = builtin_roles();
    let width = operations.iter().map(|one| one.name().len()).max().unwrap();
    for (place, role) in (1..).zip(&roles) {
        writeln!(text, "# {place:2} {}", role.key.as_str()).unwrap();
    }
    write!(text, "\n{:width$}", "").unwrap();
    for place in 1..=roles.len() {
        write!(text, " {place:>3}").unwrap();
    }
    text.push('\n');
    for (row, operation) in operations.iter().enumerate() {
        write!(text, "{:width$}", operation.name()).unwrap();
        for column in columns {
            write!(text, " {:>3}", column[row]).unwrap();
        }
        text.push('\n');
    }
    text
}
