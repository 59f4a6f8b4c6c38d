//! A hospital with a FHIR server that others wrote, the way to it, and a hub whose gateway goes that way.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

use super::{
    device::Device,
    fhir_server::FhirServer,
    servers,
    support::{Answer, Program, agent, get, post_fhir, postgres::Server},
};
use anban_wire::{
    feed::{PatientContent, PatientFeed},
    fhir::Appointment,
    scheduling::{FindRequest, Offer, offers},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

/// What becomes of what is sent to the hospital.
#[derive(Clone, Default)]
pub enum Way {
    #[default]
    Open,
    /// Nothing arrives.
    Cut,
    /// Whatever is posted is done, and the answer lost.
    LosesAnswers,
    /// These bytes are the answer to requests that begin so, and nothing arrives.
    Answers(&'static str, Vec<u8>),
    /// Nothing arrives, and nobody says so.
    Hangs,
}

/// A hospital, the way to it, and a place for a hub.
pub struct Town {
    pub server: FhirServer,
    pub data: tempfile::TempDir,
    base: String,
    way: Arc<Mutex<Way>>,
    /// Where the hub keeps what it has, if not in its directory.
    database: Option<String>,
}

impl Town {
    pub fn new() -> Self {
        let server = FhirServer::start(&Timestamp::now().to_string(), &["--token", "open-sesame"]);
        let way: Arc<Mutex<Way>> = Arc::default();
        let (address, path) = server.base.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let (address, chosen) = (address.to_owned(), Arc::clone(&way));
        let proxy = servers::server(move |asked, stream| {
            let way = chosen.lock().unwrap().clone();
            let answer = match way {
                Way::Cut => None,
                Way::Hangs => {
                    thread::sleep(Duration::from_secs(6));
                    None
                }
                Way::Answers(what, bytes) if asked.head.starts_with(what) => Some(bytes),
                Way::LosesAnswers if asked.head.starts_with("POST") => {
                    forward(&asked, &address);
                    None
                }
                _ => forward(&asked, &address),
            };
            if let Some(answer) = answer {
                let _ = stream.write_all(&answer);
            }
        });
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("token"), "open-sesame\n").unwrap();
        Self {
            base: format!("{proxy}/{path}"),
            server,
            data,
            way,
            database: None,
        }
    }

    /// One with a hub on SQLite, and one with a hub on PostgreSQL.
    pub fn on_both_databases() -> impl Iterator<Item = Self> {
        [None, Some(())].into_iter().map(|shared| Self {
            database: shared.map(|()| Server::shared().database()),
            ..Self::new()
        })
    }

    pub fn way(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }

    /// The gateway's file; `more` goes into the hospital's part.
    pub fn file(&self, more: &str) -> PathBuf {
        let path = self.data.path().join("gateway.toml");
        let token = self.data.path().join("token");
        let text = format!(
            "[[hospital]]\nname = \"county\"\nbase = \"{}\"\ntoken_file = \"{}\"\nwhole_seconds = 2\n{more}\n\
             [[hospital.service]]\nid = \"teeth\"\nthere = \"county-dental\"\n\
             [[hospital.service]]\nid = \"surgery\"\nthere = \"county-surgery\"\n",
            self.base,
            token.display()
        );
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A hub that looks at the hospital every second.
    pub fn hub(&self) -> Program {
        let file = self.file("poll_seconds = 1\nfresh_seconds = 1");
        let mut arguments = vec![
            "--demo",
            "--requests-per-second",
            "0",
            "--gateway",
            file.to_str().unwrap(),
        ];
        arguments.extend(self.database.iter().flat_map(|database| ["--database", database]));
        let hub = Program::start(self.data.path(), &arguments);
        until("the department is there", || !times(&hub.base, "teeth").is_empty());
        hub
    }

    fn asked(&self, path: &str) -> Value {
        let request = agent().get(format!("{}/{path}", self.server.base));
        let mut answer = request.header("Authorization", "Bearer open-sesame").call().unwrap();
        answer.body_mut().read_json().unwrap()
    }

    /// A resource at the hospital.
    pub fn there(&self, path: &str) -> Value {
        self.asked(path)
    }

    /// Of a hub's slot.
    pub fn status_there(&self, slot: &str) -> String {
        let id = slot.strip_prefix("county.").unwrap();
        self.asked(&format!("Slot/{id}"))["status"].as_str().unwrap().to_owned()
    }

    /// The hospital's appointments on a hub's slot.
    pub fn appointments(&self, slot: &str) -> Vec<Value> {
        let id = slot.strip_prefix("county.").unwrap();
        let bundle = self.asked(&format!("Appointment?slot=Slot/{id}"));
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        entries.into_iter().map(|mut entry| entry["resource"].take()).collect()
    }

    /// What somebody at the hospital changes.
    pub fn change(&self, path: &str, change: impl FnOnce(&mut Value)) {
        let mut resource = self.asked(path);
        change(&mut resource);
        let request = agent().put(format!("{}/{path}", self.server.base));
        let request = request.header("Content-Type", "application/fhir+json");
        let done = request
            .header("Authorization", "Bearer open-sesame")
            .send_json(resource);
        assert_eq!(done.unwrap().status(), 200);
    }
}

/// Carries a request to the hospital and brings its answer, whatever its form.
fn forward(asked: &servers::Asked, address: &str) -> Option<Vec<u8>> {
    let mut there = TcpStream::connect(address).ok()?;
    let head = asked.head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    there.write_all(head.as_bytes()).ok()?;
    there.write_all(&asked.body).ok()?;
    let mut answer = vec![];
    there.read_to_end(&mut answer).ok()?;
    Some(answer)
}

/// What is free in a department, as `$find` says.
pub fn times(base: &str, service: &str) -> Vec<Offer> {
    let now = Timestamp::now();
    let request = FindRequest::between(now, now + SignedDuration::from_hours(24 * 20));
    let answer = post_fhir(base, "/fhir/Appointment/$find", request.to_parameters());
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let mut bundle = answer.bundle();
    bundle.entry.retain(|entry| match &entry.resource {
        Some(anban_wire::fhir::Resource::Appointment(one)) => one.participant_id("HealthcareService") == Some(service),
        _ => false,
    });
    offers(&bundle)
}

/// What a patient's device has been told of an appointment last.
pub fn told(device: &Device, appointment: &str) -> Option<Appointment> {
    let answer = device.get(&format!("/feed/patients/{}", device.patient));
    let feed: PatientFeed = serde_json::from_slice(&answer.body).unwrap();
    feed.entries.into_iter().find_map(|entry| match entry.content {
        PatientContent::Appointment { appointment: told } if told.id.as_deref() == Some(appointment) => Some(*told),
        _ => None,
    })
}

pub fn status_here(base: &str, slot: &str) -> String {
    get(base, &format!("/fhir/Slot/{slot}")).json()["status"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Waits for something that takes a look or two of the gateway.
#[track_caller]
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(15), "not yet: {what}");
        thread::sleep(Duration::from_millis(100));
    }
}

/// What the hub says when a hospital gives no answer.
#[track_caller]
pub fn is_away(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", String::from_utf8_lossy(&answer.body));
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    assert!(String::from_utf8_lossy(&answer.body).contains("transient"));
}

pub fn json_answer(value: &Value) -> Vec<u8> {
    servers::http("200 OK", "application/fhir+json", value.to_string().as_bytes())
}

/// A folder for a hub of its own, and what it says to a gateway's file that can't be used.
pub fn refuses(file: &Path, more: &[&str]) -> String {
    let data = tempfile::tempdir().unwrap();
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_anban-hub"))
        .args(["--listen", "127.0.0.1:0", "--gateway", file.to_str().unwrap(), "--data"])
        .arg(data.path())
        .args(more)
        .output()
        .unwrap();
    assert_eq!(ran.status.code(), Some(2), "{ran:?}");
    let said = String::from_utf8(ran.stderr).unwrap();
    let said: Vec<&str> = said.lines().filter(|line| line.starts_with("anban-hub:")).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    said[0].to_owned()
}

pub fn busy() -> Value {
    json!("busy")
}
