//! What is looked at before anything is routed: to whom the request is
//! addressed, whether the method is possible on the path, whether somebody asks
//! too often; and how fast the body comes.

use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};

use super::auth::credential;
use super::{body, front};
use crate::app::App;
use crate::domain::limits::Class;
use crate::error::ApiError;

/// Asked by machines that know the address and no name.
const FOR_PROBES: &str = "/health";

/// `GET /pipeline/tasks/bulk` is no task whose id is `bulk`: a method that is
/// not possible on a path is refused before anything is routed.
pub async fn pass_gate(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let app = App::of(request.request())?;
    if let Err(error) = examine(&app, &request).await {
        return Ok(request.error_response(error));
    }
    body::hold_to_pace(&mut request, &app.config.http);
    Ok(next.call(request).await?.map_into_boxed_body())
}

async fn examine(app: &web::Data<App>, request: &ServiceRequest) -> Result<(), ApiError> {
    let http = &app.config.http;
    if !front::is_addressed(request.request(), http) && !request.path().starts_with(FOR_PROBES) {
        return Err(ApiError::Malformed(
            "the request is addressed to another host".to_owned(),
        ));
    }
    let Some(route) = app.routes.find(request.path()) else {
        return Ok(());
    };
    let Some(operation) = route.operation(request.method()) else {
        let allow = route.methods.clone();
        return Err(ApiError::MethodNotAllowed { allow });
    };
    if operation.class.is_none() || !app.limits.are_on() {
        return Ok(());
    }
    let request = request.request();
    if operation.class.is_some_and(Class::is_for_strangers) {
        let address = front::client(request, http);
        return app.limits.admit_stranger(request, operation, address).await;
    }
    // who is not known is refused by the handler, in its own words
    let Ok(credential) = credential::of_request(request, http.is_secure()) else {
        return Ok(());
    };
    let is_new = app.callers.is_new(credential);
    let address = front::client(request, http);
    if is_new {
        app.limits.admit_new_credential(address)?;
    }
    match app.callers.resolve(app, credential).await {
        Ok(caller) => {
            request.extensions_mut().insert(Arc::clone(&caller));
            app.limits.admit(request, operation, &caller).await
        }
        Err(ApiError::Unauthenticated) if is_new => {
            app.limits.note_unknown_credential(address);
            Ok(())
        }
        Err(_) => Ok(()),
    }
}
