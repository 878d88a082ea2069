//! `/pipeline`: one folder per resource. The order of registration is the
//! order in which paths are tried, so what is asked for most comes first.

pub mod tasks;

use utoipa_actix_web::service_config::ServiceConfig;

pub fn routes(config: &mut ServiceConfig) {
    tasks::routes(config);
}
