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
            is_note_cut: false,
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
fn spaces_and_line_ends_at_the_ends_of_a_code_are_part_of_it_and_not_of_the_number() {
    let text = "_id,store,cardid,barcodeid,barcodetype\n\
        1,店, 12 ,,QR_CODE\n2,店,12,\" 34\n\",QR_CODE\n3,店,56 ,  ,CODE_128\n4,店,12, 6901234567892 ,EAN_13\n";
    let read: Vec<_> = cards(text)
        .into_iter()
        .map(|card| (card.number, card.code.unwrap().text))
        .collect();
    let expected = [("12", " 12 "), ("12", " 34\n"), ("56", "56 "), ("12", "6901234567892")];
    assert_eq!(
        read,
        expected.map(|(number, code)| (number.to_owned(), code.to_owned()))
    );
}

#[test]
fn a_card_that_is_called_as_a_column_is_no_header() {
    let text = "2\n\n_id\nstore\n\n_id,store,note,cardid,barcodeid\n\
        1,Store,note,CardId,12\n2,cardId,groupId,34,\n3,书店,,56,\n4,_id,store,cardid,\n\ncardId,groupId\n1,store\n3,cardid\n";
    let read: Vec<_> = cards(text)
        .into_iter()
        .map(|card| [card.name, card.number, card.groups.concat()].join(" "))
        .collect();
    assert_eq!(
        read,
        ["Store CardId store", "cardId 34 ", "书店 56 cardid", "_id cardid "]
    );
    // An old list without the column of numbers has no other table.
    let read = cards("store,note,cardid\nStore,note,CardId\ncardid,groupid,12\n");
    assert_eq!(read.len(), 2);
}

#[test]
fn a_note_of_many_lines_is_taken_like_one_of_one_line() {
    let long = "字,行\r\n".repeat(20_000);
    for note in ["一行", "一行\n二行", "一行\r\n\r\n\"\"二行\"\"\n", &long] {
        // As many columns as the table has, fewer, and one more that is empty.
        for rest in ["12,CODE_128,1", "12", "12,CODE_128,1,", "12,CODE_128,1,,\"\""] {
            let text = format!("_id,store,note,cardid,barcodetype,starstatus\n1,店,\"{note}\",{rest}\n2,书店,,34,,\n");
            let read = cards(&text);
            let names: Vec<_> = read.iter().map(|card| (&*card.name, &*card.number)).collect();
            assert_eq!(names, [("店", "12"), ("书店", "34")], "{rest}");
            assert!(
                read[0].note.starts_with(&note.chars().take(2).collect::<String>()),
                "{rest}"
            );
        }
    }
}

#[test]
fn a_quotation_that_is_not_closed_as_it_should_be_takes_no_other_card_in() {
    for broken in ["1,店,\"note,12,", "1,店,note,12,\"", "1,店,\"a\"b\",\"12,"] {
        for next in [
            "2,书店,x,34,",
            "2,\"书店\",x,34,",
            "2,书店,x,\"34\",\"\"",
            "\"2\",书店,\"x\ny\",34,",
        ] {
            let text = format!("_id,store,note,cardid,barcodetype\n{broken}\n{next}\n");
            let list = read(&text).unwrap();
            let names: Vec<_> = list.cards.iter().map(|card| &*card.name).collect();
            assert_eq!(names, ["书店"], "{text}");
            assert_eq!(list.skipped, [(2, Skipped::Unreadable)], "{text}");
        }
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
    for text in [
        SECOND,
        "3\r\n\r\n_id\r\n",
        "3;;\nsomething else",
        "_id,store,note\n1,店,x\n",
        "\u{feff}_id;note;cardid\n1;x;12\n",
        "sep=,\nname,phone\n",
    ] {
        assert!(is_list(text), "{text:?}");
    }
    assert_eq!(read("3;;;\nx"), Err(CatimaError::Newer));
    assert_eq!(read("_id,store,note\n1,店,x\n"), Err(CatimaError::NotAList));
}

#[test]
fn letters_are_read_or_refused_and_never_guessed_at() {
    let wide = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
        let units = "店,é".encode_utf16().flat_map(bytes);
        mark.into_iter().chain(units).collect::<Vec<u8>>()
    };
    for bytes in [
        "店,é".as_bytes().to_vec(),
        wide([0xff, 0xfe], u16::to_le_bytes),
        wide([0xfe, 0xff], u16::to_be_bytes),
    ] {
        assert_eq!(text::exact(&bytes).as_deref(), Some("店,é"));
    }
    for bytes in [&b"_id,store\n1,Caf\xe9"[..], b"\xff\xfea", b"\xff\xfe\x00\xd8"] {
        assert_eq!(text::exact(bytes), None);
    }
    let card = cards("_id,store,cardid,barcodetype\n1,店,Caf\u{fffd},QR_CODE\n").remove(0);
    assert_eq!(card.code, None);
}

#[test]
fn a_codabar_is_drawn_whatever_names_its_ends_have() {
    let read = cards("_id,store,cardid,barcodetype\n1,店,a123b,CODABAR\n2,店,T123N,CODABAR\n");
    let codes: Vec<_> = read.into_iter().map(|card| card.code.unwrap().text).collect();
    assert_eq!(codes, ["A123B", "A123B"]);
}

#[test]
fn a_code_may_be_longer_than_a_number_that_is_shown() {
    let list = |kind: &str, digits: usize| {
        let row = format!("1,店,{},{kind}", "7".repeat(digits));
        read(&format!("_id,store,cardid,barcodetype\n{row}\n")).unwrap()
    };
    for (kind, digits, shown) in [("QR_CODE", 2_000, 2_000), ("QR_CODE", 2_500, 0), ("QR_CODE", 4_296, 0)] {
        let card = list(kind, digits).cards.remove(0);
        assert_eq!((card.number.len(), card.code.unwrap().text.len()), (shown, digits));
    }
    for (kind, digits) in [("QR_CODE", 4_297), ("CODE_128", 2_500), ("", 2_001)] {
        assert_eq!(list(kind, digits).skipped, [(2, Skipped::TooLong)], "{kind}");
    }
}

#[test]
fn of_a_note_without_end_the_beginning_is_kept() {
    for (characters, is_cut) in [(2_000, false), (2_001, true)] {
        let note = "字".repeat(characters);
        let card = cards(&format!("_id,store,note,cardid\n1,店, {note} ,12\n")).remove(0);
        assert_eq!((card.note.chars().count(), card.is_note_cut), (2_000, is_cut));
    }
}

#[test]
fn a_name_that_nobody_can_see_is_none() {
    let list = read("_id,store,cardid\n1,\u{200b},12\n2,\u{202e}店\u{200b},34\n").unwrap();
    assert_eq!(list.skipped, [(2, Skipped::NoName)]);
    assert_eq!(list.cards[0].name, "店");
}

#[test]
fn what_a_program_for_tables_has_filled_up_is_read_like_what_it_was() {
    let expected = read(SECOND).unwrap();
    assert_eq!(expected.skipped, []);
    let filled = |delimiter: &str| {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(SECOND.as_bytes());
        let rows = reader.records().map(Result::unwrap).flat_map(|row| {
            let fields = row
                .iter()
                .map(|field| format!("\"{}\"", field.replace('"', "\"\"")))
                .map(|field| {
                    if field.contains('\n') {
                        field
                    } else {
                        field.trim_matches('"').to_owned()
                    }
                });
            let full = fields
                .chain(std::iter::repeat_n(String::new(), 16 - row.len()))
                .collect::<Vec<_>>();
            [full.join(delimiter), delimiter.repeat(15)]
        });
        rows.collect::<Vec<_>>().join("\r\n")
    };
    for (delimiter, before) in [
        (",", ""),
        (";", ""),
        ("\t", ""),
        (";", "sep=;\r\n"),
        ("\t", "SEP=\t\n"),
        (",", "\u{feff}sep=,\n"),
    ] {
        let text = format!("{before}{}", filled(delimiter));
        assert!(is_list(&text), "{text}");
        assert_eq!(read(&text).as_ref(), Ok(&expected), "{text}");
    }
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
    // Each line begins a quotation that is never closed, or one that the next line closes to begin another.
    for (line, end) in [("1,\"店,12\n", ""), ("店\",\"12\n", ""), ("店\",\"12\n", "\"")] {
        let text = format!("_id,store,cardid\n{}{end}", line.repeat(200_000));
        let began = std::time::Instant::now();
        let list = read(&text).unwrap();
        assert_eq!(
            (list.cards.len(), list.skipped.last().map(|(_, why)| *why)),
            (0, Some(Skipped::TooMany)),
            "{line:?}"
        );
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }
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
        name in "[\\p{L}\\p{N}\\p{P}\\p{S}][^\\p{C}]{0,20}[\\p{L}\\p{N}\\p{P}\\p{S}]", note in "[ -~\n老年卡]{0,60}", number in "[0-9A-Z]{1,20}", star in any::<bool>(),
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
