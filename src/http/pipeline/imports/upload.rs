//! A file in a form, on its way into a temporary file.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::http::header::{self, ContentDisposition};
use actix_web::{FromRequest, HttpRequest};
use futures::TryStreamExt;
use futures::future::LocalBoxFuture;
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::error::ApiError;
use crate::http::conditional::text;
use crate::spreadsheet::Limits;

/// What the form may be longer than the file in it.
const AROUND_BYTES: usize = 64 * 1024;

/// The form as it is described.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only describes what `Uploaded` reads")]
pub struct ManifestForm {
    /// CSV or XLSX, at most 32 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Only say what importing would do: `true` or `1`.
    #[schema(
        default = "false",
        required = false,
        nullable = false,
        pattern = "^(true|false|1|0|)$"
    )]
    dry_run: Option<String>,
}

/// The form as it came. The file has no name in the file system and is gone
/// when this is dropped.
#[derive(Debug)]
pub struct Uploaded {
    pub file: std::fs::File,
    pub file_name: String,
    pub dry_run: bool,
}

impl FromRequest for Uploaded {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            if !is_form(&request) {
                return Err(ApiError::UnsupportedMediaType {
                    expected: "multipart/form-data",
                });
            }
            let declared = text(request.headers(), &header::CONTENT_LENGTH)
                .and_then(|length| length.parse::<usize>().ok());
            if declared.is_some_and(|length| length > limit_bytes() + AROUND_BYTES) {
                return Err(too_large());
            }
            read_form(Multipart::new(request.headers(), payload)).await
        })
    }
}

fn is_form(request: &HttpRequest) -> bool {
    text(request.headers(), &header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("multipart/form-data"))
}

async fn read_form(mut form: Multipart) -> Result<Uploaded, ApiError> {
    let (mut file, mut dry_run) = (None, None);
    while let Some(field) = form.try_next().await.map_err(malformed)? {
        match field.name().unwrap_or_default() {
            "file" if file.is_none() => {
                let name = name_of(&field);
                file = Some((read_file(field).await?, name));
            }
            "dry_run" if dry_run.is_none() => dry_run = Some(read_flag(field).await?),
            name @ ("file" | "dry_run") => {
                return Err(ApiError::field(name, "is there more than once"));
            }
            other => {
                return Err(ApiError::field(
                    other,
                    "unknown field, expected `file` or `dry_run`",
                ));
            }
        }
    }
    let (file, file_name) = file.ok_or_else(|| ApiError::field("file", "is missing"))?;
    Ok(Uploaded {
        file: file.into_std().await,
        file_name,
        dry_run: dry_run.unwrap_or(false),
    })
}

fn name_of(field: &Field) -> String {
    let header = field.content_disposition();
    let extended = header
        .and_then(ContentDisposition::get_filename_ext)
        .map(|name| String::from_utf8_lossy(&name.value).into_owned());
    let plain = || {
        header
            .and_then(ContentDisposition::get_filename)
            .map(str::to_owned)
    };
    extended.or_else(plain).unwrap_or_default()
}

async fn read_file(mut field: Field) -> Result<File, ApiError> {
    let file = tempfile::tempfile().map_err(ApiError::internal)?;
    let mut file = File::from_std(file);
    let mut length = 0;
    while let Some(chunk) = field.try_next().await.map_err(malformed)? {
        length += chunk.len();
        if length > limit_bytes() {
            return Err(too_large());
        }
        file.write_all(&chunk).await.map_err(ApiError::internal)?;
    }
    file.flush().await.map_err(ApiError::internal)?;
    Ok(file)
}

async fn read_flag(mut field: Field) -> Result<bool, ApiError> {
    let wrong = || ApiError::field("dry_run", "must be true, false, 1 or 0");
    let bytes = field.bytes(16).await.map_err(|_| wrong())?;
    let bytes = bytes.map_err(malformed)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| wrong())?;
    flag(text).ok_or_else(wrong)
}

/// What a form or a query says for yes and no.
pub fn flag(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" | "" => Some(false),
        _ => None,
    }
}

fn malformed(error: MultipartError) -> ApiError {
    ApiError::Malformed(format!("the form cannot be read: {error}"))
}

fn too_large() -> ApiError {
    ApiError::PayloadTooLarge {
        limit_bytes: limit_bytes(),
    }
}

fn limit_bytes() -> usize {
    Limits::default().bytes
}
