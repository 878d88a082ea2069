//! Registering a jamaah.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::post;
use chrono::NaiveDate;
use serde::Deserialize;

use super::fields::{check_date, text};
use crate::actors::handle::{CommandError, Order, Receipt, TenantHandle};
use crate::domain::ids::{DepartureId, IdSource};
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::{Command, NewDeparture, NewJamaah};
use crate::domain::pipeline::decide::{Context, decide};
use crate::domain::pipeline::jamaah::{Jamaah, Sex};
use crate::domain::pipeline::refusal::{Fields, Refusal};
use crate::domain::principal::Permission;
use crate::error::{ApiError, permission_name};
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::JamaahWrite;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

/// Blank texts count as absent.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterJamaah {
    /// As in the passport.
    #[schema(min_length = 1, max_length = 200, example = "Siti Aminah")]
    pub name: String,
    /// 5 to 20 letters and digits; spaces, points and dashes are left out.
    #[schema(example = "C1234567")]
    pub passport_number: String,
    pub birth_date: NaiveDate,
    pub sex: Option<Sex>,
    /// ISO 3166-1 alpha-3, or as a manifest would have it.
    #[schema(max_length = 200, example = "IDN")]
    pub nationality: Option<String>,
    pub passport_expiry: Option<NaiveDate>,
    #[schema(max_length = 200)]
    pub package: Option<String>,
    /// This, or code and date.
    pub departure_id: Option<DepartureId>,
    /// With `departure_date`: made when it is not there and the caller may write departures.
    #[schema(max_length = 64, example = "UMR-261212-A")]
    pub departure_code: Option<String>,
    pub departure_date: Option<NaiveDate>,
    #[schema(max_length = 200)]
    pub phone: Option<String>,
    /// The agent who brought them.
    #[schema(max_length = 200)]
    pub agent: Option<String>,
    #[schema(max_length = 2000)]
    pub notes: Option<String>,
}

/// Which departure somebody is to be booked on.
enum Booking {
    On(DepartureId),
    Named(NewDeparture),
}

impl RegisterJamaah {
    fn booking(&self) -> Result<Booking, ApiError> {
        let mut fields = Fields::default();
        check_date(&mut fields, "birth_date", Some(self.birth_date));
        check_date(&mut fields, "passport_expiry", self.passport_expiry);
        check_date(&mut fields, "departure_date", self.departure_date);
        let code = text(self.departure_code.clone());
        let booking = match (self.departure_id, code, self.departure_date) {
            (Some(id), None, None) => Some(Booking::On(id)),
            (None, Some(code), Some(departure_date)) => Some(Booking::Named(NewDeparture {
                code,
                departure_date,
                package: None,
                seats: None,
            })),
            (None, Some(_), None) => {
                fields.add("departure_date", "is missing");
                None
            }
            (None, None, Some(_)) => {
                fields.add("departure_code", "is missing");
                None
            }
            (None, None, None) => {
                fields.add("departure_id", "is missing");
                None
            }
            (Some(_), ..) => {
                let complaint = "give this, or departure_code and departure_date";
                fields.add("departure_id", complaint);
                None
            }
        };
        fields.check()?;
        booking.ok_or_else(|| ApiError::field("departure_id", "is missing"))
    }

    fn on(&self, departure_id: DepartureId) -> NewJamaah {
        NewJamaah {
            name: Arc::from(self.name.as_str()),
            passport_number: Arc::from(self.passport_number.as_str()),
            birth_date: self.birth_date,
            sex: self.sex,
            nationality: text(self.nationality.clone()),
            passport_expiry: self.passport_expiry,
            package: text(self.package.clone()),
            departure_id,
            phone: text(self.phone.clone()),
            agent: text(self.agent.clone()),
            notes: text(self.notes.clone()),
        }
    }
}

/// Register a jamaah.
///
/// They start on the pipeline as it is configured now. The same passport can
/// be booked once on each departure; a second time is 409 `DUPLICATE`.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    request_body = RegisterJamaah,
    security(("api_key" = ["jamaah.write"]), ("session" = ["jamaah.write"])),
    responses((
        status = 201,
        description = "The jamaah",
        body = Envelope<Jamaah>,
        headers(("Location" = String, description = "Their path"), ("ETag" = String, description = "Their version")),
    ), (status = 404, description = "`NOT_FOUND`: no such departure")),
)]
#[post("/pipeline/jamaah")]
pub async fn register_jamaah(
    authorized: Authorized<JamaahWrite>,
    submission: Submission<RegisterJamaah>,
) -> Answer {
    let booking = submission.body.booking()?;
    let tenant = authorized.tenant().await?;
    let receipt = register(&authorized, &tenant, &submission, booking).await?;
    let Some(Row::Jamaah(jamaah)) = receipt.rows.first() else {
        return Err(ApiError::internal(anyhow::anyhow!("registered nobody")));
    };
    let location = HeaderValue::from_str(&format!("/api/v1/pipeline/jamaah/{}", jamaah.id));
    let reply = Reply::new(jamaah).receipt(&receipt).version(jamaah.version);
    let mut response = reply.created()?;
    response
        .headers_mut()
        .insert(header::LOCATION, location.map_err(ApiError::internal)?);
    Ok(response)
}

async fn register(
    authorized: &Authorized<JamaahWrite>,
    tenant: &TenantHandle,
    submission: &Submission<RegisterJamaah>,
    booking: Booking,
) -> Result<Receipt, ApiError> {
    let departure = match booking {
        Booking::On(id) => id,
        Booking::Named(new) => {
            let view = tenant.view();
            match view.state.departure_by_key(&new.code, new.departure_date) {
                Some(known) => known.id,
                None => {
                    // it may have been there, under that name, the first time
                    let order = authorized.order(Command::CreateDeparture(new.clone()), submission);
                    if let Some(first) = tenant.recall(order).await? {
                        return Ok(first);
                    }
                    make_departure(authorized, tenant, submission, new).await?
                }
            }
        }
    };
    let command = Command::RegisterJamaah(submission.body.on(departure));
    Ok(tenant
        .execute(authorized.order(command, submission))
        .await?)
}

/// A departure that is missing, made if the jamaah can be registered on it.
async fn make_departure(
    authorized: &Authorized<JamaahWrite>,
    tenant: &TenantHandle,
    submission: &Submission<RegisterJamaah>,
    new: NewDeparture,
) -> Result<DepartureId, ApiError> {
    let view = tenant.view();
    let permission = Permission::DeparturesWrite;
    if !authorized.principal().may(permission) {
        return Err(ApiError::Forbidden {
            permission: permission_name(permission),
        });
    }
    rehearse(authorized, &view.state, &submission.body, &new)?;
    let order = Order {
        idempotency: None,
        ..authorized.order(Command::CreateDeparture(new), submission)
    };
    match tenant.execute(order).await {
        Ok(receipt) => match receipt.rows.first() {
            Some(Row::Departure(departure)) => Ok(departure.id),
            _ => Err(ApiError::internal(anyhow::anyhow!("made no departure"))),
        },
        // somebody else was quicker
        Err(CommandError::Refused(Refusal::Duplicate { existing, .. })) => Ok(existing.into()),
        Err(error) => Err(error.into()),
    }
}

/// Tries both commands on a copy, so that a jamaah who is refused leaves no
/// departure behind.
fn rehearse(
    authorized: &Authorized<JamaahWrite>,
    state: &crate::domain::pipeline::state::State,
    body: &RegisterJamaah,
    new: &NewDeparture,
) -> Result<(), ApiError> {
    let (mut copy, mut ids) = (state.clone(), IdSource::seeded(0));
    let mut carry_out = |command: &Command| {
        let context = Context {
            principal: authorized.principal(),
            now: authorized.app.clock.now(),
            ids: &mut ids,
        };
        decide(&mut copy, command, context)
    };
    let made = carry_out(&Command::CreateDeparture(new.clone()))?;
    let departure = made.iter().find_map(|change| match &change.after {
        Row::Departure(departure) => Some(departure.id),
        _ => None,
    });
    if let Some(departure) = departure {
        carry_out(&Command::RegisterJamaah(body.on(departure)))?;
    }
    Ok(())
}
