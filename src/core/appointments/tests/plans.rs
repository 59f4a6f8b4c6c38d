//! What a doctor has planned: told, shown when it is time, booked, put off, and refused.

use anban_wire::accounts::{Grant, GrantsAnswer, Relationship};
use anban_wire::care_plan::{Every, Unit};
use jiff::SignedDuration;
use jiff::civil::{Date, date};

use crate::app::{Command as AppCommand, Incoming, Page};
use crate::appointments::{CarePlan, PlannedVisit, VisitState, Words};
use crate::effect::{FeedName, Fetched};
use crate::feed::FeedEntry;
use crate::feed::tests::{hears, known, page};
use crate::outbox::Request;
use crate::sync_tests::yes;
use crate::testing::{Bench, shanghai, timetable};

fn words(chinese: &str) -> Words {
    Words {
        chinese: chinese.to_owned(),
        english: String::new(),
    }
}

fn plan(first: Date, every: Option<Every>) -> CarePlan {
    CarePlan {
        id: "c1".to_owned(),
        patient: None,
        author: "李大夫".to_owned(),
        title: words("高血压随访"),
        visits: vec![PlannedVisit {
            department: "heart".to_owned(),
            department_name: words("心内科"),
            practitioner: Some(Words {
                chinese: "张大夫".to_owned(),
                english: "Dr Zhang".to_owned(),
            }),
            purpose: words("量血压"),
            first,
            every,
            last: None,
            answers: Default::default(),
        }],
    }
}

const QUARTERLY: Option<Every> = Some(Every {
    number: 3,
    unit: Unit::Months,
});

fn told(plan: CarePlan) -> Bench {
    let mut bench = known();
    hears(&mut bench, page(1, 1, vec![FeedEntry::Plan(plan)]));
    bench.does(AppCommand::Home);
    bench
}

fn has(bench: &Bench, id: &str) -> bool {
    bench.choice_ids().contains(&id.to_owned())
}

#[test]
fn what_is_planned_is_said_once_with_who_has_planned_it_and_looked_at() {
    let mut bench = known();
    let plan = plan(date(2026, 12, 20), QUARTERLY);
    hears(&mut bench, page(1, 1, vec![FeedEntry::Plan(plan.clone())]));
    let spoken = bench.spoken().unwrap().parts.concat();
    assert!(
        spoken.contains("李大夫定了复诊") && spoken.contains("12月20日"),
        "{spoken}"
    );
    bench.does(AppCommand::Home);
    let banner = bench.choice("planned");
    assert!(
        banner.text.contains("李大夫") && banner.note.contains("12月20日"),
        "{banner:?}"
    );
    bench.taps("planned");
    assert_eq!((bench.page(), bench.title().as_str()), (Page::PlannedVisit, "下次复诊"));
    let said = bench.says();
    for words in ["12月20日", "心内科", "张大夫", "量血压", "李大夫", "每三个月"] {
        assert!(said.contains(words), "{words} in {said}");
    }
    bench.taps("plan-good");
    assert!(!has(&bench, "planned"), "it was seen, and it is not time yet");
    assert!(has(bench.taps("home-visits"), "planned-1"), "it is found again");
    // The same once more is no news.
    hears(&mut bench, page(2, 2, vec![FeedEntry::Plan(plan)]));
    assert!(!has(bench.does(AppCommand::Home), "planned"));
}

#[test]
fn when_it_is_time_a_booking_is_three_taps_away_and_carries_it_out() {
    let mut bench = told(plan(date(2026, 11, 25), QUARTERLY));
    assert_eq!(bench.choice("planned").text, "该复诊了，挂号");
    bench.taps("planned");
    assert_eq!(bench.title(), "该复诊了");
    bench.taps("plan-book");
    assert_eq!(bench.page(), Page::Offer);
    let offer = bench
        .choice_ids()
        .into_iter()
        .find(|id| id.starts_with("offer-monday"))
        .unwrap();
    bench.taps(&offer);
    let (id, request) = bench.sent().remove(0);
    assert!(matches!(request, Request::BookVisit { ref wish, .. } if wish.slot.as_deref() == Some("monday-early")));
    assert!(!has(bench.does(AppCommand::Home), "planned"));
    bench.hears(id, yes());
    // The next one is three months later.
    bench.does(AppCommand::Home).taps("home-visits");
    assert!(
        bench.choice("planned-1").note.contains("2027年2月25日"),
        "{:?}",
        bench.choice("planned-1")
    );
    bench.after(SignedDuration::from_hours(24 * 90));
    assert_eq!(bench.does(AppCommand::Home).choice("planned").text, "该复诊了，挂号");
}

#[test]
fn it_can_be_put_off_or_not_wanted_and_taken_back() {
    let mut bench = told(plan(date(2026, 11, 25), None));
    bench.taps("planned").taps("plan-later");
    assert!(!has(bench.does(AppCommand::Home), "planned"));
    bench.after(SignedDuration::from_hours(24 * 3));
    bench.does(AppCommand::Home).taps("planned").taps("plan-no");
    assert_eq!(bench.title(), "好，这次不去");
    bench.taps("result-undo");
    assert!(has(bench.does(AppCommand::Home), "planned"));
    bench.taps("planned").taps("plan-no");
    bench.after(SignedDuration::from_hours(24 * 100));
    assert!(!has(bench.does(AppCommand::Home), "planned"), "it was one visit alone");
    assert!(!has(bench.taps("home-visits"), "planned-1"));
}

#[test]
fn of_many_that_were_missed_the_last_is_shown_and_a_plan_that_has_ended_is_gone() {
    let mut bench = told(plan(date(2025, 1, 10), QUARTERLY));
    assert!(
        bench.choice("planned").note.contains("10月10日"),
        "{:?}",
        bench.choice("planned")
    );
    let ended = CarePlan {
        visits: Vec::new(),
        ..plan(date(2025, 1, 10), QUARTERLY)
    };
    hears(&mut bench, page(2, 2, vec![FeedEntry::Plan(ended)]));
    assert!(!has(bench.does(AppCommand::Home), "planned"));
    assert!(bench.core.records().care_plans.is_empty());
}

#[test]
fn a_relative_sees_that_it_is_time_and_books_for_the_other() {
    let mut bench = known();
    let grant = Grant {
        id: "g7".to_owned(),
        patient: "mother".to_owned(),
        patient_name: "王秀英".to_owned(),
        helper_name: "王秀兰".to_owned(),
        relationship: Relationship::Daughter,
        since: shanghai("2026-11-22T08:00"),
    };
    let (given, held) = (Vec::new(), vec![grant]);
    bench.gets(Incoming::Fetched(Fetched::Grants(GrantsAnswer { given, held })));
    bench.gets(Incoming::Changed(FeedName::Patient("mother".to_owned())));
    bench.gets(Incoming::Fetched(Fetched::PatientFeed {
        patient: "mother".to_owned(),
        after: 0,
        page: page(1, 1, vec![FeedEntry::Plan(plan(date(2026, 11, 25), None))]),
    }));
    bench.does(AppCommand::Home);
    assert_eq!(bench.choice("planned").text, "王秀英该复诊了");
    bench.taps("planned").taps("plan-book");
    let at = bench.at();
    bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
    assert!(bench.says().contains("王秀英"), "for whom it is: {}", bench.says());
    bench.taps("offer-monday-early");
    let visits: Vec<_> = bench.core.records().visits.values().collect();
    let [visit] = visits[..] else { panic!("{visits:?}") };
    assert_eq!(visit.state, VisitState::NotConfirmed);
    assert_eq!(
        visit.wish.for_patient.as_ref().map(|patient| patient.id.as_str()),
        Some("mother")
    );
    // Who may not act any more is not reminded.
    let (given, held) = (Vec::new(), Vec::new());
    bench.gets(Incoming::Fetched(Fetched::Grants(GrantsAnswer { given, held })));
    assert!(!has(bench.does(AppCommand::Home).taps("home-visits"), "planned-1"));
}

#[test]
fn whoever_books_for_another_by_where_it_hurts_books_for_them() {
    let mut bench = known();
    let mother = crate::appointments::Patient {
        id: "mother".to_owned(),
        name: "王秀英".to_owned(),
    };
    bench.core.screen.appointments.patient = Some(mother.clone());
    let offer = crate::appointments::Command::ChooseDoctor {
        department: "heart".to_owned(),
        practitioner: None,
        patient: Some(mother.clone()),
    };
    bench.does(AppCommand::Appointments(offer)).taps("offer-monday-early");
    let id = bench.sent()[0].0;
    bench.hears(
        id,
        crate::outbox::Answer::refused(crate::appointments::Refusal::SlotTaken),
    );
    // Another time after a refusal is for the same person.
    bench
        .taps("book-refused-other")
        .taps("department-days")
        .taps("2026-11-24")
        .taps("tuesday");
    assert!(bench.says().contains("王秀英"), "{}", bench.says());
    bench.taps("confirm-yes");
    let visits = bench.core.records().visits.values();
    assert!(
        visits
            .into_iter()
            .all(|visit| visit.wish.for_patient.as_ref() == Some(&mother))
    );
}
