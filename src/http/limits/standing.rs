//! How a caller stands, as the headers of an answer tell it
//! (draft-ietf-httpapi-ratelimit-headers): `RateLimit-Policy` is the quota,
//! `RateLimit` what is left of it (`r`) and in how many seconds it is whole
//! again (`t`).

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::domain::limits::{Class, Quota, Verdict};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");

#[derive(Clone, Copy, Debug)]
pub struct Standing {
    class: Class,
    quota: Quota,
    remaining: u32,
    reset_seconds: i64,
}

impl Standing {
    pub fn of(class: Class, quota: Quota, verdict: Verdict) -> Self {
        Self {
            class,
            quota,
            remaining: verdict.remaining,
            reset_seconds: (verdict.reset_us + 999_999) / 1_000_000,
        }
    }

    pub fn write(&self, headers: &mut HeaderMap) {
        let class = self.class.as_str();
        let Quota {
            limit,
            window_seconds,
        } = self.quota;
        let policy = format!("\"{class}\";q={limit};w={window_seconds}");
        let left = format!("\"{class}\";r={};t={}", self.remaining, self.reset_seconds);
        for (name, value) in [(POLICY, policy), (LEFT, left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_are_those_of_the_draft() {
        let quota = Class::Reads.quota();
        let verdict = Verdict {
            allowed: true,
            remaining: 98,
            retry_after_us: 0,
            reset_us: 1_200_000,
        };
        let mut headers = HeaderMap::new();
        Standing::of(Class::Reads, quota, verdict).write(&mut headers);
        assert_eq!(headers.get(POLICY).unwrap(), "\"reads\";q=100;w=60");
        assert_eq!(headers.get(LEFT).unwrap(), "\"reads\";r=98;t=2");
    }
}
