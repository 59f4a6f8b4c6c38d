//! Half-typed text: of which field, and about which thing.
//!
//! A name that was begun for one card must not become another's, and must not be lost either because another one was
//! looked at: each is kept under the field and the id of what it is about, until it is finished or that thing is gone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Field;
use crate::app::Core;
use crate::store::{Change, StoreError};
use crate::turn::Turn;

/// Which half-typed text. Written as the field's name, and after a `/` the id of what it is about, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DraftId {
    /// The field that it is typed into.
    pub field: Field,
    /// The card, contact, bill or spending that is changed; `None` for a new one, and where there is only one.
    pub about: Option<Uuid>,
}

/// A text names no half-typed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no field, or a field and an id")]
pub struct NoDraftId;

impl DraftId {
    /// What is typed when `field` is typed into now.
    pub(crate) fn now(core: &Core, field: Field) -> Self {
        let about = match field {
            Field::ContactName | Field::ContactNumber => crate::help::edited(core).map(|contact| contact.id.0),
            Field::CardName | Field::CardNumber | Field::CardExpiry | Field::CardNote => {
                crate::wallet::edited(core).map(|card| card.id.0)
            }
            Field::BillName | Field::BillDay | Field::BillAmount | Field::BillPlace | Field::SpentAmount => {
                crate::cash::changed(core, field)
            }
            _ => None,
        };
        Self { field, about }
    }
}

impl From<Field> for DraftId {
    fn from(field: Field) -> Self {
        Self { field, about: None }
    }
}

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field.name())?;
        self.about.map_or(Ok(()), |id| write!(f, "/{id}"))
    }
}

impl FromStr for DraftId {
    type Err = NoDraftId;

    fn from_str(text: &str) -> Result<Self, NoDraftId> {
        let (name, about) = match text.split_once('/') {
            Some((name, id)) => (name, Some(id.parse().map_err(|_| NoDraftId)?)),
            None => (text, None),
        };
        let field = Field::ALL.into_iter().find(|field| field.name() == name);
        field.map(|field| Self { field, about }).ok_or(NoDraftId)
    }
}

impl From<DraftId> for String {
    fn from(id: DraftId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for DraftId {
    type Error = NoDraftId;

    fn try_from(text: String) -> Result<Self, NoDraftId> {
        text.parse()
    }
}

/// What was half-typed into a field, about what is changed now.
pub(crate) fn drafted(core: &Core, field: Field) -> Option<&String> {
    core.records.drafts.get(&DraftId::now(core, field))
}

/// The changes that forget what was half-typed into these fields, about what is changed now.
pub(crate) fn forgotten(core: &Core, fields: &[Field]) -> Vec<Change> {
    let typed = fields.iter().map(|&field| DraftId::now(core, field));
    let typed = typed.filter(|id| core.records.drafts.contains_key(id));
    typed.map(Change::RemoveDraft).collect()
}

/// Forgets it at once, if there is anything to forget.
pub(crate) fn forget(turn: &mut Turn<'_>, fields: &[Field]) -> Result<(), StoreError> {
    let changes = forgotten(turn.core, fields);
    if changes.is_empty() {
        return Ok(());
    }
    turn.commit_quietly(changes)
}

/// The changes that forget all that was half-typed about something that goes.
pub(crate) fn forgotten_with(core: &Core, gone: Uuid) -> impl Iterator<Item = Change> {
    let typed = core.records.drafts.keys().filter(move |id| id.about == Some(gone));
    typed.copied().map(Change::RemoveDraft)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(n in 0..Field::ALL.len(), about in proptest::option::of(any::<u128>())) {
            let id = DraftId { field: Field::ALL[n], about: about.map(Uuid::from_u128) };
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn whatever_is_read_is_no_panic(text in ".{0,60}") {
            let _ = text.parse::<DraftId>();
        }
    }
}
