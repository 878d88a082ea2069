//! Where somebody is signed in, for whoever administers users.

use actix_web::{HttpResponse, delete, get, web};

use super::read::find_person;
use crate::domain::ids::{SessionId, UserId};
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::UsersAdmin;
use crate::http::deeds::carry_out;
use crate::http::pipeline::stages::retire::Nothing;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::sessions::listed::{SessionInfo, sessions_of};
use crate::http::submission::{IdempotencyKey, Submission};

/// Where somebody is signed in.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = UserId, Path)),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "Their sessions, the newest first", body = Envelope<Vec<SessionInfo>>)),
)]
#[get("/users/{id}/sessions")]
pub async fn list_user_sessions(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<UserId>,
) -> Answer {
    find_person(&authorized, *id).await?;
    Reply::new(sessions_of(&authorized, *id).await?).ok()
}

/// Sign somebody out everywhere.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = UserId, Path), IdempotencyKey),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 204, description = "Their sessions are over")),
)]
#[delete("/users/{id}/sessions")]
pub async fn end_user_sessions(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<UserId>,
    submission: Submission<Nothing>,
) -> Answer {
    find_person(&authorized, *id).await?;
    carry_out(&authorized, &submission, async |deed| {
        deed.end_sessions(*id).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sign somebody out somewhere.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = UserId, Path), ("session_id" = SessionId, Path), IdempotencyKey),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 204, description = "It is over")),
)]
#[delete("/users/{id}/sessions/{session_id}")]
pub async fn end_user_session(
    authorized: Authorized<UsersAdmin>,
    ids: web::Path<(UserId, SessionId)>,
    submission: Submission<Nothing>,
) -> Answer {
    let (user, session) = *ids;
    carry_out(&authorized, &submission, async |deed| {
        deed.end_session_of(user, session).await
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
