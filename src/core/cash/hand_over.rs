//! What to hand over for a price: which pieces of the purse, and what must come back.
//!
//! # What is best
//!
//! The seller is taken to have everything and to give change from the largest piece down, which is the fewest pieces
//! there are for any amount of renminbi. Coins of 1 and 5 jiao are the smallest that go round, so the fen of a price
//! can't be paid exactly; they are handed over as a whole jiao, and [`HandOver::odd`] says what nobody can give back.
//!
//! - [`Way::Fewest`]: the fewest pieces that change hands, those handed over and those that come back together. Of
//!   several such ways the one that hands over the least. It may hand over a piece more than is needed, where that saves
//!   several of change: for 41 yuan, 101 of a note of 100 and a coin.
//! - [`Way::CoinsAway`]: the fewest coins afterwards, those that come back counted (a yuan of change is taken to be a
//!   coin), where each piece that is handed over is needed: without it the price would not be covered. Of several such
//!   ways the one that hands over the least, and of these the one with the fewest pieces.
//!
//! # How it is found
//!
//! Exactly, and not by trial of all ways. What is handed over is the price and less than 100 yuan more: with 100 yuan or
//! more coming back, pieces could be left out of what is handed over without more coming back. So there are at most 1,000
//! sums to consider, ordered by the pieces that come back; none is looked at that can't be as good as what is found.
//!
//! The fewest pieces for a sum ([`exactly`]): without the note of 50 each value divides the next (1 jiao, 5 jiao, 1, 5,
//! 10, 20, 100 yuan), and then the largest first is best and succeeds wherever anything does. Of the notes of 100 and 50,
//! all that fit or one less are in one of the best ways, since what is left then holds nothing to change for them.
//!
//! The tests compare this with all ways there are (`tests/hand_over.rs`), `benches/cash.rs` measures it.

use std::sync::LazyLock;

use super::model::Way;
use super::money::{Fen, Piece};
use super::purse::Purse;

/// What to hand over, and what comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HandOver {
    /// What to hand over.
    pub give: Purse,
    /// What that is worth.
    pub given: Fen,
    /// What must come back: what was handed over without the price.
    pub back: Fen,
    /// The same in pieces, as a seller gives it who has everything.
    pub change: Purse,
    /// The fen of it for which there is no coin.
    pub odd: Fen,
}

/// So much is missing in the purse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing(pub Fen);

/// What to hand over of `purse` for `price`.
///
/// # Errors
/// [`Missing`] where the purse holds less.
pub fn hand_over(purse: &Purse, price: Fen, way: Way) -> Result<HandOver, Missing> {
    let total = purse.total();
    if let Some(missing) = price.checked_sub(total)
        && !missing.is_zero()
    {
        return Err(Missing(missing));
    }
    let counts = Piece::ALL.map(|piece| u32::from(purse.count(piece)));
    let jiao = |amount: Fen| u32::try_from(amount.fen().div_ceil(10)).unwrap_or(u32::MAX);
    let (price_in_jiao, total_in_jiao) = (jiao(price), jiao(total));
    let found = match way {
        Way::Fewest => fewest(&counts, price_in_jiao, total_in_jiao),
        Way::CoinsAway => coins_away(&counts, price_in_jiao, total_in_jiao),
    };
    // There always is one: all that is in the purse, without what is not needed.
    let counts = found.unwrap_or(counts);
    let give = purse_of(&counts);
    let given = give.total();
    let back = given.checked_sub(price).unwrap_or_default();
    let (change, odd) = change_for(back);
    Ok(HandOver {
        give,
        given,
        back,
        change,
        odd,
    })
}

/// An amount below 100 yuan as a seller gives it, and the fen for which there is no coin. Of more than that the notes of
/// 100 are not more than a purse takes.
#[must_use]
pub fn change_for(amount: Fen) -> (Purse, Fen) {
    let mut rest = amount;
    let mut pieces = Purse::default();
    for piece in Piece::ALL.into_iter().filter(|piece| *piece != Piece::Note1) {
        while let (Some(less), Some(more)) = (rest.checked_sub(piece.fen()), pieces.with(piece, 1)) {
            (rest, pieces) = (less, more);
        }
    }
    (pieces, rest)
}

/// So many of each of [`Piece::ALL`].
type Counts = [u32; Piece::ALL.len()];

/// What the pieces are worth, in jiao.
const JIAO: Counts = [1_000, 500, 200, 100, 50, 10, 10, 5, 1];
const NOTE_OF_100: usize = 0;
const NOTE_OF_50: usize = 1;
/// The others, from the largest: of a yuan the coin goes before the note, since it is the heavier one.
const CHAIN: [usize; 7] = [2, 3, 4, COIN_OF_1, NOTE_OF_1, COIN_OF_5_JIAO, COIN_OF_1_JIAO];
const NOTE_OF_1: usize = 5;
const COIN_OF_1: usize = 6;
const COIN_OF_5_JIAO: usize = 7;
const COIN_OF_1_JIAO: usize = 8;
const COINS: [usize; 3] = [COIN_OF_1, COIN_OF_5_JIAO, COIN_OF_1_JIAO];

/// Less than so many jiao come back.
const MOST_BACK: u32 = 1_000;

/// An amount of change below [`MOST_BACK`].
#[derive(Clone, Copy)]
struct Change {
    jiao: u32,
    /// How many pieces it is.
    pieces: u32,
    /// How many of them are coins.
    coins: u32,
}

/// All amounts of change, those of few pieces first; and those of few coins first.
static CHANGE: LazyLock<[Vec<Change>; 2]> = LazyLock::new(|| {
    let all = || (0..MOST_BACK).map(change);
    let (mut by_pieces, mut by_coins): (Vec<_>, Vec<_>) = (all().collect(), all().collect());
    by_pieces.sort_by_key(|change| (change.pieces, change.jiao));
    by_coins.sort_by_key(|change| (change.coins, change.jiao));
    [by_pieces, by_coins]
});

/// How a seller gives an amount back.
fn change(jiao: u32) -> Change {
    let (mut rest, mut pieces, mut coins) = (jiao, 0, 0);
    for value in [500, 200, 100, 50, 10, 5, 1] {
        pieces += rest / value;
        coins += if value > 10 { 0 } else { rest / value };
        rest %= value;
    }
    Change { jiao, pieces, coins }
}

/// The fewest pieces of `counts` that are worth `sum` exactly, and how many these are.
fn exactly(counts: &Counts, sum: u32) -> Option<(u32, Counts)> {
    let mut best: Option<(u32, Counts)> = None;
    let hundreds = counts[NOTE_OF_100].min(sum / 1_000);
    for hundreds in (hundreds.saturating_sub(1)..=hundreds).rev() {
        let rest = sum - hundreds * 1_000;
        let fifties = counts[NOTE_OF_50].min(rest / 500);
        for fifties in (fifties.saturating_sub(1)..=fifties).rev() {
            let mut rest = rest - fifties * 500;
            let mut taken = Counts::default();
            (taken[NOTE_OF_100], taken[NOTE_OF_50]) = (hundreds, fifties);
            let mut pieces = hundreds + fifties;
            for kind in CHAIN {
                let of_kind = counts[kind].min(rest / JIAO[kind]);
                taken[kind] = of_kind;
                pieces += of_kind;
                rest -= of_kind * JIAO[kind];
            }
            if rest == 0 && best.is_none_or(|(fewest, _)| pieces < fewest) {
                best = Some((pieces, taken));
            }
        }
    }
    best
}

/// With fewer pieces than this no sum from `price` on can be made.
fn at_least(counts: &Counts, price: u32) -> u32 {
    let (mut rest, mut pieces) = (price, 0);
    for (count, value) in counts.iter().zip(JIAO) {
        let taken = (*count).min(rest.div_ceil(value));
        pieces += taken;
        rest = rest.saturating_sub(taken * value);
    }
    pieces
}

fn fewest(counts: &Counts, price: u32, total: u32) -> Option<Counts> {
    let at_least = at_least(counts, price);
    let mut best: Option<((u32, u32), Counts)> = None;
    for change in &CHANGE[0] {
        if best.is_some_and(|((pieces, _), _)| change.pieces + at_least > pieces) {
            break;
        }
        let sum = price + change.jiao;
        if sum > total {
            continue;
        }
        if let Some((given, taken)) = exactly(counts, sum) {
            let rank = (given + change.pieces, change.jiao);
            if best.is_none_or(|(best, _)| rank < best) {
                best = Some((rank, taken));
            }
        }
    }
    best.map(|(_, taken)| taken)
}

/// How good a way is that gives coins away: coins that come back without those that were given, jiao that come back, pieces.
type Rank = (i64, u32, u32);

fn coins_away(counts: &Counts, price: u32, total: u32) -> Option<Counts> {
    let mut best: Option<(Rank, Counts)> = None;
    let mut consider = |rank: Rank, taken: Counts| {
        if best.is_none_or(|(best, _)| rank < best) {
            best = Some((rank, taken));
        }
        best.map_or(rank.0, |(best, _)| best.0)
    };
    // Coins go only where less comes back than the smallest piece: below a yuan.
    let mut goal = i64::MAX;
    for back in (0..10).map(change).filter(|back| price + back.jiao <= total) {
        let sum = price + back.jiao;
        let allowed = only(counts, |kind| JIAO[kind] > back.jiao);
        let notes = only(&allowed, |kind| !COINS.contains(&kind));
        let all_coins: u32 = COINS.iter().map(|&kind| allowed[kind] * JIAO[kind]).sum();
        let count_of_all: u32 = COINS.iter().map(|&kind| allowed[kind]).sum();
        // The rest is paid in notes, so it is whole yuan.
        let most = all_coins.min(sum);
        let mut in_coins = most.checked_sub((most + 10 - sum % 10) % 10);
        while let Some(coins) = in_coins {
            in_coins = coins.checked_sub(10);
            if i64::from(back.coins) - i64::from(smallest_first(&allowed, coins)) > goal {
                break;
            }
            // Most coins are in what is given where fewest are in what is kept.
            let kept = largest_first(&allowed, all_coins - coins);
            if let (Some(kept), Some((_, mut taken))) = (kept, exactly(&notes, sum - coins)) {
                for kind in COINS {
                    taken[kind] = allowed[kind] - kept[kind];
                }
                let given = count_of_all - kept.iter().sum::<u32>();
                let pieces = taken.iter().sum();
                goal = consider((i64::from(back.coins) - i64::from(given), back.jiao, pieces), taken);
            }
        }
    }
    // Where no coin goes, notes alone.
    for back in CHANGE[1]
        .iter()
        .filter(|back| back.jiao >= 10 && price + back.jiao <= total)
    {
        if i64::from(back.coins) > goal {
            break;
        }
        let notes = only(counts, |kind| JIAO[kind] > back.jiao);
        if let Some((pieces, taken)) = exactly(&notes, price + back.jiao) {
            goal = consider((i64::from(back.coins), back.jiao, pieces), taken);
        }
    }
    best.map(|(_, taken)| taken)
}

fn only(counts: &Counts, which: impl Fn(usize) -> bool) -> Counts {
    std::array::from_fn(|kind| if which(kind) { counts[kind] } else { 0 })
}

/// No more coins than this are worth `most` or less.
fn smallest_first(counts: &Counts, most: u32) -> u32 {
    let (mut rest, mut coins) = (most, 0);
    for kind in COINS.into_iter().rev() {
        let taken = counts[kind].min(rest / JIAO[kind]);
        coins += taken;
        rest -= taken * JIAO[kind];
    }
    coins
}

/// The fewest coins that are worth `sum` exactly.
fn largest_first(counts: &Counts, sum: u32) -> Option<Counts> {
    let (mut rest, mut taken) = (sum, Counts::default());
    for kind in COINS {
        taken[kind] = counts[kind].min(rest / JIAO[kind]);
        rest -= taken[kind] * JIAO[kind];
    }
    (rest == 0).then_some(taken)
}

fn purse_of(counts: &Counts) -> Purse {
    let pieces = Piece::ALL.into_iter().zip(counts);
    // They come out of a purse, so they go into one.
    Purse::of(pieces.map(|(piece, &count)| (piece, u16::try_from(count).unwrap_or(Purse::MOST)))).unwrap_or_default()
}
