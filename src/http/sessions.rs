//! `/sessions`: where one is signed in, and being signed out there.

pub mod listed;

use actix_web::{HttpResponse, delete, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use self::listed::{SessionInfo, sessions_of};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::principal::Actor;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::SignedIn;
use crate::http::deeds::carry_out;
use crate::http::pipeline::stages::retire::Nothing;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_sessions)
        .service(end_session)
        .service(end_other_sessions);
}

/// An API key has no sessions.
fn me<P>(authorized: &Authorized<P>) -> Result<UserId, ApiError> {
    match authorized.principal().actor {
        Actor::User(user) => Ok(user),
        Actor::ApiKey(_) | Actor::System => Err(ApiError::NotFound { what: "session" }),
    }
}

/// Where one is signed in.
///
/// The newest first. `last_seen_at` is exact to the minute.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("reads"))),
    security(("session" = [])),
    responses(
        (status = 200, description = "One's sessions", body = Envelope<Vec<SessionInfo>>),
        (status = 404, description = "`NOT_FOUND`: an API key has no sessions"),
    ),
)]
#[get("/sessions")]
pub async fn list_sessions(authorized: Authorized<SignedIn>) -> Answer {
    let user = me(&authorized)?;
    Reply::new(sessions_of(&authorized, user).await?).ok()
}

/// Sign out somewhere.
///
/// Ends one of one's own sessions; its socket closes within a second.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = SessionId, Path), IdempotencyKey),
    security(("session" = [])),
    responses((status = 204, description = "It is over")),
)]
#[delete("/sessions/{id}")]
pub async fn end_session(
    authorized: Authorized<SignedIn>,
    id: web::Path<SessionId>,
    submission: Submission<Nothing>,
) -> Answer {
    let user = me(&authorized)?;
    carry_out(&authorized, &submission, async |deed| {
        deed.end_session_of(user, *id).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sign out everywhere else.
///
/// Ends all of one's sessions but this one.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    security(("session" = [])),
    responses(
        (status = 204, description = "They are over"),
        (status = 404, description = "`NOT_FOUND`: an API key has no sessions"),
    ),
)]
#[delete("/sessions")]
pub async fn end_other_sessions(
    authorized: Authorized<SignedIn>,
    submission: Submission<Nothing>,
) -> Answer {
    let user = me(&authorized)?;
    let this = authorized.caller.session.as_ref().map(|session| session.id);
    carry_out(&authorized, &submission, async |deed| {
        deed.end_other_sessions(user, this).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
