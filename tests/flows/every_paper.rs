//! Every paper in every form and both languages: printed by the program, its code read back from the drawn page by
//! somebody else's reader, and verified with nothing but the hub's trust list.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread;

use anban_core::Command;
use anban_core::certificates::{self, Authorisation, Item, Purpose};
use anban_core::entry::Field;
use anban_core::settings::Language;
use anban_core::wallet::{self, CardKind};
use anban_core::words::Words;
use anban_core::{health_code, help};
use jiff::civil::date;

use crate::common::hub::Hub;
use crate::common::person::{Person, kept, tells};
use crate::common::tools::{is_sound, joined, pictures, scanned, words};
use crate::common::{Home, Ran};
use crate::{at_the_soonest_time, identity_number};

const FORMS: [&str; 3] = ["a4", "fold-out", "receipt"];

/// What `anban print` is asked for, the kind that its code says of itself, and a word that has to stand on it.
const PAPERS: [(&str, &str, &str); 9] = [
    ("health-code", "health-status", "kind-health-status"),
    ("vaccination", "vaccination", "kind-vaccination"),
    ("test", "test", "kind-test"),
    ("travel-record", "travel-record", "kind-travel-record"),
    ("entry-form", "entry-form", "paper-entry-title"),
    ("authorisation", "delegation", "paper-authorisation-title"),
    ("appointment", "appointment", "paper-visit-title"),
    ("card", "card-copy", "paper-card-what"),
    ("emergency-card", "emergency-card", "paper-emergency-title"),
];

/// A profile with one of everything that can be printed, each signed by the hub.
fn with_everything(home: &Home, hub: &Hub) {
    let mut person = Person::welcomed(home, &["--hub", &hub.url], "王秀英");
    let number = identity_number("99010119500315002");
    person.enters(Field::IdentityNumber, &number);
    person.enters(Field::Address, "安宁市长宁路 8 号 3 门 502");
    person.enters(Field::MedicalNotes, "高血压，对青霉素过敏");
    let asked = person.does(Command::HealthCode(health_code::Command::AskForHealthStatus));
    tells(&asked.view, "issued-title");
    for kind in ["vaccination", "test", "travel-record"] {
        let text = hub.document(kind, "王秀英", &number);
        person.does(Command::HealthCode(health_code::Command::Import { text }));
    }
    person.does(Command::Help(help::Command::EditContact(None)));
    person.enters(Field::ContactName, "女儿");
    person.enters(Field::ContactNumber, "13800138000");
    person.does(Command::Wallet(wallet::Command::Add(CardKind::Transit)));
    person.enters(Field::CardName, "公交卡");
    person.enters(Field::CardNumber, "3104880012345678");
    let (sure, _) = at_the_soonest_time(&mut person);
    tells(&person.taps(&sure, "confirm-yes").view, "booked-title");
    person.leaves();

    // Choosing what to print asks the hub to sign it.
    let records = kept(home).0;
    let authorisation = Authorisation {
        contact: *records.contacts.keys().next().unwrap(),
        purpose: Purpose::CollectMedicine,
        until: date(2036, 12, 31),
    };
    let mut person = Person::at(home, &["--hub", &hub.url]);
    for item in [
        Item::Visit(*records.visits.keys().next().unwrap()),
        Item::Card(*records.cards.keys().next().unwrap()),
        Item::EmergencyCard,
        Item::EntryForm,
        Item::Authorisation(authorisation),
    ] {
        person.does(Command::Certificates(certificates::Command::Choose(item)));
    }
    person.leaves();
}

/// Prints a paper in one form and language.
fn printed(home: &Home, paper: &str, form: &str, language: Language) -> PathBuf {
    let pdf = home.path().join(format!("{paper}-{form}-{}.pdf", language.tag()));
    let mut arguments = vec!["print", paper, "--format", form, "--lang", language.tag()];
    if paper == "authorisation" {
        arguments.extend(["--until", "2036-12-31"]);
    }
    arguments.extend(["--out", pdf.to_str().unwrap()]);
    home.run(&arguments).done();
    is_sound(&pdf);
    pdf
}

/// The codes on its one page: of two sheets of paper, one is lost. Only a slip with a hospital's own directions in English
/// is longer, and has its code on the first.
fn codes(pdf: &Path) -> BTreeSet<String> {
    let pages = pictures(pdf);
    let long = pdf.ends_with("appointment-a4-en.pdf") || pdf.ends_with("appointment-fold-out-en.pdf");
    assert_eq!(pages.len(), 1 + usize::from(long), "{pdf:?}");
    scanned(&pages[0]).lines().map(str::to_owned).collect()
}

#[test]
fn every_paper_in_every_form_and_language_is_verified_from_the_paper() {
    let data = Home::new();
    let mut hub = Hub::start(data.path());
    // A profile is open in one program at a time.
    let homes = Language::ALL.map(|language| (language, Home::new()));
    homes.iter().for_each(|(_, home)| with_everything(home, &hub));
    let list = data.file("trust-list", hub.bytes("/trust-list"));
    assert_eq!(hub.stop(), Some(0), "the rest needs no network");

    thread::scope(|scope| {
        for (language, home) in &homes {
            let (language, list) = (*language, &list);
            scope.spawn(move || {
                for (paper, kind, title) in PAPERS {
                    for form in FORMS {
                        let pdf = printed(home, paper, form, language);
                        let said = words(&pdf);
                        let title = Words::of(language).get(title);
                        assert!(said.contains(&joined(&title)), "{pdf:?}: no {title} in {said}");
                        let codes = codes(&pdf);
                        let signed: Vec<_> = codes.iter().filter(|code| code.starts_with("AB1:")).collect();
                        assert_eq!(signed.len(), 1, "{pdf:?}: {codes:?}");
                        // A card's own code is on its copy too.
                        let swiped = usize::from(paper == "card");
                        assert_eq!(codes.len(), 1 + swiped, "{pdf:?}: {codes:?}");
                        let arguments = ["verify", "--trust", list.to_str().unwrap(), signed[0]];
                        let verified = Ran::from(home.anban(&arguments).output().unwrap());
                        assert_eq!(verified.done().json()["claims"]["kind"], kind, "{verified:?}");
                    }
                }
                // Nobody can vouch for what is not written yet: a blank form has no code, and says who answers for it.
                for form in FORMS {
                    let pdf = printed(home, "blank-entry-form", form, language);
                    assert!(codes(&pdf).is_empty());
                    let said = Words::of(language).get("paper-blank-line");
                    assert!(words(&pdf).contains(&joined(&said)), "{pdf:?}");
                }
            });
        }
    });
}
