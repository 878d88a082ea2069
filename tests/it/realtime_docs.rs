//! What docs/realtime.md shows works as it stands there.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use crate::support::fixture::Tenant;
use crate::support::load_season::Season;
use crate::support::server::Settings;

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The one block of a language.
fn snippet(language: &str) -> String {
    let page = include_str!("../../docs/realtime.md");
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    let (code, rest) = rest.split_once("```").unwrap();
    assert!(!rest.contains(&format!("```{language}\n")), "one of each");
    code.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sdk_snippets_of_the_documentation_work() {
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let season = Season::begin(&database, &tenant, 5).await;
    let server = Settings::of(&database).start().await;
    let key = server.integration(&tenant);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut javascript = Command::new("node");
    javascript
        .args(["--input-type=module", "-"])
        .current_dir(root.join("tests/sdk/javascript"));
    let mut python = Command::new(root.join(".local/sdk/python/bin/python"));
    python.arg("-");
    for (mut program, language) in [(javascript, "js"), (python, "python")] {
        let mut child = program
            .env("LAJUR_URL", &server.url)
            .env("LAJUR_KEY", tenant.key.expose())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut code = child.stdin.take().unwrap();
        code.write_all(snippet(language).as_bytes()).await.unwrap();
        drop(code);
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = async || {
            let line = tokio::time::timeout(PATIENCE, said.next_line()).await;
            line.unwrap().unwrap().unwrap()
        };
        assert!(next().await.contains("tasks as of event"), "{language}");
        let path = format!("/api/v1/pipeline/tasks/{}/comments", season.tasks[0]);
        let answer = key.post(&path, json!({ "body": "seen" })).await;
        let seq = answer.json()["meta"]["seq"].clone();
        // not before it is subscribed, or replayed then: in any case once
        assert_eq!(
            next().await,
            format!("event {seq}: comment.created"),
            "{language}"
        );
    }
}
