//! Files of the application. Their names tell their content, so they are kept
//! for ever; which of the three forms is sent, the browser says.

use actix_web::http::header::{self, AcceptEncoding, Encoding, Header, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::ApiError;
use crate::http::conditional::IfNoneMatch;

/// As long as there is.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Asked for again every time: its name stays when it changes.
const ASK_AGAIN: &str = "no-cache";

#[derive(Clone, Debug)]
pub struct Asset {
    content_type: HeaderValue,
    /// Of the content, in hexadecimal.
    hash: String,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Asset {
    pub fn new(name: &str, plain: Bytes, brotli: Option<Bytes>, gzip: Option<Bytes>) -> Self {
        let mut content_type = mime_guess::from_path(name)
            .first_or_octet_stream()
            .to_string();
        if content_type.starts_with("text/") {
            content_type.push_str("; charset=utf-8");
        }
        let hash: [u8; 32] = Sha256::digest(&plain).into();
        Self {
            content_type: HeaderValue::from_str(&content_type)
                .unwrap_or(HeaderValue::from_static("application/octet-stream")),
            hash: hex::encode(hash.first_chunk::<8>().unwrap_or(&[0; 8])),
            plain,
            brotli,
            gzip,
        }
    }

    /// The form that the browser likes best, and its name; the plain one has none.
    fn form_for(&self, request: &HttpRequest) -> (&Bytes, &'static str) {
        let forms = [
            (Encoding::brotli(), &self.brotli, "br"),
            (Encoding::gzip(), &self.gzip, "gzip"),
        ];
        let there = || forms.iter().filter(|(_, packed, _)| packed.is_some());
        let identity = [Encoding::identity()];
        let possible = there().map(|(encoding, ..)| encoding).chain(&identity);
        let wanted = AcceptEncoding::parse(request)
            .ok()
            .and_then(|accepted| accepted.negotiate(possible));
        let found = there().find(|(encoding, ..)| wanted.as_ref() == Some(encoding));
        match found {
            Some((_, Some(packed), name)) => (packed, name),
            _ => (&self.plain, ""),
        }
    }
}

/// A file, by its whole path: whatever else a path might say, it is none.
#[get("/assets/{path:.*}")]
pub async fn get_asset(
    request: HttpRequest,
    path: web::Path<String>,
    app: web::Data<App>,
    known: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let asset = app.pages.assets.get(path.as_str());
    let asset = asset.ok_or(ApiError::NotFound { what: "file" })?;
    Ok(answer(asset, &request, &known, FOR_EVER))
}

/// What keeps the application readable without a network. It stands at the root
/// because it serves the pages below it.
#[get("/sw.js")]
pub async fn get_worker(
    request: HttpRequest,
    app: web::Data<App>,
    known: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let worker = app.pages.worker.as_ref();
    let worker = worker.ok_or(ApiError::NotFound { what: "file" })?;
    Ok(answer(worker, &request, &known, ASK_AGAIN))
}

fn answer(
    asset: &Asset,
    request: &HttpRequest,
    known: &IfNoneMatch,
    kept: &'static str,
) -> HttpResponse {
    let (body, encoding) = asset.form_for(request);
    let tag = match encoding {
        "" => format!("\"{}\"", asset.hash),
        name => format!("\"{}-{name}\"", asset.hash),
    };
    let is_known = known.has(&tag);
    let mut response = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, HeaderValue::from_static(kept)))
        .insert_header((header::VARY, HeaderValue::from_static("accept-encoding")))
        .insert_header((
            header::CROSS_ORIGIN_RESOURCE_POLICY,
            HeaderValue::from_static("same-origin"),
        ));
    if is_known {
        return response.finish();
    }
    response.insert_header((header::CONTENT_TYPE, asset.content_type.clone()));
    if !encoding.is_empty() {
        response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static(encoding)));
    }
    response.body(body.clone())
}
