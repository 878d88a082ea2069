//! What production mode refuses.

use diesel_async::SimpleAsyncConnection;
use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;

use crate::support::fixture::Tenant;
use crate::support::server::Settings;

fn in_production(database: &TestDatabase) -> Settings {
    Settings::of(database)
        .with("LAJUR_MODE", "production")
        .with("LAJUR_HTTP__SECURE_COOKIES", true)
}

#[actix_web::test]
async fn demo_tenants_are_not_served_in_production() {
    let database = TestDatabase::create().await;
    Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let settings = in_production(&database);
    let (_, said) = settings.run(&["doctor"]).await;
    assert!(said.contains("ok    demo"), "{said}");
    assert!(
        said.contains("poor  hosts") && said.contains("poor  mail"),
        "{said}"
    );
    let addressed = settings
        .clone()
        .with("LAJUR_HTTP__PUBLIC_URL", "https://lajur.example.com");
    let (_, said) = addressed.run(&["doctor"]).await;
    assert!(said.contains("ok    hosts"), "{said}");
    settings.start().await;

    let mut owner = database.owner().await;
    let mark = "UPDATE tenants SET settings = settings || '{\"demo\": true}'";
    owner.batch_execute(mark).await.unwrap();
    let (served, said) = settings.run(&["serve"]).await;
    assert!(
        !served && said.contains("demo tenants") && said.contains("al-barokah"),
        "{said}"
    );
    assert!(!said.contains("listening"), "no port is bound: {said}");
    let (well, said) = settings.run(&["doctor"]).await;
    assert!(
        !well && said.contains("BAD   demo") && said.contains("al-barokah"),
        "{said}"
    );
    // for whom they are made
    Settings::of(&database).start().await;
}
