//! Lists of cards that come in.

use super::*;
use crate::wallet::import::Pictures;

/// What is said about a list that comes by itself.
fn of_text(text: &str) -> Bench {
    let mut bench = Bench::new();
    bench.opens(Page::Files).reads(Ok(FileContent::Text(text.to_owned())));
    bench
}

/// The same of one in an archive, where these pictures could be read.
fn of_archive(files: &[(&str, &[u8])], pictures: Pictures) -> Bench {
    let mut bench = Bench::new();
    bench.opens(Page::Files).reads(Ok(FileContent::Wallet {
        archive: archive(files),
        pictures,
    }));
    bench
}

#[test]
fn a_list_that_can_not_be_taken_is_spoken_of_as_a_list() {
    for (text, why) in [
        ("3,,,\n\n_id,,\n", "import-newer"),
        ("3\nwhat comes later", "import-newer"),
        ("_id,store,note\n1,店,x\n", "pass-unreadable-line"),
        ("_id;note;cardid\n1;x;12\n", "pass-unreadable-line"),
        ("sep=;\n_id;store;cardid\n", "import-no-cards"),
    ] {
        let bench = of_text(text);
        assert_eq!(bench.title(), "这张卡看不懂", "{text}");
        assert!(bench.says().contains(&bench.core.words().get(why)), "{text}");
    }
}

#[test]
fn a_list_in_letters_of_another_kind_is_refused_in_an_archive_too() {
    let bench = of_archive(&[("catima.csv", b"_id,store,cardid\n1,Caf\xe9,12\n")], Pictures::new());
    assert!(bench.core.records().cards.is_empty());
    assert!(bench.says().contains("这份卡单里的字看不懂"));
}

#[test]
fn what_is_left_out_is_told_by_its_line_of_the_file() {
    let bench = of_text("_id,store,cardid\n1,店,12\n2,,34\n3,店,\n");
    assert_eq!(
        bench.core.left_out_of_import(),
        [
            "文件里第 3 行的卡没有名字，没加进来。",
            "文件里第 4 行的卡没有卡号，没加进来。"
        ]
    );
}

#[test]
fn a_picture_that_can_not_be_read_and_a_note_that_is_cut_are_said() {
    let note = "长".repeat(2_001);
    let list = format!("_id,store,note,cardid\n1,甲店,x,12\n2,乙店,{note},34\n3,丙店,x,56\n3,丁店,x,78\n");
    let files: [(&str, &[u8]); 5] = [
        ("catima.csv", list.as_bytes()),
        ("card_1_front.png", b"damaged"),
        ("card_3_front.png", b"sound"),
        ("card_3_icon.png", b"not taken"),
        ("card_9_front.png", b"of no card"),
    ];
    let pictures: Pictures = [("card_3_front.png".to_owned(), b"made small".to_vec())].into();
    let bench = of_archive(&files, pictures);
    assert_eq!(bench.core.records().cards.len(), 4);
    assert_eq!(
        bench.core.left_out_of_import(),
        ["“甲店”少了照片。", "“乙店”的备注太长，只留了前面的。"]
    );
    // Where no picture at all could be read, the archive comes alone.
    let mut bench = Bench::new();
    bench
        .opens(Page::Files)
        .reads(Ok(FileContent::Pass(archive(&files[..2]))));
    assert_eq!(bench.core.left_out_of_import().len(), 2);
}

#[test]
fn a_list_that_somebody_has_packed_is_found_by_being_the_only_one() {
    let list: &[u8] = b"_id,store,cardid\n1,Shop,12\n";
    let taken = |files: &[(&str, &[u8])]| {
        let mut bench = Bench::new();
        bench.opens(Page::Files).reads(Ok(FileContent::Pass(archive(files))));
        bench.core.records().cards.len()
    };
    assert_eq!(
        taken(&[("cards/My Cards.CSV", list), ("__MACOSX/._My Cards.csv", b"\0")]),
        1
    );
    assert_eq!(taken(&[("catima.csv", list), ("other.csv", b"x")]), 1);
    // Which of two is meant nobody knows, and a pass is a pass.
    assert_eq!(taken(&[("one.csv", list), ("two.csv", list)]), 0);
    let pass: (&str, &[u8]) = ("pass.json", br#"{"description": "Pass", "generic": {}}"#);
    let mut bench = Bench::new();
    bench
        .opens(Page::Files)
        .reads(Ok(FileContent::Pass(archive(&[("list.csv", list), pass]))));
    assert!(bench.core.records().cards.values().all(|card| card.name == "Pass"));
}
