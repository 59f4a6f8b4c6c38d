//! Money: whole fen, and the notes and coins that carry them.
//!
//! An amount is a whole number of fen and nothing else; it is never held as a fraction, so nothing is ever rounded. All
//! arithmetic is checked: what would not fit is `None`, and the caller says so. The pieces are those of the fifth series
//! of the renminbi that the People's Bank of China issues and that shops give and take. How an amount is written and said
//! is in `said.rs`; what is in the purse in `purse.rs`.

use serde::{Deserialize, Deserializer, Serialize};

/// An amount of money in fen (1 yuan = 10 jiao = 100 fen). It is never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Default)]
#[serde(transparent)]
pub struct Fen(u64);

impl Fen {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The largest amount that is typed or kept: a million yuan. Any sum of such amounts that fits into a machine's
    /// memory is far from what a `u64` holds.
    pub const MOST: Self = Self(100_000_000);

    /// So many whole yuan; what a `u32` holds always fits.
    #[must_use]
    pub const fn of_yuan(yuan: u32) -> Self {
        Self(yuan as u64 * 100)
    }

    /// An amount to be kept.
    ///
    /// `None` when it is more than [`Fen::MOST`].
    #[must_use]
    pub fn new(fen: u64) -> Option<Self> {
        (fen <= Self::MOST.0).then_some(Self(fen))
    }

    /// The amount in fen.
    #[must_use]
    pub const fn fen(self) -> u64 {
        self.0
    }

    /// Whole yuan in it.
    #[must_use]
    pub const fn whole_yuan(self) -> u64 {
        self.0 / 100
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The two together; `None` where the sum can't be held.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// What is left when `other` is taken away; `None` where it is more.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }

    /// All of them together; `None` where the sum can't be held.
    #[must_use]
    pub fn total(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Reads an amount as people type it: `12`, `12.5`, `12.50`, `.5`, also `12元5角`, `12块5` and `5毛`. The point may
    /// be a Chinese one, digits may be wide. No more than two digits follow the point, since less than a fen is no money.
    ///
    /// `None` when it is none of these, or more than [`Fen::MOST`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text: String = text
            .trim()
            .trim_start_matches(['¥', '￥'])
            .chars()
            .map(narrow)
            .collect();
        let (yuan, rest) = match text.find(['元', '块']) {
            Some(at) => {
                let (yuan, rest) = text.split_at(at);
                let mut rest = rest.chars();
                rest.next();
                (yuan, in_words(rest.as_str())?)
            }
            None if text.contains(['角', '毛', '分']) => ("0", in_words(&text)?),
            None => match text.split_once('.') {
                Some(("", "")) => return None,
                Some((yuan, after)) => (if yuan.is_empty() { "0" } else { yuan }, behind_the_point(after)?),
                None => (text.as_str(), 0),
            },
        };
        let yuan = digits(yuan, 7)?;
        Self::new(yuan.checked_mul(100)?.checked_add(rest)?)
    }

    /// The amount as it is typed, without a unit: `12`, `12.50`, `0.05`.
    #[must_use]
    pub fn typed(self) -> String {
        match (self.0 / 100, self.0 % 100) {
            (yuan, 0) => yuan.to_string(),
            (yuan, rest) => format!("{yuan}.{rest:02}"),
        }
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(u64::deserialize(from)?).ok_or_else(|| serde::de::Error::custom("more than a million yuan"))
    }
}

/// A wide digit or point as a narrow one.
fn narrow(c: char) -> char {
    match c {
        '０'..='９' => u32::from(c)
            .checked_sub(u32::from('０'))
            .and_then(|digit| char::from_digit(digit, 10))
            .unwrap_or(c),
        '．' | '。' | '点' => '.',
        _ => c,
    }
}

/// A number of one to `most` digits.
fn digits(text: &str, most: usize) -> Option<u64> {
    let plain = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// The fen in what stands behind a point: none, one or two digits.
fn behind_the_point(text: &str) -> Option<u64> {
    match text.len() {
        0 => Some(0),
        1 => digits(text, 1)?.checked_mul(10),
        _ => digits(text, 2),
    }
}

/// The fen in what stands behind 元: `5角`, `5角3分`, `5` (which is 5 jiao), `零5分`, or nothing.
fn in_words(text: &str) -> Option<u64> {
    let text = text.trim_start_matches('零');
    let (jiao, rest) = match text.split_once(['角', '毛']) {
        Some((jiao, rest)) => (digits(jiao, 1)?, rest),
        None if text.ends_with('分') || text.is_empty() => (0, text),
        None => (digits(text, 1)?, ""),
    };
    let rest = rest.trim_start_matches('零');
    let fen = match rest.strip_suffix('分').unwrap_or(rest) {
        "" if rest.is_empty() => 0,
        fen => digits(fen, 1)?,
    };
    jiao.checked_mul(10)?.checked_add(fen)
}

/// A kind of note or coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Piece {
    /// The note of 100 yuan.
    Yuan100,
    /// The note of 50 yuan.
    Yuan50,
    /// The note of 20 yuan.
    Yuan20,
    /// The note of 10 yuan.
    Yuan10,
    /// The note of 5 yuan.
    Yuan5,
    /// The note of 1 yuan.
    Note1,
    /// The coin of 1 yuan.
    Coin1,
    /// The coin of 5 jiao.
    Jiao5,
    /// The coin of 1 jiao.
    Jiao1,
}

/// What so many of each piece are worth. Nine counts of 16 bits can't come to more than a `u64` holds.
pub(super) const fn worth(counts: &[u16; Piece::ALL.len()]) -> Fen {
    let (mut sum, mut at) = (0, 0);
    while at < counts.len() {
        sum += counts[at] as u64 * Piece::ALL[at].fen().0;
        at += 1;
    }
    Fen(sum)
}

/// The colour of a note or the metal of a coin. The screen picks its own shade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum PieceColour {
    Red,
    Green,
    Brown,
    Blue,
    Purple,
    Olive,
    Silver,
    Gold,
}

impl Piece {
    /// All of them, the most valuable first; the note of a yuan before its coin.
    pub const ALL: [Self; 9] = [
        Self::Yuan100,
        Self::Yuan50,
        Self::Yuan20,
        Self::Yuan10,
        Self::Yuan5,
        Self::Note1,
        Self::Coin1,
        Self::Jiao5,
        Self::Jiao1,
    ];

    /// What it is worth.
    #[must_use]
    pub const fn fen(self) -> Fen {
        Fen(match self {
            Self::Yuan100 => 10_000,
            Self::Yuan50 => 5_000,
            Self::Yuan20 => 2_000,
            Self::Yuan10 => 1_000,
            Self::Yuan5 => 500,
            Self::Note1 | Self::Coin1 => 100,
            Self::Jiao5 => 50,
            Self::Jiao1 => 10,
        })
    }

    /// Whether it is a note, and not a coin.
    #[must_use]
    pub const fn is_note(self) -> bool {
        !matches!(self, Self::Coin1 | Self::Jiao5 | Self::Jiao1)
    }

    /// Its colour, as the real one has it. The coin of 5 jiao is that of 2005, which is the one that differs at sight.
    #[must_use]
    pub const fn colour(self) -> PieceColour {
        match self {
            Self::Yuan100 => PieceColour::Red,
            Self::Yuan50 => PieceColour::Green,
            Self::Yuan20 => PieceColour::Brown,
            Self::Yuan10 => PieceColour::Blue,
            Self::Yuan5 => PieceColour::Purple,
            Self::Note1 => PieceColour::Olive,
            Self::Coin1 | Self::Jiao1 => PieceColour::Silver,
            Self::Jiao5 => PieceColour::Gold,
        }
    }

    /// The name in ids and files: `100`, `1-note`, `1-coin`, `0.5`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yuan100 => "100",
            Self::Yuan50 => "50",
            Self::Yuan20 => "20",
            Self::Yuan10 => "10",
            Self::Yuan5 => "5",
            Self::Note1 => "1-note",
            Self::Coin1 => "1-coin",
            Self::Jiao5 => "0.5",
            Self::Jiao1 => "0.1",
        }
    }

    /// Its place in [`Piece::ALL`].
    #[must_use]
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}
