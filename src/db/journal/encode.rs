//! What an event says, as JSON text: made once, written to the log, and handed
//! back so that what is sent to clients is made from the same text.

use std::sync::Arc;

use super::TenantBatch;
use crate::db::{Error, Result};
use crate::domain::pipeline::change::Change;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventText {
    /// The whole row.
    pub after: Arc<str>,
    /// Only the fields that differed, with their old values; `None` for a new row.
    pub before: Option<Arc<str>>,
    /// Who may see it.
    pub labels: Arc<str>,
}

impl EventText {
    pub fn of(change: &Change) -> Result<Self> {
        let after = text(&change.after)?;
        let before = match &change.before {
            Some(before) => Some(differing(&text(before)?, &after).into()),
            None => None,
        };
        Ok(Self {
            labels: text(&change.labels())?.into(),
            after: after.into(),
            before,
        })
    }
}

pub(super) fn encode(batches: &[TenantBatch]) -> Result<Vec<Vec<EventText>>> {
    batches
        .iter()
        .map(|batch| {
            batch
                .events
                .iter()
                .map(|event| EventText::of(&event.change))
                .collect()
        })
        .collect()
}

pub(super) fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(unwritable)
}

/// The fields of one object whose value is another, or missing, in the other.
/// Both are what `serde_json` made of rows of one type, so there is no white
/// space, names have no escapes, and a field's partner is at its own place.
fn differing(before: &str, after: &str) -> String {
    let mut out = String::with_capacity(128);
    out.push('{');
    let mut partners = Fields::of(after);
    for old in Fields::of(before) {
        let new = partners.next();
        if new == Some(old)
            || (new.map(name) != Some(name(old)) && Fields::of(after).any(|new| new == old))
        {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(old);
    }
    out.push('}');
    out
}

/// `"name"` of `"name":value`.
fn name(field: &str) -> &str {
    field.split_once(':').map_or(field, |(name, _)| name)
}

/// The fields of a JSON object, as their text.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn of(object: &'a str) -> Self {
        Self(
            object
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
                .unwrap_or_default(),
        )
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
        let end = self.0.bytes().position(|byte| {
            if in_string {
                if escaped {
                    escaped = false;
                } else if byte == b'\\' {
                    escaped = true;
                } else if byte == b'"' {
                    in_string = false;
                }
                return false;
            }
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b',' => return depth == 0,
                _ => {}
            }
            false
        });
        let (field, rest) =
            match end.and_then(|at| Some((self.0.get(..at)?, self.0.get(at + 1..)?))) {
                Some(both) => both,
                None => (self.0, ""),
            };
        self.0 = rest;
        Some(field)
    }
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::Unwritable(error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::db::testing::samples::Sampler;
    use crate::domain::pipeline::change::EventKind;

    #[test]
    fn before_has_only_what_differed_with_its_old_value() {
        let before = r#"{"a":1,"b":{"x":[1,2],"y":"}"},"c":"ä\"","d":null,"gone":7}"#;
        let after = r#"{"a":1,"b":{"x":[1,3],"y":"}"},"c":"ä\"","d":"now","c2":1}"#;
        assert_eq!(
            differing(before, after),
            r#"{"b":{"x":[1,2],"y":"}"},"d":null,"gone":7}"#
        );
    }

    #[test]
    fn nothing_differed() {
        let same = r#"{"a":1,"b":2}"#;
        assert_eq!(differing(same, same), "{}");
        assert_eq!(differing(same, r#"{"b":2,"a":1}"#), "{}");
        assert_eq!(differing("{}", "{}"), "{}");
    }

    #[test]
    fn the_old_row_can_be_put_together_again() {
        let mut sampler = Sampler::new(3);
        let rows = [sampler.season(3, 3).rows(), sampler.season(3, 3).rows()].concat();
        for before in &rows {
            for after in rows
                .iter()
                .filter(|after| after.subject_type() == before.subject_type())
            {
                let change = Change {
                    kind: EventKind::TaskUpdated,
                    before: Some(before.clone()),
                    after: after.clone(),
                    on: None,
                    agent: None,
                };
                let texts = EventText::of(&change).unwrap();
                let mut value: Value = serde_json::from_str(&texts.after).unwrap();
                let differed: Value =
                    serde_json::from_str(texts.before.as_deref().unwrap()).unwrap();
                for (name, old) in differed.as_object().unwrap() {
                    assert_ne!(&value[name], old, "{name}");
                    value[name] = old.clone();
                }
                assert_eq!(value, serde_json::to_value(before).unwrap());
            }
        }
    }
}
