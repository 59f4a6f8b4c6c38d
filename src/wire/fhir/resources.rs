//! Who is treated, where, by whom and when: the resources that booking is about.

use super::{
    Absent, Address, AppointmentStatus, AvailableTime, CodeableConcept, ContactPoint, DateTime, Element, Extension,
    HoursOfOperation, HumanName, Identifier, Meta, ParticipationStatus, Period, Reference, Resource, SlotStatus,
    fhir_types,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

fhir_types! {
    /// The person to be treated; only what a counter asks for.
    Patient {
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// Identity number, card numbers.
        identifier: Vec<Identifier>,
        /// Whether the record is in use.
        active: Option<bool>,
        /// Names.
        name: Vec<HumanName>,
        /// Telephone numbers.
        telecom: Vec<ContactPoint>,
        /// male | female | other | unknown
        gender: Option<String>,
        /// Day, month or year of birth.
        birth_date: Option<String>,
        /// Addresses.
        address: Vec<Address>,
        /// Married, widowed, …
        marital_status: Option<CodeableConcept>,
        /// Languages that can be spoken with the person.
        communication: Vec<Communication>,
    }
    /// A language that can be spoken with a person.
    Communication {
        @required {
            /// Which (BCP 47).
            language: CodeableConcept,
        }
        /// Whether it is the one to begin with.
        preferred: Option<bool>,
    }
    /// Somebody who acts for a patient: a relative, a family doctor ([`crate::accounts`]).
    RelatedPerson {
        @required {
            /// For whom.
            patient: Reference,
        }
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// Numbers of the person.
        identifier: Vec<Identifier>,
        /// Whether they still may act.
        active: Option<bool>,
        /// How they stand to the patient.
        relationship: Vec<CodeableConcept>,
        /// Names.
        name: Vec<HumanName>,
        /// Telephone numbers.
        telecom: Vec<ContactPoint>,
        /// Since when, and until when.
        period: Option<Period>,
    }
    /// A doctor.
    Practitioner {
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// Numbers of the practitioner.
        identifier: Vec<Identifier>,
        /// Whether the record is in use.
        active: Option<bool>,
        /// Names.
        name: Vec<HumanName>,
        /// Telephone numbers.
        telecom: Vec<ContactPoint>,
        /// Addresses.
        address: Vec<Address>,
        /// male | female | other | unknown
        gender: Option<String>,
    }
    /// A hospital, or a counter in one (then `part_of` names the hospital).
    Location {
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// What others call it.
        identifier: Vec<Identifier>,
        /// active | suspended | inactive
        status: Option<String>,
        /// What it is called.
        name: Option<String>,
        /// Translations of `name`.
        #[serde(rename = "_name")]
        name_element: Option<Element>,
        /// How to find it.
        description: Option<String>,
        /// Translations of `description`.
        #[serde(rename = "_description")]
        description_element: Option<Element>,
        /// Telephone numbers.
        telecom: Vec<ContactPoint>,
        /// Where it is.
        address: Option<Address>,
        /// The place that this one is in.
        part_of: Option<Reference>,
        /// When it is open.
        hours_of_operation: Vec<HoursOfOperation>,
    }
    /// A department of a hospital, as one can go there.
    HealthcareService {
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// What others call it.
        identifier: Vec<Identifier>,
        /// Among others the on-site quota ([`crate::systems::ON_SITE_QUOTA`]).
        extension: Vec<Extension>,
        /// Whether it takes patients now.
        active: Option<bool>,
        /// What it is, from [`crate::systems::SERVICE`]; empty for a department that sees patients.
        category: Vec<CodeableConcept>,
        /// Its specialty, from [`crate::systems::DEPARTMENT`].
        specialty: Vec<CodeableConcept>,
        /// The hospital and the counter.
        location: Vec<Reference>,
        /// What it is called.
        name: Option<String>,
        /// Translations of `name`.
        #[serde(rename = "_name")]
        name_element: Option<Element>,
        /// What it treats, in a sentence.
        comment: Option<String>,
        /// Translations of `comment`.
        #[serde(rename = "_comment")]
        comment_element: Option<Element>,
        /// What to bring (markdown by the standard; plain sentences here).
        extra_details: Option<String>,
        /// Translations of `extra_details`.
        #[serde(rename = "_extraDetails")]
        extra_details_element: Option<Element>,
        /// Telephone numbers.
        telecom: Vec<ContactPoint>,
        /// Whether one can't come without an appointment.
        appointment_required: Option<bool>,
        /// When it sees patients.
        available_time: Vec<AvailableTime>,
    }
    /// The calendar of one practitioner in one department.
    Schedule {
        @required {
            /// Practitioner, department and hospital that it belongs to.
            actor: Vec<Reference>,
        }
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// What others call it.
        identifier: Vec<Identifier>,
        /// Whether it is in use.
        active: Option<bool>,
        /// Specialty of the department.
        specialty: Vec<CodeableConcept>,
    }
    /// One span of time that can be booked once.
    Slot {
        @required {
            /// The calendar it is in.
            schedule: Reference,
            /// Whether it can still be had.
            status: SlotStatus,
            /// When it begins.
            start: Timestamp,
            /// When it ends.
            end: Timestamp,
        }
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// What others call it.
        identifier: Vec<Identifier>,
        /// Specialty of the department.
        specialty: Vec<CodeableConcept>,
    }
    /// A visit: proposed by `$find`, pending while it is asked for, booked when the server says so.
    Appointment {
        @required {
            /// How far it has come.
            status: AppointmentStatus,
            /// Who takes part: patient, practitioner, department, place.
            participant: Vec<Participant>,
        }
        /// Logical id on the server.
        id: Option<String>,
        /// Server's notes.
        meta: Option<Meta>,
        /// Resources that exist only within this one: the patient's details.
        contained: Vec<Resource>,
        /// Among others who booked it ([`crate::systems::BOOKED_BY`]).
        extension: Vec<Extension>,
        /// Among others the command's UUID ([`crate::systems::COMMAND`]).
        identifier: Vec<Identifier>,
        /// Why it was cancelled.
        cancelation_reason: Option<CodeableConcept>,
        /// What kind of service, in broad terms.
        service_category: Vec<CodeableConcept>,
        /// What is to be done.
        service_type: Vec<CodeableConcept>,
        /// Specialty of the department.
        specialty: Vec<CodeableConcept>,
        /// Routine, check-up, walk-in, …
        appointment_type: Option<CodeableConcept>,
        /// Why.
        reason_code: Vec<CodeableConcept>,
        /// How urgent (iCalendar).
        priority: Option<u32>,
        /// What it is about, in a line.
        description: Option<String>,
        /// How long it takes.
        minutes_duration: Option<u32>,
        /// When it begins.
        start: Option<Timestamp>,
        /// When it ends.
        end: Option<Timestamp>,
        /// The slots it fills.
        slot: Vec<Reference>,
        /// When it was booked.
        created: Option<DateTime>,
        /// A note by whoever booked.
        comment: Option<String>,
        /// What the patient is told, such as what to bring.
        patient_instruction: Option<String>,
        /// When the patient would like to come.
        requested_period: Vec<Period>,
    }
    /// One who takes part in an appointment.
    Participant {
        @required {
            /// Whether they have agreed.
            status: ParticipationStatus,
        }
        /// In which role.
        #[serde(rename = "type")]
        kind: Vec<CodeableConcept>,
        /// Who.
        actor: Option<Reference>,
        /// When they take part.
        period: Option<Period>,
        /// required | optional | information-only
        #[serde(rename = "required")]
        necessity: Option<String>,
    }
}

impl Appointment {
    /// The literal id of the first participant of that type.
    #[must_use]
    pub fn participant_id(&self, kind: &str) -> Option<&str> {
        self.participant
            .iter()
            .find_map(|participant| participant.actor.as_ref()?.id_of(kind))
    }

    /// The patient's reference: the participant who is typed as a patient or refers to one.
    #[must_use]
    pub fn patient(&self) -> Option<&Reference> {
        self.participant
            .iter()
            .filter_map(|participant| participant.actor.as_ref())
            .find(|actor| actor.kind.as_deref() == Some("Patient") || actor.id_of("Patient").is_some())
    }

    /// The id of the first slot it fills.
    #[must_use]
    pub fn slot_id(&self) -> Option<&str> {
        self.slot.first()?.id_of("Slot")
    }
}
