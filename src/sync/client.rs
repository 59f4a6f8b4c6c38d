//! One request or fetch from beginning to end.
//!
//! The client decides nothing: the core says what is asked, the hub what is answered, and this carries it over. It
//! keeps nothing between two calls either, so that whatever happens, asking again is the same as asking.
//!
//! # Booking, and asking twice
//!
//! A visit is booked with IHE's `$book` (ITI-117) under the UUID of the request. When the answer to that is lost,
//! the request stays in the outbox and comes here again, and a hub answers the same UUID with its first answer. With
//! a chosen slot that is all. Without one, the second try would find another slot first (the first is taken, by
//! ourselves) or none at all. So it begins by asking whether the UUID has booked something already, and only then
//! looks (`$find`, ITI-115) for the earliest visit in the span and books it. If somebody else is faster, it looks
//! again, [`TRIES`] times.

use anban_core::appointments::{Refusal, SlotCursor, Timetable, Wish};
use anban_core::effect::{Fetched, Wanted};
use anban_core::ids::{RequestId, VisitId};
use anban_core::outbox::{Answer, Credentials, DocumentWish, Registration, Request, Trouble};
use anban_wire::directory::DIRECTORY_QUERY;
use anban_wire::documents::DocumentRequest;
use anban_wire::fhir::{
    Appointment, AppointmentStatus, CodeableConcept, Coding, Identifier, MEDIA_TYPE, Resource, to_json,
};
use anban_wire::persons::PersonRequest;
use anban_wire::scheduling::{BookRequest, PatientDetails};
use anban_wire::{CommandId, systems};
use jiff::Timestamp;
use ureq::Agent;
use ureq::http::Method;

use crate::address::is_id;
use crate::answers::{self, RUBBISH};
use crate::exchange::{Exchange, Message, Reply, agent};
use crate::limits::Limits;
use crate::listings;
use crate::plain::{self, Kind, Kinds, Plain};
use crate::session::{Sessions, Speaker};

mod visits;

/// How often the earliest visit is looked for when somebody else is faster each time.
const TRIES: usize = 3;

/// Most times of a department that have changed are fetched at once.
const MOST_SLOTS: u32 = 1000;

/// Media type of our own requests.
pub(crate) const JSON: &str = "application/json";

/// System of an identifier that is a UUID (<https://hl7.org/fhir/R4/identifier-registry.html>).
const UUID_SYSTEM: &str = "urn:ietf:rfc:3986";

/// Carries requests to a hub and brings the answers back.
///
/// Blocks until there is an answer, [`Limits::whole`] at most. The app calls it from threads of its own
/// ([`crate::Sync`]).
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    limits: Limits,
    kinds: Kinds,
    sessions: Sessions,
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

impl Client {
    /// A client with the usual limits.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    /// A client with other limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        Self {
            agent: agent(&limits),
            limits,
            kinds: Kinds::default(),
            sessions: Sessions::default(),
        }
    }

    /// What a connection of its own is made of.
    pub(crate) fn parts(&self) -> (&Agent, &Limits, &Sessions) {
        (&self.agent, &self.limits, &self.sessions)
    }

    fn call<'a>(&'a self, hub: &'a str, account: Option<&'a Credentials>) -> Result<Call<'a>, Trouble> {
        Ok(Call {
            exchange: Exchange::with(&self.agent, hub, &self.limits)?,
            limits: &self.limits,
            speaker: Speaker {
                sessions: &self.sessions,
                hub,
                account,
            },
        })
    }

    /// Sends a request to the hub at that address, without an account. Whatever goes wrong is in the answer.
    #[must_use]
    pub fn send(&self, hub: &str, id: RequestId, request: &Request) -> Answer {
        self.send_as(None, hub, id, request)
    }

    /// The same as the device of an account.
    #[must_use]
    pub fn send_as(&self, account: Option<&Credentials>, hub: &str, id: RequestId, request: &Request) -> Answer {
        let call = match self.call(hub, account) {
            Ok(call) => call,
            Err(trouble) => return Answer::NoAnswer(trouble),
        };
        let command = CommandId(id.0);
        match self.plain(hub, &call.exchange, plain::is_fhir(request)) {
            Ok(None) => {}
            Ok(Some(plain)) => return plain.send(command, request),
            Err(trouble) => return Answer::NoAnswer(trouble),
        }
        let answer = match request {
            Request::BookVisit { visit, wish, patient } => call.book(command, *visit, wish, patient),
            Request::CancelVisit {
                appointment, declined, ..
            } => call.cancel(appointment, *declined),
            Request::MoveVisit {
                visit,
                appointment,
                wish,
                patient,
            } => call.shift(command, *visit, appointment, (wish, patient)),
            Request::CheckIn { appointment, .. } => call.check_in(command, appointment),
            Request::IssueDocument(wish) => call.issue(command, wish),
            Request::Register(registration) => call.register(command, registration),
            Request::RegisterDevice { name } => call.register_device(command, name),
            Request::Invite { relationship } => call.invite(command, *relationship),
            Request::AcceptInvitation { code } => call.accept(command, code),
            Request::EndGrant { grant } => call.end_grant(grant),
        };
        let mut answer = answer.unwrap_or_else(|no| no);
        if let Answer::DeviceKnown { epoch, .. } = &mut answer {
            *epoch = call.exchange.epoch();
        }
        // A device that registers again does so since it has noticed already.
        let known = account.filter(|account| account.device.is_some());
        let known = known.and_then(|account| account.epoch.as_ref());
        match (known, call.exchange.epoch()) {
            // What it says of what it has forgotten would be taken for a refusal.
            (Some(known), Some(now)) if *known != now && !matches!(answer, Answer::NoAnswer(_)) => {
                Answer::NoAnswer(Trouble::Restored)
            }
            _ => answer,
        }
    }

    /// Fetches something from the hub at that address, without an account. `now` is noted as the time at which it came.
    #[must_use]
    pub fn fetch(&self, hub: &str, what: &Wanted, now: Timestamp) -> Fetched {
        self.fetch_as(None, hub, what, now)
    }

    /// The same as the device of an account.
    #[must_use]
    pub fn fetch_as(&self, account: Option<&Credentials>, hub: &str, what: &Wanted, now: Timestamp) -> Fetched {
        let fetch = || -> Result<Fetched, Trouble> {
            let call = self.call(hub, account)?;
            if let Some(plain) = self.plain(hub, &call.exchange, plain::is_read_by_fhir(what))? {
                return plain.fetch(what, now);
            }
            match what {
                Wanted::Directory => call.directory(now).map(Fetched::Directory),
                Wanted::Timetable { department, from, to } => {
                    // First how far the feed is: what changes while the times are on their way comes by it.
                    let head = call.slot_feed(department, 0, 1).ok();
                    let timetable = call.timetable(department, (*from, *to), now);
                    let mut timetable = timetable.map_err(|no| trouble_of(&no))?;
                    timetable.cursor = head.map(|feed| SlotCursor {
                        epoch: feed.epoch,
                        next: feed.head,
                        whole_at: now,
                        until: *to,
                    });
                    Ok(Fetched::Timetable(timetable))
                }
                Wanted::TrustList => call.trust_list(now).map(Fetched::TrustList),
                Wanted::PatientFeed { patient, after } => {
                    let (patient, after) = (patient.clone(), *after);
                    let page = call.patient_feed(&patient, after)?;
                    Ok(Fetched::PatientFeed { patient, after, page })
                }
                Wanted::SlotFeed { department, after } => {
                    let (department, after) = (department.clone(), *after);
                    let feed = call.slot_feed(&department, after, MOST_SLOTS)?;
                    Ok(Fetched::SlotFeed {
                        department,
                        after,
                        feed,
                    })
                }
                Wanted::Grants => call.grants().map(Fetched::Grants),
            }
        };
        fetch().unwrap_or_else(|trouble| Fetched::Nothing {
            what: what.clone(),
            trouble,
        })
    }

    /// The way to talk to a server that is no hub. What it is is asked only where that matters: where FHIR is spoken.
    fn plain<'a>(&'a self, hub: &str, exchange: &'a Exchange<'a>, is_fhir: bool) -> Result<Option<Plain<'a>>, Trouble> {
        let limits = &self.limits;
        let kind = if is_fhir {
            self.kinds.of(hub, exchange, limits)?
        } else {
            self.kinds.known(hub).unwrap_or(Kind::Hub)
        };
        Ok(match kind {
            Kind::Hub => None,
            Kind::Plain(base) => Some(Plain { exchange, base, limits }),
        })
    }
}

/// What a refusal means where only a listing was wanted: the core has no word for it, and it is not this hub that
/// the app knows how to read.
pub(crate) fn trouble_of(no: &Answer) -> Trouble {
    match no {
        Answer::NoAnswer(trouble) => *trouble,
        _ => Trouble::Rubbish,
    }
}

/// One call of the client: its exchange with the hub.
pub(crate) struct Call<'a> {
    exchange: Exchange<'a>,
    pub limits: &'a Limits,
    pub speaker: Speaker<'a>,
}

impl Call<'_> {
    /// Sends a message, signed in where there is an account.
    pub fn ask(&self, message: &Message<'_>) -> Result<Reply, Answer> {
        self.speaker.send(&self.exchange, message)
    }

    /// Sends a message that says nothing of who asks.
    pub fn ask_unsigned(&self, message: &Message<'_>) -> Result<Reply, Answer> {
        self.exchange.send(message).map_err(Answer::NoAnswer)
    }

    fn book(&self, command: CommandId, visit: VisitId, wish: &Wish, patient: &str) -> Result<Answer, Answer> {
        if let Some(slot) = &wish.slot {
            return self.book_slot(command, visit, wish, slot, patient);
        }
        let mut refused = Answer::refused(Refusal::SlotTaken);
        for _ in 0..TRIES {
            if let Some(appointment) = self.already_booked(command)? {
                return Ok(answers::booked(&appointment, command, wish));
            }
            let timetable = self.timetable(&wish.department, (wish.from, wish.to), wish.from)?;
            let Some(first) = timetable.slots.first() else {
                return Ok(Answer::refused(Refusal::NothingFree));
            };
            refused = match self.book_slot(command, visit, wish, &first.id, patient)? {
                // Somebody was faster, the time has come meanwhile, or an earlier try of ours, believed lost, has
                // booked another slot after we had asked: look again.
                no @ Answer::Refused {
                    reason: Refusal::SlotTaken | Refusal::Gone | Refusal::NotAccepted,
                    ..
                } => no,
                answer => return Ok(answer),
            };
        }
        Ok(refused)
    }

    fn book_slot(
        &self,
        command: CommandId,
        visit: VisitId,
        wish: &Wish,
        slot: &str,
        patient: &str,
    ) -> Result<Answer, Answer> {
        let other = wish.for_patient.as_ref().map(|patient| patient.id.as_str());
        let known = other.or(self.speaker.patient()).map(str::to_owned);
        let booking = BookRequest {
            command: Some(command),
            slot: slot.to_owned(),
            patient: PatientDetails {
                // A counter needs something to tell two people of one name apart, and FHIR wants an identifier. The
                // identity number is nobody's business for this, so where the hub has no accounts it is the visit's own
                // UUID.
                identifier: known
                    .is_none()
                    .then(|| Identifier::new(UUID_SYSTEM, format!("urn:uuid:{visit}"))),
                id: known,
                name: Some(patient.to_owned()),
                telephone: None,
            },
            comment: None,
        };
        let body = to_json(&booking.to_parameters().into()).map_err(|_| RUBBISH)?;
        let message = Message::post("book", "fhir/Appointment/$book", MEDIA_TYPE, body, self.limits.document);
        Ok(answers::booking(&self.ask(&message)?, command, wish))
    }

    /// The appointment that this command has booked already, its answer lost.
    fn already_booked(&self, command: CommandId) -> Result<Option<Appointment>, Answer> {
        let path = format!("fhir/Appointment?identifier={}%7C{command}", systems::COMMAND);
        let reply = self.ask(&Message::get(
            "find what was booked",
            &path,
            MEDIA_TYPE,
            self.limits.document,
        ))?;
        answers::already_booked(&reply, command)
    }

    /// Reads the appointment, and writes it back as cancelled if it is still the version that was read.
    fn cancel(&self, id: &str, declined: bool) -> Result<Answer, Answer> {
        if !is_id(id) {
            return Ok(Answer::refused(Refusal::Gone));
        }
        let path = format!("fhir/Appointment/{id}");
        let reply = self.ask(&Message::get(
            "read appointment",
            &path,
            MEDIA_TYPE,
            self.limits.document,
        ))?;
        let mut appointment = answers::appointment(&reply)?;
        let answer = answers::cancelled(&appointment, id);
        if answer == Answer::Cancelled || appointment.id.as_deref() != Some(id) {
            return Ok(answer);
        }
        let version = appointment
            .meta
            .take()
            .and_then(|meta| meta.version_id)
            .filter(|version| is_id(version));
        appointment.status = AppointmentStatus::Cancelled;
        appointment.cancelation_reason = declined.then(|| {
            CodeableConcept::of(Coding {
                system: Some(systems::CANCELLATION.to_owned()),
                code: Some(systems::DECLINED.to_owned()),
                ..Coding::default()
            })
        });
        let message = Message {
            method: Method::PUT,
            version: version.map(|version| format!("W/\"{version}\"")),
            body: Some(to_json(&Resource::from(appointment)).map_err(|_| RUBBISH)?),
            ..Message::get("cancel", &path, MEDIA_TYPE, self.limits.document)
        };
        let reply = self.ask(&message)?;
        if !reply.is_success() {
            return Ok(answers::refusal(&reply, Answer::refused(Refusal::NotAccepted)));
        }
        Ok(answers::cancelled(&answers::appointment(&reply)?, id))
    }

    fn issue(&self, command: CommandId, wish: &DocumentWish) -> Result<Answer, Answer> {
        let request = DocumentRequest {
            command,
            kind: wish.kind,
            name: wish.name.clone(),
            identity_number: wish.identity_number.clone(),
            // The first six characters of an identity number name the region that gave it (GB/T 2260).
            region: wish.identity_number.trim().chars().take(6).collect(),
            details: wish.details.clone(),
            appointment: wish.appointment.clone(),
        };
        let body = serde_json::to_vec(&request).map_err(|_| RUBBISH)?;
        let reply = self.ask(&Message::post("issue", "documents", JSON, body, self.limits.document))?;
        Ok(answers::issued(&reply, wish))
    }

    fn register(&self, command: CommandId, person: &Registration) -> Result<Answer, Answer> {
        let request = PersonRequest {
            command,
            name: person.name.clone(),
            identity_number: person.identity_number.clone(),
            channel: person.channel,
            telephone: person.telephone.clone(),
            helper: person.helper.clone(),
        };
        let body = serde_json::to_vec(&request).map_err(|_| RUBBISH)?;
        let reply = self.ask(&Message::post("register", "persons", JSON, body, self.limits.document))?;
        Ok(answers::registered(&reply))
    }

    fn directory(&self, now: Timestamp) -> Result<anban_core::appointments::Directory, Trouble> {
        let path = format!("fhir/{DIRECTORY_QUERY}");
        let reply = self
            .listing("directory", &path, MEDIA_TYPE, self.limits.listing)
            .map_err(|no| trouble_of(&no))?;
        listings::directory(&reply, now)
    }

    fn timetable(&self, department: &str, span: (Timestamp, Timestamp), now: Timestamp) -> Result<Timetable, Answer> {
        if !is_id(department) {
            return Err(Answer::refused(Refusal::Gone));
        }
        let path = format!("fhir/HealthcareService/{department}");
        let service = self.listing("department", &path, MEDIA_TYPE, self.limits.document)?;
        let find = listings::find_request(&service, department, span).map_err(Answer::NoAnswer)?;
        let body = to_json(&find.to_parameters().into()).map_err(|_| RUBBISH)?;
        let message = Message::post("find", "fhir/Appointment/$find", MEDIA_TYPE, body, self.limits.listing);
        let reply = success(self.ask(&message)?)?;
        listings::timetable(&reply, department, span, now).map_err(Answer::NoAnswer)
    }

    fn trust_list(&self, now: Timestamp) -> Result<Vec<u8>, Trouble> {
        let list = self.listing("trust list", "trust-list", "application/cose", self.limits.trust_list);
        listings::trust_list(list.map_err(|no| trouble_of(&no))?, now)
    }

    pub fn listing(&self, name: &'static str, path: &str, media: &'static str, cap: u64) -> Result<Vec<u8>, Answer> {
        success(self.ask(&Message::get(name, path, media, cap))?)
    }
}

/// The body of a success.
fn success(reply: Reply) -> Result<Vec<u8>, Answer> {
    if reply.is_success() {
        Ok(reply.body)
    } else {
        Err(answers::refusal(&reply, RUBBISH))
    }
}
