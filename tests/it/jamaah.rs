//! Jamaah over HTTP: the list, one of them, and commands about them.

use lajur::app::App;
use lajur::app::server::{self, Running};
use lajur::clock::{Clock, ManualClock};
use lajur::secrets::Secrets;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::{Answer, Client};
use crate::support::fixture::{self, Tenant};
use crate::support::season::Season;

const JAMAAH: &str = "/api/v1/pipeline/jamaah";

fn siti() -> Value {
    json!({
        "name": "Siti Aminah", "passport_number": "c 123-4567", "birth_date": "1970-05-01",
        "sex": "female", "phone": " 0812 ", "agent": "  ", "departure_code": "UMR-01",
        "departure_date": "2026-12-20",
    })
}

/// Somebody with an API key of only these permissions.
async fn somebody(app: &TestApp, permissions: &[&str]) -> Client {
    let mut conn = app.database.owner().await;
    let listed = permissions.iter().map(|&word| word.to_owned()).collect();
    let secrets = &app.running.app.secrets;
    let key = fixture::add_key(&mut conn, app.tenant.id, Some(listed), secrets).await;
    app.stranger().with_key(&key)
}

async fn registered(client: &Client, body: Value) -> Value {
    let answer = client.post(JAMAAH, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["data"].clone()
}

fn fields(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.code(), "422 VALIDATION_ERROR");
    let body = answer.json();
    let fields = body["error"]["details"]["fields"].as_object().unwrap();
    fields.keys().cloned().collect()
}

#[actix_web::test]
async fn a_registered_jamaah_is_on_their_way() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let client = app.integration();
    let answer = client.post(JAMAAH, siti()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let body = answer.json();
    let jamaah = &body["data"];
    assert_eq!(jamaah["passport_number"], "C1234567");
    assert_eq!(
        (&jamaah["phone"], &jamaah["agent"]),
        (&json!("0812"), &json!(null))
    );
    assert_eq!(jamaah["departure_id"], season.departure.to_string());
    assert_eq!(body["meta"]["seq"], season.tenant.view().state.head);
    assert_eq!(answer.header("etag"), "\"1\"");

    let detail = client.get(answer.header("location")).await;
    assert_eq!(detail.status, 200, "{}", detail.text);
    let detail = detail.json();
    let detail = &detail["data"];
    assert_eq!(detail["name"], "Siti Aminah");
    assert_eq!(detail["status"]["status"], "on_track");
    assert_eq!(detail["departure"]["code"], "UMR-01");
    let path: Vec<_> = detail["path"].as_array().unwrap().iter().collect();
    assert_eq!(path.len(), 2);
    assert_eq!(path[0]["stage_name"], "documents");
    assert_eq!(
        (&path[0]["state"], &path[0]["late"]),
        (&json!("active"), &json!(false))
    );
    assert!(path[0]["due_at"].is_string());
    assert_eq!(
        (&path[1]["stage_code"], &path[1]["state"]),
        (&json!("visa"), &json!("waiting"))
    );
    assert_eq!(detail["tasks"].as_array().unwrap().len(), 2);
    assert_eq!(detail["tasks"][0]["stage_code"], "documents");
    assert_eq!(detail["archived"], false);
}

#[actix_web::test]
async fn the_list_is_filtered_sorted_and_paged() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let mut ids = Vec::new();
    for (name, passport) in [
        ("Ahmad", "X0000001"),
        ("Budi", "X0000002"),
        ("Citra", "X0000003"),
    ] {
        ids.push(season.add_person(name, passport).await.0);
    }
    let client = app.integration();
    let held = client
        .post(
            &format!("{JAMAAH}/{}/hold", ids[1]),
            json!({ "reason": "ill" }),
        )
        .await;
    assert_eq!(held.status, 200, "{}", held.text);

    let names = async |query: &str| {
        let answer = client.get(&format!("{JAMAAH}?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text);
        let body = answer.json();
        let cards = body["data"].as_array().unwrap();
        let names = cards
            .iter()
            .map(|card| card["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names("sort=-name").await, ["Citra", "Budi", "Ahmad"]);
    assert_eq!(names("sort=name&limit=1&page=2").await, ["Budi"]);
    assert_eq!(names("on_hold=true").await, ["Budi"]);
    assert_eq!(names("on_hold=false&sort=name").await, ["Ahmad", "Citra"]);
    assert_eq!(names("q=x0000003").await, ["Citra"]);
    assert_eq!(names("status=on_track,at_risk&sort=name").await.len(), 3);
    assert_eq!(
        names("status=active&stage=documents&departure=UMR-01")
            .await
            .len(),
        3
    );
    assert_eq!(
        names(&format!("departure={}", season.departure))
            .await
            .len(),
        3
    );
    assert!(names("status=completed").await.is_empty());
    assert!(names("stage=visa").await.is_empty());
    assert!(names("risk=high").await.is_empty());

    let meta = client.get(&format!("{JAMAAH}?limit=2")).await.json()["meta"].clone();
    assert_eq!((&meta["total"], &meta["pages"]), (&json!(3), &json!(2)));
    assert_eq!(meta["seq"], season.tenant.view().state.head);
    assert!(meta["as_of"].is_string());
    for (query, field) in [
        ("status=lost", "status"),
        ("stage=nowhere", "stage"),
        ("departure=never", "departure"),
        ("risk=much", "risk"),
        ("sort=luck", "sort"),
        ("blocked=perhaps", "blocked"),
        ("limit=101", "limit"),
    ] {
        assert_eq!(
            fields(&client.get(&format!("{JAMAAH}?{query}")).await),
            [field]
        );
    }
}

#[actix_web::test]
async fn what_is_known_is_not_sent_again() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (id, _) = season.add_person("Siti", "X0000001").await;
    for path in [JAMAAH.to_owned(), format!("{JAMAAH}/{id}")] {
        let first = app.integration().get(&path).await;
        let knowing = app
            .integration()
            .with("if-none-match", first.header("etag"));
        assert_eq!(knowing.get(&path).await.status, 304, "{path}");
        season
            .add_person("Budi", &format!("Y{:07}", path.len()))
            .await;
    }
    let list = app.integration().get(JAMAAH).await;
    assert_eq!(list.json()["data"].as_array().unwrap().len(), 3);
}

#[actix_web::test]
async fn a_departure_is_made_for_whoever_may() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let mut body = siti();
    body["departure_code"] = json!("UMR-99");

    let clerk = somebody(&app, &["jamaah.write"]).await;
    let refused = clerk.post(JAMAAH, body.clone()).await;
    assert_eq!(refused.code(), "403 FORBIDDEN");
    assert_eq!(
        refused.json()["error"]["details"]["permission"],
        "departures.write"
    );

    let mut wrong = body.clone();
    wrong["passport_number"] = json!("1");
    assert_eq!(
        fields(&app.integration().post(JAMAAH, wrong).await),
        ["passport_number"]
    );
    assert_eq!(
        season.tenant.view().state.departures().count(),
        1,
        "nothing is left behind"
    );

    let jamaah = registered(&app.integration(), body.clone()).await;
    let view = season.tenant.view();
    let made = view
        .state
        .departures()
        .find(|departure| &*departure.code == "UMR-99")
        .unwrap();
    assert_eq!(jamaah["departure_id"], made.id.to_string());

    body["passport_number"] = json!("X7654321");
    let second = registered(&clerk, body).await;
    assert_eq!(second["departure_id"], jamaah["departure_id"]);
}

#[actix_web::test]
async fn a_body_that_makes_no_sense_is_refused_by_field() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let client = app.integration();
    let with = |name: &str, value: Value| {
        let mut body = siti();
        body[name] = value;
        body
    };
    let without = |name: &str| {
        let mut body = siti();
        body.as_object_mut().unwrap().remove(name);
        body
    };
    for (body, field) in [
        (without("name"), "name"),
        (without("departure_code"), "departure_code"),
        (without("departure_date"), "departure_date"),
        (with("name", json!(" ")), "name"),
        (with("birth_date", json!("1870-01-01")), "birth_date"),
        (with("birth_date", json!("1905-01-01")), "birth_date"),
        (with("birth_date", json!("2030-01-01")), "birth_date"),
        (
            with("departure_id", json!(season.departure)),
            "departure_id",
        ),
        (with("sex", json!("other")), "sex"),
    ] {
        assert_eq!(fields(&client.post(JAMAAH, body).await), [field]);
    }
    let unknown = client.post(JAMAAH, with("shoe_size", json!(43))).await;
    assert_eq!(unknown.code(), "422 VALIDATION_ERROR");
    assert!(unknown.text.contains("shoe_size"), "{}", unknown.text);

    registered(&client, siti()).await;
    let twin = client.post(JAMAAH, siti()).await;
    assert_eq!(twin.code(), "409 DUPLICATE");
    let mut lost = siti();
    lost.as_object_mut()
        .unwrap()
        .retain(|name, _| !name.starts_with("departure"));
    lost["departure_id"] = json!(app.tenant.id);
    assert_eq!(fields(&client.post(JAMAAH, lost).await), ["departure_id"]);
}

#[actix_web::test]
async fn the_same_key_registers_once() {
    let app = TestApp::start().await;
    Season::begin(&app).await;
    let client = app.integration().with("idempotency-key", "siti-1");
    let first = client.post(JAMAAH, siti()).await;
    let again = client.post(JAMAAH, siti()).await;
    assert_eq!((first.status, again.status), (201, 201), "{}", again.text);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.json()["data"], again.json()["data"]);
    let mut other = siti();
    other["name"] = json!("Siti Aisyah");
    assert_eq!(
        client.post(JAMAAH, other).await.code(),
        "409 IDEMPOTENCY_MISMATCH"
    );
}

#[actix_web::test]
async fn an_edit_sets_clears_and_leaves() {
    let app = TestApp::start().await;
    Season::begin(&app).await;
    let client = app.integration();
    let jamaah = registered(&client, siti()).await;
    let path = format!("{JAMAAH}/{}", jamaah["id"].as_str().unwrap());

    let blind = client
        .send(Method::PUT, &path, Some(json!({ "agent": "Barokah" })))
        .await;
    assert_eq!(blind.code(), "428 VERSION_REQUIRED");
    let edit = json!({ "version": 1, "agent": "Barokah", "phone": null, "sex": null });
    let answer = client.send(Method::PUT, &path, Some(edit)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("etag"), "\"2\"");
    let data = answer.json()["data"].clone();
    assert_eq!(
        (&data["agent"], &data["phone"], &data["sex"]),
        (&json!("Barokah"), &json!(null), &json!(null))
    );
    assert_eq!(data["name"], "Siti Aminah");

    let late = client
        .send(
            Method::PUT,
            &path,
            Some(json!({ "version": 1, "name": "S" })),
        )
        .await;
    assert_eq!(late.code(), "409 VERSION_CONFLICT");
    assert_eq!(
        late.json()["error"]["details"]["current"]["agent"],
        "Barokah"
    );
    let null = client
        .send(
            Method::PUT,
            &path,
            Some(json!({ "version": 2, "name": null })),
        )
        .await;
    assert_eq!(fields(&null), ["name"]);

    // the tag of a GET will do
    let tag = client.get(&path).await.header("etag").to_owned();
    let tagged = client.clone().with("if-match", &tag);
    let same = tagged
        .send(Method::PUT, &path, Some(json!({ "agent": "Barokah" })))
        .await;
    assert_eq!(
        (same.status, same.header("etag")),
        (200, "\"2\""),
        "{}",
        same.text
    );
    let unknown = tagged
        .send(Method::PUT, &path, Some(json!({ "shoe_size": 43 })))
        .await;
    assert!(unknown.text.contains("shoe_size"), "{}", unknown.text);
}

#[actix_web::test]
async fn decisions_answer_with_the_status() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (id, _) = season.add_person("Siti", "X0000001").await;
    let client = app.integration();
    let decide =
        async |what: &str, body: Value| client.post(&format!("{JAMAAH}/{id}/{what}"), body).await;
    let visa = {
        let view = season.tenant.view();
        let stages = view.state.stages();
        stages
            .iter()
            .find(|stage| &*stage.code == "visa")
            .unwrap()
            .id
    };

    assert_eq!(fields(&decide("hold", json!({})).await), ["reason"]);
    assert_eq!(
        fields(&decide("hold", json!({ "reason": "" })).await),
        ["reason"]
    );
    let held = decide("hold", json!({ "reason": "ill" })).await.json()["data"].clone();
    assert_eq!(
        (&held["on_hold"], &held["hold_reason"]),
        (&json!(true), &json!("ill"))
    );
    let again = decide("hold", json!({ "reason": "ill" })).await;
    assert_eq!(again.code(), "409 INVALID_TRANSITION");
    let stale = decide("resume", json!({ "version": 1 })).await;
    assert_eq!(stale.code(), "409 VERSION_CONFLICT");
    assert_eq!(stale.json()["error"]["details"]["current"]["on_hold"], true);
    let resumed = decide("resume", json!({ "version": held["version"] })).await;
    assert_eq!(resumed.json()["data"]["on_hold"], false, "{}", resumed.text);

    let advanced = decide("advance", json!({ "reason": "by hand" })).await;
    assert_eq!(advanced.status, 200, "{}", advanced.text);
    let status = advanced.json()["data"].clone();
    assert_eq!(status["current_stage_id"], visa.to_string());
    assert_eq!(status["progress_percent"], 50);
    assert_eq!(
        advanced.header("etag"),
        format!("\"{}\"", status["version"])
    );

    let nowhere = decide("move", json!({ "stage_id": app.tenant.id, "reason": "?" })).await;
    assert_eq!(fields(&nowhere), ["stage_id"]);
    let unknown = decide("cancel", json!({ "reason": "x", "refund": true })).await;
    assert!(unknown.text.contains("refund"), "{}", unknown.text);
    let cancelled = decide("cancel", json!({ "reason": "moved away" }))
        .await
        .json();
    assert_eq!(cancelled["data"]["status"], "cancelled");
    let view = season.tenant.view();
    assert_eq!(
        cancelled["data"]["version"],
        view.state.pilgrim(id).unwrap().status.version
    );
    let after = decide("move", json!({ "stage_id": visa, "reason": "back" })).await;
    assert_eq!(after.code(), "409 INVALID_TRANSITION");
    let nobody = format!("{JAMAAH}/{}/cancel", app.tenant.id);
    assert_eq!(
        client.post(&nobody, json!({ "reason": "x" })).await.code(),
        "404 NOT_FOUND"
    );
}

#[actix_web::test]
async fn the_history_says_who_did_what() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (id, tasks) = season.add_person("Siti", "X0000001").await;
    season.add_person("Budi", "X0000002").await;
    let manager = app.manager().await;
    let complete = format!("/api/v1/pipeline/tasks/{}/complete", tasks[0].id);
    assert_eq!(manager.post(&complete, json!({})).await.status, 200);
    let hold = app
        .integration()
        .post(&format!("{JAMAAH}/{id}/hold"), json!({ "reason": "ill" }))
        .await;
    assert_eq!(hold.status, 200);

    let events = async |query: &str| {
        let answer = manager.get(&format!("{JAMAAH}/{id}?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["data"]["events"].clone()
    };
    let page = events("events_limit=3").await;
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(items[0]["kind"], "jamaah.status_changed");
    assert_eq!(items[0]["actor_name"], "Accounting");
    assert_eq!(items[0]["after"]["hold_reason"], "ill");
    assert_eq!(items[0]["before"]["on_hold"], false);
    assert_eq!(items[1]["kind"], "task.completed");
    assert_eq!(items[1]["actor_name"], "Siti Aminah");
    assert_eq!(items[1]["actor"]["type"], "user");
    // jamaah, status, two stages, two tasks; completed, held
    assert_eq!((&page["total"], &page["pages"]), (&json!(8), &json!(3)));
    let last = events("events_limit=3&events_page=3").await;
    let last = last["items"].as_array().unwrap();
    assert_eq!(last.last().unwrap()["kind"], "jamaah.registered");
    assert_eq!(last.last().unwrap()["actor"], json!({ "type": "system" }));
    let wrong = manager
        .get(&format!("{JAMAAH}/{id}?events_limit=0&events_page=0"))
        .await;
    assert_eq!(fields(&wrong), ["events_limit", "events_page"]);

    // tasks that one may not see are not in it
    let reader = somebody(&app, &["jamaah.read"]).await;
    let detail = reader.get(&format!("{JAMAAH}/{id}")).await.json()["data"].clone();
    assert_eq!(detail["tasks"], json!([]));
    assert_eq!(detail["events"]["total"], 5);
}

#[actix_web::test]
async fn somebody_of_long_ago_can_be_looked_at() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (id, tasks) = season.add_person("Siti", "X0000001").await;
    let path = format!("{JAMAAH}/{id}");
    let cancel = json!({ "reason": "ill" });
    let cancelled = app
        .integration()
        .post(&format!("{path}/cancel"), cancel)
        .await;
    assert_eq!(cancelled.status, 200);
    let before = app.integration().get(&path).await.json()["data"].clone();

    let later = server_of(&app, "2026-12-30T02:00:00Z").await;
    let client = Client::new(&format!("http://{}", later.addr)).with_key(&app.tenant.key);
    assert_eq!(client.get(JAMAAH).await.json()["meta"]["total"], 0);
    let answer = client.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let detail = answer.json()["data"].clone();
    assert_eq!(detail["archived"], true);
    for part in ["id", "name", "status", "path", "departure"] {
        assert_eq!(detail[part], before[part], "{part}");
    }
    assert_eq!(detail["tasks"].as_array().unwrap().len(), tasks.len());
    assert!(detail["events"]["total"].as_u64().unwrap() > 5);
    let edit = json!({ "version": 1, "agent": "A" });
    let edit = client.send(Method::PUT, &path, Some(edit)).await;
    assert_eq!(edit.code(), "409 INVALID_TRANSITION");
    later.stop().await;
}

/// A program that starts later on the same database.
async fn server_of(app: &TestApp, now: &str) -> Running {
    let clock = Clock::Manual(ManualClock::new(now.parse().unwrap()));
    let config = app.running.app.config.clone();
    let later = App::new(config, clock, Secrets::seeded(2)).unwrap();
    server::start(later).await.unwrap()
}

#[actix_web::test]
async fn another_tenants_jamaah_are_not_there() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (id, _) = season.add_person("Siti", "X0000001").await;
    let other = Tenant::create(&app.database, "annur", &app.running.app.secrets).await;
    let stranger = app.stranger().with_key(&other.key);
    let path = format!("{JAMAAH}/{id}");
    assert_eq!(stranger.get(&path).await.code(), "404 NOT_FOUND");
    let edit = stranger
        .send(
            Method::PUT,
            &path,
            Some(json!({ "version": 1, "name": "X" })),
        )
        .await;
    assert_eq!(edit.code(), "404 NOT_FOUND");
    for what in ["advance", "hold", "cancel"] {
        let answer = stranger
            .post(&format!("{path}/{what}"), json!({ "reason": "x" }))
            .await;
        assert_eq!(answer.code(), "404 NOT_FOUND", "{what}");
    }
    assert_eq!(stranger.get(JAMAAH).await.json()["meta"]["total"], 0);
    let mut theirs = siti();
    theirs
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !name.starts_with("departure"));
    theirs["departure_id"] = json!(season.departure);
    assert_eq!(
        fields(&stranger.post(JAMAAH, theirs).await),
        ["departure_id"]
    );
}

#[actix_web::test]
async fn each_command_needs_its_permission() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (id, _) = season.add_person("Siti", "X0000001").await;
    let path = format!("{JAMAAH}/{id}");
    let missing = |answer: &Answer| {
        assert_eq!(answer.code(), "403 FORBIDDEN");
        answer.json()["error"]["details"]["permission"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let nobody = somebody(&app, &["pipeline.read"]).await;
    assert_eq!(missing(&nobody.get(JAMAAH).await), "jamaah.read");
    assert_eq!(missing(&nobody.get(&path).await), "jamaah.read");
    assert_eq!(missing(&nobody.post(JAMAAH, siti()).await), "jamaah.write");
    let edit = nobody
        .send(Method::PUT, &path, Some(json!({ "version": 1 })))
        .await;
    assert_eq!(missing(&edit), "jamaah.write");
    for (what, permission) in [
        ("advance", "jamaah.advance"),
        ("move", "jamaah.move"),
        ("hold", "jamaah.hold"),
        ("resume", "jamaah.hold"),
        ("cancel", "jamaah.cancel"),
    ] {
        let body = json!({ "reason": "x", "stage_id": id });
        assert_eq!(
            missing(&nobody.post(&format!("{path}/{what}"), body).await),
            permission
        );
    }
    assert_eq!(
        app.stranger().get(JAMAAH).await.code(),
        "401 UNAUTHENTICATED"
    );
}

#[actix_web::test]
async fn without_a_database_jamaah_are_read_from_memory() {
    let app = TestApp::start().await;
    let season = Season::begin(&app).await;
    let (id, _) = season.add_person("Siti", "X0000001").await;
    let client = app.integration();
    assert_eq!(client.get(JAMAAH).await.status, 200);
    app.cut_database().await;
    let write = client
        .post(&format!("{JAMAAH}/{id}/hold"), json!({ "reason": "x" }))
        .await;
    assert_eq!(write.code(), "503 UNAVAILABLE");
    let answer = client.get(&format!("{JAMAAH}/{id}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["data"]["name"], "Siti");
    assert_eq!(body["data"]["events"], json!(null));
    assert_eq!(body["meta"]["stale"], true);
    assert_eq!(client.get(JAMAAH).await.json()["meta"]["stale"], true);
}
