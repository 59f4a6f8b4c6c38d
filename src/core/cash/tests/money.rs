//! Amounts, how they are typed, written and said, and what goes into a purse.

use proptest::prelude::*;

use crate::cash::{Fen, Piece, Purse};
use crate::settings::Language;
use crate::words::Words;

fn fen(amount: u64) -> Fen {
    Fen::new(amount).unwrap()
}

#[test]
fn an_amount_is_taken_as_people_type_it() {
    for (typed, amount) in [
        ("12", 1_200),
        ("12.5", 1_250),
        ("12.50", 1_250),
        ("12.05", 1_205),
        (" 12. ", 1_200),
        (".5", 50),
        ("0", 0),
        ("007", 700),
        ("￥3.2", 320),
        ("１２．５", 1_250),
        ("12元5角", 1_250),
        ("12块5", 1_250),
        ("12元", 1_200),
        ("12元零5分", 1_205),
        ("12元5角3分", 1_253),
        ("12块5毛3", 1_253),
        ("5毛", 50),
        ("5角3分", 53),
        ("3分", 3),
        ("1000000", 100_000_000),
    ] {
        assert_eq!(Fen::parse(typed).map(Fen::fen), Some(amount), "{typed}");
    }
}

#[test]
fn what_is_no_amount_or_less_than_a_fen_or_too_much_is_refused() {
    for typed in [
        "",
        ".",
        "..",
        "1.2.3",
        "1.234",
        "-1",
        "+1",
        "1e3",
        "1,000",
        "十二",
        "元",
        "分",
        "角",
        "12元55角",
        "1000000.01",
        "99999999999999999999999",
        "12 .5",
        "٣",
    ] {
        // "." alone is nothing typed, and nothing is no amount either.
        assert_eq!(Fen::parse(typed), None, "{typed}");
    }
}

#[test]
fn an_amount_is_written_as_on_a_price_tag_and_said_as_at_a_stall() {
    let (chinese, english) = (Words::of(Language::Chinese), Words::of(Language::English));
    for (amount, written, said, in_english) in [
        (0, "0元", "零块", "0 yuan"),
        (5, "5分", "五分", "0.05 yuan"),
        (20, "2角", "两毛", "0.20 yuan"),
        (22, "2角2分", "两毛二", "0.22 yuan"),
        (200, "2元", "两块", "2 yuan"),
        (220, "2元2角", "两块二", "2.20 yuan"),
        (1_000, "10元", "十块", "10 yuan"),
        (1_205, "12元5分", "十二块零五分", "12.05 yuan"),
        (1_250, "12元5角", "十二块五", "12.50 yuan"),
        (1_234, "12元3角4分", "十二块三毛四", "12.34 yuan"),
        (2_000, "20元", "二十块", "20 yuan"),
        (10_500, "105元", "一百零五块", "105 yuan"),
        (11_000, "110元", "一百一十块", "110 yuan"),
        (11_500, "115元", "一百一十五块", "115 yuan"),
        (20_000, "200元", "两百块", "200 yuan"),
        (22_250, "222元5角", "两百二十二块五", "222.50 yuan"),
        (100_500, "1005元", "一千零五块", "1005 yuan"),
        (105_000, "1050元", "一千零五十块", "1050 yuan"),
        (1_005_000, "10050元", "一万零五十块", "10050 yuan"),
        (1_200_000, "12000元", "一万两千块", "12000 yuan"),
        (1_001_000, "10010元", "一万零一十块", "10010 yuan"),
        (2_000_000, "20000元", "两万块", "20000 yuan"),
        (12_000_000, "120000元", "十二万块", "120000 yuan"),
        (100_000_000, "1000000元", "一百万块", "1000000 yuan"),
    ] {
        assert_eq!(fen(amount).written(chinese), written);
        assert_eq!(fen(amount).said(chinese), said);
        assert_eq!(fen(amount).written(english), in_english);
    }
}

#[test]
fn the_pieces_are_worth_what_stands_on_them() {
    let worth: Vec<u64> = Piece::ALL.into_iter().map(|piece| piece.fen().fen()).collect();
    assert_eq!(worth, [10_000, 5_000, 2_000, 1_000, 500, 100, 100, 50, 10]);
    assert!(
        Piece::ALL
            .into_iter()
            .enumerate()
            .all(|(at, piece)| piece.index() == at)
    );
    assert_eq!(Piece::ALL.into_iter().filter(|piece| piece.is_note()).count(), 6);
}

#[test]
fn a_purse_takes_so_many_of_a_kind_and_no_more() {
    let full = Purse::of(Piece::ALL.map(|piece| (piece, Purse::MOST))).unwrap();
    assert_eq!(
        full.total().fen(),
        999 * (10_000 + 5_000 + 2_000 + 1_000 + 500 + 100 + 100 + 50 + 10)
    );
    for piece in Piece::ALL {
        assert_eq!(full.with(piece, 1), None);
        assert_eq!(Purse::default().without(piece, 1), None);
    }
    let text = serde_json::to_string(&full).unwrap();
    assert_eq!(serde_json::from_str::<Purse>(&text).unwrap(), full);
    for wrong in [
        r#"{"Yuan100":1000}"#,
        r#"{"Yuan100":70000}"#,
        r#"{"Yuan100":-1}"#,
        r#"{"Yuan3":1}"#,
    ] {
        assert!(serde_json::from_str::<Purse>(wrong).is_err(), "{wrong}");
    }
    assert!(serde_json::from_str::<Fen>("100000001").is_err());
}

proptest! {
    #[test]
    fn what_is_typed_and_what_is_written_is_the_same_amount(amount in 0..=100_000_000_u64) {
        let amount = fen(amount);
        prop_assert_eq!(Fen::parse(&amount.typed()), Some(amount));
        prop_assert_eq!(Fen::parse(&amount.written(Words::of(Language::Chinese))), Some(amount));
    }

    #[test]
    fn no_text_makes_the_reader_of_amounts_panic(text in ".{0,40}") {
        let _ = Fen::parse(&text);
    }

    #[test]
    fn what_goes_into_a_purse_comes_out_again(one in prop::array::uniform9(0..500_u16), two in prop::array::uniform9(0..499_u16)) {
        let purse = |counts: [u16; 9]| Purse::of(Piece::ALL.into_iter().zip(counts)).unwrap();
        let (one, two) = (purse(one), purse(two));
        let both = one.plus(&two).unwrap();
        prop_assert_eq!(both.total(), one.total().checked_add(two.total()).unwrap());
        prop_assert_eq!(both.minus(&two), Some(one));
        prop_assert_eq!(both.len(), one.len() + two.len());
    }
}
