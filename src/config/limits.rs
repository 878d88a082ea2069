//! `[limits]`: how much one caller may ask for, unless their tenant has
//! quotas of its own (`lajur tenant limits`).

use serde::{Deserialize, Serialize};

use crate::domain::limits::{Class, Quota};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    On,
    Off,
}

/// Requests in seconds, such as `100/60`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// `LAJUR_RATE_LIMITS`, default `on`: `off` counts nothing, nor failed
    /// logins; for benchmarks and tests.
    pub rate_limits: Switch,
    /// `LAJUR_LIMITS__DEFAULT`, default `10/60`: of operations that have no class.
    pub default: Quota,
    /// `LAJUR_LIMITS__SESSION`, default `30/60`: of one address, before anybody
    /// is signed in.
    pub session: Quota,
    /// `LAJUR_LIMITS__REPORTS`, default `30/60`: of errors that browsers at one
    /// address report.
    pub reports: Quota,
    /// `LAJUR_LIMITS__READS`, default `100/60`: of each resource.
    pub reads: Quota,
    /// `LAJUR_LIMITS__COMMANDS`, default `300/60`: commands about one row.
    pub commands: Quota,
    /// `LAJUR_LIMITS__BULK`, default `5/300`: commands about many rows, and imports.
    pub bulk: Quota,
    /// `LAJUR_LIMITS__EXPORT`, default `10/60`: files.
    pub export: Quota,
    /// `LAJUR_LIMITS__AHSP_READ`, default `30/60`: reading construction bills.
    pub ahsp_read: Quota,
    /// `LAJUR_LIMITS__AHSP_WRITE`, default `20/60`: writing them.
    pub ahsp_write: Quota,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rate_limits: Switch::On,
            default: Class::Default.quota(),
            session: Class::Session.quota(),
            reports: Class::Reports.quota(),
            reads: Class::Reads.quota(),
            commands: Class::Commands.quota(),
            bulk: Class::Bulk.quota(),
            export: Class::Export.quota(),
            ahsp_read: Class::AhspRead.quota(),
            ahsp_write: Class::AhspWrite.quota(),
        }
    }
}

impl Limits {
    pub fn quota(&self, class: Class) -> Quota {
        match class {
            Class::Default => self.default,
            Class::Session => self.session,
            Class::Reports => self.reports,
            Class::Reads => self.reads,
            Class::Commands => self.commands,
            Class::Bulk => self.bulk,
            Class::Export => self.export,
            Class::AhspRead => self.ahsp_read,
            Class::AhspWrite => self.ahsp_write,
        }
    }
}
