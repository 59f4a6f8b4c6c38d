//! The rules of the day of a visit: coming, waiting for one's number, and what there is to do after the doctor.
//!
//! A booked visit gets its number when the patient has come, from two hours before it until its end. The numbers of a
//! department are one queue, in the order in which people came. Its letter is that of the department's place in the
//! directory.
//!
//! Whoever comes to the counter without a booking gets a number of the same queue, as long as one of the day's is left.
//!
//! Rooms, counters and machines are `Location`s of the directory, found by their ids: `CALENDAR-room`, `HOSPITAL-pay`,
//! `HOSPITAL-pay-machine`, and so on for `medicine` and `reports`.

use crate::{
    booking::{self, Refused},
    db::{AuditNote, Database, DbError, Given, NewVisitDay, TakenBack, VisitDayRow},
    demo::DayPlan,
};
use anban_wire::{
    CITY_OFFSET, CommandId,
    directory::{OnSiteQuota, Text},
    fhir::{Appointment, AppointmentStatus, Resource},
    visit_day::{DayStep, DayStepKind, OnSiteNumber, VisitDay},
};
use jiff::{SignedDuration, Timestamp, civil::Date};

/// How long before its time one can come for a visit.
const EARLY: SignedDuration = SignedDuration::from_hours(2);
/// Letters that tell the queues of departments apart.
const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The day it is in the city.
pub(crate) fn today(now: Timestamp) -> Date {
    CITY_OFFSET.to_datetime(now).date()
}

/// Gives a visit its number; one that has one keeps it.
pub(crate) fn check_in(
    db: &dyn Database,
    appointment: &Appointment,
    plan: Option<&DayPlan>,
    note: Option<&AuditNote>,
    now: Timestamp,
) -> Result<VisitDay, Refused> {
    let id = appointment.id.as_deref().unwrap_or_default();
    if let Some(row) = db.visit_day(id)? {
        return Ok(describe(db, appointment, &row)?);
    }
    let (Some(start), Some(end)) = (appointment.start, appointment.end) else {
        return Err(DbError::Damaged("appointment").into());
    };
    if appointment.status != AppointmentStatus::Booked {
        return Err(Refused::NotBooked);
    }
    if now.duration_until(start) > EARLY || today(start) != today(now) {
        return Err(Refused::TooEarly);
    }
    if end <= now {
        return Err(Refused::VisitOver);
    }
    let service = appointment
        .participant_id("HealthcareService")
        .ok_or(Refused::NoQueue)?;
    if let Some(plan) = plan {
        plan.fill_queue(db, service, now)?;
    }
    let patient = appointment.patient().and_then(|patient| patient.id_of("Patient"));
    let come = NewVisitDay {
        appointment: id.to_owned(),
        service: service.to_owned(),
        day: today(now),
        patient: patient.map(str::to_owned),
    };
    let come = db.check_in(&come, note, now)?;
    Ok(describe(db, appointment, &come.day)?)
}

/// Gives somebody who stands at the counter, without a booking, a number of a department's queue.
pub(crate) fn give_number(
    db: &dyn Database,
    service: &str,
    command: CommandId,
    note: &AuditNote,
    now: Timestamp,
) -> Result<OnSiteNumber, Refused> {
    let new = NewVisitDay {
        appointment: format!("number-{command}"),
        service: service.to_owned(),
        day: today(now),
        patient: None,
    };
    let row = match db.give_number(&new, note, now)? {
        Given::Number(row) if row.service == service => row,
        Given::Number(_) => return Err(Refused::CommandReused),
        Given::NoneLeft => return Err(Refused::NoNumberLeft),
    };
    Ok(OnSiteNumber {
        ticket: ticket(db, &row)?,
        ahead: row.ahead,
        left: quota(db, service, now)?.ok_or(Refused::NoNumberLeft)?,
        id: row.appointment,
    })
}

/// Takes back a number that was given out at the counter.
pub(crate) fn take_number_back(db: &dyn Database, service: &str, id: &str, note: &AuditNote) -> Result<(), Refused> {
    // Whoever has booked is not sent away like that.
    if !id.starts_with("number-") {
        return Err(Refused::NoSuchNumber);
    }
    match db.take_number_back(service, id, note)? {
        TakenBack::Done => Ok(()),
        TakenBack::Called => Err(Refused::AlreadyCalled),
        TakenBack::Unknown => Err(Refused::NoSuchNumber),
    }
}

/// How many numbers are left today at the counter of a department.
pub(crate) fn quota(db: &dyn Database, service: &str, now: Timestamp) -> Result<Option<OnSiteQuota>, DbError> {
    let quotas = db.quotas(today(now))?;
    Ok(quotas.into_iter().find(|(id, _)| id == service).map(|(_, quota)| quota))
}

/// The day of a visit as the patient's device shows it.
pub(crate) fn describe(db: &dyn Database, appointment: &Appointment, row: &VisitDayRow) -> Result<VisitDay, DbError> {
    let calendar = match appointment.slot_id() {
        Some(slot) => db.slot(slot)?.map(|slot| slot.schedule),
        None => None,
    };
    let mut room = match calendar {
        Some(calendar) => place(db, &format!("{calendar}-room"))?,
        None => None,
    };
    let (mut hospital, mut counter) = (None, None);
    for actor in appointment.participant.iter().filter_map(|one| one.actor.as_ref()) {
        if let Some(id) = actor.id_of("Location")
            && let Some(Resource::Location(location)) = db.directory_entry("Location", id)?
        {
            let name = Text::read(location.name.as_deref(), location.name_element.as_ref());
            if location.part_of.is_some() {
                counter = counter.or(name);
            } else {
                hospital = hospital.or(Some(id.to_owned()));
            }
        }
    }
    // Where no room is known, the counter tells the way.
    room = room.or(counter);
    let room = room.unwrap_or_default();
    let mut steps = vec![];
    for (kind, fen, done) in &row.steps {
        let hospital = hospital.as_deref().unwrap_or_default();
        let counter = place(db, &format!("{hospital}-{}", kind.as_str()))?.unwrap_or_default();
        let machine = place(db, &format!("{hospital}-{}-machine", kind.as_str()))?.unwrap_or_default();
        steps.push(DayStep {
            kind: *kind,
            counter: counter.zh,
            counter_english: counter.en.unwrap_or_default(),
            machine: machine.zh,
            machine_english: machine.en.unwrap_or_default(),
            fen: fen.filter(|_| *kind == DayStepKind::Pay),
            done: *done,
        });
    }
    Ok(VisitDay {
        appointment: row.appointment.clone(),
        ticket: ticket(db, row)?,
        ahead: row.ahead,
        state: row.state,
        room: room.zh,
        room_english: room.en.unwrap_or_default(),
        steps,
    })
}

/// The day of a visit, if somebody has come for it.
pub(crate) fn day_of(db: &dyn Database, appointment: &str) -> Result<Option<VisitDay>, Refused> {
    let (Some(row), Some((_, body))) = (db.visit_day(appointment)?, db.appointment(appointment)?) else {
        return Ok(None);
    };
    let appointment = booking::from_text(&body)?;
    Ok(Some(describe(db, &appointment, &row)?))
}

/// The day of whoever is called: a demonstration's made-up people have no appointment.
pub(crate) fn called(db: &dyn Database, row: &VisitDayRow) -> Result<VisitDay, Refused> {
    match day_of(db, &row.appointment)? {
        Some(day) => Ok(day),
        None => Ok(describe(db, &Appointment::default(), row)?),
    }
}

fn place(db: &dyn Database, id: &str) -> Result<Option<Text>, DbError> {
    Ok(match db.directory_entry("Location", id)? {
        Some(Resource::Location(place)) => Text::read(place.name.as_deref(), place.name_element.as_ref()),
        _ => None,
    })
}

/// The number as it is called: `A012`.
pub(crate) fn ticket(db: &dyn Database, row: &VisitDayRow) -> Result<String, DbError> {
    let services = db.directory("HealthcareService")?;
    let place = services.iter().position(|service| service.id() == Some(&row.service));
    let letter = LETTERS
        .get(place.unwrap_or_default() % LETTERS.len())
        .copied()
        .unwrap_or(b'A');
    Ok(format!("{}{:03}", char::from(letter), row.number))
}
