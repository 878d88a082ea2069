//! What the first screen shows comes with the page, for whoever has signed in.

use lajur::config::secret::Secret;
use lajur::secrets::Secrets;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::{Answer, Client};
use crate::support::fixture::{Login, Tenant};
use crate::support::pages::small;
use crate::support::season::Season;

const PAGE: &str = "/dashboard/pipeline";

/// What is inlined in a page.
#[track_caller]
fn inlined(page: &Answer) -> Option<Value> {
    assert_eq!(page.status, 200, "{}", page.text);
    let element = "<script type=\"application/json\" id=\"bootstrap\" nonce=\"";
    let (before, rest) = page.text.split_once(element)?;
    assert!(before.contains("<head>"), "{before}");
    let (_, rest) = rest.split_once("\">").unwrap();
    let (json, after) = rest.split_once("</script>").unwrap();
    assert!(after.starts_with("</head>"), "{after}");
    assert!(!json.contains('<'), "{json}");
    Some(serde_json::from_str(json).unwrap())
}

async fn officer(app: &TestApp) -> Client {
    let stranger = app.stranger();
    stranger
        .signed_in(&app.tenant.slug, &app.tenant.officer)
        .await
}

#[actix_web::test]
async fn what_is_inlined_is_what_would_be_asked_for() {
    let app = TestApp::start_with_pages(small()).await;
    let season = Season::begin(&app).await;
    season.add_person("Siti", "X0000001").await;
    let manager = app.manager().await;
    let given = inlined(&manager.get(PAGE).await).unwrap();
    for (name, path) in [
        ("me", "/api/v1/me"),
        ("health", "/api/v1/pipeline/health"),
        ("stages", "/api/v1/pipeline/stages"),
        ("bottlenecks", "/api/v1/pipeline/bottlenecks"),
        (
            "departures",
            "/api/v1/pipeline/departures?days=14&limit=100",
        ),
    ] {
        assert_eq!(given[name], manager.get(path).await.json(), "{name}");
    }
    assert_eq!(given.as_object().unwrap().len(), 5);
    let token = given["me"]["data"]["csrf_token"].as_str().unwrap();
    let stranger_with_token = manager.clone().with("x-csrf-token", token);
    let new = json!({ "code": "A", "departure_date": "2026-12-24" });
    let made = stranger_with_token
        .post("/api/v1/pipeline/departures", new)
        .await;
    assert_eq!(made.status, 201, "the token works: {}", made.text);
    // the next page has it
    let given = inlined(&manager.get(PAGE).await).unwrap();
    assert_eq!(given["health"]["meta"]["seq"], made.json()["meta"]["seq"]);
}

#[actix_web::test]
async fn nothing_is_inlined_for_whoever_has_no_session() {
    let app = TestApp::start_with_pages(small()).await;
    Season::begin(&app).await;
    let manager = app.manager().await;
    assert_eq!(inlined(&app.stranger().get(PAGE).await), None);
    assert_eq!(inlined(&app.integration().get(PAGE).await), None);
    assert_eq!(inlined(&manager.get("/login").await), None);
    let forged = format!("lajur_session={}", "a".repeat(64));
    let forger = app.stranger().with("cookie", &forged);
    assert_eq!(inlined(&forger.get(PAGE).await), None);
    assert!(inlined(&manager.get(PAGE).await).is_some());
    let out = manager.post("/api/v1/auth/logout", json!({})).await;
    assert!(out.status < 300, "{}", out.text);
    assert_eq!(inlined(&manager.get(PAGE).await), None);
}

#[actix_web::test]
async fn everybody_gets_their_own_tenant_and_what_they_may_see() {
    let app = TestApp::start_with_pages(small()).await;
    Season::begin(&app).await;
    let other = Tenant::create(&app.database, "nur-ilahi", &Secrets::seeded(2)).await;
    let theirs = app.stranger().signed_in(&other.slug, &other.manager).await;
    let page = theirs.get(PAGE).await;
    assert!(!page.text.contains(&app.tenant.slug), "{}", page.text);
    let given = inlined(&page).unwrap();
    assert_eq!(given["me"]["data"]["tenant"]["slug"], "nur-ilahi");
    assert_eq!(given["stages"]["data"], json!([]), "those are ours");
    let ours = officer(&app).await;
    let given = inlined(&ours.get(PAGE).await).unwrap();
    assert_eq!(given["me"]["data"]["user"]["name"], "Budi");
    assert_eq!(given["stages"]["data"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn numbers_are_for_whoever_may_see_the_pipeline() {
    let app = TestApp::start_with_pages(small()).await;
    app.command("role add --key clerk --permission tasks.read")
        .await;
    let added = "user add --email ani@example.test --name Ani --role clerk";
    let said = app.command(added).await;
    let (_, password) = said.trim().rsplit_once("password: ").unwrap();
    let login = Login {
        email: "ani@example.test".to_owned(),
        password: Secret::new(password),
    };
    let clerk = app.stranger().signed_in(&app.tenant.slug, &login).await;
    let given = inlined(&clerk.get(PAGE).await).unwrap();
    let names: Vec<_> = given.as_object().unwrap().keys().collect();
    assert_eq!(names, ["me"]);
}

#[actix_web::test]
async fn a_name_cannot_end_what_is_inlined() {
    let app = TestApp::start_with_pages(small()).await;
    Season::begin(&app).await;
    let manager = app.manager().await;
    let stage = manager.get("/api/v1/pipeline/stages").await.data(200)[0].clone();
    let path = format!("/api/v1/pipeline/stages/{}", stage["id"].as_str().unwrap());
    let name = "</script><script>alert(1)";
    let change = json!({ "version": stage["version"], "name": name });
    manager.put(&path, change).await.data(200);
    let page = manager.get(PAGE).await;
    assert!(!page.text.contains(name), "{}", page.text);
    assert_eq!(
        inlined(&page).unwrap()["stages"]["data"][0]["name"],
        json!(name)
    );
}

#[actix_web::test]
async fn the_page_comes_without_data_when_there_is_none() {
    let app = TestApp::start_with_pages(small()).await;
    let manager = app.manager().await;
    // whoever asked lately is still known without the database
    manager.get("/api/v1/me").await.data(200);
    app.cut_database().await;
    assert_eq!(inlined(&manager.get(PAGE).await), None);
}
