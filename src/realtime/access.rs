//! What a change of rights in the log means for one connection.

use std::sync::Arc;

use super::feed::{AccessChange, Identity};
use super::protocol::CloseCode;
use crate::domain::access::AccessRow;
use crate::domain::principal::{Actor, Principal};
use crate::domain::reach::Reach;

/// `None` for changes that concern somebody else.
pub fn change_of(row: &AccessRow, who: &Identity) -> Option<AccessChange> {
    let changed = match (row, who.actor) {
        (AccessRow::User(user), Actor::User(id)) if user.id == id => {
            if !user.active {
                return Some(revoked(CloseCode::PermissionDenied));
            }
            Principal {
                actor: who.actor,
                display_name: Arc::clone(&user.name),
                roles: user.roles.clone(),
                permissions: user.permissions.clone(),
                reach: user.reach.clone(),
            }
        }
        (AccessRow::ApiKey(key), Actor::ApiKey(id)) if key.id == id => {
            if key.revoked {
                return Some(revoked(CloseCode::ForceDisconnect));
            }
            Principal {
                actor: who.actor,
                display_name: Arc::clone(&key.name),
                roles: key.roles.clone(),
                permissions: key.permissions.clone(),
                reach: Reach::default(),
            }
        }
        (AccessRow::Session(ended), Actor::User(id)) if ended.user_id == id => {
            // a connection that came by no session ends with all of them
            let concerns = ended.id.is_none() || ended.id == who.session;
            return concerns.then(|| revoked(CloseCode::ForceDisconnect));
        }
        _ => return None,
    };
    Some(AccessChange::Principal(Arc::new(changed)))
}

fn revoked(code: CloseCode) -> AccessChange {
    AccessChange::Revoked { code }
}
