//! One organisation, as the rules need to know it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::ids::TenantId;
use crate::domain::time::Zone;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TenantKind {
    Travel,
    Kitchen,
    Construction,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    pub id: TenantId,
    pub slug: Arc<str>,
    pub name: Arc<str>,
    pub kind: TenantKind,
    pub zone: Zone,
    /// `id` or `en`.
    pub locale: Arc<str>,
    /// Names this continuation of the log; changes only when continuity is lost.
    pub epoch: Arc<str>,
}
