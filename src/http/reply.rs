//! The envelope of success: `{"ok": true, "data": …, "message"?, "meta"?}`.
//!
//! Handlers build it with [`Reply`]; [`Envelope`] describes it in OpenAPI.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::conditional::{self, IfNoneMatch};
use super::page::Page;
use crate::actors::handle::Receipt;
use crate::domain::time::Timestamp;
use crate::error::ApiError;

/// What every handler returns.
pub type Answer = Result<HttpResponse, ApiError>;

/// A successful answer, for the description of the API.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Envelope<T> {
    #[schema(example = true)]
    pub ok: bool,
    pub data: T,
    /// For developers; screens make their own sentences.
    #[schema(required = false)]
    pub message: Option<String>,
    #[schema(required = false)]
    pub meta: Option<Meta>,
}

/// What belongs to the answer but not to the data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Meta {
    /// The number of the last event that `data` reflects: subscribe from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How many there are on all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u64>,
    /// How many of `total` there are of each kind, where a list tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<BTreeMap<String, u64>>,
    /// The instant for which `data` was computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<DateTime<Utc>>,
    /// `true` when the database is away: this is the newest that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<bool>,
}

/// Builds a successful answer.
#[must_use]
pub struct Reply<T> {
    data: T,
    message: Option<&'static str>,
    meta: Meta,
    version: Option<i32>,
    replayed: bool,
}

impl<T: Serialize> Reply<T> {
    pub fn new(data: T) -> Self {
        Self {
            data,
            message: None,
            meta: Meta::default(),
            version: None,
            replayed: false,
        }
    }

    pub fn message(mut self, message: &'static str) -> Self {
        self.message = Some(message);
        self
    }

    /// The state that `data` was read from.
    pub fn seq(mut self, seq: i64) -> Self {
        self.meta.seq = Some(seq);
        self
    }

    pub fn as_of(mut self, as_of: Timestamp) -> Self {
        self.meta.as_of = Some(as_of);
        self
    }

    pub fn page(mut self, page: Page, total: u64) -> Self {
        self.meta.page = Some(page.page);
        self.meta.limit = Some(page.limit);
        self.meta.total = Some(total);
        self.meta.pages = Some(total.div_ceil(u64::from(page.limit.max(1))));
        self
    }

    pub fn counts(mut self, counts: BTreeMap<String, u64>) -> Self {
        self.meta.counts = Some(counts);
        self
    }

    /// `data` is one row with this version, which becomes the strong `ETag`
    /// that `If-Match` takes.
    pub fn version(mut self, version: i32) -> Self {
        self.version = Some(version);
        self
    }

    /// Takes `seq` from a command's receipt, and marks a repeated answer.
    pub fn receipt(mut self, receipt: &Receipt) -> Self {
        self.replayed = receipt.replayed;
        self.seq(receipt.seq)
    }

    pub fn ok(self) -> Answer {
        self.with_status(StatusCode::OK)
    }

    pub fn created(self) -> Answer {
        self.with_status(StatusCode::CREATED)
    }

    pub fn with_status(self, status: StatusCode) -> Answer {
        let (body, tag) = self.render()?;
        let mut response = HttpResponse::build(status);
        response.insert_header((
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ));
        if self.version.is_some() {
            response.insert_header((header::ETAG, tag));
        }
        if self.replayed {
            response.insert_header(("idempotency-replayed", "true"));
        }
        response.insert_header((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
        Ok(response.body(body))
    }

    /// For GETs: with an `ETag`, and 304 when the client has this already.
    /// `seq` and `as_of` may move on under a 304: the data is the same.
    pub fn conditional(self, known: &IfNoneMatch) -> Answer {
        let (body, tag) = self.render()?;
        Ok(conditional::answer(known, &tag, body.into()))
    }

    /// The body and its tag: the version of one row, else a hash of what the
    /// client would notice.
    fn render(&self) -> Result<(Vec<u8>, String), ApiError> {
        let mut body = Vec::with_capacity(512);
        body.extend_from_slice(b"{\"ok\":true,\"data\":");
        serde_json::to_writer(&mut body, &self.data).map_err(ApiError::internal)?;
        let tag = match self.version {
            Some(version) => format!("\"{version}\""),
            None => format!("W/\"{:016x}\"", fingerprint(&body, &self.meta)),
        };
        if let Some(message) = self.message {
            body.extend_from_slice(b",\"message\":");
            serde_json::to_writer(&mut body, message).map_err(ApiError::internal)?;
        }
        if self.meta != Meta::default() {
            body.extend_from_slice(b",\"meta\":");
            serde_json::to_writer(&mut body, &self.meta).map_err(ApiError::internal)?;
        }
        body.push(b'}');
        Ok((body, tag))
    }
}

fn fingerprint(data: &[u8], meta: &Meta) -> u64 {
    let mut hasher = ahash::RandomState::with_seeds(1, 2, 3, 4).build_hasher();
    hasher.write(data);
    for number in [meta.page, meta.limit].into_iter().flatten() {
        hasher.write_u32(number);
    }
    hasher.write_u64(meta.total.unwrap_or(0));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_leaves_out_what_is_not_there() {
        let (body, _) = Reply::new([1, 2]).render().unwrap();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"ok":true,"data":[1,2]}"#
        );
        let page = Page { page: 2, limit: 20 };
        let (body, _) = Reply::new(())
            .seq(7)
            .page(page, 41)
            .message("m")
            .render()
            .unwrap();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"ok":true,"data":null,"message":"m","meta":{"seq":7,"page":2,"limit":20,"total":41,"pages":3}}"#
        );
    }

    #[test]
    fn the_tag_follows_the_data_and_not_the_clock() {
        let tag = |data: &str, seq| Reply::new(data.to_owned()).seq(seq).render().unwrap().1;
        assert_eq!(tag("a", 1), tag("a", 2));
        assert_ne!(tag("a", 1), tag("b", 1));
        assert_eq!(Reply::new("a").version(3).render().unwrap().1, "\"3\"");
    }
}
