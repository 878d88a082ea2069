//! The credentials themselves: how they look, how they are made, and where a
//! request carries them.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use sha2::{Digest, Sha256};

use crate::error::ApiError;
use crate::http::conditional::text;
use crate::secrets::Secrets;

/// SHA-256 of a secret: all that is stored of it. The secrets are random, so
/// a slow hash would buy nothing.
pub type Hash = [u8; 32];

pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret).into()
}

/// Something that a request came with and that says who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential<'a> {
    ApiKey(ApiKey<'a>),
    /// A session's token.
    Session(&'a str),
}

/// `lajur_<prefix>_<secret>`: the prefix finds the key, the secret proves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKey<'a> {
    pub text: &'a str,
    pub prefix: &'a str,
    pub secret: &'a str,
}

impl<'a> ApiKey<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let (prefix, secret) = text.strip_prefix("lajur_")?.split_once('_')?;
        let word =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (text.len() <= 128 && word(prefix) && word(secret)).then_some(Self {
            text,
            prefix,
            secret,
        })
    }

    /// A new key's prefix and secret.
    pub fn make(secrets: &Secrets) -> (String, String) {
        (hex::encode(secrets.bytes::<6>()), secrets.token())
    }
}

/// Finds the request's credential; a bearer token goes before a cookie.
pub fn of_request(request: &HttpRequest, secure: bool) -> Result<Credential<'_>, ApiError> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let value = value.to_str().map_err(|_| ApiError::Unauthenticated)?;
        let (scheme, token) = value.split_once(' ').ok_or(ApiError::Unauthenticated)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(ApiError::Unauthenticated);
        }
        return ApiKey::parse(token.trim())
            .map(Credential::ApiKey)
            .ok_or(ApiError::Unauthenticated);
    }
    let name = cookie_name(secure);
    let token = text(request.headers(), &header::COOKIE).and_then(|cookies| {
        cookies
            .split(';')
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
    });
    match token {
        Some(token) if token.len() == 64 => Ok(Credential::Session(token)),
        _ => Err(ApiError::Unauthenticated),
    }
}

/// With `__Host-` a browser takes the cookie from this very host over TLS only.
fn cookie_name(secure: bool) -> &'static str {
    if secure {
        "__Host-lajur_session"
    } else {
        "lajur_session"
    }
}

/// The cookie of a new session.
pub fn session_cookie(token: String, secure: bool, lasts: Duration) -> Cookie<'static> {
    Cookie::build(cookie_name(secure), token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(secure)
        .max_age(lasts)
        .finish()
}

/// Makes a browser forget its session.
pub fn no_cookie(secure: bool) -> Cookie<'static> {
    session_cookie(String::new(), secure, Duration::ZERO)
}

/// The CSRF token that belongs to a session's token: whoever can read the
/// one from `/me` is not the page of somebody else.
pub fn csrf_token(session_token: &str) -> String {
    hex::encode(
        Sha256::new()
            .chain_update("csrf:")
            .chain_update(session_token)
            .finalize(),
    )
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_key_has_three_parts() {
        let (prefix, secret) = ApiKey::make(&Secrets::seeded(7));
        let text = format!("lajur_{prefix}_{secret}");
        let key = ApiKey::parse(&text).unwrap();
        assert_eq!((key.prefix, key.secret), (prefix.as_str(), secret.as_str()));
        for text in [
            "",
            "lajur",
            "lajur_",
            "lajur__x",
            "lajur_x_",
            "lajur_x_y z",
            "other_x_y",
        ] {
            assert_eq!(ApiKey::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_bearer_token_goes_before_a_cookie() {
        let token = "a".repeat(64);
        let cookie = ("cookie", format!("theme=dark; lajur_session={token}"));
        let request = TestRequest::default()
            .insert_header(cookie.clone())
            .to_http_request();
        assert_eq!(
            of_request(&request, false).unwrap(),
            Credential::Session(&token)
        );
        assert!(
            of_request(&request, true).is_err(),
            "the insecure name is not taken over TLS"
        );
        let both = TestRequest::default()
            .insert_header(cookie)
            .insert_header(("authorization", "Bearer lajur_p_s"));
        let request = both.to_http_request();
        assert!(
            matches!(of_request(&request, false).unwrap(), Credential::ApiKey(key) if key.prefix == "p")
        );
    }

    #[test]
    fn other_credentials_are_refused() {
        for value in ["Basic dTpw", "Bearer", "Bearer nonsense", "lajur_p_s"] {
            let request = TestRequest::default()
                .insert_header(("authorization", value))
                .to_http_request();
            assert!(
                matches!(of_request(&request, false), Err(ApiError::Unauthenticated)),
                "{value}"
            );
        }
    }
}
