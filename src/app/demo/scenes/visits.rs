//! Ways to a doctor, a visit and its day.

use anban_core::Page;
use anban_core::app::Incoming;
use anban_core::appointments::visit_day::{DayStep, DayStepKind, QueueState, VisitDay};
use anban_core::effect::SavedFile;
use anban_core::outbox::{Answer, Request};
use anyhow::{Context, Result};

use super::{DAY, DOCTOR, Scene, and_then, by_taps};
use crate::demo::Stand;
use crate::demo::records::{BOOKED_VISIT, PAST_VISITS};

const HOUR: i64 = 60 * 60;
const COMPLAINT: &str = "way-complaint";
const VISIT: [&str; 2] = ["home-visits", BOOKED_VISIT];
/// The taps that ask for the visit to be moved.
pub(super) const MOVED: &[&str] = &[
    "home-visits",
    BOOKED_VISIT,
    "visit-move",
    "2026-11-24",
    "slot-2-0",
    "confirm-move-yes",
];
/// The doctor of the last visit among those who are known.
const CARDIOLOGIST: &str = "doctor-first-hospital-cardiology";

pub(super) const SCENES: &[Scene] = &[
    by_taps("body-areas", &[DOCTOR, COMPLAINT]),
    by_taps("complaints", &[DOCTOR, COMPLAINT, "area-chest"]),
    by_taps("complaints-plain", &[DOCTOR, COMPLAINT, "area-face"]),
    by_taps("last-doctors", &[DOCTOR, "way-same-doctor"]),
    by_taps("offer", &[DOCTOR, COMPLAINT, "area-chest", "complaint-heartbeat"]),
    by_taps("offer-looking", &[DOCTOR, COMPLAINT, "area-face", "complaint-sight"]),
    and_then(by_taps("offer-same-doctor", &[DOCTOR, "way-same-doctor"]), |stand| {
        let id = stand.choice_beginning(CARDIOLOGIST)?;
        stand.taps(&id)
    }),
    by_taps("visit-more", &[VISIT[0], VISIT[1], "visit-more"]),
    by_taps("visit-way", &[VISIT[0], VISIT[1], "visit-way"]),
    by_taps("tell-relative", &[VISIT[0], VISIT[1], "visit-more", "visit-tell"]),
    by_taps("move-days", &[VISIT[0], VISIT[1], "visit-move"]),
    by_taps(
        "confirm-move",
        &[VISIT[0], VISIT[1], "visit-move", "2026-11-24", "slot-2-0"],
    ),
    by_taps("visit-moving", MOVED),
    and_then(
        by_taps("visit-cancelled", &[VISIT[0], VISIT[1], "visit-cancel", "cancel-yes"]),
        |stand| {
            cancelled(stand)?;
            stand.taps("home")?;
            stand.taps(VISIT[0])?;
            stand.taps(VISIT[1])
        },
    ),
    and_then(
        by_taps("result-cancelled", &[VISIT[0], VISIT[1], "visit-cancel", "cancel-yes"]),
        cancelled,
    ),
    and_then(
        by_taps("result-calendar", &[VISIT[0], VISIT[1], "visit-more", "visit-calendar"]),
        calendar,
    ),
    by_taps("visit-past", &["home-visits", PAST_VISITS[0]]),
    by_taps("come-again", &["home-visits", PAST_VISITS[0], "visit-again"]),
    and_then(
        by_taps(
            "home-again",
            &["home-visits", PAST_VISITS[0], "visit-again", "again-month"],
        ),
        |stand| {
            stand.waits(2 * HOUR)?;
            stand.taps("home")
        },
    ),
    and_then(by_taps("reminder", &[]), |stand| stand.waits(10 * HOUR)),
    and_then(by_taps("home-reminder", &[]), |stand| {
        stand.waits(10 * HOUR)?;
        stand.taps("home")
    }),
    and_then(by_taps("cannot-go", &[]), |stand| {
        stand.waits(10 * HOUR)?;
        stand.taps("reminder-cannot-go")
    }),
    and_then(by_taps("visit-today", &[]), arrive),
    and_then(by_taps("check-in-waiting", &[]), |stand| {
        arrive(stand)?;
        stand.taps("visit-check-in")
    }),
    and_then(by_taps("visit-day", &[]), |stand| goes(stand, QueueState::Waiting, 2)),
    and_then(by_taps("visit-day-called", &[]), |stand| {
        goes(stand, QueueState::Called, 0)
    }),
    and_then(by_taps("visit-day-missed", &[]), |stand| {
        goes(stand, QueueState::Missed, 0)
    }),
    and_then(by_taps("visit-day-steps", &[]), |stand| {
        goes(stand, QueueState::Seen, 0)?;
        stand.taps("step-pay")?;
        stand.taps("step-mark")
    }),
    and_then(by_taps("day-step", &[]), |stand| {
        goes(stand, QueueState::Seen, 0)?;
        stand.taps("step-pay")
    }),
    and_then(by_taps("home-visit-day", &[]), |stand| {
        goes(stand, QueueState::Waiting, 2)?;
        stand.taps("home")
    }),
    by_taps("check-in-code", &[VISIT[0], VISIT[1], "visit-more", "visit-code"]),
    // The slip of the old time does not hold for the new one.
    and_then(by_taps("check-in-no-code", MOVED), |stand| {
        moved(stand)?;
        ["booked-show", "visit-more", "visit-code"]
            .into_iter()
            .try_for_each(|tap| stand.taps(tap))
    }),
    and_then(by_taps("result-moved", MOVED), moved),
];

/// The hospital answers the newest request.
pub(super) fn answers(stand: &mut Stand, answer: Answer) -> Result<()> {
    let newest = stand.core().records().outbox.values().max_by_key(|item| item.sequence);
    let id = newest.context("nothing was asked for")?.id;
    stand.gets(Incoming::Answer { id, answer });
    Ok(())
}

fn cancelled(stand: &mut Stand) -> Result<()> {
    answers(stand, Answer::Cancelled)
}

/// The hospital has moved the visit to the time that was wished for.
fn moved(stand: &mut Stand) -> Result<()> {
    let newest = stand.core().records().outbox.values().max_by_key(|item| item.sequence);
    let Some(Request::MoveVisit { wish, appointment, .. }) = newest.map(|item| item.request.clone()) else {
        anyhow::bail!("nothing is to be moved");
    };
    let start = wish.from;
    let answer = Answer::Booked {
        appointment,
        start,
        slot: wish.slot,
    };
    answers(stand, answer)
}

/// The calendar entry was written.
fn calendar(stand: &mut Stand) -> Result<()> {
    let visit = BOOKED_VISIT.parse()?;
    let (folder, name) = if stand.view().language == anban_core::settings::Language::English {
        ("Documents", "Doctor 2026-11-23.ics")
    } else {
        ("文档", "看病 2026-11-23.ics")
    };
    stand.gets(Incoming::CalendarSaved {
        visit,
        sequence: 0,
        saved: Ok(SavedFile {
            path: format!("/home/li/{folder}/{name}"),
            shown: format!("{folder} / {name}"),
        }),
    });
    Ok(())
}

/// It is the day of the visit, forty minutes before it, and its page is open.
fn arrive(stand: &mut Stand) -> Result<()> {
    stand.waits(DAY - 10 * 60)?;
    if stand.core().page() == Page::Reminder {
        stand.taps("reminder-got-it")?;
    }
    for tap in ["home", VISIT[0], VISIT[1]] {
        stand.taps(tap)?;
    }
    Ok(())
}

/// The day goes so.
fn goes(stand: &mut Stand, state: QueueState, ahead: u32) -> Result<()> {
    arrive(stand)?;
    stand.taps("visit-check-in")?;
    let asked = stand.core().records().outbox.values();
    let check_in = asked
        .filter(|item| matches!(item.request, Request::CheckIn { .. }))
        .max_by_key(|item| item.sequence);
    let id = check_in.context("nobody has checked in")?.id;
    let step = |kind, counter: (&str, &str), machine: (&str, &str), fen| DayStep {
        kind,
        counter: counter.0.to_owned(),
        counter_english: counter.1.to_owned(),
        machine: machine.0.to_owned(),
        machine_english: machine.1.to_owned(),
        fen,
        done: false,
    };
    let machine = ("门诊楼 1 层大厅 自助机", "Machine in the hall, ground floor");
    let steps = vec![
        step(
            DayStepKind::Pay,
            ("门诊楼 1 层 收费处 3 号窗口", "Cashier, ground floor, counter 3"),
            machine,
            Some(4650),
        ),
        step(
            DayStepKind::Medicine,
            ("门诊楼 1 层 药房 5 号窗口", "Pharmacy, ground floor, counter 5"),
            ("", ""),
            None,
        ),
        step(
            DayStepKind::Reports,
            ("门诊楼 2 层 检验科窗口", "Laboratory, floor 2"),
            machine,
            None,
        ),
    ];
    let day = VisitDay {
        appointment: "appointment-1".to_owned(),
        ticket: "A012".to_owned(),
        ahead,
        state,
        room: "2 层 6 号诊室".to_owned(),
        room_english: "Floor 2, room 6".to_owned(),
        steps: if state == QueueState::Seen { steps } else { Vec::new() },
    };
    let answer = Answer::CheckedIn(Box::new(day));
    stand.gets(Incoming::Answer { id, answer });
    Ok(())
}
