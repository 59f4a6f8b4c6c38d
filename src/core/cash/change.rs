//! Whether the change that came back is right.

use super::hand_over::change_for;
use super::model::Paying;
use super::money::Fen;

/// How what came back compares with what had to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    /// 对了
    Right,
    /// So much is still missing.
    Short(Fen),
    /// So much is too much.
    Over(Fen),
}

impl Paying {
    /// What must come back.
    #[must_use]
    pub fn must_come_back(&self) -> Fen {
        self.given.total().checked_sub(self.price).unwrap_or_default()
    }

    /// The fen of it for which there is no coin; nobody is short of these.
    #[must_use]
    pub fn odd(&self) -> Fen {
        change_for(self.must_come_back()).1
    }

    /// How what came back compares with it.
    pub(super) fn compare(&self) -> Compared {
        let (must, came) = (self.must_come_back(), self.back.total());
        if let Some(over) = came.checked_sub(must).filter(|over| !over.is_zero()) {
            return Compared::Over(over);
        }
        let can = must.checked_sub(self.odd()).unwrap_or_default();
        match can.checked_sub(came).filter(|short| !short.is_zero()) {
            Some(short) => Compared::Short(short),
            None => Compared::Right,
        }
    }
}
