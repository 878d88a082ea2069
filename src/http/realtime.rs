//! Realtime over HTTP: tokens for the socket, the socket's door, and the same
//! log as a plain stream of events.

mod answers;
pub mod events;
pub mod origin;
pub mod reception;
pub mod seats;
pub mod socket;
pub mod states;
pub mod token;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(token::issue_token)
        .service(events::follow_events);
}
