//! Where people are signed in, and being signed out there.

use chrono::TimeDelta;
use diesel::QueryDsl;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::Client;

const SESSIONS: &str = "/api/v1/sessions";

async fn sessions(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).await.data(200).as_array().unwrap().clone()
}

fn path(session: &Value) -> String {
    format!("{SESSIONS}/{}", session["id"].as_str().unwrap())
}

#[actix_web::test]
async fn somebody_sees_where_they_are_signed_in() {
    let app = TestApp::start().await;
    let login = &app.tenant.manager;
    let phone = app.stranger().with("user-agent", "Phone/1.0");
    let phone = phone.signed_in("al-barokah", login).await;
    app.clock.advance(TimeDelta::minutes(5));
    let desk = app.stranger().with("user-agent", "Desk/2.0");
    let desk = desk.signed_in("al-barokah", login).await;
    app.clock.advance(TimeDelta::minutes(5));
    let found = sessions(&desk, SESSIONS).await;
    let agents: Vec<&Value> = found.iter().map(|one| &one["user_agent"]).collect();
    assert_eq!(agents, ["Desk/2.0", "Phone/1.0"]);
    assert_eq!(
        (&found[0]["current"], &found[1]["current"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(found[1]["created_at"], "2026-11-23T02:00:00Z");
    assert_eq!(found[0]["address"], "127.0.0.1");
    // the one in use was seen just now
    crate::support::server::until(
        "it is noted",
        std::time::Duration::from_secs(5),
        async || {
            let found = sessions(&desk, SESSIONS).await;
            found[0]["last_seen_at"] == "2026-11-23T02:10:00Z"
                && found[1]["last_seen_at"] == "2026-11-23T02:00:00Z"
        },
    )
    .await;
    assert_eq!(phone.get("/api/v1/me").await.status, 200);
    let key = app.integration().get(SESSIONS).await;
    assert_eq!(key.code(), "404 NOT_FOUND");
}

#[actix_web::test]
async fn a_session_is_ended_from_another_one() {
    let app = TestApp::start().await;
    let (here, there, third) = (
        app.manager().await,
        app.manager().await,
        app.manager().await,
    );
    let found = sessions(&there, SESSIONS).await;
    let other = found.iter().find(|one| one["current"] == true).unwrap();
    assert_eq!(here.delete(&path(other)).await.status, 204);
    assert_eq!(there.get("/api/v1/me").await.status, 401);
    assert_eq!(here.delete(&path(other)).await.code(), "404 NOT_FOUND");
    assert_eq!(here.delete(SESSIONS).await.status, 204);
    assert_eq!(third.get("/api/v1/me").await.status, 401);
    assert_eq!(sessions(&here, SESSIONS).await.len(), 1);
}

#[actix_web::test]
async fn nobody_ends_anothers_session_but_an_administrator() {
    let app = TestApp::start().await;
    let manager = app.manager().await;
    let officer = app.stranger();
    let officer = officer.signed_in("al-barokah", &app.tenant.officer).await;
    let theirs = sessions(&officer, SESSIONS).await;
    assert_eq!(
        manager.delete(&path(&theirs[0])).await.code(),
        "404 NOT_FOUND"
    );
    let mine = sessions(&manager, SESSIONS).await;
    assert_eq!(
        officer.delete(&path(&mine[0])).await.code(),
        "404 NOT_FOUND"
    );
    let budi = manager.get("/api/v1/users?q=budi").await.data(200);
    let of_budi = format!("/api/v1/users/{}/sessions", budi[0]["id"].as_str().unwrap());
    assert_eq!(officer.get(&of_budi).await.code(), "403 FORBIDDEN");
    let listed = sessions(&manager, &of_budi).await;
    assert_eq!((listed.len(), &listed[0]["current"]), (1, &json!(false)));
    let one = format!("{of_budi}/{}", listed[0]["id"].as_str().unwrap());
    assert_eq!(manager.delete(&one).await.status, 204);
    assert_eq!(officer.get("/api/v1/me").await.status, 401);
    let again = app.stranger();
    let again = again.signed_in("al-barokah", &app.tenant.officer).await;
    assert_eq!(manager.delete(&of_budi).await.status, 204);
    assert_eq!(again.get("/api/v1/me").await.status, 401);
}

#[actix_web::test]
async fn sessions_that_have_ended_by_themselves_are_cleared_away() {
    let app = TestApp::start().await;
    let _forgotten = app.manager().await;
    let hours = app.running.app.config.auth.session_hours;
    app.clock.advance(TimeDelta::hours(i64::from(hours)));
    let back = app.manager().await;
    assert_eq!(back.get("/api/v1/me").await.status, 200);
    let mut conn = app.database.owner().await;
    let kept: i64 = lajur::db::schema::sessions::table
        .count()
        .get_result(&mut conn)
        .await
        .unwrap();
    assert_eq!(kept, 1);
}
