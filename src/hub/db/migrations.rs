//! Brings a database to the form that this program knows, one numbered step after the other.

use super::DbError;
use rusqlite::Connection;

/// All steps, in order. One that has been released is never edited: a change is a new step.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("migrations/001_create_hub.sql")),
    (2, include_str!("migrations/002_create_register.sql")),
];

/// Does the steps that are missing, each in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), DbError> {
    connection.execute_batch("CREATE TABLE IF NOT EXISTS migrations (number BIGINT NOT NULL PRIMARY KEY)")?;
    let found: i64 = connection.query_row("SELECT COALESCE(MAX(number), 0) FROM migrations", [], |row| row.get(0))?;
    let known = MIGRATIONS.last().map_or(0, |(number, _)| *number);
    if found > known {
        return Err(DbError::TooNew { found, known });
    }
    for (number, sql) in MIGRATIONS.iter().filter(|(number, _)| *number > found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.execute("INSERT INTO migrations (number) VALUES (?1)", [number])?;
        transaction.commit()?;
    }
    Ok(())
}
