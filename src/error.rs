//! Which error type belongs where:
//!
//! - `domain` returns named refusals ([`Refusal`]), never an `anyhow::Error`;
//! - `db` returns its own error, or `Option` where not finding is no error;
//! - `actors` return [`CommandError`] for commands;
//! - `http` returns [`ApiError`]: the codes of the API and one `match` to
//!   statuses. The middleware writes the body, because only it knows the
//!   request id; a 5xx body is constant, its cause goes to the log line;
//! - `app`, `cli` and start-up use `anyhow`.
//!
//! There is no blanket conversion into [`ApiError::Internal`]: whoever means
//! it writes `.map_err(ApiError::internal)`.

use std::time::Duration;

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::actors::handle::CommandError;
use crate::db;
use crate::domain::limits::{Class, Quota};
use crate::domain::pipeline::refusal::{Fields, Refusal};

/// Everything that a request can be answered with instead of success.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The request is not what its media type or its syntax says.
    #[error("{0}")]
    Malformed(String),
    #[error("sign in, or send an API key as a bearer token")]
    Unauthenticated,
    /// The account or the password is wrong; which of them is not told.
    #[error("the tenant, the email address or the password is wrong")]
    WrongCredentials,
    #[error("the permission {permission} is missing")]
    Forbidden { permission: String },
    #[error(
        "the header X-CSRF-Token is missing or not this session's, or another site's page asks"
    )]
    CsrfFailed,
    /// A page of somebody else's wants to use the session's cookie.
    #[error("the origin is not one whose pages may connect")]
    ForeignOrigin,
    #[error("no such {what}")]
    NotFound { what: &'static str },
    #[error("the method is not possible here")]
    MethodNotAllowed { allow: Vec<Method> },
    #[error("the body is longer than {limit_bytes} bytes")]
    PayloadTooLarge { limit_bytes: usize },
    #[error("the body must be {expected}")]
    UnsupportedMediaType { expected: &'static str },
    /// `current` is the row as it is now.
    #[error("the {what} has been changed since")]
    VersionConflict { what: &'static str, current: Value },
    #[error("a {what} cannot go from {from} to {to}")]
    InvalidTransition {
        what: &'static str,
        from: String,
        to: String,
    },
    #[error("the {field} is taken")]
    Duplicate {
        field: &'static str,
        existing: String,
    },
    #[error("the Idempotency-Key has been used with another request")]
    IdempotencyMismatch,
    #[error("the request is not valid")]
    Validation(Fields),
    #[error("send the version you saw, in the body or as If-Match")]
    VersionRequired,
    #[error("{limited}")]
    RateLimited {
        retry_after: Duration,
        limited: Limited,
    },
    /// A bug, or something that nobody can do anything about while it lasts.
    #[error("something went wrong on our side")]
    Internal(#[source] anyhow::Error),
    /// Nothing has been done, unless the outcome is unknown: then the same
    /// `Idempotency-Key` finds out.
    #[error("the service is not available, try again")]
    Unavailable {
        retry_after: Duration,
        outcome_unknown: bool,
    },
    /// What is needed for an answer is away, and why; nothing has been done.
    #[error("the service is not available, try again")]
    Away(String),
}

/// What somebody had too much of.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum Limited {
    #[error("too many requests")]
    Quota { class: Class, quota: Quota },
    /// Redis is away, and what cannot be counted is not let through.
    #[error("requests of this kind cannot be counted at the moment, try again")]
    Closed { class: Class },
    #[error("too many attempts to sign in")]
    Tries,
    #[error("too many connections")]
    Connections,
    #[error("there have been enough reports for now")]
    Reports,
}

impl Limited {
    fn details(self, retry_after: Duration) -> Value {
        let retry_after_seconds = whole_seconds(retry_after);
        match self {
            Self::Quota { class, quota } => json!({
                "class": class.as_str(),
                "limit": quota.limit,
                "window_seconds": quota.window_seconds,
                "retry_after_seconds": retry_after_seconds,
            }),
            Self::Closed { class } => json!({
                "class": class.as_str(),
                "retry_after_seconds": retry_after_seconds,
            }),
            Self::Tries => json!({
                "class": "login",
                "retry_after_seconds": retry_after_seconds,
            }),
            Self::Reports => json!({
                "class": Class::Reports.as_str(),
                "retry_after_seconds": retry_after_seconds,
            }),
            Self::Connections => json!({
                "class": "connections",
                "retry_after_seconds": retry_after_seconds,
            }),
        }
    }
}

/// Rounded up, and never none.
fn whole_seconds(duration: Duration) -> u64 {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    seconds.max(1)
}

/// An unsuccessful answer.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorEnvelope {
    #[schema(example = false)]
    pub ok: bool,
    pub error: ErrorBody,
    /// Also in the header `X-Request-Id`, and in the server's log.
    #[schema(example = "5f2b8c0e9d1a4f63-1a2b")]
    pub request_id: String,
}

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// For machines; stable.
    #[schema(value_type = String, example = "VALIDATION_ERROR")]
    pub code: &'static str,
    /// For developers.
    #[schema(example = "the request is not valid")]
    pub message: String,
    /// By code: `fields`, `current`, `from` and `to`, `existing`, `permission`,
    /// `outcome_unknown` (ask again with the same `Idempotency-Key`), `class`,
    /// `limit`, `window_seconds` and `retry_after_seconds`.
    #[schema(value_type = Option<Object>, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

impl ErrorEnvelope {
    pub fn to_json(&self) -> String {
        // nothing in it can fail to be written
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl ApiError {
    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        Self::Internal(cause.into())
    }

    /// For what a dependency that is away keeps from being done.
    pub fn unavailable() -> Self {
        Self::Unavailable {
            retry_after: Duration::from_secs(1),
            outcome_unknown: false,
        }
    }

    /// Of a query: a database that is away is 503, anything else is a bug of ours.
    pub fn of_database(error: db::Error) -> Self {
        if error.is_away() {
            return Self::Away(error.to_string());
        }
        Self::internal(error)
    }

    /// One field with one complaint.
    pub fn field(field: impl Into<String>, complaint: impl Into<String>) -> Self {
        Self::Validation(Fields::one(field, complaint))
    }

    /// The one place that knows statuses and codes.
    pub fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "MALFORMED_REQUEST"),
            Self::Unauthenticated | Self::WrongCredentials => {
                (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
            }
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "FORBIDDEN"),
            Self::Forbidden { .. } => (StatusCode::FORBIDDEN, "FORBIDDEN"),
            Self::CsrfFailed => (StatusCode::FORBIDDEN, "CSRF_FAILED"),
            Self::NotFound { .. } => (StatusCode::NOT_FOUND, "NOT_FOUND"),
            Self::MethodNotAllowed { .. } => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            Self::PayloadTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"),
            Self::UnsupportedMediaType { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE")
            }
            Self::VersionConflict { .. } => (StatusCode::CONFLICT, "VERSION_CONFLICT"),
            Self::InvalidTransition { .. } => (StatusCode::CONFLICT, "INVALID_TRANSITION"),
            Self::Duplicate { .. } => (StatusCode::CONFLICT, "DUPLICATE"),
            Self::IdempotencyMismatch => (StatusCode::CONFLICT, "IDEMPOTENCY_MISMATCH"),
            Self::Validation(_) => (StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR"),
            Self::VersionRequired => (StatusCode::PRECONDITION_REQUIRED, "VERSION_REQUIRED"),
            Self::RateLimited { .. } => (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMIT_EXCEEDED"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
            Self::Unavailable { .. } | Self::Away(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE")
            }
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Forbidden { permission } => Some(json!({ "permission": permission })),
            Self::VersionConflict { current, .. } => Some(json!({ "current": current })),
            Self::InvalidTransition { from, to, .. } => Some(json!({ "from": from, "to": to })),
            Self::Duplicate { field, existing } => {
                Some(json!({ "field": field, "existing": existing }))
            }
            Self::Validation(fields) => Some(json!({ "fields": fields })),
            Self::RateLimited {
                retry_after,
                limited,
            } => Some(limited.details(*retry_after)),
            Self::PayloadTooLarge { limit_bytes } => Some(json!({ "limit_bytes": limit_bytes })),
            Self::Unavailable {
                outcome_unknown: true,
                ..
            } => Some(json!({ "outcome_unknown": true })),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Unavailable { retry_after, .. } => {
                Some(*retry_after)
            }
            Self::Away(_) => Some(Duration::from_secs(1)),
            _ => None,
        }
    }

    /// The enveloped answer.
    pub fn body(&self, request_id: &str) -> ErrorEnvelope {
        let (_, code) = self.status_and_code();
        let error = ErrorBody {
            code,
            message: self.to_string(),
            details: self.details(),
        };
        ErrorEnvelope {
            ok: false,
            error,
            request_id: request_id.to_owned(),
        }
    }

    /// For errors that actix itself answers with, and files that are not there.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound { what: "resource" },
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed { allow: Vec::new() },
            StatusCode::PAYLOAD_TOO_LARGE => Self::PayloadTooLarge { limit_bytes: 0 },
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType {
                expected: "application/json",
            },
            StatusCode::SERVICE_UNAVAILABLE => Self::unavailable(),
            status if status.is_client_error() => {
                Self::Malformed("the request cannot be read".to_owned())
            }
            status => Self::Internal(anyhow::anyhow!("answered with {status}")),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status_and_code().0
    }

    /// Status and headers; the middleware adds the body.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        let headers = response.headers_mut();
        if let Some(retry_after) = self.retry_after() {
            let seconds = whole_seconds(retry_after);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        match self {
            Self::Unauthenticated | Self::WrongCredentials => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer realm=\"lajur\""),
                );
            }
            Self::MethodNotAllowed { allow } => {
                let allow: Vec<&str> = allow.iter().map(Method::as_str).collect();
                if let Ok(allow) = HeaderValue::from_str(&allow.join(", ")) {
                    headers.insert(header::ALLOW, allow);
                }
            }
            _ => {}
        }
        response
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound { what } => Self::NotFound { what },
            Refusal::Forbidden { permission } => Self::Forbidden {
                permission: permission_name(permission),
            },
            Refusal::VersionConflict { current } => match serde_json::to_value(&current) {
                Ok(row) => Self::VersionConflict {
                    what: current.subject_type(),
                    current: row,
                },
                Err(error) => Self::internal(error),
            },
            Refusal::InvalidTransition { what, from, to } => {
                Self::InvalidTransition { what, from, to }
            }
            Refusal::Duplicate { field, existing } => Self::Duplicate {
                field,
                existing: existing.to_string(),
            },
            Refusal::Validation(fields) => Self::Validation(fields),
        }
    }
}

impl From<CommandError> for ApiError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::IdempotencyMismatch => Self::IdempotencyMismatch,
            CommandError::Busy { retry_after } => Self::Unavailable {
                retry_after,
                outcome_unknown: false,
            },
            CommandError::Unavailable {
                retry_after,
                outcome_unknown,
            } => Self::Unavailable {
                retry_after,
                outcome_unknown,
            },
            CommandError::Rejected => Self::internal(anyhow::anyhow!("{error}")),
        }
    }
}

/// A permission as roles and `/me` spell it.
pub fn permission_name(permission: crate::domain::principal::Permission) -> String {
    match serde_json::to_value(permission) {
        Ok(Value::String(name)) => name,
        _ => format!("{permission:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::principal::Permission;

    #[test]
    fn a_refusal_keeps_its_details() {
        let error = ApiError::from(Refusal::InvalidTransition {
            what: "task",
            from: "completed".to_owned(),
            to: "blocked".to_owned(),
        });
        assert_eq!(
            serde_json::to_value(error.body("r-1")).unwrap(),
            json!({
                "ok": false,
                "error": {
                    "code": "INVALID_TRANSITION",
                    "message": "a task cannot go from completed to blocked",
                    "details": { "from": "completed", "to": "blocked" },
                },
                "request_id": "r-1",
            })
        );
        let error = ApiError::from(Refusal::Forbidden {
            permission: Permission::TasksWork,
        });
        assert_eq!(error.details(), Some(json!({ "permission": "tasks.work" })));
    }

    #[test]
    fn the_cause_of_an_internal_error_stays_inside() {
        let error = ApiError::internal(anyhow::anyhow!("relation \"tasks\" does not exist"));
        assert!(!error.body("r").to_json().contains("tasks"));
    }

    #[test]
    fn retry_after_is_rounded_up() {
        let error = ApiError::from(CommandError::Busy {
            retry_after: Duration::from_millis(1200),
        });
        assert_eq!(error.status_code(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            error
                .error_response()
                .headers()
                .get(header::RETRY_AFTER)
                .unwrap(),
            "2"
        );
    }
}
