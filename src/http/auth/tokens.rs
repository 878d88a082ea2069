//! What is mailed to people: made here, and looked at when they come with it.

use actix_web::{post, web};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::credential::hash;
use super::me::MyTenant;
use crate::app::App;
use crate::config::Mode;
use crate::config::secret::Secret;
use crate::db::user_tokens::{self, Found, NewToken, Purpose};
use crate::db::{self, Connection, tenants};
use crate::domain::pipeline::tenant::Tenant;
use crate::error::ApiError;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::Submission;
use crate::mail::texts::{Facts, invitation, password_reset};
use crate::mail::{MailError, Recipient};

/// A token, and what is stored of it.
pub struct Made {
    secret: String,
    pub stored: NewToken,
}

pub fn make(app: &App, purpose: Purpose) -> Made {
    let lasts = match purpose {
        Purpose::Invitation => TimeDelta::hours(app.config.mail.invitation_hours.into()),
        Purpose::PasswordReset => TimeDelta::minutes(app.config.mail.reset_minutes.into()),
    };
    let secret = app.secrets.token();
    Made {
        stored: NewToken {
            id: app.new_id(),
            purpose,
            token_hash: hash(&secret),
            expires_at: app.clock.now() + lasts,
        },
        secret,
    }
}

/// Refuses what would end in a mail where none can be sent.
pub fn need_mail(app: &App) -> Result<(), ApiError> {
    if app.mailer.is_set_up() {
        Ok(())
    } else {
        Err(ApiError::Away("mail.smtp_url is not set".to_owned()))
    }
}

/// Writes to somebody with a link that carries the token.
pub async fn mail(
    app: &App,
    tenant: &Tenant,
    to: Recipient<'_>,
    made: &Made,
) -> Result<(), MailError> {
    let path = match made.stored.purpose {
        Purpose::Invitation => "accept-invitation",
        Purpose::PasswordReset => "reset-password",
    };
    let link = format!("{}/{path}?token={}", public_url(app), made.secret);
    let facts = Facts {
        tenant,
        name: to.name,
        link: &link,
    };
    let letter = match made.stored.purpose {
        Purpose::Invitation => invitation(facts, app.config.mail.invitation_hours),
        Purpose::PasswordReset => password_reset(facts, app.config.mail.reset_minutes),
    };
    app.mailer.send(to, letter, app.clock.now()).await
}

fn public_url(app: &App) -> String {
    let config = &app.config;
    let url = config.mail.public_url.as_ref();
    match (url.or(config.http.public_url.as_ref()), config.mode) {
        (Some(url), _) => url.trim_end_matches('/').to_owned(),
        (None, Mode::Development | Mode::Production) => format!("http://{}", config.http.addr),
    }
}

/// What somebody has come with, and their tenant.
pub async fn find(app: &App, token: &Secret) -> Result<Option<(Tenant, Found)>, ApiError> {
    let (hash, now) = (hash(token.expose()), app.clock.now());
    let asking = app.db.ask("user_token", async |conn: &mut Connection| {
        let Some(found) = user_tokens::find(conn, &hash, now).await? else {
            return Ok(None);
        };
        let tenant = tenants::by_slug(conn, &found.tenant_slug).await?;
        Ok::<_, db::Error>(tenant.map(|tenant| (tenant, found)))
    });
    asking.await.map_err(ApiError::of_database)
}

pub fn not_good() -> ApiError {
    ApiError::field("token", "is not good, or not any more")
}

/// What somebody was mailed.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mailed {
    /// As it stands in the link.
    #[schema(value_type = String, example = "5f2b8c0e9d1a4f63")]
    pub token: Secret,
}

/// What a token is good for.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MailedToken {
    pub purpose: Purpose,
    pub tenant: MyTenant,
    #[schema(example = "siti@al-barokah.example")]
    pub email: String,
    #[schema(example = "Siti Aminah")]
    pub name: String,
    pub expires_at: DateTime<Utc>,
}

/// Look at what was mailed.
///
/// Whom an invitation or a link for another password is for, so that a page
/// can greet them; or 422 when it is not good any more. It stays good.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("session"))),
    request_body = Mailed,
    responses((status = 200, description = "What it is good for", body = Envelope<MailedToken>)),
)]
#[post("/auth/token")]
pub async fn look_at_token(app: web::Data<App>, submission: Submission<Mailed>) -> Answer {
    let found = find(&app, &submission.body.token).await?;
    let (tenant, found) = found.ok_or_else(not_good)?;
    let purpose = Purpose::ALL
        .into_iter()
        .find(|purpose| found.is_for(*purpose))
        .ok_or_else(not_good)?;
    Reply::new(MailedToken {
        purpose,
        tenant: MyTenant::of(&tenant),
        email: found.email,
        name: found.name,
        expires_at: found.expires_at,
    })
    .ok()
}
