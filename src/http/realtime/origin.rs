//! Whose pages may connect with a session's cookie: a browser sends it along
//! whatever page asks, and a socket is not held to the same origin.

use actix_web::HttpRequest;
use actix_web::http::header;

use crate::config::http::Http;
use crate::http::front;

/// Whether the page that asks is ours, or on the list. What sends no `Origin`
/// is not a browser.
pub fn is_allowed(request: &HttpRequest, config: &Http, allowed: &[String]) -> bool {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let host = front::host(request, config);
    let own = origin
        .split_once("://")
        .is_some_and(|(_, origin_host)| origin_host.eq_ignore_ascii_case(&host));
    let public = config.public_url.as_deref().is_some_and(|url| {
        let url = url.strip_suffix('/').unwrap_or(url);
        url.eq_ignore_ascii_case(origin)
    });
    own || public || allowed.iter().any(|one| one.eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_our_own_pages_and_those_on_the_list_may_connect() {
        let http = Http::default();
        let allowed = ["https://app.example.com".to_owned()];
        let from = |origin: &'static str| {
            TestRequest::default()
                .insert_header(("host", "lajur.example.com"))
                .insert_header(("origin", origin))
                .to_http_request()
        };
        assert!(is_allowed(&from("https://lajur.example.com"), &http, &[]));
        assert!(is_allowed(
            &from("https://app.example.com"),
            &http,
            &allowed
        ));
        for other in [
            "https://evil.example.com",
            "https://lajur.example.com.evil.com",
            "https://evil.com/lajur.example.com",
            "null",
            "",
        ] {
            assert!(!is_allowed(&from(other), &http, &allowed), "{other}");
        }
        let program = TestRequest::default().to_http_request();
        assert!(is_allowed(&program, &http, &[]));
    }
}
