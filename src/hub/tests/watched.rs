//! Metrics as others read them, and a hub that says that it is about to stop.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_hub::{Config, Hub};
use serde_json::Value;
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};
use support::*;

/// Metrics, read by a parser that others wrote.
fn samples(text: &[u8]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools/api-tester/metrics-read");
    let mut parser = Command::new("python3")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    parser.stdin.take().unwrap().write_all(text).unwrap();
    let read = parser.wait_with_output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(text));
    let lines = String::from_utf8(read.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn metrics_are_read_by_prometheus_own_parser_and_say_what_has_happened() {
    let data = tempfile::tempdir().unwrap();
    // A hospital that nobody answers for.
    let hospital = "[[hospital]]\nname = \"county\"\nbase = \"http://127.0.0.1:9/r4\"\n\
                    [[hospital.service]]\nid = \"teeth\"\nthere = \"1\"\n";
    let file = data.path().join("gateway.toml");
    std::fs::write(&file, hospital).unwrap();
    let hub = Hub::start(Config {
        demo: true,
        gateway: Some(file),
        metrics: Some("127.0.0.1:0".to_owned()),
        clock: std::sync::Arc::new(|| MONDAY.parse().unwrap()),
        ..Config::new("127.0.0.1:0", data.path())
    })
    .unwrap();
    let slot = free(&hub.url())[0].slot.clone();
    for _ in 0..3 {
        book(&hub.url(), &wish(&slot));
    }
    get(
        &hub.url(),
        &format!("/fhir/Appointment?patient.identifier=urn:x%7C{NUMBER}"),
    );
    let metrics = get(&format!("http://{}", hub.metrics_addr().unwrap()), "/metrics");
    assert!(
        metrics
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    assert!(!String::from_utf8_lossy(&metrics.body).contains(NUMBER));
    let samples = samples(&metrics.body);
    let value = |name: &str, labels: &[(&str, &str)]| {
        let fits = |sample: &&Value| {
            sample["name"] == name && labels.iter().all(|(label, value)| sample["labels"][label] == **value)
        };
        let found: Vec<&Value> = samples.iter().filter(fits).collect();
        assert_eq!(found.len(), 1, "{name} {labels:?}: {found:?}");
        found[0]["value"].as_f64().unwrap()
    };
    let asked = [("method", "POST"), ("route", "/fhir/Appointment/$book")];
    let answered = |status| value("anban_hub_requests_total", &[asked[0], asked[1], ("status", status)]);
    assert_eq!((answered("200"), answered("409")), (1.0, 2.0));
    assert_eq!(value("anban_hub_request_duration_seconds_count", &asked), 3.0);
    assert_eq!(value("anban_hub_bookings_total", &[]), 1.0);
    assert_eq!(value("anban_hub_refusals_total", &[("reason", "conflict")]), 2.0);
    assert!(value("anban_hub_database_step_duration_seconds_count", &[]) >= 4.0);
    assert_eq!(value("anban_hub_database_step_failures_total", &[]), 0.0);
    assert_eq!(value("anban_hub_streams", &[]), 0.0);
    assert_eq!(
        value("anban_hub_build_info", &[("version", env!("CARGO_PKG_VERSION"))]),
        1.0
    );
    assert_eq!(value("anban_hub_trust_list_age_seconds", &[]), 0.0);
    let asked = [("hospital", "county"), ("outcome", "answered")];
    assert_eq!(value("anban_hub_hospital_calls_total", &asked), 0.0);
    // The rules that are shipped are about metrics that there are.
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/prometheus/alerts.yml");
    let rules = std::fs::read_to_string(rules).unwrap();
    let names = rules.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let names: Vec<&str> = names.filter(|name| name.starts_with("anban_hub_")).collect();
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        assert!(
            samples.iter().any(|sample| sample["name"] == name),
            "there is no {name}"
        );
    }
    for sample in &samples {
        assert!(sample["family"].as_str().unwrap().starts_with("anban_hub_"), "{sample}");
        assert_ne!(sample["type"], "unknown", "{sample}");
    }
}

#[test]
fn a_hub_that_is_told_to_stop_says_that_it_is_not_ready_and_serves_on_until_its_time_is_over() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::start(data.path(), &["--demo", "--drain", "600"]);
    let ready = get(&program.base, "/ready");
    assert_eq!((ready.status, ready.json()["status"].as_str()), (200, Some("ok")));
    program.terminate();
    let until = Instant::now() + Duration::from_secs(20);
    while get(&program.base, "/ready").status == 200 {
        assert!(Instant::now() < until, "it goes on saying that it is ready");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(get(&program.base, "/ready").status, 503);
    assert_eq!(get(&program.base, "/health").status, 200);
    assert_eq!(get(&program.base, "/fhir/Location").status, 200);
    // Whoever can't wait says it once more.
    program.terminate();
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}
