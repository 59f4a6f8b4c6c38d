//! Carrying what somebody wants to a hospital: booking, moving, changing the note, cancelling.
//!
//! First it is looked whether it is done already, by an earlier try whose answer was lost; then everything that belongs
//! together goes there as one transaction, in which each resource must still be the version that was looked at. Resources
//! of theirs are written back as they came, with the few fields changed that this is about.

use super::{
    Look, follow,
    hospital::{Hospital, one},
    theirs::{Theirs, set, theirs, transaction},
    there::{Exchange, NoAnswer, Reply},
};
use crate::{
    booking::{self, Plan, Refused},
    db::{AppointmentChange, Database, DbError, Errand, Foreign, NewAppointment, SlotChange, Write},
};
use anban_wire::{
    CommandId,
    fhir::{Appointment, AppointmentStatus, Bundle, Resource, SlotStatus, from_json},
    systems,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

impl Hospital {
    /// Carries a plan there and notes what came of it.
    pub(super) fn carry(&self, db: &dyn Database, mut plan: Plan, now: Timestamp) -> Result<Appointment, Refused> {
        let exchange = self.there.exchange().map_err(|no| self.away(&no))?;
        match plan.write.take() {
            Some(Write::Book(mut new)) => {
                new.foreign = Some(self.book(&exchange, db, &plan, &mut new, now)?);
                plan.write = Some(Write::Book(new));
                booking::one(db, plan, now)
            }
            Some(Write::Change(mut change)) => {
                let wanted = plan.appointment.clone();
                self.change(&exchange, db, &wanted, &change, now)?;
                change.is_carried = true;
                plan.write = Some(Write::Change(change));
                match booking::one(db, plan, now) {
                    // It was seen there, and noted, at the very moment.
                    Err(Refused::Changed) => as_wanted(db, &wanted)?.ok_or(Refused::Changed),
                    done => done,
                }
            }
            other => {
                plan.write = other;
                booking::one(db, plan, now)
            }
        }
    }

    /// Says why in the log, and to the client that it is worth trying again.
    pub(super) fn away(&self, no: &NoAnswer) -> Refused {
        tracing::warn!(hospital = self.config.name, reason = %no, "a hospital's server gave no answer");
        Refused::HospitalAway
    }

    fn book(
        &self,
        exchange: &Exchange<'_>,
        db: &dyn Database,
        plan: &Plan,
        new: &mut NewAppointment,
        now: Timestamp,
    ) -> Result<Foreign, Refused> {
        let slot_id = self.id_there(&new.slot).ok_or(Refused::NoSuchSlot)?.to_owned();
        // Without a command of the client's a lost answer is found by one of ours.
        let own = || (CommandId(Uuid::new_v4()), plan.fingerprint().to_owned());
        let command = new.command.get_or_insert_with(own).0;
        let away = |no| self.away(&no);
        if let Some(found) = self.booked_by(exchange, command).map_err(away)? {
            return self.given(&found, &slot_id);
        }
        let slot = self
            .slot(exchange, &slot_id)
            .map_err(away)?
            .ok_or(Refused::NoSuchSlot)?;
        if slot.read.status != SlotStatus::Free || is_held(db, &new.slot, &new.holder, now)? {
            return Err(self.taken(db, &Write::Book(new.clone()), now));
        }
        // One that is noted here and was cancelled there is in nobody's way.
        if !follow::settle_slot(self, exchange, db, &new.slot, now)? {
            return Err(self.taken(db, &Write::Book(new.clone()), now));
        }
        let errand = Errand {
            id: new.id.clone(),
            hospital: self.config.name.clone(),
            begun: now,
            body: follow::errand(new)?,
        };
        db.begin_errand(&errand)?;
        let appointment = self.as_theirs(db, plan, new, &slot_id, command)?;
        let criteria = form_urlencoded::Serializer::new(String::new())
            .append_pair("identifier", &format!("{}|{command}", systems::COMMAND))
            .finish();
        let bundle = transaction(vec![
            json!({
                "fullUrl": format!("urn:uuid:{}", new.id),
                "resource": appointment,
                "request": {"method": "POST", "url": "Appointment", "ifNoneExist": criteria},
            }),
            slot.put("Slot", &slot_id, |slot| set(slot, "status", json!("busy"))),
        ]);
        let reply = exchange.transaction(&bundle).map_err(away)?;
        let found = if is_success(&reply) {
            Some(self.made(exchange, &reply, command).map_err(away)?)
        } else {
            // It may have been ourselves, a moment ago.
            self.booked_by(exchange, command).map_err(away)?
        };
        match found {
            Some(found) => self.given(&found, &slot_id),
            None => {
                db.end_errand(&new.id)?;
                Err(match reply.status {
                    409 | 412 => self.taken(db, &Write::Book(new.clone()), now),
                    status => self.not_accepted(status),
                })
            }
        }
    }

    /// What was made, by the answer to a transaction.
    fn made(&self, exchange: &Exchange<'_>, reply: &Reply, command: CommandId) -> Result<Appointment, NoAnswer> {
        let strange = NoAnswer::Strange("Bundle");
        let answer: Bundle = from_json(&reply.body).map_err(|_| strange.clone())?;
        let first = answer.entry.into_iter().next().ok_or(strange.clone())?;
        if let Some(Resource::Appointment(made)) = first.resource
            && made.id.is_some()
        {
            return is_by(&made, command).then_some(*made).ok_or(strange);
        }
        // Some servers say only where it is.
        let location = first.response.and_then(|response| response.location);
        let location = anban_wire::fhir::Reference {
            reference: location,
            ..anban_wire::fhir::Reference::default()
        };
        let made: Option<Appointment> = match location.id_of("Appointment") {
            Some(id) => one(exchange, id)?,
            None => self.booked_by(exchange, command)?,
        };
        made.filter(|made| is_by(made, command)).ok_or(strange)
    }

    /// The appointment that a command has booked there.
    pub(super) fn booked_by(
        &self,
        exchange: &Exchange<'_>,
        command: CommandId,
    ) -> Result<Option<Appointment>, NoAnswer> {
        let asked = [
            ("identifier", format!("{}|{command}", systems::COMMAND)),
            ("_count", "2".to_owned()),
        ];
        let (found, _) = exchange.search::<Appointment>(&asked)?;
        Ok(found.into_iter().find(|one| is_by(one, command)))
    }

    /// Whether what was found there is what is wanted here.
    pub(super) fn given(&self, found: &Appointment, slot: &str) -> Result<Foreign, Refused> {
        let id = found.id.as_deref().filter(|id| anban_wire::fhir::is_id(id));
        let id = id.ok_or_else(|| self.away(&NoAnswer::Strange("Appointment")))?;
        if found.slot_id() != Some(slot) {
            return Err(Refused::CommandReused);
        }
        if found.status == AppointmentStatus::Cancelled || found.status == AppointmentStatus::EnteredInError {
            return Err(Refused::NotBooked);
        }
        if found.status != AppointmentStatus::Booked {
            return Err(self.away(&NoAnswer::Strange("Appointment")));
        }
        Ok(Foreign {
            hospital: self.config.name.clone(),
            id: id.to_owned(),
        })
    }

    fn change(
        &self,
        exchange: &Exchange<'_>,
        db: &dyn Database,
        wanted: &Appointment,
        change: &AppointmentChange,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let away = |no| self.away(&no);
        let foreign = db.foreign(&change.id)?.ok_or(Refused::NoSuchAppointment)?;
        let theirs = self.appointment(exchange, &foreign.id).map_err(away)?;
        let is_cancelled = theirs
            .as_ref()
            .is_none_or(|theirs| follow::has_ended(theirs.read.status));
        let cancels = wanted.status == AppointmentStatus::Cancelled;
        if is_cancelled && cancels {
            return Ok(());
        }
        let Some(theirs) = theirs.filter(|theirs| theirs.read.status == AppointmentStatus::Booked) else {
            // It ended there, or the visit has begun: the patient learns that first.
            follow::settle(self, exchange, db, &[(change.id.clone(), foreign.id)], now)?;
            return Err(if is_cancelled {
                Refused::NotBooked
            } else {
                Refused::VisitPast
            });
        };
        let old = theirs.read.slot_id().map(str::to_owned);
        let mut entries = vec![];
        let mut free_old = || -> Result<(), Refused> {
            if let Some(id) = &old
                && let Some(slot) = self.slot(exchange, id).map_err(away)?
                && slot.read.status == SlotStatus::Busy
            {
                entries.push(slot.put("Slot", id, |slot| set(slot, "status", json!("free"))));
            }
            Ok(())
        };
        let mut fields = vec![];
        if cancels {
            free_old()?;
            fields.push(("status", json!("cancelled")));
            let reason = wanted
                .cancelation_reason
                .as_ref()
                .and_then(|reason| serde_json::to_value(reason).ok());
            fields.extend(reason.map(|reason| ("cancelationReason", reason)));
        } else {
            if let SlotChange::MoveTo { slot, holder, .. } = &change.slot {
                let id = self.id_there(slot).ok_or(Refused::OtherHospital)?;
                if old.as_deref() == Some(id) {
                    return Ok(());
                }
                let new = self.slot(exchange, id).map_err(away)?.ok_or(Refused::NoSuchSlot)?;
                if new.read.status != SlotStatus::Free || is_held(db, slot, holder, now)? {
                    return Err(self.taken(db, &Write::Change(change.clone()), now));
                }
                if !follow::settle_slot(self, exchange, db, slot, now)? {
                    return Err(self.taken(db, &Write::Change(change.clone()), now));
                }
                free_old()?;
                entries.push(new.put("Slot", id, |slot| set(slot, "status", json!("busy"))));
                fields.push(("slot", json!([{"reference": format!("Slot/{id}")}])));
                for name in ["start", "end"] {
                    fields.extend(new.raw.get(name).map(|instant| (name, instant.clone())));
                }
                fields.push(("participant", self.participants(&theirs, wanted)?));
            }
            fields.push(("comment", wanted.comment.clone().map_or(Value::Null, Value::String)));
        }
        entries.insert(
            0,
            theirs.put("Appointment", &foreign.id, |appointment| {
                for (name, value) in fields {
                    set(appointment, name, value);
                }
            }),
        );
        let reply = exchange.transaction(&transaction(entries)).map_err(away)?;
        if is_success(&reply) {
            return Ok(());
        }
        // Whatever it is now, the patient learns it.
        follow::settle(self, exchange, db, &[(change.id.clone(), foreign.id)], now)?;
        Err(match (reply.status, &change.slot) {
            (409 | 412, SlotChange::MoveTo { .. }) => self.taken(db, &Write::Change(change.clone()), now),
            (409 | 412, _) => Refused::Changed,
            (status, _) => self.not_accepted(status),
        })
    }

    /// The slot is somebody else's: the times are read again, so that what is proposed is free.
    fn taken(&self, db: &dyn Database, write: &Write, now: Timestamp) -> Refused {
        self.look(db, now, Look::AtTimes);
        match booking::taken(db, write, now) {
            Ok(mut proposals) => {
                // Where another request looks at this moment, what is known may still be of before.
                let slot = match write {
                    Write::Book(new) => Some(&new.slot),
                    Write::Change(change) => match &change.slot {
                        SlotChange::MoveTo { slot, .. } => Some(slot),
                        SlotChange::Keep | SlotChange::Free => None,
                    },
                    Write::Patient(_) | Write::Entry(_) | Write::Slot(_) => None,
                };
                proposals.retain(|free| Some(&free.slot) != slot);
                Refused::SlotTaken(proposals)
            }
            Err(error) => error,
        }
    }

    fn not_accepted(&self, status: u16) -> Refused {
        tracing::error!(
            hospital = self.config.name,
            status,
            "a hospital's server does not take what it is sent"
        );
        Refused::NotAccepted
    }

    fn slot(&self, exchange: &Exchange<'_>, id: &str) -> Result<Option<Theirs<anban_wire::fhir::Slot>>, NoAnswer> {
        theirs(exchange, id)
    }

    pub(super) fn appointment(
        &self,
        exchange: &Exchange<'_>,
        id: &str,
    ) -> Result<Option<Theirs<Appointment>>, NoAnswer> {
        theirs(exchange, id)
    }
}

/// Whether another client of this hub holds the slot. The hospital knows nothing of that: what it has given stays given.
fn is_held(db: &dyn Database, slot: &str, holder: &str, now: Timestamp) -> Result<bool, DbError> {
    let slot = db.slot(slot)?;
    let held = slot.as_ref().and_then(|slot| slot.held.as_ref());
    Ok(held.is_some_and(|(by, until)| by != holder && *until > now))
}

fn is_success(reply: &Reply) -> bool {
    (200..300).contains(&reply.status)
}

fn is_by(appointment: &Appointment, command: CommandId) -> bool {
    matches!(CommandId::among(&appointment.identifier), Ok(Some(found)) if found == command)
}

/// The appointment as it is kept, if that is how it was to become.
fn as_wanted(db: &dyn Database, wanted: &Appointment) -> Result<Option<Appointment>, Refused> {
    let kept = db.appointment(wanted.id.as_deref().unwrap_or_default())?;
    let kept = kept.map(|(_, body)| booking::from_text(&body)).transpose()?;
    Ok(kept.filter(|kept| kept.status == wanted.status && kept.slot_id() == wanted.slot_id()))
}
