//! Parameters and forms as the description of the hub has them ([`super::openapi`]).
//!
//! The handlers read these from text themselves, since a refusal has to say in FHIR what is wrong; so these types are
//! never filled. A test that goes by the description (`tests/description.rs`) holds both against each other.
#![allow(dead_code, unused_qualifications)]

use anban_wire::fhir::{AppointmentStatus, Bundle, OperationOutcome};
use serde::Serialize;
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::OneOfBuilder, schema::Type},
};

/// How much is wanted of a search's answer, and how.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// Most results.
    #[param(rename = "_count", required = false)]
    count: Option<u32>,
    /// Another page of a search: its answer's link `next` has it, alone.
    #[param(required = false)]
    page: Option<String>,
    /// JSON is all that is offered.
    #[param(rename = "_format", required = false)]
    format: Option<String>,
}

/// Made once: see [`super::versions`].
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct IfNoneExist {
    /// identifier=system|value: unless there is such a one
    #[param(rename = "If-None-Exist", required = false)]
    if_none_exist: Option<String>,
}

/// Changed only from the version that was read.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(super) struct IfMatch {
    /// Only if it is still this version
    #[param(rename = "If-Match", required = false)]
    if_match: Option<String>,
}

/// What visits are looked for; the patient, an identifier or an id is needed.
#[derive(IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub(super) struct AppointmentParams {
    /// The patient by an identifier of theirs: system|value.
    #[param(rename = "patient.identifier", required = false)]
    #[schema(rename = "patient.identifier")]
    patient_identifier: Option<String>,
    /// The patient by their id.
    #[param(required = false)]
    patient: Option<String>,
    /// The time that it fills.
    #[param(required = false)]
    slot: Option<String>,
    /// A doctor by their id.
    #[param(required = false)]
    practitioner: Option<String>,
    /// A doctor by an identifier of theirs: system|value.
    #[param(rename = "practitioner.identifier", required = false)]
    #[schema(rename = "practitioner.identifier")]
    practitioner_identifier: Option<String>,
    /// A hospital or counter by its id.
    #[param(required = false)]
    location: Option<String>,
    /// What the department treats: system|code.
    #[param(required = false)]
    specialty: Option<String>,
    /// The command that it was booked by: system|value, or the UUID alone.
    #[param(required = false)]
    identifier: Option<String>,
    /// Its logical id.
    #[param(rename = "_id", required = false)]
    #[schema(rename = "_id")]
    id: Option<String>,
    /// When it begins.
    #[param(required = false)]
    date: Option<DateQuery>,
    /// How far it has come.
    #[param(required = false, inline)]
    status: Option<AppointmentStatus>,
    /// Resources to take along.
    #[param(rename = "_include", required = false, inline)]
    #[schema(rename = "_include")]
    include: Option<IncludeActor>,
}

/// Which entries of the audit trail.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditParams {
    /// Of which patient: an id, or `Patient/ID`.
    #[param(required = false)]
    patient: Option<String>,
    /// When it was noted.
    #[param(required = false)]
    date: Option<DateQuery>,
    /// Its logical id.
    #[param(rename = "_id", required = false)]
    id: Option<String>,
}

/// Who takes part in a visit.
#[derive(ToSchema, Serialize)]
pub(super) enum IncludeActor {
    #[serde(rename = "Appointment:actor")]
    Actor,
    #[serde(rename = "Appointment:practitioner")]
    Practitioner,
    #[serde(rename = "Appointment:location")]
    Location,
}

/// The calendars of times.
#[derive(ToSchema, Serialize)]
pub(super) enum IncludeSchedule {
    #[serde(rename = "Slot:schedule")]
    Schedule,
}

/// The hospitals and counters of departments.
#[derive(ToSchema, Serialize)]
pub(super) enum IncludeLocation {
    #[serde(rename = "HealthcareService:location")]
    Location,
}

/// A date or instant, with a prefix that says how to compare.
pub(super) struct DateQuery;

impl PartialSchema for DateQuery {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "A date or instant; eq, ge, gt, le or lt before it say how to compare (eq without)",
            ))
            .pattern(Some("^(eq|ge|gt|le|lt)?[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T.+)?)?)?$"))
            .into()
    }
}

impl ToSchema for DateQuery {}

/// Why an operation was not done: a bundle with an outcome and perhaps free times, or an outcome alone.
pub(super) struct Refusal;

impl PartialSchema for Refusal {
    fn schema() -> RefOr<Schema> {
        let of = |name| utoipa::openapi::Ref::from_schema_name(name);
        OneOfBuilder::new()
            .item(of(Bundle::name()))
            .item(of(OperationOutcome::name()))
            .into()
    }
}

impl ToSchema for Refusal {}

/// The client-credentials grant (RFC 6749 section 4.4.2).
#[derive(ToSchema)]
pub(super) struct SignInForm {
    grant_type: GrantType,
}

/// The one that is offered.
#[derive(ToSchema, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum GrantType {
    ClientCredentials,
}

/// RFC 7009 section 2.1.
#[derive(ToSchema)]
pub(super) struct RevokeForm {
    /// The token that is to end.
    token: String,
}
