//! Keys, sessions, CSRF.

use lajur::config::secret::Secret;
use lajur::domain::principal::Permission;
use serde_json::json;

use crate::support::{TestApp, fixture};

#[actix_web::test]
async fn without_a_credential_nothing_opens() {
    let app = TestApp::start().await;
    let stranger = app.stranger();
    let answer = stranger.get("/api/v1/me").await;
    assert_eq!(answer.code(), "401 UNAUTHENTICATED");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    for key in ["nonsense", "lajur_a_b", ""] {
        assert_eq!(
            stranger
                .clone()
                .with_key(&Secret::new(key))
                .get("/api/v1/me")
                .await
                .code(),
            "401 UNAUTHENTICATED"
        );
    }
    let wrong = app.tenant.key.expose().replace(char::is_numeric, "0");
    assert_eq!(
        stranger
            .with_key(&Secret::new(wrong))
            .get("/api/v1/me")
            .await
            .code(),
        "401 UNAUTHENTICATED"
    );
}

#[actix_web::test]
async fn a_key_says_whose_it_is() {
    let app = TestApp::start().await;
    for base in ["/api/v1", "/api"] {
        let body = app.integration().get(&format!("{base}/me")).await.json();
        assert_eq!(body["ok"], true);
        assert_eq!(body["data"]["tenant"]["slug"], "al-barokah");
        assert_eq!(body["data"]["api_key"]["name"], "Accounting");
        assert_eq!(body["data"]["user"], json!(null));
        assert_eq!(body["data"]["csrf_token"], json!(null));
        let permissions = body["data"]["permissions"].as_array().unwrap();
        assert_eq!(permissions.len(), Permission::ALL.len());
    }
}

#[actix_web::test]
async fn a_key_has_the_permissions_it_lists() {
    let app = TestApp::start().await;
    let mut conn = app.database.owner().await;
    let listed = Some(vec!["tasks.read".to_owned()]);
    let key = fixture::add_key(&mut conn, app.tenant.id, listed, &app.running.app.secrets).await;
    let body = app.stranger().with_key(&key).get("/api/v1/me").await.json();
    assert_eq!(body["data"]["permissions"], json!(["tasks.read"]));
}

#[actix_web::test]
async fn a_user_has_the_permissions_of_their_roles() {
    let app = TestApp::start().await;
    let officer = app
        .stranger()
        .signed_in("al-barokah", &app.tenant.officer)
        .await;
    let me = officer.get("/api/v1/me").await.json();
    assert_eq!(me["data"]["roles"], json!(["visa-admin"]));
    assert_eq!(
        me["data"]["permissions"],
        json!(["pipeline.read", "tasks.read", "tasks.work"])
    );
}

#[actix_web::test]
async fn a_browser_signs_in_and_out() {
    let app = TestApp::start().await;
    let browser = app.manager().await;
    let me = browser.get("/api/v1/me").await.json();
    assert_eq!(me["data"]["user"]["email"], "siti@example.test");
    assert_eq!(me["data"]["roles"], json!(["manager"]));
    assert!(me["data"]["csrf_token"].is_string());
    assert_eq!(me["data"]["expires_at"], "2026-11-23T14:00:00Z");

    let out = browser.post("/api/v1/auth/logout", json!({})).await;
    assert_eq!(out.status, 204, "{}", out.text);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{out:?}");
    assert_eq!(
        browser.get("/api/v1/me").await.code(),
        "401 UNAUTHENTICATED"
    );
}

#[actix_web::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let app = TestApp::start_with(|config| config.http.secure_cookies = true).await;
    let login = &app.tenant.manager;
    let body = json!({ "tenant": "al-barokah", "email": login.email, "password": login.password.expose() });
    let answer = app.stranger().post("/api/v1/auth/login", body).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-lajur_session="), "{cookie}");
    for part in [
        "HttpOnly",
        "SameSite=Strict",
        "Secure",
        "Path=/",
        "Max-Age=43200",
    ] {
        assert!(cookie.contains(part), "{part} is not in {cookie}");
    }
}

#[actix_web::test]
async fn a_signed_out_session_is_gone_even_for_who_kept_the_cookie() {
    let app = TestApp::start().await;
    let login = &app.tenant.manager;
    let body = json!({ "tenant": "al-barokah", "email": login.email, "password": login.password.expose() });
    let answer = app.stranger().post("/api/v1/auth/login", body).await;
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let token = answer.json()["data"]["csrf_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let thief = app
        .stranger()
        .with("cookie", &cookie)
        .with("x-csrf-token", &token);
    assert_eq!(thief.get("/api/v1/me").await.status, 200);
    assert_eq!(
        thief.post("/api/v1/auth/logout", json!({})).await.status,
        204
    );
    let thief = app.stranger().with("cookie", &cookie);
    assert_eq!(thief.get("/api/v1/me").await.code(), "401 UNAUTHENTICATED");
}

#[actix_web::test]
async fn an_unsafe_request_with_a_cookie_needs_the_token() {
    let app = TestApp::start().await;
    let browser = app.manager().await;
    let without = browser.clone().without("x-csrf-token");
    assert_eq!(without.get("/api/v1/me").await.status, 200);
    assert_eq!(
        without.post("/api/v1/auth/logout", json!({})).await.code(),
        "403 CSRF_FAILED"
    );
    let other = app.manager().await.get("/api/v1/me").await.json();
    let other = other["data"]["csrf_token"].as_str().unwrap();
    let wrong = without.with("x-csrf-token", other);
    assert_eq!(
        wrong.post("/api/v1/auth/logout", json!({})).await.code(),
        "403 CSRF_FAILED"
    );
    assert_eq!(
        browser.post("/api/v1/auth/logout", json!({})).await.status,
        204
    );
}

#[actix_web::test]
async fn a_failed_login_does_not_tell_why() {
    let app = TestApp::start().await;
    let login = &app.tenant.manager;
    let password = login.password.expose();
    let mut answers = Vec::new();
    for (tenant, email, password) in [
        ("al-barokah", login.email.as_str(), "wrong password"),
        ("al-barokah", "nobody@example.test", password),
        ("no-such-tenant", login.email.as_str(), password),
    ] {
        let body = json!({ "tenant": tenant, "email": email, "password": password });
        let answer = app
            .stranger()
            .with("x-request-id", "same")
            .post("/api/v1/auth/login", body)
            .await;
        assert_eq!(answer.code(), "401 UNAUTHENTICATED");
        answers.push(answer.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[actix_web::test]
async fn a_session_ends_by_itself() {
    let app = TestApp::start().await;
    let browser = app.manager().await;
    app.clock
        .advance(chrono::Duration::hours(12) - chrono::Duration::seconds(1));
    assert_eq!(browser.get("/api/v1/me").await.status, 200);
    app.clock.advance(chrono::Duration::seconds(1));
    assert_eq!(
        browser.get("/api/v1/me").await.code(),
        "401 UNAUTHENTICATED"
    );
}

#[actix_web::test]
async fn a_caller_who_was_seen_is_known_while_the_database_is_away() {
    let app = TestApp::start().await;
    let key = app.integration();
    assert_eq!(key.get("/api/v1/me").await.status, 200);
    app.cut_database().await;
    app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(key.get("/api/v1/me").await.status, 200);
    let other = app.stranger().with_key(&Secret::new("lajur_never_seen"));
    let answer = other.get("/api/v1/me").await;
    assert_eq!(answer.code(), "503 UNAVAILABLE");
    assert_eq!(answer.header("retry-after"), "1");
}
