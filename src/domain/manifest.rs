//! Reads a manifest: the list of a departure's jamaah as an agency has it in a
//! spreadsheet. A row becomes a person or a reason; nobody is dropped silently.
//!
//! What is written must be readable, or the row is rejected: a value that the
//! file has and the import loses would not be missed before the airport. The
//! exception is the sex, which costs a warning. Of a row with several problems
//! all are reported, warnings of rejected rows too, so that a file can be put
//! right in one go.
//!
//! `sheet` is the table, `header` finds the columns in it, `remark` tells people
//! from totals and signatures, `row` checks one person; `text`, `date`,
//! `passport` and `sex` know how each is written.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub mod column;
mod date;
mod header;
pub mod passport;
mod remark;
mod row;
pub mod sex;
pub mod sheet;
pub mod text;

use column::Column;
pub use date::from_serial;
use sheet::Sheet;

use super::pipeline::command::ImportedPerson;
use super::pipeline::jamaah::Sex;

/// What a file came to. `rows` is the number of people plus that of rejected rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Manifest {
    /// Rows with content below the header, remarks aside.
    pub rows: u32,
    /// Rows without errors, in the order of the file.
    pub people: Vec<ManifestPerson>,
    /// By row, then column from the left.
    pub errors: Vec<Problem>,
    /// In the same order. A warning keeps nobody out.
    pub warnings: Vec<Problem>,
    /// Headers of columns that are not read, as written.
    pub ignored_columns: Vec<String>,
    /// Rows that are not about a person: totals, notes, signatures.
    pub ignored_rows: Vec<IgnoredRow>,
}

/// One pilgrim as the file has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ManifestPerson {
    pub row: u32,
    /// One space between words, case as written.
    pub name: String,
    /// Upper case letters and digits only.
    pub passport_number: String,
    pub birth_date: NaiveDate,
    pub sex: Option<Sex>,
    /// As written.
    pub nationality: Option<String>,
    pub passport_expiry: Option<NaiveDate>,
    pub package: Option<String>,
    pub departure_code: Option<String>,
    pub departure_date: NaiveDate,
    /// As written; a zero that a spreadsheet program took away stays away.
    pub phone: Option<String>,
    pub agent: Option<String>,
}

/// What is wrong, or odd, in one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// The row number that a spreadsheet program shows.
    pub row: u32,
    /// The file's own header, or ours for a column that the file has not.
    pub column: String,
    pub code: ProblemCode,
    /// Plain English for developers: what was expected.
    pub message: String,
    /// As in the file; its beginning if it is long.
    pub value: String,
}

/// Up to `InvalidValue` reasons to reject a row or file, then reasons to look
/// again. `InvalidValue` is either: an error for an overlong text, a warning for
/// a sex or phone number that makes no sense.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    UnreadableFile,
    MissingColumn,
    Required,
    InvalidDate,
    DateInFuture,
    InvalidPassport,
    DuplicateInFile,
    InvalidValue,
    OneWordName,
    PassportExpiresSoon,
    DepartureInPast,
}

/// A row that was left out because it is not about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct IgnoredRow {
    pub row: u32,
    /// What it says; its beginning if it is long.
    pub text: String,
}

impl Manifest {
    /// The result for a file that is no table at all.
    pub fn unreadable(reason: impl ToString) -> Self {
        let problem = Problem {
            row: 1,
            column: String::new(),
            code: ProblemCode::UnreadableFile,
            message: reason.to_string(),
            value: String::new(),
        };
        Self {
            errors: vec![problem],
            ..Self::default()
        }
    }
}

impl From<ManifestPerson> for ImportedPerson {
    fn from(person: ManifestPerson) -> Self {
        Self {
            name: person.name.into(),
            passport_number: person.passport_number.into(),
            birth_date: person.birth_date,
            sex: person.sex,
            nationality: person.nationality.map(Into::into),
            passport_expiry: person.passport_expiry,
            package: person.package.map(Into::into),
            departure_code: person.departure_code.map(Into::into),
            departure_date: person.departure_date,
            phone: person.phone.map(Into::into),
            agent: person.agent.map(Into::into),
        }
    }
}

/// True if the sheet has a header with all mandatory columns. Of a workbook's
/// sheets, this one is the manifest.
pub fn is_manifest(sheet: &Sheet) -> bool {
    header::is_complete(sheet)
}

/// Checks a file. `today` is the day at the agency: births cannot be later,
/// departures should not be earlier.
pub fn check(sheet: &Sheet, today: NaiveDate) -> Manifest {
    let header = header::find(sheet);
    let mut manifest = Manifest {
        ignored_columns: ignored_columns(&header),
        ..Manifest::default()
    };
    manifest.errors = header.layout.missing().map(missing_column).collect();
    if !manifest.errors.is_empty() {
        manifest.rows = u32::try_from(header.rows.len()).unwrap_or(u32::MAX);
        return manifest;
    }
    let mut checker = row::Checker::new(&header, today);
    for (row, is_remark) in header.rows.iter().zip(remark::find(&header, today)) {
        if is_remark {
            manifest.ignored_rows.push(ignored_row(row));
            continue;
        }
        let outcome = checker.check(row);
        manifest.rows = manifest.rows.saturating_add(1);
        manifest.people.extend(outcome.person);
        manifest.errors.extend(outcome.errors);
        manifest.warnings.extend(outcome.warnings);
    }
    manifest
}

fn missing_column(column: Column) -> Problem {
    Problem {
        row: 1,
        column: column.title().to_owned(),
        code: ProblemCode::MissingColumn,
        message: format!(
            "expected a column headed {:?} or a name like it",
            column.title()
        ),
        value: String::new(),
    }
}

fn ignored_columns(header: &header::Header<'_>) -> Vec<String> {
    let unread = |index: &usize| !header.layout.uses(*index);
    let named = header
        .names
        .iter()
        .enumerate()
        .filter(|(index, name)| !name.is_empty() && unread(index));
    named.map(|(_, name)| name.clone()).collect()
}

fn ignored_row(row: &sheet::SheetRow) -> IgnoredRow {
    let cells: Vec<_> = row
        .cells
        .iter()
        .map(|cell| text::clean(&cell.text()))
        .filter(|text| !text.is_empty())
        .collect();
    IgnoredRow {
        row: row.row,
        text: text::shortened(&cells.join(" ")),
    }
}

#[cfg(test)]
mod tests;
