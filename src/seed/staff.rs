//! Who works at the agency: somebody for each built-in role.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::people::names;
use crate::domain::ids::{IdSource, UserId};
use crate::domain::principal::{Actor, Principal, RoleKey};
use crate::domain::reach::Reach;
use crate::domain::roles::builtin_roles;
use crate::domain::time::Timestamp;

/// Before the @ of the address, role, name.
const PEOPLE: [(&str, &str, &str); 13] = [
    ("admin", "admin", "Administrator"),
    ("owner", "agency-owner", "H. Abdullah Fauzi"),
    ("manager", "operations-manager", "Rina Kusumawati"),
    ("documents", "document-admin", "Dewi Lestari"),
    ("documents2", "document-admin", "Fajar Nugroho"),
    ("siskopatuh", "siskopatuh-admin", "Ahmad Ridwan"),
    ("visa", "visa-admin", "Siti Rahmawati"),
    ("visa2", "visa-admin", "Yusuf Hidayat"),
    ("travel", "travel-admin", "Bayu Prasetyo"),
    ("travel2", "travel-admin", "Indah Permatasari"),
    ("logistics", "logistics-admin", "Neneng Hasanah"),
    ("auditor", "auditor", "Lukman Hakim"),
    ("agent", "agent", "Ust. Hasan Basri"),
];

#[derive(Clone, Debug)]
pub struct Member {
    pub id: UserId,
    pub email: String,
    pub name: &'static str,
    pub role: RoleKey,
    /// Whose agent they are, as jamaah name them.
    pub agent: Option<&'static str>,
    pub principal: Arc<Principal>,
}

/// One of those who bring the season's jamaah.
fn agent_named(name: &str) -> Option<&'static str> {
    let mut known = names::AGENTS.iter().copied();
    known.find(|agent| agent.starts_with(name))
}

#[derive(Clone, Debug)]
pub struct Staff {
    pub members: Vec<Member>,
    by_role: BTreeMap<RoleKey, Vec<Arc<Principal>>>,
    manager: Arc<Principal>,
    system: Arc<Principal>,
}

impl Staff {
    /// Under addresses of a domain that nobody can have. Who is known already
    /// keeps their id, the others get one from the source.
    pub fn new(
        slug: &str,
        known: &HashMap<String, UserId>,
        ids: &mut IdSource,
        now: Timestamp,
    ) -> Self {
        let roles = builtin_roles();
        let mut members: Vec<Member> = Vec::with_capacity(PEOPLE.len());
        for (mailbox, key, name) in PEOPLE {
            let role = RoleKey::new(key);
            let permissions = roles
                .iter()
                .find(|known| known.key == role)
                .map(|known| known.permissions.clone());
            let email = format!("{mailbox}@{slug}.example");
            let id = known.get(&email).copied().unwrap_or_else(|| ids.next(now));
            let principal = Arc::new(Principal {
                actor: Actor::User(id),
                display_name: name.into(),
                roles: BTreeSet::from([role.clone()]),
                permissions: permissions.into_iter().flatten().collect(),
                reach: Reach::default(),
            });
            members.push(Member {
                id,
                email,
                name,
                agent: (key == "agent").then(|| agent_named(name)).flatten(),
                role,
                principal,
            });
        }
        Self::of(members)
    }

    fn of(members: Vec<Member>) -> Self {
        let mut by_role: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for member in &members {
            by_role
                .entry(member.role.clone())
                .or_default()
                .push(Arc::clone(&member.principal));
        }
        let system = Arc::new(Principal::system());
        let manager = by_role
            .get(&RoleKey::new("operations-manager"))
            .and_then(|all| all.first());
        let manager = Arc::clone(manager.unwrap_or(&system));
        Self {
            members,
            by_role,
            manager,
            system,
        }
    }

    /// Whoever of a role looks after the person of a number; the manager where nobody has it.
    pub fn worker(&self, role: &RoleKey, person: u32) -> &Arc<Principal> {
        let all = self.by_role.get(role).map_or(&[][..], Vec::as_slice);
        let nth = usize::try_from(person).unwrap_or(0).checked_rem(all.len());
        nth.and_then(|nth| all.get(nth)).unwrap_or(&self.manager)
    }

    /// May do everything with the pipeline.
    pub fn manager(&self) -> &Arc<Principal> {
        &self.manager
    }

    /// The program itself.
    pub fn system(&self) -> &Arc<Principal> {
        &self.system
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_role_has_somebody() {
        let staff = Staff::new(
            "al-falah",
            &HashMap::new(),
            &mut IdSource::seeded(1),
            chrono::DateTime::UNIX_EPOCH,
        );
        for role in builtin_roles() {
            assert!(
                staff.members.iter().any(|member| member.role == role.key),
                "{}",
                role.key.as_str()
            );
        }
        let mut emails: Vec<_> = staff.members.iter().map(|member| &member.email).collect();
        emails.sort();
        emails.dedup();
        assert_eq!(emails.len(), staff.members.len());
        assert_eq!(
            staff.worker(&RoleKey::new("nobody"), 7).display_name,
            staff.manager().display_name
        );
    }
}
