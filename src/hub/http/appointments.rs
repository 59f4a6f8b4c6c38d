//! Appointments: `$book`, reading, and the plain ways of other FHIR servers, `POST` to book, `PUT` to move, to change
//! the note or to cancel. Searching is in `appointment_search`.
//!
//! `$book` answers as ITI-117 says: a bundle with the appointment, or one with only an outcome, which for a
//! slot that was just taken names the nearest free ones.

use super::{
    budget::Asker,
    bundle::{fhir_body, fhir_response, searchset},
    described::Refusal as RefusalBody,
    error::{ApiError, Because},
    id::Id,
    search::Prefer,
    versions::{answered, identifier_of, version_of, with_version},
};
use crate::{
    accounts::{Action, Behalf, Caller, Door, Who, Whose},
    booking::{self, By, Plan, Refused},
    db::{AuditAction, Database, DbError, PatientRow},
    gateway::{self, Gateway},
    state::{State as Hub, StepError},
};
use anban_wire::{
    CommandId,
    fhir::{Appointment, AppointmentStatus, Bundle, Identifier, Parameters},
    scheduling::{BookOperation, BookRequest, CancelRequest, ChangeRequest, PatientDetails, Token, refusal},
    systems,
};
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use std::{collections::BTreeSet, sync::Arc};
use uuid::Uuid;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub(super) struct Asking {
    pub(super) caller: Caller,
    /// Tells one caller from the other, for holds.
    pub(super) holder: String,
    pub(super) door: Door,
    gateway: Option<Arc<Gateway>>,
    pub(super) now: Timestamp,
    /// Patients whom the same request makes or names, by the ids that stand for them in it.
    made: Vec<(String, PatientRow)>,
}

impl Asking {
    pub(super) fn new(hub: &Hub, caller: Caller, asker: Asker) -> Self {
        Self {
            // Of those who have not signed in, those at one address are one.
            holder: caller.key().unwrap_or_else(|| format!("Address/{asker}")),
            caller,
            door: hub.door,
            gateway: hub.gateway.clone(),
            now: hub.now(),
            made: vec![],
        }
    }

    /// Says who is meant by an id within this request.
    pub(super) fn stand_in(&mut self, id: &str, patient: PatientRow) {
        self.made.push((id.to_owned(), patient));
    }

    /// Whom the caller books for if nobody is named: a device's own patient, or somebody who is brought along.
    pub(super) fn own(&self) -> Whose<'_> {
        match &self.caller.who {
            Who::Device(device) => Whose::Patient(&device.patient),
            Who::Anonymous | Who::Staff(_) => Whose::Brought,
        }
    }

    /// Whether the caller may do that to an appointment. One that is not there, the rules of booking refuse.
    fn may(&self, db: &dyn Database, id: &str, action: Action) -> Result<(), StepError> {
        if let Some((_, body)) = db.appointment(id)? {
            let appointment = booking::from_text(&body)?;
            self.caller.may(action, Whose::of(&appointment), self.door)?;
        }
        Ok(())
    }

    fn by(&self, behalf: Behalf, identifiers: Vec<Identifier>) -> By {
        By {
            behalf,
            holder: self.holder.clone(),
            identifiers,
        }
    }

    fn for_whom(&self, db: &dyn Database, patient: &PatientDetails) -> Result<Behalf, StepError> {
        let made = self.made.iter().find(|(id, _)| Some(id) == patient.id.as_ref());
        if let Some((_, made)) = made {
            return Ok(Behalf::of_new(&self.caller, made.clone()));
        }
        // An id of another server's making says nothing here; an identifier beside it does.
        let is_foreign = match (&patient.id, &patient.identifier) {
            (Some(id), Some(_)) => db.patient(id)?.is_none(),
            _ => false,
        };
        if is_foreign {
            let brought = PatientDetails {
                id: None,
                ..patient.clone()
            };
            return Behalf::of(db, &self.caller, &brought, self.door);
        }
        Behalf::of(db, &self.caller, patient, self.door)
    }

    /// What a plain `POST` of an appointment comes to.
    pub(super) fn plan_create(
        &self,
        db: &dyn Database,
        appointment: &Appointment,
        if_none_exist: Option<&Token>,
    ) -> Result<Created, StepError> {
        let mut request = BookOperation::from_create(appointment).map_err(StepError::Request)?;
        // Whatever the client calls the appointment makes a repeat harmless, as a command does.
        let named = |identifier: &&Identifier| identifier.value.is_some();
        let own = appointment.identifier.iter().find(named);
        let identifiers = match (request.command, own) {
            (None, Some(own)) => {
                let token = Token {
                    system: own.system.clone(),
                    code: own.value.clone().unwrap_or_default(),
                };
                request.command = Some(command_of(&token));
                appointment.identifier.clone()
            }
            _ => vec![],
        };
        if let Some(token) = if_none_exist {
            let command = command_of(token);
            if let Some(answer) = db.answer(command)? {
                // Whoever names it may see it only as a reader may; the rules of repeats compare what was asked.
                if request.command.is_some_and(|own| own != command) {
                    return Err(Refused::CommandReused.into());
                }
                let found = booking::from_text(&answer.body)?;
                let id = found.id.as_deref().unwrap_or_default();
                self.caller.may(Action::ReadVisits, Whose::of(&found), self.door)?;
                let now = db.appointment(id)?.map(|(_, body)| booking::from_text(&body));
                return Ok(Created::There(Box::new(now.transpose()?.unwrap_or(found))));
            }
            request.command = Some(command);
        }
        let by = self.by(self.for_whom(db, &request.patient)?, identifiers);
        let id = Uuid::new_v4().to_string();
        let plan = booking::plan_book(db, &request, &by, &id, self.now)?;
        Ok(Created::New(Box::new(plan.noted(&self.caller, self.now))))
    }

    /// What a `PUT` of an appointment comes to.
    pub(super) fn plan_update(
        &self,
        db: &dyn Database,
        appointment: &Appointment,
        expected: Option<&str>,
    ) -> Result<Plan, StepError> {
        let id = appointment.id.clone().unwrap_or_default();
        match appointment.status {
            AppointmentStatus::Cancelled => {
                self.may(db, &id, Action::Cancel)?;
                let request = CancelRequest {
                    appointment: id,
                    reason: appointment.cancelation_reason.clone(),
                };
                let plan = booking::plan_cancel(db, &request, expected, self.now)?;
                Ok(plan.noted(&self.caller, self.now))
            }
            AppointmentStatus::Booked => {
                self.may(db, &id, Action::Book)?;
                let mut request = ChangeRequest::from_appointment(appointment, None).map_err(StepError::Request)?;
                // A PUT is the whole state: what is left out is taken away.
                request.comment = Some(appointment.comment.clone().unwrap_or_default());
                let by = self.by(Behalf::default(), vec![]);
                let plan = booking::plan_change(db, &request, expected, &by, self.now)?;
                Ok(plan.noted(&self.caller, self.now))
            }
            _ => Err(Refused::StatusNotOffered.into()),
        }
    }

    fn book(&self, db: &dyn Database, request: &BookRequest) -> Result<Result<Appointment, Refused>, StepError> {
        let by = self.by(self.for_whom(db, &request.patient)?, vec![]);
        let id = Uuid::new_v4().to_string();
        Ok(self.done(db, booking::plan_book(db, request, &by, &id, self.now)))
    }

    fn change(&self, db: &dyn Database, request: &ChangeRequest) -> Result<Result<Appointment, Refused>, StepError> {
        self.may(db, &request.appointment, Action::Book)?;
        let by = self.by(Behalf::default(), vec![]);
        Ok(self.done(db, booking::plan_change(db, request, None, &by, self.now)))
    }

    fn done(&self, db: &dyn Database, plan: Result<Plan, Refused>) -> Result<Appointment, Refused> {
        let plans = vec![plan?.noted(&self.caller, self.now)];
        let done = self.carry_out(db, plans).map_err(|(_, refused)| refused)?;
        done.into_iter().next().ok_or(Refused::NoSuchAppointment)
    }

    /// Carries out what the request comes to, here or at the hospital that it is about.
    pub(super) fn carry_out(&self, db: &dyn Database, plans: Vec<Plan>) -> Result<Vec<Appointment>, (usize, Refused)> {
        gateway::carry_out(self.gateway.as_deref(), db, plans, self.now)
    }

    /// Whether a slot is of a hospital with a server of its own, which holds nothing.
    pub(super) fn is_elsewhere(&self, slot: &str) -> bool {
        self.gateway.as_ref().is_some_and(|gateway| gateway.has_slot(slot))
    }

    /// Notes that the caller has seen these. Who has not signed in has only seen what anyone may.
    pub(super) fn has_seen(&self, db: &dyn Database, resource: &str, found: &[Appointment]) -> Result<(), DbError> {
        if self.caller.who == Who::Anonymous {
            return Ok(());
        }
        let patient = |one: &Appointment| Some(one.patient()?.id_of("Patient")?.to_owned());
        let patients: BTreeSet<Option<String>> = found.iter().map(patient).collect();
        let note = |patient: &Option<String>| {
            self.caller
                .note(AuditAction::Read, resource, patient.as_deref(), self.now)
        };
        let notes: Vec<_> = patients.iter().map(note).collect();
        if notes.is_empty() {
            return Ok(());
        }
        db.note_audit(&notes)
    }

    fn cancel(&self, db: &dyn Database, request: &CancelRequest) -> Result<Result<Appointment, Refused>, StepError> {
        let id = &request.appointment;
        if db.appointment(id)?.is_none()
            && let Some(held) = booking::held_by(db, id, &self.holder, self.now)?
            && db.release(id, &self.holder, self.now)?
        {
            return Ok(Ok(Appointment {
                status: AppointmentStatus::Cancelled,
                extension: vec![],
                ..held
            }));
        }
        self.may(db, id, Action::Cancel)?;
        Ok(self.done(db, booking::plan_cancel(db, request, None, self.now)))
    }
}

/// What a conditional create comes to.
pub(super) enum Created {
    /// There is one already: as it is now.
    There(Box<Appointment>),
    /// It is to be made.
    New(Box<Plan>),
}

/// The command that an identifier stands for: itself, or, of another system than ours, one that is made of it, so that
/// the same identifier always is the same command.
pub(super) fn command_of(token: &Token) -> CommandId {
    if token.system.as_deref().is_none_or(|system| system == systems::COMMAND)
        && let Ok(command) = token.code.parse()
    {
        return command;
    }
    let text = format!("{}|{}", token.system.as_deref().unwrap_or_default(), token.code);
    let hash = digest(&SHA256, text.as_bytes());
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(hash.as_ref()) {
        *byte = *hashed;
    }
    CommandId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// Books, changes or cancels a visit (ITI-117).
#[utoipa::path(
    post, path = "/Appointment/$book",
    request_body = Parameters,
    security((), ("bearer" = [])),
    responses((status = 200, body = Bundle), (status = 403), (status = 404, body = RefusalBody), (status = 409, body = RefusalBody), (status = 410, body = RefusalBody), (status = 412, body = RefusalBody), (status = 422, body = RefusalBody))
)]
pub(super) async fn book(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let parameters: Parameters = fhir_body(&headers, &body)?;
    let operation = BookOperation::from_parameters(&parameters)?;
    let asking = Asking::new(&hub, caller, asker);
    let done = hub
        .step(move |db| match &operation {
            BookOperation::Book(request) => asking.book(db, request),
            BookOperation::Change(request) => asking.change(db, request),
            BookOperation::Cancel(request) => asking.cancel(db, request),
        })
        .await?;
    match done {
        Ok(appointment) => {
            if appointment.status == AppointmentStatus::Booked {
                hub.metrics.booked();
            }
            let bundle = searchset(&hub, 1, vec![appointment.into()], vec![]);
            Ok(fhir_response(StatusCode::OK, bundle))
        }
        Err(no @ (Refused::Db(_) | Refused::HospitalAway)) => Err(no.into()),
        Err(refused) => {
            let (status, code) = refused.kind();
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
            let mut response = fhir_response(status, refusal(code, &refused.to_string(), refused.proposals()));
            response.extensions_mut().insert(Because(code.as_str()));
            Ok(response)
        }
    }
}

/// A visit.
#[utoipa::path(
    get, path = "/Appointment/{id}",
    params(("id" = String, Path, description = "Logical id")),
    security((), ("bearer" = [])),
    responses((status = 200, body = Appointment, headers(("ETag" = String, description = "Its version"))), (status = 403), (status = 404))
)]
pub(super) async fn read(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    Id(id): Id,
) -> Result<Response, ApiError> {
    let asking = Asking::new(&hub, caller, asker);
    let found = hub
        .step(move |db| match db.appointment(&id)? {
            Some((_, body)) => {
                let appointment = booking::from_text(&body)?;
                asking
                    .caller
                    .may(Action::ReadVisits, Whose::of(&appointment), asking.door)?;
                let found = [appointment];
                asking.has_seen(db, &format!("Appointment/{id}"), &found)?;
                Ok(found.into_iter().next())
            }
            // What somebody holds is theirs to see under the id of its slot.
            None => Ok(booking::held_by(db, &id, &asking.holder, asking.now)?),
        })
        .await?;
    Ok(with_version(StatusCode::OK, found.ok_or(Refused::NoSuchAppointment)?))
}

/// Books as other FHIR servers do.
#[utoipa::path(
    post, path = "/Appointment",
    params(("If-None-Exist" = Option<String>, Header, description = "identifier=system|value: unless there is such a one"), ("Prefer" = Option<String>, Header, description = "return=minimal, representation or OperationOutcome")),
    request_body = Appointment,
    security((), ("bearer" = [])),
    responses((status = 200, body = Appointment), (status = 201, body = Appointment, headers(("ETag" = String, description = "Its version"), ("Location" = String, description = "Where it is"))), (status = 403), (status = 404), (status = 409), (status = 410), (status = 412), (status = 422))
)]
pub(super) async fn create(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    prefer: Prefer,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let appointment: Appointment = fhir_body(&headers, &body)?;
    let criteria = headers
        .get("if-none-exist")
        .map(|value| value.to_str().unwrap_or_default());
    let token = criteria.map(identifier_of).transpose()?;
    let asking = Asking::new(&hub, caller, asker);
    let (status, done) = hub
        .step(move |db| match asking.plan_create(db, &appointment, token.as_ref())? {
            Created::There(found) => Ok((StatusCode::OK, *found)),
            Created::New(plan) => {
                let done = asking.carry_out(db, vec![*plan]).map_err(|(_, refused)| refused)?;
                let done = done.into_iter().next();
                Ok((StatusCode::CREATED, done.ok_or(DbError::Damaged("appointment"))?))
            }
        })
        .await?;
    if status == StatusCode::CREATED {
        hub.metrics.booked();
    }
    let location = format!(
        "{}/fhir/Appointment/{}",
        hub.base,
        done.id.as_deref().unwrap_or_default()
    );
    let mut response = answered(status, done, prefer);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Cancels, moves to another slot, or changes the note. The other fields of the body are not looked at.
#[utoipa::path(
    put, path = "/Appointment/{id}",
    params(("id" = String, Path, description = "Logical id"), ("If-Match" = Option<String>, Header, description = "Only if it is still this version"), ("Prefer" = Option<String>, Header, description = "return=minimal, representation or OperationOutcome")),
    request_body = Appointment,
    security((), ("bearer" = [])),
    responses((status = 200, body = Appointment, headers(("ETag" = String, description = "Its version"))), (status = 403), (status = 404), (status = 409), (status = 410), (status = 412), (status = 422))
)]
pub(super) async fn update(
    State(hub): State<Arc<Hub>>,
    caller: Caller,
    asker: Asker,
    prefer: Prefer,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let appointment: Appointment = fhir_body(&headers, &body)?;
    if appointment.id.as_deref() != Some(&id) {
        return Err(ApiError::bad_request(
            "预约编号不一致。 The id in the body must be the one in the address.",
        ));
    }
    let expected = headers.get(header::IF_MATCH).map(version_of).transpose()?;
    let asking = Asking::new(&hub, caller, asker);
    let done = hub
        .step(move |db| {
            let plan = asking.plan_update(db, &appointment, expected.as_deref())?;
            let done = asking.carry_out(db, vec![plan]).map_err(|(_, refused)| refused)?;
            Ok(done.into_iter().next().ok_or(DbError::Damaged("appointment"))?)
        })
        .await?;
    Ok(answered(StatusCode::OK, done, prefer))
}
