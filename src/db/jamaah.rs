//! Jamaah who are no longer in memory.

use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::Result;
use super::schema::{departures, jamaah};
use crate::domain::ids::TenantId;

/// The journeys that these passports have been on: passport and departure date.
pub async fn journeys_of(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    passports: &[String],
) -> Result<Vec<(Arc<str>, NaiveDate)>> {
    let found: Vec<(String, NaiveDate)> = jamaah::table
        .inner_join(
            departures::table.on(departures::tenant_id
                .eq(jamaah::tenant_id)
                .and(departures::id.eq(jamaah::departure_id))),
        )
        .filter(
            jamaah::tenant_id
                .eq(tenant.0)
                .and(jamaah::passport_number.eq_any(passports)),
        )
        .select((jamaah::passport_number, departures::departure_date))
        .load(conn)
        .await?;
    Ok(found
        .into_iter()
        .map(|(passport, date)| (passport.into(), date))
        .collect())
}
