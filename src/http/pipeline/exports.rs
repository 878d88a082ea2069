//! `/pipeline/export.csv` and `.xlsx`: data out, in files that can be imported
//! again.

use std::io::{BufWriter, Seek};
use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder, get, web};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, Stream};
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use utoipa_actix_web::service_config::ServiceConfig;

use super::jamaah::filter::JamaahFilter;
use crate::domain::pipeline::listing::{JamaahQuery, Whom};
use crate::domain::pipeline::view::View;
use crate::domain::principal::Permission;
use crate::error::ApiError;
use crate::exporting::People;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::ExportsRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::params::Params;
use crate::http::reply::Answer;
use crate::spreadsheet::write::{CsvWriter, ExportError, write_xlsx};

/// Read at once of a file that is ready.
const PIECE_BYTES: usize = 64 * 1024;

pub fn routes(config: &mut ServiceConfig) {
    config.service(export_csv).service(export_xlsx);
}

/// The jamaah as a CSV file.
///
/// With semicolons and a byte order mark, as an Indonesian Excel opens it.
/// Without a `status`, cancelled jamaah are left out: importing the file again
/// changes nothing.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("export"))),
    params(JamaahFilter, IfNoneMatch),
    security(("api_key" = ["exports.read"]), ("session" = ["exports.read"])),
    responses((
        status = 200,
        description = "A manifest, with where everybody stands",
        body = String,
        content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "A name for the file")),
    )),
)]
#[get("/pipeline/export.csv")]
pub async fn export_csv(
    authorized: Authorized<ExportsRead>,
    filter: Params<JamaahFilter>,
    known: IfNoneMatch,
) -> Answer {
    let (view, query) = people(&authorized, &filter.0).await?;
    let tag = tag(&view, &query.whom, &filter.0, "csv");
    if known.has(&tag) {
        return Ok(unchanged(&tag));
    }
    authorized.tell_export("jamaah.csv").await?;
    let mut response = file(&view, &tag, "csv");
    let chunks = CsvWriter::new(People::new(view, query));
    Ok(response
        .content_type("text/csv; charset=utf-8")
        .streaming(stream::iter(chunks).map(|chunk| chunk.map(Bytes::from))))
}

/// The jamaah as an XLSX file. The same as the CSV file otherwise.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("export"))),
    params(JamaahFilter, IfNoneMatch),
    security(("api_key" = ["exports.read"]), ("session" = ["exports.read"])),
    responses((
        status = 200,
        description = "A manifest, with where everybody stands",
        body = String,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers(("Content-Disposition" = String, description = "A name for the file")),
    )),
)]
#[get("/pipeline/export.xlsx")]
pub async fn export_xlsx(
    authorized: Authorized<ExportsRead>,
    filter: Params<JamaahFilter>,
    known: IfNoneMatch,
) -> Answer {
    let (view, query) = people(&authorized, &filter.0).await?;
    let tag = tag(&view, &query.whom, &filter.0, "xlsx");
    if known.has(&tag) {
        return Ok(unchanged(&tag));
    }
    authorized.tell_export("jamaah.xlsx").await?;
    let mut response = file(&view, &tag, "xlsx");
    let today = view.today;
    let workbook = Workbook::write(move |out| {
        write_xlsx(People::new(view, query), today, out)?;
        Ok(())
    });
    Ok(workbook.await?.send(&mut response))
}

/// A whole workbook in a file without a name.
pub struct Workbook {
    file: std::fs::File,
    length: u64,
}

#[derive(Debug, thiserror::Error)]
enum Unwritten {
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Rows(#[from] ExportError),
}

impl Workbook {
    pub async fn write(
        rows: impl FnOnce(BufWriter<&mut std::fs::File>) -> Result<(), ExportError> + Send + 'static,
    ) -> Result<Self, ApiError> {
        let writing = web::block(move || {
            let mut file = tempfile::tempfile()?;
            rows(BufWriter::new(&mut file))?;
            file.rewind()?;
            let length = file.metadata()?.len();
            Ok::<_, Unwritten>(Self { file, length })
        });
        let written = writing.await.map_err(ApiError::internal)?;
        written.map_err(ApiError::internal)
    }

    pub fn send(self, response: &mut HttpResponseBuilder) -> HttpResponse {
        response
            .content_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
            .no_chunking(self.length)
            .streaming(pieces(File::from_std(self.file)))
    }
}

async fn people(
    authorized: &Authorized<ExportsRead>,
    filter: &JamaahFilter,
) -> Result<(Arc<View>, JamaahQuery), ApiError> {
    let view = authorized.tenant().await?.view();
    let query = {
        let by = (&**authorized.principal(), Permission::ExportsRead);
        filter.query(&view.state, by, Page::default())?
    };
    Ok((view, query))
}

/// The same people in the same order as of the same change.
fn tag(view: &View, whom: &Whom, filter: &JamaahFilter, format: &str) -> String {
    let hasher = ahash::RandomState::with_seeds(1, 2, 3, 4);
    let asked = hasher.hash_one((format, format!("{whom:?} {filter:?}").as_str()));
    format!("W/\"{}-{asked:016x}\"", view.state.content)
}

fn unchanged(tag: &str) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header((header::ETAG, tag))
        .finish()
}

fn file(view: &View, tag: &str, extension: &str) -> HttpResponseBuilder {
    let slug = &view.state.tenant.slug;
    let name = format!("{slug}-jamaah-{}.{extension}", view.today);
    let mut response = HttpResponse::Ok();
    response
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"));
    response
}

/// A file that is ready, piece by piece.
fn pieces(file: File) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold(file, async |mut file| {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let read = (&mut file).take(65_536).read_to_end(&mut piece).await?;
        Ok((read > 0).then(|| (Bytes::from(piece), file)))
    })
}
