//! What the hub does with rubbish, with too much, and with requests that it is stopped in.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use anban_wire::fhir::{OperationOutcome, from_json, to_json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};
use support::*;

const ROUTES: [&str; 3] = ["/fhir/Appointment/$find", "/fhir/Appointment/$book", "/documents"];

fn media(route: &str) -> &'static str {
    if route == "/documents" {
        "application/json"
    } else {
        "application/fhir+json"
    }
}

#[test]
fn rubbish_is_refused_with_an_outcome_and_is_never_the_hubs_fault() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    let wish = wish("s1");
    let whole = to_json(&wish.to_parameters().into()).unwrap();
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let mut bodies: Vec<Vec<u8>> = vec![
        vec![],
        b"null".to_vec(),
        b"{}".to_vec(),
        b"[]".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        b"{\"resourceType\":\"Patient\"}".to_vec(),
        b"{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"start\",\"valueDateTime\":\"tomorrow\"}]}".to_vec(),
        b"{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"start\",\"valueDateTime\":\"9999-12-31\"},{\"name\":\"end\",\"valueDateTime\":\"9999\"}]}".to_vec(),
        b"{\"command\":\"x\",\"kind\":\"health-status\",\"name\":1}".to_vec(),
        deep.into_bytes(),
        "\u{202e}王".repeat(1000).into_bytes(),
    ];
    // Every place where a connection could break off in the middle of a real request.
    bodies.extend((0..whole.len()).step_by(37).map(|length| whole[..length].to_vec()));
    for route in ROUTES {
        for body in &bodies {
            let answer = post(&hub.url(), route, media(route), body);
            let shown = String::from_utf8_lossy(body);
            assert!(
                (400..500).contains(&answer.status),
                "{route} {} {shown:.200}",
                answer.status
            );
            from_json::<OperationOutcome>(&answer.body).unwrap();
        }
        assert_eq!(post(&hub.url(), route, "text/plain", b"{}").status, 415);
        assert_eq!(put(&hub.url(), route, None, b"{}").status, 405);
    }
    let query = "/fhir/Appointment/$find?start=%FF&end=%00";
    assert!((400..500).contains(&get(&hub.url(), query).status));
    assert_eq!(get(&hub.url(), "/health").status, 200);
}

#[test]
fn a_body_over_the_cap_is_refused_announced_or_not() {
    let data = tempfile::tempdir().unwrap();
    let hub = demo(data.path());
    for route in ROUTES {
        let body = vec![b' '; 64 * 1024 + 1];
        assert_eq!(post(&hub.url(), route, media(route), &body).status, 413, "{route}");
    }
    // Without a length the hub has to notice while it reads.
    let mut stream = TcpStream::connect(hub.addr()).unwrap();
    let head =
        "POST /documents HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
    for _ in 0..5 {
        stream.write_all(chunk.as_bytes()).unwrap();
    }
    let mut answer = [0_u8; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[test]
fn a_request_that_has_begun_is_finished_when_the_hub_is_stopped() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::start(data.path(), &["--demo"]);
    let address = program.base.strip_prefix("http://").unwrap().to_owned();
    let offers = {
        let now = jiff::Timestamp::now();
        let until = now + jiff::SignedDuration::from_hours(24 * 10);
        let find = anban_wire::scheduling::FindRequest::between(now, until).to_parameters();
        anban_wire::scheduling::offers(&post_fhir(&program.base, "/fhir/Appointment/$find", find).bundle())
    };
    let body = to_json(&wish(&offers.last().unwrap().slot).to_parameters().into()).unwrap();
    let (first, rest) = body.split_at(body.len() / 2);
    let mut stream = TcpStream::connect(&address).unwrap();
    let head = format!(
        "POST /fhir/Appointment/$book HTTP/1.1\r\nHost: hub\r\nContent-Type: application/fhir+json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(first).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    program.terminate();
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        program.child.try_wait().unwrap().is_none(),
        "it stopped in the middle of a request"
    );
    assert!(TcpStream::connect(&address).is_err(), "it still takes new connections");
    stream.write_all(rest).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:.200}");
    assert!(answer.contains("\"booked\""));
    assert!(program.child.wait().unwrap().success());
}
