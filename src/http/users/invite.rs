//! Asking somebody to come.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};

use super::list::User;
use super::read::{answer, find_person, person_after};
use crate::db::user_tokens::Purpose;
use crate::db::users::{NewGuest, Person};
use crate::domain::ids::UserId;
use crate::domain::pipeline::refusal::Fields;
use crate::domain::pipeline::transition::check_text;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::UsersAdmin;
use crate::http::auth::tokens::{self, Made};
use crate::http::deeds::{Seen, carry_out};
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};
use crate::mail::{Recipient, is_address};

#[derive(Clone, Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    #[schema(max_length = 254, example = "siti@al-barokah.example")]
    pub email: String,
    #[schema(min_length = 1, max_length = 200, example = "Siti Aminah")]
    pub name: String,
    /// Keys of roles that permit nothing the caller lacks.
    #[schema(example = json!(["visa-admin"]))]
    pub roles: Vec<String>,
    /// Whose agent they are, as jamaah name them.
    #[schema(max_length = 200, example = "Pak Udin")]
    pub agent: Option<String>,
}

const NOT_MAILED: &str = "the invitation could not be mailed: invite them again";

/// Invite somebody.
///
/// Mails a link with which they choose a password. Until then their `state` is
/// `invited`. When the mail could not be sent, `message` says so.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    request_body = Invitation,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 201, description = "The person", body = Envelope<User>)),
)]
#[post("/users")]
pub async fn invite_user(
    authorized: Authorized<UsersAdmin>,
    submission: Submission<Invitation>,
) -> Answer {
    tokens::need_mail(&authorized.app)?;
    let Invitation {
        email,
        name,
        roles,
        agent,
    } = submission.body.clone();
    let email = email.trim().to_lowercase();
    let mut fields = Fields::default();
    if !is_address(&email) {
        fields.add("email", "is not an address that can be written to");
    }
    fields.check()?;
    check_text("name", &name, 1, 200)?;
    if let Some(agent) = &agent {
        check_text("agent", agent, 1, 200)?;
    }
    let made = tokens::make(&authorized.app, Purpose::Invitation);
    let guest = NewGuest {
        id: authorized.app.new_id(),
        email,
        name: name.trim().to_owned(),
        agent,
        until: made.stored.expires_at,
    };
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.invite(&guest, &roles, &made.stored).await
    })
    .await?;
    let person = person_after(&authorized, &carried, guest.id).await?;
    let mut reply = answer(&person, &carried, &authorized.caller.tenant.epoch);
    if !carried.replayed() && !is_mailed(&authorized, &person, &made).await {
        reply = reply.message(NOT_MAILED);
    }
    reply.created()
}

/// Invite somebody again.
///
/// For whoever has not accepted yet: mails another link, and what was mailed
/// before is not good any more.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = UserId, Path), IdempotencyKey),
    request_body = Option<Seen>,
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The person", body = Envelope<User>)),
)]
#[post("/users/{id}/invite")]
pub async fn invite_again(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<UserId>,
    submission: Submission<Seen>,
) -> Answer {
    tokens::need_mail(&authorized.app)?;
    find_person(&authorized, *id).await?;
    let made = tokens::make(&authorized.app, Purpose::Invitation);
    let carried = carry_out(&authorized, &submission, async |deed| {
        deed.invite_again(*id, &made.stored).await
    })
    .await?;
    let person = person_after(&authorized, &carried, *id).await?;
    let mut reply = answer(&person, &carried, &authorized.caller.tenant.epoch);
    if !carried.replayed() && !is_mailed(&authorized, &person, &made).await {
        reply = reply.message(NOT_MAILED);
    }
    reply.ok()
}

async fn is_mailed<P>(authorized: &Authorized<P>, person: &Person, made: &Made) -> bool {
    let to = Recipient {
        email: &person.email,
        name: &person.access.name,
    };
    let mailed = tokens::mail(&authorized.app, &authorized.caller.tenant, to, made).await;
    mailed
        .inspect_err(|error| tracing::warn!(error.cause = %error, "an invitation was not mailed"))
        .is_ok()
}
