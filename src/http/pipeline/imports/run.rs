//! Importing a manifest, or trying it out.

use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use tokio::task::JoinHandle;

use super::upload::{ManifestForm, Uploaded, flag};
use crate::actors::handle::{CommandError, TenantHandle};
use crate::app::App;
use crate::db::{self, Connection};
use crate::domain::ids::ImportId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::import::ImportState;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::ImportsWrite;
use crate::http::observe::RequestId;
use crate::http::params::Params;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};
use crate::importing::job::{Begun, Commission, Job};
use crate::importing::known::Known;
use crate::importing::report::Report;
use crate::importing::running::Turn;
use crate::importing::{Upload, rehearse};

/// How long a caller is kept waiting for another import to end, and for the own.
const PATIENCE: Duration = Duration::from_secs(25);
/// Others are running all the time.
const BUSY: ApiError = ApiError::Unavailable {
    retry_after: Duration::from_secs(5),
    outcome_unknown: false,
};

/// How to go about it.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportMode {
    /// As in the form; either will do.
    #[param(value_type = Option<bool>)]
    dry_run: Option<String>,
}

/// `Prefer` in the description.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only describes a header that is read by name")]
pub struct Prefer {
    /// `respond-async`: answer 202 as soon as the import has begun.
    #[param(rename = "Prefer", required = false, example = "respond-async")]
    prefer: Option<String>,
}

/// Import a manifest, or try it out.
///
/// Good rows go in, bad rows are reported with row, column and reason; the same
/// file sent again changes nothing. A file that cannot be read, or misses a
/// column, is answered with the same report: `unreadable_file` or
/// `missing_column` in `errors`, and nobody imported. The import goes on when
/// the caller is gone; one that takes longer than 25 seconds is answered with
/// 202, and `GET /pipeline/imports/{id}` tells how far it is. A tenant imports
/// one file at a time: the next waits its turn for up to 25 seconds (not at all
/// with `Prefer: respond-async`), then 503. An import that was interrupted is
/// taken up again by sending the file with the same `Idempotency-Key`, or
/// repeated with another one or none.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("bulk"))),
    params(ImportMode, Prefer, IdempotencyKey),
    request_body(content = ManifestForm, content_type = "multipart/form-data"),
    security(("api_key" = ["imports.write"]), ("session" = ["imports.write"])),
    responses(
        (status = 200, description = "What became of each row, or would", body = Envelope<Report>),
        (
            status = 202,
            description = "It is running",
            body = Envelope<Report>,
            headers(("Location" = String, description = "Where to ask how far it is")),
        ),
    ),
)]
#[post("/pipeline/imports")]
pub async fn import_manifest(
    authorized: Authorized<ImportsWrite>,
    request: HttpRequest,
    mode: Params<ImportMode>,
    form: Uploaded,
) -> Answer {
    let wanted = mode.0.dry_run.as_deref().map_or(Some(false), flag);
    let wanted = wanted.ok_or_else(|| ApiError::field("dry_run", "must be true, false, 1 or 0"))?;
    let dry_run = wanted || form.dry_run;
    let tenant = authorized.tenant().await?;
    let upload = read_upload(&authorized.app, &tenant, form).await?;
    let submission = Submission::of_upload(&request, (), &upload.sha256)?;
    if dry_run {
        return try_out(&authorized, &tenant, upload).await;
    }
    let patience = if prefers_async(&request) {
        Duration::ZERO
    } else {
        PATIENCE
    };
    let (imports, id) = (&authorized.app.imports, authorized.tenant_id());
    let turn = match imports.take_turn(id) {
        Some(turn) => turn,
        // a repetition of what is running does not wait for its end
        None => match find_first(&authorized, &submission).await? {
            Some(first) => return Ok(first),
            None => imports.wait_for_turn(id, patience).await.ok_or(BUSY)?,
        },
    };
    let by = Commission {
        handle: tenant.clone(),
        principal: authorized.principal().clone(),
        request_id: RequestId::of(&request),
    };
    import(&authorized, by, turn, upload, &submission, patience).await
}

async fn read_upload(app: &App, tenant: &TenantHandle, form: Uploaded) -> Result<Upload, ApiError> {
    let Some(_leave) = app.imports.reader().await else {
        return Err(ApiError::unavailable());
    };
    let today = tenant.view().state.tenant.zone.date_of(app.clock.now());
    let reading = web::block(move || {
        let Uploaded {
            mut file,
            file_name,
            ..
        } = form;
        let mut bytes = Vec::new();
        file.rewind()?;
        file.read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(Upload::read(&file_name, &bytes, today))
    });
    reading
        .await
        .map_err(ApiError::internal)?
        .map_err(ApiError::internal)
}

/// What importing would do. Nothing is kept of it.
async fn try_out(
    authorized: &Authorized<ImportsWrite>,
    tenant: &TenantHandle,
    upload: Upload,
) -> Answer {
    let (view, freshness) = (tenant.view(), tenant.freshness());
    let known = look_up(authorized, tenant, &upload).await?;
    let (state, now) = (view.state.clone(), authorized.app.clock.now());
    let report = web::block(move || rehearse(upload, &known, state, now)).await;
    let report = report.map_err(ApiError::internal)?;
    Reply::new(report).read_from(&view, freshness).ok()
}

async fn look_up(
    authorized: &Authorized<ImportsWrite>,
    tenant: &TenantHandle,
    upload: &Upload,
) -> Result<Known, ApiError> {
    Known::look_up(&authorized.app.db, &tenant.view().state, upload)
        .await
        .map_err(ApiError::of_database)
}

async fn import(
    authorized: &Authorized<ImportsWrite>,
    by: Commission,
    turn: Turn,
    upload: Upload,
    submission: &Submission<()>,
    patience: Duration,
) -> Answer {
    let app = &authorized.app;
    let known = look_up(authorized, &by.handle, &upload).await?;
    let key = submission.idempotency(authorized.principal());
    let tenant = by.handle.clone();
    let begun = Job::begin(by, app.clock.clone(), app.new_id(), upload, known, key).await?;
    let (job, replayed) = match begun {
        Begun::Now(job) => (job, false),
        Begun::Before(first, job) => {
            let import = super::find_import(app, authorized.tenant_id(), first).await?;
            if import.state != ImportState::Interrupted {
                return answer(&tenant, &Report::of_import(&import), true);
            }
            (Box::new(job.take_up(&import).await?), true)
        }
    };
    let begun = job.report_so_far();
    let running = spawn(app.clone(), turn, *job);
    match tokio::time::timeout(patience, running).await {
        Ok(ended) => answer(&tenant, &ended.map_err(ApiError::internal)??, replayed),
        Err(_) => answer(&tenant, &begun, replayed),
    }
}

fn spawn(app: web::Data<App>, turn: Turn, job: Job) -> JoinHandle<Result<Report, CommandError>> {
    let imports = app.imports.clone();
    turn.names(job.id());
    imports.spawn(async move {
        let id = job.id();
        let heed = |_: &Report| match app.is_stopping() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let ended = job.run(heed).await;
        if let Err(error) = &ended {
            tracing::warn!(import = %id, error.cause = %error, "an import was interrupted");
        }
        drop(turn);
        ended
    })
}

/// The answer to a repetition, if it is one.
async fn find_first(
    authorized: &Authorized<ImportsWrite>,
    submission: &Submission<()>,
) -> Result<Option<HttpResponse>, ApiError> {
    let (app, tenant) = (&authorized.app, authorized.tenant_id());
    let Some(key) = submission.idempotency(authorized.principal()) else {
        return Ok(None);
    };
    let first = app
        .db
        .read("first_import", tenant, async |conn: &mut Connection| {
            db::events::by_idempotency_key(conn, tenant, &key.key).await
        })
        .await
        .map_err(ApiError::of_database)?;
    let Some(first) = first else {
        return Ok(None);
    };
    if first.idempotency.map(|(_, hash)| hash) != Some(key.request_hash) {
        return Err(ApiError::IdempotencyMismatch);
    }
    let Row::Import(import) = &first.row else {
        return Err(ApiError::IdempotencyMismatch);
    };
    let import = super::find_import(app, tenant, import.id).await?;
    let tenant = authorized.tenant().await?;
    answer(&tenant, &Report::of_import(&import), true).map(Some)
}

fn answer(tenant: &TenantHandle, report: &Report, replayed: bool) -> Answer {
    let reply = Reply::new(report).seq(tenant.view().state.head);
    let mut response = match (report.state, report.id) {
        (ImportState::Running, Some(id)) => located(reply.with_status(StatusCode::ACCEPTED)?, id)?,
        _ => reply.ok()?,
    };
    if replayed {
        let name = HeaderName::from_static("idempotency-replayed");
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn located(mut response: HttpResponse, id: ImportId) -> Answer {
    let place = HeaderValue::from_str(&format!("/api/v1/pipeline/imports/{id}"));
    response
        .headers_mut()
        .insert(header::LOCATION, place.map_err(ApiError::internal)?);
    Ok(response)
}

fn prefers_async(request: &HttpRequest) -> bool {
    let mut preferences = request
        .headers()
        .get_all("prefer")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    preferences.any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
}
