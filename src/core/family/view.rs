//! The pages of the family: who may act for whom, inviting somebody, and for whom to book.

use anban_wire::accounts::{Grant, INVITATION_DIGITS, Relationship};

use super::{Command, command, news};
use crate::app::{Command as AppCommand, Page};
use crate::outbox::{OutboxItem, Request};
use crate::page::PageBuilder;
use crate::requests;
use crate::view::{Body, Choice, Icon, Mark, QuestionView};
use crate::words::{Words, time};

/// A page of this feature.
pub(crate) fn view(of: Page, page: &mut PageBuilder<'_>) -> Body {
    Body::Question(match of {
        Page::InviteWhom => invite_whom(page),
        Page::Invitation => invitation(page),
        Page::Tie => tie(page),
        Page::EndTie => end_tie(page),
        Page::ForWhom => for_whom(page),
        Page::News => news::view(page),
        Page::Decline => news::decline_view(page),
        _ => all(page),
    })
}

/// 女儿, 儿子 …
pub(crate) fn relation(words: Words, relationship: Relationship) -> String {
    words.get(&format!("relationship-{}", relationship.as_str()))
}

fn is_of_the_family(item: &&OutboxItem) -> bool {
    matches!(
        item.request,
        Request::Invite { .. } | Request::AcceptInvitation { .. } | Request::EndGrant { .. }
    )
}

/// Who may act for whom.
pub(super) fn all(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("family-title");
    let family = page.core.records.family.clone();
    let mut lines = Vec::new();
    if page.core.hub().is_none() {
        lines.push(page.line("request-no-hub-line"));
    } else if family.given.is_empty() && family.held.is_empty() {
        lines.push(page.line("family-nobody-line"));
    }
    let mut choices = Vec::new();
    for grant in family.given.iter().chain(&family.held) {
        let text = what_tie(page, grant);
        choices.push(page.choice_named(
            grant.id.clone(),
            text,
            Icon::Group,
            command(Command::Show(grant.id.clone())),
        ));
    }
    let items = requests::open(page.core);
    let items: Vec<_> = items.into_iter().filter(is_of_the_family).cloned().collect();
    for item in items {
        let text = requests::what(page, &item.request);
        let (mark, state) = match item.refused {
            Some(_) => (Mark::Bad, "request-refused"),
            None => (Mark::Waiting, "request-waiting"),
        };
        let state = page.words.get(state);
        let show = AppCommand::Requests(requests::Command::Show(item.id));
        let choice = page.choice_named(item.id.to_string(), text, Icon::Schedule, show);
        choices.push(page.noted(choice, state).marked(mark));
    }
    choices.push(page.choice("family-invite", Icon::Add, AppCommand::Open(Page::InviteWhom)));
    choices.push(page.choice("family-help", Icon::Person, command(Command::Accept)));
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// A tie in a sentence: who helps whom.
fn what_tie(page: &PageBuilder<'_>, grant: &Grant) -> String {
    let given = page.core.records.family.given.iter().any(|one| one.id == grant.id);
    let who = relation(page.words, grant.relationship);
    if given {
        let values = [("who", who.as_str()), ("name", grant.helper_name.as_str())];
        page.words.with("tie-given", &values)
    } else {
        page.words.with("tie-held", &[("name", &grant.patient_name)])
    }
}

fn invite_whom(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("invite-title");
    let lines = vec![page.line("invite-line")];
    let choices = Relationship::ALL
        .into_iter()
        .map(|relationship| {
            let text = relation(page.words, relationship);
            let icon = match relationship {
                Relationship::FamilyDoctor => Icon::Stethoscope,
                _ => Icon::Person,
            };
            let invite = command(Command::Invite(relationship));
            page.choice_named(relationship.as_str(), text, icon, invite)
        })
        .collect();
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// The digits, in very large print and said one by one.
fn invitation(page: &mut PageBuilder<'_>) -> QuestionView {
    let asked = page.core.records.outbox.values();
    let asked = asked.filter(|item| matches!(item.request, Request::Invite { .. }));
    let asked = asked.max_by_key(|item| item.sequence).cloned();
    if let Some(item) = asked {
        return not_invited_yet(page, &item);
    }
    let now = page.core.now().clone();
    let family = &page.core.records.family;
    let Some(invitation) = family.invitation.clone() else {
        return all(page);
    };
    let who = relation(page.words, invitation.relationship);
    let again = command(Command::Invite(invitation.relationship));
    if invitation.expires_at <= now.timestamp() {
        let title = page.line("invitation-over-title");
        let lines = vec![page.line("invitation-over-line")];
        let choices = vec![page.choice("invitation-again", Icon::Refresh, again).main()];
        return QuestionView {
            title,
            mark: Some(Mark::Caution),
            lines,
            choices,
            ..QuestionView::default()
        };
    }
    let title = page.words.with("invitation-title", &[("who", &who)]);
    let title = page.text(title);
    let until = invitation.expires_at.to_zoned(now.time_zone().clone());
    let until = time::clock(page.words, until.time());
    // The digits come first: they are what the page is for, however large the words are.
    let mut digits = page.strong(in_fours(&invitation.code, "\n"));
    said(page, digits.part, &invitation.code);
    digits.strong = true;
    let once = page.words.with("invitation-once", &[("until", &until)]);
    let only = page.words.with("invitation-only", &[("who", &who)]);
    let holds = page.fact("invitation-holds", once);
    let tell = page.fact("invitation-tell", only);
    let done = page.choice("invitation-done", Icon::Check, AppCommand::Open(Page::Family));
    let again = page.choice("invitation-again", Icon::Refresh, again);
    QuestionView {
        title,
        facts: vec![digits, holds, tell],
        choices: vec![done.main(), again],
        ..QuestionView::default()
    }
}

/// Four and four, as people read a number out.
fn in_fours(code: &str, between: &str) -> String {
    let middle = code.len().min(INVITATION_DIGITS / 2);
    match (code.get(..middle), code.get(middle..)) {
        (Some(first), Some(second)) => format!("{first}{between}{second}"),
        _ => code.to_owned(),
    }
}

/// Each digit is a word of its own, or the voice makes millions of them.
fn said(page: &mut PageBuilder<'_>, part: usize, code: &str) {
    let digits: Vec<_> = code.chars().map(String::from).collect();
    let (first, second) = digits.split_at(digits.len().min(INVITATION_DIGITS / 2));
    let comma = page.words.get("digits-comma");
    let stop = page.words.get("digits-stop");
    let text = format!("{}{stop}{}", first.join(&comma), second.join(&comma));
    if let Some(spoken) = page.reading.get_mut(part) {
        *spoken = text;
    }
}

fn not_invited_yet(page: &mut PageBuilder<'_>, item: &OutboxItem) -> QuestionView {
    let refused = item.refused.is_some();
    let title = page.line(if refused {
        "invitation-refused-title"
    } else {
        "invitation-waiting-title"
    });
    let line = match (refused, page.core.hub().is_none()) {
        (true, _) => "why-not-accepted",
        (_, true) => "request-no-hub-line",
        _ => "invitation-waiting-line",
    };
    let lines = vec![page.line(line)];
    let try_again = AppCommand::Requests(requests::Command::TryAgain(item.id));
    let again = page.choice("request-again", Icon::Refresh, try_again).main();
    QuestionView {
        title,
        mark: Some(if refused { Mark::Bad } else { Mark::Waiting }),
        lines,
        choices: vec![again],
        ..QuestionView::default()
    }
}

fn tie(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(grant) = super::shown(page.core).cloned() else {
        return all(page);
    };
    let text = what_tie(page, &grant);
    let title = page.text(text);
    let held = page.core.records.family.held.iter().any(|one| one.id == grant.id);
    let lines = vec![page.line(if held { "tie-held-line" } else { "tie-given-line" })];
    let since = page.past(grant.since);
    let facts = vec![page.fact("tie-since", since)];
    let mut choices = Vec::new();
    if held {
        let book = command(Command::ChooseFor(Some(grant.id.clone())));
        choices.push(page.choice("tie-book", Icon::Stethoscope, book).main());
    }
    choices.push(page.choice("tie-end", Icon::Close, AppCommand::Open(Page::EndTie)));
    QuestionView {
        title,
        lines,
        facts,
        choices,
        ..QuestionView::default()
    }
}

fn end_tie(page: &mut PageBuilder<'_>) -> QuestionView {
    let Some(grant) = super::shown(page.core).cloned() else {
        return all(page);
    };
    let title = page.line("end-tie-title");
    let text = what_tie(page, &grant);
    let lines = vec![page.text(text), page.line("end-tie-line")];
    let end = command(Command::End(grant.id));
    let choices = vec![
        page.choice("end-tie-no", Icon::Group, AppCommand::Back).main(),
        page.choice("end-tie-yes", Icon::Close, end).help(),
    ];
    QuestionView {
        title,
        lines,
        choices,
        ..QuestionView::default()
    }
}

/// For whom to book.
fn for_whom(page: &mut PageBuilder<'_>) -> QuestionView {
    let title = page.line("for-whom-title");
    let own = page.choice("for-myself", Icon::Person, command(Command::ChooseFor(None)));
    let mut choices: Vec<Choice> = vec![own.main()];
    for grant in page.core.records.family.held.clone() {
        let text = page.words.with("for-other", &[("name", &grant.patient_name)]);
        let choose = command(Command::ChooseFor(Some(grant.id.clone())));
        choices.push(page.choice_named(grant.id, text, Icon::Group, choose));
    }
    QuestionView {
        title,
        choices,
        ..QuestionView::default()
    }
}

/// The field of the digits of an invitation is cut off at them, with the spaces that people type.
pub(crate) const LONGEST_CODE: usize = INVITATION_DIGITS + 2;
