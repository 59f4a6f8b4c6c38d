//! The one interface to a database: steps, and within a step SQL with values.
//!
//! A [`Backend`] runs a step, which is a closure over a [`Session`]; [`super::Sqlite`] and [`super::Postgres`] are the
//! two there are. The steps themselves are written once, in `steps/`, for every backend. What SQL they may use, and how
//! a step stays right while others run, is in the documentation of [`super`].

use super::DbError;
use jiff::Timestamp;

/// A value that goes into a statement or comes out of one.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// `BIGINT`; of instants the whole seconds since 1970 UTC, of truth values 0 and 1.
    Integer(i64),
    /// `TEXT`.
    Text(String),
    /// `BYTEA`, which SQLite takes for a column of any type.
    Bytes(Vec<u8>),
}

/// One row of an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// The value in a column, counted from 0.
    ///
    /// # Errors
    /// When there is no such column, or what it holds is of another type.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, DbError> {
        let value = self.0.get(column).ok_or(DbError::Damaged("row"))?;
        T::from_value(value).ok_or(DbError::Damaged("row"))
    }
}

/// What a column can be read as.
pub trait FromValue: Sized {
    /// The value, if it is of this type and within its range.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }
}

impl FromValue for u32 {
    fn from_value(value: &Value) -> Option<Self> {
        Self::try_from(i64::from_value(value)?).ok()
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        Some(i64::from_value(value)? != 0)
    }
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Option<Self> {
        Self::from_second(i64::from_value(value)?).ok()
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Integer(truth.into())
    }
}

/// Of an instant only whole seconds are kept.
impl From<Timestamp> for Value {
    fn from(instant: Timestamp) -> Self {
        Self::Integer(instant.as_second())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<T: Clone + Into<Self>> From<&T> for Value {
    fn from(value: &T) -> Self {
        value.clone().into()
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in the order of `$1`, `$2`, …: `values![id, now, telephone]`. Texts, integers, instants,
/// bytes, truth values, references to them, and options of them.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        [$($crate::db::backend::Value::from($value)),*]
    };
}
pub(crate) use values;

/// A step's view of the database.
pub trait Session {
    /// Rows of a `SELECT`, or of a statement with `RETURNING`.
    ///
    /// # Errors
    /// When the database fails, as for all methods. Hand it on with `?`: the step is then undone.
    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError>;

    /// Runs a statement and says how many rows it has changed.
    ///
    /// # Errors
    /// When the database fails.
    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, DbError>;

    /// Runs a statement whose count does not matter. It may be sent together with what comes next, the commit
    /// included: on a database elsewhere that saves a round trip. If it fails, the next call says so, or the commit.
    ///
    /// # Errors
    /// When the database fails.
    fn execute_later(&self, sql: &str, values: Vec<Value>) -> Result<(), DbError> {
        self.execute(sql, &values).map(drop)
    }

    /// Runs one statement for each set of values, in as few round trips as the database allows.
    ///
    /// # Errors
    /// When the database fails.
    fn execute_all(&self, sql: &str, rows: &[Vec<Value>]) -> Result<(), DbError> {
        rows.iter().try_for_each(|row| self.execute(sql, row).map(drop))
    }

    /// From here to its end, no other step that has named the same is in progress, in this process or another. What
    /// is read afterwards stays true until the step is over, as far as only steps that name the same change it.
    ///
    /// # Errors
    /// When the database fails.
    fn alone(&self, name: &str) -> Result<(), DbError>;

    /// Runs several statements without values, as in a migration, and waits for them as long as they take.
    ///
    /// # Errors
    /// When the database fails.
    fn batch(&self, sql: &str) -> Result<(), DbError>;

    /// The first row, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    fn first(&self, sql: &str, values: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }
}

/// A database that steps can be done on.
pub trait Backend: Send + Sync + 'static {
    /// Does a step that only reads. Each of its statements sees what was committed when it began.
    ///
    /// # Errors
    /// What the step says, or why the database can't be read.
    fn read<T>(&self, step: impl Fn(&dyn Session) -> Result<T, DbError>) -> Result<T, DbError>;

    /// Does a step whole or not at all; when it returns, what it has done is durable. The step may be run again from
    /// its beginning where another got in its way, so it must do nothing but talk to its session.
    ///
    /// # Errors
    /// What the step says, or why the database can't be written. After [`DbError::Unknown`] it may have been done.
    fn write<T>(&self, step: impl Fn(&dyn Session) -> Result<T, DbError>) -> Result<T, DbError>;
}

/// PostgreSQL keeps no text with a zero character in it, so nobody does: a text is the same on every database.
pub(super) fn keepable(values: &[Value]) -> Result<(), DbError> {
    let has_zero = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
    if values.iter().any(has_zero) {
        return Err(DbError::Unkeepable);
    }
    Ok(())
}
