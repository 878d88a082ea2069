use diesel::QueryableByName;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

use super::*;
use crate::db::journal;
use crate::db::load::{self, Extent};
use crate::db::testing::TestDatabase;
use crate::db::testing::samples::Sampler;
use crate::domain::pipeline::change::Row;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

async fn names(conn: &mut AsyncPgConnection, sql: &str) -> Vec<String> {
    let found: Vec<Name> = diesel::sql_query(sql).load(conn).await.unwrap();
    found.into_iter().map(|row| row.name).collect()
}

async fn execute(conn: &mut AsyncPgConnection, sql: &str) -> diesel::QueryResult<usize> {
    diesel::sql_query(sql).execute(conn).await
}

const TABLES: &str = "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace \
     AND relkind IN ('r', 'p') AND relname <> '__diesel_schema_migrations' ORDER BY 1";

/// Two tenants with a row in every table.
async fn two_tenants(database: &TestDatabase) -> [TenantId; 2] {
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    let mut owner = database.owner().await;
    let mut sampler = Sampler::new(1);
    let mut tenants = Vec::new();
    for slug in ["one", "other"] {
        let tenant = sampler.tenant(&mut conn, slug).await;
        let season = sampler.season(3, 8);
        let mut rows = season.rows();
        rows.push(Row::Comment(Arc::new(sampler.comment(&season.tasks[0]))));
        rows.push(Row::Import(Arc::new(sampler.import())));
        let batch = sampler.batch(tenant, 0, rows);
        journal::write(&mut conn, &[batch]).await.unwrap();
        let [user, role, session, key, token]: [uuid::Uuid; 5] =
            std::array::from_fn(|_| sampler.ids.next(sampler.now));
        owner
            .batch_execute(&format!(
                "INSERT INTO users VALUES ('{tenant}', '{user}', 'a@b.c', 'A', 'hash', true, now(), now());
                 INSERT INTO roles VALUES ('{tenant}', '{role}', 'visa-admin', 'Visa', '{{tasks.read}}', now(), now());
                 INSERT INTO user_roles VALUES ('{tenant}', '{user}', '{role}');
                 INSERT INTO sessions VALUES ('{tenant}', '{session}', '{user}', '{slug}', 'csrf', now(), now(), now() + interval '1 h', 'ua', 'ip');
                 INSERT INTO api_keys VALUES ('{tenant}', '{key}', 'key', '{slug}', 'secret', NULL, '{{}}', now(), NULL, NULL, NULL);
                 INSERT INTO user_tokens VALUES ('{tenant}', '{token}', '{user}', 'invitation', '{slug}', now(), now());"
            ))
            .await
            .unwrap();
        tenants.push(tenant);
    }
    [tenants[0], tenants[1]]
}

#[tokio::test]
async fn a_tenant_sees_and_writes_nothing_of_another() {
    let database = TestDatabase::create().await;
    let [one, other] = two_tenants(&database).await;
    let mut owner = database.owner().await;
    let tables = names(&mut owner, TABLES).await;
    assert!(tables.len() >= 18);
    let pools = database.pools();
    for table in &tables {
        let key = if table == "tenants" {
            "id"
        } else {
            "tenant_id"
        };
        let all = names(
            &mut owner,
            &format!("SELECT DISTINCT {key}::text AS name FROM {table}"),
        )
        .await;
        assert_eq!(
            all.len(),
            2,
            "{table} needs a row of each tenant for this test to mean something"
        );
        let visible = pools
            .read("test", one, async |conn: &mut AsyncPgConnection| {
                Ok::<_, Error>(
                    names(
                        conn,
                        &format!("SELECT DISTINCT {key}::text AS name FROM {table}"),
                    )
                    .await,
                )
            })
            .await
            .unwrap();
        assert_eq!(visible, [one.to_string()], "{table}");

        let columns = names(
            &mut owner,
            &format!("SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}'"),
        )
        .await;
        let as_other = format!("'{other}'::uuid");
        let moved = columns.iter().map(|name| {
            if name == key {
                as_other.as_str()
            } else {
                name.as_str()
            }
        });
        let (moved, columns) = (moved.collect::<Vec<_>>().join(", "), columns.join(", "));
        let attacks = [
            format!("UPDATE {table} SET {key} = {key} WHERE {key} = '{other}'"),
            format!("UPDATE {table} SET {key} = '{other}'"),
            format!("DELETE FROM {table} WHERE {key} = '{other}'"),
            // as if it were the other's: refused by the policy before any key is looked at
            format!("INSERT INTO {table} ({columns}) SELECT {moved} FROM {table}"),
        ];
        for attack in attacks {
            let touched = pools
                .write(one, async |conn: &mut AsyncPgConnection| {
                    Ok::<_, Error>(execute(conn, &attack).await?)
                })
                .await;
            match touched {
                Ok(rows) => assert_eq!(rows, 0, "{attack}"),
                Err(error) => {
                    let text = error.to_string();
                    assert!(
                        text.contains("permission denied") || text.contains("row-level security"),
                        "{attack}: {text}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn without_a_tenant_everything_is_an_error() {
    let database = TestDatabase::create().await;
    let [one, _] = two_tenants(&database).await;
    let tables = names(&mut database.owner().await, TABLES).await;
    let pools = Pools::new(Settings {
        size: 1,
        ..Settings::new(&database.url)
    })
    .unwrap();
    for round in 0..2 {
        for table in &tables {
            let mut conn = pools.anyone().await.unwrap();
            let refused = execute(&mut conn, &format!("SELECT FROM {table}")).await;
            assert!(refused.is_err(), "{table} in round {round}");
        }
        // and after a tenant has been seen on the same connection
        let seen = pools.read("test", one, async |conn: &mut AsyncPgConnection| {
            Ok::<_, Error>(names(conn, "SELECT slug AS name FROM tenants").await)
        });
        assert_eq!(seen.await.unwrap(), ["one"]);
    }
}

#[tokio::test]
async fn the_roles_can_do_no_more_than_they_should() {
    let database = TestDatabase::create().await;
    let mut owner = database.owner().await;
    let strong = "SELECT rolname::text AS name FROM pg_roles WHERE rolname LIKE 'lajur\\_%' \
         AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb)";
    assert!(names(&mut owner, strong).await.is_empty());
    let owned = "SELECT relname::text AS name FROM pg_class WHERE relowner::regrole::text LIKE 'lajur\\_%'
         UNION ALL SELECT proname::text FROM pg_proc WHERE proowner::regrole::text IN ('lajur_app', 'lajur_journal')";
    assert!(names(&mut owner, owned).await.is_empty());
    let open = "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
         AND relname <> '__diesel_schema_migrations' AND (NOT relrowsecurity OR NOT relforcerowsecurity \
         OR (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid AND polname IN ('tenant', 'journal')) <> 2)";
    assert!(names(&mut owner, open).await.is_empty());
    let not_led = "SELECT indexrelid::regclass::text AS name FROM pg_index i \
         JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('tenants', '__diesel_schema_migrations') \
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE a.attname <> 'tenant_id' ORDER BY indexrelid::regclass::text";
    assert_eq!(
        names(&mut owner, not_led).await,
        [
            "api_keys_prefix_key",
            "api_keys_previous_prefix_key",
            "sessions_token_hash_key",
            "user_tokens_token_hash_key"
        ]
    );
}

#[tokio::test]
async fn events_are_never_changed() {
    let database = TestDatabase::create().await;
    let [one, _] = two_tenants(&database).await;
    let pools = database.pools();
    let mut conn = pools.journal_connection().await.unwrap();
    for attack in [
        "UPDATE events SET kind = 'x'",
        "DELETE FROM events",
        "TRUNCATE events",
    ] {
        let error = execute(&mut conn, attack).await.unwrap_err().to_string();
        assert!(error.contains("permission denied"), "{error}");
        let app = pools.write(one, async |conn: &mut AsyncPgConnection| {
            Ok::<_, Error>(execute(conn, attack).await?)
        });
        assert!(
            app.await
                .unwrap_err()
                .to_string()
                .contains("permission denied")
        );
    }
}

#[tokio::test]
async fn the_doors_open_for_the_app_alone_and_show_little() {
    let database = TestDatabase::create().await;
    two_tenants(&database).await;
    let pools = database.pools();
    let mut conn = pools.anyone().await.unwrap();
    assert_eq!(
        names(&mut conn, "SELECT name FROM door_tenant('one')").await,
        ["one"]
    );
    assert_eq!(names(&mut conn, "SELECT tenant_slug || roles[1] || permissions[1] AS name FROM door_session('other', now())").await, ["othervisa-admintasks.read"]);
    assert!(
        names(
            &mut conn,
            "SELECT tenant_slug AS name FROM door_session('other', now() + interval '2 h')"
        )
        .await
        .is_empty()
    );
    assert_eq!(
        names(
            &mut conn,
            "SELECT tenant_slug AS name FROM door_api_key('one', now())"
        )
        .await,
        ["one"]
    );
    assert!(
        names(
            &mut conn,
            "SELECT d::text AS name FROM door_due_tenants(now(), 10) d"
        )
        .await
        .is_empty()
    );
    let mut journal = pools.journal_connection().await.unwrap();
    assert!(
        execute(&mut journal, "SELECT door_tenant('one')")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_transaction_that_is_dropped_half_way_is_not_met_again() {
    let database = TestDatabase::create().await;
    let [one, _] = two_tenants(&database).await;
    let pools = Pools::new(Settings {
        size: 1,
        ..Settings::new(&database.url)
    })
    .unwrap();
    let endless = pools.read("test", one, async |_: &mut AsyncPgConnection| {
        std::future::pending::<()>().await;
        Ok::<_, Error>(())
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(200), endless)
            .await
            .is_err()
    );
    let mut conn = pools.anyone().await.unwrap();
    assert!(
        execute(&mut conn, "SELECT FROM tenants").await.is_err(),
        "no tenant is left over"
    );
}

#[tokio::test]
async fn waiting_for_a_connection_ends() {
    let database = TestDatabase::create().await;
    let settings = Settings {
        size: 1,
        wait_timeout: Duration::from_millis(100),
        ..Settings::new(&database.url)
    };
    let pools = Pools::new(settings).unwrap();
    // connecting may be slower than this short wait
    let _taken = loop {
        if let Ok(conn) = pools.anyone().await {
            break conn;
        }
    };
    assert!(matches!(pools.anyone().await, Err(Error::Exhausted)));
    let nobody = Pools::new(Settings::new("postgres://postgres@127.0.0.1:1/none")).unwrap();
    assert!(matches!(nobody.anyone().await, Err(Error::Unreachable(_))));
}

/// Futures of the pool can be given to any runtime.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn work_can_be_spawned() {
    let database = TestDatabase::create().await;
    let [one, _] = two_tenants(&database).await;
    let pools = database.pools();
    let now = Sampler::new(1).now;
    let loaded =
        tokio::spawn(async move { load::tenant(&pools, one, now, Extent::default()).await });
    assert!(loaded.await.unwrap().unwrap().is_some());
}
