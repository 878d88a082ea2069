//! What browsers are told with every answer: to take it for what it says it is,
//! to show it in nobody's frame, to give it to nobody else's page, and to send
//! nothing of our addresses along. Pages have a policy of their own
//! (`pages::policy`), which stays.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
    ),
    (
        header::CROSS_ORIGIN_OPENER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        header::CROSS_ORIGIN_RESOURCE_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
];
/// Two years.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");
/// The description's browser, which styles itself.
const FOR_DOCS: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
);
const DOCS: &str = "/api/docs";
/// The application's worker fetches for its pages what is ours, and loads nothing.
const FOR_WORKER: HeaderValue =
    HeaderValue::from_static("default-src 'none'; connect-src 'self'; frame-ancestors 'none'");
const WORKER: &str = "/sw.js";

/// Adds what the handler has not said itself.
pub fn protect(headers: &mut HeaderMap, path: &str, secure: bool) {
    if path.starts_with(DOCS) {
        headers.insert(header::CONTENT_SECURITY_POLICY, FOR_DOCS);
    }
    if path == WORKER {
        headers.insert(header::CONTENT_SECURITY_POLICY, FOR_WORKER);
    }
    for (name, value) in &HEADERS {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), value.clone());
        }
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
}
