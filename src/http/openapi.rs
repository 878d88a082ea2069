//! The description of the API, OpenAPI 3.1, collected from the handlers as
//! they are registered. What all operations share is added here once, from
//! what an operation says about itself: its security, parameters and body.

use actix_web::{HttpResponse, get, web};
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, Header, HeaderBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Schema, Type,
};
use utoipa_actix_web::AppExt;

use crate::app::App;
use crate::error::ErrorEnvelope;
use crate::http::routes::UNLIMITED;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Lajur",
        description = "Moves jamaah through stages under deadlines. Every answer is enveloped: `{\"ok\": true, \"data\": …, \"meta\": …}` or `{\"ok\": false, \"error\": {\"code\", \"message\", \"details\"}, \"request_id\"}`. Times are RFC 3339, UTC. The same paths are served under `/api`.",
        license(name = "UNLICENSED"),
    ),
    tags(
        (name = "session", description = "Signing in and out"),
        (name = "users", description = "The people of a tenant"),
        (name = "pipeline", description = "Jamaah, stages, departures and tasks"),
        (name = "audit", description = "Who did what"),
        (name = "health", description = "The state of the service"),
    ),
    components(schemas(ErrorEnvelope)),
)]
struct Head;

/// The whole description.
pub fn describe() -> OpenApi {
    let (_, mut api) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(Head::openapi())
        .configure(super::health::routes)
        .service(utoipa_actix_web::scope("/api/v1").configure(super::resources))
        .split_for_parts();
    add_security_schemes(&mut api);
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            complete(operation, false);
        }
        if let Some(operation) = &mut item.put {
            complete(operation, true);
        }
    }
    api
}

fn add_security_schemes(api: &mut OpenApi) {
    let components = api.components.get_or_insert_default();
    let api_key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("lajur_<prefix>_<secret>")
        .description(Some("An API key."))
        .build();
    let session = ApiKeyValue::with_description(
        "lajur_session",
        "A browser session, from `/auth/login`; over TLS the cookie is `__Host-lajur_session`. Unsafe requests also need `X-CSRF-Token`.",
    );
    components.add_security_scheme("api_key", SecurityScheme::Http(api_key));
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
}

/// Adds the errors that the operation can answer with.
fn complete(operation: &mut Operation, is_put: bool) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            is_never_null(parameter);
        }
    }
    let secured = operation
        .security
        .as_ref()
        .is_some_and(|security| !security.is_empty());
    let parameters: Vec<&Parameter> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(parameter),
            RefOr::Ref(_) => None,
        })
        .collect();
    let has_in = |place: ParameterIn| {
        parameters
            .iter()
            .any(|parameter| parameter.parameter_in == place)
    };
    let has_header = |name: &str| parameters.iter().any(|parameter| parameter.name == name);
    let has_body = operation.request_body.is_some();
    let commands = has_header("Idempotency-Key");

    let mut errors = vec![
        ("500", "`INTERNAL`"),
        (
            "503",
            "`UNAVAILABLE`: try again after `Retry-After` seconds",
        ),
    ];
    if has_in(ParameterIn::Path)
        || has_in(ParameterIn::Header)
        || has_in(ParameterIn::Query)
        || has_body
    {
        errors.push(("400", "`MALFORMED_REQUEST`"));
    }
    if limited(operation) {
        errors.push((
            "429",
            "`RATE_LIMIT_EXCEEDED`: try again after `Retry-After` seconds",
        ));
    }
    if secured {
        errors.push(("401", "`UNAUTHENTICATED`"));
        errors.push((
            "403",
            "`FORBIDDEN`, or `CSRF_FAILED` for a browser without its token",
        ));
    }
    if has_in(ParameterIn::Path) {
        errors.push(("404", "`NOT_FOUND`, another tenant's object too"));
    }
    if commands {
        errors.push((
            "409",
            "`VERSION_CONFLICT`, `INVALID_TRANSITION`, `DUPLICATE` or `IDEMPOTENCY_MISMATCH`",
        ));
    }
    if has_body {
        errors.push(("413", "`PAYLOAD_TOO_LARGE`"));
        errors.push(("415", "`UNSUPPORTED_MEDIA_TYPE`"));
    }
    if has_body || has_in(ParameterIn::Query) {
        errors.push(("422", "`VALIDATION_ERROR`, by field"));
    }
    // one that names everything it replaces has no version to send
    if is_put && has_header("If-Match") {
        errors.push(("428", "`VERSION_REQUIRED`"));
    }
    let conditional = has_header("If-None-Match");
    add_errors(operation, &errors);
    if conditional {
        let response = ResponseBuilder::new()
            .description("You have the newest")
            .header("ETag", text_header());
        operation
            .responses
            .responses
            .insert("304".to_owned(), response.build().into());
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
            response
                .headers
                .insert("ETag".to_owned(), text_header().into());
        }
    }
}

/// One that may be left out is told as one that may be null, which no address
/// and no header can say.
fn is_never_null(parameter: &mut Parameter) {
    let schema_type = match &mut parameter.schema {
        Some(RefOr::T(Schema::Object(schema))) => &mut schema.schema_type,
        Some(RefOr::T(Schema::Array(schema))) => &mut schema.schema_type,
        _ => return,
    };
    if let SchemaType::Array(types) = schema_type {
        types.retain(|one| *one != Type::Null);
        if let [only] = types.as_slice() {
            *schema_type = SchemaType::Type(only.clone());
        }
    }
}

fn limited(operation: &Operation) -> bool {
    let extensions = operation.extensions.as_ref();
    let class = extensions.and_then(|all| all.get("x-rate-limit"));
    class.is_none_or(|class| class != UNLIMITED)
}

/// Errors that the handler describes itself keep their words.
fn add_errors(operation: &mut Operation, errors: &[(&str, &str)]) {
    for (status, description) in errors {
        let entry = operation.responses.responses.entry((*status).to_owned());
        entry.or_insert_with(|| {
            ResponseBuilder::new()
                .description(*description)
                .build()
                .into()
        });
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if (status.starts_with('4') || status.starts_with('5')) && response.content.is_empty() {
            let content = ContentBuilder::new()
                .schema(Some(Ref::from_schema_name("ErrorEnvelope")))
                .build();
            response
                .content
                .insert("application/json".to_owned(), content.into());
        }
        if (status == "503" || status == "429") && response.headers.is_empty() {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
            response.headers.insert(
                "Retry-After".to_owned(),
                HeaderBuilder::new().schema(Some(seconds)).build().into(),
            );
        }
    }
}

fn text_header() -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

/// `/api/openapi.json`.
#[get("/api/openapi.json")]
pub async fn get_openapi(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(app.openapi.clone())
}
