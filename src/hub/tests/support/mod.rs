//! What the tests of the hub share: a hub in this process or as a program, and a plain HTTP client.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

pub mod postgres;
pub mod proxy;

use anban_credential::{Document, DocumentState, RootKey, Trust, TrustList, verify};
use anban_hub::{Config, Hub, RunningHub};
use anban_wire::{
    CommandId,
    fhir::{Bundle, Identifier, Resource, from_json, to_json},
    refusals::RefusalCode,
    scheduling::{BookRequest, FindRequest, Offer, PatientDetails, offers},
    systems,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

/// 06:00 on a Monday in the city: everything of the day is still to come.
pub const MONDAY: &str = "2026-11-23T06:00:00+08:00";
/// An identity number whose check character is right (the example of GB 11643).
pub const NUMBER: &str = "11010519491231002X";

pub fn demo(data: &Path) -> RunningHub {
    demo_at(data, MONDAY)
}

pub fn demo_at(data: &Path, now: &str) -> RunningHub {
    let now = now.parse().unwrap();
    Hub::start(Config {
        demo: true,
        clock: Arc::new(move || now),
        ..Config::new("127.0.0.1:0", data)
    })
    .unwrap()
}

/// A clock that a test moves.
#[derive(Clone)]
pub struct Moving(Arc<Mutex<Timestamp>>);

impl Moving {
    pub fn at(now: &str) -> Self {
        Self(Arc::new(Mutex::new(now.parse().unwrap())))
    }

    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    /// Moves on by hours, or back.
    pub fn hours(&self, hours: i64) -> Timestamp {
        let mut now = self.0.lock().unwrap();
        *now += SignedDuration::from_hours(hours);
        *now
    }

    /// Moves on by minutes.
    pub fn minutes(&self, minutes: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_mins(minutes);
    }

    /// A demonstration hub on this clock.
    pub fn demo(&self, data: &Path) -> RunningHub {
        let clock = self.clone();
        Hub::start(Config {
            demo: true,
            clock: Arc::new(move || clock.now()),
            ..Config::new("127.0.0.1:0", data)
        })
        .unwrap()
    }
}

pub fn post_json(base: &str, path: &str, body: &serde_json::Value) -> Answer {
    post(base, path, "application/json", body.to_string().as_bytes())
}

/// Asks for a document of 王秀英, with more fields.
pub fn ask_for(base: &str, kind: &str, more: serde_json::Value) -> Answer {
    let mut body = serde_json::json!({
        "command": uuid::Uuid::new_v4(), "kind": kind, "name": "王秀英", "identityNumber": NUMBER, "region": "990101",
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    post_json(base, "/documents", &body)
}

/// The document in an answer.
pub fn issued(answer: &Answer) -> Document {
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    anban_credential::read(answer.json()["text"].as_str().unwrap()).unwrap()
}

/// The code of a refusal, if it has one of ours.
pub fn refusal(answer: &Answer) -> Option<RefusalCode> {
    match serde_json::from_slice(&answer.body).unwrap() {
        Resource::OperationOutcome(outcome) => RefusalCode::of(&outcome),
        other => panic!("{other:?}"),
    }
}

/// The hub's trust list, checked against the region's root.
pub fn trust_list(base: &str, now: Timestamp) -> TrustList {
    let root = RootKey::from_pem(include_str!("../../../../assets/region/demo/root.pem")).unwrap();
    TrustList::open(&get(base, "/trust-list").body, &root, now).unwrap()
}

pub fn state(document: &Document, list: &TrustList, at: Timestamp) -> DocumentState {
    verify(document, &Trust::from(list.clone()), at).state()
}

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: ureq::http::HeaderMap,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn bundle(&self) -> Bundle {
        from_json(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}

pub fn answer(response: ureq::http::Response<ureq::Body>) -> Answer {
    let (parts, mut body) = response.into_parts();
    let body = body.read_to_vec().unwrap();
    Answer {
        status: parts.status.as_u16(),
        body,
        headers: parts.headers,
    }
}

pub fn get(base: &str, path: &str) -> Answer {
    answer(agent().get(format!("{base}{path}")).call().unwrap())
}

/// Asks as a browser or a program does.
pub fn page(base: &str, path: &str, accept: &str, language: &str) -> Answer {
    let request = agent().get(format!("{base}{path}")).header("Accept", accept);
    answer(request.header("Accept-Language", language).call().unwrap())
}

pub fn post(base: &str, path: &str, media: &str, body: &[u8]) -> Answer {
    try_post(&agent(), base, path, media, body).unwrap()
}

pub fn try_post(agent: &ureq::Agent, base: &str, path: &str, media: &str, body: &[u8]) -> Result<Answer, ureq::Error> {
    Ok(answer(
        agent
            .post(format!("{base}{path}"))
            .header("Content-Type", media)
            .send(body)?,
    ))
}

pub fn put(base: &str, path: &str, if_match: Option<&str>, body: &[u8]) -> Answer {
    let mut request = agent()
        .put(format!("{base}{path}"))
        .header("Content-Type", "application/fhir+json");
    if let Some(version) = if_match {
        request = request.header("If-Match", version);
    }
    answer(request.send(body).unwrap())
}

pub fn post_fhir(base: &str, path: &str, resource: impl Into<Resource>) -> Answer {
    post(base, path, "application/fhir+json", &to_json(&resource.into()).unwrap())
}

/// Everything that is free in two weeks.
pub fn free(base: &str) -> Vec<Offer> {
    let request = FindRequest::between(
        "2026-11-23T00:00:00+08:00".parse().unwrap(),
        "2026-12-07T00:00:00+08:00".parse().unwrap(),
    );
    let answer = post_fhir(base, "/fhir/Appointment/$find", request.to_parameters());
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    offers(&answer.bundle())
}

pub fn wish(slot: &str) -> BookRequest {
    BookRequest {
        command: Some(CommandId(uuid::Uuid::new_v4())),
        slot: slot.to_owned(),
        patient: PatientDetails {
            id: None,
            identifier: Some(Identifier::new(systems::RESIDENT_IDENTITY, NUMBER)),
            name: Some("王秀英".to_owned()),
            telephone: Some("010-5555 0199".to_owned()),
        },
        comment: None,
    }
}

pub fn book(base: &str, wish: &BookRequest) -> Answer {
    post_fhir(base, "/fhir/Appointment/$book", wish.to_parameters())
}

/// The program itself.
pub struct Program {
    pub child: Child,
    pub base: String,
}

impl Program {
    pub fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::with(data, arguments, |command| command.env("RUST_LOG", "warn"))
    }

    /// Starts it with more of its surroundings set.
    pub fn with(data: &Path, arguments: &[&str], set: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_anban-hub"));
        command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped());
        let mut child = set(&mut command).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap_or_else(|| panic!("{line:?}"))
            .to_owned();
        Self { child, base }
    }

    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
