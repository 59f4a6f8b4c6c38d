//! Documents, keys and revocations on SQLite.

use super::{
    Answer, Counts, DbError, DocumentRow, Issuance, KeyRow, Sqlite, Subject,
    issuance::TRUST_CHANGES,
    sqlite::{answer_of, insert_answer, instant, next_number},
};
use anban_wire::CommandId;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

impl Issuance for Sqlite {
    fn keep_document(
        &self,
        command: CommandId,
        answer: &Answer,
        document: &DocumentRow,
        now: Timestamp,
    ) -> Result<Answer, DbError> {
        self.write(|transaction| {
            if let Some(first) = answer_of(transaction, command)? {
                return Ok(first);
            }
            insert_answer(transaction, command, answer, now)?;
            transaction
                .prepare_cached(
                    "INSERT INTO documents (id, kind, key_id, issued_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    document.id,
                    document.kind,
                    document.key_id,
                    document.issued_at.as_second(),
                    document.expires_at.as_second()
                ])?;
            Ok(answer.clone())
        })
    }

    fn document(&self, id: &str) -> Result<Option<DocumentRow>, DbError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached("SELECT id, kind, key_id, issued_at, expires_at FROM documents WHERE id = ?1")?
                .query_row([id], |row| {
                    Ok(DocumentRow {
                        id: row.get(0)?,
                        kind: row.get(1)?,
                        key_id: row.get(2)?,
                        issued_at: instant(row, 3)?,
                        expires_at: instant(row, 4)?,
                    })
                })
                .optional()?;
            Ok(found)
        })
    }

    fn counts(&self, now: Timestamp) -> Result<Counts, DbError> {
        self.read(|connection| {
            let issued = connection
                .prepare_cached("SELECT kind, COUNT(*) FROM documents GROUP BY kind ORDER BY kind")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let count = |sql: &str, value: &dyn rusqlite::ToSql| -> rusqlite::Result<u32> {
                connection.prepare_cached(sql)?.query_row([value], |row| row.get(0))
            };
            Ok(Counts {
                issued,
                current: count("SELECT COUNT(*) FROM documents WHERE expires_at > ?1", &now.as_second())?,
                revoked: count(
                    "SELECT COUNT(*) FROM revocations WHERE subject = ?1",
                    &Subject::Document.as_str(),
                )?,
            })
        })
    }

    fn issuing_keys(&self) -> Result<Vec<KeyRow>, DbError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(
                    "SELECT key_id, public_key, file, signs_from FROM issuing_keys ORDER BY signs_from, key_id",
                )?
                .query_map([], |row| {
                    Ok(KeyRow {
                        key_id: row.get(0)?,
                        public_key: row.get(1)?,
                        file: row.get(2)?,
                        signs_from: instant(row, 3)?,
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(found)
        })
    }

    fn put_key(&self, key: &KeyRow) -> Result<(), DbError> {
        self.write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO issuing_keys (key_id, public_key, file, signs_from) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (key_id) DO UPDATE SET signs_from = excluded.signs_from",
                )?
                .execute(params![
                    key.key_id,
                    key.public_key,
                    key.file,
                    key.signs_from.as_second()
                ])?;
            next_number(transaction, TRUST_CHANGES, 1)?;
            Ok(())
        })
    }

    fn remove_key(&self, key_id: &str) -> Result<(), DbError> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM issuing_keys WHERE key_id = ?1", [key_id])?;
            next_number(transaction, TRUST_CHANGES, 1)?;
            Ok(())
        })
    }

    fn last_expiry(&self, key_id: &str) -> Result<Option<Timestamp>, DbError> {
        self.read(|connection| {
            let last: Option<i64> = connection
                .prepare_cached("SELECT MAX(expires_at) FROM documents WHERE key_id = ?1")?
                .query_row([key_id], |row| row.get(0))?;
            last.map(|second| Timestamp::from_second(second).map_err(|_| DbError::Damaged("document")))
                .transpose()
        })
    }

    fn revoke(&self, subject: Subject, id: &str, now: Timestamp) -> Result<bool, DbError> {
        self.write(|transaction| {
            let new = transaction.execute(
                "INSERT INTO revocations (subject, id, revoked_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![subject.as_str(), id, now.as_second()],
            )?;
            if new > 0 {
                next_number(transaction, TRUST_CHANGES, 1)?;
            }
            Ok(new > 0)
        })
    }

    fn is_revoked(&self, subject: Subject, id: &str) -> Result<bool, DbError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached("SELECT 1 FROM revocations WHERE subject = ?1 AND id = ?2")?
                .exists([subject.as_str(), id])?;
            Ok(found)
        })
    }

    fn revocations(&self, subject: Subject, not_expired_before: Timestamp) -> Result<Vec<String>, DbError> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(
                    "SELECT r.id FROM revocations r LEFT JOIN documents d ON d.id = r.id
                     WHERE r.subject = ?1 AND (d.expires_at IS NULL OR d.expires_at >= ?2) ORDER BY r.id",
                )?
                .query_map(params![subject.as_str(), not_expired_before.as_second()], |row| {
                    row.get(0)
                })?
                .collect::<Result<_, _>>()?;
            Ok(found)
        })
    }

    fn trust_changes(&self) -> Result<i64, DbError> {
        self.read(|connection| {
            let count: Option<String> = connection
                .prepare_cached("SELECT value FROM notes WHERE name = ?1")?
                .query_row([TRUST_CHANGES], |row| row.get(0))
                .optional()?;
            count.map_or(Ok(0), |text| text.parse().map_err(|_| DbError::Damaged("number")))
        })
    }
}
