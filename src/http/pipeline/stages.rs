//! `/pipeline/stages`. Whatever changes the pipeline makes a new version of it;
//! people who are under way stay on theirs until `apply` moves them.

pub mod apply;
pub mod change;
pub mod create;
pub mod list;
pub mod order;
pub mod read;
pub mod retire;
pub mod templates;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::actors::handle::{Receipt, TenantHandle};
use crate::domain::pipeline::command::Command;
use crate::domain::principal::RoleKey;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::pipeline::roles::check_roles;
use crate::http::pipeline::tasks::named::first_answer;
use crate::http::submission::Submission;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list_stages)
        .service(create::create_stage)
        .service(order::order_stages)
        .service(apply::apply_stages)
        .service(read::get_stage)
        .service(change::update_stage)
        .service(retire::retire_stage)
        .service(templates::get_templates)
        .service(templates::set_templates);
}

/// Carries out a command about the configuration, once the roles that its
/// fields name are known.
async fn configure<P, T>(
    authorized: &Authorized<P>,
    submission: &Submission<T>,
    tenant: &TenantHandle,
    command: Command,
    named: &[(String, RoleKey)],
) -> Result<Receipt, ApiError> {
    let order = authorized.order(command, submission);
    let checked = check_roles(authorized, named).await;
    if let Some(first) = first_answer(tenant, &order, checked).await? {
        return Ok(first);
    }
    Ok(tenant.execute(order).await?)
}
