//! Pages of lists, the cards they are made of, and the list of jamaah.

mod cards;
mod jamaah;

use serde::Serialize;

pub use cards::{BucketCounts, JamaahCard, TaskCard, TaskPage};
pub use jamaah::{JamaahQuery, JamaahSort, JamaahSortKey, Whom};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// From 1.
    pub page: u32,
    /// Items a page.
    pub limit: u32,
    /// Items on all pages.
    pub total: u32,
    /// `total / limit`, rounded up.
    pub pages: u32,
}

impl<T> Page<T> {
    pub fn new(items: Vec<T>, page: u32, limit: u32, total: usize) -> Self {
        let (page, limit, total) = (page.max(1), limit.max(1), count(total));
        Self {
            items,
            page,
            limit,
            total,
            pages: total.div_ceil(limit),
        }
    }

    /// The page of a list that is there as a whole.
    pub fn cut(list: impl ExactSizeIterator<Item = T>, page: u32, limit: u32) -> Self {
        let total = list.len();
        let places = places(page, limit);
        Self::new(
            list.skip(places.start).take(places.len()).collect(),
            page,
            limit,
            total,
        )
    }
}

/// Which places of a list are on a page.
pub fn places(page: u32, limit: u32) -> std::ops::Range<usize> {
    let wide = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let start = wide(page.max(1) - 1).saturating_mul(wide(limit.max(1)));
    start..start.saturating_add(wide(limit.max(1)))
}

/// A length as bodies carry it.
pub fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// A value of a filter or order that there is none of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a possible {what}")]
pub struct Unrecognised {
    pub what: &'static str,
    pub text: String,
}

impl Unrecognised {
    pub fn new(what: &'static str, text: &str) -> Self {
        Self {
            what,
            text: text.to_owned(),
        }
    }
}
