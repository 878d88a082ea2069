//! People on their way, made by commands as the program itself gives them.

use std::sync::Arc;

use lajur::actors::handle::{Order, Receipt, TenantHandle};
use lajur::domain::ids::{DepartureId, JamaahId, TaskId};
use lajur::domain::pipeline::change::Row;
use lajur::domain::pipeline::command::{
    Command, NewDeparture, NewJamaah, NewTemplate, StageSettings,
};
use lajur::domain::pipeline::task::Task;
use lajur::domain::principal::Principal;
use serde_json::json;

use super::TestApp;

/// One departure, and two stages one after the other: documents, of
/// `document-admin` with two tasks for everybody, and visa, of `visa-admin`.
pub struct Season {
    pub tenant: TenantHandle,
    pub departure: DepartureId,
}

impl Season {
    pub async fn begin(app: &TestApp) -> Self {
        let tenant = app
            .running
            .app
            .tenants
            .open(app.tenant.id.into())
            .await
            .unwrap();
        add_stage(
            &tenant,
            "documents",
            "document-admin",
            &["Collect passport", "Scan passport"],
        )
        .await;
        add_stage(&tenant, "visa", "visa-admin", &["Apply for visa"]).await;
        let new: NewDeparture =
            serde_json::from_value(json!({ "code": "UMR-01", "departure_date": "2026-12-20" }))
                .unwrap();
        let receipt = order(&tenant, Command::CreateDeparture(new)).await;
        let Some(Row::Departure(departure)) = receipt.rows.first().cloned() else {
            panic!("{receipt:?}")
        };
        Self {
            tenant,
            departure: departure.id,
        }
    }

    /// Registers a jamaah and returns the tasks that this makes.
    pub async fn add_person(&self, name: &str, passport: &str) -> (JamaahId, Vec<Arc<Task>>) {
        let new: NewJamaah = serde_json::from_value(json!({
            "name": name, "passport_number": passport, "birth_date": "1970-05-01", "departure_id": self.departure,
        }))
        .unwrap();
        let receipt = order(&self.tenant, Command::RegisterJamaah(new)).await;
        let tasks = receipt.rows.iter().filter_map(|row| match row {
            Row::Task(task) => Some(task.clone()),
            _ => None,
        });
        let tasks = tasks.collect();
        let Some(Row::Jamaah(jamaah)) = receipt.rows.first() else {
            panic!("{receipt:?}")
        };
        (jamaah.id, tasks)
    }

    pub fn task(&self, id: TaskId) -> Arc<Task> {
        self.tenant.view().state.task(id).cloned().unwrap()
    }
}

pub async fn add_stage(tenant: &TenantHandle, code: &str, role: &str, titles: &[&str]) {
    let settings: StageSettings =
        serde_json::from_value(json!({ "code": code, "name": code, "role": role, "sla_days": 5 }))
            .unwrap();
    let receipt = order(tenant, Command::CreateStage(Box::new(settings))).await;
    let Some(Row::Stage(stage)) = receipt.rows.first().cloned() else {
        panic!("{receipt:?}")
    };
    let template =
        |title: &&str| serde_json::from_value::<NewTemplate>(json!({ "title": title })).unwrap();
    let templates = titles.iter().map(template).collect();
    order(
        tenant,
        Command::SetTemplates {
            id: stage.id,
            expected: None,
            templates,
        },
    )
    .await;
}

pub async fn order(tenant: &TenantHandle, command: Command) -> Receipt {
    let principal = Arc::new(Principal::system());
    tenant
        .execute(Order {
            command,
            principal,
            idempotency: None,
            request_id: Arc::from("test"),
        })
        .await
        .unwrap()
}
