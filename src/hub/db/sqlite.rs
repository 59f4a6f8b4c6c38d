//! The database on SQLite: one file beside the hub, nothing to install.
//!
//! WAL lets readers go on while one writer writes; `synchronous=FULL` puts every commit on the disk before it
//! is acknowledged. All writes go through one connection behind a mutex, so that they queue here instead of
//! failing with "busy"; readers borrow a connection from a small pool.

use super::{
    Answer, AppointmentChange, AppointmentQuery, Booked, CityContent, Database, DbError, NewAppointment, SlotQuery,
    SlotRow, conditions::Conditions, migrations,
};
use anban_wire::{
    CommandId,
    directory::OnSiteQuota,
    fhir::{Resource, SlotStatus},
};
use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use std::{
    fs,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Idle read connections kept open.
const IDLE_READERS: usize = 4;
/// How long a connection waits for another process (a backup, say) to let go of the file.
const BUSY: Duration = Duration::from_secs(10);

/// A hub's SQLite database.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Sqlite {
    /// Opens the database file, makes it if there is none, and brings it to the current form.
    ///
    /// # Errors
    /// When the file can't be opened or written, or is of a later version.
    pub fn open(path: &Path) -> Result<Self, DbError> {
        // Only the hub's own user may read it; SQLite gives the files beside it the same mode.
        if let Err(error) = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path) {
            tracing::warn!(%error, "the database file could not be made ahead of SQLite");
        }
        let mut writer = Connection::open(path)?;
        writer.busy_timeout(BUSY)?;
        writer.pragma_update(None, "journal_mode", "wal")?;
        writer.pragma_update(None, "synchronous", "full")?;
        migrations::migrate(&mut writer)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::default(),
        })
    }

    fn writer(&self) -> MutexGuard<'_, Connection> {
        // A panic elsewhere can't leave a transaction half done: dropping it rolled it back.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a step in a transaction that holds the write lock from its beginning.
    pub(super) fn write<T>(&self, step: impl FnOnce(&Transaction<'_>) -> Result<T, DbError>) -> Result<T, DbError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = step(&transaction)?;
        transaction.commit()?;
        Ok(result)
    }

    pub(super) fn read<T>(&self, step: impl FnOnce(&Connection) -> Result<T, DbError>) -> Result<T, DbError> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let connection = Connection::open(&self.path)?;
                connection.busy_timeout(BUSY)?;
                connection.pragma_update(None, "query_only", true)?;
                connection
            }
        };
        let result = step(&connection);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(connection);
        }
        result
    }
}

/// The instant in a column of whole seconds.
pub(super) fn instant(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let second: i64 = row.get(column)?;
    Timestamp::from_second(second).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, second))
}

fn slot_row(row: &Row<'_>) -> rusqlite::Result<SlotRow> {
    let status: String = row.get(4)?;
    Ok(SlotRow {
        id: row.get(0)?,
        schedule: row.get(1)?,
        start: instant(row, 2)?,
        end: instant(row, 3)?,
        status: SlotStatus::from_code(&status).unwrap_or(SlotStatus::EnteredInError),
    })
}

fn resource(body: &str, kind: &'static str) -> Result<Resource, DbError> {
    serde_json::from_str(body).map_err(|_| DbError::Damaged(kind))
}

pub(super) fn answer_of(connection: &Connection, command: CommandId) -> Result<Option<Answer>, DbError> {
    let found = connection
        .prepare_cached("SELECT fingerprint, body FROM command_answers WHERE command = ?1")?
        .query_row([command.to_string()], |row| {
            Ok(Answer {
                fingerprint: row.get(0)?,
                body: row.get(1)?,
            })
        })
        .optional()?;
    Ok(found)
}

pub(super) fn insert_answer(
    connection: &Connection,
    command: CommandId,
    answer: &Answer,
    now: Timestamp,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "INSERT INTO command_answers (command, fingerprint, body, answered_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            command.to_string(),
            answer.fingerprint,
            answer.body,
            now.as_second()
        ])?;
    Ok(())
}

/// The next number of a series, within a step that does more.
pub(super) fn next_number(transaction: &Transaction<'_>, series: &str, least: i64) -> Result<i64, DbError> {
    let last: Option<String> = transaction
        .query_row("SELECT value FROM notes WHERE name = ?1", [series], |row| row.get(0))
        .optional()?;
    let last = last
        .map(|text| text.parse::<i64>().map_err(|_| DbError::Damaged("number")))
        .transpose()?;
    let next = last.map_or(least, |last| least.max(last.saturating_add(1)));
    transaction.execute(
        "INSERT INTO notes (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [series, &next.to_string()],
    )?;
    Ok(next)
}

const SLOT_COLUMNS: &str = "id, schedule_id, start_at, end_at, status";

impl Database for Sqlite {
    fn check_writable(&self, now: Timestamp) -> Result<(), DbError> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO notes (name, value) VALUES ('checked', ?1)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                )?
                .execute([now.to_string()])?;
            Ok(())
        })
    }

    fn note(&self, name: &str, first: &str) -> Result<String, DbError> {
        self.write(|transaction| {
            transaction.execute(
                "INSERT INTO notes (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
                [name, first],
            )?;
            Ok(transaction.query_row("SELECT value FROM notes WHERE name = ?1", [name], |row| row.get(0))?)
        })
    }

    fn next_number(&self, series: &str, least: i64) -> Result<i64, DbError> {
        self.write(|transaction| next_number(transaction, series, least))
    }

    fn directory(&self, kind: &str) -> Result<Vec<Resource>, DbError> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT body FROM directory WHERE kind = ?1 ORDER BY position, id")?
                .query_map([kind], |row| row.get::<_, String>(0))?
                .map(|body| resource(&body?, "directory entry"))
                .collect()
        })
    }

    fn directory_entry(&self, kind: &str, id: &str) -> Result<Option<Resource>, DbError> {
        self.read(|connection| {
            let body: Option<String> = connection
                .prepare_cached("SELECT body FROM directory WHERE kind = ?1 AND id = ?2")?
                .query_row([kind, id], |row| row.get(0))
                .optional()?;
            body.map(|body| resource(&body, "directory entry")).transpose()
        })
    }

    fn quotas(&self, day: Date) -> Result<Vec<(String, OnSiteQuota)>, DbError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached("SELECT service_id, total, remaining FROM on_site_quota WHERE day = ?1")?
                .query_map([day.to_string()], |row| {
                    Ok((
                        row.get(0)?,
                        OnSiteQuota {
                            date: day,
                            total: row.get(1)?,
                            remaining: row.get(2)?,
                        },
                    ))
                })?
                .collect::<Result<_, _>>()?;
            Ok(found)
        })
    }

    fn fill(&self, content: &CityContent) -> Result<(), DbError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO directory (kind, id, position, body) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (kind, id) DO UPDATE SET position = excluded.position, body = excluded.body",
            )?;
            for (position, resource) in content.resources.iter().enumerate() {
                let body = serde_json::to_string(resource).map_err(|_| DbError::Damaged("directory entry"))?;
                let id = resource.id().ok_or(DbError::Damaged("directory entry"))?;
                insert.execute(params![
                    resource.type_name(),
                    id,
                    i64::try_from(position).unwrap_or(i64::MAX),
                    body
                ])?;
            }
            let mut insert = transaction.prepare_cached(
                "INSERT INTO slots (id, schedule_id, start_at, end_at, status) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO NOTHING",
            )?;
            for slot in &content.slots {
                let (start, end) = (slot.start.as_second(), slot.end.as_second());
                insert.execute(params![slot.id, slot.schedule, start, end, slot.status.as_str()])?;
            }
            let mut insert = transaction.prepare_cached(
                "INSERT INTO on_site_quota (service_id, day, total, remaining) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (service_id, day)
                 DO UPDATE SET total = excluded.total, remaining = excluded.remaining",
            )?;
            for (service, quota) in &content.quotas {
                insert.execute(params![service, quota.date.to_string(), quota.total, quota.remaining])?;
            }
            Ok(())
        })
    }

    fn forget_past(&self, before: Timestamp) -> Result<(), DbError> {
        self.write(|transaction| {
            transaction.execute(
                "DELETE FROM slots WHERE end_at < ?1 AND id NOT IN (SELECT slot_id FROM appointments)",
                [before.as_second()],
            )?;
            let day = anban_wire::CITY_OFFSET.to_datetime(before).date();
            transaction.execute("DELETE FROM on_site_quota WHERE day < ?1", [day.to_string()])?;
            Ok(())
        })
    }

    fn last_slot(&self, schedule: &str) -> Result<Option<Timestamp>, DbError> {
        self.read(|connection| {
            let last: Option<i64> = connection
                .prepare_cached("SELECT MAX(start_at) FROM slots WHERE schedule_id = ?1")?
                .query_row([schedule], |row| row.get(0))?;
            last.map(|second| Timestamp::from_second(second).map_err(|_| DbError::Damaged("slot")))
                .transpose()
        })
    }

    fn slots(&self, query: &SlotQuery) -> Result<(u32, Vec<SlotRow>), DbError> {
        let mut conditions = Conditions::default();
        conditions.any_of("schedule_id", query.schedules.as_ref());
        conditions.add("start_at >= ?", query.from.map(whole_second_from));
        conditions.add("start_at < ?", query.before.map(whole_second_from));
        conditions.add("end_at <= ?", query.until.map(Timestamp::as_second));
        conditions.add("status = ?", query.status.map(|status| status.as_str().to_owned()));
        self.read(|connection| conditions.select(connection, SLOT_COLUMNS, "slots", query.limit, slot_row))
    }

    fn slot(&self, id: &str) -> Result<Option<SlotRow>, DbError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(&format!("SELECT {SLOT_COLUMNS} FROM slots WHERE id = ?1"))?
                .query_row([id], slot_row)
                .optional()?;
            Ok(found)
        })
    }

    fn answer(&self, command: CommandId) -> Result<Option<Answer>, DbError> {
        self.read(|connection| answer_of(connection, command))
    }

    fn keep_answer(&self, command: CommandId, answer: &Answer, now: Timestamp) -> Result<Answer, DbError> {
        self.write(|transaction| {
            if let Some(first) = answer_of(transaction, command)? {
                return Ok(first);
            }
            insert_answer(transaction, command, answer, now)?;
            Ok(answer.clone())
        })
    }

    fn book(&self, new: &NewAppointment, now: Timestamp) -> Result<Booked, DbError> {
        self.write(|transaction| {
            if let Some((command, _)) = &new.command
                && let Some(first) = answer_of(transaction, *command)?
            {
                return Ok(Booked::Repeat(first));
            }
            let taken = transaction
                .prepare_cached("UPDATE slots SET status = 'busy' WHERE id = ?1 AND status = 'free'")?
                .execute([&new.slot])?;
            if taken == 0 {
                return Ok(Booked::Taken);
            }
            let command = new.command.as_ref().map(|(command, _)| command.to_string());
            transaction
                .prepare_cached(
                    "INSERT INTO appointments
                     (id, slot_id, patient_system, patient_value, command, status, start_at, version, body)
                     VALUES (?1, ?2, ?3, ?4, ?5, 'booked', ?6, 1, ?7)",
                )?
                .execute(params![
                    new.id,
                    new.slot,
                    new.patient.0,
                    new.patient.1,
                    command,
                    new.start.as_second(),
                    new.body
                ])?;
            if let Some((command, fingerprint)) = &new.command {
                let answer = Answer {
                    fingerprint: fingerprint.clone(),
                    body: new.body.clone(),
                };
                insert_answer(transaction, *command, &answer, now)?;
            }
            Ok(Booked::New)
        })
    }

    fn appointment(&self, id: &str) -> Result<Option<(i64, String)>, DbError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached("SELECT version, body FROM appointments WHERE id = ?1")?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            Ok(found)
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
        conditions.add("command = ?", query.command.map(|command| command.to_string()));
        conditions.add("status = ?", query.status.map(|status| status.as_str().to_owned()));
        conditions.add("start_at >= ?", query.from.map(whole_second_from));
        conditions.add("start_at < ?", query.before.map(whole_second_from));
        self.read(|connection| conditions.select(connection, "body", "appointments", query.limit, |row| row.get(0)))
    }

    fn change(&self, change: &AppointmentChange) -> Result<bool, DbError> {
        self.write(|transaction| {
            let changed = transaction
                .prepare_cached(
                    "UPDATE appointments SET version = version + 1, status = ?1, body = ?2
                     WHERE id = ?3 AND version = ?4",
                )?
                .execute(params![
                    change.status.as_str(),
                    change.body,
                    change.id,
                    change.from_version
                ])?;
            if changed == 1 && change.free_slot {
                transaction
                    .prepare_cached(
                        "UPDATE slots SET status = 'free'
                         WHERE id = (SELECT slot_id FROM appointments WHERE id = ?1)",
                    )?
                    .execute([&change.id])?;
            }
            Ok(changed == 1)
        })
    }
}

/// The first whole second that is not before the instant: slots are kept in whole seconds.
fn whole_second_from(instant: Timestamp) -> i64 {
    instant.as_second() + i64::from(instant.subsec_nanosecond() > 0)
}
