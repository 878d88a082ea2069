//! Editing a jamaah.

use std::sync::Arc;

use actix_web::{put, web};
use chrono::NaiveDate;
use serde::Deserialize;

use super::fields::{check_date, text};
use crate::domain::ids::{DepartureId, JamaahId};
use crate::domain::pipeline::command::{Command, JamaahChanges};
use crate::domain::pipeline::jamaah::{Jamaah, Sex};
use crate::domain::pipeline::refusal::Fields;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::JamaahWrite;
use crate::http::conditional::IfMatchHeader;
use crate::http::given::given;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

/// What is absent stays as it is; `null` or a blank text clears what can be empty.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UpdateJamaah {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 200)]
    pub name: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub passport_number: Option<String>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = NaiveDate, required = false)]
    pub birth_date: Option<NaiveDate>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Sex>)]
    pub sex: Option<Option<Sex>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub nationality: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<NaiveDate>)]
    pub passport_expiry: Option<Option<NaiveDate>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub package: Option<Option<String>>,
    /// Another departure moves windows and due dates.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = DepartureId, required = false)]
    pub departure_id: Option<DepartureId>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub phone: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub agent: Option<Option<String>>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub notes: Option<Option<String>>,
}

impl UpdateJamaah {
    fn changes(&self) -> Result<JamaahChanges, ApiError> {
        let mut fields = Fields::default();
        check_date(&mut fields, "birth_date", self.birth_date);
        check_date(
            &mut fields,
            "passport_expiry",
            self.passport_expiry.flatten(),
        );
        fields.check()?;
        let cleared = |field: &Option<Option<String>>| field.clone().map(text);
        Ok(JamaahChanges {
            name: self.name.as_deref().map(Arc::from),
            passport_number: self.passport_number.as_deref().map(Arc::from),
            birth_date: self.birth_date,
            sex: self.sex,
            nationality: cleared(&self.nationality),
            passport_expiry: self.passport_expiry,
            package: cleared(&self.package),
            departure_id: self.departure_id,
            phone: cleared(&self.phone),
            agent: cleared(&self.agent),
            notes: cleared(&self.notes),
        })
    }
}

/// Edit a jamaah.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = JamaahId, Path), IfMatchHeader, IdempotencyKey),
    request_body = UpdateJamaah,
    security(("api_key" = ["jamaah.write"]), ("session" = ["jamaah.write"])),
    responses((
        status = 200,
        description = "The jamaah after it",
        body = Envelope<Jamaah>,
        headers(("ETag" = String, description = "Their version")),
    )),
)]
#[put("/pipeline/jamaah/{id}")]
pub async fn update_jamaah(
    authorized: Authorized<JamaahWrite>,
    id: web::Path<JamaahId>,
    submission: Submission<UpdateJamaah>,
) -> Answer {
    let id = id.into_inner();
    let expected = submission.if_match.required(submission.body.version)?;
    let changes = submission.body.changes()?;
    let tenant = authorized.tenant().await?;
    let command = Command::UpdateJamaah {
        id,
        expected,
        changes,
    };
    let receipt = super::command(&authorized, &tenant, id, command, &submission).await?;
    let jamaah = super::jamaah_after(&tenant, &receipt, id)?;
    let version = jamaah.version;
    Reply::new(jamaah).receipt(&receipt).version(version).ok()
}
