//! `/users`: the people of a tenant, so that a task can be given to somebody
//! and whoever did something has a name; and what administrators do with them.

pub mod change;
pub mod invite;
pub mod list;
pub mod people;
pub mod read;
pub mod sessions;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list_users)
        .service(invite::invite_user)
        .service(read::get_user)
        .service(change::update_user)
        .service(invite::invite_again)
        .service(change::deactivate_user)
        .service(change::activate_user)
        .service(sessions::list_user_sessions)
        .service(sessions::end_user_session)
        .service(sessions::end_user_sessions);
}
