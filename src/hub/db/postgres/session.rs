//! A step's connection: the transaction around it, its statements, and their values.

use super::{
    LOCKS, Object, PIPELINE, Postgres, STATEMENTS, Silence,
    errors::{is_conflict, reason, told},
};
use crate::db::{
    DbError,
    backend::{Row, Session, Value, keepable},
};
use futures_util::future::{join3, try_join_all};
use ring::digest::{SHA256, digest};
use std::cell::{Cell, RefCell};
use tokio_postgres::{
    Error, Statement,
    types::{ToSql, Type},
};

/// Statements that wait for the next one at most. So few are sent in their order.
const LATER: usize = 20;

/// What came of what was sent together.
struct Answers<T> {
    /// Of the beginning of the transaction, and of what was to come later.
    before: Result<(), Error>,
    /// Of the work itself.
    done: Result<T, Error>,
}

/// A connection while a step uses it.
pub(super) struct OnPostgres<'a> {
    database: &'a Postgres,
    /// Some until it is over.
    client: Option<Object>,
    /// A transaction is wanted.
    is_write: bool,
    /// It has begun: with the first statement, in the same round trip.
    has_begun: Cell<bool>,
    /// What is to be sent with the next statement, or with the commit.
    later: RefCell<Vec<(Statement, Vec<Value>)>>,
    pub(super) has_failed: Cell<bool>,
    /// The server has said nothing for so long that it is asked nothing more.
    is_silent: Cell<bool>,
}

impl<'a> OnPostgres<'a> {
    pub(super) fn new(database: &'a Postgres, client: Object, is_write: bool) -> Self {
        Self {
            database,
            client: Some(client),
            is_write,
            has_begun: Cell::new(false),
            later: RefCell::default(),
            has_failed: Cell::new(false),
            is_silent: Cell::new(false),
        }
    }

    fn client(&self) -> Result<&Object, DbError> {
        self.client
            .as_ref()
            .ok_or_else(|| DbError::Unavailable("closed".to_owned()))
    }

    /// Sends the beginning of the transaction, what was to come later, and the work itself one right after the other,
    /// and waits for all of it at once.
    fn send<T>(&self, work: impl AsyncFnOnce(&Object) -> Result<T, Error>) -> Result<Answers<T>, Silence> {
        let client = self.client().map_err(Silence::Closed)?;
        let later = self.later.take();
        let parameters = later
            .iter()
            .map(|(statement, values)| parameters(statement, values))
            .collect::<Result<Vec<_>, _>>()
            .map_err(Silence::Closed)?;
        let begins = self.is_write && !self.has_begun.replace(true);
        self.database.answer(client, async {
            let begin = async {
                if begins {
                    client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
                }
                Ok(())
            };
            let later = later.iter().zip(&parameters);
            let before = try_join_all(later.map(|((statement, _), values)| client.execute(statement, values)));
            // Each is sent when it is looked at for the first time, in this order.
            let (begun, before, done) = join3(begin, before, work(client)).await;
            Ok(Answers {
                before: begun.and(before.map(drop)),
                done,
            })
        })
    }

    /// Does something within the transaction, and notes if it fails.
    fn within<T>(&self, work: impl AsyncFnOnce(&Object) -> Result<T, Error>) -> Result<T, DbError> {
        let answers = self.send(work);
        self.noted(answers.and_then(|answers| answers.before.and(answers.done).map_err(Silence::No)))
    }

    /// Notes a failure, and whether there is anybody left at the other end.
    fn noted<T>(&self, answer: Result<T, Silence>) -> Result<T, DbError> {
        self.has_failed.set(self.has_failed.get() || answer.is_err());
        self.is_silent
            .set(self.is_silent.get() || matches!(answer, Err(Silence::Yes)));
        answer.map_err(Silence::told)
    }

    fn statement(&self, sql: &str) -> Result<Statement, DbError> {
        let client = self.client()?;
        if client.statement_cache.size() > STATEMENTS {
            client.statement_cache.clear();
        }
        self.noted(self.database.answer(client, client.prepare_cached(sql)))
    }

    pub(super) fn commit(mut self) -> Result<(), DbError> {
        if !self.has_begun.get() && self.later.borrow().is_empty() {
            return Ok(());
        }
        let answers = self.send(async |client| client.batch_execute("COMMIT").await);
        if let Ok(Answers {
            before: Ok(()),
            done: Ok(()),
        }) = answers
        {
            self.has_begun.set(false);
            return Ok(());
        }
        self.discard();
        let error = match answers {
            // The server has said no to a statement before, and by that to the commit.
            Ok(Answers { before: Err(error), .. }) if error.code().is_some() => return Err(told(&error)),
            Ok(Answers { before: Err(error), .. } | Answers { done: Err(error), .. }) => error,
            _ => {
                tracing::warn!("a commit was not answered");
                return Err(DbError::Unknown);
            }
        };
        // Only what the server itself has refused was certainly not done.
        match error.code() {
            Some(code) if is_conflict(code) => Err(DbError::Conflict),
            Some(code) if code.code().starts_with("23") || code.code().starts_with("40") => Err(told(&error)),
            _ => {
                tracing::warn!(error = reason(&error), "the answer to a commit was lost");
                Err(DbError::Unknown)
            }
        }
    }

    pub(super) fn roll_back(mut self) {
        let Some(client) = self.client.as_ref().filter(|_| self.has_begun.get()) else {
            return;
        };
        if self.is_silent.get() || self.database.answer(client, client.batch_execute("ROLLBACK")).is_err() {
            self.discard();
        } else {
            self.has_begun.set(false);
        }
    }

    /// Closes the connection; the server undoes what was not committed.
    fn discard(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Object::take(client));
        }
    }
}

impl Drop for OnPostgres<'_> {
    fn drop(&mut self) {
        // A step that broke off, or that could not be read to its end, leaves nothing to the next user.
        if self.has_begun.get() || (self.has_failed.get() && !self.is_write) {
            self.discard();
        }
    }
}

impl Session for OnPostgres<'_> {
    fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DbError> {
        keepable(values)?;
        let statement = self.statement(sql)?;
        let parameters = parameters(&statement, values)?;
        let rows = self.within(async |client| client.query(&statement, &parameters).await)?;
        rows.iter().map(row_of).collect()
    }

    fn execute(&self, sql: &str, values: &[Value]) -> Result<u64, DbError> {
        keepable(values)?;
        let statement = self.statement(sql)?;
        let parameters = parameters(&statement, values)?;
        self.within(async |client| client.execute(&statement, &parameters).await)
    }

    fn execute_later(&self, sql: &str, values: Vec<Value>) -> Result<(), DbError> {
        if !self.is_write || self.later.borrow().len() >= LATER {
            return self.execute(sql, &values).map(drop);
        }
        keepable(&values)?;
        let statement = self.statement(sql)?;
        // What is wrong with it is told now.
        parameters(&statement, &values)?;
        self.later.borrow_mut().push((statement, values));
        Ok(())
    }

    fn execute_all(&self, sql: &str, rows: &[Vec<Value>]) -> Result<(), DbError> {
        if rows.is_empty() {
            return Ok(());
        }
        let statement = self.statement(sql)?;
        for rows in rows.chunks(PIPELINE) {
            rows.iter().try_for_each(|row| keepable(row))?;
            let rows: Vec<_> = rows
                .iter()
                .map(|row| parameters(&statement, row))
                .collect::<Result<_, _>>()?;
            let statement = &statement;
            self.within(async |client| {
                let sent = rows.iter().map(|row| client.execute(statement, row));
                try_join_all(sent).await.map(drop)
            })?;
        }
        Ok(())
    }

    fn alone(&self, name: &str) -> Result<(), DbError> {
        let hash = digest(&SHA256, name.as_bytes());
        let number = hash
            .as_ref()
            .iter()
            .take(6)
            .fold(0, |sum, byte| sum * 256 + u64::from(*byte))
            % LOCKS;
        self.execute(
            "INSERT INTO locks (number) VALUES ($1) ON CONFLICT (number) DO UPDATE SET number = excluded.number",
            &[Value::Integer(i64::try_from(number).unwrap_or_default())],
        )?;
        Ok(())
    }

    /// These are migrations, which may take their time on a large database; so may waiting for another hub's.
    fn batch(&self, sql: &str) -> Result<(), DbError> {
        // The transaction begins, and what was to come later is done. What follows may take as long as it takes.
        self.query("SELECT 1", &[])?;
        let done = self.database.wait(self.client()?.batch_execute(sql));
        self.noted(done.map_err(Silence::Closed).and_then(|done| done.map_err(Silence::No)))
    }
}

type Parameter<'a> = &'a (dyn ToSql + Sync);

fn parameters<'a>(statement: &Statement, values: &'a [Value]) -> Result<Vec<Parameter<'a>>, DbError> {
    if statement.params().len() != values.len() {
        return Err(DbError::Damaged("statement"));
    }
    let parameter = |(value, kind): (&'a Value, &Type)| -> Parameter<'a> {
        match value {
            Value::Integer(number) => number,
            Value::Text(text) => text,
            Value::Bytes(bytes) => bytes,
            Value::Null if *kind == Type::INT8 => &None::<i64>,
            Value::Null if *kind == Type::BYTEA => &None::<Vec<u8>>,
            Value::Null => &None::<String>,
        }
    };
    Ok(values.iter().zip(statement.params()).map(parameter).collect())
}

fn row_of(row: &tokio_postgres::Row) -> Result<Row, DbError> {
    let value = |(column, kind): (usize, &Type)| {
        let value = if *kind == Type::INT8 {
            row.try_get::<_, Option<i64>>(column)
                .map(|value| value.map(Value::Integer))
        } else if *kind == Type::INT4 {
            let number = row.try_get::<_, Option<i32>>(column);
            number.map(|value| value.map(|number| Value::Integer(number.into())))
        } else if *kind == Type::BOOL {
            let truth = row.try_get::<_, Option<bool>>(column);
            truth.map(|value| value.map(|truth| Value::Integer(truth.into())))
        } else if *kind == Type::BYTEA {
            row.try_get::<_, Option<Vec<u8>>>(column)
                .map(|value| value.map(Value::Bytes))
        } else {
            row.try_get::<_, Option<String>>(column)
                .map(|value| value.map(Value::Text))
        };
        match value {
            Ok(value) => Ok(value.unwrap_or(Value::Null)),
            Err(error) => Err(DbError::Failed(format!(
                "a column of type {kind} can't be read: {error}"
            ))),
        }
    };
    let kinds = row.columns().iter().map(tokio_postgres::Column::type_).enumerate();
    Ok(Row(kinds.map(value).collect::<Result<_, _>>()?))
}
