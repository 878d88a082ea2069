//! `/roles` and `/permissions`: what people may do.

pub mod change;
pub mod list;
pub mod permissions;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::domain::access::RoleAccess;
use crate::domain::ids::{RoleId, StageId};
use crate::domain::principal::{Permission, RoleKey};
use crate::domain::roles::is_builtin;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(permissions::list_permissions)
        .service(list::list_roles)
        .service(change::create_role)
        .service(list::get_role)
        .service(change::update_role)
        .service(change::delete_role);
}

/// A role.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Role {
    pub id: RoleId,
    /// What people, tasks and stages name; fixed.
    #[schema(example = "visa-admin")]
    pub key: RoleKey,
    #[schema(value_type = String, example = "Admin Visa")]
    pub name: Arc<str>,
    /// What it permits, within its limits.
    pub permissions: BTreeSet<Permission>,
    /// The limit to tasks of these stages; `null` is all.
    pub stages: Option<BTreeSet<StageId>>,
    /// The limit to jamaah whose agent the holder is, as `agent` of the person says.
    pub own_jamaah: bool,
    /// Every tenant has it, and it cannot be deleted.
    pub built_in: bool,
    /// How many hold it, those who are kept out too.
    pub people: i64,
    /// What `If-Match` takes.
    pub version: i32,
}

impl Role {
    fn of(access: &RoleAccess, people: i64) -> Self {
        Self {
            id: access.id,
            key: access.key.clone(),
            name: access.name.clone(),
            permissions: access.permissions.clone(),
            stages: access.stages.clone(),
            own_jamaah: access.own_jamaah,
            built_in: is_builtin(&access.key),
            people,
            version: access.version,
        }
    }
}
