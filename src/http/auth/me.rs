//! Who the caller is.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::{HttpRequest, get};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::authorized::Authorized;
use super::caller::Caller;
use super::credential::{self, Credential, csrf_token};
use super::needs::SignedIn;
use crate::domain::ids::{ApiKeyId, StageId, UserId};
use crate::domain::pipeline::tenant::{Tenant, TenantKind};
use crate::domain::principal::{Actor, Permission, RoleKey};
use crate::domain::reach::Grant;
use crate::http::reply::{Answer, Envelope, Reply};

/// The caller, their tenant and what they may do.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Me {
    /// `null` for an API key.
    pub user: Option<MyUser>,
    /// `null` for a user.
    pub api_key: Option<MyApiKey>,
    pub tenant: MyTenant,
    pub roles: BTreeSet<RoleKey>,
    /// What they may do everywhere.
    pub permissions: BTreeSet<Permission>,
    /// What else they may do, and where.
    pub limited: Vec<MyGrant>,
    /// To be sent as `X-CSRF-Token`; `null` for an API key, which needs none.
    pub csrf_token: Option<String>,
    /// When the session or the key ends by itself.
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MyUser {
    pub id: UserId,
    #[schema(value_type = String, example = "siti@al-barokah.example")]
    pub email: Arc<str>,
    #[schema(value_type = String, example = "Siti Aminah")]
    pub name: Arc<str>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MyApiKey {
    pub id: ApiKeyId,
    #[schema(value_type = String)]
    pub name: Arc<str>,
}

/// What a role with limits permits.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MyGrant {
    pub permissions: Vec<Permission>,
    /// Only for tasks of these stages; `null` is all.
    pub stages: Option<BTreeSet<StageId>>,
    /// Only for jamaah whose agent the caller is, and their tasks.
    pub own_jamaah: bool,
}

impl MyGrant {
    fn of(grant: &Grant) -> Self {
        let permitted = Permission::ALL.iter().copied();
        Self {
            permissions: permitted.filter(|one| grant.permits(*one)).collect(),
            stages: grant.stages.clone(),
            own_jamaah: grant.own_jamaah,
        }
    }
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MyTenant {
    #[schema(value_type = String, example = "al-barokah")]
    pub slug: Arc<str>,
    #[schema(value_type = String, example = "Al-Barokah Tour & Travel")]
    pub name: Arc<str>,
    pub kind: TenantKind,
    /// IANA name; dates end at 24:00 in it.
    #[schema(example = "Asia/Jakarta")]
    pub timezone: &'static str,
    /// `id` or `en`.
    #[schema(value_type = String, example = "id")]
    pub locale: Arc<str>,
}

impl MyTenant {
    pub fn of(tenant: &Tenant) -> Self {
        Self {
            slug: tenant.slug.clone(),
            name: tenant.name.clone(),
            kind: tenant.kind,
            timezone: tenant.zone.0.name(),
            locale: tenant.locale.clone(),
        }
    }
}

impl Me {
    pub fn of(caller: &Caller, csrf_token: Option<String>) -> Self {
        let principal = &caller.principal;
        let name = principal.display_name.clone();
        let email = caller.email.clone();
        let (user, api_key) = match principal.actor {
            Actor::User(id) => (email.map(|email| MyUser { id, email, name }), None),
            Actor::ApiKey(id) => (None, Some(MyApiKey { id, name })),
            Actor::System => (None, None),
        };
        Self {
            user,
            api_key,
            tenant: MyTenant::of(&caller.tenant),
            roles: principal.roles.clone(),
            permissions: principal.permissions.clone(),
            limited: principal.reach.grants.iter().map(MyGrant::of).collect(),
            csrf_token,
            expires_at: caller.expires_at,
        }
    }
}

/// Who am I?
///
/// The caller, their tenant, roles and permissions, and for a browser the CSRF token.
#[utoipa::path(
    tag = "session",
    extensions(("x-rate-limit" = json!("reads"))),
    security(("api_key" = []), ("session" = [])),
    responses((status = 200, description = "The caller", body = Envelope<Me>)),
)]
#[get("/me")]
pub async fn get_me(request: HttpRequest, authorized: Authorized<SignedIn>) -> Answer {
    let credential = credential::of_request(&request, authorized.app.config.http.is_secure())?;
    let csrf_token = match credential {
        Credential::Session(token) => Some(csrf_token(token)),
        Credential::ApiKey(_) => None,
    };
    Reply::new(Me::of(&authorized.caller, csrf_token)).ok()
}
