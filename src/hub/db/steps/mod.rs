//! The steps, written once for every [`Backend`]. This module has what several of them share.

mod accounts;
mod audit;
mod bookings;
mod care_plans;
mod city;
mod directory;
mod feeds;
mod gateways;
mod issuance;
mod register;
mod vault;
mod visit_days;

use super::{
    Answer, DbError,
    backend::{Session, values},
};
use anban_wire::CommandId;
use jiff::Timestamp;

/// The answer that is kept for a command.
fn answer_of(session: &dyn Session, command: CommandId) -> Result<Option<Answer>, DbError> {
    let sql = "SELECT fingerprint, body FROM command_answers WHERE command = $1";
    let row = session.first(sql, &values![command.to_string()])?;
    row.map(|row| {
        Ok(Answer {
            fingerprint: row.get(0)?,
            body: row.get(1)?,
        })
    })
    .transpose()
}

/// Keeps the answer to a command. If another step keeps one at the same moment, this step is run again and finds it.
fn insert_answer(session: &dyn Session, command: CommandId, answer: &Answer, now: Timestamp) -> Result<(), DbError> {
    session.execute_later(
        "INSERT INTO command_answers (command, fingerprint, body, answered_at) VALUES ($1, $2, $3, $4)",
        values![command.to_string(), &answer.fingerprint, &answer.body, now].into(),
    )
}

/// The next number of a series, within a step that does more. Until that step is over, others wait who want a number
/// of the same series; take it late in the step.
fn next_number(session: &dyn Session, series: &str, least: i64) -> Result<i64, DbError> {
    let row = session.first(
        "INSERT INTO notes (name, value) VALUES ($1, CAST(CAST($2 AS BIGINT) AS TEXT))
         ON CONFLICT (name) DO UPDATE SET value = CASE
             WHEN CAST(notes.value AS BIGINT) >= CAST($2 AS BIGINT)
             THEN CAST(CAST(notes.value AS BIGINT) + 1 AS TEXT)
             ELSE excluded.value END
         RETURNING value",
        &values![series, least],
    )?;
    let text: String = row.ok_or(DbError::Damaged("number"))?.get(0)?;
    text.parse().map_err(|_| DbError::Damaged("number"))
}
