//! One person, and what commands about a person answer.

use std::sync::Arc;

use actix_web::{get, web};

use super::list::User;
use crate::db::users::{self, Person};
use crate::db::{self, Connection};
use crate::domain::access::AccessRow;
use crate::domain::ids::UserId;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::UsersAdmin;
use crate::http::conditional::IfNoneMatch;
use crate::http::deeds::Carried;
use crate::http::reply::{Answer, Envelope, Reply};

/// One person.
///
/// The `ETag` begins with their version, so that `If-Match` takes it.
#[utoipa::path(
    tag = "users",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = UserId, Path), IfNoneMatch),
    security(("api_key" = ["users.admin"]), ("session" = ["users.admin"])),
    responses((status = 200, description = "The person", body = Envelope<User>)),
)]
#[get("/users/{id}")]
pub async fn get_user(
    authorized: Authorized<UsersAdmin>,
    id: web::Path<UserId>,
    known: IfNoneMatch,
) -> Answer {
    let person = find_person(&authorized, *id).await?;
    let version = person.access.version;
    Reply::new(User::of(&person, true))
        .version(version)
        .conditional(&known)
}

pub async fn find_person<P>(authorized: &Authorized<P>, id: UserId) -> Result<Person, ApiError> {
    let tenant = authorized.tenant_id();
    let reading = authorized
        .app
        .db
        .read("person", tenant, async |conn: &mut Connection| {
            users::person(conn, tenant, id).await
        });
    let found = reading
        .await
        .map_err(|error: db::Error| ApiError::of_database(error))?;
    found.ok_or(ApiError::NotFound { what: "user" })
}

/// Somebody after a command about them; when it is repeated, as they were after the first.
pub async fn person_after<P, T>(
    authorized: &Authorized<P>,
    carried: &Carried<T>,
    id: UserId,
) -> Result<Person, ApiError> {
    let told = match carried.row.as_deref() {
        Some(AccessRow::User(row)) => Some(row.clone()),
        _ => None,
    };
    let id = match (&told, carried.replayed()) {
        (Some(row), true) => row.id,
        _ => id,
    };
    let mut person = find_person(authorized, id).await?;
    if let Some(row) = told.filter(|row| row.id == id) {
        person.access = row;
    }
    Ok(person)
}

/// What a command about one person answers.
pub fn answer<T>(person: &Person, carried: &Carried<T>, epoch: &Arc<str>) -> Reply<User> {
    Reply::new(User::of(person, true))
        .version(person.access.version)
        .seq(carried.seq)
        .epoch(epoch)
        .replayed(carried.replayed())
}
