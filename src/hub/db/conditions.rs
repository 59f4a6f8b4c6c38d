//! The conditions of a search, put together as SQL with its values bound, never written into it.

use super::{
    DbError,
    backend::{Row, Session, Value},
};

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
            self.values.push(value.into());
            self.sql.push(test.replace('?', &format!("${}", self.values.len())));
        }
    }

    pub(super) fn any_of(&mut self, column: &str, values: Option<&Vec<String>>) {
        let Some(values) = values else { return };
        if values.is_empty() {
            // An empty list is no SQL that every database takes.
            self.sql.push("1 = 0".to_owned());
            return;
        }
        let first = self.values.len() + 1;
        let marks: Vec<String> = (first..first + values.len())
            .map(|number| format!("${number}"))
            .collect();
        self.sql.push(format!("{column} IN ({})", marks.join(", ")));
        self.values.extend(values.iter().map(Value::from));
    }

    fn clause(&self) -> String {
        if self.sql.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.sql.join(" AND "))
        }
    }

    /// Counts all that match and reads the first ones, the earliest first.
    pub(super) fn select<T>(
        &self,
        session: &dyn Session,
        columns: &str,
        table: &str,
        limit: u32,
        read: impl FnMut(&Row) -> Result<T, DbError>,
    ) -> Result<(u32, Vec<T>), DbError> {
        self.select_by(session, columns, table, "start_at, id", limit, read)
    }

    /// Counts all that match and reads the first ones in that order.
    pub(super) fn select_by<T>(
        &self,
        session: &dyn Session,
        columns: &str,
        table: &str,
        order: &str,
        limit: u32,
        read: impl FnMut(&Row) -> Result<T, DbError>,
    ) -> Result<(u32, Vec<T>), DbError> {
        let clause = self.clause();
        let total = session
            .first(&format!("SELECT COUNT(*) FROM {table}{clause}"), &self.values)?
            .map_or(Ok(0), |row| row.get(0))?;
        let sql = format!("SELECT {columns} FROM {table}{clause} ORDER BY {order} LIMIT {limit}");
        let found = session.query(&sql, &self.values)?;
        Ok((total, found.iter().map(read).collect::<Result<_, _>>()?))
    }
}
