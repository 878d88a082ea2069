//! Query parameters: like `web::Query`, but a wrong value is a 422 that names
//! the parameter.

use std::fmt::Display;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use crate::domain::pipeline::refusal::Fields;
use crate::error::ApiError;

/// Unknown parameters are ignored; document with `params(T)` where
/// `T: IntoParams`.
#[derive(Clone, Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Params<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

/// The values of a parameter that takes several, separated by commas.
/// Complaints go to `fields` under the parameter's name.
pub fn list<T: FromStr<Err: Display>>(
    fields: &mut Fields,
    name: &str,
    text: Option<&str>,
) -> Vec<T> {
    let values = values(text).map(|value| value.parse().map_err(|error: T::Err| error.to_string()));
    collect(fields, name, values)
}

/// The same for enumerations, by their words in JSON.
pub fn words<T: DeserializeOwned>(fields: &mut Fields, name: &str, text: Option<&str>) -> Vec<T> {
    let values = values(text)
        .map(|value| serde_json::from_value(value.into()).map_err(|error| error.to_string()));
    collect(fields, name, values)
}

/// One value, if there is one.
pub fn one<T: FromStr<Err: Display>>(
    fields: &mut Fields,
    name: &str,
    text: Option<&str>,
) -> Option<T> {
    let value = text.filter(|text| !text.is_empty())?.parse();
    value
        .map_err(|error: T::Err| fields.add(name, error.to_string()))
        .ok()
}

fn values(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

fn collect<T>(
    fields: &mut Fields,
    name: &str,
    values: impl Iterator<Item = Result<T, String>>,
) -> Vec<T> {
    values
        .filter_map(|value| value.map_err(|complaint| fields.add(name, complaint)).ok())
        .collect()
}

pub(super) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    if query.contains("%00") {
        return Err(ApiError::field("query", "contains the character U+0000"));
    }
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let field = error.path().to_string();
        ApiError::field(field, error.into_inner().to_string())
    })
}
