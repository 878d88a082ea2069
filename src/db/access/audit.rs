//! What is told of in the log beside changes of rights.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Map, Value};

use super::{Deed, Refused};
use crate::db::schema::tenants;
use crate::db::sessions::{self, NewSession};
use crate::db::tenants::quotas_of;
use crate::domain::audit::AuditNote;
use crate::domain::limits::Quotas;
use crate::domain::pipeline::change::{Change, EventKind, Row};

const RATE_LIMITS: &str = "rate_limits";

impl Deed<'_> {
    /// An event that no row changes by.
    pub fn tell(&mut self, kind: EventKind, note: AuditNote) {
        self.tell_change(kind, None, note);
    }

    fn tell_change(&mut self, kind: EventKind, before: Option<AuditNote>, after: AuditNote) {
        let row = |note| Row::Audit(Arc::new(note));
        self.changes.push(Change {
            kind,
            before: before.map(row),
            after: row(after),
            on: None,
            agent: None,
        });
    }

    /// `session.started`, unless the account has changed since its password was
    /// compared.
    pub async fn open_session(
        &mut self,
        session: &NewSession,
        password_hash: &str,
        note: AuditNote,
    ) -> Result<bool, Refused> {
        let opened = sessions::open(self.conn, self.tenant, session, password_hash).await?;
        if opened {
            self.tell(EventKind::SessionStarted, note);
        }
        Ok(opened)
    }

    /// `settings.updated`, unless they are so already. Gives what holds now.
    pub async fn change_quotas(
        &mut self,
        change: impl FnOnce(&mut Quotas),
    ) -> Result<Quotas, Refused> {
        let settings: Value = tenants::table
            .find(self.tenant.0)
            .select(tenants::settings)
            .first(&mut *self.conn)
            .await?;
        let before = settings.get(RATE_LIMITS).map(quotas_of).unwrap_or_default();
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return Ok(after);
        }
        let mut settings = match settings {
            Value::Object(settings) => settings,
            _ => Map::new(),
        };
        settings.insert(RATE_LIMITS.to_owned(), serde_json::json!(words(&after)));
        diesel::update(tenants::table.find(self.tenant.0))
            .set(tenants::settings.eq(Value::Object(settings)))
            .execute(&mut *self.conn)
            .await?;
        let note = |quotas: &Quotas| AuditNote {
            id: self.tenant.0,
            rate_limits: Some(words(quotas)),
            ..AuditNote::default()
        };
        let (before, note) = (note(&before), note(&after));
        self.tell_change(EventKind::SettingsUpdated, Some(before), note);
        Ok(after)
    }
}

fn words(quotas: &Quotas) -> BTreeMap<String, String> {
    quotas
        .iter()
        .map(|(class, quota)| (class.as_str().to_owned(), quota.to_string()))
        .collect()
}
