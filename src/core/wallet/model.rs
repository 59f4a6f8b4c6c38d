//! Cards: a name, a number, and a code that a till can read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::CardId;
use crate::symbol::Symbology;

/// What a card is for. It decides the icon, the keys to type its number with, and whether a health code belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum CardKind {
    /// 身份证
    Identity,
    /// 社保卡
    SocialSecurity,
    /// 市民卡
    Citizen,
    /// 老年卡
    Elder,
    /// 公交卡
    Transit,
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
    pub const ALL: [Self; 7] = [
        Self::Identity,
        Self::SocialSecurity,
        Self::Citizen,
        Self::Elder,
        Self::Transit,
        Self::Member,
        Self::Other,
    ];

    /// Whether it says who somebody is, so that it can answer for their health code.
    #[must_use]
    pub fn names_a_person(self) -> bool {
        matches!(
            self,
            Self::Identity | Self::SocialSecurity | Self::Citizen | Self::Elder
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
}
