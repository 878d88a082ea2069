//! Browser sessions: signing in and out.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;

use super::accounts;
use super::authorized::Authorized;
use super::credential;
use super::me::Me;
use super::needs::SignedIn;
use super::opening;
use crate::app::App;
use crate::config::secret::Secret;
use crate::error::ApiError;
use crate::http::audit::Origin;
use crate::http::front;
use crate::http::observe::RequestId;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::Submission;

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct Login {
    /// The tenant's slug.
    #[schema(example = "al-barokah")]
    pub tenant: String,
    #[schema(example = "siti@al-barokah.example")]
    pub email: String,
    #[schema(value_type = String, format = Password, example = "rahasia-sekali")]
    pub password: Secret,
}

/// Sign in.
///
/// Sets the session's cookie. Send `csrf_token` as `X-CSRF-Token` with every
/// request that is not a GET.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("session"))),
    request_body = Login,
    responses(
        (status = 200, description = "Signed in", body = Envelope<Me>),
        (status = 401, description = "The tenant, the email address or the password is wrong"),
        (status = 429, description = "`RATE_LIMIT_EXCEEDED`: too many attempts for this account or from this address; each makes the next wait longer"),
    ),
)]
#[post("/auth/login")]
pub async fn sign_in(
    request: HttpRequest,
    app: web::Data<App>,
    submission: Submission<Login>,
) -> Answer {
    let Login {
        tenant,
        email,
        password,
    } = submission.body;
    let email = email.trim().to_lowercase();
    let address = front::client(&request, &app.config.http);
    let attempt = app.limits.try_password(&tenant, &email, address).await?;
    let (tenant, account) = accounts::find_account(&app, &tenant, &email)
        .await
        .map_err(ApiError::of_database)?;
    let stored = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let correct = app.passwords.verify(password, stored).await?;
    let from = Origin::of(&request, address);
    let (tenant, account) = match (tenant, account) {
        (Some(tenant), Some(account)) if correct => (tenant, account),
        (tenant, account) => {
            if let Some(tenant) = tenant {
                let user = account.map(|account| account.user_id);
                app.recorder.note_login(&app, tenant.id, user, &from);
            }
            return Err(ApiError::WrongCredentials);
        }
    };
    app.limits.succeed(attempt).await;

    opening::open_session(&app, &request, &tenant, &account).await
}

/// Sign out.
///
/// Ends the session of the cookie, at once and for good. With an API key
/// there is nothing to end.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("commands"))),
    security(("api_key" = []), ("session" = [])),
    responses((status = 204, description = "Signed out")),
)]
#[post("/auth/logout")]
pub async fn sign_out(request: HttpRequest, authorized: Authorized<SignedIn>) -> Answer {
    let app = &authorized.app;
    let secure = app.config.http.is_secure();
    if let Some(session) = &authorized.caller.session {
        let request_id = RequestId::of(&request);
        accounts::close_session(app, &authorized.caller, session.id, request_id).await?;
        app.callers.forget_session(session.id);
    }
    let mut response = HttpResponse::NoContent().finish();
    response
        .add_cookie(&credential::no_cookie(secure))
        .map_err(ApiError::internal)?;
    Ok(response)
}
