//! An authenticated caller.

use std::sync::Arc;

use crate::domain::ids::SessionId;
use crate::domain::limits::Quotas;
use crate::domain::pipeline::tenant::Tenant;
use crate::domain::principal::{Actor, Principal};
use crate::domain::time::Timestamp;

/// What is known of whoever sent a credential. Cached for some seconds, so
/// a change of roles holds from then on.
#[derive(Debug)]
pub struct Caller {
    pub tenant: Arc<Tenant>,
    pub principal: Arc<Principal>,
    /// Of a user.
    pub email: Option<Arc<str>>,
    /// Of a browser.
    pub session: Option<Session>,
    pub expires_at: Option<Timestamp>,
    /// What the tenant has instead of the usual ones.
    pub quotas: Quotas,
}

#[derive(Debug)]
pub struct Session {
    pub id: SessionId,
    /// SHA-256 of the token that unsafe requests must carry.
    pub csrf_hash: [u8; 32],
}

impl Caller {
    /// For logs.
    pub fn kind(&self) -> &'static str {
        match self.principal.actor {
            Actor::User(_) => "user",
            Actor::ApiKey(_) => "api_key",
            Actor::System => "system",
        }
    }

    pub fn expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}
