//! Bookings: see [`super::super::bookings`].

use super::{
    super::{
        Answer, AppointmentChange, AppointmentQuery, Bookings, DbError, NewAppointment, Obstacle, PatientWrite,
        SlotChange, Write, Written,
        backend::{Backend, Session, values},
        conditions::{Conditions, Page},
    },
    answer_of,
    audit::insert_note,
    city::whole_second_from,
    directory::{keep_entry, keep_slot},
    feeds::Told,
    gateways, insert_answer,
};
use anban_wire::fhir::AppointmentStatus;
use jiff::Timestamp;

impl<B: Backend> Bookings for B {
    fn carry_out(&self, writes: &[Write], now: Timestamp) -> Result<Vec<Written>, DbError> {
        self.write(|session| {
            let mut told = Told::default();
            let mut written = Vec::with_capacity(writes.len());
            if writes
                .iter()
                .any(|write| matches!(write, Write::Entry(_) | Write::Slot(_)))
            {
                session.alone("fill")?;
            }
            for (index, write) in writes.iter().enumerate() {
                let done = match write {
                    Write::Book(new) => book(session, new, now, &mut told)?,
                    Write::Change(change) => self::change(session, change, now, &mut told)?,
                    Write::Patient(patient) => keep_patient(session, patient, now)?,
                    Write::Entry(entry) => keep_entry(session, entry, now, &mut told)?,
                    Write::Slot(slot) => keep_slot(session, slot, now, &mut told)?,
                };
                let done = done.map_err(|obstacle| DbError::Refused(index, obstacle))?;
                if let (Written::Done, Some(note)) = (&done, write.note()) {
                    insert_note(session, note)?;
                }
                written.push(done);
            }
            told.tell(session)?;
            Ok(written)
        })
    }

    fn hold(&self, slot: &str, holder: &str, until: Timestamp, now: Timestamp) -> Result<bool, DbError> {
        self.write(|session| {
            let held = session.execute(
                "UPDATE slots SET held_by = $1, held_until = $2
                 WHERE id = $3 AND status = 'free' AND (held_until IS NULL OR held_until <= $4 OR held_by = $1)",
                &values![holder, until, slot, now],
            )?;
            Ok(held == 1)
        })
    }

    fn release(&self, slot: &str, holder: &str, now: Timestamp) -> Result<bool, DbError> {
        self.write(|session| {
            let released = session.execute(
                "UPDATE slots SET held_by = NULL, held_until = NULL
                 WHERE id = $1 AND status = 'free' AND held_by = $2 AND held_until > $3",
                &values![slot, holder, now],
            )?;
            Ok(released == 1)
        })
    }

    fn patient_by_number(&self, system: &str, value: &str) -> Result<Option<String>, DbError> {
        self.read(|session| {
            let sql = "SELECT patient_id FROM patient_identifiers WHERE system = $1 AND value = $2";
            session
                .first(sql, &values![system, value])?
                .map(|row| row.get(0))
                .transpose()
        })
    }

    fn appointment(&self, id: &str) -> Result<Option<(i64, String)>, DbError> {
        self.read(|session| {
            let row = session.first("SELECT version, body FROM appointments WHERE id = $1", &values![id])?;
            row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
        })
    }

    fn appointments(&self, query: &AppointmentQuery) -> Result<(u32, Vec<String>), DbError> {
        let mut conditions = Conditions::default();
        let (system, value) = query
            .patient
            .clone()
            .map_or((None, None), |(system, value)| (system, Some(value)));
        conditions.add("id = ?", query.id.clone());
        conditions.add("patient_system = ?", system);
        conditions.add("patient_value = ?", value);
        conditions.add("patient_id = ?", query.patient_id.clone());
        conditions.add("slot_id = ?", query.slot.clone());
        conditions.add("command = ?", query.command.map(|command| command.to_string()));
        conditions.add("status = ?", query.status.map(|status| status.as_str().to_owned()));
        conditions.add("start_at >= ?", query.from.map(whole_second_from));
        conditions.add("start_at < ?", query.before.map(whole_second_from));
        self.read(|session| {
            let page = Page::by_beginning(query.after.as_ref(), query.limit);
            let conditions = conditions.clone();
            conditions.select(session, "body", "appointments", page, |row| row.get(0))
        })
    }
}

pub(super) type Outcome = Result<Result<Written, Obstacle>, DbError>;

/// Takes a slot that is free and that nobody else holds.
fn take(session: &dyn Session, slot: &str, holder: &str, now: Timestamp) -> Result<bool, DbError> {
    let taken = session.execute(
        "UPDATE slots SET status = 'busy', held_by = NULL, held_until = NULL, version = version + 1
         WHERE id = $1 AND status = 'free' AND (held_until IS NULL OR held_until <= $2 OR held_by = $3)",
        &values![slot, now, holder],
    )?;
    Ok(taken == 1)
}

/// Takes a slot that a hospital's own server has given: all that can be in the way is another appointment that is noted
/// on it.
fn take_given(session: &dyn Session, slot: &str) -> Result<bool, DbError> {
    let taken = session.execute(
        "UPDATE slots SET status = 'busy', held_by = NULL, held_until = NULL, version = version + 1
         WHERE id = $1 AND id NOT IN (SELECT slot_id FROM appointments WHERE status = 'booked')",
        &values![slot],
    )?;
    Ok(taken == 1)
}

fn book(session: &dyn Session, new: &NewAppointment, now: Timestamp, told: &mut Told) -> Outcome {
    let first_answer = || match &new.command {
        Some((command, _)) => answer_of(session, *command),
        None => Ok(None),
    };
    if let Some(first) = first_answer()? {
        return Ok(Ok(Written::Repeat(first)));
    }
    let is_taken = match &new.foreign {
        Some(_) => take_given(session, &new.slot)?,
        None => take(session, &new.slot, &new.holder, now)?,
    };
    if !is_taken {
        // It may be the same command that has taken it, at this very moment, elsewhere.
        return Ok(first_answer()?.map(Written::Repeat).ok_or(Obstacle::Taken));
    }
    session.execute_later(
        "INSERT INTO appointments
         (id, slot_id, patient_system, patient_value, patient_id, command, status, start_at, version, body)
         VALUES ($1, $2, $3, $4, $5, $6, 'booked', $7, 1, $8)",
        values![
            &new.id,
            &new.slot,
            &new.patient.0,
            &new.patient.1,
            new.patient_id.as_ref(),
            new.command.as_ref().map(|(command, _)| command.to_string()),
            new.start,
            &new.body
        ]
        .into(),
    )?;
    if let Some(foreign) = &new.foreign {
        gateways::note_booked(session, &new.id, foreign)?;
    }
    if let Some((command, fingerprint)) = &new.command {
        let answer = Answer {
            fingerprint: fingerprint.clone(),
            body: new.body.clone(),
        };
        insert_answer(session, *command, &answer, now)?;
    }
    told.slot(session, &new.slot)?;
    told.patient(new.patient_id.as_deref(), "appointment", &new.id, None);
    Ok(Ok(Written::Done))
}

fn change(session: &dyn Session, change: &AppointmentChange, now: Timestamp, told: &mut Told) -> Outcome {
    let row = session.first(
        "SELECT slot_id, patient_id FROM appointments WHERE id = $1 AND version = $2",
        &values![&change.id, change.from_version],
    )?;
    let Some(row) = row else {
        return Ok(Err(Obstacle::Changed));
    };
    let (old, patient): (String, Option<String>) = (row.get(0)?, row.get(1)?);
    if let SlotChange::MoveTo { slot, holder, .. } = &change.slot {
        let is_taken = if change.is_carried {
            take_given(session, slot)?
        } else {
            take(session, slot, holder, now)?
        };
        if !is_taken {
            return Ok(Err(Obstacle::Taken));
        }
    }
    let (slot, start) = match &change.slot {
        SlotChange::MoveTo { slot, start, .. } => (Some(slot), Some(*start)),
        SlotChange::Keep | SlotChange::Free => (None, None),
    };
    let changed = session.execute(
        "UPDATE appointments SET version = version + 1, status = $1, body = $2,
             slot_id = COALESCE(CAST($3 AS TEXT), slot_id), start_at = COALESCE(CAST($4 AS BIGINT), start_at)
         WHERE id = $5 AND version = $6",
        &values![
            change.status.as_str(),
            &change.body,
            slot,
            start,
            &change.id,
            change.from_version
        ],
    )?;
    if changed != 1 {
        return Ok(Err(Obstacle::Changed));
    }
    if change.slot != SlotChange::Keep {
        // What was closed while it was booked stays closed.
        session.execute_later(
            "UPDATE slots SET status = 'free', version = version + 1 WHERE id = $1 AND status <> 'busy-unavailable'",
            values![&old].into(),
        )?;
        told.slot(session, &old)?;
    }
    if let Some(slot) = slot {
        told.slot(session, slot)?;
    }
    if change.status != AppointmentStatus::Booked || change.slot != SlotChange::Keep {
        // Nobody waits any more for who does not come.
        session.execute_later(
            "DELETE FROM visit_days WHERE appointment_id = $1 AND state = 'waiting'",
            values![&change.id].into(),
        )?;
    }
    told.patient(patient.as_deref(), "appointment", &change.id, None);
    Ok(Ok(Written::Done))
}

fn keep_patient(session: &dyn Session, patient: &PatientWrite, now: Timestamp) -> Outcome {
    let values = values![
        &patient.id,
        now,
        &patient.name,
        patient.telephone.as_ref(),
        &patient.body,
        patient.from_version
    ];
    let kept = if patient.from_version.is_none() {
        session.execute(
            "INSERT INTO patients (id, version, updated_at, name, telephone, body) VALUES ($1, 1, $2, $3, $4, $5)",
            values.get(..5).unwrap_or_default(),
        )?
    } else {
        session.execute(
            "UPDATE patients SET version = version + 1, updated_at = $2, name = $3, telephone = $4, body = $5
             WHERE id = $1 AND version = $6",
            &values,
        )?
    };
    if kept != 1 {
        return Ok(Err(Obstacle::Changed));
    }
    session.execute_later(
        "DELETE FROM patient_identifiers WHERE patient_id = $1",
        values![&patient.id].into(),
    )?;
    for (system, value) in &patient.identifiers {
        let kept = session.execute(
            "INSERT INTO patient_identifiers (system, value, patient_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &values![system, value, &patient.id],
        )?;
        if kept != 1 {
            return Ok(Err(Obstacle::NumberTaken));
        }
    }
    Ok(Ok(Written::Done))
}
