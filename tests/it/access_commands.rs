//! Each command about accounts leaves its events in the log, and no others.

use diesel::sql_types::{Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use lajur::db::testing::TestDatabase;
use lajur::domain::ids::TenantId;
use uuid::Uuid;

use crate::support::check::Log;
use crate::support::server::Settings;

/// A tenant that the program itself has made.
struct Office {
    database: TestDatabase,
    settings: Settings,
    tenant: TenantId,
    seen: usize,
}

impl Office {
    async fn open() -> Self {
        let database = TestDatabase::create().await;
        let settings = Settings::of(&database);
        let made = settings
            .run(&["tenant", "add", "--slug", "al-falah", "--name", "Al-Falah"])
            .await;
        assert!(made.0, "{made:?}");
        let tenant = tenant_of(&database, "al-falah").await;
        let mut office = Self {
            database,
            settings,
            tenant,
            seen: 0,
        };
        let kinds = office.new_kinds().await;
        let (roles, rest) = kinds.split_at(10);
        assert!(roles.iter().all(|kind| kind == "role.created"), "{kinds:?}");
        let pipeline = |kind: &String| kind == "stage.created" || kind == "pipeline.versioned";
        assert!(!rest.is_empty() && rest.iter().all(pipeline), "{kinds:?}");
        office
    }

    /// A command about this tenant, in words.
    async fn run(&self, command: &str) -> (bool, String) {
        let mut words: Vec<&str> = command.split(' ').collect();
        words.extend(["--tenant", "al-falah"]);
        self.settings.run(&words).await
    }

    /// The kinds of the events since the last look.
    async fn new_kinds(&mut self) -> Vec<String> {
        let log = Log::read(&self.database, self.tenant).await;
        log.assert_whole();
        log.assert_tables_equal(&self.database).await;
        let new = &log.events[self.seen..];
        let told = new.iter().map(|event| event.kind.clone()).collect();
        for event in new {
            assert_eq!(event.principal_id, None, "by the program: {event:?}");
        }
        self.seen = log.events.len();
        told
    }

    async fn leaves(&mut self, command: &str, kinds: &[&str]) -> String {
        let (well, said) = self.run(command).await;
        assert!(well, "{command}: {said}");
        assert_eq!(self.new_kinds().await, kinds, "{command}");
        said
    }

    async fn refuses(&mut self, command: &str, cause: &str) {
        let (well, said) = self.run(command).await;
        assert!(!well && said.contains(cause), "{command}: {said}");
        assert!(self.new_kinds().await.is_empty(), "{command}");
    }
}

async fn tenant_of(database: &TestDatabase, slug: &str) -> TenantId {
    #[derive(diesel::QueryableByName)]
    struct Id {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let found: Id = diesel::sql_query("SELECT id FROM tenants WHERE slug = $1")
        .bind::<Text, _>(slug)
        .get_result(&mut database.owner().await)
        .await
        .unwrap();
    TenantId(found.id)
}

#[tokio::test]
async fn commands_about_people_leave_their_events() {
    let mut office = Office::open().await;
    let siti = "--email siti@example.test";
    let added = format!("user add {siti} --name Siti --role visa-admin");
    office.leaves(&added, &["user.created"]).await;
    office.refuses(&added, "already").await;
    office
        .refuses(
            "user add --email b@example.test --role king",
            "no role king",
        )
        .await;
    let roles = format!("user set-roles {siti} --role auditor --role agent");
    office.leaves(&roles, &["user.updated"]).await;
    office.leaves(&roles, &[]).await;
    office
        .leaves(
            &format!("user set-password {siti}"),
            &["user.password_changed", "session.ended"],
        )
        .await;
    office
        .leaves(&format!("user sessions end {siti}"), &["session.ended"])
        .await;
    let out = format!("user deactivate {siti}");
    office
        .leaves(&out, &["user.deactivated", "session.ended"])
        .await;
    office.leaves(&out, &[]).await;
    let listed = office.leaves("user list", &[]).await;
    assert_eq!(listed, "siti@example.test\tSiti\tagent,auditor\tinactive\n");
    let back = format!("user activate {siti}");
    office.leaves(&back, &["user.updated"]).await;
    office.leaves(&back, &[]).await;
    office
        .refuses(
            "user deactivate --email x@example.test",
            "no user x@example.test",
        )
        .await;
}

#[tokio::test]
async fn commands_about_roles_and_keys_leave_their_events() {
    let mut office = Office::open().await;
    office
        .leaves(
            "role add --key finance --permission tasks.read",
            &["role.created"],
        )
        .await;
    office.refuses("role add --key finance", "already").await;
    office.refuses("role add --key Finance", "lower-case").await;
    office
        .leaves(
            "user add --email b@example.test --role finance",
            &["user.created"],
        )
        .await;
    let more =
        "role set-permissions --key finance --permission tasks.read --permission jamaah.read";
    office.leaves(more, &["role.updated", "user.updated"]).await;
    office.leaves(more, &[]).await;
    let listed = office.leaves("role list", &[]).await;
    let finance = "finance\tfinance\ttasks.read,jamaah.read\n";
    assert!(listed.contains(finance), "{listed}");
    office
        .refuses("role set-permissions --key king", "no role king")
        .await;
    office
        .refuses(
            "role add --key x --permission moon.walk",
            "no permission moon.walk",
        )
        .await;

    let add = "api-key add --name Accounting --permission tasks.read --role finance";
    let key = office.leaves(add, &["api_key.created"]).await;
    let prefix = key.split('_').nth(1).unwrap().to_owned();
    office
        .refuses("api-key add --name Other --role king", "no role king")
        .await;
    let listed = office.leaves("api-key list", &[]).await;
    assert_eq!(
        listed,
        format!("{prefix}\tAccounting\ttasks.read\tfinance\n")
    );
    let revoke = format!("api-key revoke --prefix {prefix}");
    office.leaves(&revoke, &["api_key.revoked"]).await;
    office.leaves(&revoke, &[]).await;
    let listed = office.leaves("api-key list", &[]).await;
    assert!(listed.ends_with("\trevoked\n"), "{listed}");
    office
        .refuses("api-key revoke --prefix 00", "no API key 00")
        .await;
}
