#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::SignedDuration;

use super::{Callee, Command, MOST_CONTACTS, Service};
use crate::app::{Command as AppCommand, Page};
use crate::effect::{Effect, Sound};
use crate::entry::Field;
use crate::ids::ContactId;
use crate::settings;
use crate::testing::Bench;
use crate::view::{Body, HelpView};

fn on_help() -> Bench {
    let mut bench = Bench::new();
    bench.does(AppCommand::CallHelp);
    bench
}

fn help(bench: &Bench) -> HelpView {
    match bench.view().body {
        Body::Help(view) => view,
        other => panic!("{other:?}"),
    }
}

fn dialled(bench: &mut Bench, taken: bool) -> &mut Bench {
    bench.does(AppCommand::Help(Command::Dialled { taken }))
}

fn adds_contact(bench: &mut Bench, name: &str, number: &str) -> ContactId {
    bench
        .opens(Page::Emergency)
        .taps("emergency-add")
        .types(name)
        .types(number);
    let mut contacts = bench.core.records().contacts.values();
    contacts.rfind(|contact| contact.name == name).unwrap().id
}

#[test]
fn a_tap_starts_five_seconds_of_countdown_with_the_siren_and_says_so() {
    let mut bench = on_help();
    bench.taps("help-call-ambulance");
    assert_eq!(help(&bench).seconds_left, Some(5));
    assert!(bench.effects.contains(&Effect::Siren(true)));
    assert_eq!(bench.dialled(), [""; 0]);
    let said = bench.spoken().unwrap().parts.concat();
    assert!(said.contains("急救车") && said.contains('5'), "{said}");
    assert_eq!(help(&bench).big.id, "help-stop");
}

#[test]
fn emergency_numbers_are_read_digit_by_digit() {
    let bench = on_help();
    let said = bench.says();
    for number in ["1 2 0", "1 1 0", "1 1 9"] {
        assert!(said.contains(number), "{said}");
    }
}

#[test]
fn each_second_is_shown_and_said_and_then_the_number_is_dialled_once() {
    let mut bench = on_help();
    bench.taps("help-call-police");
    for left in [4, 3, 2, 1] {
        bench.after_seconds(1);
        assert_eq!(help(&bench).seconds_left, Some(left));
        assert_eq!(bench.spoken().unwrap().parts, [left.to_string()]);
        let tick = |effect: &Effect| matches!(effect, Effect::Play(Sound::Tick, _));
        assert!(bench.effects.iter().any(tick));
        assert_eq!(bench.dialled(), [""; 0]);
    }
    bench.after_seconds(1);
    assert_eq!(bench.dialled(), ["110"]);
    assert!(bench.effects.contains(&Effect::Siren(false)));
    for _ in 0..10 {
        assert_eq!(bench.after_seconds(1).dialled(), [""; 0], "once");
    }
}

#[test]
fn the_core_wakes_at_each_second_of_the_countdown() {
    let mut bench = on_help();
    bench.taps("help-call-fire");
    let start = bench.at();
    for second in 1..=5 {
        let wake = bench.core.next_wake().unwrap();
        assert_eq!(wake, start + SignedDuration::from_secs(second));
        bench.after(wake.duration_since(bench.at()));
    }
    assert_eq!(bench.dialled(), ["119"]);
}

#[test]
fn the_countdown_can_be_stopped_at_any_moment_and_nothing_is_dialled() {
    for moment in (0..5_000).step_by(250) {
        let mut bench = on_help();
        bench.taps("help-call-ambulance");
        bench.after(SignedDuration::from_millis(moment)).taps("help-stop");
        assert!(bench.effects.contains(&Effect::Siren(false)));
        assert_eq!(bench.spoken().unwrap().parts, ["停下了，没有打。"]);
        assert_eq!(help(&bench).seconds_left, None);
        for _ in 0..10 {
            assert_eq!(bench.after_seconds(1).dialled(), [""; 0]);
        }
    }
}

#[test]
fn a_stop_that_comes_before_the_tick_of_the_last_second_still_stops() {
    let mut bench = on_help();
    bench.taps("help-call-ambulance");
    bench.now = bench.now.checked_add(SignedDuration::from_secs(6)).unwrap();
    bench.taps("help-stop");
    assert_eq!(bench.after_seconds(1).dialled(), [""; 0]);
}

#[test]
fn leaving_the_page_stops_the_countdown() {
    let away = [
        AppCommand::Back,
        AppCommand::Home,
        AppCommand::Open(Page::Settings),
        AppCommand::Start(crate::app::Start::default()),
    ];
    for leave in away {
        let mut bench = on_help();
        bench.taps("help-call-ambulance").after_seconds(2).does(leave.clone());
        assert!(bench.effects.contains(&Effect::Siren(false)), "{leave:?}");
        assert_eq!(bench.after_seconds(10).dialled(), [""; 0], "{leave:?}");
    }
}

#[test]
fn tapping_the_call_for_help_again_does_not_stop_the_countdown() {
    let mut bench = on_help();
    bench
        .taps("help-call-ambulance")
        .after_seconds(2)
        .does(AppCommand::CallHelp);
    assert_eq!(help(&bench).seconds_left, Some(3));
    assert_eq!(bench.after_seconds(3).dialled(), ["120"]);
}

#[test]
fn a_tick_that_comes_late_skips_seconds_and_still_dials_once() {
    let mut bench = on_help();
    bench.taps("help-call-ambulance").after_seconds(3);
    assert_eq!(help(&bench).seconds_left, Some(2));
    assert_eq!(bench.after_seconds(7).dialled(), ["120"]);
}

#[test]
fn half_a_second_left_counts_as_a_whole_one() {
    let mut bench = on_help();
    bench.taps("help-call-ambulance");
    bench.after(SignedDuration::from_millis(4_500));
    assert_eq!(help(&bench).seconds_left, Some(1));
    bench.after(SignedDuration::from_millis(499));
    assert_eq!((help(&bench).seconds_left, bench.dialled()), (Some(1), Vec::new()));
    assert_eq!(bench.after(SignedDuration::from_millis(1)).dialled(), ["120"]);
}

#[test]
fn a_machine_that_calls_says_whom_it_is_calling() {
    let mut bench = on_help();
    bench.taps("help-call-ambulance").after_seconds(5);
    dialled(&mut bench, true);
    assert!(bench.title().starts_with("正在打给"));
    assert!(bench.spoken().is_some());
    assert_eq!(bench.taps("help-done").choice("help-call-police").text, "叫警察 110");
}

#[test]
fn a_machine_that_cannot_call_shows_the_number_and_what_whoever_stands_by_needs_to_know() {
    let mut bench = Bench::new();
    for (field, text) in [
        (Field::Name, "王秀兰"),
        (Field::Address, "槐树街3号楼"),
        (Field::MedicalNotes, "青霉素过敏"),
    ] {
        bench.opens(Page::Enter(field)).types(text);
    }
    bench
        .does(AppCommand::CallHelp)
        .taps("help-call-ambulance")
        .after_seconds(5);
    dialled(&mut bench, false);
    let view = help(&bench);
    let number = view.number.unwrap();
    assert_eq!(number.text, "120");
    assert_eq!(bench.view().reading[number.part], "1 2 0", "read digit by digit");
    let values: Vec<_> = view.facts.iter().map(|fact| fact.value.as_str()).collect();
    assert_eq!(values, ["王秀兰", "槐树街3号楼", "青霉素过敏"]);
    assert!(bench.spoken().unwrap().parts.concat().contains("1 2 0"));
    bench.taps("help-again");
    assert_eq!(help(&bench).seconds_left, Some(5));
}

#[test]
fn a_report_of_the_telephone_that_nobody_waits_for_changes_nothing() {
    let mut bench = on_help();
    let before = bench.view();
    dialled(&mut bench, false);
    assert_eq!(bench.view(), before);
}

#[test]
fn a_contact_is_added_by_name_and_number_and_called_like_a_service() {
    let mut bench = Bench::new();
    let id = adds_contact(&mut bench, "女儿", "138 0013 8000");
    assert_eq!(bench.page(), Page::Result);
    bench.does(AppCommand::CallHelp);
    let choice = bench.choice(&id.to_string());
    assert_eq!(
        (choice.text.as_str(), choice.note.as_str()),
        ("打给女儿", "138 0013 8000")
    );
    bench.taps(&id.to_string()).after_seconds(5);
    assert_eq!(bench.dialled(), ["13800138000"]);
}

#[test]
fn there_are_at_most_four_contacts() {
    let mut bench = Bench::new();
    for (name, number) in [("女儿", "1001"), ("儿子", "1002"), ("张大夫", "1003"), ("邻居", "1004")] {
        adds_contact(&mut bench, name, number);
    }
    bench.opens(Page::Emergency);
    assert!(!bench.choice_ids().contains(&"emergency-add".to_owned()));
    bench
        .does(AppCommand::Help(Command::EditContact(None)))
        .types("孙女")
        .types("1005");
    assert_eq!(bench.core.records().contacts.len(), MOST_CONTACTS);
    assert!(bench.says().contains("已经有四个人了"));
    bench.does(AppCommand::CallHelp);
    let names: Vec<_> = help(&bench).choices.iter().map(|choice| choice.text.clone()).collect();
    assert_eq!(
        names[2..],
        ["打给女儿", "打给儿子", "打给张大夫", "打给邻居"],
        "in their order"
    );
}

#[test]
fn a_contact_is_changed_and_removed_and_taken_back() {
    let mut bench = Bench::new();
    let id = adds_contact(&mut bench, "女儿", "1001");
    bench
        .opens(Page::Emergency)
        .taps(&id.to_string())
        .taps("contact-edit-name")
        .types("大女儿");
    bench.taps("contact-edit-number").types("1009");
    let contact = bench.core.records().contacts[&id].clone();
    assert_eq!((contact.name.as_str(), contact.number.as_str()), ("大女儿", "1009"));
    bench.opens(Page::Contact).taps("contact-remove");
    assert!(bench.core.records().contacts.is_empty());
    bench.taps("result-undo");
    assert_eq!(bench.core.records().contacts[&id], contact);
}

#[test]
fn what_was_half_typed_about_one_person_does_not_rename_another() {
    let mut bench = Bench::new();
    let id = adds_contact(&mut bench, "女儿", "1001");
    bench
        .opens(Page::Emergency)
        .taps("emergency-add")
        .does(AppCommand::Type {
            field: Field::ContactName,
            text: "邻".to_owned(),
        });
    bench
        .opens(Page::Emergency)
        .taps(&id.to_string())
        .taps("contact-edit-name");
    assert_eq!(bench.field(), "女儿");
    let mut bench = bench.restarted();
    bench.opens(Page::Emergency).taps("emergency-add");
    assert_eq!(bench.field(), "邻", "what was begun is still there");
}

#[test]
fn a_wrong_number_is_refused_with_a_sentence() {
    let mut bench = Bench::new();
    bench
        .opens(Page::Emergency)
        .taps("emergency-add")
        .types("女儿")
        .types("12");
    assert!(bench.core.records().contacts.is_empty());
    assert!(bench.says().contains("这不像电话号码"));
    bench.types("1001");
    assert_eq!(bench.core.records().contacts.len(), 1);
}

#[test]
fn a_number_without_a_name_waits_until_there_is_one() {
    let mut bench = Bench::new();
    bench.opens(Page::Enter(Field::ContactNumber)).types("1001");
    assert_eq!(bench.page(), Page::Enter(Field::ContactName));
    bench.types("女儿");
    let Body::Entry(entry) = bench.view().body else {
        panic!()
    };
    assert_eq!((entry.field, entry.text.as_str()), (Field::ContactNumber, "1001"));
    bench.types(&entry.text);
    assert_eq!(bench.core.records().contacts.len(), 1);
}

#[test]
fn a_call_to_a_contact_who_is_gone_is_not_begun() {
    let mut bench = on_help();
    let gone = Callee::Contact(ContactId(uuid::Uuid::nil()));
    bench.does(AppCommand::Help(Command::Call(gone)));
    assert_eq!(help(&bench).seconds_left, None);
    assert!(!bench.effects.contains(&Effect::Siren(true)));
}

#[test]
fn a_call_that_is_commanded_from_elsewhere_opens_the_page_where_it_can_be_stopped() {
    let mut bench = Bench::new();
    let police = Callee::Service(Service::Police);
    bench.does(AppCommand::Help(Command::Call(police)));
    assert_eq!(bench.page(), Page::Help);
    assert_eq!(help(&bench).big.id, "help-stop");
}

#[test]
fn the_countdown_is_spoken_though_the_voice_is_off() {
    let mut bench = Bench::new();
    bench.does(AppCommand::Settings(settings::Command::SetVoice(false)));
    bench.does(AppCommand::CallHelp).taps("help-call-ambulance");
    assert!(bench.spoken().is_some());
    assert!(bench.after_seconds(1).spoken().is_some());
}
