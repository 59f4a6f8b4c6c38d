//! The rules of booking: what a wish becomes, and why it may be refused.
//!
//! The order of the checks matters. A repeat is recognised first, since its slot is taken (by itself) or past
//! by then and it must still get its first answer. Only then is the slot looked at; and whether it is really
//! still free is decided by the database in the step that takes it, so that of two who want it one wins.

use crate::{
    accounts::Behalf,
    db::{AppointmentChange, Booked, Database, DbError, NewAppointment, SlotQuery, SlotRow},
};
use anban_wire::{
    CITY_OFFSET,
    fhir::{
        Appointment, AppointmentStatus, FhirResource, IssueType, Meta, Participant, ParticipationStatus, Reference,
        Resource, Schedule, SlotStatus,
    },
    scheduling::{BookRequest, CancelRequest, PatientDetails, Proposal},
    systems,
};
use jiff::{Timestamp, civil::Time};
use ring::digest::{SHA256, digest};
use std::fmt::Write as _;

/// How many free slots are named when one was taken.
const PROPOSALS: usize = 3;
/// Among how many the nearest ones are looked for.
const NEIGHBOURS: u32 = 60;

/// Why a booking or cancellation was not done. The texts are for the person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("这个时段不存在，请重新查询。 There is no such slot: search again.")]
    NoSuchSlot,
    #[error("没有这个预约。 There is no such appointment.")]
    NoSuchAppointment,
    #[error("这个时段已经过去，请选择其他时间。 This slot is past: choose another time.")]
    SlotPast,
    #[error("这个时段刚刚被别人约走，请选择其他时间。 This slot has just been taken: choose another time.")]
    SlotTaken(Vec<Proposal>),
    #[error("同一个编号已经用于另一个请求。 This command's number was used for another request: take a new one.")]
    CommandReused,
    #[error("预约已被更改，请先刷新。 The appointment has changed meanwhile: read it again first.")]
    Changed,
    #[error("就诊时间已过，不能取消。 The visit's time is past: it can't be cancelled any more.")]
    VisitPast,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Refused {
    /// HTTP status, FHIR issue type.
    pub(crate) fn kind(&self) -> (u16, IssueType) {
        match self {
            Self::NoSuchSlot | Self::NoSuchAppointment => (404, IssueType::NotFound),
            Self::SlotPast => (410, IssueType::BusinessRule),
            Self::SlotTaken(_) => (409, IssueType::Conflict),
            Self::Changed => (412, IssueType::Conflict),
            Self::CommandReused => (422, IssueType::Duplicate),
            Self::VisitPast => (422, IssueType::BusinessRule),
            Self::Db(_) => (500, IssueType::Exception),
        }
    }

    pub(crate) fn proposals(&self) -> &[Proposal] {
        match self {
            Self::SlotTaken(proposals) => proposals,
            _ => &[],
        }
    }
}

/// Books a slot, or finds the first answer to the same command. `new_id` names the appointment if it is made.
pub(crate) fn book(
    db: &dyn Database,
    request: &BookRequest,
    behalf: &Behalf,
    new_id: &str,
    now: Timestamp,
) -> Result<Appointment, Refused> {
    let identifier = request.patient.identifier.clone().unwrap_or_default();
    let patient = (
        identifier.system.unwrap_or_default(),
        identifier.value.unwrap_or_default(),
    );
    // One whom the hub knows is known by the id alone.
    let patient = if behalf.patient.is_some() {
        Default::default()
    } else {
        patient
    };
    let known = behalf.patient_id().unwrap_or_default();
    let fingerprint = fingerprint(&["book", &request.slot, &patient.0, &patient.1, known]);
    if let Some(command) = request.command
        && let Some(answer) = db.answer(command)?
    {
        return repeat(&answer.fingerprint, &answer.body, &fingerprint);
    }
    let slot = db.slot(&request.slot)?.ok_or(Refused::NoSuchSlot)?;
    if slot.start <= now {
        return Err(Refused::SlotPast);
    }
    let schedule: Schedule = entry(db, &slot.schedule)?.ok_or(Refused::NoSuchSlot)?;
    let mut appointment = booked(request, behalf, &slot, &schedule, new_id, now);
    appointment.patient_instruction = what_to_bring(db, &schedule)?;
    let new = NewAppointment {
        id: new_id.to_owned(),
        slot: slot.id.clone(),
        patient,
        command: request.command.map(|command| (command, fingerprint.clone())),
        start: slot.start,
        body: to_text(&appointment)?,
    };
    match db.book(&new, now)? {
        Booked::New => Ok(appointment),
        Booked::Repeat(answer) => repeat(&answer.fingerprint, &answer.body, &fingerprint),
        Booked::Taken => Err(Refused::SlotTaken(proposals(db, &schedule, &slot, now)?)),
    }
}

/// Cancels an appointment and frees its slot. Cancelling what is cancelled changes nothing and succeeds.
pub(crate) fn cancel(
    db: &dyn Database,
    request: &CancelRequest,
    expected: Option<&str>,
    now: Timestamp,
) -> Result<Appointment, Refused> {
    let (version, body) = db
        .appointment(&request.appointment)?
        .ok_or(Refused::NoSuchAppointment)?;
    let mut appointment = from_text(&body)?;
    if expected.is_some_and(|expected| expected != version.to_string()) {
        return Err(Refused::Changed);
    }
    if appointment.status == AppointmentStatus::Cancelled {
        return Ok(appointment);
    }
    if appointment.start.is_none_or(|start| start <= now) {
        return Err(Refused::VisitPast);
    }
    appointment.status = AppointmentStatus::Cancelled;
    appointment.cancelation_reason = request.reason.clone();
    appointment.meta = Some(meta(version + 1, now));
    let change = AppointmentChange {
        id: request.appointment.clone(),
        from_version: version,
        status: AppointmentStatus::Cancelled,
        body: to_text(&appointment)?,
        free_slot: true,
    };
    if db.change(&change)? {
        Ok(appointment)
    } else {
        Err(Refused::Changed)
    }
}

/// The visit that a free slot would be, as `$find` offers it; it has the id of its slot.
pub(crate) fn proposed(slot: &SlotRow, schedule: &Schedule) -> Appointment {
    Appointment {
        id: Some(slot.id.clone()),
        meta: Some(Meta {
            profile: vec![systems::IHE_APPOINTMENT.to_owned()],
            ..Meta::default()
        }),
        status: AppointmentStatus::Proposed,
        specialty: schedule.specialty.clone(),
        start: Some(slot.start),
        end: Some(slot.end),
        slot: vec![Reference::to("Slot", &slot.id)],
        participant: participants(schedule, ParticipationStatus::NeedsAction),
        ..Appointment::default()
    }
}

fn booked(
    request: &BookRequest,
    behalf: &Behalf,
    slot: &SlotRow,
    schedule: &Schedule,
    id: &str,
    now: Timestamp,
) -> Appointment {
    let (contained, mut participant) = match &behalf.patient {
        Some(known) => {
            let reference = PatientDetails {
                id: Some(known.id.clone()),
                identifier: None,
                name: Some(known.name.clone()),
                telephone: None,
            };
            (vec![], vec![reference.to_participant()])
        }
        None => {
            let mut patient = request.patient.to_patient();
            patient.id = Some("patient".to_owned());
            let mut participant = vec![request.patient.to_participant()];
            if let Some(actor) = participant.first_mut().and_then(|patient| patient.actor.as_mut()) {
                actor.reference = Some("#patient".to_owned());
            }
            (vec![patient.into()], participant)
        }
    };
    participant.extend(participants(schedule, ParticipationStatus::Accepted));
    Appointment {
        id: Some(id.to_owned()),
        meta: Some(meta(1, now)),
        contained,
        extension: behalf.booked_by.iter().cloned().collect(),
        identifier: request.command.iter().map(|command| command.to_identifier()).collect(),
        status: AppointmentStatus::Booked,
        participant,
        created: Some(now.into()),
        comment: request.comment.clone(),
        ..proposed(slot, schedule)
    }
}

fn participants(schedule: &Schedule, status: ParticipationStatus) -> Vec<Participant> {
    let participant = |actor: &Reference| Participant {
        actor: Some(actor.clone()),
        necessity: Some("required".to_owned()),
        status,
        ..Participant::default()
    };
    schedule.actor.iter().map(participant).collect()
}

fn meta(version: i64, now: Timestamp) -> Meta {
    Meta {
        version_id: Some(version.to_string()),
        last_updated: Some(now),
        profile: vec![systems::IHE_APPOINTMENT.to_owned()],
    }
}

/// The free slots of the same department that are nearest to the one that was taken, that day or later.
fn proposals(db: &dyn Database, schedule: &Schedule, slot: &SlotRow, now: Timestamp) -> Result<Vec<Proposal>, Refused> {
    let department = service_id(schedule);
    let schedules = directory::<Schedule>(db)?
        .into_iter()
        .filter(|other| service_id(other) == department)
        .filter_map(|other| other.id)
        .collect();
    let midnight = CITY_OFFSET.to_datetime(slot.start).date().to_datetime(Time::midnight());
    let midnight = CITY_OFFSET.to_timestamp(midnight).unwrap_or(slot.start);
    let query = SlotQuery {
        schedules: Some(schedules),
        from: Some(midnight.max(now)),
        status: Some(SlotStatus::Free),
        limit: NEIGHBOURS,
        ..SlotQuery::default()
    };
    let (_, mut free) = db.slots(&query)?;
    free.sort_by_key(|other| other.start.duration_since(slot.start).abs());
    Ok(free
        .into_iter()
        .take(PROPOSALS)
        .map(|free| Proposal {
            slot: free.id,
            start: free.start,
        })
        .collect())
}

fn service_id(schedule: &Schedule) -> Option<&str> {
    schedule.actor.iter().find_map(|actor| actor.id_of("HealthcareService"))
}

fn what_to_bring(db: &dyn Database, schedule: &Schedule) -> Result<Option<String>, Refused> {
    let Some(id) = service_id(schedule) else {
        return Ok(None);
    };
    Ok(match db.directory_entry("HealthcareService", id)? {
        Some(Resource::HealthcareService(service)) => service.extra_details,
        _ => None,
    })
}

/// All resources of a type in the directory.
pub(crate) fn directory<R: FhirResource>(db: &dyn Database) -> Result<Vec<R>, DbError> {
    let resources = db.directory(R::TYPE)?;
    resources
        .into_iter()
        .map(|resource| R::try_from(resource).map_err(|_| DbError::Damaged("directory entry")))
        .collect()
}

fn entry<R: FhirResource>(db: &dyn Database, id: &str) -> Result<Option<R>, DbError> {
    let found = db.directory_entry(R::TYPE, id)?;
    found
        .map(|resource| R::try_from(resource).map_err(|_| DbError::Damaged("directory entry")))
        .transpose()
}

fn repeat(first: &str, body: &str, asked: &str) -> Result<Appointment, Refused> {
    if first == asked {
        from_text(body)
    } else {
        Err(Refused::CommandReused)
    }
}

/// Tells apart what was asked under one command: SHA-256 over the parts, each with its length.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut joined = String::new();
    for part in parts {
        // Writing to a String can't fail.
        let _ = write!(joined, "{}:{part};", part.len());
    }
    digest(&SHA256, joined.as_bytes())
        .as_ref()
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

fn to_text(appointment: &Appointment) -> Result<String, Refused> {
    let resource: Resource = appointment.clone().into();
    serde_json::to_string(&resource).map_err(|_| DbError::Damaged("appointment").into())
}

/// Reads a stored appointment.
pub(crate) fn from_text(body: &str) -> Result<Appointment, Refused> {
    anban_wire::fhir::from_json(body.as_bytes()).map_err(|_| DbError::Damaged("appointment").into())
}
