//! Names of things: one newtype for each kind, so that a card can't be taken for a visit.
//!
//! Ids are UUIDs (RFC 9562, version 4). The core draws none by itself: it asks an [`IdSource`], which the program
//! fills from the system's randomness and a repeatable run from a seed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A signed document that is kept on this device.
    DocumentId,
    /// A card in the wallet.
    CardId,
    /// A photo of a card.
    PhotoId,
    /// A visit to a doctor, wished for or booked.
    VisitId,
    /// A person to call in need.
    ContactId,
    /// A line of the entry register.
    EntryId,
    /// A request to a service. The hub knows a repeat by it.
    RequestId,
    /// A paper on its way to a printer.
    PrintJobId,
    /// Something that was paid for in cash.
    SpendingId,
    /// A bill that comes on paper.
    BillId,
}

/// Where new ids come from.
pub trait IdSource: Send {
    /// A fresh version-4 UUID.
    fn uuid(&mut self) -> Uuid;
}

/// Ids from a seed, the same at each run: for tests and `--seed`. Not for anything that must be hard to guess.
#[derive(Debug, Clone)]
pub struct SeededIds(u64);

impl SeededIds {
    /// Starts the sequence that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of SplitMix64 (Steele, Lea, Flood 2014).
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl IdSource for SeededIds {
    fn uuid(&mut self) -> Uuid {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }
}
