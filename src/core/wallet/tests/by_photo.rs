//! A card that photographs of it are enough for.

use super::*;
use crate::app::Incoming;
use crate::effect::{Effect, FileTrouble, FoundFile, ReadCode};
use crate::store::Store;

/// The pages up to the photographs of a card that has nothing but a name.
fn begins(bench: &mut Bench, kind: &str, name: &str) {
    bench.opens(Page::Wallet).taps("wallet-add").taps("add-card-by-photo");
    bench.taps(kind).types(name);
    assert_eq!(bench.page(), Page::CardPhotos);
}

/// Chooses a picture for a side; it is brought as it would be from outside.
fn chooses(bench: &mut Bench, side: &str, jpeg: &[u8]) {
    bench.taps(side);
    bench.gets(Incoming::Files(vec![FoundFile {
        path: "/home/li/card.jpg".to_owned(),
        name: "card.jpg".to_owned(),
        changed_at: bench.at(),
    }]));
    bench.taps("/home/li/card.jpg");
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::ReadPhoto { path } if path.ends_with("card.jpg")))
    );
    bench.gets(Incoming::Photo(Ok(jpeg.to_vec())));
}

fn only(bench: &Bench) -> Card {
    bench.core.records().cards.values().next().unwrap().clone()
}

#[test]
fn a_card_of_photographs_needs_no_number_and_shows_both_sides() {
    let mut bench = Bench::new();
    begins(&mut bench, "card-library", "借书证");
    chooses(&mut bench, "photo-front", b"front");
    assert_eq!(bench.page(), Page::ConfirmPhoto);
    assert_eq!(
        only(&bench).photos.front,
        None,
        "nothing is kept before it was looked at"
    );
    bench.taps("photo-keep").taps("photo-see");
    chooses(&mut bench, "photo-back", b"back");
    bench.taps("photo-keep");
    let card = only(&bench);
    assert!(card.number.is_empty() && card.code.is_none());
    let kept = bench.store.photo(card.photos.front.unwrap()).unwrap().unwrap();
    assert_eq!(kept, b"front");
    bench.opens(Page::Wallet).taps(&card.id.to_string());
    let shown: Vec<Vec<u8>> = code(&bench).photos.iter().map(|photo| photo.jpeg.to_vec()).collect();
    assert_eq!(shown, [b"front".to_vec(), b"back".to_vec()]);
    // The next card is asked for its number again.
    bench.opens(Page::Wallet).taps("wallet-add").taps("add-card-by-hand");
    bench.taps("card-transit").types("公交卡");
    assert_eq!(bench.page(), Page::Enter(Field::CardNumber));
}

#[test]
fn a_picture_that_can_not_be_used_costs_nothing_and_another_can_be_chosen() {
    let mut bench = Bench::new();
    begins(&mut bench, "card-elder", "老年卡");
    bench.taps("photo-front");
    bench.gets(Incoming::Files(vec![FoundFile {
        path: "/a.jpg".to_owned(),
        name: "a.jpg".to_owned(),
        changed_at: bench.at(),
    }]));
    bench.taps("/a.jpg").gets(Incoming::Photo(Err(FileTrouble::WrongKind)));
    assert_eq!(bench.page(), Page::Result);
    bench.taps("photo-again");
    assert_eq!(bench.page(), Page::PhotoFiles);
    assert_eq!(only(&bench).photos.front, None);
}

#[test]
fn a_photograph_of_a_card_that_is_covered_is_covered_too() {
    let mut bench = Bench::new();
    begins(&mut bench, "card-identity", "身份证");
    chooses(&mut bench, "photo-front", b"front");
    bench.taps("photo-keep");
    let id = only(&bench).id.to_string();
    bench.opens(Page::Wallet).taps(&id);
    assert!(code(&bench).photos.is_empty());
}

#[test]
fn a_card_that_came_of_a_code_alone_is_given_its_name_and_kind_from_there() {
    let mut bench = Bench::new();
    let codes = vec![ReadCode {
        symbology: Symbology::Code128,
        text: "3104020091234567".to_owned(),
    }];
    let picture = FileContent::Picture { codes };
    bench
        .opens(Page::Files)
        .reads(Ok(picture))
        .taps("card-kept-name")
        .types("公交卡");
    bench
        .taps("card-kept-show")
        .taps("card-edit")
        .taps("edit-card-kind")
        .taps("card-transit");
    let card = bench.core.records().cards.values().next().unwrap();
    assert_eq!((card.name.as_str(), card.kind), ("公交卡", CardKind::Transit));
}
