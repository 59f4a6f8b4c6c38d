//! A day with the wallet, tapped through the window and looked at: the bus with the elder card, the market with wrong
//! change, a shop that takes no cash, the library; in the evening the wallet is saved, and the next day it is put into a
//! new telephone.
//!
//! Every page on the way is drawn, measured by the rules of all pages, and written as a picture into the folder that the
//! test names; the codes on them are read by ZXing-C++ and ZBar. What the app asks of its surroundings (which files there
//! are, to read one, to lock the wallet with a passphrase) is done by the app's own code with real files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "one day needs less than all tests do")]
#[path = "../hand.rs"]
mod hand;
#[allow(dead_code, reason = "only the names of the kinds are needed here")]
#[path = "../codes/kinds.rs"]
mod kinds;
#[allow(dead_code, reason = "the kinds make texts up with it")]
#[path = "../reading/photo.rs"]
mod photo;
#[path = "../codes/readers.rs"]
mod readers;
#[path = "../rules.rs"]
mod rules;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anban::demo::{Demonstration, Look, Scene};
use anban::outside::{age, files};
use anban::tour::{Element, Place};
use anban_core::app::Incoming;
use anban_core::cash::Fen;
use anban_core::effect::{Effect, FoundFile, SavedFile};
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::symbol::Symbology;
use anban_core::view::{Body, Mark};
use anban_core::wallet::Card;
use hand::{Hand, PHONE};
use kinds::KINDS;
use slint::platform::PointerEventButton;

/// A library's list of cards, as Catima writes it.
const LIST: &str = "_id,store,note,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus\n\
    1,区图书馆,二楼还书,,0,,L20260415,,CODE_39,-9977996,0\n";
const PASSPHRASE: &str = "院子里的两棵柿子树";

/// The files that a telephone has, and the pictures that are taken of a day.
struct Day {
    hand: Hand,
    files: PathBuf,
    pictures: PathBuf,
    taken: usize,
    faults: Vec<String>,
}

impl Day {
    fn begins(look: Look, files: &Path, pictures: &Path) -> Self {
        Self {
            hand: Hand::with("wallet-empty", look),
            files: files.to_owned(),
            pictures: pictures.to_owned(),
            taken: 0,
            faults: Vec::new(),
        }
    }

    /// Draws the page and measures all that stands on it.
    fn looks(&mut self, what: &str) -> &mut Self {
        self.taken += 1;
        let name = format!("{:02}-{what}", self.taken);
        let (page, picture) = self.hand.stage.measure(&name, self.hand.stand.view(), PHONE).unwrap();
        let file = fs::File::create(self.pictures.join(format!("{name}.png"))).unwrap();
        picture.write_png(file).unwrap();
        let said = rules::faults(&page).into_iter();
        self.faults
            .extend(said.map(|fault| format!("{name}: {}: {}", fault.element, fault.what)));
        self.hand.turn();
        self
    }

    /// Taps the choice with this id where its words stand.
    fn taps(&mut self, id: &str) -> &mut Self {
        let body = self.hand.stand.view().body;
        let label = body
            .choices()
            .find(|choice| choice.id == id)
            .map(|choice| choice.text.clone());
        let label = label.unwrap_or_else(|| {
            let ids: Vec<&str> = body.choices().map(|choice| choice.id.as_str()).collect();
            panic!("{} has no {id}, only {ids:?}", self.hand.page().name())
        });
        self.taps_words(&label)
    }

    /// Taps what has these words.
    fn taps_words(&mut self, label: &str) -> &mut Self {
        self.hand.effects.clear();
        self.hand.taps(label);
        self.surroundings();
        self
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        for key in keys.chars() {
            self.taps_words(&key.to_string());
        }
        self
    }

    /// What the first thing on the page is called that is so.
    fn label(&self, is_so: impl Fn(&Element) -> bool) -> String {
        let mut elements = self.hand.measured().elements.into_iter();
        elements.find(is_so).unwrap().label
    }

    /// Writes into the field that is open.
    fn writes(&mut self, text: &str) -> &mut Self {
        let field = self.label(|element| element.role == "text-input");
        // A page that is shown again begins at its top, where nobody would type into what is below.
        let field = self.hand.brought_into_sight(&field);
        field.mock_single_click(PointerEventButton::Left);
        self.hand.types(text).turn();
        self
    }

    /// Taps what stands in the bars on every page.
    fn taps_bar(&mut self, id: &str) -> &mut Self {
        let label = self.label(|element| element.id == id);
        self.taps_words(&label)
    }

    fn goes_back(&mut self) -> &mut Self {
        self.taps_bar("PageFrame::back")
    }

    fn goes_home(&mut self) -> &mut Self {
        self.taps_bar("PageFrame::home")
    }

    /// From wherever it is, home and to the cards.
    fn opens_wallet(&mut self) -> &mut Self {
        self.goes_home().taps("home-wallet")
    }

    /// What the app has asked of the outside, done with the files of this telephone.
    fn surroundings(&mut self) {
        for effect in self.hand.effects.clone() {
            let incoming = match effect {
                Effect::FindFiles => Incoming::Files(self.found()),
                Effect::ReadFile { path } => {
                    let content = files::read(Path::new(&path));
                    Incoming::File { path, content }
                }
                Effect::Unlock { path, passphrase } => {
                    let content = files::unlock(Path::new(&path), &passphrase);
                    Incoming::File { path, content }
                }
                Effect::SaveWallet {
                    name,
                    ending,
                    archive,
                    passphrase,
                } => {
                    let bytes = age::lock(&archive, &passphrase.unwrap()).unwrap();
                    let path = self.files.join(format!("{name}.{ending}"));
                    fs::write(&path, bytes).unwrap();
                    Incoming::Saved(Ok(SavedFile {
                        path: path.to_str().unwrap().to_owned(),
                        shown: format!("文档 / {name}"),
                    }))
                }
                _ => continue,
            };
            self.hand.stand.gets(incoming);
        }
        self.hand.turn();
    }

    fn found(&self) -> Vec<FoundFile> {
        let entries = fs::read_dir(&self.files).unwrap().map(Result::unwrap);
        let found = entries.map(|entry| FoundFile {
            path: entry.path().to_str().unwrap().to_owned(),
            name: entry.file_name().to_str().unwrap().to_owned(),
            changed_at: entry.metadata().unwrap().modified().unwrap().try_into().unwrap(),
        });
        found.collect()
    }

    fn mark(&self) -> Option<Mark> {
        match self.hand.stand.view().body {
            Body::Money(money) => money.mark,
            other => panic!("{other:?} is not about money"),
        }
    }

    /// The code on the page, as two scanners read it off the glass.
    #[track_caller]
    fn is_scanned(&self, symbology: Symbology, text: &str) {
        let kind = KINDS.iter().find(|kind| kind.symbology == symbology).unwrap();
        let picture = self.files.join("scanned.pgm");
        let glass = Place {
            x: 0..PHONE.width,
            y: 0..PHONE.height,
        };
        readers::write(&self.hand.stage.picture().unwrap(), &glass, &picture);
        let read = readers::read(kind, std::slice::from_ref(&picture)).remove(0);
        for reader in ["zxing-cpp", "zbar"] {
            assert!(readers::agrees(kind, text, &read[reader]), "{reader} reads {read:?}");
        }
        fs::remove_file(picture).unwrap();
    }

    fn cards(&self) -> Vec<Card> {
        let mut cards: Vec<Card> = self.hand.stand.core().records().cards.values().cloned().collect();
        cards.sort_by_key(|card| (card.added_at, card.id));
        cards
    }
}

fn lived(look: Look, name: &str) -> Vec<String> {
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("day-{name}"));
    fs::create_dir_all(&pictures).unwrap();
    let telephone = tempfile::tempdir().unwrap();
    fs::write(telephone.path().join("Catima.csv"), LIST).unwrap();
    let mut day = Day::begins(look, telephone.path(), &pictures);

    // At the kitchen table: the elder card and the money are put in.
    day.looks("no-card").taps("wallet-add").looks("add");
    day.taps("add-card-by-hand")
        .taps("card-elder")
        .looks("name")
        .taps("enter-done");
    day.looks("number")
        .keys("900123456789")
        .taps("enter-done")
        .looks("kept");
    day.opens_wallet().taps("wallet-cash").looks("cash");
    day.taps("cash-purse").looks("purse-empty");
    day.taps("add-20").taps("add-10").taps("add-1-coin").looks("purse");

    // The bus.
    day.goes_home().looks("home").taps("home-wallet").looks("wallet");
    let elder = day.cards()[0].id.to_string();
    day.taps(&elder)
        .looks("elder-card")
        .taps("card-large")
        .looks("held-out");
    assert!(day.hand.stand.view().brightest);
    day.is_scanned(Symbology::Code128, "900123456789");
    day.opens_wallet().taps("wallet-sayings").looks("sayings");
    day.taps("saying-free-travel").looks("free-travel");

    // The market: a note of 20 for 12 yuan, and three yuan too little come back.
    day.opens_wallet().taps("wallet-cash").taps("cash-pay");
    day.looks("price").keys("12").taps("enter-done").looks("hand-over");
    day.taps("hand-over-done")
        .looks("change")
        .taps("add-5")
        .looks("too-little");
    assert_eq!(day.mark(), Some(Mark::Caution));
    day.taps("change-short").looks("shown-to-the-seller");
    day.goes_back();
    day.taps("add-1-coin")
        .taps("add-1-coin")
        .taps("add-1-coin")
        .looks("right");
    assert_eq!(day.mark(), Some(Mark::Good));
    day.taps("change-done")
        .looks("what-for")
        .taps("spent-groceries")
        .looks("noted");

    // A shop that takes no cash.
    day.opens_wallet()
        .taps("wallet-cash")
        .taps("cash-refused")
        .looks("refused");
    day.taps("refused-call");
    let calls = |effect: &Effect| matches!(effect, Effect::Dial { number } if number == "12315");
    assert!(day.hand.effects.iter().any(calls));
    day.opens_wallet().taps("wallet-cash").taps("cash-refused");
    day.taps("refused-letter")
        .looks("which-shop")
        .writes("北街 便民超市")
        .taps("enter-done");
    day.looks("what-they-said")
        .taps("refused-telephone-only")
        .looks("where-to-print");

    // The library, whose card is in a list from another app.
    day.opens_wallet()
        .taps("wallet-add")
        .taps("wallet-import")
        .looks("files");
    let list = day.hand.stand.view().body.choices().next().unwrap().id.clone();
    day.taps(&list).looks("taken-in");
    let library = day.cards().into_iter().find(|card| card.name == "区图书馆").unwrap();
    day.opens_wallet().taps(&library.id.to_string()).looks("library-card");
    day.taps("card-large");
    day.is_scanned(Symbology::Code39, "L20260415");

    // In the evening the wallet is saved, locked. Then the bag is gone with the telephone in it.
    day.opens_wallet()
        .taps("wallet-along")
        .looks("along")
        .taps("along-lock");
    day.looks("passphrase")
        .writes(PASSPHRASE)
        .taps("enter-done")
        .looks("passphrase-shown");
    day.taps("along-confirm-save").looks("saved");
    let (cards, records) = (day.cards(), day.hand.stand.core().records().clone());
    assert_eq!(records.purse.holds.total(), Fen::new(1_900).unwrap());
    fs::remove_file(telephone.path().join("Catima.csv")).unwrap();

    // A new telephone, and the file that the family kept.
    let first = Demonstration::new().unwrap();
    day.hand.stand = first.stand(Scene::named("wallet-empty").unwrap(), look).unwrap();
    day.hand.turn();
    assert!(day.cards().is_empty());
    day.taps("wallet-add").taps("wallet-import");
    let saved = day.hand.stand.view().body.choices().next().unwrap().id.clone();
    day.looks("the-file")
        .taps(&saved)
        .looks("locked")
        .writes(PASSPHRASE)
        .taps("enter-done")
        .looks("all-there");
    assert_eq!(day.cards(), cards);
    let restored = day.hand.stand.core().records();
    assert_eq!(
        (&restored.purse, &restored.spendings),
        (&records.purse, &records.spendings)
    );
    assert_eq!(restored.complaint, records.complaint);
    day.opens_wallet()
        .looks("wallet-again")
        .taps(&elder)
        .looks("elder-card-again");
    let _ = writeln!(
        std::io::stdout(),
        "a day in {} pictures: {}",
        day.taken,
        pictures.display()
    );
    day.faults
}

#[test]
fn a_day_is_lived_by_taps_in_both_languages() {
    let small = |language, text| Look {
        language,
        text,
        theme: Theme::Paper,
    };
    let mut faults = lived(small(Language::Chinese, TextSize::Large), "zh-Hans");
    faults.extend(
        std::thread::spawn(move || lived(small(Language::English, TextSize::Largest), "en"))
            .join()
            .unwrap(),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
