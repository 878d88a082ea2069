//! A snapshot that the cache had: the whole of it, however old.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::cache::Snapshot;
use crate::error::ApiError;
use crate::http::conditional::IfNoneMatch;
use crate::http::reply::{Answer, Reply};

pub struct Kept {
    pub data: Box<RawValue>,
    seq: i64,
    as_of: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Body {
    data: Box<RawValue>,
    meta: Moment,
}

#[derive(Deserialize)]
struct Moment {
    as_of: DateTime<Utc>,
}

impl Kept {
    /// `None` for what another version of the program has written otherwise.
    pub fn read(snapshot: &Snapshot) -> Option<Self> {
        let body: Body = serde_json::from_slice(&snapshot.body).ok()?;
        Some(Self {
            data: body.data,
            seq: snapshot.seq,
            as_of: body.meta.as_of,
        })
    }

    /// Of a list, each as it is.
    pub fn rows(&self) -> Result<Vec<Box<RawValue>>, ApiError> {
        serde_json::from_str(self.data.get()).map_err(ApiError::internal)
    }

    /// An answer made of this, which says how old it is.
    pub fn answer<T: Serialize>(&self, reply: Reply<T>, known: &IfNoneMatch) -> Answer {
        reply
            .seq(self.seq)
            .as_of(self.as_of)
            .stale()
            .conditional(known)
    }
}
