//! What each change of rights leaves in the tables and in the log.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel_async::SimpleAsyncConnection;

use super::*;
use crate::db::api_keys::{self, NewKey};
use crate::db::events::{self, StoredEvent};
use crate::db::pool::{Pools, Settings};
use crate::db::sessions::{self, NewSession};
use crate::db::testing::TestDatabase;
use crate::db::testing::samples::Sampler;
use crate::db::users::{self, NewUser};
use crate::domain::access::{EndedSession, KeyAccess, RoleAccess, UserAccess};
use crate::domain::ids::{IdSource, UserId};
use crate::domain::pipeline::change::Labels;
use crate::domain::principal::{Permission, RoleKey};

struct Office {
    database: TestDatabase,
    tenant: TenantId,
    ids: IdSource,
    now: Timestamp,
}

impl Office {
    /// A tenant with a clerk and a reader as roles, and nobody in it.
    async fn open() -> Self {
        let database = TestDatabase::create().await;
        let mut conn = database.pools().journal_connection().await.unwrap();
        let mut sampler = Sampler::new(5);
        let tenant = sampler.tenant(&mut conn, "one").await;
        let mut office = Self {
            database,
            tenant,
            ids: IdSource::seeded(6),
            now: sampler.now,
        };
        for (key, permissions) in [
            ("clerk", vec![Permission::TasksRead, Permission::TasksWork]),
            ("reader", vec![Permission::TasksRead]),
        ] {
            let role = RoleAccess {
                id: office.ids.next(office.now),
                key: RoleKey::new(key),
                name: key.into(),
                permissions: permissions.into_iter().collect(),
                stages: None,
                own_jamaah: false,
                version: 1,
            };
            office
                .change(async |deed| deed.add_role(role).await)
                .await
                .unwrap();
        }
        office
    }

    async fn change<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Deed<'_>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let author = Author {
            actor: Actor::System,
            at: self.now,
            request_id: "test".into(),
            command_id: self.ids.next(self.now),
            batch_id: self.ids.next(self.now),
            idempotency: None,
            may_give: None,
        };
        let mut conn = self.database.pools().access_connection().await.unwrap();
        write(&mut conn, self.tenant, &author, work).await
    }

    async fn employ(&mut self, email: &str, roles: &[&str]) -> Result<UserId, Refused> {
        let new = NewUser {
            id: self.ids.next(self.now),
            email: email.to_owned(),
            name: "Siti".to_owned(),
            password_hash: "secret-hash".to_owned(),
            agent: None,
        };
        let roles = words(roles);
        self.change(async |deed| deed.add_user(&new, &roles).await)
            .await?;
        Ok(new.id)
    }

    async fn sign_in(&mut self, user_id: UserId, password_hash: &str) -> bool {
        let new = NewSession {
            id: self.ids.next(self.now),
            user_id,
            token_hash: rand_hash(&mut self.ids, self.now),
            csrf_hash: [0; 32],
            created_at: self.now,
            expires_at: self.now + chrono::Duration::hours(1),
            user_agent: None,
            ip: None,
        };
        let tenant = self.tenant;
        let pools = self.database.pools();
        let opened = pools.write(tenant, async |conn: &mut AsyncPgConnection| {
            sessions::open(conn, tenant, &new, password_hash).await
        });
        opened.await.unwrap()
    }

    /// The log, and where its head is said to be.
    async fn log(&self) -> Vec<StoredEvent> {
        let tenant = self.tenant;
        let pools = self.database.pools();
        let read = pools.read_snapshot("log", tenant, async |conn: &mut AsyncPgConnection| {
            let head: i64 = tenants::table
                .find(tenant.0)
                .select(tenants::last_seq)
                .first(&mut *conn)
                .await?;
            Ok::<_, Error>((head, events::after(conn, tenant, 0, 1_000).await?))
        });
        let (head, log) = read.await.unwrap();
        assert!(log.iter().map(|event| event.seq).eq(1..=head));
        log
    }

    /// What has been written after `seq`, as kind and row.
    async fn after(&self, seq: usize) -> Vec<(EventKind, AccessRow)> {
        let log = self.log().await;
        let told = log.iter().skip(seq).map(|event| match &event.row {
            Row::Access(row) => (event.kind, row.as_ref().clone()),
            other => panic!("{other:?}"),
        });
        told.collect()
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn rand_hash(ids: &mut IdSource, now: Timestamp) -> [u8; 32] {
    let id: uuid::Uuid = ids.next(now);
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(id.as_bytes());
    hash
}

fn user(
    (id, version): (UserId, i32),
    active: bool,
    roles: &[&str],
    permissions: &[Permission],
) -> AccessRow {
    AccessRow::User(UserAccess {
        id,
        name: "Siti".into(),
        active,
        roles: roles.iter().map(|key| RoleKey::new(key)).collect(),
        permissions: permissions.iter().copied().collect(),
        reach: crate::domain::reach::Reach::default(),
        version,
    })
}

fn all_ended(user_id: UserId) -> (EventKind, AccessRow) {
    let ended = EndedSession { id: None, user_id };
    (EventKind::SessionEnded, AccessRow::Session(ended))
}

const CLERK: [Permission; 2] = [Permission::TasksRead, Permission::TasksWork];

#[tokio::test]
async fn a_users_life_is_told_by_events_without_a_secret() {
    let mut office = Office::open().await;
    let siti = office
        .employ("siti@example.test", &["clerk"])
        .await
        .unwrap();
    office
        .change(async |deed| {
            assert_eq!(deed.find_user("Siti@Example.test").await?, siti);
            deed.set_roles(siti, &words(&["reader", "clerk", "reader"]))
                .await?;
            deed.set_roles(siti, &words(&["reader"])).await
        })
        .await
        .unwrap();
    office
        .change(async |deed| deed.set_password(siti, "other-hash").await)
        .await
        .unwrap();
    for _ in 0..2 {
        office
            .change(async |deed| deed.deactivate(siti).await)
            .await
            .unwrap();
    }
    for _ in 0..2 {
        office
            .change(async |deed| deed.activate(siti).await)
            .await
            .unwrap();
    }
    let read = [Permission::TasksRead];
    assert_eq!(
        office.after(2).await,
        [
            (
                EventKind::UserCreated,
                user((siti, 1), true, &["clerk"], &CLERK)
            ),
            (
                EventKind::UserUpdated,
                user((siti, 2), true, &["clerk", "reader"], &CLERK)
            ),
            (
                EventKind::UserUpdated,
                user((siti, 3), true, &["reader"], &read)
            ),
            (
                EventKind::UserPasswordChanged,
                user((siti, 4), true, &["reader"], &read)
            ),
            all_ended(siti),
            (
                EventKind::UserDeactivated,
                user((siti, 5), false, &["reader"], &[])
            ),
            all_ended(siti),
            (
                EventKind::UserUpdated,
                user((siti, 6), true, &["reader"], &read)
            ),
        ]
    );
    for event in &office.log().await[2..] {
        let labels = Labels {
            user: Some(siti),
            ..Labels::default()
        };
        assert_eq!((&event.labels, event.actor), (&labels, Actor::System));
        let text = format!("{} {:?}", event.after, event.before);
        for secret in ["hash", "example.test"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn a_role_that_changes_is_followed_by_those_to_whom_it_makes_a_difference() {
    let mut office = Office::open().await;
    let siti = office
        .employ("siti@example.test", &["reader"])
        .await
        .unwrap();
    // what a reader may do a clerk may too
    let budi = office
        .employ("budi@example.test", &["reader", "clerk"])
        .await
        .unwrap();
    office
        .employ("rina@example.test", &["clerk"])
        .await
        .unwrap();
    let seen = office.log().await.len();
    let reader = |permissions: BTreeSet<Permission>| {
        async move |deed: &mut Deed<'_>| deed.set_permissions("reader", permissions).await
    };
    office
        .change(reader([Permission::TasksReadAll].into()))
        .await
        .unwrap();
    let told = office.after(seen).await;
    let kinds: Vec<_> = told.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(
        kinds,
        [
            EventKind::RoleUpdated,
            EventKind::UserUpdated,
            EventKind::UserUpdated
        ]
    );
    let all = [Permission::TasksReadAll];
    assert_eq!(told[1].1, user((siti, 2), true, &["reader"], &all));
    let both = [Permission::TasksReadAll, CLERK[0], CLERK[1]];
    assert_eq!(
        told[2].1,
        user((budi, 2), true, &["clerk", "reader"], &both)
    );
    let log = office.log().await;
    let commands: BTreeSet<_> = log[seen..].iter().map(|event| event.command_id.0).collect();
    assert_eq!(commands.len(), 1, "one command, so neighbours");
    assert_eq!(log[seen].labels, Labels::default());

    let seen = log.len();
    office.change(reader(CLERK.into())).await.unwrap();
    let told = office.after(seen).await;
    assert_eq!(told.len(), 3);
    let seen = office.log().await.len();
    office
        .change(reader([Permission::TasksRead].into()))
        .await
        .unwrap();
    let told = office.after(seen).await;
    assert_eq!(told.len(), 2, "budi is a clerk all the same: {told:?}");
    assert_eq!(
        told[1].1,
        user((siti, 4), true, &["reader"], &[Permission::TasksRead])
    );
}

#[tokio::test]
async fn a_key_is_told_of_when_it_is_made_and_when_it_is_revoked() {
    let mut office = Office::open().await;
    let new = NewKey {
        id: office.ids.next(office.now),
        name: "Accounting".to_owned(),
        prefix: "aabbcc".to_owned(),
        secret_hash: [7; 32],
        roles: [RoleKey::new("clerk")].into(),
        permissions: None,
        expires_at: None,
        created_by: Actor::System,
    };
    office
        .change(async |deed| deed.add_key(&new).await)
        .await
        .unwrap();
    for _ in 0..2 {
        office
            .change(async |deed| deed.revoke_key("aabbcc").await)
            .await
            .unwrap();
    }
    let key = KeyAccess {
        id: new.id,
        name: "Accounting".into(),
        roles: new.roles.clone(),
        permissions: Permission::ALL.into_iter().collect(),
        revoked: false,
        version: 1,
    };
    let revoked = KeyAccess {
        revoked: true,
        version: 2,
        ..key.clone()
    };
    assert_eq!(
        office.after(2).await,
        [
            (EventKind::ApiKeyCreated, AccessRow::ApiKey(key)),
            (EventKind::ApiKeyRevoked, AccessRow::ApiKey(revoked)),
        ]
    );
    let log = office.log().await;
    assert_eq!(log[2].labels.api_key, Some(new.id));
    assert_eq!(
        log[3].before.as_deref(),
        Some(r#"{"revoked":false,"version":1}"#)
    );
    let mut conn = office.database.pools().anyone().await.unwrap();
    let found = api_keys::find(&mut conn, "aabbcc", office.now).await;
    assert!(found.unwrap().is_none());
}

#[tokio::test]
async fn what_is_refused_leaves_nothing() {
    let mut office = Office::open().await;
    let siti = office
        .employ("siti@example.test", &["clerk"])
        .await
        .unwrap();
    let before = office.log().await.len();
    let taken = office.employ("siti@example.test", &["clerk"]).await;
    assert!(matches!(taken, Err(Refused::Taken { what: "user", .. })));
    let no_role = office.employ("budi@example.test", &["clerk", "king"]).await;
    let said = no_role.unwrap_err().to_string();
    assert_eq!(said, "there is no role king; there are clerk, reader");
    let half = office
        .change(async |deed| {
            deed.deactivate(siti).await?;
            deed.revoke_key("nobody").await
        })
        .await;
    assert!(matches!(half, Err(Refused::NoKey(_))));
    let nobody = office
        .change(async |deed| deed.find_user("nobody@example.test").await)
        .await;
    assert!(matches!(nobody, Err(Refused::NoUser(_))));
    assert_eq!(office.log().await.len(), before);
    let mut conn = office.database.pools().access_connection().await.unwrap();
    let people = users::list(&mut conn, office.tenant).await.unwrap();
    assert_eq!(people.len(), 1);
    assert!(people[0].access.active);
}

#[tokio::test]
async fn a_batch_that_was_decided_before_does_not_get_in() {
    let mut office = Office::open().await;
    let head = i64::try_from(office.log().await.len()).unwrap();
    let mut sampler = Sampler::new(9);
    let rows = sampler.season(2, 2).rows();
    let batch = sampler.batch(office.tenant, head, rows);
    office
        .employ("siti@example.test", &["clerk"])
        .await
        .unwrap();
    let mut conn = office.database.pools().journal_connection().await.unwrap();
    let written = journal::write(&mut conn, &[batch]).await.unwrap();
    assert!(written.winners.is_empty());
    assert_eq!(office.after(2).await.len(), 1);
}

#[tokio::test]
async fn the_time_to_wake_the_tenant_stays() {
    let mut office = Office::open().await;
    let head = i64::try_from(office.log().await.len()).unwrap();
    let mut sampler = Sampler::new(9);
    let rows = sampler.season(1, 1).rows();
    let mut batch = sampler.batch(office.tenant, head, rows);
    let alarm = office.now + chrono::Duration::hours(3);
    batch.next_deadline_at = Some(alarm);
    let mut conn = office.database.pools().journal_connection().await.unwrap();
    journal::write(&mut conn, &[batch]).await.unwrap();
    office
        .employ("siti@example.test", &["clerk"])
        .await
        .unwrap();
    let found: Option<Timestamp> = tenants::table
        .find(office.tenant.0)
        .select(tenants::next_deadline_at)
        .first(&mut conn)
        .await
        .unwrap();
    assert_eq!(found, Some(alarm));
}

#[tokio::test]
async fn no_session_outlives_the_password_or_the_user_it_was_opened_with() {
    let mut office = Office::open().await;
    let siti = office
        .employ("siti@example.test", &["clerk"])
        .await
        .unwrap();
    assert!(office.sign_in(siti, "secret-hash").await);
    office
        .change(async |deed| deed.set_password(siti, "other-hash").await)
        .await
        .unwrap();
    // compared with the old one just before
    assert!(!office.sign_in(siti, "secret-hash").await);
    assert!(office.sign_in(siti, "other-hash").await);
    office
        .change(async |deed| deed.deactivate(siti).await)
        .await
        .unwrap();
    assert!(!office.sign_in(siti, "other-hash").await);
    let mut conn = office.database.owner().await;
    let left: i64 = crate::db::schema::sessions::table
        .count()
        .get_result(&mut conn)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_change_that_has_to_wait_too_long_is_given_up_and_taken_back() {
    let mut office = Office::open().await;
    let siti = office
        .employ("siti@example.test", &["clerk"])
        .await
        .unwrap();
    let before = office.log().await.len();
    let mut blocker = office.database.owner().await;
    blocker
        .batch_execute("BEGIN; SELECT FROM tenants FOR UPDATE")
        .await
        .unwrap();
    let pools = Pools::new(Settings {
        read_timeout: Duration::from_millis(300),
        ..Settings::new(&office.database.url)
    })
    .unwrap();
    let author = Author {
        actor: Actor::System,
        at: office.now,
        request_id: "test".into(),
        command_id: office.ids.next(office.now),
        batch_id: office.ids.next(office.now),
        idempotency: None,
        may_give: None,
    };
    let waiting = pools.access(async |conn: &mut AsyncPgConnection| {
        write(conn, office.tenant, &author, async |deed| {
            deed.deactivate(siti).await
        })
        .await
    });
    let given_up = waiting.await;
    assert!(
        matches!(given_up, Err(Refused::Database(Error::Silent))),
        "{given_up:?}"
    );
    blocker.batch_execute("COMMIT").await.unwrap();
    office
        .change(async |deed| deed.end_sessions(siti).await)
        .await
        .unwrap();
    assert_eq!(office.after(before).await, [all_ended(siti)]);
}
