//! The audit trail.

use super::super::{
    Audit, AuditAction, AuditHead, AuditNote, AuditOutcome, AuditQuery, AuditRow, DbError,
    backend::{Backend, Row, Session, values},
    conditions::{Conditions, Page},
};

const COLUMNS: &str = "id, noted_at, request, caller, caller_name, action, resource, patient_id, outcome, number, hash";

impl<B: Backend> Audit for B {
    fn note_audit(&self, notes: &[AuditNote]) -> Result<(), DbError> {
        self.write(|session| notes.iter().try_for_each(|note| insert_note(session, note)))
    }

    fn audit(&self, query: &AuditQuery) -> Result<(u32, Vec<AuditNote>), DbError> {
        let mut conditions = Conditions::default();
        conditions.add("id = ?", query.id.clone());
        conditions.add("patient_id = ?", query.patient.clone());
        conditions.add("noted_at >= ?", query.from);
        conditions.add("noted_at < ?", query.before);
        self.read(|session| {
            let page = Page {
                time: "noted_at",
                is_latest_first: true,
                after: query.after.as_ref(),
                limit: query.limit,
            };
            conditions
                .clone()
                .select(session, COLUMNS, "audit_events", page, note_of)
        })
    }

    fn seal_audit(&self, most: u32) -> Result<(AuditHead, u32), DbError> {
        self.write(|session| {
            session.alone("audit")?;
            let last = session.first(
                "SELECT number, hash FROM audit_events WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1",
                &[],
            )?;
            let mut head = match last {
                Some(row) => AuditHead {
                    number: row.get(0)?,
                    hash: row.get(1)?,
                },
                None => AuditHead {
                    number: 0,
                    hash: String::new(),
                },
            };
            let sql =
                format!("SELECT {COLUMNS} FROM audit_events WHERE number IS NULL ORDER BY noted_at, id LIMIT {most}");
            let mut sealed = vec![];
            for row in session.query(&sql, &[])? {
                let note = note_of(&row)?;
                head.number += 1;
                head.hash = note.seal(head.number, &head.hash);
                sealed.push(values![head.number, &head.hash, &note.id].to_vec());
            }
            session.execute_all("UPDATE audit_events SET number = $1, hash = $2 WHERE id = $3", &sealed)?;
            Ok((head, u32::try_from(sealed.len()).unwrap_or(u32::MAX)))
        })
    }

    fn audit_chain(&self, after: i64, most: u32) -> Result<Vec<AuditRow>, DbError> {
        self.read(|session| {
            let sql = format!("SELECT {COLUMNS} FROM audit_events WHERE number > $1 ORDER BY number LIMIT {most}");
            let rows = session.query(&sql, &values![after])?;
            rows.iter()
                .map(|row| {
                    Ok(AuditRow {
                        note: note_of(row)?,
                        number: row.get(9)?,
                        hash: row.get(10)?,
                    })
                })
                .collect()
        })
    }

    fn audit_unsealed(&self) -> Result<u32, DbError> {
        self.read(|session| {
            let row = session.first("SELECT COUNT(*) FROM audit_events WHERE number IS NULL", &[])?;
            row.map_or(Ok(0), |row| row.get(0))
        })
    }
}

/// Writes a note within a step that does what it is about.
pub(super) fn insert_note(session: &dyn Session, note: &AuditNote) -> Result<(), DbError> {
    session.execute_later(
        "INSERT INTO audit_events
         (id, noted_at, request, caller, caller_name, action, resource, patient_id, outcome)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            &note.id,
            note.at,
            &note.request,
            &note.caller,
            &note.caller_name,
            note.action.as_str(),
            &note.resource,
            &note.patient,
            note.outcome.as_str()
        ]
        .into(),
    )
}

fn note_of(row: &Row) -> Result<AuditNote, DbError> {
    let (action, outcome): (String, String) = (row.get(5)?, row.get(8)?);
    Ok(AuditNote {
        id: row.get(0)?,
        at: row.get(1)?,
        request: row.get(2)?,
        caller: row.get(3)?,
        caller_name: row.get(4)?,
        action: AuditAction::from_code(&action).ok_or(DbError::Damaged("note of the audit trail"))?,
        resource: row.get(6)?,
        patient: row.get(7)?,
        outcome: AuditOutcome::from_code(&outcome).ok_or(DbError::Damaged("note of the audit trail"))?,
    })
}
