//! The pages of booking: one question each, the soonest offered first.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, time as civil_time};

use super::{
    Chosen, Command, Department, Hospital, Words, chosen_department, coming_days, day_of, day_pages, doctor_of,
    follow_up, free_slots, hospital, notices, plans, reminders, visit, visits, ways,
};
use crate::app::{Command as AppCommand, Page};
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Fact, Icon, Line, QuestionView};
use crate::words::time;

/// The halves of a day that can be wished for, as outpatient departments are open.
const HALVES: [(Time, Time, &str); 2] = [
    (civil_time(8, 0, 0, 0), civil_time(12, 0, 0, 0), "half-morning"),
    (civil_time(13, 0, 0, 0), civil_time(17, 30, 0, 0), "half-afternoon"),
];

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    Body::Question(match of {
        Page::CheckInCode => return day_pages::code(page),
        Page::VisitDay => day_pages::view(page),
        Page::DayStep => day_pages::step(page),
        Page::Departments => departments(page),
        Page::Department => department(page),
        Page::Counter => counter(page),
        Page::Days => days(page),
        Page::Times => times(page),
        Page::ConfirmVisit => confirm(page),
        Page::Visits => visits::all(page),
        Page::Visit => visit::one(page),
        Page::CancelVisit => visits::cancel(page),
        Page::BodyAreas => ways::areas(page),
        Page::Complaints => ways::complaints(page),
        Page::LastDoctors => ways::last_doctors(page),
        Page::Offer => ways::offered(page),
        Page::VisitMore => visit::more(page),
        Page::VisitWay => visit::way(page),
        Page::TellRelative => visit::tell(page),
        Page::Reminder => reminders::view(page),
        Page::CannotGo => reminders::instead(page),
        Page::ComeAgain => follow_up::view(page),
        Page::PlannedVisit => plans::view(page),
        Page::Notices => notices::list(page),
        Page::Notice => notices::one(page),
        _ => hospitals(page),
    })
}

fn question(title: Line, lines: Vec<Line>, choices: Vec<Choice>) -> QuestionView {
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

fn command(command: Command) -> AppCommand {
    AppCommand::Appointments(command)
}

/// Says that what is shown may be old, when the hub could not be reached.
fn offline_line(page: &mut PageBuilder<'_>) -> Vec<Line> {
    let offline = page.core.hub().is_none() || page.core.screen.appointments.trouble.is_some();
    if offline {
        vec![page.line("doctor-offline")]
    } else {
        Vec::new()
    }
}

fn hospitals(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(directory) = page.core.records.directory.clone() else {
        return no_directory(page);
    };
    let title = page.line("ways-title");
    let lines = offline_line(page);
    let language = page.words.language();
    let mut choices = ways::beginnings(page);
    for hospital in directory.hospitals {
        let choice = page.choice_named(
            hospital.id.clone(),
            hospital.name.of(language),
            Icon::LocalHospital,
            command(Command::ChooseHospital(hospital.id.clone())),
        );
        choices.push(page.noted(choice, hospital.address.of(language)));
    }
    question(title, lines, choices)
}

/// Nothing is known of any hospital yet. The other ways to a doctor stand here all the same.
fn no_directory(page: &mut PageBuilder<'_>) -> QuestionView {
    let no_hub = page.core.hub().is_none();
    let waiting = !no_hub && page.core.screen.appointments.trouble.is_none();
    let title = page.line(if waiting {
        "doctor-loading-title"
    } else {
        "doctor-none-title"
    });
    let lines = vec![page.line(match (waiting, no_hub) {
        (true, _) => "doctor-loading-line",
        (_, true) => "doctor-no-hub-line",
        _ => "doctor-none-line",
    })];
    let mut choices = Vec::new();
    if !no_hub {
        choices.push(
            page.choice("doctor-reload", Icon::Refresh, command(Command::Reload))
                .main(),
        );
    }
    choices.push(page.choice(
        "doctor-call-12320",
        Icon::Call,
        command(Command::Call {
            number: "12320".to_owned(),
        }),
    ));
    if no_hub {
        choices.push(page.choice("no-hub-helpers", Icon::Build, AppCommand::Open(Page::Helpers)));
    }
    question(title, lines, choices)
}

fn departments(page: &mut PageBuilder<'_>) -> QuestionView {
    let chosen = page.core.screen.appointments.hospital.clone();
    let Some(directory) = page.core.records.directory.clone() else {
        return no_directory(page);
    };
    let of_chosen = |hospital: &String| Some(hospital) == chosen.as_ref();
    if !directory
        .departments
        .iter()
        .any(|department| of_chosen(&department.hospital))
    {
        // No hospital is chosen, or it has no departments any more.
        return hospitals(page);
    }
    let title = page.line("department-title");
    let lines = offline_line(page);
    let language = page.words.language();
    let choices = directory
        .departments
        .into_iter()
        .filter(|department| of_chosen(&department.hospital))
        .map(|department| {
            let name = department.name.of(language).to_owned();
            let id = department.id;
            page.choice_named(
                id.clone(),
                name,
                Icon::Stethoscope,
                command(Command::ChooseDepartment(id)),
            )
        })
        .collect();
    question(title, lines, choices)
}

/// One department: every way to it, of equal size.
fn department(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(department) = chosen_department(page.core).cloned() else {
        return hospitals(page);
    };
    let title = page.text(department.name.of(page.words.language()));
    let lines = offline_line(page);
    let mut choices = booking(page);
    let counter = page.choice("department-counter", Icon::LocationOn, AppCommand::Open(Page::Counter));
    let quota = quota(page, &department).unwrap_or_default();
    choices.push(page.noted(counter, quota));
    choices.extend(call(page, &department));
    let details = named(
        page,
        &[
            ("visit-place", &department.counter),
            ("counter-hours", &department.hours),
            ("visit-bring", &department.bring),
            ("department-treats", &department.treats),
        ],
    );
    QuestionView {
        details,
        ..question(title, lines, choices)
    }
}

/// The words of a service with their labels, as far as it has given any.
pub(super) fn named(page: &mut PageBuilder<'_>, of: &[(&str, &Words)]) -> Vec<Fact> {
    let language = page.words.language();
    of.iter()
        .filter(|(_, words)| !words.of(language).is_empty())
        .map(|(label, words)| page.fact(label, words.of(language)))
        .collect()
}

/// Going there without booking: where, when, and what to bring.
fn counter(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(department) = chosen_department(page.core).cloned() else {
        return hospitals(page);
    };
    let language = page.words.language();
    let title = page.line("counter-title");
    let hospital = hospital(page.core, &department.hospital).cloned();
    let named = |of: fn(&Hospital) -> &Words| hospital.as_ref().map(|h| of(h).of(language).to_owned());
    let quota = quota(page, &department);
    let mut facts = Vec::new();
    for (label, value) in [
        ("visit-hospital", named(|hospital| &hospital.name)),
        ("counter-address", named(|hospital| &hospital.address)),
        ("visit-place", Some(department.counter.of(language).to_owned())),
        ("counter-hours", Some(department.hours.of(language).to_owned())),
        ("department-walk-in", quota),
        ("visit-bring", Some(department.bring.of(language).to_owned())),
    ] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            facts.push(page.fact(label, value));
        }
    }
    let mut choices: Vec<_> = call(page, &department).into_iter().collect();
    choices.push(page.home());
    QuestionView {
        title,
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// How many are still seen today without booking, where the hospital says.
fn quota(page: &PageBuilder<'_>, department: &Department) -> Option<String> {
    let quota = department.quota_today?.to_string();
    Some(page.words.with("department-quota", &[("quota", &quota)]))
}

/// The telephone, where there is one.
fn call(page: &mut PageBuilder<'_>, department: &Department) -> Option<Choice> {
    let number = department.phone.clone();
    let call = (!number.is_empty()).then(|| command(Command::Call { number: number.clone() }))?;
    let choice = page.choice("department-call", Icon::Call, call);
    Some(page.noted(choice, number))
}

/// The soonest time and all others; where no time is known, the days alone.
fn booking(page: &mut PageBuilder<'_>) -> Vec<Choice> {
    let first = free_slots(page.core).into_iter().min_by_key(|slot| slot.start).cloned();
    let days = command(Command::ChooseDepartmentDays);
    match first {
        Some(slot) => {
            let when = visits::in_two_lines(&visits::day_then_clock(page, slot.start));
            let chosen = Chosen::of(&slot);
            let choice = page.choice(
                "department-soonest",
                Icon::Schedule,
                command(Command::ChooseTime(chosen)),
            );
            let soonest = page.noted(choice, when).main();
            vec![soonest, page.choice("department-days", Icon::Event, days)]
        }
        None => vec![page.choice("department-book", Icon::Event, days).main()],
    }
}

fn days(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("day-title");
    let now = page.core.now().clone();
    let mut free: BTreeMap<Date, (bool, bool)> = BTreeMap::new();
    for slot in free_slots(page.core) {
        let start = slot.start.to_zoned(now.time_zone().clone());
        let day = free.entry(start.date()).or_default();
        if start.hour() < 12 { day.0 = true } else { day.1 = true }
    }
    // No times are known: the person wishes for a day, and the hub finds a time.
    let known = !free.is_empty();
    let lines = if known {
        offline_line(page)
    } else {
        vec![page.line("day-wish-line")]
    };
    let days: Vec<(Date, &str)> = if known {
        let note = |(morning, afternoon)| match (morning, afternoon) {
            (true, true) => "day-both",
            (true, false) => "day-morning",
            _ => "day-afternoon",
        };
        free.into_iter().map(|(day, halves)| (day, note(halves))).collect()
    } else {
        coming_days(&now).into_iter().map(|day| (day, "day-unknown")).collect()
    };
    let mut choices = Vec::new();
    for (day, note) in days {
        let text = time::day(page.words, day, now.date());
        let choice = page.choice_named(day.to_string(), text, Icon::Event, command(Command::ChooseDay(day)));
        let note = page.words.get(note);
        let choice = page.noted(choice, note);
        choices.push(if choices.is_empty() { choice.main() } else { choice });
    }
    question(title, lines, choices)
}

fn times(page: &mut PageBuilder<'_>) -> QuestionView {
    let now = page.core.now().clone();
    let day = page.core.screen.appointments.day.unwrap_or_else(|| now.date());
    let title = page.text(
        page.words
            .with("time-title", &[("day", &time::day(page.words, day, now.date()))]),
    );
    let slots: Vec<_> = free_slots(page.core)
        .into_iter()
        .filter(|slot| day_of(slot.start, &now) == day)
        .cloned()
        .collect();
    let mut choices = Vec::new();
    for slot in slots {
        let start = slot.start.to_zoned(now.time_zone().clone());
        let text = time::clock(page.words, start.time());
        let chosen = Chosen::of(&slot);
        let choice = page.choice_named(slot.id, text, Icon::Schedule, command(Command::ChooseTime(chosen)));
        let doctor = slot
            .practitioner
            .map(|name| name.of(page.words.language()).to_owned())
            .unwrap_or_default();
        choices.push(page.noted(choice, doctor));
    }
    if choices.is_empty() {
        choices = halves(page, day);
    }
    question(title, Vec::new(), choices)
}

/// A morning or an afternoon to wish for.
fn halves(page: &mut PageBuilder<'_>, day: Date) -> Vec<Choice> {
    let zone = page.core.now().time_zone().clone();
    let at = |time: Time| {
        day.to_datetime(time)
            .to_zoned(zone.clone())
            .ok()
            .map(|at| at.timestamp())
    };
    HALVES
        .into_iter()
        .filter_map(|(from, to, key)| {
            let chosen = Chosen {
                slot: None,
                from: at(from)?,
                to: at(to)?,
                practitioner: None,
            };
            Some(page.choice(key, Icon::Schedule, command(Command::ChooseTime(chosen))))
        })
        .collect()
}

fn confirm(page: &mut PageBuilder<'_>) -> QuestionView {
    let chosen = chosen_department(page.core)
        .cloned()
        .zip(page.core.screen.appointments.time.clone());
    let Some((department, time)) = chosen else {
        return hospitals(page);
    };
    let language = page.words.language();
    let moving = page.core.screen.appointments.moving.is_some();
    let title = page.line(if moving { "confirm-move-title" } else { "confirm-title" });
    let when = match time.slot {
        Some(_) => visits::day_then_clock(page, time.from),
        None => visits::span(page, time.from),
    };
    let mut facts = vec![visits::strong_when(page, &when)];
    let hospital = hospital(page.core, &department.hospital).map(|h| h.name.of(language).to_owned());
    facts.push(page.fact("visit-hospital", hospital.unwrap_or_default()));
    let who = doctor_of(page, &time.practitioner, &department.name);
    facts.push(page.fact("visit-department", who));
    let other = page.core.screen.appointments.patient.as_ref();
    let owner = &page.core.records.profile.name;
    let patient = other.map_or(owner, |patient| &patient.name).clone();
    if !patient.is_empty() {
        facts.push(page.fact("help-name", patient));
    }
    let yes = if moving { "confirm-move-yes" } else { "confirm-yes" };
    let yes = page.choice(yes, Icon::Check, command(Command::BookVisit)).main();
    let no = page.choice("confirm-no", Icon::Close, AppCommand::Back);
    QuestionView {
        title,
        facts,
        choices: vec![yes, no],
        ..QuestionView::default()
    }
}
