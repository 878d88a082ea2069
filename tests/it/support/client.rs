//! A client with the manners of an integration or of a browser.

use lajur::config::secret::Secret;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::fixture::Login;

#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    headers: HeaderMap,
}

/// An answer that has been read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .build()
            .unwrap();
        Self {
            base: base.to_owned(),
            http,
            headers: HeaderMap::new(),
        }
    }

    pub fn with_key(self, key: &Secret) -> Self {
        self.with("authorization", &format!("Bearer {}", key.expose()))
    }

    /// Sends a header with every request from now on.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Signs in and keeps the cookie and the CSRF token.
    pub async fn signed_in(self, tenant: &str, login: &Login) -> Self {
        let body =
            json!({ "tenant": tenant, "email": login.email, "password": login.password.expose() });
        let answer = self.post("/api/v1/auth/login", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let token = answer.json()["data"]["csrf_token"]
            .as_str()
            .unwrap()
            .to_owned();
        self.with("x-csrf-token", &token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::read(request).await
    }

    /// For what the others cannot say.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .headers(self.headers.clone())
    }
}

impl Answer {
    pub async fn read(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self {
            status,
            headers,
            text: response.text().await.unwrap(),
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The data of a success with this status.
    #[track_caller]
    pub fn data(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()["data"].clone()
    }

    /// The fields that a refusal complains about.
    #[track_caller]
    pub fn fields(&self) -> Vec<String> {
        assert_eq!(self.code(), "422 VALIDATION_ERROR");
        let fields = &self.json()["error"]["details"]["fields"];
        fields.as_object().unwrap().keys().cloned().collect()
    }

    /// Checks that this is an enveloped error and returns its code.
    #[track_caller]
    pub fn code(&self) -> String {
        let body = self.json();
        assert_eq!(body["ok"], false, "{body}");
        assert_eq!(body["request_id"], self.header("x-request-id"), "{body}");
        assert!(
            !body["error"]["message"].as_str().unwrap().is_empty(),
            "{body}"
        );
        format!(
            "{} {}",
            self.status,
            body["error"]["code"].as_str().unwrap()
        )
    }
}
