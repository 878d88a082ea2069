//! The people of a tenant.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::get;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::people::Listed;
use crate::db::users::Person;
use crate::domain::ids::UserId;
use crate::domain::pipeline::board::Words;
use crate::domain::pipeline::listing::Page as Cut;
use crate::domain::pipeline::refusal::Fields;
use crate::domain::principal::{Actor, Permission, Principal, RoleKey};
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::params::{self, Params};
use crate::http::reply::{Answer, Envelope, Reply};

const MOST_LETTERS: usize = 200;

#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// Keys of roles, separated by commas: who has one of them.
    #[param(example = "visa-admin")]
    pub role: Option<String>,
    /// Words that must each be in the name; for whoever administers users, in the name or the address.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only those who may sign in and be given tasks, or only those who may not.
    pub active: Option<bool>,
}

/// Somebody of the tenant.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct User {
    pub id: UserId,
    #[schema(value_type = String, example = "Siti Aminah")]
    pub name: Arc<str>,
    pub roles: BTreeSet<RoleKey>,
    /// May sign in, and be given tasks.
    pub active: bool,
    pub state: UserState,
    /// `null` unless the caller administers users.
    pub email: Option<String>,
    /// Of somebody who is invited: how long the invitation is good. `null`
    /// unless the caller administers users.
    pub invited_until: Option<DateTime<Utc>>,
    /// Whose agent they are, as jamaah name them: what roles with `own_jamaah`
    /// go by. `null` unless the caller administers users.
    #[schema(value_type = Option<String>)]
    pub agent: Option<Arc<str>>,
    /// What `If-Match` takes.
    pub version: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// Has not accepted yet.
    Invited,
    Active,
    /// Is kept out.
    Inactive,
}

impl User {
    pub fn of(person: &Person, with_email: bool) -> Self {
        Self {
            id: person.access.id,
            name: person.access.name.clone(),
            roles: person.access.roles.clone(),
            active: person.access.active,
            state: match (person.access.active, person.invited_until) {
                (true, _) => UserState::Active,
                (false, Some(_)) => UserState::Invited,
                (false, None) => UserState::Inactive,
            },
            email: with_email.then(|| person.email.clone()),
            invited_until: person.invited_until.filter(|_| with_email),
            agent: person.access.reach.agent.clone().filter(|_| with_email),
            version: person.access.version,
        }
    }
}

/// A [`UserFilter`] that has been understood.
struct Wanted {
    roles: Vec<RoleKey>,
    words: Option<Words>,
    active: Option<bool>,
    with_email: bool,
    /// Who sees some tasks only sees nobody else.
    only: Option<Actor>,
}

impl Wanted {
    fn of(filter: &UserFilter, principal: &Principal) -> Result<Self, ApiError> {
        let mut fields = Fields::default();
        let q = filter.q.as_deref().unwrap_or_default();
        if q.chars().count() > MOST_LETTERS {
            fields.add("q", format!("must be at most {MOST_LETTERS} characters"));
        }
        let roles: Vec<String> = params::list(&mut fields, "role", filter.role.as_deref());
        fields.check()?;
        Ok(Self {
            roles: roles.iter().map(|key| RoleKey::new(key)).collect(),
            words: Words::parse(q),
            active: filter.active,
            with_email: principal.may(Permission::UsersAdmin),
            only: (!sees_people(principal)).then_some(principal.actor),
        })
    }

    fn has(&self, listed: &Listed) -> bool {
        let access = &listed.person.access;
        let text = if self.with_email {
            &listed.name_and_email
        } else {
            &listed.name
        };
        let is_only = |only| only == Actor::User(access.id);
        self.only.is_none_or(is_only)
            && (self.roles.is_empty() || self.roles.iter().any(|role| access.roles.contains(role)))
            && self.active.is_none_or(|active| active == access.active)
            && self
                .words
                .as_ref()
                .is_none_or(|words| words.hits(text) == words.all())
    }
}

fn sees_people(principal: &Principal) -> bool {
    [Permission::TasksRead, Permission::TasksReadAll]
        .into_iter()
        .any(|one| principal.may_everywhere(one))
}

/// The people of the tenant, by name.
///
/// Whom a task can be given to, and what those are called who did something.
/// Who sees tasks within limits only, as agents do, is told of themselves alone.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("reads"))),
    params(UserFilter, Page, IfNoneMatch),
    security(("api_key" = ["tasks.read"]), ("session" = ["tasks.read"])),
    responses((status = 200, description = "A page of people", body = Envelope<Vec<User>>)),
)]
#[get("/users")]
pub async fn list_users(
    authorized: Authorized<TasksRead>,
    filter: Params<UserFilter>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    let wanted = Wanted::of(&filter.0, authorized.principal())?;
    let found = authorized.app.people.of(&authorized).await?;
    let people: Vec<&Listed> = found.people.iter().filter(|one| wanted.has(one)).collect();
    let people = people
        .into_iter()
        .map(|one| User::of(&one.person, wanted.with_email));
    let cut = Cut::cut(people, page.page, page.limit);
    let mut reply = Reply::new(cut.items)
        .page(page, u64::from(cut.total))
        .seq(found.seq)
        .epoch(&authorized.caller.tenant.epoch)
        .as_of(found.as_of);
    if found.stale {
        reply = reply.stale();
    }
    reply.conditional(&known)
}
