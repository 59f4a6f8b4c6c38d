//! A visit after it was booked: moved, called off and booked back, its day, and the next one.

use anban_wire::visit_day::{DayStep, DayStepKind, QueueState, VisitDay};

use super::state;
use crate::app::{Command as AppCommand, Incoming, Page};
use crate::appointments::{Command, FollowUp, Refusal, VisitState};
use crate::effect::{Effect, PrintTrouble, SavedFile};
use crate::ids::VisitId;
use crate::outbox::{Answer, Request};
use crate::store::Store;
use crate::sync_tests::{books, informed, yes};
use crate::testing::{Bench, shanghai};
use crate::view::Body;

fn booked() -> (Bench, VisitId) {
    let mut bench = informed();
    let id = books(&mut bench, "monday-early");
    let request = *bench.core.records().outbox.keys().next().unwrap();
    bench.hears(request, yes()).taps("booked-show");
    (bench, id)
}

fn at(bench: &mut Bench, time: &str) {
    bench.now = shanghai(time).to_zoned(bench.now.time_zone().clone());
    bench.gets(Incoming::Tick);
}

fn moves(bench: &mut Bench) -> (crate::ids::RequestId, Request) {
    bench.taps("visit-move").taps("2026-11-24").taps("tuesday");
    assert_eq!(bench.title(), "改到这个时间，对吗？");
    bench.taps("confirm-move-yes");
    bench.sent().remove(0)
}

#[test]
fn the_old_time_stays_until_the_hospital_has_said_yes_to_the_new_one() {
    let (mut bench, id) = booked();
    let (request, asked) = moves(&mut bench);
    assert!(matches!(asked, Request::MoveVisit { ref wish, .. } if wish.slot.as_deref() == Some("tuesday")));
    let visit = bench.core.records().visits[&id].clone();
    assert_eq!(
        (visit.start, bench.title().as_str()),
        (shanghai("2026-11-23T09:30"), "改时间还没确认")
    );
    assert!(
        bench.says().contains("还是原来的时间") && bench.says().contains("上午十点"),
        "{}",
        bench.says()
    );
    let answer = Answer::Booked {
        appointment: "appointment-1".to_owned(),
        start: shanghai("2026-11-24T10:00"),
        slot: None,
    };
    bench.hears(request, answer);
    assert_eq!(bench.title(), "时间改好了");
    let visit = bench.core.records().visits[&id].clone();
    assert_eq!(
        (visit.start, visit.moving, visit.notes.revision),
        (shanghai("2026-11-24T10:00"), None, 1)
    );
    assert_eq!(visit.wish.slot.as_deref(), Some("tuesday"));
}

#[test]
fn a_move_that_is_refused_leaves_the_visit_as_it_was_says_so_and_stays_with_what_can_be_had_instead() {
    let (mut bench, id) = booked();
    let before = bench.core.records().visits[&id].clone();
    let (request, _) = moves(&mut bench);
    bench.hears(request, Answer::refused(Refusal::SlotTaken));
    assert_eq!(bench.title(), "时间没有改成");
    assert!(
        bench.says().contains("原来的号还在：明天 星期一 上午九点半"),
        "{}",
        bench.says()
    );
    assert_eq!(bench.core.records().visits[&id], before);
    // The nearest other time is one tap away; the one that the visit has is none.
    let instead = bench.choice("visit-offer-1");
    assert!(instead.text.contains("下午两点"), "{instead:?}");
    assert!(!bench.choice_ids().contains(&"visit-offer-2".to_owned()));
    // It is found again: at home, among what is not done, and with the visit.
    bench.does(AppCommand::Home).taps("home-requests");
    bench.taps(&request.to_string());
    assert!(
        bench.says().contains("改号") && bench.says().contains("刚被别人挂走了"),
        "{}",
        bench.says()
    );
    bench.does(AppCommand::Appointments(Command::Show(id)));
    assert!(bench.says().contains("没有改成"), "{}", bench.says());
    bench.taps("visit-offer-1");
    let (again, asked) = bench.sent().remove(0);
    assert!(matches!(asked, Request::MoveVisit { ref wish, .. } if wish.slot.as_deref() == Some("monday-late")));
    let outbox: Vec<_> = bench.core.records().outbox.keys().copied().collect();
    assert_eq!(outbox, [again], "the refused one is asked anew by this");
    bench.hears(again, Answer::refused(Refusal::SlotTaken));
    assert_eq!(bench.taps("book-refused-other").page(), Page::Days);
}

#[test]
fn a_visit_that_was_called_off_is_booked_back_under_a_new_command() {
    let (mut bench, id) = booked();
    bench.taps("visit-cancel").taps("cancel-yes");
    let first = bench.core.records().visits[&id].request;
    let (request, _) = bench.sent().remove(0);
    bench.hears(request, Answer::Cancelled);
    assert_eq!(bench.title(), "退好了");
    bench.taps("visit-book-back");
    let (again, asked) = bench.sent().remove(0);
    assert!(
        matches!(asked, Request::BookVisit { visit, ref wish, .. } if visit == id && wish.slot.as_deref() == Some("monday-early"))
    );
    assert_ne!(again, first);
    assert_eq!(state(&bench), VisitState::NotConfirmed);
    bench.hears(again, yes());
    assert!(matches!(state(&bench), VisitState::Booked { .. }));
}

#[test]
fn a_refused_move_is_tried_again_or_given_up() {
    let (mut bench, id) = booked();
    let (request, _) = moves(&mut bench);
    bench.hears(request, Answer::refused(Refusal::SlotTaken));
    let requests = |command| AppCommand::Requests(command);
    bench.does(requests(crate::requests::Command::TryAgain(request)));
    let (again, asked) = bench.sent().remove(0);
    assert!(matches!(asked, Request::MoveVisit { ref wish, .. } if wish.slot.as_deref() == Some("tuesday")));
    assert!(bench.core.records().visits[&id].moving.is_some());
    bench.hears(again, Answer::refused(Refusal::SlotTaken));
    let before = bench.core.records().clone();
    bench.does(requests(crate::requests::Command::Drop(again)));
    assert!(bench.core.records().outbox.is_empty());
    assert_eq!(*bench.taps("result-undo").core.records(), before);
}

#[test]
fn where_somebody_has_taken_the_time_of_a_visit_that_was_called_off_the_nearest_is_one_tap_away() {
    let (mut bench, id) = booked();
    bench.taps("visit-cancel").taps("cancel-yes");
    let (request, _) = bench.sent().remove(0);
    bench.hears(request, Answer::Cancelled).taps("visit-book-back");
    let (again, _) = bench.sent().remove(0);
    bench.hears(again, Answer::refused(Refusal::SlotTaken));
    assert!(bench.says().contains("刚被别人挂走了"));
    assert!(bench.choice("visit-offer-1").text.contains("明天 星期一"));
    bench.taps("visit-offer-1");
    let (_, asked) = bench.sent().remove(0);
    assert!(
        matches!(asked, Request::BookVisit { visit, ref wish, .. } if visit == id && wish.slot.as_deref() == Some("monday-late"))
    );
}

#[test]
fn a_time_that_is_past_cannot_be_booked_back() {
    let (mut bench, id) = booked();
    bench.taps("visit-cancel").taps("cancel-yes");
    let (request, _) = bench.sent().remove(0);
    bench.hears(request, Answer::Cancelled);
    at(&mut bench, "2026-11-23T10:00");
    bench.does(AppCommand::Appointments(Command::BookBack(id)));
    assert_eq!((bench.sent().len(), state(&bench)), (0, VisitState::Cancelled));
    assert!(!bench.choice_ids().contains(&"visit-book-back".to_owned()));
}

#[test]
fn the_way_is_told_in_words_and_handed_to_the_map() {
    let (mut bench, _) = booked();
    bench.taps("visit-way");
    assert!(bench.says().contains("人民路1号") && bench.says().contains("三号窗口"));
    bench.taps("way-map");
    let map = bench.effects.iter().find_map(|effect| match effect {
        Effect::ShowOnMap { address } => Some(address.clone()),
        _ => None,
    });
    assert_eq!(map.as_deref(), Some("人民路1号 市第一医院"));
    bench.does(AppCommand::Appointments(Command::MapShown(false)));
    assert_eq!(bench.title(), "这里没有地图");
}

#[test]
fn a_relative_is_told_on_the_telephone_or_by_letter_with_the_date() {
    let (mut bench, _) = booked();
    bench.does(AppCommand::Home);
    bench
        .opens(Page::Emergency)
        .taps("emergency-add")
        .types("女儿")
        .types("138 0013 8000");
    let id = bench.core.records().visits.keys().next().copied().unwrap();
    bench
        .does(AppCommand::Appointments(Command::Show(id)))
        .taps("visit-more")
        .taps("visit-tell");
    assert!(
        bench
            .says()
            .contains("2026年11月23日 星期一 上午九点半去市第一医院看心内科，张大夫"),
        "{}",
        bench.says()
    );
    let call = bench
        .choice_ids()
        .into_iter()
        .find(|id| id.starts_with("tell-") && id != "tell-letter")
        .unwrap();
    assert_eq!(bench.taps(&call).dialled(), ["13800138000"]);
    bench.taps("tell-letter");
    assert!(
        bench
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::ShareText { text, .. } if text.contains("王秀兰")))
    );
}

#[test]
fn a_calendar_entry_keeps_its_name_and_its_number_grows_when_the_visit_moves() {
    let (mut bench, id) = booked();
    let saves = |bench: &Bench| {
        bench.effects.iter().find_map(|effect| match effect {
            Effect::SaveToCalendar { entry, .. } => Some(entry.clone()),
            _ => None,
        })
    };
    bench.taps("visit-more").taps("visit-calendar");
    let first = saves(&bench).unwrap();
    let alarms: Vec<_> = first.alarms.iter().map(|alarm| alarm.at).collect();
    assert_eq!(alarms, [shanghai("2026-11-22T19:00"), shanghai("2026-11-23T07:30")]);
    assert!(first.summary.contains("心内科") && first.location.contains("市第一医院"));
    let saved = Ok(SavedFile {
        path: "/home/wang/x.ics".to_owned(),
        shown: "文档 / x.ics".to_owned(),
    });
    bench.gets(Incoming::CalendarSaved {
        visit: id,
        sequence: first.sequence,
        saved,
    });
    assert_eq!(bench.title(), "存好了");
    bench.does(AppCommand::Appointments(Command::Show(id)));
    let (request, _) = moves(&mut bench);
    let start = shanghai("2026-11-24T10:00");
    bench.hears(
        request,
        Answer::Booked {
            appointment: "appointment-1".to_owned(),
            start,
            slot: None,
        },
    );
    bench
        .taps("booked-show")
        .taps("visit-more")
        .taps("visit-calendar-again");
    let second = saves(&bench).unwrap();
    assert_eq!(
        (&second.uid, second.sequence, second.start),
        (&first.uid, first.sequence + 1, start)
    );
    bench.gets(Incoming::CalendarSaved {
        visit: id,
        sequence: 1,
        saved: Err(PrintTrouble::CannotSave),
    });
    assert_eq!(bench.title(), "没有存成");
}

#[test]
fn a_plan_is_made_by_one_tap_and_told_of_when_its_time_comes() {
    let (mut bench, id) = booked();
    at(&mut bench, "2026-11-24T09:00");
    bench
        .does(AppCommand::Appointments(Command::Show(id)))
        .taps("visit-again")
        .taps("again-2-weeks");
    assert_eq!(bench.title(), "记下了");
    let planned = jiff::civil::date(2026, 12, 7);
    assert_eq!(
        bench.core.records().visits[&id].notes.follow_up,
        Some(FollowUp::From(planned))
    );
    bench.does(AppCommand::Home);
    assert!(!bench.choice_ids().contains(&"again-due".to_owned()), "not yet");
    at(&mut bench, "2026-12-02T09:00");
    assert!(bench.choice("again-due").note.contains("张大夫"));
    assert_eq!(bench.taps("again-due").page(), Page::Offer);
}

#[test]
fn of_an_older_visit_all_that_can_be_chosen_is_reckoned_from_today() {
    let (mut bench, id) = booked();
    at(&mut bench, "2026-12-10T09:00");
    let shown = bench
        .does(AppCommand::Appointments(Command::Show(id)))
        .taps("visit-again");
    let notes = ["again-2-weeks", "again-month", "again-3-months"].map(|key| shown.choice(key).note);
    assert_eq!(notes, ["12月24日 星期四", "1月7日 星期四", "3月11日 星期四"]);
}

#[test]
fn a_plan_can_be_taken_back_and_one_that_is_not_needed_says_nothing() {
    let (mut bench, id) = booked();
    at(&mut bench, "2026-11-24T09:00");
    let show = AppCommand::Appointments(Command::Show(id));
    bench
        .does(show.clone())
        .taps("visit-again")
        .taps("again-month")
        .taps("result-undo");
    assert_eq!(bench.core.records().visits[&id].notes.follow_up, None);
    bench
        .does(show)
        .taps("visit-again")
        .taps("again-never")
        .does(AppCommand::Home);
    at(&mut bench, "2026-12-24T09:00");
    assert!(!bench.choice_ids().contains(&"again-due".to_owned()));
}

fn day(state: QueueState, ahead: u32) -> VisitDay {
    VisitDay {
        appointment: "appointment-1".to_owned(),
        ticket: "A012".to_owned(),
        ahead,
        state,
        room: "三号诊室".to_owned(),
        room_english: "Room 3".to_owned(),
        steps: Vec::new(),
    }
}

/// At the hospital, checked in, three before.
fn arrived() -> Bench {
    let (mut bench, id) = booked();
    bench.does(AppCommand::Appointments(Command::Show(id)));
    assert!(
        !bench.choice_ids().contains(&"visit-check-in".to_owned()),
        "not the day before"
    );
    at(&mut bench, "2026-11-23T08:50");
    if bench.page() == Page::Reminder {
        bench.taps("reminder-got-it");
    }
    bench
        .does(AppCommand::Appointments(Command::Show(id)))
        .taps("visit-check-in");
    bench
}

fn hears_of(bench: &mut Bench, day: VisitDay) {
    bench.gets(Incoming::Tick);
    let request = bench
        .core
        .records()
        .outbox
        .values()
        .find(|item| matches!(item.request, Request::CheckIn { .. }));
    match request.map(|item| item.id) {
        Some(id) => drop(bench.hears(id, Answer::CheckedIn(Box::new(day)))),
        None => {
            let news = crate::store::Change::PutVisitDay(day);
            bench.store.commit(std::slice::from_ref(&news)).unwrap();
            bench.core.apply(&news);
            bench.gets(Incoming::Tick);
        }
    }
}

#[test]
fn checking_in_is_asked_once_and_the_code_serves_without_a_network() {
    let mut bench = arrived();
    assert_eq!((bench.page(), bench.title().as_str()), (Page::VisitDay, "正在报到"));
    let asked = |bench: &Bench| {
        let items = bench.core.records().outbox.values();
        items
            .filter(|item| matches!(item.request, Request::CheckIn { .. }))
            .count()
    };
    assert_eq!(asked(&bench), 1);
    let id = bench.core.records().visits.keys().next().copied().unwrap();
    bench.does(AppCommand::Appointments(Command::CheckIn(id)));
    assert_eq!(asked(&bench), 1);
    bench.taps("visit-code");
    assert!(matches!(bench.view().body, Body::Code(_)));
    assert!(
        bench.says().contains("身份证"),
        "without a signed slip the identity card does: {}",
        bench.says()
    );
}

#[test]
fn the_number_in_the_queue_is_shown_and_said_whenever_it_changes() {
    let mut bench = arrived();
    hears_of(&mut bench, day(QueueState::Waiting, 3));
    assert_eq!((bench.page(), bench.title().as_str()), (Page::VisitDay, "前面还有三位"));
    assert!(bench.says().contains("A012") && bench.says().contains("三号诊室"));
    hears_of(&mut bench, day(QueueState::Waiting, 2));
    assert!(bench.spoken().unwrap().parts.concat().contains("前面还有两位"));
    bench.does(AppCommand::Home);
    assert_eq!(bench.choice("visit-day").text, "前面还有两位");
    hears_of(&mut bench, day(QueueState::Waiting, 0));
    assert_eq!(bench.page(), Page::Home, "a number that changes takes no page away");
    assert!(bench.spoken().unwrap().parts.concat().contains("下一位就是您"));
}

#[test]
fn when_the_number_is_called_the_page_opens_by_itself_with_a_sound_unless_a_hand_is_on_another() {
    let mut bench = arrived();
    hears_of(&mut bench, day(QueueState::Waiting, 1));
    bench.opens(Page::Settings);
    hears_of(&mut bench, day(QueueState::Called, 0));
    assert_eq!(
        (bench.page(), bench.title().as_str()),
        (Page::VisitDay, "叫到您了，请进去")
    );
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Play(..))));
    let mut bench = arrived();
    hears_of(&mut bench, day(QueueState::Waiting, 1));
    bench.opens(Page::HealthCode);
    hears_of(&mut bench, day(QueueState::Called, 0));
    assert_eq!(bench.page(), Page::HealthCode);
    assert!(
        bench.spoken().unwrap().parts.concat().contains("叫到您了"),
        "but it is said"
    );
    bench.does(AppCommand::Back).after_seconds(1);
    assert_eq!(bench.page(), Page::VisitDay);
}

#[test]
fn after_the_doctor_each_step_has_its_counter_and_machine_and_is_marked_as_done() {
    let mut bench = arrived();
    hears_of(&mut bench, day(QueueState::Waiting, 0));
    let step = |kind, counter: &str, fen| DayStep {
        kind,
        counter: counter.to_owned(),
        counter_english: String::new(),
        machine: "一层自助机".to_owned(),
        machine_english: String::new(),
        fen,
        done: false,
    };
    let steps = vec![
        step(DayStepKind::Pay, "一层收费窗口", Some(3250)),
        step(DayStepKind::Medicine, "一层药房 2 号窗口", None),
    ];
    let seen = VisitDay {
        steps,
        ..day(QueueState::Seen, 0)
    };
    hears_of(&mut bench, seen);
    assert_eq!(bench.title(), "看完了，接着办这些");
    bench.taps("step-pay");
    let said = bench.says();
    for words in ["32.50 元", "一层收费窗口", "一层自助机", "现金", "医保卡"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    bench.taps("step-mark");
    assert_eq!(
        (bench.page(), bench.choice("step-pay").note.as_str()),
        (Page::VisitDay, "办好了")
    );
    assert_eq!(
        bench.taps("step-pay").taps("step-not-yet").choice("step-pay").note,
        "一层收费窗口"
    );
}
