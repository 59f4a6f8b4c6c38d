//! The tables, step by step.
//!
//! `PRAGMA user_version` holds the number of the last migration that was applied. All that are missing are applied in
//! one transaction, so that a file is never between two versions. A migration that was shipped is never edited: a
//! test knows the hash of each.

use rusqlite::{Connection, TransactionBehavior};

use crate::error::Fault;

/// The migrations in their order; the first is number 1.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/001_create_records.sql"),
    include_str!("migrations/002_add_print_jobs.sql"),
    include_str!("migrations/003_create_entries.sql"),
    include_str!("migrations/004_add_accounts.sql"),
    include_str!("migrations/005_add_care_plans.sql"),
    include_str!("migrations/006_create_cash.sql"),
    include_str!("migrations/007_create_photos.sql"),
];

/// What a file still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schema {
    /// Nothing.
    Current,
    /// The migrations from this index on.
    Older(usize),
}

/// How far a file has come.
pub(crate) fn schema(connection: &Connection) -> Result<Schema, Fault> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let version = usize::try_from(version).map_err(|_| Fault::Damaged)?;
    match version.cmp(&MIGRATIONS.len()) {
        std::cmp::Ordering::Less => Ok(Schema::Older(version)),
        std::cmp::Ordering::Equal => Ok(Schema::Current),
        std::cmp::Ordering::Greater => Err(Fault::Newer),
    }
}

/// Applies the migrations from index `from` on, all or none.
pub(crate) fn migrate(connection: &mut Connection, from: usize) -> Result<(), Fault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for sql in MIGRATIONS.iter().skip(from) {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
    transaction.commit()?;
    // A table that a migration has replaced leaves pages that nothing uses, and what nothing uses is never checked for
    // damage. Without them the file is a little smaller; with them it is as good.
    let unused: i64 = connection.query_row("PRAGMA freelist_count", [], |row| row.get(0))?;
    if unused > 0
        && let Err(error) = connection.execute_batch("VACUUM")
    {
        tracing::warn!(%error, "the pages that a migration has left could not be given back");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use sha2::{Digest, Sha256};

    use super::*;

    /// A migration that was shipped has run on people's devices: add another one instead of changing these.
    const SHIPPED: &[&str] = &[
        "190ecf551804b7286d42e7813ed3c116a18b6229c25657b3406c6f9bfcf09654",
        "4f5e8288261621cf3a6135b52d6d3b688ed0fd6b957c9520458699fe429746ea",
        "b24ad6ff701f2f4b11372c4c61fdabdccc4a59a63f8d21f0d2b4340b9163bb03",
        "b504d8a857316416b4a5a15fb866f04605a69a214ed559f4b35e87eefb457caa",
        "6d34d389a3c908ec2afa35df856abaaee94094d7d8fd555b5d182339dae9a837",
        "9cd9e01ce197d576383a8f390f1809de6b9eced518bd5b2b2a8c4dbb0a9fdfbd",
        "8a8b515eafea797b9a84dc9102ce1deeeafc9131f2d7805af7c2c84415fd2173",
    ];

    #[test]
    fn the_migrations_are_as_they_were_shipped() {
        let hashes: Vec<String> = MIGRATIONS
            .iter()
            .map(|sql| Sha256::digest(sql).iter().map(|byte| format!("{byte:02x}")).collect())
            .collect();
        assert_eq!(hashes, SHIPPED);
    }

    #[test]
    fn the_migrations_are_numbered_without_a_gap_and_all_of_them_are_applied() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names.len(), MIGRATIONS.len());
        for (index, name) in names.iter().enumerate() {
            assert!(name.starts_with(&format!("{:03}_", index + 1)), "{name}");
            let content = std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
            assert_eq!(content, MIGRATIONS[index], "{name} is not in its place in MIGRATIONS");
        }
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE visits (id TEXT)").unwrap();
        assert!(migrate(&mut connection, 0).is_err());
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1);
        assert_eq!(schema(&connection), Ok(Schema::Older(0)));
    }
}
