//! The register of persons on SQLite.

use super::{
    Answer, DbError, KnownPerson, NewPerson, PersonRow, Register, Registered, Sqlite,
    sqlite::{answer_of, insert_answer, instant},
};
use anban_wire::{CommandId, documents::DocumentKind};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

impl Register for Sqlite {
    fn register(
        &self,
        person: &NewPerson,
        command: CommandId,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<Registered, DbError> {
        self.write(|transaction| {
            if let Some(first) = answer_of(transaction, command)? {
                return Ok(Registered::Repeat(first));
            }
            let since = match person_of(transaction, &person.identity_number)? {
                Some(known) if known.name != person.name => return Ok(Registered::OtherName),
                Some(known) => known.registered_at,
                None => {
                    insert_person(transaction, person, now)?;
                    now
                }
            };
            let answer = Answer {
                fingerprint: fingerprint.to_owned(),
                body: since.as_second().to_string(),
            };
            insert_answer(transaction, command, &answer, now)?;
            Ok(Registered::Since(since))
        })
    }

    fn person(&self, identity_number: &str) -> Result<Option<PersonRow>, DbError> {
        self.read(|connection| person_of(connection, identity_number))
    }

    fn record(&self, identity_number: &str, kind: DocumentKind) -> Result<Option<BTreeMap<String, String>>, DbError> {
        self.read(|connection| {
            let body: Option<String> = connection
                .prepare_cached("SELECT body FROM person_records WHERE identity_number = ?1 AND kind = ?2")?
                .query_row([identity_number, kind.as_str()], |row| row.get(0))
                .optional()?;
            body.map(|body| serde_json::from_str(&body).map_err(|_| DbError::Damaged("record")))
                .transpose()
        })
    }

    fn fill_register(&self, persons: &[KnownPerson], now: Timestamp) -> Result<(), DbError> {
        self.write(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO person_records (identity_number, kind, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (identity_number, kind) DO UPDATE SET body = excluded.body",
            )?;
            for known in persons {
                let number = &known.person.identity_number;
                if person_of(transaction, number)?.is_none() {
                    insert_person(transaction, &known.person, now)?;
                }
                for (kind, record) in &known.records {
                    let body = serde_json::to_string(record).map_err(|_| DbError::Damaged("record"))?;
                    insert.execute(params![number, kind.as_str(), body])?;
                }
            }
            Ok(())
        })
    }
}

fn person_of(connection: &Connection, identity_number: &str) -> Result<Option<PersonRow>, DbError> {
    let found = connection
        .prepare_cached("SELECT name, registered_at FROM persons WHERE identity_number = ?1")?
        .query_row([identity_number], |row| {
            Ok(PersonRow {
                name: row.get(0)?,
                registered_at: instant(row, 1)?,
            })
        })
        .optional()?;
    Ok(found)
}

fn insert_person(connection: &Connection, person: &NewPerson, now: Timestamp) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "INSERT INTO persons (identity_number, name, channel, telephone, helper, registered_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            person.identity_number,
            person.name,
            person.channel.as_str(),
            person.telephone,
            person.helper,
            now.as_second()
        ])?;
    Ok(())
}
