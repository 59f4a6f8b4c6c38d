//! When to see the doctor again, as a doctor has planned it ([`anban_wire::care_plan`]).
//!
//! A plan comes with a patient's feed, also with that of somebody for whom this device may act. It is told once, stands on
//! the home page until it was looked at, and again from some days before its day on, with the way to a time; the person can
//! have it later, or not this time. What the person answers is noted on this device alone. A visit to the same department
//! around that day, whoever has booked it, has carried it out.

pub use anban_wire::care_plan::{Every, Unit};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Command, Patient, VisitState, Words, agenda, day_of, doctor_of, visits, ways};
use crate::app::{Command as AppCommand, Core, Page};
use crate::effect::Sound;
use crate::page::PageBuilder;
use crate::result::Outcome;
use crate::store::{Change, StoreError};
use crate::turn::{Turn, must_stay};
use crate::view::{Choice, Icon, Mark, QuestionView};
use crate::words::time;

/// From so many days before it on it is time to book.
const DAYS_BEFORE: i32 = 7;
/// "Later" is so many days.
const DAYS_LATER: i32 = 3;
/// A visit may be so many days earlier than planned, and half the time between two at most.
const EARLY_AT_MOST: i64 = 14;
/// How many of the last visits are looked through.
const MOST_LOOKED_AT: usize = 40;
/// More repeats of a rule than anybody lives to see.
const MOST_REPEATS: i64 = 5_000;

/// What a doctor has planned, as far as it is still to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarePlan {
    /// The hub's id (FHIR CarePlan).
    pub id: String,
    /// For whom, where it is not the device's owner.
    #[serde(default)]
    pub patient: Option<Patient>,
    /// Who has made it; empty where the hub does not say.
    pub author: String,
    /// What it is called.
    pub title: Words,
    /// In its order.
    pub visits: Vec<PlannedVisit>,
}

/// A visit that is planned, or one that comes again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedVisit {
    /// The department's id.
    pub department: String,
    /// Its name.
    pub department_name: Words,
    /// The doctor, where a certain one is meant.
    pub practitioner: Option<Words>,
    /// What for.
    pub purpose: Words,
    /// The first day.
    pub first: Date,
    /// How far apart; none: it is one.
    pub every: Option<Every>,
    /// None after this day.
    pub last: Option<Date>,
    /// What the person has said to it.
    #[serde(default)]
    pub answers: PlanAnswers,
}

/// What the person has said to a planned visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct PlanAnswers {
    /// That there is such a plan was seen.
    pub seen: bool,
    /// Not to be reminded of before this day.
    pub later: Option<Date>,
    /// Not on this day, nor on those before it.
    pub declined: Option<Date>,
}

/// One visit of one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// The plan's id.
    pub plan: String,
    /// Its place in the plan.
    pub place: usize,
}

/// An answer to a planned visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlanAnswer {
    /// It was seen, and is good so.
    Good,
    /// To be reminded of some days later.
    Later,
    /// Not this time.
    No,
}

/// A planned visit with its next day.
struct Next<'a> {
    plan: &'a CarePlan,
    visit: &'a PlannedVisit,
    place: usize,
    day: Date,
}

impl Next<'_> {
    fn planned(&self) -> Planned {
        Planned {
            plan: self.plan.id.clone(),
            place: self.place,
        }
    }

    /// Whether it is time to book.
    fn is_due(&self, today: Date) -> bool {
        let near = today.checked_add(DAYS_BEFORE.days()).unwrap_or(today);
        self.day <= near && self.visit.answers.later.is_none_or(|later| later <= today)
    }
}

/// The last day of a visit to a department that stands or is asked for, of the owner or of somebody else.
fn last_visit(core: &Core, patient: Option<&Patient>, department: &str) -> Option<Date> {
    let theirs = agenda::coming(core).chain(agenda::past(core).take(MOST_LOOKED_AT));
    let theirs = theirs.filter(|visit| {
        visit.wish.department == department
            && visit.wish.for_patient.as_ref().map(|patient| &patient.id) == patient.map(|patient| &patient.id)
            && matches!(visit.state, VisitState::Booked { .. } | VisitState::NotConfirmed)
    });
    theirs.map(|visit| day_of(visit.start, core.now())).max()
}

/// The day of a planned visit that is next: the last one that has come, if nobody has been there for it, or the first one to
/// come.
fn next_day(core: &Core, plan: &CarePlan, visit: &PlannedVisit) -> Option<Date> {
    let been = last_visit(core, plan.patient.as_ref(), &visit.department);
    let half = visit.every.map_or(EARLY_AT_MOST, |every| every.days() / 2);
    let early = half.min(EARLY_AT_MOST).days();
    let day = |time: i64| match visit.every {
        Some(every) => visit.first.checked_add(every.times(time)).ok(),
        None => (time == 0).then_some(visit.first),
    };
    let days = (0..MOST_REPEATS).map_while(day);
    let days = days.take_while(|day| visit.last.is_none_or(|last| *day <= last));
    let open = days.filter(|day| {
        let begins = day.checked_sub(early).unwrap_or(*day);
        been.is_none_or(|been| been < begins) && visit.answers.declined.is_none_or(|declined| declined < *day)
    });
    let today = core.now().date();
    let mut next = None;
    for day in open {
        if next.is_some() && day > today {
            break;
        }
        next = Some(day);
        if day > today {
            break;
        }
    }
    next
}

/// All planned visits that are still to come or to be caught up on, the soonest first: the owner's, and those of people for
/// whom this device may act.
fn all(core: &Core) -> Vec<Next<'_>> {
    let held = &core.records.family.held;
    let ours = |plan: &&CarePlan| match &plan.patient {
        None => true,
        Some(patient) => held.iter().any(|grant| grant.patient == patient.id),
    };
    let mut found = Vec::new();
    for plan in core.records.care_plans.values().filter(ours) {
        for (place, visit) in plan.visits.iter().enumerate() {
            let day = next_day(core, plan, visit);
            found.extend(day.map(|day| Next {
                plan,
                visit,
                place,
                day,
            }));
        }
    }
    found.sort_by(|one, other| (one.day, &one.plan.id, one.place).cmp(&(other.day, &other.plan.id, other.place)));
    found
}

/// Whether a doctor's plan has the owner or somebody else come to a department again: then what was noted on this device
/// alone has nothing more to say.
pub(super) fn says_when(core: &Core, patient: Option<&Patient>, department: &str) -> bool {
    let all = all(core);
    let mut theirs = all
        .iter()
        .filter(|next| next.plan.patient.as_ref().map(|one| &one.id) == patient.map(|one| &one.id));
    theirs.any(|next| next.visit.department == department)
}

/// Whose it is and who sees them: 心内科，张大夫.
fn who_sees(page: &PageBuilder<'_>, visit: &PlannedVisit) -> String {
    doctor_of(page, &visit.practitioner, &visit.department_name)
}

fn author(page: &PageBuilder<'_>, plan: &CarePlan) -> String {
    if plan.author.is_empty() {
        page.words.get("plan-doctor")
    } else {
        plan.author.clone()
    }
}

/// What a planned visit is called on a button: it is time, or when it is.
fn headline(page: &PageBuilder<'_>, next: &Next<'_>) -> String {
    let due = next.is_due(page.core.now().date());
    match (&next.plan.patient, due) {
        (None, true) => page.words.get("again-due"),
        (Some(patient), true) => page.words.with("plan-due-of", &[("name", &patient.name)]),
        (None, false) => {
            let author = author(page, next.plan);
            page.words.with("plan-new", &[("author", &author)])
        }
        (Some(patient), false) => page.words.with("plan-new-of", &[("name", &patient.name)]),
    }
}

fn around(page: &PageBuilder<'_>, day: Date) -> String {
    // The day of the week is not what was planned.
    let day = time::date_from(page.words, day, page.core.now().date());
    page.words.with("plan-around", &[("day", &day)])
}

fn button(page: &mut PageBuilder<'_>, next: &Next<'_>, id: String) -> Choice {
    let text = headline(page, next);
    let (when, who) = (around(page, next.day), who_sees(page, next.visit));
    let note = page.words.with("plan-note", &[("when", &when), ("who", &who)]);
    let show = AppCommand::Appointments(Command::ShowPlanned(next.planned()));
    let choice = page.choice_named(id, text, Icon::Stethoscope, show);
    page.noted(choice, note)
}

/// The banner of the home page: what is to be booked, else what is new.
pub(crate) fn on_home(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let core = page.core;
    let today = core.now().date();
    let all = all(core);
    let due = all.iter().find(|next| next.is_due(today));
    let shown = due.or_else(|| all.iter().find(|next| !next.visit.answers.seen))?;
    Some(button(page, shown, "planned".to_owned()))
}

/// The buttons of the page of all visits.
pub(super) fn among_visits(page: &mut PageBuilder<'_>) -> Vec<Choice> {
    let core = page.core;
    let all = all(core);
    let numbered = all.iter().zip(1..);
    numbered
        .map(|(next, number)| button(page, next, format!("planned-{number}")))
        .collect()
}

/// Plans have come by a feed: the first that is new is said once.
pub(crate) fn came(turn: &mut Turn<'_>, before: &[String]) {
    if must_stay(turn.core.page()) {
        return;
    }
    let said = {
        let core = &*turn.core;
        let all = all(core);
        let new = all
            .iter()
            .find(|next| !next.visit.answers.seen && !before.contains(&next.plan.id));
        let Some(next) = new else { return };
        let page = PageBuilder::new(core);
        let (when, who) = (around(&page, next.day), who_sees(&page, next.visit));
        let values = [("what", headline(&page, next)), ("when", when), ("who", who)];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        page.words.with("plan-said", &values)
    };
    turn.play(Sound::Done);
    turn.tell(said);
}

fn shown(core: &Core) -> Option<Next<'_>> {
    let chosen = core.screen.appointments.planned.as_ref()?;
    let is_it = |next: &Next<'_>| next.plan.id == chosen.plan && next.place == chosen.place;
    all(core).into_iter().find(is_it)
}

/// How often: 每3个月.
fn how_often(page: &PageBuilder<'_>, every: Every) -> String {
    let key = match every.unit {
        Unit::Days => "plan-days",
        Unit::Weeks => "plan-weeks",
        Unit::Months => "plan-months",
        Unit::Years => "plan-years",
    };
    let number = u32::try_from(every.number).unwrap_or_default();
    page.words.with(key, &[("number", &time::counted(page.words, number))])
}

/// The page.
pub(super) fn view(page: &mut PageBuilder<'_>) -> QuestionView {
    let core = page.core;
    let Some(next) = shown(core) else {
        return visits::all(page);
    };
    let due = next.is_due(core.now().date());
    let title = page.line(if due { "plan-due-title" } else { "plan-title" });
    let author = author(page, next.plan);
    let asked = match &next.plan.patient {
        None => page.words.with("plan-by", &[("author", &author)]),
        Some(patient) => page
            .words
            .with("plan-by-of", &[("author", &author), ("name", &patient.name)]),
    };
    let lines = vec![page.text(asked)];
    let when = around(page, next.day);
    let mut facts = vec![page.strong(when)];
    let who = who_sees(page, next.visit);
    facts.push(page.fact("visit-department", who));
    let command = AppCommand::Appointments;
    let answer = |answer| command(Command::AnswerPlanned(next.planned(), answer));
    let book = command(Command::BookPlanned(next.planned()));
    let mut choices = Vec::new();
    if due {
        choices.push(page.choice("plan-book", Icon::Event, book).main());
        choices.push(page.choice("plan-later", Icon::Schedule, answer(PlanAnswer::Later)));
    } else {
        choices.push(page.choice("plan-good", Icon::Check, answer(PlanAnswer::Good)).main());
        choices.push(page.choice("plan-book", Icon::Event, book));
    }
    choices.push(page.choice("plan-no", Icon::Close, answer(PlanAnswer::No)));
    // What has to be seen with the answers is short; the rest stands below them.
    let mut details = super::view::named(page, &[("plan-purpose", &next.visit.purpose)]);
    if let Some(every) = next.visit.every {
        let often = how_often(page, every);
        details.push(page.fact("plan-often", often));
    }
    QuestionView {
        title,
        lines,
        facts,
        choices,
        details,
        ..QuestionView::default()
    }
}

/// Opens one.
pub(super) fn show(turn: &mut Turn<'_>, planned: Planned) {
    turn.core.screen.appointments.planned = Some(planned);
    turn.open(Page::PlannedVisit);
}

/// Leads to the soonest time at the doctor who is meant, for whom it is planned.
pub(super) fn book(turn: &mut Turn<'_>, planned: &Planned) -> Result<(), StoreError> {
    let Some(mut plan) = turn.core.records.care_plans.get(&planned.plan).cloned() else {
        return Ok(());
    };
    let Some(visit) = plan.visits.get_mut(planned.place) else {
        return Ok(());
    };
    visit.answers.seen = true;
    let (department, doctor, patient) = (
        visit.department.clone(),
        visit.practitioner.clone(),
        plan.patient.clone(),
    );
    turn.commit(vec![Change::PutCarePlan(plan)])?;
    ways::offer(turn, vec![department], doctor, patient);
    Ok(())
}

/// Notes what the person says to it.
pub(super) fn answer(turn: &mut Turn<'_>, planned: &Planned, answer: PlanAnswer) -> Result<(), StoreError> {
    let today = turn.core.now().date();
    let day = all(turn.core)
        .into_iter()
        .find(|next| next.planned() == *planned)
        .map(|next| next.day);
    let Some(mut plan) = turn.core.records.care_plans.get(&planned.plan).cloned() else {
        return Ok(());
    };
    let Some((answers, day)) = plan
        .visits
        .get_mut(planned.place)
        .map(|visit| &mut visit.answers)
        .zip(day)
    else {
        return Ok(());
    };
    answers.seen = true;
    match answer {
        PlanAnswer::Good => {
            turn.commit(vec![Change::PutCarePlan(plan)])?;
            turn.back();
        }
        PlanAnswer::Later => {
            answers.later = today.checked_add(DAYS_LATER.days()).ok();
            turn.commit_undoable(vec![Change::PutCarePlan(plan)])?;
            turn.back();
            turn.show(
                Outcome::new(Mark::Good, "plan-later-title")
                    .line("plan-later-line")
                    .undoable(),
            );
        }
        PlanAnswer::No => {
            answers.declined = Some(day);
            turn.commit_undoable(vec![Change::PutCarePlan(plan)])?;
            turn.back();
            turn.show(
                Outcome::new(Mark::Good, "plan-no-title")
                    .line("plan-no-line")
                    .undoable(),
            );
        }
    }
    Ok(())
}

/// What a feed brings of a plan: what was answered before stays, where the same is planned.
pub(crate) fn heard(known: Option<&CarePlan>, mut plan: CarePlan) -> Change {
    if plan.visits.is_empty() {
        return Change::RemoveCarePlan(plan.id);
    }
    for visit in &mut plan.visits {
        let same = |old: &&PlannedVisit| {
            (&old.department, old.first, old.every) == (&visit.department, visit.first, visit.every)
        };
        if let Some(old) = known.and_then(|known| known.visits.iter().find(same)) {
            visit.answers.clone_from(&old.answers);
        }
    }
    Change::PutCarePlan(plan)
}
