//! What to hand over: 10,000 purses as people carry them, both ways. The goal is a second for all of them.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use anban_core::cash::hand_over::hand_over;
use anban_core::cash::{Fen, Piece, Purse, Way};
use anban_core::ids::{IdSource, SeededIds};
use criterion::Criterion;

const PURSES: u64 = 10_000;
const GOAL: Duration = Duration::from_secs(1);

/// A purse with up to some hundreds of pieces, and a price that it can pay.
fn carried(seed: u64) -> (Purse, Fen) {
    let bits = SeededIds::new(seed).uuid().as_u128();
    let most = [12, 6, 10, 15, 20, 30, 60, 40, 80];
    let pieces = Piece::ALL.into_iter().zip(most).enumerate().map(|(at, (piece, most))| {
        let random = u16::try_from(bits >> (at * 8) & 0xff).unwrap();
        (piece, random % (most + 1))
    });
    let purse = Purse::of(pieces).unwrap();
    let price = u64::try_from(bits >> 96).unwrap() % purse.total().fen().max(1) + 1;
    (purse, Fen::new(price).unwrap())
}

fn main() {
    let purses: Vec<_> = (0..PURSES).map(carried).collect();
    let mut criterion = Criterion::default().configure_from_args();
    for (name, way) in [
        ("hand_over_fewest", Way::Fewest),
        ("hand_over_coins_away", Way::CoinsAway),
    ] {
        let mut next = purses.iter().cycle();
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| {
                let (purse, price) = next.next().unwrap();
                black_box(hand_over(purse, *price, way))
            });
        });
        let began = Instant::now();
        for (purse, price) in &purses {
            let _ = black_box(hand_over(purse, *price, way));
        }
        let took = began.elapsed();
        println!("{name}: {PURSES} purses in {took:?} (goal {GOAL:?})");
        assert!(took < GOAL, "{PURSES} purses are to take less than {GOAL:?}");
    }
    criterion.final_summary();
}
