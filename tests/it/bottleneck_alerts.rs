//! Alerts about bottlenecks: raised late, cleared later, and told of until
//! somebody acknowledges them.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta};
use diesel_async::SimpleAsyncConnection;
use lajur::config::Config;
use lajur::db::testing::TestDatabase;
use lajur::domain::ids::TaskId;
use lajur::secrets::Secrets;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::app::monday_morning;
use crate::support::check::Log;
use crate::support::client::Client;
use crate::support::fixture::Tenant;
use crate::support::load_season;
use crate::support::season::Season;
use crate::support::server::{Settings, until};

const BOTTLENECKS: &str = "/api/v1/pipeline/bottlenecks";
const ALERTS: &str = "/api/v1/pipeline/bottlenecks/alerts";
const SOON: Duration = Duration::from_secs(10);

/// Ten people in the first of two stages, which has completed nobody: 35
/// points, medium. The tenant has been evaluated once, before they came.
struct Stuck {
    app: TestApp,
    /// The first task of each.
    tasks: Vec<TaskId>,
    others: Vec<TaskId>,
    key: Client,
}

impl Stuck {
    async fn begin(change: impl FnOnce(&mut Config)) -> Self {
        let app = TestApp::start_with(|config| {
            config.actors.idle_seconds = 86_400;
            change(config);
        })
        .await;
        let season = Season::begin(&app).await;
        let (mut tasks, mut others) = (Vec::new(), Vec::new());
        for number in 0..10 {
            let (_, made) = season
                .add_person(&format!("Jamaah {number}"), &format!("X{number:07}"))
                .await;
            tasks.push(made[0].id);
            others.push(made[1].id);
        }
        let key = app.integration();
        Self {
            app,
            tasks,
            others,
            key,
        }
    }

    /// Time passes, and then every stage is evaluated once.
    async fn evaluate_after(&self, pause: TimeDelta) {
        let evaluations = &self.app.running.app.metrics.bottleneck_evaluations_total;
        let before = evaluations.get();
        self.app.clock.advance(pause);
        until("evaluated", SOON, async || evaluations.get() > before).await;
    }

    async fn evaluate(&self, times: usize) {
        for _ in 0..times {
            self.evaluate_after(TimeDelta::minutes(1)).await;
        }
    }

    /// The alert of the first stage, as soon as it is like this.
    async fn alert(&self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let mut found = Value::Null;
        until(what, SOON, async || {
            found = self.first_alert().await;
            is_so(&found)
        })
        .await;
        found
    }

    async fn first_alert(&self) -> Value {
        let alerts = self.key.get(ALERTS).await.data(200);
        let alerts = alerts.as_array().unwrap();
        let mut of_first = alerts
            .iter()
            .filter(|alert| alert["stage_code"] == "documents");
        of_first.next().cloned().unwrap_or_default()
    }

    async fn raise(&self) -> Value {
        self.evaluate(2).await;
        self.alert("raised", |alert| alert["state"] == "active_unack")
            .await
    }

    async fn each(&self, tasks: &[TaskId], action: &str, body: Value) {
        for id in tasks {
            let path = format!("/api/v1/pipeline/tasks/{id}/{action}");
            self.key.post(&path, body.clone()).await.data(200);
        }
    }

    /// When everything that was decided before this is in the log, too.
    async fn settle(&self) {
        let evaluations = self
            .app
            .running
            .app
            .metrics
            .bottleneck_evaluations_total
            .get();
        let code = format!("LATER-{evaluations}");
        let departure = json!({ "code": code, "departure_date": "2027-01-20" });
        let answer = self.key.post("/api/v1/pipeline/departures", departure);
        answer.await.data(201);
    }
}

/// So long after the beginning.
fn after(minutes: i64) -> Value {
    let at = monday_morning() + TimeDelta::minutes(minutes);
    at.to_rfc3339_opts(SecondsFormat::Secs, true).into()
}

fn acknowledge(alert: &Value) -> String {
    format!("{ALERTS}/{}/acknowledge", alert["id"].as_str().unwrap())
}

#[actix_web::test]
async fn an_alert_is_raised_by_the_second_evaluation() {
    let stuck = Stuck::begin(|_| {}).await;
    let found = stuck.key.get(BOTTLENECKS).await.data(200);
    assert_eq!(found[0]["code"], "documents");
    assert_eq!(found[0].get("alert"), Some(&Value::Null));
    let alert = stuck.raise().await;
    assert_eq!(alert["raised_at"], after(2));
    assert_eq!(
        (&alert["severity"], &alert["score"], &alert["version"]),
        (&json!("medium"), &json!(35.0), &json!(1))
    );
    assert_eq!(
        alert["history"],
        json!([{ "severity": "medium", "at": after(2) }])
    );
    let found = stuck.key.get(BOTTLENECKS).await.data(200);
    assert_eq!(
        (&found[0]["alert"]["id"], &found[0]["alert"]["state"]),
        (&alert["id"], &json!("active_unack"))
    );
    for (query, count) in [
        ("", 1),
        ("?state=active", 1),
        ("?state=cleared,active_unack", 1),
        ("?state=cleared", 0),
        ("?state=ack", 0),
        ("?page=2&limit=1", 0),
    ] {
        let answer = stuck.key.get(&format!("{ALERTS}{query}")).await;
        let found = answer.data(200);
        assert_eq!(found.as_array().unwrap().len(), count, "{query}");
    }
    let refused = stuck.key.get(&format!("{ALERTS}?state=over")).await;
    assert_eq!(refused.fields(), ["state"]);
    let log = Log::read(&stuck.app.database, stuck.app.tenant.id.into()).await;
    log.assert_whole();
    log.assert_tables_equal(&stuck.app.database).await;
}

#[actix_web::test]
async fn severity_follows_and_the_alert_is_cleared_by_the_fourth_evaluation() {
    let stuck = Stuck::begin(|_| {}).await;
    stuck.raise().await;
    // five points more: high
    stuck
        .each(&stuck.tasks, "block", json!({ "reason": "no scan" }))
        .await;
    stuck.evaluate(2).await;
    let alert = stuck
        .alert("high", |alert| alert["severity"] == "high")
        .await;
    assert_eq!(alert["history"][1]["at"], after(4));
    assert_eq!(alert["score"], 40.0);

    // five points less is not yet below it
    stuck.each(&stuck.tasks, "unblock", json!({})).await;
    stuck.evaluate(5).await;
    stuck.settle().await;
    assert_eq!(stuck.first_alert().await["version"], 2);

    stuck.each(&stuck.tasks, "complete", json!({})).await;
    stuck.each(&stuck.others, "complete", json!({})).await;
    stuck.evaluate(3).await;
    stuck.settle().await;
    assert_eq!(stuck.first_alert().await["state"], "active_unack");
    stuck.evaluate(1).await;
    let alert = stuck
        .alert("cleared", |alert| alert["state"] == "cleared_unack")
        .await;
    assert_eq!(
        (&alert["cleared_at"], &alert["severity"]),
        (&after(13), &json!("high"))
    );

    // nobody had seen it; that can still be said
    let seen = stuck.key.post(&acknowledge(&alert), json!({})).await;
    assert_eq!(seen.data(200)["state"], "cleared_ack");
    let log = Log::read(&stuck.app.database, stuck.app.tenant.id.into()).await;
    log.assert_whole();
    log.assert_tables_equal(&stuck.app.database).await;
}

#[actix_web::test]
async fn an_alert_is_acknowledged_once_by_who_may() {
    let stuck = Stuck::begin(|_| {}).await;
    let alert = stuck.raise().await;
    let path = acknowledge(&alert);
    let tenant = &stuck.app.tenant;
    let officer = stuck.app.stranger();
    let officer = officer.signed_in(&tenant.slug, &tenant.officer).await;
    let refused = officer.post(&path, json!({})).await;
    assert_eq!(refused.code(), "403 FORBIDDEN");
    assert_eq!(
        refused.json()["error"]["details"]["permission"],
        "bottlenecks.acknowledge"
    );
    let manager = stuck.app.manager().await;
    let old = manager.post(&path, json!({ "version": 7 })).await;
    assert_eq!(old.code(), "409 VERSION_CONFLICT");
    assert_eq!(old.json()["error"]["details"]["current"]["id"], alert["id"]);

    let keyed = manager.with("idempotency-key", "seen-1");
    let first = keyed.post(&path, json!({ "version": 1 })).await;
    assert_eq!(first.data(200)["state"], "active_ack");
    assert_eq!(first.header("etag"), "\"2\"");
    let again = keyed.post(&path, json!({ "version": 1 })).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.data(200), first.data(200));
    let twice = stuck.key.post(&path, json!({})).await;
    assert_eq!(twice.code(), "409 INVALID_TRANSITION");

    let alert = stuck.first_alert().await;
    assert_eq!(
        (&alert["acknowledged_by_name"], &alert["acknowledged_at"]),
        (&json!("Siti Aminah"), &after(2))
    );
    let nobody = format!("{ALERTS}/01930000-0000-7000-8000-000000000001/acknowledge");
    let nobody = stuck.key.post(&nobody, json!({})).await;
    assert_eq!(nobody.code(), "404 NOT_FOUND");
}

#[actix_web::test]
async fn people_are_reminded_until_somebody_acknowledges() {
    let stuck = Stuck::begin(|config| config.actors.remind_hours = 1).await;
    stuck.raise().await;
    for hour in 1..=2 {
        stuck.evaluate_after(TimeDelta::hours(1)).await;
        let told = after(2 + 60 * hour);
        stuck
            .alert("reminded", |alert| alert["last_reminded_at"] == told)
            .await;
    }
    let alert = stuck.first_alert().await;
    assert_eq!(alert["version"], 3);
    stuck
        .key
        .post(&acknowledge(&alert), json!({}))
        .await
        .data(200);
    stuck.evaluate_after(TimeDelta::hours(1)).await;
    stuck.settle().await;
    let alert = stuck.first_alert().await;
    assert_eq!(
        (&alert["version"], &alert["last_reminded_at"]),
        (&json!(4), &after(122))
    );
}

#[actix_web::test]
async fn an_alert_of_long_ago_is_listed_and_acknowledged_for_good() {
    let app = TestApp::start().await;
    load_season::Season::begin(&app.database, &app.tenant, 1).await;
    let long_ago = "UPDATE bottleneck_alerts SET state = 'cleared_ack', raised_at = '2026-01-01', \
         acknowledged_at = '2026-01-02', acknowledged_by_type = 'system', cleared_at = '2026-01-03'";
    let mut conn = app.database.owner().await;
    conn.batch_execute(long_ago).await.unwrap();
    let key = app.integration();
    let alerts = key.get(&format!("{ALERTS}?state=cleared")).await.data(200);
    assert_eq!(alerts[0]["state"], "cleared_ack");
    let late = key.post(&acknowledge(&alerts[0]), json!({})).await;
    assert_eq!(late.code(), "409 INVALID_TRANSITION");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_raise_an_alert_once() {
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let season = load_season::Season::begin(&database, &tenant, 20).await;
    let settings = Settings::of(&database).with("LAJUR_ACTORS__EVALUATE_SECONDS", 1);
    let (one, two) = futures::join!(settings.start(), settings.start());
    let (first, second) = (one.integration(&tenant), two.integration(&tenant));
    let raised = async |client: &Client| {
        let found = client.get(BOTTLENECKS).await.data(200);
        let found = found.as_array().unwrap().clone();
        found.len() > 1 && found.iter().all(|found| !found["alert"].is_null())
    };
    until("both know of all", Duration::from_secs(30), async || {
        raised(&first).await && raised(&second).await
    })
    .await;
    let alert = first.get(ALERTS).await.data(200)[0].clone();
    first.post(&acknowledge(&alert), json!({})).await.data(200);
    let twice = second.post(&acknowledge(&alert), json!({})).await;
    assert_eq!(twice.code(), "409 INVALID_TRANSITION");

    let log = Log::read(&database, season.tenant).await;
    log.assert_whole();
    log.assert_tables_equal(&database).await;
    let mut stages = BTreeMap::new();
    for alert in log.rows()["bottleneck_alert"].values() {
        *stages.entry(alert["stage_id"].to_string()).or_insert(0) += 1;
    }
    assert!(stages.len() > 1, "{stages:?}");
    assert!(stages.values().all(|alerts| *alerts == 1), "{stages:?}");
    one.assert_sane();
    two.assert_sane();
}
