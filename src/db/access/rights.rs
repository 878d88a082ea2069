//! What can be done to roles and API keys, each with the events it leaves.

use std::collections::BTreeSet;

use super::{Deed, Refused};
use crate::db::api_keys::{self, NewHalves, NewKey};
use crate::db::types::Word;
use crate::db::users::{self, UserChanges};
use crate::db::{Error, roles};
use crate::domain::access::{AccessRow, KeyAccess, RoleAccess};
use crate::domain::ids::{ApiKeyId, RoleId, StageId};
use crate::domain::pipeline::change::EventKind;
use crate::domain::principal::{Permission, RoleKey};
use crate::domain::roles::is_builtin;

/// What of a role is to be different.
#[derive(Clone, Debug, Default)]
pub struct RoleChanges {
    pub name: Option<String>,
    pub permissions: Option<BTreeSet<Permission>>,
    /// The limit to stages; `Some(None)` takes it away.
    pub stages: Option<Option<BTreeSet<StageId>>>,
    /// The limit to one's own jamaah.
    pub own_jamaah: Option<bool>,
}

impl Deed<'_> {
    /// `role.created`
    pub async fn add_role(&mut self, new: RoleAccess) -> Result<(), Refused> {
        self.check_gift(&new.permissions, &BTreeSet::new())?;
        check_limits(&new)?;
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
        let id = find_role(&known, key)?.id;
        let changes = RoleChanges {
            permissions: Some(permissions),
            ..RoleChanges::default()
        };
        self.change_role(id, None, changes).await
    }

    /// The same for a role as it was seen.
    pub async fn change_role(
        &mut self,
        id: RoleId,
        expected: Option<i32>,
        changes: RoleChanges,
    ) -> Result<(), Refused> {
        let before = self.role_at(id, expected).await?;
        let mut after = before.clone();
        if let Some(name) = changes.name {
            after.name = name.into();
        }
        if let Some(stages) = changes.stages {
            after.stages = stages;
        }
        if let Some(own_jamaah) = changes.own_jamaah {
            after.own_jamaah = own_jamaah;
        }
        if let Some(permissions) = changes.permissions {
            after.permissions = permissions;
        }
        // within other limits it is something else
        let same = (&after.stages, after.own_jamaah) == (&before.stages, before.own_jamaah);
        let held = if same {
            &before.permissions
        } else {
            &BTreeSet::new()
        };
        self.check_gift(&after.permissions, held)?;
        check_limits(&after)?;
        if after == before {
            return Ok(());
        }
        after.version += 1;
        let holders = roles::holders(self.conn, self.tenant, id).await?;
        let people = users::access(self.conn, self.tenant, &holders).await?;
        roles::update(self.conn, self.tenant, &after, self.now).await?;
        let (before, after) = (AccessRow::Role(before), AccessRow::Role(after));
        self.note(EventKind::RoleUpdated, Some(before), after);
        let now = users::access(self.conn, self.tenant, &holders).await?;
        for (before, after) in people.iter().zip(&now).filter(|(one, other)| one != other) {
            let nothing = UserChanges::default();
            users::update(self.conn, self.tenant, after.id, &nothing, self.now).await?;
            let (before, mut after) = (before.clone(), after.clone());
            after.version += 1;
            let (before, after) = (AccessRow::User(before), AccessRow::User(after));
            self.note(EventKind::UserUpdated, Some(before), after);
        }
        Ok(())
    }

    /// `role.deleted`, when nobody and nothing names it and it is the tenant's own.
    pub async fn delete_role(&mut self, id: RoleId, expected: Option<i32>) -> Result<(), Refused> {
        let role = self.role_at(id, expected).await?;
        let from = match is_builtin(&role.key) {
            true => vec!["built_in".to_owned()],
            false => roles::uses(self.conn, self.tenant, &role).await?,
        };
        if !from.is_empty() {
            return Err(Refused::Impossible {
                what: "role",
                from: match from.as_slice() {
                    [one] if one == "built_in" => one.clone(),
                    uses => format!("in_use ({})", uses.join(", ")),
                },
                to: "deleted",
            });
        }
        roles::delete(self.conn, self.tenant, id).await?;
        let gone = RoleAccess {
            version: role.version + 1,
            ..role.clone()
        };
        let (before, after) = (AccessRow::Role(role), AccessRow::Role(gone));
        self.note(EventKind::RoleDeleted, Some(before), after);
        Ok(())
    }

    /// `api_key.created`
    pub async fn add_key(&mut self, new: &NewKey) -> Result<(), Refused> {
        let keys: Vec<_> = new
            .roles
            .iter()
            .map(|key| key.as_str().to_owned())
            .collect();
        // they permit a key nothing, so nothing is given with them
        self.find_named(&keys).await?;
        let all = || Permission::ALL.into_iter().collect();
        let given = new.permissions.clone().unwrap_or_else(all);
        self.check_gift(&given, &BTreeSet::new())?;
        api_keys::insert(self.conn, self.tenant, new, self.now).await?;
        let after = api_keys::by_prefix(self.conn, self.tenant, &new.prefix).await?;
        let after = after.ok_or_else(|| Refused::NoKey(new.prefix.clone()))?;
        self.note(EventKind::ApiKeyCreated, None, AccessRow::ApiKey(after));
        Ok(())
    }

    /// `api_key.rotated`. Whoever gets the new halves gets what the key may do.
    pub async fn rotate_key(
        &mut self,
        id: ApiKeyId,
        expected: Option<i32>,
        new: &NewHalves,
    ) -> Result<(), Refused> {
        let before = self.key_at(id, expected).await?;
        let is_over = api_keys::by_id(self.conn, self.tenant, id, self.now)
            .await?
            .is_none();
        if before.revoked || is_over {
            let from = if before.revoked { "revoked" } else { "expired" };
            return Err(Refused::Impossible {
                what: "api_key",
                from: from.to_owned(),
                to: "rotated",
            });
        }
        self.check_gift(&before.permissions, &BTreeSet::new())?;
        api_keys::replace(self.conn, self.tenant, id, new).await?;
        self.note_key(EventKind::ApiKeyRotated, before).await
    }

    /// `api_key.revoked`, unless it is already.
    pub async fn revoke_key(&mut self, prefix: &str) -> Result<(), Refused> {
        let found = api_keys::by_prefix(self.conn, self.tenant, prefix).await?;
        let key = found.ok_or_else(|| Refused::NoKey(prefix.to_owned()))?;
        self.revoke_key_seen(key.id, None).await
    }

    /// The same for a key as it was seen.
    pub async fn revoke_key_seen(
        &mut self,
        id: ApiKeyId,
        expected: Option<i32>,
    ) -> Result<(), Refused> {
        let before = self.key_at(id, expected).await?;
        if before.revoked {
            return Ok(());
        }
        api_keys::revoke(self.conn, self.tenant, id, self.now).await?;
        self.note_key(EventKind::ApiKeyRevoked, before).await
    }

    async fn key_at(&mut self, id: ApiKeyId, expected: Option<i32>) -> Result<KeyAccess, Refused> {
        let found = api_keys::listed(self.conn, self.tenant, id).await?;
        let key = found.ok_or_else(|| Refused::NoKey(id.to_string()))?.access;
        match expected {
            Some(version) if version != key.version => Err(Refused::Changed {
                current: Box::new(AccessRow::ApiKey(key)),
            }),
            _ => Ok(key),
        }
    }

    async fn note_key(&mut self, kind: EventKind, before: KeyAccess) -> Result<(), Refused> {
        let after = self.key_at(before.id, None).await?;
        let (before, after) = (AccessRow::ApiKey(before), AccessRow::ApiKey(after));
        self.note(kind, Some(before), after);
        Ok(())
    }

    async fn role_at(&mut self, id: RoleId, expected: Option<i32>) -> Result<RoleAccess, Refused> {
        let known = roles::list(self.conn, self.tenant).await?;
        let role = known.iter().find(|role| role.id == id).cloned();
        let role = role.ok_or_else(|| no_role(&known, &id.to_string()))?;
        match expected {
            Some(version) if version != role.version => Err(Refused::Changed {
                current: Box::new(AccessRow::Role(role)),
            }),
            _ => Ok(role),
        }
    }

    /// The roles of these keys, those of which that are not held yet are given.
    pub(super) async fn find_roles(
        &mut self,
        keys: &[String],
        held: &[RoleKey],
    ) -> Result<Vec<RoleId>, Refused> {
        let found = self.find_named(keys).await?;
        for role in found.iter().filter(|role| !held.contains(&role.key)) {
            self.check_gift(&role.permissions, &BTreeSet::new())?;
        }
        Ok(found.into_iter().map(|role| role.id).collect())
    }

    async fn find_named(&mut self, keys: &[String]) -> Result<Vec<RoleAccess>, Refused> {
        let known = roles::list(self.conn, self.tenant).await?;
        let wanted: BTreeSet<&String> = keys.iter().collect();
        wanted
            .into_iter()
            .map(|key| Ok(find_role(&known, key)?.clone()))
            .collect()
    }

    /// Nobody gives what they do not hold themselves.
    fn check_gift(
        &self,
        given: &BTreeSet<Permission>,
        before: &BTreeSet<Permission>,
    ) -> Result<(), Refused> {
        let Some(may_give) = self.may_give else {
            return Ok(());
        };
        let beyond = given
            .difference(before)
            .find(|permission| !permission.is_within(may_give));
        match beyond {
            Some(permission) => Err(Refused::Beyond(*permission)),
            None => Ok(()),
        }
    }
}

/// Only what is held to its limits everywhere can have them.
fn check_limits(role: &RoleAccess) -> Result<(), Refused> {
    let Some(grant) = role.grant() else {
        return Ok(());
    };
    let boundless = role
        .permissions
        .iter()
        .filter(|permission| !grant.permits(**permission));
    let words: Vec<&str> = boundless.map(|permission| permission.word()).collect();
    if words.is_empty() {
        Ok(())
    } else {
        Err(Refused::Boundless(words.join(", ")))
    }
}

fn find_role<'a>(known: &'a [RoleAccess], key: &str) -> Result<&'a RoleAccess, Refused> {
    let found = known.iter().find(|role| role.key.as_str() == key);
    found.ok_or_else(|| no_role(known, key))
}

fn no_role(known: &[RoleAccess], key: &str) -> Refused {
    let known: Vec<_> = known.iter().map(|role| role.key.as_str()).collect();
    Refused::NoRole {
        key: key.to_owned(),
        known: known.join(", "),
    }
}

pub(super) fn taken(error: Error, what: &'static str, name: &str) -> Refused {
    match error.unique_violation() {
        Some(_) => Refused::Taken {
            what,
            name: name.to_owned(),
        },
        None => error.into(),
    }
}
