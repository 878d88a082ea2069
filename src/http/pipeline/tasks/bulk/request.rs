//! What is asked: which tasks, which action, and the fields that it takes.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::domain::ids::{TaskId, UserId};
use crate::domain::pipeline::command::{TaskAction, TaskEdit};
use crate::domain::pipeline::refusal::Fields;
use crate::domain::pipeline::task::Priority;
use crate::domain::principal::RoleKey;
use crate::error::ApiError;
use crate::http::given::given;

/// More than these are several requests.
pub(super) const AT_MOST: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    Start,
    /// With `notes`.
    Complete,
    /// With `reason`, and `third_party`.
    Block,
    Unblock,
    /// With `reason`.
    Reopen,
    /// With `assignee`.
    Assign,
    /// With `reason`.
    Cancel,
    /// With `role`, `assignee`, `priority`, `due_at`, `required` and `notes`,
    /// as when editing one task.
    Update,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkItem {
    pub id: TaskId,
    /// The version you saw; refused when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
}

/// The tasks are either `ids` or `items`, 1 to 200 of them, none twice.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkTasks {
    pub action: BulkAction,
    #[schema(min_items = 1, max_items = 200)]
    pub ids: Option<Vec<TaskId>>,
    #[schema(min_items = 1, max_items = 200)]
    pub items: Option<Vec<BulkItem>>,
    #[schema(value_type = Option<String>)]
    pub reason: Option<Arc<str>>,
    pub third_party: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, required = false)]
    pub notes: Option<Option<Arc<str>>>,
    /// An active user; `null` takes the tasks from whoever has them.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<UserId>, required = false)]
    pub assignee: Option<Option<UserId>>,
    #[schema(value_type = Option<String>)]
    pub role: Option<RoleKey>,
    pub priority: Option<Priority>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<DateTime<Utc>>, required = false)]
    pub due_at: Option<Option<DateTime<Utc>>>,
    pub required: Option<bool>,
}

impl BulkTasks {
    /// The tasks, and what to do with each.
    pub fn read(&self) -> Result<(Vec<BulkItem>, TaskAction), ApiError> {
        let mut fields = Fields::default();
        let items = self.tasks(&mut fields);
        self.refuse_other_fields(&mut fields);
        let action = self.action(&mut fields);
        fields.check()?;
        Ok((items, action))
    }

    fn tasks(&self, fields: &mut Fields) -> Vec<BulkItem> {
        let (name, items) = match (&self.ids, &self.items) {
            (Some(ids), None) => {
                let items = ids.iter().map(|id| BulkItem {
                    id: *id,
                    version: None,
                });
                ("ids", items.collect())
            }
            (None, Some(items)) => ("items", items.clone()),
            _ => {
                fields.add("ids", "give either ids or items");
                return Vec::new();
            }
        };
        if !(1..=AT_MOST).contains(&items.len()) {
            fields.add(name, format!("must be 1 to {AT_MOST} tasks"));
        }
        let mut seen = BTreeSet::new();
        for item in &items {
            if !seen.insert(item.id) {
                fields.add(name, format!("{} is named twice", item.id));
            }
        }
        items
    }

    fn action(&self, fields: &mut Fields) -> TaskAction {
        match self.action {
            BulkAction::Start => TaskAction::Start,
            BulkAction::Complete => TaskAction::Complete {
                notes: self.notes.clone().flatten(),
            },
            BulkAction::Block => {
                if self.reason.is_none() {
                    fields.add("reason", "is missing");
                }
                TaskAction::Block {
                    reason: self.reason.clone().unwrap_or_default(),
                    third_party: self.third_party.unwrap_or(false),
                }
            }
            BulkAction::Unblock => TaskAction::Unblock,
            BulkAction::Reopen => TaskAction::Reopen {
                reason: self.reason.clone(),
            },
            BulkAction::Assign => {
                if self.assignee.is_none() {
                    fields.add("assignee", "is missing");
                }
                TaskAction::Assign {
                    assignee: self.assignee.flatten(),
                }
            }
            BulkAction::Cancel => TaskAction::Cancel {
                reason: self.reason.clone(),
            },
            BulkAction::Update => TaskAction::Edit(TaskEdit {
                title: None,
                role: self.role.clone(),
                assignee: self.assignee,
                priority: self.priority,
                due_at: self.due_at,
                required: self.required,
                notes: self.notes.clone(),
            }),
        }
    }

    /// A field that the action does not take is a misunderstanding.
    fn refuse_other_fields(&self, fields: &mut Fields) {
        let taken: &[&str] = match self.action {
            BulkAction::Start | BulkAction::Unblock => &[],
            BulkAction::Complete => &["notes"],
            BulkAction::Block => &["reason", "third_party"],
            BulkAction::Reopen | BulkAction::Cancel => &["reason"],
            BulkAction::Assign => &["assignee"],
            BulkAction::Update => &[
                "role", "assignee", "priority", "due_at", "required", "notes",
            ],
        };
        for (name, is_given) in [
            ("reason", self.reason.is_some()),
            ("third_party", self.third_party.is_some()),
            ("notes", self.notes.is_some()),
            ("assignee", self.assignee.is_some()),
            ("role", self.role.is_some()),
            ("priority", self.priority.is_some()),
            ("due_at", self.due_at.is_some()),
            ("required", self.required.is_some()),
        ] {
            if is_given && !taken.contains(&name) {
                fields.add(name, "is not for this action");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refused(body: Value) -> Vec<String> {
        let body: BulkTasks = serde_json::from_value(body).unwrap();
        match body.read() {
            Err(ApiError::Validation(fields)) => fields.0.into_keys().collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn tasks_are_named_once_and_in_one_way() {
        let id = "01930000-0000-7000-8000-000000000001";
        assert_eq!(refused(json!({ "action": "start" })), ["ids"]);
        assert_eq!(refused(json!({ "action": "start", "ids": [] })), ["ids"]);
        let both = json!({ "action": "start", "ids": [id], "items": [{ "id": id }] });
        assert_eq!(refused(both), ["ids"]);
        let twice = json!({ "action": "start", "items": [{ "id": id }, { "id": id }] });
        assert_eq!(refused(twice), ["items"]);
        let many: Vec<Value> = (0..201)
            .map(|n| json!({ "id": uuid::Uuid::from_u128(n) }))
            .collect();
        assert_eq!(
            refused(json!({ "action": "start", "items": many })),
            ["items"]
        );
    }

    #[test]
    fn an_action_takes_its_own_fields_and_no_others() {
        let id = "01930000-0000-7000-8000-000000000001";
        let with = |action: &str, field: &str, value: Value| json!({ "action": action, "ids": [id], field: value });
        assert_eq!(refused(with("start", "reason", json!("x"))), ["reason"]);
        assert_eq!(
            refused(with("block", "notes", json!("x"))),
            ["notes", "reason"]
        );
        assert_eq!(
            refused(with("assign", "role", json!("x"))),
            ["assignee", "role"]
        );
        let nobody: BulkTasks =
            serde_json::from_value(with("assign", "assignee", json!(null))).unwrap();
        assert_eq!(
            nobody.read().unwrap().1,
            TaskAction::Assign { assignee: None }
        );
    }
}
