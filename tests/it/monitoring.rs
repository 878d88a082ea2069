//! Dashboards, rules and documents tell of metrics that there are: a server that has work is scraped by the real
//! Prometheus, and everything that is asked anywhere is asked there.

use std::collections::BTreeSet;
use std::time::Duration;

use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use serde_json::{Value, json};

use crate::support::client::Client;
use crate::support::fixture::Tenant;
use crate::support::load_season::Season;
use crate::support::prometheus::{Prometheus, left_out, program, read, repository, run};
use crate::support::server::{Server, Settings, redis_url, until};
use crate::support::socket::Socket;

const DASHBOARDS: [&str; 4] = ["operations", "realtime", "business", "errors"];

fn dashboard(name: &str) -> Value {
    serde_json::from_str(&read(&format!("grafana/dashboards/{name}.json"))).unwrap()
}

/// Each panel's title and expression, with what Grafana would put in.
fn expressions(name: &str) -> Vec<(String, String)> {
    let dashboard = dashboard(name);
    let mut found = Vec::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            let expression = expression
                .replace("$__rate_interval", "10s")
                .replace("$__range", "1m")
                .replace("$instance", ".*")
                .replace("$job", "lajur");
            found.push((format!("{name}: {}", panel["title"]), expression));
        }
    }
    found
}

/// The names in an expression that are not PromQL's own: metrics.
fn metrics_in(expression: &str) -> BTreeSet<String> {
    const WORDS: [&str; 27] = [
        "and",
        "or",
        "unless",
        "by",
        "without",
        "on",
        "ignoring",
        "sum",
        "min",
        "max",
        "avg",
        "count",
        "topk",
        "rate",
        "increase",
        "changes",
        "time",
        "vector",
        "histogram_quantile",
        "min_over_time",
        "max_over_time",
        "sort_desc",
        "clamp_max",
        "clamp_min",
        "bool",
        "offset",
        "group_left",
    ];
    let mut plain = String::new();
    let mut depth = 0;
    let mut characters = expression.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                let _ = characters.by_ref().find(|next| *next == '"');
            }
            '{' | '[' => depth += 1,
            '}' | ']' => {
                depth -= 1;
                plain.push(' ');
            }
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    // what is grouped by are labels
    let mut pieces = plain.split("by (");
    let mut ungrouped = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        ungrouped.push_str(piece.split_once(')').map_or("", |(_, rest)| rest));
    }
    let name = |character: char| character.is_ascii_alphanumeric() || "_:".contains(character);
    ungrouped
        .split(|character| !name(character))
        .filter(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()))
        .filter(|word| !WORDS.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Whatever can be counted happens at least once.
async fn work(server: &Server, tenant: &Tenant, season: &Season) {
    let client = server.integration(tenant);
    let task = season.tasks[0];
    for path in [
        "health",
        "health",
        "stages",
        "tasks?limit=5",
        "tasks?status=nonsense",
    ] {
        client.get(&format!("/api/v1/pipeline/{path}")).await;
    }
    // long gone, and looked for in PostgreSQL
    let gone = "/api/v1/pipeline/tasks/01930000-0000-7000-8000-000000000001";
    client.get(gone).await;
    let told = json!({ "body": "Called the family" });
    let path = format!("/api/v1/pipeline/tasks/{task}/comments");
    assert_eq!(client.post(&path, told).await.status, 201);
    server.stranger().get("/no/such/page").await;
    // people leave, get lost, and come back
    let events = "realtime:al-barokah:pipeline:tasks";
    let mut socket = Socket::connected(&server.url, &client).await;
    let reply = socket.subscribe(events).await;
    socket
        .call("subscribe", json!({ "channel": "nonsense" }))
        .await;
    let (offset, epoch) = (reply["offset"].as_i64().unwrap(), reply["epoch"].clone());
    complete(&client, season).await;
    socket.publication().await;
    drop(socket);
    let mut back = Socket::connected(&server.url, &client).await;
    back.subscribe_from(events, offset, epoch.as_str().unwrap())
        .await;
    back.close().await;
}

/// Completes tasks until a stage is done.
async fn complete(client: &Client, season: &Season) {
    for task in &season.tasks {
        let start = format!("/api/v1/pipeline/tasks/{task}/start");
        client.post(&start, json!({})).await;
        let path = format!("/api/v1/pipeline/tasks/{task}/complete");
        client.post(&path, json!({})).await;
    }
}

#[tokio::test(flavor = "local")]
async fn dashboards_and_rules_ask_for_what_a_working_server_tells() {
    if left_out() {
        return;
    }
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let season = Season::begin(&database, &tenant, 2).await;
    let settings = Settings::of(&database)
        .with("REDIS_URL", redis_url())
        .with("LAJUR_REDIS__PREFIX", &database.name);
    let server = settings.start().await;
    // nobody is there, so that something fires
    let targets = [server.metrics_address(), "127.0.0.1:1".to_owned()];
    let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
    let shorten = |text: &str| text.replace("[5m]", "[20s]").replace("[15m]", "[20s]");
    let prometheus = Prometheus::start(&targets, None, shorten).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    work(&server, &tenant, &season).await;
    tokio::time::sleep(Duration::from_secs(3)).await;

    let panels: Vec<_> = DASHBOARDS.into_iter().flat_map(expressions).collect();
    assert!(
        panels.len() > 70,
        "{} panels are none to speak of",
        panels.len()
    );
    let mut silent: Vec<String> = Vec::new();
    let everything_answers = async || {
        // a day goes on
        let client = server.integration(&tenant);
        for path in ["health", "health", "nonsense"] {
            client.get(&format!("/api/v1/pipeline/{path}")).await;
        }
        silent.clear();
        for (title, expression) in &panels {
            match prometheus.query(expression).await {
                Ok(series) if series.is_empty() => silent.push(format!("{title}: {expression}")),
                Ok(_) => {}
                Err(error) => panic!("{title}: {error}: {expression}"),
            }
        }
        silent.is_empty()
    };
    let bound = Duration::from_secs(15);
    let asked = tokio::time::timeout(bound, until("data", bound * 2, everything_answers)).await;
    assert!(asked.is_ok(), "no data for {silent:#?}");

    let mut known = prometheus.names().await;
    // such as Prometheus makes only while something fires
    known.insert("ALERTS".to_owned());
    let rules = prometheus.rules().await;
    assert!(rules.len() > 40, "{} rules", rules.len());
    let of_rules = rules.iter().map(|rule| {
        assert_eq!(rule["health"], "ok", "{rule}");
        let name = rule["name"].as_str().unwrap().to_owned();
        (name, rule["query"].as_str().unwrap().to_owned())
    });
    for (name, expression) in panels.iter().cloned().chain(of_rules) {
        let unknown: Vec<_> = metrics_in(&expression)
            .into_iter()
            .filter(|metric| !known.contains(metric))
            .collect();
        assert!(
            unknown.is_empty(),
            "{name} asks for {unknown:?}, which nobody tells"
        );
    }
    for rule in rules.iter().filter(|rule| rule["type"] == "alerting") {
        // without its threshold there is something to compare
        let query = rule["query"].as_str().unwrap();
        let asked = prometheus.query(query).await;
        assert!(asked.is_ok(), "{query}: {asked:?}");
    }
    assert_documented(&server.metrics().await);
}

/// docs/metrics.md has each metric with its type, and no other.
fn assert_documented(scraped: &str) {
    let text = read("docs/metrics.md");
    let (tables, _) = text.split_once("## What Prometheus records").unwrap();
    let documented: BTreeSet<(&str, &str)> = tables
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
            Some((name, rest.split_once(" |")?.0))
        })
        .collect();
    let told: BTreeSet<(&str, &str)> = scraped
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '))
        .collect();
    let missing: Vec<_> = told.difference(&documented).collect();
    let invented: Vec<_> = documented.difference(&told).collect();
    assert!(missing.is_empty(), "not in docs/metrics.md: {missing:?}");
    assert!(
        invented.is_empty(),
        "in docs/metrics.md, and nowhere else: {invented:?}"
    );
}

#[test]
fn every_alert_says_what_happens_and_what_to_do() {
    let rules = read("deploy/prometheus/rules/alerts.rules.yml");
    let runbook = read("docs/runbook.md");
    let tests = read("deploy/prometheus/rules/alerts.test.yml")
        + &read("deploy/prometheus/rules/alerts-long.test.yml");
    let causes = read("tests/it/alerts.rs");
    let alerts: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() >= 30);
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        for part in [
            "severity: ",
            "summary: ",
            "description: >-",
            "runbook_url: ",
        ] {
            assert!(alert.contains(part), "{name} has no {part}");
        }
        let link = format!("runbook }}}}#{}'", name.to_lowercase());
        assert!(
            alert.contains(&link),
            "{name} does not link to its own section"
        );
        let section = runbook
            .split(&format!("### {name}\n"))
            .nth(1)
            .and_then(|rest| rest.split("\n### ").next());
        let section = section.unwrap_or_else(|| panic!("{name} is not in the runbook"));
        for part in ["- **Means**:", "**Look**", "**do**"] {
            let section = section.replace("**Do**", "**do**");
            assert!(section.contains(part), "{name} has no {part}");
        }
        assert!(
            tests.contains(&format!("alertname=\"{name}\"")),
            "{name} has no test"
        );
        assert!(
            causes.contains(&format!("\"{name}\"")),
            "nothing causes {name}"
        );
    }
}

#[tokio::test]
async fn the_rules_pass_their_own_tests() {
    if left_out() {
        return;
    }
    let tested = ["alerts.test.yml", "alerts-long.test.yml"].map(async |name| {
        let path = format!("deploy/prometheus/rules/{name}");
        run(&["promtool"], &["test", "rules", &path]).await
    });
    futures::future::join_all(tested).await;
    run(
        &["promtool"],
        &["check", "config", "deploy/prometheus/prometheus.yml"],
    )
    .await;
    run(
        &["amtool"],
        &["check-config", "deploy/alertmanager/alertmanager.yml"],
    )
    .await;
}

#[tokio::test]
async fn dashboards_are_what_grafana_publishes() {
    if left_out() {
        return;
    }
    let files = DASHBOARDS.map(|name| repository(&format!("grafana/dashboards/{name}.json")));
    let checks = repository("tests/monitoring");
    assert!(
        checks.join("node_modules").exists(),
        "run scripts/monitoring"
    );
    let mut command = tokio::process::Command::new(program(&["node"]));
    let output = command
        .arg(checks.join("dashboards.mjs"))
        .args(files)
        .output();
    let output = output.await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn panels_have_descriptions_units_and_places_of_their_own() {
    let mut ids = BTreeSet::new();
    for name in DASHBOARDS {
        let dashboard = dashboard(name);
        assert!(
            ids.insert(dashboard["uid"].as_str().unwrap().to_owned()),
            "{name}"
        );
        let variables: Vec<_> = dashboard["templating"]["list"]
            .as_array()
            .unwrap()
            .iter()
            .map(|variable| variable["name"].as_str().unwrap())
            .collect();
        assert_eq!(variables, ["datasource", "job", "instance"], "{name}");
        let mut taken = BTreeSet::new();
        for panel in dashboard["panels"].as_array().unwrap() {
            let title = &panel["title"];
            let place = &panel["gridPos"];
            let edge = |name: &str| place[name].as_u64().unwrap();
            for x in edge("x")..edge("x") + edge("w") {
                for y in edge("y")..edge("y") + edge("h") {
                    assert!(x < 24 && taken.insert((x, y)), "{name}: {title} overlaps");
                }
            }
            if panel["type"] == "row" {
                continue;
            }
            assert!(
                panel["description"]
                    .as_str()
                    .is_some_and(|text| text.len() > 10),
                "{title}"
            );
            let plain =
                ["table", "heatmap", "state-timeline"].contains(&panel["type"].as_str().unwrap());
            let unit = &panel["fieldConfig"]["defaults"]["unit"];
            assert!(plain || unit.is_string(), "{title} has no unit");
        }
    }
}

#[test]
fn grafana_finds_its_files() {
    let source = read("grafana/provisioning/datasources/lajur.yml");
    let provider = read("grafana/provisioning/dashboards/lajur.yml");
    let compose = read("deploy/docker-compose.yml");
    for (from, to) in [
        ("../grafana/provisioning", "/etc/grafana/provisioning"),
        ("../grafana/dashboards", "/etc/grafana/dashboards"),
        ("./prometheus", "/etc/prometheus"),
        ("./alertmanager", "/etc/alertmanager"),
    ] {
        let mounted = compose
            .lines()
            .any(|line| line.contains(&format!("{from}:{to}")));
        assert!(mounted, "{from} is not mounted at {to}");
        let path = repository("deploy").join(from);
        assert!(path.is_dir(), "{path:?} is not there");
    }
    assert!(provider.contains("path: /etc/grafana/dashboards"));
    // what the dashboards' variable begins with
    assert!(source.contains("uid: prometheus"));
    for name in DASHBOARDS {
        let current = &dashboard(name)["templating"]["list"][0]["current"]["value"];
        assert_eq!(current, "prometheus", "{name}");
    }
    assert!(source.contains("url: $PROMETHEUS_URL") && compose.contains("PROMETHEUS_URL:"));
}

#[actix_web::test]
async fn what_happens_seldom_is_counted_from_zero() {
    let app = crate::support::TestApp::start().await;
    let text = reqwest::get(app.metrics_url()).await.unwrap();
    let text = text.text().await.unwrap();
    for line in [
        r#"ws_disconnects_total{code="1006"} 0"#,
        r#"ws_disconnects_total{code="3008"} 0"#,
        r#"cache_requests_total{result="error"} 0"#,
        r#"actor_restarts_total{actor="stage"} 0"#,
        r#"stage_completions_total{stage="visa-approval"} 0"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}
