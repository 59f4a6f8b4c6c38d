//! What the errors of PostgreSQL mean for a step, and what of them may be told.

use crate::db::DbError;
use std::error::Error;
use tokio_postgres::error::SqlState;

/// Another step got in the way of this one.
pub(super) fn is_conflict(code: &SqlState) -> bool {
    [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
    ]
    .contains(code)
}

/// Something that another hub makes at this very moment is there already.
fn is_taken(code: &SqlState) -> bool {
    [
        SqlState::UNIQUE_VIOLATION,
        SqlState::DUPLICATE_TABLE,
        SqlState::DUPLICATE_OBJECT,
    ]
    .contains(code)
}

/// The connection, or the server behind it, can do nothing more for us: it goes down, starts up, or only reads.
fn is_gone(code: &SqlState) -> bool {
    code.code().starts_with("08")
        || [
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::TOO_MANY_CONNECTIONS,
        ]
        .contains(code)
}

/// What an error means before a commit. The server's own words about values stay behind: they may name a person.
pub(super) fn told(error: &tokio_postgres::Error) -> DbError {
    let Some(code) = error.code() else {
        // Not from the server: the connection is lost, or could not be made.
        return DbError::Unavailable(reason(error));
    };
    if is_conflict(code) {
        DbError::Conflict
    } else if is_taken(code) {
        DbError::KeyTaken(reason(error))
    } else if is_gone(code) {
        DbError::Unavailable(reason(error))
    } else {
        DbError::Failed(reason(error))
    }
}

/// An error without the values that it was about.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        // Of "data exceptions" the very message quotes the value.
        Some(server) if server.code().code().starts_with("22") => format!("SQLSTATE {}", server.code().code()),
        Some(server) => format!("{} (SQLSTATE {})", server.message(), server.code().code()),
        // Of what is not the server's own the cause says more: nobody listens there, or the certificate is another's.
        None => match error.source() {
            Some(cause) => format!("{error}: {cause}"),
            None => error.to_string(),
        },
    }
}
