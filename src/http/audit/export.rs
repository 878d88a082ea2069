//! The audit as a file. It is read in pages while it is sent, so it costs
//! little memory however long it is.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, get, web};
use bytes::Bytes;
use futures::stream;

use super::filter::AuditFilter;
use super::list::{AuditEvent, found};
use crate::db::events::audit::Filter;
use crate::db::pool::Pools;
use crate::domain::ids::TenantId;
use crate::domain::principal::Actor;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::AuditRead;
use crate::http::params::Params;
use crate::http::pipeline::exports::Workbook;
use crate::http::reply::Answer;
use crate::spreadsheet::write::{CsvTable, write_table};

const TITLES: [&str; 12] = [
    "seq",
    "occurred_at",
    "kind",
    "actor_type",
    "actor_id",
    "actor_name",
    "subject_type",
    "subject_id",
    "request_id",
    "command_id",
    "before",
    "after",
];
/// Events that are read at once.
const PAGE: i64 = 500;
/// A workbook is finished before it is sent.
const WORKBOOK_ROWS: usize = 100_000;
/// What a cell of a workbook holds.
const CELL_CHARACTERS: usize = 32_767;

/// Pages of events, from the newest back.
struct Pages {
    db: Pools,
    tenant: TenantId,
    filter: Filter,
    before: Option<i64>,
}

impl Pages {
    fn of(authorized: &Authorized<AuditRead>, filter: &AuditFilter) -> Result<Self, ApiError> {
        Ok(Self {
            db: authorized.app.db.clone(),
            tenant: authorized.tenant_id(),
            filter: filter.filter()?,
            before: Some(i64::MAX),
        })
    }

    /// Empty pages are passed over; `None` after the last.
    async fn next(&mut self) -> Result<Option<Vec<[String; 12]>>, ApiError> {
        while let Some(before) = self.before {
            let (events, next) = found(&self.db, self.tenant, &self.filter, before, PAGE).await?;
            self.before = next;
            if !events.is_empty() {
                return Ok(Some(events.iter().map(row).collect()));
            }
        }
        Ok(None)
    }
}

fn row(event: &AuditEvent) -> [String; 12] {
    let (actor_type, actor_id) = match event.actor {
        Actor::User(id) => ("user", id.to_string()),
        Actor::ApiKey(id) => ("api_key", id.to_string()),
        Actor::System => ("system", String::new()),
    };
    let name = event.actor_name.as_deref().unwrap_or_default();
    let before = event.before.as_ref().map_or("", |before| before.get());
    [
        event.seq.to_string(),
        event.occurred_at.to_rfc3339(),
        event.kind.to_owned(),
        actor_type.to_owned(),
        actor_id,
        name.to_owned(),
        event.subject_type.to_owned(),
        event.subject_id.to_string(),
        event.request_id.to_string(),
        event.command_id.to_string(),
        before.to_owned(),
        event.after.get().to_owned(),
    ]
}

/// The audit as a CSV file.
///
/// With semicolons and a byte order mark; what a spreadsheet program would run
/// as a formula has an apostrophe in front. That it was taken out is an event.
#[utoipa::path(
    tag = "audit",
    extensions(("x-rate-limit" = json!("export"))),
    params(AuditFilter),
    security(("api_key" = ["audit.read"]), ("session" = ["audit.read"])),
    responses((
        status = 200,
        description = "The events, newest first",
        body = String,
        content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "A name for the file")),
    )),
)]
#[get("/audit/export.csv")]
pub async fn export_audit_csv(
    authorized: Authorized<AuditRead>,
    filter: Params<AuditFilter>,
) -> Answer {
    let pages = Pages::of(&authorized, &filter.0)?;
    authorized.tell_export("audit.csv").await?;
    let start = (pages, Some(CsvTable::head(&TITLES)));
    let chunks = stream::try_unfold(start, async |(mut pages, head)| {
        let mut table = head.unwrap_or_default();
        if let Some(head) = table.take_head() {
            return Ok(Some((Bytes::from(head), (pages, None))));
        }
        let Some(rows) = pages.next().await? else {
            return Ok(None);
        };
        for row in &rows {
            table.push(row).map_err(ApiError::internal)?;
        }
        Ok::<_, ApiError>(Some((Bytes::from(table.finish()), (pages, None))))
    });
    Ok(file(&authorized, "csv")
        .content_type("text/csv; charset=utf-8")
        .streaming(Box::pin(chunks)))
}

/// The audit as an XLSX file.
///
/// The same as the CSV file, with at most 100,000 events and 32,767 characters
/// in a cell.
#[utoipa::path(
    tag = "audit",
    extensions(("x-rate-limit" = json!("export"))),
    params(AuditFilter),
    security(("api_key" = ["audit.read"]), ("session" = ["audit.read"])),
    responses((
        status = 200,
        description = "The events, newest first",
        body = String,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers(("Content-Disposition" = String, description = "A name for the file")),
    )),
)]
#[get("/audit/export.xlsx")]
pub async fn export_audit_xlsx(
    authorized: Authorized<AuditRead>,
    filter: Params<AuditFilter>,
) -> Answer {
    let mut pages = Pages::of(&authorized, &filter.0)?;
    authorized.tell_export("audit.xlsx").await?;
    let today = authorized.app.clock.now().date_naive();
    // a page ahead of the one that is being written
    let (rows, given) = std::sync::mpsc::sync_channel::<Vec<[String; 12]>>(1);
    let writing = Workbook::write(move |out| {
        let rows = given.into_iter().flatten().take(WORKBOOK_ROWS).map(short);
        write_table("Audit", &TITLES, rows, today, out)
    });
    let reading = async {
        let mut count = 0;
        while count < WORKBOOK_ROWS
            && let Some(page) = pages.next().await?
        {
            count += page.len();
            let rows = rows.clone();
            let sent = web::block(move || rows.send(page)).await;
            if !matches!(sent, Ok(Ok(()))) {
                break;
            }
        }
        drop(rows);
        Ok::<_, ApiError>(())
    };
    let (workbook, read) = futures::join!(writing, reading);
    read?;
    Ok(workbook?.send(&mut file(&authorized, "xlsx")))
}

fn short(row: [String; 12]) -> [String; 12] {
    row.map(|mut cell| {
        if let Some((end, _)) = cell.char_indices().nth(CELL_CHARACTERS - 2) {
            cell.truncate(end);
            cell.push('…');
        }
        cell
    })
}

fn file(authorized: &Authorized<AuditRead>, extension: &str) -> HttpResponseBuilder {
    let slug: &Arc<str> = &authorized.caller.tenant.slug;
    let today = authorized.app.clock.now().date_naive();
    let name = format!("{slug}-audit-{today}.{extension}");
    let mut response = HttpResponse::Ok();
    response
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    response
}
