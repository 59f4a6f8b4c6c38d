//! The city and its bookings.

use super::{
    super::{
        Answer, CityContent, Database, DbError, Directory as _, SlotQuery, SlotRow,
        backend::{Backend, Row, Value, values},
        conditions::{Conditions, Page},
    },
    answer_of,
    directory::{ENTRY_COLUMNS, entry_row},
    feeds, insert_answer, next_number,
};
use anban_wire::{
    CommandId,
    directory::OnSiteQuota,
    fhir::{Resource, SlotStatus},
};
use jiff::{Timestamp, civil::Date};

pub(super) const SLOT_COLUMNS: &str =
    "id, schedule_id, start_at, end_at, status, held_by, held_until, version, identifier_system, identifier_value";

pub(super) fn slot_row(row: &Row) -> Result<SlotRow, DbError> {
    let status: String = row.get(4)?;
    Ok(SlotRow {
        id: row.get(0)?,
        schedule: row.get(1)?,
        start: row.get(2)?,
        end: row.get(3)?,
        status: SlotStatus::from_code(&status).unwrap_or(SlotStatus::EnteredInError),
        held: row.get::<Option<String>>(5)?.zip(row.get(6)?),
        version: row.get(7)?,
        identifier: row.get::<Option<String>>(8)?.zip(row.get(9)?),
    })
}

impl<B: Backend> Database for B {
    fn check_writable(&self, now: Timestamp) -> Result<(), DbError> {
        self.write(|session| {
            session.execute(
                "INSERT INTO notes (name, value) VALUES ('checked', $1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &values![now.to_string()],
            )?;
            Ok(())
        })
    }

    fn note(&self, name: &str, first: &str) -> Result<String, DbError> {
        self.write(|session| {
            session.execute(
                "INSERT INTO notes (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                &values![name, first],
            )?;
            let row = session.first("SELECT value FROM notes WHERE name = $1", &values![name])?;
            row.ok_or(DbError::Damaged("note"))?.get(0)
        })
    }

    fn noted(&self, name: &str) -> Result<Option<String>, DbError> {
        self.read(|session| {
            let row = session.first("SELECT value FROM notes WHERE name = $1", &values![name])?;
            row.map(|row| row.get(0)).transpose()
        })
    }

    fn next_number(&self, series: &str, least: i64) -> Result<i64, DbError> {
        self.write(|session| next_number(session, series, least))
    }

    fn directory(&self, kind: &str) -> Result<Vec<Resource>, DbError> {
        self.read(|session| {
            let sql = format!("SELECT {ENTRY_COLUMNS} FROM directory WHERE kind = $1 ORDER BY position, id");
            let rows = session.query(&sql, &values![kind])?;
            rows.iter().map(|row| Ok(entry_row(row)?.resource)).collect()
        })
    }

    fn directory_entry(&self, kind: &str, id: &str) -> Result<Option<Resource>, DbError> {
        Ok(self.entry(kind, id)?.map(|entry| entry.resource))
    }

    fn quotas(&self, day: Date) -> Result<Vec<(String, OnSiteQuota)>, DbError> {
        self.read(|session| {
            let sql = "SELECT service_id, total, remaining FROM on_site_quota WHERE day = $1";
            let rows = session.query(sql, &values![day.to_string()])?;
            let quota = |row: Row| {
                let quota = OnSiteQuota {
                    date: day,
                    total: row.get(1)?,
                    remaining: row.get(2)?,
                };
                Ok((row.get(0)?, quota))
            };
            rows.into_iter().map(quota).collect()
        })
    }

    fn fill(&self, content: &CityContent) -> Result<(), DbError> {
        let entry = |(position, resource): (usize, &Resource)| {
            let body = serde_json::to_string(resource).map_err(|_| DbError::Damaged("directory entry"))?;
            let id = resource.id().ok_or(DbError::Damaged("directory entry"))?;
            let position = i64::try_from(position)
                .unwrap_or(i64::MAX)
                .saturating_add(content.first_position.into());
            Ok(values![resource.type_name(), id, position, body].into())
        };
        let entries = content.resources.iter().enumerate().map(entry);
        let entries: Vec<Vec<Value>> = entries.collect::<Result<_, DbError>>()?;
        let slot =
            |slot: &SlotRow| values![&slot.id, &slot.schedule, slot.start, slot.end, slot.status.as_str()].into();
        let slots: Vec<Vec<Value>> = content.slots.iter().map(slot).collect();
        let calendar = |resource: &Resource| match resource {
            Resource::Schedule(schedule) => {
                let service = schedule
                    .actor
                    .iter()
                    .find_map(|actor| actor.id_of("HealthcareService"))?;
                Some(values![schedule.id.as_ref()?, service].into())
            }
            _ => None,
        };
        let calendars: Vec<Vec<Value>> = content.resources.iter().filter_map(calendar).collect();
        let quota = |(service, quota): &(String, OnSiteQuota)| {
            values![service, quota.date.to_string(), quota.total, quota.remaining].into()
        };
        let quotas: Vec<Vec<Value>> = content.quotas.iter().map(quota).collect();
        self.write(|session| {
            // Two hubs that fill the same city at once would otherwise wait for each other's rows.
            session.alone("fill")?;
            session.execute_all(
                "INSERT INTO directory (kind, id, position, body) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (kind, id) DO UPDATE SET position = excluded.position, body = excluded.body, is_written = 0,
                     version = CASE WHEN directory.body = excluded.body THEN directory.version
                         ELSE directory.version + 1 END",
                &entries,
            )?;
            session.execute_all(
                "INSERT INTO calendars (schedule_id, service_id) VALUES ($1, $2)
                 ON CONFLICT (schedule_id) DO UPDATE SET service_id = excluded.service_id",
                &calendars,
            )?;
            session.execute_all(
                "INSERT INTO slots (id, schedule_id, start_at, end_at, status) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT DO NOTHING",
                &slots,
            )?;
            session.execute_all(
                "INSERT INTO on_site_quota (service_id, day, total, remaining) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (service_id, day) DO UPDATE SET total = excluded.total, remaining = CASE
                     WHEN on_site_quota.total = excluded.total AND on_site_quota.remaining < excluded.remaining
                     THEN on_site_quota.remaining ELSE excluded.remaining END",
                &quotas,
            )?;
            feeds::number_new_slots(session)
        })
    }

    fn forget_past(&self, before: Timestamp) -> Result<(), DbError> {
        let day = anban_wire::CITY_OFFSET.to_datetime(before).date();
        self.write(|session| {
            session.execute(
                "DELETE FROM feed_entries WHERE kind = 'slot' AND subject IN
                     (SELECT id FROM slots WHERE end_at < $1 AND id NOT IN (SELECT slot_id FROM appointments))",
                &values![before],
            )?;
            session.execute(
                "DELETE FROM slots WHERE end_at < $1 AND id NOT IN (SELECT slot_id FROM appointments)",
                &values![before],
            )?;
            session.execute("DELETE FROM on_site_quota WHERE day < $1", &values![day.to_string()])?;
            Ok(())
        })
    }

    fn last_slot(&self, schedule: &str) -> Result<Option<Timestamp>, DbError> {
        self.read(|session| {
            let sql = "SELECT MAX(start_at) FROM slots WHERE schedule_id = $1";
            let row = session.first(sql, &values![schedule])?;
            row.map_or(Ok(None), |row| row.get(0))
        })
    }

    fn slots(&self, query: &SlotQuery) -> Result<(u32, Vec<SlotRow>), DbError> {
        let mut conditions = Conditions::default();
        conditions.any_of("id", query.ids.as_ref());
        conditions.any_of("schedule_id", query.schedules.as_ref());
        conditions.add("start_at >= ?", query.from.map(whole_second_from));
        conditions.add("start_at < ?", query.before.map(whole_second_from));
        conditions.add("end_at <= ?", query.until);
        match query.status {
            Some((SlotStatus::Free, now)) => {
                conditions.add("status = ?", Some("free"));
                conditions.add("(held_until IS NULL OR held_until <= ?)", Some(now));
            }
            Some((SlotStatus::BusyTentative, now)) => {
                conditions.add("status = ?", Some("free"));
                conditions.add("held_until > ?", Some(now));
            }
            Some((status, _)) => conditions.add("status = ?", Some(status.as_str())),
            None => {}
        }
        self.read(|session| {
            let page = Page::by_beginning(query.after.as_ref(), query.limit);
            conditions
                .clone()
                .select(session, SLOT_COLUMNS, "slots", page, slot_row)
        })
    }

    fn slot(&self, id: &str) -> Result<Option<SlotRow>, DbError> {
        self.read(|session| {
            let sql = format!("SELECT {SLOT_COLUMNS} FROM slots WHERE id = $1");
            session.first(&sql, &values![id])?.as_ref().map(slot_row).transpose()
        })
    }

    fn answer(&self, command: CommandId) -> Result<Option<Answer>, DbError> {
        self.read(|session| answer_of(session, command))
    }

    fn keep_answer(&self, command: CommandId, answer: &Answer, now: Timestamp) -> Result<Answer, DbError> {
        self.write(|session| {
            if let Some(first) = answer_of(session, command)? {
                return Ok(first);
            }
            insert_answer(session, command, answer, now)?;
            Ok(answer.clone())
        })
    }
}

/// The first whole second that is not before the instant: slots are kept in whole seconds.
pub(super) fn whole_second_from(instant: Timestamp) -> i64 {
    instant.as_second() + i64::from(instant.subsec_nanosecond() > 0)
}
