//! What of the log is asked for.

use chrono::DateTime;
use serde::Deserialize;
use uuid::Uuid;

use crate::db::events::audit::Filter;
use crate::domain::ids::{ApiKeyId, UserId};
use crate::domain::pipeline::change::EventKind;
use crate::domain::pipeline::refusal::Fields;
use crate::domain::principal::Actor;
use crate::error::ApiError;

const SUBJECTS: [&str; 15] = [
    "stage",
    "pipeline_version",
    "departure",
    "jamaah",
    "jamaah_status",
    "stage_instance",
    "task",
    "comment",
    "import",
    "bottleneck_alert",
    "user",
    "session",
    "role",
    "api_key",
    "audit",
];

/// All of it must apply.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AuditFilter {
    /// From this instant on.
    #[param(value_type = Option<String>, format = DateTime, required = false)]
    from: Option<String>,
    /// Before this instant.
    #[param(value_type = Option<String>, format = DateTime, required = false)]
    to: Option<String>,
    /// Who did it: `system`, `user:<id>` or `api_key:<id>`.
    #[param(required = false, example = "system")]
    actor: Option<String>,
    /// Kinds of events, separated by commas; `task` is all kinds that begin so.
    #[param(required = false, example = "task.completed,session")]
    kind: Option<String>,
    /// What it was done to, by its type or as `<type>:<id>`.
    #[param(required = false, example = "task")]
    subject: Option<String>,
    /// The `X-Request-Id` that it was done under.
    #[param(required = false)]
    request_id: Option<String>,
}

impl AuditFilter {
    pub fn filter(&self) -> Result<Filter, ApiError> {
        let mut fields = Fields::default();
        let (subject_type, subject_id) = match text(self.subject.as_ref()) {
            Some(subject) => parse_subject(&mut fields, subject),
            None => (None, None),
        };
        let mut checked = |name: &str, given: Option<&String>| {
            let parsed = DateTime::parse_from_rfc3339(given?).ok();
            if parsed.is_none() {
                fields.add(name, "must be an instant like 2026-11-23T02:00:00Z");
            }
            parsed.map(|instant| instant.to_utc())
        };
        let (from, to) = (
            checked("from", self.from.as_ref()),
            checked("to", self.to.as_ref()),
        );
        let actor = text(self.actor.as_ref()).and_then(|text| {
            let actor = parse_actor(text);
            if actor.is_none() {
                fields.add("actor", "must be system, user:<id> or api_key:<id>");
            }
            actor
        });
        let mut kinds = Vec::new();
        let words = text(self.kind.as_ref()).unwrap_or_default().split(',');
        for word in words.map(str::trim).filter(|word| !word.is_empty()) {
            let before = kinds.len();
            let all = EventKind::ALL.iter().map(|kind| kind.as_str());
            kinds.extend(all.filter(|kind| {
                let rest = kind.strip_prefix(word);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            }));
            if kinds.len() == before {
                fields.add("kind", format!("there are no events of the kind {word}"));
            }
        }
        fields.check()?;
        Ok(Filter {
            from,
            to,
            actor,
            kinds,
            subject_type,
            subject_id,
            request_id: text(self.request_id.as_ref()).map(str::to_owned),
        })
    }
}

fn text(given: Option<&String>) -> Option<&str> {
    given
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
}

fn parse_subject(fields: &mut Fields, subject: &str) -> (Option<String>, Option<Uuid>) {
    let (name, id) = match subject.split_once(':') {
        Some((name, id)) => (name, Some(id)),
        None => (subject, None),
    };
    if !SUBJECTS.contains(&name) {
        fields.add(
            "subject",
            format!("must begin with one of {}", SUBJECTS.join(", ")),
        );
    }
    let id = id.and_then(|id| {
        let id = id.parse().ok();
        if id.is_none() {
            fields.add("subject", "must be <type>:<id>");
        }
        id
    });
    (Some(name.to_owned()), id)
}

fn parse_actor(text: &str) -> Option<Actor> {
    match text.split_once(':') {
        None if text == "system" => Some(Actor::System),
        Some(("user", id)) => Some(Actor::User(UserId(id.parse().ok()?))),
        Some(("api_key", id)) => Some(Actor::ApiKey(ApiKeyId(id.parse().ok()?))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_one_or_all_that_begin_so() {
        let kinds = |text: &str| {
            let filter = AuditFilter {
                kind: Some(text.to_owned()),
                ..AuditFilter::default()
            };
            filter.filter().map(|filter| filter.kinds)
        };
        assert_eq!(kinds("task.completed").unwrap(), ["task.completed"]);
        let all = kinds("session, login").unwrap();
        assert_eq!(all, ["session.ended", "session.started", "login.refused"]);
        for none in ["tas", "task.", "task.complete", "%"] {
            assert!(kinds(none).is_err(), "{none}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let filter = AuditFilter {
            from: Some("yesterday".to_owned()),
            actor: Some("user:7".to_owned()),
            subject: Some("planet:7".to_owned()),
            ..AuditFilter::default()
        };
        let Err(ApiError::Validation(fields)) = filter.filter() else {
            panic!("that can be meant");
        };
        let said = serde_json::to_value(&fields).unwrap();
        for name in ["from", "actor", "subject"] {
            assert!(said[name].is_array(), "{said}");
        }
    }
}
