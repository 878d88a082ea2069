//! What a browser may do with our pages: nothing from elsewhere, nothing
//! inline but what carries the request's nonce, and in nobody's frame.

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::config::http::Http;
use crate::error::ApiError;
use crate::http::front;
use crate::secrets::Secrets;

/// What nobody can know beforehand: once for each page.
pub fn nonce(secrets: &Secrets) -> String {
    hex::encode(secrets.bytes::<16>())
}

/// Puts the policy on a page whose `<style>` elements carry the nonce.
pub fn protect(
    headers: &mut HeaderMap,
    request: &HttpRequest,
    nonce: &str,
    config: &Http,
) -> Result<(), ApiError> {
    let socket = own_socket(
        &front::host(request, config),
        front::is_secure(request, config),
    );
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
fn own_socket(host: &str, secure: bool) -> String {
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
    use super::*;

    #[test]
    fn a_host_adds_nothing_but_itself_to_the_policy() {
        assert_eq!(
            own_socket("lajur.example:8080", false),
            " ws://lajur.example:8080"
        );
        assert_eq!(own_socket("[::1]:8080", true), " wss://[::1]:8080");
        for host in ["a; script-src *", "a *", "a'", "a\"b", "a,b"] {
            assert_eq!(own_socket(host, true), "", "{host}");
        }
    }
}
