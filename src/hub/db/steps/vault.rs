//! Sealed keys and the published trust list.

use super::super::{
    DbError, TrustListRow, Vault,
    backend::{Backend, values},
};

impl<B: Backend> Vault for B {
    fn sealed_key(&self, name: &str) -> Result<Option<Vec<u8>>, DbError> {
        self.read(|session| {
            let row = session.first("SELECT sealed FROM sealed_keys WHERE name = $1", &values![name])?;
            row.map(|row| row.get(0)).transpose()
        })
    }

    fn keep_sealed_key(&self, name: &str, sealed: &[u8]) -> Result<Vec<u8>, DbError> {
        self.write(|session| {
            session.execute(
                "INSERT INTO sealed_keys (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                &values![name, sealed.to_vec()],
            )?;
            let row = session.first("SELECT sealed FROM sealed_keys WHERE name = $1", &values![name])?;
            row.ok_or(DbError::Damaged("key"))?.get(0)
        })
    }

    fn remove_sealed_key(&self, name: &str) -> Result<(), DbError> {
        self.write(|session| {
            session.execute("DELETE FROM sealed_keys WHERE name = $1", &values![name])?;
            Ok(())
        })
    }

    fn set_note(&self, name: &str, value: &str) -> Result<(), DbError> {
        self.write(|session| {
            session.execute(
                "INSERT INTO notes (name, value) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                &values![name, value],
            )?;
            Ok(())
        })
    }

    fn publish(&self, list: &TrustListRow) -> Result<(), DbError> {
        self.write(|session| {
            session.execute(
                "INSERT INTO trust_lists (region, sequence, issued_at, expires_at, changes, body)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (region) DO UPDATE SET sequence = excluded.sequence, issued_at = excluded.issued_at,
                     expires_at = excluded.expires_at, changes = excluded.changes, body = excluded.body
                 WHERE trust_lists.sequence < excluded.sequence",
                &values![
                    &list.region,
                    list.sequence,
                    list.issued_at,
                    list.expires_at,
                    list.changes,
                    &list.body
                ],
            )?;
            Ok(())
        })
    }

    fn published_number(&self, region: &str) -> Result<Option<(i64, i64)>, DbError> {
        self.read(|session| {
            let sql = "SELECT sequence, changes FROM trust_lists WHERE region = $1";
            let row = session.first(sql, &values![region])?;
            row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
        })
    }

    fn published(&self, region: &str) -> Result<Option<TrustListRow>, DbError> {
        self.read(|session| {
            let sql =
                "SELECT region, sequence, issued_at, expires_at, changes, body FROM trust_lists WHERE region = $1";
            let row = session.first(sql, &values![region])?;
            row.map(|row| {
                Ok(TrustListRow {
                    region: row.get(0)?,
                    sequence: row.get(1)?,
                    issued_at: row.get(2)?,
                    expires_at: row.get(3)?,
                    changes: row.get(4)?,
                    body: row.get(5)?,
                })
            })
            .transpose()
        })
    }
}
