#![allow(clippy::unwrap_used, clippy::panic)]

use super::{COPY_FORMAT, Settings};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::appointments::VisitState;
use crate::effect::{Effect, FileContent, PrintTrouble, SavedFile};
use crate::entry::Field;
use crate::help::MOST_CONTACTS;
use crate::outbox::Request;
use crate::settings::{Command, Language, Rate, TextSize, Theme, Volume};
use crate::store::Records;
use crate::testing::{Bench, HUB, filled, newcomer};
use crate::view::Tone;

#[test]
fn every_choice_is_kept_at_once_and_shown_as_chosen() {
    let mut all: Vec<(Page, Command)> = Vec::new();
    all.extend(TextSize::ALL.map(|size| (Page::TextSize, Command::SetText(size))));
    all.extend(Theme::ALL.map(|theme| (Page::Contrast, Command::SetTheme(theme))));
    all.extend([false, true].map(|on| (Page::Voice, Command::SetVoice(on))));
    all.extend(Rate::ALL.map(|rate| (Page::Rate, Command::SetRate(rate))));
    all.extend(Volume::ALL.map(|volume| (Page::Volume, Command::SetVolume(volume))));
    all.extend(Language::ALL.map(|language| (Page::Language, Command::SetLanguage(language))));
    let mut bench = Bench::new();
    for (page, command) in all {
        let command = AppCommand::Settings(command);
        bench.opens(page);
        let find = |bench: &Bench| {
            let body = bench.view().body;
            let choice = body.choices().find(|choice| choice.command == command);
            choice
                .unwrap_or_else(|| panic!("{command:?} stands on {page:?}"))
                .clone()
        };
        let id = find(&bench).id;
        bench.taps(&id);
        assert_eq!(bench.page(), page, "the page stays");
        assert_eq!(find(&bench).tone, Tone::Chosen, "{command:?}");
        let view = bench.view();
        let chosen = view.body.choices().filter(|choice| choice.tone == Tone::Chosen);
        assert_eq!(chosen.count(), 1, "{command:?}");
        let kept = bench.core.records().settings.clone();
        assert_eq!(Bench::with(bench.core.records().clone()).core.records().settings, kept);
    }
    let kept = &bench.core.records().settings;
    assert_eq!(
        (kept.text, kept.theme, kept.rate, kept.volume, kept.language),
        (
            TextSize::Largest,
            Theme::Dark,
            Rate::Fast,
            Volume::Loud,
            Language::English
        )
    );
}

#[test]
fn a_hub_address_is_taken_only_where_it_is_one() {
    for wrong in [
        "hub.example",
        "ftp://hub.example",
        "http://",
        "http:///",
        "http://a b",
        "https:// x",
    ] {
        let mut bench = Bench::new();
        bench.opens(Page::Enter(Field::HubAddress)).types(wrong);
        assert_eq!(bench.page(), Page::Enter(Field::HubAddress), "{wrong}");
        assert!(bench.says().contains("地址不对"), "{wrong}");
        assert_eq!(bench.core.records().settings.hub, "", "{wrong}");
    }
    let mut bench = Bench::new();
    bench
        .opens(Page::Helpers)
        .taps("helpers-hub")
        .types(" http://127.0.0.1:8080/ ");
    assert_eq!(bench.core.records().settings.hub, "http://127.0.0.1:8080");
    assert_eq!(bench.page(), Page::Helpers);
    assert!(bench.says().contains("http://127.0.0.1:8080"));
    let asked = |effect: &Effect| matches!(effect, Effect::Fetch { .. });
    assert!(bench.effects.iter().any(asked), "the new hub is asked at once");
    bench.taps("helpers-hub").types("");
    assert_eq!(bench.core.records().settings.hub, "");
}

#[test]
fn a_printer_address_is_taken_only_where_it_is_one() {
    for wrong in [
        "http://printer",
        "printer",
        "ipp://",
        "ipps:// x",
        "socket:///dev/sda",
        "usb://host",
    ] {
        let mut bench = Bench::new();
        bench.opens(Page::Enter(Field::PrinterAddress)).types(wrong);
        assert_eq!(bench.core.records().settings.printer, "", "{wrong}");
    }
    let mut bench = Bench::new();
    bench
        .opens(Page::Helpers)
        .taps("helpers-printer")
        .taps("printers-address")
        .types("ipp://printer.local/ipp/print");
    assert_eq!(bench.core.records().settings.printer, "ipp://printer.local/ipp/print");
    for right in ["cups://localhost/hall", "socket://10.0.0.9", "usb:///dev/usb/lp0"] {
        bench.opens(Page::Enter(Field::PrinterAddress)).types(right);
        assert_eq!(bench.core.records().settings.printer, right);
    }
}

/// The content of the copy that is written now.
fn copied(bench: &mut Bench) -> String {
    bench.opens(Page::YourData).taps("data-save");
    let found = bench.effects.iter().find_map(|effect| match effect {
        Effect::SaveCopy { name, content } => Some((name.clone(), content.clone())),
        _ => None,
    });
    let (name, content) = found.unwrap();
    assert!(name.contains("2026-11-22") && name.ends_with(".json"), "{name}");
    content
}

fn takes_in(records: Records, content: String) -> Bench {
    let mut bench = Bench::with(records);
    bench.opens(Page::Files).reads(Ok(FileContent::Text(content)));
    bench
}

#[test]
fn a_copy_brings_everything_back_to_an_empty_device() {
    let mut old = Bench::with(filled());
    let content = copied(&mut old);
    let new = takes_in(newcomer(), content);
    let (old, new) = (old.core.records(), new.core.records());
    assert_eq!(new.profile, old.profile);
    assert_eq!(new.contacts, old.contacts);
    assert_eq!(new.documents, old.documents);
    assert_eq!(new.cards, old.cards);
    assert_eq!(new.visits, old.visits);
    assert!(old.purse.counted && !old.spendings.is_empty() && !old.bills.is_empty());
    assert_eq!(
        (&new.purse, &new.spendings, &new.bills),
        (&old.purse, &old.spendings, &old.bills)
    );
    let requests = |records: &Records| {
        let items = records.outbox.values();
        items.map(|item| (item.id, item.request.clone())).collect::<Vec<_>>()
    };
    assert_eq!(requests(new), requests(old), "what waits is asked under the same id");
}

#[test]
fn a_copy_that_is_taken_in_twice_changes_nothing_the_second_time() {
    let content = copied(&mut Bench::with(filled()));
    let mut bench = takes_in(newcomer(), content.clone());
    let before = bench.core.records().clone();
    bench.opens(Page::Files).reads(Ok(FileContent::Text(content)));
    assert_eq!(*bench.core.records(), before);
}

#[test]
fn taking_a_copy_in_can_be_undone() {
    let content = copied(&mut Bench::with(filled()));
    let mut bench = takes_in(newcomer(), content);
    assert_eq!(*bench.taps("result-undo").core.records(), newcomer());
}

#[test]
fn what_is_here_stays_when_a_copy_is_taken_in() {
    let content = copied(&mut Bench::with(filled()));
    let mut here = newcomer();
    here.profile.name = "李建国".to_owned();
    here.purse.counted = true;
    let bench = takes_in(here, content);
    assert_eq!(bench.core.records().profile.name, "李建国");
    assert_eq!(bench.core.records().cards.len(), 1);
    assert!(bench.core.records().purse.holds.is_empty());
}

#[test]
fn an_older_copy_does_not_take_back_what_a_hospital_has_said_since() {
    let mut bench = Bench::with(filled());
    let content = copied(&mut bench);
    let id = *bench.core.records().outbox.keys().next().unwrap();
    let start = crate::testing::shanghai("2026-11-23T09:30");
    let appointment = "a1".to_owned();
    bench.hears(
        id,
        crate::outbox::Answer::Booked {
            appointment,
            start,
            slot: None,
        },
    );
    bench.opens(Page::Files).reads(Ok(FileContent::Text(content)));
    let visit = bench.core.records().visits.values().next().unwrap();
    assert!(matches!(visit.state, VisitState::Booked { .. }));
    let waiting = bench.core.records().outbox.values();
    let bookings = waiting.filter(|item| matches!(item.request, Request::BookVisit { .. }));
    assert_eq!(bookings.count(), 0);
}

#[test]
fn a_cancellation_that_waits_is_asked_again_on_the_new_device() {
    let mut records = filled();
    for visit in records.visits.values_mut() {
        visit.state = VisitState::CancelNotConfirmed {
            appointment: "a1".to_owned(),
        };
    }
    records.outbox.clear();
    let content = copied(&mut Bench::with(records));
    let bench = takes_in(newcomer(), content);
    let item = bench.core.records().outbox.values().next().unwrap();
    assert!(matches!(&item.request, Request::CancelVisit { appointment, .. } if appointment == "a1"));
}

#[test]
fn a_file_that_is_no_copy_changes_nothing_and_is_answered_with_a_sentence() {
    let good = copied(&mut Bench::with(filled()));
    let whole = good.len();
    let not_copies = [
        String::new(),
        "{}".to_owned(),
        "null".to_owned(),
        "[".repeat(100_000),
        good.replace(COPY_FORMAT, "anban-copy-9"),
        good[..whole / 2].chars().collect(),
        "x".repeat(20 << 20),
        serde_json::json!({"format": COPY_FORMAT, "made_at": "2026-11-22T00:00:00Z", "records": {}}).to_string(),
        serde_json::json!({"format": COPY_FORMAT, "made_at": "2026-11-22T00:00:00Z", "records": {"cards": 7}})
            .to_string(),
    ];
    for content in not_copies {
        let begin: String = content.chars().take(40).collect();
        let bench = takes_in(newcomer(), content);
        assert_eq!(*bench.core.records(), newcomer(), "{begin}");
        assert_eq!(
            (bench.page(), bench.title().as_str()),
            (Page::Result, "这张收不进来"),
            "{begin}"
        );
    }
}

#[test]
fn what_could_not_have_been_typed_here_is_left_out_of_a_copy() {
    let mut records = filled();
    for contact in records.contacts.values_mut() {
        contact.number = "tel:*#06#".to_owned();
    }
    for document in records.documents.values_mut() {
        document.text = "AB1:RUBBISH".to_owned();
    }
    for card in records.cards.values_mut() {
        card.name = "卡".repeat(100_000);
    }
    for bill in records.bills.values_mut() {
        bill.day = 99;
    }
    records.profile.medical_notes = "病".repeat(100_000);
    let bench = takes_in(newcomer(), copied(&mut Bench::with(records)));
    let taken = bench.core.records();
    assert!(
        taken.contacts.is_empty() && taken.documents.is_empty() && taken.cards.is_empty() && taken.bills.is_empty()
    );
    assert_eq!(taken.profile.medical_notes, "");
    assert_eq!(taken.visits.len(), 1, "and what is sound is taken");
}

#[test]
fn no_copy_brings_a_fifth_contact() {
    let mut records = filled();
    let contact = records.contacts.values().next().unwrap().clone();
    for position in 1..9_u32 {
        let id = crate::ids::ContactId(uuid::Uuid::from_u128(u128::from(position)));
        let more = crate::help::Contact {
            id,
            position,
            ..contact.clone()
        };
        records.contacts.insert(id, more);
    }
    let content = copied(&mut Bench::with(records));
    assert_eq!(takes_in(filled(), content).core.records().contacts.len(), MOST_CONTACTS);
}

#[test]
fn whether_the_copy_was_written_is_told() {
    let mut bench = Bench::new();
    bench.opens(Page::YourData).gets(Incoming::Saved(Ok(SavedFile {
        path: "/home/wang/copy.json".to_owned(),
        shown: "/home/wang/copy.json".to_owned(),
    })));
    assert!(bench.says().contains("/home/wang/copy.json"));
    bench.gets(Incoming::Saved(Err(PrintTrouble::CannotSave)));
    assert!(bench.says().contains("没有抄成"));
}

#[test]
fn erasing_asks_first_and_the_safe_answer_is_the_main_one() {
    let mut bench = Bench::with(filled());
    let before = bench.core.records().clone();
    bench.opens(Page::YourData).taps("data-erase");
    assert_eq!(bench.page(), Page::EraseAll);
    assert_eq!(bench.choice("erase-no").tone, Tone::Main);
    assert_eq!(bench.taps("erase-no").page(), Page::YourData);
    assert_eq!(*bench.core.records(), before);
}

#[test]
fn erasing_leaves_nothing_but_how_the_screen_is_read() {
    let mut records = filled();
    records.settings = Settings {
        text: TextSize::Larger,
        theme: Theme::Dark,
        language: Language::English,
        voice: false,
        hub: HUB.to_owned(),
        printer: "ipp://printer".to_owned(),
        ..records.settings
    };
    let mut bench = Bench::with(records);
    bench.opens(Page::EraseAll).taps("erase-yes");
    let left = Records {
        settings: Settings {
            text: TextSize::Larger,
            theme: Theme::Dark,
            language: Language::English,
            ..Settings::default()
        },
        ..Records::default()
    };
    assert_eq!(*bench.core.records(), left);
    assert_eq!(*bench.does(AppCommand::Undo).core.records(), left, "for good");
    assert_eq!(bench.restarted().page(), Page::FirstText);
}

#[test]
fn what_is_stored_is_counted() {
    let mut bench = Bench::with(filled());
    let said = bench.opens(Page::YourData).says();
    for words in ["证明：1", "卡：1", "预约：1", "家里人：1", "没办完：1"] {
        assert!(said.contains(words), "{words} in {said}");
    }
}
