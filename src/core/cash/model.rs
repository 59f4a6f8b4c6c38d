//! What is kept of cash: the purse, what was spent, and the bills that come on paper.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::money::Fen;
use super::purse::Purse;
use crate::ids::{BillId, SpendingId};

/// The purse, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct KeptPurse {
    /// What is in it.
    pub holds: Purse,
    /// Whether it was ever counted; nobody is told that a purse is low that was never filled.
    pub counted: bool,
    /// What the person wants to have in it for a day out; none is [`KeptPurse::RESERVE`].
    pub reserve: Option<Fen>,
    /// The day on which the notice that it is low was put away.
    pub quiet_on: Option<Date>,
    /// A payment that has begun.
    pub paying: Option<Paying>,
}

impl KeptPurse {
    /// The reserve of who has not chosen one: 50 yuan, enough for a way there and back and a meal.
    pub const RESERVE: Fen = Fen::of_yuan(50);

    /// What is to be in the purse for a day out.
    #[must_use]
    pub fn reserve(&self) -> Fen {
        self.reserve.unwrap_or(Self::RESERVE)
    }
}

/// What to hand over: few pieces, or many coins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Way {
    /// 张数最少
    #[default]
    Fewest,
    /// 把零钱花掉
    CoinsAway,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fewest, Self::CoinsAway];
}

/// A payment that has begun: it is kept, so that half-counted change is there again after a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paying {
    /// The price.
    pub price: Fen,
    /// What was handed over.
    pub given: Purse,
    /// What has come back so far.
    pub back: Purse,
    /// What it is for.
    #[serde(default)]
    pub what: PaidFor,
}

/// What a payment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum PaidFor {
    /// It is asked when it is done.
    #[default]
    Something,
    /// A bill that is noted as spent already.
    NotedBill,
    /// A bill that is paid when this is done.
    Bill(BillId),
}

/// What money was spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// 买菜
    Groceries,
    /// 吃饭
    Meals,
    /// 买药、看病
    Medicine,
    /// 坐车
    Transport,
    /// 日用品
    Household,
    /// 送礼、人情
    Gifts,
    /// 水电、电话费
    Bills,
    /// 别的
    Other,
}

impl Purpose {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::Groceries,
        Self::Meals,
        Self::Medicine,
        Self::Transport,
        Self::Household,
        Self::Gifts,
        Self::Bills,
        Self::Other,
    ];
}

/// Something that was paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// Its id on this device.
    pub id: SpendingId,
    /// The day, where the person was.
    pub day: Date,
    /// On what.
    pub purpose: Purpose,
    /// How much.
    pub amount: Fen,
    /// When it was noted: those of a day are in this order.
    pub noted_at: Timestamp,
}

/// What a bill is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BillKind {
    /// 水费
    Water,
    /// 电费
    Power,
    /// 燃气费
    Gas,
    /// 电话费
    Telephone,
    /// 别的
    Other,
}

impl BillKind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Water, Self::Power, Self::Gas, Self::Telephone, Self::Other];
}

/// How often a bill comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Rhythm {
    /// Each month.
    #[default]
    Monthly,
    /// Every other month.
    EveryTwoMonths,
    /// Every three months.
    EveryThreeMonths,
    /// Twice a year.
    EveryHalfYear,
    /// Once a year.
    Yearly,
    /// This one time.
    Once,
}

impl Rhythm {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Monthly,
        Self::EveryTwoMonths,
        Self::EveryThreeMonths,
        Self::EveryHalfYear,
        Self::Yearly,
        Self::Once,
    ];

    /// The months from one to the next; `None` where it comes once.
    #[must_use]
    pub const fn months(self) -> Option<i8> {
        match self {
            Self::Monthly => Some(1),
            Self::EveryTwoMonths => Some(2),
            Self::EveryThreeMonths => Some(3),
            Self::EveryHalfYear => Some(6),
            Self::Yearly => Some(12),
            Self::Once => None,
        }
    }
}

/// A bill that comes on paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// Its id on this device.
    pub id: BillId,
    /// For what.
    pub kind: BillKind,
    /// What the person calls it, where it is of another kind; else empty.
    #[serde(default)]
    pub name: String,
    /// How often it comes.
    pub rhythm: Rhythm,
    /// The day of the month by which it is to be paid, 1 to 31; in a shorter month the last one.
    pub day: i8,
    /// The next day by which it is to be paid.
    pub due: Date,
    /// How much, where that is known.
    pub amount: Option<Fen>,
    /// Where to pay in cash: the counter's place and hours, in the person's words; may be empty.
    #[serde(default)]
    pub place: String,
    /// When it was added.
    pub added_at: Timestamp,
}

/// What was done instead of taking cash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// Only a telephone could pay.
    TelephoneOnly,
    /// Only a card could pay.
    CardOnly,
    /// No change was given.
    NoChange,
    /// Coins or small notes were not taken.
    CoinsOrSmallNotes,
    /// Worn but genuine notes were not taken.
    WornNotes,
    /// Cash cost more than paying by telephone.
    DearerInCash,
}

impl Refused {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::TelephoneOnly,
        Self::CardOnly,
        Self::NoChange,
        Self::CoinsOrSmallNotes,
        Self::WornNotes,
        Self::DearerInCash,
    ];
}

/// The complaint that cash was refused, until it is let go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// Which shop, and where.
    pub place: String,
    /// What happened.
    pub what: Refused,
    /// On which day.
    pub day: Date,
}
