//! Several resources written together or not at all (<https://hl7.org/fhir/R4/http.html#transaction>).
//!
//! What is written back was read just before, as the server had it: fields that we have no struct for must not get lost
//! on the way. Each is written only if it is still the version that was read (`ifMatch`), so that of two who want one
//! slot one is refused.

use anban_core::outbox::Answer;
use anban_wire::CommandId;
use anban_wire::fhir::{MEDIA_TYPE, is_id};
use anban_wire::systems;
use serde_json::{Value, json};

use super::Plain;
use crate::answers::{RUBBISH, refusal};
use crate::exchange::{Message, Reply};

/// A resource as a server has it.
pub(super) struct Read {
    pub content: Value,
    version: String,
}

/// What is to be written together.
#[derive(Default)]
pub(super) struct Transaction(Vec<Value>);

impl Read {
    /// Of that type and id, with the version that it is safe to change by.
    fn new(reply: &Reply, kind: &str, id: &str) -> Result<Self, Answer> {
        if !reply.is_success() {
            return Err(refusal(reply, RUBBISH));
        }
        let content: Value = serde_json::from_slice(&reply.body).map_err(|_| RUBBISH)?;
        let version = content["meta"]["versionId"].as_str().filter(|version| is_id(version));
        match version {
            Some(version) if content["resourceType"] == kind && content["id"] == id => Ok(Self {
                version: version.to_owned(),
                content,
            }),
            _ => Err(RUBBISH),
        }
    }

    pub fn status(&self) -> &str {
        self.content["status"].as_str().unwrap_or_default()
    }
}

impl Transaction {
    /// Makes an appointment, unless the command has made one already.
    pub fn creates(&mut self, command: CommandId, appointment: Value) {
        self.0.push(json!({
            "fullUrl": format!("urn:uuid:{command}"),
            "resource": appointment,
            "request": {
                "method": "POST",
                "url": "Appointment",
                "ifNoneExist": format!("identifier={}|{command}", systems::COMMAND),
            },
        }));
    }

    /// Writes back what was read, with these fields changed.
    pub fn changes(&mut self, read: &Read, fields: Value) {
        let mut resource = read.content.clone();
        if let (Some(resource), Value::Object(fields)) = (resource.as_object_mut(), fields) {
            resource.extend(fields);
        }
        let (kind, id) = (&read.content["resourceType"], &read.content["id"]);
        let url = format!(
            "{}/{}",
            kind.as_str().unwrap_or_default(),
            id.as_str().unwrap_or_default()
        );
        let version = format!("W/\"{}\"", read.version);
        self.0.push(json!({
            "resource": resource,
            "request": {"method": "PUT", "url": url, "ifMatch": version},
        }));
    }
}

impl Plain<'_> {
    /// Reads a resource as the server has it.
    pub(super) fn read(&self, name: &'static str, kind: &str, id: &str) -> Result<Read, Answer> {
        let reply = self.get(name, &format!("{kind}/{id}"), self.limits.document)?;
        Read::new(&reply, kind, id)
    }

    /// Writes it all, or nothing.
    pub(super) fn writes(&self, name: &'static str, transaction: Transaction) -> Result<Reply, Answer> {
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": transaction.0});
        let body = serde_json::to_vec(&bundle).map_err(|_| RUBBISH)?;
        let path = self.base.trim_end_matches('/');
        self.ask(Message::post(name, path, MEDIA_TYPE, body, self.limits.document))
    }
}
