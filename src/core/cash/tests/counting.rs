//! Counting the purse.

use super::{cash, fen, fill, holds, total};
use crate::app::Page;
use crate::cash::{Command, KeptPurse, Piece, Purse};
use crate::store::Store;
use crate::testing::{Bench, newcomer};
use crate::view::Body;

#[test]
fn a_tap_on_a_note_is_one_more_kept_at_once_and_the_sum_is_said() {
    let mut bench = Bench::new();
    bench.opens(Page::Purse);
    assert_eq!(bench.title(), "钱包还是空的");
    bench.taps("add-20");
    assert_eq!(bench.spoken().unwrap().parts, ["一共二十块"]);
    bench.taps("add-0.5").taps("add-20");
    assert_eq!(bench.page(), Page::Purse);
    // A new tap ends what was being said: it is a newer utterance.
    assert_eq!(bench.spoken().unwrap().parts, ["一共四十块五"]);
    assert_eq!(bench.store.load().unwrap().purse.holds.total(), fen(4_050));
    assert_eq!(total(&bench), "40元5角");
    let bench = bench.restarted();
    assert_eq!(
        holds(&bench),
        Purse::of([(Piece::Yuan20, 2), (Piece::Jiao5, 1)]).unwrap()
    );
}

#[test]
fn a_voice_that_is_off_stays_off_while_counting() {
    let mut records = newcomer();
    records.settings.voice = false;
    let mut bench = Bench::with(records);
    bench.opens(Page::Purse).taps("add-20");
    assert_eq!(bench.spoken(), None);
    assert_eq!(total(&bench), "20元");
}

#[test]
fn one_less_never_goes_below_none_and_says_so() {
    let mut bench = Bench::new();
    bench.opens(Page::Purse).taps("add-1-coin").taps("take-1-coin");
    assert!(holds(&bench).is_empty());
    bench.taps("take-1-coin");
    assert!(holds(&bench).is_empty());
    assert_eq!(bench.spoken().unwrap().parts, ["没有了，不能再少。"]);
}

#[test]
fn a_full_kind_takes_no_more_and_says_so() {
    let mut bench = Bench::new();
    fill(&mut bench, &[(Piece::Yuan5, Purse::MOST)]);
    bench.opens(Page::Purse).taps("add-5");
    assert_eq!(holds(&bench).count(Piece::Yuan5), Purse::MOST);
    assert_eq!(bench.spoken().unwrap().parts, ["一种最多放 999 张，放不下了。"]);
}

#[test]
fn the_rows_stand_where_they_stood_whatever_is_counted() {
    let mut bench = Bench::new();
    bench.opens(Page::Purse);
    let rows = |bench: &Bench| {
        let Body::Money(view) = bench.view().body else {
            panic!("the purse is money")
        };
        let name = |choice: Option<crate::view::Choice>| choice.unwrap().id;
        view.rows
            .into_iter()
            .map(|row| (row.label, name(row.add), name(row.take)))
            .collect::<Vec<_>>()
    };
    let before = rows(&bench);
    assert_eq!(before.len(), Piece::ALL.len());
    bench.taps("add-100").taps("add-0.1");
    assert_eq!(rows(&bench), before);
}

#[test]
fn counting_anew_asks_first_and_can_be_taken_back_on_the_page() {
    let mut bench = Bench::new();
    fill(&mut bench, &[(Piece::Yuan100, 2), (Piece::Jiao1, 7)]);
    let before = holds(&bench);
    bench.opens(Page::Purse).taps("purse-recount");
    assert!(bench.says().contains("原来数的 两百块七 会清掉"), "{}", bench.says());
    bench.taps("purse-recount-not");
    assert_eq!((bench.page(), holds(&bench)), (Page::Purse, before));
    bench.taps("purse-recount").taps("purse-recount");
    assert!(holds(&bench).is_empty());
    bench.taps("purse-undo");
    assert_eq!((bench.page(), holds(&bench)), (Page::Purse, before));
    assert_eq!(bench.spoken().unwrap().parts, ["一共两百块七"]);
    assert!(!bench.choice_ids().contains(&"purse-undo".to_owned()));
}

#[test]
fn what_is_to_be_along_is_typed_and_kept() {
    let mut bench = Bench::new();
    bench.opens(Page::Purse).taps("purse-reserve").types("1.234");
    assert!(matches!(bench.page(), Page::Enter(_)));
    bench.types("80.5");
    assert_eq!(bench.page(), Page::Purse);
    assert_eq!(bench.core.records().purse.reserve(), fen(8_050));
    assert_eq!(KeptPurse::default().reserve(), fen(5_000));
}

#[test]
fn the_wallet_leads_to_cash_and_says_what_the_purse_holds() {
    let mut bench = Bench::new();
    bench.opens(Page::Wallet);
    assert_eq!(bench.choice_ids()[0], "wallet-cash");
    bench.taps("wallet-cash");
    assert_eq!(
        (bench.page(), bench.choice("cash-purse").note.as_str()),
        (Page::Cash, "还没数过")
    );
    bench.does(cash(Command::Put(Piece::Yuan10)));
    assert_eq!(bench.choice("cash-purse").note, "10元");
    assert_eq!(bench.opens(Page::Wallet).choice("wallet-cash").note, "钱包里有 10元");
}
