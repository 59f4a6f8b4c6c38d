//! Noticing what has happened at a hospital: visits that were cancelled or moved there, and bookings whose answer was lost.

use super::{
    hospital::{AT_ONCE, Hospital, by_ids},
    there::{Exchange, NoAnswer},
};
use crate::{
    booking::{self, By, Plan, Refused},
    db::{
        AppointmentQuery, AuditAction, AuditNote, AuditOutcome, CityContent, Database, DbError, Errand, Foreign,
        NewAppointment, SlotChange, Write,
    },
};
use anban_wire::{
    CommandId,
    fhir::{Appointment, AppointmentStatus, Slot, SlotStatus, is_id},
    scheduling::{CancelRequest, ChangeRequest},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Visits that are looked at each time, the earliest first.
const MOST_VISITS: u32 = 2000;
/// So many that a search does not find are asked for one by one.
const MOST_MISSING: usize = 20;
/// A booking that can't be found for so long after it was sent was not done.
const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// What is to be noted of a booking that was sent.
#[derive(Serialize, Deserialize)]
struct Kept {
    slot: String,
    patient: (String, String),
    patient_id: Option<String>,
    command: CommandId,
    fingerprint: String,
    start: Timestamp,
    body: String,
    caller: Option<(String, String)>,
}

/// A booking as it is written down before it is sent.
pub(super) fn errand(new: &NewAppointment) -> Result<String, DbError> {
    let damaged = || DbError::Damaged("errand");
    let (command, fingerprint) = new.command.clone().ok_or_else(damaged)?;
    let note = new.note.as_ref();
    let kept = Kept {
        slot: new.slot.clone(),
        patient: new.patient.clone(),
        patient_id: new.patient_id.clone(),
        command,
        fingerprint,
        start: new.start,
        body: new.body.clone(),
        caller: note.map(|note| (note.caller.clone(), note.caller_name.clone())),
    };
    serde_json::to_string(&kept).map_err(|_| damaged())
}

/// Whether a visit there will not take place any more.
pub(super) fn has_ended(status: AppointmentStatus) -> bool {
    matches!(status, AppointmentStatus::Cancelled | AppointmentStatus::EnteredInError)
}

/// Looks after everything of a hospital but its free times.
pub(super) fn follow(hospital: &Hospital, db: &dyn Database, now: Timestamp) -> Result<(), Refused> {
    let exchange = hospital.there.exchange().map_err(|no| hospital.away(&no))?;
    let whole = SignedDuration::try_from(hospital.config.whole()).unwrap_or(GIVEN_UP_AFTER);
    // Younger ones are still under way.
    for errand in db.errands(&hospital.config.name, now - whole - SignedDuration::from_secs(1))? {
        finish(hospital, &exchange, db, &errand, now)?;
    }
    let booked = db.foreign_booked(&hospital.config.name, now, MOST_VISITS)?;
    for some in booked.chunks(AT_ONCE) {
        settle(hospital, &exchange, db, some, now)?;
    }
    Ok(())
}

/// Finds out what came of a booking whose answer was lost, and notes it.
fn finish(
    hospital: &Hospital,
    exchange: &Exchange<'_>,
    db: &dyn Database,
    errand: &Errand,
    now: Timestamp,
) -> Result<(), Refused> {
    let kept: Kept = serde_json::from_str(&errand.body).map_err(|_| DbError::Damaged("errand"))?;
    let found = hospital
        .booked_by(exchange, kept.command)
        .map_err(|no| hospital.away(&no))?;
    let Some(found) = found else {
        if now.duration_since(errand.begun) > GIVEN_UP_AFTER {
            db.end_errand(&errand.id)?;
        }
        return Ok(());
    };
    let slot = hospital.id_there(&kept.slot).unwrap_or_default();
    let Ok(foreign) = hospital.given(&found, slot) else {
        // Cancelled meanwhile, or moved: it is not what was wanted.
        return Ok(db.end_errand(&errand.id)?);
    };
    settle_slot(hospital, exchange, db, &kept.slot, now)?;
    let (caller, caller_name) = kept.caller.unwrap_or_else(|| (by(hospital), String::new()));
    let new = NewAppointment {
        id: errand.id.clone(),
        slot: kept.slot,
        patient: kept.patient,
        note: Some(AuditNote {
            caller,
            caller_name,
            ..note(
                hospital,
                AuditAction::Create,
                &errand.id,
                kept.patient_id.as_deref(),
                now,
            )
        }),
        patient_id: kept.patient_id,
        command: Some((kept.command, kept.fingerprint)),
        start: kept.start,
        body: kept.body,
        foreign: Some(foreign),
        ..NewAppointment::default()
    };
    match db.carry_out(&[Write::Book(new)], now) {
        // Where it had been answered meanwhile, that answer stands.
        Ok(_) => Ok(db.end_errand(&errand.id)?),
        Err(DbError::Refused(..)) => {
            let name = &hospital.config.name;
            tracing::error!(
                hospital = name,
                "a hospital has booked one slot twice: look at its appointments"
            );
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Looks at the visits that are noted on a slot here; true where none stands.
pub(super) fn settle_slot(
    hospital: &Hospital,
    exchange: &Exchange<'_>,
    db: &dyn Database,
    slot: &str,
    now: Timestamp,
) -> Result<bool, Refused> {
    let query = AppointmentQuery {
        slot: Some(slot.to_owned()),
        status: Some(AppointmentStatus::Booked),
        limit: 2,
        ..AppointmentQuery::default()
    };
    let (_, booked) = db.appointments(&query)?;
    if booked.is_empty() {
        return Ok(true);
    }
    let mut pairs = vec![];
    for body in booked {
        let id = booking::from_text(&body)?.id.unwrap_or_default();
        let foreign = db.foreign(&id)?;
        pairs.extend(foreign.map(|Foreign { id: there, .. }| (id, there)));
    }
    settle(hospital, exchange, db, &pairs, now)?;
    Ok(db.appointments(&query)?.1.is_empty())
}

/// Makes some visits here (id here, id there) as they are there.
pub(super) fn settle(
    hospital: &Hospital,
    exchange: &Exchange<'_>,
    db: &dyn Database,
    some: &[(String, String)],
    now: Timestamp,
) -> Result<(), Refused> {
    if some.is_empty() {
        return Ok(());
    }
    let away = |no: NoAnswer| hospital.away(&no);
    let ids: Vec<String> = some
        .iter()
        .map(|(_, there)| there.clone())
        .filter(|id| is_id(id))
        .collect();
    let (found, _) = exchange.search::<Appointment>(&by_ids(&ids)).map_err(away)?;
    let found: BTreeMap<String, Appointment> = found
        .into_iter()
        .filter_map(|one| Some((one.id.clone()?, one)))
        .collect();
    let mut missing = 0;
    for (here, there) in some {
        let theirs = match found.get(there) {
            Some(found) => Some(found.clone()),
            None if missing < MOST_MISSING => {
                missing += 1;
                hospital
                    .appointment(exchange, there)
                    .map_err(away)?
                    .map(|theirs| theirs.read)
            }
            None => continue,
        };
        match settle_one(hospital, exchange, db, here, theirs.as_ref(), now) {
            // Somebody else has noted it at this moment, or it is over.
            Ok(()) | Err(Refused::Changed | Refused::VisitPast | Refused::NotBooked | Refused::SlotTaken(_)) => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn settle_one(
    hospital: &Hospital,
    exchange: &Exchange<'_>,
    db: &dyn Database,
    here: &str,
    theirs: Option<&Appointment>,
    now: Timestamp,
) -> Result<(), Refused> {
    let plan = match theirs {
        Some(theirs) if !has_ended(theirs.status) => {
            let slot = theirs.slot_id().and_then(|id| hospital.here(id));
            let Some((_, body)) = db.appointment(here)? else {
                return Ok(());
            };
            let kept = booking::from_text(&body)?;
            let Some(slot) = slot.filter(|slot| Some(slot.as_str()) != kept.slot_id()) else {
                return Ok(());
            };
            if !knows(hospital, exchange, db, &slot, theirs)? {
                return Ok(());
            }
            let change = ChangeRequest {
                appointment: here.to_owned(),
                slot: Some(slot),
                comment: None,
            };
            booking::plan_change(db, &change, None, &By::default(), now)?
        }
        ended => {
            let cancel = CancelRequest {
                appointment: here.to_owned(),
                reason: ended.and_then(|theirs| theirs.cancelation_reason.clone()),
            };
            booking::plan_cancel(db, &cancel, None, now)?
        }
    };
    carried(hospital, db, plan, now)
}

/// Whether a slot that a visit was moved to is kept here; one that was never free has not been seen.
fn knows(
    hospital: &Hospital,
    exchange: &Exchange<'_>,
    db: &dyn Database,
    slot: &str,
    theirs: &Appointment,
) -> Result<bool, Refused> {
    if db.slot(slot)?.is_some() {
        return Ok(true);
    }
    let id = theirs.slot_id().unwrap_or_default();
    let read = super::hospital::one::<Slot>(exchange, id).map_err(|no| hospital.away(&no))?;
    let Some(row) = read.and_then(|slot| hospital.row(&slot)) else {
        return Ok(false);
    };
    if db.directory_entry("Schedule", &row.schedule)?.is_none() {
        return Ok(false);
    }
    db.fill(&CityContent {
        slots: vec![crate::db::SlotRow {
            status: SlotStatus::Busy,
            ..row
        }],
        ..CityContent::default()
    })?;
    Ok(db.slot(slot)?.is_some())
}

/// Notes what was done there.
fn carried(hospital: &Hospital, db: &dyn Database, mut plan: Plan, now: Timestamp) -> Result<(), Refused> {
    let patient = plan.appointment.patient().and_then(|patient| patient.id_of("Patient"));
    let id = plan.appointment.id.as_deref().unwrap_or_default();
    let noted = note(hospital, AuditAction::Update, id, patient, now);
    if let Some(Write::Change(change)) = &mut plan.write {
        change.is_carried = true;
        if change.slot == SlotChange::Free {
            // Whether others can have the time now, the hospital says.
            change.slot = SlotChange::Keep;
        }
        change.note = Some(noted);
    }
    booking::one(db, plan, now).map(drop)
}

fn by(hospital: &Hospital) -> String {
    format!("Hospital {}", hospital.config.name)
}

fn note(hospital: &Hospital, action: AuditAction, id: &str, patient: Option<&str>, now: Timestamp) -> AuditNote {
    AuditNote {
        id: Uuid::new_v4().to_string(),
        at: now,
        request: Uuid::new_v4().to_string(),
        caller: by(hospital),
        caller_name: String::new(),
        action,
        resource: format!("Appointment/{id}"),
        patient: patient.map(str::to_owned),
        outcome: AuditOutcome::Success,
    }
}
