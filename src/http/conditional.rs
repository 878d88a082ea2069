//! Conditional requests: `ETag` and 304 for reading, `If-Match` for commands.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use bytes::Bytes;

use crate::error::ApiError;

/// The tags that the client has, from `If-None-Match`.
#[derive(Clone, Debug, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IfNoneMatch {
    /// The `ETag` of the answer you have: 304 when it is still the newest.
    #[param(rename = "If-None-Match", value_type = Option<String>, required = false)]
    tags: Option<String>,
}

impl IfNoneMatch {
    pub fn has(&self, tag: &str) -> bool {
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        self.tags.as_deref().is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
        })
    }
}

impl FromRequest for IfNoneMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let tags = text(request.headers(), &header::IF_NONE_MATCH).map(str::to_owned);
        ready(Ok(Self { tags }))
    }
}

/// A body that is ready, or 304.
pub fn answer(known: &IfNoneMatch, tag: &str, body: Bytes) -> HttpResponse {
    let mut response = if known.has(tag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response.insert_header((header::ETAG, tag));
    response.insert_header((
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    ));
    if known.has(tag) {
        return response.finish();
    }
    response.insert_header((
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    ));
    response.body(body)
}

/// Which version a command expects: from its body, from `If-Match`, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfMatch {
    Absent,
    /// `*`: whatever is there.
    Any,
    Version(i32),
}

impl IfMatch {
    pub fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let Some(value) = headers.get(header::IF_MATCH) else {
            return Ok(Self::Absent);
        };
        let value = value.to_str().unwrap_or_default().trim();
        if value == "*" {
            return Ok(Self::Any);
        }
        let digits = value.trim_start_matches("W/").trim_matches('"');
        // of the tag of a GET, the part that is the version
        let digits = digits.split('-').next().unwrap_or(digits);
        digits.parse().map(Self::Version).map_err(|_| {
            ApiError::Malformed("If-Match must be one version in quotes, such as \"3\"".to_owned())
        })
    }

    /// The version to hold the row against.
    pub fn expected(self, in_body: Option<i32>) -> Result<Option<i32>, ApiError> {
        match (self, in_body) {
            (Self::Version(header), Some(body)) if header != body => {
                Err(ApiError::field("version", "differs from If-Match"))
            }
            (Self::Version(version), _) | (_, Some(version)) => Ok(Some(version)),
            (Self::Any | Self::Absent, None) => Ok(None),
        }
    }

    /// The same for a PUT, which must not overwrite what nobody has seen.
    pub fn required(self, in_body: Option<i32>) -> Result<Option<i32>, ApiError> {
        match (self, in_body) {
            (Self::Absent, None) => Err(ApiError::VersionRequired),
            _ => self.expected(in_body),
        }
    }
}

/// `If-Match` in the description of a command.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only describes a header that `Submission` reads")]
pub struct IfMatchHeader {
    /// The version you saw, as in the row's `ETag`: `"3"`; `*` for whatever is there. The body's
    /// `version` says the same.
    #[param(
        rename = "If-Match",
        required = false,
        pattern = r#"^(\*|"[1-9][0-9]{0,8}(-[0-9a-f]+)?")$"#,
        example = "\"3\""
    )]
    if_match: Option<String>,
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(value: &'static str) -> Result<IfMatch, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, HeaderValue::from_static(value));
        IfMatch::of(&headers)
    }

    #[test]
    fn a_list_of_tags_is_compared_weakly() {
        let known = IfNoneMatch {
            tags: Some("\"1\", W/\"2\"".to_owned()),
        };
        assert!(known.has("W/\"1\"") && known.has("\"2\"") && !known.has("\"3\""));
        assert!(!IfNoneMatch::default().has("\"1\""));
    }

    #[test]
    fn a_version_comes_from_the_header_or_the_body() {
        assert_eq!(if_match("\"3\"").unwrap(), IfMatch::Version(3));
        assert_eq!(if_match("3").unwrap(), IfMatch::Version(3));
        assert_eq!(
            if_match("\"3-00ff00ff00ff00ff\"").unwrap(),
            IfMatch::Version(3)
        );
        assert_eq!(if_match("*").unwrap().required(None).unwrap(), None);
        assert_eq!(IfMatch::Version(3).expected(None).unwrap(), Some(3));
        assert_eq!(IfMatch::Absent.required(Some(4)).unwrap(), Some(4));
        assert!(matches!(
            IfMatch::Absent.required(None),
            Err(ApiError::VersionRequired)
        ));
        assert!(matches!(
            IfMatch::Version(3).expected(Some(4)),
            Err(ApiError::Validation(_))
        ));
        assert!(matches!(if_match("\"three\""), Err(ApiError::Malformed(_))));
    }
}
