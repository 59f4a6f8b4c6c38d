//! A FHIR server of other making, which has none of the scheduling operations and nothing of our own.
//!
//! A hub says in its CapabilityStatement (<https://hl7.org/fhir/R4/http.html#capabilities>) that it knows `$find` and
//! `$book`. Whoever says what they can, and not that, is asked with nothing but the REST interface of FHIR R4: searches
//! for what is read ([`listings`]), and transactions for what is changed ([`changes`]), in which the appointment and its
//! slots are written together or not at all. What has no place there (accounts, documents, feeds) is answered here.
//!
//! A server that shows no statement is taken for a hub: what comes of a request then says what it is.

mod changes;
mod listings;
mod transaction;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anban_core::appointments::Refusal;
use anban_core::effect::{Fetched, Wanted};
use anban_core::outbox::{Answer, Request, Trouble};
use anban_wire::CommandId;
use anban_wire::fhir::MEDIA_TYPE;
use jiff::Timestamp;
use serde_json::Value;

use crate::exchange::{Exchange, Message, Reply};
use crate::limits::Limits;

/// Which server is at which address, as far as it has said so since the program started.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kinds(Arc<Mutex<BTreeMap<String, Kind>>>);

/// What a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One with `$find` and `$book`.
    Hub,
    /// One with the REST interface of FHIR alone, below this path of its address.
    Plain(&'static str),
}

/// Below which paths of an address FHIR is looked for: where a hub has it, and the address itself.
const BASES: [&str; 2] = ["fhir/", ""];

/// Whether hubs and plain servers are asked for that in different ways.
pub(crate) fn is_fhir(request: &Request) -> bool {
    matches!(
        request,
        Request::BookVisit { .. } | Request::MoveVisit { .. } | Request::CancelVisit { .. }
    )
}

/// The same of something that is fetched.
pub(crate) fn is_read_by_fhir(what: &Wanted) -> bool {
    matches!(what, Wanted::Directory | Wanted::Timetable { .. })
}

impl Kinds {
    /// What is at that address, if it has said so already.
    pub fn known(&self, hub: &str) -> Option<Kind> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(hub).copied()
    }

    /// What is at that address; asked once.
    pub fn of(&self, hub: &str, exchange: &Exchange<'_>, limits: &Limits) -> Result<Kind, Trouble> {
        if let Some(kind) = self.known(hub) {
            return Ok(kind);
        }
        for base in BASES {
            let path = format!("{base}metadata");
            let reply = exchange.send(&Message::get("metadata", &path, MEDIA_TYPE, limits.listing))?;
            if matches!(reply.status, 408 | 425 | 429 | 500..=599) {
                return Err(Trouble::Failing);
            }
            if let Some(kind) = kind(&reply, base) {
                let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                kinds.insert(hub.to_owned(), kind);
                return Ok(kind);
            }
        }
        Ok(Kind::Hub)
    }
}

/// What a server is by its statement; none where this is no statement of a FHIR R4 server.
fn kind(reply: &Reply, base: &'static str) -> Option<Kind> {
    let statement: Value = serde_json::from_slice(&reply.body)
        .ok()
        .filter(|_| reply.is_success())?;
    let is_r4 = statement["fhirVersion"].as_str()?.starts_with("4.");
    if statement["resourceType"] != "CapabilityStatement" || !is_r4 {
        return None;
    }
    let servers = statement["rest"]
        .as_array()?
        .iter()
        .filter(|rest| rest["mode"] == "server");
    let operations: Vec<&str> = servers
        .filter_map(|rest| rest["resource"].as_array())
        .flatten()
        .filter(|resource| resource["type"] == "Appointment")
        .filter_map(|resource| resource["operation"].as_array())
        .flatten()
        .filter_map(|operation| operation["name"].as_str())
        .map(|name| name.trim_start_matches('$'))
        .collect();
    let is_hub = base == BASES[0] && ["find", "book"].iter().all(|name| operations.contains(name));
    Some(if is_hub { Kind::Hub } else { Kind::Plain(base) })
}

/// One request to such a server, or one thing that is read from it.
pub(crate) struct Plain<'a> {
    pub exchange: &'a Exchange<'a>,
    /// Ends in a slash, or is empty.
    pub base: &'static str,
    pub limits: &'a Limits,
}

impl Plain<'_> {
    /// Carries out a request.
    pub fn send(&self, command: CommandId, request: &Request) -> Answer {
        let answer = match request {
            Request::BookVisit { visit, wish, patient } => self.book(command, *visit, wish, patient),
            Request::CancelVisit {
                appointment, declined, ..
            } => self.cancel(appointment, *declined),
            Request::MoveVisit { appointment, wish, .. } => self.shift(appointment, wish),
            // There is no queue to be in: the counter is told.
            Request::CheckIn { .. } => Ok(Answer::refused(Refusal::NotAccepted)),
            // Signed documents are something of ours.
            Request::IssueDocument(_) => Ok(Answer::refused(Refusal::NoRecord)),
            Request::Register(_) => Ok(Answer::refused(Refusal::NotAccepted)),
            Request::RegisterDevice { .. }
            | Request::Invite { .. }
            | Request::AcceptInvitation { .. }
            | Request::EndGrant { .. } => Ok(Answer::NoAccounts),
        };
        answer.unwrap_or_else(|no| no)
    }

    /// Fetches something.
    pub fn fetch(&self, what: &Wanted, now: Timestamp) -> Result<Fetched, Trouble> {
        match what {
            Wanted::Directory => self.directory(now).map(Fetched::Directory),
            Wanted::Timetable { department, from, to } => {
                let timetable = self.timetable(department, (*from, *to), now);
                timetable.map(Fetched::Timetable).map_err(|no| trouble(&no))
            }
            // There is none, which is no trouble: the lists of hubs that the app has go on holding.
            Wanted::TrustList => Ok(Fetched::TrustList(Vec::new())),
            Wanted::PatientFeed { .. } | Wanted::SlotFeed { .. } | Wanted::Grants => Err(Trouble::Rubbish),
        }
    }

    fn ask(&self, message: Message<'_>) -> Result<Reply, Answer> {
        self.exchange.send(&message).map_err(Answer::NoAnswer)
    }

    /// What is at a path below the FHIR base.
    fn get(&self, name: &'static str, path: &str, cap: u64) -> Result<Reply, Answer> {
        let path = format!("{}{path}", self.base);
        self.ask(Message::get(name, &path, MEDIA_TYPE, cap))
    }
}

/// What a refusal means where only a listing was wanted.
fn trouble(no: &Answer) -> Trouble {
    match no {
        Answer::NoAnswer(trouble) => *trouble,
        _ => Trouble::Rubbish,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn said(status: u16, body: &str, base: &'static str) -> Option<Kind> {
        let body = body.as_bytes().to_vec();
        kind(&Reply { status, body }, base)
    }

    fn statement(operations: &str) -> String {
        format!(
            r#"{{"resourceType":"CapabilityStatement","status":"active","kind":"instance","fhirVersion":"4.0.1","format":["json"],
            "rest":[{{"mode":"server","resource":[{{"type":"Slot"}},{{"type":"Appointment","operation":[{operations}]}}]}}]}}"#
        )
    }

    #[test]
    fn a_server_that_names_the_operations_is_a_hub_and_one_that_does_not_is_plain() {
        let both = statement(r#"{"name":"find"},{"name":"$book"}"#);
        assert_eq!(said(200, &both, "fhir/"), Some(Kind::Hub));
        assert_eq!(
            said(200, &both, ""),
            Some(Kind::Plain("")),
            "a hub has them below fhir/"
        );
        assert_eq!(
            said(200, &statement(r#"{"name":"find"}"#), "fhir/"),
            Some(Kind::Plain("fhir/"))
        );
        assert_eq!(said(200, &statement(""), ""), Some(Kind::Plain("")));
    }

    #[test]
    fn what_is_no_statement_says_nothing() {
        let plain = statement("");
        assert_eq!(said(404, &plain, ""), None);
        assert_eq!(said(200, &plain.replace("4.0.1", "3.0.2"), ""), None);
        assert_eq!(said(200, &plain.replace("CapabilityStatement", "Bundle"), ""), None);
        for body in [
            "",
            "<html>",
            "{}",
            "[]",
            "null",
            r#"{"resourceType":"CapabilityStatement"}"#,
        ] {
            assert_eq!(said(200, body, ""), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_statement_makes_it_panic(body in prop_oneof![
            crate::arbitrary::json(),
            crate::arbitrary::damaged(r#"{"resourceType":"CapabilityStatement","fhirVersion":"4.0.1","rest":[{"mode":"server","resource":[{"type":"Appointment","operation":[{"name":"find"}]}]}]}"#),
        ]) {
            let _ = said(200, &body.to_string(), "fhir/");
        }
    }
}
