//! What comes with a command: the JSON body, the expected version and the
//! `Idempotency-Key`.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use futures::future::LocalBoxFuture;
use serde::de::{DeserializeOwned, IgnoredAny};
use sha2::{Digest, Sha256};

use super::conditional::{IfMatch, text};
use crate::actors::handle::Idempotency;
use crate::app::App;
use crate::domain::principal::{Actor, Principal};
use crate::error::ApiError;

/// A JSON body with what the headers say about it. No body at all counts as
/// `{}`, so that commands without required fields need none.
#[derive(Clone, Debug)]
pub struct Submission<T> {
    pub body: T,
    pub if_match: IfMatch,
    key: Option<Key>,
}

#[derive(Clone, Debug)]
struct Key {
    key: Arc<str>,
    /// Over method, path and canonical body.
    digest: Sha256,
}

impl<T> Submission<T> {
    /// The caller's key with the fingerprint of this request by this principal.
    pub fn idempotency(&self, principal: &Principal) -> Option<Idempotency> {
        let key = self.key.as_ref()?;
        let mut digest = key.digest.clone();
        match principal.actor {
            Actor::User(id) => digest.update(id.0),
            Actor::ApiKey(id) => digest.update(id.0),
            Actor::System => digest.update([0]),
        }
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(digest.finalize());
        Some(Idempotency {
            key: key.key.clone(),
            request_hash: i64::from_be_bytes([a, b, c, d, e, f, g, h]),
        })
    }
}

/// `Idempotency-Key` in the description of a command.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only describes a header that `Submission` reads")]
pub struct IdempotencyKey {
    /// Unique for this command: repeating the request with it gives the first
    /// answer again, marked `Idempotency-Replayed: true`.
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    key: Option<String>,
}

impl<T: DeserializeOwned + 'static> FromRequest for Submission<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let if_match = IfMatch::of(request.headers())?;
            let key = key_of(&request)?;
            let bytes = read(&request, payload).await?;
            let body = parse(&bytes)?;
            let key = match key {
                Some(key) => Some(Key {
                    key,
                    digest: digest(&request, &canonical(&bytes)?),
                }),
                None => None,
            };
            Ok(Self {
                body,
                if_match,
                key,
            })
        })
    }
}

impl<T> Submission<T> {
    /// Of a request whose body is something else than JSON: `fingerprint`
    /// tells two of them apart.
    pub fn of_upload(request: &HttpRequest, body: T, fingerprint: &str) -> Result<Self, ApiError> {
        let key = key_of(request)?.map(|key| Key {
            key,
            digest: digest(request, fingerprint),
        });
        Ok(Self {
            body,
            if_match: IfMatch::of(request.headers())?,
            key,
        })
    }
}

fn key_of(request: &HttpRequest) -> Result<Option<Arc<str>>, ApiError> {
    let Some(value) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key)
            if (1..=255).contains(&key.len())
                && key.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Ok(Some(Arc::from(key)))
        }
        _ => Err(ApiError::Malformed(
            "Idempotency-Key must be 1 to 255 visible ASCII characters".to_owned(),
        )),
    }
}

async fn read(request: &HttpRequest, mut payload: Payload) -> Result<Bytes, ApiError> {
    let limit_bytes = App::of(request)?.config.http.body_limit_bytes;
    let too_large = || ApiError::PayloadTooLarge { limit_bytes };
    let declared = text(request.headers(), &header::CONTENT_LENGTH)
        .and_then(|length| length.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit_bytes) {
        return Err(too_large());
    }
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ApiError::Malformed("the body ended early".to_owned()))?;
        if bytes.len() + chunk.len() > limit_bytes {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    if !bytes.is_empty() && !is_json(request) {
        return Err(ApiError::UnsupportedMediaType {
            expected: "application/json",
        });
    }
    Ok(bytes.freeze())
}

fn is_json(request: &HttpRequest) -> bool {
    text(request.headers(), &header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Bad syntax is 400; good JSON of the wrong shape is 422 with the field's path.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if has_nul(bytes) {
        return Err(ApiError::field("body", "contains the character U+0000"));
    }
    let bytes = match bytes.trim_ascii() {
        b"" | b"null" => b"{}",
        bytes => bytes,
    };
    // serde would take an array for a struct
    if !bytes.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
        return Err(ApiError::field("body", "must be an object"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => wrong_shape(path, &cause),
            Err(cause) => ApiError::Malformed(format!("the body is not JSON: {cause}")),
        }
    })?;
    json.end()
        .map_err(|cause| ApiError::Malformed(format!("the body is not JSON: {cause}")))?;
    Ok(body)
}

/// A missing field is reported under its own name rather than its parent's.
fn wrong_shape(path: String, cause: &serde_json::Error) -> ApiError {
    let text = cause.to_string();
    let text = text
        .split_once(" at line ")
        .map_or(text.as_str(), |(text, _)| text);
    let path = if path == "." { String::new() } else { path };
    let missing = text
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'));
    match missing {
        Some(name) if path.is_empty() => ApiError::field(name, "is missing"),
        Some(name) => ApiError::field(format!("{path}.{name}"), "is missing"),
        None if path.is_empty() => ApiError::field("body", text),
        None => ApiError::field(path, text),
    }
}

/// PostgreSQL has no text with U+0000 in it. In JSON it can only be written
/// as an escape whose backslash is not itself escaped.
fn has_nul(json: &[u8]) -> bool {
    json.windows(6).enumerate().any(|(at, window)| {
        let before = json.get(..at).unwrap_or_default();
        window == b"\\u0000"
            && before
                .iter()
                .rev()
                .take_while(|byte| **byte == b'\\')
                .count()
                % 2
                == 0
    })
}

/// The same body has the same text, however it is written: objects are sorted
/// by key.
fn canonical(bytes: &[u8]) -> Result<String, ApiError> {
    if bytes.is_empty() {
        return Ok("{}".to_owned());
    }
    let body: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|cause| ApiError::Malformed(format!("the body is not JSON: {cause}")))?;
    Ok(body.to_string())
}

fn digest(request: &HttpRequest, body: &str) -> Sha256 {
    let path = request
        .path()
        .trim_start_matches("/api/v1")
        .trim_start_matches("/api");
    let mut digest = Sha256::new();
    digest.update(request.method().as_str());
    digest.update([0]);
    digest.update(path);
    digest.update([0]);
    digest.update(body);
    digest.update([0]);
    digest
}

/// The same limits for extractors of actix itself, such as `web::Path`.
pub fn configure_extractors(config: &mut web::ServiceConfig) {
    config.app_data(web::PathConfig::default().error_handler(|error, _| {
        ApiError::Malformed(format!("the path is not valid: {error}")).into()
    }));
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Body {
        reason: String,
        #[serde(default)]
        stages: Vec<Stage>,
    }

    #[derive(Debug, Deserialize)]
    struct Stage {
        sla_days: i32,
    }

    fn fields(json: &str) -> serde_json::Value {
        match parse::<Body>(json.as_bytes()) {
            Err(ApiError::Validation(fields)) => serde_json::to_value(fields).unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_wrong_shape_names_the_field() {
        assert_eq!(fields("{}").to_string(), r#"{"reason":["is missing"]}"#);
        assert_eq!(fields(" ").to_string(), r#"{"reason":["is missing"]}"#);
        assert_eq!(fields("null").to_string(), r#"{"reason":["is missing"]}"#);
        let wrong = fields(r#"{"reason":"x","stages":[{"sla_days":1},{"sla_days":"two"}]}"#);
        assert_eq!(
            wrong["stages[1].sla_days"][0],
            "invalid type: string \"two\", expected i32"
        );
        let missing = fields(r#"{"reason":"x","stages":[{}]}"#);
        assert_eq!(missing["stages[0].sla_days"][0], "is missing");
        assert_eq!(
            fields("[\"x\"]").to_string(),
            r#"{"body":["must be an object"]}"#
        );
    }

    #[test]
    fn bad_syntax_is_malformed() {
        for text in ["{", "{\"reason\":\"x\"} trailing", "nonsense"] {
            assert!(
                matches!(parse::<Body>(text.as_bytes()), Err(ApiError::Malformed(_))),
                "{text}"
            );
        }
        let nul = parse::<Body>(br#"{"reason":"\u0000"}"#);
        assert!(matches!(nul, Err(ApiError::Validation(_))));
        let body =
            parse::<Body>(br#"{"reason":"a \\u0000 in words","stages":[{"sla_days":2}]}"#).unwrap();
        assert_eq!(
            (body.reason.as_str(), body.stages[0].sla_days),
            ("a \\u0000 in words", 2)
        );
    }
}
