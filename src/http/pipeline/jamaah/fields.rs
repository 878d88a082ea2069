//! How fields of a jamaah come in: what counts as nothing, and which dates make sense.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use crate::domain::pipeline::refusal::Fields;

/// Trimmed; blank is nothing.
pub fn text(given: Option<String>) -> Option<Arc<str>> {
    let given = given?;
    let trimmed = given.trim();
    (!trimmed.is_empty()).then(|| Arc::from(trimmed))
}

/// Dates of living people and of journeys. Others are slips, and some of them
/// no database takes.
pub fn check_date(fields: &mut Fields, name: &str, date: Option<NaiveDate>) {
    if date.is_some_and(|date| !(1900..2200).contains(&date.year())) {
        fields.add(name, "must be between 1900 and 2199");
    }
}
