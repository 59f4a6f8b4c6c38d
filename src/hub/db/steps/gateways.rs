//! Departments in a hospital's own server: see [`super::super::gateways`].

use super::{
    super::{
        DbError, Errand, Foreign, Gateways, SlotRow,
        backend::{Backend, Session, values},
        gateways::FreeSlots,
    },
    city::{SLOT_COLUMNS, slot_row},
    feeds::{Told, number_new_slots},
};
use anban_wire::fhir::SlotStatus;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What has to be written so that the times kept are those that there are.
#[derive(Default)]
struct Difference {
    new: Vec<SlotRow>,
    freed: Vec<SlotRow>,
    gone: Vec<String>,
}

impl Difference {
    fn of(free: &FreeSlots, kept: Vec<SlotRow>) -> Self {
        let mut kept: BTreeMap<String, SlotRow> = kept.into_iter().map(|slot| (slot.id.clone(), slot)).collect();
        let mut difference = Self::default();
        for slot in &free.slots {
            match kept.remove(&slot.id) {
                None => difference.new.push(slot.clone()),
                Some(old) if old.status != SlotStatus::Free || (old.start, old.end) != (slot.start, slot.end) => {
                    difference.freed.push(slot.clone());
                }
                Some(_) => (),
            }
        }
        if free.is_whole {
            let gone = kept.into_values().filter(|slot| slot.status == SlotStatus::Free);
            difference.gone = gone.map(|slot| slot.id).collect();
        }
        difference
    }

    fn is_none(&self) -> bool {
        self.new.is_empty() && self.freed.is_empty() && self.gone.is_empty()
    }
}

fn kept(session: &dyn Session, free: &FreeSlots) -> Result<Vec<SlotRow>, DbError> {
    let sql = format!(
        "SELECT {SLOT_COLUMNS} FROM slots
         WHERE schedule_id IN (SELECT schedule_id FROM calendars WHERE service_id = $1) AND start_at >= $2"
    );
    let rows = session.query(&sql, &values![&free.service, free.from])?;
    rows.iter().map(slot_row).collect()
}

/// Notes what an appointment is called there; what was not known of it is known now.
pub(super) fn note_booked(session: &dyn Session, appointment: &str, foreign: &Foreign) -> Result<(), DbError> {
    session.execute(
        "INSERT INTO gateway_appointments (appointment_id, hospital, foreign_id) VALUES ($1, $2, $3)",
        &values![appointment, &foreign.hospital, &foreign.id],
    )?;
    session.execute("DELETE FROM gateway_errands WHERE id = $1", &values![appointment])?;
    Ok(())
}

impl<B: Backend> Gateways for B {
    fn keep_free_slots(&self, free: &FreeSlots) -> Result<(), DbError> {
        // Nearly always nothing has changed, and nothing is written.
        if Difference::of(free, self.read(|session| kept(session, free))?).is_none() {
            return Ok(());
        }
        self.write(|session| {
            session.alone("fill")?;
            let difference = Difference::of(free, kept(session, free)?);
            let mut told = Told::default();
            for slot in &difference.new {
                session.execute(
                    "INSERT INTO slots (id, schedule_id, start_at, end_at, status) VALUES ($1, $2, $3, $4, 'free')
                     ON CONFLICT DO NOTHING",
                    &values![&slot.id, &slot.schedule, slot.start, slot.end],
                )?;
            }
            for slot in &difference.freed {
                let freed = session.execute(
                    "UPDATE slots SET status = 'free', start_at = $2, end_at = $3, version = version + 1
                     WHERE id = $1 AND id NOT IN (SELECT slot_id FROM appointments WHERE status = 'booked')
                         AND NOT EXISTS (SELECT 1 FROM slots AS other WHERE other.schedule_id = slots.schedule_id
                                             AND other.start_at = $2 AND other.id <> slots.id)",
                    &values![&slot.id, slot.start, slot.end],
                )?;
                if freed == 1 {
                    told.slot(session, &slot.id)?;
                }
            }
            for id in &difference.gone {
                let taken = session.execute(
                    "UPDATE slots SET status = 'busy', version = version + 1 WHERE id = $1 AND status = 'free'",
                    &values![id],
                )?;
                if taken == 1 {
                    told.slot(session, id)?;
                }
            }
            number_new_slots(session)?;
            told.tell(session)
        })
    }

    fn foreign(&self, appointment: &str) -> Result<Option<Foreign>, DbError> {
        self.read(|session| {
            let sql = "SELECT hospital, foreign_id FROM gateway_appointments WHERE appointment_id = $1";
            let row = session.first(sql, &values![appointment])?;
            row.map(|row| {
                Ok(Foreign {
                    hospital: row.get(0)?,
                    id: row.get(1)?,
                })
            })
            .transpose()
        })
    }

    fn foreign_booked(&self, hospital: &str, after: Timestamp, limit: u32) -> Result<Vec<(String, String)>, DbError> {
        self.read(|session| {
            let rows = session.query(
                "SELECT appointments.id, gateway_appointments.foreign_id FROM gateway_appointments
                 JOIN appointments ON appointments.id = gateway_appointments.appointment_id
                 WHERE gateway_appointments.hospital = $1 AND appointments.status = 'booked'
                     AND appointments.start_at > $2
                 ORDER BY appointments.start_at, appointments.id LIMIT $3",
                &values![hospital, after, i64::from(limit)],
            )?;
            rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
        })
    }

    fn begin_errand(&self, errand: &Errand) -> Result<(), DbError> {
        self.write(|session| {
            session.execute(
                "INSERT INTO gateway_errands (id, hospital, begun_at, body) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING",
                &values![&errand.id, &errand.hospital, errand.begun, &errand.body],
            )?;
            Ok(())
        })
    }

    fn errands(&self, hospital: &str, before: Timestamp) -> Result<Vec<Errand>, DbError> {
        self.read(|session| {
            let rows = session.query(
                "SELECT id, hospital, begun_at, body FROM gateway_errands WHERE hospital = $1 AND begun_at < $2
                 ORDER BY begun_at, id LIMIT 100",
                &values![hospital, before],
            )?;
            let errand = |row: &super::super::Row| {
                Ok(Errand {
                    id: row.get(0)?,
                    hospital: row.get(1)?,
                    begun: row.get(2)?,
                    body: row.get(3)?,
                })
            };
            rows.iter().map(errand).collect()
        })
    }

    fn end_errand(&self, id: &str) -> Result<(), DbError> {
        self.write(|session| {
            session.execute("DELETE FROM gateway_errands WHERE id = $1", &values![id])?;
            Ok(())
        })
    }
}
