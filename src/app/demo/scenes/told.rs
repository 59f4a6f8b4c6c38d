//! What hospitals and doctors have to say: plans, notices, and a time that can't be had.

use anban_core::app::Incoming;
use anban_core::appointments::{CarePlan, Every, PlannedVisit, Refusal, Unit, Words};
use anban_core::effect::{FeedName, Fetched};
use anban_core::feed::{FeedEntry, FeedPage, Notice};
use anban_core::outbox::Answer;
use anyhow::{Context, Result};
use jiff::{SignedDuration, ToSpan};

use super::visits::{MOVED, answers};
use super::{Scene, and_then, by_taps};
use crate::demo::records::DEPARTMENT;
use crate::demo::{Stand, morning};

pub(super) const SCENES: &[Scene] = &[
    and_then(by_taps("home-planned", &[]), |stand| planned(stand, 5)),
    and_then(by_taps("planned-visit", &[]), |stand| {
        planned(stand, 5)?;
        stand.taps("planned")
    }),
    and_then(by_taps("planned-later", &[]), |stand| {
        planned(stand, 40)?;
        stand.taps("planned")
    }),
    and_then(by_taps("visits-planned", &[]), |stand| {
        planned(stand, 40)?;
        noticed(stand)?;
        stand.taps("home-visits")
    }),
    and_then(by_taps("result-planned-no", &[]), |stand| {
        planned(stand, 5)?;
        ["planned", "plan-no"].into_iter().try_for_each(|tap| stand.taps(tap))
    }),
    and_then(by_taps("home-notice", &[]), noticed),
    and_then(by_taps("notice", &[]), |stand| {
        noticed(stand)?;
        stand.taps("notice")
    }),
    and_then(by_taps("notices", &[]), |stand| {
        noticed(stand)?;
        ["notice", "notice-good", "home-visits", "notices"]
            .into_iter()
            .try_for_each(|tap| stand.taps(tap))
    }),
    and_then(by_taps("result-not-moved", MOVED), not_moved),
    and_then(by_taps("visit-not-moved", MOVED), |stand| {
        not_moved(stand)?;
        stand.taps("booked-show")
    }),
];

/// The feed of the device's owner brings something.
fn brings(stand: &mut Stand, entry: FeedEntry) {
    let patient = "patient-1".to_owned();
    let accounts = &stand.core().records().accounts;
    let cursors = accounts.values().flat_map(|account| &account.cursors);
    let after = cursors.map(|(_, cursor)| cursor.next).max().unwrap_or_default();
    stand.gets(Incoming::Changed(FeedName::Patient(patient.clone())));
    let page = FeedPage {
        epoch: "1".to_owned(),
        head: after + 1,
        next: after + 1,
        more: false,
        entries: vec![entry],
    };
    stand.gets(Incoming::Fetched(Fetched::PatientFeed { patient, after, page }));
}

fn words(chinese: &str, english: &str) -> Words {
    Words {
        chinese: chinese.to_owned(),
        english: english.to_owned(),
    }
}

/// The family doctor wants to see the person every three months, from so many days ahead on.
fn planned(stand: &mut Stand, days: i32) -> Result<()> {
    let english = stand.view().language == anban_core::settings::Language::English;
    let directory = stand.core().records().directory.as_ref();
    let departments = &directory.context("there is no directory")?.departments;
    // Nobody has been there yet.
    let heart = |one: &&anban_core::appointments::Department| {
        one.id != DEPARTMENT && one.hospital == "community-centre" || one.id.ends_with("-general")
    };
    let department = departments.iter().find(heart).or(departments.last());
    let department = department.context("the city has no departments")?;
    let plan = CarePlan {
        id: "plan-1".to_owned(),
        patient: None,
        author: if english { "Dr Chen Lan" } else { "陈兰医生" }.to_owned(),
        title: words("高血压随访", "Blood pressure"),
        visits: vec![PlannedVisit {
            department: department.id.clone(),
            department_name: department.name.clone(),
            practitioner: None,
            purpose: words(
                "量血压，开下三个月的药",
                "Blood pressure, and medicine for three months",
            ),
            first: morning()?.date().checked_add(days.days())?,
            every: Some(Every {
                number: 3,
                unit: Unit::Months,
            }),
            last: None,
            answers: Default::default(),
        }],
    };
    brings(stand, FeedEntry::Plan(plan));
    Ok(())
}

/// The hospital says that the department was moved.
fn noticed(stand: &mut Stand) -> Result<()> {
    let notice = Notice {
        id: "notice-1".to_owned(),
        at: morning()?.timestamp().checked_sub(SignedDuration::from_mins(20))?,
        words: words(
            "心内科搬到门诊楼三层了，请到 3 层 12 号窗口报到。",
            "Cardiology has moved: please check in on floor 3, counter 12.",
        ),
        appointment: Some("appointment-1".to_owned()),
        read: false,
    };
    brings(stand, FeedEntry::Notice(notice));
    Ok(())
}

/// Somebody was faster to the time that the visit was to be moved to.
fn not_moved(stand: &mut Stand) -> Result<()> {
    answers(stand, Answer::refused(Refusal::SlotTaken))
}
