//! The envelope of success: `{"ok": true, "data": …, "message"?, "meta"?}`.
//!
//! Handlers build it with [`Reply`]; [`Envelope`] describes it in OpenAPI.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::conditional::{self, IfNoneMatch};
use super::page::Page;
use crate::actors::handle::{Freshness, Receipt};
use crate::domain::pipeline::listing::BucketCounts;
use crate::domain::pipeline::view::View;
use crate::domain::principal::RoleKey;
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
    /// Names this continuation of the log: with `seq` the position to subscribe from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub epoch: Option<Arc<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How many there are on all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pages: Option<u64>,
    /// Of a list of tasks: open ones per column of the board, whichever bucket was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buckets: Option<BucketCounts>,
    /// Of a list of tasks: how many each role has, whichever role was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::HashMap<String, u32>>)]
    pub roles: Option<BTreeMap<RoleKey, u32>>,
    /// The instant for which `data` was computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<DateTime<Utc>>,
    /// Of a list with a cursor: what to send as `cursor` for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
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

    pub fn data(&self) -> &T {
        &self.data
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

    /// Names the log that `seq` belongs to.
    pub fn epoch(mut self, epoch: &Arc<str>) -> Self {
        self.meta.epoch = Some(Arc::clone(epoch));
        self
    }

    /// Where the next page begins.
    pub fn next(mut self, next: Option<i64>) -> Self {
        self.meta.next = next;
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

    pub fn task_counts(mut self, buckets: BucketCounts, roles: BTreeMap<RoleKey, u32>) -> Self {
        self.meta.buckets = Some(buckets);
        self.meta.roles = Some(roles);
        self
    }

    /// `data` was read from this view, which is as current as that.
    pub fn read_from(mut self, view: &View, freshness: Freshness) -> Self {
        self.meta.stale = (!freshness.live).then_some(true);
        self.epoch(&view.state.tenant.epoch)
            .seq(view.state.head)
            .as_of(freshness.as_of)
    }

    /// The database is away: this is the newest that is known.
    pub fn stale(mut self) -> Self {
        self.meta.stale = Some(true);
        self
    }

    /// `data` is one row with this version, which becomes the strong `ETag`
    /// that `If-Match` takes.
    pub fn version(mut self, version: i32) -> Self {
        self.version = Some(version);
        self
    }

    /// Marks an answer that was given before.
    pub fn replayed(mut self, replayed: bool) -> Self {
        self.replayed = replayed;
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
        let (body, _) = self.render()?;
        let mut response = HttpResponse::build(status);
        response.insert_header((
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ));
        if let Some(version) = self.version {
            response.insert_header((header::ETAG, format!("\"{version}\"")));
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
        let (body, fingerprint) = self.render()?;
        let tag = match self.version {
            // begins with what `If-Match` takes
            Some(version) => format!("\"{version}-{fingerprint:016x}\""),
            None => format!("W/\"{fingerprint:016x}\""),
        };
        Ok(conditional::answer(known, &tag, body.into()))
    }

    /// The body alone, for those that are kept.
    pub fn body(&self) -> Result<Vec<u8>, ApiError> {
        Ok(self.render()?.0)
    }

    /// The `ETag` that [`Self::conditional`] would send for data without a version.
    pub fn tag(&self) -> Result<String, ApiError> {
        Ok(format!("W/\"{:016x}\"", self.render()?.1))
    }

    /// The body, and a fingerprint of what the client would notice.
    fn render(&self) -> Result<(Vec<u8>, u64), ApiError> {
        let mut body = Vec::with_capacity(512);
        body.extend_from_slice(b"{\"ok\":true,\"data\":");
        serde_json::to_writer(&mut body, &self.data).map_err(ApiError::internal)?;
        let mut hasher = ahash::RandomState::with_seeds(1, 2, 3, 4).build_hasher();
        hasher.write(&body);
        if let Some(message) = self.message {
            body.extend_from_slice(b",\"message\":");
            serde_json::to_writer(&mut body, message).map_err(ApiError::internal)?;
        }
        if self.meta != Meta::default() {
            let lasting = Meta {
                seq: None,
                as_of: None,
                ..self.meta.clone()
            };
            hasher.write(&serde_json::to_vec(&lasting).map_err(ApiError::internal)?);
            body.extend_from_slice(b",\"meta\":");
            serde_json::to_writer(&mut body, &self.meta).map_err(ApiError::internal)?;
        }
        body.push(b'}');
        Ok((body, hasher.finish()))
    }
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
    fn the_fingerprint_follows_the_data_and_not_the_clock() {
        let print = |data: &str, seq| Reply::new(data.to_owned()).seq(seq).render().unwrap().1;
        assert_eq!(print("a", 1), print("a", 2));
        assert_ne!(print("a", 1), print("b", 1));
        let page = |page| {
            Reply::new("a")
                .page(Page { page, limit: 20 }, 41)
                .render()
                .unwrap()
                .1
        };
        assert_ne!(page(1), page(2));
    }
}
