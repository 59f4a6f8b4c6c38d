//! What is in the purse: how many of each note and coin.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::money::{Fen, Piece, worth};

/// Notes and coins, counted. There are at most [`Purse::MOST`] of a kind, so that their sum is far below what [`Fen`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Purse([u16; Piece::ALL.len()]);

impl Purse {
    /// How many of a kind a purse takes.
    pub const MOST: u16 = 999;

    /// A purse with these; the same kind may come more than once.
    ///
    /// `None` when that is more than [`Purse::MOST`] of a kind.
    #[must_use]
    pub fn of(pieces: impl IntoIterator<Item = (Piece, u16)>) -> Option<Self> {
        pieces
            .into_iter()
            .try_fold(Self::default(), |purse, (piece, count)| purse.with(piece, count))
    }

    /// How many there are of a kind.
    #[must_use]
    pub fn count(&self, piece: Piece) -> u16 {
        self.0[piece.index()]
    }

    /// The kinds that are there, the most valuable first.
    pub fn pieces(&self) -> impl Iterator<Item = (Piece, u16)> + use<> {
        let counts = self.0;
        Piece::ALL.into_iter().zip(counts).filter(|&(_, count)| count > 0)
    }

    /// How many notes and coins there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.0.iter().copied().map(u32::from).sum()
    }

    /// How many coins there are.
    #[must_use]
    pub fn coins(&self) -> u32 {
        let coins = self.pieces().filter(|(piece, _)| !piece.is_note());
        coins.map(|(_, count)| u32::from(count)).sum()
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|&count| count == 0)
    }

    /// What it is worth. A full purse of [`Purse::MOST`] of each is worth less than 200,000 yuan.
    #[must_use]
    pub fn total(&self) -> Fen {
        worth(&self.0)
    }

    /// The purse with `more` of a kind; `None` where they don't go in.
    #[must_use]
    pub fn with(mut self, piece: Piece, more: u16) -> Option<Self> {
        let count = &mut self.0[piece.index()];
        *count = count.checked_add(more).filter(|&count| count <= Self::MOST)?;
        Some(self)
    }

    /// The purse with `fewer` of a kind; `None` where there are not so many.
    #[must_use]
    pub fn without(mut self, piece: Piece, fewer: u16) -> Option<Self> {
        let count = &mut self.0[piece.index()];
        *count = count.checked_sub(fewer)?;
        Some(self)
    }

    /// Both together; `None` where they don't go into one purse.
    #[must_use]
    pub fn plus(self, other: &Self) -> Option<Self> {
        other
            .pieces()
            .try_fold(self, |purse, (piece, count)| purse.with(piece, count))
    }

    /// What is left when `other` is taken out; `None` where it is not in it.
    #[must_use]
    pub fn minus(self, other: &Self) -> Option<Self> {
        other
            .pieces()
            .try_fold(self, |purse, (piece, count)| purse.without(piece, count))
    }
}

impl Serialize for Purse {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.pieces())
    }
}

impl<'de> Deserialize<'de> for Purse {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let pieces = BTreeMap::<Piece, u16>::deserialize(from)?;
        Self::of(pieces).ok_or_else(|| serde::de::Error::custom("too many of a kind"))
    }
}
