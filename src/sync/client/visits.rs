//! Moving a visit, and saying that the person has come.
//!
//! A hub moves an appointment in one step: the appointment is written back with another slot (FHIR update, `PUT`), and
//! the old slot is free again in the transaction that takes the new one. A server that can't do that is asked in two
//! steps, and never in the order that could leave the person with nothing: first the new time is booked under the
//! request's UUID, then the old one is called off. If the way breaks between the two, the request comes here again, the
//! hub answers the same UUID with the same booking, and the old one is called off then.

use anban_core::appointments::{Refusal, Wish};
use anban_core::ids::VisitId;
use anban_core::outbox::Answer;
use anban_wire::CommandId;
use anban_wire::fhir::{Appointment, AppointmentStatus, MEDIA_TYPE, Reference, Resource, to_json};
use anban_wire::visit_day::{CheckInRequest, VisitDay};
use ureq::http::Method;

use super::{Call, JSON, TRIES, success};
use crate::address::is_id;
use crate::answers::{self, RUBBISH};
use crate::exchange::Message;

/// The longest number that is called out, and the longest name of a room or counter, in characters.
const LONGEST_TICKET: usize = 16;
const LONGEST_PLACE: usize = 100;
/// More steps than this nobody is sent to.
const MOST_STEPS: usize = 12;

impl Call<'_> {
    /// Moves an appointment to the time that is wished for; what is booked in the end is in the answer.
    pub(super) fn shift(
        &self,
        command: CommandId,
        visit: VisitId,
        id: &str,
        (wish, patient): (&Wish, &str),
    ) -> Result<Answer, Answer> {
        if !is_id(id) {
            return Ok(Answer::refused(Refusal::Gone));
        }
        if let Some(slot) = &wish.slot {
            return self.shift_to((command, visit, patient), id, wish, slot);
        }
        let mut refused = Answer::refused(Refusal::SlotTaken);
        for _ in 0..TRIES {
            // A try whose answer was lost may have moved it into the span already.
            let now = self.read(id)?;
            if now.status == AppointmentStatus::Booked
                && now.start.is_some_and(|start| (wish.from..=wish.to).contains(&start))
            {
                return Ok(moved(&now));
            }
            let timetable = self.timetable(&wish.department, (wish.from, wish.to), wish.from)?;
            let Some(first) = timetable.slots.first() else {
                return Ok(Answer::refused(Refusal::NothingFree));
            };
            let certain = Wish {
                slot: Some(first.id.clone()),
                from: first.start,
                to: first.end,
                ..wish.clone()
            };
            refused = match self.shift_to((command, visit, patient), id, &certain, &first.id)? {
                no @ Answer::Refused {
                    reason: Refusal::SlotTaken,
                    ..
                } => no,
                answer => return Ok(answer),
            };
        }
        Ok(refused)
    }

    fn shift_to(
        &self,
        (command, visit, patient): (CommandId, VisitId, &str),
        id: &str,
        wish: &Wish,
        slot: &str,
    ) -> Result<Answer, Answer> {
        let mut appointment = self.read(id)?;
        if appointment.id.as_deref() != Some(id) {
            return Ok(RUBBISH);
        }
        match appointment.status {
            AppointmentStatus::Booked if appointment.slot_id() == Some(slot) => return Ok(moved(&appointment)),
            AppointmentStatus::Booked => {}
            // Perhaps our own doing: the new time is booked already, and the answer to calling this one off was lost.
            AppointmentStatus::Cancelled => {
                return Ok(match self.already_booked(command)? {
                    Some(new) => answers::booked(&new, command, wish),
                    None => Answer::refused(Refusal::Gone),
                });
            }
            _ => return Ok(Answer::refused(Refusal::Gone)),
        }
        let version = appointment
            .meta
            .take()
            .and_then(|meta| meta.version_id)
            .filter(|version| is_id(version));
        appointment.slot = vec![Reference::to("Slot", slot)];
        (appointment.start, appointment.end) = (Some(wish.from), Some(wish.to));
        let path = format!("fhir/Appointment/{id}");
        let message = Message {
            method: Method::PUT,
            version: version.map(|version| format!("W/\"{version}\"")),
            body: Some(to_json(&Resource::from(appointment)).map_err(|_| RUBBISH)?),
            ..Message::get("move", &path, MEDIA_TYPE, self.limits.document)
        };
        let reply = self.ask(&message)?;
        if reply.is_success() {
            let now = answers::appointment(&reply)?;
            let ours = now.id.as_deref() == Some(id) && now.slot_id().is_none_or(|booked| booked == slot);
            return Ok(if ours { moved(&now) } else { RUBBISH });
        }
        match answers::refusal(&reply, Answer::refused(Refusal::SlotTaken)) {
            // It does not move appointments: two steps.
            Answer::Refused {
                reason: Refusal::NotAccepted,
                ..
            } => {
                let booked = self.book_slot(command, visit, wish, slot, patient)?;
                if let Answer::Booked { .. } = booked {
                    match self.cancel(id, false)? {
                        Answer::Cancelled
                        | Answer::Refused {
                            reason: Refusal::Gone, ..
                        } => {}
                        Answer::NoAnswer(trouble) => return Ok(Answer::NoAnswer(trouble)),
                        // The old one can't be called off any more. The new one stands; the counter sees both.
                        _ => tracing::warn!("the old time of a visit that was moved was not called off"),
                    }
                }
                Ok(booked)
            }
            answer => Ok(answer),
        }
    }

    fn read(&self, id: &str) -> Result<Appointment, Answer> {
        let path = format!("fhir/Appointment/{id}");
        let message = Message::get("read appointment", &path, MEDIA_TYPE, self.limits.document);
        answers::appointment(&self.ask(&message)?)
    }

    /// Says that the person has come.
    pub(super) fn check_in(&self, command: CommandId, id: &str) -> Result<Answer, Answer> {
        if !is_id(id) {
            return Ok(Answer::refused(Refusal::Gone));
        }
        let body = serde_json::to_vec(&CheckInRequest { command }).map_err(|_| RUBBISH)?;
        let path = format!("visits/{id}/check-in");
        let message = Message::post("check in", &path, JSON, body, self.limits.document);
        let body = success(self.ask(&message)?)?;
        let day: VisitDay = serde_json::from_slice(&body).map_err(|_| RUBBISH)?;
        let fits = day.appointment == id
            && (1..=LONGEST_TICKET).contains(&day.ticket.chars().count())
            && day.room.chars().count().max(day.room_english.chars().count()) <= LONGEST_PLACE
            && day.steps.len() <= MOST_STEPS;
        Ok(if fits {
            Answer::CheckedIn(Box::new(day))
        } else {
            RUBBISH
        })
    }
}

/// What an appointment means that was to be moved.
fn moved(appointment: &Appointment) -> Answer {
    match (appointment.id.clone(), appointment.start, appointment.status) {
        (Some(id), Some(start), AppointmentStatus::Booked) if is_id(&id) => Answer::Booked {
            appointment: id,
            start,
            slot: appointment.slot_id().map(str::to_owned),
        },
        _ => RUBBISH,
    }
}
