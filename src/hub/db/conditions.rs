//! The conditions of a search, put together as SQL with its values bound, never written into it.

use super::{
    DbError,
    backend::{Row, Session, Value},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Conditions of a search with their values, joined by AND.
#[derive(Clone, Default)]
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

    /// Counts all that match and reads a page of them.
    pub(super) fn select<T>(
        mut self,
        session: &dyn Session,
        columns: &str,
        table: &str,
        page: Page<'_>,
        read: impl FnMut(&Row) -> Result<T, DbError>,
    ) -> Result<(u32, Vec<T>), DbError> {
        let total = session
            .first(&format!("SELECT COUNT(*) FROM {table}{}", self.clause()), &self.values)?
            .map_or(Ok(0), |row| row.get(0))?;
        let Page {
            time,
            is_latest_first,
            after,
            limit,
        } = page;
        let (beyond, order) = if is_latest_first { ("<", " DESC") } else { (">", "") };
        if let Some(After { at, id }) = after {
            self.values.extend([at.into(), id.as_str().into()]);
            let (at, id) = (self.values.len() - 1, self.values.len());
            self.sql
                .push(format!("({time} {beyond} ${at} OR ({time} = ${at} AND id > ${id}))"));
        }
        let sql = format!(
            "SELECT {columns} FROM {table}{} ORDER BY {time}{order}, id LIMIT {limit}",
            self.clause()
        );
        let found = session.query(&sql, &self.values)?;
        Ok((total, found.iter().map(read).collect::<Result<_, _>>()?))
    }
}

/// Which part of all that match is read.
pub(super) struct Page<'a> {
    /// The column of the instants that they are in the order of; of one instant they are in the order of their ids.
    pub(super) time: &'static str,
    pub(super) is_latest_first: bool,
    /// Only what stands after that.
    pub(super) after: Option<&'a After>,
    /// At most so many.
    pub(super) limit: u32,
}

impl<'a> Page<'a> {
    /// Of what has a beginning: the earliest first.
    pub(super) fn by_beginning(after: Option<&'a After>, limit: u32) -> Self {
        Self {
            time: "start_at",
            is_latest_first: false,
            after,
            limit,
        }
    }
}

/// Where something stands among all that a search finds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct After {
    /// Its instant, in seconds since 1970 UTC.
    at: i64,
    /// Its id.
    id: String,
}

impl After {
    /// What begins, or was noted, at that instant.
    #[must_use]
    pub fn new(at: Timestamp, id: &str) -> Self {
        Self {
            at: at.as_second(),
            id: id.to_owned(),
        }
    }
}
