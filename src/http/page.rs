//! Which page of a list.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;

use super::params;
use crate::domain::pipeline::refusal::Fields;
use crate::error::ApiError;

/// As the description of the API has it: numbers in it have a sign.
pub const MAX_PAGE: u32 = i32::MAX.unsigned_abs();

/// Rows on the largest page.
pub const MAX_LIMIT: u32 = 100;

/// `?page=1&limit=20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Page {
    /// From 1.
    #[param(minimum = 1, maximum = 2_147_483_647, default = 1, required = false)]
    pub page: u32,
    /// Rows on a page.
    #[param(minimum = 1, maximum = 100, default = 20, required = false)]
    pub limit: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { page: 1, limit: 20 }
    }
}

impl Page {
    /// Rows before this page.
    pub fn offset(self) -> usize {
        let rows = u64::from(self.page.saturating_sub(1)) * u64::from(self.limit);
        usize::try_from(rows).unwrap_or(usize::MAX)
    }

    pub fn size(self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }

    /// The rows of a list that are on this page.
    pub fn of<T>(self, rows: &[T]) -> &[T] {
        let rest = rows.get(self.offset()..).unwrap_or_default();
        rest.get(..self.size()).unwrap_or(rest)
    }

    fn parse(query: &str) -> Result<Self, ApiError> {
        let page: Self = params::parse(query)?;
        let mut fields = Fields::default();
        if !(1..=MAX_PAGE).contains(&page.page) {
            fields.add("page", "must be between 1 and 2147483647");
        }
        if !(1..=MAX_LIMIT).contains(&page.limit) {
            fields.add("limit", "must be between 1 and 100");
        }
        fields.check()?;
        Ok(page)
    }
}

impl FromRequest for Page {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_fields(query: &str) -> Vec<String> {
        match Page::parse(query) {
            Err(ApiError::Validation(fields)) => fields.0.into_keys().collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_page_outside_the_limits_is_refused_by_name() {
        assert_eq!(Page::parse("").unwrap(), Page { page: 1, limit: 20 });
        assert_eq!(
            Page::parse("role=visa&page=3&limit=100").unwrap(),
            Page {
                page: 3,
                limit: 100
            }
        );
        assert_eq!(refused_fields("page=0&limit=101"), ["limit", "page"]);
        assert_eq!(refused_fields("limit=0"), ["limit"]);
        assert_eq!(refused_fields("limit=many"), ["limit"]);
        assert_eq!(refused_fields("page=-1"), ["page"]);
        assert_eq!(refused_fields("page=2147483648"), ["page"]);
        assert_eq!(refused_fields("page=99999999999"), ["page"]);
    }

    #[test]
    fn a_page_past_the_end_is_empty() {
        let page = |page| Page { page, limit: 2 };
        assert_eq!(page(1).of(&[1, 2, 3]), [1, 2]);
        assert_eq!(page(2).of(&[1, 2, 3]), [3]);
        assert_eq!(page(3).of(&[1, 2, 3]), [0; 0]);
    }

    #[test]
    fn an_offset_does_not_overflow() {
        assert_eq!(Page { page: 3, limit: 20 }.offset(), 40);
        assert!(
            Page {
                page: u32::MAX,
                limit: 100
            }
            .offset()
                > 400_000_000_000
        );
    }
}
