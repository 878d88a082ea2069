//! The tenant, its roles and its people, in the transaction that also writes
//! the season. All by the journal's role. Nobody can have used the tenant yet,
//! so the log does not tell of these accounts: it begins with the season.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, ensure};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::staff::Staff;
use crate::db::schema::{jamaah, roles, tenants, user_roles, users};
use crate::db::tenants::{NewTenant, create, with_head};
use crate::domain::ids::{IdSource, RoleId, TenantId, UserId};
use crate::domain::pipeline::tenant::{Tenant, TenantKind};
use crate::domain::roles::builtin_roles;
use crate::domain::time::{Timestamp, Zone};

/// What a slug stands for before anything is seeded.
#[derive(Debug)]
pub enum Standing {
    /// Nobody is registered and nothing has happened.
    Free(Tenant),
    /// It has jamaah already, or a log that this season would not fit into.
    Taken { tenant: Tenant, jamaah: bool },
}

/// Finds the tenant, or makes it. Whoever seeds the same one at the same time
/// waits here until the other is done.
pub async fn stand(
    conn: &mut AsyncPgConnection,
    slug: &str,
    ids: &mut IdSource,
    now: Timestamp,
) -> anyhow::Result<Standing> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('lajur seed ' || $1, 0))")
        .bind::<diesel::sql_types::Text, _>(slug)
        .execute(conn)
        .await?;
    let known = tenants::table
        .filter(tenants::slug.eq(slug))
        .select(tenants::id);
    let id = match known.first::<Uuid>(conn).await.optional()? {
        Some(id) => TenantId(id),
        None => found(conn, slug, ids, now)
            .await
            .with_context(|| format!("cannot create the tenant {slug}"))?,
    };
    let (tenant, head) = with_head(conn, id)
        .await?
        .context("the tenant has just been deleted")?;
    ensure!(
        tenant.kind == TenantKind::Travel,
        "{slug} is not a travel agency"
    );
    let populated = jamaah::table.filter(jamaah::tenant_id.eq(id.0));
    let populated: bool = diesel::select(exists(populated)).get_result(conn).await?;
    Ok(if populated || head > 0 {
        Standing::Taken {
            tenant,
            jamaah: populated,
        }
    } else {
        Standing::Free(tenant)
    })
}

async fn found(
    conn: &mut AsyncPgConnection,
    slug: &str,
    ids: &mut IdSource,
    now: Timestamp,
) -> anyhow::Result<TenantId> {
    let id: TenantId = ids.next(now);
    let new = NewTenant {
        id,
        slug: slug.into(),
        name: display_name(slug).into(),
        kind: TenantKind::Travel,
        zone: Zone::WIB,
        locale: "id".into(),
        epoch: ids.next::<Uuid>(now).simple().to_string().into(),
    };
    create(conn, &new, now).await?;
    Ok(id)
}

/// `al-falah` is called Al Falah.
fn display_name(slug: &str) -> String {
    let capitalised = slug.split('-').map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    });
    capitalised.collect::<Vec<_>>().join(" ")
}

/// Makes the built-in roles and somebody for each, as far as they are missing.
/// Without a password hash the new ones are not active, and cannot sign in.
pub async fn employ(
    conn: &mut AsyncPgConnection,
    tenant: &Tenant,
    password_hash: Option<&str>,
    ids: &mut IdSource,
    now: Timestamp,
) -> anyhow::Result<Arc<Staff>> {
    let id = tenant.id.0;
    for role in builtin_roles() {
        let permissions = role.permissions.iter().map(serde_json::to_value);
        let permissions = permissions.map(|word| Ok(word?.as_str().map(str::to_owned)));
        let permissions = permissions.collect::<Result<Vec<_>, serde_json::Error>>()?;
        diesel::insert_into(roles::table)
            .values((
                roles::tenant_id.eq(id),
                roles::id.eq(ids.next::<RoleId>(now).0),
                roles::key.eq(role.key.as_str()),
                roles::name.eq(role.name),
                roles::permissions.eq(if role.own_jamaah {
                    Vec::new()
                } else {
                    permissions.clone()
                }),
                roles::limited_permissions.eq(if role.own_jamaah {
                    permissions
                } else {
                    Vec::new()
                }),
                roles::own_jamaah.eq(role.own_jamaah),
                roles::created_at.eq(now),
                roles::updated_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
    }
    let role_ids: Vec<(String, Uuid)> = roles::table
        .filter(roles::tenant_id.eq(id))
        .select((roles::key, roles::id))
        .load(conn)
        .await?;
    let role_ids: HashMap<_, _> = role_ids.into_iter().collect();
    let known: Vec<(String, Uuid)> = users::table
        .filter(users::tenant_id.eq(id))
        .select((users::email, users::id))
        .load(conn)
        .await?;
    let known = known
        .into_iter()
        .map(|(email, id)| (email, UserId(id)))
        .collect();
    let staff = Staff::new(&tenant.slug, &known, ids, now);
    for member in staff
        .members
        .iter()
        .filter(|member| !known.contains_key(&member.email))
    {
        diesel::insert_into(users::table)
            .values((
                users::tenant_id.eq(id),
                users::id.eq(member.id.0),
                users::email.eq(&member.email),
                users::name.eq(member.name),
                users::agent.eq(member.agent),
                // no password has this hash
                users::password_hash.eq(password_hash.unwrap_or("!")),
                users::active.eq(password_hash.is_some()),
                users::created_at.eq(now),
                users::updated_at.eq(now),
            ))
            .execute(conn)
            .await?;
        let role_id = role_ids
            .get(member.role.as_str())
            .context("a built-in role is missing")?;
        diesel::insert_into(user_roles::table)
            .values((
                user_roles::tenant_id.eq(id),
                user_roles::user_id.eq(member.id.0),
                user_roles::role_id.eq(role_id),
            ))
            .execute(conn)
            .await?;
    }
    Ok(Arc::new(staff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_makes_a_name() {
        assert_eq!(display_name("al-falah"), "Al Falah");
        assert_eq!(display_name("barokah"), "Barokah");
    }
}
