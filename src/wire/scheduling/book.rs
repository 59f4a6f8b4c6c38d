//! `$book` (ITI-117): book one of the offered visits, change a booked one, or cancel it.
//!
//! Our own client sends `appointment-resource`: status `pending`, the slot, the patient by an identifier and
//! the command's UUID as the appointment's identifier, and `patient-resource` with name and telephone. A client
//! of other making may send `appointment-reference` with the id of a proposed appointment instead; that form
//! has no place for a UUID, so it is the one form that a server can't recognise when it is repeated.

use super::RequestError;
use crate::shows_only;
use crate::{
    command::CommandId,
    fhir::{
        Appointment, AppointmentStatus, CodeableConcept, Coding, ContactPoint, HumanName, Identifier, Parameter,
        Parameters, Participant, ParticipationStatus, Patient, Reference, Resource, first_phone, is_id,
    },
    systems,
};

/// Longest name, number or note that is accepted, in characters.
const MAX_TEXT: usize = 200;

/// What a `$book` asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum BookOperation {
    /// A new booking.
    Book(Box<BookRequest>),
    /// Another time or another note for one.
    Change(ChangeRequest),
    /// The end of one.
    Cancel(CancelRequest),
}

/// Another time or another note for a booked visit. What is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequest {
    /// Id of the appointment.
    pub appointment: String,
    /// Id of the slot that it moves to. A repeat finds it there already and changes nothing.
    pub slot: Option<String>,
    /// A note for the counter; an empty one takes the old one away.
    pub comment: Option<String>,
}

/// A new booking.
#[derive(Debug, Clone, PartialEq)]
pub struct BookRequest {
    /// Makes a repeat harmless; `None` only from clients of other making.
    pub command: Option<CommandId>,
    /// Id of the slot.
    pub slot: String,
    /// For whom.
    pub patient: PatientDetails,
    /// A note for the counter.
    pub comment: Option<String>,
}

/// The end of a booking.
#[derive(Debug, Clone, PartialEq)]
pub struct CancelRequest {
    /// Id of the appointment.
    pub appointment: String,
    /// Why, as `Appointment.cancelationReason`; [`systems::DECLINED`] of a patient who does not want what somebody else
    /// has booked.
    pub reason: Option<CodeableConcept>,
}

/// What a counter needs to know of the patient. A server that knows the patient needs the id alone; anyone else is
/// brought along with an identifier.
#[derive(Clone, PartialEq)]
pub struct PatientDetails {
    /// The FHIR id of a patient whom the server knows ([`crate::accounts`]).
    pub id: Option<String>,
    /// A number with its system, usually [`crate::systems::RESIDENT_IDENTITY`]. Needed where there is no id.
    pub identifier: Option<Identifier>,
    /// The name.
    pub name: Option<String>,
    /// Where to reach the person.
    pub telephone: Option<String>,
}

// Shows nothing of the person, so that none of it can slip into a log.
shows_only!(PatientDetails {});

impl PatientDetails {
    fn read(reference: Option<&Reference>, patient: Option<&Patient>) -> Result<Self, RequestError> {
        let number = |identifier: &&Identifier| identifier.system.is_some() && identifier.value.is_some();
        let id = reference
            .and_then(|reference| reference.id_of("Patient"))
            .or(patient.and_then(|patient| patient.id.as_deref()));
        let identifier = patient
            .and_then(|patient| patient.identifier.iter().find(number))
            .or(reference
                .and_then(|reference| reference.identifier.as_deref())
                .filter(number));
        if id.is_none() && identifier.is_none() {
            return Err(RequestError::Missing("patient-resource with an identifier"));
        }
        let name = patient
            .and_then(|patient| patient.name.first())
            .and_then(|name| name.text.clone())
            .or(reference.and_then(|reference| reference.display.clone()));
        let telephone = patient
            .and_then(|patient| first_phone(&patient.telecom))
            .map(str::to_owned);
        let texts = [
            id,
            identifier.and_then(|identifier| identifier.system.as_deref()),
            identifier.and_then(|identifier| identifier.value.as_deref()),
            name.as_deref(),
            telephone.as_deref(),
        ];
        if texts.into_iter().flatten().any(|text| text.chars().count() > MAX_TEXT) {
            return Err(RequestError::Form {
                name: "patient-resource",
                form: "of texts up to 200 characters",
            });
        }
        Ok(Self {
            id: id.map(str::to_owned),
            identifier: identifier.map(|identifier| Identifier {
                system: identifier.system.clone(),
                value: identifier.value.clone(),
                ..Identifier::default()
            }),
            name,
            telephone,
        })
    }

    /// The patient as one who takes part in an appointment.
    #[must_use]
    pub fn to_participant(&self) -> Participant {
        let actor = Reference {
            reference: self.id.as_ref().map(|id| format!("Patient/{id}")),
            kind: Some("Patient".to_owned()),
            identifier: self.identifier.clone().map(Box::new),
            display: self.name.clone(),
            ..Reference::default()
        };
        Participant {
            actor: Some(actor),
            necessity: Some("required".to_owned()),
            status: ParticipationStatus::Accepted,
            ..Participant::default()
        }
    }

    /// The patient as a resource of its own.
    #[must_use]
    pub fn to_patient(&self) -> Patient {
        let phone = |value: &String| ContactPoint {
            system: Some("phone".to_owned()),
            value: Some(value.clone()),
            usage: None,
        };
        Patient {
            id: self.id.clone(),
            identifier: self.identifier.iter().cloned().collect(),
            name: self
                .name
                .iter()
                .map(|n| HumanName {
                    text: Some(n.clone()),
                    ..HumanName::default()
                })
                .collect(),
            telecom: self.telephone.iter().map(phone).collect(),
            ..Patient::default()
        }
    }
}

impl BookRequest {
    /// The body of the request.
    #[must_use]
    pub fn to_parameters(&self) -> Parameters {
        let appointment = Appointment {
            status: AppointmentStatus::Pending,
            identifier: self.command.iter().map(|command| command.to_identifier()).collect(),
            slot: vec![Reference::to("Slot", &self.slot)],
            participant: vec![self.patient.to_participant()],
            ..Appointment::default()
        };
        let mut parameter = vec![
            Parameter::resource("appointment-resource", appointment),
            Parameter::resource("patient-resource", self.patient.to_patient()),
        ];
        parameter.extend(self.comment.iter().map(|comment| Parameter::string("comment", comment)));
        Parameters {
            parameter,
            ..Parameters::default()
        }
    }
}

impl ChangeRequest {
    /// Moves an appointment to another slot.
    #[must_use]
    pub fn to_slot(appointment: impl Into<String>, slot: impl Into<String>) -> Self {
        Self {
            appointment: appointment.into(),
            slot: Some(slot.into()),
            comment: None,
        }
    }

    /// The body of the request.
    #[must_use]
    pub fn to_parameters(&self) -> Parameters {
        let appointment = Appointment {
            id: Some(self.appointment.clone()),
            status: AppointmentStatus::Booked,
            slot: self.slot.iter().map(|slot| Reference::to("Slot", slot)).collect(),
            ..Appointment::default()
        };
        let mut parameter = vec![Parameter::resource("appointment-resource", appointment)];
        parameter.extend(self.comment.iter().map(|comment| Parameter::string("comment", comment)));
        Parameters {
            parameter,
            ..Parameters::default()
        }
    }

    /// What an appointment as its new state should be asks for. Its times are those of its slot and are not looked at.
    ///
    /// # Errors
    /// When it has no id, or its note is too long.
    pub fn from_appointment(appointment: &Appointment, comment: Option<String>) -> Result<Self, RequestError> {
        let id = appointment.id.clone().ok_or(RequestError::Form {
            name: "appointment-resource",
            form: "of status booked with the id of what is to be changed",
        })?;
        let comment = comment.or_else(|| appointment.comment.clone());
        check_length("comment", comment.as_deref())?;
        Ok(Self {
            appointment: id,
            slot: appointment.slot_id().map(str::to_owned),
            comment,
        })
    }
}

impl CancelRequest {
    /// The end of that appointment, without saying why.
    #[must_use]
    pub fn new(appointment: impl Into<String>) -> Self {
        Self {
            appointment: appointment.into(),
            reason: None,
        }
    }

    /// The patient does not want what somebody else has booked for them.
    #[must_use]
    pub fn declined(appointment: impl Into<String>) -> Self {
        let code = Coding {
            system: Some(systems::CANCELLATION.to_owned()),
            code: Some(systems::DECLINED.to_owned()),
            ..Coding::default()
        };
        Self {
            appointment: appointment.into(),
            reason: Some(CodeableConcept {
                coding: vec![code],
                ..CodeableConcept::default()
            }),
        }
    }

    /// The body of the request.
    #[must_use]
    pub fn to_parameters(&self) -> Parameters {
        let appointment = Appointment {
            id: Some(self.appointment.clone()),
            status: AppointmentStatus::Cancelled,
            cancelation_reason: self.reason.clone(),
            ..Appointment::default()
        };
        Parameters {
            parameter: vec![Parameter::resource("appointment-resource", appointment)],
            ..Parameters::default()
        }
    }
}

fn check_length(name: &'static str, text: Option<&str>) -> Result<(), RequestError> {
    if text.is_some_and(|text| text.chars().count() > MAX_TEXT) {
        let form = "text up to 200 characters";
        return Err(RequestError::Form { name, form });
    }
    Ok(())
}

impl BookOperation {
    /// What a plain `POST` of an appointment asks for, as other FHIR servers do it: a `booked` or `pending` one with
    /// its slot, and the patient as a participant, contained or referred to.
    ///
    /// # Errors
    /// As [`BookOperation::from_parameters`].
    pub fn from_create(appointment: &Appointment) -> Result<BookRequest, RequestError> {
        let name = "Appointment";
        if !matches!(
            appointment.status,
            AppointmentStatus::Booked | AppointmentStatus::Pending
        ) {
            let form = "of status booked or pending";
            return Err(RequestError::Form { name, form });
        }
        let pending = Appointment {
            status: AppointmentStatus::Pending,
            // The server gives the id; what a client calls it names no slot.
            id: None,
            ..appointment.clone()
        };
        let contained = appointment.contained.iter().find_map(|resource| match resource {
            Resource::Patient(patient) => Some(patient.as_ref()),
            _ => None,
        });
        // Its id holds within the appointment only.
        let contained = contained.cloned().map(|patient| Patient { id: None, ..patient });
        match Self::from_appointment(&pending, contained.as_ref(), None)? {
            Self::Book(request) => Ok(*request),
            Self::Change(_) | Self::Cancel(_) => Err(RequestError::Missing("status")),
        }
    }

    fn book(request: BookRequest) -> Self {
        Self::Book(Box::new(request))
    }

    /// Reads the body of a request.
    ///
    /// # Errors
    /// When neither or both forms of the appointment are given, or a part is missing or too long.
    pub fn from_parameters(parameters: &Parameters) -> Result<Self, RequestError> {
        let resource = |name| {
            parameters
                .named(name)
                .find_map(|parameter| parameter.resource.as_deref())
        };
        let patient = match resource("patient-resource") {
            Some(Resource::Patient(patient)) => Some(patient.as_ref()),
            Some(_) => {
                return Err(RequestError::Form {
                    name: "patient-resource",
                    form: "a Patient",
                });
            }
            None => None,
        };
        let comment = parameters
            .named("comment")
            .find_map(|parameter| parameter.value_string.clone());
        check_length("comment", comment.as_deref())?;
        let reference = parameters
            .named("appointment-reference")
            .find_map(|parameter| parameter.value_reference.as_ref());
        match (reference, resource("appointment-resource")) {
            (Some(reference), None) => {
                let form = "a reference to a proposed Appointment";
                // A proposed appointment has the id of its slot.
                let slot = reference.id_of("Appointment").ok_or(RequestError::Form {
                    name: "appointment-reference",
                    form,
                })?;
                let patient = PatientDetails::read(None, patient)?;
                Ok(Self::book(BookRequest {
                    command: None,
                    slot: slot.to_owned(),
                    patient,
                    comment,
                }))
            }
            (None, Some(Resource::Appointment(appointment))) => Self::from_appointment(appointment, patient, comment),
            (None, Some(_)) => Err(RequestError::Form {
                name: "appointment-resource",
                form: "an Appointment",
            }),
            (None, None) => Err(RequestError::Missing("appointment-resource or appointment-reference")),
            (Some(_), Some(_)) => Err(RequestError::Form {
                name: "appointment-reference",
                form: "without appointment-resource",
            }),
        }
    }

    fn from_appointment(
        appointment: &Appointment,
        patient: Option<&Patient>,
        comment: Option<String>,
    ) -> Result<Self, RequestError> {
        let name = "appointment-resource";
        match appointment.status {
            AppointmentStatus::Cancelled => {
                let id = appointment.id.clone().ok_or(RequestError::Form {
                    name,
                    form: "cancelled by its id",
                })?;
                Ok(Self::Cancel(CancelRequest {
                    appointment: id,
                    reason: appointment.cancelation_reason.clone(),
                }))
            }
            AppointmentStatus::Pending => {
                let form = "identified by a command that is a UUID";
                let command =
                    CommandId::among(&appointment.identifier).map_err(|_| RequestError::Form { name, form })?;
                // A proposed appointment has the id of its slot, so that one sent back names it too.
                let slot = appointment
                    .slot_id()
                    .or(appointment.id.as_deref().filter(|id| is_id(id)))
                    .ok_or(RequestError::Form {
                        name,
                        form: "with a Slot reference, or the id of a proposed appointment",
                    })?;
                let patient = PatientDetails::read(appointment.patient(), patient)?;
                let comment = comment.or_else(|| appointment.comment.clone());
                check_length("comment", comment.as_deref())?;
                Ok(Self::book(BookRequest {
                    command,
                    slot: slot.to_owned(),
                    patient,
                    comment,
                }))
            }
            AppointmentStatus::Booked => Ok(Self::Change(ChangeRequest::from_appointment(appointment, comment)?)),
            _ => Err(RequestError::Form {
                name,
                form: "of status pending (to book), booked (to change) or cancelled (to cancel)",
            }),
        }
    }
}

#[cfg(test)]
mod tests;
