//! Nothing crosses between tenants, on any path that the API describes now or
//! will describe.

use reqwest::Method;

use crate::support::check_requests::{Api, Operation};
use crate::support::neighbours::Neighbours;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_of_objects_no_operation_finds_anothers() {
    let neighbours = Neighbours::move_in().await;
    let api = Api::of(&neighbours.server.stranger()).await;
    let mut operations = api.operations();
    operations.retain(Operation::has_ids);
    assert!(operations.len() > 20, "{operations:?}");

    let (_browser, theirs) = neighbours.their_browser().await;
    let before = neighbours.their_head().await;
    // who is assigned is looked at before the task is
    let mut with_our_user = theirs.clone();
    with_our_user.insert("users".to_owned(), neighbours.our_user.clone());
    let (slug, login) = (&neighbours.us.slug, &neighbours.us.manager);
    let our_browser = neighbours.server.stranger().signed_in(slug, login).await;
    for operation in &operations {
        let asks_of_user = operation.template.starts_with("/api/v1/users/{id}");
        let ids = if asks_of_user {
            &theirs
        } else {
            &with_our_user
        };
        for client in [&neighbours.ours, &our_browser] {
            let answer = api.send(client, operation, ids).await;
            let told = format!("{}: {} {}", operation.name(), answer.status, answer.text);
            assert!(matches!(answer.status, 403 | 404), "{told}");
            for word in neighbours.secrets(true) {
                assert!(!answer.text.contains(word), "{word} in {told}");
            }
        }
    }
    let after = neighbours.their_head().await;
    assert_eq!(after, before, "something of theirs was changed");

    // with their own key it is there: the refusals were about whose it is
    for operation in &operations {
        let (browser, theirs) = neighbours.their_browser().await;
        // sessions of one's own are for browsers alone
        let client = match operation.template.starts_with("/api/v1/sessions") {
            true => &browser,
            false => &neighbours.theirs,
        };
        let answer = api.send(client, operation, &theirs).await;
        let told = format!("{}: {} {}", operation.name(), answer.status, answer.text);
        assert!(!matches!(answer.status, 403 | 404), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_of_lists_nothing_of_anothers_is_told() {
    let neighbours = Neighbours::move_in().await;
    let api = Api::of(&neighbours.server.stranger()).await;
    let before = neighbours.their_head().await;
    let ids = &neighbours.their_ids;
    let mut operations = api.operations();
    operations.retain(|operation| !operation.has_ids());
    for operation in &operations {
        let path = operation.path(ids);
        let mut queries = vec![String::new()];
        // asking for theirs by name
        for parameter in operation.parameters("query") {
            let kind = ids
                .keys()
                .find(|kind| kind.trim_end_matches('s') == parameter);
            let wanted = match (kind, parameter) {
                (Some(kind), _) => &ids[kind],
                (None, "q") => "Jamaah nur-ilahi",
                (None, _) => "1",
            };
            queries.push(format!("?{parameter}={wanted}"));
        }
        for query in queries {
            let answer = api
                .send_under(&neighbours.ours, operation, ids, &path, &query)
                .await;
            // an id that was asked with may be said again
            let asked = !query.is_empty() || operation.method != Method::GET;
            for word in neighbours.secrets(asked) {
                let told = format!("{}{query}: {}", operation.name(), answer.text);
                assert!(!answer.text.contains(word), "{word} in {told}");
            }
        }
    }
    let after = neighbours.their_head().await;
    assert_eq!(after, before, "something of theirs was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn isolation_from_strangers_every_operation_wants_a_credential() {
    let neighbours = Neighbours::move_in().await;
    let stranger = neighbours.server.stranger();
    let api = Api::of(&stranger).await;
    let impostor = stranger
        .clone()
        .with("authorization", "Bearer lajur_aaaaaaaa_bbbbbbbbbbbbbbbb");
    let public = [
        "/health",
        "/health/live",
        "/health/ready",
        "/api/v1/auth/login",
        "/api/v1/auth/token",
        "/api/v1/auth/invitation",
        "/api/v1/auth/forgot",
        "/api/v1/auth/reset",
        "/api/v1/browser-errors",
    ];
    let mut operations = api.operations();
    operations.retain(|operation| !public.contains(&operation.template.as_str()));
    let (_, ids) = neighbours.their_browser().await;
    for operation in &operations {
        let path = operation.path(&ids);
        for path in [path.clone(), path.replacen("/api/v1", "/api", 1)] {
            for client in [&stranger, &impostor] {
                let answer = api.send_under(client, operation, &ids, &path, "").await;
                assert_eq!(
                    answer.code(),
                    "401 UNAUTHENTICATED",
                    "{} at {path}",
                    operation.name()
                );
            }
        }
    }
}
