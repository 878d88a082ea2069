//! Which jamaah are meant: by lists and exports.

use std::str::FromStr;

use serde::Deserialize;

use crate::domain::ids::{DepartureId, StageId};
use crate::domain::pipeline::board::Visibility;
use crate::domain::pipeline::departure::DepartureState;
use crate::domain::pipeline::jamaah::Status;
use crate::domain::pipeline::listing::{JamaahQuery, Unrecognised, Whom};
use crate::domain::pipeline::refusal::Fields;
use crate::domain::pipeline::state::State;
use crate::domain::principal::{Permission, Principal};
use crate::error::ApiError;
use crate::http::page::Page;
use crate::http::params;

/// Filters that take several values take them separated by commas.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JamaahFilter {
    /// `on_track`, `at_risk`, `overdue`, `completed`, `cancelled`; or `active` for the first three.
    #[param(example = "at_risk,overdue")]
    pub status: Option<String>,
    /// The id or code of the stage they are at.
    #[param(example = "visa-application")]
    pub stage: Option<String>,
    /// The id or code of a departure. Of several with that code, the one that is not cancelled.
    #[param(example = "UMR-261212-A")]
    pub departure: Option<String>,
    /// Words that must each be in the name or the passport number.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// With, or without, a blocked task.
    pub blocked: Option<bool>,
    pub on_hold: Option<bool>,
    /// With nothing to do until a window opens.
    pub waiting: Option<bool>,
    /// Risk to miss the departure: `high`, `medium`, `low`, `unknown`.
    pub risk: Option<String>,
    /// `risk`, `name`, `departure_date`, `registered_at`, `updated_at`, `progress`, `due_at` (those most late first); with `-` before it the other way round.
    #[param(example = "departure_date")]
    pub sort: Option<String>,
}

/// A status, or several by one word.
struct StatusWord(Vec<Status>);

impl FromStr for StatusWord {
    type Err = Unrecognised;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "active" {
            let active = Status::ALL.into_iter().filter(|status| status.is_active());
            return Ok(Self(active.collect()));
        }
        serde_json::from_value(text.into())
            .map(|status| Self(vec![status]))
            .map_err(|_| Unrecognised::new("status", text))
    }
}

impl JamaahFilter {
    pub fn query(
        &self,
        state: &State,
        (principal, permission): (&Principal, Permission),
        page: Page,
    ) -> Result<JamaahQuery, ApiError> {
        let mut fields = Fields::default();
        let statuses: Vec<StatusWord> = params::list(&mut fields, "status", self.status.as_deref());
        let query = JamaahQuery {
            statuses: statuses.into_iter().flat_map(|word| word.0).collect(),
            stage: self.stage_in(state, &mut fields),
            departure: self.departure_in(state, &mut fields),
            q: self.q.clone(),
            blocked: self.blocked,
            on_hold: self.on_hold,
            waiting: self.waiting,
            risks: params::words(&mut fields, "risk", self.risk.as_deref()),
            whom: Whom::of(principal, permission),
            tasks: Visibility::of(principal),
            sort: params::one(&mut fields, "sort", self.sort.as_deref()).unwrap_or_default(),
            page: page.page,
            limit: page.limit,
        };
        if self.q.as_ref().is_some_and(|q| q.chars().count() > 200) {
            fields.add("q", "must be at most 200 characters");
        }
        fields.check()?;
        Ok(query)
    }

    fn stage_in(&self, state: &State, fields: &mut Fields) -> Option<StageId> {
        let wanted = self.stage.as_deref().filter(|text| !text.is_empty())?;
        let stage = match wanted.parse() {
            Ok(id) => state.stage(id),
            Err(_) => state
                .stages()
                .into_iter()
                .find(|stage| &*stage.code == wanted),
        };
        if stage.is_none() {
            fields.add("stage", "no such stage");
        }
        stage.map(|stage| stage.id)
    }

    fn departure_in(&self, state: &State, fields: &mut Fields) -> Option<DepartureId> {
        let wanted = self.departure.as_deref().filter(|text| !text.is_empty())?;
        if let Some(departure) = wanted.parse().ok().and_then(|id| state.departure(id)) {
            return Some(departure.id);
        }
        let mut named: Vec<_> = state.departures().filter(|d| &*d.code == wanted).collect();
        if named.len() > 1 {
            named.retain(|departure| departure.state != DepartureState::Cancelled);
        }
        match named.as_slice() {
            [departure] => Some(departure.id),
            [] => {
                fields.add("departure", "no such departure");
                None
            }
            _ => {
                fields.add("departure", "several departures have this code: use the id");
                None
            }
        }
    }
}
