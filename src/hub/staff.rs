//! Staff accounts, as an operator keeps them at the command line.

use crate::{
    accounts::{Role, secrets},
    db::{AccountKind, AccountRow, AuditAction, AuditNote, AuditOutcome},
    operator::{OperatorError, open},
    storage::Storage,
};
use jiff::Timestamp;
use uuid::Uuid;

/// Longest name.
const MAX_NAME: usize = 64;

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What they sign in with.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they are there to do.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

/// A member of staff who was just added.
pub struct Added {
    /// What they sign in with.
    pub id: String,
    /// The secret that belongs to it; the hub keeps only its SHA-256, so this is the one time that it is shown.
    pub secret: String,
}

/// Adds a member of staff with a new secret.
///
/// # Errors
/// [`OperatorError`]; each says what to do.
pub fn add(storage: impl Into<Storage>, name: &str, role: Role, now: Timestamp) -> Result<Added, OperatorError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(OperatorError::Name);
    }
    let secret = secrets::token().map_err(|_| OperatorError::NoChance)?;
    // Short enough to be typed: the secret is what nobody can guess.
    let id = format!("{role}-{}", &Uuid::new_v4().simple().to_string()[..8]);
    let account = AccountRow {
        id: id.clone(),
        secret: secrets::kept_as(&secret),
        name: name.to_owned(),
        kind: AccountKind::Staff(role),
        since: now,
    };
    let (db, _) = open(&storage.into())?;
    db.add_staff(&account, role, &by_operator(AuditAction::Create, &id, now))?;
    Ok(Added { id, secret })
}

/// All staff, in the order in which they came.
///
/// # Errors
/// [`OperatorError`]; each says what to do.
pub fn list(storage: impl Into<Storage>) -> Result<Vec<Member>, OperatorError> {
    let (db, _) = open(&storage.into())?;
    let member = |account: AccountRow| match account.kind {
        AccountKind::Staff(role) => Some(Member {
            id: account.id,
            name: account.name,
            role,
            since: account.since,
        }),
        AccountKind::Device(_) => None,
    };
    Ok(db.staff()?.into_iter().filter_map(member).collect())
}

/// Removes a member of staff; their tokens end at once.
///
/// # Errors
/// [`OperatorError`]; each says what to do.
pub fn remove(storage: impl Into<Storage>, id: &str, now: Timestamp) -> Result<(), OperatorError> {
    let (db, _) = open(&storage.into())?;
    let is_staff = db.staff()?.iter().any(|account| account.id == id);
    if is_staff && db.end_account(id, now, &by_operator(AuditAction::Delete, id, now))? {
        Ok(())
    } else {
        Err(OperatorError::NoSuchStaff)
    }
}

fn by_operator(action: AuditAction, id: &str, now: Timestamp) -> AuditNote {
    AuditNote {
        id: Uuid::new_v4().to_string(),
        at: now,
        request: Uuid::new_v4().to_string(),
        caller: "Operator".to_owned(),
        caller_name: String::new(),
        action,
        resource: format!("Practitioner/{id}"),
        patient: None,
        outcome: AuditOutcome::Success,
    }
}
