#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;

fn cards(text: &str) -> Vec<CatimaCard> {
    let list = read(text).unwrap();
    assert_eq!(list.skipped, []);
    list.cards
}

const SECOND: &str = "2\r\n\r\n_id\r\n吃饭\r\n\r\n\
    _id,store,note,validfrom,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus,lastused,archive\r\n\
    4,便民超市,\"两行\r\n\r\n\"\"笔记\"\"\",1601510400000,1618012800000,12.50,CNY,6901234567892,690123456789,EAN_13,-1,1,5,0\r\n\
    7,书店,,,,0,,AB,,,,0,0,1\r\n\r\n\
    cardId,groupId\r\n4,吃饭\r\n4,吃饭\r\n9,没有\r\n";

#[test]
fn the_second_version_has_three_tables() {
    let cards = cards(SECOND);
    let day = |text: &str| Some(text.parse().unwrap());
    assert_eq!(
        cards[0],
        CatimaCard {
            id: Some(4),
            name: "便民超市".to_owned(),
            note: "两行\n\n\"笔记\"".to_owned(),
            number: "6901234567892".to_owned(),
            code: Some(CardCode {
                symbology: Symbology::Ean13,
                text: "6901234567892".to_owned(),
            }),
            valid_from: day("2020-10-01T00:00:00Z"),
            expires_at: day("2021-04-11T00:00:00Z"),
            balance: Some(("12.50".to_owned(), "CNY".to_owned())),
            groups: vec!["吃饭".to_owned()],
            starred: true,
            archived: false,
        }
    );
    assert_eq!((cards.len(), cards[1].archived, &cards[1].code), (2, true, &None));
    assert_eq!(cards[1].balance, None, "nothing of nothing");
}

#[test]
fn columns_may_be_missing_or_in_another_order_and_programs_for_tables_part_them_otherwise() {
    for text in [
        "_id,store,note,cardid,barcodetype\n1,店,,12345,AZTEC\n",
        "\u{feff}cardid,store,barcodetype,_id\r\n12345,店,AZTEC,1",
        "_id;store;cardid;barcodetype\n1;店;12345;AZTEC\n",
        "1\n\n_id,store,cardid,barcodetype\n1,店,12345,AZTEC\n",
        "\"_id\",\"store\",\"cardid\",\"barcodetype\"\n\"1\",\"店\",\"12345\",\"AZTEC\"\n",
    ] {
        assert!(is_list(text), "{text:?}");
        let card = cards(text).remove(0);
        assert_eq!((card.name.as_str(), card.number.as_str()), ("店", "12345"), "{text:?}");
        assert_eq!(card.code.unwrap().symbology, Symbology::Aztec, "{text:?}");
    }
}

#[test]
fn a_row_that_is_no_card_is_left_out_with_its_reason_and_so_is_no_other() {
    let text = "_id,store,note,cardid,barcodetype\n\
        1,,x,12,AZTEC\n2,店,x,,AZTEC\n3,店,not, quoted,12,AZTEC\nx,店,,12,AZTEC\n4,店,\"never closed,12,AZTEC\n5,好店,,12,AZTEC\n";
    let list = read(text).unwrap();
    let why: Vec<_> = list.skipped.iter().map(|(line, why)| (*line, *why)).collect();
    use Skipped::*;
    assert_eq!(
        why,
        [
            (2, NoName),
            (3, NoNumber),
            (4, Unreadable),
            (5, Unreadable),
            (6, Unreadable)
        ]
    );
    let names: Vec<_> = list.cards.iter().map(|card| card.name.as_str()).collect();
    assert_eq!(names, ["好店"]);
}

#[test]
fn what_makes_no_sense_beside_name_and_number_is_left_out() {
    let text = "_id,store,note,cardid,barcodetype,headercolor,starstatus,expiry,balance,balancetype\n\
        1,店,,12345,type,not a number,text,soon,much,YUAN\n2,店,,12345,EAN_13,,,,,\n";
    for card in cards(text) {
        let nothing = (card.code, card.starred, card.expires_at, card.balance);
        assert_eq!(nothing, (None, false, None, None));
    }
}

#[test]
fn what_is_no_list_is_told_from_a_newer_one() {
    assert_eq!(read("3\n\n_id\n"), Err(CatimaError::Newer));
    assert_eq!(read("name,phone\nBob,123\n"), Err(CatimaError::NotAList));
    assert_eq!(read(""), Err(CatimaError::NotAList));
    assert_eq!(read("_id,store,note,cardid\n"), Err(CatimaError::NoCards));
    for text in ["", "2", "12345\n678", "HC1:ABC", "{\"store\":1}"] {
        assert!(!is_list(text), "{text:?}");
    }
    assert!(is_list("3\r\n\r\n_id\r\n") && is_list(SECOND));
}

#[test]
fn a_list_without_end_is_cut_off() {
    let rows = "1,店,12\n".repeat(MOST_CARDS + 3);
    let list = read(&format!("_id,store,cardid\n{rows}")).unwrap();
    assert_eq!((list.cards.len(), list.skipped.len()), (MOST_CARDS, 3));
    assert!(list.skipped.iter().all(|(_, why)| *why == Skipped::TooMany));
}

#[test]
fn quotation_marks_without_end_cost_no_time() {
    // Each line begins a quotation that is never closed; none may be looked for to the end of the file.
    let text = format!("_id,store,cardid\n{}", "1,\"店,12\n".repeat(200_000));
    let began = std::time::Instant::now();
    let list = read(&text).unwrap();
    assert!(list.cards.len() <= MOST_CARDS);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn of_what_could_not_be_read_no_code_is_drawn() {
    for (number, drawn) in [("Z\u{fffd}r", false), ("Zür", true)] {
        let list = format!("_id,store,note,cardid,barcodetype\n1,Shop,,{number},QR_CODE\n");
        assert_eq!(cards(&list)[0].code.is_some(), drawn, "{number}");
    }
}

proptest! {
    #[test]
    fn any_card_that_is_written_is_read_back(
        name in "[^\\p{C}\\s][^\\p{C}]{0,20}[^\\p{C}\\s]", note in "[ -~\n老年卡]{0,60}", number in "[0-9A-Z]{1,20}", star in any::<bool>(),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["_id", "store", "note", "cardid", "starstatus"]).unwrap();
        writer.write_record(["1", &name, &note, &number, if star { "1" } else { "0" }]).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let read = cards(&text).remove(0);
        prop_assert_eq!(read.name, name);
        prop_assert_eq!(read.note, note.trim());
        prop_assert_eq!((read.number, read.starred), (number, star));
    }

    #[test]
    fn no_text_makes_it_panic(text in "(_id|store|cardid|groupId|[12]|,|\"|\r?\n|[ -~老]){0,80}") {
        let _ = is_list(&text);
        let _ = read(&text);
    }
}
