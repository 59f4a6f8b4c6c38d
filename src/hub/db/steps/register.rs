//! The register of persons.

use super::{
    super::{
        Answer, DbError, KnownPerson, NewPerson, PersonRow, Register, Registered,
        backend::{Backend, Session, values},
    },
    answer_of, insert_answer,
};
use anban_wire::{CommandId, documents::DocumentKind};
use jiff::Timestamp;
use std::collections::BTreeMap;

impl<B: Backend> Register for B {
    fn register(
        &self,
        person: &NewPerson,
        command: CommandId,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<Registered, DbError> {
        self.write(|session| {
            if let Some(first) = answer_of(session, command)? {
                return Ok(Registered::Repeat(first));
            }
            let since = match person_of(session, &person.identity_number)? {
                Some(known) if known.name != person.name => return Ok(Registered::OtherName),
                Some(known) => known.registered_at,
                None => {
                    insert_person(session, person, now)?;
                    now
                }
            };
            let answer = Answer {
                fingerprint: fingerprint.to_owned(),
                body: since.as_second().to_string(),
            };
            insert_answer(session, command, &answer, now)?;
            Ok(Registered::Since(since))
        })
    }

    fn person(&self, identity_number: &str) -> Result<Option<PersonRow>, DbError> {
        self.read(|session| person_of(session, identity_number))
    }

    fn record(&self, identity_number: &str, kind: DocumentKind) -> Result<Option<BTreeMap<String, String>>, DbError> {
        self.read(|session| {
            let row = session.first(
                "SELECT body FROM person_records WHERE identity_number = $1 AND kind = $2",
                &values![identity_number, kind.as_str()],
            )?;
            row.map(|row| {
                let body: String = row.get(0)?;
                serde_json::from_str(&body).map_err(|_| DbError::Damaged("record"))
            })
            .transpose()
        })
    }

    fn fill_register(&self, persons: &[KnownPerson], now: Timestamp) -> Result<(), DbError> {
        self.write(|session| {
            session.alone("fill")?;
            for known in persons {
                let number = &known.person.identity_number;
                if person_of(session, number)?.is_none() {
                    insert_person(session, &known.person, now)?;
                }
                for (kind, record) in &known.records {
                    let body = serde_json::to_string(record).map_err(|_| DbError::Damaged("record"))?;
                    session.execute(
                        "INSERT INTO person_records (identity_number, kind, body) VALUES ($1, $2, $3)
                         ON CONFLICT (identity_number, kind) DO UPDATE SET body = excluded.body",
                        &values![number, kind.as_str(), body],
                    )?;
                }
            }
            Ok(())
        })
    }
}

fn person_of(session: &dyn Session, identity_number: &str) -> Result<Option<PersonRow>, DbError> {
    let sql = "SELECT name, registered_at FROM persons WHERE identity_number = $1";
    let row = session.first(sql, &values![identity_number])?;
    row.map(|row| {
        Ok(PersonRow {
            name: row.get(0)?,
            registered_at: row.get(1)?,
        })
    })
    .transpose()
}

/// If another step registers the same person at the same moment, this step is run again and finds them.
fn insert_person(session: &dyn Session, person: &NewPerson, now: Timestamp) -> Result<(), DbError> {
    session.execute(
        "INSERT INTO persons (identity_number, name, channel, telephone, helper, registered_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        &values![
            &person.identity_number,
            &person.name,
            person.channel.as_str(),
            &person.telephone,
            &person.helper,
            now
        ],
    )?;
    Ok(())
}
