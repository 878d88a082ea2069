//! Passwords that are forgotten, and those that somebody wants to be rid of.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;

use super::authorized::Authorized;
use super::joining::author_of;
use super::needs::SignedIn;
use super::password::check_strength;
use super::tokens;
use crate::app::App;
use crate::config::secret::Secret;
use crate::db::access::Refused;
use crate::db::user_tokens::Purpose;
use crate::db::{Connection, users};
use crate::domain::principal::Actor;
use crate::error::ApiError;
use crate::http::auth::accounts;
use crate::http::auth::credential::hash;
use crate::http::deeds;
use crate::http::reply::Answer;
use crate::http::submission::Submission;
use crate::mail::Recipient;

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    /// The tenant's slug.
    #[schema(example = "al-barokah")]
    pub tenant: String,
    #[schema(example = "siti@al-barokah.example")]
    pub email: String,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// As it stands in the link.
    #[schema(value_type = String, example = "5f2b8c0e9d1a4f63")]
    pub token: Secret,
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "kuda-laut-menari-pelan")]
    pub password: Secret,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The one that is good now.
    #[schema(value_type = String, format = Password, example = "rahasia-sekali")]
    pub current: Secret,
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "kuda-laut-menari-pelan")]
    pub password: Secret,
}

/// Forget a password.
///
/// Mails a link for another one to the address, if an active account has it.
/// The answer is the same, and as fast, when there is none.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("session"))),
    request_body = Forgotten,
    responses((status = 204, description = "If there is such an account, a mail is on its way")),
)]
#[post("/auth/forgot")]
pub async fn forget_password(
    request: HttpRequest,
    app: web::Data<App>,
    submission: Submission<Forgotten>,
) -> Answer {
    tokens::need_mail(&app)?;
    // what follows takes longer for an account that is there, so nobody waits for it
    if let Ok(turn) = app.forgotten.clone().try_acquire_owned() {
        actix_web::rt::spawn(async move {
            if let Err(error) = offer_reset(&app, &request, &submission.body).await {
                tracing::warn!(error.cause = %error, "no link for another password was mailed");
            }
            drop(turn);
        });
    } else {
        tracing::warn!("too many links for another password are being mailed: one is left out");
    }
    Ok(HttpResponse::NoContent().finish())
}

async fn offer_reset(
    app: &App,
    request: &HttpRequest,
    forgotten: &Forgotten,
) -> anyhow::Result<()> {
    let email = forgotten.email.trim().to_lowercase();
    let (Some(tenant), Some(account)) =
        accounts::find_account(app, &forgotten.tenant, &email).await?
    else {
        return Ok(());
    };
    let made = tokens::make(app, Purpose::PasswordReset);
    let author = author_of(app, account.user_id, request);
    deeds::submit(app, tenant.id, &author, async |deed| {
        deed.offer_reset(account.user_id, &made.stored).await
    })
    .await?;
    let person = app
        .db
        .read("person", tenant.id, async |conn: &mut Connection| {
            users::person(conn, tenant.id, account.user_id).await
        })
        .await?;
    if let Some(person) = person {
        let to = Recipient {
            email: &person.email,
            name: &person.access.name,
        };
        tokens::mail(app, &tenant, to, &made).await?;
    }
    Ok(())
}

/// Set another password.
///
/// With what was mailed. All sessions end; sign in with the new one.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("session"))),
    request_body = PasswordReset,
    responses((status = 204, description = "The password is set")),
)]
#[post("/auth/reset")]
pub async fn reset_password(
    request: HttpRequest,
    app: web::Data<App>,
    submission: Submission<PasswordReset>,
) -> Answer {
    let PasswordReset { token, password } = submission.body;
    let found = tokens::find(&app, &token).await?;
    let found = found.filter(|(_, found)| found.is_for(Purpose::PasswordReset));
    let (tenant, found) = found.ok_or_else(tokens::not_good)?;
    let stored = check_strength(&app, password, &[&found.email, &found.name, &tenant.name]).await?;
    let author = author_of(&app, found.user_id.into(), &request);
    let token_hash = hash(token.expose());
    deeds::submit(&app, tenant.id, &author, async |deed| {
        deed.reset_password(&token_hash, &stored).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Change one's own password.
///
/// Asks for the one that is good now, and ends all other sessions.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("default"))),
    request_body = PasswordChange,
    security(("session" = [])),
    responses(
        (status = 204, description = "The password is changed"),
        (status = 404, description = "`NOT_FOUND`: an API key has no password"),
    ),
)]
#[post("/auth/password")]
pub async fn change_password(
    authorized: Authorized<SignedIn>,
    submission: Submission<PasswordChange>,
) -> Answer {
    let caller = &authorized.caller;
    let Actor::User(user) = caller.principal.actor else {
        return Err(ApiError::NotFound { what: "password" });
    };
    let (app, tenant) = (&authorized.app, authorized.tenant_id());
    let reading = app
        .db
        .read("account", tenant, async |conn: &mut Connection| {
            users::password_hash(conn, tenant, user).await
        });
    let seen = reading.await.map_err(ApiError::of_database)?;
    let correct = app
        .passwords
        .verify(submission.body.current.clone(), seen.clone())
        .await?;
    let Some(seen) = seen.filter(|_| correct) else {
        return Err(wrong_password());
    };
    let email = caller.email.as_deref().unwrap_or_default();
    let known = [email, &caller.principal.display_name, &caller.tenant.name];
    let stored = check_strength(app, submission.body.password.clone(), &known).await?;
    let keep = caller.session.as_ref().map(|session| session.id);
    let author = authorized.author(&submission);
    let changing = deeds::submit(app, tenant, &author, async |deed| {
        deed.change_own_password(user, (&seen, &stored), keep).await
    });
    match changing.await {
        Ok(_) => Ok(HttpResponse::NoContent().finish()),
        Err(Refused::NoToken) => Err(wrong_password()),
        Err(refused) => Err(refused.into()),
    }
}

fn wrong_password() -> ApiError {
    ApiError::field("current", "is not your password")
}
