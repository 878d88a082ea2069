//! Somebody who was invited comes.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, post, web};
use serde::Deserialize;

use super::opening;
use super::password::check_strength;
use super::tokens;
use crate::app::App;
use crate::config::secret::Secret;
use crate::db::access::Author;
use crate::db::user_tokens::Purpose;
use crate::db::users::Account;
use crate::domain::ids::UserId;
use crate::domain::pipeline::transition::check_text;
use crate::domain::principal::Actor;
use crate::http::auth::credential::hash;
use crate::http::deeds;
use crate::http::observe::RequestId;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::Submission;

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// As it stands in the link.
    #[schema(value_type = String, example = "5f2b8c0e9d1a4f63")]
    pub token: Secret,
    /// As in the invitation unless given.
    #[schema(max_length = 200, example = "Siti Aminah")]
    pub name: Option<String>,
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 128, example = "kuda-laut-menari-pelan")]
    pub password: Secret,
}

/// Accept an invitation.
///
/// Sets the name and the password, and signs in as `/auth/login` does. Each
/// invitation can be accepted once.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("session"))),
    request_body = Acceptance,
    responses((status = 200, description = "Signed in", body = Envelope<super::me::Me>)),
)]
#[post("/auth/invitation")]
pub async fn accept_invitation(
    request: HttpRequest,
    app: web::Data<App>,
    submission: Submission<Acceptance>,
) -> Answer {
    let Acceptance {
        token,
        name,
        password,
    } = submission.body;
    let found = tokens::find(&app, &token).await?;
    let found = found.filter(|(_, found)| found.is_for(Purpose::Invitation));
    let (tenant, found) = found.ok_or_else(tokens::not_good)?;
    let name = name.unwrap_or_else(|| found.name.clone());
    check_text("name", &name, 1, 200)?;
    let name = name.trim().to_owned();
    let stored = check_strength(&app, password, &[&found.email, &name, &tenant.name]).await?;
    let author = author_of(&app, found.user_id.into(), &request);
    let token_hash = hash(token.expose());
    let joining = deeds::submit(&app, tenant.id, &author, async |deed| {
        deed.accept(&token_hash, &name, &stored).await
    });
    let account = Account {
        user_id: joining.await?.value,
        password_hash: stored,
    };
    opening::open_session(&app, &request, &tenant, &account).await
}

/// Whoever has the token acts for themselves, and gives nobody anything.
pub fn author_of(app: &App, user: UserId, request: &HttpRequest) -> Author {
    Author {
        actor: Actor::User(user),
        at: app.clock.now(),
        request_id: RequestId::of(request),
        command_id: app.new_id(),
        batch_id: app.new_id(),
        idempotency: None,
        may_give: Some(BTreeSet::new()),
    }
}
