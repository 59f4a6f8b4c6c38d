//! Ways to a doctor: where it hurts, which department, or the same doctor as last time; each ends at one offer.
//!
//! The offer is the soonest free time among the departments that were asked about, and one tap books it. Its button is
//! named by the slot: a tap that comes when another time has taken its place does nothing.

use std::collections::BTreeSet;

use super::complaints::{AREAS, Complaint, UNSURE, area, complaint_of};
use super::{
    Chosen, Command, Department, OpenSlot, Patient, Screen, Visit, VisitState, Words, agenda, doctor_of, hospital,
    is_old, visits,
};
use crate::app::{Command as AppCommand, Core, Page};
use crate::effect::Wanted;
use crate::feed;
use crate::page::PageBuilder;
use crate::turn::Turn;
use crate::view::{Choice, Icon, QuestionView};

/// Departments that are asked about at once: the first ones of the region. More would be waited for too long.
const MOST_ASKED: usize = 4;
/// How far back doctors are looked for, in visits, and how many are offered.
const MOST_LOOKED_AT: usize = 60;
const MOST_DOCTORS: usize = 4;

/// A doctor, or a department, where somebody has been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub department: String,
    pub name: Words,
    pub practitioner: Option<Words>,
}

/// Doctors of earlier visits, the last first; only those whose department is still there.
pub(super) fn doctors(core: &Core) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    let Some(directory) = &core.records.directory else {
        return known;
    };
    let now = core.now().timestamp();
    // Of whoever is to be seen: somebody else's doctors are theirs.
    let patient = core.screen.appointments.patient.as_ref().map(|patient| &patient.id);
    let theirs = |visit: &Visit| visit.wish.for_patient.as_ref().map(|patient| &patient.id) == patient;
    let been = |visit: &&Visit| matches!(visit.state, VisitState::Booked { .. }) && visit.start <= now && theirs(visit);
    // Today's as well, once it has begun.
    let today = agenda::coming(core).take_while(|visit| visit.start <= now);
    let today: Vec<_> = today.take(MOST_LOOKED_AT).collect();
    let all = today.into_iter().rev().chain(agenda::past(core).take(MOST_LOOKED_AT));
    for visit in all.filter(been) {
        let there = directory
            .departments
            .iter()
            .find(|there| there.id == visit.wish.department);
        let Some(department) = there else { continue };
        let found = Known {
            department: department.id.clone(),
            name: department.name.clone(),
            practitioner: visit.practitioner.clone(),
        };
        let of_department = |other: &Known| other.department == found.department;
        // Where it is not known who it was, the department stands for them, unless somebody of it is named already.
        let named = match found.practitioner {
            Some(_) => known.contains(&found),
            None => known.iter().any(of_department),
        };
        if !named {
            known.push(found);
        }
        if known.len() == MOST_DOCTORS {
            break;
        }
    }
    known
}

/// The departments that see to a complaint: those of the first code that there are any of.
fn seeing_to(core: &Core, complaint: &Complaint) -> Vec<String> {
    let departments = core.records.directory.as_ref().map_or(&[][..], |all| &all.departments);
    let of = |code: &str| -> Vec<String> {
        let ids = departments.iter().filter(|department| department.specialty == code);
        ids.take(MOST_ASKED).map(|department| department.id.clone()).collect()
    };
    let codes = complaint.codes.iter().chain(UNSURE.codes);
    codes
        .map(|code| of(code))
        .find(|ids| !ids.is_empty())
        .unwrap_or_default()
}

/// Where it hurts was said.
pub(super) fn complained(turn: &mut Turn<'_>, key: &str) {
    let Some(complaint) = complaint_of(key) else { return };
    let departments = seeing_to(turn.core, complaint);
    let patient = turn.core.screen.appointments.patient.clone();
    offer(turn, departments, None, patient);
}

/// Looks for the soonest time in these departments, and opens the offer.
pub(super) fn offer(turn: &mut Turn<'_>, departments: Vec<String>, doctor: Option<Words>, patient: Option<Patient>) {
    let screen = &mut turn.core.screen.appointments;
    *screen = Screen {
        hospital: screen.hospital.take(),
        area: screen.area.take(),
        department: departments.first().cloned(),
        offered: departments,
        doctor,
        patient,
        ..Screen::default()
    };
    turn.open(Page::Offer);
}

/// Asks for the free times of the offered departments. Those of which nothing is known are waited for.
pub(super) fn entered(turn: &mut Turn<'_>) {
    let asked: BTreeSet<String> = turn.core.screen.appointments.offered.iter().cloned().collect();
    for department in &asked {
        feed::refresh_times(turn, department);
    }
    let known = |department: &String| turn.core.records.timetables.contains_key(department);
    let there = turn.core.hub().is_some();
    let awaited = asked.iter().filter(|department| there && !known(department)).cloned();
    turn.core.screen.appointments.awaited = awaited.collect();
}

/// A timetable has come, or not. An offer that stands on the screen for the first time is said.
pub(super) fn heard(turn: &mut Turn<'_>, department: &str) {
    let waited = turn.core.screen.appointments.awaited.remove(department);
    if waited && turn.core.page() == Page::Offer && turn.core.screen.appointments.awaited.is_empty() {
        turn.core.screen.entered = true;
    }
}

/// The wanted timetable did not come.
pub(super) fn not_heard(turn: &mut Turn<'_>, what: &Wanted) {
    if let Wanted::Timetable { department, .. } = what {
        heard(turn, department);
    }
}

/// The soonest time among what is offered, and whether it is with the doctor who is asked for.
fn soonest(core: &Core) -> Option<(Department, OpenSlot, bool)> {
    let screen = &core.screen.appointments;
    let now = core.now().timestamp();
    let directory = core.records.directory.as_ref()?;
    let mut best: Option<(&Department, &OpenSlot, bool)> = None;
    for id in &screen.offered {
        let Some(department) = directory.departments.iter().find(|department| department.id == *id) else {
            continue;
        };
        let slots = core.records.timetables.get(id).map_or(&[][..], |table| &table.slots);
        for slot in slots.iter().filter(|slot| slot.start > now) {
            let theirs = screen.doctor.is_none() || slot.practitioner == screen.doctor;
            let better = best.is_none_or(|(_, known, is_theirs)| (!theirs, slot.start) < (!is_theirs, known.start));
            if better {
                best = Some((department, slot, theirs));
            }
        }
    }
    best.map(|(department, slot, theirs)| (department.clone(), slot.clone(), theirs))
}

fn command(command: Command) -> AppCommand {
    AppCommand::Appointments(command)
}

/// The first two answers of the page where everything begins.
pub(super) fn beginnings(page: &mut PageBuilder<'_>) -> Vec<Choice> {
    let known = doctors(page.core);
    let mut choices = Vec::new();
    if let Some(last) = known.first() {
        let said = doctor_of(page, &last.practitioner, &last.name);
        let choice = page.choice("way-same-doctor", Icon::History, command(Command::SameDoctor));
        choices.push(page.noted(choice, said));
    }
    let hurts = page.choice("way-complaint", Icon::AccessibilityNew, command(Command::WhereItHurts));
    let note = page.words.get("way-complaint-note");
    choices.push(page.noted(hurts, note).main());
    choices
}

/// Which part of the body.
pub(super) fn areas(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("areas-title");
    let lines = vec![page.line("areas-line")];
    let mut choices = Vec::new();
    for area in AREAS {
        let choose = command(Command::ChooseArea(area.key.to_owned()));
        choices.push(page.choice(area.key, area.icon, choose));
    }
    choices.push(unsure(page));
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

fn unsure(page: &mut PageBuilder<'_>) -> Choice {
    let choose = command(Command::ChooseComplaint(UNSURE.key.to_owned()));
    let choice = page.choice(UNSURE.key, Icon::Stethoscope, choose);
    let note = page.words.get("complaint-unsure-note");
    page.noted(choice, note)
}

/// What it is.
pub(super) fn complaints(page: &mut PageBuilder<'_>) -> QuestionView {
    let chosen = page.core.screen.appointments.area.clone();
    let Some(area) = chosen.as_deref().and_then(area) else {
        return areas(page);
    };
    let title = page.line("complaints-title");
    let mut choices = Vec::new();
    if let Some(urgent) = area.urgent {
        let choice = page.choice(urgent, Icon::Sos, AppCommand::CallHelp).help();
        let note = page.words.get("urgent-note");
        choices.push(page.noted(choice, note));
    }
    for complaint in area.complaints {
        let choose = command(Command::ChooseComplaint(complaint.key.to_owned()));
        choices.push(page.choice(complaint.key, area.icon, choose));
    }
    choices.push(unsure(page));
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// Which of the doctors of earlier visits.
pub(super) fn last_doctors(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("doctors-title");
    let language = page.words.language();
    let mut choices = Vec::new();
    for known in doctors(page.core) {
        let text = match &known.practitioner {
            Some(name) => name.of(language).to_owned(),
            None => known.name.of(language).to_owned(),
        };
        let id = format!("doctor-{}-{text}", known.department);
        let choose = command(Command::ChooseDoctor {
            department: known.department,
            practitioner: known.practitioner.clone(),
            patient: page.core.screen.appointments.patient.clone(),
        });
        let choice = page.choice_named(id, text, Icon::Stethoscope, choose);
        let note = known.practitioner.map(|_| known.name.of(language).to_owned());
        choices.push(page.noted(choice, note.unwrap_or_default()));
    }
    choices.push(page.choice("way-complaint", Icon::AccessibilityNew, command(Command::WhereItHurts)));
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// The same doctor: the one there is, or which one.
pub(super) fn same_doctor(turn: &mut Turn<'_>) {
    match &doctors(turn.core)[..] {
        [] => turn.open(Page::Hospitals),
        [only] => {
            let (department, practitioner) = (only.department.clone(), only.practitioner.clone());
            let patient = turn.core.screen.appointments.patient.clone();
            offer(turn, vec![department], practitioner, patient);
        }
        _ => turn.open(Page::LastDoctors),
    }
}

/// The soonest time, as one answer.
pub(super) fn offered(page: &mut PageBuilder<'_>) -> QuestionView {
    let language = page.words.language();
    let screen = &page.core.screen.appointments;
    let (awaited, trouble) = (!screen.awaited.is_empty(), screen.trouble.is_some());
    let doctor = screen.doctor.clone();
    let first = screen.department.clone();
    let Some((department, slot, theirs)) = soonest(page.core) else {
        return nothing_known(page, awaited && !trouble, first);
    };
    let title = page.line(if theirs { "offer-title" } else { "offer-other-title" });
    let patient = page.core.screen.appointments.patient.clone();
    let facts = patient.map(|patient| page.fact("help-name", patient.name));
    let mut lines = Vec::new();
    if let (false, Some(doctor)) = (theirs, &doctor) {
        let text = page.words.with("offer-other-line", &[("doctor", doctor.of(language))]);
        lines.push(page.text(text));
    }
    let fresh = page.core.records.timetables.get(&department.id);
    if page.core.hub().is_none() || fresh.is_none_or(|table| trouble && is_old(page.core, table.fetched_at)) {
        lines.push(page.line("doctor-offline"));
    }
    let when = visits::in_two_lines(&visits::day_then_clock(page, slot.start));
    let chosen = Chosen::of(&slot);
    let book = command(Command::BookOffer {
        department: department.id.clone(),
        time: chosen,
    });
    let text = page.words.with("offer-yes", &[("when", &when)]);
    let choice = page.choice_named(format!("offer-{}", slot.id), text, Icon::Check, book);
    let who = doctor_of(page, &slot.practitioner, &department.name);
    let place = hospital(page.core, &department.hospital).map(|hospital| hospital.name.of(language));
    let note = match place {
        Some(place) => format!("{who}\n{place}"),
        None => who,
    };
    let mut choices = vec![page.noted(choice, note).main()];
    let others = Command::OtherDays(department.id.clone());
    choices.push(page.choice("department-days", Icon::Event, command(others)));
    let walk = Command::ChooseDepartment(department.id.clone());
    choices.push(page.choice("offer-otherwise", Icon::LocationOn, command(walk)));
    let details = super::view::named(page, &[("visit-bring", &department.bring)]);
    QuestionView {
        title,
        lines,
        facts: facts.into_iter().collect(),
        choices,
        details,
        ..QuestionView::default()
    }
}

/// No time is known: it is looked for, or the person wishes for a day, calls, or goes there.
fn nothing_known(page: &mut PageBuilder<'_>, looking: bool, department: Option<String>) -> QuestionView {
    let title = page.line(if looking { "offer-looking" } else { "offer-none" });
    let mut lines = Vec::new();
    let mut choices = Vec::new();
    match department {
        Some(id) => {
            lines.push(page.line(if looking {
                "offer-looking-line"
            } else {
                "offer-none-line"
            }));
            let days = page.choice("department-book", Icon::Event, command(Command::OtherDays(id.clone())));
            choices.push(days.main());
            choices.push(page.choice(
                "offer-otherwise",
                Icon::LocationOn,
                command(Command::ChooseDepartment(id)),
            ));
        }
        None => {
            lines.push(page.line("offer-no-department"));
            let all = page.choice("offer-departments", Icon::LocalHospital, command(Command::Begin));
            choices.push(all.main());
        }
    }
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}
