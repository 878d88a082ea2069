//! Partial changes: what is absent stays, and `null` clears what may be empty.

use serde::{Deserialize, Deserializer};

/// For fields with `#[serde(default, deserialize_with = "given")]`: whatever is
/// there is `Some`. So an `Option<Option<T>>` tells `null` from absent, and for
/// an `Option<T>` a `null` is refused.
pub fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Changes {
        #[serde(default, deserialize_with = "given")]
        title: Option<String>,
        #[serde(default, deserialize_with = "given")]
        notes: Option<Option<String>>,
    }

    #[test]
    fn null_is_not_absent() {
        let parse = |json: &str| serde_json::from_str::<Changes>(json);
        let none = Changes {
            title: None,
            notes: None,
        };
        assert_eq!(parse("{}").unwrap(), none);
        assert_eq!(parse(r#"{"notes":null}"#).unwrap().notes, Some(None));
        let set = parse(r#"{"title":"a","notes":"b"}"#).unwrap();
        assert_eq!(set.title.as_deref(), Some("a"));
        assert_eq!(set.notes, Some(Some("b".to_owned())));
        let refused = parse(r#"{"title":null}"#).unwrap_err().to_string();
        assert!(refused.starts_with("invalid type: null"), "{refused}");
    }
}
