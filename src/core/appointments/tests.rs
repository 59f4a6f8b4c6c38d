#![allow(clippy::unwrap_used, clippy::panic)]

mod answers;
mod days;
mod notices;
mod plans;
mod reminders;
mod ways;

use jiff::SignedDuration;

use super::{Chosen, Command, Refusal, VisitState};
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::effect::{Effect, Fetched, Sound, Wanted};
use crate::entry::Field;
use crate::help;
use crate::outbox::{Answer, Request, Trouble};
use crate::settings::Volume;
use crate::store::Records;
use crate::sync_tests::{books, informed, yes};
use crate::testing::{Bench, directory, newcomer, shanghai, timetable};
use crate::view::{Body, Mark, Tone};

fn mark(bench: &Bench) -> Option<Mark> {
    match bench.view().body {
        Body::Question(view) => view.mark,
        other => panic!("{other:?}"),
    }
}

fn state(bench: &Bench) -> VisitState {
    let visits: Vec<_> = bench.core.records().visits.values().collect();
    let [visit] = visits[..] else { panic!("{visits:?}") };
    visit.state.clone()
}

#[test]
fn a_visit_is_booked_by_hospital_department_day_and_time() {
    let mut bench = informed();
    bench.does(AppCommand::Home).taps("home-doctor");
    assert_eq!(bench.page(), Page::Hospitals);
    assert_eq!(bench.taps("first").page(), Page::Departments);
    assert_eq!(bench.taps("heart").page(), Page::Department);
    let wanted = |effect: &Effect| matches!(effect, Effect::Fetch { what: Wanted::Timetable { department, .. }, .. } if department == "heart");
    assert!(bench.effects.iter().any(wanted), "the newest times are asked for");
    assert_eq!(bench.taps("department-days").page(), Page::Days);
    assert_eq!(bench.choice("2026-11-23").note, "上午、下午都有号");
    assert_eq!(bench.taps("2026-11-23").page(), Page::Times);
    assert_eq!(bench.choice("monday-late").note, "张大夫");
    assert_eq!(bench.taps("monday-late").page(), Page::ConfirmVisit);
    let said = bench.says();
    for words in ["明天 星期一 下午两点", "市第一医院", "心内科", "王秀兰"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    bench.taps("confirm-yes");
    let (_, request) = bench.sent().remove(0);
    let Request::BookVisit { wish, patient, .. } = request else {
        panic!()
    };
    assert_eq!(
        (wish.slot.as_deref(), patient.as_str()),
        (Some("monday-late"), "王秀兰")
    );
}

#[test]
fn a_visit_is_not_confirmed_until_the_hospital_says_so() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    assert_eq!((bench.page(), state(&bench)), (Page::Visit, VisitState::NotConfirmed));
    assert_eq!(
        (bench.title().as_str(), mark(&bench)),
        ("还没确认", Some(Mark::Waiting))
    );
    assert!(!bench.says().contains("挂好号了"));
    let id = *bench.core.records().outbox.keys().next().unwrap();
    bench.hears(id, yes());
    assert_eq!((bench.page(), bench.title().as_str()), (Page::Result, "挂好号了"));
    assert!(bench.effects.contains(&Effect::Play(Sound::Done, Volume::Loud)));
    assert!(bench.spoken().unwrap().parts.concat().contains("心内科"));
    assert!(bench.core.records().outbox.is_empty());
    assert_eq!(bench.taps("booked-show").title(), "挂好号了");
    assert_eq!(mark(&bench), Some(Mark::Good));
}

#[test]
fn the_soonest_time_is_one_tap_away_and_times_that_are_past_are_not_offered() {
    let mut bench = informed();
    bench.taps("home-doctor").taps("first").taps("heart");
    let soonest = bench.choice("department-soonest");
    assert_eq!(soonest.tone, Tone::Main);
    assert!(soonest.note.contains("上午九点半"), "{}", soonest.note);
    bench.after(SignedDuration::from_hours(26)).taps("department-days");
    let ids = bench.choice_ids();
    assert_eq!(ids[..2], ["2026-11-23", "2026-11-24"]);
    bench.taps("2026-11-23");
    assert!(!bench.choice_ids().contains(&"monday-early".to_owned()));
    assert!(bench.choice_ids().contains(&"monday-late".to_owned()));
}

#[test]
fn a_second_tap_on_yes_is_not_a_second_visit() {
    let mut bench = informed();
    bench
        .taps("home-doctor")
        .taps("first")
        .taps("heart")
        .taps("department-soonest");
    let yes = bench.choice("confirm-yes").command;
    bench.does(yes.clone()).does(yes);
    assert_eq!(
        (bench.core.records().visits.len(), bench.core.records().outbox.len()),
        (1, 1)
    );
    assert_eq!(bench.page(), Page::Visit, "and leaves the visit on the screen");
}

#[test]
fn the_same_time_booked_again_by_the_pages_is_the_same_visit() {
    let mut bench = informed();
    let visit = books(&mut bench, "monday-early");
    assert_eq!(books(&mut bench, "monday-early"), visit);
    assert_eq!(bench.core.records().outbox.len(), 1);
    assert_eq!(bench.page(), Page::Visit);
}

#[test]
fn the_name_is_asked_once_and_the_booking_goes_on_by_itself() {
    let mut bench = Bench::with_hub();
    let at = bench.at();
    bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
    bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
    bench
        .taps("home-doctor")
        .taps("first")
        .taps("heart")
        .taps("department-soonest")
        .taps("confirm-yes");
    assert_eq!(bench.page(), Page::Enter(Field::Name));
    assert!(bench.core.records().visits.is_empty());
    bench.types("王秀兰");
    assert_eq!((bench.page(), bench.sent().len()), (Page::Visit, 1));
}

#[test]
fn no_is_a_way_back_to_the_times() {
    let mut bench = informed();
    bench
        .taps("home-doctor")
        .taps("first")
        .taps("heart")
        .taps("department-days")
        .taps("2026-11-24")
        .taps("tuesday");
    assert_eq!(bench.taps("confirm-no").page(), Page::Times);
    assert!(bench.core.records().visits.is_empty());
}

#[test]
fn without_a_network_the_wish_is_kept_shown_and_sent_once_when_it_is_back() {
    let mut bench = informed();
    books(&mut bench, "monday-early");
    let (id, request) = bench.sent().remove(0);
    bench.hears_nothing(id);
    assert_eq!((bench.page(), bench.title().as_str()), (Page::Visit, "还没确认"));
    bench.does(AppCommand::Home);
    assert_eq!(bench.choice("next-visit").note, "还没确认");
    let mut bench = bench.restarted();
    assert_eq!(state(&bench), VisitState::NotConfirmed);
    // The start has sent it again, under the same id; its answer is lost too.
    bench.hears_nothing(id);
    assert_eq!(bench.gets(Incoming::NetworkBack).sent(), [(id, request)]);
    assert_eq!(bench.hears(id, yes()).sent(), []);
    assert!(matches!(state(&bench), VisitState::Booked { .. }));
}

#[test]
fn where_no_times_are_known_a_morning_or_an_afternoon_is_wished_for() {
    let mut bench = informed();
    bench
        .taps("home-doctor")
        .taps("first")
        .taps("eyes")
        .taps("department-book");
    assert!(bench.says().contains("还不知道哪天有号"));
    assert_eq!(bench.choice_ids().len(), 7);
    bench.taps("2026-11-25").taps("half-afternoon");
    assert!(bench.says().contains("11月25日 星期三 下午"), "{}", bench.says());
    bench.taps("confirm-yes");
    let Request::BookVisit { wish, .. } = bench.sent().remove(0).1 else {
        panic!()
    };
    let span = (wish.slot, wish.from, wish.to);
    assert_eq!(span, (None, shanghai("2026-11-25T13:00"), shanghai("2026-11-25T17:30")));
    let id = *bench.core.records().outbox.keys().next().unwrap();
    bench.hears(
        id,
        Answer::Booked {
            appointment: "a".to_owned(),
            start: shanghai("2026-11-25T14:30"),
            slot: None,
        },
    );
    assert!(
        bench.says().contains("下午两点半"),
        "the time is the hospital's: {}",
        bench.says()
    );
}

#[test]
fn everything_works_from_the_last_directory_without_a_hub_and_says_that_it_may_be_old() {
    let mut records = informed().core.records().clone();
    records.settings.hub = String::new();
    let mut bench = Bench::with(records);
    bench.taps("home-doctor");
    assert!(bench.says().contains("现在连不上，下面是上次知道的"));
    bench
        .taps("first")
        .taps("heart")
        .taps("department-soonest")
        .taps("confirm-yes");
    assert_eq!((state(&bench), bench.sent()), (VisitState::NotConfirmed, Vec::new()));
    assert!(bench.says().contains("请家里人看看设置"));
}

#[test]
fn where_no_hospital_is_known_the_telephone_and_the_counter_are_named() {
    let mut bench = Bench::with_hub();
    bench.taps("home-doctor");
    assert_eq!(bench.title(), "正在找医院");
    let trouble = Trouble::Unreachable;
    let what = Wanted::Directory;
    bench.gets(Incoming::Fetched(Fetched::Nothing { what, trouble }));
    assert_eq!(bench.title(), "现在连不上");
    assert!(bench.says().contains("医院窗口"));
    assert_eq!(bench.taps("doctor-call-12320").dialled(), ["12320"]);
    bench.taps("doctor-reload");
    assert_eq!(bench.title(), "正在找医院");
    let mut alone = Bench::new();
    assert!(alone.taps("home-doctor").says().contains("医院窗口"));
    assert_eq!(alone.taps("no-hub-helpers").page(), Page::Helpers);
}

#[test]
fn every_department_has_its_counter_and_its_telephone() {
    let mut bench = informed();
    bench.taps("home-doctor").taps("first").taps("heart");
    assert_eq!(bench.taps("department-call").dialled(), ["01055550101"]);
    bench.taps("department-counter");
    let said = bench.says();
    for words in ["人民路1号", "三号窗口", "八点到十七点", "身份证和社保卡", "5 个号"] {
        assert!(said.contains(words), "{words} in {said}");
    }
}

#[test]
fn a_machine_that_cannot_call_says_so_and_names_the_number() {
    let mut bench = informed();
    bench
        .taps("home-doctor")
        .taps("first")
        .taps("heart")
        .taps("department-call");
    bench.does(AppCommand::Help(help::Command::Dialled { taken: false }));
    assert_eq!((bench.page(), mark(&bench)), (Page::Result, Some(Mark::Bad)));
    assert!(bench.says().contains("0 1 0 5 5 5 5 0 1 0 1"), "{}", bench.says());
    assert_eq!(bench.does(AppCommand::Back).page(), Page::Department);
    bench
        .taps("department-call")
        .does(AppCommand::Help(help::Command::Dialled { taken: true }));
    assert_eq!(bench.page(), Page::Department);
}

#[test]
fn names_come_in_the_language_of_the_screen_where_the_service_has_them() {
    let mut records: Records = informed().core.records().clone();
    records.settings.language = crate::settings::Language::English;
    let mut bench = Bench::with(records);
    bench.taps("home-doctor");
    assert_eq!(bench.choice("first").text, "First Hospital");
    assert_eq!(bench.choice("lane").text, "槐树社区卫生站");
}

#[test]
fn a_department_that_is_gone_from_the_directory_leads_back_to_the_hospitals() {
    let mut bench = informed();
    bench
        .taps("home-doctor")
        .taps("first")
        .taps("heart")
        .taps("department-soonest");
    let mut changed = directory(bench.at());
    changed.departments.retain(|department| department.id != "heart");
    bench.gets(Incoming::Fetched(Fetched::Directory(changed)));
    let ids = bench.choice_ids();
    assert_eq!(ids[1..3], ["first", "lane"], "the page is the one of the hospitals");
    bench.does(AppCommand::Appointments(Command::BookVisit));
    assert!(bench.core.records().visits.is_empty());
}

#[test]
fn visits_to_come_stand_above_those_that_are_past() {
    let mut bench = informed();
    books(&mut bench, "tuesday");
    books(&mut bench, "monday-early");
    bench.opens(Page::Visits);
    let texts = |bench: &Bench| {
        bench
            .view()
            .body
            .choices()
            .map(|choice| choice.text.clone())
            .collect::<Vec<_>>()
    };
    assert!(
        texts(&bench)[0].contains("明天") && texts(&bench)[1].contains("后天"),
        "{:?}",
        texts(&bench)
    );
    bench.after(SignedDuration::from_hours(24 * 2)).opens(Page::Visits);
    assert!(texts(&bench)[0].contains("今天"), "{:?}", texts(&bench));
}

#[test]
fn a_time_that_was_chosen_before_a_restart_is_asked_for_anew() {
    let mut bench = Bench::with(newcomer());
    let time = Chosen {
        slot: None,
        from: shanghai("2026-11-25T08:00"),
        to: shanghai("2026-11-25T12:00"),
        practitioner: None,
    };
    bench.does(AppCommand::Appointments(Command::ChooseTime(time)));
    bench.does(AppCommand::Appointments(Command::BookVisit));
    assert!(bench.core.records().visits.is_empty());
    assert_eq!(bench.page(), Page::Hospitals);
}
