//! The rules of cash.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bills;
mod counting;
mod hand_over;
mod money;
mod notice;
mod paying;
mod refused;
mod rules;
mod spending;

use super::{Command, Fen, KeptPurse, Piece, Purse};
use crate::app::Command as AppCommand;
use crate::store::{Change, Records, Store};
use crate::testing::Bench;
use crate::view::Body;

fn fen(amount: u64) -> Fen {
    Fen::new(amount).unwrap()
}

fn cash(command: Command) -> AppCommand {
    AppCommand::Cash(command)
}

/// Puts these into the purse, as if they had been counted.
fn fill(bench: &mut Bench, pieces: &[(Piece, u16)]) {
    let kept = KeptPurse {
        holds: Purse::of(pieces.iter().copied()).unwrap(),
        counted: true,
        ..bench.core.records().purse.clone()
    };
    bench.store.commit(&[Change::Purse(kept)]).unwrap();
    let now = bench.now.clone();
    let again = std::mem::replace(bench, Bench::new());
    *bench = again.restarted();
    bench.now = now;
}

fn holds(bench: &Bench) -> Purse {
    bench.core.records().purse.holds
}

/// What is kept, without the half-typed text.
fn records_of(bench: &Bench) -> Records {
    Records {
        drafts: Default::default(),
        ..bench.core.records().clone()
    }
}

/// The sum on a page of money.
fn total(bench: &Bench) -> String {
    match bench.view().body {
        Body::Money(view) => view.total.unwrap().value,
        body => panic!("{body:?} is no money"),
    }
}
