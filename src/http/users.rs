//! `/users`: the people of a tenant, so that a task can be given to somebody
//! and whoever did something has a name.

pub mod list;
pub mod people;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config.service(list::list_users);
}
