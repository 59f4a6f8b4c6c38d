//! Whether every page can be reached by taps.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeSet, VecDeque};

use anban::demo::{Demonstration, Look, Scene, Stand};
use anban_core::Page;
use anban_core::entry::Field;
use anban_core::settings::{Language, TextSize, Theme};
use anban_core::view::Body;

/// One thing that a person does.
#[derive(Debug, Clone)]
enum Step {
    Taps(String),
    Enters(&'static str),
}

/// Something that a field takes.
fn sample(field: Field) -> &'static str {
    match field {
        Field::IdentityNumber | Field::VisitorNumber => "11010519491231002X",
        Field::RelativeNumber => "440524188001010014",
        Field::ContactNumber | Field::VisitorTelephone => "13900005521",
        Field::CardNumber => "31040200",
        Field::HubAddress => "http://127.0.0.1:8080",
        Field::PrinterAddress => "ipp://printer.local/ipp/print",
        Field::Price | Field::SpentAmount | Field::BillAmount | Field::Reserve => "46.8",
        Field::BillDay => "25",
        Field::WalletPassphrase => "院子里两棵柿子树",
        _ => "李秀英",
    }
}

fn steps(stand: &Stand) -> Vec<Step> {
    let body = stand.view().body;
    let mut ids: Vec<String> = body.choices().map(|choice| choice.id.clone()).collect();
    // One of a list leads where the others do: of notes and coins, and of what was spent.
    let alike: [&dyn Fn(&str) -> bool; 3] = [
        &|id| id.starts_with("add-") && matches!(body, Body::Money(_)),
        &|id| id.starts_with("take-"),
        &|id| {
            id.parse()
                .is_ok_and(|id| stand.core().records().spendings.contains_key(&id))
        },
    ];
    for alike in alike {
        let mut first = true;
        ids.retain(|id| !alike(id) || std::mem::take(&mut first));
    }
    let mut steps: Vec<Step> = ids.into_iter().map(Step::Taps).collect();
    if let Body::Entry(entry) = &body {
        steps = vec![Step::Enters(sample(entry.field))];
    }
    steps.extend(["help", "home"].map(|bar| Step::Taps(bar.to_owned())));
    steps
}

/// The pages that at most so many taps lead to from where `scene` begins. A page that offers something else is gone on from
/// anew.
fn reached_from(demonstration: &Demonstration, scene: &Scene, most: usize) -> BTreeSet<Page> {
    let look = Look {
        language: Language::Chinese,
        text: TextSize::Large,
        theme: Theme::Paper,
    };
    let mut seen = BTreeSet::new();
    let mut ways: VecDeque<Vec<Step>> = VecDeque::from([Vec::new()]);
    while let Some(way) = ways.pop_front() {
        let mut stand = demonstration.stand(scene, look).unwrap();
        for step in &way {
            match step {
                Step::Taps(id) => stand.taps(id).unwrap(),
                Step::Enters(text) => stand.enters(text).unwrap(),
            }
        }
        let next = steps(&stand);
        // One entry of the register offers what any other does, and so do bills, spendings and cards; they could go on
        // being added for ever.
        let records = stand.core().records();
        let is_entry = |id: &str| {
            id.parse().is_ok_and(|id| records.entries.contains_key(&id))
                || id.parse().is_ok_and(|id| records.bills.contains_key(&id))
                || id.parse().is_ok_and(|id| records.spendings.contains_key(&id))
                || id.parse().is_ok_and(|id| records.cards.contains_key(&id))
        };
        let name = |id: &str| {
            if is_entry(id) {
                "entry".to_owned()
            } else {
                id.to_owned()
            }
        };
        let offers: BTreeSet<String> = stand.view().body.choices().map(|choice| name(&choice.id)).collect();
        // What is known of the person decides what is asked next.
        let records = stand.core().records();
        let known = [
            &records.profile.name,
            &records.profile.identity_number,
            &records.settings.hub,
        ]
        .map(String::is_empty);
        // What was noted and printed has pages of its own.
        let noted = (records.entries.is_empty(), records.print_jobs.is_empty());
        let is_new = seen.insert((stand.core().page(), offers, known, noted));
        if is_new && way.len() < most {
            ways.extend(next.into_iter().map(|step| [way.clone(), vec![step]].concat()));
        }
    }
    seen.into_iter().map(|(page, ..)| page).collect()
}

#[test]
fn every_page_can_be_reached_from_the_home_page_by_taps() {
    let mut reached = BTreeSet::new();
    // A reminder opens by the clock, what comes after the doctor is told by the hospital, and who helps whom by the hub,
    // as are notices and what a doctor has planned. A pass expires by the clock. A picture that was chosen and a file that is
    // locked are read outside.
    let starts = [
        ("home", usize::MAX),
        ("home-first", usize::MAX),
        ("reminder", 1),
        ("visit-day-steps", 1),
        ("family", 2),
        ("news", 1),
        ("for-whom", 0),
        ("home-planned", 1),
        ("home-notice", 1),
        ("visits-planned", 1),
        ("wallet-expired", 1),
        ("confirm-photo", 3),
        ("enter-open-passphrase", 0),
    ];
    std::thread::scope(|threads| {
        let searches = starts.map(|(start, most)| {
            threads.spawn(move || {
                let demonstration = Demonstration::new().unwrap();
                reached_from(&demonstration, Scene::named(start).unwrap(), most)
            })
        });
        for search in searches {
            reached.extend(search.join().unwrap());
        }
    });
    let first_start = [Page::FirstText, Page::FirstVoice, Page::FirstLanguage];
    let missing: Vec<_> = Page::all()
        .filter(|page| !reached.contains(page) && !first_start.contains(page))
        .map(Page::name)
        .collect();
    assert!(missing.is_empty(), "no tap leads to {missing:?}");
}
