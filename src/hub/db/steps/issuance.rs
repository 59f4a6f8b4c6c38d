//! Documents, keys and revocations.

use super::{
    super::{
        Answer, Counts, DbError, DocumentRow, Issuance, KeyRow, Subject,
        backend::{Backend, Row, Value, values},
        issuance::TRUST_CHANGES,
    },
    answer_of, insert_answer, next_number,
};
use anban_wire::CommandId;
use jiff::Timestamp;

fn document(row: &Row) -> Result<DocumentRow, DbError> {
    Ok(DocumentRow {
        id: row.get(0)?,
        kind: row.get(1)?,
        key_id: row.get(2)?,
        issued_at: row.get(3)?,
        expires_at: row.get(4)?,
    })
}

fn key(row: &Row) -> Result<KeyRow, DbError> {
    Ok(KeyRow {
        key_id: row.get(0)?,
        public_key: row.get(1)?,
        file: row.get(2)?,
        signs_from: row.get(3)?,
    })
}

impl<B: Backend> Issuance for B {
    fn keep_document(
        &self,
        command: CommandId,
        answer: &Answer,
        document: &DocumentRow,
        now: Timestamp,
    ) -> Result<Answer, DbError> {
        self.write(|session| {
            if let Some(first) = answer_of(session, command)? {
                return Ok(first);
            }
            insert_answer(session, command, answer, now)?;
            session.execute(
                "INSERT INTO documents (id, kind, key_id, issued_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
                &values![
                    &document.id,
                    &document.kind,
                    &document.key_id,
                    document.issued_at,
                    document.expires_at
                ],
            )?;
            Ok(answer.clone())
        })
    }

    fn document(&self, id: &str) -> Result<Option<DocumentRow>, DbError> {
        self.read(|session| {
            let sql = "SELECT id, kind, key_id, issued_at, expires_at FROM documents WHERE id = $1";
            session.first(sql, &values![id])?.as_ref().map(document).transpose()
        })
    }

    fn counts(&self, now: Timestamp) -> Result<Counts, DbError> {
        self.read(|session| {
            let rows = session.query("SELECT kind, COUNT(*) FROM documents GROUP BY kind ORDER BY kind", &[])?;
            let count = |sql: &str, value: Value| -> Result<u32, DbError> {
                session.first(sql, &[value])?.map_or(Ok(0), |row| row.get(0))
            };
            Ok(Counts {
                issued: rows
                    .iter()
                    .map(|row| Ok((row.get(0)?, row.get(1)?)))
                    .collect::<Result<_, DbError>>()?,
                current: count("SELECT COUNT(*) FROM documents WHERE expires_at > $1", now.into())?,
                revoked: count(
                    "SELECT COUNT(*) FROM revocations WHERE subject = $1",
                    Subject::Document.as_str().into(),
                )?,
            })
        })
    }

    fn issuing_keys(&self) -> Result<Vec<KeyRow>, DbError> {
        self.read(|session| {
            let sql = "SELECT key_id, public_key, file, signs_from FROM issuing_keys ORDER BY signs_from, key_id";
            session.query(sql, &[])?.iter().map(key).collect()
        })
    }

    fn put_key(&self, key: &KeyRow) -> Result<(), DbError> {
        self.write(|session| {
            session.execute(
                "INSERT INTO issuing_keys (key_id, public_key, file, signs_from) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (key_id) DO UPDATE SET signs_from = excluded.signs_from",
                &values![&key.key_id, &key.public_key, &key.file, key.signs_from],
            )?;
            next_number(session, TRUST_CHANGES, 1).map(drop)
        })
    }

    fn remove_key(&self, key_id: &str) -> Result<(), DbError> {
        self.write(|session| {
            session.execute("DELETE FROM issuing_keys WHERE key_id = $1", &values![key_id])?;
            next_number(session, TRUST_CHANGES, 1).map(drop)
        })
    }

    fn last_expiry(&self, key_id: &str) -> Result<Option<Timestamp>, DbError> {
        self.read(|session| {
            let sql = "SELECT MAX(expires_at) FROM documents WHERE key_id = $1";
            session.first(sql, &values![key_id])?.map_or(Ok(None), |row| row.get(0))
        })
    }

    fn revoke(&self, subject: Subject, id: &str, now: Timestamp) -> Result<bool, DbError> {
        self.write(|session| {
            let new = session.execute(
                "INSERT INTO revocations (subject, id, revoked_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                &values![subject.as_str(), id, now],
            )?;
            if new > 0 {
                next_number(session, TRUST_CHANGES, 1)?;
            }
            Ok(new > 0)
        })
    }

    fn is_revoked(&self, subject: Subject, id: &str) -> Result<bool, DbError> {
        self.read(|session| {
            let sql = "SELECT id FROM revocations WHERE subject = $1 AND id = $2";
            Ok(session.first(sql, &values![subject.as_str(), id])?.is_some())
        })
    }

    fn revocations(&self, subject: Subject, not_expired_before: Timestamp) -> Result<Vec<String>, DbError> {
        self.read(|session| {
            let rows = session.query(
                "SELECT r.id FROM revocations r LEFT JOIN documents d ON d.id = r.id
                 WHERE r.subject = $1 AND (d.expires_at IS NULL OR d.expires_at >= $2) ORDER BY r.id",
                &values![subject.as_str(), not_expired_before],
            )?;
            rows.iter().map(|row| row.get(0)).collect()
        })
    }

    fn trust_changes(&self) -> Result<i64, DbError> {
        self.read(|session| {
            let row = session.first("SELECT value FROM notes WHERE name = $1", &values![TRUST_CHANGES])?;
            let count: Option<String> = row.map(|row| row.get(0)).transpose()?;
            count.map_or(Ok(0), |text| text.parse().map_err(|_| DbError::Damaged("number")))
        })
    }
}
