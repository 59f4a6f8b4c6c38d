//! A device in the hands of a test: it registers, signs in, and asks with its token.
#![allow(dead_code, missing_docs, clippy::unwrap_used, clippy::expect_used)]

use super::support::{Answer, agent, answer, post_json};
use anban_wire::{
    CommandId,
    fhir::{Resource, to_json},
    scheduling::{BookRequest, PatientDetails},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// A secret in the form that secrets have; each its own.
pub fn secret() -> String {
    format!("{}{}", Uuid::new_v4().simple(), "A".repeat(11))
}

/// Basic credentials.
pub fn basic(id: &str, secret: &str) -> String {
    use base64::Engine as _;
    let text = format!("{id}:{secret}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
}

/// Asks `POST /token`.
pub fn sign_in(base: &str, id: &str, secret: &str) -> Answer {
    let request = agent()
        .post(format!("{base}/token"))
        .header("Authorization", basic(id, secret));
    answer(request.send_form([("grant_type", "client_credentials")]).unwrap())
}

/// Somebody who has signed in.
pub struct Device {
    pub base: String,
    pub id: String,
    pub patient: String,
    pub secret: String,
    pub token: String,
}

impl Device {
    pub fn register(base: &str, name: &str) -> Self {
        let secret = secret();
        let registered = post_json(
            base,
            "/devices",
            &json!({ "command": Uuid::new_v4(), "secret": secret, "name": name, "telephone": "139 0000 5509" }),
        );
        assert_eq!(registered.status, 201, "{}", String::from_utf8_lossy(&registered.body));
        let text = |name: &str| registered.json()[name].as_str().unwrap().to_owned();
        let mut device = Self {
            base: base.to_owned(),
            id: text("device"),
            patient: text("patient"),
            secret,
            token: String::new(),
        };
        device.renew();
        device
    }

    /// Staff whose id and secret are known.
    pub fn staff(base: &str, id: &str, secret: &str) -> Self {
        let mut staff = Self {
            base: base.to_owned(),
            id: id.to_owned(),
            patient: String::new(),
            secret: secret.to_owned(),
            token: String::new(),
        };
        staff.renew();
        staff
    }

    /// A new member of staff, made at the command line as an operator does.
    pub fn of_role(data: &std::path::Path, base: &str, role: &str) -> Self {
        let added = std::process::Command::new(env!("CARGO_BIN_EXE_anban-hub"))
            .args(["staff", "add", "李工", "--role", role, "--data"])
            .arg(data)
            .output()
            .unwrap();
        let added = String::from_utf8(added.stdout).unwrap();
        let line = |name: &str| {
            let line = added.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{added:?}")).trim().to_owned()
        };
        Self::staff(base, &line("id "), &line("secret "))
    }

    pub fn renew(&mut self) {
        let answer = sign_in(&self.base, &self.id, &self.secret);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        self.token = answer.json()["access_token"].as_str().unwrap().to_owned();
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    pub fn get(&self, path: &str) -> Answer {
        let request = agent().get(format!("{}{path}", self.base));
        answer(request.header("Authorization", self.bearer()).call().unwrap())
    }

    pub fn delete(&self, path: &str) -> Answer {
        let request = agent().delete(format!("{}{path}", self.base));
        answer(request.header("Authorization", self.bearer()).call().unwrap())
    }

    pub fn post(&self, path: &str, media: &str, body: &[u8]) -> Answer {
        let request = agent().post(format!("{}{path}", self.base));
        let request = request.header("Content-Type", media);
        answer(request.header("Authorization", self.bearer()).send(body).unwrap())
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, "application/json", body.to_string().as_bytes())
    }

    pub fn post_fhir(&self, path: &str, resource: impl Into<Resource>) -> Answer {
        self.post(path, "application/fhir+json", &to_json(&resource.into()).unwrap())
    }

    /// Books a slot for a patient whom the hub knows.
    pub fn book(&self, slot: &str, patient: &str) -> Answer {
        self.post_fhir("/fhir/Appointment/$book", wish_for(slot, patient).to_parameters())
    }

    /// Digits that this device's patient gives somebody.
    pub fn invite(&self) -> String {
        let answer = self.post_json(
            "/invitations",
            &json!({ "command": Uuid::new_v4(), "relationship": "DAU" }),
        );
        assert_eq!(answer.status, 201);
        answer.json()["code"].as_str().unwrap().to_owned()
    }

    pub fn take_up(&self, code: &str) -> Answer {
        self.post_json("/grants", &json!({ "command": Uuid::new_v4(), "code": code }))
    }
}

pub fn wish_for(slot: &str, patient: &str) -> BookRequest {
    BookRequest {
        command: Some(CommandId(Uuid::new_v4())),
        slot: slot.to_owned(),
        patient: PatientDetails {
            id: Some(patient.to_owned()),
            identifier: None,
            name: None,
            telephone: None,
        },
        comment: None,
    }
}
