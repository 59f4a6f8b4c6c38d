//! Booking, moving and cancelling at a plain server.
//!
//! Every change is read, written and read again. What the last reading shows is the answer: whatever a server says to a
//! transaction, and whether that arrives, the appointment is there or it is not. A repeat whose first try did arrive finds
//! the appointment by the command's UUID, an identifier of it.

use anban_core::appointments::{Refusal, Wish};
use anban_core::ids::VisitId;
use anban_core::outbox::{Answer, Trouble};
use anban_wire::fhir::{Appointment, AppointmentStatus, from_json};
use anban_wire::scheduling::CancelRequest;
use anban_wire::{CommandId, systems};
use serde_json::{Value, json};

use super::Plain;
use super::transaction::{Read, Transaction};
use crate::address::is_id;
use crate::answers::{self, RUBBISH, refusal};

/// How often the earliest visit is looked for when somebody else is faster each time.
const TRIES: usize = 3;
/// Most slots of one appointment that are given back.
const MOST_SLOTS: usize = 8;

impl Plain<'_> {
    pub(super) fn book(
        &self,
        command: CommandId,
        visit: VisitId,
        wish: &Wish,
        patient: &str,
    ) -> Result<Answer, Answer> {
        let mut refused = Answer::refused(Refusal::SlotTaken);
        for _ in 0..TRIES {
            if let Some(appointment) = self.already_booked(command)? {
                return Ok(answers::booked(&appointment, command, wish));
            }
            if let Some(slot) = &wish.slot {
                return self.book_slot(command, visit, wish, slot, patient);
            }
            let timetable = self.timetable(&wish.department, (wish.from, wish.to), wish.from)?;
            let Some(first) = timetable.slots.first() else {
                return Ok(Answer::refused(Refusal::NothingFree));
            };
            refused = match self.book_slot(command, visit, wish, &first.id, patient)? {
                no @ Answer::Refused {
                    reason: Refusal::SlotTaken | Refusal::Gone,
                    ..
                } => no,
                answer => return Ok(answer),
            };
        }
        Ok(refused)
    }

    fn already_booked(&self, command: CommandId) -> Result<Option<Appointment>, Answer> {
        let path = format!("Appointment?identifier={}%7C{command}", systems::COMMAND);
        let reply = self.get("find what was booked", &path, self.limits.document)?;
        answers::already_booked(&reply, command)
    }

    fn book_slot(
        &self,
        command: CommandId,
        visit: VisitId,
        wish: &Wish,
        slot: &str,
        patient: &str,
    ) -> Result<Answer, Answer> {
        if !is_id(slot) {
            return Ok(Answer::refused(Refusal::Gone));
        }
        let read = self.read("read slot", "Slot", slot)?;
        if read.status() != "free" {
            return Ok(Answer::refused(Refusal::SlotTaken));
        }
        // A hospital can tell two people of one name apart by the visit's own UUID; more is nobody's business.
        let mut participants = vec![json!({
            "actor": {
                "type": "Patient",
                "identifier": {"system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{visit}")},
                "display": patient,
            },
            "status": "accepted",
        })];
        participants.extend(self.who_sees(&read)?);
        let mut transaction = Transaction::default();
        let appointment = json!({
            "resourceType": "Appointment",
            "status": "booked",
            "identifier": [{"system": systems::COMMAND, "value": command.to_string()}],
            "slot": [{"reference": format!("Slot/{slot}")}],
            "start": read.content["start"],
            "end": read.content["end"],
            "participant": participants,
        });
        transaction.creates(command, appointment);
        transaction.changes(&read, json!({"status": "busy"}));
        let reply = self.writes("book", transaction)?;
        if let Some(appointment) = self.already_booked(command)? {
            return Ok(answers::booked(&appointment, command, wish));
        }
        if reply.is_success() {
            tracing::warn!("the server does not show what it says that it has booked");
            return Ok(RUBBISH);
        }
        // By whatever word it was refused: a slot that has changed meanwhile is somebody else's.
        let now = self.read("read slot", "Slot", slot)?;
        if now.content != read.content {
            return Ok(Answer::refused(Refusal::SlotTaken));
        }
        Ok(refusal(&reply, Answer::refused(Refusal::SlotTaken)))
    }

    /// Doctor, department and place of a slot, as those who take part.
    fn who_sees(&self, slot: &Read) -> Result<Vec<Value>, Answer> {
        let calendar = slot.content["schedule"]["reference"].as_str().unwrap_or_default();
        let Some(id) = calendar.rsplit('/').next().filter(|id| is_id(id)) else {
            return Ok(Vec::new());
        };
        let calendar = self.read("read calendar", "Schedule", id)?;
        let accept = |actor: &Value| json!({"actor": actor, "status": "accepted"});
        Ok(calendar.content["actor"]
            .as_array()
            .into_iter()
            .flatten()
            .map(accept)
            .collect())
    }

    /// Gives the slots of an appointment back.
    fn frees(&self, transaction: &mut Transaction, appointment: &Appointment) -> Result<(), Answer> {
        let slots = appointment.slot.iter().filter_map(|slot| slot.id_of("Slot"));
        for slot in slots.filter(|id| is_id(id)).take(MOST_SLOTS) {
            match self.read("read slot", "Slot", slot) {
                Ok(read) if read.status() == "busy" => transaction.changes(&read, json!({"status": "free"})),
                // One that is gone, or free already, needs not be given back.
                Ok(_) | Err(Answer::Refused { .. }) => {}
                Err(no) => return Err(no),
            }
        }
        Ok(())
    }

    /// Moves an appointment to the time that is wished for: it takes the new slot and gives the old one back together.
    pub(super) fn shift(&self, id: &str, wish: &Wish) -> Result<Answer, Answer> {
        if !is_id(id) {
            return Ok(Answer::refused(Refusal::Gone));
        }
        let read = self.read("read appointment", "Appointment", id)?;
        let appointment = typed(&read.content)?;
        if appointment.status != AppointmentStatus::Booked {
            return Ok(Answer::refused(Refusal::Gone));
        }
        let is_there = |appointment: &Appointment| match &wish.slot {
            Some(slot) => appointment.slot_id() == Some(slot),
            None => appointment
                .start
                .is_some_and(|start| (wish.from..=wish.to).contains(&start)),
        };
        if is_there(&appointment) {
            // An earlier try had arrived.
            return Ok(moved(&appointment));
        }
        let slot = match &wish.slot {
            Some(slot) => slot.clone(),
            None => match self
                .timetable(&wish.department, (wish.from, wish.to), wish.from)?
                .slots
                .first()
            {
                Some(first) => first.id.clone(),
                None => return Ok(Answer::refused(Refusal::NothingFree)),
            },
        };
        if !is_id(&slot) {
            return Ok(Answer::refused(Refusal::Gone));
        }
        let new = self.read("read slot", "Slot", &slot)?;
        if new.status() != "free" {
            return Ok(Answer::refused(Refusal::SlotTaken));
        }
        let of_calendar = |participant: &Value| {
            let actor = participant["actor"]["reference"].as_str().unwrap_or_default();
            ["Practitioner/", "HealthcareService/", "Location/"]
                .iter()
                .any(|kind| actor.contains(kind))
        };
        let stay = read.content["participant"].as_array().into_iter().flatten();
        let mut participants: Vec<Value> = stay.filter(|one| !of_calendar(one)).cloned().collect();
        participants.extend(self.who_sees(&new)?);
        let mut transaction = Transaction::default();
        let fields = json!({
            "slot": [{"reference": format!("Slot/{slot}")}],
            "start": new.content["start"],
            "end": new.content["end"],
            "participant": participants,
        });
        transaction.changes(&read, fields);
        transaction.changes(&new, json!({"status": "busy"}));
        self.frees(&mut transaction, &appointment)?;
        let reply = self.writes("move", transaction)?;
        let now = self.read("read appointment", "Appointment", id)?;
        let after = typed(&now.content)?;
        if after.slot_id() == Some(&slot) {
            return Ok(moved(&after));
        }
        if now.content != read.content {
            return Ok(Answer::NoAnswer(Trouble::Failing));
        }
        if reply.is_success() {
            return Ok(RUBBISH);
        }
        if self.read("read slot", "Slot", &slot)?.content != new.content {
            return Ok(Answer::refused(Refusal::SlotTaken));
        }
        Ok(refusal(&reply, Answer::refused(Refusal::SlotTaken)))
    }

    pub(super) fn cancel(&self, id: &str, declined: bool) -> Result<Answer, Answer> {
        if !is_id(id) {
            return Ok(Answer::refused(Refusal::Gone));
        }
        let read = self.read("read appointment", "Appointment", id)?;
        let appointment = typed(&read.content)?;
        match appointment.status {
            AppointmentStatus::Cancelled | AppointmentStatus::EnteredInError => return Ok(Answer::Cancelled),
            AppointmentStatus::Fulfilled | AppointmentStatus::NoShow => {
                return Ok(Answer::refused(Refusal::NotAccepted));
            }
            _ => {}
        }
        let mut fields = json!({"status": "cancelled"});
        if let Some(reason) = CancelRequest::declined(id).reason.filter(|_| declined) {
            fields["cancelationReason"] = serde_json::to_value(reason).map_err(|_| RUBBISH)?;
        }
        let mut transaction = Transaction::default();
        transaction.changes(&read, fields);
        self.frees(&mut transaction, &appointment)?;
        let reply = self.writes("cancel", transaction)?;
        let now = self.read("read appointment", "Appointment", id)?;
        match answers::cancelled(&typed(&now.content)?, id) {
            Answer::Cancelled => Ok(Answer::Cancelled),
            // Somebody has changed it meanwhile: once more, later.
            _ if now.content != read.content => Ok(Answer::NoAnswer(Trouble::Failing)),
            answer if reply.is_success() => Ok(answer),
            _ => Ok(refusal(&reply, Answer::refused(Refusal::NotAccepted))),
        }
    }
}

fn typed(content: &Value) -> Result<Appointment, Answer> {
    let body = serde_json::to_vec(content).map_err(|_| RUBBISH)?;
    from_json(&body).map_err(|_| RUBBISH)
}

/// What an appointment means that was to be moved.
fn moved(appointment: &Appointment) -> Answer {
    match (appointment.id.as_deref().filter(|id| is_id(id)), appointment.start) {
        (Some(id), Some(start)) if appointment.status == AppointmentStatus::Booked => Answer::Booked {
            appointment: id.to_owned(),
            start,
            slot: appointment.slot_id().map(str::to_owned),
        },
        _ => RUBBISH,
    }
}
