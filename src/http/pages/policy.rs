//! What a browser may do with our pages: nothing from elsewhere, nothing
//! inline but what carries the request's nonce, and in nobody's frame.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::error::ApiError;
use crate::secrets::Secrets;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// For all that is answered to a browser that opens a page.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        PERMISSIONS_POLICY,
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
];

/// What nobody can know beforehand: once for each page.
pub fn nonce(secrets: &Secrets) -> String {
    hex::encode(secrets.bytes::<16>())
}

/// Puts the policy on a page whose `<style>` elements carry the nonce.
pub fn protect(
    headers: &mut HeaderMap,
    request: &HttpRequest,
    nonce: &str,
    secure: bool,
) -> Result<(), ApiError> {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let socket = own_socket(request, secure);
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; \
         style-src-elem 'self' 'nonce-{nonce}'; style-src-attr 'none'; \
         connect-src 'self'{socket}; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    );
    let policy = HeaderValue::from_str(&policy).map_err(ApiError::internal)?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(())
}

/// Older browsers do not take a WebSocket of the same origin for `'self'`.
fn own_socket(request: &HttpRequest, secure: bool) -> String {
    let host = request.connection_info().host().to_owned();
    let sane = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    let scheme = if secure { "wss" } else { "ws" };
    if !host.is_empty() && host.bytes().all(sane) {
        format!(" {scheme}://{host}")
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_host_adds_nothing_but_itself_to_the_policy() {
        let socket = |host: &str, secure| {
            let request = TestRequest::default().insert_header(("host", host));
            own_socket(&request.to_http_request(), secure)
        };
        assert_eq!(
            socket("lajur.example:8080", false),
            " ws://lajur.example:8080"
        );
        assert_eq!(socket("[::1]:8080", true), " wss://[::1]:8080");
        for host in ["a; script-src *", "a *", "a'", "a\"b", "a,b"] {
            assert_eq!(socket(host, true), "", "{host}");
        }
    }
}
