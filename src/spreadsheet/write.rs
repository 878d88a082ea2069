//! Writes people into files that a spreadsheet program opens and that we can read
//! again: the columns of a manifest, then where each person stands, which the
//! reader ignores.

use chrono::NaiveDate;

use crate::domain::manifest::column::Column;
use crate::domain::manifest::{ManifestPerson, sex};
use crate::domain::pipeline::jamaah::Sex;

mod csv;
mod xlsx;

pub use csv::{CsvTable, CsvWriter};
pub use xlsx::{write_table, write_xlsx};

/// One line of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportRow {
    pub name: String,
    pub passport_number: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub sex: Option<Sex>,
    pub nationality: Option<String>,
    pub passport_expiry: Option<NaiveDate>,
    pub package: Option<String>,
    pub departure_code: Option<String>,
    pub departure_date: Option<NaiveDate>,
    pub phone: Option<String>,
    pub agent: Option<String>,
    pub status: String,
    pub stage: String,
    /// Such as `4/10`.
    pub progress: String,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("a workbook holds at most {limit} people")]
    TooManyRows { limit: u32 },
    #[error(transparent)]
    Csv(#[from] ::csv::Error),
    #[error(transparent)]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

impl From<ManifestPerson> for ExportRow {
    /// Without status, stage and progress.
    fn from(person: ManifestPerson) -> Self {
        Self {
            name: person.name,
            passport_number: Some(person.passport_number),
            birth_date: Some(person.birth_date),
            sex: person.sex,
            nationality: person.nationality,
            passport_expiry: person.passport_expiry,
            package: person.package,
            departure_code: person.departure_code,
            departure_date: Some(person.departure_date),
            phone: person.phone,
            agent: person.agent,
            ..Self::default()
        }
    }
}

/// A value before it is written the way of the file.
enum Value<'a> {
    Number(u32),
    Text(&'a str),
    Date(Option<NaiveDate>),
}

/// The headers, in the order of [`values`].
fn titles() -> impl Iterator<Item = &'static str> {
    Column::ALL
        .into_iter()
        .map(Column::title)
        .chain(["Status", "Tahap", "Progres"])
}

fn values(number: u32, row: &ExportRow) -> [Value<'_>; 15] {
    fn optional(value: Option<&String>) -> Value<'_> {
        Value::Text(value.map_or("", String::as_str))
    }
    [
        Value::Number(number),
        Value::Text(&row.name),
        optional(row.passport_number.as_ref()),
        Value::Date(row.birth_date),
        Value::Text(row.sex.map_or("", sex::letter)),
        optional(row.nationality.as_ref()),
        Value::Date(row.passport_expiry),
        optional(row.package.as_ref()),
        optional(row.departure_code.as_ref()),
        Value::Date(row.departure_date),
        optional(row.phone.as_ref()),
        optional(row.agent.as_ref()),
        Value::Text(&row.status),
        Value::Text(&row.stage),
        Value::Text(&row.progress),
    ]
}
