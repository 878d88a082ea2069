//! The roles that a new tenant starts with: those that the stages of the
//! templates name, and those of the people around them. A tenant may change
//! what they permit, and add its own.

use super::principal::{Permission, RoleKey};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltinRole {
    pub key: RoleKey,
    /// In Indonesian, as the tenant sees it.
    pub name: &'static str,
    pub permissions: Vec<Permission>,
    /// Only for jamaah whose agent the holder is.
    pub own_jamaah: bool,
}

/// Does the work of a stage, and sees everybody's.
const WORKER: [Permission; 4] = [
    Permission::PipelineRead,
    Permission::TasksReadAll,
    Permission::TasksWork,
    Permission::JamaahRead,
];

/// Sees the jamaah that they have brought, and what is still to be done for them.
const AGENT: [Permission; 3] = [
    Permission::TasksReadAll,
    Permission::JamaahRead,
    Permission::DeparturesRead,
];

/// Sees everything and changes nothing.
const READER: [Permission; 5] = [
    Permission::PipelineRead,
    Permission::TasksReadAll,
    Permission::JamaahRead,
    Permission::ExportsRead,
    Permission::AuditRead,
];

/// Whether this can be the key of a role: lower-case letters, digits and
/// dashes within, at most 63.
pub fn is_key(text: &str) -> bool {
    let sane = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let edge = text.starts_with('-') || text.ends_with('-');
    (1..=63).contains(&text.len()) && !edge && text.bytes().all(sane)
}

/// A role that every tenant has from the beginning, and keeps.
pub fn is_builtin(key: &RoleKey) -> bool {
    builtin_roles().iter().any(|role| role.key == *key)
}

pub fn builtin_roles() -> Vec<BuiltinRole> {
    let role = |key: &str, name, permissions: &[Permission]| BuiltinRole {
        key: RoleKey::new(key),
        name,
        permissions: permissions.to_vec(),
        own_jamaah: false,
    };
    // whoever collects documents also registers people and reads manifests in
    let registers = [Permission::JamaahWrite, Permission::ImportsWrite];
    let manages: Vec<_> = Permission::whole()
        .filter(|p| *p != Permission::UsersAdmin)
        .collect();
    vec![
        role(
            "document-admin",
            "Admin Dokumen",
            &[&WORKER[..], &registers].concat(),
        ),
        role("siskopatuh-admin", "Admin SISKOPATUH", &WORKER),
        role("visa-admin", "Admin Visa", &WORKER),
        role("travel-admin", "Admin Perjalanan", &WORKER),
        role("logistics-admin", "Admin Perlengkapan", &WORKER),
        role("operations-manager", "Manajer Operasional", &manages),
        role("agency-owner", "Pemilik", &READER),
        role("auditor", "Auditor", &READER),
        BuiltinRole {
            own_jamaah: true,
            ..role("agent", "Agen", &AGENT)
        },
        role(
            "admin",
            "Administrator",
            &Vec::from_iter(Permission::whole()),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::ids::IdSource;
    use crate::domain::pipeline::decide::{TEMPLATES, from_template};

    #[test]
    fn every_role_that_a_template_names_exists() {
        let known: BTreeSet<_> = builtin_roles().into_iter().map(|role| role.key).collect();
        for (name, text) in TEMPLATES {
            let stages =
                from_template(text, &mut IdSource::seeded(1), chrono::DateTime::UNIX_EPOCH);
            for stage in stages.unwrap() {
                assert!(
                    known.contains(&stage.role),
                    "{name}: {}",
                    stage.role.as_str()
                );
                for task in &stage.templates {
                    assert!(known.contains(&task.role), "{name}: {}", task.role.as_str());
                }
            }
        }
    }

    #[test]
    fn only_the_administrator_manages_users_and_readers_change_nothing() {
        let writes =
            |permission: &Permission| !READER.contains(permission) && !AGENT.contains(permission);
        for role in builtin_roles() {
            let admin = role.permissions.contains(&Permission::UsersAdmin);
            assert_eq!(admin, role.key.as_str() == "admin");
            if matches!(role.key.as_str(), "agency-owner" | "auditor" | "agent") {
                assert!(
                    !role.permissions.iter().any(writes),
                    "{}",
                    role.key.as_str()
                );
            }
        }
    }
}
