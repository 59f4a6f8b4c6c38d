//! What to hand over, against all ways there are.

use proptest::prelude::*;

use crate::cash::hand_over::{HandOver, Missing, change_for, hand_over};
use crate::cash::{Fen, Piece, Purse, Way};
use crate::ids::{IdSource, SeededIds};

fn fen(amount: u64) -> Fen {
    Fen::new(amount).unwrap()
}

fn purse(pieces: &[(Piece, u16)]) -> Purse {
    Purse::of(pieces.iter().copied()).unwrap()
}

/// The fewest pieces for each amount of jiao below 100 yuan, by trying all of them.
fn fewest_for_change() -> Vec<u64> {
    let values = [500, 200, 100, 50, 10, 5, 1];
    let mut fewest = vec![0_u64];
    for jiao in 1..1_000_usize {
        let least = values
            .iter()
            .filter(|&&value| value <= jiao)
            .map(|value| fewest[jiao - value]);
        fewest.push(least.min().unwrap() + 1);
    }
    fewest
}

/// The coins in change that is given from the largest piece down.
fn coins_in_change(jiao: u64) -> i64 {
    let below_five_yuan = jiao % 50;
    i64::try_from(below_five_yuan / 10 + below_five_yuan % 10 / 5 + below_five_yuan % 5).unwrap()
}

/// How good handing `given` over for `price` is: less is better. `None` where it may not be done.
fn rank(given: &Purse, price: Fen, way: Way, fewest_for_change: &[u64]) -> Option<(i64, u64, u32)> {
    let over = given.total().checked_sub(price)?.fen();
    let pieces = i64::from(given.len());
    match way {
        // With 100 yuan back there is always a better way; see below.
        Way::Fewest => {
            let jiao = usize::try_from(over / 10).unwrap();
            let back = fewest_for_change.get(jiao % 1_000).unwrap() + u64::try_from(jiao / 1_000).unwrap();
            Some((pieces + i64::try_from(back).unwrap(), over, 0))
        }
        Way::CoinsAway => {
            let needed = given.pieces().all(|(piece, _)| over < piece.fen().fen());
            needed.then(|| (coins_in_change(over / 10) - i64::from(given.coins()), over, given.len()))
        }
    }
}

/// Everything that can be taken out of a purse.
fn all_ways(purse: &Purse) -> Vec<Purse> {
    purse.pieces().fold(vec![Purse::default()], |ways, (piece, count)| {
        let more = |way: &Purse| (0..=count).map(|n| way.with(piece, n).unwrap()).collect::<Vec<_>>();
        ways.iter().flat_map(more).collect()
    })
}

/// What is found is in the purse, adds up, and is as good as the best of all ways.
fn check(purse: &Purse, price: Fen, fewest_for_change: &[u64]) {
    let ways = all_ways(purse);
    for way in Way::ALL {
        let best = ways
            .iter()
            .filter_map(|given| rank(given, price, way, fewest_for_change))
            .min();
        let found = hand_over(purse, price, way);
        let about = format!("{purse:?} for {price:?} {way:?}: {found:?}");
        match (best, found) {
            (None, Err(Missing(missing))) => {
                assert_eq!(purse.total().checked_add(missing), Some(price), "{about}");
            }
            (Some(best), Ok(found)) => {
                assert!(purse.minus(&found.give).is_some(), "{about}");
                adds_up(&found, price);
                assert_eq!(rank(&found.give, price, way, fewest_for_change), Some(best), "{about}");
            }
            _ => panic!("{about}, but the best is {best:?}"),
        }
    }
}

fn adds_up(found: &HandOver, price: Fen) {
    assert_eq!(found.give.total(), found.given);
    assert_eq!(price.checked_add(found.back), Some(found.given));
    assert_eq!(found.change.total().checked_add(found.odd), Some(found.back));
    assert!(found.odd.fen() < 10);
}

#[test]
fn a_price_is_paid_with_few_pieces_or_with_many_coins() {
    let coins = purse(&[
        (Piece::Yuan20, 1),
        (Piece::Yuan10, 1),
        (Piece::Coin1, 6),
        (Piece::Jiao5, 3),
        (Piece::Jiao1, 2),
    ]);
    let few = hand_over(&coins, fen(1_250), Way::Fewest).unwrap();
    assert_eq!(
        few.give,
        purse(&[(Piece::Yuan10, 1), (Piece::Coin1, 2), (Piece::Jiao5, 1)])
    );
    assert_eq!(few.back, Fen::ZERO);
    let away = hand_over(&coins, fen(1_250), Way::CoinsAway).unwrap();
    assert_eq!(
        away.give,
        purse(&[(Piece::Yuan10, 1), (Piece::Coin1, 1), (Piece::Jiao5, 3)])
    );
    assert_eq!(away.back, Fen::ZERO);
}

#[test]
fn a_coin_more_saves_a_handful_of_change() {
    let both = purse(&[(Piece::Yuan100, 1), (Piece::Coin1, 1)]);
    let found = hand_over(&both, fen(4_100), Way::Fewest).unwrap();
    assert_eq!((found.given, found.back), (fen(10_100), fen(6_000)));
    assert_eq!(found.change, purse(&[(Piece::Yuan50, 1), (Piece::Yuan10, 1)]));
}

#[test]
fn what_is_missing_is_said_to_the_fen() {
    let little = purse(&[(Piece::Yuan10, 1)]);
    assert_eq!(hand_over(&little, fen(1_001), Way::Fewest), Err(Missing(fen(1))));
    assert_eq!(
        hand_over(&Purse::default(), fen(5), Way::CoinsAway),
        Err(Missing(fen(5)))
    );
    assert_eq!(
        hand_over(&little, Fen::MOST, Way::Fewest),
        Err(Missing(fen(99_999_000)))
    );
}

#[test]
fn fen_for_which_there_is_no_coin_are_said_and_not_rounded() {
    let ten = purse(&[(Piece::Yuan10, 2)]);
    for way in Way::ALL {
        let found = hand_over(&ten, fen(1_234), way).unwrap();
        assert_eq!((found.given, found.back, found.odd), (fen(2_000), fen(766), fen(6)));
        assert_eq!(found.change.total(), fen(760));
    }
}

#[test]
fn change_is_given_from_the_largest_piece_down_and_that_is_the_fewest() {
    let fewest = fewest_for_change();
    for (jiao, fewest) in (0..).zip(&fewest) {
        let (change, odd) = change_for(fen(jiao * 10 + 7));
        assert_eq!((change.total(), odd), (fen(jiao * 10), fen(7)));
        assert_eq!(u64::from(change.len()), *fewest, "{jiao}");
    }
}

#[test]
fn every_price_is_paid_best_out_of_every_small_purse() {
    // All purses with at most one of each kind, and some prices around what they are worth.
    let fewest = fewest_for_change();
    for bits in 0..512_u16 {
        let one_or_none = Piece::ALL
            .into_iter()
            .enumerate()
            .map(|(at, piece)| (piece, bits >> at & 1));
        let purse = Purse::of(one_or_none).unwrap();
        let total = purse.total().fen();
        for price in [
            1,
            9,
            10,
            40,
            90,
            250,
            460,
            990,
            1_840,
            4_100,
            9_995,
            total.saturating_sub(10),
            total,
            total + 1,
        ] {
            if price > 0 {
                check(&purse, fen(price), &fewest);
            }
        }
    }
}

/// A purse with few pieces, of which all ways can be tried.
fn small_purse() -> impl Strategy<Value = Purse> {
    proptest::collection::vec((proptest::sample::select(&Piece::ALL[..]), 1..=4_u16), 0..=5)
        .prop_map(|pieces| Purse::of(pieces).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_to_hand_over_is_the_best_of_all_ways(purse in small_purse(), price in 1..60_000_u64, around in any::<bool>()) {
        let total = purse.total().fen();
        // Half of the prices can be paid.
        let price = if around && total > 0 { 1 + price % total } else { price };
        check(&purse, fen(price), &fewest_for_change());
    }
}

/// Purses as people carry them, up to hundreds of pieces, and prices that they can pay.
fn carried(seed: u64) -> (Purse, Fen) {
    let bits = SeededIds::new(seed).uuid().as_u128();
    let most = [12, 6, 10, 15, 20, 30, 60, 40, 80];
    let mut pieces = Piece::ALL.into_iter().zip(most).enumerate();
    let purse = pieces.try_fold(Purse::default(), |purse, (at, (piece, most))| {
        let random = u16::try_from(bits >> (at * 8) & 0xff).unwrap();
        purse.with(piece, random % (most + 1))
    });
    let purse = purse.unwrap();
    let price = u64::try_from(bits >> 96).unwrap() % purse.total().fen().max(1) + 1;
    (purse, fen(price))
}

#[test]
fn ten_thousand_purses_as_people_carry_them_are_paid_from() {
    for seed in 0..10_000 {
        let (purse, price) = carried(seed);
        for way in Way::ALL {
            let Ok(found) = hand_over(&purse, price, way) else {
                assert!(purse.total() < price);
                continue;
            };
            assert!(purse.minus(&found.give).is_some());
            adds_up(&found, price);
        }
    }
}

#[test]
fn a_purse_full_to_the_brim_pays_any_price() {
    let full = Purse::of(Piece::ALL.map(|piece| (piece, Purse::MOST))).unwrap();
    let total = full.total().fen();
    for price in [1, 10, 99_999, 187_412, total / 2, total - 1, total] {
        for way in Way::ALL {
            adds_up(&hand_over(&full, fen(price), way).unwrap(), fen(price));
        }
    }
    let only_jiao = purse(&[(Piece::Jiao1, Purse::MOST)]);
    assert_eq!(hand_over(&only_jiao, fen(9_990), Way::Fewest).unwrap().give, only_jiao);
}
