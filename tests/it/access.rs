//! Signing out is an event, and who has lost their rights is out as soon as a
//! node hears of it.

use lajur::db::access::{self, Author, Deed, Refused};
use lajur::db::events;
use lajur::domain::access::AccessRow;
use lajur::domain::ids::{IdSource, TenantId};
use lajur::domain::pipeline::change::Row;
use lajur::domain::principal::Actor;
use lajur::secrets::Secrets;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::check::Log;
use crate::support::client::Client;

async fn log(app: &TestApp) -> Log {
    Log::read(&app.database, TenantId(app.tenant.id)).await
}

/// Rights change, and this node does not know yet.
async fn change(app: &TestApp, work: impl AsyncFnOnce(&mut Deed<'_>) -> Result<(), Refused>) {
    let now = app.running.app.clock.now();
    let mut ids = IdSource::seeded(Secrets::System.seed());
    let author = Author {
        actor: Actor::System,
        at: now,
        request_id: "elsewhere".into(),
        command_id: ids.next(now),
        batch_id: ids.next(now),
        idempotency: None,
        may_give: None,
    };
    let pools = app.database.pools();
    let mut conn = pools.access_connection().await.unwrap();
    access::write(&mut conn, TenantId(app.tenant.id), &author, work)
        .await
        .unwrap();
}

/// The events about rights pass by, as they will on every node.
async fn hear(app: &TestApp) {
    let tenant = TenantId(app.tenant.id);
    let pools = app.database.pools();
    let read = pools.read("log", tenant, async |conn: &mut _| {
        events::after(conn, tenant, 0, 1_000).await
    });
    for event in read.await.unwrap() {
        if let Row::Access(row) = &event.row {
            app.running.app.callers.heed(row);
        }
    }
}

async fn me(client: &Client) -> Value {
    client.get("/api/v1/me").await.data(200)
}

async fn status(client: &Client) -> u16 {
    client.get("/api/v1/me").await.status
}

#[actix_web::test]
async fn signing_out_leaves_one_event_of_that_session() {
    let app = TestApp::start().await;
    let (one, other) = (app.manager().await, app.manager().await);
    assert_eq!(log(&app).await.head, 2, "signing in leaves one each");
    let user = me(&one).await["user"]["id"].clone();
    let out = one
        .clone()
        .with("x-request-id", "the-request")
        .post("/api/v1/auth/logout", json!({}))
        .await;
    assert_eq!(out.status, 204, "{}", out.text);
    assert_eq!((status(&one).await, status(&other).await), (401, 200));
    let log = log(&app).await;
    log.assert_whole();
    log.assert_accounts_equal(&app.database).await;
    assert_eq!(log.events.len(), 3);
    let event = &log.events[2];
    assert_eq!(event.kind, "session.ended");
    assert_eq!(event.request_id, "the-request");
    assert_eq!(event.labels, json!({ "user": user }));
    assert_eq!(
        event.principal_id.map(|id| id.to_string()),
        user.as_str().map(str::to_owned)
    );
    let after = json!({ "id": event.subject_id, "user_id": user });
    assert_eq!(event.after, after);
}

#[actix_web::test]
async fn a_key_that_signs_out_ends_nothing() {
    let app = TestApp::start().await;
    let key = app.integration();
    let out = key.post("/api/v1/auth/logout", json!({})).await;
    assert_eq!(out.status, 204, "{}", out.text);
    assert_eq!(log(&app).await.head, 0);
}

#[actix_web::test]
async fn who_is_kept_out_is_out_as_soon_as_the_node_hears_of_it() {
    let app = TestApp::start().await;
    let (manager, colleague) = (app.manager().await, app.stranger());
    let colleague = colleague.signed_in("al-barokah", &app.tenant.officer).await;
    assert_eq!(
        (status(&manager).await, status(&colleague).await),
        (200, 200)
    );
    let email = app.tenant.manager.email.clone();
    change(&app, async |deed| {
        let user = deed.find_user(&email).await?;
        deed.deactivate(user).await
    })
    .await;
    assert_eq!(status(&manager).await, 200, "remembered for some seconds");
    hear(&app).await;
    assert_eq!(
        (status(&manager).await, status(&colleague).await),
        (401, 200)
    );
    let login = &app.tenant.manager;
    let body = json!({ "tenant": "al-barokah", "email": login.email, "password": login.password.expose() });
    let again = app.stranger().post("/api/v1/auth/login", body).await;
    assert_eq!(again.code(), "401 UNAUTHENTICATED");
}

#[actix_web::test]
async fn other_rights_hold_as_soon_as_the_node_hears_of_them() {
    let app = TestApp::start().await;
    let officer = app.stranger();
    let officer = officer.signed_in("al-barokah", &app.tenant.officer).await;
    let before = me(&officer).await["permissions"].clone();
    assert_eq!(before, json!(["pipeline.read", "tasks.read", "tasks.work"]));
    let permissions = lajur::domain::principal::permissions(["tasks.read"]);
    change(&app, async |deed| {
        deed.set_permissions("visa-admin", permissions).await
    })
    .await;
    hear(&app).await;
    assert_eq!(me(&officer).await["permissions"], json!(["tasks.read"]));
}

#[actix_web::test]
async fn whoever_has_changed_is_not_admitted_from_memory() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let user = me(&manager).await["user"]["id"].clone();
    let user: uuid::Uuid = user.as_str().unwrap().parse().unwrap();
    app.cut_database().await;
    app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(status(&manager).await, 200, "nothing is known against them");
    let ended = lajur::domain::access::EndedSession {
        id: None,
        user_id: user.into(),
    };
    app.running.app.callers.heed(&AccessRow::Session(ended));
    assert_eq!(status(&manager).await, 503);
}
