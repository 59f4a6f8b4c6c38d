//! The audit trail as an operator checks it: whether every note is as it was sealed.

use crate::{
    db::{AuditHead, Database},
    operator::{OperatorError, open},
    storage::Storage,
};

/// Notes that are read at a time.
const PAGE: u32 = 1000;

/// What came of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Every note is as it was sealed.
    Holds {
        /// The end of the chain. An operator who writes it down can ask for it later.
        head: AuditHead,
        /// Notes that wait for being sealed, within the next seconds.
        unsealed: u32,
    },
    /// The note of this number, or one before it, was changed, dropped or put in between.
    Broken(i64),
    /// The chain holds, but it is not the one that had this end: it was made anew from some note on, or cut off.
    Another(i64),
}

/// Goes through the whole trail. With `noted`, an end that was written down before, it must be a part of the chain.
///
/// # Errors
/// [`OperatorError`]; each says what to do.
pub fn verify(storage: impl Into<Storage>, noted: Option<&AuditHead>) -> Result<Verified, OperatorError> {
    let (db, _) = open(&storage.into())?;
    check(db.as_ref(), noted)
}

fn check(db: &dyn Database, noted: Option<&AuditHead>) -> Result<Verified, OperatorError> {
    let mut head = AuditHead {
        number: 0,
        hash: String::new(),
    };
    let mut is_noted = noted.is_none_or(|noted| noted.number == 0);
    loop {
        let page = db.audit_chain(head.number, PAGE)?;
        if page.is_empty() {
            break;
        }
        for row in page {
            let number = head.number + 1;
            let hash = row.note.seal(number, &head.hash);
            if row.number != Some(number) || row.hash.as_ref() != Some(&hash) {
                return Ok(Verified::Broken(number));
            }
            head = AuditHead { number, hash };
            if let Some(noted) = noted.filter(|noted| noted.number == number) {
                if noted.hash != head.hash {
                    return Ok(Verified::Another(number));
                }
                is_noted = true;
            }
        }
    }
    match noted {
        Some(noted) if !is_noted => Ok(Verified::Another(noted.number)),
        _ => Ok(Verified::Holds {
            unsealed: db.audit_unsealed()?,
            head,
        }),
    }
}
