//! A line of the register, and the rule that it is kept by.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::entry::Field;
use crate::ids::EntryId;

/// How somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// With the identity card, or by telling the number.
    #[default]
    IdentityCard,
    /// With a certificate on paper.
    Paper,
    /// With a code; only where the rule says that these are kept too.
    Code,
}

/// A visitor's particulars as far as they are known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Visitor {
    /// The person's name.
    pub name: String,
    /// The identity-card number: all of it with a right check character (GB 11643), or masked as a document shows it;
    /// empty where a document shows none.
    pub identity_number: String,
    /// A telephone number, or nothing.
    pub telephone: String,
    /// Whatever else whoever stands at the door has to remember, or nothing.
    pub remark: String,
    /// How they came in.
    pub lane: Lane,
    /// The kind of the document, as [`anban_credential::Kind::as_str`] writes it; empty without one.
    pub document: String,
}

/// Shows nothing of whom it is about.
impl std::fmt::Debug for Visitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visitor").finish_non_exhaustive()
    }
}

impl Visitor {
    /// What stands in a field.
    pub(crate) fn field(&self, field: Field) -> &str {
        match field {
            Field::VisitorName => &self.name,
            Field::VisitorNumber => &self.identity_number,
            Field::VisitorTelephone => &self.telephone,
            _ => &self.remark,
        }
    }

    /// Puts `text` into a field.
    pub(crate) fn set(&mut self, field: Field, text: String) {
        *match field {
            Field::VisitorName => &mut self.name,
            Field::VisitorNumber => &mut self.identity_number,
            Field::VisitorTelephone => &mut self.telephone,
            _ => &mut self.remark,
        } = text;
    }
}

/// Somebody who came in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id on this device.
    pub id: EntryId,
    /// Its place in the order in which entries were noted, whatever the clock said.
    pub sequence: u64,
    /// When it was noted, by the clock.
    pub noted_at: Timestamp,
    /// From when its days count: when it was noted, or when the clock was set right after that.
    pub counts_from: Timestamp,
    /// A later time that was known already when it was noted: the clock was behind then, or ahead before.
    pub after: Option<Timestamp>,
    /// Who it was.
    #[serde(flatten)]
    pub visitor: Visitor,
}

/// Shows the id alone: who came in is personal data.
impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Entry {
    /// When its time is over under `rule`.
    pub(crate) fn over_at(&self, rule: Rule) -> Timestamp {
        self.counts_from.saturating_add(rule.length()).unwrap_or(Timestamp::MAX)
    }

    /// The same entry, if the clock was behind when it was noted and has been set right since: nobody knows how long ago
    /// that was, so its days count anew. It is better kept for some days more than erased on the same day.
    pub(crate) fn settled(&self, now: Timestamp) -> Option<Self> {
        self.after.filter(|after| *after <= now)?;
        Some(Self {
            counts_from: now,
            after: None,
            ..self.clone()
        })
    }
}

/// What is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// For so many days; then an entry is erased.
    pub days: u16,
    /// Whether people who show a code are noted too.
    pub codes_too: bool,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            days: 14,
            codes_too: false,
        }
    }
}

impl Rule {
    /// For how many days entries can be kept.
    pub const DAYS: [u16; 4] = [3, 7, 14, 30];

    /// How long an entry is kept.
    pub(crate) fn length(self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.days))
    }
}
