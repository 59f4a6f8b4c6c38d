//! Servers that misbehave, on plain sockets, and the requests that are sent to them.
#![allow(dead_code)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anban_core::appointments::Wish;
use anban_core::ids::{RequestId, VisitId};
use anban_core::outbox::{DocumentWish, Request};
use anban_sync::Limits;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Limits that let a test be over soon.
pub fn short() -> Limits {
    Limits {
        connect: Duration::from_millis(300),
        whole: Duration::from_millis(600),
        farewell: Duration::from_millis(300),
        watch_every: Duration::from_millis(50),
        ..Limits::default()
    }
}

/// A request as a server reads it.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub head: String,
    pub body: Vec<u8>,
}

/// A server that reads each request and then does as it likes with the connection. Lives as long as the tests.
pub fn server(behave: impl Fn(Asked, TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let behave = Arc::new(behave);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let behave = behave.clone();
            thread::spawn(move || {
                if let Some(asked) = read(&stream) {
                    behave(asked, stream);
                }
            });
        }
    });
    address
}

/// A server that writes the same bytes to everyone and closes.
pub fn says(bytes: impl Into<Vec<u8>>) -> String {
    let bytes = bytes.into();
    server(move |_, mut stream| {
        let _ = stream.write_all(&bytes);
    })
}

/// A whole HTTP answer.
pub fn http(status: &str, media: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// An answer in FHIR.
pub fn fhir(status: &str, body: &str) -> String {
    http(status, "application/fhir+json", body)
}

/// An outcome with one error.
pub fn outcome(code: &str) -> String {
    format!(r#"{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"{code}"}}]}}"#)
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head += &line;
    }
    let length = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let mut first = head.split_whitespace().map(str::to_owned);
    Some(Asked {
        method: first.next()?,
        path: first.next()?,
        head,
        body,
    })
}

pub fn now() -> Timestamp {
    "2026-11-23T01:00:00Z".parse().unwrap()
}

pub fn request_id(number: u128) -> RequestId {
    RequestId(Uuid::from_u128(number))
}

/// A wish to be booked: a certain slot of department `d1`, or the first free one of the coming week.
pub fn booking(slot: Option<&str>) -> Request {
    booking_at("d1", slot, now())
}

/// The same of another department, in the week from then on.
pub fn booking_at(department: &str, slot: Option<&str>, from: Timestamp) -> Request {
    let wish = Wish {
        department: department.to_owned(),
        slot: slot.map(str::to_owned),
        from,
        to: from + SignedDuration::from_hours(7 * 24),
        for_patient: None,
    };
    Request::BookVisit {
        visit: VisitId(Uuid::from_u128(1)),
        wish,
        patient: "王秀英".to_owned(),
    }
}

/// A visit to be called off.
pub fn cancelling(appointment: &str) -> Request {
    Request::CancelVisit {
        visit: VisitId(Uuid::from_u128(1)),
        appointment: appointment.to_owned(),
        declined: false,
    }
}

/// A health status to be issued; the number is the example of GB 11643-1999.
pub fn issuing() -> Request {
    Request::IssueDocument(DocumentWish::health_status("王秀英", "11010519491231002X"))
}
