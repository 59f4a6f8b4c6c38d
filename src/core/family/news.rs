//! What others have done with a visit: seen, and agreed to or not.

use crate::app::{Command as AppCommand, Page};
use crate::appointments::{self, Heard, News, Visit, VisitState};
use crate::effect::Sound;
use crate::ids::VisitId;
use crate::outbox::Request;
use crate::page::PageBuilder;
use crate::store::{Change, StoreError};
use crate::sync;
use crate::turn::{Turn, must_stay};
use crate::view::{Choice, Icon, Mark, QuestionView};

use super::{Command, command, view::relation};

/// The visit whose news is shown.
pub(super) fn shown(core: &crate::Core) -> Option<&Visit> {
    core.records.visits.get(&core.screen.family.visit?)
}

/// Something new has come by a feed: it is said once, and stands on the home page until it is answered.
pub(crate) fn came(turn: &mut Turn<'_>, before: &std::collections::BTreeMap<VisitId, Option<News>>) {
    let is_new = |visit: &&Visit| before.get(&visit.id).copied().flatten() != visit.heard.news;
    let Some(visit) = appointments::with_news(turn.core).find(is_new).cloned() else {
        return;
    };
    if must_stay(turn.core.page()) {
        return;
    }
    let page = PageBuilder::new(turn.core);
    let text = headline(&page, &visit);
    let language = page.words.language();
    let when = appointments::when_in_one_line(&page, &visit);
    let values = [
        ("what", text.as_str()),
        ("when", &when),
        ("department", visit.department.of(language)),
    ];
    let said = page.words.with("news-said", &values);
    turn.play(Sound::Done);
    turn.tell(said);
}

/// "女儿给您挂了号", "号改了时间" …
fn headline(page: &PageBuilder<'_>, visit: &Visit) -> String {
    let who = who(page, visit);
    let key = match visit.heard.news {
        Some(News::Booked) => "news-booked",
        Some(News::Moved) => "news-moved",
        Some(News::Declined) => "news-declined",
        Some(News::Cancelled) | None => "news-cancelled",
    };
    let values = [("who", who.as_str()), ("patient", visit.patient.as_str())];
    page.words.with(key, &values)
}

/// Who has booked a visit: by how they stand to the person, or by their name.
fn who(page: &PageBuilder<'_>, visit: &Visit) -> String {
    let Some(booker) = &visit.heard.booked_by else {
        return page.words.get("news-somebody");
    };
    let given = page.core.records.family.given.iter();
    let tie = given.into_iter().find(|grant| Some(&grant.id) == booker.grant.as_ref());
    match tie {
        Some(grant) => relation(page.words, grant.relationship),
        None if booker.name.is_empty() => page.words.get("news-somebody"),
        None => booker.name.clone(),
    }
}

/// The banner of the home page.
pub(crate) fn home_banner(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let visit = appointments::with_news(page.core).next().cloned()?;
    let text = headline(page, &visit);
    let language = page.words.language();
    let when = appointments::when_in_one_line(page, &visit);
    let values = [("when", when.as_str()), ("department", visit.department.of(language))];
    let note = page.words.with("request-visit", &values);
    let choice = page.choice_named("news", text, Icon::Group, command(Command::ShowNews(visit.id)));
    Some(page.noted(choice, note))
}

/// Whether the home page's banner already tells of the next visit: it is not told twice.
pub(crate) fn is_of_the_next_visit(core: &crate::Core) -> bool {
    let next = appointments::upcoming(core).next();
    next.is_some_and(|next| {
        appointments::with_news(core)
            .next()
            .is_some_and(|new| new.id == next.id)
    })
}

/// The page of what is new, with the answers to it.
pub(super) fn view(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = shown(page.core).cloned() else {
        return super::view::all(page);
    };
    let text = headline(page, &visit);
    let title = page.text(text);
    let mark = match visit.heard.news {
        Some(News::Booked | News::Moved) => Mark::Good,
        _ => Mark::Caution,
    };
    let facts = appointments::facts(page, &visit);
    let good = page.choice("news-good", Icon::Check, command(Command::Agree(visit.id)));
    let mut choices = vec![good.main()];
    if visit.heard.news == Some(News::Booked) {
        choices.push(page.choice("news-not", Icon::Close, AppCommand::Open(Page::Decline)));
    }
    QuestionView {
        title,
        mark: Some(mark),
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// Whether the visit is really not wanted.
pub(super) fn decline_view(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(visit) = shown(page.core).cloned() else {
        return super::view::all(page);
    };
    let who = who(page, &visit);
    let title = page.line("decline-title");
    let line = page.words.with("decline-line", &[("who", &who)]);
    let lines = vec![page.text(line)];
    let facts = appointments::which_visit(page, &visit);
    let choices = vec![
        page.choice("decline-no", Icon::Event, AppCommand::Back).main(),
        page.choice("decline-yes", Icon::Close, command(Command::Decline(visit.id)))
            .help(),
    ];
    QuestionView {
        title,
        lines,
        facts,
        choices,
        ..QuestionView::default()
    }
}

/// The person has seen it.
pub(super) fn agree(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    turn.commit(vec![Change::PutVisit(seen(visit))])?;
    turn.does_home();
    Ok(())
}

fn seen(visit: Visit) -> Visit {
    Visit {
        heard: Heard {
            news: None,
            ..visit.heard
        },
        ..visit
    }
}

/// The person does not want what somebody has booked for them: it is called off, and whoever has booked it sees why.
pub(super) fn decline(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    let Some(visit) = turn.core.records.visits.get(&id).cloned() else {
        return Ok(());
    };
    let appointment = match visit.state.clone() {
        VisitState::Booked { appointment } => appointment,
        VisitState::NotConfirmed | VisitState::Refused { .. } => {
            appointments::call_off_what_is_asked_again(turn, seen(visit), true)?;
            return show(turn, id);
        }
        _ => return agree(turn, id),
    };
    let request = Request::CancelVisit {
        visit: id,
        appointment: appointment.clone(),
        declined: true,
    };
    let item = sync::item(turn, request);
    let state = VisitState::CancelNotConfirmed { appointment };
    let visit = Visit { state, ..seen(visit) };
    turn.commit(vec![Change::PutVisit(visit), Change::PutOutbox(item)])?;
    show(turn, id)
}

fn show(turn: &mut Turn<'_>, id: VisitId) -> Result<(), StoreError> {
    turn.back_to(Page::Visits);
    turn.carry_out(AppCommand::Appointments(appointments::Command::Show(id)))
}
