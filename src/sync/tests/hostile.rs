//! Servers that are broken, slow or hostile: each gives the right trouble, within its time.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use anban_core::effect::{Fetched, Wanted};
use anban_core::outbox::{Answer, Request, Trouble};
use anban_sync::{Client, Limits};
use common::*;
use proptest::prelude::*;

fn all_requests() -> Vec<Request> {
    vec![booking(Some("s1")), booking(None), cancelling("a1"), issuing()]
}

fn all_wanted() -> Vec<Wanted> {
    let timetable = Wanted::Timetable {
        department: "d1".to_owned(),
        from: now(),
        to: now(),
    };
    vec![Wanted::Directory, timetable, Wanted::TrustList]
}

/// Everything that can be asked of this server ends in this trouble, within the limits and a little.
fn everything_ends_in(hub: &str, trouble: Trouble) {
    let client = Client::with_limits(short());
    let in_time = |began: Instant| began.elapsed() < short().whole + Duration::from_millis(400);
    for request in all_requests() {
        let began = Instant::now();
        assert_eq!(
            client.send(hub, request_id(1), &request),
            Answer::NoAnswer(trouble),
            "{request:?}"
        );
        assert!(in_time(began), "{request:?} took {:?}", began.elapsed());
    }
    for what in all_wanted() {
        let began = Instant::now();
        assert_eq!(
            client.fetch(hub, &what, now()),
            Fetched::Nothing {
                what: what.clone(),
                trouble
            }
        );
        assert!(in_time(began), "{what:?} took {:?}", began.elapsed());
    }
}

#[test]
fn a_server_in_trouble_is_failing() {
    for status in [
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "429 Too Many Requests",
        "408 Request Timeout",
        "511 Network Authentication Required",
    ] {
        everything_ends_in(&says(http(status, "text/html", "<html>oh no</html>")), Trouble::Failing);
    }
}

#[test]
fn a_server_that_never_answers_is_slow() {
    everything_ends_in(
        &server(|_, stream| {
            thread::sleep(Duration::from_secs(20));
            drop(stream)
        }),
        Trouble::Slow,
    );
}

#[test]
fn a_server_that_does_not_even_take_the_connection_up_is_slow() {
    // The system's queue of connections takes it; nobody ever reads.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    everything_ends_in(&format!("http://{}", listener.local_addr().unwrap()), Trouble::Slow);
}

fn drips(head: &'static str) -> String {
    server(move |_, mut stream| {
        let _ = stream.write_all(head.as_bytes());
        for _ in 0..200 {
            thread::sleep(Duration::from_millis(50));
            if stream.write_all(b" ").is_err() {
                return;
            }
        }
    })
}

#[test]
fn a_server_that_drips_gains_no_time() {
    everything_ends_in(
        &drips("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"),
        Trouble::Slow,
    );
    everything_ends_in(&drips("HTTP/1.1 200 OK\r\nx-slow:"), Trouble::Slow);
    everything_ends_in(
        &drips("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1000\r\n{"),
        Trouble::Slow,
    );
}

#[test]
fn bytes_that_are_no_http_are_rubbish() {
    everything_ends_in(
        &says("SSH-2.0-OpenSSH_9.2\r\nnothing for you\r\n\r\n"),
        Trouble::Rubbish,
    );
    everything_ends_in(&says([0xff; 300]), Trouble::Rubbish);
    let endless_head = server(|_, mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"x-more: and more and more and more\r\n").is_ok() {}
    });
    everything_ends_in(&endless_head, Trouble::Rubbish);
}

#[test]
fn a_sign_in_page_is_rubbish_whatever_its_status() {
    for status in [
        "200 OK",
        "201 Created",
        "203 Non-Authoritative",
        "400 Bad Request",
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "409 Conflict",
        "410 Gone",
        "418 I'm a teapot",
    ] {
        everything_ends_in(
            &says(http(status, "text/html", "<html><form>Room number?</form></html>")),
            Trouble::Rubbish,
        );
    }
    everything_ends_in(&says("HTTP/1.1 204 No Content\r\n\r\n"), Trouble::Rubbish);
}

#[test]
fn other_peoples_json_is_rubbish() {
    for body in [
        "",
        "null",
        "[]",
        "{}",
        "\"ok\"",
        "42",
        r#"{"ok":true}"#,
        r#"{"resourceType":"Patient"}"#,
        r#"{"resourceType":"Bundle"}"#,
        r#"{"resourceType":"Bundle","type":"collection"}"#,
        r#"{"resourceType":"Appointment","status":"booked"}"#,
        r#"{"resourceType":"Appointment","status":"booked","participant":[]}"#,
        r#"{"text":"AB1:NOTHING"}"#,
        r#"{"resourceType":"OperationOutcome","issue":[]}"#,
    ] {
        everything_ends_in(&says(fhir("200 OK", body)), Trouble::Rubbish);
    }
    let deep = "[".repeat(200_000);
    everything_ends_in(&says(fhir("200 OK", &deep)), Trouble::Rubbish);
}

#[test]
fn an_endless_body_is_cut_off() {
    let endless = |head: &'static str| {
        server(move |_, mut stream| {
            let _ = stream.write_all(head.as_bytes());
            let spaces = vec![b' '; 64 * 1024];
            while stream.write_all(&spaces).is_ok() {}
        })
    };
    let limits = Limits {
        listing: 256 * 1024,
        whole: Duration::from_secs(5),
        ..short()
    };
    let client = Client::with_limits(limits);
    for hub in [
        endless("HTTP/1.1 200 OK\r\n\r\n"),
        endless("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"),
    ] {
        for request in all_requests() {
            let began = Instant::now();
            assert_eq!(
                client.send(&hub, request_id(1), &request),
                Answer::NoAnswer(Trouble::Rubbish)
            );
            assert!(began.elapsed() < Duration::from_secs(2), "cut by size, not by time");
        }
        for what in all_wanted() {
            let trouble = Trouble::Rubbish;
            assert_eq!(client.fetch(&hub, &what, now()), Fetched::Nothing { what, trouble });
        }
    }
}

#[test]
fn an_answer_that_breaks_off_never_arrived() {
    everything_ends_in(
        &says("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{\"resourceType\":\"Bundle\","),
        Trouble::Unreachable,
    );
    everything_ends_in(
        &says("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1000\r\n{\"resou"),
        Trouble::Unreachable,
    );
    everything_ends_in(&says("HTTP/1.1 200 OK\r\ncontent-le"), Trouble::Unreachable);
    everything_ends_in(&server(|_, stream| drop(stream)), Trouble::Unreachable);
}

#[test]
fn a_content_length_that_is_wrong_is_rubbish() {
    let body = r#"{"resourceType":"Bundle","type":"searchset"}"#;
    everything_ends_in(
        &says(format!("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{body}")),
        Trouble::Rubbish,
    );
    everything_ends_in(
        &says(format!("HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{body}")),
        Trouble::Rubbish,
    );
    everything_ends_in(
        &says(format!("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{body}")),
        Trouble::Rubbish,
    );
}

#[test]
fn a_redirect_leads_nowhere() {
    let (asked, was_asked) = std::sync::mpsc::channel();
    let elsewhere = server(move |_, mut stream| {
        let _ = asked.send(());
        let _ = stream.write_all(fhir("200 OK", "{}").as_bytes());
    });
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let head = format!("HTTP/1.1 {status}\r\nlocation: {elsewhere}/fhir\r\ncontent-length: 0\r\n\r\n");
        everything_ends_in(&says(head), Trouble::Rubbish);
    }
    assert!(was_asked.try_recv().is_err(), "the other host was asked");
}

#[test]
fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let hub = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    everything_ends_in(&hub, Trouble::Unreachable);
    everything_ends_in("http://no-such-hub.invalid", Trouble::Unreachable);
}

#[test]
fn a_server_without_tls_is_not_talked_to_over_https() {
    let hub = says(fhir("200 OK", "{}")).replace("http://", "https://");
    let client = Client::with_limits(short());
    let answer = client.send(&hub, request_id(1), &booking(Some("s1")));
    assert!(
        matches!(
            answer,
            Answer::NoAnswer(Trouble::Rubbish | Trouble::Unreachable | Trouble::Slow)
        ),
        "{answer:?}"
    );
}

#[test]
fn an_address_that_is_none_is_not_tried() {
    for hub in [
        "",
        "hub.example",
        "ftp://hub.example",
        "http://a@hub.example",
        "file:///etc/passwd",
    ] {
        everything_ends_in(hub, Trouble::BadAddress);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic_or_hang(head in "(HTTP/1.[01] [0-9]{1,4} ?[a-z]{0,4}\r\n)?([a-z-]{1,12}: ?[ -~]{0,12}\r\n){0,3}(\r\n)?", rest in proptest::collection::vec(any::<u8>(), 0..100)) {
        let hub = says([head.as_bytes(), &rest].concat());
        let answer = Client::with_limits(short()).send(&hub, request_id(1), &booking(Some("s1")));
        prop_assert!(matches!(answer, Answer::NoAnswer(_)), "{:?}", answer);
    }
}
