//! Departures: dated group flights that jamaah are booked on.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::DepartureId;

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DepartureState {
    #[default]
    Scheduled,
    /// Gone: everybody on it who was not cancelled counts as completed.
    Departed,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Departure {
    pub id: DepartureId,
    /// Unique together with the date.
    #[schema(value_type = String)]
    pub code: Arc<str>,
    pub departure_date: NaiveDate,
    #[schema(value_type = Option<String>)]
    pub package: Option<Arc<str>>,
    pub seats: Option<i32>,
    pub state: DepartureState,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}
