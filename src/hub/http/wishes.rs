//! What somebody wants with an appointment, and what it comes to: for whom they may ask, as which command it counts, and
//! which [`Plan`] is carried out. `$book`, plain `POST` and `PUT`, and the entries of a bundle all come here.

use super::asking::Asking;
use crate::{
    accounts::{Action, Behalf, Whose},
    booking::{self, By, Plan, Refused},
    db::{Database, PatientRow},
    gateway,
    state::StepError,
};
use anban_wire::{
    CommandId,
    fhir::{Appointment, AppointmentStatus, Identifier},
    scheduling::{BookOperation, BookRequest, CancelRequest, ChangeRequest, PatientDetails, Token},
    systems,
};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

impl Asking {
    /// Says who is meant by an id within this request.
    pub(super) fn stand_in(&mut self, id: &str, patient: PatientRow) {
        self.made.push((id.to_owned(), patient));
    }

    /// Whether the caller may do that to an appointment. One that is not there, the rules of booking refuse.
    fn may_change(&self, db: &dyn Database, id: &str, action: Action) -> Result<(), StepError> {
        if let Some((_, body)) = db.appointment(id)? {
            let appointment = booking::from_text(&body)?;
            self.may(action, Whose::of(&appointment))?;
        }
        Ok(())
    }

    fn by(&self, behalf: Behalf, identifiers: Vec<Identifier>) -> By {
        By {
            behalf,
            holder: self.holder(),
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
            return Behalf::of(db, &self.caller, &brought, self.hub.door);
        }
        Behalf::of(db, &self.caller, patient, self.hub.door)
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
                self.may(Action::ReadVisits, Whose::of(&found))?;
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
                self.may_change(db, &id, Action::Cancel)?;
                let request = CancelRequest {
                    appointment: id,
                    reason: appointment.cancelation_reason.clone(),
                };
                let plan = booking::plan_cancel(db, &request, expected, self.now)?;
                Ok(plan.noted(&self.caller, self.now))
            }
            AppointmentStatus::Booked => {
                self.may_change(db, &id, Action::Book)?;
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

    pub(super) fn book(
        &self,
        db: &dyn Database,
        request: &BookRequest,
    ) -> Result<Result<Appointment, Refused>, StepError> {
        let by = self.by(self.for_whom(db, &request.patient)?, vec![]);
        let id = Uuid::new_v4().to_string();
        Ok(self.done(db, booking::plan_book(db, request, &by, &id, self.now)))
    }

    pub(super) fn change(
        &self,
        db: &dyn Database,
        request: &ChangeRequest,
    ) -> Result<Result<Appointment, Refused>, StepError> {
        self.may_change(db, &request.appointment, Action::Book)?;
        let by = self.by(Behalf::default(), vec![]);
        Ok(self.done(db, booking::plan_change(db, request, None, &by, self.now)))
    }

    fn done(&self, db: &dyn Database, plan: Result<Plan, Refused>) -> Result<Appointment, Refused> {
        self.carry_out_one(db, plan?.noted(&self.caller, self.now))
    }

    /// Carries out what the request comes to, here or at the hospital that it is about.
    pub(super) fn carry_out(&self, db: &dyn Database, plans: Vec<Plan>) -> Result<Vec<Appointment>, (usize, Refused)> {
        gateway::carry_out(self.hub.gateway.as_deref(), db, plans, self.now)
    }

    /// Carries out a plan that is all of the request.
    pub(super) fn carry_out_one(&self, db: &dyn Database, plan: Plan) -> Result<Appointment, Refused> {
        let done = self.carry_out(db, vec![plan]).map_err(|(_, refused)| refused)?;
        done.into_iter().next().ok_or(Refused::NoSuchAppointment)
    }

    /// Whether a slot is of a hospital with a server of its own, which has not promised what is held here.
    pub(super) fn is_elsewhere(&self, slot: &str) -> bool {
        self.hub.gateway.as_ref().is_some_and(|gateway| gateway.has_slot(slot))
    }

    pub(super) fn cancel(
        &self,
        db: &dyn Database,
        request: &CancelRequest,
    ) -> Result<Result<Appointment, Refused>, StepError> {
        let id = &request.appointment;
        if db.appointment(id)?.is_none()
            && let Some(held) = booking::held_by(db, id, &self.holder(), self.now)?
            && db.release(id, &self.holder(), self.now)?
        {
            return Ok(Ok(Appointment {
                status: AppointmentStatus::Cancelled,
                extension: vec![],
                ..held
            }));
        }
        self.may_change(db, id, Action::Cancel)?;
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
