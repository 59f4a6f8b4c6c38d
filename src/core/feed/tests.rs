//! What others have done comes by the feed, and a hub that has forgotten something is told again.
#![allow(clippy::unwrap_used, clippy::panic)]

use anban_wire::accounts::{Grant, Relationship};
use anban_wire::directory::OnSiteQuota;
use anban_wire::feed::{SlotFeed, SlotState};
use jiff::SignedDuration;

use super::{FeedEntry, FeedPage, HeardVisit, Notice, Standing};
use crate::app::{Command, Incoming, Link, Page};
use crate::appointments::{Booker, News, Refusal, SlotCursor, VisitState, Words};
use crate::effect::{Effect, FeedName, Fetched, Wanted};
use crate::outbox::{Answer, Request};
use crate::sync_tests::{books, yes};
use crate::testing::{Bench, HUB, directory, newcomer, shanghai, timetable, with_account};

/// Somebody whom the hub knows, with what it has told.
pub(crate) fn known() -> Bench {
    let mut records = with_account(newcomer());
    records.profile.name = "王秀兰".to_owned();
    let mut bench = Bench::with(records);
    let at = bench.at();
    bench.gets(Incoming::Fetched(Fetched::Directory(directory(at))));
    bench.gets(Incoming::Fetched(Fetched::Timetable(timetable(at))));
    bench
}

pub(crate) fn page(head: u64, next: u64, entries: Vec<FeedEntry>) -> FeedPage {
    FeedPage {
        epoch: "e1".to_owned(),
        head,
        next,
        more: next < head,
        entries,
    }
}

/// Makes the core ask for the feed, and gives it this answer.
pub(crate) fn hears(bench: &mut Bench, page: FeedPage) {
    bench.gets(Incoming::Changed(FeedName::Patient("patient-1".to_owned())));
    let after = bench.core.records().accounts[HUB]
        .cursors
        .get("patient-1")
        .map_or(0, |cursor| cursor.next);
    answers(bench, after, page);
}

pub(super) fn answers(bench: &mut Bench, after: u64, page: FeedPage) {
    let patient = "patient-1".to_owned();
    bench.gets(Incoming::Fetched(Fetched::PatientFeed { patient, after, page }));
}

fn asked(bench: &Bench) -> Vec<Wanted> {
    let fetches = bench.effects.iter().filter_map(|effect| match effect {
        Effect::Fetch { what, .. } => Some(what.clone()),
        _ => None,
    });
    fetches.collect()
}

pub(crate) fn heard(appointment: &str, standing: Standing) -> HeardVisit {
    HeardVisit {
        appointment: appointment.to_owned(),
        command: None,
        standing,
        start: shanghai("2026-11-24T10:00"),
        end: shanghai("2026-11-24T10:30"),
        slot: Some("tuesday".to_owned()),
        department: "heart".to_owned(),
        department_name: Words::default(),
        hospital_name: Words::default(),
        booked_by: Some(Booker {
            grant: Some("g1".to_owned()),
            name: "王小明".to_owned(),
        }),
    }
}

pub(crate) fn daughter() -> FeedEntry {
    FeedEntry::Grant(Grant {
        id: "g1".to_owned(),
        patient: "patient-1".to_owned(),
        patient_name: "王秀兰".to_owned(),
        helper_name: "王小明".to_owned(),
        relationship: Relationship::Daughter,
        since: shanghai("2026-11-22T08:00"),
    })
}

#[test]
fn the_feed_is_asked_for_at_the_start_after_answers_and_when_the_network_is_back() {
    let mut bench = Bench::with(with_account(newcomer()));
    let feed = |after| Wanted::PatientFeed {
        patient: "patient-1".to_owned(),
        after,
    };
    assert!(asked(&bench).contains(&feed(0)) && asked(&bench).contains(&Wanted::Grants));
    answers(&mut bench, 0, page(3, 3, Vec::new()));
    bench.gets(Incoming::NetworkBack);
    assert!(asked(&bench).contains(&feed(3)));
    bench.gets(Incoming::Link(Link::None)).gets(Incoming::NetworkBack);
    assert_eq!(asked(&bench), [], "where there is no network nothing is asked");
    bench.after(SignedDuration::from_hours(3));
    assert_eq!(asked(&bench), []);
    bench.gets(Incoming::Link(Link::Free));
    assert!(asked(&bench).contains(&feed(3)), "and at once when it is back");
}

#[test]
fn an_answer_to_what_was_asked_before_the_last_request_is_not_listened_to() {
    let mut bench = known();
    bench.gets(Incoming::Changed(FeedName::Patient("patient-1".to_owned())));
    let visit = books(&mut bench, "tuesday");
    let id = bench.sent()[0].0;
    bench.hears(id, yes());
    // The old answer is on its way still; the newer question is the one that counts.
    answers(&mut bench, 0, page(1, 1, Vec::new()));
    assert!(matches!(
        bench.core.records().visits[&visit].state,
        VisitState::Booked { .. }
    ));
}

#[test]
fn what_a_relative_has_booked_is_seen_said_and_can_be_agreed_to() {
    let mut bench = known();
    let booked = FeedEntry::Visit(heard("a9", Standing::Booked));
    hears(&mut bench, page(2, 2, vec![daughter(), booked.clone()]));
    assert!(bench.spoken().unwrap().parts.concat().contains("女儿给您挂了号"));
    let banner = bench.does(Command::Home).choice("news");
    assert!(
        banner.text.contains("女儿给您挂了号") && banner.note.contains("心内科"),
        "{banner:?}"
    );
    assert!(
        !bench.choice_ids().contains(&"next-visit".to_owned()),
        "it is told once"
    );
    bench.taps("news");
    assert_eq!(bench.page(), Page::News);
    assert!(bench.says().contains("市第一医院"));
    bench.taps("news-good");
    assert!(!bench.choice_ids().contains(&"news".to_owned()));
    assert!(bench.choice_ids().contains(&"next-visit".to_owned()));
    // Read again from the beginning, it is no news any more and still one visit.
    hears(&mut bench, page(2, 2, vec![booked]));
    let visits: Vec<_> = bench.core.records().visits.values().collect();
    assert_eq!((visits.len(), visits[0].heard.news), (1, None));
}

#[test]
fn what_a_relative_has_booked_and_the_elder_does_not_want_is_called_off_with_that_reason() {
    let mut bench = known();
    let booked = FeedEntry::Visit(heard("a9", Standing::Booked));
    hears(&mut bench, page(2, 2, vec![daughter(), booked]));
    bench.does(Command::Home).taps("news").taps("news-not");
    assert_eq!(bench.page(), Page::Decline);
    bench.taps("decline-yes");
    let (id, request) = bench.sent().remove(0);
    let Request::CancelVisit {
        appointment, declined, ..
    } = request
    else {
        panic!("{request:?}")
    };
    assert_eq!((appointment.as_str(), declined), ("a9", true));
    bench.hears(id, Answer::Cancelled);
    let visit = bench.core.records().visits.values().next().unwrap();
    assert_eq!((&visit.state, visit.heard.declined), (&VisitState::Cancelled, true));
}

#[test]
fn what_was_heard_while_an_answer_was_waited_for_is_heard_once_more() {
    let feed = |after| Wanted::PatientFeed {
        patient: "patient-1".to_owned(),
        after,
    };
    let visit = |bench: &Bench| bench.core.records().visits.values().next().unwrap().clone();
    for standing in [Standing::Cancelled, Standing::Booked] {
        let mut bench = known();
        let booked = heard("a9", Standing::Booked);
        hears(&mut bench, page(2, 2, vec![daughter(), FeedEntry::Visit(booked)]));
        bench
            .does(Command::Home)
            .taps("news")
            .taps("news-not")
            .taps("decline-yes");
        let (id, _) = bench.sent().remove(0);
        // The daughter was faster: she has called it off, or moved it.
        let elsewhere = HeardVisit {
            start: shanghai("2026-11-25T10:00"),
            end: shanghai("2026-11-25T10:30"),
            slot: Some("wednesday".to_owned()),
            ..heard("a9", standing)
        };
        let theirs = page(3, 3, vec![FeedEntry::Visit(elsewhere)]);
        hears(&mut bench, theirs.clone());
        assert!(matches!(visit(&bench).state, VisitState::CancelNotConfirmed { .. }));
        bench.hears(
            id,
            match standing {
                Standing::Booked => Answer::refused(Refusal::NotAccepted),
                _ => Answer::Cancelled,
            },
        );
        assert!(asked(&bench).contains(&feed(2)), "{standing:?}: {:?}", asked(&bench));
        answers(&mut bench, 2, theirs);
        match standing {
            Standing::Booked => assert_eq!(visit(&bench).wish.slot.as_deref(), Some("wednesday")),
            _ => assert!(!visit(&bench).heard.declined, "it was called off before"),
        }
        bench.gets(Incoming::NetworkBack);
        assert!(asked(&bench).contains(&feed(3)), "and once only");
    }
}

#[test]
fn what_the_hospital_has_moved_or_called_off_is_news() {
    let mut bench = known();
    let visit = books(&mut bench, "tuesday");
    let id = bench.sent()[0].0;
    bench.hears(id, yes());
    let moved = HeardVisit {
        command: Some(id),
        start: shanghai("2026-11-25T15:00"),
        end: shanghai("2026-11-25T15:30"),
        booked_by: None,
        ..heard("appointment-1", Standing::Booked)
    };
    let cancelled = HeardVisit {
        standing: Standing::Cancelled,
        ..moved.clone()
    };
    hears(&mut bench, page(1, 1, vec![FeedEntry::Visit(moved.clone())]));
    let kept = bench.core.records().visits[&visit].clone();
    assert_eq!((kept.start, kept.heard.news), (moved.start, Some(News::Moved)));
    hears(&mut bench, page(2, 2, vec![FeedEntry::Visit(cancelled)]));
    let kept = bench.core.records().visits[&visit].clone();
    assert_eq!(
        (kept.state, kept.heard.news),
        (VisitState::Cancelled, Some(News::Cancelled))
    );
}

#[test]
fn a_notice_is_kept_once_and_stays_read() {
    let mut bench = known();
    let notice = Notice {
        id: "n1".to_owned(),
        at: shanghai("2026-11-22T08:00"),
        words: Words::default(),
        appointment: None,
        read: false,
    };
    for number in 1..3 {
        hears(
            &mut bench,
            page(number, number, vec![FeedEntry::Notice(notice.clone())]),
        );
    }
    assert_eq!(bench.core.records().notices.len(), 1);
}

/// The times of the heart department have come, and are followed by their feed.
fn follows_times(bench: &mut Bench) {
    let at = bench.at();
    let mut table = timetable(at);
    table.cursor = Some(SlotCursor {
        epoch: "e1".to_owned(),
        next: 4,
        whole_at: at,
        until: at + SignedDuration::from_hours(24 * 8),
    });
    bench.gets(Incoming::Fetched(Fetched::Timetable(table)));
}

#[test]
fn a_departments_times_follow_its_feed() {
    let mut bench = known();
    follows_times(&mut bench);
    let slot = |id: &str, free| SlotState {
        sequence: 5,
        id: id.to_owned(),
        schedule: "s".to_owned(),
        start: shanghai("2026-11-24T08:00"),
        end: shanghai("2026-11-24T08:30"),
        free,
    };
    let today = anban_wire::CITY_OFFSET.to_datetime(bench.at()).date();
    let feed = SlotFeed {
        epoch: "e1".to_owned(),
        head: 6,
        next: 6,
        more: false,
        slots: vec![slot("monday-early", false), slot("new", true)],
        on_site: Some(OnSiteQuota {
            date: today,
            total: 30,
            remaining: 3,
        }),
    };
    let department = "heart".to_owned();
    bench.gets(Incoming::Fetched(Fetched::SlotFeed {
        department,
        after: 4,
        feed: feed.clone(),
    }));
    let table = &bench.core.records().timetables["heart"];
    let ids: Vec<_> = table.slots.iter().map(|slot| slot.id.as_str()).collect();
    assert_eq!(ids, ["past", "monday-late", "new", "tuesday"]);
    assert_eq!(table.cursor.as_ref().unwrap().next, 6);
    let left = |bench: &Bench| {
        let directory = bench.core.records().directory.as_ref().unwrap();
        let heart = directory.departments.iter().find(|one| one.id == "heart");
        heart.unwrap().quota_today
    };
    assert_eq!(left(&bench), Some(3));
    // What was of another day says nothing of this one.
    let yesterday = SlotFeed {
        slots: vec![],
        on_site: Some(OnSiteQuota {
            date: today.yesterday().unwrap(),
            total: 30,
            remaining: 9,
        }),
        ..feed
    };
    bench.gets(Incoming::Fetched(Fetched::SlotFeed {
        department: "heart".to_owned(),
        after: 6,
        feed: yesterday,
    }));
    assert_eq!(left(&bench), Some(3));
}

#[test]
fn an_open_page_of_times_is_listened_to_and_only_as_long_as_it_is_open() {
    let mut bench = known();
    follows_times(&mut bench);
    let listens = |bench: &Bench| {
        let listens = bench.effects.iter().filter_map(|effect| match effect {
            Effect::Listen(listening) => Some(listening.as_ref().map(|listening| listening.feed.clone())),
            _ => None,
        });
        listens.collect::<Vec<_>>()
    };
    bench
        .does(Command::Home)
        .taps("home-doctor")
        .taps("first")
        .taps("heart");
    assert_eq!(listens(&bench), [Some(FeedName::Department("heart".to_owned()))]);
    bench.taps("department-days");
    assert_eq!(listens(&bench), [], "it goes on");
    bench.gets(Incoming::Link(Link::Metered));
    assert_eq!(listens(&bench), [None], "where it is paid for nothing is listened to");
    bench.gets(Incoming::Link(Link::Free));
    bench.does(Command::Home);
    assert_eq!(listens(&bench), [None]);
    // On the day of a visit, while somebody waits to be called, their feed is listened to on every other page.
    books(&mut bench, "monday-early");
    let id = bench.sent()[0].0;
    bench.hears(id, yes());
    bench.now = shanghai("2026-11-23T09:00").to_zoned(bench.now.time_zone().clone());
    bench.gets(Incoming::Tick).does(Command::Home);
    let feed = FeedName::Patient("patient-1".to_owned());
    let before = listens(bench.opens(Page::Settings));
    assert!(before.is_empty() || before == [Some(feed.clone())]);
    bench
        .gets(Incoming::Link(Link::Metered))
        .gets(Incoming::Link(Link::Free));
    assert_eq!(listens(&bench), [Some(feed)]);
}
