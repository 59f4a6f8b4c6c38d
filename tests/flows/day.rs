//! One day of an older person with the wallet: the bus, the market, a shop that takes no cash, the library; in the evening
//! the bag is gone with the telephone in it, and the next morning everything is there again from the file that was saved.

use anban_core::app::Page;
use anban_core::cash::Fen;
use anban_core::effect::Effect;
use anban_core::entry::Field;
use anban_core::symbol::Symbology;
use anban_core::view::{Body, Mark, View};
use anban_core::wallet::{Card, CardKind};

use crate::common::Home;
use crate::common::person::{Person, code, kept, tells};

/// A library's list of cards, as Catima writes it.
const LIST: &str = "_id,store,note,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus\n\
    1,区图书馆,二楼还书,,0,,L20260415,,CODE_39,-9977996,0\n";
const PASSPHRASE: &str = "院子里的两棵柿子树\n";

/// Opens the card of this name from the wallet's page.
#[track_caller]
fn takes_out(person: &mut Person, name: &str) -> View {
    let wallet = person.opens(Page::Wallet);
    let id = wallet.body.choices().find(|choice| choice.text == name);
    let id = id.unwrap_or_else(|| panic!("{name} is not in the wallet")).id.clone();
    person.taps(&wallet, &id).view
}

/// The cards without what only this device knows of them.
fn cards(home: &Home) -> Vec<Card> {
    let mut cards: Vec<Card> = kept(home).0.cards.into_values().collect();
    cards.sort_by_key(|card| (card.added_at, card.id));
    cards
}

#[test]
fn a_day_with_bus_market_shop_and_library_and_a_lost_bag_in_the_evening() {
    let home = Home::new();
    let mut person = Person::welcomed(&home, &[], "王秀英");

    // At the kitchen table: the elder card and the money are put in.
    let wallet = person.opens(Page::Wallet);
    person.taps_all(wallet, &["wallet-add", "add-card-by-hand", "card-elder"]);
    person.enters(Field::CardName, "老年卡");
    person.enters(Field::CardNumber, "9001 2345 6789");
    let purse = person.opens(Page::Purse);
    person.taps_all(purse, &["add-20", "add-10", "add-1-coin"]);
    person.leaves();
    let list = home.file("Catima.csv", LIST);
    home.run(&["import", list.to_str().unwrap()]).done();

    // The bus: the card, as large as the screen, and what to say with it.
    let mut person = Person::at(&home, &[]);
    let card = takes_out(&mut person, "老年卡");
    let shown = person.taps(&card, "card-large");
    let large = code(&shown.view);
    assert_eq!(large.number.as_ref().unwrap().text, "9001 2345 6789");
    assert_eq!(large.symbol.as_ref().unwrap().text, "900123456789");
    assert!(shown.view.brightest);
    let card = takes_out(&mut person, "老年卡");
    let said = person.taps(&card, "saying-free-travel").view;
    let Body::Show(words) = &said.body else {
        panic!("that is held out: {:?}", said.body)
    };
    assert_eq!(words.sentence.text, "我凭这张卡免费乘车");
    assert!(words.other.is_some());

    // The market: a note of 20 for 12 yuan, and a yuan too little comes back.
    let purse = person.opens(Page::Purse);
    person.taps(&purse, "purse-pay");
    let proposed = person.enters(Field::Price, "12").view;
    let change = person.taps(&proposed, "hand-over-done").view;
    let must = match &change.body {
        Body::Money(money) => money.title.text.clone(),
        other => panic!("{other:?}"),
    };
    assert!(must.contains("8元"), "{must}");
    let short = person.taps(&change, "add-5").view;
    assert!(matches!(&short.body, Body::Money(money) if money.mark == Some(Mark::Caution)));
    let Body::Show(asked) = person.taps(&short, "change-short").view.body else {
        panic!("the seller is asked to look again")
    };
    assert!(asked.sentence.text.contains("少找了"), "{}", asked.sentence.text);
    // The rest comes in coins.
    let again = person.opens(Page::ChangeBack);
    let again = person.taps_all(again, &["add-1-coin"; 3]);
    assert!(matches!(&again.body, Body::Money(money) if money.mark == Some(Mark::Good)));
    person.taps_all(again, &["change-done", "spent-groceries"]);

    // A shop that takes no cash.
    let cash = person.opens(Page::Cash);
    let card = person.taps(&cash, "cash-refused").view;
    tells(&card, "refused-show");
    let called = person.taps(&card, "refused-call").effects;
    assert!(
        called
            .iter()
            .any(|effect| matches!(effect, Effect::Dial { number } if number == "12315"))
    );

    // The library: the card that came from the other app.
    let library = takes_out(&mut person, "区图书馆");
    let symbol = code(&library).symbol.as_ref().unwrap();
    assert_eq!(
        (symbol.symbology, symbol.text.as_str()),
        (Symbology::Code39, "L20260415")
    );
    person.leaves();

    // In the evening the wallet is saved, locked; then the bag is gone.
    let words = home.file("passphrase", PASSPHRASE);
    let file = home.path().join("wallet.zip.age");
    let (file, words) = (file.to_str().unwrap(), words.to_str().unwrap());
    home.run(&["export", "--out", file, "--passphrase-file", words]).done();
    let (before, records) = (cards(&home), kept(&home).0);
    assert!(
        !std::fs::read(file)
            .unwrap()
            .windows(4)
            .any(|four| four == b"PK\x03\x04")
    );

    // A new telephone.
    let other = Home::new();
    Person::welcomed(&other, &[], "王秀英").leaves();
    let refused = other.run(&["import", file]);
    assert_eq!(refused.code, Some(2), "it is locked: {}", refused.stderr);
    other.run(&["import", file, "--passphrase-file", words]).done();
    assert_eq!(cards(&other), before);
    let restored = kept(&other).0;
    assert_eq!(restored.purse.holds, records.purse.holds);
    assert_eq!(restored.purse.holds.total(), Fen::new(1_900).unwrap());
    assert_eq!(restored.spendings, records.spendings);
    let mut person = Person::at(&other, &[]);
    let card = takes_out(&mut person, "老年卡");
    assert_eq!(code(&card).state.text, "老年卡");
    assert_eq!(
        restored
            .cards
            .values()
            .filter(|card| card.kind == CardKind::Elder)
            .count(),
        1
    );
    person.leaves();
}
