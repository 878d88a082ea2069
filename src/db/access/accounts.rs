//! What can be done to accounts, each with the events it leaves.

use std::collections::BTreeSet;

use super::{Deed, Refused};
use crate::db::api_keys::{self, NewKey};
use crate::db::users::{self, NewUser};
use crate::db::{Error, roles, sessions};
use crate::domain::access::{AccessRow, EndedSession, RoleAccess, UserAccess};
use crate::domain::ids::{RoleId, SessionId, UserId};
use crate::domain::pipeline::change::EventKind;
use crate::domain::principal::Permission;

impl Deed<'_> {
    /// Whoever has this address.
    pub async fn find_user(&mut self, email: &str) -> Result<UserId, Refused> {
        let found = users::by_email(self.conn, self.tenant, &email.to_lowercase()).await?;
        found.ok_or_else(|| Refused::NoUser(email.to_owned()))
    }

    /// `user.created`
    pub async fn add_user(&mut self, new: &NewUser, keys: &[String]) -> Result<(), Refused> {
        let wanted = self.find_roles(keys).await?;
        users::insert(self.conn, self.tenant, new, self.now)
            .await
            .map_err(|error| taken(error, "user", &new.email))?;
        roles::give(self.conn, self.tenant, new.id, &wanted).await?;
        let after = self.user(new.id).await?;
        self.note(EventKind::UserCreated, None, AccessRow::User(after));
        Ok(())
    }

    /// `user.updated`
    pub async fn set_roles(&mut self, user: UserId, keys: &[String]) -> Result<(), Refused> {
        let wanted = self.find_roles(keys).await?;
        let before = self.user(user).await?;
        roles::give(self.conn, self.tenant, user, &wanted).await?;
        self.note_user(EventKind::UserUpdated, before).await
    }

    /// `session.ended`, for all of them: whoever knew the old password is out.
    pub async fn set_password(&mut self, user: UserId, password_hash: &str) -> Result<(), Refused> {
        users::set_password(self.conn, self.tenant, user, password_hash, self.now).await?;
        self.end_sessions(user).await
    }

    /// `user.deactivated` and `session.ended`, unless they are inactive already.
    pub async fn deactivate(&mut self, user: UserId) -> Result<(), Refused> {
        let before = self.user(user).await?;
        if !before.active {
            return Ok(());
        }
        users::set_active(self.conn, self.tenant, user, false, self.now).await?;
        self.note_user(EventKind::UserDeactivated, before).await?;
        self.end_sessions(user).await
    }

    /// `user.updated`
    pub async fn activate(&mut self, user: UserId) -> Result<(), Refused> {
        let before = self.user(user).await?;
        users::set_active(self.conn, self.tenant, user, true, self.now).await?;
        self.note_user(EventKind::UserUpdated, before).await
    }

    /// `session.ended`, also when there was none: what is over is over from here on.
    pub async fn end_sessions(&mut self, user_id: UserId) -> Result<(), Refused> {
        sessions::end_all(self.conn, self.tenant, user_id).await?;
        let ended = EndedSession { id: None, user_id };
        self.note(EventKind::SessionEnded, None, AccessRow::Session(ended));
        Ok(())
    }

    /// `session.ended`, unless it had ended already.
    pub async fn end_session(&mut self, session: SessionId) -> Result<(), Refused> {
        if let Some(user_id) = sessions::end(self.conn, self.tenant, session).await? {
            let ended = EndedSession {
                id: Some(session),
                user_id,
            };
            self.note(EventKind::SessionEnded, None, AccessRow::Session(ended));
        }
        Ok(())
    }

    /// `role.created`
    pub async fn add_role(&mut self, new: RoleAccess) -> Result<(), Refused> {
        roles::insert(self.conn, self.tenant, &new, self.now)
            .await
            .map_err(|error| taken(error, "role", new.key.as_str()))?;
        self.note(EventKind::RoleCreated, None, AccessRow::Role(new));
        Ok(())
    }

    /// `role.updated`, then `user.updated` for everybody to whom it makes a difference.
    pub async fn set_permissions(
        &mut self,
        key: &str,
        permissions: BTreeSet<Permission>,
    ) -> Result<(), Refused> {
        let known = roles::list(self.conn, self.tenant).await?;
        let before = find_role(&known, key)?.clone();
        let holders = roles::holders(self.conn, self.tenant, before.id).await?;
        let people = users::access(self.conn, self.tenant, &holders).await?;
        roles::set_permissions(self.conn, self.tenant, before.id, &permissions, self.now).await?;
        let after = RoleAccess {
            permissions,
            ..before.clone()
        };
        let (before, after) = (AccessRow::Role(before), AccessRow::Role(after));
        self.note(EventKind::RoleUpdated, Some(before), after);
        let after = users::access(self.conn, self.tenant, &holders).await?;
        for (before, after) in people.into_iter().zip(after) {
            let (before, after) = (AccessRow::User(before), AccessRow::User(after));
            self.note(EventKind::UserUpdated, Some(before), after);
        }
        Ok(())
    }

    /// `api_key.created`
    pub async fn add_key(&mut self, new: &NewKey) -> Result<(), Refused> {
        let keys: Vec<_> = new
            .roles
            .iter()
            .map(|key| key.as_str().to_owned())
            .collect();
        self.find_roles(&keys).await?;
        api_keys::insert(self.conn, self.tenant, new, self.now).await?;
        let after = api_keys::by_prefix(self.conn, self.tenant, &new.prefix).await?;
        let after = after.ok_or_else(|| Refused::NoKey(new.prefix.clone()))?;
        self.note(EventKind::ApiKeyCreated, None, AccessRow::ApiKey(after));
        Ok(())
    }

    /// `api_key.revoked`, unless it is already.
    pub async fn revoke_key(&mut self, prefix: &str) -> Result<(), Refused> {
        let found = api_keys::by_prefix(self.conn, self.tenant, prefix).await?;
        let before = found.ok_or_else(|| Refused::NoKey(prefix.to_owned()))?;
        if before.revoked {
            return Ok(());
        }
        api_keys::revoke(self.conn, self.tenant, before.id, self.now).await?;
        let mut after = before.clone();
        after.revoked = true;
        let (before, after) = (AccessRow::ApiKey(before), AccessRow::ApiKey(after));
        self.note(EventKind::ApiKeyRevoked, Some(before), after);
        Ok(())
    }

    async fn user(&mut self, id: UserId) -> Result<UserAccess, Refused> {
        let found = users::access(self.conn, self.tenant, &[id]).await?;
        let user = found.into_iter().next();
        user.ok_or_else(|| Refused::NoUser(id.to_string()))
    }

    async fn note_user(&mut self, kind: EventKind, before: UserAccess) -> Result<(), Refused> {
        let after = self.user(before.id).await?;
        self.note(kind, Some(AccessRow::User(before)), AccessRow::User(after));
        Ok(())
    }

    async fn find_roles(&mut self, keys: &[String]) -> Result<Vec<RoleId>, Refused> {
        let known = roles::list(self.conn, self.tenant).await?;
        let wanted: BTreeSet<&String> = keys.iter().collect();
        wanted
            .into_iter()
            .map(|key| Ok(find_role(&known, key)?.id))
            .collect()
    }
}

fn find_role<'a>(known: &'a [RoleAccess], key: &str) -> Result<&'a RoleAccess, Refused> {
    let found = known.iter().find(|role| role.key.as_str() == key);
    found.ok_or_else(|| {
        let known: Vec<_> = known.iter().map(|role| role.key.as_str()).collect();
        Refused::NoRole {
            key: key.to_owned(),
            known: known.join(", "),
        }
    })
}

fn taken(error: Error, what: &'static str, name: &str) -> Refused {
    match error.unique_violation() {
        Some(_) => Refused::Taken {
            what,
            name: name.to_owned(),
        },
        None => error.into(),
    }
}
