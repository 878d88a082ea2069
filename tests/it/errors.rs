//! Every refusal looks the same, whoever refuses.

use reqwest::Method;
use serde_json::json;

use crate::support::TestApp;
use crate::support::client::{Answer, Client};

const LOGIN: &str = "/api/v1/auth/login";

async fn post_text(client: &Client, media_type: &str, text: impl Into<String>) -> Answer {
    let request = client
        .request(Method::POST, LOGIN)
        .header("content-type", media_type);
    Answer::read(request.body(text.into())).await
}

#[actix_web::test]
async fn an_unknown_path_is_not_found() {
    let app = TestApp::start().await;
    for path in [
        "/nonsense",
        "/api/nonsense",
        "/api/v1/nonsense",
        "/api/v1/me/too",
        "/api/v1/",
        "/health/",
    ] {
        assert_eq!(
            app.stranger().get(path).await.code(),
            "404 NOT_FOUND",
            "{path}"
        );
    }
}

#[actix_web::test]
async fn a_wrong_method_names_the_right_ones() {
    let app = TestApp::start().await;
    let answer = app
        .stranger()
        .send(Method::DELETE, "/api/v1/me", None)
        .await;
    assert_eq!(answer.code(), "405 METHOD_NOT_ALLOWED");
    assert_eq!(answer.header("allow"), "GET, HEAD");
    let answer = app.stranger().get("/api/auth/login").await;
    assert_eq!(answer.code(), "405 METHOD_NOT_ALLOWED");
    assert_eq!(answer.header("allow"), "POST");
}

#[actix_web::test]
async fn every_path_refuses_every_method_that_is_not_described() {
    let app = TestApp::start().await;
    let api = app.stranger().get("/api/openapi.json").await.json();
    let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    let mut refused = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        let described: Vec<&str> = all
            .into_iter()
            .filter(|method| {
                let method = if *method == "HEAD" { "GET" } else { method };
                item.get(method.to_lowercase()).is_some()
            })
            .collect();
        let path = path.replace("{id}", "01930000-0000-7000-8000-000000000001");
        for method in all.into_iter().filter(|one| !described.contains(one)) {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = app.integration().send(method.clone(), &path, None).await;
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
            assert_eq!(answer.header("allow"), described.join(", "), "{path}");
            refused += 1;
        }
    }
    assert!(refused > 50, "{refused} of the described paths were tried");
}

#[actix_web::test]
async fn head_answers_like_get_without_a_body() {
    let app = TestApp::start().await;
    let get = app.integration().get("/api/v1/me").await;
    let head = app
        .integration()
        .send(Method::HEAD, "/api/v1/me", None)
        .await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), get.text.len().to_string());
}

#[actix_web::test]
async fn a_body_that_is_not_json_is_malformed() {
    let app = TestApp::start().await;
    for text in ["{", "nonsense", "{} {}"] {
        let answer = post_text(&app.stranger(), "application/json", text).await;
        assert_eq!(answer.code(), "400 MALFORMED_REQUEST", "{text}");
    }
    let text = "{\"tenant\":\"\\u0000\",\"email\":\"a\",\"password\":\"b\"}";
    let answer = post_text(&app.stranger(), "application/json", text).await;
    assert_eq!(answer.code(), "422 VALIDATION_ERROR", "{text}");
}

#[actix_web::test]
async fn a_body_of_the_wrong_shape_names_the_field() {
    let app = TestApp::start().await;
    let answer = app
        .stranger()
        .post(LOGIN, json!({ "tenant": "x", "email": 7 }))
        .await;
    assert_eq!(answer.code(), "422 VALIDATION_ERROR");
    assert!(
        answer.json()["error"]["details"]["fields"]["email"][0].is_string(),
        "{}",
        answer.text
    );
    let answer = app
        .stranger()
        .post(LOGIN, json!({ "tenant": "x", "email": "y" }))
        .await;
    assert_eq!(
        answer.json()["error"]["details"]["fields"],
        json!({ "password": ["is missing"] })
    );
}

#[actix_web::test]
async fn another_media_type_is_refused() {
    let app = TestApp::start().await;
    for media_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let answer = post_text(&app.stranger(), media_type, "{}").await;
        assert_eq!(answer.code(), "415 UNSUPPORTED_MEDIA_TYPE");
    }
    let answer = post_text(&app.stranger(), "application/json; charset=utf-8", "{}").await;
    assert_eq!(answer.code(), "422 VALIDATION_ERROR");
}

#[actix_web::test]
async fn a_body_over_the_limit_is_refused() {
    let app = TestApp::start_with(|config| config.http.body_limit_bytes = 2000).await;
    let answer = post_text(
        &app.stranger(),
        "application/json",
        format!("\"{}\"", "x".repeat(2000)),
    )
    .await;
    assert_eq!(answer.code(), "413 PAYLOAD_TOO_LARGE");
    assert_eq!(answer.json()["error"]["details"]["limit_bytes"], 2000);
    // the same without saying how long it is
    let chunks = futures::stream::iter((0..10).map(|_| Ok::<_, std::io::Error>("x".repeat(500))));
    let request = app
        .stranger()
        .request(Method::POST, LOGIN)
        .header("content-type", "application/json");
    let answer = Answer::read(request.body(reqwest::Body::wrap_stream(chunks))).await;
    assert_eq!(answer.code(), "413 PAYLOAD_TOO_LARGE");
}

#[actix_web::test]
async fn an_idempotency_key_must_be_visible_ascii() {
    let app = TestApp::start().await;
    for key in ["", "a b", &"x".repeat(256)] {
        let answer = app
            .stranger()
            .with("idempotency-key", key)
            .post(LOGIN, json!({}))
            .await;
        assert_eq!(answer.code(), "400 MALFORMED_REQUEST", "{key}");
    }
}

#[actix_web::test]
async fn a_request_keeps_its_id() {
    let app = TestApp::start().await;
    let answer = app
        .stranger()
        .with("x-request-id", "web-7")
        .get("/api/v1/me")
        .await;
    assert_eq!(answer.header("x-request-id"), "web-7");
    let answer = app
        .stranger()
        .with("x-request-id", "two words")
        .get("/api/v1/me")
        .await;
    assert_ne!(answer.header("x-request-id"), "two words");
    assert!(answer.header("x-request-id").len() > 8);
    let other = app.stranger().get("/api/v1/me").await;
    assert_ne!(answer.header("x-request-id"), other.header("x-request-id"));
}
