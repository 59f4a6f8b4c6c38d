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
