//! The rules of booking: what a wish becomes, and why it may be refused.
//!
//! The order of the checks matters. A repeat is recognised first, since its slot is taken (by itself) or past
//! by then and it must still get its first answer. Only then is the slot looked at; and whether it is really
//! still free is decided by the database in the step that takes it, so that of two who want it one wins.
//!
//! A request first becomes a [`Plan`], the appointment as it will be with what has to be written for it; [`carry_out`]
//! then writes one plan or several, all or none.

mod make;
mod refused;

pub(crate) use make::proposed;
pub(crate) use refused::Refused;

use crate::{
    accounts::{Behalf, Caller},
    db::{
        AppointmentChange, AuditAction, Database, DbError, NewAppointment, Obstacle, SlotChange, SlotQuery, SlotRow,
        Write, Written,
    },
};
use anban_wire::{
    CITY_OFFSET,
    fhir::{
        Appointment, AppointmentStatus, FhirResource, Identifier, Participant, ParticipationStatus, Reference,
        Resource, Schedule, SlotStatus,
    },
    scheduling::{BookRequest, CancelRequest, ChangeRequest, Proposal},
};
use jiff::{SignedDuration, Timestamp, civil::Time};
use make::{booked, held, meta, participants};
use ring::digest::{SHA256, digest};
use std::fmt::Write as _;

/// How many free slots are named when one was taken.
const PROPOSALS: usize = 3;
/// How long a slot is held for somebody who is about to book it.
const HOLD: SignedDuration = SignedDuration::from_mins(5);
/// Among how many the nearest ones are looked for.
const NEIGHBOURS: u32 = 60;

/// Who asks, for whom, as far as booking has to know.
#[derive(Debug, Clone, Default)]
pub(crate) struct By {
    /// For whom, and what the appointment says about who booked it.
    pub(crate) behalf: Behalf,
    /// Tells one caller from the other: a slot that they hold is theirs.
    pub(crate) holder: String,
    /// What clients of other making call the appointment.
    pub(crate) identifiers: Vec<Identifier>,
}

/// What a request comes to: an appointment, and what has to be written for it.
#[derive(Debug)]
pub(crate) struct Plan {
    /// As it will be; empty of what is written beside appointments.
    pub(crate) appointment: Appointment,
    /// None where it is so already.
    pub(crate) write: Option<Write>,
    /// Of a booking: what was asked for, to tell a repeat from another wish under the same command.
    fingerprint: String,
}

impl Plan {
    /// Something else that is written along with appointments.
    pub(crate) fn beside(write: Write) -> Self {
        Self {
            write: Some(write),
            ..Self::done(Appointment::default())
        }
    }

    /// Tells a repeat from another wish under the same command; empty but of a booking.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn done(appointment: Appointment) -> Self {
        Self {
            appointment,
            write: None,
            fingerprint: String::new(),
        }
    }

    /// The same with what the audit trail will say about it.
    pub(crate) fn noted(mut self, caller: &Caller, now: Timestamp) -> Self {
        let note = |action| {
            let id = self.appointment.id.as_deref().unwrap_or_default();
            let patient = self.appointment.patient().and_then(|patient| patient.id_of("Patient"));
            Some(caller.note(action, format!("Appointment/{id}"), patient, now))
        };
        match &mut self.write {
            Some(Write::Book(new)) => new.note = note(AuditAction::Create),
            Some(Write::Change(change)) => change.note = note(AuditAction::Update),
            // Noted by whoever has made it.
            Some(Write::Patient(_) | Write::Entry(_) | Write::Slot(_)) | None => (),
        }
        self
    }
}

/// Carries out what one request comes to.
pub(crate) fn one(db: &dyn Database, plan: Plan, now: Timestamp) -> Result<Appointment, Refused> {
    let done = carry_out(db, vec![plan], now).map_err(|(_, refused)| refused)?;
    done.into_iter().next().ok_or(Refused::NoSuchAppointment)
}

/// Carries out what several requests come to: all of it or nothing. What is refused is told with its place.
pub(crate) fn carry_out(
    db: &dyn Database,
    plans: Vec<Plan>,
    now: Timestamp,
) -> Result<Vec<Appointment>, (usize, Refused)> {
    let places: Vec<usize> = (0..plans.len())
        .filter(|place| plans.get(*place).is_some_and(|plan| plan.write.is_some()))
        .collect();
    let writes: Vec<Write> = plans.iter().filter_map(|plan| plan.write.clone()).collect();
    let written = match db.carry_out(&writes, now) {
        _ if writes.is_empty() => Ok(vec![]),
        Err(DbError::Refused(index, obstacle)) => {
            let place = places.get(index).copied().unwrap_or_default();
            let is_directory = matches!(writes.get(index), Some(Write::Entry(_) | Write::Slot(_)));
            let refused = match obstacle {
                Obstacle::Changed if is_directory => Refused::EntryChanged,
                Obstacle::Changed => Refused::Changed,
                Obstacle::NumberTaken if is_directory => Refused::EntryNumberTaken,
                Obstacle::NumberTaken => Refused::NumberTaken,
                Obstacle::TimeTaken => Refused::TimeTaken,
                Obstacle::InUse => Refused::SlotInUse,
                Obstacle::Taken => match writes.get(index).map(|write| taken(db, write, now)) {
                    Some(Ok(proposals)) => Refused::SlotTaken(proposals),
                    Some(Err(error)) => error,
                    None => Refused::SlotTaken(vec![]),
                },
            };
            return Err((place, refused));
        }
        Err(error) => return Err((0, error.into())),
        Ok(written) => Ok(written),
    };
    let mut written = written?.into_iter();
    let mut done = vec![];
    for (place, plan) in plans.into_iter().enumerate() {
        let written = plan.write.as_ref().and_then(|_| written.next());
        done.push(match written {
            Some(Written::Repeat(answer)) => {
                repeat(&answer.fingerprint, &answer.body, &plan.fingerprint).map_err(|refused| (place, refused))?
            }
            Some(Written::Done) | None => plan.appointment,
        });
    }
    Ok(done)
}

/// Holds a slot for somebody: the visit that it would be, with until when it is held.
pub(crate) fn hold(db: &dyn Database, slot: &str, holder: &str, now: Timestamp) -> Result<Appointment, Refused> {
    let (slot, schedule) = open_slot(db, slot, now)?;
    let until = now.checked_add(HOLD).unwrap_or(now);
    if !db.hold(&slot.id, holder, until, now)? {
        return Err(Refused::SlotTaken(proposals(db, &schedule, &slot, now)?));
    }
    Ok(held(&slot, &schedule, until))
}

/// The visit that somebody holds under that id.
pub(crate) fn held_by(
    db: &dyn Database,
    id: &str,
    holder: &str,
    now: Timestamp,
) -> Result<Option<Appointment>, DbError> {
    let Some(slot) = db.slot(id)? else {
        return Ok(None);
    };
    let is_held = slot.status_at(now) == SlotStatus::BusyTentative;
    match (&slot.held, entry::<Schedule>(db, &slot.schedule)?) {
        (Some((by, until)), Some(schedule)) if is_held && by == holder => Ok(Some(held(&slot, &schedule, *until))),
        _ => Ok(None),
    }
}

/// What a booking comes to, or the first answer to the same command. `new_id` names the appointment if it is made.
pub(crate) fn plan_book(
    db: &dyn Database,
    request: &BookRequest,
    by: &By,
    new_id: &str,
    now: Timestamp,
) -> Result<Plan, Refused> {
    let identifier = request.patient.identifier.clone().unwrap_or_default();
    let patient = (
        identifier.system.unwrap_or_default(),
        identifier.value.unwrap_or_default(),
    );
    // One whom the hub knows is known by the id alone.
    let patient_id = by.behalf.patient_id();
    let patient = if patient_id.is_some() {
        Default::default()
    } else {
        patient
    };
    let known = patient_id.unwrap_or_default();
    let fingerprint = fingerprint(&["book", &request.slot, &patient.0, &patient.1, known]);
    if let Some(command) = request.command
        && let Some(answer) = db.answer(command)?
    {
        return Ok(Plan::done(repeat(&answer.fingerprint, &answer.body, &fingerprint)?));
    }
    let (slot, schedule) = open_slot(db, &request.slot, now)?;
    let mut appointment = booked(request, by, &slot, &schedule, new_id, now);
    appointment.patient_instruction = what_to_bring(db, &schedule)?;
    let new = NewAppointment {
        id: new_id.to_owned(),
        slot: slot.id.clone(),
        patient,
        patient_id: patient_id.map(str::to_owned),
        holder: by.holder.clone(),
        command: request.command.map(|command| (command, fingerprint.clone())),
        start: slot.start,
        body: to_text(&appointment)?,
        foreign: None,
        note: None,
    };
    Ok(Plan {
        appointment,
        write: Some(Write::Book(new)),
        fingerprint,
    })
}

/// What a cancellation comes to: the slot is free again. Cancelling what is cancelled changes nothing and succeeds.
pub(crate) fn plan_cancel(
    db: &dyn Database,
    request: &CancelRequest,
    expected: Option<&str>,
    now: Timestamp,
) -> Result<Plan, Refused> {
    let (version, mut appointment) = current(db, &request.appointment, expected)?;
    if appointment.status == AppointmentStatus::Cancelled {
        return Ok(Plan::done(appointment));
    }
    if appointment.start.is_none_or(|start| start <= now) {
        return Err(Refused::VisitPast);
    }
    appointment.status = AppointmentStatus::Cancelled;
    appointment.cancelation_reason = request.reason.clone();
    changed(appointment, version, SlotChange::Free, now)
}

/// What a move to another slot or a change of the note comes to. What is so already changes nothing and succeeds.
pub(crate) fn plan_change(
    db: &dyn Database,
    request: &ChangeRequest,
    expected: Option<&str>,
    by: &By,
    now: Timestamp,
) -> Result<Plan, Refused> {
    let (version, mut appointment) = current(db, &request.appointment, expected)?;
    if appointment.status != AppointmentStatus::Booked {
        return Err(Refused::NotBooked);
    }
    if appointment.start.is_none_or(|start| start <= now) {
        return Err(Refused::VisitPast);
    }
    let comment = match &request.comment {
        Some(comment) => Some(comment.clone()).filter(|comment| !comment.is_empty()),
        None => appointment.comment.clone(),
    };
    let target = request.slot.as_deref();
    let target = target.filter(|slot| Some(*slot) != appointment.slot_id());
    if target.is_none() && comment == appointment.comment {
        return Ok(Plan::done(appointment));
    }
    appointment.comment = comment;
    let Some(target) = target else {
        return changed(appointment, version, SlotChange::Keep, now);
    };
    let (slot, schedule) = open_slot(db, target, now)?;
    let patient = appointment.participant.iter().find(|one| {
        let actor = one.actor.as_ref();
        actor.is_some_and(|actor| actor.kind.as_deref() == Some("Patient") || actor.id_of("Patient").is_some())
    });
    let mut participant: Vec<Participant> = patient.cloned().into_iter().collect();
    participant.extend(participants(&schedule, ParticipationStatus::Accepted));
    let appointment = Appointment {
        participant,
        start: Some(slot.start),
        end: Some(slot.end),
        slot: vec![Reference::to("Slot", &slot.id)],
        specialty: schedule.specialty.clone(),
        patient_instruction: what_to_bring(db, &schedule)?,
        ..appointment
    };
    let change = SlotChange::MoveTo {
        slot: slot.id,
        start: slot.start,
        holder: by.holder.clone(),
    };
    changed(appointment, version, change, now)
}

/// An appointment as it is, if it is still the version that is expected.
fn current(db: &dyn Database, id: &str, expected: Option<&str>) -> Result<(i64, Appointment), Refused> {
    let (version, body) = db.appointment(id)?.ok_or(Refused::NoSuchAppointment)?;
    if expected.is_some_and(|expected| expected != version.to_string()) {
        return Err(Refused::Changed);
    }
    Ok((version, from_text(&body)?))
}

fn changed(mut appointment: Appointment, version: i64, slot: SlotChange, now: Timestamp) -> Result<Plan, Refused> {
    appointment.meta = Some(meta(version.saturating_add(1), now));
    let change = AppointmentChange {
        id: appointment.id.clone().ok_or(DbError::Damaged("appointment"))?,
        from_version: version,
        status: appointment.status,
        body: to_text(&appointment)?,
        slot,
        is_carried: false,
        note: None,
    };
    Ok(Plan {
        appointment,
        write: Some(Write::Change(change)),
        fingerprint: String::new(),
    })
}

/// A slot that is still to come, with its calendar. Whether it can be had is decided when it is taken.
fn open_slot(db: &dyn Database, id: &str, now: Timestamp) -> Result<(SlotRow, Schedule), Refused> {
    let slot = db.slot(id)?.ok_or(Refused::NoSuchSlot)?;
    if slot.start <= now {
        return Err(Refused::SlotPast);
    }
    let schedule: Schedule = entry(db, &slot.schedule)?.ok_or(Refused::NoSuchSlot)?;
    if db.closed_calendars()?.contains(&slot.schedule) {
        return Err(Refused::NoSuchSlot);
    }
    Ok((slot, schedule))
}

/// What is free instead of the slot that something wanted.
pub(crate) fn taken(db: &dyn Database, write: &Write, now: Timestamp) -> Result<Vec<Proposal>, Refused> {
    let slot = match write {
        Write::Book(new) => &new.slot,
        Write::Change(change) => match &change.slot {
            SlotChange::MoveTo { slot, .. } => slot,
            SlotChange::Keep | SlotChange::Free => return Ok(vec![]),
        },
        Write::Patient(_) | Write::Entry(_) | Write::Slot(_) => return Ok(vec![]),
    };
    let (slot, schedule) = open_slot(db, slot, now)?;
    proposals(db, &schedule, &slot, now)
}

/// The free slots of the same department that are nearest to the one that was taken, that day or later.
fn proposals(db: &dyn Database, schedule: &Schedule, slot: &SlotRow, now: Timestamp) -> Result<Vec<Proposal>, Refused> {
    let department = service_id(schedule);
    let closed = db.closed_calendars()?;
    let schedules = directory::<Schedule>(db)?
        .into_iter()
        .filter(|other| service_id(other) == department)
        .filter_map(|other| other.id)
        .filter(|id| !closed.contains(id))
        .collect();
    let midnight = CITY_OFFSET.to_datetime(slot.start).date().to_datetime(Time::midnight());
    let midnight = CITY_OFFSET.to_timestamp(midnight).unwrap_or(slot.start);
    let query = SlotQuery {
        schedules: Some(schedules),
        from: Some(midnight.max(now)),
        status: Some((SlotStatus::Free, now)),
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
