//! The hub of the storm: it is killed and started again, and in the end it is asked what it has.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::backups::{Backups, DATED_BACK};
use crate::common::hub::registrar;
use crate::common::program;
use crate::ledger::{HubVisit, Issued};
use crate::network::Network;
use crate::person::identity_number;

/// A time that can be booked.
#[derive(Debug, Clone)]
pub struct Slot {
    pub id: String,
    pub department: String,
    pub start: jiff::Timestamp,
    pub end: jiff::Timestamp,
}

/// The hub, whether it runs or not.
pub struct City {
    data: PathBuf,
    log: PathBuf,
    database: Option<String>,
    network: Arc<Network>,
    running: Option<(Child, String)>,
    /// Of a registrar, who sees everybody's appointments; once it is calm.
    token: OnceLock<String>,
    pub backups: Backups,
    pub kills: usize,
}

impl City {
    /// It has its data on the disk of `folder`; its log and backups are elsewhere.
    pub fn new(folder: &Path, logs: &Path, database: Option<String>, network: Arc<Network>) -> Self {
        let data = folder.join("data");
        Self {
            backups: Backups::new(logs, &data, database.clone()),
            data,
            log: logs.join("hub.log"),
            database,
            network,
            running: None,
            token: OnceLock::new(),
            kills: 0,
        }
    }

    /// Starts it; where it can't start now (its disk is full), it is tried until it can.
    pub fn starts(&mut self) {
        let until = Instant::now() + Duration::from_secs(60);
        while self.running.is_none() {
            assert!(
                Instant::now() < until,
                "the hub does not start: see {}",
                self.log.display()
            );
            self.running = self.started();
            if self.running.is_none() {
                thread::sleep(Duration::from_millis(200));
            }
        }
    }

    fn started(&self) -> Option<(Child, String)> {
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let mut command = Command::new(program("anban-hub"));
        // How often it may be asked is not what is tested here.
        command
            .args([
                "--demo",
                "--behind-gateway",
                "--requests-per-second",
                "0",
                "--listen",
                "127.0.0.1:0",
                "--data",
            ])
            .arg(&self.data);
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let _ = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line);
        let Some(url) = line.trim().strip_prefix("listening on ") else {
            let _ = child.kill();
            child.wait().unwrap();
            return None;
        };
        self.network.leads_to(url.strip_prefix("http://").unwrap());
        Some((child, url.to_owned()))
    }

    /// SIGKILL.
    pub fn is_killed(&mut self) {
        if let Some((mut child, _)) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
            self.kills += 1;
        }
    }

    /// It dies, and an older copy of its data takes the place of what it had.
    pub fn goes_back(&mut self, older: bool) {
        self.is_killed();
        self.backups.restore(older);
        self.starts();
    }

    fn json(&self, path: &str) -> Value {
        let (_, url) = self.running.as_ref().unwrap();
        let mut asked = ureq::get(format!("{url}{path}")).header("Accept", "application/json");
        if let Some(token) = self.token.get() {
            asked = asked.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = asked.call().unwrap_or_else(|error| panic!("{path}: {error}"));
        answer.body_mut().read_json().unwrap()
    }

    fn resources(&self, path: &str) -> Vec<Value> {
        let bundle = self.json(path);
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let found: Vec<Value> = entries.into_iter().map(|mut entry| entry["resource"].take()).collect();
        assert_eq!(bundle["total"], found.len(), "{path} is cut short");
        found
    }

    /// All slots of that status, by their ids.
    pub fn slots(&self, status: &str) -> BTreeMap<String, Slot> {
        let mut slots = BTreeMap::new();
        for schedule in self.resources("/fhir/Schedule?_count=1000") {
            let actors = schedule["actor"].as_array().unwrap();
            let service = actors
                .iter()
                .find_map(|actor| actor["reference"].as_str()?.strip_prefix("HealthcareService/"));
            let Some(department) = service else { continue };
            let id = schedule["id"].as_str().unwrap();
            for slot in self.resources(&format!("/fhir/Slot?schedule={id}&status={status}&_count=1000")) {
                let text = |name: &str| slot[name].as_str().unwrap().to_owned();
                let slot = Slot {
                    id: text("id"),
                    department: department.to_owned(),
                    start: text("start").parse().unwrap(),
                    end: text("end").parse().unwrap(),
                };
                slots.insert(slot.id.clone(), slot);
            }
        }
        slots
    }

    fn signs_in(&self) {
        let (_, url) = self.running.as_ref().unwrap();
        self.token
            .get_or_init(|| registrar(url, &self.data, self.database.as_deref()));
    }

    /// By which ties others act for a patient.
    pub fn ties(&self, patient: &str) -> Vec<String> {
        self.signs_in();
        let found = self.resources(&format!("/fhir/RelatedPerson?patient={patient}"));
        found.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }

    /// How long a patient's feed is: for whoever reads a finding.
    pub fn feed_of(&self, patient: &str) -> String {
        let feed = self.json(&format!("/feed/patients/{patient}?after=0&limit=1"));
        format!("epoch {}, head {}", feed["epoch"], feed["head"])
    }

    /// What a command has booked.
    pub fn appointments(&self, command: Uuid) -> Vec<HubVisit> {
        let (_, url) = self.running.as_ref().unwrap();
        self.token
            .get_or_init(|| registrar(url, &self.data, self.database.as_deref()));
        let found = self.resources(&format!(
            "/fhir/Appointment?identifier=https://anban.example/command%7C{command}"
        ));
        let visits = found.iter().map(|one| HubVisit {
            id: one["id"].as_str().unwrap().to_owned(),
            command,
            booked: one["status"] == "booked",
            slot: one["slot"][0]["reference"]
                .as_str()
                .unwrap_or_default()
                .replace("Slot/", ""),
        });
        visits.collect()
    }

    /// Whether it knows a person: a number that it knows is refused under another name. One that it did not know it
    /// knows from then on, so this comes last.
    pub fn knows(&self, relative: u32) -> bool {
        let (_, url) = self.running.as_ref().unwrap();
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let answer = agent
            .post(format!("{url}/persons"))
            .header("X-Forwarded-For", format!("10.8.0.{}", relative % 250))
            .send_json(json!({
                "command": Uuid::new_v4(), "name": "另一个人", "identityNumber": identity_number(relative), "channel": "own",
            }))
            .unwrap();
        match answer.status().as_u16() {
            422 => true,
            201 => false,
            other => panic!("asked about a person, the hub answers {other}"),
        }
    }

    /// Of these documents, those that it does not know though it has never gone back to a time before them.
    pub fn does_not_know(&self, documents: &[Issued]) -> Vec<String> {
        let (_, url) = self.running.as_ref().unwrap();
        let whole_second = jiff::SignedDuration::from_secs(1);
        let forgotten = |document: &&Issued| {
            let mut gaps = self.backups.gaps.iter();
            let mut within = |at: jiff::Timestamp| gaps.any(|(from, to)| *from - whole_second <= at && at <= *to);
            document.at.is_some_and(|at| within(at + DATED_BACK))
        };
        let known = |id: &str| ureq::get(format!("{url}/documents/{id}")).call().is_ok();
        let documents: BTreeMap<&str, &Issued> = documents.iter().map(|one| (one.id.as_str(), one)).collect();
        let mut unknown: Vec<_> = documents
            .into_values()
            .filter(|document| !known(&document.id))
            .collect();
        unknown.retain(|document| !forgotten(document));
        unknown.into_iter().map(|document| document.id.clone()).collect()
    }
}

impl Drop for City {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
