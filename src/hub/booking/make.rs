//! What appointments look like: proposed, held, booked.

use super::By;
use crate::db::SlotRow;
use anban_wire::{
    fhir::{Appointment, AppointmentStatus, Extension, Meta, Participant, ParticipationStatus, Reference, Schedule},
    scheduling::{BookRequest, PatientDetails},
    systems,
};
use jiff::Timestamp;

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

pub(super) fn booked(
    request: &BookRequest,
    by: &By,
    slot: &SlotRow,
    schedule: &Schedule,
    id: &str,
    now: Timestamp,
) -> Appointment {
    let (contained, mut participant) = match &by.behalf.patient {
        Some(known) => {
            let reference = PatientDetails {
                id: Some(known.id.clone()),
                identifier: None,
                name: Some(known.name.clone()),
                telephone: None,
            };
            (vec![], vec![reference.to_participant()])
        }
        // Whoever has no id here is brought along within the appointment.
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
        extension: by.behalf.booked_by.iter().cloned().collect(),
        identifier: if by.identifiers.is_empty() {
            request.command.iter().map(|command| command.to_identifier()).collect()
        } else {
            by.identifiers.clone()
        },
        status: AppointmentStatus::Booked,
        participant,
        created: Some(now.into()),
        comment: request.comment.clone(),
        ..proposed(slot, schedule)
    }
}

pub(super) fn participants(schedule: &Schedule, status: ParticipationStatus) -> Vec<Participant> {
    let participant = |actor: &Reference| Participant {
        actor: Some(actor.clone()),
        necessity: Some("required".to_owned()),
        status,
        ..Participant::default()
    };
    schedule.actor.iter().map(participant).collect()
}

pub(super) fn meta(version: i64, now: Timestamp) -> Meta {
    Meta {
        version_id: Some(version.to_string()),
        last_updated: Some(now),
        profile: vec![systems::IHE_APPOINTMENT.to_owned()],
    }
}

pub(super) fn held(slot: &SlotRow, schedule: &Schedule, until: Timestamp) -> Appointment {
    let until = Extension {
        value_instant: Some(until),
        ..Extension::new(systems::HELD_UNTIL)
    };
    Appointment {
        status: AppointmentStatus::Pending,
        extension: vec![until],
        ..proposed(slot, schedule)
    }
}
