//! Photographs, files that come in, and the file that goes out.

use super::super::CardCode;
use super::*;
use crate::app::Incoming;
use crate::cash;
use crate::effect::{Effect, FileTrouble, SavedFile};
use crate::store::Store;
use crate::wallet::{PhotoCommand, Side, file, import};

fn card(bench: &mut Bench) -> Card {
    adds(bench, "card-transit", "公交卡", "3104");
    let card = bench.core.records().cards.values().next().unwrap().clone();
    bench.does(AppCommand::Wallet(Command::Show(card.id)));
    card
}

fn photographs(bench: &mut Bench, side: Side, jpeg: &[u8]) {
    let photo = |command| AppCommand::Wallet(Command::Photo(command));
    bench.does(photo(PhotoCommand::Show(side)));
    if bench.page() == Page::CardPhoto {
        bench.does(photo(PhotoCommand::Choose));
    }
    bench.does(photo(PhotoCommand::Read {
        path: "/a.jpg".to_owned(),
    }));
    bench.does(AppCommand::Incoming(Incoming::Photo(Ok(jpeg.to_vec()))));
    assert_eq!(bench.page(), Page::ConfirmPhoto);
    bench.taps("photo-keep");
}

fn front(bench: &Bench) -> Option<crate::ids::PhotoId> {
    bench.core.records().cards.values().next().unwrap().photos.front
}

#[test]
fn a_photograph_is_looked_at_before_it_is_kept_and_one_that_is_replaced_can_be_taken_back() {
    let mut bench = Bench::new();
    card(&mut bench);
    photographs(&mut bench, Side::Front, b"first");
    let first = front(&bench).unwrap();
    assert_eq!(bench.store.photo(first), Ok(Some(b"first".to_vec())));
    photographs(&mut bench, Side::Front, b"second");
    let second = front(&bench).unwrap();
    assert_ne!(first, second);
    bench.taps("result-undo");
    assert_eq!(front(&bench), Some(first));
    assert_eq!(bench.store.photo(first), Ok(Some(b"first".to_vec())));
    assert_eq!(bench.store.photo(second), Ok(None));
}

#[test]
fn what_no_card_names_is_let_go_at_the_next_start() {
    let mut bench = Bench::new();
    card(&mut bench);
    photographs(&mut bench, Side::Front, b"first");
    let first = front(&bench).unwrap();
    photographs(&mut bench, Side::Front, b"second");
    assert_eq!(bench.store.photos().unwrap().len(), 2, "it can still be taken back");
    bench.does(AppCommand::Start(crate::app::Start::default()));
    assert_eq!(bench.store.photo(first), Ok(None));
    assert!(bench.store.photo(front(&bench).unwrap()).unwrap().is_some());
}

#[test]
fn a_photograph_goes_with_its_card_when_that_is_gone_for_good() {
    let mut bench = Bench::new();
    let card = card(&mut bench);
    photographs(&mut bench, Side::Back, b"back");
    bench.does(AppCommand::Wallet(Command::Remove(card.id)));
    assert_eq!(bench.store.photos().unwrap().len(), 1, "it can be put back");
    bench.does(AppCommand::Wallet(Command::Erase(card.id)));
    assert!(bench.store.photos().unwrap().is_empty());
}

#[test]
fn a_picture_that_comes_late_opens_nothing() {
    let mut bench = Bench::new();
    card(&mut bench);
    bench.does(AppCommand::Wallet(Command::Photo(PhotoCommand::Show(Side::Front))));
    bench.does(AppCommand::Wallet(Command::Photo(PhotoCommand::Take)));
    bench.does(AppCommand::Home);
    bench.does(AppCommand::Incoming(Incoming::Photo(Ok(b"late".to_vec()))));
    assert_eq!(bench.page(), Page::Home);
    bench.does(AppCommand::Incoming(Incoming::Photo(Err(FileTrouble::WrongKind))));
    assert_eq!(bench.page(), Page::Home);
}

#[test]
fn a_wallet_that_went_out_comes_in_elsewhere_once() {
    let mut bench = Bench::new();
    card(&mut bench);
    photographs(&mut bench, Side::Front, b"front");
    let archive = file::pack(&bench.core, &mut bench.store).unwrap();
    let names = import::picture_names(&archive);
    assert_eq!(names.len(), 1);
    let pictures: import::Pictures = [(names[0].clone(), b"made small".to_vec())].into();
    let mut other = Bench::new();
    for _ in 0..2 {
        other.opens(Page::Files).reads(Ok(FileContent::Wallet {
            archive: archive.clone(),
            pictures: pictures.clone(),
        }));
    }
    let photo = front(&other).unwrap();
    assert_eq!(other.core.records().cards.len(), 1);
    assert_eq!(other.store.photo(photo), Ok(Some(b"made small".to_vec())));
    assert_eq!(other.store.photos().unwrap().len(), 1);
}

#[test]
fn a_wallet_with_a_bank_card_or_a_strangers_code_is_asked_about_once_and_then_taken() {
    let stranger = CardCode {
        symbology: Symbology::Qr,
        text: "https://qr.alipay.com/fkx1234".to_owned(),
    };
    for (kind, code) in [
        (CardKind::Bank, None),
        (CardKind::Member, Some(stranger.clone())),
        (CardKind::Bank, Some(stranger)),
    ] {
        let mut bench = Bench::new();
        let card = card(&mut bench);
        let mut records = bench.core.records().clone();
        records.apply(&Change::PutCard(Card { kind, code, ..card }));
        let mut other = Bench::with(records);
        let archive = file::pack(&other.core, &mut other.store).unwrap();
        let wallet = FileContent::Wallet {
            archive,
            pictures: import::Pictures::new(),
        };
        other = Bench::new();
        other.opens(Page::Files).reads(Ok(wallet.clone()));
        assert_eq!(other.page(), Page::FraudAsk);
        assert!(other.core.records().cards.is_empty());
        other.taps("fraud-drop");
        assert!(other.core.records().cards.is_empty());
        other.opens(Page::Files).reads(Ok(wallet)).taps("fraud-own-accord");
        assert_eq!(other.core.records().cards.len(), 1);
        assert_ne!(other.page(), Page::FraudAsk);
    }
}

fn packed(bench: &mut Bench) -> FileContent {
    FileContent::Wallet {
        archive: file::pack(&bench.core, &mut bench.store).unwrap(),
        pictures: import::Pictures::new(),
    }
}

#[test]
fn what_was_put_away_goes_along_and_what_was_deleted_stays_with_its_photographs() {
    let mut bench = Bench::new();
    let card = card(&mut bench);
    photographs(&mut bench, Side::Front, b"front");
    bench.does(AppCommand::Wallet(Command::Remove(card.id)));
    let archive = file::pack(&bench.core, &mut bench.store).unwrap();
    assert!(import::picture_names(&archive).is_empty());
    let mut other = Bench::new();
    let deleted = packed(&mut bench);
    other.opens(Page::Files).reads(Ok(deleted));
    assert!(other.core.records().cards.is_empty());
    bench.does(AppCommand::Wallet(Command::PutBack(card.id)));
    bench.does(AppCommand::Wallet(Command::PutAway(card.id)));
    let put_away = packed(&mut bench);
    other.opens(Page::Files).reads(Ok(put_away));
    assert!(other.core.records().cards[&card.id].old.is_some());
}

#[test]
fn a_deleted_card_that_comes_in_again_is_back() {
    let mut bench = Bench::new();
    let card = card(&mut bench);
    let wallet = packed(&mut bench);
    bench.does(AppCommand::Wallet(Command::Remove(card.id)));
    bench.opens(Page::Files).reads(Ok(wallet));
    assert_eq!(bench.core.records().cards[&card.id], card);
    assert_eq!(bench.title(), "卡回来了");
    bench.taps("result-undo");
    assert!(bench.core.records().cards[&card.id].old.is_some());
    let code = card.code.clone().unwrap();
    let list = format!(
        "_id,store,note,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus\n\
         1,{},,,0,,{},{},CODE_128,0,0\n",
        card.name, card.number, code.text
    );
    bench.opens(Page::Files).reads(Ok(FileContent::Text(list)));
    assert_eq!(bench.core.records().cards[&card.id], card);
    assert_eq!(bench.core.records().cards.len(), 1);
}

#[test]
fn the_same_ticket_for_each_of_a_couple_stays_two() {
    let mut bench = Bench::new();
    let card = card(&mut bench);
    let mut records = bench.core.records().clone();
    records.apply(&Change::PutCard(Card {
        id: CardId(uuid::Uuid::from_u128(9)),
        ..card
    }));
    let mut bench = Bench::with(records);
    let wallet = packed(&mut bench);
    let mut other = Bench::new();
    other
        .opens(Page::Files)
        .reads(Ok(wallet.clone()))
        .opens(Page::Files)
        .reads(Ok(wallet));
    assert_eq!(other.core.records().cards.len(), 2);
}

/// A wallet's file with this list of cards.
fn wallet_of(cards: &str) -> FileContent {
    let head = r#""format":"anban-wallet","version":1,"made_at":"2026-11-22T00:00:00Z""#;
    let content = format!("{{{head},\"cards\":[{cards}]}}");
    FileContent::Wallet {
        archive: archive(&[(file::CONTENT, content.as_bytes())]),
        pictures: import::Pictures::new(),
    }
}

#[test]
fn a_list_of_more_than_anybody_has_is_refused_and_a_record_that_is_too_long_left_out() {
    let mut bench = Bench::new();
    bench.opens(Page::Files).reads(Ok(wallet_of(&["{}"; 20_001].join(","))));
    assert!(bench.core.left_out_of_import().is_empty());
    assert!(bench.says().contains("这个卡包放不进来"));
    let long = format!(r#"{{"empty":[{}]}}"#, ["[]"; 1 << 20].join(","));
    bench
        .opens(Page::Files)
        .reads(Ok(wallet_of(&format!("{long},{{}},[[[[]]]],7"))));
    assert_eq!(bench.core.left_out_of_import().len(), 4);
    assert!(bench.core.records().cards.is_empty());
}

#[test]
fn a_complaint_travels_with_the_wallet_and_takes_no_others_place() {
    let letter = |place: &str| cash::Complaint {
        place: place.to_owned(),
        what: cash::Refused::NoChange,
        day: jiff::civil::date(2026, 11, 20),
    };
    let with = |complaint: Option<cash::Complaint>| {
        let mut records = newcomer();
        records.apply(&Change::Complaint(complaint));
        Bench::with(records)
    };
    let wallet = |place: &str| {
        let mut bench = with(Some(letter(place)));
        FileContent::Wallet {
            archive: file::pack(&bench.core, &mut bench.store).unwrap(),
            pictures: import::Pictures::new(),
        }
    };
    let north = wallet("北街一号 好运超市");
    for (here, theirs, after, left_out) in [
        (None, north.clone(), Some(letter("北街一号 好运超市")), 0),
        (Some(letter("南街")), north, Some(letter("南街")), 1),
        (None, wallet("  "), None, 1),
        (None, wallet(&"长".repeat(10_000)), None, 1),
    ] {
        let mut bench = with(here);
        bench.opens(Page::Files).reads(Ok(theirs));
        assert_eq!(bench.core.records().complaint, after);
        assert_eq!(bench.core.left_out_of_import().len(), left_out);
    }
}

#[test]
fn a_locked_file_asks_for_its_passphrase_and_keeps_it_nowhere() {
    let mut bench = Bench::new();
    bench.opens(Page::Files).reads(Ok(FileContent::Locked));
    assert_eq!(bench.page(), Page::Enter(Field::OpenPassphrase));
    bench.does(AppCommand::Type {
        field: Field::OpenPassphrase,
        text: "half".to_owned(),
    });
    bench.does(AppCommand::Enter {
        field: Field::OpenPassphrase,
        text: "春天 door 7".to_owned(),
    });
    let asked = bench
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Unlock { passphrase, .. } if passphrase == "春天 door 7"));
    assert!(asked, "{:?}", bench.effects);
    assert!(bench.core.records().drafts.is_empty());
    bench.reads(Err(FileTrouble::WrongPassphrase));
    assert_eq!(bench.page(), Page::Enter(Field::OpenPassphrase));
}

#[test]
fn a_passphrase_is_shown_before_anything_is_locked_and_forgotten_after() {
    let mut bench = Bench::new();
    card(&mut bench);
    bench.opens(Page::TakeAlong).taps("along-lock");
    let enters = |bench: &mut Bench, text: &str| {
        bench.does(AppCommand::Enter {
            field: Field::WalletPassphrase,
            text: text.to_owned(),
        });
    };
    enters(&mut bench, "kurz");
    assert_eq!(bench.page(), Page::Enter(Field::WalletPassphrase), "too short");
    enters(&mut bench, "春天 door 7");
    assert_eq!(bench.page(), Page::ConfirmPassphrase);
    // It is on the screen, and nothing says it aloud.
    assert!(!bench.view().reading.iter().any(|part| part.contains("door")));
    bench.taps("along-confirm-save");
    let saved = bench.effects.iter().any(|effect| {
        matches!(effect, Effect::SaveWallet { passphrase: Some(passphrase), ending, .. } if passphrase == "春天 door 7" && ending == "zip.age")
    });
    assert!(saved);
    bench.does(AppCommand::Incoming(Incoming::Saved(Ok(SavedFile {
        path: "/文档/a.zip.age".to_owned(),
        shown: "文档 / a.zip.age".to_owned(),
    }))));
    assert!(bench.core.screen.wallet.passphrase.is_none());
    assert!(
        bench.says().contains("文档 / a") && !bench.says().contains("zip"),
        "{}",
        bench.says()
    );
    bench.taps("saved-share");
    let path = "/文档/a.zip.age".to_owned();
    assert!(
        bench.effects.contains(&Effect::ShareFile { path }),
        "what is on one device alone is lost with it"
    );
}
