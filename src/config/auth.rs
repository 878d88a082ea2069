//! `[auth]`: browser sessions.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// `LAJUR_AUTH__SESSION_HOURS`, default 12: a login lasts this long.
    pub session_hours: u32,
}

impl Default for Auth {
    fn default() -> Self {
        Self { session_hours: 12 }
    }
}

impl Auth {
    pub(super) fn validate(&self, wrong: &mut Vec<String>) {
        if !(1..=24 * 90).contains(&self.session_hours) {
            wrong.push(format!(
                "auth.session_hours: {} is not between 1 and 2160",
                self.session_hours
            ));
        }
    }
}
