//! Brings a database to the form that this program knows, one numbered step after the other.
//!
//! Several hubs may start on one database at the same moment: each step is done alone, by whoever comes first.

use super::{
    DbError,
    backend::{Backend, values},
};
use std::collections::BTreeSet;

/// All steps, in order, for every database. One that has been released is never edited: a change is a new step.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("migrations/001_create_hub.sql")),
    (2, include_str!("migrations/002_create_register.sql")),
    (3, include_str!("migrations/003_create_locks.sql")),
    (4, include_str!("migrations/004_create_accounts.sql")),
    (5, include_str!("migrations/005_create_feeds.sql")),
    (7, include_str!("migrations/007_create_vault.sql")),
    (10, include_str!("migrations/010_create_patient_identifiers.sql")),
    (11, include_str!("migrations/011_create_gateways.sql")),
    (13, include_str!("migrations/013_create_care_plans.sql")),
    (14, include_str!("migrations/014_let_schedulers_write.sql")),
];

/// Does the steps that are missing, each whole or not at all.
pub(super) fn migrate(backend: &impl Backend) -> Result<(), DbError> {
    backend.write(|session| {
        session.batch("CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY)")?;
        // The row that is held while a step is done. There are no other locks yet. Here and below whoever holds it is
        // waited for as long as it takes, which only a batch does.
        session.batch("INSERT INTO migrations (number) VALUES (0) ON CONFLICT DO NOTHING")
    })?;
    let done = backend.read(|session| {
        let rows = session.query("SELECT number FROM migrations", &[])?;
        rows.iter().map(|row| row.get(0)).collect::<Result<BTreeSet<i64>, _>>()
    })?;
    let found = done.last().copied().unwrap_or_default();
    let known = MIGRATIONS.iter().map(|(number, _)| *number).max().unwrap_or_default();
    if found > known {
        return Err(DbError::TooNew { found, known });
    }
    for (number, sql) in MIGRATIONS.iter().filter(|(number, _)| !done.contains(number)) {
        backend.write(|session| {
            session.batch("UPDATE migrations SET number = 0 WHERE number = 0")?;
            let done = session.first("SELECT number FROM migrations WHERE number = $1", &values![*number])?;
            if done.is_none() {
                session.batch(sql)?;
                session.execute("INSERT INTO migrations (number) VALUES ($1)", &values![*number])?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
