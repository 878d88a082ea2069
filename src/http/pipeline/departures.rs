//! `/pipeline/departures`.

pub mod change;
pub mod create;
pub mod list;
pub mod read;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list_departures)
        .service(create::create_departure)
        .service(read::get_departure)
        .service(change::update_departure);
}
