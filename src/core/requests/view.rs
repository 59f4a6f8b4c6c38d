//! The page of what is not done yet, and that of one request.

use super::{Command, open};
use crate::account::AccountState;
use crate::app::{Command as AppCommand, Core, Page};
use crate::appointments::{self, Refusal};
use crate::outbox::{OutboxItem, Request};
use crate::page::PageBuilder;
use crate::view::{Body, Choice, Icon, Mark, QuestionView};

fn command(command: Command) -> AppCommand {
    AppCommand::Requests(command)
}

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    Body::Question(match of {
        Page::Request => one(page),
        _ => all(page),
    })
}

/// Whether the service does not know this device any more.
fn is_signed_out(core: &Core) -> bool {
    core.account()
        .is_some_and(|account| account.state == AccountState::SignedOut)
}

/// What stands on the home page: something was refused that has no place of its own, or nothing goes out at all.
pub(crate) fn home_banner(page: &mut PageBuilder<'_>) -> Option<Choice> {
    let has_no_place = |item: &&OutboxItem| {
        item.refused.is_some()
            && matches!(
                item.request,
                Request::RegisterDevice { .. }
                    | Request::Invite { .. }
                    | Request::AcceptInvitation { .. }
                    | Request::EndGrant { .. }
                    | Request::CancelVisit { .. }
                    | Request::MoveVisit { .. }
            )
    };
    let refused = open(page.core).into_iter().filter(has_no_place).count();
    let key = if is_signed_out(page.core) {
        "home-signed-out"
    } else if refused > 0 {
        "home-requests"
    } else {
        return None;
    };
    Some(page.choice(key, Icon::Warning, AppCommand::Open(Page::Requests)))
}

fn all(page: &mut PageBuilder<'_>) -> QuestionView {
    let items: Vec<_> = open(page.core).into_iter().cloned().collect();
    let signed_out = is_signed_out(page.core);
    let title = page.line(if items.is_empty() {
        "requests-none-title"
    } else {
        "requests-title"
    });
    let line = match (signed_out, items.is_empty()) {
        (true, _) => "requests-signed-out",
        (false, true) => "requests-none-line",
        _ => "requests-line",
    };
    let lines = vec![page.line(line)];
    let mut choices = Vec::new();
    if signed_out {
        let anew = page.choice("requests-anew", Icon::Badge, command(Command::RegisterAnew));
        choices.push(anew.main());
    } else if items.iter().any(|item| item.refused.is_none()) {
        let now = page.choice("requests-now", Icon::Refresh, command(Command::TryAllNow));
        choices.push(now.main());
    }
    for item in items {
        let text = what(page, &item.request);
        let state = page.words.get(if item.refused.is_some() {
            "request-refused"
        } else {
            "request-waiting"
        });
        let mark = if item.refused.is_some() {
            Mark::Bad
        } else {
            Mark::Waiting
        };
        let choice = page.choice_named(
            item.id.to_string(),
            text,
            Icon::Schedule,
            command(Command::Show(item.id)),
        );
        choices.push(page.noted(choice, state).marked(mark));
    }
    let choices = page.or_home(choices);
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// What a request is, in a few words.
pub(crate) fn what(page: &PageBuilder<'_>, request: &Request) -> String {
    let words = page.words;
    let visit = |key: &str, visit| {
        let visit = page.core.records.visits.get(visit);
        let (when, department) = visit.map_or_else(Default::default, |visit| {
            let language = words.language();
            (
                appointments::when_in_one_line(page, visit),
                visit.department.of(language).to_owned(),
            )
        });
        words.with(key, &[("when", &when), ("department", &department)])
    };
    match request {
        Request::BookVisit { visit: id, .. } => visit("request-book", id),
        Request::CancelVisit { visit: id, .. } => visit("request-cancel", id),
        Request::MoveVisit { visit: id, .. } => visit("request-move", id),
        Request::CheckIn { visit: id, .. } => visit("request-check-in", id),
        Request::IssueDocument(wish) => {
            let kind = words.get(&format!("kind-{}", wish.kind.as_str()));
            words.with("request-document", &[("what", &kind), ("name", &wish.name)])
        }
        Request::Register(person) => words.with("request-register", &[("name", &person.name)]),
        Request::RegisterDevice { .. } => words.get("request-device"),
        Request::Invite { relationship } => {
            let who = words.get(&format!("relationship-{}", relationship.as_str()));
            words.with("request-invite", &[("who", &who)])
        }
        Request::AcceptInvitation { .. } => words.get("request-accept"),
        Request::EndGrant { .. } => words.get("request-end"),
    }
}

/// Why a request was refused, and what to do: the key of a sentence.
fn why(item: &OutboxItem, reason: Refusal) -> &'static str {
    match (&item.request, reason) {
        (Request::BookVisit { .. } | Request::CancelVisit { .. } | Request::MoveVisit { .. }, _) => {
            appointments::refusal_key(reason)
        }
        (_, Refusal::NoInvitation) => "why-no-invitation",
        (_, Refusal::NotAllowed) => "why-not-allowed",
        (_, Refusal::NotRegistered) => "why-not-registered",
        (_, Refusal::NoRecord) => "why-no-record",
        (_, Refusal::Gone | Refusal::NothingFree | Refusal::SlotTaken) => "why-gone",
        (_, Refusal::NotAccepted) => "why-not-accepted",
    }
}

fn one(page: &mut PageBuilder<'_>) -> QuestionView {
    let shown = page.core.screen.requests.request;
    let Some(item) = shown.and_then(|id| page.core.records.outbox.get(&id)).cloned() else {
        return all(page);
    };
    // How it stands is short enough for large type; what it is can be a whole sentence.
    let title = page.line(if item.refused.is_some() {
        "request-refused"
    } else {
        "request-waiting"
    });
    let (mark, line) = match item.refused {
        Some(reason) => (Mark::Bad, why(&item, reason)),
        None if page.core.hub().is_none() => (Mark::Waiting, "request-no-hub-line"),
        None => (Mark::Waiting, "request-waiting-line"),
    };
    let text = what(page, &item.request);
    let lines = vec![page.text(text), page.line(line)];
    let since = page.past(item.asked_at);
    let facts = vec![page.fact("request-since", since)];
    let key = if item.refused.is_some() {
        "request-again"
    } else {
        "request-now"
    };
    let offers = appointments::offers_for(page.core, &item);
    let mut choices = offers.map_or_else(Vec::new, |(visit, offers)| {
        appointments::offer_buttons(page, visit, &offers)
    });
    let again = page.choice(key, Icon::Refresh, command(Command::TryAgain(item.id)));
    choices.push(if choices.is_empty() { again.main() } else { again });
    let can_be_dropped = item.refused.is_some() && !matches!(item.request, Request::RegisterDevice { .. });
    if can_be_dropped {
        choices.push(page.choice("request-drop", Icon::Delete, command(Command::Drop(item.id))));
    }
    QuestionView {
        title,
        mark: Some(mark),
        lines,
        facts,
        choices,
        ..QuestionView::default()
    }
}
