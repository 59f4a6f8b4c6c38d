//! What schedulers write: see [`super::super::directory`].

use super::{
    super::{
        DbError, Directory, EntryRow, EntryWrite, FIRST_OF_HOSPITALS, Obstacle, SlotWrite, Written,
        backend::{Backend, Row, Session, values},
    },
    bookings::Outcome,
    feeds::Told,
};
use anban_wire::fhir::{Meta, Resource, SlotStatus};
use jiff::Timestamp;

pub(super) const ENTRY_COLUMNS: &str = "body, version, updated_at, is_written";

pub(super) fn entry_row(row: &Row) -> Result<EntryRow, DbError> {
    let body: String = row.get(0)?;
    let resource: Resource = serde_json::from_str(&body).map_err(|_| DbError::Damaged("directory entry"))?;
    let version: i64 = row.get(1)?;
    let meta = Meta {
        version_id: Some(version.to_string()),
        last_updated: row.get(2)?,
        profile: vec![],
    };
    Ok(EntryRow {
        resource: resource.with_meta(Some(meta)),
        version,
        is_written: row.get(3)?,
    })
}

fn entry(session: &dyn Session, kind: &str, id: &str) -> Result<Option<EntryRow>, DbError> {
    let sql = format!("SELECT {ENTRY_COLUMNS} FROM directory WHERE kind = $1 AND id = $2");
    let row = session.first(&sql, &values![kind, id])?;
    row.as_ref().map(entry_row).transpose()
}

impl<B: Backend> Directory for B {
    fn entry(&self, kind: &str, id: &str) -> Result<Option<EntryRow>, DbError> {
        self.read(|session| entry(session, kind, id))
    }

    fn entry_by_number(&self, kind: &str, system: &str, value: &str) -> Result<Option<String>, DbError> {
        self.read(|session| {
            let row = if kind == "Slot" {
                let sql = "SELECT id FROM slots WHERE identifier_system = $1 AND identifier_value = $2";
                session.first(sql, &values![system, value])?
            } else {
                let sql = "SELECT id FROM directory_identifiers WHERE kind = $1 AND system = $2 AND value = $3";
                session.first(sql, &values![kind, system, value])?
            };
            row.map(|row| row.get(0)).transpose()
        })
    }

    fn closed_calendars(&self) -> Result<Vec<String>, DbError> {
        self.read(|session| {
            let sql = "SELECT schedule_id FROM calendars WHERE is_active = 0 OR is_service_active = 0";
            session.query(sql, &[])?.iter().map(|row| row.get(0)).collect()
        })
    }
}

/// Makes or changes an entry. All who fill in or write the directory do so alone.
pub(super) fn keep_entry(session: &dyn Session, entry: &EntryWrite, now: Timestamp, told: &mut Told) -> Outcome {
    let resource = &entry.resource;
    let kind = resource.type_name();
    let id = resource.id().ok_or(DbError::Damaged("directory entry"))?;
    let body = serde_json::to_string(resource).map_err(|_| DbError::Damaged("directory entry"))?;
    let kept = match entry.from_version {
        None => session.execute(
            "INSERT INTO directory (kind, id, position, body, is_written, version, updated_at)
             SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COALESCE(MAX(position), -1) + 1, CAST($3 AS TEXT), 1, 1,
                    CAST($4 AS BIGINT)
             FROM directory WHERE position < $5
             ON CONFLICT (kind, id) DO NOTHING",
            &values![kind, id, body, now, i64::from(FIRST_OF_HOSPITALS)],
        )?,
        Some(from) => session.execute(
            "UPDATE directory SET body = $3, updated_at = $4, version = version + 1
             WHERE kind = $1 AND id = $2 AND version = $5 AND is_written = 1",
            &values![kind, id, body, now, from],
        )?,
    };
    if kept != 1 {
        return Ok(Err(Obstacle::Changed));
    }
    session.execute_later(
        "DELETE FROM directory_identifiers WHERE kind = $1 AND id = $2",
        values![kind, id].into(),
    )?;
    for (system, value) in &entry.identifiers {
        let kept = session.execute(
            "INSERT INTO directory_identifiers (kind, system, value, id) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
            &values![kind, system, value, id],
        )?;
        if kept != 1 {
            return Ok(Err(Obstacle::NumberTaken));
        }
    }
    match resource {
        Resource::Schedule(schedule) => {
            let mut actors = schedule.actor.iter();
            let service = actors.find_map(|actor| actor.id_of("HealthcareService"));
            keep_calendar(session, id, service.unwrap_or_default(), schedule.active, now, told)?;
        }
        Resource::HealthcareService(service) => {
            let is_active = service.active != Some(false);
            let changed = session.execute(
                "UPDATE calendars SET is_service_active = $2 WHERE service_id = $1 AND is_service_active <> $2",
                &values![id, i64::from(is_active)],
            )?;
            if changed > 0 {
                tell_times(session, "service_id", id, now, told)?;
            }
            if let Some((day, total)) = entry.quota {
                session.execute(
                    "INSERT INTO on_site_quota (service_id, day, total, remaining) VALUES ($1, $2, $3, $3)
                     ON CONFLICT (service_id, day) DO UPDATE SET
                         total = CASE WHEN excluded.total > on_site_quota.total - on_site_quota.remaining
                             THEN excluded.total ELSE on_site_quota.total - on_site_quota.remaining END,
                         remaining = CASE WHEN excluded.total > on_site_quota.total - on_site_quota.remaining
                             THEN excluded.total - (on_site_quota.total - on_site_quota.remaining) ELSE 0 END",
                    &values![id, day.to_string(), total],
                )?;
                told.quota(id);
            }
        }
        _ => (),
    }
    Ok(Ok(Written::Done))
}

/// Notes which department a calendar belongs to, and whether its times are offered.
fn keep_calendar(
    session: &dyn Session,
    id: &str,
    service: &str,
    active: Option<bool>,
    now: Timestamp,
    told: &mut Told,
) -> Result<(), DbError> {
    let department = entry(session, "HealthcareService", service)?;
    let is_service_active = !matches!(
        department.map(|row| row.resource),
        Some(Resource::HealthcareService(service)) if service.active == Some(false)
    );
    let is_active = i64::from(active != Some(false));
    let made = session.execute(
        "INSERT INTO calendars (schedule_id, service_id, is_active, is_service_active) VALUES ($1, $2, $3, $4)
         ON CONFLICT (schedule_id) DO NOTHING",
        &values![id, service, is_active, i64::from(is_service_active)],
    )?;
    if made == 0 {
        let changed = session.execute(
            "UPDATE calendars SET is_active = $2 WHERE schedule_id = $1 AND is_active <> $2",
            &values![id, is_active],
        )?;
        if changed > 0 {
            tell_times(session, "schedule_id", id, now, told)?;
        }
    }
    Ok(())
}

/// Tells the feeds of all times to come of a calendar or department: they are offered now, or no longer.
fn tell_times(session: &dyn Session, column: &str, id: &str, now: Timestamp, told: &mut Told) -> Result<(), DbError> {
    let rows = session.query(
        &format!(
            "SELECT slots.id FROM slots JOIN calendars ON calendars.schedule_id = slots.schedule_id
             WHERE calendars.{column} = $1 AND slots.end_at > $2"
        ),
        &values![id, now],
    )?;
    for row in rows {
        told.slot(session, &row.get::<String>(0)?)?;
    }
    Ok(())
}

/// Makes or changes a time. One that is booked or held keeps its time and is not made free; it may be closed.
pub(super) fn keep_slot(session: &dyn Session, write: &SlotWrite, now: Timestamp, told: &mut Told) -> Outcome {
    let slot = &write.slot;
    let (system, value) = slot.identifier.clone().unzip();
    let other = session.first(
        "SELECT id FROM slots WHERE schedule_id = $1 AND start_at = $2 AND id <> $3",
        &values![&slot.schedule, slot.start, &slot.id],
    )?;
    if other.is_some() {
        return Ok(Err(Obstacle::TimeTaken));
    }
    if value.is_some() {
        let other = session.first(
            "SELECT id FROM slots WHERE identifier_system = $1 AND identifier_value = $2 AND id <> $3",
            &values![system.as_ref(), value.as_ref(), &slot.id],
        )?;
        if other.is_some() {
            return Ok(Err(Obstacle::NumberTaken));
        }
    }
    let Some(from) = write.from_version else {
        let made = session.execute(
            "INSERT INTO slots (id, schedule_id, start_at, end_at, status, identifier_system, identifier_value)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
            &values![
                &slot.id,
                &slot.schedule,
                slot.start,
                slot.end,
                slot.status.as_str(),
                system.as_ref(),
                value.as_ref()
            ],
        )?;
        if made != 1 {
            return Ok(Err(Obstacle::Changed));
        }
        told.new_slot(&slot.id);
        return Ok(Ok(Written::Done));
    };
    let is_closing = i64::from(slot.status != SlotStatus::Free);
    let changed = session.execute(
        "UPDATE slots SET start_at = $2, end_at = $3, status = $4, identifier_system = $5, identifier_value = $6,
             version = version + 1, held_by = NULL, held_until = NULL
         WHERE id = $1 AND version = $7
             AND (CAST($8 AS BIGINT) = 1 AND start_at = $2 AND end_at = $3
                  OR id NOT IN (SELECT slot_id FROM appointments WHERE status = 'booked')
                     AND (status <> 'free' OR held_until IS NULL OR held_until <= $9))",
        &values![
            &slot.id,
            slot.start,
            slot.end,
            slot.status.as_str(),
            system.as_ref(),
            value.as_ref(),
            from,
            is_closing,
            now
        ],
    )?;
    if changed == 1 {
        told.slot(session, &slot.id)?;
        return Ok(Ok(Written::Done));
    }
    let is_still = session.first(
        "SELECT id FROM slots WHERE id = $1 AND version = $2",
        &values![&slot.id, from],
    )?;
    Ok(Err(if is_still.is_some() {
        Obstacle::InUse
    } else {
        Obstacle::Changed
    }))
}
