//! A client of other making, which keeps what it is told, and the validator that holds all of it against FHIR.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use super::support::{Answer, agent};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

pub const FHIR: &str = "application/fhir+json";

/// A client of other making; it keeps everything that it is told in FHIR.
pub struct Client {
    pub base: String,
    pub token: Option<String>,
    pub told: Vec<Value>,
}

impl Client {
    pub fn of(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            token: None,
            told: vec![],
        }
    }

    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        if !body.is_empty() && !headers.iter().any(|(name, _)| *name == "Content-Type") {
            request = request.header("Content-Type", FHIR);
        }
        let response = agent().run(request.body(body.into_bytes()).unwrap()).unwrap();
        let (parts, mut body) = response.into_parts();
        let answer = Answer {
            status: parts.status.as_u16(),
            body: body.read_to_vec().unwrap(),
            headers: parts.headers,
        };
        if answer.header("content-type").starts_with(FHIR) && !answer.body.is_empty() {
            let body = String::from_utf8(answer.body.clone()).unwrap();
            self.told
                .push(json!({ "where": format!("{method} {path} {}", answer.status), "body": body }));
        }
        answer
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[], Some(body))
    }
}

/// Holds everything against the validator, in one go.
pub fn validate(told: &[Value]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find(|folder| folder.join("tests/tools").is_dir());
    let script = root.unwrap().join("tests/tools/fhir-valid/fhir-valid");
    let target = Path::new(env!("CARGO_BIN_EXE_anban-hub")).ancestors().nth(2).unwrap();
    let mut child = Command::new("python3")
        .arg(script)
        .arg(target.join("tools/python"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs the validator: .ci/tools brings it");
    let mut input = child.stdin.take().unwrap();
    for line in told {
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    let done = child.wait_with_output().unwrap();
    let problems = String::from_utf8_lossy(&done.stdout);
    assert_eq!(
        done.status.code(),
        Some(0),
        "of {} answers not valid, or no validator (.ci/tools): {problems}",
        told.len()
    );
}
