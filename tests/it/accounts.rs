//! Inviting people, passwords that are chosen, changed and forgotten, and being kept out.

use std::time::Duration;

use chrono::TimeDelta;
use lajur::config::secret::Secret;
use lajur::domain::ids::TenantId;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::check::Log;
use crate::support::client::{Answer, Client};
use crate::support::fixture::Login;
use crate::support::server::until;
use crate::support::socket::Socket;

const USERS: &str = "/api/v1/users";
const ANI: &str = "ani@example.test";
const GOOD: &str = "kuda-laut-menari-pelan";

async fn invite(client: &Client, roles: &[&str]) -> Answer {
    let body = json!({ "email": "Ani@Example.test", "name": "Ani Lestari", "roles": roles });
    client.post(USERS, body).await
}

async fn accept(app: &TestApp, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    app.stranger().post("/api/v1/auth/invitation", body).await
}

async fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    let body = json!({ "tenant": "al-barokah", "email": email, "password": password });
    app.stranger().post("/api/v1/auth/login", body).await
}

/// What became of accounts; signing in is told of too, by other tests.
async fn kinds(app: &TestApp) -> Vec<String> {
    let log = Log::read(&app.database, TenantId(app.tenant.id)).await;
    log.assert_whole();
    log.assert_accounts_equal(&app.database).await;
    let kinds = log.events.iter().map(|event| event.kind.clone());
    kinds
        .filter(|kind| !matches!(kind.as_str(), "session.started" | "login.refused"))
        .collect()
}

async fn id_of(client: &Client, name: &str) -> String {
    let found = client.get(&format!("{USERS}?q={name}")).await.data(200);
    found[0]["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn somebody_who_is_invited_comes_once() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let invited = invite(&manager, &["visa-admin"]).await;
    let ani = invited.data(201);
    assert_eq!(
        (&ani["state"], &ani["email"], &ani["active"]),
        (&json!("invited"), &json!(ANI), &json!(false))
    );
    assert_eq!(ani["invited_until"], "2026-11-30T02:00:00Z");
    let letter = &app.mailed(ANI)[0];
    assert!(letter.contains("Subject: Undangan Anda ke"), "{letter}");
    assert_eq!(sign_in(&app, ANI, GOOD).await.status, 401);

    let token = app.mailed_token(ANI);
    let look = app.stranger();
    let look = look
        .post("/api/v1/auth/token", json!({ "token": token }))
        .await
        .data(200);
    assert_eq!(
        (&look["purpose"], &look["name"], &look["tenant"]["slug"]),
        (
            &json!("invitation"),
            &json!("Ani Lestari"),
            &json!("al-barokah")
        )
    );
    assert_eq!(
        accept(&app, &token, "too short").await.fields(),
        ["password"]
    );
    assert_eq!(
        accept(&app, &token, "ani@example.test").await.fields(),
        ["password"]
    );
    let joined = accept(&app, &token, GOOD).await;
    assert_eq!(joined.data(200)["user"]["email"], ANI);
    assert!(joined.header("set-cookie").starts_with("lajur_session="));
    assert_eq!(accept(&app, &token, GOOD).await.fields(), ["token"]);
    assert_eq!(sign_in(&app, ANI, GOOD).await.status, 200);
    assert_eq!(kinds(&app).await, ["user.invited", "user.joined"]);
}

#[actix_web::test]
async fn an_invitation_ends_by_itself_and_by_another_one() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let ani = invite(&manager, &[]).await.data(201);
    let first = app.mailed_token(ANI);
    let again = format!("{USERS}/{}/invite", ani["id"].as_str().unwrap());
    manager.post(&again, json!({})).await.data(200);
    let second = app.mailed_token(ANI);
    assert_ne!(first, second);
    assert_eq!(accept(&app, &first, GOOD).await.fields(), ["token"]);
    app.clock.advance(TimeDelta::days(7));
    assert_eq!(accept(&app, &second, GOOD).await.fields(), ["token"]);
    let manager = app.manager().await;
    manager.post(&again, json!({})).await.data(200);
    assert_eq!(accept(&app, &app.mailed_token(ANI), GOOD).await.status, 200);
    let late = manager.post(&again, json!({})).await;
    assert_eq!(late.code(), "409 INVALID_TRANSITION");
}

#[actix_web::test]
async fn an_invitation_that_is_repeated_invites_once() {
    let app = TestApp::start().await;
    let manager = app.manager().await.with("idempotency-key", "ani");
    let first = invite(&manager, &["visa-admin"]).await;
    let again = invite(&manager, &["visa-admin"]).await;
    assert_eq!(again.data(201), first.data(201));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(app.mailed(ANI).len(), 1);
    let other = invite(&manager, &["auditor"]).await;
    assert_eq!(other.code(), "409 IDEMPOTENCY_MISMATCH");
    let taken = invite(&manager.without("idempotency-key"), &[]).await;
    assert_eq!(taken.code(), "409 DUPLICATE");
    assert_eq!(kinds(&app).await, ["user.invited"]);
}

#[actix_web::test]
async fn nobody_gives_what_they_do_not_hold() {
    let app = TestApp::start().await;
    app.command("role add --key hr --permission users.admin --permission tasks.work")
        .await;
    app.command("role add --key doer --permission tasks.complete")
        .await;
    app.command("role add --key boss --permission stages.write")
        .await;
    app.command("user add --email hr@example.test --role hr")
        .await;
    let said = app
        .command("user set-password --email hr@example.test")
        .await;
    let password = said.split("password: ").nth(1).unwrap().trim().to_owned();
    let login = Login {
        email: "hr@example.test".to_owned(),
        password: Secret::new(password),
    };
    let hr = app.stranger().signed_in("al-barokah", &login).await;
    let refused = invite(&hr, &["boss"]).await;
    assert_eq!(refused.code(), "403 FORBIDDEN");
    assert_eq!(
        refused.json()["error"]["details"]["permission"],
        "stages.write"
    );
    let ani = invite(&hr, &["doer"]).await.data(201);
    let path = format!("{USERS}/{}", ani["id"].as_str().unwrap());
    let more = json!({ "version": 1, "roles": ["doer", "boss"] });
    assert_eq!(hr.put(&path, more).await.code(), "403 FORBIDDEN");
    let unknown = json!({ "version": 1, "roles": ["king"] });
    assert_eq!(hr.put(&path, unknown).await.fields(), ["roles"]);
    // what somebody has already may stay, and be taken away
    let manager = app.manager().await;
    let more = json!({ "version": 1, "roles": ["doer", "boss"] });
    manager.put(&path, more).await.data(200);
    let kept = json!({ "version": 2, "roles": ["boss"] });
    assert_eq!(
        hr.put(&path, kept).await.data(200)["roles"],
        json!(["boss"])
    );
    let key = json!({ "name": "x", "permissions": ["stages.write"] });
    assert_eq!(
        hr.post("/api/v1/api-keys", key).await.code(),
        "403 FORBIDDEN"
    );
    let role = json!({ "key": "x", "name": "x", "permissions": ["tasks.work_all"] });
    assert_eq!(hr.post("/api/v1/roles", role).await.code(), "403 FORBIDDEN");
}

#[actix_web::test]
async fn a_person_is_changed_as_they_were_seen() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let path = format!("{USERS}/{}", id_of(&manager, "Budi").await);
    let seen = manager.get(&path).await;
    assert_eq!(seen.data(200)["version"], 1);
    let body = json!({ "name": "Budi Santoso" });
    assert_eq!(
        manager.put(&path, body.clone()).await.code(),
        "428 VERSION_REQUIRED"
    );
    let with_tag = manager.clone().with("if-match", seen.header("etag"));
    let changed = with_tag.put(&path, body.clone()).await;
    assert_eq!(changed.data(200)["name"], "Budi Santoso");
    assert_eq!(changed.header("etag"), "\"2\"");
    assert!(changed.json()["meta"]["seq"].is_i64());
    let late = with_tag.put(&path, json!({ "name": "Other" })).await;
    assert_eq!(late.code(), "409 VERSION_CONFLICT");
    assert_eq!(late.json()["error"]["details"]["current"]["version"], 2);
    // nothing to do is done without an event
    let same = json!({ "version": 2, "name": "Budi Santoso" });
    assert_eq!(manager.put(&path, same).await.data(200)["version"], 2);
    assert_eq!(kinds(&app).await, ["user.updated"]);
    let officer = app.stranger();
    let officer = officer.signed_in("al-barokah", &app.tenant.officer).await;
    assert_eq!(officer.get(&path).await.code(), "403 FORBIDDEN");
}

#[actix_web::test]
async fn who_is_kept_out_is_out_at_once_and_can_come_back() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let officer = app.stranger();
    let officer = officer.signed_in("al-barokah", &app.tenant.officer).await;
    let mut socket = Socket::connected(&app.url(""), &officer).await;
    let path = format!("{USERS}/{}", id_of(&manager, "Budi").await);
    let out = manager.post(&format!("{path}/deactivate"), json!({})).await;
    assert_eq!(out.data(200)["state"], "inactive");
    assert_eq!(
        officer.get("/api/v1/me").await.code(),
        "401 UNAUTHENTICATED"
    );
    tokio::time::timeout(Duration::from_secs(1), socket.closed())
        .await
        .expect("the socket is still open");
    let back = manager
        .post(&format!("{path}/activate"), json!({ "version": 2 }))
        .await;
    assert_eq!(back.data(200)["state"], "active");
    let login = &app.tenant.officer;
    let again = sign_in(&app, &login.email, login.password.expose()).await;
    assert_eq!(again.status, 200);
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let path = format!("{USERS}/{}", id_of(&manager, "Siti").await);
    let out = manager.post(&format!("{path}/deactivate"), json!({})).await;
    assert_eq!(out.code(), "409 INVALID_TRANSITION");
    let less = json!({ "version": 1, "roles": ["visa-admin"] });
    assert_eq!(
        manager.put(&path, less).await.code(),
        "409 INVALID_TRANSITION"
    );
    let roles = manager.get("/api/v1/roles").await.data(200);
    let role = roles
        .as_array()
        .unwrap()
        .iter()
        .find(|role| role["key"] == "manager");
    let role = format!("/api/v1/roles/{}", role.unwrap()["id"].as_str().unwrap());
    let less = json!({ "version": 1, "permissions": ["tasks.read"] });
    assert_eq!(
        manager.put(&role, less).await.code(),
        "409 INVALID_TRANSITION"
    );
    assert_eq!(kinds(&app).await, Vec::<String>::new());
    app.command("user add --email other@example.test --role manager")
        .await;
    manager
        .post(&format!("{path}/deactivate"), json!({}))
        .await
        .data(200);
    assert_eq!(manager.get("/api/v1/me").await.status, 401);
}

#[actix_web::test]
async fn a_password_is_changed_by_whoever_knows_it() {
    let app = TestApp::start().await;
    let (here, there) = (app.manager().await, app.manager().await);
    let change =
        |current: &str, password: &str| json!({ "current": current, "password": password });
    let old = app.tenant.manager.password.expose();
    let path = "/api/v1/auth/password";
    assert_eq!(
        here.post(path, change("wrong", GOOD)).await.fields(),
        ["current"]
    );
    assert_eq!(
        here.post(path, change(old, "123456789012")).await.fields(),
        ["password"]
    );
    assert_eq!(here.post(path, change(old, GOOD)).await.status, 204);
    assert_eq!(here.get("/api/v1/me").await.status, 200);
    assert_eq!(there.get("/api/v1/me").await.status, 401);
    assert_eq!(sign_in(&app, "siti@example.test", old).await.status, 401);
    assert_eq!(sign_in(&app, "siti@example.test", GOOD).await.status, 200);
    assert_eq!(
        kinds(&app).await,
        ["user.password_changed", "session.ended"]
    );
    let key = app.integration().post(path, change(old, GOOD)).await;
    assert_eq!(key.code(), "404 NOT_FOUND");
}

#[actix_web::test]
async fn a_forgotten_password_is_set_anew_once() {
    let app = TestApp::start().await;
    let email = &app.tenant.manager.email;
    let browser = app.manager().await;
    let forget = |tenant: &str, email: &str| json!({ "tenant": tenant, "email": email });
    let stranger = app.stranger();
    let mut answers = Vec::new();
    for body in [
        forget("al-barokah", email),
        forget("al-barokah", "nobody@example.test"),
        forget("nowhere", email),
    ] {
        let answer = stranger.post("/api/v1/auth/forgot", body).await;
        answers.push((answer.status, answer.text));
    }
    answers.dedup();
    assert_eq!(answers, [(204, String::new())]);
    until("a link is mailed", Duration::from_secs(5), async || {
        !app.mailed(email).is_empty()
    })
    .await;
    assert_eq!(std::fs::read_dir(&app.mail).unwrap().count(), 1);
    let token = app.mailed_token(email);
    let reset = |token: &str| json!({ "token": token, "password": GOOD });
    assert_eq!(
        accept(&app, &token, GOOD).await.fields(),
        ["token"],
        "it is no invitation"
    );
    assert_eq!(browser.get("/api/v1/me").await.status, 200);
    let done = stranger.post("/api/v1/auth/reset", reset(&token)).await;
    assert_eq!(done.status, 204, "{}", done.text);
    assert_eq!(browser.get("/api/v1/me").await.status, 401);
    assert_eq!(sign_in(&app, email, GOOD).await.status, 200);
    let again = stranger.post("/api/v1/auth/reset", reset(&token)).await;
    assert_eq!(again.fields(), ["token"]);
    assert_eq!(
        kinds(&app).await,
        ["user.password_changed", "session.ended"]
    );
}

#[actix_web::test]
async fn without_a_mail_server_production_says_so() {
    let app = TestApp::start_with(|config| {
        config.mode = lajur::config::Mode::Production;
        config.http.secure_cookies = true;
    })
    .await;
    let key = app.integration();
    assert_eq!(invite(&key, &[]).await.code(), "503 UNAVAILABLE");
    let forget = json!({ "tenant": "al-barokah", "email": "siti@example.test" });
    let forget = app.stranger().post("/api/v1/auth/forgot", forget).await;
    assert_eq!(forget.code(), "503 UNAVAILABLE");
    assert_eq!(
        key.get(USERS).await.data(200).as_array().map(Vec::len),
        Some(2)
    );
    let _: Value = key.get("/api/v1/roles").await.data(200);
}
