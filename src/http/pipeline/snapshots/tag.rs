//! Tags of numbers that never stand still: two answers are the same when a
//! reader would not notice the difference.

use std::hash::{BuildHasher, Hasher};

use serde::Serialize;
use serde_json::Value;

use crate::error::ApiError;

/// Ages are given in days, shares of 1 and scores of 100: a hundredth is not noticed.
const NOTICED: f64 = 100.0;

/// A weak tag of everything but `as_of`.
pub fn of(data: &impl Serialize, live: bool) -> Result<String, ApiError> {
    let data = serde_json::to_value(data).map_err(ApiError::internal)?;
    let mut hasher = ahash::RandomState::with_seeds(1, 2, 3, 4).build_hasher();
    hasher.write_u8(u8::from(live));
    write(&data, &mut hasher);
    Ok(format!("W/\"{:016x}\"", hasher.finish()))
}

fn write(value: &Value, hasher: &mut impl Hasher) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let rounded = number.as_f64().map(|number| (number * NOTICED).round());
            hasher.write(&rounded.unwrap_or(0.0).to_bits().to_be_bytes());
        }
        Value::Array(values) => {
            hasher.write_usize(values.len());
            values.iter().for_each(|value| write(value, hasher));
        }
        Value::Object(fields) => {
            hasher.write_usize(fields.len());
            for (name, value) in fields.iter().filter(|(name, _)| *name != "as_of") {
                hasher.write(name.as_bytes());
                write(value, hasher);
            }
        }
        other => hasher.write(other.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_nobody_notices_does_not_change_the_tag() {
        let tag = |age: f64, at: &str, late: u32, live: bool| {
            of(
                &json!([{ "age": age, "as_of": at, "late": late, "none": null }]),
                live,
            )
            .unwrap()
        };
        let first = tag(3.421, "09:00", 2, true);
        assert_eq!(first, tag(3.424, "09:05", 2, true));
        assert_ne!(first, tag(3.431, "09:00", 2, true));
        assert_ne!(first, tag(3.421, "09:00", 3, true));
        assert_ne!(first, tag(3.421, "09:00", 2, false));
    }
}
