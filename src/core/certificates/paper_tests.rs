//! What stands on every kind of paper, in every form and language.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use anban_credential::{Claims, DocumentId, Kind};
use jiff::civil::date;

use super::{Authorisation, Command, Form, Format, Item, Paper, Purpose, paper};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::effect::Fetched;
use crate::health_code::{About, KeptDocument};
use crate::help::Profile;
use crate::ids::DocumentId as KeptId;
use crate::outbox::{DocumentWish, Request};
use crate::settings::Language;
use crate::store::{Change, Records, Store as _};
use crate::testing::{Bench, Region, filled, health_claims};
use crate::view::Mark;

const A4: Form = Form {
    format: Format::A4,
    language: Language::Chinese,
};

/// One of each kind.
fn items(records: &Records) -> Vec<Item> {
    let authorisation = Authorisation {
        contact: *records.contacts.keys().next().unwrap(),
        purpose: Purpose::CollectMedicine,
        until: date(2026, 12, 22),
    };
    vec![
        Item::Document(*records.documents.keys().next().unwrap()),
        Item::Visit(*records.visits.keys().next().unwrap()),
        Item::Card(*records.cards.keys().next().unwrap()),
        Item::EmergencyCard,
        Item::EntryForm,
        Item::BlankEntryForm,
        Item::Authorisation(authorisation),
    ]
}

fn of(bench: &Bench, item: Item) -> Paper {
    paper(&bench.core, item, A4).unwrap()
}

fn says(paper: &Paper, label: &str) -> Option<String> {
    let fact = paper.facts.iter().find(|(name, _)| name == label);
    fact.map(|(_, value)| value.clone())
}

#[test]
fn every_paper_says_what_it_is_who_vouches_and_where_to_ask_in_both_languages() {
    let bench = Bench::with(filled());
    for item in items(bench.core.records()) {
        let mut said = Vec::new();
        for language in Language::ALL {
            for format in Format::ALL {
                let paper = paper(&bench.core, item, Form { format, language }).unwrap();
                assert_eq!((paper.format, paper.language), (format, language));
                assert!(!paper.title.is_empty() && !paper.footer.is_empty(), "{item:?}");
                // What it is; who vouches, or that nobody does; where to ask. A document says the first two in one.
                let notes = if matches!(item, Item::Document(_)) { 2 } else { 3 };
                assert_eq!(paper.notes.len(), notes, "{item:?}: {:?}", paper.notes);
                assert!(paper.notes.iter().all(|note| note.chars().count() > 10), "{item:?}");
                assert_eq!(paper.folding.is_empty(), format != Format::FoldOut);
                said.push(paper.notes.concat());
            }
        }
        assert_ne!(said[0], said[3], "{item:?} is in one language");
        assert!(
            said[3].is_ascii() || said[3].contains('’') || item_has_names(item),
            "{:?}",
            said[3]
        );
    }
}

/// Whose notes name an issuer, in its own script.
fn item_has_names(item: Item) -> bool {
    matches!(item, Item::Document(_))
}

#[test]
fn what_nobody_has_signed_says_so_and_has_no_code_to_check() {
    let bench = Bench::with(filled());
    let card = of(&bench, Item::EmergencyCard);
    assert_eq!(card.state, Some((Mark::Waiting, "还没确认".to_owned())));
    assert!(card.codes.is_empty());
    assert!(card.notes.concat().contains("还没有单位签名"));
    assert_eq!(says(&card, "女儿").as_deref(), Some("138 0013 8000"));
    assert_eq!(says(&card, "身体情况").as_deref(), Some("高血压，对青霉素过敏"));
}

#[test]
fn a_blank_form_has_lines_to_write_on_and_a_filled_one_has_what_is_known() {
    let bench = Bench::with(filled());
    let blank = of(&bench, Item::BlankEntryForm);
    assert!(
        blank.facts.len() >= 6
            && blank
                .facts
                .iter()
                .all(|(label, value)| !label.is_empty() && value.is_empty())
    );
    let filled_in = of(&bench, Item::EntryForm);
    assert_eq!(says(&filled_in, "姓名").as_deref(), Some("王秀兰"));
    assert_eq!(says(&filled_in, "身份证号").as_deref(), Some("11010519491231002X"));
    assert_eq!(says(&filled_in, "本人签名").as_deref(), Some(""));
}

/// A bench that believes a region, and keeps the emergency card that this region signed as it was asked for.
fn with_signed_emergency_card(region: &Region) -> Bench {
    let mut bench = region.bench();
    let profile = Profile {
        name: "王秀兰".to_owned(),
        medical_notes: "高血压".to_owned(),
        identity_number: "11010519491231002X".to_owned(),
        ..Profile::default()
    };
    put(&mut bench, Change::Profile(profile));
    bench.does(AppCommand::Certificates(Command::Choose(Item::EmergencyCard)));
    let asked = wished(&bench).remove(0);
    keep(&mut bench, region, &asked);
    bench
}

/// Has it in the store and in memory, as if it had always been there.
fn put(bench: &mut Bench, change: Change) {
    bench.core.records.apply(&change);
    bench.store.commit(&[change]).unwrap();
}

/// What the hub is asked to sign.
fn wished(bench: &Bench) -> Vec<DocumentWish> {
    let waiting = bench.core.records().outbox.values();
    let wishes = waiting.filter_map(|item| match &item.request {
        Request::IssueDocument(wish) => Some(wish.clone()),
        _ => None,
    });
    wishes.collect()
}

/// Keeps what a hub would have issued for a wish.
fn keep(bench: &mut Bench, region: &Region, wish: &DocumentWish) {
    let mut claims = Claims {
        kind: Kind::from(wish.kind.as_str()),
        health: None,
        details: wish.details.clone(),
        id: DocumentId::new([9; 16]),
        ..health_claims(9, anban_credential::Status::Green)
    };
    claims
        .details
        .insert("statement".to_owned(), "内容由本人陈述。".to_owned());
    claims.person.name.clone_from(&wish.name);
    let at = bench.at();
    let kept = KeptDocument {
        id: KeptId(uuid::Uuid::from_u128(9)),
        text: region.issue(&claims),
        added_at: at,
        refreshed_at: at,
        about: wish.about,
        issued_for: None,
        refused_at: None,
    };
    put(bench, Change::PutDocument(kept));
}

#[test]
fn the_emergency_card_carries_the_code_that_was_signed_for_it() {
    let region = Region::new();
    let bench = with_signed_emergency_card(&region);
    let paper = of(&bench, Item::EmergencyCard);
    assert_eq!(paper.state.as_ref().unwrap().0, Mark::Good);
    let kept = bench.core.records().documents.values().next().unwrap();
    assert_eq!(paper.codes[0].symbol.text, kept.text);
    assert!(paper.notes.concat().contains(crate::testing::ISSUER));
}

#[test]
fn what_was_changed_after_signing_does_not_carry_the_old_code() {
    let region = Region::new();
    let mut bench = with_signed_emergency_card(&region);
    bench
        .opens(Page::Enter(crate::entry::Field::MedicalNotes))
        .types("高血压，糖尿病");
    let paper = of(&bench, Item::EmergencyCard);
    assert!(paper.codes.is_empty());
    assert_eq!(paper.state.unwrap().1, "改过，还没确认");
    // And it is asked for anew as soon as somebody wants to print it.
    bench.does(AppCommand::Certificates(Command::Choose(Item::EmergencyCard)));
    assert_eq!(wished(&bench)[0].details["medical-notes"], "高血压，糖尿病");
}

#[test]
fn what_was_revoked_or_has_run_out_is_not_printed_as_a_code_that_holds() {
    let region = Region::new();
    let mut bench = with_signed_emergency_card(&region);
    let revoked = region.list(3).revoke_document(&DocumentId::new([9; 16]).to_string());
    let revoked = region.sign(&revoked);
    bench.gets(Incoming::Fetched(Fetched::TrustList(revoked)));
    assert!(of(&bench, Item::EmergencyCard).codes.is_empty());
    let id = *bench.core.records().documents.keys().next().unwrap();
    let paper = of(&bench, Item::Document(id));
    assert!(paper.codes.is_empty());
    assert!(paper.notes.concat().contains("不管用"));
}

#[test]
fn an_authorisation_is_asked_of_the_hub_word_for_word_and_once() {
    let mut bench = Bench::with(filled());
    let daughter = bench.core.records().contacts.keys().next().unwrap().to_string();
    bench
        .does(AppCommand::Home)
        .taps("home-print")
        .taps("print-more")
        .taps("print-authorisation");
    bench
        .taps(&daughter)
        .taps("may-collect-medicine")
        .taps("authorise-month");
    assert!(bench.says().contains("让女儿替您取药，到12月22日"), "{}", bench.says());
    bench.taps("authorise-yes");
    let wish = wished(&bench).remove(0);
    assert_eq!(wish.about, Some(About::Authorisation));
    let stated: BTreeMap<_, _> = wish
        .details
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let expected = [
        ("to", "女儿"),
        ("telephone", "13800138000"),
        ("may", "collect-medicine"),
        ("until", "2026-12-22"),
    ];
    assert_eq!(stated, BTreeMap::from(expected));
    assert_eq!(bench.page(), Page::PrintForm);
    bench.does(AppCommand::Back).taps("authorise-yes");
    assert_eq!(wished(&bench), [wish], "the same was asked twice");
}

#[test]
fn a_paper_can_be_in_the_other_language_than_the_screen() {
    let mut bench = Bench::with(filled());
    bench
        .does(AppCommand::Home)
        .taps("home-print")
        .taps("print-more")
        .taps("print-emergency-card");
    bench.taps("print-in-english").taps("print-fold-out");
    assert!(bench.says().contains("Emergency card"), "{}", bench.says());
    assert_eq!(bench.title(), "打在哪里？");
    // The next paper begins in the screen's language again.
    bench.does(AppCommand::Certificates(Command::Choose(Item::EntryForm)));
    assert!(bench.says().contains("进门登记表"), "{}", bench.says());
}

#[test]
fn without_relatives_the_page_leads_to_adding_one() {
    let mut bench = Bench::new();
    bench.taps("home-print").taps("print-more").taps("print-authorisation");
    assert_eq!(bench.title(), "还没有记下家里人");
    assert!(matches!(
        bench.taps("emergency-add").page(),
        Page::Enter(_) | Page::Contact
    ));
}
