#![allow(clippy::unwrap_used)]

use jiff::SignedDuration;

use super::Rule;
use crate::app::{Command, Incoming, Page};
use crate::certificates::{self, Form, Format};
use crate::checkpoint;
use crate::effect::{Effect, Fetched, PrintTrouble, SavedFile};
use crate::settings::Language;
use crate::store::Store;
use crate::testing::{Bench, Region, newcomer};
use crate::view::{Body, Mark};

const WANG: &str = "王秀兰,11010519491231002X";
const CHEN: &str = "陈桂兰,440524188001010014";

fn at_the_door() -> Bench {
    let mut bench = Bench::new();
    bench.opens(Page::Helpers).taps("helpers-checkpoint");
    bench
}

/// A card reader or scanner types a line.
fn reads<'b>(bench: &'b mut Bench, line: &str) -> &'b mut Bench {
    let text = line.to_owned();
    bench.does(Command::Checkpoint(checkpoint::Command::Scanned { text }))
}

/// Somebody's card is read, and they are noted.
fn notes<'b>(bench: &'b mut Bench, line: &str) -> &'b mut Bench {
    bench.opens(Page::Checkpoint);
    reads(bench, line).taps("entry-note")
}

fn names(bench: &Bench) -> Vec<String> {
    let mut entries: Vec<_> = bench.core.records().entries.values().collect();
    entries.sort_by_key(|entry| entry.sequence);
    entries.into_iter().map(|entry| entry.visitor.name.clone()).collect()
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[test]
fn somebody_without_a_code_is_noted_by_typing_number_and_name() {
    let mut bench = at_the_door();
    bench.taps("checkpoint-no-code").taps("no-code-number");
    assert_eq!(bench.types("110105194912310021").title(), "身份证号是多少？");
    assert!(bench.says().contains("号码不对"));
    bench.types("11010519491231002x").types("王秀兰");
    assert_eq!(bench.page(), Page::ConfirmEntry);
    assert!(
        bench.core.records().entries.is_empty(),
        "nothing is kept before it is said to be right"
    );
    bench.taps("entry-add-telephone").types("138 0013 8000");
    bench.taps("entry-add-remark").types("来看女儿");
    bench.taps("entry-note");
    let Body::Verdict(answer) = bench.view().body else {
        unreachable!("an answer")
    };
    assert_eq!(
        (answer.mark, answer.name.unwrap().text.as_str()),
        (Mark::Good, "王秀兰")
    );
    let entry = bench.core.records().entries.values().next().unwrap().clone();
    assert_eq!(entry.visitor.identity_number, "11010519491231002X");
    assert_eq!(
        (entry.visitor.telephone.as_str(), entry.visitor.remark.as_str()),
        ("13800138000", "来看女儿")
    );
    assert_eq!(bench.taps("verdict-next").page(), Page::Checkpoint);
}

#[test]
fn a_card_reader_fills_in_name_and_number_at_once_or_one_after_the_other() {
    let mut bench = at_the_door();
    assert_eq!(reads(&mut bench, WANG).page(), Page::ConfirmEntry);
    assert!(bench.says().contains("110105 19491231 002X"));
    bench.taps("entry-note").taps("verdict-next");
    assert_eq!(reads(&mut bench, "陈桂兰").page(), Page::NoCode);
    assert!(bench.says().contains("陈桂兰"));
    assert_eq!(reads(&mut bench, "440524188001010014").page(), Page::ConfirmEntry);
    bench.taps("entry-note");
    assert_eq!(names(&bench), ["王秀兰", "陈桂兰"]);
    // A reader's line is understood in the field as well.
    bench
        .taps("verdict-next")
        .taps("checkpoint-no-code")
        .taps("no-code-number");
    assert_eq!(bench.types(WANG).page(), Page::ConfirmEntry);
}

#[test]
fn an_entry_can_be_taken_back_corrected_and_removed() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG).taps("result-undo");
    assert!(names(&bench).is_empty());
    assert_eq!(
        bench.does(Command::Back).title(),
        "请扫码",
        "no page says that somebody is noted who is not"
    );
    notes(&mut bench, WANG)
        .taps("verdict-next")
        .taps("checkpoint-register")
        .taps("2026-11-22");
    let id = bench.core.records().entries.keys().next().unwrap().to_string();
    bench.taps(&id).taps("entry-edit-name").types("王秀英");
    assert_eq!(names(&bench), ["王秀英"]);
    bench.taps("entry-remove");
    assert!(names(&bench).is_empty());
    bench.taps("result-undo");
    assert_eq!(names(&bench), ["王秀英"]);
}

#[test]
fn an_entry_is_erased_when_its_days_are_over_and_not_before() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG);
    bench.after(days(1));
    notes(&mut bench, CHEN);
    bench.after(days(13) - SignedDuration::from_secs(1));
    assert_eq!(names(&bench).len(), 2);
    let wake = bench.core.next_wake().unwrap();
    assert!(
        wake <= bench.at() + SignedDuration::from_secs(1),
        "the core wakes by itself for it"
    );
    bench.after_seconds(1);
    assert_eq!(names(&bench), ["陈桂兰"]);
    bench.does(Command::Undo);
    assert_eq!(names(&bench), ["陈桂兰"], "nothing brings back what was erased");
    bench.after(days(400));
    assert!(names(&bench).is_empty());
}

#[test]
fn what_was_over_while_the_device_was_off_is_erased_at_the_start() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG);
    bench.now = bench.now.checked_add(days(40)).unwrap();
    let mut bench = bench.restarted();
    assert!(names(&bench).is_empty());
    assert!(bench.store.load().unwrap().entries.is_empty());
}

#[test]
fn undoing_a_removal_does_not_keep_an_entry_beyond_its_time() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG);
    let id = *bench.core.records().entries.keys().next().unwrap();
    bench.does(Command::Register(super::Command::Remove(id)));
    bench.after(days(15)).does(Command::Undo);
    assert!(names(&bench).is_empty());
}

#[test]
fn erasing_by_itself_leaves_what_can_be_taken_back() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG);
    bench
        .opens(Page::CardKinds)
        .taps("card-transit")
        .types("公交卡")
        .types("31040200");
    let card = *bench.core.records().cards.keys().next().unwrap();
    bench.does(Command::Wallet(crate::wallet::Command::Remove(card)));
    bench.after(days(15)).does(Command::Undo);
    assert!(names(&bench).is_empty());
    assert_eq!(bench.core.records().cards.len(), 1);
}

#[test]
fn a_clock_that_goes_back_neither_brings_back_nor_erases_and_the_page_says_so() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG);
    bench.after(days(-365));
    notes(&mut bench, CHEN);
    assert_eq!(names(&bench).len(), 2);
    assert!(bench.opens(Page::Register).says().contains("时间不对"));
    // Set right again: both still have their time, and both are over after it.
    bench.after(days(365 + 3));
    assert_eq!(names(&bench).len(), 2, "neither is erased early");
    bench.after(days(14));
    assert!(names(&bench).is_empty());
    bench.after(days(-800));
    assert!(names(&bench).is_empty());
}

#[test]
fn a_clock_that_ran_ahead_keeps_nothing_for_ever() {
    let mut bench = at_the_door();
    bench.after(days(1_500));
    notes(&mut bench, WANG);
    bench.after(days(-1_500));
    notes(&mut bench, CHEN);
    bench.after(days(13));
    assert_eq!(names(&bench).len(), 2);
    bench.after(days(1));
    assert!(
        names(&bench).is_empty(),
        "who came before somebody whose time is over is over too"
    );
}

#[test]
fn a_clock_that_lost_its_battery_is_known_to_be_behind_by_the_signed_list() {
    let mut bench = Region::new().bench();
    bench.after(days(-3_000));
    notes(&mut bench, WANG);
    bench.after(days(3_000));
    assert_eq!(names(&bench), ["王秀兰"]);
    bench.after(days(14));
    assert!(names(&bench).is_empty());
}

#[test]
fn keeping_for_fewer_days_asks_before_it_erases() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG);
    bench.after(days(5));
    bench.opens(Page::RegisterRule).taps("register-days-3");
    assert_eq!((bench.page(), names(&bench).len()), (Page::Result, 1));
    bench.taps("register-shorter-no");
    assert_eq!(bench.core.records().settings.register, Rule::default());
    bench.taps("register-days-3").taps("register-shorter-yes");
    assert_eq!((bench.page(), names(&bench).len()), (Page::RegisterRule, 0));
    assert_eq!(bench.core.records().settings.register.days, 3);
    assert_eq!(bench.taps("register-days-30").core.records().settings.register.days, 30);
}

#[test]
fn what_is_typed_of_a_visitor_never_reaches_the_disk_before_it_is_noted() {
    let mut bench = at_the_door();
    bench.taps("checkpoint-no-code").taps("no-code-number");
    bench.does(Command::Type {
        field: crate::entry::Field::VisitorNumber,
        text: "110105".to_owned(),
    });
    let Body::Entry(entry) = bench.view().body else {
        unreachable!("a field")
    };
    assert_eq!(entry.text, "110105", "it is held where it is typed");
    let kept = serde_json::to_string(&bench.store.load().unwrap()).unwrap();
    assert!(!kept.contains("110105"));
    bench.does(Command::Home).opens(Page::NoCode).taps("no-code-number");
    let Body::Entry(entry) = bench.view().body else {
        unreachable!("a field")
    };
    assert_eq!(entry.text, "", "and forgotten when the page is left");
}

#[test]
fn the_copy_of_everything_leaves_the_register_out() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG);
    bench.opens(Page::YourData).taps("data-save");
    let Some(Effect::SaveCopy { content, .. }) = bench.effects.last() else {
        unreachable!("a copy")
    };
    assert!(!content.contains("王秀兰"));
}

#[test]
fn the_table_opens_in_a_spreadsheet_with_every_digit_and_no_formula() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG);
    let id = bench.core.records().entries.keys().next().unwrap().to_string();
    bench
        .opens(Page::RegisterDay)
        .taps(&id)
        .taps("entry-add-remark")
        .types("=1+1, \"x\"");
    bench.opens(Page::Register).taps("register-export");
    let Some(Effect::SaveCopy { name, content }) = bench.effects.first() else {
        unreachable!("a table")
    };
    assert_eq!(name, "登记本 2026-11-22.csv");
    let lines: Vec<&str> = content.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}\"时间\",\"姓名\","));
    assert_eq!(
        lines[1],
        "\"2026-11-22 09:00\",\"王秀兰\",\"110105 19491231 002X\",\"\",\"'=1+1, \"\"x\"\"\",\"身份证\""
    );
    bench.gets(Incoming::Saved(Ok(SavedFile {
        path: "文档 / 登记本.csv".to_owned(),
        shown: "文档 / 登记本.csv".to_owned(),
    })));
    assert!(bench.says().contains("销毁"));
    // The next thing that is saved is told as what it is.
    bench
        .opens(Page::YourData)
        .taps("data-save")
        .gets(Incoming::Saved(Err(PrintTrouble::CannotSave)));
    assert_eq!(bench.title(), "没有抄成");
}

#[test]
fn a_day_of_the_register_is_printed_as_a_list() {
    let mut bench = at_the_door();
    notes(&mut bench, WANG).after_seconds(600);
    notes(&mut bench, CHEN);
    let day = bench.now.date();
    let item = certificates::Item::Register(day);
    let form = Form {
        format: Format::A4,
        language: Language::Chinese,
    };
    let paper = certificates::paper(&bench.core, item, form).unwrap();
    assert_eq!(
        paper.facts,
        [
            ("09:00".to_owned(), "王秀兰  110105 19491231 002X  身份证".to_owned()),
            ("09:10".to_owned(), "陈桂兰  440524 18800101 0014  身份证".to_owned()),
        ]
    );
    let tomorrow = certificates::Item::Register(day.tomorrow().unwrap());
    assert!(certificates::paper(&bench.core, tomorrow, form).is_none());
    bench.opens(Page::RegisterDay).taps("register-print");
    assert_eq!(bench.page(), Page::PrintWhere);
}

#[test]
fn a_full_disk_says_so_and_the_particulars_are_still_there() {
    let mut bench = at_the_door();
    reads(&mut bench, WANG);
    bench.store.full = true;
    bench.taps("entry-note");
    assert_eq!(bench.page(), Page::Result);
    bench.store.full = false;
    bench.does(Command::Back).taps("entry-note");
    assert_eq!(names(&bench), ["王秀兰"]);
}

#[test]
fn a_day_with_many_entries_is_shown_in_pages() {
    let mut bench = at_the_door();
    for _ in 0..14 {
        notes(&mut bench, WANG);
    }
    let bench = bench.opens(Page::RegisterDay);
    assert!(bench.says().contains("14 位"));
    let first = bench.choice_ids();
    let second = bench.taps("register-earlier").choice_ids();
    assert!(
        first
            .iter()
            .all(|id| !second.contains(id) || id.starts_with("register-"))
    );
    assert_eq!(bench.taps("register-latest").choice_ids(), first);
}

#[test]
fn an_old_list_does_not_make_the_clock_seem_behind() {
    let region = Region::new();
    let mut bench = region.bench();
    let list = region.sign(&region.list(3));
    bench.gets(Incoming::Fetched(Fetched::TrustList(list)));
    notes(&mut bench, WANG);
    assert_eq!(bench.core.records().entries.values().next().unwrap().after, None);
}

#[test]
fn a_list_that_waits_to_be_printed_goes_with_the_first_entry_on_it() {
    let mut records = newcomer();
    records.settings.printer = "ipp://printer.local/ipp/print".to_owned();
    let mut bench = Bench::with(records);
    notes(&mut bench, WANG);
    let list = certificates::Item::Register(bench.now.date());
    bench.after(days(13));
    bench.does(Command::Certificates(certificates::Command::Choose(list)));
    bench.does(Command::Certificates(certificates::Command::ToPrinter));
    assert_eq!(bench.core.records().print_jobs.len(), 1);
    bench.after(days(1) - SignedDuration::from_secs(1));
    assert_eq!(bench.core.records().print_jobs.len(), 1);
    bench.after_seconds(1);
    assert!(bench.core.records().print_jobs.is_empty());
    assert!(names(&bench).is_empty());
}
