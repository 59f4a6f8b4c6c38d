//! What an operator needs: TLS, staff, the audit trail, request ids, the log, metrics, limits.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/device.rs"]
mod device;
mod support;

use anban_hub::{Config, Hub};
use anban_wire::{fhir::to_json, refusals::RefusalCode, scheduling::read_answer};
use device::{Device, sign_in};
use std::{
    io::Read,
    net::TcpStream,
    path::Path,
    process::{Command, Output, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use support::*;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

const TLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls");

fn hub(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_anban-hub"))
        .args(arguments)
        .output()
        .unwrap()
}

fn told(arguments: &[&str], data: &Path, code: i32) -> String {
    let mut arguments = arguments.to_vec();
    arguments.extend(["--data", data.to_str().unwrap()]);
    let Output { status, stdout, stderr } = hub(&arguments);
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(code), "{stdout}{stderr}");
    if code == 2 { stderr } else { stdout }
}

/// A client that trusts one certificate alone.
fn trusting(name: &str) -> ureq::Agent {
    let pem = std::fs::read(format!("{TLS}/{name}.crt")).unwrap();
    let roots: Vec<Certificate<'static>> = parse_pem(&pem)
        .filter_map(|item| match item.unwrap() {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .build();
    ureq::Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

#[test]
fn tls_is_spoken_with_the_certificate_and_with_a_new_one_after_sighup() {
    let data = tempfile::tempdir().unwrap();
    let place = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    let install = |name: &str| {
        for ending in ["crt", "key"] {
            std::fs::copy(format!("{TLS}/{name}.{ending}"), place(&format!("hub.{ending}"))).unwrap();
        }
    };
    install("one");
    let (certificate, key) = (place("hub.crt"), place("hub.key"));
    let program = Program::start(data.path(), &["--tls-certificate", &certificate, "--tls-key", &key]);
    assert!(program.base.starts_with("https://127.0.0.1:"));
    let health = format!("{}/health", program.base);
    assert_eq!(trusting("one").get(&health).call().unwrap().status(), 200);
    assert!(trusting("two").get(&health).call().is_err());
    let hang_up = || {
        let kill = format!("kill -HUP {}", program.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    };
    std::fs::write(&certificate, "no certificate").unwrap();
    hang_up();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(
        trusting("one").get(&health).call().unwrap().status(),
        200,
        "it stays as it was"
    );
    install("two");
    hang_up();
    let began = Instant::now();
    while trusting("two").get(&health).call().is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "the new certificate is not shown"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(trusting("one").get(&health).call().is_err());
    // Who says nothing is let go of.
    let mut silent = TcpStream::connect(program.base.strip_prefix("https://").unwrap()).unwrap();
    silent.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(silent.read(&mut [0; 8]).unwrap(), 0);
}

#[test]
fn files_that_are_no_certificate_and_key_are_told_in_one_sentence() {
    let data = tempfile::tempdir().unwrap();
    let file = |name: &str| format!("{TLS}/{name}");
    let none = data.path().join("none").to_str().unwrap().to_owned();
    for (certificate, key, says) in [
        (none.clone(), file("one.key"), "--tls-certificate"),
        (file("one.key"), file("one.key"), "--tls-certificate"),
        (file("one.crt"), none, "--tls-key"),
        (file("one.crt"), file("one.crt"), "--tls-key"),
        (file("one.crt"), file("two.key"), "made for each other"),
    ] {
        let started = [
            "--listen",
            "127.0.0.1:0",
            "--tls-certificate",
            &certificate,
            "--tls-key",
            &key,
        ];
        let error = told(&started, data.path(), 2);
        assert!(error.contains(says) && error.trim().lines().count() == 1, "{error}");
    }
    let error = told(&["--tls-certificate", &file("one.crt")], data.path(), 2);
    assert!(error.contains("--tls-key"), "{error}");
}

#[test]
fn staff_sign_in_do_what_their_role_allows_and_are_gone_when_removed() {
    let data = tempfile::tempdir().unwrap();
    assert!(told(&["staff", "list"], data.path(), 2).contains("there is no hub"));
    let program = Program::start(data.path(), &["--demo"]);
    let elder = Device::register(&program.base, "王秀英");
    let [registrar, nurse, administrator] =
        ["registrar", "nurse", "administrator"].map(|role| Device::of_role(data.path(), &program.base, role));
    let now = jiff::Timestamp::now();
    let find = anban_wire::scheduling::FindRequest::between(now, now + jiff::SignedDuration::from_hours(24 * 10));
    let found = post_fhir(&program.base, "/fhir/Appointment/$find", find.to_parameters());
    let slots = anban_wire::scheduling::offers(&found.bundle());
    let slot = &slots.last().unwrap().slot;
    let refused = nurse.book(slot, &elder.patient);
    assert_eq!(
        (refused.status, refusal(&refused)),
        (403, Some(RefusalCode::NotAllowed))
    );
    let booked = read_answer(&registrar.book(slot, &elder.patient).body).unwrap();
    let by = booked.extension[0].value_reference.as_ref().unwrap();
    assert_eq!(
        (by.id_of("Practitioner"), by.display.as_deref()),
        (Some(registrar.id.as_str()), Some("李工"))
    );
    assert_eq!(registrar.book("none", "nobody").status, 404);

    let path = format!("/devices/{}", elder.id);
    assert_eq!(registrar.delete(&path).status, 403);
    assert_eq!(administrator.delete(&path).status, 204);
    assert_eq!(elder.get("/grants").status, 401, "all its tokens have ended");
    assert_eq!(sign_in(&program.base, &elder.id, &elder.secret).status, 401);
    assert_eq!(administrator.delete(&path).status, 404);
    assert_eq!(
        administrator.delete(&format!("/devices/{}", nurse.id)).status,
        404,
        "staff are no devices"
    );

    let listed = told(&["staff", "list"], data.path(), 0);
    assert_eq!(listed.lines().count(), 3);
    assert!(listed.contains("李工") && !listed.contains(&registrar.secret));
    told(&["staff", "remove", &registrar.id], data.path(), 0);
    assert_eq!(registrar.book(slot, &elder.patient).status, 401);
    assert!(told(&["staff", "remove", &elder.id], data.path(), 2).contains("staff list"));
    assert!(told(&["staff", "add", "x", "--role", "king"], data.path(), 2).contains("registrar"));
    assert!(told(&["staff", "add", " ", "--role", "nurse"], data.path(), 2).contains("1 to 64"));
}

#[test]
fn a_later_edit_of_the_audit_trail_shows() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    for name in ["王秀英", "李梅", "陈明"] {
        Device::register(&hub.url(), name);
    }
    hub.shutdown();
    let verify = |arguments: &[&str], code| told(&[&["audit", "verify"], arguments].concat(), data.path(), code);
    let holds = verify(&[], 0);
    let head = holds.trim().rsplit(' ').next().unwrap().to_owned();
    assert!(head.starts_with("3:"), "{holds}");
    assert_eq!(verify(&["--head", &head], 0), holds);
    let other = format!("2:{}", "0".repeat(64));
    assert!(verify(&["--head", &other], 1).contains("note 2"));
    assert!(verify(&["--head", "x"], 2).contains("NUMBER:HASH"));
    let db = rusqlite::Connection::open(data.path().join("hub.db")).unwrap();
    let keep = "CREATE TABLE kept AS SELECT * FROM audit_events";
    db.execute_batch(keep).unwrap();
    for (edit, number) in [
        ("UPDATE audit_events SET caller_name = '别人' WHERE number = 2", 2),
        ("DELETE FROM audit_events WHERE number = 1", 1),
        ("UPDATE audit_events SET noted_at = noted_at + 1 WHERE number = 3", 3),
    ] {
        db.execute_batch(edit).unwrap();
        assert!(verify(&[], 1).contains(&format!("note {number} ")), "{edit}");
        db.execute_batch("DELETE FROM audit_events; INSERT INTO audit_events SELECT * FROM kept")
            .unwrap();
        assert_eq!(verify(&[], 0), holds);
    }
    // Cutting off the end leaves a whole chain: only who has noted the end sees it.
    db.execute_batch("DELETE FROM audit_events WHERE number = 3").unwrap();
    verify(&[], 0);
    assert!(verify(&["--head", &head], 1).contains("note 3"));
}

#[test]
fn the_log_has_request_ids_and_nothing_of_a_person() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::with(data.path(), &["--demo", "--log", "json"], |command| {
        command.env_remove("RUST_LOG").stderr(Stdio::piped())
    });
    let base = program.base.clone();
    let id = uuid::Uuid::new_v4().to_string();
    let given = agent().get(format!("{base}/health")).header("X-Request-Id", &id);
    assert_eq!(answer(given.call().unwrap()).header("x-request-id"), id);
    let made = get(&base, &format!("/fhir/Appointment?patient.identifier=urn:x%7C{NUMBER}"));
    let made = made.header("x-request-id").to_owned();
    assert!(uuid::Uuid::parse_str(&made).is_ok());
    let elder = Device::register(&base, "王秀英");
    let helper = Device::register(&base, "陈明");
    let (code, unused) = (elder.invite(), elder.invite());
    for (digits, status) in [(&code, 201), (&code, 404), (&"00000000".to_owned(), 404)] {
        assert_eq!(helper.take_up(digits).status, status);
    }
    ask_for(&base, "health-status", serde_json::json!({}));
    post(
        &base,
        "/fhir/Appointment/$book",
        "application/fhir+json",
        &to_json(&wish("none").to_parameters().into()).unwrap(),
    );
    program.terminate();
    let mut log = String::new();
    program.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    program.child.wait().unwrap();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
    assert!(log.contains(&id) && log.contains(&made) && log.contains("\"route\":\"/devices\""));
    for secret in [
        "王",
        NUMBER,
        "5509",
        &elder.secret,
        &elder.token,
        &elder.patient,
        &elder.id,
        &code,
        &unused,
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn metrics_are_served_at_an_address_of_their_own_or_not_at_all() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let slot = free(&hub.url())[0].slot.clone();
    assert_eq!(get(&hub.url(), "/metrics").status, 404);
    hub.shutdown();
    let hub = Hub::start(Config {
        demo: true,
        metrics: Some("127.0.0.1:0".to_owned()),
        clock: Arc::new(|| MONDAY.parse().unwrap()),
        ..Config::new("127.0.0.1:0", data.path())
    })
    .unwrap();
    book(&hub.url(), &wish(&slot));
    book(&hub.url(), &wish(&slot));
    let apart = format!("http://{}", hub.metrics_addr().unwrap());
    let text = get(&apart, "/metrics");
    assert!(text.header("content-type").starts_with("application/openmetrics-text"));
    let text = String::from_utf8(text.body).unwrap();
    for line in [
        "anban_hub_bookings_total 1\n",
        "anban_hub_requests_total{method=\"POST\",route=\"/fhir/Appointment/$book\",status=\"409\"} 1\n",
        "anban_hub_refusals_total{reason=\"conflict\"} 1\n",
        "anban_hub_database_step_duration_seconds_count",
        "anban_hub_trust_list_age_seconds",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert_eq!(
        (get(&hub.url(), "/metrics").status, get(&apart, "/health").status),
        (404, 404)
    );
}

#[test]
fn whoever_asks_too_much_is_told_when_to_come_again() {
    let data = tempfile::tempdir().unwrap();
    let hub = Hub::start(Config {
        demo: true,
        behind_gateway: true,
        requests_per_second: 1,
        clock: Arc::new(|| MONDAY.parse().unwrap()),
        ..Config::new("127.0.0.1:0", data.path())
    })
    .unwrap();
    let ask = |from: &str, token: Option<&str>| {
        let mut request = agent()
            .get(format!("{}/fhir/Appointment?_id=none", hub.url()))
            .header("X-Forwarded-For", from);
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.call().unwrap())
    };
    let device = Device::register(&hub.url(), "王秀英");
    let answers: Vec<Answer> = (0..31).map(|_| ask("192.0.2.1", None)).collect();
    assert!(answers[..30].iter().all(|answer| answer.status == 200));
    assert_eq!((answers[30].status, answers[30].header("retry-after")), (429, "1"));
    assert_eq!(ask("192.0.2.2", None).status, 200);
    let signed_in: Vec<u16> = (0..31).map(|_| ask("192.0.2.1", Some(&device.token)).status).collect();
    assert_eq!(
        signed_in.iter().filter(|status| **status == 200).count(),
        30,
        "a caller has a budget of their own"
    );
    assert_eq!(
        ask("192.0.2.3", Some(&device.token)).status,
        429,
        "wherever they come from"
    );
}
