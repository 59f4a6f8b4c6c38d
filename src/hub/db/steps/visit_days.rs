//! The day of a visit: see [`super::super::visit_days`].

use super::{
    super::{
        Answer, AuditNote, Call, CheckedIn, DbError, Given, NewVisitDay, TakenBack, VisitDayRow, VisitDays,
        backend::{Backend, Row, Session, values},
    },
    answer_of,
    audit::insert_note,
    feeds::Told,
    insert_answer,
};
use anban_wire::visit_day::{DayStepKind, QueueState};
use jiff::{Timestamp, civil::Date};

const COLUMNS: &str = "appointment_id, service_id, patient_id, number, state, called_at, day";

fn code(state: QueueState) -> &'static str {
    match state {
        QueueState::Waiting => "waiting",
        QueueState::Called => "called",
        QueueState::Seen => "seen",
        QueueState::Missed => "missed",
    }
}

fn state_of(code: &str) -> Result<QueueState, DbError> {
    let all = [
        QueueState::Waiting,
        QueueState::Called,
        QueueState::Seen,
        QueueState::Missed,
    ];
    all.into_iter()
        .find(|state| self::code(*state) == code)
        .ok_or(DbError::Damaged("queue"))
}

fn kind(code: &str) -> Result<DayStepKind, DbError> {
    let mut all = DayStepKind::ALL.into_iter();
    all.find(|kind| kind.as_str() == code).ok_or(DbError::Damaged("step"))
}

/// The whole of a row: what is before it in the queue, and its steps.
fn whole(session: &dyn Session, row: &Row) -> Result<VisitDayRow, DbError> {
    let (appointment, service, day): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(6)?);
    let (number, state) = (row.get::<u32>(3)?, state_of(&row.get::<String>(4)?)?);
    let ahead = if state == QueueState::Waiting {
        let row = session.first(
            "SELECT COUNT(*) FROM visit_days
             WHERE service_id = $1 AND day = $2 AND number < $3 AND state IN ('waiting', 'called')",
            &values![&service, &day, number],
        )?;
        row.map_or(Ok(0), |row| row.get(0))?
    } else {
        0
    };
    let steps = session.query(
        "SELECT kind, fen, done_at FROM visit_steps WHERE appointment_id = $1",
        &values![&appointment],
    )?;
    let step = |row: &Row| {
        let fen: Option<i64> = row.get(1)?;
        let done: Option<Timestamp> = row.get(2)?;
        let kind = kind(&row.get::<String>(0)?)?;
        Ok((kind, fen.and_then(|fen| u64::try_from(fen).ok()), done.is_some()))
    };
    let mut steps: Vec<_> = steps.iter().map(step).collect::<Result<_, DbError>>()?;
    steps.sort();
    Ok(VisitDayRow {
        appointment,
        service,
        patient: row.get(2)?,
        number,
        ahead,
        state,
        called_at: row.get(5)?,
        steps,
    })
}

fn read(session: &dyn Session, appointment: &str) -> Result<Option<VisitDayRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM visit_days WHERE appointment_id = $1");
    let row = session.first(&sql, &values![appointment])?;
    row.map(|row| whole(session, &row)).transpose()
}

/// Only one step at a time is about a queue.
fn in_queue(session: &dyn Session, service: &str) -> Result<(), DbError> {
    session.alone(&format!("queue {service}"))
}

impl<B: Backend> VisitDays for B {
    fn check_in(&self, new: &NewVisitDay, note: Option<&AuditNote>, now: Timestamp) -> Result<CheckedIn, DbError> {
        self.write(|session| {
            in_queue(session, &new.service)?;
            if let Some(day) = read(session, &new.appointment)? {
                return Ok(CheckedIn { day, again: true });
            }
            join(session, new, now)?;
            if let Some(note) = note {
                insert_note(session, note)?;
            }
            let mut told = Told::default();
            told.patient(new.patient.as_deref(), "visit-day", &new.appointment, None);
            told.tell(session)?;
            let day = read(session, &new.appointment)?.ok_or(DbError::Damaged("queue"))?;
            Ok(CheckedIn { day, again: false })
        })
    }

    fn visit_day(&self, appointment: &str) -> Result<Option<VisitDayRow>, DbError> {
        self.read(|session| read(session, appointment))
    }

    fn call_next(&self, call: &Call<'_>, now: Timestamp) -> Result<Option<VisitDayRow>, DbError> {
        let Call { service, steps, .. } = *call;
        let day = call.day.to_string();
        self.write(|session| {
            in_queue(session, service)?;
            if let Some(command) = call.command
                && let Some(first) = answer_of(session, command)?
            {
                return read(session, &first.body);
            }
            if let Some(since) = call.since {
                let row = session.first(
                    "SELECT COALESCE(MAX(called_at), MIN(checked_in_at)) FROM visit_days
                     WHERE day = $1 AND service_id = $2",
                    &values![&day, service],
                )?;
                let last: Option<Timestamp> = row.map_or(Ok(None), |row| row.get(0))?;
                if last != Some(since) {
                    return Ok(None);
                }
            }
            let sql = format!(
                "SELECT {COLUMNS} FROM visit_days
                 WHERE service_id = $1 AND day = $2 AND state IN ('waiting', 'called') ORDER BY number"
            );
            let present = session.query(&sql, &values![service, &day])?;
            let mut told = Told::default();
            let mut next = None;
            for row in &present {
                let (appointment, patient): (String, Option<String>) = (row.get(0)?, row.get(2)?);
                // Everyone in the queue comes nearer.
                told.patient(patient.as_deref(), "visit-day", &appointment, None);
                if row.get::<String>(4)? == code(QueueState::Called) {
                    session.execute(
                        "UPDATE visit_days SET state = $1 WHERE appointment_id = $2",
                        &values![code(call.outcome), &appointment],
                    )?;
                    if call.outcome == QueueState::Seen {
                        add_steps(session, &appointment, steps)?;
                    }
                    note_visit(session, call.note, &appointment, patient.as_deref())?;
                } else if next.is_none() {
                    session.execute(
                        "UPDATE visit_days SET state = 'called', called_at = $1 WHERE appointment_id = $2",
                        &values![now, &appointment],
                    )?;
                    note_visit(session, call.note, &appointment, patient.as_deref())?;
                    next = Some(appointment);
                }
            }
            if let Some(command) = call.command {
                let answer = Answer {
                    fingerprint: format!("next {service}"),
                    body: next.clone().unwrap_or_default(),
                };
                insert_answer(session, command, &answer, now)?;
            }
            told.tell(session)?;
            match next {
                Some(appointment) => read(session, &appointment),
                None => Ok(None),
            }
        })
    }

    fn step_done(
        &self,
        appointment: &str,
        kind: DayStepKind,
        note: Option<&AuditNote>,
        now: Timestamp,
    ) -> Result<Option<VisitDayRow>, DbError> {
        self.write(|session| {
            let changed = session.execute(
                "UPDATE visit_steps SET done_at = $1 WHERE appointment_id = $2 AND kind = $3 AND done_at IS NULL",
                &values![now, appointment, kind.as_str()],
            )?;
            let day = read(session, appointment)?;
            let day = day.filter(|day| day.steps.iter().any(|(known, ..)| *known == kind));
            if let Some(day) = &day
                && changed == 1
            {
                let mut told = Told::default();
                told.patient(day.patient.as_deref(), "visit-day", appointment, None);
                told.tell(session)?;
                note_visit(session, note, appointment, day.patient.as_deref())?;
            }
            Ok(day)
        })
    }

    fn give_number(&self, new: &NewVisitDay, note: &AuditNote, now: Timestamp) -> Result<Given, DbError> {
        self.write(|session| {
            in_queue(session, &new.service)?;
            if let Some(day) = read(session, &new.appointment)? {
                return Ok(Given::Number(day));
            }
            let given = session.execute(
                "UPDATE on_site_quota SET remaining = remaining - 1
                 WHERE service_id = $1 AND day = $2 AND remaining > 0",
                &values![&new.service, new.day.to_string()],
            )?;
            if given != 1 {
                return Ok(Given::NoneLeft);
            }
            join(session, new, now)?;
            insert_note(session, note)?;
            let mut told = Told::default();
            told.quota(&new.service);
            told.tell(session)?;
            let day = read(session, &new.appointment)?.ok_or(DbError::Damaged("queue"))?;
            Ok(Given::Number(day))
        })
    }

    fn take_number_back(&self, service: &str, id: &str, note: &AuditNote) -> Result<TakenBack, DbError> {
        self.write(|session| {
            in_queue(session, service)?;
            // The number stays in its place, so that nobody else gets a slip with the same.
            let taken = session.execute(
                "UPDATE visit_days SET state = 'missed'
                 WHERE appointment_id = $1 AND service_id = $2 AND state = 'waiting'",
                &values![id, service],
            )?;
            if taken != 1 {
                return Ok(match read(session, id)? {
                    Some(row) if row.service != service => TakenBack::Unknown,
                    Some(row) if row.state == QueueState::Missed => TakenBack::Done,
                    Some(_) => TakenBack::Called,
                    None => TakenBack::Unknown,
                });
            }
            session.execute(
                "UPDATE on_site_quota SET remaining = remaining + 1 WHERE remaining < total AND service_id = $1
                     AND day = (SELECT day FROM visit_days WHERE appointment_id = $2)",
                &values![service, id],
            )?;
            insert_note(session, note)?;
            let mut told = Told::default();
            told.quota(service);
            // Everyone behind it comes nearer.
            let behind = session.query(
                "SELECT behind.patient_id, behind.appointment_id FROM visit_days AS own
                 JOIN visit_days AS behind ON behind.service_id = own.service_id AND behind.day = own.day
                     AND behind.number > own.number AND behind.state = 'waiting'
                 WHERE own.appointment_id = $1",
                &values![id],
            )?;
            for row in behind {
                let (patient, appointment): (Option<String>, String) = (row.get(0)?, row.get(1)?);
                told.patient(patient.as_deref(), "visit-day", &appointment, None);
            }
            told.tell(session)?;
            Ok(TakenBack::Done)
        })
    }

    fn queues(&self, day: Date) -> Result<Vec<(String, Timestamp)>, DbError> {
        self.read(|session| {
            let rows = session.query(
                "SELECT service_id, COALESCE(MAX(called_at), MIN(checked_in_at)) FROM visit_days
                 WHERE day = $1 GROUP BY service_id
                 HAVING SUM(CASE WHEN state IN ('waiting', 'called') THEN 1 ELSE 0 END) > 0 ORDER BY service_id",
                &values![day.to_string()],
            )?;
            rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
        })
    }

    fn open_steps(&self, day: Date) -> Result<Vec<(String, DayStepKind)>, DbError> {
        self.read(|session| {
            let rows = session.query(
                "SELECT visit_steps.appointment_id, visit_steps.kind FROM visit_steps
                 JOIN visit_days ON visit_days.appointment_id = visit_steps.appointment_id
                 WHERE visit_days.day = $1 AND visit_steps.done_at IS NULL",
                &values![day.to_string()],
            )?;
            let step = |row: &Row| Ok((row.get::<String>(0)?, kind(&row.get::<String>(1)?)?));
            let mut open: Vec<(String, DayStepKind)> = rows.iter().map(step).collect::<Result<_, DbError>>()?;
            open.sort();
            open.dedup_by(|one, other| one.0 == other.0);
            Ok(open)
        })
    }
}

/// The next number of a queue.
fn join(session: &dyn Session, new: &NewVisitDay, now: Timestamp) -> Result<(), DbError> {
    let day = new.day.to_string();
    session.execute(
        "INSERT INTO visit_days (appointment_id, service_id, day, number, patient_id, state, checked_in_at)
         SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), COALESCE(MAX(number), 0) + 1,
                CAST($4 AS TEXT), 'waiting', CAST($5 AS BIGINT)
         FROM visit_days WHERE service_id = $2 AND day = $3",
        &values![&new.appointment, &new.service, &day, new.patient.as_ref(), now],
    )?;
    Ok(())
}

/// Notes what was done about a visit. Whoever has a number without an appointment, the trail does not know.
fn note_visit(
    session: &dyn Session,
    note: Option<&AuditNote>,
    appointment: &str,
    patient: Option<&str>,
) -> Result<(), DbError> {
    let Some(note) = note else { return Ok(()) };
    let known = session.first("SELECT 1 FROM appointments WHERE id = $1", &values![appointment])?;
    match known {
        Some(_) => insert_note(session, &note.about(format!("Appointment/{appointment}"), patient)),
        None => Ok(()),
    }
}

fn add_steps(session: &dyn Session, appointment: &str, steps: &[(DayStepKind, Option<u64>)]) -> Result<(), DbError> {
    for (kind, fen) in steps {
        session.execute(
            "INSERT INTO visit_steps (appointment_id, kind, fen) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &values![appointment, kind.as_str(), fen.and_then(|fen| i64::try_from(fen).ok())],
        )?;
    }
    Ok(())
}
