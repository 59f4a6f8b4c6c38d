//! Patients with an id, devices and staff with their tokens, invitations and grants.

use super::{
    super::{
        AccountKind, AccountRow, Accounts, Answer, AuditNote, DbError, DeviceRegistered, NewDevice, PatientRow,
        SignedIn, TakenUp,
        backend::{Backend, Row, Session, values},
    },
    answer_of,
    audit::insert_note,
    feeds::Told,
    insert_answer,
};
use crate::{accounts::Role, booking::fingerprint};
use anban_wire::{
    CommandId,
    accounts::{Grant, GrantsAnswer, InvitationAnswer, Relationship},
};
use jiff::Timestamp;

const ACCOUNT_COLUMNS: &str = "a.id, a.secret, a.name, a.role, a.patient_id, a.created_at";
const GRANTS: &str = "SELECT g.id, g.patient_id, p.name, h.name, g.relationship, g.since, g.helper_id FROM grants g
     JOIN patients p ON p.id = g.patient_id JOIN patients h ON h.id = g.helper_id WHERE g.ended_at IS NULL";

impl<B: Backend> Accounts for B {
    fn register_device(
        &self,
        new: &NewDevice,
        command: CommandId,
        now: Timestamp,
        note: &AuditNote,
    ) -> Result<DeviceRegistered, DbError> {
        let asked = fingerprint(&[
            "device",
            &new.secret,
            &new.name,
            new.telephone.as_deref().unwrap_or_default(),
        ]);
        self.write(|session| {
            if let Some(first) = answer_of(session, command)? {
                if first.fingerprint != asked {
                    return Ok(DeviceRegistered::CommandReused);
                }
                let (device, patient) = first.body.split_once(' ').ok_or(DbError::Damaged("answer"))?;
                return Ok(DeviceRegistered::Is {
                    device: device.to_owned(),
                    patient: patient.to_owned(),
                });
            }
            session.execute(
                "INSERT INTO patients (id, version, updated_at, name, telephone, body) VALUES ($1, 1, $2, $3, $4, $5)",
                &values![&new.patient, now, &new.name, &new.telephone, &new.body],
            )?;
            session.execute(
                "INSERT INTO accounts (id, kind, secret, name, patient_id, created_at)
                 VALUES ($1, 'device', $2, $3, $4, $5)",
                &values![&new.id, &new.secret, &new.name, &new.patient, now],
            )?;
            let answer = Answer {
                fingerprint: asked.clone(),
                body: format!("{} {}", new.id, new.patient),
            };
            insert_answer(session, command, &answer, now)?;
            insert_note(session, note)?;
            Ok(DeviceRegistered::Is {
                device: new.id.clone(),
                patient: new.patient.clone(),
            })
        })
    }

    fn account(&self, id: &str) -> Result<Option<AccountRow>, DbError> {
        self.read(|session| {
            let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM accounts a WHERE a.id = $1 AND a.ended_at IS NULL");
            session.first(&sql, &values![id])?.as_ref().map(account_of).transpose()
        })
    }

    fn keep_token(&self, account: &str, token: &str, expires_at: Timestamp) -> Result<bool, DbError> {
        self.write(|session| {
            let kept = session.execute(
                "INSERT INTO tokens (token, account_id, expires_at)
                 SELECT $1, id, CAST($2 AS BIGINT) FROM accounts WHERE id = $3 AND ended_at IS NULL",
                &values![token, expires_at, account],
            )?;
            Ok(kept == 1)
        })
    }

    fn signed_in(&self, token: &str, now: Timestamp) -> Result<Option<SignedIn>, DbError> {
        self.read(|session| {
            let sql = format!(
                "SELECT {ACCOUNT_COLUMNS} FROM tokens t JOIN accounts a ON a.id = t.account_id
                 WHERE t.token = $1 AND t.expires_at > $2 AND a.ended_at IS NULL"
            );
            let Some(row) = session.first(&sql, &values![token, now])? else {
                return Ok(None);
            };
            let account = account_of(&row)?;
            let grants = match &account.kind {
                AccountKind::Device(patient) => session
                    .query(
                        "SELECT id, patient_id FROM grants WHERE helper_id = $1 AND ended_at IS NULL ORDER BY since, id",
                        &values![patient],
                    )?
                    .iter()
                    .map(|row| Ok((row.get(0)?, row.get(1)?)))
                    .collect::<Result<_, DbError>>()?,
                AccountKind::Staff(_) => vec![],
            };
            Ok(Some(SignedIn { account, grants }))
        })
    }

    fn end_token(&self, account: &str, token: &str) -> Result<(), DbError> {
        self.write(|session| {
            let sql = "DELETE FROM tokens WHERE token = $1 AND account_id = $2";
            session.execute(sql, &values![token, account]).map(drop)
        })
    }

    fn forget_expired(&self, now: Timestamp) -> Result<(), DbError> {
        self.write(|session| {
            session.execute("DELETE FROM tokens WHERE expires_at <= $1", &values![now])?;
            session.execute("DELETE FROM invitations WHERE expires_at <= $1", &values![now])?;
            Ok(())
        })
    }

    fn end_account(&self, id: &str, now: Timestamp, note: &AuditNote) -> Result<bool, DbError> {
        self.write(|session| {
            let sql = "UPDATE accounts SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";
            if session.execute(sql, &values![now, id])? == 0 {
                return Ok(false);
            }
            session.execute("DELETE FROM tokens WHERE account_id = $1", &values![id])?;
            insert_note(session, note)?;
            Ok(true)
        })
    }

    fn add_staff(&self, account: &AccountRow, role: Role, note: &AuditNote) -> Result<(), DbError> {
        self.write(|session| {
            session.execute(
                "INSERT INTO accounts (id, kind, secret, name, role, created_at) VALUES ($1, 'staff', $2, $3, $4, $5)",
                &values![
                    &account.id,
                    &account.secret,
                    &account.name,
                    role.as_str(),
                    account.since
                ],
            )?;
            insert_note(session, note)
        })
    }

    fn staff(&self) -> Result<Vec<AccountRow>, DbError> {
        self.read(|session| {
            let sql = format!(
                "SELECT {ACCOUNT_COLUMNS} FROM accounts a WHERE a.kind = 'staff' AND a.ended_at IS NULL
                 ORDER BY a.created_at, a.id"
            );
            session.query(&sql, &[])?.iter().map(account_of).collect()
        })
    }

    fn patient(&self, id: &str) -> Result<Option<PatientRow>, DbError> {
        self.read(|session| {
            let sql = "SELECT id, version, updated_at, name, telephone, body FROM patients WHERE id = $1";
            let row = session.first(sql, &values![id])?;
            row.map(|row| {
                Ok(PatientRow {
                    id: row.get(0)?,
                    version: row.get(1)?,
                    updated_at: row.get(2)?,
                    name: row.get(3)?,
                    telephone: row.get(4)?,
                    body: row.get(5)?,
                })
            })
            .transpose()
        })
    }

    fn invite(
        &self,
        patient: &str,
        relationship: Relationship,
        command: CommandId,
        invitation: &InvitationAnswer,
        now: Timestamp,
        note: &AuditNote,
    ) -> Result<Option<InvitationAnswer>, DbError> {
        self.write(|session| {
            session.execute("DELETE FROM invitations WHERE expires_at <= $1", &values![now])?;
            let sql = "SELECT code, expires_at FROM invitations WHERE command = $1 AND patient_id = $2";
            if let Some(row) = session.first(sql, &values![command.to_string(), patient])? {
                return Ok(Some(InvitationAnswer {
                    code: row.get(0)?,
                    expires_at: row.get(1)?,
                }));
            }
            let kept = session.execute(
                "INSERT INTO invitations (code, command, patient_id, relationship, expires_at)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                &values![
                    &invitation.code,
                    command.to_string(),
                    patient,
                    relationship.as_str(),
                    invitation.expires_at
                ],
            )?;
            if kept == 0 {
                return Ok(None);
            }
            insert_note(session, note)?;
            Ok(Some(invitation.clone()))
        })
    }

    fn take_up(
        &self,
        helper: &str,
        digits: &str,
        command: CommandId,
        id: &str,
        now: Timestamp,
        note: &AuditNote,
    ) -> Result<TakenUp, DbError> {
        let asked = fingerprint(&["grant", helper, digits]);
        self.write(|session| {
            if let Some(first) = answer_of(session, command)? {
                if first.fingerprint != asked {
                    return Ok(TakenUp::CommandReused);
                }
                // One that has ended since is no answer any more.
                let grant = grant_of(session, &first.body)?;
                return Ok(grant.map_or(TakenUp::NoInvitation, |(grant, _)| TakenUp::Granted(grant)));
            }
            let sql = "SELECT patient_id, relationship FROM invitations WHERE code = $1 AND expires_at > $2";
            let Some(row) = session.first(sql, &values![digits, now])? else {
                return Ok(TakenUp::NoInvitation);
            };
            let (patient, relationship): (String, String) = (row.get(0)?, row.get(1)?);
            if patient == helper {
                return Ok(TakenUp::Own);
            }
            let used = session.execute("DELETE FROM invitations WHERE code = $1", &values![digits])?;
            if used == 0 {
                // Somebody else was faster.
                return Ok(TakenUp::NoInvitation);
            }
            session.execute(
                "INSERT INTO grants (id, patient_id, helper_id, relationship, since) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT DO NOTHING",
                &values![id, &patient, helper, relationship, now],
            )?;
            let sql = "SELECT id FROM grants WHERE patient_id = $1 AND helper_id = $2 AND ended_at IS NULL";
            let row = session.first(sql, &values![&patient, helper])?;
            let kept: String = row.ok_or(DbError::Damaged("grant"))?.get(0)?;
            let (grant, _) = grant_of(session, &kept)?.ok_or(DbError::Damaged("grant"))?;
            let is_new = kept == id;
            let answer = Answer {
                fingerprint: asked.clone(),
                body: kept,
            };
            insert_answer(session, command, &answer, now)?;
            if is_new {
                let body = serde_json::to_string(&grant).map_err(|_| DbError::Damaged("grant"))?;
                let mut told = Told::default();
                told.patient(Some(&patient), "grant", &grant.id, Some(body));
                told.tell(session)?;
            }
            insert_note(
                session,
                &note.about(format!("RelatedPerson/{}", grant.id), Some(&patient)),
            )?;
            Ok(TakenUp::Granted(grant))
        })
    }

    fn grants_of(&self, patient: &str) -> Result<GrantsAnswer, DbError> {
        self.read(|session| {
            let side = |column: &str| {
                let sql = format!("{GRANTS} AND g.{column} = $1 ORDER BY g.since, g.id");
                let rows = session.query(&sql, &values![patient])?;
                rows.iter()
                    .map(|row| Ok(grant_row(row)?.0))
                    .collect::<Result<_, DbError>>()
            };
            Ok(GrantsAnswer {
                given: side("patient_id")?,
                held: side("helper_id")?,
            })
        })
    }

    fn grant(&self, id: &str) -> Result<Option<(Grant, String)>, DbError> {
        self.read(|session| grant_of(session, id))
    }

    fn end_grant(&self, id: &str, side: &str, now: Timestamp, note: &AuditNote) -> Result<bool, DbError> {
        self.write(|session| {
            let sql = "SELECT patient_id FROM grants WHERE id = $1 AND (patient_id = $2 OR helper_id = $2)";
            let Some(row) = session.first(sql, &values![id, side])? else {
                return Ok(false);
            };
            let sql = "UPDATE grants SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";
            if session.execute(sql, &values![now, id])? == 1 {
                let patient: String = row.get(0)?;
                // What has ended is told in the place of what began.
                let sql = "DELETE FROM feed_entries WHERE feed = $1 AND kind = 'grant' AND subject = $2";
                session.execute(sql, &values![format!("patients/{patient}"), id])?;
                let mut told = Told::default();
                told.patient(Some(&patient), "grant-ended", id, None);
                told.tell(session)?;
                insert_note(session, &note.about(format!("RelatedPerson/{id}"), Some(&patient)))?;
            }
            Ok(true)
        })
    }
}

fn account_of(row: &Row) -> Result<AccountRow, DbError> {
    let (role, patient): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
    let kind = match (role, patient) {
        (Some(role), _) => AccountKind::Staff(role.parse().map_err(|_| DbError::Damaged("account"))?),
        (None, Some(patient)) => AccountKind::Device(patient),
        (None, None) => return Err(DbError::Damaged("account")),
    };
    Ok(AccountRow {
        id: row.get(0)?,
        secret: row.get(1)?,
        name: row.get(2)?,
        kind,
        since: row.get(5)?,
    })
}

fn grant_of(session: &dyn Session, id: &str) -> Result<Option<(Grant, String)>, DbError> {
    let sql = format!("{GRANTS} AND g.id = $1");
    session.first(&sql, &values![id])?.as_ref().map(grant_row).transpose()
}

/// The grant, and the id of the patient who holds it.
fn grant_row(row: &Row) -> Result<(Grant, String), DbError> {
    let relationship: String = row.get(4)?;
    let grant = Grant {
        id: row.get(0)?,
        patient: row.get(1)?,
        patient_name: row.get(2)?,
        helper_name: row.get(3)?,
        relationship: Relationship::from_code(&relationship).ok_or(DbError::Damaged("grant"))?,
        since: row.get(5)?,
    };
    Ok((grant, row.get(6)?))
}
