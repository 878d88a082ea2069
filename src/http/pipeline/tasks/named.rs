//! Whom and what a task names beside itself: somebody to do it, and a role.
//! Both are outside of the tenant's state, so they are looked up before the
//! command is given. A repeated command is not looked at again.

use super::assignees::check_assignee;
use crate::actors::handle::{Order, Receipt, TenantHandle};
use crate::domain::ids::{TaskId, UserId};
use crate::domain::pipeline::command::{NewTask, TaskAction};
use crate::domain::principal::RoleKey;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::pipeline::roles::check_roles;

#[derive(Clone, Debug, Default)]
pub struct Named {
    assignee: Option<UserId>,
    role: Option<RoleKey>,
}

impl From<&TaskAction> for Named {
    fn from(action: &TaskAction) -> Self {
        match action {
            TaskAction::Assign { assignee } => Self {
                assignee: *assignee,
                role: None,
            },
            TaskAction::Edit(edit) => Self {
                assignee: edit.assignee.flatten(),
                role: edit.role.clone(),
            },
            _ => Self::default(),
        }
    }
}

impl From<&NewTask> for Named {
    fn from(new: &NewTask) -> Self {
        Self {
            assignee: new.assignee,
            role: new.role.clone(),
        }
    }
}

impl Named {
    pub async fn check<P>(&self, authorized: &Authorized<P>) -> Result<(), ApiError> {
        let role = self
            .role
            .iter()
            .map(|role| ("role".to_owned(), role.clone()));
        check_roles(authorized, &role.collect::<Vec<_>>()).await?;
        check_assignee(authorized, self.assignee).await
    }

    /// The same for a task that exists. One that is not there, or that the
    /// caller may not see, is left to the command, which says so.
    pub async fn check_of<P>(
        &self,
        authorized: &Authorized<P>,
        tenant: &TenantHandle,
        task: TaskId,
    ) -> Result<(), ApiError> {
        let view = tenant.view();
        let seen = view
            .state
            .task(task)
            .is_some_and(|task| authorized.principal().sees_task(&view.state.place(task)));
        if seen {
            self.check(authorized).await
        } else {
            Ok(())
        }
    }
}

/// What was answered when this was asked for the first time; else the refusal
/// that `checked` is.
pub async fn first_answer(
    tenant: &TenantHandle,
    order: &Order,
    checked: Result<(), ApiError>,
) -> Result<Option<Receipt>, ApiError> {
    let Err(refusal) = checked else {
        return Ok(None);
    };
    match tenant.recall(order.clone()).await? {
        Some(first) => Ok(Some(first)),
        None => Err(refusal),
    }
}
