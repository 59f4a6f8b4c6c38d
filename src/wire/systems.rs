//! The URIs that say what an identifier, a code or an extension means.
//!
//! `anban.example` can never be a real host (RFC 2606), which is right for names that are only compared.

/// Identifier system of an [`Appointment`](crate::fhir::Appointment)'s command: the UUID of the wish to book.
pub const COMMAND: &str = "https://anban.example/command";

/// Identifier system of the resident identity number (公民身份号码, GB 11643): the object identifier that the
/// national health document standard (WS/T 500) gives it.
pub const RESIDENT_IDENTITY: &str = "urn:oid:2.16.156.10011.1.3";

/// Identifier system of a patient as a hub knows them, by their FHIR id there: what a hospital's own server is told in place
/// of an identity number.
pub const PATIENT: &str = "https://anban.example/fhir/sid/patient";

/// Code system of departments: the numbers of the national catalogue 医疗机构诊疗科目名录 (1994, no. 27),
/// such as `03.04` for cardiology.
pub const DEPARTMENT: &str = "https://anban.example/fhir/CodeSystem/medical-subject";

/// Code system of services that are no department.
pub const SERVICE: &str = "https://anban.example/fhir/CodeSystem/service";

/// The code in [`SERVICE`] of a counter where people are registered, so that documents are issued about them.
pub const REGISTRATION: &str = "registration";

/// Identifier system of a practitioner within a demonstration hospital.
pub const PRACTITIONER: &str = "https://anban.example/fhir/sid/practitioner";

/// HL7's extension that carries a text in another language (`lang`, `content`).
pub const TRANSLATION: &str = "http://hl7.org/fhir/StructureDefinition/translation";

/// Extension of a `HealthcareService`: how many numbers its counter gives out on the spot on one day.
/// Holds `date` (valueDate), `total` and `remaining` (valueUnsignedInt).
pub const ON_SITE_QUOTA: &str = "https://anban.example/fhir/StructureDefinition/on-site-quota";

/// Extension of an `OperationOutcome` that refuses a booking: a slot that is still free instead.
/// Holds `slot` (valueReference) and `start` (valueInstant).
pub const PROPOSED_SLOT: &str = "https://anban.example/fhir/StructureDefinition/proposed-slot";

/// Code system of our refusals ([`crate::refusals`]).
pub const REFUSAL: &str = "https://anban.example/fhir/CodeSystem/refusal";

/// The IHE profile that an appointment conforms to.
pub const IHE_APPOINTMENT: &str = "https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/ihe-sched-appt";

/// The IHE profile that a bundle of potential appointments conforms to.
pub const IHE_AVAILABILITY_BUNDLE: &str =
    "https://profiles.ihe.net/ITI/Scheduling/StructureDefinition/ihe-sched-avail-bundle";

/// Extension of an [`Appointment`](crate::fhir::Appointment): who booked it, where it was not the patient. A
/// `valueReference` to the `RelatedPerson`, with the name as its `display`.
pub const BOOKED_BY: &str = "https://anban.example/fhir/StructureDefinition/booked-by";

/// Extension of a pending [`Appointment`](crate::fhir::Appointment) that `$hold` has answered with: until when it is held
/// (`valueInstant`).
pub const HELD_UNTIL: &str = "https://anban.example/fhir/StructureDefinition/held-until";

/// Code system of reasons why an appointment was cancelled.
pub const CANCELLATION: &str = "https://anban.example/fhir/CodeSystem/cancellation";

/// The code in [`CANCELLATION`] of a patient who does not want what somebody else has booked for them.
pub const DECLINED: &str = "declined";
