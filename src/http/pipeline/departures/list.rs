//! Departures of some days, and how ready their people are.

use actix_web::get;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::actors::handle::Freshness;
use crate::domain::pipeline::listing::Whom;
use crate::domain::pipeline::readiness::{DepartureQuery, DepartureReport};
use crate::domain::pipeline::refusal::Fields;
use crate::domain::pipeline::view::View;
use crate::domain::principal::Permission;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::DeparturesRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::{self, Page};
use crate::http::params::{self, Params};
use crate::http::reply::{Answer, Envelope, Reply};

/// Ten years.
const MOST_DAYS: u32 = 3_660;

#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DepartureFilter {
    /// So many days from `from` on, unless `to` is given.
    #[param(minimum = 0, maximum = 3660, default = 7)]
    pub days: Option<u32>,
    /// The first date; today in the tenant's zone unless given.
    pub from: Option<NaiveDate>,
    /// The last date.
    pub to: Option<NaiveDate>,
    /// `departure_date` (the default), `code`, `readiness`, `people`; with `-` before it the other way round.
    #[param(example = "readiness")]
    pub sort: Option<String>,
}

impl DepartureFilter {
    fn query(self, page: Page) -> Result<DepartureQuery, ApiError> {
        let mut fields = Fields::default();
        let standard = DepartureQuery::default();
        if self.days.is_some_and(|days| days > MOST_DAYS) {
            fields.add("days", format!("must be between 0 and {MOST_DAYS}"));
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| to < from) {
            fields.add("to", "must not be before from");
        }
        let query = DepartureQuery {
            from: self.from,
            to: self.to,
            days: self.days.unwrap_or(standard.days),
            sort: params::one(&mut fields, "sort", self.sort.as_deref()).unwrap_or_default(),
            page: page.page,
            limit: page.limit,
        };
        fields.check()?;
        Ok(query)
    }
}

/// Departures of the next days, and how ready their people are.
///
/// Cancelled departures are left out.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(DepartureFilter, Page, IfNoneMatch),
    security(("api_key" = ["departures.read"]), ("session" = ["departures.read"])),
    responses((status = 200, description = "A page of departures", body = Envelope<Vec<DepartureReport>>)),
)]
#[get("/pipeline/departures")]
pub async fn list_departures(
    authorized: Authorized<DeparturesRead>,
    filter: Params<DepartureFilter>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    let query = filter.0.query(page)?;
    let tenant = authorized.tenant().await?;
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let whom = Whom::of(authorized.principal(), Permission::DeparturesRead);
    answer(&view, freshness, &query, &whom).conditional(&known)
}

/// What an overview shows: the answer to `?days=14&limit=100`. A week often
/// holds a single departure.
pub fn overview(view: &View, freshness: Freshness) -> Reply<Vec<DepartureReport>> {
    let query = DepartureQuery {
        days: 14,
        limit: page::MAX_LIMIT,
        ..DepartureQuery::default()
    };
    answer(view, freshness, &query, &Whom::All)
}

fn answer(
    view: &View,
    freshness: Freshness,
    query: &DepartureQuery,
    whom: &Whom,
) -> Reply<Vec<DepartureReport>> {
    let page = Page {
        page: query.page,
        limit: query.limit,
    };
    let found = match whom {
        Whom::All => view.departures(query, freshness.as_of),
        some => view.departures_with(some, query, freshness.as_of),
    };
    Reply::new(found.items)
        .page(page, u64::from(found.total))
        .read_from(view, freshness)
}
