//! What was done and changed no row, as the log tells of it: signing in, being
//! refused, taking data out, settings. Only who may read the audit sees it.
//!
//! The log cannot be changed, so what is personal is kept coarse: of an address
//! its network, of an account its id, of what was typed nothing at all.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::{Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ids::SessionId;
use super::time::Timestamp;

/// The row of such an event: what does not apply is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditNote {
    /// Whom or what it is about: a user, an API key, the tenant; nil for
    /// somebody who is not known.
    pub id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Where from: the first 24 bits of an IPv4 address, 48 of an IPv6 address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Arc<str>>,
    /// Method and template of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<Arc<str>>,
    /// The error's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Arc<str>>,
    /// The one that was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Arc<str>>,
    /// The class whose quota was used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<Arc<str>>,
    /// What was taken out, such as `jamaah.csv`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<Arc<str>>,
    /// The quotas of the tenant's own, by class.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limits: Option<BTreeMap<String, String>>,
    /// How often, when it was more than once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The last time of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What is kept of an address.
pub fn network(address: IpAddr) -> Arc<str> {
    let text = match address.to_canonical() {
        IpAddr::V4(address) => Ipv4Net::new(address, 24).map(|net| net.trunc().to_string()),
        IpAddr::V6(address) => Ipv6Net::new(address, 48).map(|net| net.trunc().to_string()),
    };
    text.unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_network_is_kept() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(&*of("203.0.113.9"), "203.0.113.0/24");
        assert_eq!(&*of("2001:db8:1:2:3:4:5:6"), "2001:db8:1::/48");
    }

    #[test]
    fn a_note_says_only_what_applies() {
        let note = AuditNote {
            what: Some("jamaah.csv".into()),
            ..AuditNote::default()
        };
        let text = serde_json::to_string(&note).unwrap();
        assert_eq!(
            text,
            r#"{"id":"00000000-0000-0000-0000-000000000000","what":"jamaah.csv"}"#
        );
        assert_eq!(serde_json::from_str::<AuditNote>(&text).unwrap(), note);
    }
}
