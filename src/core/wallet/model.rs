//! Cards: a name, a number, and a code that a till can read.
//!
//! What a card has besides came later and is left out of what is stored where it is empty, so that a card that was kept
//! by an older version loads, and one that has nothing new is stored as before.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{CardId, PhotoId};
use crate::symbol::Symbology;

/// What a card is for. It decides the icon, the keys to type its number with, and whether a health code belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum CardKind {
    /// 身份证
    Identity,
    /// 社保卡
    SocialSecurity,
    /// 医保卡
    MedicalInsurance,
    /// 市民卡
    Citizen,
    /// 老年卡
    Elder,
    /// 公交卡
    Transit,
    /// 银行卡: to look up, never to pay with.
    Bank,
    /// 借书证
    Library,
    /// 会员卡
    Member,
    /// A ticket or boarding pass.
    Ticket,
    /// 别的卡
    #[default]
    Other,
}

impl CardKind {
    /// The kinds a person can add by hand.
    pub const ALL: [Self; 10] = [
        Self::Identity,
        Self::SocialSecurity,
        Self::MedicalInsurance,
        Self::Citizen,
        Self::Elder,
        Self::Transit,
        Self::Bank,
        Self::Library,
        Self::Member,
        Self::Other,
    ];

    /// Whether it says who somebody is, so that it can answer for their health code.
    #[must_use]
    pub fn names_a_person(self) -> bool {
        matches!(
            self,
            Self::Identity | Self::SocialSecurity | Self::MedicalInsurance | Self::Citizen | Self::Elder
        )
    }

    /// Whether its number does harm in wrong hands: it is covered until the person asks for it, and never spoken unasked.
    #[must_use]
    pub fn is_sensitive(self) -> bool {
        matches!(
            self,
            Self::Identity | Self::SocialSecurity | Self::MedicalInsurance | Self::Bank
        )
    }
}

/// The code on a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardCode {
    /// Which symbol.
    pub symbology: Symbology,
    /// What it says.
    pub text: String,
}

/// Pictures of a card. The bytes are in a place of their own, so that a list of cards does not carry them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Photos {
    /// The side with the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front: Option<PhotoId>,
    /// The other side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back: Option<PhotoId>,
}

impl Photos {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.front.is_none() && self.back.is_none()
    }
}

/// Why a card was put away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WhyOld {
    /// The person has deleted it: it is gone for good after 30 days.
    Deleted,
    /// It is over, and the person has put it away.
    Expired,
}

/// A card that is not used any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Old {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub why: WhyOld,
}

/// By what a pass is known to its issuer: Apple's PassKit package format has no two passes with the same pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PassId {
    /// `passTypeIdentifier`.
    pub kind: String,
    /// `serialNumber`.
    pub serial: String,
}

/// A card in the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its id on this device.
    pub id: CardId,
    /// What it is for.
    pub kind: CardKind,
    /// The words on it: "公交卡".
    pub name: String,
    /// The number to read out or copy; may be empty on a pass.
    pub number: String,
    /// The code to show, where there is one.
    pub code: Option<CardCode>,
    /// More lines that a pass carries, label and value.
    #[serde(default)]
    pub details: Vec<(String, String)>,
    /// When it was added. The wallet is in this order.
    pub added_at: Timestamp,
    /// From when it may be used, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// The moment from which it may not be used any more, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// When it was put to the front. Those come first, in the order of this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<Timestamp>,
    /// It is not used any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<Old>,
    /// The expiry at which the person wished to go on keeping it among the others; another expiry asks again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_beyond: Option<Timestamp>,
    /// What the person has written down about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Pictures of it.
    #[serde(default, skip_serializing_if = "Photos::is_empty")]
    pub photos: Photos,
    /// Which pass it came as, where that said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<PassId>,
}

impl Card {
    /// A card with a name and nothing else.
    #[must_use]
    pub fn new(id: CardId, kind: CardKind, name: impl Into<String>, added_at: Timestamp) -> Self {
        Self {
            id,
            kind,
            name: name.into(),
            number: String::new(),
            code: None,
            details: Vec::new(),
            added_at,
            valid_from: None,
            expires_at: None,
            pinned_at: None,
            old: None,
            kept_beyond: None,
            note: String::new(),
            photos: Photos::default(),
            pass: None,
        }
    }

    /// Whether it may not be used any more.
    #[must_use]
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_card_that_an_older_version_has_stored_still_loads() {
        let stored = r#"{"id":"7d3c8f0e-5f63-4b0c-9b0a-0d6c6f3f8a11","kind":"Transit","name":"公交卡","number":"3104",
            "code":{"symbology":"Code128","text":"3104"},"details":[["票价","2元"]],"added_at":"2026-11-01T00:00:00Z"}"#;
        let card: Card = serde_json::from_str(stored).unwrap();
        let expected = Card {
            number: "3104".to_owned(),
            code: Some(CardCode {
                symbology: Symbology::Code128,
                text: "3104".to_owned(),
            }),
            details: vec![("票价".to_owned(), "2元".to_owned())],
            ..Card::new(card.id, CardKind::Transit, "公交卡", card.added_at)
        };
        assert_eq!(card, expected);
        // What it does not have is not written either.
        let again: serde_json::Value = serde_json::to_value(&card).unwrap();
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(stored).unwrap());
    }

    #[test]
    fn the_numbers_of_four_kinds_are_sensitive() {
        let sensitive: Vec<_> = CardKind::ALL.into_iter().filter(|kind| kind.is_sensitive()).collect();
        assert_eq!(
            sensitive,
            [
                CardKind::Identity,
                CardKind::SocialSecurity,
                CardKind::MedicalInsurance,
                CardKind::Bank
            ]
        );
    }
}
