//! Why a command is not carried out. Named here, turned into a status and a
//! code in `http`.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::change::Row;
use crate::domain::principal::Permission;

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("no such {what}")]
    NotFound { what: &'static str },
    #[error("the permission {permission:?} is missing")]
    Forbidden { permission: Permission },
    #[error("the {what} has been changed since", what = current.subject_type())]
    VersionConflict { current: Box<Row> },
    #[error("from {from} to {to} is not possible")]
    InvalidTransition {
        what: &'static str,
        from: String,
        to: String,
    },
    #[error("{field} is taken")]
    Duplicate { field: &'static str, existing: Uuid },
    #[error("the command is not valid")]
    Validation(Fields),
}

/// Complaints per field, in the order of the fields' names.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Fields(pub BTreeMap<String, Vec<String>>);

impl Fields {
    pub fn add(&mut self, field: impl Into<String>, complaint: impl Into<String>) {
        self.0
            .entry(field.into())
            .or_default()
            .push(complaint.into());
    }

    pub fn one(field: impl Into<String>, complaint: impl Into<String>) -> Self {
        let mut fields = Self::default();
        fields.add(field, complaint);
        fields
    }

    /// `Ok` when nothing was complained about.
    pub fn check(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Validation(self))
        }
    }
}
