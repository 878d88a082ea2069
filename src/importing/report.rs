//! What became of a file, row by row.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Upload;
use crate::domain::ids::ImportId;
use crate::domain::manifest::column::Column;
use crate::domain::manifest::{IgnoredRow, Problem, ProblemCode};
use crate::domain::pipeline::command::ImportedPerson;
use crate::domain::pipeline::import::{Import, ImportState};
use crate::domain::pipeline::refusal::Refusal;

/// Of each of the report's lists. A file with more problems than that is not a
/// manifest with mistakes in it, and the report is kept in the log.
const AT_MOST: usize = 10_000;

/// What became of a file, or would. The same for dry runs, imports under way
/// and imports long done.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// `null` for a dry run, of which nothing is kept.
    pub id: Option<ImportId>,
    pub state: ImportState,
    /// Nothing was changed: this is what importing the file would do.
    pub dry_run: bool,
    #[schema(value_type = String, example = "manifest.csv")]
    pub file_name: Arc<str>,
    /// Rows with people, good and bad.
    pub rows: u32,
    pub created: u32,
    pub updated: u32,
    /// Already there, with all that the file says of them.
    pub unchanged: u32,
    pub rejected: u32,
    /// Why rows were rejected, by row, then column. A file that cannot be read
    /// or misses a column has `unreadable_file` or `missing_column` here.
    /// Empty while the import is running.
    pub errors: Vec<Problem>,
    /// What is odd about rows, rejected or not.
    pub warnings: Vec<Problem>,
    /// Headers of columns that were not read.
    pub ignored_columns: Vec<String>,
    /// Rows that are not about a person: totals, notes, signatures.
    pub ignored_rows: Vec<IgnoredRow>,
    /// Errors, warnings and ignored rows beyond the 10,000 that are listed of each.
    pub omitted: u32,
}

/// The lists of a report, as they are stored with its import.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Problems {
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
    ignored_columns: Vec<String>,
    ignored_rows: Vec<IgnoredRow>,
    omitted: u32,
}

impl Report {
    /// What the check of the file found; takes its lists.
    pub(super) fn of(upload: &mut Upload, dry_run: bool) -> Self {
        let manifest = &mut upload.manifest;
        Self {
            id: None,
            state: ImportState::Completed,
            dry_run,
            file_name: upload.file_name.clone(),
            rows: manifest.rows,
            created: 0,
            updated: 0,
            unchanged: 0,
            rejected: manifest.rows.saturating_sub(count(manifest.people.len())),
            errors: std::mem::take(&mut manifest.errors),
            warnings: std::mem::take(&mut manifest.warnings),
            ignored_columns: std::mem::take(&mut manifest.ignored_columns),
            ignored_rows: std::mem::take(&mut manifest.ignored_rows),
            omitted: 0,
        }
    }

    /// Of an import as it was last recorded.
    pub fn of_import(import: &Import) -> Self {
        // an import under way has none yet
        let problems = Problems::deserialize(&*import.problems).unwrap_or_default();
        Self {
            id: Some(import.id),
            state: import.state,
            dry_run: false,
            file_name: import.file_name.clone(),
            rows: import.rows.unsigned_abs(),
            created: import.created.unsigned_abs(),
            updated: import.updated.unsigned_abs(),
            unchanged: import.unchanged.unsigned_abs(),
            rejected: import.rejected.unsigned_abs(),
            errors: problems.errors,
            warnings: problems.warnings,
            ignored_columns: problems.ignored_columns,
            ignored_rows: problems.ignored_rows,
            omitted: problems.omitted,
        }
    }

    /// Rows that have been dealt with.
    pub fn processed(&self) -> u32 {
        self.created + self.updated + self.unchanged + self.rejected
    }

    /// The file was no manifest at all, so that nobody could be imported.
    pub fn is_unreadable(&self) -> bool {
        self.errors.iter().any(|problem| {
            matches!(
                problem.code,
                ProblemCode::UnreadableFile | ProblemCode::MissingColumn
            )
        })
    }

    /// Somebody whom the rules refuse, for a reason that the file could not tell.
    pub(super) fn reject(&mut self, row: u32, person: &ImportedPerson, refusal: &Refusal) {
        let (field, message) = match refusal {
            Refusal::Validation(fields) => match fields.0.first_key_value() {
                Some((field, complaints)) => (field.as_str(), complaints.join("; ")),
                None => ("", refusal.to_string()),
            },
            Refusal::Duplicate { field, .. } => (*field, refusal.to_string()),
            _ => ("", refusal.to_string()),
        };
        let (column, value) = cell_of(field, person);
        self.rejected += 1;
        self.errors.push(Problem {
            row,
            column: column.map_or(String::new(), |column| column.title().to_owned()),
            code: ProblemCode::InvalidValue,
            message,
            value,
        });
    }

    /// Puts what came later in its place, and keeps the report within bounds.
    pub(super) fn finish(&mut self) {
        self.errors.sort_by_key(|problem| problem.row);
        self.omitted +=
            cut(&mut self.errors) + cut(&mut self.warnings) + cut(&mut self.ignored_rows);
    }

    pub(super) fn problems(&self) -> serde_json::Value {
        serde_json::json!({
            "errors": self.errors,
            "warnings": self.warnings,
            "ignored_columns": self.ignored_columns,
            "ignored_rows": self.ignored_rows,
            "omitted": self.omitted,
        })
    }
}

/// Where a file has what a rule calls by the name of a field.
fn cell_of(field: &str, person: &ImportedPerson) -> (Option<Column>, String) {
    let text = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
    match field {
        "name" => (Some(Column::Name), person.name.to_string()),
        "passport_number" => (Some(Column::Passport), person.passport_number.to_string()),
        "birth_date" => (Some(Column::BirthDate), person.birth_date.to_string()),
        "nationality" => (Some(Column::Nationality), text(&person.nationality)),
        "package" => (Some(Column::Package), text(&person.package)),
        "phone" => (Some(Column::Phone), text(&person.phone)),
        "agent" => (Some(Column::Agent), text(&person.agent)),
        "code" => (Some(Column::DepartureCode), text(&person.departure_code)),
        "departure_id" => (
            Some(Column::DepartureDate),
            person.departure_date.to_string(),
        ),
        _ => (None, String::new()),
    }
}

fn cut<T>(list: &mut Vec<T>) -> u32 {
    let omitted = count(list.len().saturating_sub(AT_MOST));
    list.truncate(AT_MOST);
    omitted
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
