//! What can be done to people and their sessions, each with the events it leaves.

use super::rights::taken;
use super::{Deed, Refused};
use crate::db::user_tokens::{self, NewToken, Purpose};
use crate::db::users::{self, NewGuest, NewUser, UserChanges};
use crate::db::{roles, sessions};
use crate::domain::access::{AccessRow, EndedSession, UserAccess};
use crate::domain::ids::{SessionId, UserId};
use crate::domain::pipeline::change::EventKind;
use crate::domain::principal::RoleKey;

/// What of somebody is to be different.
#[derive(Clone, Debug, Default)]
pub struct PersonChanges {
    pub name: Option<String>,
    /// These and no others.
    pub roles: Option<Vec<String>>,
    /// Whose agent they are, as jamaah name them.
    pub agent: Option<Option<String>>,
}

impl Deed<'_> {
    /// Whoever has this address.
    pub async fn find_user(&mut self, email: &str) -> Result<UserId, Refused> {
        let found = users::by_email(self.conn, self.tenant, &email.to_lowercase()).await?;
        found.ok_or_else(|| Refused::NoUser(email.to_owned()))
    }

    /// `user.created`
    pub async fn add_user(&mut self, new: &NewUser, keys: &[String]) -> Result<(), Refused> {
        let wanted = self.find_roles(keys, &[]).await?;
        users::insert(self.conn, self.tenant, new, self.now)
            .await
            .map_err(|error| taken(error, "user", &new.email))?;
        roles::give(self.conn, self.tenant, new.id, &wanted).await?;
        let after = self.user(new.id).await?;
        self.note(EventKind::UserCreated, None, AccessRow::User(after));
        Ok(())
    }

    /// `user.invited`
    pub async fn invite(
        &mut self,
        new: &NewGuest,
        keys: &[String],
        token: &NewToken,
    ) -> Result<(), Refused> {
        let wanted = self.find_roles(keys, &[]).await?;
        users::insert_guest(self.conn, self.tenant, new, self.now)
            .await
            .map_err(|error| taken(error, "user", &new.email))?;
        roles::give(self.conn, self.tenant, new.id, &wanted).await?;
        user_tokens::replace(self.conn, self.tenant, new.id, token, self.now).await?;
        let after = self.user(new.id).await?;
        self.note(EventKind::UserInvited, None, AccessRow::User(after));
        Ok(())
    }

    /// `user.invited`: what was mailed before is not good any more.
    pub async fn invite_again(&mut self, user: UserId, token: &NewToken) -> Result<(), Refused> {
        let before = self.user(user).await?;
        if !self.is_invited(user).await? {
            let from = if before.active { "active" } else { "inactive" };
            return Err(Refused::Impossible {
                what: "user",
                from: from.to_owned(),
                to: "invited",
            });
        }
        let changes = UserChanges {
            invited_until: Some(Some(token.expires_at)),
            ..UserChanges::default()
        };
        users::update(self.conn, self.tenant, user, &changes, self.now).await?;
        user_tokens::replace(self.conn, self.tenant, user, token, self.now).await?;
        self.note_user(EventKind::UserInvited, before).await
    }

    /// `user.joined`
    pub async fn accept(
        &mut self,
        token_hash: &[u8; 32],
        name: &str,
        password_hash: &str,
    ) -> Result<UserId, Refused> {
        let user = self.take_token(Purpose::Invitation, token_hash).await?;
        let before = self.user(user).await?;
        let changes = UserChanges {
            name: Some(name.to_owned()),
            password_hash: Some(password_hash.to_owned()),
            active: Some(true),
            invited_until: Some(None),
            ..UserChanges::default()
        };
        users::update(self.conn, self.tenant, user, &changes, self.now).await?;
        self.note_user(EventKind::UserJoined, before).await?;
        Ok(user)
    }

    /// Lets whoever gets the token set another password. No event: nothing has changed yet.
    pub async fn offer_reset(&mut self, user: UserId, token: &NewToken) -> Result<(), Refused> {
        Ok(user_tokens::replace(self.conn, self.tenant, user, token, self.now).await?)
    }

    /// `user.password_changed` and `session.ended`
    pub async fn reset_password(
        &mut self,
        token_hash: &[u8; 32],
        password_hash: &str,
    ) -> Result<UserId, Refused> {
        let user = self.take_token(Purpose::PasswordReset, token_hash).await?;
        if !self.user(user).await?.active {
            return Err(Refused::NoToken);
        }
        self.set_password(user, password_hash).await?;
        Ok(user)
    }

    async fn take_token(&mut self, purpose: Purpose, hash: &[u8; 32]) -> Result<UserId, Refused> {
        let taken = user_tokens::take(self.conn, self.tenant, purpose, hash, self.now).await?;
        taken.ok_or(Refused::NoToken)
    }

    /// `user.updated`
    pub async fn change_user(
        &mut self,
        user: UserId,
        expected: Option<i32>,
        changes: &PersonChanges,
    ) -> Result<(), Refused> {
        let before = self.user_at(user, expected).await?;
        if let Some(keys) = &changes.roles {
            let held: Vec<RoleKey> = before.roles.iter().cloned().collect();
            let wanted = self.find_roles(keys, &held).await?;
            roles::give(self.conn, self.tenant, user, &wanted).await?;
        }
        let columns = UserChanges {
            name: changes.name.clone(),
            agent: changes.agent.clone(),
            ..UserChanges::default()
        };
        let renamed = changes
            .name
            .as_deref()
            .is_some_and(|name| name != &*before.name);
        let moved = changes
            .agent
            .as_ref()
            .is_some_and(|agent| agent.as_deref() != before.reach.agent.as_deref());
        if renamed || moved || self.user(user).await? != before {
            users::update(self.conn, self.tenant, user, &columns, self.now).await?;
        }
        self.note_user(EventKind::UserUpdated, before).await
    }

    /// `user.updated`
    pub async fn set_roles(&mut self, user: UserId, keys: &[String]) -> Result<(), Refused> {
        let changes = PersonChanges {
            roles: Some(keys.to_vec()),
            ..PersonChanges::default()
        };
        self.change_user(user, None, &changes).await
    }

    /// `user.password_changed`, and `session.ended` for all of them: whoever
    /// knew the old password is out. What was mailed is not good any more.
    pub async fn set_password(&mut self, user: UserId, password_hash: &str) -> Result<(), Refused> {
        self.replace_password(user, password_hash).await?;
        self.end_sessions(user).await
    }

    /// The same by somebody who stays where they are. `seen` is the stored form
    /// that the old password was compared with.
    pub async fn change_own_password(
        &mut self,
        user: UserId,
        (seen, password_hash): (&str, &str),
        keep: Option<SessionId>,
    ) -> Result<(), Refused> {
        let stored = users::password_hash(self.conn, self.tenant, user).await?;
        if stored.as_deref() != Some(seen) {
            return Err(Refused::NoToken);
        }
        self.replace_password(user, password_hash).await?;
        self.end_other_sessions(user, keep).await
    }

    async fn replace_password(&mut self, user: UserId, hash: &str) -> Result<(), Refused> {
        let before = self.user(user).await?;
        let changes = UserChanges {
            password_hash: Some(hash.to_owned()),
            ..UserChanges::default()
        };
        users::update(self.conn, self.tenant, user, &changes, self.now).await?;
        user_tokens::withdraw(self.conn, self.tenant, user).await?;
        self.note_user(EventKind::UserPasswordChanged, before).await
    }

    /// `user.deactivated` and `session.ended`, unless they are inactive already.
    /// Who was only invited is invited no more.
    pub async fn deactivate(&mut self, user: UserId) -> Result<(), Refused> {
        self.deactivate_seen(user, None).await
    }

    /// The same for somebody as they were seen.
    pub async fn deactivate_seen(
        &mut self,
        user: UserId,
        expected: Option<i32>,
    ) -> Result<(), Refused> {
        let before = self.user_at(user, expected).await?;
        if !before.active && !self.is_invited(user).await? {
            return Ok(());
        }
        let changes = UserChanges {
            active: Some(false),
            invited_until: Some(None),
            ..UserChanges::default()
        };
        users::update(self.conn, self.tenant, user, &changes, self.now).await?;
        user_tokens::withdraw(self.conn, self.tenant, user).await?;
        self.note_user(EventKind::UserDeactivated, before).await?;
        self.end_sessions(user).await
    }

    /// `user.updated`, unless they are active already.
    pub async fn activate(&mut self, user: UserId) -> Result<(), Refused> {
        self.activate_seen(user, None).await
    }

    /// The same for somebody as they were seen. What their roles permit is
    /// given to them anew.
    pub async fn activate_seen(
        &mut self,
        user: UserId,
        expected: Option<i32>,
    ) -> Result<(), Refused> {
        let before = self.user_at(user, expected).await?;
        if before.active {
            return Ok(());
        }
        let keys: Vec<String> = before
            .roles
            .iter()
            .map(|key| key.as_str().to_owned())
            .collect();
        self.find_roles(&keys, &[]).await?;
        let changes = UserChanges {
            active: Some(true),
            invited_until: Some(None),
            ..UserChanges::default()
        };
        users::update(self.conn, self.tenant, user, &changes, self.now).await?;
        self.note_user(EventKind::UserUpdated, before).await
    }

    /// Refuses what has just been done when it leaves nobody who may
    /// administer users, although there was somebody.
    pub async fn keep_an_administrator(&mut self, to: &'static str) -> Result<(), Refused> {
        if users::has_administrator(self.conn, self.tenant).await? {
            return Ok(());
        }
        Err(Refused::Impossible {
            what: "user",
            from: "last_administrator".to_owned(),
            to,
        })
    }

    /// `session.ended`, also when there was none: what is over is over from here on.
    pub async fn end_sessions(&mut self, user_id: UserId) -> Result<(), Refused> {
        sessions::end_all(self.conn, self.tenant, user_id).await?;
        let ended = EndedSession { id: None, user_id };
        self.note(EventKind::SessionEnded, None, AccessRow::Session(ended));
        Ok(())
    }

    /// `session.ended` for each but one.
    pub async fn end_other_sessions(
        &mut self,
        user_id: UserId,
        keep: Option<SessionId>,
    ) -> Result<(), Refused> {
        let ended = sessions::end_others(self.conn, self.tenant, user_id, keep).await?;
        for id in ended {
            let id = Some(id);
            let ended = EndedSession { id, user_id };
            self.note(EventKind::SessionEnded, None, AccessRow::Session(ended));
        }
        Ok(())
    }

    /// `session.ended`
    pub async fn end_session_of(
        &mut self,
        user_id: UserId,
        session: SessionId,
    ) -> Result<(), Refused> {
        if !sessions::end_of(self.conn, self.tenant, user_id, session).await? {
            return Err(Refused::NoSession);
        }
        let id = Some(session);
        let ended = EndedSession { id, user_id };
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

    async fn is_invited(&mut self, user: UserId) -> Result<bool, Refused> {
        let person = users::person(self.conn, self.tenant, user).await?;
        Ok(person.is_some_and(|person| person.invited_until.is_some()))
    }

    pub(super) async fn user(&mut self, id: UserId) -> Result<UserAccess, Refused> {
        let found = users::access(self.conn, self.tenant, &[id]).await?;
        let user = found.into_iter().next();
        user.ok_or_else(|| Refused::NoUser(id.to_string()))
    }

    /// Somebody as they were seen, or as they are when nothing was said of that.
    async fn user_at(&mut self, id: UserId, expected: Option<i32>) -> Result<UserAccess, Refused> {
        let user = self.user(id).await?;
        match expected {
            Some(version) if version != user.version => Err(Refused::Changed {
                current: Box::new(AccessRow::User(user)),
            }),
            _ => Ok(user),
        }
    }

    async fn note_user(&mut self, kind: EventKind, before: UserAccess) -> Result<(), Refused> {
        let after = self.user(before.id).await?;
        self.note(kind, Some(AccessRow::User(before)), AccessRow::User(after));
        Ok(())
    }
}
