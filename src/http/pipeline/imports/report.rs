//! An import's problems as a file, for whoever puts the manifest right.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{get, web};

use super::find_import;
use crate::domain::ids::ImportId;
use crate::domain::manifest::Problem;
use crate::domain::manifest::text::guard;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::ImportsWrite;
use crate::http::conditional::{self, IfNoneMatch};
use crate::http::reply::Answer;
use crate::importing::report::Report;

/// An import's errors and warnings, as CSV for a spreadsheet program.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("export"))),
    params(("id" = ImportId, Path), IfNoneMatch),
    security(("api_key" = ["imports.write"]), ("session" = ["imports.write"])),
    responses((
        status = 200,
        description = "`row;column;severity;code;message;value`, by row",
        body = String,
        content_type = "text/csv",
    )),
)]
#[get("/pipeline/imports/{id}/report.csv")]
pub async fn get_import_report(
    authorized: Authorized<ImportsWrite>,
    id: web::Path<ImportId>,
    known: IfNoneMatch,
) -> Answer {
    let import = find_import(&authorized.app, authorized.tenant_id(), *id).await?;
    let tag = format!("W/\"{:x}\"", import.updated_at.timestamp_micros());
    let file = write_report(&Report::of_import(&import)).map_err(ApiError::internal)?;
    let mut response = conditional::answer(&known, &tag, file.into());
    if response.status().is_success() {
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("text/csv; charset=utf-8");
        headers.insert(header::CONTENT_TYPE, kind);
        let name = format!("attachment; filename=\"import-{id}.csv\"");
        let name = HeaderValue::from_str(&name).map_err(ApiError::internal)?;
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn write_report(report: &Report) -> Result<Vec<u8>, csv::Error> {
    let errors = report.errors.iter().map(|problem| ("error", problem));
    let warnings = report.warnings.iter().map(|problem| ("warning", problem));
    let mut problems: Vec<(&str, &Problem)> = errors.chain(warnings).collect();
    problems.sort_by_key(|(_, problem)| problem.row);

    // as an Indonesian Excel takes it by a double click
    let mut file = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut file);
    writer.write_record(["row", "column", "severity", "code", "message", "value"])?;
    for (severity, problem) in problems {
        let code = serde_json::to_value(problem.code).unwrap_or_default();
        writer.write_record([
            &*problem.row.to_string(),
            &*guard(&problem.column),
            severity,
            code.as_str().unwrap_or_default(),
            &problem.message,
            &*guard(&problem.value),
        ])?;
    }
    writer.flush()?;
    drop(writer);
    Ok(file)
}
