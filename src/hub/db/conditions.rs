//! The conditions of a search, put together as SQL with its values bound, never written into it.

use super::DbError;
use rusqlite::{Connection, Row, types::Value};

/// Conditions of a search with their values, joined by AND.
#[derive(Default)]
pub(super) struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// `test` has one `?` for the value.
    pub(super) fn add(&mut self, test: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.sql.push(test.to_owned());
            self.values.push(value.into());
        }
    }

    pub(super) fn any_of(&mut self, column: &str, values: Option<&Vec<String>>) {
        if let Some(values) = values {
            let marks = vec!["?"; values.len()].join(", ");
            self.sql.push(format!("{column} IN ({marks})"));
            self.values.extend(values.iter().cloned().map(Value::from));
        }
    }

    fn clause(&self) -> String {
        if self.sql.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.sql.join(" AND "))
        }
    }

    /// Counts all that match and reads the first ones.
    pub(super) fn select<T>(
        &self,
        connection: &Connection,
        columns: &str,
        table: &str,
        limit: u32,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<(u32, Vec<T>), DbError> {
        let clause = self.clause();
        let total = connection
            .prepare_cached(&format!("SELECT COUNT(*) FROM {table}{clause}"))?
            .query_row(rusqlite::params_from_iter(&self.values), |row| row.get(0))?;
        let found = connection
            .prepare_cached(&format!(
                "SELECT {columns} FROM {table}{clause} ORDER BY start_at, id LIMIT {limit}"
            ))?
            .query_map(rusqlite::params_from_iter(&self.values), read)?
            .collect::<Result<_, _>>()?;
        Ok((total, found))
    }
}
