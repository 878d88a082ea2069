//! What people and keys are called, for showing who did something.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Result;
use super::schema::{api_keys, users};
use crate::domain::ids::TenantId;
use crate::domain::principal::Actor;

/// The names of these, as they are now. The program itself has none.
pub async fn of_actors(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    actors: impl IntoIterator<Item = Actor>,
) -> Result<HashMap<Actor, Arc<str>>> {
    let (mut people, mut keys) = (Vec::new(), Vec::new());
    for actor in actors {
        match actor {
            Actor::User(id) => people.push(id.0),
            Actor::ApiKey(id) => keys.push(id.0),
            Actor::System => {}
        }
    }
    let mut names = HashMap::new();
    if !people.is_empty() {
        let found: Vec<(Uuid, String)> = users::table
            .filter(users::tenant_id.eq(tenant.0).and(users::id.eq_any(people)))
            .select((users::id, users::name))
            .load(conn)
            .await?;
        names.extend(
            found
                .into_iter()
                .map(|(id, name)| (Actor::User(id.into()), name.into())),
        );
    }
    if !keys.is_empty() {
        let found: Vec<(Uuid, String)> = api_keys::table
            .filter(
                api_keys::tenant_id
                    .eq(tenant.0)
                    .and(api_keys::id.eq_any(keys)),
            )
            .select((api_keys::id, api_keys::name))
            .load(conn)
            .await?;
        names.extend(
            found
                .into_iter()
                .map(|(id, name)| (Actor::ApiKey(id.into()), name.into())),
        );
    }
    Ok(names)
}
