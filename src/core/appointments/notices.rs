//! Notices of hospitals: a counter was moved, a doctor is away.
//!
//! A notice comes with the patient's feed. It is said once, stands on the home page until the person has answered it, with
//! the visit that it is about, and is found again among the visits.

use super::{Command, Visit, visits};
use crate::app::{Command as AppCommand, Core, Page};
use crate::effect::Sound;
use crate::feed::Notice;
use crate::page::PageBuilder;
use crate::store::{Change, StoreError};
use crate::turn::{Turn, must_stay};
use crate::view::{Choice, Icon, Mark, QuestionView};

/// How many are shown.
const MOST_SHOWN: usize = 10;

/// All notices, the newest first.
fn all(core: &Core) -> Vec<&Notice> {
    let mut all: Vec<_> = core.records.notices.values().collect();
    all.sort_by(|one, other| (other.at, &other.id).cmp(&(one.at, &one.id)));
    all
}

/// Those that wait for an answer, the oldest first.
fn unread(core: &Core) -> impl Iterator<Item = &Notice> {
    all(core).into_iter().rev().filter(|notice| !notice.read)
}

/// The visit that a notice is about, as far as it is known here.
fn about<'a>(core: &'a Core, notice: &Notice) -> Option<&'a Visit> {
    let appointment = notice.appointment.as_deref()?;
    let mut visits = core.records.visits.values();
    visits.find(|visit| visit.appointment() == Some(appointment))
}

/// The newest notice about a visit.
pub(super) fn of_visit(core: &Core, visit: &Visit) -> Option<Notice> {
    let appointment = visit.appointment()?;
    let mut all = all(core).into_iter();
    all.find(|notice| notice.appointment.as_deref() == Some(appointment))
        .cloned()
}

/// Notices have come by a feed: the oldest that is new is said once.
pub(crate) fn came(turn: &mut Turn<'_>, before: &[String]) {
    if must_stay(turn.core.page()) {
        return;
    }
    let new = unread(turn.core).find(|notice| !before.contains(&notice.id));
    let Some(text) = new.map(|notice| notice.words.of(turn.core.words().language()).to_owned()) else {
        return;
    };
    let said = turn.core.words().with("notice-said", &[("text", &text)]);
    turn.play(Sound::StateCaution);
    turn.tell(said);
}

/// The banner of the home page.
pub(crate) fn on_home(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let notice = unread(page.core).next()?.clone();
    let show = AppCommand::Appointments(Command::ShowNotice(notice.id));
    Some(page.choice("notice", Icon::Notifications, show))
}

/// The way to them from the visits.
pub(super) fn among_visits(page: &mut PageBuilder<'_>) -> Option<Choice> {
    if page.core.records.notices.is_empty() {
        return None;
    }
    Some(page.choice("notices", Icon::Notifications, AppCommand::Open(Page::Notices)))
}

/// All of them.
pub(super) fn list(page: &mut PageBuilder<'_>) -> QuestionView {
    let all: Vec<Notice> = all(page.core).into_iter().take(MOST_SHOWN).cloned().collect();
    let title = page.line(if all.is_empty() {
        "notices-none"
    } else {
        "notices-title"
    });
    let mut choices = Vec::new();
    for notice in all {
        let text = notice.words.of(page.words.language()).to_owned();
        let show = AppCommand::Appointments(Command::ShowNotice(notice.id.clone()));
        let when = page.past(notice.at);
        let choice = page.choice_named(format!("notice-{}", notice.id), text, Icon::Notifications, show);
        choices.push(page.noted(choice, when));
    }
    if choices.is_empty() {
        choices.push(page.home());
    }
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

fn shown(core: &Core) -> Option<&Notice> {
    core.records.notices.get(core.screen.appointments.notice.as_ref()?)
}

/// One of them.
pub(super) fn one(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(notice) = shown(page.core).cloned() else {
        return list(page);
    };
    let language = page.words.language();
    let title = page.line("notice-title");
    let text = notice.words.of(language).to_owned();
    let lines = vec![page.text(text)];
    let visit = about(page.core, &notice).cloned();
    let read = AppCommand::Appointments(Command::ReadNotice(notice.id.clone()));
    let mut choices = vec![page.choice("notice-good", Icon::Check, read).main()];
    let mut details = Vec::new();
    if let Some(visit) = visit {
        let show = AppCommand::Appointments(Command::Show(visit.id));
        choices.push(page.choice("notice-visit", Icon::Event, show));
        choices.extend(super::visit::call(page, &visit));
        let when = visits::when_in_one_line(page, &visit);
        let values = [("when", when.as_str()), ("department", visit.department.of(language))];
        let about = page.words.with("request-visit", &values);
        details.push(page.fact("notice-about", about));
    }
    let when = page.past(notice.at);
    details.push(page.fact("notice-when", when));
    QuestionView {
        title,
        mark: Some(Mark::Caution),
        lines,
        choices,
        details,
        ..QuestionView::default()
    }
}

/// Opens one.
pub(super) fn show(turn: &mut Turn<'_>, id: String) {
    turn.core.screen.appointments.notice = Some(id);
    turn.open(Page::Notice);
}

/// It was read; the next one that waits takes its place.
pub(super) fn read(turn: &mut Turn<'_>, id: &str) -> Result<(), StoreError> {
    if let Some(notice) = turn.core.records.notices.get(id).filter(|notice| !notice.read) {
        let read = Notice {
            read: true,
            ..notice.clone()
        };
        turn.commit(vec![Change::PutNotice(read)])?;
        let next = unread(turn.core).next().map(|notice| notice.id.clone());
        if let Some(next) = next {
            show(turn, next);
            return Ok(());
        }
    }
    turn.back();
    Ok(())
}
