//! A hub with the demonstration city, as a process, and what it keeps as anyone can read it over HTTP.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::program;

/// A running hub.
pub struct Hub {
    child: Child,
    pub url: String,
    data: PathBuf,
    /// The address of its database, if that is not in its data directory.
    database: Option<String>,
    /// Of a registrar, who sees everybody's appointments.
    token: OnceLock<String>,
}

impl Hub {
    /// Starts it on a free port.
    pub fn start(data: &Path) -> Self {
        Self::listening(data, "127.0.0.1:0")
    }

    /// Starts it on a certain address, for instance the one it had before.
    pub fn listening(data: &Path, address: &str) -> Self {
        Self::on(data, &["--listen", address])
    }

    /// Starts it with more arguments, for instance on a database elsewhere.
    pub fn on(data: &Path, arguments: &[&str]) -> Self {
        let anywhere: &[&str] = if arguments.contains(&"--listen") {
            &[]
        } else {
            &["--listen", "127.0.0.1:0"]
        };
        let mut child = Command::new(program("anban-hub"))
            .args(["--demo", "--data"])
            .arg(data)
            .args(anywhere)
            .args(arguments)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line.trim().strip_prefix("listening on ").map(str::to_owned);
        let Some(url) = url else {
            let _ = child.kill();
            panic!("the hub said {line:?}");
        };
        let database = arguments
            .iter()
            .skip_while(|argument| **argument != "--database")
            .nth(1);
        Self {
            child,
            url,
            data: data.to_owned(),
            database: database.map(|address| (*address).to_owned()),
            token: OnceLock::new(),
        }
    }

    /// Its address without `http://`.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Asks it to stop, and gives its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the hub goes on after SIGTERM");
    }

    /// The body at a path.
    pub fn bytes(&self, path: &str) -> Vec<u8> {
        self.accepted(path, "*/*")
    }

    fn accepted(&self, path: &str, accept: &str) -> Vec<u8> {
        let url = format!("{}{path}", self.url);
        let mut answer = ureq::get(&url)
            .header("Accept", accept)
            .call()
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        answer.body_mut().read_to_vec().unwrap()
    }

    /// What a registrar signs in with, who is added at the first call.
    fn token(&self) -> &str {
        self.token
            .get_or_init(|| registrar(&self.url, &self.data, self.database.as_deref()))
    }

    /// Adds a member of staff as an operator does; what they sign in with.
    pub fn staff(&self, role: &str, name: &str) -> String {
        staff(&self.url, &self.data, self.database.as_deref(), (role, name))
    }

    /// Sends a FHIR resource under somebody's token, by `POST`; what is answered.
    pub fn sends(&self, token: &str, path: &str, resource: &Value) -> Value {
        let mut answer = ureq::post(format!("{}{path}", self.url))
            .header("Authorization", format!("Bearer {token}"))
            .header("Content-Type", "application/fhir+json")
            .send(resource.to_string())
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        answer.body_mut().read_json().unwrap()
    }

    /// The JSON at a path that only staff may see.
    pub fn seen_by_staff(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.url);
        let asked = ureq::get(&url).header("Authorization", format!("Bearer {}", self.token()));
        let mut answer = asked.call().unwrap_or_else(|error| panic!("{path}: {error}"));
        answer.body_mut().read_json().unwrap()
    }

    /// The JSON at a path.
    pub fn json(&self, path: &str) -> Value {
        serde_json::from_slice(&self.accepted(path, "application/json")).unwrap()
    }

    /// A signed document about somebody whom it knows; the text of its code.
    pub fn document(&self, kind: &str, name: &str, identity_number: &str) -> String {
        let mut answer = ureq::post(format!("{}/documents", self.url))
            .send_json(json!({
                "command": Uuid::new_v4(),
                "kind": kind,
                "name": name,
                "identityNumber": identity_number,
                "region": "990101",
            }))
            .unwrap_or_else(|error| panic!("{kind}: {error}"));
        let answer: Value = answer.body_mut().read_json().unwrap();
        answer["text"].as_str().unwrap().to_owned()
    }

    /// The appointments that a search finds.
    pub fn appointments(&self, query: &str) -> Vec<Value> {
        let bundle = self.seen_by_staff(&format!("/fhir/Appointment?{query}"));
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let found: Vec<Value> = entries.into_iter().map(|mut entry| entry["resource"].take()).collect();
        assert_eq!(bundle["total"], found.len(), "{bundle}");
        found
    }

    /// The appointments that a command has booked: one, or none.
    pub fn booked_by(&self, command: impl std::fmt::Display) -> Vec<Value> {
        self.appointments(&format!("identifier=https://anban.example/command%7C{command}"))
    }

    /// `free`, `busy` …
    pub fn slot_status(&self, slot: &str) -> String {
        self.json(&format!("/fhir/Slot/{slot}"))["status"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// Adds a registrar to the hub that has this address, data and database, and signs them in; their token.
pub fn registrar(url: &str, data: &Path, database: Option<&str>) -> String {
    staff(url, data, database, ("registrar", "登记处"))
}

/// The token of a member of staff who is added.
fn staff(url: &str, data: &Path, database: Option<&str>, (role, name): (&str, &str)) -> String {
    let mut add = Command::new(program("anban-hub"));
    add.args(["staff", "add", "--role", role, name, "--data"]);
    add.arg(data);
    if let Some(database) = database {
        add.args(["--database", database]);
    }
    let added = add.output().unwrap();
    assert!(added.status.success(), "{added:?}");
    let said = String::from_utf8(added.stdout).unwrap();
    let of = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{said:?}")).trim().to_owned()
    };
    let basic = BASE64_STANDARD.encode(format!("{}:{}", of("id "), of("secret ")));
    let mut answer = ureq::post(format!("{url}/token"))
        .header("Authorization", format!("Basic {basic}"))
        .send_form([("grant_type", "client_credentials")])
        .unwrap();
    let answer: Value = answer.body_mut().read_json().unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

/// Takes a document back, as whoever runs the hub does, whether it runs or not.
pub fn take_back(data: &Path, id: &str) {
    let taken = Command::new(program("anban-hub"))
        .args(["revoke", "--document", id, "--data"])
        .arg(data)
        .output()
        .unwrap();
    assert!(taken.status.success(), "{taken:?}");
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
