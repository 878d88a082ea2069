//! Guessing passwords becomes slow, and tells nothing.

use lajur::config::Config;
use lajur::config::limits::Switch;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::{Answer, Client};
use crate::support::fixture::Tenant;
use crate::support::server::{Settings, redis_url};

fn limited(config: &mut Config) {
    config.limits.rate_limits = Switch::On;
    config.limits.session = "1000/60".parse().unwrap();
}

async fn sign_in(client: &Client, tenant: &str, email: &str, password: &str) -> Answer {
    let body = json!({ "tenant": tenant, "email": email, "password": password });
    client.post("/api/v1/auth/login", body).await
}

/// All that an answer says but its request's id.
fn words(answer: &Answer) -> (u16, String, Value) {
    let mut body = answer.json();
    body["request_id"] = Value::Null;
    (answer.status, answer.header("retry-after").to_owned(), body)
}

#[actix_web::test]
async fn each_wrong_password_makes_the_next_wait_longer_whoever_it_is() {
    let app = TestApp::start_with(limited).await;
    let (tenant, known) = (app.tenant.slug.clone(), app.tenant.manager.email.clone());
    let stranger = app.stranger();
    let mut told: Vec<Vec<_>> = Vec::new();
    for (tenant, email) in [
        (tenant.as_str(), known.as_str()),
        (tenant.as_str(), "nobody@example.test"),
    ] {
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(words(
                &sign_in(&stranger, tenant, email, "wrong-password").await,
            ));
        }
        assert!(answers.iter().all(|(status, ..)| *status == 401));
        for seconds in [1, 2, 4] {
            let waits = sign_in(&stranger, tenant, email, "wrong-password").await;
            assert_eq!(waits.code(), "429 RATE_LIMIT_EXCEEDED");
            assert_eq!(waits.header("retry-after"), seconds.to_string());
            answers.push(words(&waits));
            app.clock.advance(chrono::Duration::seconds(seconds));
            let wrong = sign_in(&stranger, tenant, email, "wrong-password").await;
            answers.push(words(&wrong));
        }
        app.clock.advance(chrono::Duration::hours(1));
        told.push(answers);
    }
    assert_eq!(
        told[0], told[1],
        "an account that there is, and one that there is not"
    );
    let elsewhere = sign_in(
        &stranger,
        "no-such-tenant",
        known.as_str(),
        "wrong-password",
    )
    .await;
    assert_eq!(told[0].first(), Some(&words(&elsewhere)));
}

#[actix_web::test]
async fn the_right_password_has_to_wait_too_and_then_clears_the_account() {
    let app = TestApp::start_with(limited).await;
    let login = &app.tenant.manager;
    let right = login.password.expose();
    let stranger = app.stranger();
    for _ in 0..6 {
        sign_in(&stranger, &app.tenant.slug, &login.email, "wrong-password").await;
    }
    let early = sign_in(&stranger, &app.tenant.slug, &login.email, right).await;
    assert_eq!(early.status, 429);
    app.clock.advance(chrono::Duration::seconds(1));
    let upper = login.email.to_uppercase();
    let late = sign_in(&stranger, &app.tenant.slug, &upper, right).await;
    assert_eq!(late.status, 200, "{}", late.text);
    for _ in 0..5 {
        let wrong = sign_in(&stranger, &app.tenant.slug, &login.email, "wrong-password").await;
        assert_eq!(wrong.status, 401);
    }
}

#[actix_web::test]
async fn an_address_that_tries_many_accounts_waits() {
    let app = TestApp::start_with(limited).await;
    let stranger = app.stranger();
    for number in 0..21 {
        let email = format!("guess-{number}@example.test");
        let wrong = sign_in(&stranger, &app.tenant.slug, &email, "wrong-password").await;
        assert_eq!(wrong.status, 401, "{number}");
    }
    let login = &app.tenant.manager;
    let forged = app.stranger().with("x-forwarded-for", "198.51.100.7");
    let right = login.password.expose();
    let waits = sign_in(&forged, &app.tenant.slug, &login.email, right).await;
    assert_eq!(waits.code(), "429 RATE_LIMIT_EXCEEDED");
}

#[actix_web::test]
async fn behind_a_proxy_of_ours_each_client_has_its_own_address() {
    let app = TestApp::start_with(|config| {
        limited(config);
        config.limits.session = "2/60".parse().unwrap();
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let from = |address: &str| app.stranger().with("x-forwarded-for", address);
    let mut statuses = Vec::new();
    for address in [
        "198.51.100.7",
        "198.51.100.7",
        "198.51.100.7",
        "198.51.100.8",
    ] {
        let email = "nobody@example.test";
        let answer = sign_in(&from(address), &app.tenant.slug, email, "wrong").await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [401, 401, 429, 401]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_a_restart_does_not_forgive() {
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let settings = Settings::of(&database)
        .with("LAJUR_RATE_LIMITS", "on")
        .with("LAJUR_LIMITS__SESSION", "1000/60")
        .with("REDIS_URL", redis_url())
        .with("LAJUR_REDIS__PREFIX", &database.name);
    let email = &tenant.manager.email;
    let server = settings.start().await;
    let mut waits = None;
    for _ in 0..12 {
        let answer = sign_in(&server.stranger(), &tenant.slug, email, "wrong-password").await;
        if answer.status == 429 {
            waits = Some(answer);
            break;
        }
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
    let waits = waits.unwrap();
    assert_eq!(waits.code(), "429 RATE_LIMIT_EXCEEDED");
    // the seventh try is the second that counts against the account
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let answer = sign_in(&server.stranger(), &tenant.slug, email, "wrong-password").await;
    assert_eq!(answer.status, 401);
    tokio::time::sleep(std::time::Duration::from_millis(2_100)).await;
    let answer = sign_in(&server.stranger(), &tenant.slug, email, "wrong-password").await;
    assert_eq!(answer.status, 401);
    server.kill().await;
    let server = settings.start().await;
    let right = tenant.manager.password.expose();
    let answer = sign_in(&server.stranger(), &tenant.slug, email, right).await;
    assert_eq!(answer.code(), "429 RATE_LIMIT_EXCEEDED");
    let seconds: u32 = answer.header("retry-after").parse().unwrap();
    assert!((1..=4).contains(&seconds), "{seconds}");
}
